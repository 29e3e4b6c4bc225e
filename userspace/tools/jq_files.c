// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The debugfs files "why" and "queues", and the lines of the former:
 *
 *   client12/group3 of glmark2[123], medium: STATE
 *   client12/group3/queue0 job 17:5 SENTENCE
 *   client12/group3/queue0 and 4 more jobs ...
 */

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jq_files.h"

/**
 * jq_find_directory - find the directory with the files
 * @tool: name of the program, for messages
 * @directory: what the user has asked for, or NULL
 *
 * Return: the directory, to be kept; NULL after a message if there is none.
 */
const char *jq_find_directory(const char *tool, const char *directory)
{
	static char path[512];
	glob_t found;

	if (directory)
		return directory;
	if (glob("/sys/kernel/debug/dri/*/why", 0, NULL, &found)) {
		fprintf(stderr,
			"%s: no /sys/kernel/debug/dri/*/why: is vpanthor loaded, debugfs mounted, and are you root?\n",
			tool);
		return NULL;
	}
	snprintf(path, sizeof(path), "%s", found.gl_pathv[0]);
	globfree(&found);
	*strrchr(path, '/') = '\0';
	return path;
}

/**
 * jq_read_file - read a file
 * @tool: name of the program, for messages
 * @directory: from jq_find_directory()
 * @name: name of the file
 *
 * Return: its text, to be freed; NULL after a message.
 */
char *jq_read_file(const char *tool, const char *directory, const char *name)
{
	size_t size = 0, room = 65536, n;
	char *text = NULL;
	char path[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "r");
	if (!file) {
		fprintf(stderr, "%s: %s: %s\n", tool, path, strerror(errno));
		return NULL;
	}
	do {
		char *larger = realloc(text, room + 1);

		if (!larger) {
			fprintf(stderr, "%s: %s: %s\n", tool, path, strerror(ENOMEM));
			free(text);
			fclose(file);
			return NULL;
		}
		text = larger;
		n = fread(text + size, 1, room - size, file);
		size += n;
		if (size == room)
			room *= 2;
	} while (n);
	text[size] = '\0';
	if (ferror(file)) {
		fprintf(stderr, "%s: %s: %s\n", tool, path, strerror(errno));
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

/**
 * jq_next_line - take the next line of a text
 * @rest: the text; returns what follows the line
 *
 * Return: the line without its newline, NULL at the end.
 */
char *jq_next_line(char **rest)
{
	char *line = strsep(rest, "\n");

	return line && (*line || *rest) ? line : NULL;
}

/**
 * jq_is_within - compare names by their parts
 * @name: such as client1/group2/queue0
 * @above: such as client1/group2
 *
 * Return: whether @name is @above or part of it.
 */
bool jq_is_within(const char *name, const char *above)
{
	size_t length = strlen(above);

	return !strncmp(name, above, length) && (!name[length] || name[length] == '/');
}

/**
 * jq_split_job - split a line of "why" about a job
 * @line: the line
 * @queue: returns the name of the queue, %JQ_NAME bytes
 * @job: returns CONTEXT:SEQNO as in traces, empty for a line about further jobs,
 *	%JQ_NAME bytes
 * @sentence: returns the rest of the line
 *
 * Return: false if the line is none.
 */
bool jq_split_job(const char *line, char *queue, char *job, const char **sentence)
{
	int end = 0;

	*job = '\0';
	if (sscanf(line, "%63s job %63s %n", queue, job, &end) == 2 && end) {
		*sentence = line + end;
		return true;
	}
	*job = '\0';
	if (sscanf(line, "%63s and %n", queue, &end) == 1 && end) {
		*sentence = line + end;
		return true;
	}
	return false;
}

/**
 * jq_split_group - split a line of "why" about a group
 * @line: the line
 * @group: returns the name, %JQ_NAME bytes
 * @rest: returns what follows: process, priority and state
 *
 * Return: false if the line is none.
 */
bool jq_split_group(const char *line, char *group, const char **rest)
{
	int end = 0;

	if (sscanf(line, "%63s of %n", group, &end) != 1 || !end)
		return false;
	*rest = line + end;
	return true;
}
