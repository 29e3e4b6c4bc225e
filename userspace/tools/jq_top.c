// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * jq-top - show job queues live
 */

#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "jq_files.h"

#define TOOL	"jq-top"

static const char help[] =
"Usage: jq-top [-D DIR] [-d SECONDS] [-n COUNT]\n"
"\n"
"Show job queues, the busiest first, and refresh. Needs root. The columns:\n"
"  QUEUE     name as in traces and debugfs, see jq-why\n"
"  PROCESS   process that created the queue's group\n"
"  JOBS      jobs that were submitted and are not complete\n"
"  CREDITS   space used in the ring, and its size\n"
"  JOBS/S    completed jobs per second since the last refresh\n"
"  FAILED    completed jobs with an error\n"
"  WAIT      what the first waiting job waits for; jq-why has the whole sentence\n"
"\n"
"  -D, --directory=DIR     debugfs directory of the device, with \"why\" and \"queues\"\n"
"                          (default: the first one of /sys/kernel/debug/dri)\n"
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

static void print_table(const struct table *table)
{
	struct winsize size = {};
	size_t rows = table->count;
	int width = 60;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) {
		fputs("\033[H\033[J", stdout);
		if (size.ws_row > 2 && rows > size.ws_row - 2u)
			rows = size.ws_row - 2;
		width = size.ws_col > 100 ? size.ws_col - 85 : 15;
	}
	printf("%-28s %-20s %6s %11s %8s %6s  %s\n", "QUEUE", "PROCESS", "JOBS", "CREDITS",
	       "JOBS/S", "FAILED", "WAIT");
	for (size_t i = 0; i < rows; i++) {
		const struct queue *queue = &table->queues[i];
		char credits[32], rate[32] = "-";

		snprintf(credits, sizeof(credits), "%u/%u", queue->credits, queue->credits_max);
		if (queue->rate >= 0)
			snprintf(rate, sizeof(rate), "%.1f", queue->rate);
		printf("%-28s %-20s %6" PRIu64 " %11s %8s %6" PRIu64 "  %.*s\n", queue->name,
		       queue->process, queue->armed - queue->retired, credits, rate,
		       queue->failed, width, queue->wait);
	}
	fflush(stdout);
}

static int show(const char *directory, double delay, long iterations)
{
	struct table before = {}, table;

	for (long i = 0; !iterations || i < iterations; i++) {
		if (i)
			usleep(delay * 1e6);
		if (!read_table(&table, directory))
			return 2;
		set_rates(&table, &before);
		qsort(table.queues, table.count, sizeof(*table.queues), compare);
		print_table(&table);
		free(before.queues);
		before = table;
	}
	free(before.queues);
	return 0;
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

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "directory", required_argument, NULL, 'D' },
		{ "delay", required_argument, NULL, 'd' },
		{ "iterations", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *directory = NULL;
	double delay = 1, iterations = 0;
	int option;

	while ((option = getopt_long(argc, argv, "D:d:n:h", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		} else if (option == 'D') {
			directory = optarg;
		} else if (option == 'd') {
			delay = parse_number("--delay", optarg, 0.01);
		} else if (option == 'n') {
			iterations = parse_number("--iterations", optarg, 1);
		} else {
			fprintf(stderr, "Try 'jq-top --help' for more information.\n");
			return 2;
		}
	}
	if (delay < 0 || iterations < 0)
		return 2;
	if (optind < argc) {
		fprintf(stderr, "jq-top: unexpected argument '%s'\n", argv[optind]);
		return 2;
	}
	directory = jq_find_directory(TOOL, directory);
	return directory ? show(directory, delay, iterations) : 2;
}
