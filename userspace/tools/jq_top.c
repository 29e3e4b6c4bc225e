// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * jq-top - show job queues live
 */

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "jq_files.h"
#include "jq_latency.h"

#define TOOL	"jq-top"

static const char help[] =
"Usage: jq-top [-l] [-D DIR] [-d SECONDS] [-n COUNT]\n"
"\n"
"Show job queues, the busiest first, and refresh. Needs root. The columns:\n"
"  QUEUE     name as in traces and debugfs, see jq-why\n"
"  PROCESS   process that created the queue's group\n"
"  JOBS      jobs that were submitted and are not complete\n"
"  CREDITS   space used in the ring, and its size\n"
"  JOBS/S    completed jobs per second since the last refresh\n"
"  50 %, 99 %  with --latency: so many of the jobs completed since the last refresh took no\n"
"            longer than this, from submission to fence, in milliseconds\n"
"  FAILED    completed jobs with an error\n"
"  WAIT      what the first waiting job waits for; jq-why has the whole sentence\n"
"\n"
"  -D, --directory=DIR     debugfs directory of the device, with \"why\" and \"queues\"\n"
"                          (default: the first one of /sys/kernel/debug/dri)\n"
"  -l, --latency           record trace events, and show latencies; at 100,000 jobs/s this\n"
"                          takes a processor\n"
"  -e, --events=FILE       take the events from this file, such as a trace_pipe\n"
"  -d, --delay=SECONDS     time between refreshes (default 1)\n"
"  -n, --iterations=COUNT  end after so many refreshes\n"
"  -h, --help              print this text\n"
"\n"
"On a terminal each refresh replaces the last one and shows the queues that fit;\n"
"otherwise all are printed, one table after the other.\n"
"Exit status: 0, or 2 on errors.\n";

/**
 * struct queue - a queue
 * @name: name
 * @process: process that created it, empty if unknown
 * @wait: sentence about the first job that waits, or the flags of the queue
 * @context: fence context, which no other queue has ever had
 * @credits: credits in use
 * @credits_max: credits of the ring
 * @armed: jobs submitted
 * @retired: jobs completed
 * @failed: those of @retired with an error
 * @rate: completed jobs per second, negative if unknown
 */
struct queue {
	char name[JQ_NAME];
	char process[JQ_NAME];
	char wait[160];
	uint64_t context;
	unsigned int credits, credits_max;
	uint64_t armed, retired, failed;
	double rate;
};

