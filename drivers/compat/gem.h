/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_GEM_H_
#define _COMPAT_GEM_H_

/*
 * GEM objects: kernel mappings, the lock of LRU lists, users of the pages of shmem
 * objects, memory statistics.
 */

#include <linux/mutex.h>

#include <drm/drm_device.h>
#include <drm/drm_gem.h>
#include <drm/drm_gem_shmem_helper.h>

#include "generated/features.h"

/*
 * The functions that take the reservation. Kernels with the longer names use the short
 * ones for internal functions that expect it to be held, and declare those nowhere in
 * their public headers.
 */
#ifdef COMPAT_HAVE_GEM_VMAP_UNLOCKED
#define drm_gem_vmap	drm_gem_vmap_unlocked
#define drm_gem_vunmap	drm_gem_vunmap_unlocked
#endif

/* Kernels without this flag print the active memory of a file in any case. */
#ifndef COMPAT_HAVE_GEM_OBJECT_ACTIVE
#define DRM_GEM_OBJECT_ACTIVE	0
#endif

/**
 * struct compat_gem_lru_lock - lock of the LRU lists of a device
 *
 * Once a lock of the driver's choice for each list, now one for all lists of a device
 * that the functions for lists take themselves.
 */
struct compat_gem_lru_lock {
#ifndef COMPAT_HAVE_GEM_LRU_MUTEX
	/** @own: The lock. */
	struct mutex own;
#endif
};

static inline struct mutex *
compat_gem_lru_mutex(struct compat_gem_lru_lock *lock, struct drm_device *drm)
{
#ifdef COMPAT_HAVE_GEM_LRU_MUTEX
	return &drm->gem_lru_mutex;
#else
	return &lock->own;
#endif
}

static inline void compat_gem_lru_init(struct drm_gem_lru *lru,
				       struct compat_gem_lru_lock *lock)
{
#ifdef COMPAT_HAVE_GEM_LRU_MUTEX
	drm_gem_lru_init(lru);
#else
	mutex_init(&lock->own);
	drm_gem_lru_init(lru, &lock->own);
#endif
}

static inline void compat_gem_lru_fini(struct compat_gem_lru_lock *lock)
{
#ifndef COMPAT_HAVE_GEM_LRU_MUTEX
	mutex_destroy(&lock->own);
#endif
}

/**
 * compat_gem_shmem_one_user - check if pages have a single user
 * @shmem: the object, pinned by the caller
 *
 * Pins, kernel mappings and mmap() of the helpers use pages. Kernels without a count of
 * pins count all of them in one; others count a set of pins once as a user.
 *
 * Context: any; under the object's reservation.
 * Return: true if the caller's pin is the only use.
 */
static inline bool
compat_gem_shmem_one_user(const struct drm_gem_shmem_object *shmem)
{
#ifdef COMPAT_HAVE_SHMEM_PIN_COUNT
	return refcount_read(&shmem->pages_use_count) == 1 &&
	       refcount_read(&shmem->pages_pin_count) == 1;
#else
	return shmem->pages_use_count == 1;
#endif
}

#endif /* _COMPAT_GEM_H_ */
