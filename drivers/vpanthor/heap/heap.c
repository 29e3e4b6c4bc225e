// SPDX-License-Identifier: GPL-2.0 OR MIT
/**
 * DOC: Tiler heaps
 *
 * A tiler heap is a list of chunks of memory. User space creates it with some initial
 * chunks, and the tiler requests more by an out-of-memory event while a job runs.
 *
 * An allocation in answer to the event would make the fence of the job wait for
 * reclaim, which may wait for that fence. So each heap has up to four chunks in
 * reserve. The interrupt handler gives one of them to the tiler (vpan_heap_grow()), and
 * a work item that no fence waits for, one for all heaps of the address space, refills
 * the reserve. If the reserve is empty and the limits of the heap permit another chunk,
 * the answer is deferred until the work item has allocated one or a deadline expires
 * (heap_wait.c): the fence then waits for time and not for memory. If the request is
 * refused, the exception handler of the stream renders what has been tiled so far and
 * thereby frees chunks.
 *
 * A heap grows to &vpan_heap.max_chunks, and not while more than target_in_flight render
 * passes are in progress. heap_chunk.c has the limits in bytes, and charges all chunks
 * to the creator.
 *
 * Locks: &vpan_heaps.create_lock serialises creation and destruction, with memory
 * allocated under it. &vpan_heaps.lock, an irq-safe spinlock inside, protects the table
 * of heaps and their lists of chunks; the interrupt handler takes only this one.
 *
 * Lifetime: a heap exists from TILER_HEAP_CREATE to TILER_HEAP_DESTROY or to the end of
 * its address space. Destruction waits for the work item if that is at the heap. The
 * tiler may still use the chunks, which are unmapped before they are freed, so that its
 * job faults.
 */

#include <linux/bitfield.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/memcontrol.h>
#include <linux/nospec.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <drm/drm_drv.h>
#include <drm/panthor_uapi.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_fw.h>

#include "debug/trace.h"
#include "device/device.h"
#include "device/gfp.h"
#include "heap/heap.h"
#include "heap/heap_chunk.h"
#include "heap/heap_wait.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "pt/pgtable.h"

#define HEAP_CHUNK_MIN		SZ_128K
#define HEAP_CHUNK_MAX		SZ_8M
#define HEAP_RESERVE		4

/* As many as Mesa can be told to ask for, and more than a quarter of RAM has room for. */
#define HEAP_CHUNKS_MAX		65536

/**
 * struct vpan_heap - one tiler heap
 */
struct vpan_heap {
	/** @vm: The address space, which exists longer than the heap. */
	struct vpan_vm *vm;
	/** @chunk_size: Size of a chunk in bytes. */
	u32 chunk_size;
	/** @max_chunks: Limit of @count. */
	u32 max_chunks;
	/** @target_in_flight: Render passes beyond which it does not grow. */
	u32 target_in_flight;
	/** @chunks: Chunks that the tiler has. Under &vpan_heaps.lock. */
	struct list_head chunks;
	/** @reserve: Chunks in reserve. Under &vpan_heaps.lock. */
	struct list_head reserve;
	/** @count: Number of chunks in both lists. Under &vpan_heaps.lock. */
	u32 count;
	/** @nreserve: Number of chunks in @reserve. Under &vpan_heaps.lock. */
	u32 nreserve;
	/**
	 * @kick_waiters: A stream waits for @reserve: kick the scheduler when
	 * that grows. Under &vpan_heaps.lock.
	 */
	bool kick_waiters;
	/**
	 * @failures: Number of failed allocations for @reserve; wraps. Under
	 * &vpan_heaps.lock.
	 */
	u32 failures;
	/** @wants: The tiler wants a chunk. Under &vpan_heaps.lock. */
	bool wants;
	/** @closing: The heap is about to be freed: ends heap_refill(). */
	bool closing;
	/**
	 * @memcg: Memory control group of the creator, to which chunks are
	 * charged, with a reference; NULL if there is none.
	 */
	struct mem_cgroup *memcg;
};

static u32 heap_context_stride(const struct vpan_device *vpan)
{
	u32 line = BIT(FIELD_GET(CSF_L2_LINE_LOG2,
				 vpan->gpu_info.l2_features));

	return ALIGN(sizeof(struct csf_heap_context), line);
}

