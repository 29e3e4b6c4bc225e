/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_EXCEPTION_H_
#define _VPAN_EXCEPTION_H_

#include <linux/types.h>

const char *vpan_exception_name(u32 type);

#endif /* _VPAN_EXCEPTION_H_ */
