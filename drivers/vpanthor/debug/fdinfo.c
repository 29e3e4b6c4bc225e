// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory of an open file in its fdinfo, which any process of the same user can read.
 *
 * A client chooses how many buffers it has, and how many fences their reservations have,
 * each of which is looked at. So no lock is held over more than one buffer, the walk
 * reschedules, and it ends when its process is killed: what it prints is then read by
 * no process.
 */

#include <linux/dma-resv.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "debug/fdinfo.h"
#include "device/gem_list.h"
#include "../compat/gem.h"

static void fdinfo_count(struct drm_gem_object *gem,
			 struct drm_memory_stats *stats)
{
	if (drm_gem_object_is_shared_for_memory_stats(gem))
		stats->shared += gem->size;
	else
		stats->private += gem->size;
	if (gem->funcs->status(gem) & DRM_GEM_OBJECT_RESIDENT)
		stats->resident += gem->size;
	if (!dma_resv_test_signaled(gem->resv, DMA_RESV_USAGE_BOOKKEEP))
		stats->active += gem->size;
}

/**
 * vpan_fdinfo_show_memory - print the memory of a file to its fdinfo
 * @p: printer
 * @file: the file
 *
 * drm_show_memory_stats() does not consider the fences of jobs, which are added
 * as DMA_RESV_USAGE_BOOKKEEP since they order no access of others.
 *
 * Context: may sleep.
 */
void vpan_fdinfo_show_memory(struct drm_printer *p, struct drm_file *file)
{
	struct drm_memory_stats stats = {};
	struct drm_gem_object *gem;
	int handle;

	for (handle = 1; (gem = vpan_gem_next(file, &handle)); handle++) {
		fdinfo_count(gem, &stats);
		/* May be the last reference: outside of the lock of the table. */
		drm_gem_object_put(gem);
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	drm_print_memory_stats(p, &stats, DRM_GEM_OBJECT_RESIDENT |
			       DRM_GEM_OBJECT_PURGEABLE |
			       DRM_GEM_OBJECT_ACTIVE, "memory");
}
