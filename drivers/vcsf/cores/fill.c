// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Writing of clears: where the pixels of a tile are in memory.
 *
 * A tile has 16x16 pixels, in all layouts. Linear and interleaved targets are
 * written pixel by pixel within the bounds of the job. Of a compressed target
 * (AFBC), a tile is a superblock. If it has a single colour, it is a header without
 * data. Part of it cannot be written, because its rest would have to be
 * decompressed.
 *
 * The caller holds &vcsf_mmu.lock. Writing a tile again does no harm, so a write
 * that stalls is repeated with all that came before it.
 */

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "cores/fragment.h"
#include "cores/target.h"
#include "group/group.h"
#include "group/stream.h"
#include "mmu/mmu.h"

static int vcsf_target_page(struct vcsf_cs *cs, struct vcsf_target *t, u64 va,
			    void **page)
{
	unsigned int i = va / SZ_4K % 2;
	int ret;

	if (t->page_va[i] != (va & VCSF_PAGE_MASK)) {
		ret = vcsf_mmu_page(cs->hw, cs->csg->as, va,
				    CSF_AS_ACCESS_WRITE, &t->page[i]);
		if (ret)
			return ret;
		t->page_va[i] = va & VCSF_PAGE_MASK;
	}
	*page = t->page[i];

	return 0;
}

static int vcsf_fill_bytes(struct vcsf_cs *cs, struct vcsf_target *t, u64 va,
			   const void *from, unsigned int size)
{
	unsigned int done = 0;

	while (done < size) {
		unsigned int offset = (va + done) & ~VCSF_PAGE_MASK;
		unsigned int part = min(size - done, (u32)SZ_4K - offset);
		void *page;
		int ret;

		ret = vcsf_target_page(cs, t, va + done, &page);
		if (ret)
			return ret;
		memcpy(page + offset, from + done, part);
		done += part;
	}

	return 0;
}

/* Write consecutive pixels of a row of a tile. */
static int vcsf_fill(struct vcsf_cs *cs, struct vcsf_target *t, u64 va,
		     unsigned int pixels)
{
	int ret = 0;

	if (t->part_size == t->pixel_size)
		return vcsf_fill_bytes(cs, t, va, t->row, pixels * t->pixel_size);
	for (; !ret && pixels; pixels--, va += t->pixel_size)
		ret = vcsf_fill_bytes(cs, t, va + t->part_at, t->row,
				      t->part_size);

	return ret;
}

static int vcsf_fill_linear(struct vcsf_cs *cs, struct vcsf_target *t, u64 base,
			    const struct vcsf_area *area)
{
	unsigned int y;
	int ret = 0;

	for (y = area->min_y; !ret && y <= area->max_y; y++)
		ret = vcsf_fill(cs, t, base + (u64)y * t->row_stride +
				       (u64)area->min_x * t->pixel_size,
				area->max_x - area->min_x + 1);

	return ret;
}

/* Index of a pixel in a tile: bit 2i is x_i ^ y_i, bit 2i + 1 is y_i. */
static unsigned int vcsf_u_order(unsigned int x, unsigned int y)
{
	unsigned int place = 0, i;

	for (i = 0; i < VCSF_TILE_LOG2; i++)
		place |= ((x ^ y) >> i & 1) << 2 * i | (y >> i & 1) << (2 * i + 1);

	return place;
}

static int vcsf_fill_interleaved(struct vcsf_cs *cs, struct vcsf_target *t,
				 u64 tile, const struct vcsf_area *area)
{
	unsigned int x, y;
	int ret = 0;

	for (y = area->min_y; y <= area->max_y; y++) {
		for (x = area->min_x; !ret && x <= area->max_x; x++) {
			unsigned int place =
				vcsf_u_order(x % VCSF_TILE_SIZE,
					     y % VCSF_TILE_SIZE);

			ret = vcsf_fill(cs, t, tile + place * t->pixel_size, 1);
		}
	}

	return ret;
}

