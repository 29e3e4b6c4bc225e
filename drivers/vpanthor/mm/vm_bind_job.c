// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Asynchronous changes of address spaces: jobs that wait for fences and have one.
 * An address space with such changes has a queue, whose jobs execute in order. The ioctl
 * prepares the change and pushes the job (uapi/vm_bind_ops.c).
 *
 * A job is executed under &vpan_vm.op_lock, on the signalling path, and allocates
 * nothing (vm_bind.c). The work items of all address spaces share the workers of the
 * device, so they do not wait for that lock: the client that holds it can keep its tasks
 * off the processors. run() leaves the job in &vpan_vm.ready and tries to lock. If that
 * fails, the holder of the lock finds the job when it unlocks:
 *
 * - a synchronous change executes it (vpan_bind_unlock()), as does what unmaps a kernel
 *   object, so that a client that calls these all the time does not keep the job from being
 *   executed;
 * - all others queue a work item, which tries again (vpan_vm_unlock()). They come once, are
 *   in the context of another client, or wait until no job is ready (vpan_vm_lock_wait()).
 *
 * A queue has one credit, so there is at most one such job per address space.
 */

#include <linux/dma-fence.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <drm/drm_file.h>
#include <drm/drm_managed.h>

#include "device/device.h"
#include "device/gfp.h"
#include "device/job_limit.h"
#include "mm/vm.h"
#include "mm/vm_bind.h"
#include "mm/vm_bind_job.h"

/**
 * vpan_bind_unlock - execute the change that is ready, if there is one, and unlock
 * @vm: the address space, with &vpan_vm.op_lock locked
 *
 * Context: may sleep; on the signalling path. Completes a job, whose reference to the
 * address space may have been the last but the caller's.
 */
void vpan_bind_unlock(struct vpan_vm *vm)
{
	struct vpan_bind_job *job = xchg(&vm->ready, NULL);
	int ret = job ? vpan_bind_execute_locked(&job->bind) : 0;

	vpan_vm_unlock(vm);
	if (job)
		drm_jobqueue_job_complete(&job->base, ret);
}

static void bind_try(struct vpan_vm *vm)
{
	/* Pairs with vpan_vm_unlock(). */
	smp_mb();
	if (mutex_trylock(&vm->op_lock))
		vpan_bind_unlock(vm);
}

/*
 * There is no reference to the address space, but freeing it waits for this: a reference
 * might be the last one to the device, whose release waits for the workqueue.
 */
static void bind_ready_work(struct work_struct *work)
{
	bool cookie = dma_fence_begin_signalling();

	bind_try(container_of(work, struct vpan_vm, ready_work));
	dma_fence_end_signalling(cookie);
}

/**
 * vpan_bind_init_ready - initialise what executes asynchronous changes
 * @vm: the address space
 */
void vpan_bind_init_ready(struct vpan_vm *vm)
{
	INIT_WORK(&vm->ready_work, bind_ready_work);
}

static struct dma_fence *bind_run(struct drm_jobqueue_job *base)
{
	struct vpan_bind_job *job = to_vpan_bind_job(base);
	struct vpan_vm *vm = job->bind.vm;

	if (!job->bind.size) {
		drm_jobqueue_job_complete(base, 0);
		return NULL;
	}
	/*
	 * The job stays valid until this has returned, and has a reference. Pairs with
	 * xchg() in vpan_bind_unlock(), by which another context gets all of the job.
	 */
	smp_store_release(&vm->ready, job);
	bind_try(vm);
	return NULL;
}

static void bind_free_late(struct vpan_vm_free *item)
{
	struct vpan_bind_job *job = container_of(item, struct vpan_bind_job, late);
	struct vpan_vm *vm = job->bind.vm;

	/* The caller has a reference. The limit is that of the address space. */
	vpan_bind_finish(&job->bind);
	kfree(job);
	vpan_job_limit_release(&vm->bind_limit, 1);
}

/*
 * The job may have the last reference to the address space, and that the last one to
 * the device, whose release waits for the workqueue that calls this.
 */
static void bind_free(struct drm_jobqueue_job *base)
{
	struct vpan_bind_job *job = to_vpan_bind_job(base);

	job->late.free = bind_free_late;
	vpan_vm_free_later(job->bind.vm, &job->late);
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
 * address spaces change at the same time; more wait. The administrator finds it in
 * /sys/devices/virtual/workqueue. Destroyed with the &struct
 * drm_device, after the queues if this is called before the group of queues is
 * initialised.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vpan_bind_wq_init(struct vpan_device *vpan)
{
	/* Fences depend on it. A device may outlive the next one of the same name. */
	vpan->bind_wq = alloc_workqueue("vpan-bind-%d",
					WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS,
					WQ_MAX_ACTIVE, vpan->drm.primary->index);
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
