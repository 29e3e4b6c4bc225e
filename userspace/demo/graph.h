/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef DEMO_GRAPH_H
#define DEMO_GRAPH_H

/**
 * DOC: The graph of jobs
 *
 * Jobs run in queues, each queue in the order in which its jobs were added. A
 * job may need others, of any queue and process, to be done before it begins.
 * The CPU is a queue of its own: what it runs, GPU jobs wait for by a fence
 * that the CPU signals.
 *
 * Each job computes a number of the numbers of the jobs it needs and of the
 * one before it in its queue, so that a job that runs too early computes
 * nonsense and so do all that come after it. graph_check() finds out whether
 * all jobs can run at all, in which order to submit them, and what each must
 * compute.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

#define GRAPH_MAX_JOBS		400
#define GRAPH_MAX_DEPS		12
#define GRAPH_MAX_NAME		32
#define GRAPH_MAX_PROCESSES	4
#define GRAPH_MAX_QUEUES	8
#define GRAPH_MAX_WORK		1000000
/* Room for what graph_place() writes */
#define GRAPH_PLACE_SIZE	24

/* Process of a job that the CPU does, in its queue 0 */
#define GRAPH_CPU		(-1)
#define GRAPH_NO_JOB		(-1)

/**
 * struct graph_job - one job
 * @name: unique in the graph
 * @process: who submits it, or %GRAPH_CPU
 * @queue: index of the queue in its process
 * @work: rounds of its loop, not zero
 * @dep_count: number of @deps
 * @deps: indices of the jobs that it needs
 * @before: the job before it in its queue, or %GRAPH_NO_JOB
 * @position: how many jobs are before it in its queue
 * @constant: its own part of what it computes
 * @value: what it must compute
 */
struct graph_job {
	char name[GRAPH_MAX_NAME];
	int process;
	unsigned int queue;
	uint32_t work;
	unsigned int dep_count;
	unsigned int deps[GRAPH_MAX_DEPS];
	int before;
	unsigned int position;
	uint64_t constant;
	uint64_t value;
};

/**
 * struct graph - all jobs
 * @processes: number of processes
 * @queues: number of queues that each has
 * @count: number of jobs
 * @jobs: the jobs, those of one queue in the order in which it runs them
 * @order: indices of all jobs in an order in which they can be submitted,
 *	set by graph_check()
 */
struct graph {
	unsigned int processes;
	unsigned int queues;
	unsigned int count;
	struct graph_job jobs[GRAPH_MAX_JOBS];
	unsigned int order[GRAPH_MAX_JOBS];
};

/**
 * struct graph_options - what a generated graph looks like
 * @frames: number of frames
 * @queues: number of queues per process
 * @jobs: jobs of a frame in each process
 * @work: percent of the usual work of a job
 * @cpu: whether a job waits for the CPU
 */
struct graph_options {
	unsigned int frames;
	unsigned int queues;
	unsigned int jobs;
	unsigned int work;
	bool cpu;
};

/* Error texts are for the user and fit in this. */
#define GRAPH_MAX_ERROR	1024

int graph_add_job(struct graph *g, const char *name, int process, unsigned int queue,
		  uint32_t work, char *error);
int graph_add_dep(struct graph *g, unsigned int job, unsigned int dep, char *error);
int graph_find(const struct graph *g, const char *name);
int graph_check(struct graph *g, uint64_t seed, char *error);
uint64_t graph_compute(const struct graph_job *job, const uint64_t *inputs,
		       unsigned int count);
unsigned int graph_inputs(const struct graph *g, unsigned int job, unsigned int *inputs);
void graph_place(const struct graph_job *job, char *text, size_t size);

int graph_frames(struct graph *g, const struct graph_options *options, char *error);

int graph_read(struct graph *g, FILE *file, const char *name, char *error);
void graph_write(const struct graph *g, FILE *file);

#endif /* DEMO_GRAPH_H */
