/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_HRTIMER_H_
#define _COMPAT_HRTIMER_H_

/* hrtimer_setup() replaced hrtimer_init() and an assignment of the function. */

#include <linux/hrtimer.h>

#include "generated/features.h"

#ifndef COMPAT_HAVE_HRTIMER_SETUP

static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *),
	      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}

#endif

#endif /* _COMPAT_HRTIMER_H_ */
