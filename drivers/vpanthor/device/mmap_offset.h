/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_MMAP_OFFSET_H_
#define _VPAN_MMAP_OFFSET_H_

#include <linux/atomic.h>
#include <linux/kref.h>

struct drm_gem_object;
struct vpan_device;
struct vpan_file;

/**
 * struct vpan_mmap_share - offsets for mmap() that an open file has taken
 *
 * Buffers may live longer than the file that has created them: each has a reference.
 */
struct vpan_mmap_share {
	/** @ref: References of the file and of its buffers. */
	struct kref ref;
	/** @pages: Size of all offsets in pages. */
	atomic_long_t pages;
};

void vpan_mmap_offset_init(struct vpan_device *vpan);
struct vpan_mmap_share *vpan_mmap_share_create(void);
void vpan_mmap_share_put(struct vpan_mmap_share *share);
int vpan_mmap_offset_add(struct vpan_file *file, struct drm_gem_object *gem,
			 struct vpan_mmap_share **owner);
void vpan_mmap_offset_remove(struct drm_gem_object *gem,
			     struct vpan_mmap_share *owner);

#endif /* _VPAN_MMAP_OFFSET_H_ */
