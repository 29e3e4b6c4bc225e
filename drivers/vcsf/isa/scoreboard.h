/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_ISA_SCOREBOARD_H_
#define _VCSF_ISA_SCOREBOARD_H_

/* Asynchronous instructions: issue and completion */

#include "group/stream.h"

struct vcsf_cores_ops;

/* Handlers of events that cores report */
extern const struct vcsf_cores_ops vcsf_scoreboard_ops;

enum vcsf_step vcsf_cs_issue(struct vcsf_cs *cs, const struct vcsf_deferred *op);
enum vcsf_step vcsf_cs_issue_async(struct vcsf_cs *cs,
				   const struct vcsf_deferred *op);
void vcsf_cs_retire(struct vcsf_cs *cs);
void vcsf_cs_retire_unlocked(struct vcsf_cs *cs);
void vcsf_cs_restore_deferred(struct vcsf_cs *cs,
			      const struct vcsf_deferred *ops,
			      unsigned int count);

#endif /* _VCSF_ISA_SCOREBOARD_H_ */
