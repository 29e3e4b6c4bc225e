/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _JQ_GANG_H_
#define _JQ_GANG_H_

#include "mock.h"

/* Rings of a test, and members of its gangs. */
#define JQ_GANG_RINGS 3

/* A gang with one job on each of some rings. */
struct jq_gang {
	struct jq_mock_job *job[JQ_GANG_RINGS];
	struct dma_fence *fence[JQ_GANG_RINGS];
	unsigned int n;
};

void jq_gang_prepare(struct kunit *test, struct jq_gang *gang,
		     struct jq_mock_ring **rings, unsigned int n, u32 credits);
bool jq_gang_try(struct jq_gang *gang, struct jq_mock_ring **rings,
		 unsigned int n, u32 credits);
void jq_gang_arm(struct jq_gang *gang);
void jq_gang_submit(struct jq_gang *gang);
void jq_gang_settle(struct kunit *test, struct jq_mock_ring **rings);
void jq_gang_expect(struct kunit *test, struct jq_gang *gang, int error);
int jq_gang_ran(struct kunit *test);

static inline struct drm_jobqueue_gang_job *jq_gang_first(struct jq_gang *gang)
{
	return &gang->job[0]->member;
}

#endif /* _JQ_GANG_H_ */