static u64 heap_chunk_ref(const struct vpan_heap *heap,
			  const struct vpan_heap_chunk *chunk)
{
	return csf_chunk(chunk->kbo->va, heap->chunk_size);
}

/*
 * The heap is not in the table yet, so no lock is needed. User space chooses the
 * number of chunks.
 */
static int heap_add_chunks(struct vpan_heap *heap, u32 initial)
{
	struct vpan_heap_chunk *chunk;
	u64 next = 0;

	while (heap->count < initial) {
		chunk = vpan_heap_chunk_create(heap->vm, heap->chunk_size, next);
		if (chunk == ERR_PTR(-EDQUOT))
			return -ENOMEM;
		if (IS_ERR(chunk))
			return PTR_ERR(chunk);
		list_add(&chunk->link, &heap->chunks);
		next = heap_chunk_ref(heap, chunk);
		heap->count++;
	}
	while (heap->count < heap->max_chunks &&
	       heap->nreserve < HEAP_RESERVE) {
		chunk = vpan_heap_chunk_create(heap->vm, heap->chunk_size, 0);
		/* heap_refill() adds a reserve when the limit permits it. */
		if (chunk == ERR_PTR(-EDQUOT))
			break;
		if (IS_ERR(chunk))
			return PTR_ERR(chunk);
		list_add(&chunk->link, &heap->reserve);
		heap->nreserve++;
		heap->count++;
	}
	return 0;
}

static bool heap_wants_reserve(struct vpan_heap *heap)
{
	struct vpan_heaps *heaps = heap->vm->heaps;
	bool wants;

	spin_lock_irq(&heaps->lock);
	wants = heap->nreserve < HEAP_RESERVE &&
		heap->count < heap->max_chunks;
	spin_unlock_irq(&heaps->lock);
	return wants;
}

/* @chunk is NULL if its allocation has failed. */
static void heap_add_reserve(struct vpan_heap *heap, struct vpan_heap_chunk *chunk)
{
	struct vpan_heaps *heaps = heap->vm->heaps;
	bool kick;

	spin_lock_irq(&heaps->lock);
	if (chunk) {
		list_add(&chunk->link, &heap->reserve);
		heap->nreserve++;
		heap->count++;
		/* If it wants more, it is its turn again after the others. */
		heap->wants = true;
	} else {
		heap->failures++;
	}
	kick = heap->kick_waiters;
	heap->kick_waiters = false;
	spin_unlock_irq(&heaps->lock);
	/* The scheduler then repeats the requests of all waiting streams. */
	if (kick)
		vpan_sched_kick(heap->vm->vpan);
}

/* After a failure the next request of the tiler tries again. */
static void heap_refill(struct vpan_heap *heap)
{
	struct vpan_heap_chunk *chunk;

	if (READ_ONCE(heap->closing) || !heap_wants_reserve(heap))
		return;
	chunk = vpan_heap_chunk_create_remote(heap->vm, heap->chunk_size,
					      heap->memcg, &heap->closing);
	heap_add_reserve(heap, IS_ERR(chunk) ? NULL : chunk);
}

/* The next heap whose tiler wants a chunk, or NULL. It exists until the next call. */
static struct vpan_heap *heaps_next_refill(struct vpan_heaps *heaps)
{
	struct vpan_heap *heap = NULL, *next;
	unsigned int i;

	spin_lock_irq(&heaps->lock);
	for (i = 0; i < VPAN_HEAP_COUNT && !heap; i++) {
		heaps->turn = (heaps->turn + 1) % VPAN_HEAP_COUNT;
		next = heaps->heap[heaps->turn];
		if (next && next->wants)
			heap = next;
	}
	if (heap)
		heap->wants = false;
	/* Not before the former one is done with. */
	smp_store_release(&heaps->refilling, heap);
	spin_unlock_irq(&heaps->lock);
	wake_up_all(&heaps->refilled);
	return heap;
}

static void heaps_refill(struct work_struct *work)
{
	struct vpan_heaps *heaps = container_of(work, struct vpan_heaps, refill);
	struct vpan_heap *heap;

	while ((heap = heaps_next_refill(heaps)))
		heap_refill(heap);
}

