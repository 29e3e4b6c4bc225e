// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A toy driver, first step: a module that uses drm_jobqueue. */

#include <linux/module.h>

#include <drm/drm_jobqueue.h>

static struct drm_jobqueue_group toy_group;

static int __init toy_init(void)
{
	const struct drm_jobqueue_group_args args = { .name = "toy" };

	return drm_jobqueue_group_init(&toy_group, &args);
}
module_init(toy_init);

static void __exit toy_exit(void)
{
	drm_jobqueue_group_fini(&toy_group);
}
module_exit(toy_exit);

MODULE_DESCRIPTION("A toy driver for drm_jobqueue");
MODULE_LICENSE("Dual MIT/GPL");