/* All queues at a time */
struct table {
	struct queue *queues;
	size_t count;
	double time;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Return: false if there is no memory, or the line has no queue. */
static bool add_queue(struct table *table, const char *line)
{
	struct queue *queues = realloc(table->queues,
				       (table->count + 1) * sizeof(*queues));
	struct queue *queue;
	int end = 0;

	if (!queues)
		return false;
	table->queues = queues;
	queue = &queues[table->count++];
	memset(queue, 0, sizeof(*queue));
	queue->rate = -1;
	if (sscanf(line, "queue %63[^: ]: context %" SCNu64 "%n", queue->name, &queue->context,
		   &end) < 2)
		return false;
	snprintf(queue->wait, sizeof(queue->wait), "%s", line + end + (line[end] == ' '));
	return true;
}

/* Parse "queues". Return: false after a message if its format is another one. */
static bool parse_queues(struct table *table, char *text)
{
	size_t credits = 0, jobs = 0;
	char *line;

	while ((line = jq_next_line(&text))) {
		struct queue *queue;

		if (!strncmp(line, "queue ", 6)) {
			if (!add_queue(table, line))
				break;
			continue;
		}
		if (!table->count)
			continue;
		queue = &table->queues[table->count - 1];
		credits += sscanf(line, " credits: %u of %u", &queue->credits,
				  &queue->credits_max) == 2;
		jobs += sscanf(line, " jobs: armed %" SCNu64 " retired %" SCNu64
			       " failed %" SCNu64, &queue->armed, &queue->retired,
			       &queue->failed) == 3;
	}
	if (!line && credits == table->count && jobs == table->count)
		return true;
	fprintf(stderr, "jq-top: cannot read 'queues': is it of another version?\n");
	return false;
}

/* Take process names and the first job that waits for something from "why". */
static void parse_why(struct table *table, char *text)
{
	char name[JQ_NAME], job[JQ_NAME], *line;
	const char *rest;

	while ((line = jq_next_line(&text))) {
		bool is_job = jq_split_job(line, name, job, &rest);

		if (!is_job && !jq_split_group(line, name, &rest))
			continue;
		for (size_t i = 0; i < table->count; i++) {
			struct queue *queue = &table->queues[i];

			if (!is_job && jq_is_within(queue->name, name))
				snprintf(queue->process, sizeof(queue->process), "%.*s",
					 (int)strcspn(rest, ","), rest);
			else if (is_job && *job && !strcmp(queue->name, name) && !*queue->wait)
				snprintf(queue->wait, sizeof(queue->wait), "%s", rest);
		}
	}
}

/* Return: whether the table could be read. */
static bool read_table(struct table *table, const char *directory)
{
	char *queues = jq_read_file(TOOL, directory, "queues");
	char *why = queues ? jq_read_file(TOOL, directory, "why") : NULL;
	bool ok = false;

	memset(table, 0, sizeof(*table));
	table->time = now();
	if (why) {
		ok = parse_queues(table, queues);
		parse_why(table, why);
	}
	free(queues);
	free(why);
	return ok;
}

static void set_rates(struct table *table, const struct table *before)
{
	for (size_t i = 0; i < table->count; i++) {
		struct queue *queue = &table->queues[i];

		for (size_t j = 0; j < before->count; j++) {
			const struct queue *old = &before->queues[j];

			if (old->context == queue->context && table->time > before->time)
				queue->rate = (queue->retired - old->retired) /
					      (table->time - before->time);
		}
	}
}

/* By rate, then by pending jobs */
static int compare(const void *first, const void *second)
{
	const struct queue *a = first, *b = second;
	uint64_t pending_a = a->armed - a->retired, pending_b = b->armed - b->retired;

	if (a->rate != b->rate)
		return a->rate > b->rate ? -1 : 1;
	if (pending_a != pending_b)
		return pending_a > pending_b ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void print_latency(struct jq_latency *latency, uint64_t context)
{
	static const unsigned int percents[] = { 50, 99 };
	uint64_t us;

	for (unsigned int i = 0; i < 2; i++) {
		if (jq_latency_get(latency, context, percents[i], &us))
			printf(" %8.2f", us / 1e3);
		else
			printf(" %8s", "-");
	}
}

static void print_table(const struct table *table, struct jq_latency *latency)
{
	struct winsize size = {};
	size_t rows = table->count;
	int width = 60, used = latency ? 104 : 86;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) {
		fputs("\033[H\033[J", stdout);
		if (size.ws_row > 3 && rows > size.ws_row - 3u)
			rows = size.ws_row - 3;
		width = size.ws_col > used + 15 ? size.ws_col - used : 15;
	}
	printf("%-28s %-20s %6s %11s %8s%s %6s  %s\n", "QUEUE", "PROCESS", "JOBS", "CREDITS",
	       "JOBS/S", latency ? "     50 %     99 %" : "", "FAILED", "WAIT");
	for (size_t i = 0; i < rows; i++) {
		const struct queue *queue = &table->queues[i];
		char credits[32], rate[32] = "-";

		snprintf(credits, sizeof(credits), "%u/%u", queue->credits, queue->credits_max);
		if (queue->rate >= 0)
			snprintf(rate, sizeof(rate), "%.1f", queue->rate);
		printf("%-28s %-20s %6" PRIu64 " %11s %8s", queue->name, queue->process,
		       queue->armed - queue->retired, credits, rate);
		if (latency)
			print_latency(latency, queue->context);
		printf(" %6" PRIu64 "  %.*s\n", queue->failed, width, queue->wait);
	}
	if (latency && jq_latency_lost(latency))
		printf("%" PRIu64 " events were lost: the latencies are those of fewer jobs\n",
		       jq_latency_lost(latency));
	fflush(stdout);
}

/* Sleep, and keep the buffer of events from filling up. Return: false after a message. */
static bool wait_for(double end, struct jq_latency *latency)
{
	while (!stopped) {
		double left = end - now();

		if (latency && !jq_latency_read(latency))
			return false;
		if (left <= 0)
			break;
		usleep(1e6 * (latency && left > 0.05 ? 0.05 : left));
	}
	return true;
}

static int show(const char *directory, double delay, long iterations,
		struct jq_latency *latency)
{
	struct table before = {}, table;
	int ret = 0;

