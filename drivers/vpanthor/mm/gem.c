// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Buffer objects, on top of the GEM shmem helpers.
 *
 * The pages of a buffer are allocated when it is first mapped, by a CPU or in an
 * address space, and can be reclaimed while nothing uses them (reclaim.c). They
 * stay as long as the buffer is pinned, which a change of an address space does
 * until it is finished, and as long as its reservation has an unsignalled fence.
 * CPU mappings do not keep them: these are removed, and a fault populates the
 * buffer again. Buffers that are or were exported, imported buffers and kernel
 * objects are never reclaimed.
 *
 * An exclusive buffer belongs to one address space and shares its reservation. The
 * reservation protects the state of the pages; &vpan_bo.gpuva_lock protects the
 * list of mappings and is on the signalling path. debugfs finds all buffers in a list
 * (gem_list.c).
 *
 * Sizes are chosen by clients: what memory could never hold is refused, pages are
 * allocated before anything is locked (gem_pages.c), and only mappable buffers take
 * offsets for mmap(), of which a file has a share (mmap_offset.c).
 */

#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_prime.h>
#include <drm/drm_vma_manager.h>

#include <kunit/visibility.h>

#include "debug/trace.h"
#include "device/device.h"
#include "device/dma.h"
#include "device/fault.h"
#include "device/file.h"
#include "device/gem_list.h"
#include "device/gfp.h"
#include "device/mmap_offset.h"
#include "mm/gem.h"
#include "mm/gem_pages.h"
#include "mm/reclaim.h"
#include "mm/vm.h"
#include "../compat/gem.h"

/* Size from which on allocating the pages of a buffer takes noticeable time */
#define GEM_LARGE	SZ_4M

/*
 * Undo the driver's own pin of the pages. Importers and kernel mappings have others, which
 * they undo themselves.
 */
static void gem_put_pages(struct vpan_bo *bo)
{
	struct drm_gem_object *gem = &bo->base.base;

	dma_resv_assert_held(gem->resv);

	/* That of an imported buffer belongs to the exporter. */
	if (bo->base.sgt && !gem->import_attach) {
		dma_unmap_sgtable(gem->dev->dev, bo->base.sgt,
				  DMA_BIDIRECTIONAL, 0);
		sg_free_table(bo->base.sgt);
		kfree(bo->base.sgt);
		bo->base.sgt = NULL;
		drm_gem_shmem_unpin_locked(&bo->base);
	}
	if (bo->cpu_only) {
		bo->cpu_only = false;
		drm_gem_shmem_unpin_locked(&bo->base);
	}
}

static void vpan_gem_free(struct drm_gem_object *gem)
{
	struct vpan_bo *bo = to_vpan_bo(gem);
	struct drm_gem_object *root = bo->exclusive_root;

	vpan_gem_list_remove(&bo->entry);
	/* The last reference: wait for no client that keeps the address space's locked. */
	gem->resv = &gem->_resv;
	/* Some kernels warn if a pin is left, others would put the pages. */
	if (!gem->import_attach && (bo->base.sgt || bo->cpu_only)) {
		dma_resv_lock(gem->resv, NULL);
		gem_put_pages(bo);
		dma_resv_unlock(gem->resv);
	}
	vpan_mmap_offset_remove(gem, bo->mmap_share);
	kfree(bo->label);
	mutex_destroy(&bo->label_lock);
	compat_gpuva_lock_fini(&bo->gpuva_lock);
	drm_gem_shmem_free(&bo->base);
	drm_gem_object_put(root);
}

static struct dma_buf *vpan_gem_export(struct drm_gem_object *gem, int flags)
{
	struct vpan_bo *bo = to_vpan_bo(gem);

	if (bo->exclusive_root)
		return ERR_PTR(-EINVAL);

	/* Set before an importer can map it. */
	WRITE_ONCE(bo->exported, true);
	return drm_gem_prime_export(gem, flags);
}

