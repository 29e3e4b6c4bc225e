/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef BENCH_GPU_H
#define BENCH_GPU_H

/**
 * DOC: A GPU context for measurements
 *
 * A device file, an address space with a code and a data buffer, a group with
 * one queue, and a timeline that its jobs signal. Any error ends the program.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cs_builder.h"
#include "panthor.h"
#include "panthor_sync.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define CODE_VA		0x1000000ull
#define CODE_SIZE	(64 * 1024)
#define DATA_VA		0x2000000ull
/* gpu_open() maps nothing from here on. */
#define FREE_VA		0x40000000ull
#define RING_SIZE	4096

/**
 * struct gpu - the context
 * @fd: the device
 * @vm: address space
 * @group: group handle
 * @done: syncobj, a timeline
 * @point: point of @done that the latest job signals
 * @code: buffer for the stream to run
 * @data: buffer for the stream's results
 */
struct gpu {
	int fd;
	uint32_t vm;
	uint32_t group;
	uint32_t done;
	uint64_t point;
	struct panthor_buf code;
	struct panthor_buf data;
};

void need(bool ok, const char *what);
void gpu_open(struct gpu *g);
void gpu_keep_power(const struct gpu *g);
uint32_t gpu_load(struct gpu *g, struct csb *b);
void gpu_run(struct gpu *g, struct csb *b);
double median(double *values, unsigned int count);
double thread_ns(void);
double call_cost(const struct gpu *g, unsigned long request, void *args);

#endif /* BENCH_GPU_H */
