/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VM_H_
#define _VPAN_VM_H_

#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <drm/drm_drv.h>
#include <drm/drm_gpuvm.h>
#include <drm/drm_mm.h>

#include "device/device.h"
#include "device/job_limit.h"
#include "mm/as.h"
#include "pt/pgtable.h"

struct drm_jobqueue;
struct sg_table;
struct vpan_bind_job;
struct vpan_bo;
struct vpan_device;
struct vpan_file;
struct vpan_heaps;

/* Size of the buffer that sparse mappings repeat */
#define VPAN_VM_SPARSE_SIZE SZ_2M

/*
 * Asynchronous changes of an address space that may be pending: a limit of the
 * kernel memory behind it. One VM_BIND call must fit.
 */
#define VPAN_VM_BIND_JOBS_MAX	16384

/*
 * Buffers with a reservation of their own that an address space may map. A submit locks
 * each of them, and adds a fence to each on the signalling path. Lockdep counts up to
 * 2,047 locks that are taken together.
 */
#define VPAN_VM_SHARED_MAX 2000

/* Minimum size of the range for kernel objects, above the user's range */
#define VPAN_VM_KERNEL_MIN SZ_256M

/**
 * struct vpan_vm_free - object of an address space, freed later
 */
struct vpan_vm_free {
	/** @node: In &vpan_vm.frees. */
	struct llist_node node;
	/**
	 * @free: Frees the object, and drops its reference to the address space.
	 * Called in a work item, may sleep and wait for locks of clients.
	 */
	void (*free)(struct vpan_vm_free *item);
};

/**
 * struct vpan_vm - a GPU address space
 *
 * Locks, outermost first: @op_lock, &vpan_bo.gpuva_lock, &vpan_mmu.lock. All
 * are on the signalling path: no allocation under them. @op_lock is held while
 * page tables are edited, for as long as a client's edit takes, and longer if the
 * client keeps its task from running. So neither the scheduler nor the workers that
 * execute the changes of all clients wait for it: they try to lock, and if that fails,
 * vpan_vm_unlock() has the change executed.
 */
struct vpan_vm {
	/** @base: Base class; tree of mappings, protected by @op_lock. */
	struct drm_gpuvm base;
	/** @vpan: The device, with a reference to its &struct drm_device. */
	struct vpan_device *vpan;
	/** @id: Number that identifies it in traces. Constant. */
	u64 id;
	/**
	 * @binds: Queue of asynchronous changes, with a reference; NULL before
	 * the first of them. Set once, under @mm_lock.
	 */
	struct drm_jobqueue *binds;
	/** @bind_limit: Limit of jobs of @binds, %VPAN_VM_BIND_JOBS_MAX. */
	struct vpan_job_limit bind_limit;
	/** @ready: Change of @binds that wants to be executed, or NULL. Atomic. */
	struct vpan_bind_job *ready;
	/** @ready_work: Executes @ready. Without a reference. */
	struct work_struct ready_work;
	/** @user_end: User space may map below this address. Constant. */
	u64 user_end;
	/** @kernel_start: First address that @mm manages. Constant. */
	u64 kernel_start;
	/**
	 * @op_lock: Protects @base's tree, @pt, and what follows to @stale.
	 * Unlocked by vpan_vm_unlock() or vpan_bind_unlock().
	 */
	struct mutex op_lock;
	/** @unlocked: Waiters of vpan_vm_lock_soon(). */
	wait_queue_head_t unlocked;
	/** @pt: The page tables. */
	struct vpan_pgtable pt;
	/** @destroyed: User space has destroyed it. Read without the lock, too. */
	bool destroyed;
	/**
	 * @unusable: An edit failed half way, so it is unknown what is mapped.
	 * Read without the lock, too.
	 */
	bool unusable;
	/** @stale: Tables that the GPU may still walk; freed with the VM. */
	struct vpan_pt_cache stale;
	/** @last_used: Time of its last job, in jiffies. */
	unsigned long last_used;
	/** @restore: For vpan_restore_bo(), else NULL. Under the reservation. */
	struct vpan_restore *restore;
	/** @mm_lock: Protects @mm, and the creation of @binds. */
	struct mutex mm_lock;
	/** @mm: Addresses of kernel objects. */
	struct drm_mm mm;
	/**
	 * @sparse_bo: &vpan_file.sparse_bo with a reference, NULL before the
	 * first sparse mapping.
	 */
	struct vpan_bo *sparse_bo;
	/**
	 * @heaps: Tiler heaps, NULL if user space has no part of the address
	 * space. From vpan_heaps_create(), freed with kfree().
	 */
	struct vpan_heaps *heaps;
	/**
	 * @nshared: Number of buffers with a reservation of their own that are
	 * mapped or about to be, at most %VPAN_VM_SHARED_MAX.
	 */
	atomic_t nshared;
	/** @kernel_bytes: Memory of all kernel objects in bytes. */
	atomic64_t kernel_bytes;
	/** @frees: List of &struct vpan_vm_free. Atomic. */
	struct llist_head frees;
	/** @free_work: Frees them. Each has a reference to the address space. */
	struct work_struct free_work;
	/** @as: Its slot in the hardware. */
	struct vpan_as as;
};

