/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef DEMO_CHART_H
#define DEMO_CHART_H

#include "graph.h"

/**
 * struct job_times - times, result and status of a job
 * @submitted: time just before the job was submitted
 * @begin: time at which its stream began
 * @end: time at which its stream ended
 * @done: time at which its fence signalled
 * @value: the value it computed
 * @status: status of its fence: 1, or a negative errno
 *
 * All times are in nanoseconds on one clock.
 */
struct job_times {
	uint64_t submitted;
	uint64_t begin;
	uint64_t end;
	uint64_t done;
	uint64_t value;
	int status;
};

uint64_t chart_ready(const struct graph *g, const struct job_times *times,
		     unsigned int job);
void chart_timeline(const struct graph *g, const struct job_times *times,
		    unsigned int width, FILE *out);
void chart_waits(const struct graph *g, const struct job_times *times, FILE *out);
unsigned int chart_check(const struct graph *g, const struct job_times *times,
			 uint64_t tolerance, FILE *out);

#endif /* DEMO_CHART_H */
