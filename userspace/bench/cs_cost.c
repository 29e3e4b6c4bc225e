// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * cs-cost - what the software GPU costs the machine that it runs on
 *
 * Made for a guest in which time counts instructions (QEMU's -icount). Streams
 * take the time themselves, with STORE_STATE; what happens between driver and
 * GPU is seen by tracepoints, less what those take.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cs_builder.h"
#include "panthor.h"
#include "panthor_sync.h"

#define CODE_VA		0x1000000ull
#define CODE_SIZE	(64 * 1024)
#define DATA_VA		0x2000000ull
#define RING_SIZE	4096

/* Registers: data address, values, a number of instructions */
#define ADDR		68
#define VALUE		70
#define COUNT		74

#define TIMES		15
#define INSTRUCTIONS	2048
#define TRACING		"/sys/kernel/tracing/"
#define TRACE_LINE_MAX	512

struct gpu {
	int fd;
	uint32_t vm;
	uint32_t group;
	uint32_t done;
	uint64_t point;
	struct panthor_buf code;
	struct panthor_buf data;
};

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "cs-cost: %s\n", what);
	exit(1);
}

static void gpu_open(struct gpu *g)
{
	g->fd = panthor_open();
	need(g->fd >= 0, "there is no GPU");
	need(!panthor_vm_create(g->fd, 0, &g->vm), "no address space");
	need(!panthor_buf_create(g->fd, g->vm, CODE_VA, CODE_SIZE, 0, &g->code),
	     "no code buffer");
	need(!panthor_buf_create(g->fd, g->vm, DATA_VA, PANTHOR_PAGE_SIZE,
				 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, &g->data),
	     "no data buffer");
	need(!panthor_group_create(g->fd, g->vm, 1, RING_SIZE, &g->group),
	     "no group");
	need(!panthor_syncobj_create(g->fd, 0, &g->done), "no syncobj");
}

static void gpu_run(struct gpu *g, struct csb *b)
{
	struct panthor_job job;

	need(!csb_finish(b) && csb_size(b) <= CODE_SIZE, "a bad stream");
	memcpy(g->code.cpu, b->words, csb_size(b));
	panthor_job_init(&job, 0, CODE_VA, csb_size(b));
	panthor_job_signal(&job, g->done, ++g->point);
	need(!panthor_submit(g->fd, g->group, &job, 1), "a job was refused");
	need(!panthor_syncobj_wait(g->fd, g->done, g->point, 60 * PANTHOR_SECOND),
	     "a job does not end");
	csb_fini(b);
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median(double *values, unsigned int count)
{
	qsort(values, count, sizeof(*values), by_value);

	return values[count / 2];
}

/* --- Instructions ----------------------------------------------------------------- */

static void nop(struct csb *b)
{
	csb_emit(b, csf_nop());
}

static void move32(struct csb *b)
{
	csb_move32(b, VALUE, 1);
}

static void move48(struct csb *b)
{
	csb_move48(b, VALUE, 1);
}

static void add32(struct csb *b)
{
	csb_add32(b, VALUE, VALUE, 1);
}

static void add64(struct csb *b)
{
	csb_add64(b, VALUE, VALUE, 1);
}

static void branch_taken(struct csb *b)
{
	csb_emit(b, csf_branch(CSF_COND_ALWAYS, VALUE, 0));
}

static void branch_not_taken(struct csb *b)
{
	csb_emit(b, csf_branch(CSF_COND_NE, COUNT, 0));
}

static void load_one(struct csb *b)
{
	csb_load(b, VALUE, 1, ADDR, 0);
}

static void load_many(struct csb *b)
{
	csb_load(b, 0, 16, ADDR, 0);
}

static void store_one(struct csb *b)
{
	csb_store(b, VALUE, 1, ADDR, 64);
}

static void store_many(struct csb *b)
{
	csb_store(b, 0, 16, ADDR, 64);
}

static void wait_memory(struct csb *b)
{
	csb_wait(b, 0xff);
}

static const struct instr_case {
	const char *name;
	void (*emit)(struct csb *b);
} instr_cases[] = {
	{ "NOP", nop },
	{ "MOVE32", move32 },
	{ "MOVE48", move48 },
	{ "ADD_IMM32", add32 },
	{ "ADD_IMM64", add64 },
	{ "BRANCH-taken", branch_taken },
	{ "BRANCH-not-taken", branch_not_taken },
	{ "WAIT", wait_memory },
	{ "LOAD-1", load_one },
	{ "LOAD-16", load_many },
	{ "STORE-1", store_one },
	{ "STORE-16", store_many },
};

/* From one timestamp to the next, with COUNT times an instruction in between */
static double stream_time(struct gpu *g, void (*emit)(struct csb *b),
			  unsigned int count)
{
	const uint64_t *stamps = g->data.cpu;
	struct csb b;

	csb_init(&b);
	csb_move48(&b, ADDR, DATA_VA);
	csb_move32(&b, COUNT, 0);
	/* Know the page, so that what follows does not have to look for it. */
	csb_store(&b, COUNT, 1, ADDR, 64);
	csb_store_state(&b, ADDR, 1024, CSF_STATE_TIMESTAMP);
	for (unsigned int i = 0; i < count; i++)
		emit(&b);
	csb_store_state(&b, ADDR, 1032, CSF_STATE_TIMESTAMP);
	gpu_run(g, &b);

	return stamps[129] - stamps[128];
}

static double instr_cost(struct gpu *g, const struct instr_case *c)
{
	double costs[TIMES];

	for (unsigned int i = 0; i < TIMES; i++)
		costs[i] = (stream_time(g, c->emit, INSTRUCTIONS) -
			    stream_time(g, c->emit, 0)) / INSTRUCTIONS;

	return median(costs, TIMES);
}

/* --- Between driver and GPU -------------------------------------------------------- */

static void tracing_write(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), TRACING "%s", name);
	file = fopen(path, "w");
	need(file, "no tracing");
	fputs(text, file);
	need(!fclose(file), "tracing refuses something");
}

