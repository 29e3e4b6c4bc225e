/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FW_WINDOW_H_
#define _VPAN_FW_WINDOW_H_

#include <linux/list.h>
#include <linux/types.h>

#include "mm/kbo.h"

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
	/** @mem: The memory. */
	struct vpan_mem mem;
	/** @va: MCU address of the last window. */
	u32 va;
	/** @window: Window, -1 if none. &vpan_fw.window_lock. */
	int window;
	/**
	 * @link: In &vpan_fw.idle_bufs if there is a window and the group has no
	 * slot. &vpan_fw.window_lock.
	 */
	struct list_head link;
	/** @nstreams: Number of streams. */
	u32 nstreams;
};

struct vpan_fw_buf *vpan_fw_buf_create(struct vpan_device *vpan, u32 nstreams);
void vpan_fw_buf_destroy(struct vpan_fw_buf *buf);
u32 vpan_fw_buf_protm_offset(const struct vpan_fw_buf *buf);
u32 vpan_fw_buf_iface_offset(const struct vpan_fw_buf *buf, u32 stream);

int vpan_fw_windows_init(struct vpan_device *vpan);
void vpan_fw_windows_fini(struct vpan_device *vpan);
int vpan_fw_window_get(struct vpan_fw_buf *buf);
void vpan_fw_window_put(struct vpan_fw_buf *buf);

#endif /* _VPAN_FW_WINDOW_H_ */
