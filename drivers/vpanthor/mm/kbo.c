// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Kernel objects: memory that the driver shares with the GPU or with its firmware,
 * such as rings, sync objects, heap chunks and the sections of the firmware. Each has
 * an address in the range that &vpan_vm.mm manages (or a fixed one below, for the
 * firmware) and a kernel mapping. It is never reclaimed, and is charged to the task
 * that creates it.
 *
 * The memory of a large object is an exclusive buffer of the address space, as shmem
 * can allocate huge pages, which become blocks of the page tables. A small one needs
 * no file of shmem, which would cost more than its pages: its pages are allocated,
 * contiguous if that is easy.
 *
 * &vpan_vm.mm_lock protects the addresses; memory is allocated under it, so that it
 * is not on the signalling path.
 */

#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/gfp.h>
#include <linux/iosys-map.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <drm/panthor_uapi.h>

#include "device/device.h"
#include "device/dma.h"
#include "device/gfp.h"
#include "mm/gem.h"
#include "mm/gem_pages.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "../compat/gem.h"

/* Size up to which an object is small */
#define KBO_SMALL	SZ_64K

/* Try to get contiguous memory up to this size: more is not worth the effort. */
#define MEM_CONTIGUOUS	min(SZ_32K, PAGE_SIZE << PAGE_ALLOC_COSTLY_ORDER)

static void *mem_alloc_pages(size_t size)
{
	const gfp_t gfp = VPAN_GFP_CLIENT | __GFP_ZERO;
	void *vaddr = NULL;

	/* Other sizes would be allocated and cleared up to the next power of two. */
	if (is_power_of_2(size) && size <= MEM_CONTIGUOUS)
		vaddr = alloc_pages_exact(size, gfp | __GFP_NORETRY);
	return vaddr ?: __vmalloc(size, gfp);
}

static void mem_free_pages(void *vaddr, size_t size)
{
	if (is_vmalloc_addr(vaddr))
		vfree(vaddr);
	else
		free_pages_exact(vaddr, size);
}

static int mem_list_pages(struct vpan_mem *mem)
{
	bool contiguous = !is_vmalloc_addr(mem->vaddr);
	struct scatterlist *sg;
	void *at = mem->vaddr;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(&mem->sgt, contiguous ? 1 : mem->size >> PAGE_SHIFT,
			     VPAN_GFP_CLIENT);
	if (ret)
		return ret;
	if (contiguous) {
		sg_set_page(mem->sgt.sgl, virt_to_page(at), mem->size, 0);
		return 0;
	}
	for_each_sgtable_sg(&mem->sgt, sg, i) {
		sg_set_page(sg, vmalloc_to_page(at), PAGE_SIZE, 0);
		at += PAGE_SIZE;
	}
	return 0;
}

/**
 * vpan_mem_alloc - allocate memory for kernel and GPU
 * @mem: the memory
 * @drm: device that accesses it
 * @size: size in bytes, not zero; rounded up to pages
 *
 * The memory is charged to the caller.
 *
 * Context: may sleep and allocate.
 * Return: 0, -ENODEV if the device is unplugged, or another negative errno.
 */
int vpan_mem_alloc(struct vpan_mem *mem, struct drm_device *drm, size_t size)
{
	int ret;

	mem->dev = drm->dev;
	mem->size = PAGE_ALIGN(size);
	mem->vaddr = mem_alloc_pages(mem->size);
	if (!mem->vaddr)
		return -ENOMEM;
	ret = mem_list_pages(mem);
	if (ret)
		goto err_free_pages;
	ret = vpan_dma_map(drm, &mem->sgt);
	if (ret)
		goto err_free_list;
	return 0;

err_free_list:
	sg_free_table(&mem->sgt);
err_free_pages:
	mem_free_pages(mem->vaddr, mem->size);
	mem->vaddr = NULL;
	return ret;
}

/**
 * vpan_mem_free - free memory for kernel and GPU
 * @mem: the memory, which the GPU no longer accesses
 *
 * Context: may sleep.
 */
