/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FW_WINDOW_H_
#define _VPAN_FW_WINDOW_H_

#include <linux/types.h>

struct vpan_bo;
struct vpan_device;

/**
 * struct vpan_fw_buf - memory that a group shares with the firmware
 *
 * A suspend buffer, a suspend buffer for protected mode, and interface pages for
 * each stream, in this order.
 */
struct vpan_fw_buf {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @bo: The buffer, with a reference. */
	struct vpan_bo *bo;
	/** @vaddr: Kernel address, zeroed at first. */
	void *vaddr;
	/** @va: MCU address of the last window; valid while it is mapped. */
	u32 va;
	/** @nstreams: Number of streams. */
	u32 nstreams;
};

struct vpan_fw_buf *vpan_fw_buf_create(struct vpan_device *vpan, u32 nstreams);
void vpan_fw_buf_destroy(struct vpan_fw_buf *buf);
u32 vpan_fw_buf_protm_offset(const struct vpan_fw_buf *buf);
u32 vpan_fw_buf_iface_offset(const struct vpan_fw_buf *buf, u32 stream);

int vpan_fw_windows_init(struct vpan_device *vpan);
void vpan_fw_windows_fini(struct vpan_device *vpan);
int vpan_fw_window_map(struct vpan_device *vpan, unsigned int slot,
		       struct vpan_fw_buf *buf);
int vpan_fw_window_unmap(struct vpan_device *vpan, unsigned int slot);
void vpan_fw_window_drop(struct vpan_device *vpan, unsigned int slot);

#endif /* _VPAN_FW_WINDOW_H_ */
