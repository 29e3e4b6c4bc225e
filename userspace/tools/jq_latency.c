// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Latencies of jobs from trace events, see jq_latency.h
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jq_latency.h"

#define TRACEFS		"/sys/kernel/tracing"
#define BUCKETS		4096
/* Jobs whose end is awaited. More than that are remains of lost events. */
#define PENDING_MAX	1000000
/* Most bytes of events that are read in one call, and most jobs between two refreshes */
#define READ_MAX	(8 << 20)
#define SAMPLES_MAX	1000000

/**
 * struct pending - a job that was submitted
 * @next: next job of the bucket
 * @context: fence context
 * @seqno: sequence number
 * @us: time of the submission
 */
struct pending {
	struct pending *next;
	uint64_t context, seqno, us;
};

/**
 * struct sample - a job that is complete
 * @context: fence context of its queue
 * @us: its latency
 */
struct sample {
	uint64_t context, us;
};

/**
 * struct jq_latency - a recording
 * @tool: name of the program, for messages
 * @fd: the events
 * @instance: folder of our instance in tracefs, empty if the events are a file of the user's
 * @text: begin of a line of which the rest has not been read, and room for more
 * @used: its length
 * @pending: jobs that were submitted, by hash
 * @pending_count: their number
 * @samples: jobs that were completed since jq_latency_begin()
 * @count: their number
 * @room: number of @samples that there is memory for
 * @sorted: @samples are in order of their queue and latency
 * @lost: events that the kernel had no room for
 */
struct jq_latency {
	const char *tool;
	int fd;
	char instance[64];
	char text[65536];
	size_t used;
	struct pending *pending[BUCKETS];
	unsigned int pending_count;
	struct sample *samples;
	size_t count, room;
	bool sorted;
	uint64_t lost;
};

static bool write_file(const struct jq_latency *l, const char *name, const char *text)
{
	char path[160];
	bool ok = false;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", l->instance, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
		close(fd);
	}
	if (!ok)
		fprintf(stderr, "%s: %s: %s\n", l->tool, path, strerror(errno));
	return ok;
}

/* Return: whether our instance records the events. */
static bool set_up(struct jq_latency *l)
{
	static const char *const events[] = { "arm", "done" };
	char path[160];

	snprintf(l->instance, sizeof(l->instance), TRACEFS "/instances/%s-%d", l->tool,
		 getpid());
	/* Of a jq-top with this number that was killed */
	rmdir(l->instance);
	if (mkdir(l->instance, 0700)) {
		fprintf(stderr, "%s: %s: %s: is tracefs mounted, and are you root?\n", l->tool,
			l->instance, strerror(errno));
		*l->instance = '\0';
		return false;
	}
	if (!write_file(l, "trace_clock", "mono") || !write_file(l, "buffer_size_kb", "4096"))
		return false;
	for (unsigned int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "events/drm_jobqueue/drm_jobqueue_job_%s/enable",
			 events[i]);
		if (!write_file(l, path, "1"))
			return false;
	}
	return true;
}

/**
 * jq_latency_open - begin to record latencies
 * @tool: name of the program, for messages
 * @events: file with events as in trace_pipe; NULL for an instance of our own
 *
 * Return: the recording, to be closed; NULL after a message.
 */
struct jq_latency *jq_latency_open(const char *tool, const char *events)
{
	struct jq_latency *l = calloc(1, sizeof(*l));
	char path[160];

