// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fragment jobs.
 *
 * A job without geometry and without frame shaders writes the clear values to
 * all pixels of its targets: colours, depth and stencil, all samples. This one
 * is executed. A job with shaders takes its time and writes nothing. Target.c
 * reads descriptors of targets, fill.c writes to them.
 *
 * cores.c calls vcsf_fragment_step() at the end of each stage, in the engine's
 * thread with &vcsf_mmu.lock held. A stage is a few tiles, or some of the
 * surfaces of a tile, which bounds the time under the lock. All descriptors are
 * read again for each stage, because the group may have been suspended and the
 * host may have changed them; a stage that stalled is repeated as a whole, as
 * clearing a tile twice does no harm.
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/wordpart.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "cores/fragment.h"
#include "cores/target.h"
#include "group/group.h"
#include "group/stream.h"
#include "mmu/mem.h"
#include "mmu/mmu.h"

/* Time of one core for a tile (chosen) */
#define VCSF_TILE_NS		250

/* Tiles of a stage, of all surfaces together */
#define VCSF_STAGE_TILES	16

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

/**
 * struct vcsf_frame_job - a fragment job that only clears
 * @fbd: its frame buffer descriptor
 * @zs: extension of that, if depth or stencil is written
 * @frame: pixels of the frame
 * @bounds: pixels to write
 * @area: area of the job, whose tiles are counted
 */
struct vcsf_frame_job {
	struct csf_fbd fbd;
	struct csf_zs_extension zs;
	struct vcsf_area frame;
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

static unsigned int vcsf_job_colours(const struct vcsf_deferred *op)
{
	return FIELD_GET(CSF_FBD_POINTER_RT_MINUS_1, op->addr) + 1;
}

static bool vcsf_job_has_zs(const struct vcsf_frame_job *job)
{
	return job->fbd.zs & (CSF_FBD_S_WRITE | CSF_FBD_Z_WRITE);
}

/* Colour targets come first, then depth and stencil. */
static unsigned int vcsf_job_targets(const struct vcsf_deferred *op,
				     const struct vcsf_frame_job *job)
{
	return vcsf_job_colours(op) + (vcsf_job_has_zs(job) ? 2 : 0);
}

/* Tiles of a stage */
static u32 vcsf_job_stage_tiles(const struct vcsf_deferred *op,
				const struct vcsf_frame_job *job)
{
	unsigned int log2 = FIELD_GET(CSF_FBD_LOG2_SAMPLES, job->fbd.layout);

	return max(VCSF_STAGE_TILES / (vcsf_job_targets(op, job) << log2), 1U);
}

/* Return: 0, -ENODATA if nothing is written, or an error. */
static int vcsf_job_target(struct vcsf_cs *cs, const struct vcsf_deferred *op,
			   const struct vcsf_frame_job *job, unsigned int i,
			   struct vcsf_target *t)
{
	u64 at = (op->addr & CSF_FBD_POINTER_ADDRESS) + sizeof(job->fbd);
	unsigned int colours = vcsf_job_colours(op);
	struct csf_render_target rt;
	int ret;

	if (i == colours)
		return vcsf_target_depth(t, &job->fbd, &job->zs);
	if (i > colours)
		return vcsf_target_stencil(t, &job->fbd, &job->zs);
	if (op->addr & CSF_FBD_POINTER_EXTENSION)
		at += sizeof(job->zs);
	ret = vcsf_fragment_read(cs, at + i * sizeof(rt), &rt, sizeof(rt));

	return ret ? ret : vcsf_target_colour(t, &job->fbd, &rt);
}

static int vcsf_job_fill_surface(struct vcsf_cs *cs,
				 const struct vcsf_deferred *op,
				 const struct vcsf_frame_job *job,
				 struct vcsf_target *t, unsigned int surface)
{
	u32 first = vcsf_area_tiles(&job->area) - op->left - op->stage, i;
	struct vcsf_area tile;
	int ret = 0;

	for (i = first; !ret && i < first + op->stage; i++)
		if (vcsf_job_tile(job, i, &tile))
			ret = vcsf_target_fill(cs, t, surface, &tile,
					       &job->frame);

	return ret;
}

/*
 * Clear the tiles of a stage in all surfaces. If these are too many, the surfaces
 * done are counted, and the next call goes on with the others. May be repeated.
 * Return: 0, -EINPROGRESS if surfaces are left, or an error.
 */
static int vcsf_job_fill(struct vcsf_cs *cs, struct vcsf_deferred *op,
			 const struct vcsf_frame_job *job)
{
	unsigned int count = vcsf_job_targets(op, job), i, s, surface = 0;
	u32 budget = VCSF_STAGE_TILES;
	struct vcsf_target t;
	int ret;

	for (i = 0; i < count; i++) {
		ret = vcsf_job_target(cs, op, job, i, &t);
		if (ret == -ENODATA)
			continue;
		if (ret)
			return ret;
		for (s = 0; s < t.surfaces; s++, surface++) {
			if (surface < op->aux)
				continue;
			if (budget < op->stage) {
				op->aux = surface;
				return -EINPROGRESS;
			}
			budget -= op->stage;
			ret = vcsf_job_fill_surface(cs, op, job, &t, s);
			if (ret)
				return ret;
		}
	}
	op->aux = 0;

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
	if (vcsf_job_has_zs(job)) {
		if (!(op->addr & CSF_FBD_POINTER_EXTENSION))
			return -EINVAL;
		ret = vcsf_fragment_read(cs, (op->addr & CSF_FBD_POINTER_ADDRESS) +
					     sizeof(job->fbd),
					 &job->zs, sizeof(job->zs));
		if (ret)
			return ret;
	}
	job->area = vcsf_area(lower_32_bits(op->data), upper_32_bits(op->data));
	/* The job may come from a suspend buffer, which the host can change. */
	if (job->area.max_x < job->area.min_x ||
	    job->area.max_y < job->area.min_y ||
	    op->left > vcsf_area_tiles(&job->area) ||
	    op->stage > vcsf_area_tiles(&job->area) - op->left)
		return -EINVAL;
	job->frame = vcsf_area(0, job->fbd.size);
	job->bounds = vcsf_area(job->fbd.bound_min, job->fbd.bound_max);
	job->bounds.min_x = max(job->bounds.min_x, job->area.min_x);
	job->bounds.min_y = max(job->bounds.min_y, job->area.min_y);
	job->bounds.max_x = min3(job->bounds.max_x, job->area.max_x,
				 job->frame.max_x);
	job->bounds.max_y = min3(job->bounds.max_y, job->area.max_y,
				 job->frame.max_y);

	return 0;
}

static int vcsf_fragment_next(struct vcsf_deferred *op, u32 tiles)
{
	if (!op->left)
		return 0;
	op->stage = min_t(u64, op->left, tiles);
	op->left -= op->stage;
	op->aux = 0;
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
	struct vcsf_frame_job job;
	u32 tiles;
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

	tiles = vcsf_job_stage_tiles(op, &job);
	if (op->stage > tiles) {
		/* It was no clear when the stage began: repeat in small stages. */
		op->left += op->stage;
		op->stage = 0;
	} else if (op->stage) {
		ret = vcsf_job_fill(cs, op, &job);
		if (ret == -EINPROGRESS)
			op->work = VCSF_TILE_NS * VCSF_WORK_PER_NS;
		if (ret)
			return ret;
	}

	return vcsf_fragment_next(op, tiles);
}
