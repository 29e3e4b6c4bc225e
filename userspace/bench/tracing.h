/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TRACING_H
#define TRACING_H

/**
 * DOC: Reading the kernel's trace
 *
 * Events carry the processor's time stamp counter, which RDTSC reads. In a guest
 * whose time counts instructions it advances by one per instruction.
 */

/**
 * struct trace_line - one event
 * @time: time stamp counter
 * @name: name of the event
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
