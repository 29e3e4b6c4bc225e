/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_COMPUTE_FIXTURE_H_
#define _VCSF_COMPUTE_FIXTURE_H_

/*
 * Fixture for tests of compute shaders: a group with a program, its descriptors and
 * memory for its output. The virtual clock makes the timing repeatable: a stage of a
 * job runs when the previous one has taken its time.
 *
 * Programs are words of the assembler in userspace/tests/shader_asm.c, with the text
 * beside them. Their uniforms 0 and 1 are the address of the output.
 */

#include <linux/bitfield.h>
#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "group.h"

#define US	((u64)NSEC_PER_USEC)
#define MS	((u64)NSEC_PER_MSEC)

/* Pages: program and descriptors, output, storage; an address without one */
#define PROGRAM		0x2000000ULL
#define SHADER		(PROGRAM + 0x800)
#define STORAGE		(PROGRAM + 0x840)
#define UNIFORMS	(PROGRAM + 0x880)
#define OUTPUT		0x2010000ULL
#define OUTPUT_PAGES	2
#define SHARED		0x2020000ULL
#define NOWHERE		0x2030000ULL

#define SEQNO		0
#define ENTRY		2

/* Time in which each job of the tests ends, if it can */
#define ENOUGH		(10 * MS)

struct vcsf_compute_fixture {
	struct vcsf_group_fixture g;
	u64 *program;
	u32 *output[OUTPUT_PAGES];
	u32 *shared;
	struct csf_shader *shader;
	struct csf_local_storage *storage;
	u64 *uniforms;
	unsigned int uniform_count;
};

/* Each lane stores its number. */
extern const u64 vcsf_compute_store_id[2];
/* Load the first word of the output. */
extern const u64 vcsf_compute_load_first[3];
/* Say in word 0 that the workgroup has begun, wait for word 1, count in word 2. */
extern const u64 vcsf_compute_wait[7];

int vcsf_compute_init_case(struct kunit *test);
void vcsf_compute_exit_case(struct kunit *test);
void vcsf_compute_map(struct vcsf_compute_fixture *f);
void vcsf_compute_describe(struct vcsf_compute_fixture *f);
void vcsf_compute_setup(struct kunit *test, struct vcsf_compute_fixture *f,
			unsigned int queues);
void vcsf_compute_program(struct vcsf_compute_fixture *f, const u64 *words,
			  unsigned int count);
u32 vcsf_compute_size(u32 x, u32 y, u32 z);
void vcsf_compute_emit(struct vcsf_compute_fixture *f, unsigned int queue,
		       u32 size, u32 groups);

/* The words of the program are an array. */
#define PROGRAM_OF(f, ...) \
	vcsf_compute_program(f, __VA_ARGS__, ARRAY_SIZE(__VA_ARGS__))

#endif /* _VCSF_COMPUTE_FIXTURE_H_ */
