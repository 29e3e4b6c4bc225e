/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _DRM_JOBQUEUE_PRINT_H_
#define _DRM_JOBQUEUE_PRINT_H_

#include <drm/drm_jobqueue.h>

void drm_jobqueue_report_hang(struct drm_jobqueue_group *group);

#endif /* _DRM_JOBQUEUE_PRINT_H_ */
