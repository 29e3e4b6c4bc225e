// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * drm_jobqueue: dependencies from objects of user space: sync objects and their
 * timelines, and GEM objects.
 */

#include <linux/dma-fence-chain.h>
#include <linux/dma-resv.h>
#include <linux/slab.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_syncobj.h>

#include "mock.h"
#include "../compat/drm_file.h"

/*
 * An open file, reduced to what sync objects use: the table of handles. There
 * is no device because none is used.
 */
static struct drm_file *file_create(struct kunit *test)
{
	struct drm_file *file;

	file = kunit_kzalloc(test, sizeof(*file), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, file);
	compat_syncobj_table_init(file);
	return file;
}

/* Return: the object; the file has the reference. */
static struct drm_syncobj *syncobj_create(struct kunit *test,
					  struct drm_file *file, u32 *handle)
{
	struct drm_syncobj *syncobj;

	KUNIT_ASSERT_EQ(test, drm_syncobj_create(&syncobj, 0, NULL), 0);
	KUNIT_ASSERT_EQ(test, drm_syncobj_get_handle(file, syncobj, handle), 0);
	drm_syncobj_put(syncobj);
	return syncobj;
}

static void add_point(struct kunit *test, struct drm_syncobj *syncobj,
		      struct dma_fence *fence, u64 point)
{
	struct dma_fence_chain *chain = dma_fence_chain_alloc();

	KUNIT_ASSERT_NOT_NULL(test, chain);
	drm_syncobj_add_point(syncobj, chain, fence, point);
}

static int add_dep(struct jq_mock_job *job, struct drm_file *file, u32 handle,
		   u64 point)
{
	return drm_jobqueue_job_add_syncobj_dep(&job->base, file, handle,
						point);
}

static void finish(struct dma_fence *fence)
{
	dma_fence_signal(fence);
	dma_fence_put(fence);
}

static void binary(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct dma_fence *dep = jq_mock_fence(test, 0, 1), *done;
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct drm_file *file = file_create(test);
	struct drm_syncobj *syncobj;
	u32 handle;

	syncobj = syncobj_create(test, file, &handle);
	/* The handle does not exist; then it has no fence yet. */
	KUNIT_EXPECT_EQ(test, add_dep(job, file, handle + 1, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, add_dep(job, file, handle, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 0);

	drm_syncobj_replace_fence(syncobj, dep);
	KUNIT_EXPECT_EQ(test, add_dep(job, file, handle, 0), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 1);
	/* Later fences of the object do not count. */
	drm_syncobj_replace_fence(syncobj, NULL);
	done = jq_mock_submit(job);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, done);
	finish(dep);
	jq_mock_expect_signalled(test, done, 0);
	compat_syncobj_table_fini(file);
}

/* Points that differ in their upper half only are different points. */
static void timeline_points_have_64_bits(struct kunit *test)
{
	static const u64 points[] = {
		5, BIT_ULL(32) + 5, BIT_ULL(33) + 5, BIT_ULL(63) + 5,
	};
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct dma_fence *dep[ARRAY_SIZE(points)], *done[ARRAY_SIZE(points)];
	struct drm_file *file = file_create(test);
	struct drm_syncobj *syncobj;
	struct jq_mock_job *job;
	u32 handle;
	int i;

	syncobj = syncobj_create(test, file, &handle);
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		dep[i] = jq_mock_fence(test, 0, 1);
		add_point(test, syncobj, dep[i], points[i]);
	}
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		struct jq_mock_ring *own = jq_mock_ring(test, JQ_MOCK_IN_RUN);

		job = jq_mock_job(test, own, 1);
		KUNIT_EXPECT_EQ(test, add_dep(job, file, handle, points[i]), 0);
		/* A point comes after those before it. */
		KUNIT_EXPECT_EQ(test, job->base.ndeps, i + 1);
		done[i] = jq_mock_submit(job);
	}
	job = jq_mock_job(test, ring, 1);
	KUNIT_EXPECT_EQ(test, add_dep(job, file, handle, U64_MAX), -EINVAL);
	drm_jobqueue_job_put(&job->base);

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		int j;

		for (j = i; j < ARRAY_SIZE(points); j++)
			jq_mock_expect_pending(test, done[j]);
		finish(dep[i]);
		jq_mock_expect_signalled(test, done[i], 0);
	}
	/* All have signalled: nothing to wait for. */
	job = jq_mock_job(test, ring, 1);
	KUNIT_EXPECT_EQ(test, add_dep(job, file, handle, points[3]), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 0);
	jq_mock_expect_signalled(test, jq_mock_submit(job), 0);
	compat_syncobj_table_fini(file);
}

