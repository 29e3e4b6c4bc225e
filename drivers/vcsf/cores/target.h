/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_TARGET_H_
#define _VCSF_CORES_TARGET_H_

/* Targets of fragment jobs that only clear: what their descriptors say, and writing */

#include <linux/types.h>

#include "cores/fragment.h"

struct csf_fbd;
struct csf_render_target;
struct csf_zs_extension;
struct vcsf_cs;

#define VCSF_PIXEL_MAX		16

/**
 * struct vcsf_target - a target that is being cleared
 */
struct vcsf_target {
	/** @base: Address of the first surface. */
	u64 base;
	/** @row_stride: Bytes between rows of pixels, tiles or headers. */
	u32 row_stride;
	/** @surface_stride: Bytes between surfaces. */
	u32 surface_stride;
	/** @surfaces: Number of surfaces, all of which get the same value. */
	u8 surfaces;
	/** @block: Layout in memory, CSF_BLOCK_*. */
	u8 block;
	/** @pixel_size: Bytes of a pixel. */
	u8 pixel_size;
	/** @part_at: First byte of a pixel that is written. */
	u8 part_at;
	/** @part_size: Number of bytes of a pixel that are written. */
	u8 part_size;
	/** @row: These bytes of the pixels of a row of a tile. */
	u8 row[VCSF_TILE_SIZE * VCSF_PIXEL_MAX];
	/**
	 * @page_va: Addresses of pages that were looked up, valid while the lock
	 * is held; a tile that is written by single pixels has at most two pages.
	 */
	u64 page_va[2];
	/** @page: Kernel addresses of these pages. */
	void *page[2];
};

/* Descriptors: target.c */
int vcsf_target_colour(struct vcsf_target *t, const struct csf_fbd *fbd,
		       const struct csf_render_target *rt);
int vcsf_target_depth(struct vcsf_target *t, const struct csf_fbd *fbd,
		      const struct csf_zs_extension *zs);
int vcsf_target_stencil(struct vcsf_target *t, const struct csf_fbd *fbd,
			const struct csf_zs_extension *zs);

/* Writing: fill.c */
int vcsf_target_fill(struct vcsf_cs *cs, struct vcsf_target *t,
		     unsigned int surface, const struct vcsf_area *area,
		     const struct vcsf_area *frame);

#endif /* _VCSF_CORES_TARGET_H_ */