/* The heap is not in the table. */
static void heap_free(struct vpan_heap *heap)
{
	struct vpan_heaps *heaps = heap->vm->heaps;

	WRITE_ONCE(heap->closing, true);
	/* Pairs with heaps_next_refill(). The heap is out of the table, and does not come back. */
	wait_event(heaps->refilled, smp_load_acquire(&heaps->refilling) != heap);
	vpan_heap_chunks_free(heap->vm, heap->chunk_size, &heap->chunks);
	vpan_heap_chunks_free(heap->vm, heap->chunk_size, &heap->reserve);
	mem_cgroup_put(heap->memcg);
	kfree(heap);
}

static struct vpan_heap *
heap_alloc(struct vpan_vm *vm, const struct drm_panthor_tiler_heap_create *args)
{
	struct vpan_heap *heap;

	heap = kzalloc(sizeof(*heap), VPAN_GFP_CLIENT);
	if (!heap)
		return NULL;

	heap->vm = vm;
	heap->memcg = get_mem_cgroup_from_mm(current->mm);
	heap->chunk_size = args->chunk_size;
	heap->max_chunks = args->max_chunks;
	heap->target_in_flight = args->target_in_flight;
	INIT_LIST_HEAD(&heap->chunks);
	INIT_LIST_HEAD(&heap->reserve);
	return heap;
}

static int heaps_alloc_contexts(struct vpan_vm *vm)
{
	u64 size = VPAN_HEAP_COUNT * heap_context_stride(vm->vpan);
	struct vpan_heaps *heaps = vm->heaps;
	struct vpan_kbo *contexts;

	lockdep_assert_held(&heaps->create_lock);

	if (heaps->contexts)
		return 0;

	contexts = vpan_kbo_create(vm, VPAN_KBO_AUTO_VA, size,
				   VPAN_PROT_NOEXEC);
	if (IS_ERR(contexts))
		return PTR_ERR(contexts);

	spin_lock_irq(&heaps->lock);
	heaps->contexts = contexts;
	spin_unlock_irq(&heaps->lock);
	return 0;
}

static int heaps_find_index(struct vpan_heaps *heaps)
{
	unsigned int i;

	lockdep_assert_held(&heaps->create_lock);

	for (i = 0; i < VPAN_HEAP_COUNT; i++) {
		if (!heaps->heap[i])
			return i;
	}
	return -EBUSY;
}

static void heaps_set(struct vpan_heaps *heaps, unsigned int index,
		      struct vpan_heap *heap)
{
	lockdep_assert_held(&heaps->create_lock);

	spin_lock_irq(&heaps->lock);
	heaps->heap[index] = heap;
	spin_unlock_irq(&heaps->lock);
}

/* Return: index of the heap or a negative errno; then the heap is still the caller's. */
static int heaps_add(struct vpan_vm *vm, struct vpan_heap *heap,
		     struct drm_panthor_tiler_heap_create *args)
{
	u32 stride = heap_context_stride(vm->vpan);
	struct vpan_heaps *heaps = vm->heaps;
	struct vpan_heap_chunk *first;
	int index, ret;

	lockdep_assert_held(&heaps->create_lock);

	if (heaps->closed)
		return -EINVAL;
	index = heaps_find_index(heaps);
	if (index < 0)
		return index;
	ret = heaps_alloc_contexts(vm);
	if (!ret)
		ret = heap_add_chunks(heap, args->initial_chunk_count);
	if (ret)
		return ret;

	memset(heaps->contexts->vaddr + index * stride, 0, stride);
	first = list_first_entry(&heap->chunks, struct vpan_heap_chunk,
				 link);
	args->tiler_heap_ctx_gpu_va = heaps->contexts->va + index * stride;
	args->first_heap_chunk_gpu_va = first->kbo->va;
	heaps_set(heaps, index, heap);
	return index;
}

/**
 * vpan_heaps_create - allocate the table of heaps of an address space
 * @vm: address space, which frees the table with itself
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vpan_heaps_create(struct vpan_vm *vm)
{
	struct vpan_heaps *heaps = kzalloc(sizeof(*heaps), VPAN_GFP_CLIENT);

	if (!heaps)
		return -ENOMEM;

	mutex_init(&heaps->create_lock);
	spin_lock_init(&heaps->lock);
	INIT_WORK(&heaps->refill, heaps_refill);
	init_waitqueue_head(&heaps->refilled);
	vm->heaps = heaps;
	return 0;
}

/**
 * vpan_heaps_fini - free all heaps and prevent new ones
 * @heaps: heaps of an address space
 *
 * Jobs that still use them fault.
 *
 * Context: may sleep.
 */
