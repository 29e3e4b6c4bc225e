/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_CORE_TRACE_H_
#define _VCSF_CORES_CORE_TRACE_H_

/* Trace points of cores; each call is a branch that is patched out while both are off */

#include <linux/types.h>

#include "group/stream.h"
#include "trace/trace.h"

struct vcsf;

void vcsf_core_trace_begin(struct vcsf_cs *cs, const struct vcsf_deferred *op,
			   u64 cores);
void vcsf_core_trace_job_end(struct vcsf_cs *cs, enum vcsf_unit unit);
void vcsf_core_trace_idle(struct vcsf *hw, u64 shaders, u64 tilers);

static inline bool vcsf_core_trace_enabled(void)
{
	return trace_vcsf_core_begin_enabled() ||
	       trace_vcsf_core_end_enabled();
}

#endif /* _VCSF_CORES_CORE_TRACE_H_ */