	for (long i = 0; !ret && (!iterations || i < iterations); i++) {
		if (!wait_for(i ? now() + delay : 0, latency))
			ret = 2;
		if (ret || stopped)
			break;
		if (read_table(&table, directory)) {
			set_rates(&table, &before);
			qsort(table.queues, table.count, sizeof(*table.queues), compare);
			print_table(&table, latency);
		} else {
			ret = 2;
		}
		if (latency)
			jq_latency_begin(latency);
		free(before.queues);
		before = table;
	}
	free(before.queues);
	return ret;
}

/* Show with latencies. Return: the exit status. */
static int show_latencies(const char *directory, double delay, long iterations,
			  const char *events)
{
	struct sigaction action = { .sa_handler = stop };
	struct jq_latency *latency;
	int ret;

	/* The instance of tracefs must not be left behind. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
	latency = jq_latency_open(TOOL, events);
	if (!latency)
		return 2;
	ret = show(directory, delay, iterations, latency);
	jq_latency_close(latency);
	return ret;
}

/* Return: a number of at least @min, or -1 after a message. */
static double parse_number(const char *option, const char *text, double min)
{
	char *end;
	double value = strtod(text, &end);

	if (end != text && !*end && value >= min && value <= 1e6)
		return value;
	fprintf(stderr, "jq-top: %s requires a number from %g to 1000000, not '%s'\n", option,
		min, text);
	return -1;
}

/**
 * struct options - the command line
 * @directory: debugfs directory, NULL to look for it
 * @events: file with events, NULL for an instance of our own
 * @latency: latencies are shown
 * @delay: seconds between refreshes
 * @iterations: number of refreshes, 0 for no limit
 */
struct options {
	const char *directory, *events;
	bool latency;
	double delay, iterations;
};

/* Return: 0 to continue, 1 after the help, -1 after a message. */
static int parse(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "directory", required_argument, NULL, 'D' },
		{ "latency", no_argument, NULL, 'l' },
		{ "events", required_argument, NULL, 'e' },
		{ "delay", required_argument, NULL, 'd' },
		{ "iterations", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "D:le:d:n:h", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 1;
		} else if (option == 'D') {
			o->directory = optarg;
		} else if (option == 'l') {
			o->latency = true;
		} else if (option == 'e') {
			o->events = optarg;
		} else if (option == 'd') {
			o->delay = parse_number("--delay", optarg, 0.01);
		} else if (option == 'n') {
			o->iterations = parse_number("--iterations", optarg, 1);
		} else {
			fprintf(stderr, "Try 'jq-top --help' for more information.\n");
			return -1;
		}
	}
	if (o->delay < 0 || o->iterations < 0)
		return -1;
	if (optind < argc) {
		fprintf(stderr, "jq-top: unexpected argument '%s'\n", argv[optind]);
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .delay = 1 };
	int ret = parse(argc, argv, &o);

	if (ret)
		return ret < 0 ? 2 : 0;
	o.directory = jq_find_directory(TOOL, o.directory);
	if (!o.directory)
		return 2;
	if (o.latency || o.events)
		return show_latencies(o.directory, o.delay, o.iterations, o.events);
	return show(o.directory, o.delay, o.iterations, NULL);
}
