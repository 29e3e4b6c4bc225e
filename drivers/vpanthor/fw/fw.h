/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FW_H_
#define _VPAN_FW_H_

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <drm/drm_mm.h>

#include <vcsf/csf_fw.h>

#include "hw/irq.h"
#include "mm/pgtable.h"

struct firmware;
struct vpan_device;
struct vpan_fw_buf;
struct vpan_vm;

/**
 * struct vpan_fw_cs - interface of one stream
 */
struct vpan_fw_cs {
	/** @in: What the host writes. */
	struct csf_cs_input *in;
	/** @out: What the firmware writes. */
	const struct csf_cs_output *out;
};

/**
 * struct vpan_fw_csg - interface of one group slot
 */
struct vpan_fw_csg {
	/** @lock: Protects the request words of the group and its streams. */
	spinlock_t lock;
	/** @in: What the host writes. */
	struct csf_csg_input *in;
	/** @out: What the firmware writes. */
	const struct csf_csg_output *out;
	/** @cs: Its streams. */
	struct vpan_fw_cs cs[CSF_CSG_STREAM_MAX];
};

/**
 * struct vpan_fw_ops - receiver of firmware events
 */
struct vpan_fw_ops {
	/**
	 * @csg_event: A group slot has an event. Context: hard interrupt.
	 */
	void (*csg_event)(struct vpan_device *vpan, unsigned int csg);
};

/**
 * struct vpan_fw - the firmware and its interface
 */
struct vpan_fw {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @ops: Receiver of firmware events. */
	const struct vpan_fw_ops *ops;
	/** @irq: The "job" line. */
	struct vpan_irq irq;
	/** @vm: The MCU's address space. */
	struct vpan_vm *vm;
	/** @image: The image, kept for a reload after a reset. */
	const void *image;
	/** @image_size: Bytes of @image. */
	size_t image_size;
	/** @file: Where @image is from, NULL if it is the built-in one. */
	const struct firmware *file;
	/** @sections: What was loaded. */
	struct list_head sections;
	/** @shared: The shared section. */
	void *shared;
	/** @shared_size: Bytes of it. */
	u32 shared_size;
	/** @wait: Woken by every interrupt of the firmware. */
	wait_queue_head_t wait;
	/** @booted: The firmware has raised its interrupt since it was started. */
	bool booted;
	/** @version: Of the interface. */
	u32 version;
	/** @ncsg: Group slots. */
	u32 ncsg;
	/** @ncs: Streams per slot. */
	u32 ncs;
	/** @suspend_size: Bytes of a suspend buffer. */
	u32 suspend_size;
	/** @protm_suspend_size: Bytes of the one for protected mode. */
	u32 protm_suspend_size;
	/** @windows: Addresses of the windows of all group slots. */
	struct drm_mm_node windows;
	/** @window_bufs: Memory in each window. Under &vpan_slots.lock. */
	struct vpan_fw_buf *window_bufs[CSF_GLB_GROUP_MAX];
	/** @window_tables: Page tables. Under &vpan_vm.op_lock of @vm. */
	struct vpan_pt_cache window_tables;
	/** @glb_lock: Protects the request words of the global interface. */
	spinlock_t glb_lock;
	/** @glb_in: What the host writes. */
	struct csf_glb_input *glb_in;
	/** @glb_out: What the firmware writes. */
	const struct csf_glb_output *glb_out;
	/** @csg: The group slots. */
	struct vpan_fw_csg csg[CSF_GLB_GROUP_MAX];
	/** @ping: Looks now and then whether the firmware is alive. */
	struct delayed_work ping;
};

int vpan_fw_init(struct vpan_device *vpan, const struct vpan_fw_ops *ops);
void vpan_fw_fini(struct vpan_device *vpan);
int vpan_fw_boot(struct vpan_device *vpan);
int vpan_fw_reload(struct vpan_device *vpan);
int vpan_fw_halt(struct vpan_device *vpan);
void vpan_fw_stop(struct vpan_device *vpan);

int vpan_fw_discover(struct vpan_device *vpan);

#endif /* _VPAN_FW_H_ */
