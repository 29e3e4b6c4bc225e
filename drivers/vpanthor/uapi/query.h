/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_QUERY_H_
#define _VPAN_QUERY_H_

struct drm_file;
struct drm_panthor_dev_query;

int vpan_dev_query(struct drm_file *file, struct drm_panthor_dev_query *args);
int vpan_priority_permitted(struct drm_file *file, u8 priority);

#endif /* _VPAN_QUERY_H_ */
