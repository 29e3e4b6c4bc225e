/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FW_H_
#define _VPAN_FW_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <drm/drm_mm.h>

#include <vcsf/csf_fw.h>

#include "hw/irq.h"
#include "pt/pgtable.h"

struct firmware;
struct vpan_device;
struct vpan_fw_buf;
struct vpan_vm;

/**
 * struct vpan_fw_cs - interface of a stream
 */
struct vpan_fw_cs {
	/** @in: Input page, written by the host. */
	struct csf_cs_input *in;
	/** @out: Output page, written by the firmware. */
	const struct csf_cs_output *out;
};

/**
 * struct vpan_fw_csg - interface of a group slot
 */
struct vpan_fw_csg {
	/** @lock: Protects the request words of the group and its streams. */
	spinlock_t lock;
	/** @in: Input page, written by the host. */
	struct csf_csg_input *in;
	/** @out: Output page, written by the firmware. */
	const struct csf_csg_output *out;
	/** @cs: Streams of the slot. */
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
	/** @image_size: Size of @image in bytes. */
	size_t image_size;
	/** @file: File of @image, NULL for the built-in image. */
	const struct firmware *file;
	/** @sections: Loaded sections. */
	struct list_head sections;
	/** @shared: Kernel address of the shared section. */
	void *shared;
	/** @shared_size: Size of the shared section in bytes. */
	u32 shared_size;
	/** @wait: Woken by every interrupt of the firmware. */
	wait_queue_head_t wait;
	/** @booted: The firmware has raised its interrupt since its start. */
	bool booted;
	/** @version: Version of the interface, 0 before the first boot. */
	u32 version;
	/** @ncsg: Number of group slots. Constant after the first boot. */
	u32 ncsg;
	/** @ncs: Number of streams per slot. Constant after the first boot. */
	u32 ncs;
	/** @suspend_size: Size of a suspend buffer in bytes, as @ncs. */
	u32 suspend_size;
	/** @protm_suspend_size: The same for protected mode. */
	u32 protm_suspend_size;
	/** @windows: Addresses of the windows for memory of groups. */
	struct drm_mm_node windows;
	/** @nwindows: Number of windows. Constant. */
	unsigned int nwindows;
	/** @window_lock: Protects the windows. On the signalling path. */
	struct mutex window_lock;
	/** @windows_used: Bitmap of the windows that have memory mapped. */
	unsigned long *windows_used;
	/** @idle_bufs: Memory in windows of groups without a slot, in order. */
	struct list_head idle_bufs;
	/** @window_tables: Page tables. Under &vpan_vm.op_lock of @vm. */
	struct vpan_pt_cache window_tables;
	/** @glb_lock: Protects the request words of the global interface. */
	spinlock_t glb_lock;
	/** @glb_in: Global input page, written by the host. */
	struct csf_glb_input *glb_in;
	/** @glb_out: Global output page, written by the firmware. */
	const struct csf_glb_output *glb_out;
	/** @csg: Interfaces of the group slots. */
	struct vpan_fw_csg csg[CSF_GLB_GROUP_MAX];
	/** @ping: Checks at intervals whether the firmware responds. */
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
