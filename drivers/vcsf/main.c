// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/module.h>

MODULE_DESCRIPTION("Software Mali CSF GPU");
MODULE_LICENSE("Dual MIT/GPL");
