/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_GROUP_CREATE_H_
#define _VPAN_GROUP_CREATE_H_

#include <linux/types.h>

struct drm_panthor_group_create;
struct drm_panthor_group_get_state;
struct drm_panthor_queue_create;
struct vpan_file;
struct vpan_group;
struct vpan_vm;

int vpan_group_create(struct vpan_file *file, struct vpan_vm *vm,
		      const struct drm_panthor_group_create *args,
		      const struct drm_panthor_queue_create *queues,
		      u32 *handle);
int vpan_group_destroy(struct vpan_file *file, u32 handle);
void vpan_group_destroy_all(struct vpan_file *file);
int vpan_group_get_state(struct vpan_file *file,
			 struct drm_panthor_group_get_state *args);
struct vpan_group *vpan_group_get_by_handle(struct vpan_file *file, u32 handle);

#endif /* _VPAN_GROUP_CREATE_H_ */
