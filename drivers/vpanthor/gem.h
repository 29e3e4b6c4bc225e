/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_GEM_H_
#define _VPAN_GEM_H_

#include <linux/mutex.h>

#include <drm/drm_gem_shmem_helper.h>

struct drm_file;
struct vpan_device;
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
	 * signalling path: no allocation under it.
	 */
	struct mutex gpuva_lock;
	/** @flags: DRM_PANTHOR_BO flags. Constant. */
	u32 flags;
	/** @label_lock: Protects @label. */
	struct mutex label_lock;
	/** @label: What user space calls it; NULL if it has no name. */
	char *label;
};

#define to_vpan_bo(gem) container_of(to_drm_gem_shmem_obj(gem), \
				     struct vpan_bo, base)

struct drm_gem_object *vpan_gem_create_object(struct drm_device *drm,
					      size_t size);
struct vpan_bo *vpan_bo_create(struct vpan_device *vpan, u64 size, u32 flags,
			       struct vpan_vm *exclusive);
int vpan_bo_create_handle(struct drm_file *file, u64 *size, u32 flags,
			  struct vpan_vm *exclusive, u32 *handle);
void vpan_bo_set_label(struct vpan_bo *bo, char *label);

#endif /* _VPAN_GEM_H_ */
