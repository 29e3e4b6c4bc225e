/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_H_
#define _VCSF_CORES_H_

/* Shader cores and tilers, and the tiler's heap */

#include <linux/time64.h>
#include <linux/types.h>

#include "fw/cs.h"

struct vcsf;
struct vcsf_csg;

/* Work of a job is counted so that any speed in percent divides it evenly. */
#define VCSF_WORK_PER_NS	100

/* No stage takes longer; the host will lose patience with it long before. */
#define VCSF_WORK_MAX		(24ULL * 3600 * NSEC_PER_SEC * VCSF_WORK_PER_NS)

/**
 * struct vcsf_cores - the simulated cores at work
 */
struct vcsf_cores {
	/** @settled: Until when work that was done is subtracted. */
	u64 settled;
	/** @due: When to look again. */
	u64 due;
	/** @dirty: Look now: a job came, went or may go on. */
	bool dirty;
	/** @idle_since: When the last job ended, zero while there is one. */
	u64 idle_since;
	/** @clock_mhz: &vcsf.clock_mhz since @settled. */
	u32 clock_mhz;
	/** @active: Units that had jobs, as bits. */
	u8 active;
	/** @power_changes: &vcsf.power_changes when it was looked at. */
	u32 power_changes;
};

/* cores.c */
void vcsf_cores_add(struct vcsf_cs *cs);
void vcsf_cores_drop(struct vcsf_cs *cs);
void vcsf_cores_release(struct vcsf_csg *csg, enum vcsf_job_hold hold);
void vcsf_cores_hung(struct vcsf_csg *csg);
u64 vcsf_cores_settle(struct vcsf *hw);
void vcsf_cores_run(struct vcsf *hw);
void vcsf_cores_stop(struct vcsf *hw);
bool vcsf_cores_power_up(struct vcsf_csg *csg, enum vcsf_unit unit);
unsigned int vcsf_cores_current(const struct vcsf_csg *csg, enum vcsf_unit unit);
unsigned int vcsf_cores_limit(const struct vcsf_csg *csg, enum vcsf_unit unit);
struct vcsf_deferred *vcsf_cores_head(struct vcsf_cs *cs, enum vcsf_unit unit);

/* heap.c */
int vcsf_heap_step(struct vcsf_cs *cs, struct vcsf_deferred *op);
int vcsf_heap_exhausted(struct vcsf_cs *cs, struct vcsf_deferred *op);
void vcsf_heap_answer(struct vcsf_cs *cs);
void vcsf_heap_publish(struct vcsf_cs *cs);
void vcsf_heap_handler_done(struct vcsf_cs *cs);
void vcsf_heap_resume(struct vcsf_cs *cs);

/* fragment.c */

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

#endif /* _VCSF_CORES_H_ */
