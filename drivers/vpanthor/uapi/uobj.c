// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Structures that user space passes by pointer, alone or in arrays. Their
 * length is part of the call, so that both sides can be newer than the other:
 * missing members are zero, unknown members must be zero. Nothing here takes a
 * lock. All functions access user memory, which may take forever: they must not
 * be called in a section that unplugging waits for.
 */

#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/panthor_uapi.h>

#include <kunit/visibility.h>

#include "uapi/uobj.h"

/**
 * vpan_uobj_check_array - check the description of an array of structures
 * @array: description from user space
 * @type: type of the elements
 * @max_count: maximum number of elements
 *
 * Return: 0, -EINVAL if elements are shorter than in the first version of the
 * interface, -E2BIG if there are too many of them or they are longer than
 * %VPAN_UOBJ_STRIDE_MAX.
 */
int vpan_uobj_check_array(const struct drm_panthor_obj_array *array,
			  const struct vpan_uobj_type *type, u32 max_count)
{
	if (!array->count)
		return 0;
	if (array->stride < type->min_size)
		return -EINVAL;
	if (array->stride > VPAN_UOBJ_STRIDE_MAX || array->count > max_count)
		return -E2BIG;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_uobj_check_array);

/**
 * vpan_uobj_copy_array - copy an array of structures from user space into memory of
 * the caller's
 * @array: description from user space, checked
 * @type: type of the elements
 * @objs: memory for as many elements, all of which are written on success
 *
 * The rest of shorter structures is zero. In longer ones the members that the
 * kernel does not know must be zero.
 *
 * Context: may sleep.
 * Return: 0, -E2BIG if an unknown member is not zero, -EFAULT, -EINTR if the process
 * is being killed.
 */
int vpan_uobj_copy_array(const struct drm_panthor_obj_array *array,
			 const struct vpan_uobj_type *type, void *objs)
{
	const char __user *src = u64_to_user_ptr(array->array);
	char *dst = objs;
	int ret;
	u32 i;

	if (!array->count)
		return 0;
	if (array->stride == type->size)
		return copy_from_user(dst, src, array_size(array->count, type->size)) ?
		       -EFAULT : 0;

	/* User space chooses count and stride: copying may take long. */
	for (i = 0; i < array->count; i++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = copy_struct_from_user(dst + (size_t)i * type->size,
					    type->size,
					    src + (size_t)i * array->stride,
					    array->stride);
		if (ret)
			return ret;
		cond_resched();
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_uobj_copy_array);

/**
 * vpan_uobj_get_array - copy an array of structures from user space
 * @array: description from user space
 * @type: type of the elements
 * @max_count: maximum number of elements
 * @objs: returns the copy, to be freed with kvfree(); NULL for an empty array
 *
 * The copy is as that of vpan_uobj_copy_array().
 *
 * Context: may sleep and allocate.
 * Return: 0, -ENOMEM, or a negative errno as vpan_uobj_check_array() and
 * vpan_uobj_copy_array().
 */
int vpan_uobj_get_array(const struct drm_panthor_obj_array *array,
			const struct vpan_uobj_type *type, u32 max_count,
			void **objs)
{
	void *dst;
	int ret;

	*objs = NULL;
	ret = vpan_uobj_check_array(array, type, max_count);
	if (ret || !array->count)
		return ret;

	dst = kvcalloc(array->count, type->size, GFP_KERNEL_ACCOUNT);
	if (!dst)
		return -ENOMEM;

	ret = vpan_uobj_copy_array(array, type, dst);
	if (ret) {
		kvfree(dst);
		return ret;
	}
	*objs = dst;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_uobj_get_array);

/**
 * vpan_uobj_put - copy a structure to user space
 * @ptr: user pointer
 * @user_size: size of user space's structure
 * @type: type of the structure
 * @obj: structure
 *
 * Members that the kernel does not know are set to zero.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if @user_size is smaller than in the first version of the
 * interface, -E2BIG if it is larger than %VPAN_UOBJ_STRIDE_MAX, -EFAULT.
 */
int vpan_uobj_put(u64 ptr, u32 user_size, const struct vpan_uobj_type *type,
		  const void *obj)
{
	char __user *dst = u64_to_user_ptr(ptr);
	u32 known = min(user_size, type->size);

	if (user_size < type->min_size)
		return -EINVAL;
	if (user_size > VPAN_UOBJ_STRIDE_MAX)
		return -E2BIG;
	if (copy_to_user(dst, obj, known) ||
	    clear_user(dst + known, user_size - known))
		return -EFAULT;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_uobj_put);