/* Undone by gem_put_pages(). */
static int gem_get_pages(struct vpan_bo *bo)
{
	int ret = 0;

	if (bo->base.base.size >= GEM_LARGE)
		ret = vpan_gem_alloc_pages(bo);
	if (!ret)
		ret = drm_gem_shmem_pin_locked(&bo->base);
	/*
	 * Writes are not tracked. Set each time, since some kernels clear it when the
	 * pages are put: after the next eviction swap would have the old contents.
	 */
	if (!ret)
		bo->base.pages_mark_dirty_on_put = true;
	return ret;
}

/* Once the device is unplugged, only CPUs use the pages. */
static int gem_populate_for_cpu(struct vpan_bo *bo)
{
	int ret = -ENODEV;

	dma_resv_assert_held(bo->base.base.resv);

	if (bo->base.sgt || bo->cpu_only)
		return 0;
	if (!drm_dev_is_unplugged(bo->base.base.dev))
		ret = vpan_bo_populate(bo);
	if (ret != -ENODEV)
		return ret;
	ret = gem_get_pages(bo);
	bo->cpu_only = !ret;
	return ret;
}

/*
 * With the mmap() of the helpers a mapping would pin the pages. Here they can be
 * reclaimed and are restored with the next access.
 */
static int vpan_gem_mmap(struct drm_gem_object *gem, struct vm_area_struct *vma)
{
	struct vpan_bo *bo = to_vpan_bo(gem);
	struct vpan_gem_hold hold;
	int ret;

	if (bo->flags & DRM_PANTHOR_BO_NO_MMAP)
		return -EINVAL;
	if (gem->import_attach)
		return drm_gem_shmem_object_mmap(gem, vma);
	/* A private mapping would copy pages. */
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE)
		return -EINVAL;

	/* Report a lack of memory by an error rather than by SIGBUS. */
	ret = vpan_gem_lock_with_pages(bo, &hold);
	if (!ret) {
		ret = gem_populate_for_cpu(bo);
		dma_resv_unlock(gem->resv);
	}
	vpan_gem_release_pages(&hold);
	if (ret)
		return ret;

	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	return 0;
}

static vm_fault_t gem_insert_page(struct vm_fault *vmf, struct vpan_bo *bo,
				  pgoff_t page)
{
	int ret = gem_populate_for_cpu(bo);

	if (ret)
		return vmf_error(ret);
	return vmf_insert_pfn(vmf->vma, vmf->address,
			      page_to_pfn(bo->base.pages[page]));
}

static vm_fault_t vpan_gem_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct drm_gem_object *gem = vma->vm_private_data;
	/* Not relative to vm_start: the mapping may have been cut. */
	pgoff_t page = vmf->pgoff - drm_vma_node_start(&gem->vma_node);
	struct vpan_bo *bo = to_vpan_bo(gem);
	struct vpan_gem_hold hold;
	vm_fault_t fault;
	int ret;

	if (page >= gem->size >> PAGE_SHIFT)
		return VM_FAULT_SIGBUS;
	page = array_index_nospec(page, gem->size >> PAGE_SHIFT);

	fault = vpan_fault_alloc(vmf);
	if (fault)
		return fault;
	ret = vpan_gem_lock_with_pages(bo, &hold);
	if (ret) {
		fault = vmf_error(ret);
	} else {
		fault = gem_insert_page(vmf, bo, page);
		dma_resv_unlock(gem->resv);
	}
	vpan_gem_release_pages(&hold);
	return fault;
}

static const struct vm_operations_struct vpan_gem_vm_ops = {
	.fault = vpan_gem_fault,
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
};

static enum drm_gem_object_status vpan_gem_status(struct drm_gem_object *gem)
{
	if (gem->import_attach || to_vpan_bo(gem)->base.pages)
		return DRM_GEM_OBJECT_RESIDENT;
	return 0;
}

/* Importers write to the pages, too: see gem_get_pages(). */
static int vpan_gem_pin(struct drm_gem_object *gem)
{
	int ret = drm_gem_shmem_object_pin(gem);

	if (!ret)
		to_vpan_bo(gem)->base.pages_mark_dirty_on_put = true;
	return ret;
}

