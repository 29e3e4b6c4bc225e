/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_GEM_H_
#define _VPAN_GEM_H_

#include <linux/atomic.h>
#include <linux/dma-resv.h>
#include <linux/llist.h>
#include <linux/mutex.h>

#include <drm/drm_gem_shmem_helper.h>

#include "device/gem_list.h"
#include "../compat/gpuvm.h"

struct dma_buf_attachment;
struct drm_file;
struct sg_table;
struct vpan_device;
struct vpan_mmap_share;
struct vpan_vm;

/**
 * struct vpan_bo - a buffer object
 */
struct vpan_bo {
	/** @base: Base class. */
	struct drm_gem_shmem_object base;
	/**
	 * @exclusive_root: If the buffer belongs to one address space, the
	 * object whose reservation it shares, with a reference; else NULL.
	 */
	struct drm_gem_object *exclusive_root;
	/**
	 * @gpuva_lock: Protects the list of the buffer's mappings. On the
	 * signalling path: no allocation under it. See vpan_bo_gpuva_mutex().
	 */
	struct compat_gpuva_lock gpuva_lock;
	/**
	 * @mmap_share: File that the offsets for mmap() are counted for, with a
	 * reference; NULL if the buffer has no offsets.
	 */
	struct vpan_mmap_share *mmap_share;
	/** @flags: DRM_PANTHOR_BO flags. Constant. */
	u32 flags;
	/** @evictions: Number of times its pages were reclaimed. Under its resv. */
	u32 evictions;
	/**
	 * @reclaimable: Created for user space, so that its pages may be
	 * reclaimed while nothing uses them. Constant.
	 */
	bool reclaimable;
	/**
	 * @exported: Was exported at some time: importers may use its pages and
	 * have mappings that the driver does not know. Never cleared.
	 */
	bool exported;
	/** @of_firmware: Belongs to the address space of the firmware. Constant. */
	bool of_firmware;
	/** @cpu_only: Has pages that were allocated after unplug. Under its resv. */
	bool cpu_only;
	/** @evicted: Its pages were reclaimed and not restored. Under its resv. */
	bool evicted;
	/** @pins: Number of users of its pages. Incremented under its resv. */
	atomic_t pins;
	/** @put: Entry in &vpan_reclaim.put. */
	struct llist_node put;
	/** @entry: Entry in the list of all buffers of the device. */
	struct vpan_gem_entry entry;
	/** @label_lock: Protects @label. */
	struct mutex label_lock;
	/** @label: Name given by user space, or NULL. */
	char *label;
};

#define to_vpan_bo(gem) container_of(to_drm_gem_shmem_obj(gem), \
				     struct vpan_bo, base)

/* The mutex of &vpan_bo.gpuva_lock, which some kernels have in the GEM object. */
static inline struct mutex *vpan_bo_gpuva_mutex(struct vpan_bo *bo)
{
	return compat_gpuva_mutex(&bo->gpuva_lock, &bo->base.base);
}

static inline unsigned long vpan_gem_pages(const struct drm_gem_object *gem)
{
	return gem->size >> PAGE_SHIFT;
}

struct drm_gem_object *vpan_gem_create_object(struct drm_device *drm,
					      size_t size);
struct drm_gem_object *
vpan_gem_prime_import_sg_table(struct drm_device *drm,
			       struct dma_buf_attachment *attach,
			       struct sg_table *sgt);
struct vpan_bo *vpan_bo_create(struct vpan_device *vpan, u64 size, u32 flags,
			       struct vpan_vm *exclusive);
int vpan_bo_create_handle(struct drm_file *file, u64 *size, u32 flags,
			  struct vpan_vm *exclusive, u32 *handle);
int vpan_bo_populate(struct vpan_bo *bo);
void vpan_bo_depopulate(struct vpan_bo *bo);
bool vpan_bo_may_depopulate(struct vpan_bo *bo);
int vpan_bo_pin(struct vpan_bo *bo);
void vpan_bo_unpin(struct vpan_bo *bo);
void vpan_bo_set_label(struct vpan_bo *bo, char *label);

/**
 * vpan_bo_pin_locked - keep the pages of a populated buffer in memory
 * @bo: the buffer
 *
 * Undone by vpan_bo_unpin().
 *
 * Context: any; under the reservation.
 */
static inline void vpan_bo_pin_locked(struct vpan_bo *bo)
{
	dma_resv_assert_held(bo->base.base.resv);

	atomic_inc(&bo->pins);
}

#endif /* _VPAN_GEM_H_ */
