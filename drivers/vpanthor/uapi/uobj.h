/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_UOBJ_H_
#define _VPAN_UOBJ_H_

#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct drm_panthor_obj_array;

/**
 * struct vpan_uobj_type - type of a structure that user space passes by pointer
 *
 * New members are added at the end, so user space may have a shorter or a
 * longer structure than the kernel.
 */
struct vpan_uobj_type {
	/** @size: Size that the kernel knows. */
	u32 size;
	/** @min_size: Size in the first version of the interface. */
	u32 min_size;
};

/*
 * Longest structure that user space may pass, so that a call cannot make the
 * kernel read or write gigabytes of zeroes. A page of the smallest size leaves
 * room to grow: the longest structure of the interface has less than 200 bytes.
 */
#define VPAN_UOBJ_STRIDE_MAX	SZ_4K

/* Initialiser of a type; @last is the last member of the first version. */
#define VPAN_UOBJ_INIT(type, last) \
	{ .size = sizeof(type), .min_size = offsetofend(type, last) }

int vpan_uobj_check_array(const struct drm_panthor_obj_array *array,
			  const struct vpan_uobj_type *type, u32 max_count);
int vpan_uobj_copy_array(const struct drm_panthor_obj_array *array,
			 const struct vpan_uobj_type *type, void *objs);
int vpan_uobj_get_array(const struct drm_panthor_obj_array *array,
			const struct vpan_uobj_type *type, u32 max_count,
			void **objs);
int vpan_uobj_put(u64 ptr, u32 user_size, const struct vpan_uobj_type *type,
		  const void *obj);

#endif /* _VPAN_UOBJ_H_ */
