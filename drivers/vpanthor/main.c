// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/module.h>

MODULE_DESCRIPTION("DRM driver for Mali CSF GPUs with the panthor uAPI");
MODULE_LICENSE("Dual MIT/GPL");
