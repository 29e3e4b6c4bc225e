// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Misuse drm_jobqueue on request: what=NAME. Each misuse must be reported and
 * must have no other effect: the module then completes its jobs and prints that
 * it is done. scripts/testbed/provoke.py has the expected reports.
 *
 * Two more requests are no misuse, but need an observer in user space: "traces"
 * generates trace events, and writing "keep" to the parameter "fence" gives the
 * writer a sync_file.
 */

#include <linux/completion.h>
#include <linux/dma-resv.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sync_file.h>

#include <drm/drm_jobqueue.h>
#include <drm/drm_jobqueue_gang.h>

static char *what = "nothing";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "The misuse to commit");

struct provoke_job {
	struct drm_jobqueue_gang_job base;
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
	if (is("race19-allocate-in-run"))
		kfree(kmalloc(64, GFP_KERNEL));
	if (is("race19-reserve-in-run") && !dma_resv_lock(&resv, NULL))
		dma_resv_unlock(&resv);
	if (is("race19-stop-under-lock")) {
		mutex_lock(&mutex);
		mutex_unlock(&mutex);
	}
	if (is("run-returns-own-fence"))
		return dma_fence_get(drm_jobqueue_job_fence(job));
	drm_jobqueue_job_complete(job, is("complete-with-nonsense") ? 42 : 0);
	return NULL;
}

static void provoke_free(struct drm_jobqueue_job *job)
{
	kfree(container_of(job, struct provoke_job, base.base));
}

static void provoke_release(struct drm_jobqueue *q)
{
}

static const struct drm_jobqueue_ops provoke_ops = {
	.run = provoke_run,
	.free = provoke_free,
	.release = provoke_release,
};

static struct drm_jobqueue_gang_job *new_gang_job(struct drm_jobqueue *q, u64 client)
{
	struct provoke_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	if (drm_jobqueue_job_init(&job->base.base, q, 1, client)) {
		kfree(job);
		return NULL;
	}
	return &job->base;
}

static struct drm_jobqueue_job *new_job(struct drm_jobqueue *q, u64 client)
{
	struct drm_jobqueue_gang_job *job = new_gang_job(q, client);

	return job ? &job->base : NULL;
}

/* Long enough for a sampling checker to see both sides. */
#define RACE_ROUNDS 200000

static unsigned long shared_count;

static int count_thread(void *done)
{
	unsigned int i;

	for (i = 0; i < RACE_ROUNDS; i++) {
		shared_count++;
		/* One access per round. */
		barrier();
	}
	complete(done);
	return 0;
}

/* A data race: two threads and a plain counter. */
static void count_together(void)
{
	DECLARE_COMPLETION_ONSTACK(done);
	DECLARE_COMPLETION_ONSTACK(other_done);

	if (IS_ERR(kthread_run(count_thread, &other_done, "provoke-race")))
		return;
	count_thread(&done);
	wait_for_completion(&other_done);
}

