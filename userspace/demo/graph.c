// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "graph.h"

/* Where graph_check() is with a job */
enum visit { NOT_SEEN, IN_PATH, DONE };

/* The walk of graph_check(): the path from the job it began with to here */
struct walk {
	struct graph *g;
	enum visit state[GRAPH_MAX_JOBS];
	unsigned int path[GRAPH_MAX_JOBS];
	unsigned int depth;
	unsigned int ordered;
	char *error;
};

static void __attribute__((format(printf, 2, 3)))
append(char *error, const char *format, ...)
{
	size_t used = strlen(error);
	va_list args;

	va_start(args, format);
	vsnprintf(error + used, GRAPH_MAX_ERROR - used, format, args);
	va_end(args);
}

/**
 * graph_place - name the queue of a job
 * @job: the job
 * @text: for "PROCESS.QUEUE" or "cpu"
 * @size: bytes at @text
 */
void graph_place(const struct graph_job *job, char *text, size_t size)
{
	if (job->process == GRAPH_CPU)
		snprintf(text, size, "cpu");
	else
		snprintf(text, size, "%d.%u", job->process, job->queue);
}

/**
 * graph_find - look up a job
 * @g: the graph
 * @name: name of the job
 *
 * Return: its index or %GRAPH_NO_JOB.
 */
int graph_find(const struct graph *g, const char *name)
{
	for (unsigned int i = 0; i < g->count; i++) {
		if (!strcmp(g->jobs[i].name, name))
			return i;
	}
	return GRAPH_NO_JOB;
}

static int last_of_queue(const struct graph *g, int process, unsigned int queue)
{
	for (int i = g->count - 1; i >= 0; i--) {
		if (g->jobs[i].process == process && g->jobs[i].queue == queue)
			return i;
	}
	return GRAPH_NO_JOB;
}

/**
 * graph_add_job - append a job to a queue
 * @g: the graph, whose processes and queues are set
 * @name: a new name
 * @process: who submits it, or %GRAPH_CPU
 * @queue: index of the queue
 * @work: rounds of its loop
 * @error: the reason, if it fails
 *
 * Return: its index, or -EINVAL.
 */
int graph_add_job(struct graph *g, const char *name, int process, unsigned int queue,
		  uint32_t work, char *error)
{
	struct graph_job *job = &g->jobs[g->count];

	*error = 0;
	if (g->count == GRAPH_MAX_JOBS)
		append(error, "there are more than %d jobs", GRAPH_MAX_JOBS);
	else if (strlen(name) >= GRAPH_MAX_NAME)
		append(error, "the name '%s' is longer than %d characters", name,
		       GRAPH_MAX_NAME - 1);
	else if (graph_find(g, name) != GRAPH_NO_JOB)
		append(error, "there are two jobs with the name '%s'", name);
	else if (process != GRAPH_CPU && process >= (int)g->processes)
		append(error, "job '%s' is in process %d, the last one is %u", name,
		       process, g->processes - 1);
	else if (process != GRAPH_CPU && queue >= g->queues)
		append(error, "job '%s' is in queue %u, the last one is %u", name,
		       queue, g->queues - 1);
	else if (!work || work > GRAPH_MAX_WORK)
		append(error, "the work of job '%s' is not between 1 and %d", name,
		       GRAPH_MAX_WORK);
	if (*error)
		return -EINVAL;

	memset(job, 0, sizeof(*job));
	memcpy(job->name, name, strlen(name));
	job->process = process;
	job->queue = queue;
	job->work = work;
	job->before = last_of_queue(g, process, queue);
	if (job->before != GRAPH_NO_JOB)
		job->position = g->jobs[job->before].position + 1;
	return g->count++;
}

/**
 * graph_add_dep - let a job need another
 * @g: the graph
 * @job: the job
 * @dep: the one that it needs
 * @error: the reason, if it fails
 *
 * Return: 0, or -EINVAL.
 */
int graph_add_dep(struct graph *g, unsigned int job, unsigned int dep, char *error)
{
	struct graph_job *j = &g->jobs[job];

	*error = 0;
	if (job == dep)
		append(error, "job '%s' needs itself", j->name);
	else if (j->dep_count == GRAPH_MAX_DEPS)
		append(error, "job '%s' needs more than %d others", j->name,
		       GRAPH_MAX_DEPS);
	for (unsigned int i = 0; i < j->dep_count && !*error; i++) {
		if (j->deps[i] == dep)
			append(error, "job '%s' names '%s' twice", j->name,
			       g->jobs[dep].name);
	}
	if (*error)
		return -EINVAL;
	j->deps[j->dep_count++] = dep;
	return 0;
}

/**
 * graph_inputs - list the jobs whose numbers a job computes its own of
 * @g: the graph
 * @job: the job
 * @inputs: for %GRAPH_MAX_DEPS + 1 indices: what it needs, and then the job
 *	before it in its queue, if that is not among them
 *
 * Return: the number of inputs.
 */
