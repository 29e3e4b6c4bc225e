// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fragment jobs.
 *
 * A job without geometry and without frame shaders writes the clear colour to
 * all pixels: this one is executed. A job with shaders takes its time and
 * writes nothing.
 *
 * cores.c calls vcsf_fragment_step() at the end of each stage, in the engine's
 * thread with &vcsf_mmu.lock held. A stage is a few tiles, which bounds the
 * time under the lock. All descriptors are read again for each stage, because
 * the group may have been suspended and the host may have changed them; a stage
 * that stalled is repeated as a whole, as clearing a tile twice does no harm.
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/wordpart.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "cores/fragment.h"
#include "group/group.h"
#include "group/stream.h"
#include "mmu/mem.h"
#include "mmu/mmu.h"

/* Time of one core for a tile (chosen) */
#define VCSF_TILE_NS		250

/* Tiles of a stage, of all targets together */
#define VCSF_STAGE_TILES	16

#define VCSF_PIXEL_MAX		16

static int vcsf_fragment_read(struct vcsf_cs *cs, u64 va, void *to,
			      unsigned int size)
{
	u64 *words = to;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < size / sizeof(u64); i++)
		ret = vcsf_mem_read64(cs->hw, cs->csg->as, va + 8 * i,
				      &words[i]);

	return ret;
}

/* --- Render targets ------------------------------------------------------------- */

/**
 * struct vcsf_target - a render target that is being cleared
 * @base: address
 * @row_stride: bytes between rows, or between rows of tiles
 * @interleaved: tiles of 16x16 pixels, in u-order
 * @pixel_size: bytes of a pixel
 * @row: a row of pixels of a tile
 * @page_va: addresses of pages that were looked up, valid while the lock is held;
 *	a tile that is written by single pixels has at most two pages
 * @page: kernel addresses of these pages
 */
struct vcsf_target {
	u64 base;
	u32 row_stride;
	bool interleaved;
	unsigned int pixel_size;
	u8 row[VCSF_TILE_SIZE * VCSF_PIXEL_MAX];
	u64 page_va[2];
	void *page[2];
};

/* Bytes of a pixel in memory, zero for an unsupported format */
static unsigned int vcsf_format_size(unsigned int format)
{
	switch (format) {
	case CSF_FORMAT_RAW8:
	case CSF_FORMAT_R8:
		return 1;
	case CSF_FORMAT_RAW16:
	case CSF_FORMAT_RG8:
		return 2;
	case CSF_FORMAT_RAW24:
	case CSF_FORMAT_RGB8:
		return 3;
	case CSF_FORMAT_RAW32:
	case CSF_FORMAT_RGBA8:
	case CSF_FORMAT_RGB10A2:
		return 4;
	case CSF_FORMAT_RAW48:
		return 6;
	case CSF_FORMAT_RAW64:
		return 8;
	case CSF_FORMAT_RAW96:
		return 12;
	case CSF_FORMAT_RAW128:
		return 16;
	default:
		return 0;
	}
}

/*
 * True for a format that needs no conversion: memory gets what the tile buffer
 * holds, or the low part of it.
 */
static bool vcsf_format_plain(unsigned int internal, unsigned int format)
{
	switch (internal) {
	case CSF_INTERNAL_RGBA8:
		return format >= CSF_FORMAT_R8 && format <= CSF_FORMAT_RGBA8;
	case CSF_INTERNAL_RGB10A2:
		return format == CSF_FORMAT_RGB10A2;
	case CSF_INTERNAL_RAW8:
		return format == CSF_FORMAT_RAW8;
	case CSF_INTERNAL_RAW16:
		return format <= CSF_FORMAT_RAW16;
	case CSF_INTERNAL_RAW32:
		return format <= CSF_FORMAT_RAW32;
	case CSF_INTERNAL_RAW64:
		return format <= CSF_FORMAT_RAW64;
	case CSF_INTERNAL_RAW128:
		return format <= CSF_FORMAT_RAW128;
	default:
		return false;
	}
}

static u8 vcsf_swizzle(const u8 *colour, unsigned int swizzle,
		       unsigned int channel)
{
	unsigned int select = swizzle >> 3 * channel & 7;

	if (select < 4)
		return colour[select];

	return select == 5 ? 0xff : 0;
}

