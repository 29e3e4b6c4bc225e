/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MESA_COMPUTE_H
#define MESA_COMPUTE_H

#include <stdint.h>

/* Words of the buffers for input and output of a program */
#define WORDS 8192

void compute_checks(const char *table, const char *shaders);
void fill_input(uint32_t *data, const char *kind);

#endif
