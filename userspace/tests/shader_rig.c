// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "shader_asm.h"
#include "shader_rig.h"

static u8 *rig_at(struct rig *rig, u64 va, unsigned int size)
{
	/* An address plus its size may wrap around. */
	if (va < RIG_DATA || va - RIG_DATA > rig->data_size - size)
		return NULL;
	return rig->data + (va - RIG_DATA);
}

static bool rig_again(struct rig *rig)
{
	if (!rig->again_every)
		return false;
	/* By chance: an instruction may need several accesses at a time. */
	rig->accesses = rig->accesses * 1103515245 + 12345;
	return (rig->accesses >> 16) % rig->again_every == 0;
}

static int rig_fetch(void *data, u64 va, u64 *word)
{
	struct rig *rig = data;

	if (rig_again(rig))
		return -EAGAIN;
	if (va < RIG_PROGRAM || va % 8 ||
	    va >= RIG_PROGRAM + sizeof(rig->program))
		return -EFAULT;
	*word = rig->program[(va - RIG_PROGRAM) / 8];
	return 0;
}

static int rig_load_bytes(void *data, u64 va, void *to, unsigned int size)
{
	struct rig *rig = data;
	u8 *p = rig_at(rig, va, size);

	if (rig_again(rig))
		return -EAGAIN;
	if (!p)
		return -EFAULT;
	memcpy(to, p, size);
	return 0;
}

static int rig_store_bytes(void *data, u64 va, const void *from,
			   unsigned int size)
{
	struct rig *rig = data;
	u8 *p = rig_at(rig, va, size);

	if (rig_again(rig))
		return -EAGAIN;
	if (!p)
		return -EFAULT;
	memcpy(p, from, size);
	return 0;
}

/* Repeated accesses are counted, and so need the other functions. */
static void *rig_page(void *data, u64 va, bool write)
{
	struct rig *rig = data;

	if (rig->again_every)
		return NULL;
	return rig_at(rig, va & ~(u64)(VSH_PAGE - 1), VSH_PAGE);
}

static int rig_atomic(void *data, u64 va, enum vsh_atomic op,
		      unsigned int size, u64 operand, u64 compare, u64 *old)
{
	struct rig *rig = data;
	u8 *p = rig_at(rig, va, size);
	u64 value = 0;

	if (rig_again(rig))
		return -EAGAIN;
	if (!p || va % size)
		return -EFAULT;
	memcpy(&value, p, size);
	*old = value;
	value = vsh_atomic_result(op, size, value, operand, compare);
	memcpy(p, &value, size);
	return 0;
}

static const struct vsh_ops rig_ops = {
	.fetch = rig_fetch,
	.load = rig_load_bytes,
	.store = rig_store_bytes,
	.page = rig_page,
	.atomic = rig_atomic,
};

/**
 * rig_new - make a rig
 *
 * Return: the rig, with everything zero.
 */
struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	if (!rig)
		abort();
	rig->data_size = RIG_DATA_SIZE;
	rig->g = (struct vsh_group) {
		.ops = &rig_ops,
		.data = rig,
		.icache = &rig->icache,
		.uniforms = rig->uniforms,
		.uniform_count = VSH_ARRAY_SIZE(rig->uniforms),
		.registers = VSH_REGS_64,
		.check_waits = true,
		.warps = rig->warps,
		.warp_count = 1,
	};
	vsh_icache_init(&rig->icache);
	return rig;
}

void rig_free(struct rig *rig)
{
	free(rig);
}

void rig_load_words(struct rig *rig, const u64 *words, unsigned int count)
{
	memset(rig->program, 0, sizeof(rig->program));
	memcpy(rig->program, words, count * sizeof(*words));
	vsh_icache_invalidate(&rig->icache);
}

void rig_load(struct rig *rig, const char *text)
{
	u64 words[RIG_PROGRAM_WORDS];
	unsigned int count = shader_assemble_all(text, words, RIG_PROGRAM_WORDS);

	ktap_check(count);
	rig_load_words(rig, words, count);
}

/* Local invocation number in r60, so that programs need no more than that */
void rig_start(struct rig *rig, unsigned int lanes)
{
	vsh_group_start(&rig->g, RIG_PROGRAM, lanes);
	for (unsigned int i = 0; i < lanes; i++)
		rig->warps[i / VSH_LANES].r[60][i % VSH_LANES] = i;
}

/**
 * rig_finish - run in slices until the end
 * @rig: the rig
 * @slice: instructions of a slice
 * @limit: instructions until the program counts as endless
 *
 * Return: VSH_DONE, VSH_FAULTED, or VSH_BUDGET if it did not end.
 */
enum vsh_result rig_finish(struct rig *rig, unsigned int slice, u64 limit)
{
	u64 stalls = 100 * limit + 10000;
	enum vsh_result result;

	do {
		if (slice > limit - rig->g.executed)
			slice = limit - rig->g.executed;
		result = vsh_run(&rig->g, slice);
		ktap_check(stalls--);
	} while ((result == VSH_BUDGET || result == VSH_STALLED) &&
		 rig->g.executed < limit && stalls);
	return result;
}

enum vsh_result rig_run(struct rig *rig, const char *text, unsigned int lanes)
{
	enum vsh_result result;

	rig_load(rig, text);
	rig_start(rig, lanes);
	result = rig_finish(rig, 1000, 1000000);
	if (result == VSH_FAULTED)
		printf("    # %s: %s at %#llx, warp %u lane %u\n",
		       vsh_fault_name(rig->g.fault.type),
		       rig->g.fault.name ? rig->g.fault.name : "?",
		       (unsigned long long)rig->g.fault.pc, rig->g.fault.warp,
		       rig->g.fault.lane);
	return result;
}

u32 *rig_word(struct rig *rig, unsigned int index)
{
	return (u32 *)rig->data + index;
}
