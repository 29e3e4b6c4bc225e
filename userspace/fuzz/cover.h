/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef FUZZ_COVER_H
#define FUZZ_COVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "state.h"

#define FZ_EDGES	0x40000u
#define FZ_POINTS_MAX	0x10000u
#define FZ_FRESH	8192

/**
 * struct fz_cover - coverage of all programs, in memory that they share
 * @epoch: number of the program
 * @edge_count: number of edges that were ever taken
 * @point_count: number of points that were ever passed
 * @fresh_count: number of edges that this program took first
 * @fresh: these edges
 * @edges: for each edge the last program that took it, 0 for none
 * @points: hash table of the points, by address
 */
struct fz_cover {
	uint32_t epoch;
	uint32_t edge_count;
	uint32_t point_count;
	uint32_t fresh_count;
	uint32_t fresh[FZ_FRESH];
	uint32_t edges[FZ_EDGES];
	uint64_t points[FZ_POINTS_MAX];
};

struct fz_cover *fz_cover_open(void);
void fz_cover_start(struct fz_actor *a);
void fz_cover_end(struct fz_actor *a);
void fz_cover_next(void);
int fz_cover_write(const char *path);
void fz_cover_print(FILE *to);

#endif /* FUZZ_COVER_H */
