// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Ids of address spaces. Each open file has its own, in an xarray that holds
 * one reference to each address space and whose lock guards look-up. Destroying
 * an id unmaps everything; the object lives on while groups or jobs refer to
 * it.
 */

#include <linux/sizes.h>
#include <linux/xarray.h>

#include "device/device.h"
#include "device/file.h"
#include "heap/heap.h"
#include "mm/vm.h"
#include "sched/profile.h"
#include "uapi/vm_id.h"

/* The last id is the number of address spaces that a file may have. */
#define VM_IDS XA_LIMIT(1, 32)

/*
 * Default size of user space's part: as large as the caller's address space, so
 * that it can be mirrored, but never all of the GPU's address space.
 */
static u64 vm_default_range(u64 full)
{
	u64 task = TASK_SIZE;

	if (task < full)
		return task;

	return full > SZ_4G ? full / 2 : full;
}

/**
 * vpan_vm_create_id - create an address space for user space
 * @file: open file of the caller
 * @user_va_range: requested size of user space's part, 0 for the default;
 *	returns the actual size
 * @id: returns the id
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if the range is too large, -EBUSY if the file has the
 * maximum number of address spaces, -ENOMEM.
 */
int vpan_vm_create_id(struct vpan_file *file, u64 *user_va_range, u32 *id)
{
	u64 full = BIT_ULL(file->vpan->va_bits);
	u64 limit = full - VPAN_VM_KERNEL_MIN;
	u64 range = *user_va_range;
	struct vpan_vm *vm;
	u64 kernel_start;
	int ret;

	if (range > limit)
		return -EINVAL;
	if (!range)
		range = min(vm_default_range(full), limit);

	kernel_start = PAGE_ALIGN(range);
	vm = vpan_vm_create(file->vpan, range, kernel_start,
			    full - kernel_start);
	if (IS_ERR(vm))
		return PTR_ERR(vm);

	ret = vpan_heaps_create(vm);
	if (!ret)
		ret = xa_alloc(&file->vms, id, vm, VM_IDS,
			       GFP_KERNEL_ACCOUNT);
	if (ret) {
		vpan_vm_put(vm);
		return ret;
	}
	*user_va_range = range;
	return 0;
}

/**
 * vpan_vm_destroy_id - destroy an address space for user space
 * @file: open file of the caller
 * @id: id
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if the id does not exist.
 */
int vpan_vm_destroy_id(struct vpan_file *file, u32 id)
{
	struct vpan_vm *vm = xa_erase(&file->vms, id);

	if (!vm)
		return -EINVAL;

	vpan_vm_destroy(vm);
	vpan_heaps_fini(vm->heaps);
	vpan_vm_put(vm);
	return 0;
}

/**
 * vpan_vm_destroy_all - destroy all address spaces of a file
 * @file: open file, being closed
 *
 * Context: may sleep.
 */
void vpan_vm_destroy_all(struct vpan_file *file)
{
	struct vpan_vm *vm;
	unsigned long id;

	xa_for_each(&file->vms, id, vm) {
		vpan_vm_destroy_id(file, id);
		cond_resched();
	}
	xa_destroy(&file->vms);
}

/**
 * vpan_vm_get_by_id - look up an address space
 * @file: open file that has the id
 * @id: id
 *
 * Context: any.
 * Return: address space with a reference, or NULL.
 */
struct vpan_vm *vpan_vm_get_by_id(struct vpan_file *file, u32 id)
{
	struct vpan_vm *vm;

	xa_lock(&file->vms);
	vm = xa_load(&file->vms, id);
	if (vm)
		drm_gpuvm_get(&vm->base);
	xa_unlock(&file->vms);
	return vm;
}