static int vpan_gem_vmap(struct drm_gem_object *gem, struct iosys_map *map)
{
	int ret = drm_gem_shmem_object_vmap(gem, map);

	if (!ret && !gem->import_attach)
		to_vpan_bo(gem)->base.pages_mark_dirty_on_put = true;
	return ret;
}

static const struct drm_gem_object_funcs vpan_gem_funcs = {
	.free = vpan_gem_free,
	.print_info = drm_gem_shmem_object_print_info,
	.export = vpan_gem_export,
	.pin = vpan_gem_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = vpan_gem_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = vpan_gem_mmap,
	.status = vpan_gem_status,
	.vm_ops = &vpan_gem_vm_ops,
};

/**
 * vpan_gem_create_object - allocate a buffer object for the GEM helpers
 * @drm: the device
 * @size: not used
 *
 * Context: may sleep.
 * Return: the object or an ERR_PTR().
 */
struct drm_gem_object *vpan_gem_create_object(struct drm_device *drm,
					      size_t size)
{
	struct vpan_bo *bo = kzalloc(sizeof(*bo), VPAN_GFP_CLIENT);

	if (!bo)
		return ERR_PTR(-ENOMEM);

	/* The GPU is coherent: CPU mappings are write-back. */
	bo->base.map_wc = false;
	bo->base.base.funcs = &vpan_gem_funcs;
	mutex_init(&bo->label_lock);
	compat_gpuva_lock_init(&bo->gpuva_lock, &bo->base.base);
	return &bo->base.base;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_gem_create_object);

/**
 * vpan_gem_prime_import_sg_table - create the buffer of an imported dma-buf
 * @drm: the device
 * @attach: attachment to the dma-buf
 * @sgt: its pages
 *
 * Without the offset for mmap() that the helper takes: it is not known here which file
 * it is for. BO_MMAP_OFFSET takes one.
 *
 * Context: may sleep.
 * Return: the object or an ERR_PTR().
 */
struct drm_gem_object *
vpan_gem_prime_import_sg_table(struct drm_device *drm,
			       struct dma_buf_attachment *attach,
			       struct sg_table *sgt)
{
	struct drm_gem_object *gem;

	gem = drm_gem_shmem_prime_import_sg_table(drm, attach, sgt);
	if (IS_ERR(gem))
		return gem;
	drm_gem_free_mmap_offset(gem);
	/* The caller sets the same; readers of the list see the buffer from here on. */
	gem->import_attach = attach;
	vpan_gem_list_add(&to_vpan_bo(gem)->entry, gem);
	return gem;
}

/*
 * Pages of such a buffer could never be in memory all at once, and looking for
 * them would take long.
 */
static bool gem_exceeds_memory(u64 size)
{
	return size >> PAGE_SHIFT > totalram_pages() +
				    max(get_nr_swap_pages(), 0L);
}

/* shmem returns -ENOSPC if there is no memory for an inode. */
static int gem_error(int error)
{
	return error == -ENOSPC ? -ENOMEM : error;
}

/*
 * Like drm_gem_shmem_create(), but without an offset for mmap(), which is counted for a
 * file, and which buffers that cannot be mapped do not need.
 */
static struct vpan_bo *gem_alloc(struct vpan_device *vpan, size_t size)
{
	struct drm_gem_object *gem = vpan_gem_create_object(&vpan->drm, size);
	int ret;

	if (IS_ERR(gem))
		return ERR_CAST(gem);
	ret = drm_gem_object_init(&vpan->drm, gem, size);
	if (ret) {
		drm_gem_private_object_fini(gem);
		kfree(to_vpan_bo(gem));
		return ERR_PTR(gem_error(ret));
	}
	INIT_LIST_HEAD(&to_drm_gem_shmem_obj(gem)->madv_list);
	/* Pages stay while jobs use them, so they must not be movable. */
	mapping_set_gfp_mask(gem->filp->f_mapping, GFP_HIGHUSER |
			     __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	return to_vpan_bo(gem);
}

static struct vpan_bo *bo_create(struct vpan_device *vpan, u64 size, u32 flags,
				 struct vpan_vm *exclusive)
{
	struct vpan_bo *bo;

