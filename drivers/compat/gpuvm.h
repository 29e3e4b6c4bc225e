/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_GPUVM_H_
#define _COMPAT_GPUVM_H_

/*
 * drm_gpuvm: the lock of an object's list of mappings, and the arguments of
 * drm_gpuvm_sm_map().
 *
 * The lock was one of the driver's choice; now it is a mutex in the object, for drivers
 * that change address spaces on the signalling path and say so by a flag.
 */

#include <linux/mutex.h>

#include <drm/drm_gem.h>
#include <drm/drm_gpuvm.h>

#include "generated/features.h"

/* Flags for drm_gpuvm_init() */
#ifdef COMPAT_HAVE_GPUVM_IMMEDIATE_MODE
#define COMPAT_GPUVM_FLAGS	DRM_GPUVM_IMMEDIATE_MODE
#else
#define COMPAT_GPUVM_FLAGS	0
#endif

/**
 * struct compat_gpuva_lock - lock of an object's list of mappings
 */
struct compat_gpuva_lock {
#ifndef COMPAT_HAVE_GEM_GPUVA_MUTEX
	/** @own: The lock. */
	struct mutex own;
#endif
};

static inline struct mutex *compat_gpuva_mutex(struct compat_gpuva_lock *lock,
					       struct drm_gem_object *gem)
{
#ifdef COMPAT_HAVE_GEM_GPUVA_MUTEX
	return &gem->gpuva.lock;
#else
	return &lock->own;
#endif
}

/* The object is not initialised yet: the kernel's own lock begins with that. */
static inline void compat_gpuva_lock_init(struct compat_gpuva_lock *lock,
					  struct drm_gem_object *gem)
{
#ifndef COMPAT_HAVE_GEM_GPUVA_MUTEX
	mutex_init(&lock->own);
	drm_gem_gpuva_set_lock(gem, &lock->own);
#endif
}

static inline void compat_gpuva_lock_fini(struct compat_gpuva_lock *lock)
{
#ifndef COMPAT_HAVE_GEM_GPUVA_MUTEX
	mutex_destroy(&lock->own);
#endif
}

/**
 * compat_gpuvm_bo_obtain - find or add the relation of a buffer and an address space
 * @vm_bo: new relation, which the function consumes
 * @mutex: the buffer's compat_gpuva_mutex(), not held
 *
 * drm_gpuvm_bo_obtain_prealloc() expects the lock to be held in some kernels and takes
 * it in others. Its prototype is the same, so no probe can tell. The change that made
 * it take the lock also renamed drm_gpuvm_bo_obtain(), which therefore decides. With
 * the wrong choice the first VM_BIND shows it: the lock is taken twice, or lockdep
 * finds that it is not held.
 *
 * Context: may sleep.
 * Return: the relation, with a reference.
 */
static inline struct drm_gpuvm_bo *
compat_gpuvm_bo_obtain(struct drm_gpuvm_bo *vm_bo, struct mutex *mutex)
{
#ifdef COMPAT_HAVE_GPUVM_BO_OBTAIN_LOCKED
	return drm_gpuvm_bo_obtain_prealloc(vm_bo);
#else
	mutex_lock(mutex);
	vm_bo = drm_gpuvm_bo_obtain_prealloc(vm_bo);
	mutex_unlock(mutex);
	return vm_bo;
#endif
}

static inline int compat_gpuvm_sm_map(struct drm_gpuvm *gpuvm, void *priv,
				      u64 va, u64 size,
				      struct drm_gem_object *gem, u64 offset)
{
#ifdef COMPAT_HAVE_GPUVM_MAP_REQ
	struct drm_gpuvm_map_req req = {
		.map = {
			.va = { .addr = va, .range = size },
			.gem = { .obj = gem, .offset = offset },
		},
	};

	return drm_gpuvm_sm_map(gpuvm, priv, &req);
#else
	return drm_gpuvm_sm_map(gpuvm, priv, va, size, gem, offset);
#endif
}

#endif /* _COMPAT_GPUVM_H_ */
