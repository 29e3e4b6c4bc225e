// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Groups: the workqueues that the queues of a device share, and the list of
 * those queues.
 *
 * Called by drivers when a device is probed and removed. The end of a group is
 * the only place that waits for queues to end. The group's lock protects the
 * list only; that under which gangs are armed is used by gang.c and job.c.
 */

#include <linux/export.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include <drm/drm_jobqueue.h>

#include "api/print.h"
#include "../compat/workqueue.h"

/* Interval of reports while the end of a group waits for queues. */
#define HANG_REPORT (30 * HZ)

static void destroy_own_wqs(struct drm_jobqueue_group *group)
{
	if (!group->own_wq)
		return;
	if (group->unbound_wq)
		destroy_workqueue(group->unbound_wq);
	destroy_workqueue(group->wq);
}

/**
 * drm_jobqueue_group_init - initialise a group
 * @group: group embedded in the driver's device
 * @args: group parameters
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int drm_jobqueue_group_init(struct drm_jobqueue_group *group,
			    const struct drm_jobqueue_group_args *args)
{
	memset(group, 0, sizeof(*group));
	spin_lock_init(&group->lock);
	spin_lock_init(&group->arm_lock);
	INIT_LIST_HEAD(&group->queues);
	atomic_set(&group->nqueues, 0);

	group->name = kstrdup(args->name, GFP_KERNEL);
	if (!group->name)
		return -ENOMEM;

	/*
	 * WQ_MEM_RECLAIM: fences depend on it, and reclaim on fences. Bound to
	 * the CPU that had the event and of ordinary priority: other workers
	 * preempt the submitter or cross CPUs once per job, which doubles the
	 * cost of a job. The unbound one is for when a real-time task has that
	 * CPU. A driver that cannot wait for a worker runs jobs where their wait
	 * ends (DRM_JOBQUEUE_RUN_ANY_CONTEXT).
	 */
	group->wq = args->wq;
	if (!group->wq) {
		group->wq = alloc_workqueue("jobqueue-%s",
					    WQ_MEM_RECLAIM | WQ_PERCPU, 0,
					    args->name);
		if (!group->wq)
			goto err_name;
		group->own_wq = true;
		group->unbound_wq =
			alloc_workqueue("jobqueue-unbound-%s",
					WQ_MEM_RECLAIM | WQ_UNBOUND, 0,
					args->name);
		if (!group->unbound_wq)
			goto err_wq;
	}

	/* No fence and no reclaim depends on freeing jobs. */
	group->reap_wq = alloc_workqueue("jobqueue-reap-%s", WQ_UNBOUND, 0,
					 args->name);
	if (!group->reap_wq)
		goto err_wq;

	group->timeout_wq = args->timeout_wq;
	if (!group->timeout_wq) {
		group->timeout_wq =
			alloc_ordered_workqueue("jobqueue-timeout-%s",
						WQ_MEM_RECLAIM, args->name);
		if (!group->timeout_wq)
			goto err_reap_wq;
		group->own_timeout_wq = true;
	}
	return 0;

err_reap_wq:
	destroy_workqueue(group->reap_wq);
err_wq:
	destroy_own_wqs(group);
err_name:
	kfree(group->name);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_group_init);

/**
 * drm_jobqueue_group_fini - wait for the end of all queues
 * @group: the group
 *
 * Waits until the last reference to every queue was dropped, which means that
 * all their jobs are gone, and until every queue was released. To avoid waiting
 * for jobs to run, kill the queues first; this still waits for the dependencies
 * of those jobs. A stopped queue with jobs must be started. While it waits, the
 * function reports the queues that it waits for to the kernel log, every 30
 * seconds.
 *
 * Context: process context, may sleep; not on the signalling path and not in
 * &drm_jobqueue_ops.free or &drm_jobqueue_ops.release.
 */
void drm_jobqueue_group_fini(struct drm_jobqueue_group *group)
{
	while (!wait_var_event_timeout(&group->nqueues,
				       !atomic_read(&group->nqueues),
				       HANG_REPORT))
		drm_jobqueue_report_hang(group);

	/* Waits until the last release has returned. */
	destroy_workqueue(group->reap_wq);
	destroy_own_wqs(group);
	if (group->own_timeout_wq)
		destroy_workqueue(group->timeout_wq);
	kfree(group->name);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_group_fini);