	/* Rounding up must not overflow, nor file sizes of shmem. */
	if (size > MAX_LFS_FILESIZE - PAGE_SIZE ||
	    size > SIZE_MAX - PAGE_SIZE || gem_exceeds_memory(size))
		return ERR_PTR(-ENOMEM);

	bo = gem_alloc(vpan, PAGE_ALIGN(size));
	if (IS_ERR(bo))
		return bo;

	bo->flags = flags;
	if (exclusive) {
		bo->exclusive_root = drm_gpuvm_resv_obj(&exclusive->base);
		drm_gem_object_get(bo->exclusive_root);
		bo->base.base.resv = bo->exclusive_root->resv;
		bo->of_firmware = !exclusive->user_end;
	}
	return bo;
}

/**
 * vpan_bo_create - create a buffer object of the kernel
 * @vpan: the device
 * @size: size in bytes, not zero; rounded up to pages
 * @flags: DRM_PANTHOR_BO flags
 * @exclusive: the only address space that may map it, or NULL
 *
 * It has no offset for mmap().
 *
 * Context: may sleep.
 * Return: the object, with a reference, or an ERR_PTR(): -ENOMEM also if the
 * object is larger than RAM and free swap space together.
 */
struct vpan_bo *vpan_bo_create(struct vpan_device *vpan, u64 size, u32 flags,
			       struct vpan_vm *exclusive)
{
	struct vpan_bo *bo = bo_create(vpan, size, flags, exclusive);

