/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TESTS_SHADER_RIG_H
#define TESTS_SHADER_RIG_H

/**
 * DOC: A rig that runs shaders
 *
 * One core with flat memory: a program at RIG_PROGRAM, data from RIG_DATA on.
 * Accesses anywhere else fail. Accesses can be made to fail with -EAGAIN now
 * and then.
 */

#include "shader/exec.h"

#define RIG_PROGRAM		0x4000
#define RIG_PROGRAM_WORDS	256
#define RIG_DATA		0x100000
#define RIG_DATA_SIZE		0x40000

struct rig {
	struct vsh_group g;
	struct vsh_warp warps[VSH_MAX_WARPS];
	struct vsh_icache icache;
	u64 program[RIG_PROGRAM_WORDS];
	u8 data[RIG_DATA_SIZE];
	/* Bytes of it that can be accessed */
	u32 data_size;
	u32 uniforms[256];
	/* One in so many accesses has to be repeated; 0 for none */
	unsigned int again_every;
	unsigned int accesses;
};

struct rig *rig_new(void);
void rig_free(struct rig *rig);
void rig_load(struct rig *rig, const char *text);
void rig_load_words(struct rig *rig, const u64 *words, unsigned int count);
void rig_start(struct rig *rig, unsigned int lanes);
enum vsh_result rig_finish(struct rig *rig, unsigned int slice, u64 limit);
enum vsh_result rig_run(struct rig *rig, const char *text, unsigned int lanes);
u32 *rig_word(struct rig *rig, unsigned int index);

#endif /* TESTS_SHADER_RIG_H */
