// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The command streams of the demo's jobs. */

#include "cs_builder.h"
#include "run.h"

/* Registers, all of them pairs except the counter and the scratch register */
#define REG_SLOT	0
#define REG_OTHER	2
#define REG_CONSTANT	4
#define REG_COUNT	6
#define REG_SCRATCH	7
#define REG_INPUT(i)	(8 + 2 * (i))

static uint64_t slot_va(unsigned int job, size_t field)
{
	return RUN_LEDGER_VA + job * sizeof(struct ledger_slot) + field;
}

/**
 * stream_job - emit the code of a job
 * @g: the graph, checked
 * @job: index of the job
 * @b: the stream
 *
 * The code computes what graph_compute() does. No instruction adds two registers,
 * but SYNC_ADD64 adds a register to memory: each iteration of the loop adds the
 * job's constant and its inputs to the slot. The inputs are loaded once, at the
 * beginning, so that a job that runs too early uses incomplete values.
 */
void stream_job(const struct graph *g, unsigned int job, struct csb *b)
{
	unsigned int inputs[GRAPH_MAX_DEPS + 1], count;
	struct csb_label round = CSB_LABEL_INIT;

	count = graph_inputs(g, job, inputs);
	csb_move48(b, REG_SLOT, slot_va(job, 0));
	csb_store_state(b, REG_SLOT, offsetof(struct ledger_slot, begin),
			CSF_STATE_TIMESTAMP);
	for (unsigned int i = 0; i < count; i++) {
		csb_move48(b, REG_OTHER, slot_va(inputs[i], 0));
		csb_load(b, REG_INPUT(i), 2, REG_OTHER,
			 offsetof(struct ledger_slot, value));
	}
	csb_wait(b, CSB_SB_ALL);

	csb_move48(b, REG_CONSTANT, g->jobs[job].constant);
	csb_move32(b, REG_COUNT, g->jobs[job].work);
	csb_place(b, &round);
	csb_sync_add64(b, REG_SLOT, REG_CONSTANT, CSF_SYNC_SCOPE_GROUP);
	for (unsigned int i = 0; i < count; i++)
		csb_sync_add64(b, REG_SLOT, REG_INPUT(i), CSF_SYNC_SCOPE_GROUP);
	csb_add32(b, REG_COUNT, REG_COUNT, -1);
	csb_branch(b, CSF_COND_GT, REG_COUNT, &round);

	csb_store_state(b, REG_SLOT, offsetof(struct ledger_slot, end),
			CSF_STATE_TIMESTAMP);
	csb_flush(b, REG_SCRATCH);
}

/**
 * stream_timestamp - emit a store of the GPU's timestamp
 * @va: GPU address
 * @b: the stream
 */
void stream_timestamp(uint64_t va, struct csb *b)
{
	csb_move48(b, REG_SLOT, va);
	csb_store_state(b, REG_SLOT, 0, CSF_STATE_TIMESTAMP);
	csb_flush(b, REG_SCRATCH);
}
