/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_HOST_H_
#define _VCSF_HOST_H_

/*
 * Minimal driver for tests. It creates a software GPU of its own, under a device name
 * that no driver binds to, and uses the boundary as a driver does: registers,
 * interrupts, page tables, firmware image and interface blocks.
 */

#include <kunit/test.h>
#include <linux/mm_types.h>
#include <linux/wait.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>
#include <vcsf/vcsf_dev.h>

struct vcsf;
struct vcsf_cs;

#define VCSF_HOST_PAGES		512
#define VCSF_HOST_QUEUES	8
#define VCSF_HOST_RING_SIZE	PAGE_SIZE
#define VCSF_HOST_TIMEOUT	(10 * HZ)

/* GPU virtual address of a group's ring */
#define VCSF_HOST_RING_VA(queue)	(0x40000000ULL + (queue) * 0x10000)

enum vcsf_host_line { HOST_JOB, HOST_MMU, HOST_GPU, HOST_LINES };

struct vcsf_host_irq {
	struct vcsf_host *host;
	int irq;
	u32 base;
	/* Causes that were raised and not yet waited for */
	atomic_t seen;
	/* Number of calls of the handler with a cause */
	atomic_t count;
	/* Mask the interrupt instead of clearing its cause */
	bool keep;
	/* Number of interrupts for the handler to ignore */
	unsigned int ignore;
};

struct vcsf_host_vm {
	struct vcsf_host *host;
	unsigned int as;
	u64 *root;
};

struct vcsf_host {
	struct kunit *test;
	struct vcsf *hw;
	struct vcsf_window *win;
	struct vcsf_host_irq irqs[HOST_LINES];
	wait_queue_head_t wait;
	/* The engine's count of slices at the last global interrupt */
	u64 answered;
	struct page *pages[VCSF_HOST_PAGES];
	unsigned int page_count;
	/* Next free MCU address after the shared section */
	u32 mcu_next;
	struct vcsf_host_vm mcu;
	struct csf_glb_control *glb;
	struct csf_glb_input *glb_in;
	struct csf_glb_output *glb_out;
};

struct vcsf_host_queue {
	u64 *ring;
	struct csf_ring_input *in;
	struct csf_ring_output *out;
	u64 in_va;
	u64 out_va;
	struct csf_cs_input *cs_in;
	struct csf_cs_output *cs_out;
};

struct vcsf_host_group {
	struct vcsf_host *host;
	struct vcsf_host_vm *vm;
	unsigned int slot;
	unsigned int queue_count;
	unsigned int priority;
	/* Number of shader cores to request for each kind of work */
	unsigned int cores;
	u32 suspend_va;
	struct csf_csg_input *in;
	struct csf_csg_output *out;
	struct vcsf_host_queue queues[VCSF_HOST_QUEUES];
};

struct vcsf_config;
extern const struct vcsf_config vcsf_host_config;

struct vcsf_host *vcsf_host_create(struct kunit *test);
struct vcsf_host *vcsf_host_create_with(struct kunit *test,
					const struct vcsf_config *config);
void vcsf_host_destroy(struct vcsf_host *host);

static inline u32 vcsf_host_read(struct vcsf_host *host, u32 offset)
{
	return vcsf_read32(host->win, offset);
}

static inline void vcsf_host_write(struct vcsf_host *host, u32 offset, u32 value)
{
	vcsf_write32(host->win, offset, value);
}

bool vcsf_host_wait(struct vcsf_host *host, enum vcsf_host_line line, u32 bits);

bool vcsf_host_wait_engine(struct vcsf_host *host);
void vcsf_host_hold_engine(struct vcsf_host *host);
void vcsf_host_release_engine(void);
bool vcsf_host_advance(struct vcsf_host *host, u64 ns);
bool vcsf_host_cs_valid(const struct vcsf_cs *cs);

/* Wait for a condition that an interrupt announces. */
#define vcsf_host_wait_for(host, condition) \
	(wait_event_timeout((host)->wait, condition, VCSF_HOST_TIMEOUT) > 0)

struct page *vcsf_host_page(struct vcsf_host *host);
void vcsf_host_vm_init(struct vcsf_host *host, struct vcsf_host_vm *vm,
		       unsigned int as);
u64 *vcsf_host_entry(struct vcsf_host_vm *vm, u64 va, unsigned int level);
void vcsf_host_map(struct vcsf_host_vm *vm, u64 va, struct page *page,
		   u64 flags);
void *vcsf_host_map_new(struct vcsf_host_vm *vm, u64 va);
void vcsf_host_lock(struct vcsf_host_vm *vm, u64 va, unsigned int log2);
void vcsf_host_command(struct vcsf_host_vm *vm, u32 command);
void vcsf_host_flush(struct vcsf_host_vm *vm, u64 va, unsigned int log2);
void vcsf_host_enable(struct vcsf_host_vm *vm);

#define VCSF_HOST_PTE \
	(CSF_PTE_ATTR_INDEX_WB | CSF_PTE_USER | CSF_PTE_SHARE_INNER | \
	 CSF_PTE_ACCESSED | CSF_PTE_NOT_GLOBAL)

void vcsf_host_load(struct vcsf_host *host, const u8 *image);
void vcsf_host_start_mcu(struct vcsf_host *host);
void vcsf_host_boot(struct vcsf_host *host);
bool vcsf_host_wait_register(struct vcsf_host *host, u32 offset, u32 value);
void *vcsf_host_mcu_ptr(struct vcsf_host *host, u32 va);
bool vcsf_host_wait_ack(struct vcsf_host *host, u32 requests);
bool vcsf_host_wait_event(struct vcsf_host *host, u32 event);
s64 vcsf_host_ping(struct vcsf_host *host);
bool vcsf_host_request(struct vcsf_host *host, u32 mask, u32 value);

void vcsf_host_group_init(struct vcsf_host *host, struct vcsf_host_vm *vm,
			  struct vcsf_host_group *group, unsigned int queues);
void vcsf_host_group_bind(struct vcsf_host_group *group, unsigned int slot);
void vcsf_host_group_state(struct vcsf_host_group *group, u32 state);
bool vcsf_host_group_status(struct vcsf_host_group *group);
void vcsf_host_group_ack(struct vcsf_host_group *group);
void vcsf_host_group_ring(struct vcsf_host_group *group, u32 queues);
bool vcsf_host_wait_seqno(struct vcsf_host_group *group, u64 *seqno, u64 value);
void vcsf_host_emit(struct vcsf_host_group *group, unsigned int queue,
		    const u64 *words, unsigned int count);
void vcsf_host_kick(struct vcsf_host_group *group, unsigned int queue);

/* Start a group on slot 0, with a page of memory at VCSF_HOST_DATA_VA. */
#define VCSF_HOST_DATA_VA	0x1000000ULL

void *vcsf_host_start_group(struct vcsf_host *host, struct vcsf_host_vm *vm,
			    struct vcsf_host_group *group,
			    unsigned int queues);

#endif /* _VCSF_HOST_H_ */
