/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_WORKQUEUE_H_
#define _COMPAT_WORKQUEUE_H_

/*
 * Workqueues: those whose workers are bound to a CPU now ask for it, and the unbound
 * one of the system has got another name. Kernels warn about the old ways.
 */

#include <linux/workqueue.h>

#include "generated/features.h"

#ifndef COMPAT_HAVE_WQ_PERCPU
#define WQ_PERCPU	0
#endif

#ifndef COMPAT_HAVE_SYSTEM_DFL_WQ
#define system_dfl_wq	system_unbound_wq
#endif

#endif /* _COMPAT_WORKQUEUE_H_ */