/* With this clock, stamps are the processor's: one for each instruction. */
static void tracing_start(void)
{
	tracing_write("trace_clock", "x86-tsc");
	tracing_write("events/vcsf/vcsf_doorbell/enable", "1");
	tracing_write("events/vcsf/vcsf_instr/enable", "1");
	tracing_write("events/irq/irq_handler_entry/enable", "1");
}

static void tracing_stop(void)
{
	tracing_write("events/enable", "0");
	tracing_write("trace_clock", "local");
}

struct moments {
	double doorbell;	/* the last one of a queue before it runs */
	double first;		/* first instruction */
	double second;
	double signal;		/* the SYNC_ADD64 that ends the job */
	double irq;		/* the driver's handler after that */
};

static void note_instr(struct moments *m, double time, uint64_t ins)
{
	if (!m->first)
		m->first = time;
	else if (!m->second)
		m->second = time;
	if (csf_get(ins, CSF_F_OPCODE) == CSF_OP_SYNC_ADD64)
		m->signal = time;
}

static void note_line(struct moments *m, const char *line)
{
	const char *event = strstr(line, " vcsf_"), *arg;
	const char *irq = strstr(line, " irq_handler_entry:");
	const char *name = irq ? irq : event;
	double time;

	if (!name)
		return;
	/* "... 123456789 vcsf_doorbell: ..." or "123456789: vcsf_..." */
	while (name > line && (name[-1] == ':' || name[-1] == ' '))
		name--;
	while (name > line && name[-1] >= '0' && name[-1] <= '9')
		name--;
	time = strtod(name, NULL);

	if (irq && m->signal && !m->irq && strstr(irq, "job"))
		m->irq = time;
	if (!event)
		return;
	arg = strstr(event, "doorbell=");
	if (arg && !m->first && strtoul(arg + 9, NULL, 10))
		m->doorbell = time;
	arg = strstr(event, "ins=");
	if (arg)
		note_instr(m, time, strtoull(arg + 4, NULL, 16));
}

static void trace_job(struct gpu *g, struct moments *m)
{
	char line[TRACE_LINE_MAX];
	struct csb b;
	FILE *file;

	memset(m, 0, sizeof(*m));
	csb_init(&b);
	nop(&b);
	tracing_write("trace", "");
	gpu_run(g, &b);
	file = fopen(TRACING "trace", "r");
	need(file, "no trace");
	while (fgets(line, sizeof(line), file))
		note_line(m, line);
	fclose(file);
	need(m->doorbell && m->second && m->signal && m->irq,
	     "the trace lacks something");
}

static void latencies(struct gpu *g, double move)
{
	double start[TIMES], end[TIMES], event[TIMES], own;
	struct moments m;

	tracing_start();
	for (unsigned int i = 0; i < TIMES; i++) {
		trace_job(g, &m);
		start[i] = m.first - m.doorbell;
		end[i] = m.irq - m.signal;
		/* The first is a MOVE32: the rest of the time is the event's. */
		event[i] = m.second - m.first - move;
	}
	tracing_stop();
	own = median(event, TIMES);
	printf("what=doorbell-to-first cost=%.1f\n", median(start, TIMES) - own);
	printf("what=SYNC_ADD-to-irq cost=%.1f\n", median(end, TIMES) - own);
}

int main(void)
{
	double cost, move = 0;
	struct gpu g = {};

	gpu_open(&g);
	for (size_t i = 0; i < sizeof(instr_cases) / sizeof(instr_cases[0]); i++) {
		cost = instr_cost(&g, &instr_cases[i]);
		printf("what=%s cost=%.1f\n", instr_cases[i].name, cost);
		if (instr_cases[i].emit == move32)
			move = cost;
	}
	latencies(&g, move);

	return 0;
}
