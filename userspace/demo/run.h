/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef DEMO_RUN_H
#define DEMO_RUN_H

/**
 * DOC: Running the graph on the GPU
 *
 * The parent process creates the shared objects and runs the CPU's jobs. Each
 * process of the graph is a child with its own device file, address space and
 * group, which submits its jobs. They share
 *
 * - the ledger, a buffer object with a slot for each job, exported as a dma-buf
 *   and mapped by all,
 * - a timeline syncobj per queue, on which the point of a job is its position
 *   plus one,
 * - anonymous shared memory for the measurements (struct run_report).
 *
 * The children inherit the file descriptors and the mapping.
 */

#include "chart.h"
#include "panthor.h"

#define RUN_CODE_VA	0x01000000ull
#define RUN_LEDGER_VA	0x08000000ull

/* Time limit of a run */
#define RUN_TIMEOUT_S	60

/**
 * struct ledger_slot - result of a job, written by the GPU
 * @value: the computed value; a 64-bit sync object together with the next two words
 * @status: not used
 * @pad: not used
 * @begin: GPU timestamp at the beginning
 * @end: GPU timestamp at the end
 * @unused: padding to the next cache line
 */
struct ledger_slot {
	uint64_t value;
	uint32_t status;
	uint32_t pad;
	uint64_t begin;
	uint64_t end;
	uint64_t unused[4];
};

/**
 * struct clock_pair - a simultaneous sample of two clocks
 * @gpu: GPU timestamp
 * @cpu: CLOCK_MONOTONIC in nanoseconds
 * @error: bound of the error of @cpu
 */
struct clock_pair {
	uint64_t gpu;
	uint64_t cpu;
	uint64_t error;
};

/**
 * struct run_report - measurements, in memory that all processes share
 * @times: times of all jobs; those of GPU jobs are completed after the run
 * @clocks: clock samples of each process, before and after its jobs
 */
struct run_report {
	struct job_times times[GRAPH_MAX_JOBS];
	struct clock_pair clocks[GRAPH_MAX_PROCESSES][2];
};

/**
 * struct run - parameters of a run that all processes share
 * @g: the graph, checked
 * @report: the measurements
 * @ledger_fd: dma-buf of the ledger
 * @ledger_size: size of the ledger in bytes
 * @timeline_fds: syncobj fds of the timelines of each process's queues
 * @cpu_timeline_fd: syncobj fd of the CPU's timeline
 */
struct run {
	const struct graph *g;
	struct run_report *report;
	int ledger_fd;
	uint64_t ledger_size;
	int timeline_fds[GRAPH_MAX_PROCESSES][GRAPH_MAX_QUEUES];
	int cpu_timeline_fd;
};

int run_graph(const struct graph *g, struct job_times *times, uint64_t *tolerance);

int run_worker(const struct run *run, int process, int ready, int go);

struct csb;
void stream_job(const struct graph *g, unsigned int job, struct csb *b);
void stream_timestamp(uint64_t va, struct csb *b);

void run_error(const char *what, int error);

#endif /* DEMO_RUN_H */
