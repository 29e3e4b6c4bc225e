// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Reader and writer of graph files. A line consists of words:
 *
 *   processes N
 *   queues N
 *   job NAME PROCESS.QUEUE|cpu [work N] [after NAME...]
 *
 * "#" begins a comment. Names after "after" may refer to later lines, so
 * dependencies are resolved when all jobs are known.
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

#define MAX_LINE	1024
#define MAX_WORDS	(6 + GRAPH_MAX_DEPS + 1)
#define DEFAULT_WORK	50

struct line {
	char text[MAX_LINE];
	unsigned int count;
	char *words[MAX_WORDS];
};

/* A dependency by name, and the line that names it */
struct pending {
	unsigned int job;
	unsigned int line;
	char name[GRAPH_MAX_NAME];
};

struct reader {
	struct graph *g;
	char *error;
	unsigned int number;
	struct line line;
	struct pending *pending;
	unsigned int pending_count;
};

static int fail(struct reader *r, const char *text, const char *word)
{
	snprintf(r->error, GRAPH_MAX_ERROR, "%s%s%s%s", text, word ? " '" : "",
		 word ? word : "", word ? "'" : "");
	return -EINVAL;
}

static int split(struct reader *r)
{
	struct line *l = &r->line;
	char *save = NULL, *word;

	l->text[strcspn(l->text, "#\n")] = 0;
	l->count = 0;
	for (word = strtok_r(l->text, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (l->count == MAX_WORDS)
			return fail(r, "too many words", NULL);
		l->words[l->count++] = word;
	}
	return 0;
}

static bool parse_number(const char *text, uint32_t *number)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (*end || errno || value > UINT32_MAX)
		return false;
	*number = value;
	return true;
}

static int read_limit(struct reader *r, unsigned int *limit, unsigned int most)
{
	uint32_t value;

	if (r->g->count)
		return fail(r, "must precede the first job:", r->line.words[0]);
	if (r->line.count != 2 || !parse_number(r->line.words[1], &value) || !value ||
	    value > most) {
		snprintf(r->error, GRAPH_MAX_ERROR, "'%s' requires a number from 1 to %u",
			 r->line.words[0], most);
		return -EINVAL;
	}
	*limit = value;
	return 0;
}

static int parse_queue(struct reader *r, const char *word, int *process,
		       unsigned int *queue)
{
	char text[32];
	uint32_t number;
	char *dot;

	*queue = 0;
	*process = GRAPH_CPU;
	if (!strcmp(word, "cpu"))
		return 0;
	snprintf(text, sizeof(text), "%s", word);
	dot = strchr(text, '.');
	if (!dot)
		return fail(r, "neither PROCESS.QUEUE nor cpu:", word);
	*dot = 0;
	if (!parse_number(text, &number) || number > GRAPH_MAX_PROCESSES ||
	    !parse_number(dot + 1, queue))
		return fail(r, "neither PROCESS.QUEUE nor cpu:", word);
	*process = number;
	return 0;
}

static int add_pending(struct reader *r, unsigned int job, const char *name)
{
	struct pending *p;

	if (r->pending_count == GRAPH_MAX_JOBS * GRAPH_MAX_DEPS)
		return fail(r, "too many dependencies", NULL);
	p = &r->pending[r->pending_count++];
	p->job = job;
	p->line = r->number;
	snprintf(p->name, sizeof(p->name), "%s", name);
	return 0;
}

static int read_job(struct reader *r)
{
	unsigned int queue, next = 3;
	uint32_t work = DEFAULT_WORK;
	struct line *l = &r->line;
	int process, job, ret;

	if (l->count < 3)
		return fail(r, "'job' requires a name and a queue", NULL);
	ret = parse_queue(r, l->words[2], &process, &queue);
	if (ret)
		return ret;
	if (next + 1 < l->count && !strcmp(l->words[next], "work")) {
		if (!parse_number(l->words[next + 1], &work))
			return fail(r, "not a number:", l->words[next + 1]);
		next += 2;
	}
	job = graph_add_job(r->g, l->words[1], process, queue, work, r->error);
	if (job < 0)
		return job;
	if (next == l->count)
		return 0;
	if (strcmp(l->words[next], "after") || next + 1 == l->count)
		return fail(r, "expected 'work N' or 'after NAME...', not",
			    l->words[next]);
	while (++next < l->count) {
		ret = add_pending(r, job, l->words[next]);
		if (ret)
			return ret;
	}
	return 0;
}

static int read_line(struct reader *r)
{
	int ret = split(r);

	if (ret || !r->line.count)
		return ret;
	if (!strcmp(r->line.words[0], "processes"))
		return read_limit(r, &r->g->processes, GRAPH_MAX_PROCESSES);
	if (!strcmp(r->line.words[0], "queues"))
		return read_limit(r, &r->g->queues, GRAPH_MAX_QUEUES);
	if (!strcmp(r->line.words[0], "job"))
		return read_job(r);
	return fail(r, "expected 'processes', 'queues' or 'job', not",
		    r->line.words[0]);
}

static int resolve(struct reader *r)
{
	for (unsigned int i = 0; i < r->pending_count; i++) {
		struct pending *p = &r->pending[i];
		int dep = graph_find(r->g, p->name), ret;

		r->number = p->line;
		if (dep == GRAPH_NO_JOB)
			return fail(r, "no such job:", p->name);
		ret = graph_add_dep(r->g, p->job, dep, r->error);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * graph_read - read a graph from a file
 * @g: returns the graph
 * @file: the file
 * @name: name of the file, for messages
 * @error: returns the reason on failure
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int graph_read(struct graph *g, FILE *file, const char *name, char *error)
{
	struct reader r = { .g = g, .error = error };
	int ret = 0;

	*error = 0;
	r.pending = calloc(GRAPH_MAX_JOBS * GRAPH_MAX_DEPS, sizeof(*r.pending));
	if (!r.pending) {
		snprintf(error, GRAPH_MAX_ERROR, "out of memory");
		return -ENOMEM;
	}
	memset(g, 0, sizeof(*g));
	g->processes = 2;
	g->queues = 3;
	while (!ret && fgets(r.line.text, sizeof(r.line.text), file)) {
		r.number++;
		if (strlen(r.line.text) == sizeof(r.line.text) - 1)
			ret = fail(&r, "line too long", NULL);
		else
			ret = read_line(&r);
	}
	if (!ret)
		ret = resolve(&r);
	if (ret) {
		char reason[GRAPH_MAX_ERROR - 300];

		snprintf(reason, sizeof(reason), "%s", error);
		snprintf(error, GRAPH_MAX_ERROR, "%.255s:%u: %s", name, r.number, reason);
	}
	free(r.pending);
	return ret;
}

/**
 * graph_write - write a graph in the format that graph_read() reads
 * @g: the graph
 * @file: output file
 */
void graph_write(const struct graph *g, FILE *file)
{
	fprintf(file, "processes %u\nqueues %u\n", g->processes, g->queues);
	for (unsigned int i = 0; i < g->count; i++) {
		const struct graph_job *job = &g->jobs[i];
		char queue_name[GRAPH_QUEUE_NAME_SIZE];

		graph_queue_name(job, queue_name, sizeof(queue_name));
		fprintf(file, "job %s %s work %u", job->name, queue_name, job->work);
		for (unsigned int d = 0; d < job->dep_count; d++)
			fprintf(file, "%s %s", d ? "" : " after",
				g->jobs[job->deps[d]].name);
		fputc('\n', file);
	}
}
