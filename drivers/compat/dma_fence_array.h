/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_DMA_FENCE_ARRAY_H_
#define _COMPAT_DMA_FENCE_ARRAY_H_

/* Arrays of fences: once they could signal with the first of their fences. */

#include <linux/dma-fence-array.h>

#include "generated/features.h"

/* Create an array that signals with the last of its fences. */
static inline struct dma_fence_array *
compat_dma_fence_array_create(int num_fences, struct dma_fence **fences,
			      u64 context, unsigned int seqno)
{
#ifdef COMPAT_HAVE_DMA_FENCE_ARRAY_ANY
	return dma_fence_array_create(num_fences, fences, context, seqno, false);
#else
	return dma_fence_array_create(num_fences, fences, context, seqno);
#endif
}

#endif /* _COMPAT_DMA_FENCE_ARRAY_H_ */
