// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Asynchronous changes of address spaces: jobs that wait for fences and have one.
 * An address space with such changes has a queue, whose jobs execute in order. run() executes the
 * change itself, in a work item of the queue, and completes the job at once; it is on
 * the signalling path and does not allocate (vm_bind.c). The ioctl prepares the
 * change and pushes the job (uapi/vm_bind_ops.c).
 */

#include <linux/slab.h>
#include <linux/workqueue.h>

#include <drm/drm_managed.h>

#include "device/device.h"
#include "device/free_wq.h"
#include "device/gfp.h"
#include "device/job_limit.h"
#include "mm/vm.h"
#include "mm/vm_bind.h"
#include "mm/vm_bind_job.h"

static struct dma_fence *bind_run(struct drm_jobqueue_job *base)
{
	int ret = vpan_bind_execute(&to_vpan_bind_job(base)->bind);

	if (ret)
		return ERR_PTR(ret);
	drm_jobqueue_job_complete(base, 0);
	return NULL;
}

static void bind_free_work(struct work_struct *work)
{
	struct vpan_bind_job *job = container_of(work, struct vpan_bind_job,
						 free_work);
	struct vpan_vm *vm = job->bind.vm;

	/* The limit is that of the address space. */
	drm_gpuvm_get(&vm->base);
	vpan_bind_finish(&job->bind);
	kfree(job);
	vpan_job_limit_release(&vm->bind_limit, 1);
	vpan_vm_put(vm);
}

/*
 * The job may have the last reference to the address space, and that the last one to
 * the device, whose release waits for the workqueue that calls this.
 */
static void bind_free(struct drm_jobqueue_job *base)
{
	struct vpan_bind_job *job = to_vpan_bind_job(base);

	INIT_WORK(&job->free_work, bind_free_work);
	queue_work(vpan_free_wq, &job->free_work);
}

static void bind_release(struct drm_jobqueue *queue)
{
	kfree(queue);
}

static const struct drm_jobqueue_ops bind_ops = {
	.run = bind_run,
	.free = bind_free,
	.release = bind_release,
};

static void bind_wq_fini(struct drm_device *drm, void *data)
{
	destroy_workqueue(data);
}

/**
 * vpan_bind_wq_init - create the workqueue that executes changes
 * @vpan: the device
 *
 * A change takes as long as a client chooses. So that it holds up no change of
 * another client, its worker is not bound to a CPU, and up to %WQ_MAX_ACTIVE
 * address spaces change at the same time; more wait. Destroyed with the &struct
 * drm_device, after the queues if this is called before the group of queues is
 * initialised.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vpan_bind_wq_init(struct vpan_device *vpan)
{
	/* Fences depend on it. */
	vpan->bind_wq = alloc_workqueue("vpan-bind",
					WQ_UNBOUND | WQ_MEM_RECLAIM,
					WQ_MAX_ACTIVE);
	if (!vpan->bind_wq)
		return -ENOMEM;
	return drmm_add_action_or_reset(&vpan->drm, bind_wq_fini,
					vpan->bind_wq);
}

/* Jobs run in a work item, since run() takes mutexes and waits for the MMU. */
static struct drm_jobqueue *bind_queue_create(struct vpan_vm *vm, u64 client_id)
{
	char name[64];
	const struct drm_jobqueue_args args = {
		.group = &vm->vpan->jobqueues,
		.ops = &bind_ops,
		.name = name,
		.credits = 1,
		.wq = vm->vpan->bind_wq,
	};
	struct drm_jobqueue *queue;
	int ret;

	queue = kzalloc(sizeof(*queue), VPAN_GFP_CLIENT);
	if (!queue)
		return ERR_PTR(-ENOMEM);

	snprintf(name, sizeof(name), "client%llu/vm%llu/bind", client_id, vm->id);
	ret = drm_jobqueue_init(queue, &args);
	if (ret) {
		kfree(queue);
		return ERR_PTR(ret);
	}
	return queue;
}

/**
 * vpan_bind_queue_kill - let no further asynchronous change run
 * @vm: the address space, with &vpan_vm.destroyed set
 *
 * Changes that have not run end with -ECANCELED.
 *
 * Context: may sleep.
 */
void vpan_bind_queue_kill(struct vpan_vm *vm)
{
	struct drm_jobqueue *queue;

	mutex_lock(&vm->mm_lock);
	queue = vm->binds;
	mutex_unlock(&vm->mm_lock);
	if (queue)
		drm_jobqueue_kill(queue, -ECANCELED);
}

/*
 * Many address spaces have no asynchronous change, so the first one creates the queue.
 * vpan_vm_destroy() sets &vpan_vm.destroyed before it looks for a queue to kill: a queue
 * that it does not find is killed here.
 */
static struct drm_jobqueue *bind_queue_get(struct vpan_vm *vm, u64 client_id)
{
	struct drm_jobqueue *queue, *unused = NULL;

	/* Pairs with the release below: the queue is initialised. */
	queue = smp_load_acquire(&vm->binds);
	if (queue)
		return queue;
	queue = bind_queue_create(vm, client_id);
	if (IS_ERR(queue))
		return queue;

	mutex_lock(&vm->mm_lock);
	if (vm->binds) {
		unused = queue;
		queue = vm->binds;
	} else {
		/* Pairs with the acquire above. */
		smp_store_release(&vm->binds, queue);
	}
	mutex_unlock(&vm->mm_lock);

	if (unused)
		drm_jobqueue_put(unused);
	else if (READ_ONCE(vm->destroyed))
		vpan_bind_queue_kill(vm);
	return queue;
}

/**
 * vpan_bind_job_create - create a job whose change is initialised and not prepared
 * @vm: address space with a part for user space
 * @client_id: id of the file, for traces
 *
 * The caller has taken room for the job from &vpan_vm.bind_limit, which the job
 * gives back when it is freed. The caller drops the reference by
 * drm_jobqueue_job_put().
 *
 * Context: may sleep and allocate.
 * Return: the job, or an ERR_PTR(); then the room is still the caller's.
 */
struct vpan_bind_job *vpan_bind_job_create(struct vpan_vm *vm, u64 client_id)
{
	struct drm_jobqueue *queue = bind_queue_get(vm, client_id);
	struct vpan_bind_job *job;
	int ret;

	if (IS_ERR(queue))
		return ERR_CAST(queue);
	job = kzalloc(sizeof(*job), VPAN_GFP_CLIENT);
	ret = job ? drm_jobqueue_job_init(&job->base, queue, 1, client_id) :
		    -ENOMEM;
	if (ret) {
		kfree(job);
		return ERR_PTR(ret);
	}
	vpan_bind_init(&job->bind, vm);
	return job;
}
