// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/module.h>

MODULE_DESCRIPTION("DRM job queue for GPUs whose firmware schedules");
MODULE_LICENSE("Dual MIT/GPL");