/* Rows in memory are not rows of pixels here, but all get the same value. */
static int vcsf_fill_whole(struct vcsf_cs *cs, struct vcsf_target *t, u64 tile)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < VCSF_TILE_SIZE; i++)
		ret = vcsf_fill(cs, t, tile + i * VCSF_TILE_SIZE * t->pixel_size,
				VCSF_TILE_SIZE);

	return ret;
}

static int vcsf_fill_tile(struct vcsf_cs *cs, struct vcsf_target *t, u64 base,
			  const struct vcsf_area *area)
{
	u64 tile = base + (u64)(area->min_y >> VCSF_TILE_LOG2) * t->row_stride +
		   (u64)(area->min_x >> VCSF_TILE_LOG2) * VCSF_TILE_SIZE *
		   VCSF_TILE_SIZE * t->pixel_size;

	if (area->max_x - area->min_x == VCSF_TILE_SIZE - 1 &&
	    area->max_y - area->min_y == VCSF_TILE_SIZE - 1)
		return vcsf_fill_whole(cs, t, tile);

	return vcsf_fill_interleaved(cs, t, tile, area);
}

/* Index of a superblock's header in a tile of headers: bits of x and y in turn */
static unsigned int vcsf_z_order(unsigned int x, unsigned int y)
{
	unsigned int place = 0, i;

	for (i = 0; i < CSF_AFBC_TILE_LOG2; i++)
		place |= (x >> i & 1) << 2 * i | (y >> i & 1) << (2 * i + 1);

	return place;
}

static int vcsf_fill_superblock(struct vcsf_cs *cs, struct vcsf_target *t,
				const struct vcsf_area *area,
				const struct vcsf_area *frame)
{
	unsigned int x = area->min_x >> VCSF_TILE_LOG2;
	unsigned int y = area->min_y >> VCSF_TILE_LOG2;
	struct csf_afbc_header header = { 0 };
	u64 va;

	if (area->min_x % VCSF_TILE_SIZE || area->min_y % VCSF_TILE_SIZE ||
	    area->max_x != min(area->min_x | (VCSF_TILE_SIZE - 1), frame->max_x) ||
	    area->max_y != min(area->min_y | (VCSF_TILE_SIZE - 1), frame->max_y))
		return -EINVAL;
	memcpy(&header.colour, t->row, sizeof(header.colour));
	if (t->block == CSF_BLOCK_AFBC_TILED) {
		unsigned int mask = BIT(CSF_AFBC_TILE_LOG2) - 1;

		va = (u64)(y >> CSF_AFBC_TILE_LOG2) * t->row_stride +
		     ((u64)(x >> CSF_AFBC_TILE_LOG2 << 2 * CSF_AFBC_TILE_LOG2) +
		      vcsf_z_order(x & mask, y & mask)) * sizeof(header);
	} else {
		va = (u64)y * t->row_stride + (u64)x * sizeof(header);
	}

	return vcsf_fill_bytes(cs, t, t->base + va, &header, sizeof(header));
}

/**
 * vcsf_target_fill - clear a tile of a target, or a part of it
 * @cs: stream of the job
 * @t: the target
 * @surface: number of the surface
 * @area: pixels, all in one tile
 * @frame: pixels of the frame
 *
 * Context: the engine's thread; holds &vcsf_mmu.lock.
 * Return: 0, -EINVAL if this cannot be written, or the error of an access, see
 * vcsf_mmu_page().
 */
int vcsf_target_fill(struct vcsf_cs *cs, struct vcsf_target *t,
		     unsigned int surface, const struct vcsf_area *area,
		     const struct vcsf_area *frame)
{
	u64 base = t->base + (u64)surface * t->surface_stride;

	lockdep_assert_held(&cs->hw->mmu->lock);

	switch (t->block) {
	case CSF_BLOCK_LINEAR:
		return vcsf_fill_linear(cs, t, base, area);
	case CSF_BLOCK_INTERLEAVED:
		return vcsf_fill_tile(cs, t, base, area);
	default:
		return vcsf_fill_superblock(cs, t, area, frame);
	}
}
