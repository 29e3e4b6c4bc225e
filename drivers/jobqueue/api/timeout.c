// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Handle a late job: ask the driver and carry out its answer.
 *
 * The work item runs on the group's timeout workqueue, one at a time per group,
 * on the signalling path. It is queued by the clock (clock.c), which also says
 * whether a job is late and suspends itself during the call. An answer of KILL uses
 * the functions that a driver would call: kill, stop, complete, start. No lock
 * is held while the driver is called.
 */

#include "engine/clock.h"
#include "api/timeout.h"
#include "base/state.h"
#include "base/trace.h"

/*
 * The driver has stopped the hardware; stop() waits for a run() that does not
 * know yet. If the late job completed while the driver was asked, it keeps its
 * result, and only the jobs behind it are cancelled: their ring is gone. It may
 * also have been requeued, by the driver itself or by a reset.
 */
static void kill_late(struct drm_jobqueue *queue, struct drm_jobqueue_job *job)
{
	drm_jobqueue_kill(queue, -ETIME);
	drm_jobqueue_stop(queue);
	/* A job that was requeued is not in the ring, and is skipped with -ETIME. */
	spin_lock_irq(&queue->lock);
	drm_jobqueue_mark_done(job, -ETIME);
	spin_unlock_irq(&queue->lock);
	drm_jobqueue_complete_all(queue, -ECANCELED);
	drm_jobqueue_start(queue);
}

static void timeout_work(struct work_struct *work)
{
	struct drm_jobqueue *queue =
		container_of(work, struct drm_jobqueue, timeout_work);
	bool cookie = dma_fence_begin_signalling();
	struct drm_jobqueue_job *job = drm_jobqueue_clock_expire(queue);

	if (job) {
		trace_drm_jobqueue_timeout(job);
		switch (queue->ops->timedout(job)) {
		case DRM_JOBQUEUE_TIMEOUT_EXTEND:
			drm_jobqueue_clock_restart(queue);
			drm_jobqueue_timeout_resume(queue);
			break;
		case DRM_JOBQUEUE_TIMEOUT_KILL:
			kill_late(queue, job);
			drm_jobqueue_timeout_resume(queue);
			break;
		case DRM_JOBQUEUE_TIMEOUT_RESET:
			/* The driver resumes the clock after its reset. */
			break;
		}
		drm_jobqueue_job_put(job);
	}
	dma_fence_end_signalling(cookie);
}

void drm_jobqueue_timeout_init(struct drm_jobqueue *queue)
{
	drm_jobqueue_clock_init(queue);
	INIT_WORK(&queue->timeout_work, timeout_work);
}

/* Context: may sleep. The queue has no jobs. */
void drm_jobqueue_timeout_fini(struct drm_jobqueue *queue)
{
	timer_shutdown_sync(&queue->timer);
	cancel_work_sync(&queue->timeout_work);
}
