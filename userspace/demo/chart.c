// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Output of the demo: the timeline of all queues, the table of waiting times, and
 * the check of results, order and fences.
 */

#include <ctype.h>
#include <string.h>

#include "chart.h"
#include "panthor_sync.h"

#define MAX_WIDTH	500

/* Cells of the timeline */
#define SUBMITTED	'.'
#define READY		':'
#define DONE		'|'

static double ms(uint64_t ns)
{
	return ns / 1e6;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Time from @from to @to, 0 if @to is earlier */
static uint64_t since(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

static bool same_queue(const struct graph_job *a, const struct graph_job *b)
{
	return a->process == b->process && a->queue == b->queue;
}

/**
 * chart_ready - compute when a job had only its queue left to wait for
 * @g: the graph
 * @times: times of all jobs
 * @job: index of the job
 *
 * Jobs of the same queue do not count, as the queue keeps their order anyway.
 *
 * Return: the time, in nanoseconds.
 */
uint64_t chart_ready(const struct graph *g, const struct job_times *times,
		     unsigned int job)
{
	const struct graph_job *j = &g->jobs[job];
	uint64_t ready = times[job].submitted;

	for (unsigned int i = 0; i < j->dep_count; i++) {
		if (!same_queue(j, &g->jobs[j->deps[i]]))
			ready = max(ready, times[j->deps[i]].done);
	}
	return ready;
}

static void span(const struct graph *g, const struct job_times *times,
		 uint64_t *first, uint64_t *last)
{
	*first = UINT64_MAX;
	*last = 0;
	for (unsigned int i = 0; i < g->count; i++) {
		if (times[i].submitted < *first)
			*first = times[i].submitted;
		*last = max(*last, times[i].done);
	}
}

/* A row of the timeline: the states of one queue over time */
struct row {
	char cells[MAX_WIDTH + 1];
	unsigned int width;
	uint64_t first, last;
};

static unsigned int column(const struct row *row, uint64_t time)
{
	uint64_t length = since(row->first, row->last) + 1;
	uint64_t at = since(row->first, time);

	return at >= length ? row->width - 1 : at * row->width / length;
}

/* Fill the cells from @begin to @end, at least one, that hold a character of @over. */
static void fill(struct row *row, uint64_t begin, uint64_t end, char with,
		 const char *over)
{
	unsigned int from = column(row, begin), to = column(row, end);

	for (unsigned int i = from; i <= to; i++) {
		if (!over || strchr(over, row->cells[i]))
			row->cells[i] = with;
	}
}

/* The states of a job, in the order in which draw_row() draws them over each other */
enum layer { LAYER_SUBMITTED, LAYER_READY, LAYER_DONE, LAYER_RUNNING, LAYER_COUNT };

static void draw_job(const struct graph *g, const struct job_times *times,
		     struct row *row, unsigned int job, enum layer layer)
{
	const struct job_times *t = &times[job];
	uint64_t ready = chart_ready(g, times, job);
	const char *name = g->jobs[job].name, *dot = strchr(name, '.');

	switch (layer) {
	case LAYER_SUBMITTED:
		fill(row, t->submitted, ready, SUBMITTED, " ");
		break;
	case LAYER_READY:
		if (t->begin > ready)
			fill(row, ready, t->begin, READY, " .");
		break;
	case LAYER_DONE:
		fill(row, t->done, t->done, DONE, " .:");
		break;
	default:
		/* Initial of the stage, or of the job if it has no stage */
		fill(row, t->begin, t->end,
		     toupper((unsigned char)(dot && dot[1] ? dot[1] : *name)), NULL);
	}
}

static void draw_row(const struct graph *g, const struct job_times *times,
		     struct row *row, int process, unsigned int queue)
{
	memset(row->cells, ' ', row->width);
	row->cells[row->width] = 0;
	for (enum layer layer = 0; layer < LAYER_COUNT; layer++) {
		for (unsigned int i = 0; i < g->count; i++) {
			if (g->jobs[i].process == process && g->jobs[i].queue == queue)
				draw_job(g, times, row, i, layer);
		}
	}
}

static bool has_jobs(const struct graph *g, int process, unsigned int queue)
{
	for (unsigned int i = 0; i < g->count; i++) {
		if (g->jobs[i].process == process && g->jobs[i].queue == queue)
			return true;
	}
	return false;
}

/**
 * chart_timeline - draw the states of the queues over time, one row each
 * @g: the graph
 * @times: times of all jobs
 * @width: number of columns for the time
 * @out: output file
 */
void chart_timeline(const struct graph *g, const struct job_times *times,
		    unsigned int width, FILE *out)
{
	struct row row = { .width = width > MAX_WIDTH ? MAX_WIDTH : width };

	span(g, times, &row.first, &row.last);
	fprintf(out, "queue  0%*.2f ms\n", row.width - 1, ms(row.last - row.first));
	for (int process = GRAPH_CPU; process < (int)g->processes; process++) {
		unsigned int queues = process == GRAPH_CPU ? 1 : g->queues;

		for (unsigned int queue = 0; queue < queues; queue++) {
			char queue_name[GRAPH_QUEUE_NAME_SIZE] = "cpu";

			if (!has_jobs(g, process, queue))
				continue;
			if (process != GRAPH_CPU)
				snprintf(queue_name, sizeof(queue_name), "%d.%u", process, queue);
			draw_row(g, times, &row, process, queue);
			fprintf(out, "%-5s |%s|\n", queue_name, row.cells);
		}
	}
	fprintf(out,
		"%6s %c submitted, waiting for other jobs   %c ready, waiting for its turn   letter: running   %c done\n",
		"", SUBMITTED, READY, DONE);
}

/* Waiting and running time of one job, or of all */
struct waits {
	uint64_t jobs;		/* for dependencies */
	uint64_t queue;		/* for the previous job of its queue */
	uint64_t gpu;		/* for the hardware */
	uint64_t run;		/* running */
};

static struct waits compute_waits(const struct graph *g, const struct job_times *times,
				  unsigned int job)
{
	const struct job_times *t = &times[job];
	uint64_t ready = chart_ready(g, times, job), turn = ready;
	int before = g->jobs[job].before;

	if (before != GRAPH_NO_JOB)
		turn = max(ready, times[before].end);
	if (turn > t->begin)
		turn = max(ready, t->begin);
	return (struct waits) {
		.jobs = since(t->submitted, ready),
		.queue = since(ready, turn),
		.gpu = since(turn, t->begin),
		.run = since(t->begin, t->end),
	};
}

static void print_waits(const struct graph *g, const struct job_times *times,
			unsigned int job, FILE *out)
{
	const struct graph_job *j = &g->jobs[job];
	struct waits w = compute_waits(g, times, job);
	const char *comma = "";

	for (unsigned int i = 0; i < j->dep_count; i++) {
		uint64_t wait = since(times[job].submitted, times[j->deps[i]].done);

		if (!wait || same_queue(j, &g->jobs[j->deps[i]]))
			continue;
		fprintf(out, "%s%s %.2f", comma, g->jobs[j->deps[i]].name, ms(wait));
		comma = ", ";
	}
	if (w.queue) {
		fprintf(out, "%s%s in its queue %.2f", comma, g->jobs[j->before].name,
			ms(w.queue));
		comma = ", ";
	}
	if (w.gpu) {
		fprintf(out, "%s%s %.2f", comma,
			j->process == GRAPH_CPU ? "the CPU" : "the GPU", ms(w.gpu));
		comma = ", ";
	}
	fprintf(out, "%s\n", *comma ? "" : "nothing");
}

/**
 * chart_waits - print how long each job waited and for what
 * @g: the graph, checked
 * @times: times of all jobs
 * @out: output file
 */
void chart_waits(const struct graph *g, const struct job_times *times, FILE *out)
{
	struct waits sum = {};
	uint64_t first, last;

	span(g, times, &first, &last);
	fprintf(out, "%-16s %-5s %9s %8s %8s %8s %8s  waited for (ms)\n", "job", "queue",
		"submitted", "ready", "begin", "end", "done");
	for (unsigned int i = 0; i < g->count; i++) {
		unsigned int job = g->order[i];
		const struct job_times *t = &times[job];
		struct waits w = compute_waits(g, times, job);
		char queue_name[GRAPH_QUEUE_NAME_SIZE];

		graph_queue_name(&g->jobs[job], queue_name, sizeof(queue_name));
		fprintf(out, "%-16s %-5s %9.2f %8.2f %8.2f %8.2f %8.2f  ",
			g->jobs[job].name, queue_name, ms(t->submitted - first),
			ms(chart_ready(g, times, job) - first),
			ms(since(first, t->begin)), ms(since(first, t->end)),
			ms(since(first, t->done)));
		print_waits(g, times, job, out);
		sum.jobs += w.jobs;
		sum.queue += w.queue;
		sum.gpu += w.gpu;
		sum.run += w.run;
	}
	fprintf(out,
		"all jobs: waited %.2f ms for other jobs, %.2f for their turn, %.2f for GPU or CPU; ran %.2f, within %.2f\n",
		ms(sum.jobs), ms(sum.queue), ms(sum.gpu), ms(sum.run), ms(last - first));
}

static bool on_cpu(const struct graph *g, unsigned int job)
{
	return g->jobs[job].process == GRAPH_CPU;
}

/**
 * chart_check - check results, order and fences of all jobs
 * @g: the graph, checked
 * @times: times of all jobs
 * @tolerance: bound of the error between GPU and CPU times, in nanoseconds
 * @out: output file for errors
 *
 * Return: the number of jobs with an error.
 */
unsigned int chart_check(const struct graph *g, const struct job_times *times,
			 uint64_t tolerance, FILE *out)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < g->count; i++) {
		unsigned int inputs[GRAPH_MAX_DEPS + 1], job = g->order[i];
		unsigned int count = graph_inputs(g, job, inputs), bad = 0;
		const struct job_times *t = &times[job];
		const char *name = g->jobs[job].name;

		if (t->status != 1)
			bad += fprintf(out, "%s: %s (fence status %d)\n", name,
				       panthor_fence_words(t->status), t->status);
		if (t->value != g->jobs[job].value)
			bad += fprintf(out, "%s: computed %#llx instead of %#llx\n", name,
				       (unsigned long long)t->value,
				       (unsigned long long)g->jobs[job].value);
		if (t->begin > t->end)
			bad += fprintf(out, "%s: ended before it began\n", name);
		for (unsigned int k = 0; k < count; k++) {
			/* Times of the same clock compare exactly. */
			bool exact = on_cpu(g, job) == on_cpu(g, inputs[k]);

			if (t->begin + (exact ? 0 : tolerance) < times[inputs[k]].end)
				bad += fprintf(out, "%s: began before %s ended\n", name,
					       g->jobs[inputs[k]].name);
		}
		wrong += bad > 0;
	}
	return wrong;
}
