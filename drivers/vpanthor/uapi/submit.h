/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_SUBMIT_H_
#define _VPAN_SUBMIT_H_

#include <linux/types.h>

struct drm_file;
struct drm_panthor_queue_submit;
struct drm_panthor_sync_op;
struct vpan_group;

/* Jobs of one call. */
#define VPAN_SUBMIT_JOBS_MAX 4096

int vpan_submit(struct drm_file *file, struct vpan_group *group,
		const struct drm_panthor_queue_submit *args, u32 count,
		const struct drm_panthor_sync_op *syncs, u32 nsyncs);

#endif /* _VPAN_SUBMIT_H_ */
