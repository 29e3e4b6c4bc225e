/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_REGS_CLOCK_H_
#define _VCSF_REGS_CLOCK_H_

/* Clocks and counters */

#include <linux/types.h>

struct vcsf;
struct vcsf_window;

void vcsf_clock_init(struct vcsf *hw);
u64 vcsf_clock_ns(struct vcsf *hw);
int vcsf_clock_advance(struct vcsf *hw, u64 ns);
u64 vcsf_clock_timestamp(struct vcsf *hw);
u64 vcsf_clock_ticks(const struct vcsf *hw, u64 ns);
u64 vcsf_clock_cycles(struct vcsf *hw);
int vcsf_clock_set_rate(struct vcsf_window *win, unsigned long hz);
unsigned long vcsf_clock_rate(struct vcsf_window *win);

#endif /* _VCSF_REGS_CLOCK_H_ */
