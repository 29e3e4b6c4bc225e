/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef DEMO_SIMULATE_H
#define DEMO_SIMULATE_H

#include "chart.h"

void simulate(const struct graph *g, struct job_times *times);

#endif /* DEMO_SIMULATE_H */
