// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The generated graph: two processes, an application A and a compositor B, draw
 * frames in stages, each of which depends on the previous one:
 *
 * - a later stage of B reads what A drew for the same frame,
 * - A may be as many frames ahead of what B has presented as there are buffers,
 * - one frame of A waits for the CPU, which waits for A's first frame.
 */

#include <errno.h>
#include <string.h>

#include "graph.h"

#define PROCESSES	2
#define BUFFERS		2

#define FIRST_STAGE	"geometry"
#define LAST_STAGE	"present"

static const struct {
	const char *name;
	uint32_t work;
} stages[] = {
	{ FIRST_STAGE, 200 },
	{ "fragment", 600 },
	{ "compute", 400 },
	{ LAST_STAGE, 100 },
};

#define STAGE_COUNT	ARRAY_SIZE(stages)

/* Stages beyond the named ones are additional compute stages before the last one. */
static unsigned int stage_kind(unsigned int stage, unsigned int count)
{
	if (stage == count - 1)
		return STAGE_COUNT - 1;
	return stage < STAGE_COUNT - 1 ? stage : STAGE_COUNT - 2;
}

static void job_name(char *name, unsigned int process, unsigned int frame,
		     unsigned int stage, unsigned int count)
{
	unsigned int kind = stage_kind(stage, count);
	char number[16] = "";

	if (stage != count - 1 && stage > kind)
		snprintf(number, sizeof(number), "%u", stage - kind + 1);
	snprintf(name, GRAPH_MAX_NAME, "%c%u.%s%s", 'A' + process, frame,
		 stages[kind].name, number);
}

/* Add one frame of one process. */
static int add_stages(struct graph *g, const struct graph_options *o,
		      unsigned int process, unsigned int frame, char *error)
{
	for (unsigned int stage = 0; stage < o->jobs; stage++) {
		unsigned int queue = stage < o->queues ? stage : o->queues - 1;
		uint64_t work = stages[stage_kind(stage, o->jobs)].work;
		char name[GRAPH_MAX_NAME];
		int job, ret;

		work = work * o->work / 100;
		if (work > GRAPH_MAX_WORK)
			work = GRAPH_MAX_WORK;
		job_name(name, process, frame, stage, o->jobs);
		job = graph_add_job(g, name, process, queue, work ? work : 1, error);
		if (job < 0)
			return job;
		ret = stage ? graph_add_dep(g, job, job - 1, error) : 0;
		if (ret)
			return ret;
	}
	return 0;
}

static int depend(struct graph *g, int job, int dep, char *error)
{
	return graph_add_dep(g, job, dep, error);
}

/* Add the dependencies between the processes; @first holds the frames' first jobs. */
static int add_cross_deps(struct graph *g, const struct graph_options *o,
			  const int *first[PROCESSES], char *error)
{
	unsigned int last = o->jobs - 1, shared = last ? last - 1 : 0;
	int ret = 0;

	for (unsigned int frame = 0; frame < o->frames && !ret; frame++) {
		int a = first[0][frame], b = first[1][frame];

		ret = depend(g, b + shared, a + shared, error);
		if (!ret && frame >= BUFFERS)
			ret = depend(g, a, first[1][frame - BUFFERS] + last, error);
	}
	return ret;
}

static int add_cpu_deps(struct graph *g, const struct graph_options *o, int cpu,
			const int *first[PROCESSES], char *error)
{
	unsigned int frame = o->frames > BUFFERS ? BUFFERS : o->frames - 1;
	int ret = 0;

	if (frame)
		ret = depend(g, cpu, first[0][0] + o->jobs - 1, error);
	return ret ? ret : depend(g, first[0][frame], cpu, error);
}

/**
 * graph_frames - generate the graph of some frames
 * @g: returns the graph
 * @options: parameters of the graph
 * @error: returns the reason on failure
 *
 * Return: 0, or -EINVAL.
 */
int graph_frames(struct graph *g, const struct graph_options *options, char *error)
{
	int starts[PROCESSES][GRAPH_MAX_JOBS];
	const int *first[PROCESSES] = { starts[0], starts[1] };
	uint64_t count = (uint64_t)options->frames * options->jobs * PROCESSES;
	int cpu = GRAPH_NO_JOB, ret = 0;

	if (!count || count + options->cpu > GRAPH_MAX_JOBS) {
		snprintf(error, GRAPH_MAX_ERROR,
			 "%u frames of %u jobs in %d processes: not between 1 and %d jobs",
			 options->frames, options->jobs, PROCESSES, GRAPH_MAX_JOBS);
		return -EINVAL;
	}
	memset(g, 0, sizeof(*g));
	g->processes = PROCESSES;
	g->queues = options->queues;
	for (unsigned int i = 0; i < options->frames * PROCESSES && !ret; i++) {
		unsigned int frame = i / PROCESSES, process = i % PROCESSES;

		starts[process][frame] = g->count;
		ret = add_stages(g, options, process, frame, error);
	}
	if (!ret && options->cpu) {
		cpu = graph_add_job(g, "input", GRAPH_CPU, 0, 1, error);
		ret = cpu < 0 ? cpu : 0;
	}
	if (!ret)
		ret = add_cross_deps(g, options, first, error);
	if (!ret && options->cpu)
		ret = add_cpu_deps(g, options, cpu, first, error);
	return ret;
}
