// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tests of the demo's graph: generated graphs of all sizes, cycles, limits, graph
 * files, the checks of results and the width of the timeline.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "demo/simulate.h"
#include "ktap.h"

static struct graph g;
static struct job_times times[GRAPH_MAX_JOBS];
static char error[GRAPH_MAX_ERROR];

/* Begin an empty graph for a test to add jobs to. */
static void new_graph(void)
{
	memset(&g, 0, sizeof(g));
	g.processes = 2;
	g.queues = 3;
}

static int add(const char *name, int process, unsigned int queue)
{
	int job = graph_add_job(&g, name, process, queue, 10, error);

	ktap_check(job >= 0);
	return job < 0 ? 0 : job;
}

/* Return: whether all inputs of a job precede it in the order. */
static bool order_is_good(void)
{
	bool seen[GRAPH_MAX_JOBS] = {};

	for (unsigned int i = 0; i < g.count; i++) {
		unsigned int inputs[GRAPH_MAX_DEPS + 1], job = g.order[i];
		unsigned int count = graph_inputs(&g, job, inputs);

		for (unsigned int k = 0; k < count; k++) {
			if (!seen[inputs[k]])
				return false;
		}
		if (seen[job])
			return false;
		seen[job] = true;
	}
	return true;
}

static unsigned int count_wrong(void)
{
	FILE *nowhere = fopen("/dev/null", "w");
	unsigned int wrong = chart_check(&g, times, 0, nowhere);

	fclose(nowhere);
	return wrong;
}

static void frames_all_sizes(void)
{
	for (unsigned int frames = 1; frames <= 6; frames++) {
		for (unsigned int queues = 1; queues <= GRAPH_MAX_QUEUES; queues++) {
			for (unsigned int jobs = 1; jobs <= 9; jobs++) {
				struct graph_options o = {
					frames, queues, jobs, 50, frames & 1,
				};

				ktap_check(graph_frames(&g, &o, error) == 0);
				ktap_check(graph_check(&g, frames, error) == 0);
				ktap_check(g.count == 2 * frames * jobs + o.cpu);
				ktap_check(order_is_good());
				simulate(&g, times);
				ktap_check(count_wrong() == 0);
			}
		}
	}
}

static void frames_limits(void)
{
	struct graph_options o = { 50, 3, 4, 100, false };

	ktap_check(graph_frames(&g, &o, error) == 0);
	ktap_check(g.count == GRAPH_MAX_JOBS);
	o.cpu = true;
	ktap_check(graph_frames(&g, &o, error) == -EINVAL);
	o.frames = 0;
	ktap_check(graph_frames(&g, &o, error) == -EINVAL);
	o.frames = ~0u;
	o.jobs = ~0u;
	ktap_check(graph_frames(&g, &o, error) == -EINVAL);
}

static void cyclic_deps(void)
{
	int a, b, c;

	new_graph();
	a = add("a", 0, 0);
	b = add("b", 0, 1);
	c = add("c", 1, 0);
	ktap_check(graph_add_dep(&g, b, a, error) == 0);
	ktap_check(graph_add_dep(&g, c, b, error) == 0);
	ktap_check(graph_check(&g, 1, error) == 0);
	ktap_check(graph_add_dep(&g, a, c, error) == 0);
	ktap_check(graph_check(&g, 1, error) == -ELOOP);
	ktap_check(strstr(error, "dependency cycle"));
	ktap_check(strstr(error, "'a' depends on 'c', 'c' depends on 'b', 'b' depends on 'a'"));
}

static void queue_order(void)
{
	int first, second;

	new_graph();
	first = add("first", 0, 0);
	second = add("second", 0, 0);
	ktap_check(graph_add_dep(&g, first, second, error) == 0);
	ktap_check(graph_check(&g, 1, error) == -ELOOP);
	ktap_check(strstr(error, "deadlock with the order of a queue"));
	ktap_check(strstr(error, "'second' is behind 'first' in queue 0.0"));
}

