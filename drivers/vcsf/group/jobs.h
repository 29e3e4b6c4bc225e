/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_GROUP_JOBS_H_
#define _VCSF_GROUP_JOBS_H_

/* Jobs of streams: masks of streams with jobs, and the next job on each unit */

#include "group/stream.h"

struct vcsf_csg;

void vcsf_jobs_add(struct vcsf_cs *cs);
void vcsf_jobs_update(struct vcsf_cs *cs);
void vcsf_jobs_unload(struct vcsf_cs *cs);
void vcsf_jobs_drop(struct vcsf_cs *cs);
void vcsf_jobs_release(struct vcsf_csg *csg, enum vcsf_job_hold hold);
void vcsf_jobs_watch_progress(struct vcsf_csg *csg);
struct vcsf_deferred *vcsf_jobs_head(struct vcsf_cs *cs, enum vcsf_unit unit);

#endif /* _VCSF_GROUP_JOBS_H_ */