	if (!l) {
		fprintf(stderr, "%s: %s\n", tool, strerror(ENOMEM));
		return NULL;
	}
	l->tool = tool;
	l->fd = -1;
	if (!events && !set_up(l)) {
		jq_latency_close(l);
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/trace_pipe", l->instance);
	l->fd = open(events ? events : path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (l->fd < 0) {
		fprintf(stderr, "%s: %s: %s\n", tool, events ? events : path, strerror(errno));
		jq_latency_close(l);
		return NULL;
	}
	return l;
}

static void forget_pending(struct jq_latency *l)
{
	for (unsigned int i = 0; i < BUCKETS; i++) {
		while (l->pending[i]) {
			struct pending *job = l->pending[i];

			l->pending[i] = job->next;
			free(job);
		}
	}
	l->pending_count = 0;
}

/**
 * jq_latency_close - end a recording
 * @l: the recording
 */
void jq_latency_close(struct jq_latency *l)
{
	if (l->fd >= 0)
		close(l->fd);
	if (*l->instance && rmdir(l->instance))
		fprintf(stderr, "%s: %s: %s\n", l->tool, l->instance, strerror(errno));
	forget_pending(l);
	free(l->samples);
	free(l);
}

/* Return: where the job is linked, or would be. */
static struct pending **find(struct jq_latency *l, uint64_t context, uint64_t seqno)
{
	struct pending **at = &l->pending[(context * 31 + seqno) % BUCKETS];

	while (*at && ((*at)->context != context || (*at)->seqno != seqno))
		at = &(*at)->next;
	return at;
}

static bool add_pending(struct jq_latency *l, uint64_t context, uint64_t seqno, uint64_t us)
{
	struct pending **at, *job = malloc(sizeof(*job));

	if (!job)
		return false;
	if (l->pending_count == PENDING_MAX)
		forget_pending(l);
	at = find(l, context, seqno);
	*job = (struct pending) { *at, context, seqno, us };
	*at = job;
	l->pending_count++;
	return true;
}

static bool add_sample(struct jq_latency *l, uint64_t context, uint64_t us)
{
	if (l->count == SAMPLES_MAX) {
		l->lost++;
		return true;
	}
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 1024;
		struct sample *samples = realloc(l->samples, room * sizeof(*samples));

		if (!samples)
			return false;
		l->samples = samples;
		l->room = room;
	}
	l->samples[l->count++] = (struct sample) { context, us };
	l->sorted = false;
	return true;
}

/*
 * A line such as
 *   demo-510  [001] .....  65.580102: drm_jobqueue_job_arm: dev=... fence=18:5 client=...
 * where everything may be in the name of the process.
 */
static bool parse_line(struct jq_latency *l, const char *line)
{
	const char *event = strstr(line, ": drm_jobqueue_job_"), *fence, *time = event;
	uint64_t lost, seconds, context, seqno, us;
	struct pending **at, *job;
	const char *lost_at = strstr(line, "[LOST ");
	bool ok;

	if (!event) {
		/* The kernel does not always know how many. */
		if (lost_at)
			l->lost += sscanf(lost_at, "[LOST %" SCNu64 " EVENTS]", &lost) == 1 ?
				   lost : 1;
		return true;
	}
	fence = strstr(event, " fence=");
	while (time > line && time[-1] != ' ')
		time--;
	if (!fence ||
	    sscanf(fence, " fence=%" SCNu64 ":%" SCNu64, &context, &seqno) != 2 ||
	    sscanf(time, "%" SCNu64 ".%6" SCNu64 ":", &seconds, &us) != 2)
		return true;
	us += seconds * 1000000;
	event += strlen(": drm_jobqueue_job_");
	if (!strncmp(event, "arm:", 4))
		return add_pending(l, context, seqno, us);
	at = find(l, context, seqno);
	job = *at;
	if (strncmp(event, "done:", 5) || !job)
		return true;
	/* Events of two processors may have passed each other. */
	ok = add_sample(l, context, us > job->us ? us - job->us : 0);
	*at = job->next;
	free(job);
	l->pending_count--;
	return ok;
}

/* Parse the whole lines that were read; keep the begin of the last one. */
static bool parse_text(struct jq_latency *l)
{
	char *line = l->text, *end;

	l->text[l->used] = '\0';
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		if (!parse_line(l, line))
			return false;
		line = end + 1;
	}
	l->used -= line - l->text;
	memmove(l->text, line, l->used);
	/* Longer than any event: no line of a trace */
	if (l->used == sizeof(l->text) - 1)
		l->used = 0;
	return true;
}

/**
 * jq_latency_read - read the events that are there
 * @l: the recording
 *
 * To be called a few times a second: the kernel keeps 4 MiB of events for each processor.
 * Reads a part if they come faster than they can be read; the kernel drops the others.
 *
 * Return: false after a message.
 */
bool jq_latency_read(struct jq_latency *l)
{
	size_t sum = 0;
	ssize_t n = 0;

	while (sum < READ_MAX &&
	       (n = read(l->fd, l->text + l->used, sizeof(l->text) - 1 - l->used)) > 0) {
		sum += n;
		l->used += n;
		if (!parse_text(l)) {
			fprintf(stderr, "%s: %s\n", l->tool, strerror(ENOMEM));
			return false;
		}
	}
	if (n >= 0 || errno == EAGAIN || errno == EINTR)
		return true;
	fprintf(stderr, "%s: cannot read events: %s\n", l->tool, strerror(errno));
	return false;
}

/**
 * jq_latency_begin - forget the jobs that are complete
 * @l: the recording
 */
void jq_latency_begin(struct jq_latency *l)
{
	l->count = 0;
}

static int compare(const void *first, const void *second)
{
	const struct sample *a = first, *b = second;

	if (a->context != b->context)
		return a->context < b->context ? -1 : 1;
	return a->us < b->us ? -1 : a->us > b->us;
}

/**
 * jq_latency_get - get a percentile of a queue
 * @l: the recording
 * @context: fence context of the queue
 * @percent: 1 to 100
 * @us: returns the shortest latency, in microseconds, that @percent of the jobs completed
 *	since jq_latency_begin() do not exceed
 *
 * Return: false if no job has been completed.
 */
bool jq_latency_get(struct jq_latency *l, uint64_t context, unsigned int percent,
		    uint64_t *us)
{
	size_t begin = 0, end;

	if (!l->sorted && l->count)
		qsort(l->samples, l->count, sizeof(*l->samples), compare);
	l->sorted = true;
	while (begin < l->count && l->samples[begin].context != context)
		begin++;
	for (end = begin; end < l->count && l->samples[end].context == context;)
		end++;
	if (begin == end)
		return false;
	*us = l->samples[begin + ((end - begin) * percent + 99) / 100 - 1].us;
	return true;
}

/**
 * jq_latency_lost - get the number of lost events
 * @l: the recording
 *
 * Return: events that were dropped since the recording began, because they were not read
 * in time. Jobs of which one was dropped have no latency.
 */
uint64_t jq_latency_lost(const struct jq_latency *l)
{
	return l->lost;
}
