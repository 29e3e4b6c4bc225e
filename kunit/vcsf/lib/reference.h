/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_REFERENCE_H_
#define _VCSF_REFERENCE_H_

/*
 * Reference driver: the smallest driver that runs jobs, with one slot and two groups of
 * one queue each. All that it knows about the GPU is in include/vcsf, as for a driver
 * outside of this tree.
 */

#include <linux/platform_device.h>
#include <linux/wait.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>
#include <vcsf/vcsf_dev.h>

#define REF_TIMEOUT	(10 * HZ)
#define REF_LINES	3
#define REF_GROUPS	2

/* Addresses in a group's address space. A chunk has one page. */
#define REF_RING_VA	0x10000000ULL
#define REF_DATA_VA	0x20000000ULL
#define REF_CHUNK_VA(n)	(0x30000000ULL + (n) * 0x1000ULL)
#define REF_CHUNKS	4

struct ref_space {
	unsigned int as;
	u64 *root;
};

struct ref_group {
	struct ref_space space;
	u64 *ring;
	u64 *data;
	u32 iface_va;
	u32 suspend_va;
	struct csf_ring_input *in;
	struct csf_ring_output *out;
};

struct ref_driver {
	struct platform_device *pdev;
	struct vcsf_window *win;
	wait_queue_head_t wait;
	struct ref_line {
		struct ref_driver *ref;
		u32 base;
		atomic_t seen;
	} lines[REF_LINES];
	struct ref_space mcu;
	u32 mcu_next;
	struct csf_glb_control *glb;
	struct csf_glb_input *glb_in;
	struct csf_glb_output *glb_out;
	struct csf_csg_control *csg;
	struct csf_csg_input *csg_in;
	struct csf_csg_output *csg_out;
	struct csf_cs_input *cs_in;
	struct csf_cs_output *cs_out;
	struct ref_group groups[REF_GROUPS];
};

int ref_register(struct ref_driver **ref);
void ref_unregister(void);
int ref_boot(struct ref_driver *ref);
int ref_reset(struct ref_driver *ref);
int ref_group_init(struct ref_driver *ref, struct ref_group *g, unsigned int n);
int ref_group_run(struct ref_driver *ref, struct ref_group *g, u32 state);
int ref_group_stop(struct ref_driver *ref, u32 state);
void ref_emit(struct ref_group *g, const u64 *words, unsigned int count);
void ref_kick(struct ref_driver *ref);
void ref_ack(struct ref_driver *ref);
int ref_wait_event(struct ref_driver *ref, u32 cs_event);
int ref_wait_seqno(struct ref_driver *ref, u64 *seqno, u64 value);

#endif /* _VCSF_REFERENCE_H_ */
