// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Kernel objects: memory that the driver shares with the GPU or with its firmware,
 * such as rings, suspend buffers, heap chunks and the sections of the firmware. Each
 * is an exclusive buffer of an address space, with an address in the range that
 * &vpan_vm.mm manages (or a fixed one below, for the firmware) and with a kernel
 * mapping. It is never reclaimed, and is charged to the task that creates it.
 *
 * &vpan_vm.mm_lock protects the addresses; memory is allocated under it, so that it
 * is not on the signalling path.
 */

#include <linux/dma-resv.h>
#include <linux/iosys-map.h>
#include <linux/slab.h>

#include <drm/panthor_uapi.h>

#include "device/gfp.h"
#include "mm/gem.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "../compat/gem.h"

static int kbo_alloc_va(struct vpan_kbo *kbo, u64 va)
{
	struct vpan_vm *vm = kbo->vm;
	u64 align = kbo->size >= SZ_2M ? SZ_2M : SZ_4K;
	int ret = 0;

	mutex_lock(&vm->mm_lock);
	if (va == VPAN_KBO_AUTO_VA) {
		ret = drm_mm_insert_node_generic(&vm->mm, &kbo->node, kbo->size,
						 align, 0, DRM_MM_INSERT_BEST);
		va = kbo->node.start;
	} else if (va >= vm->kernel_start) {
		kbo->node.start = va;
		kbo->node.size = kbo->size;
		ret = drm_mm_reserve_node(&vm->mm, &kbo->node);
	}
	mutex_unlock(&vm->mm_lock);
	kbo->va = va;
	return ret;
}

static void kbo_free_va(struct vpan_kbo *kbo)
{
	mutex_lock(&kbo->vm->mm_lock);
	if (drm_mm_node_allocated(&kbo->node))
		drm_mm_remove_node(&kbo->node);
	mutex_unlock(&kbo->vm->mm_lock);
}

/*
 * Populate the buffer first: the helper for the kernel mapping would allocate its
 * pages without checking for fatal signals.
 */
static int kbo_vmap(struct vpan_kbo *kbo)
{
	struct dma_resv *resv = kbo->bo->base.base.resv;
	struct iosys_map map;
	int ret;

	dma_resv_lock(resv, NULL);
	ret = vpan_bo_populate(kbo->bo);
	dma_resv_unlock(resv);
	if (ret)
		return ret;
	ret = drm_gem_vmap(&kbo->bo->base.base, &map);
	if (!ret)
		kbo->vaddr = map.vaddr;
	return ret;
}

static void kbo_vunmap(struct vpan_kbo *kbo)
{
	struct iosys_map map = IOSYS_MAP_INIT_VADDR(kbo->vaddr);

	if (!kbo->vaddr)
		return;
	drm_gem_vunmap(&kbo->bo->base.base, &map);
	kbo->vaddr = NULL;
}

/**
 * vpan_kbo_create - allocate and map a kernel object
 * @vm: address space to map it in
 * @va: GPU address, or %VPAN_KBO_AUTO_VA
 * @size: size in bytes, not zero; rounded up to pages of the GPU
 * @prot: combination of &enum vpan_prot
 *
 * Context: may sleep and allocate.
 * Return: the object or an ERR_PTR(), -EINTR if the task is being killed.
 */
struct vpan_kbo *vpan_kbo_create(struct vpan_vm *vm, u64 va, u64 size,
				 u32 prot)
{
	struct vpan_kbo *kbo;
	int ret;

	kbo = kzalloc(sizeof(*kbo), VPAN_GFP_CLIENT);
	if (!kbo)
		return ERR_PTR(-ENOMEM);

	/*
	 * Not the kernel's pages, which may be larger: sections of the firmware
	 * follow each other without a gap, and a ring is as large as asked for.
	 */
	kbo->size = ALIGN(size, SZ_4K);
	kbo->vm = vm;
	drm_gpuvm_get(&vm->base);

	kbo->bo = vpan_bo_create(vm->vpan, kbo->size, DRM_PANTHOR_BO_NO_MMAP,
				 vm);
	if (IS_ERR(kbo->bo)) {
		ret = PTR_ERR(kbo->bo);
		goto err_put_vm;
	}
	ret = kbo_vmap(kbo);
	if (ret)
		goto err_put_bo;
	ret = kbo_alloc_va(kbo, va);
	if (ret)
		goto err_vunmap;
	ret = vpan_vm_map_kernel(vm, kbo->bo, kbo->va, kbo->size, prot);
	if (ret)
		goto err_free_va;
	atomic64_add(kbo->bo->base.base.size, &vm->kernel_bytes);
	return kbo;

err_free_va:
	kbo_free_va(kbo);
err_vunmap:
	kbo_vunmap(kbo);
err_put_bo:
	drm_gem_object_put(&kbo->bo->base.base);
err_put_vm:
	vpan_vm_put(vm);
	kfree(kbo);
	return ERR_PTR(ret);
}

/**
 * vpan_kbo_vunmap - remove the kernel mapping of an object
 * @kbo: the object
 *
 * The mapping of the GPU stays.
 *
 * Context: may sleep.
 */
void vpan_kbo_vunmap(struct vpan_kbo *kbo)
{
	kbo_vunmap(kbo);
}

/**
 * vpan_kbo_destroy - unmap and free a kernel object
 * @kbo: the object, NULL or an ERR_PTR()
 *
 * Context: may sleep.
 */
void vpan_kbo_destroy(struct vpan_kbo *kbo)
{
	if (IS_ERR_OR_NULL(kbo))
		return;

	atomic64_sub(kbo->bo->base.base.size, &kbo->vm->kernel_bytes);
	vpan_vm_unmap_kernel(kbo->vm, kbo->va, kbo->size);
	kbo_free_va(kbo);
	kbo_vunmap(kbo);
	drm_gem_object_put(&kbo->bo->base.base);
	vpan_vm_put(kbo->vm);
	kfree(kbo);
}
