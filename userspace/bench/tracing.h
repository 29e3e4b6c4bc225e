/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TRACING_H
#define TRACING_H

/**
 * DOC: Reading the kernel's trace
 *
 * Events are stamped by the processor's counter, the one that RDTSC reads. In a
 * guest whose time counts instructions it advances by one for each.
 */

/**
 * struct trace_line - one event
 * @time: the processor's counter
 * @name: the event
 * @args: the rest of the line, "name=value ..."
 */
struct trace_line {
	double time;
	const char *name;
	const char *args;
};

void tracing_start(const char * const *events, unsigned int count);
void tracing_clear(void);
void tracing_read(void (*note)(void *data, const struct trace_line *line), void *data);
void tracing_stop(void);

#endif /* TRACING_H */
