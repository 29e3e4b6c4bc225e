/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_GEM_LIST_H_
#define _VPAN_GEM_LIST_H_

#include <linux/list.h>
#include <linux/spinlock.h>

#include "device/creator.h"

struct drm_file;
struct drm_gem_object;
struct vpan_device;

/**
 * struct vpan_gem_list - all buffers of a device
 */
struct vpan_gem_list {
	/** @lock: Protects @entries. Held for one step of a walk only. */
	spinlock_t lock;
	/** @entries: &vpan_gem_entry.link of the buffers, oldest first. */
	struct list_head entries;
};

/**
 * struct vpan_gem_entry - a buffer in that list
 */
struct vpan_gem_entry {
	/** @gem: The buffer, which the entry is a part of; NULL: is not in the list. */
	struct drm_gem_object *gem;
	/** @link: Entry in &vpan_gem_list.entries. */
	struct list_head link;
	/** @creator: Process that created the buffer. Constant. */
	struct vpan_creator creator;
};

int vpan_gem_list_init(struct vpan_device *vpan);
void vpan_gem_list_add(struct vpan_gem_entry *entry, struct drm_gem_object *gem);
void vpan_gem_list_remove(struct vpan_gem_entry *entry);
struct vpan_gem_entry *vpan_gem_list_next(struct vpan_device *vpan,
					  struct vpan_gem_entry *entry);
struct drm_gem_object *vpan_gem_next(struct drm_file *file, int *handle);

#endif /* _VPAN_GEM_LIST_H_ */
