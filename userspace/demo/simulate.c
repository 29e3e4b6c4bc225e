// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The dry run of vpan-demo: a simulated run of a graph, for use without a GPU. */

#include <string.h>

#include "simulate.h"

/* Assumed costs, in nanoseconds */
#define SUBMIT_COST	20000ull	/* of one submission by a process */
#define ROUND_COST	1000ull		/* of one input in one iteration of a job's loop */
#define START_COST	10000ull	/* from ready to running */
#define SIGNAL_COST	15000ull	/* from the end of the job to its fence */

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/**
 * simulate - simulate a run of a graph
 * @g: the graph, checked
 * @times: returns the simulated times and values
 *
 * Every process submits its jobs in the graph's order and waits only until
 * dependencies in other processes are submitted; every queue runs one job at a
 * time; the number of cores is unlimited. Values are computed from those of the
 * inputs.
 */
void simulate(const struct graph *g, struct job_times *times)
{
	uint64_t submit_clock[GRAPH_MAX_PROCESSES] = {};

	memset(times, 0, g->count * sizeof(*times));
	/* In submission order, inputs are complete before the jobs that use them. */
	for (unsigned int i = 0; i < g->count; i++) {
		unsigned int inputs[GRAPH_MAX_DEPS + 1], index = g->order[i];
		const struct graph_job *job = &g->jobs[index];
		unsigned int count = graph_inputs(g, index, inputs);
		uint64_t values[GRAPH_MAX_DEPS + 1];
		struct job_times *t = &times[index];

		if (job->process != GRAPH_CPU) {
			uint64_t *clock = &submit_clock[job->process];

			for (unsigned int d = 0; d < job->dep_count; d++) {
				if (g->jobs[job->deps[d]].process != GRAPH_CPU)
					*clock = max(*clock, times[job->deps[d]].submitted);
			}
			t->submitted = *clock;
			*clock += SUBMIT_COST;
		}
		t->begin = chart_ready(g, times, index) + START_COST;
		if (job->before != GRAPH_NO_JOB)
			t->begin = max(t->begin, times[job->before].end);
		t->end = t->begin + job->work * (count + 1) * ROUND_COST;
		t->done = t->end + SIGNAL_COST;
		for (unsigned int k = 0; k < count; k++)
			values[k] = times[inputs[k]].value;
		t->value = graph_compute(job, values, count);
		t->status = 1;
	}
}