static void bad_jobs(void)
{
	int job;

	new_graph();
	ktap_check(graph_check(&g, 1, error) == -EINVAL);
	job = add("a", 0, 0);
	ktap_check(graph_add_job(&g, "a", 0, 1, 1, error) == -EINVAL);
	ktap_check(graph_add_job(&g, "b", 2, 0, 1, error) == -EINVAL);
	ktap_check(graph_add_job(&g, "b", 0, 3, 1, error) == -EINVAL);
	ktap_check(graph_add_job(&g, "b", 0, 0, 0, error) == -EINVAL);
	ktap_check(graph_add_dep(&g, job, job, error) == -EINVAL);
	job = add("b", 0, 1);
	ktap_check(graph_add_dep(&g, job, 0, error) == 0);
	ktap_check(graph_add_dep(&g, job, 0, error) == -EINVAL);
}

static void too_many(void)
{
	char name[GRAPH_MAX_NAME];

	new_graph();
	for (int i = 0; i < GRAPH_MAX_JOBS; i++) {
		snprintf(name, sizeof(name), "job%d", i);
		add(name, 0, 0);
	}
	ktap_check(graph_add_job(&g, "more", 0, 0, 1, error) == -EINVAL);
	for (int i = 0; i < GRAPH_MAX_DEPS; i++)
		ktap_check(graph_add_dep(&g, 100, i, error) == 0);
	ktap_check(graph_add_dep(&g, 100, 50, error) == -EINVAL);
	/* The longest possible chain */
	ktap_check(graph_check(&g, 1, error) == 0);
	ktap_check(order_is_good());
}

/* Each job that runs too early, or fails, is detected. */
static void wrong_order_shows(void)
{
	struct graph_options o = { 3, 3, 4, 50, true };

	ktap_check(graph_frames(&g, &o, error) == 0);
	ktap_check(graph_check(&g, 7, error) == 0);
	for (unsigned int victim = 0; victim < g.count; victim++) {
		unsigned int inputs[GRAPH_MAX_DEPS + 1];
		unsigned int count = graph_inputs(&g, victim, inputs);
		uint64_t nothing[GRAPH_MAX_DEPS + 1] = {};

		if (!count)
			continue;
		simulate(&g, times);
		times[victim].value = graph_compute(&g.jobs[victim], nothing, count);
		ktap_check(count_wrong() == 1);
		simulate(&g, times);
		times[victim].begin = 0;
		ktap_check(count_wrong() == 1);
		simulate(&g, times);
		times[victim].status = -EIO;
		ktap_check(count_wrong() == 1);
	}
}

static void file_round_trip(void)
{
	struct graph_options o = { 3, 2, 5, 100, true };
	struct graph *copy = malloc(sizeof(*copy));
	FILE *file = tmpfile();

	ktap_check(copy && file);
	ktap_check(graph_frames(&g, &o, error) == 0);
	ktap_check(graph_check(&g, 1, error) == 0);
	graph_write(&g, file);
	rewind(file);
	*copy = g;
	ktap_check(graph_read(&g, file, "file", error) == 0);
	ktap_check(graph_check(&g, 1, error) == 0);
	ktap_check(!memcmp(copy, &g, sizeof(g)));
	fclose(file);
	free(copy);
}

static void chart_fits(void)
{
	struct graph_options o = { 4, 3, 4, 100, true };
	char line[700];
	FILE *file = tmpfile();
	unsigned int rows = 0;

	ktap_check(file && graph_frames(&g, &o, error) == 0);
	ktap_check(graph_check(&g, 1, error) == 0);
	simulate(&g, times);
	chart_timeline(&g, times, 60, file);
	rewind(file);
	while (fgets(line, sizeof(line), file)) {
		if (line[6] != '|')
			continue;
		rows++;
		/* "0.1   |" before the columns, "|\n" after them */
		ktap_check(strlen(line) == 7 + 60 + 2);
	}
	ktap_check(rows == 7);
	fclose(file);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "frames_all_sizes", frames_all_sizes },
		{ "frames_limits", frames_limits },
		{ "cycle", cyclic_deps },
		{ "queue_order", queue_order },
		{ "bad_jobs", bad_jobs },
		{ "too_many", too_many },
		{ "wrong_order_shows", wrong_order_shows },
		{ "file_round_trip", file_round_trip },
		{ "chart_fits", chart_fits },
	};

	return ktap_run("graph", cases, ARRAY_SIZE(cases));
}
