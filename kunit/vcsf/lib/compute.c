// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fixture for tests of compute shaders: start a group with descriptors, emit jobs.
 */

#include "base/vcsf.h"
#include "compute.h"

const u64 vcsf_compute_store_id[] = {
	0x01a3c20020273c80,	/* SHADDX.u64 r2, u0, r60.w0, shift:0x2 */
	0x78617c0218000002,	/* STORE.i32.slot0.end @r60, r2, offset:0 */
};

const u64 vcsf_compute_load_first[] = {
	0x0091c20000000080,	/* MOV.i32 r2, u0 */
	0x0091c30000000081,	/* MOV.i32 r3, u1 */
	0x7860808218000002,	/* LOAD.i32.unsigned.slot0.end @r0, r2, offset:0 */
};

const u64 vcsf_compute_wait[] = {
	0x0091c20000000080,	/* MOV.i32 r2, u0 */
	0x0091c30000000081,	/* MOV.i32 r3, u1 */
	0x0091c100000000c1,	/* MOV.i32 r1, 0xFFFFFFFF */
	0x0861410218000002,	/* STORE.i32.slot0.wait0 @r1, r2, offset:0 */
	0x0860808218000402,	/* LOAD.i32.unsigned.slot0.wait0 @r0, r2, offset:4 */
	0x501fc017fffffe00,	/* BRANCHZ.eq.reconverge r0, offset:-2 */
	0x7869800018000802,	/* ATOM1_RETURN.i32.slot0.ainc.end @, r2, offset:0x8 */
};

int vcsf_compute_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	config.shaders = VCSF_SHADERS_RUN_COMPUTE;
	vcsf_host_create_with(test, &config);

	return 0;
}

void vcsf_compute_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

/* Map the pages of the fixture. */
void vcsf_compute_map(struct vcsf_compute_fixture *f)
{
	unsigned int i;

	f->program = vcsf_host_map_new(&f->g.vm, PROGRAM);
	for (i = 0; i < OUTPUT_PAGES; i++)
		f->output[i] = vcsf_host_map_new(&f->g.vm, OUTPUT + i * 0x1000);
	f->shared = vcsf_host_map_new(&f->g.vm, SHARED);
	f->shader = (void *)f->program + (SHADER - PROGRAM);
	f->storage = (void *)f->program + (STORAGE - PROGRAM);
	f->uniforms = (void *)f->program + (UNIFORMS - PROGRAM);
}

/* Write valid descriptors. */
void vcsf_compute_describe(struct vcsf_compute_fixture *f)
{
	f->shader->flags = FIELD_PREP(CSF_SHADER_TYPE, CSF_DESCRIPTOR_SHADER) |
			   FIELD_PREP(CSF_SHADER_STAGE, CSF_STAGE_COMPUTE);
	f->shader->preload = 0x7f80;
	f->shader->binary = PROGRAM;
	f->storage->wls_base = SHARED;
	f->uniforms[0] = OUTPUT;
	f->uniform_count = 1;
}

void vcsf_compute_setup(struct kunit *test, struct vcsf_compute_fixture *f,
			unsigned int queues)
{
	unsigned int i;

	vcsf_group_setup(test, &f->g, queues);
	vcsf_compute_map(f);
	vcsf_compute_describe(f);
	for (i = 0; i < queues; i++)
		EMIT(&f->g.group, i, csf_set_sb_entry(ENTRY, 1),
		     csf_req_resource(CSF_RESOURCE_COMPUTE));
}

void vcsf_compute_program(struct vcsf_compute_fixture *f, const u64 *words,
			  unsigned int count)
{
	memset(f->program, 0, SHADER - PROGRAM);
	memcpy(f->program, words, count * sizeof(*words));
}

u32 vcsf_compute_size(u32 x, u32 y, u32 z)
{
	return FIELD_PREP(CSF_WG_SIZE_X, x - 1) |
	       FIELD_PREP(CSF_WG_SIZE_Y, y - 1) |
	       FIELD_PREP(CSF_WG_SIZE_Z, z - 1);
}

/* Emit a job of @groups workgroups along x, and what signals its end. */
void vcsf_compute_emit(struct vcsf_compute_fixture *f, unsigned int queue,
		       u32 size, u32 groups)
{
	EMIT(&f->g.group, queue, csf_move48(CSF_REG_COMPUTE_SRT(0), 0),
	     csf_move48(CSF_REG_COMPUTE_FAU(0), UNIFORMS),
	     csf_move32(CSF_REG_COMPUTE_FAU(0) + 1, f->uniform_count << 24),
	     csf_move48(CSF_REG_COMPUTE_SPD(0), SHADER),
	     csf_move48(CSF_REG_COMPUTE_TSD(0), STORAGE),
	     csf_move32(CSF_REG_COMPUTE_WG_SIZE, size),
	     csf_move32(CSF_REG_COMPUTE_OFFSET(0), 0),
	     csf_move32(CSF_REG_COMPUTE_OFFSET(1), 0),
	     csf_move32(CSF_REG_COMPUTE_OFFSET(2), 0),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), groups),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), 1),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), 1),
	     csf_run_compute(1, 0, 0), csf_wait(BIT(ENTRY)));
	vcsf_group_emit_signal(&f->g.group, queue, SEQNO + 2 * queue);
}