void vpan_heaps_fini(struct vpan_heaps *heaps)
{
	struct vpan_kbo *contexts;
	struct vpan_heap *heap;
	unsigned int i;

	mutex_lock(&heaps->create_lock);
	heaps->closed = true;
	/* All at once: to wait for each takes a while if memory is short. */
	for (i = 0; i < VPAN_HEAP_COUNT; i++) {
		if (heaps->heap[i])
			WRITE_ONCE(heaps->heap[i]->closing, true);
	}
	for (i = 0; i < VPAN_HEAP_COUNT; i++) {
		heap = heaps->heap[i];
		if (!heap)
			continue;
		heaps_set(heaps, i, NULL);
		heap_free(heap);
	}
	spin_lock_irq(&heaps->lock);
	contexts = heaps->contexts;
	heaps->contexts = NULL;
	spin_unlock_irq(&heaps->lock);
	mutex_unlock(&heaps->create_lock);

	/* There is nothing to refill. */
	cancel_work_sync(&heaps->refill);
	/* Last: it may have the last reference to the address space. */
	vpan_kbo_destroy(contexts);
}

static bool heap_args_ok(const struct drm_panthor_tiler_heap_create *args)
{
	return args->initial_chunk_count &&
	       args->initial_chunk_count <= args->max_chunks &&
	       args->max_chunks <= HEAP_CHUNKS_MAX &&
	       args->chunk_size >= HEAP_CHUNK_MIN &&
	       args->chunk_size <= HEAP_CHUNK_MAX &&
	       IS_ALIGNED(args->chunk_size, SZ_4K) &&
	       (u64)args->initial_chunk_count * args->chunk_size <=
	       vpan_heap_chunks_limit();
}

/**
 * vpan_heap_create - create a heap for user space
 * @vm: address space with the id @args->vm_id
 * @args: properties; returns handle and addresses
 *
 * Context: may sleep and allocate.
 * Return: 0, -EINVAL if an argument is invalid, -EBUSY if the address space has
 * %VPAN_HEAP_COUNT heaps, -ENOSPC if it has no room for the chunks, -ENOMEM if
 * there is no memory, the initial chunks exceed the quarter of RAM for heaps, or
 * the address space has 16 MiB of chunks and less than an eighth of RAM is available,
 * -ENODEV if the device is unplugged, -EINTR if the task is being killed.
 */
int vpan_heap_create(struct vpan_vm *vm,
		     struct drm_panthor_tiler_heap_create *args)
{
	struct vpan_heap *heap;
	int ret;

	if (!heap_args_ok(args))
		return -EINVAL;

	ret = mutex_lock_killable(&vm->heaps->create_lock);
	if (ret)
		return ret;
	heap = heap_alloc(vm, args);
	ret = heap ? heaps_add(vm, heap, args) : -ENOMEM;
	if (ret < 0 && heap)
		heap_free(heap);
	mutex_unlock(&vm->heaps->create_lock);
	if (ret >= 0) {
		args->handle = FIELD_PREP(VPAN_HEAP_HANDLE_VM, args->vm_id) |
			       FIELD_PREP(VPAN_HEAP_HANDLE_INDEX, ret);
		ret = 0;
	}
	return ret;
}

static int heaps_remove(struct vpan_heaps *heaps, u32 index)
{
	struct vpan_heap *heap;

	lockdep_assert_held(&heaps->create_lock);

	if (!heaps->contexts)
		return -ENOENT;
	if (index >= VPAN_HEAP_COUNT)
		return -EINVAL;
	index = array_index_nospec(index, VPAN_HEAP_COUNT);
	heap = heaps->heap[index];
	if (!heap)
		return -EINVAL;

	heaps_set(heaps, index, NULL);
	heap_free(heap);
	return 0;
}

