/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_MMAP_OFFSET_H_
#define _VPAN_MMAP_OFFSET_H_

#include <linux/atomic.h>
#include <linux/kref.h>

struct drm_gem_object;
struct vpan_device;
struct vpan_file;

/**
 * struct vpan_mmap_user - offsets for mmap() that all files of a user have taken
 *
 * Each share of the user has a reference.
 */
struct vpan_mmap_user {
	/** @ref: References; the last is dropped under the lock of @vpan's users. */
	struct kref ref;
	/** @vpan: The device. Without a reference. */
	struct vpan_device *vpan;
	/** @uid: Real user id, index in &vpan_device.mmap_users. Constant. */
	u32 uid;
	/** @pages: Size of all offsets in pages. */
	atomic_long_t pages;
	/** @pages_32bit: Size of those that are for 32-bit programs only. */
	atomic_long_t pages_32bit;
};

/**
 * struct vpan_mmap_share - offsets for mmap() that an open file has taken
 *
 * Buffers may live longer than the file that has created them: each has a reference.
 */
struct vpan_mmap_share {
	/** @ref: References of the file and of its buffers. */
	struct kref ref;
	/** @user: User that has opened the file, with a reference. Constant. */
	struct vpan_mmap_user *user;
	/** @pages: Size of all offsets in pages. */
	atomic_long_t pages;
};

void vpan_mmap_offset_init(struct vpan_device *vpan);
struct vpan_mmap_share *vpan_mmap_share_create(struct vpan_device *vpan);
void vpan_mmap_share_put(struct vpan_mmap_share *share);
int vpan_mmap_offset_add(struct vpan_file *file, struct drm_gem_object *gem,
			 struct vpan_mmap_share **owner);
void vpan_mmap_offset_remove(struct drm_gem_object *gem,
			     struct vpan_mmap_share *owner);

#endif /* _VPAN_MMAP_OFFSET_H_ */
