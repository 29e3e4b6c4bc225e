/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef DEMO_GRAPH_H
#define DEMO_GRAPH_H

/**
 * DOC: The graph of jobs
 *
 * Each queue runs its jobs in the order in which they were added. A job may also
 * depend on others, of any queue and process. The CPU is a queue of its own: GPU
 * jobs wait for its jobs through fences that the CPU signals.
 *
 * Each job computes a value from the values of its dependencies and of the
 * previous job in its queue. A job that runs too early computes a wrong value, and
 * so do all jobs after it. graph_check() determines whether all jobs can run, in
 * which order to submit them, and the value that each must compute.
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
/* Buffer size for graph_queue_name() */
#define GRAPH_QUEUE_NAME_SIZE	24

/* Process of a job that the CPU runs, in its queue 0 */
#define GRAPH_CPU		(-1)
#define GRAPH_NO_JOB		(-1)

/**
 * struct graph_job - one job
 * @name: unique in the graph
 * @process: process that submits it, or %GRAPH_CPU
 * @queue: index of the queue in its process
 * @work: iterations of its loop, not zero
 * @dep_count: number of @deps
 * @deps: indices of the jobs that it depends on
 * @before: previous job of its queue, or %GRAPH_NO_JOB
 * @position: number of jobs before it in its queue
 * @constant: constant that enters its value
 * @value: the value that it must compute
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
 * struct graph - a graph of jobs
 * @processes: number of processes
 * @queues: number of queues per process
 * @count: number of jobs
 * @jobs: the jobs, those of one queue in the order of execution
 * @order: indices of all jobs in a valid order of submission, set by
 *	graph_check()
 */
struct graph {
	unsigned int processes;
	unsigned int queues;
	unsigned int count;
	struct graph_job jobs[GRAPH_MAX_JOBS];
	unsigned int order[GRAPH_MAX_JOBS];
};

/**
 * struct graph_options - parameters of a generated graph
 * @frames: number of frames
 * @queues: number of queues per process
 * @jobs: number of jobs per frame and process
 * @work: work per job in percent of the default
 * @cpu: whether a job waits for the CPU
 */
struct graph_options {
	unsigned int frames;
	unsigned int queues;
	unsigned int jobs;
	unsigned int work;
	bool cpu;
};

/* Buffer size for error messages */
#define GRAPH_MAX_ERROR	1024

int graph_add_job(struct graph *g, const char *name, int process, unsigned int queue,
		  uint32_t work, char *error);
int graph_add_dep(struct graph *g, unsigned int job, unsigned int dep, char *error);
int graph_find(const struct graph *g, const char *name);
int graph_check(struct graph *g, uint64_t seed, char *error);
uint64_t graph_compute(const struct graph_job *job, const uint64_t *inputs,
		       unsigned int count);
unsigned int graph_inputs(const struct graph *g, unsigned int job, unsigned int *inputs);
void graph_queue_name(const struct graph_job *job, char *text, size_t size);

int graph_frames(struct graph *g, const struct graph_options *options, char *error);

int graph_read(struct graph *g, FILE *file, const char *name, char *error);
void graph_write(const struct graph *g, FILE *file);

#endif /* DEMO_GRAPH_H */
