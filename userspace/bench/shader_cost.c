// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What compute shaders cost the machine that executes them: instructions per lane
 * of a full warp, and the launch of a workgroup.
 *
 * As in cs_cost.c, time counts instructions, and streams take the time stamps.
 */

#include <stdio.h>
#include <string.h>

#include <vcsf/csf_desc.h>

#include "bench_gpu.h"
#include "shader_cost.h"

#define TIMES		7
#define LANES		16
#define GROUPS		50
#define FEW		10
#define MANY		60

/* Behind the stream in the code buffer */
#define PROGRAM		(CODE_SIZE / 2)
#define SHADER		(PROGRAM + 4096)
#define STORAGE		(SHADER + 64)
#define UNIFORMS	(STORAGE + 64)

#define ENTRY		2
#define ADDR		68

static const uint64_t prologue[] = {
	0x0091c20000000080,	/* MOV.i32 r2, u0 */
	0x0091c30000000081,	/* MOV.i32 r3, u1 */
};

#define END	0x7800c00000000000	/* NOP.end */

static const struct shader_case {
	const char *name;
	uint64_t word;
} cases[] = {
	{ "IADD", 0x00a0c00000000100 },	/* IADD.u32 r0, r0, r1 */
	{ "FMA", 0x00b2c00000000000 },	/* FMA.f32 r0, r0, r0, r0 */
	{ "LOAD", 0x0860808218000002 },	/* LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:0 */
	{ "STORE", 0x0861400218000002 },/* STORE.i32.slot0.wait0 @r0, r2, offset:0 */
};

static void load_program(struct gpu *g, uint64_t word, unsigned int count)
{
	char *code = g->code.cpu;
	uint64_t *words = (uint64_t *)(code + PROGRAM);
	struct csf_shader *shader = (struct csf_shader *)(code + SHADER);

	memcpy(words, prologue, sizeof(prologue));
	words += ARRAY_SIZE(prologue);
	for (unsigned int i = 0; i < count; i++)
		*words++ = word;
	*words = END;
	*shader = (struct csf_shader) {
		.flags = CSF_DESCRIPTOR_SHADER | CSF_STAGE_COMPUTE << 4,
		.preload = 0x7f80,
		.binary = CODE_VA + PROGRAM,
	};
	memset(code + STORAGE, 0, sizeof(struct csf_local_storage));
	*(uint64_t *)(code + UNIFORMS) = DATA_VA;
}

/* Time of a job */
static double job_time(struct gpu *g, unsigned int groups)
{
	const uint64_t *stamps = g->data.cpu;
	struct csb b;

	csb_init(&b);
	csb_move48(&b, ADDR, DATA_VA);
	csb_emit(&b, csf_set_sb_entry(ENTRY, 1));
	csb_emit(&b, csf_req_resource(CSF_RESOURCE_COMPUTE));
	csb_move48(&b, CSF_REG_COMPUTE_SRT(0), 0);
	csb_move48(&b, CSF_REG_COMPUTE_FAU(0), CODE_VA + UNIFORMS);
	csb_move32(&b, CSF_REG_COMPUTE_FAU(0) + 1, 1 << 24);
	csb_move48(&b, CSF_REG_COMPUTE_SPD(0), CODE_VA + SHADER);
	csb_move48(&b, CSF_REG_COMPUTE_TSD(0), CODE_VA + STORAGE);
	csb_move32(&b, CSF_REG_COMPUTE_WG_SIZE, LANES - 1);
	csb_move32(&b, CSF_REG_COMPUTE_WG_COUNT(0), groups);
	csb_move32(&b, CSF_REG_COMPUTE_WG_COUNT(1), 1);
	csb_move32(&b, CSF_REG_COMPUTE_WG_COUNT(2), 1);
	csb_store_state(&b, ADDR, 1024, CSF_STATE_TIMESTAMP);
	csb_emit(&b, csf_run_compute(1, 0, 0));
	csb_wait(&b, 1 << ENTRY);
	csb_store_state(&b, ADDR, 1032, CSF_STATE_TIMESTAMP);
	gpu_run(g, &b);

	return stamps[129] - stamps[128];
}

static double program_time(struct gpu *g, uint64_t word, unsigned int count,
			   unsigned int groups)
{
	double times[TIMES];

	load_program(g, word, count);
	for (unsigned int i = 0; i < TIMES; i++)
		times[i] = job_time(g, groups);

	return median(times, TIMES);
}

/**
 * shader_costs - measure and print what shaders cost
 * @g: the context
 */
void shader_costs(struct gpu *g)
{
	double few, many;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		few = program_time(g, cases[i].word, FEW, GROUPS);
		many = program_time(g, cases[i].word, MANY, GROUPS);
		printf("what=shader-%s-per-lane cost=%.1f\n", cases[i].name,
		       (many - few) / ((MANY - FEW) * LANES * GROUPS));
	}
	few = program_time(g, END, 0, FEW);
	many = program_time(g, END, 0, FEW + GROUPS);
	printf("what=shader-workgroup cost=%.1f\n", (many - few) / GROUPS);
}