#define to_vpan_vm(gpuvm) container_of(gpuvm, struct vpan_vm, base)

struct vpan_vm *vpan_vm_create(struct vpan_device *vpan, u64 user_end,
			       u64 kernel_start, u64 kernel_size);
void vpan_vm_destroy(struct vpan_vm *vm);
void vpan_vm_unmap_all(struct vpan_vm *vm);
int vpan_vm_map_kernel(struct vpan_vm *vm, struct sg_table *sgt, u64 va,
		       u64 size, u32 prot);
void vpan_vm_unmap_kernel(struct vpan_vm *vm, u64 va, u64 size);
void vpan_vm_free_later(struct vpan_vm *vm, struct vpan_vm_free *item);
struct vpan_bo *vpan_vm_get_sparse_bo(struct vpan_vm *vm,
				      struct vpan_file *file);
struct page *vpan_vm_find_page(struct vpan_vm *vm, u64 va, u32 *offset);
bool vpan_vm_is_unusable(struct vpan_vm *vm);
bool vpan_vm_can_map(struct vpan_vm *vm);

/**
 * vpan_vm_defer_table_free - keep tables that became empty until the VM is freed
 * @vm: the address space
 * @cache: cache with the tables; the caches of the GPU could not be flushed, so
 *	that the GPU may walk the tables until it is reset
 *
 * Context: any; under &vpan_vm.op_lock.
 */
static inline void vpan_vm_defer_table_free(struct vpan_vm *vm,
					    struct vpan_pt_cache *cache)
{
	lockdep_assert_held(&vm->op_lock);

	list_splice_init(&cache->dead, &vm->stale.dead);
}

/* An asynchronous change that is ready comes first. */
static inline bool vpan_vm_try_lock(struct vpan_vm *vm)
{
	return !READ_ONCE(vm->ready) && mutex_trylock(&vm->op_lock);
}

/**
 * vpan_vm_lock_soon - lock &vpan_vm.op_lock if that takes no more than 100 ms
 * @vm: the address space
 *
 * A client's change may hold it for as long as the client likes. For callers that hold locks
 * which other clients need.
 *
 * Context: may sleep; not on the signalling path. The caller unlocks by vpan_vm_unlock().
 * Return: true if it is locked.
 */
static inline bool vpan_vm_lock_soon(struct vpan_vm *vm)
{
	/* lockdep learns no dependencies from mutex_trylock(). */
	might_lock(&vm->op_lock);
	return wait_event_timeout(vm->unlocked, vpan_vm_try_lock(vm), HZ / 10);
}

/**
 * vpan_vm_lock_wait - lock &vpan_vm.op_lock for something short
 * @vm: the address space
 *
 * Gives up when the device is unplugged, after which a new mapping is of no use. A client
 * that calls this all the time keeps no asynchronous change from being executed. But if it
 * makes changes all the time, it can keep its own calls of this from getting the lock.
 *
 * Context: may sleep; not on the signalling path, and under no lock that other clients need.
 * The caller unlocks by vpan_vm_unlock().
 * Return: 0, -ENODEV if the device is unplugged, -EINTR if the task is being killed.
 */
static inline int vpan_vm_lock_wait(struct vpan_vm *vm)
{
	/* Nothing wakes it up for an unplugged device or a fatal signal. */
	while (!vpan_vm_lock_soon(vm)) {
		if (drm_dev_is_unplugged(&vm->vpan->drm))
			return -ENODEV;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/**
 * vpan_vm_unlock - unlock &vpan_vm.op_lock
 * @vm: the address space
 *
 * Queue a work item if a change is ready. The caller, or that change, has a reference to the
 * address space.
 *
 * Context: any but interrupts; on the signalling path.
 */
static inline void vpan_vm_unlock(struct vpan_vm *vm)
{
	mutex_unlock(&vm->op_lock);
	/* Pairs with bind_try(): it finds the lock free, or this finds the change. */
	smp_mb();
	if (READ_ONCE(vm->ready))
		queue_work(vm->vpan->bind_wq, &vm->ready_work);
	/* The barrier above is also for this: a waiter finds the lock free, or is found. */
	if (waitqueue_active(&vm->unlocked))
		wake_up_all(&vm->unlocked);
}

static inline void vpan_vm_put(struct vpan_vm *vm)
{
	if (vm)
		drm_gpuvm_put(&vm->base);
}

#endif /* _VPAN_VM_H_ */