/**
 * vpan_heap_destroy - destroy a heap for user space
 * @vm: address space with the id in %VPAN_HEAP_HANDLE_VM of @handle
 * @handle: the handle
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if there is no such heap, -ENOENT if the address space never
 * had a heap, -EINTR if the task is being killed: the heap then exists as long as
 * the address space.
 */
int vpan_heap_destroy(struct vpan_vm *vm, u32 handle)
{
	int ret;

	ret = mutex_lock_killable(&vm->heaps->create_lock);
	if (ret)
		return ret;
	ret = heaps_remove(vm->heaps, FIELD_GET(VPAN_HEAP_HANDLE_INDEX, handle));
	mutex_unlock(&vm->heaps->create_lock);
	return ret;
}

static struct vpan_heap *heaps_find(struct vpan_vm *vm, u64 context)
{
	u32 stride = heap_context_stride(vm->vpan);
	struct vpan_heaps *heaps = vm->heaps;
	u64 offset;

	lockdep_assert_held(&heaps->lock);

	if (!heaps->contexts || context < heaps->contexts->va)
		return NULL;
	offset = context - heaps->contexts->va;
	if (offset >= (u64)stride * VPAN_HEAP_COUNT || offset % stride)
		return NULL;
	return heaps->heap[array_index_nospec(offset / stride,
					      VPAN_HEAP_COUNT)];
}

/* Return: true if the stream waits until the reserve is refilled. */
static bool heap_may_wait(struct vpan_heap *heap, struct vpan_heap_wait *wait)
{
	lockdep_assert_held(&heap->vm->heaps->lock);

	if (heap->count >= heap->max_chunks ||
	    !vpan_heap_wait_poll(wait, heap->failures, jiffies))
		return false;
	heap->kick_waiters = true;
	return true;
}

static int heap_take_chunk(struct vpan_heap *heap, struct vpan_heap_wait *wait,
			   u32 in_flight, u64 *ref)
{
	struct vpan_heap_chunk *chunk = NULL;

	lockdep_assert_held(&heap->vm->heaps->lock);

	/* With too many render passes, those that end free chunks. */
	if (in_flight <= heap->target_in_flight) {
		heap->wants = true;
		queue_work(heap->vm->vpan->heap_wq, &heap->vm->heaps->refill);
		chunk = list_first_entry_or_null(&heap->reserve,
						 struct vpan_heap_chunk, link);
		if (!chunk && heap_may_wait(heap, wait))
			return -EAGAIN;
	}
	vpan_heap_wait_end(wait);
	if (!chunk)
		return 0;
	list_move(&chunk->link, &heap->chunks);
	heap->nreserve--;
	*ref = heap_chunk_ref(heap, chunk);
	return 0;
}

/**
 * vpan_heap_grow - answer an out-of-memory event of the tiler
 * @vm: address space of the stream
 * @out: output page of the stream
 * @wait: wait state of the stream, protected by &vpan_heaps.lock
 * @chunk: returns the reference to a chunk, 0 if the request is refused
 *
 * Context: any; on the signalling path.
 * Return: 0, -EAGAIN if a chunk may be available soon: the caller repeats the
 * request when the scheduler is kicked and with each tick; -EINVAL if there is no
 * such heap, or no render pass in progress.
 */
int vpan_heap_grow(struct vpan_vm *vm, const struct csf_cs_output *out,
		   struct vpan_heap_wait *wait, u64 *chunk)
{
	u32 begun = READ_ONCE(out->heap_vt_start);
	u32 tiled = READ_ONCE(out->heap_vt_end);
	u32 drawn = READ_ONCE(out->heap_frag_end);
	struct vpan_heap *heap;
	unsigned long flags;
	int ret = -EINVAL;

	*chunk = 0;
	/* Free-running counters, which wrap */
	if ((s32)(tiled - drawn) < 0 || (s32)(begun - tiled) <= 0)
		return -EINVAL;

	spin_lock_irqsave(&vm->heaps->lock, flags);
	heap = heaps_find(vm, READ_ONCE(out->heap_address));
	if (heap)
		ret = heap_take_chunk(heap, wait, begun - drawn, chunk);
	spin_unlock_irqrestore(&vm->heaps->lock, flags);
	if (ret != -EAGAIN)
		trace_vpanthor_heap_grow(vm, READ_ONCE(out->heap_address),
					 *chunk);
	return ret;
}
