// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: what the tests of gangs share.
 */

#include "gang/gang.h"

/* Return: false if a job could not be prepared. Then none is left. */
bool jq_gang_try(struct jq_gang *gang, struct jq_mock_ring **rings,
		 unsigned int n, u32 credits)
{
	struct drm_jobqueue_gang_job *members[JQ_GANG_RINGS];
	unsigned int i;

	gang->n = 0;
	for (i = 0; i < n; i++) {
		gang->job[i] = jq_mock_job_try(rings[i], credits);
		if (IS_ERR(gang->job[i]))
			break;
		members[i] = &gang->job[i]->member;
		gang->n++;
	}
	if (i == n && !drm_jobqueue_gang_init(members, n, jq_mock_gang_run))
		return true;
	for (i = 0; i < gang->n; i++)
		drm_jobqueue_job_put(&gang->job[i]->base);
	return false;
}

void jq_gang_prepare(struct kunit *test, struct jq_gang *gang,
		     struct jq_mock_ring **rings, unsigned int n, u32 credits)
{
	KUNIT_ASSERT_TRUE(test, jq_gang_try(gang, rings, n, credits));
}

void jq_gang_arm(struct jq_gang *gang)
{
	unsigned int i;

	drm_jobqueue_gang_arm(jq_gang_first(gang));
	for (i = 0; i < gang->n; i++)
		gang->fence[i] = dma_fence_get(drm_jobqueue_job_fence(&gang->job[i]->base));
}

void jq_gang_submit(struct jq_gang *gang)
{
	jq_gang_arm(gang);
	drm_jobqueue_gang_push(jq_gang_first(gang));
}

/*
 * Wait for all work of the rings. One queue may queue work of another, so this
 * goes round until that has been worked off.
 */
void jq_gang_settle(struct kunit *test, struct jq_mock_ring **rings)
{
	unsigned int i, k;

	for (k = 0; k < 3; k++) {
		for (i = 0; i < JQ_GANG_RINGS; i++)
			jq_mock_settle(test, rings[i]);
	}
}

/* All fences signal with @error. Puts them. */
void jq_gang_expect(struct kunit *test, struct jq_gang *gang, int error)
{
	unsigned int i;

	for (i = 0; i < gang->n; i++)
		jq_mock_expect_signalled(test, gang->fence[i], error);
}

/* The number of gangs that ran. */
int jq_gang_ran(struct kunit *test)
{
	struct jq_mock_dev *dev = test->priv;

	return atomic_read(&dev->gangs);
}
