// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/panthor_uapi.h>

#include <kunit/visibility.h>

#include "uapi/uobj.h"

/**
 * vpan_uobj_check_array - check the description of an array of structures
 * @array: what user space says
 * @type: what it is an array of
 * @max_count: how many there may be
 *
 * Return: 0, -EINVAL if the structures are shorter than they ever were,
 * -E2BIG if there are too many or they are longer than %VPAN_UOBJ_STRIDE_MAX.
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

static int uobj_copy(const struct drm_panthor_obj_array *array,
		     const struct vpan_uobj_type *type, char *dst)
{
	const char __user *src = u64_to_user_ptr(array->array);
	int ret;
	u32 i;

	if (array->stride == type->size)
		return copy_from_user(dst, src, array_size(array->count, type->size)) ?
		       -EFAULT : 0;

	/* User space chooses count and stride: the copy can be long. */
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

/**
 * vpan_uobj_get_array - copy an array of structures from user space
 * @array: where it is
 * @type: what it is an array of
 * @max_count: how many there may be
 * @objs: returns the copy, to be freed by kvfree(); NULL if there are none
 *
 * Shorter structures are filled up with zeroes. Longer ones must have zeroes
 * in what the kernel does not know.
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINVAL if the structures are shorter than they ever were,
 * -E2BIG if there are too many, they are longer than %VPAN_UOBJ_STRIDE_MAX or they
 * say what the kernel does not know, -EFAULT, -ENOMEM, -EINTR if the process is
 * being killed.
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

	ret = uobj_copy(array, type, dst);
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
 * @ptr: where to
 * @user_size: how long it is there
 * @type: what it is
 * @obj: the structure
 *
 * What user space has more than the kernel knows is filled with zeroes.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if there is less room than there ever was, -E2BIG if there is
 * more than %VPAN_UOBJ_STRIDE_MAX, -EFAULT.
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
