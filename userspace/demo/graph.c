// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The graph of jobs: construction, the order of submission, detection of cycles,
 * and the value that each job has to compute.
 */

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "graph.h"

/* Progress of graph_check() with a job */
enum visit { NOT_SEEN, IN_PATH, DONE };

/* Depth-first walk of graph_check() with the path from its first job */
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
 * graph_queue_name - format the name of a job's queue
 * @job: the job
 * @text: returns "PROCESS.QUEUE" or "cpu"
 * @size: size of @text in bytes
 */
void graph_queue_name(const struct graph_job *job, char *text, size_t size)
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
 * @g: the graph, with processes and queues set
 * @name: name of the job, unique in the graph
 * @process: process that submits it, or %GRAPH_CPU
 * @queue: index of the queue
 * @work: iterations of its loop
 * @error: returns the reason on failure
 *
 * Return: its index, or -EINVAL.
 */
int graph_add_job(struct graph *g, const char *name, int process, unsigned int queue,
		  uint32_t work, char *error)
{
	struct graph_job *job = &g->jobs[g->count];

	*error = 0;
	if (g->count == GRAPH_MAX_JOBS)
		append(error, "more than %d jobs", GRAPH_MAX_JOBS);
	else if (strlen(name) >= GRAPH_MAX_NAME)
		append(error, "job name '%s' is longer than %d characters", name,
		       GRAPH_MAX_NAME - 1);
	else if (graph_find(g, name) != GRAPH_NO_JOB)
		append(error, "duplicate job name '%s'", name);
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
 * graph_add_dep - add a dependency to a job
 * @g: the graph
 * @job: the job
 * @dep: the job that it depends on
 * @error: returns the reason on failure
 *
 * Return: 0, or -EINVAL.
 */
int graph_add_dep(struct graph *g, unsigned int job, unsigned int dep, char *error)
{
	struct graph_job *j = &g->jobs[job];

	*error = 0;
	if (job == dep)
		append(error, "job '%s' depends on itself", j->name);
	else if (j->dep_count == GRAPH_MAX_DEPS)
		append(error, "job '%s' depends on more than %d others", j->name,
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
 * graph_inputs - list the jobs whose values are inputs of a job
 * @g: the graph
 * @job: the job
 * @inputs: returns up to %GRAPH_MAX_DEPS + 1 indices: the dependencies, then the
 *	previous job of its queue, unless that is a dependency
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
 * graph_compute - compute the value of a job
 * @job: the job
 * @inputs: values of its inputs
 * @count: number of inputs
 *
 * Return: the value, modulo 2^64.
 */
uint64_t graph_compute(const struct graph_job *job, const uint64_t *inputs,
		       unsigned int count)
{
	uint64_t sum = job->constant;

	for (unsigned int i = 0; i < count; i++)
		sum += inputs[i];
	return job->work * sum;
}

/* Does @next wait for @job by queue order only, without a dependency? */
static bool only_by_queue(const struct graph_job *next, unsigned int job)
{
	for (unsigned int i = 0; i < next->dep_count; i++) {
		if (next->deps[i] == job)
			return false;
	}
	return true;
}

/* Format the path from @job back to itself as a sentence. */
static void explain_cycle(struct walk *w, unsigned int job)
{
	const struct graph_job *jobs = w->g->jobs;
	unsigned int first = w->depth;
	bool queue_order = false;
	char queue_name[GRAPH_QUEUE_NAME_SIZE];

	while (w->path[--first] != job)
		;
	for (unsigned int i = first; i < w->depth; i++) {
		unsigned int next = i + 1 < w->depth ? w->path[i + 1] : job;

		if (only_by_queue(&jobs[w->path[i]], next))
			queue_order = true;
	}
	append(w->error, queue_order ?
	       "deadlock with the order of a queue: " :
	       "dependency cycle: ");
	for (unsigned int i = first; i < w->depth; i++) {
		const struct graph_job *j = &jobs[w->path[i]];
		unsigned int next = i + 1 < w->depth ? w->path[i + 1] : job;

		append(w->error, "%s'%s' ", i > first ? ", " : "", j->name);
		if (!only_by_queue(j, next)) {
			append(w->error, "depends on '%s'", jobs[next].name);
			continue;
		}
		graph_queue_name(j, queue_name, sizeof(queue_name));
		append(w->error, "is behind '%s' in queue %s", jobs[next].name, queue_name);
	}
}

/*
 * Append @job to the order after all jobs that must be submitted before it. The
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

/* splitmix64: derive a pseudo-random constant per job */
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
		/* One instruction can load 48 bits; a constant of 0 would hide a job. */
		job->constant = mix(seed + g->order[i]) >> 16 | 1;
		job->value = graph_compute(job, values, count);
	}
}

/**
 * graph_check - check that all jobs can run; compute order and expected values
 * @g: the graph; order, constants and values are set on success
 * @seed: seed of the constants
 * @error: returns the reason on failure
 *
 * Return: 0, -EINVAL if there are no jobs, -ELOOP if some jobs can never run.
 */
int graph_check(struct graph *g, uint64_t seed, char *error)
{
	struct walk w = { .g = g, .error = error };

	*error = 0;
	if (!g->count) {
		append(error, "no jobs");
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