unsigned int graph_inputs(const struct graph *g, unsigned int job, unsigned int *inputs)
{
	const struct graph_job *j = &g->jobs[job];
	unsigned int count = j->dep_count;

	memcpy(inputs, j->deps, count * sizeof(*inputs));
	if (j->before == GRAPH_NO_JOB)
		return count;
	for (unsigned int i = 0; i < count; i++) {
		if ((int)inputs[i] == j->before)
			return count;
	}
	inputs[count] = j->before;
	return count + 1;
}

/**
 * graph_compute - what a job computes
 * @job: the job
 * @inputs: the numbers it begins with
 * @count: number of them
 *
 * Return: the number, modulo 2^64.
 */
uint64_t graph_compute(const struct graph_job *job, const uint64_t *inputs,
		       unsigned int count)
{
	uint64_t sum = job->constant;

	for (unsigned int i = 0; i < count; i++)
		sum += inputs[i];
	return job->work * sum;
}

/* Is @job in front of @next in the same queue, and no more than that? */
static bool only_by_queue(const struct graph_job *next, unsigned int job)
{
	for (unsigned int i = 0; i < next->dep_count; i++) {
		if (next->deps[i] == job)
			return false;
	}
	return true;
}

/* The path from @job back to itself, as a sentence */
static void explain_cycle(struct walk *w, unsigned int job)
{
	const struct graph_job *jobs = w->g->jobs;
	unsigned int first = w->depth;
	bool queue_order = false;
	char place[GRAPH_PLACE_SIZE];

	while (w->path[--first] != job)
		;
	for (unsigned int i = first; i < w->depth; i++) {
		unsigned int next = i + 1 < w->depth ? w->path[i + 1] : job;

		if (only_by_queue(&jobs[w->path[i]], next))
			queue_order = true;
	}
	append(w->error, queue_order ?
	       "the jobs can never run, because a queue keeps its order: " :
	       "the jobs need each other in a circle: ");
	for (unsigned int i = first; i < w->depth; i++) {
		const struct graph_job *j = &jobs[w->path[i]];
		unsigned int next = i + 1 < w->depth ? w->path[i + 1] : job;

		append(w->error, "%s'%s' ", i > first ? ", " : "", j->name);
		if (!only_by_queue(j, next)) {
			append(w->error, "needs '%s'", jobs[next].name);
			continue;
		}
		graph_place(j, place, sizeof(place));
		append(w->error, "is behind '%s' in queue %s", jobs[next].name, place);
	}
}

/*
 * Put @job into the order behind all that must be submitted before it. The
 * recursion is as deep as the longest chain: at most GRAPH_MAX_JOBS.
 */
static int visit(struct walk *w, unsigned int job)
{
	unsigned int inputs[GRAPH_MAX_DEPS + 1], count;

	if (w->state[job] == DONE)
		return 0;
	if (w->state[job] == IN_PATH) {
		explain_cycle(w, job);
		return -ELOOP;
	}
	w->state[job] = IN_PATH;
	w->path[w->depth++] = job;
	count = graph_inputs(w->g, job, inputs);
	for (unsigned int i = 0; i < count; i++) {
		int ret = visit(w, inputs[i]);

		if (ret)
			return ret;
	}
	w->depth--;
	w->state[job] = DONE;
	w->g->order[w->ordered++] = job;
	return 0;
}

/* splitmix64: a constant per job that looks random */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

static void set_values(struct graph *g, uint64_t seed)
{
	for (unsigned int i = 0; i < g->count; i++) {
		struct graph_job *job = &g->jobs[g->order[i]];
		unsigned int inputs[GRAPH_MAX_DEPS + 1];
		uint64_t values[GRAPH_MAX_DEPS + 1];
		unsigned int count = graph_inputs(g, g->order[i], inputs);

		for (unsigned int k = 0; k < count; k++)
			values[k] = g->jobs[inputs[k]].value;
		/* 48 bits are what one instruction can load; 0 would hide a job. */
		job->constant = mix(seed + g->order[i]) >> 16 | 1;
		job->value = graph_compute(job, values, count);
	}
}

/**
 * graph_check - see whether all jobs can run, in what order, and to what end
 * @g: the graph; order, constants and values are set on success
 * @seed: changes the constants
 * @error: the reason, if it cannot run
 *
 * Return: 0, -EINVAL if there are no jobs, -ELOOP if some can never run.
 */
int graph_check(struct graph *g, uint64_t seed, char *error)
{
	struct walk w = { .g = g, .error = error };

	*error = 0;
	if (!g->count) {
		append(error, "there are no jobs");
		return -EINVAL;
	}
	for (unsigned int i = 0; i < g->count; i++) {
		int ret = visit(&w, i);

		if (ret)
			return ret;
	}
	set_values(g, seed);
	return 0;
}