static void vcsf_target_colour(struct vcsf_target *t,
			       const struct csf_render_target *rt)
{
	unsigned int swizzle = FIELD_GET(CSF_RT_SWIZZLE, rt->writeback);
	bool rgba8 = FIELD_GET(CSF_RT_INTERNAL_FORMAT, rt->internal) ==
		     CSF_INTERNAL_RGBA8;
	const u8 *colour = (const u8 *)rt->clear;
	unsigned int i;

	for (i = 0; i < VCSF_TILE_SIZE * t->pixel_size; i++) {
		unsigned int channel = i % t->pixel_size;

		t->row[i] = rgba8 ? vcsf_swizzle(colour, swizzle, channel) :
				    colour[channel];
	}
}

/* Return: 0, -ENODATA if nothing is written, -EINVAL if it is unsupported. */
static int vcsf_target_init(struct vcsf_target *t,
			    const struct csf_render_target *rt)
{
	unsigned int format = FIELD_GET(CSF_RT_FORMAT, rt->writeback);
	unsigned int block = FIELD_GET(CSF_RT_BLOCK, rt->writeback);

	if (!(rt->writeback & CSF_RT_WRITE) ||
	    !(rt->writeback & CSF_RT_CLEAN_PIXEL_WRITE))
		return -ENODATA;
	if ((block != CSF_BLOCK_LINEAR && block != CSF_BLOCK_INTERLEAVED) ||
	    FIELD_GET(CSF_RT_MSAA, rt->writeback) > CSF_MSAA_AVERAGE ||
	    rt->internal & CSF_RT_YUV ||
	    !vcsf_format_plain(FIELD_GET(CSF_RT_INTERNAL_FORMAT, rt->internal),
			       format))
		return -EINVAL;

	t->base = rt->base;
	t->row_stride = rt->row_stride;
	t->interleaved = block == CSF_BLOCK_INTERLEAVED;
	t->pixel_size = vcsf_format_size(format);
	t->page_va[0] = VCSF_NO_PAGE;
	t->page_va[1] = VCSF_NO_PAGE;
	vcsf_target_colour(t, rt);

	return 0;
}

/* --- Filling -------------------------------------------------------------------- */

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

/* Write consecutive pixels of a row of a tile. */
static int vcsf_fill(struct vcsf_cs *cs, struct vcsf_target *t, u64 va,
		     unsigned int pixels)
{
	unsigned int size = pixels * t->pixel_size, done = 0;

	while (done < size) {
		unsigned int offset = (va + done) & ~VCSF_PAGE_MASK;
		unsigned int part = min(size - done, (u32)SZ_4K - offset);
		void *page;
		int ret;

		ret = vcsf_target_page(cs, t, va + done, &page);
		if (ret)
			return ret;
		memcpy(page + offset, t->row + done, part);
		done += part;
	}

	return 0;
}

