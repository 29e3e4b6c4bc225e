/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MESA_DEMO_SHARE_H
#define MESA_DEMO_SHARE_H

#include "vk.h"

/**
 * struct memory - a buffer that several devices have
 * @buffer: the buffer
 * @memory: its memory
 * @map: where it is mapped, by the device that has allocated it
 * @size: in bytes
 */
struct memory {
	VkBuffer buffer;
	VkDeviceMemory memory;
	void *map;
	VkDeviceSize size;
};

struct memory share_new(struct vk *vk, VkDeviceSize size, bool exported);
struct memory share_memory(struct vk *from, const struct memory *memory, struct vk *to);
VkSemaphore timeline_new(struct vk *vk, bool exported);
VkSemaphore share_timeline(struct vk *from, VkSemaphore line, struct vk *to);

#endif