void vpan_mem_free(struct vpan_mem *mem)
{
	dma_unmap_sgtable(mem->dev, &mem->sgt, DMA_BIDIRECTIONAL, 0);
	sg_free_table(&mem->sgt);
	mem_free_pages(mem->vaddr, mem->size);
	mem->vaddr = NULL;
}

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
static int kbo_vmap_bo(struct vpan_kbo *kbo, const bool *stop)
{
	struct dma_resv *resv = kbo->bo->base.base.resv;
	struct vpan_gem_hold hold;
	struct iosys_map map;
	int ret;

	ret = vpan_gem_hold_pages(kbo->bo, &hold, stop);
	if (!ret) {
		dma_resv_lock(resv, NULL);
		ret = vpan_bo_populate(kbo->bo);
		dma_resv_unlock(resv);
	}
	vpan_gem_release_pages(&hold);
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

	if (kbo->vaddr && kbo->bo)
		drm_gem_vunmap(&kbo->bo->base.base, &map);
	kbo->vaddr = NULL;
}

static int kbo_alloc_memory(struct vpan_kbo *kbo, const bool *stop)
{
	struct vpan_vm *vm = kbo->vm;
	int ret;

	if (kbo->size <= KBO_SMALL) {
		ret = vpan_mem_alloc(&kbo->mem, &vm->vpan->drm, kbo->size);
		kbo->vaddr = kbo->mem.vaddr;
		return ret;
	}

	kbo->bo = vpan_bo_create(vm->vpan, kbo->size, DRM_PANTHOR_BO_NO_MMAP,
				 vm);
	if (IS_ERR(kbo->bo))
		return PTR_ERR(kbo->bo);
	ret = kbo_vmap_bo(kbo, stop);
	if (ret)
		drm_gem_object_put(&kbo->bo->base.base);
	return ret;
}

static void kbo_free_memory(struct vpan_kbo *kbo)
{
	kbo_vunmap(kbo);
	if (kbo->bo)
		drm_gem_object_put(&kbo->bo->base.base);
	else
		vpan_mem_free(&kbo->mem);
}

static struct sg_table *kbo_sgt(struct vpan_kbo *kbo)
{
	return kbo->bo ? kbo->bo->base.sgt : &kbo->mem.sgt;
}

/**
 * vpan_kbo_create_until - allocate and map a kernel object unless told to stop
 * @vm: address space to map it in
 * @va: GPU address, or %VPAN_KBO_AUTO_VA
 * @size: size in bytes, not zero; rounded up to pages of the GPU
 * @prot: combination of &enum vpan_prot
 * @stop: set to end the allocation, or NULL
 *
 * Context: may sleep and allocate.
 * Return: the object or an ERR_PTR(), -EINTR if the task is being killed,
 * -ECANCELED if @stop is set, -ENODEV if the device is unplugged.
 */
struct vpan_kbo *vpan_kbo_create_until(struct vpan_vm *vm, u64 va, u64 size,
				       u32 prot, const bool *stop)
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

	ret = kbo_alloc_memory(kbo, stop);
	if (ret)
		goto err_put_vm;
	ret = kbo_alloc_va(kbo, va);
	if (ret)
		goto err_free_memory;
	ret = vpan_vm_map_kernel(vm, kbo_sgt(kbo), kbo->va, kbo->size, prot);
	if (ret)
		goto err_free_va;
	atomic64_add(PAGE_ALIGN(kbo->size), &vm->kernel_bytes);
	return kbo;

err_free_va:
	kbo_free_va(kbo);
err_free_memory:
	kbo_free_memory(kbo);
err_put_vm:
	vpan_vm_put(vm);
	kfree(kbo);
	return ERR_PTR(ret);
}

/**
 * vpan_kbo_create - allocate and map a kernel object
 * @vm: address space to map it in
 * @va: GPU address, or %VPAN_KBO_AUTO_VA
 * @size: size in bytes, not zero; rounded up to pages of the GPU
 * @prot: combination of &enum vpan_prot
 *
 * Context: may sleep and allocate.
 * Return: the object or an ERR_PTR(), -EINTR if the task is being killed,
 * -ENODEV if the device is unplugged.
 */
struct vpan_kbo *vpan_kbo_create(struct vpan_vm *vm, u64 va, u64 size,
				 u32 prot)
{
	return vpan_kbo_create_until(vm, va, size, prot, NULL);
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

	atomic64_sub(PAGE_ALIGN(kbo->size), &kbo->vm->kernel_bytes);
	vpan_vm_unmap_kernel(kbo->vm, kbo->va, kbo->size);
	kbo_free_va(kbo);
	kbo_free_memory(kbo);
	vpan_vm_put(kbo->vm);
	kfree(kbo);
}
