/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_DMA_FENCE_H_
#define _COMPAT_DMA_FENCE_H_

/*
 * Fences with 64-bit sequence numbers: once a flag of the operations, now a function
 * that initialises the fence.
 */

#include <linux/dma-fence.h>

#include "generated/features.h"

#ifdef COMPAT_HAVE_DMA_FENCE_INIT64

/* Initialiser in a &struct dma_fence_ops */
#define COMPAT_DMA_FENCE_OPS_SEQNO64

#else

#define COMPAT_DMA_FENCE_OPS_SEQNO64	.use_64bit_seqno = true,

static inline void dma_fence_init64(struct dma_fence *fence,
				    const struct dma_fence_ops *ops,
				    spinlock_t *lock, u64 context, u64 seqno)
{
	dma_fence_init(fence, ops, lock, context, seqno);
}

#endif

#endif /* _COMPAT_DMA_FENCE_H_ */
