/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef BENCH_SHADER_COST_H
#define BENCH_SHADER_COST_H

/* Costs of compute shaders */

struct gpu;

void shader_costs(struct gpu *g);

#endif /* BENCH_SHADER_COST_H */