static int vcsf_fill_linear(struct vcsf_cs *cs, struct vcsf_target *t,
			    const struct vcsf_area *area)
{
	unsigned int y;
	int ret = 0;

	for (y = area->min_y; !ret && y <= area->max_y; y++)
		ret = vcsf_fill(cs, t, t->base + (u64)y * t->row_stride +
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
				 const struct vcsf_area *area)
{
	unsigned int row = area->min_y >> VCSF_TILE_LOG2;
	unsigned int column = area->min_x >> VCSF_TILE_LOG2;
	u64 tile = t->base + (u64)row * t->row_stride +
		   (u64)column * VCSF_TILE_SIZE * VCSF_TILE_SIZE *
		   t->pixel_size;
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

/* Rows in memory are not rows of pixels here, but all get the same colour. */
static int vcsf_fill_whole(struct vcsf_cs *cs, struct vcsf_target *t,
			   const struct vcsf_area *area)
{
	unsigned int bytes = VCSF_TILE_SIZE * t->pixel_size, i;
	u64 tile = t->base +
		   (u64)(area->min_y >> VCSF_TILE_LOG2) * t->row_stride +
		   (u64)(area->min_x >> VCSF_TILE_LOG2) * VCSF_TILE_SIZE *
		   bytes;
	int ret = 0;

	for (i = 0; !ret && i < VCSF_TILE_SIZE; i++)
		ret = vcsf_fill(cs, t, tile + i * bytes, VCSF_TILE_SIZE);

	return ret;
}

static int vcsf_fill_tile(struct vcsf_cs *cs, struct vcsf_target *t,
			  const struct vcsf_area *area)
{
	if (!t->interleaved)
		return vcsf_fill_linear(cs, t, area);
	if (area->max_x - area->min_x == VCSF_TILE_SIZE - 1 &&
	    area->max_y - area->min_y == VCSF_TILE_SIZE - 1)
		return vcsf_fill_whole(cs, t, area);

	return vcsf_fill_interleaved(cs, t, area);
}

/* --- Jobs ----------------------------------------------------------------------- */

/**
 * struct vcsf_frame_job - a fragment job that only clears
 * @fbd: its frame buffer descriptor
 * @bounds: pixels to write
 * @area: area of the job, whose tiles are counted
 */
struct vcsf_frame_job {
	struct csf_fbd fbd;
	struct vcsf_area bounds;
	struct vcsf_area area;
};

/* Clip tile @n to the bounds. Return: false if nothing is left. */
static bool vcsf_job_tile(const struct vcsf_frame_job *job, u32 n,
			  struct vcsf_area *tile)
{
	u32 columns = vcsf_area_tile_columns(&job->area);
	u32 x = (job->area.min_x >> VCSF_TILE_LOG2) + n % columns;
	u32 y = (job->area.min_y >> VCSF_TILE_LOG2) + n / columns;

	tile->min_x = max(x << VCSF_TILE_LOG2, job->bounds.min_x);
	tile->min_y = max(y << VCSF_TILE_LOG2, job->bounds.min_y);
	tile->max_x = min((x << VCSF_TILE_LOG2) + VCSF_TILE_SIZE - 1,
			  job->bounds.max_x);
	tile->max_y = min((y << VCSF_TILE_LOG2) + VCSF_TILE_SIZE - 1,
			  job->bounds.max_y);

	return tile->min_x <= tile->max_x && tile->min_y <= tile->max_y;
}

static int vcsf_job_fill_target(struct vcsf_cs *cs,
				const struct vcsf_frame_job *job,
				struct vcsf_target *t, u32 first, u32 count)
{
	struct vcsf_area tile;
	int ret = 0;
	u32 i;

	for (i = first; !ret && i < first + count; i++)
		if (vcsf_job_tile(job, i, &tile))
			ret = vcsf_fill_tile(cs, t, &tile);

	return ret;
}

static unsigned int vcsf_job_targets(const struct vcsf_deferred *op)
{
	return FIELD_GET(CSF_FBD_POINTER_RT_MINUS_1, op->addr) + 1;
}

/* Clear the tiles of a stage in all targets. May be repeated. */
static int vcsf_job_fill(struct vcsf_cs *cs, const struct vcsf_deferred *op,
			 const struct vcsf_frame_job *job)
{
	u64 at = (op->addr & CSF_FBD_POINTER_ADDRESS) + sizeof(job->fbd);
	u32 first = vcsf_area_tiles(&job->area) - op->left - op->stage;
	unsigned int count = vcsf_job_targets(op), i;
	int ret;

	if (op->addr & CSF_FBD_POINTER_EXTENSION)
		at += CSF_FBD_EXTENSION_SIZE;

	for (i = 0; i < count; i++, at += sizeof(struct csf_render_target)) {
		struct csf_render_target rt;
		struct vcsf_target t;

		ret = vcsf_fragment_read(cs, at, &rt, sizeof(rt));
		if (!ret)
			ret = vcsf_target_init(&t, &rt);
		if (!ret)
			ret = vcsf_job_fill_target(cs, job, &t, first,
						   op->stage);
		if (ret && ret != -ENODATA)
			return ret;
	}

	return 0;
}

/* Return: 1 if the job only clears, 0 if not, or a negative errno. */
static int vcsf_job_is_clear(struct vcsf_cs *cs, const struct csf_fbd *fbd)
{
	u64 polygons = 0;
	int ret;

	if (fbd->frame & CSF_FBD_FRAME_MODES && fbd->dcds)
		return 0;
	if (fbd->zs & (CSF_FBD_S_PRELOAD | CSF_FBD_Z_PRELOAD))
		return 0;
	if (!fbd->tiler)
		return 1;
	ret = vcsf_mem_read64(cs->hw, cs->csg->as,
			      fbd->tiler + offsetof(struct csf_tiler_context,
						    polygon_list), &polygons);

	return ret ? ret : !polygons;
}

static int vcsf_job_load(struct vcsf_cs *cs, const struct vcsf_deferred *op,
			 struct vcsf_frame_job *job)
{
	int ret;

	if (!(op->addr & CSF_FBD_POINTER_VALID))
		return -EINVAL;
	ret = vcsf_fragment_read(cs, op->addr & CSF_FBD_POINTER_ADDRESS,
				 &job->fbd, sizeof(job->fbd));
	if (ret)
		return ret;
	if (!IS_ALIGNED(job->fbd.tiler, CSF_TILER_CONTEXT_ALIGN))
		return -EINVAL;
	job->area = vcsf_area(lower_32_bits(op->data), upper_32_bits(op->data));
	/* The job may come from a suspend buffer, which the host can change. */
	if (job->area.max_x < job->area.min_x ||
	    job->area.max_y < job->area.min_y ||
	    op->left > vcsf_area_tiles(&job->area) ||
	    op->stage > vcsf_area_tiles(&job->area) - op->left)
		return -EINVAL;
	job->bounds = vcsf_area(job->fbd.bound_min, job->fbd.bound_max);
	job->bounds.min_x = max(job->bounds.min_x, job->area.min_x);
	job->bounds.min_y = max(job->bounds.min_y, job->area.min_y);
	job->bounds.max_x = min3(job->bounds.max_x, job->area.max_x,
				 (u16)job->fbd.size);
	job->bounds.max_y = min3(job->bounds.max_y, job->area.max_y,
				 (u16)(job->fbd.size >> 16));

	return 0;
}

static int vcsf_fragment_next(struct vcsf_deferred *op, u32 tiles)
{
	if (!op->left)
		return 0;
	op->stage = min_t(u64, op->left, tiles);
	op->left -= op->stage;
	op->work = (u64)op->stage * VCSF_TILE_NS * VCSF_WORK_PER_NS;

	return -EINPROGRESS;
}

/**
 * vcsf_fragment_step - end a stage of a fragment job and begin the next one
 * @cs: stream of the job
 * @op: the job
 *
 * Context: the engine's thread; holds &vcsf_mmu.lock.
 * Return: 0 at the end of the job, -EINPROGRESS if another stage follows,
 * -EAGAIN if the job must stall, or another error that ends the job.
 */
int vcsf_fragment_step(struct vcsf_cs *cs, struct vcsf_deferred *op)
{
	u32 tiles = max(VCSF_STAGE_TILES / vcsf_job_targets(op), 1U);
	struct vcsf_frame_job job;
	int ret;

	lockdep_assert_held(&cs->hw->mmu->lock);

	ret = vcsf_job_load(cs, op, &job);
	if (ret)
		return ret;
	ret = vcsf_job_is_clear(cs, &job.fbd);
	if (ret < 0)
		return ret;
	if (!ret && cs->hw->config.shaders & VCSF_SHADERS_FAULT_FRAGMENT)
		return -ENOEXEC;
	if (!ret)
		return vcsf_fragment_next(op, U32_MAX);

	/* Depth and stencil in memory are not implemented. */
	if (job.fbd.zs & (CSF_FBD_S_WRITE | CSF_FBD_Z_WRITE))
		return -EINVAL;
	if (op->stage > tiles) {
		/* It was no clear when the stage began: repeat in small stages. */
		op->left += op->stage;
		op->stage = 0;
	} else if (op->stage) {
		ret = vcsf_job_fill(cs, op, &job);
		if (ret)
			return ret;
	}

	return vcsf_fragment_next(op, tiles);
}
