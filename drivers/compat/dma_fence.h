/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_DMA_FENCE_H_
#define _COMPAT_DMA_FENCE_H_

/*
 * Fences with 64-bit sequence numbers: once a flag of the operations, now a function
 * that initialises the fence.
 *
 * Fences that forget their operations when they signal, if these have neither release()
 * nor wait(): a holder of such a fence no longer needs the module that made it.
 */

#include <linux/dma-fence.h>

#include "generated/features.h"

#ifdef COMPAT_HAVE_DMA_FENCE_INIT64
/* Initialiser in a &struct dma_fence_ops */
#define COMPAT_DMA_FENCE_OPS_SEQNO64
#else
#define COMPAT_DMA_FENCE_OPS_SEQNO64	.use_64bit_seqno = true,
#define dma_fence_init64		dma_fence_init
#endif

/*
 * No prototype tells whether fences forget their operations. The lock within the fence
 * came later in the same series of changes, so where it is, they do. The KUnit case
 * fence_forgets_module proves it for the kernel that it runs on.
 *
 * Such fences must use that lock: the lock class of another one is in the module that
 * initialises it, and lockdep looks at it for as long as the fence lives.
 */
#ifdef COMPAT_HAVE_DMA_FENCE_INLINE_LOCK

#define COMPAT_DMA_FENCE_DETACHES	true

/**
 * struct compat_dma_fence_lock - lock of a fence alone, where the fence has none
 */
struct compat_dma_fence_lock {
};

static inline void compat_dma_fence_lock_init(struct compat_dma_fence_lock *lock)
{
}

/* The fence has the lock of compat_dma_fence_init64(). */
static inline spinlock_t *
compat_dma_fence_spinlock(struct dma_fence *fence,
			  struct compat_dma_fence_lock *lock)
{
	return &fence->inline_lock;
}

static inline void compat_dma_fence_init64(struct dma_fence *fence,
					   const struct dma_fence_ops *ops,
					   struct compat_dma_fence_lock *lock,
					   u64 context, u64 seqno)
{
	dma_fence_init64(fence, ops, NULL, context, seqno);
}

static inline const struct dma_fence_ops *
compat_dma_fence_ops(const struct dma_fence *fence)
{
	return rcu_access_pointer(fence->ops);
}

static inline void compat_dma_fence_set_ops(struct dma_fence *fence,
					    const struct dma_fence_ops *ops)
{
	rcu_assign_pointer(fence->ops, ops);
}

#else

#define COMPAT_DMA_FENCE_DETACHES	false

struct compat_dma_fence_lock {
	/** @own: The lock. */
	spinlock_t own;
};

static inline void compat_dma_fence_lock_init(struct compat_dma_fence_lock *lock)
{
	spin_lock_init(&lock->own);
}

static inline spinlock_t *
compat_dma_fence_spinlock(struct dma_fence *fence,
			  struct compat_dma_fence_lock *lock)
{
	return &lock->own;
}

static inline void compat_dma_fence_init64(struct dma_fence *fence,
					   const struct dma_fence_ops *ops,
					   struct compat_dma_fence_lock *lock,
					   u64 context, u64 seqno)
{
	dma_fence_init64(fence, ops, &lock->own, context, seqno);
}

static inline const struct dma_fence_ops *
compat_dma_fence_ops(const struct dma_fence *fence)
{
	return fence->ops;
}

static inline void compat_dma_fence_set_ops(struct dma_fence *fence,
					    const struct dma_fence_ops *ops)
{
	fence->ops = ops;
}

#endif

/*
 * Names of a fence of any driver. Under RCU, and once it has signalled, newer kernels
 * have others instead.
 */
#ifdef COMPAT_HAVE_DMA_FENCE_DRIVER_NAME

static inline const char *compat_dma_fence_driver_name(struct dma_fence *fence)
{
	const char __rcu *name = dma_fence_driver_name(fence);

	return rcu_dereference(name);
}

static inline const char *compat_dma_fence_timeline_name(struct dma_fence *fence)
{
	const char __rcu *name = dma_fence_timeline_name(fence);

	return rcu_dereference(name);
}

#else

static inline const char *compat_dma_fence_driver_name(struct dma_fence *fence)
{
	return fence->ops->get_driver_name(fence);
}

static inline const char *compat_dma_fence_timeline_name(struct dma_fence *fence)
{
	return fence->ops->get_timeline_name(fence);
}

#endif

#endif /* _COMPAT_DMA_FENCE_H_ */
