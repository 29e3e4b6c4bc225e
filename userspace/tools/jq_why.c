// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * jq-why - print what jobs wait for
 */

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jq_files.h"

#define TOOL	"jq-why"

static const char help[] =
"Usage: jq-why [-D DIR] [QUEUE|JOB]...\n"
"\n"
"Print what jobs wait for, a sentence for each: the fence of another driver or\n"
"queue, the job before it, space in the ring, or that its queue is stopped or\n"
"killed. For a job in a ring the line of its group says what the GPU does: the\n"
"group is on a slot, waits for a slot behind others, is blocked at a sync object,\n"
"or has ended. Needs root.\n"
"\n"
"QUEUE is a name as in traces and debugfs, or the first parts of one:\n"
"  jq-why client12                   what a client waits for, see drm-client-id in\n"
"                                    /proc/PID/fdinfo/FD\n"
"  jq-why client12/group3/queue0     one queue, with its group\n"
"  jq-why client12/vm2/bind          asynchronous VM_BIND of an address space\n"
"JOB is CONTEXT:SEQNO of its fence, as in \"fence=17:5\" of trace events.\n"
"Without either, all groups and jobs are printed, and whether the GPU is on.\n"
"\n"
"The jobs at the front of each queue are printed, and the number of others. Times\n"
"are since the job was submitted: fences do not tell their age.\n"
"\n"
"  -D, --directory=DIR   debugfs directory of the device, with the file \"why\"\n"
"                        (default: the first one of /sys/kernel/debug/dri)\n"
"  -h, --help            print this text\n"
"\n"
"Exit status: 0, 1 if no such queue or job waits, 2 on errors.\n";

/**
 * struct wanted - an argument
 * @text: a queue or a job
 * @is_job: it is a job
 * @queue: the queue of the job, empty if no line is about the job
 */
struct wanted {
	const char *text;
	bool is_job;
	char queue[JQ_NAME];
};

/* Find the queue of a job, for the line of its group. */
static void find_job(struct wanted *wanted, const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;
	char queue[JQ_NAME], job[JQ_NAME];
	const char *sentence;

	if (!copy)
		return;
	while ((line = jq_next_line(&rest))) {
		if (jq_split_job(line, queue, job, &sentence) && !strcmp(job, wanted->text))
			snprintf(wanted->queue, sizeof(wanted->queue), "%s", queue);
	}
	free(copy);
}

static bool is_wanted(const char *line, const struct wanted *wanted)
{
	char name[JQ_NAME], job[JQ_NAME];
	const char *rest;

	if (jq_split_job(line, name, job, &rest))
		return wanted->is_job ? !strcmp(job, wanted->text) :
					jq_is_within(name, wanted->text);
	if (!jq_split_group(line, name, &rest))
		return false;
	if (wanted->is_job)
		return jq_is_within(wanted->queue, name);
	return jq_is_within(name, wanted->text) || jq_is_within(wanted->text, name);
}

/* Return: the number of lines printed. */
static unsigned int print_lines(char *text, const struct wanted *wanted, int count)
{
	unsigned int printed = 0;
	char *line;

	while ((line = jq_next_line(&text))) {
		bool print = !count;

		for (int i = 0; i < count; i++)
			print |= is_wanted(line, &wanted[i]);
		if (print) {
			puts(line);
			printed++;
		}
	}
	return printed;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "directory", required_argument, NULL, 'D' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *directory = NULL;
	struct wanted *wanted;
	unsigned int printed;
	int option, count;
	char *text;

	while ((option = getopt_long(argc, argv, "D:h", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option != 'D') {
			fprintf(stderr, "Try 'jq-why --help' for more information.\n");
			return 2;
		}
		directory = optarg;
	}
	directory = jq_find_directory(TOOL, directory);
	text = directory ? jq_read_file(TOOL, directory, "why") : NULL;
	count = argc - optind;
	wanted = calloc(count + 1, sizeof(*wanted));
	if (!text || !wanted)
		return 2;
	for (int i = 0; i < count; i++) {
		wanted[i].text = argv[optind + i];
		wanted[i].is_job = strchr(wanted[i].text, ':');
		if (wanted[i].is_job)
			find_job(&wanted[i], text);
	}
	printed = print_lines(text, wanted, count);
	if (!printed)
		fprintf(stderr, "jq-why: nothing of that name waits\n");
	free(wanted);
	free(text);
	return printed ? 0 : 1;
}
