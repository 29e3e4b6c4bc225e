/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef DEMO_RUN_H
#define DEMO_RUN_H

/**
 * DOC: Running the graph on the GPU
 *
 * The program itself sets up what is shared and does the CPU's jobs. Each
 * process of the graph is a child with a device file, an address space and a
 * group of its own, which submits its jobs. They share
 *
 * - the ledger, a buffer object in which each job has a slot, exported as a
 *   dma-buf and mapped by all,
 * - a timeline syncobj for each queue, on which a job is the point of its
 *   position plus one,
 * - plain memory for what they measured (struct run_report).
 *
 * Everything is passed on as file descriptors that the children inherit.
 */

#include "chart.h"
#include "panthor.h"

#define RUN_CODE_VA	0x01000000ull
#define RUN_LEDGER_VA	0x08000000ull

/* Whatever hangs is given up after this. */
#define RUN_TIMEOUT_S	60

/**
 * struct ledger_slot - what a job leaves in memory, written by the GPU
 * @value: what it computed; with the next two words a 64-bit sync object
 * @status: not used
 * @pad: not used
 * @begin: GPU time when it began
 * @end: GPU time when it ended
 * @unused: to the next cache line
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
 * struct clock_pair - the same moment on two clocks
 * @gpu: GPU timestamp
 * @cpu: CLOCK_MONOTONIC in nanoseconds
 * @error: by how much @cpu may be wrong
 */
struct clock_pair {
	uint64_t gpu;
	uint64_t cpu;
	uint64_t error;
};

/**
 * struct run_report - memory that all processes share
 * @times: of all jobs; those of the GPU are filled in at the end
 * @clocks: of each process, before and after its jobs
 */
struct run_report {
	struct job_times times[GRAPH_MAX_JOBS];
	struct clock_pair clocks[GRAPH_MAX_PROCESSES][2];
};

/**
 * struct run - a run
 * @g: the graph, checked
 * @report: shared memory
 * @ledger_fd: the ledger as a dma-buf
 * @ledger_size: bytes of it
 * @timeline_fds: the timelines of each process's queues, as syncobj fds
 * @cpu_timeline_fd: the CPU's
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

void run_complain(const char *what, int error);

#endif /* DEMO_RUN_H */
