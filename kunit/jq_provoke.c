// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Holds drm_jobqueue wrong, by request: what=NAME. Each mistake must be said,
 * and must change nothing: the module goes on as if it had not made it, and
 * says so in the end. scripts/testbed/provoke.py knows what is to be said.
 */

#include <linux/dma-resv.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <drm/drm_jobqueue.h>

static char *what = "nothing";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "The mistake to make");

struct provoke_job {
	struct drm_jobqueue_job base;
};

static struct drm_jobqueue_group group;
static struct drm_jobqueue queue, other;
static DEFINE_MUTEX(mutex);
static struct dma_resv resv;

static bool is(const char *name)
{
	return !strcmp(what, name);
}

static struct dma_fence *provoke_run(struct drm_jobqueue_job *job)
{
	if (is("allocate-in-run"))
		kfree(kmalloc(64, GFP_KERNEL));
	if (is("reserve-in-run") && !dma_resv_lock(&resv, NULL))
		dma_resv_unlock(&resv);
	if (is("stop-under-lock")) {
		mutex_lock(&mutex);
		mutex_unlock(&mutex);
	}
	drm_jobqueue_job_complete(job, is("complete-with-nonsense") ? 42 : 0);
	return NULL;
}

static void provoke_free(struct drm_jobqueue_job *job)
{
	kfree(container_of(job, struct provoke_job, base));
}

static void provoke_release(struct drm_jobqueue *q)
{
}

static const struct drm_jobqueue_ops provoke_ops = {
	.run = provoke_run,
	.free = provoke_free,
	.release = provoke_release,
};

static struct drm_jobqueue_job *new_job(struct drm_jobqueue *q)
{
	struct provoke_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	if (drm_jobqueue_job_init(&job->base, q, 1, 0)) {
		kfree(job);
		return NULL;
	}
	return &job->base;
}

static void mistakes_before_arm(struct drm_jobqueue_job *job)
{
	if (is("push-unarmed"))
		drm_jobqueue_job_push(job);
	if (is("complete-unarmed"))
		drm_jobqueue_job_complete(job, 0);
	if (is("start-unstopped"))
		drm_jobqueue_start(&queue);
	if (is("resume-unsuspended"))
		drm_jobqueue_timeout_resume(&queue);
	if (is("requeue-unstopped"))
		drm_jobqueue_requeue(&queue);
	if (is("look-unstopped"))
		drm_jobqueue_next_inflight(&queue, NULL);
	if (is("stop-under-lock")) {
		mutex_lock(&mutex);
		drm_jobqueue_stop(&queue);
		mutex_unlock(&mutex);
		drm_jobqueue_start(&queue);
	}
}

static void mistakes_after_arm(struct drm_jobqueue_job *job)
{
	if (is("arm-twice"))
		drm_jobqueue_job_arm(job);
	if (is("depend-late"))
		drm_jobqueue_job_add_dep(job, dma_fence_get_stub());
	if (is("put-armed"))
		drm_jobqueue_job_put(job);
}

static int __init provoke_once(void)
{
	struct drm_jobqueue_job *prereq = new_job(&other);
	struct drm_jobqueue_job *job = new_job(&queue);
	struct dma_fence *fence;

	if (!job || !prereq)
		return -ENOMEM;
	mistakes_before_arm(job);
	if (is("arm-too-early"))
		drm_jobqueue_job_add_job_dep(job, prereq);
	fence = dma_fence_get(drm_jobqueue_job_arm(job));
	mistakes_after_arm(job);
	drm_jobqueue_job_push(job);
	drm_jobqueue_job_put(prereq);

	if (dma_fence_wait_timeout(fence, false, 10 * HZ) > 0)
		pr_info("provoke: %s: done\n", what);
	dma_fence_put(fence);
	return 0;
}

static int __init provoke_init(void)
{
	const struct drm_jobqueue_group_args group_args = { .name = "provoke" };
	struct drm_jobqueue_args args = {
		.group = &group,
		.ops = &provoke_ops,
		.name = "provoke",
		.credits = 1,
	};
	int ret;

	dma_resv_init(&resv);
	ret = drm_jobqueue_group_init(&group, &group_args);
	if (ret)
		return ret;
	ret = drm_jobqueue_init(&queue, &args);
	if (ret)
		goto out_group;
	ret = drm_jobqueue_init(&other, &args);
	if (!ret) {
		ret = provoke_once();
		drm_jobqueue_put(&other);
	}
	drm_jobqueue_put(&queue);
out_group:
	drm_jobqueue_group_fini(&group);
	dma_resv_fini(&resv);
	return ret;
}

static void __exit provoke_exit(void)
{
}

module_init(provoke_init);
module_exit(provoke_exit);

MODULE_DESCRIPTION("Holds drm_jobqueue wrong by request");
MODULE_LICENSE("Dual MIT/GPL");