	if (!IS_ERR(bo))
		vpan_gem_list_add(&bo->entry, &bo->base.base);
	return bo;
}

/**
 * vpan_bo_create_handle - create a buffer object for user space
 * @file: file that gets the handle
 * @size: size in bytes; returns the size rounded up to pages
 * @flags: DRM_PANTHOR_BO flags
 * @exclusive: the only address space that may map it, or NULL
 * @handle: returns the handle
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_bo_create_handle(struct drm_file *file, u64 *size, u32 flags,
			  struct vpan_vm *exclusive, u32 *handle)
{
	struct vpan_file *vfile = file->driver_priv;
	struct vpan_bo *bo;
	int ret = 0;

	bo = bo_create(vfile->vpan, *size, flags, exclusive);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	bo->reclaimable = true;
	vpan_gem_list_add(&bo->entry, &bo->base.base);
	if (!(flags & DRM_PANTHOR_BO_NO_MMAP))
		ret = vpan_mmap_offset_add(vfile, &bo->base.base, &bo->mmap_share);
	if (!ret)
		ret = drm_gem_handle_create(file, &bo->base.base, handle);
	if (!ret)
		*size = bo->base.base.size;
	drm_gem_object_put(&bo->base.base);
	return ret;
}

/* Make a buffer that has been populated known to the shrinker. */
static void gem_add_to_lru(struct vpan_bo *bo)
{
	struct drm_gem_object *gem = &bo->base.base;
	struct vpan_reclaim *reclaim = to_vpan_device(gem->dev)->reclaim;

	dma_resv_assert_held(gem->resv);

	if (bo->evicted) {
		atomic64_add(vpan_gem_pages(gem), &reclaim->restored);
		trace_vpanthor_bo_restore(bo);
	}
	bo->evicted = false;
	drm_gem_lru_move_tail(&reclaim->lru, gem);
}

/**
 * vpan_bo_populate - allocate or restore the pages of a buffer
 * @bo: the buffer
 *
 * They may be reclaimed as soon as the reservation is unlocked, unless that has an
 * unsignalled fence or the buffer is pinned.
 *
 * Context: may sleep and allocate; under the reservation.
 * Return: 0, -EINTR if the task is being killed, -ENODEV if the device is unplugged, or
 * another negative errno.
 */
int vpan_bo_populate(struct vpan_bo *bo)
{
	struct drm_gem_object *gem = &bo->base.base;
	struct sg_table *sgt;
	int ret;

	dma_resv_assert_held(gem->resv);

	if (bo->base.sgt)
		return 0;

	ret = gem_get_pages(bo);
	if (ret)
		return ret;
	sgt = drm_gem_shmem_get_sg_table(&bo->base);
	if (IS_ERR(sgt)) {
		ret = PTR_ERR(sgt);
		goto err_unpin;
	}
	ret = vpan_dma_map(gem->dev, sgt);
	if (ret)
		goto err_free;

	WRITE_ONCE(bo->base.sgt, sgt);
	if (bo->reclaimable)
		gem_add_to_lru(bo);
	return 0;

err_free:
	sg_free_table(sgt);
	kfree(sgt);
err_unpin:
	drm_gem_shmem_unpin_locked(&bo->base);
	return ret;
}

/**
 * vpan_bo_may_depopulate - check if the pages of a buffer can be reclaimed
 * @bo: the buffer
 *
 * Context: any; under the reservation. Allocates nothing.
 * Return: false if they are in use or do not belong to the buffer alone.
 */
bool vpan_bo_may_depopulate(struct vpan_bo *bo)
{
	dma_resv_assert_held(bo->base.base.resv);

	return bo->base.sgt && bo->reclaimable && !READ_ONCE(bo->exported) &&
	       compat_gem_shmem_one_user(&bo->base) && !atomic_read(&bo->pins) &&
	       dma_resv_test_signaled(bo->base.base.resv,
				      DMA_RESV_USAGE_BOOKKEEP);
}

/**
 * vpan_bo_depopulate - release the pages of a buffer so that they can be swapped
 * @bo: buffer for which vpan_bo_may_depopulate() returns true, and which is in no
 *	page tables
 *
 * Context: may sleep; in reclaim; under the reservation.
 */
void vpan_bo_depopulate(struct vpan_bo *bo)
{
	struct drm_gem_object *gem = &bo->base.base;

	dma_resv_assert_held(gem->resv);

	drm_vma_node_unmap(&gem->vma_node, gem->dev->anon_inode->i_mapping);
	gem_put_pages(bo);
	drm_gem_lru_remove(gem);
	bo->evicted = true;
	WRITE_ONCE(bo->evictions, bo->evictions + 1);
	trace_vpanthor_bo_evict(bo);
}

/**
 * vpan_bo_pin - populate a buffer and keep its pages in memory
 * @bo: the buffer
 *
 * Undone by vpan_bo_unpin(). The caller holds the pages of a buffer that may have none
 * (vpan_gem_hold_pages()).
 *
 * Context: may sleep and allocate.
 * Return: 0 or a negative errno.
 */
int vpan_bo_pin(struct vpan_bo *bo)
{
	struct dma_resv *resv = bo->base.base.resv;
	int ret;

	/*
	 * Not interruptible: a VM_BIND that is restarted would return the count
	 * of the remaining operations, which user space would take for all.
	 */
	dma_resv_lock(resv, NULL);
	ret = vpan_bo_populate(bo);
	if (!ret)
		vpan_bo_pin_locked(bo);
	dma_resv_unlock(resv);
	return ret;
}

/**
 * vpan_bo_unpin - allow the pages of a buffer to be reclaimed
 * @bo: the buffer
 *
 * Context: any.
 */
void vpan_bo_unpin(struct vpan_bo *bo)
{
	atomic_dec(&bo->pins);
}

/**
 * vpan_bo_set_label - name a buffer object
 * @bo: the buffer
 * @label: name from kmalloc(), which the object frees; NULL for none
 *
 * Context: may sleep.
 */
void vpan_bo_set_label(struct vpan_bo *bo, char *label)
{
	mutex_lock(&bo->label_lock);
	swap(bo->label, label);
	mutex_unlock(&bo->label_lock);
	kfree(label);
}
