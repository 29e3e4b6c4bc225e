// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Groups: what the queues of a device share, and the one place that waits for
 * all of them to be gone.
 */

#include <linux/export.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "internal.h"

/**
 * drm_jobqueue_group_init - begin to have queues
 * @group: the group, embedded in the driver's device
 * @args: how it is to be
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int drm_jobqueue_group_init(struct drm_jobqueue_group *group,
			    const struct drm_jobqueue_group_args *args)
{
	memset(group, 0, sizeof(*group));
	spin_lock_init(&group->lock);
	INIT_LIST_HEAD(&group->queues);
	atomic_set(&group->nqueues, 0);

	group->name = kstrdup(args->name, GFP_KERNEL);
	if (!group->name)
		return -ENOMEM;

	/*
	 * Fences depend on it, and reclaim on fences. Workers of the CPU that
	 * had the event, and of ordinary priority: others preempt who submits,
	 * or cross CPUs, once per job, which doubles the cost of each. Who
	 * cannot wait for a worker runs jobs where their wait ends.
	 */
	group->wq = alloc_workqueue("jobqueue-%s", WQ_MEM_RECLAIM, 0,
				    args->name);
	if (!group->wq)
		goto err_name;

	/* Freeing is nobody's precondition. */
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
	destroy_workqueue(group->wq);
err_name:
	kfree(group->name);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(drm_jobqueue_group_init);

/**
 * drm_jobqueue_group_fini - wait until there are no more queues
 * @group: the group
 *
 * Waits until every queue was put for the last time, which means that all
 * their jobs are gone, and was released. A driver that does not want to wait
 * for jobs to run kills the queues first; it still waits for what those jobs
 * depend on. A queue that is stopped and has jobs must be started.
 *
 * Context: process context, may sleep; not on the signalling path and not in
 * &drm_jobqueue_ops.free or &drm_jobqueue_ops.release.
 */
void drm_jobqueue_group_fini(struct drm_jobqueue_group *group)
{
	wait_var_event(&group->nqueues, !atomic_read(&group->nqueues));

	/* Waits for the last release to have returned. */
	destroy_workqueue(group->reap_wq);
	destroy_workqueue(group->wq);
	if (group->own_timeout_wq)
		destroy_workqueue(group->timeout_wq);
	kfree(group->name);
}
EXPORT_SYMBOL_GPL(drm_jobqueue_group_fini);
