/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_FUZZ_H_
#define _VCSF_FUZZ_H_

/*
 * Generator of random command streams, most of them meaningful: interface and memory
 * layout. The user maps all areas below except FUZZ_NOWHERE.
 */

#include <linux/prandom.h>
#include <linux/types.h>

/* Streams that share an address space */
#define FUZZ_STREAMS		4

/* A code page per stream: the body and the leaves, buffers for it to call */
#define FUZZ_CODE(stream)	(0x10000ULL + (stream) * 0x1000)
#define FUZZ_WORDS		28
#define FUZZ_LEAVES		3
#define FUZZ_LEAF_WORDS		4
#define FUZZ_LEAF(stream, n)	(FUZZ_CODE(stream) + 0x800 + (n) * 0x80)

/* A data page for all streams: sync objects, scratch memory, descriptors */
#define FUZZ_DATA		0x20000ULL
#define FUZZ_SCRATCH		0x100
#define FUZZ_FBD		0x400
#define FUZZ_TILER		0x800
#define FUZZ_DESCRIPTOR		0x880
#define FUZZ_HEAP		0x900

#define FUZZ_CHUNKS		4
#define FUZZ_CHUNK(n)		(0x50000ULL + (n) * 0x1000)
#define FUZZ_TARGET		0x60000ULL
#define FUZZ_READONLY		0x70000ULL
#define FUZZ_NOWHERE		0x80000ULL

/**
 * struct vcsf_fuzz_program - initial state of a stream
 * @regs: register values
 * @words: contents of the code page
 */
struct vcsf_fuzz_program {
	u32 regs[96];
	u64 words[512];
};

u32 vcsf_fuzz_pick(struct rnd_state *random, u32 count);
void vcsf_fuzz_generate(struct rnd_state *random, unsigned int stream,
			struct vcsf_fuzz_program *program);

#endif /* _VCSF_FUZZ_H_ */