/* A point between two others is that of the later one. */
static void timeline_point_in_between(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	struct dma_fence *dep[2], *done;
	struct drm_file *file = file_create(test);
	struct drm_syncobj *syncobj;
	u32 handle;
	int i;

	syncobj = syncobj_create(test, file, &handle);
	for (i = 0; i < 2; i++) {
		dep[i] = jq_mock_fence(test, 0, 1);
		add_point(test, syncobj, dep[i], 10 * (i + 1));
	}
	dma_fence_signal(dep[0]);
	KUNIT_EXPECT_EQ(test, add_dep(job, file, handle, 11), 0);
	KUNIT_EXPECT_EQ(test, job->base.ndeps, 1);
	done = jq_mock_submit(job);
	jq_mock_settle(test, ring);
	jq_mock_expect_pending(test, done);
	finish(dep[1]);
	jq_mock_expect_signalled(test, done, 0);
	dma_fence_put(dep[0]);
	compat_syncobj_table_fini(file);
}

/* A reader waits for writers, a writer waits for all. */
static void gem_objects(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct dma_fence *wrote = jq_mock_fence(test, 0, 1);
	struct dma_fence *reads = jq_mock_fence(test, 0, 1);
	struct dma_fence *keeps = jq_mock_fence(test, 0, 1);
	struct jq_mock_job *reader = jq_mock_job(test, ring, 1);
	struct jq_mock_job *writer = jq_mock_job(test, ring, 1);
	struct dma_fence *done[2];
	struct drm_gem_object *obj;
	struct dma_resv *resv;

	obj = kunit_kzalloc(test, sizeof(*obj), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, obj);
	resv = &obj->_resv;
	obj->resv = resv;
	dma_resv_init(resv);
	KUNIT_ASSERT_EQ(test, dma_resv_lock(resv, NULL), 0);
	KUNIT_ASSERT_EQ(test, dma_resv_reserve_fences(resv, 3), 0);
	dma_resv_add_fence(resv, wrote, DMA_RESV_USAGE_WRITE);
	dma_resv_add_fence(resv, reads, DMA_RESV_USAGE_READ);
	dma_resv_add_fence(resv, keeps, DMA_RESV_USAGE_BOOKKEEP);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_gem_deps(&reader->base, obj,
							    false), 0);
	KUNIT_EXPECT_EQ(test, drm_jobqueue_job_add_gem_deps(&writer->base, obj,
							    true), 0);
	dma_resv_unlock(resv);
	KUNIT_EXPECT_EQ(test, reader->base.ndeps, 1);
	KUNIT_EXPECT_EQ(test, writer->base.ndeps, 2);
	done[0] = jq_mock_submit(reader);
	done[1] = jq_mock_submit(writer);
	finish(wrote);
	jq_mock_expect_signalled(test, done[0], 0);
	jq_mock_expect_pending(test, done[1]);
	finish(reads);
	jq_mock_expect_signalled(test, done[1], 0);
	finish(keeps);
	dma_resv_fini(resv);
}

/* Each has its own context, so none can be left out. */
static void there_is_a_limit(struct kunit *test)
{
	struct jq_mock_ring *ring = jq_mock_ring(test, JQ_MOCK_IN_RUN);
	struct jq_mock_job *job = jq_mock_job(test, ring, 1);
	unsigned int n = 0, limit = 4096;
	struct dma_fence **dep;
	int ret = 0;

	dep = kunit_kcalloc(test, limit + 1, sizeof(*dep), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dep);
	while (!ret && n <= limit) {
		dep[n] = jq_mock_fence(test, 0, 1);
		ret = drm_jobqueue_job_add_dep(&job->base,
					       dma_fence_get(dep[n++]));
	}
	KUNIT_EXPECT_EQ(test, ret, -E2BIG);
	KUNIT_EXPECT_EQ(test, n, limit + 1);
	/* The reference is consumed even so, and all are put. */
	KUNIT_EXPECT_EQ(test, kref_read(&dep[limit]->refcount), 1);
	drm_jobqueue_job_put(&job->base);
	while (n--) {
		KUNIT_EXPECT_EQ(test, kref_read(&dep[n]->refcount), 1);
		finish(dep[n]);
	}
}

static struct kunit_case syncobj_cases[] = {
	KUNIT_CASE(binary),
	KUNIT_CASE(timeline_points_have_64_bits),
	KUNIT_CASE(timeline_point_in_between),
	KUNIT_CASE(gem_objects),
	KUNIT_CASE(there_is_a_limit),
	{}
};

static struct kunit_suite syncobj_suite = {
	.name = "drm_jobqueue_objects",
	.init = jq_mock_init,
	.exit = jq_mock_exit,
	.test_cases = syncobj_cases,
};

kunit_test_suite(syncobj_suite);
