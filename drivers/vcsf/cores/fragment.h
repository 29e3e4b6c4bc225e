/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_FRAGMENT_H_
#define _VCSF_CORES_FRAGMENT_H_

/* Fragment jobs */

#include <linux/types.h>

struct vcsf_cs;
struct vcsf_deferred;

#define VCSF_TILE_LOG2		4
#define VCSF_TILE_SIZE		16

/**
 * struct vcsf_area - pixels from the first to the last, inclusive
 */
struct vcsf_area {
	/** @min_x: First column. */
	u16 min_x;
	/** @min_y: First row. */
	u16 min_y;
	/** @max_x: Last column. */
	u16 max_x;
	/** @max_y: Last row. */
	u16 max_y;
};

static inline struct vcsf_area vcsf_area(u32 min, u32 max)
{
	return (struct vcsf_area){
		.min_x = min, .min_y = min >> 16,
		.max_x = max, .max_y = max >> 16,
	};
}

static inline u32 vcsf_area_tile_columns(const struct vcsf_area *area)
{
	return (area->max_x >> VCSF_TILE_LOG2) -
	       (area->min_x >> VCSF_TILE_LOG2) + 1;
}

static inline u32 vcsf_area_tiles(const struct vcsf_area *area)
{
	return vcsf_area_tile_columns(area) *
	       ((area->max_y >> VCSF_TILE_LOG2) -
		(area->min_y >> VCSF_TILE_LOG2) + 1);
}

int vcsf_fragment_step(struct vcsf_cs *cs, struct vcsf_deferred *op);

#endif /* _VCSF_CORES_FRAGMENT_H_ */
