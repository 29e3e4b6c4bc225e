/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MESA_VK_CHECKS_H
#define MESA_VK_CHECKS_H

#include "check.h"

void sync_checks(void);
void clear_checks(void);
void transfer_checks(void);
void image_checks(void);

#endif
