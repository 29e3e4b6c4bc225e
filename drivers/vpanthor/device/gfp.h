/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_GFP_H_
#define _VPAN_GFP_H_

#include <linux/gfp.h>

/*
 * Flags for memory that a client causes to be allocated. It is charged to the
 * memory control group of the client, and the allocation fails rather than call
 * the OOM killer: the memory that a client holds by handles is not counted as
 * memory of its process, so that the OOM killer would end other processes.
 */
#define VPAN_GFP_CLIENT \
	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

#endif /* _VPAN_GFP_H_ */
