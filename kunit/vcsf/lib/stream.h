/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_STREAM_H_
#define _VCSF_STREAM_H_

/*
 * Fixture for tests of instructions: a stream without firmware. The test calls the
 * interpreter itself, so that a run is over when the call returns.
 */

#include "host.h"

/* Pages of the address space: code, data, and an address that is not mapped */
#define CODE	0x10000ULL
#define DATA	0x20000ULL
#define NOWHERE	0x30000ULL

struct vcsf_stream {
	struct vcsf_host *host;
	struct vcsf_host_vm vm;
	struct vcsf_cs *cs;
	u64 *code;
	u32 *data;
};

void vcsf_stream_setup(struct kunit *test, struct vcsf_stream *f);
void vcsf_stream_run(struct vcsf_stream *f, const u64 *words,
		     unsigned int count);
void vcsf_stream_expect_done(struct kunit *test, struct vcsf_stream *f);
void vcsf_stream_expect_fatal(struct kunit *test, struct vcsf_stream *f,
			      unsigned int type);
void vcsf_stream_expect_fault(struct kunit *test, struct vcsf_stream *f,
			      unsigned int type);

#define RUN(f, ...) do { \
	const u64 words_[] = { __VA_ARGS__ }; \
	vcsf_stream_run(f, words_, ARRAY_SIZE(words_)); \
} while (0)

#endif /* _VCSF_STREAM_H_ */