static void mistakes_before_arm(struct drm_jobqueue_job *job)
{
	if (is("race"))
		count_together();
	if (is("push-unarmed"))
		drm_jobqueue_job_push(job);
	if (is("race16-complete-unarmed"))
		drm_jobqueue_job_complete(job, 0);
	if (is("start-unstopped"))
		drm_jobqueue_start(&queue);
	if (is("resume-unsuspended"))
		drm_jobqueue_timeout_resume(&queue);
	if (is("requeue-unstopped"))
		drm_jobqueue_requeue(&queue);
	if (is("look-unstopped"))
		drm_jobqueue_next_inflight(&queue, NULL);
	if (is("race19-stop-under-lock")) {
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

static int submit_and_wait(struct drm_jobqueue_job *job)
{
	struct dma_fence *fence = dma_fence_get(drm_jobqueue_job_arm(job));
	long left;

	drm_jobqueue_job_push(job);
	left = dma_fence_wait_timeout(fence, false, 10 * HZ);
	dma_fence_put(fence);
	return left > 0 ? 0 : -ETIME;
}

/* One of each event but timeout: a job that waits for another; a kill. */
static int make_traces(void)
{
	struct drm_jobqueue_job *first = new_job(&other, 41);
	struct drm_jobqueue_job *second = new_job(&queue, 42);
	struct drm_jobqueue_job *killed = new_job(&queue, 43);
	struct dma_fence *fence;
	int ret;

	if (!first || !second || !killed)
		return -ENOMEM;
	ret = drm_jobqueue_job_add_job_dep(second, first);
	if (ret)
		return ret;
	drm_jobqueue_job_arm(first);
	fence = dma_fence_get(drm_jobqueue_job_arm(second));
	drm_jobqueue_job_push(second);
	drm_jobqueue_job_push(first);
	dma_fence_wait(fence, false);
	dma_fence_put(fence);
	drm_jobqueue_kill(&queue, -EIO);
	return submit_and_wait(killed);
}

static int provoke_once(void)
{
	struct drm_jobqueue_job *prereq = new_job(&other, 0);
	struct drm_jobqueue_job *job = new_job(&queue, 0);
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

static bool gang_ran;

static int provoke_gang_run(struct drm_jobqueue_gang_job *first)
{
	struct drm_jobqueue_gang_job *job;

	gang_ran = true;
	for (job = first; job; job = drm_jobqueue_gang_next(job))
		drm_jobqueue_job_complete(&job->base, 0);
	return 0;
}

/* Whether @fence, whose reference is consumed, signals with @error. */
static bool ends_with(struct dma_fence *fence, int error)
{
	bool good = dma_fence_wait_timeout(fence, false, 10 * HZ) > 0 &&
		    dma_fence_get_status(fence) == (error ?: 1);

	dma_fence_put(fence);
	return good;
}

/* Submit a gang, with mistakes. Return: whether it ends as it should. */
static bool submit_gang(struct drm_jobqueue_gang_job **jobs)
{
	bool depends = is("gang-depends-on-member");
	struct dma_fence *fences[2];
	bool good;

	if (depends && drm_jobqueue_job_add_job_dep(&jobs[0]->base, &jobs[1]->base))
		return false;
	if (is("gang-push-unarmed"))
		drm_jobqueue_gang_push(jobs[0]);
	if (is("gang-abort-unarmed"))
		drm_jobqueue_gang_abort(jobs[0], -EIO);
	drm_jobqueue_gang_arm(jobs[0]);
	if (is("gang-arm-twice"))
		drm_jobqueue_gang_arm(jobs[0]);
	fences[0] = dma_fence_get(drm_jobqueue_job_fence(&jobs[0]->base));
	fences[1] = dma_fence_get(drm_jobqueue_job_fence(&jobs[1]->base));
	drm_jobqueue_gang_push(jobs[0]);
	good = ends_with(fences[0], depends ? -EINVAL : 0);
	good &= ends_with(fences[1], depends ? -EINVAL : 0);
	return good && gang_ran != depends;
}

static int provoke_gang(void)
{
	struct drm_jobqueue_gang_job *jobs[] = {
		new_gang_job(&queue, 0), new_gang_job(&other, 0),
	};
	struct dma_fence *fence;
	bool good;

	if (!jobs[0] || !jobs[1] || drm_jobqueue_gang_init(jobs, 2, provoke_gang_run))
		return -ENOMEM;
	if (is("gang-member-alone")) {
		fence = dma_fence_get(drm_jobqueue_job_arm(&jobs[0]->base));
		drm_jobqueue_job_push(&jobs[0]->base);
		good = ends_with(fence, -EINVAL) && !gang_ran;
		drm_jobqueue_job_put(&jobs[1]->base);
	} else if (is("gang-not-whole")) {
		drm_jobqueue_job_put(&jobs[1]->base);
		drm_jobqueue_gang_arm(jobs[0]);
		drm_jobqueue_job_put(&jobs[0]->base);
		good = !gang_ran;
	} else {
		good = submit_gang(jobs);
	}
	if (good)
		pr_info("provoke: %s: done\n", what);
	return 0;
}

/* Install a file with the fence of a job for the current task. */
static int make_sync_file(void)
{
	struct drm_jobqueue_job *job = new_job(&queue, 0);
	struct dma_fence *fence;
	struct sync_file *file;
	int fd;

	if (!job)
		return -ENOMEM;
	fence = dma_fence_get(drm_jobqueue_job_arm(job));
	drm_jobqueue_job_push(job);

	fd = get_unused_fd_flags(O_CLOEXEC);
	file = sync_file_create(fence);
	dma_fence_put(fence);
	if (fd >= 0 && file) {
		fd_install(fd, file->file);
		return 0;
	}
	if (fd >= 0)
		put_unused_fd(fd);
	if (file)
		fput(file->file);
	return -ENOMEM;
}

static int with_queues(int (*function)(void))
{
	const struct drm_jobqueue_group_args group_args = { .name = "provoke" };
	struct drm_jobqueue_args args = {
		.group = &group,
		.ops = &provoke_ops,
		.name = "provoke",
		.credits = 1,
	};
	int ret;

	ret = drm_jobqueue_group_init(&group, &group_args);
	if (ret)
		return ret;
	ret = drm_jobqueue_init(&queue, &args);
	if (ret)
		goto out_group;
	ret = drm_jobqueue_init(&other, &args);
	if (!ret) {
		ret = function();
		drm_jobqueue_put(&other);
	}
	drm_jobqueue_put(&queue);
out_group:
	drm_jobqueue_group_fini(&group);
	return ret;
}

static int give_fence(const char *value, const struct kernel_param *param)
{
	return strcmp(value, "keep") ? -EINVAL : with_queues(make_sync_file);
}

static const struct kernel_param_ops give_fence_ops = { .set = give_fence };
module_param_cb(fence, &give_fence_ops, NULL, 0200);
MODULE_PARM_DESC(fence, "Write \"keep\" to get a job's fence as a file");

static int __init provoke_init(void)
{
	int ret;

	dma_resv_init(&resv);
	ret = with_queues(is("traces") ? make_traces :
			  strstarts(what, "gang-") ? provoke_gang : provoke_once);
	dma_resv_fini(&resv);
	return ret;
}

static void __exit provoke_exit(void)
{
}

module_init(provoke_init);
module_exit(provoke_exit);

MODULE_DESCRIPTION("Misuse drm_jobqueue on request");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_AUTHOR("drm-jobqueue contributors");
