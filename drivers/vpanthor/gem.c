// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/dma-buf.h>
#include <linux/mm.h>

#include <drm/drm_prime.h>

#include "device.h"
#include "gem.h"
#include "vm.h"

static void vpan_gem_free(struct drm_gem_object *gem)
{
	struct vpan_bo *bo = to_vpan_bo(gem);
	struct drm_gem_object *root = bo->exclusive_root;

	kfree(bo->label);
	mutex_destroy(&bo->label_lock);
	mutex_destroy(&bo->gpuva_lock);
	/* The reservation that is locked in there may be the root's. */
	drm_gem_shmem_free(&bo->base);
	drm_gem_object_put(root);
}

static struct dma_buf *vpan_gem_export(struct drm_gem_object *gem, int flags)
{
	if (to_vpan_bo(gem)->exclusive_root)
		return ERR_PTR(-EINVAL);

	return drm_gem_prime_export(gem, flags);
}

static int vpan_gem_mmap(struct drm_gem_object *gem, struct vm_area_struct *vma)
{
	if (to_vpan_bo(gem)->flags & DRM_PANTHOR_BO_NO_MMAP)
		return -EINVAL;

	return drm_gem_shmem_object_mmap(gem, vma);
}

static enum drm_gem_object_status vpan_gem_status(struct drm_gem_object *gem)
{
	struct vpan_bo *bo = to_vpan_bo(gem);

	return gem->import_attach || bo->base.pages ?
	       DRM_GEM_OBJECT_RESIDENT : 0;
}

static const struct drm_gem_object_funcs vpan_gem_funcs = {
	.free = vpan_gem_free,
	.print_info = drm_gem_shmem_object_print_info,
	.export = vpan_gem_export,
	.pin = drm_gem_shmem_object_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = drm_gem_shmem_object_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = vpan_gem_mmap,
	.status = vpan_gem_status,
	.vm_ops = &drm_gem_shmem_vm_ops,
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
	struct vpan_bo *bo = kzalloc(sizeof(*bo), GFP_KERNEL);

	if (!bo)
		return ERR_PTR(-ENOMEM);

	/* The GPU is coherent: CPU mappings are write-back. */
	bo->base.map_wc = false;
	bo->base.base.funcs = &vpan_gem_funcs;
	mutex_init(&bo->gpuva_lock);
	mutex_init(&bo->label_lock);
	drm_gem_gpuva_set_lock(&bo->base.base, &bo->gpuva_lock);
	return &bo->base.base;
}

/**
 * vpan_bo_create - create a buffer object
 * @vpan: the device
 * @size: bytes, not zero; is rounded up to pages
 * @flags: DRM_PANTHOR_BO flags
 * @exclusive: the only address space that may map it, or NULL
 *
 * Context: may sleep.
 * Return: the object, with a reference, or an ERR_PTR().
 */
struct vpan_bo *vpan_bo_create(struct vpan_device *vpan, u64 size, u32 flags,
			       struct vpan_vm *exclusive)
{
	struct drm_gem_shmem_object *shmem;
	struct vpan_bo *bo;

	/* Rounding must not wrap, nor shmem's file sizes. */
	if (size > MAX_LFS_FILESIZE - PAGE_SIZE || size > SIZE_MAX - PAGE_SIZE)
		return ERR_PTR(-ENOMEM);

	shmem = drm_gem_shmem_create(&vpan->drm, PAGE_ALIGN(size));
	/* That is what shmem says if there is no memory for an inode. */
	if (shmem == ERR_PTR(-ENOSPC))
		return ERR_PTR(-ENOMEM);
	if (IS_ERR(shmem))
		return ERR_CAST(shmem);

	bo = to_vpan_bo(&shmem->base);
	bo->flags = flags;
	if (exclusive) {
		bo->exclusive_root = drm_gpuvm_resv_obj(&exclusive->base);
		drm_gem_object_get(bo->exclusive_root);
		bo->base.base.resv = bo->exclusive_root->resv;
	}
	return bo;
}

/**
 * vpan_bo_create_handle - create a buffer object for user space
 * @file: who asks for it
 * @size: bytes; returns what they were rounded up to
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
	int ret;

	bo = vpan_bo_create(vfile->vpan, *size, flags, exclusive);
	if (IS_ERR(bo))
		return PTR_ERR(bo);

	ret = drm_gem_handle_create(file, &bo->base.base, handle);
	if (!ret)
		*size = bo->base.base.size;
	drm_gem_object_put(&bo->base.base);
	return ret;
}

/**
 * vpan_bo_set_label - name a buffer object
 * @bo: the object
 * @label: the name, from kmalloc(), which is taken over; NULL for none
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
