// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * cs-cost - measure what the software GPU costs the machine that it runs on
 *
 * For a guest whose time counts instructions (QEMU's -icount). Streams take time
 * stamps themselves, with STORE_STATE. The latencies between driver and GPU are
 * read from tracepoints, less the cost of the tracepoints.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_gpu.h"
#include "shader_cost.h"
#include "tracing.h"

/* Registers: data address, value, zero for conditional branches */
#define ADDR		68
#define VALUE		70
#define COUNT		74

#define TIMES		15
#define INSTRUCTIONS	2048

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

static void branch_taken_if(struct csb *b)
{
	csb_emit(b, csf_branch(CSF_COND_EQ, COUNT, 0));
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
	{ "BRANCH-always", branch_taken },
	{ "BRANCH-taken", branch_taken_if },
	{ "BRANCH-not-taken", branch_not_taken },
	{ "WAIT", wait_memory },
	{ "LOAD-1", load_one },
	{ "LOAD-16", load_many },
	{ "STORE-1", store_one },
	{ "STORE-16", store_many },
};

/* Time between two time stamps with @count copies of an instruction in between */
static double stream_time(struct gpu *g, void (*emit)(struct csb *b),
			  unsigned int count)
{
	const uint64_t *stamps = g->data.cpu;
	struct csb b;

	csb_init(&b);
	csb_move48(&b, ADDR, DATA_VA);
	csb_move32(&b, COUNT, 0);
	/* Touch the page, so that the measured code has no TLB miss. */
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

/* --- Latencies between driver and GPU ---------------------------------------------- */

static const char * const events[] = {
	"vcsf/vcsf_doorbell", "vcsf/vcsf_instr", "irq/irq_handler_entry",
};

struct event_times {
	double doorbell;	/* the queue's last doorbell before the job runs */
	double first;		/* first instruction */
	double second;		/* second instruction */
	double signal;		/* SYNC_ADD64 at the end of the job */
	double irq;		/* interrupt handler of the driver */
};

static void note_instr(struct event_times *m, double time, uint64_t ins)
{
	if (!m->first)
		m->first = time;
	else if (!m->second)
		m->second = time;
	if (csf_get(ins, CSF_F_OPCODE) == CSF_OP_SYNC_ADD64)
		m->signal = time;
}

static void note_line(void *data, const struct trace_line *line)
{
	struct event_times *m = data;
	const char *arg;

	if (!strcmp(line->name, "irq_handler_entry")) {
		if (m->signal && !m->irq && strstr(line->args, "name=job"))
			m->irq = line->time;
		return;
	}
	arg = strstr(line->args, "doorbell=");
	if (arg && !m->first && strtoul(arg + 9, NULL, 10))
		m->doorbell = line->time;
	arg = strstr(line->args, "ins=");
	if (arg)
		note_instr(m, line->time, strtoull(arg + 4, NULL, 16));
}

static void trace_job(struct gpu *g, struct event_times *m)
{
	struct csb b;

	memset(m, 0, sizeof(*m));
	tracing_clear();
	/* A first job powers up the GPU; otherwise no doorbell starts the queue. */
	csb_init(&b);
	nop(&b);
	gpu_run(g, &b);
	tracing_clear();
	csb_init(&b);
	nop(&b);
	gpu_run(g, &b);
	tracing_read(note_line, m);
	need(m->doorbell && m->second && m->signal && m->irq,
	     "incomplete trace");
}

static void latencies(struct gpu *g, double move)
{
	double start[TIMES], end[TIMES], event[TIMES], own;
	struct event_times m;

	tracing_start(events, ARRAY_SIZE(events));
	for (unsigned int i = 0; i < TIMES; i++) {
		trace_job(g, &m);
		start[i] = m.first - m.doorbell;
		end[i] = m.irq - m.signal;
		/* The first is a MOVE32: the rest of the time is the tracepoint's. */
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
	struct gpu g;

	gpu_open(&g);
	for (size_t i = 0; i < ARRAY_SIZE(instr_cases); i++) {
		cost = instr_cost(&g, &instr_cases[i]);
		printf("what=%s cost=%.1f\n", instr_cases[i].name, cost);
		if (instr_cases[i].emit == move32)
			move = cost;
	}
	shader_costs(&g);
	latencies(&g, move);

	return 0;
}
