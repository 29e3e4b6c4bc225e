/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOAK_STREAM_H
#define SOAK_STREAM_H

#include "cs_builder.h"
#include "ledger.h"

#define CODE_VA		0x01000000ull
#define DATA_VA		0x02000000ull
#define DATA_SIZE	(64 * 1024)
#define COUNTERS_VA	0x03000000ull
/* Nothing is ever mapped here. */
#define NOWHERE_VA	0x04000000ull
/* Mapped and unmapped at random */
#define FREE_VA		0x10000000ull

/* Offsets in the data buffer */
#define DATA_HOLD	0
#define DATA_TILER	0x1000

#define CHUNK		(128u * 1024)

/**
 * struct stream_args - parameters of a stream
 * @counter: address of its counter
 * @length: how long it spins, or how many vertices it tiles
 * @heap: address of the heap's context
 */
struct stream_args {
	uint64_t counter;
	uint32_t length;
	uint64_t heap;
};

void stream_build(struct csb *b, enum job_kind kind, const struct stream_args *args);
void tiler_init(void *data, uint64_t first_chunk);

#endif /* SOAK_STREAM_H */
