// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Reader of tracefs: enables trace events and parses the trace as text. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_gpu.h"
#include "tracing.h"

#define TRACING		"/sys/kernel/tracing/"
#define LINE_MAX_BYTES	512

static void tracing_write(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), TRACING "%s", name);
	file = fopen(path, "w");
	need(file, "cannot open a tracefs file");
	fputs(text, file);
	need(!fclose(file), "cannot write a tracefs file");
}

/**
 * tracing_start - enable trace events
 * @events: names with their directories, "irq/irq_handler_entry"
 * @count: number of them
 */
void tracing_start(const char * const *events, unsigned int count)
{
	char path[96];

	tracing_write("trace_clock", "x86-tsc");
	for (unsigned int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "events/%s/enable", events[i]);
		tracing_write(path, "1");
	}
}

/**
 * tracing_stop - disable all trace events
 */
void tracing_stop(void)
{
	tracing_write("events/enable", "0");
	tracing_write("trace_clock", "local");
}

/**
 * tracing_clear - discard the events recorded so far
 */
void tracing_clear(void)
{
	tracing_write("trace", "");
}

/* "TASK-PID [CPU] FLAGS TIME: NAME: ARGUMENTS" */
static bool parse_line(char *text, struct trace_line *line)
{
	char *at = strstr(text, "] "), *end;

	if (*text == '#' || !at)
		return false;
	at = strchr(at + 2, ' ');
	if (!at)
		return false;
	line->time = strtod(at, &end);
	if (end == at || *end != ':')
		return false;
	line->name = end + 2;
	end = strchr(line->name, ':');
	if (!end)
		return false;
	*end = '\0';
	line->args = end + 1;
	return true;
}

/**
 * tracing_read - iterate over the recorded events in order
 * @note: callback for each event
 * @data: argument of @note
 */
void tracing_read(void (*note)(void *data, const struct trace_line *line), void *data)
{
	FILE *file = fopen(TRACING "trace", "r");
	char text[LINE_MAX_BYTES];
	struct trace_line line;

	need(file, "cannot open the trace");
	while (fgets(text, sizeof(text), file)) {
		if (parse_line(text, &line))
			note(data, &line);
	}
	fclose(file);
}
