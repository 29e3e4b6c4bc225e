// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Chunks of tiler heaps: allocation, charging and limits.
 *
 * The tiler asks for chunks as long as a job has vertices, so that memory for
 * them is requested by a client's data and allocated by a work item, outside of
 * the client's context. Three rules keep that from hurting others:
 *
 * - Chunks and all that belongs to them are charged to the memory control group
 *   of the creator of the heap, also when a work item allocates them.
 * - The chunks of all heaps of an address space together have at most a quarter
 *   of RAM. While less than an eighth of RAM is available no heap grows, and none is
 *   created if the address space has more than 16 MiB of chunks then: rendering in
 *   several passes costs less than a machine without memory.
 * - An allocation fails rather than call the OOM killer, which would end other
 *   processes, since chunks are not counted as memory of any.
 *
 * heap.c calls this under &vpan_heaps.create_lock or from the work item
 * that refills heaps. &vpan_heaps.lock protects the count of bytes.
 */

#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <drm/drm_drv.h>

#include "device/device.h"
#include "device/gfp.h"
#include "heap/heap.h"
#include "heap/heap_chunk.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "pt/pgtable.h"

/* Shares of RAM: what heaps may have, what they leave to others */
#define CHUNKS_SHARE	4
#define CHUNKS_LEAVE	8

/*
 * Chunks of an address space with which its heaps may begin also if less is available:
 * memory can still be reclaimed, and a program needs some to render at all.
 */
#define CHUNKS_BEGIN	SZ_16M

/* More than all small allocations for a chunk together */
#define CHUNK_PROBE	SZ_128K

/**
 * vpan_heap_chunks_limit - get the limit of the chunks of an address space
 *
 * Context: any.
 * Return: size in bytes of all chunks of all of its heaps.
 */
u64 vpan_heap_chunks_limit(void)
{
	return ((u64)totalram_pages() << PAGE_SHIFT) / CHUNKS_SHARE;
}

static bool chunk_reserve_bytes(struct vpan_heaps *heaps, u32 size)
{
	bool fits;

	spin_lock_irq(&heaps->lock);
	fits = heaps->bytes + size <= vpan_heap_chunks_limit();
	if (fits)
		heaps->bytes += size;
	spin_unlock_irq(&heaps->lock);
	return fits;
}

static void chunk_release_bytes(struct vpan_heaps *heaps, u32 size)
{
	spin_lock_irq(&heaps->lock);
	heaps->bytes -= size;
	spin_unlock_irq(&heaps->lock);
}

static struct vpan_heap_chunk *chunk_alloc(struct vpan_vm *vm, u32 size,
					   u64 next, const bool *stop)
{
	struct vpan_heap_chunk *chunk;
	struct vpan_kbo *kbo;
	u64 *next_chunk;

	chunk = kzalloc(sizeof(*chunk), VPAN_GFP_CLIENT);
	if (!chunk)
		return ERR_PTR(-ENOMEM);

	kbo = vpan_kbo_create_until(vm, VPAN_KBO_AUTO_VA, size, VPAN_PROT_NOEXEC,
				    stop);
	if (IS_ERR(kbo)) {
		kfree(chunk);
		return ERR_CAST(kbo);
	}
	chunk->kbo = kbo;

	/* The header begins with it; the rest is zero in a new buffer. */
	next_chunk = kbo->vaddr;
	*next_chunk = next;
	vpan_kbo_vunmap(kbo);
	return chunk;
}

static struct vpan_heap_chunk *chunk_create(struct vpan_vm *vm, u32 size,
					    u64 next, const bool *stop)
{
	struct vpan_heap_chunk *chunk;

	if (!chunk_reserve_bytes(vm->heaps, size))
		return ERR_PTR(-EDQUOT);
	chunk = chunk_alloc(vm, size, next, stop);
	if (IS_ERR(chunk))
		chunk_release_bytes(vm->heaps, size);
	return chunk;
}

static bool chunk_leaves_memory(void)
{
	return si_mem_available() >= totalram_pages() / CHUNKS_LEAVE;
}

/**
 * vpan_heap_chunk_create - allocate a chunk in the context of the client
 * @vm: address space of the heap
 * @size: size in bytes
 * @next: reference to the chunk that follows in the list of the tiler, or 0
 *
 * Context: may sleep and allocate.
 * Return: the chunk or an ERR_PTR(): -EDQUOT beyond the limit or if too little memory is
 * available, -EINTR if the task is being killed, -ENODEV if the device is unplugged.
 */
struct vpan_heap_chunk *vpan_heap_chunk_create(struct vpan_vm *vm, u32 size,
					       u64 next)
{
	if (fatal_signal_pending(current))
		return ERR_PTR(-EINTR);
	if (drm_dev_is_unplugged(&vm->vpan->drm))
		return ERR_PTR(-ENODEV);
	if (READ_ONCE(vm->heaps->bytes) + size > CHUNKS_BEGIN &&
	    !chunk_leaves_memory())
		return ERR_PTR(-EDQUOT);
	return chunk_create(vm, size, next, NULL);
}

/*
 * GEM and shmem allocate small objects for a chunk with GFP_KERNEL. Find out
 * first if there is memory for them, in the machine and in the control group, so
 * that they do not call the OOM killer.
 */
static bool chunk_memory_available(void)
{
	void *probe;

	if (!chunk_leaves_memory())
		return false;
	probe = kvmalloc(CHUNK_PROBE, VPAN_GFP_CLIENT);
	kvfree(probe);
	return probe;
}

/**
 * vpan_heap_chunk_create_remote - allocate a chunk on behalf of a client
 * @vm: address space of the heap
 * @size: size in bytes
 * @memcg: memory control group that is charged, or NULL
 * @stop: set to end the allocation
 *
 * Context: may sleep and allocate; work item.
 * Return: the chunk or an ERR_PTR(), -ENODEV if the device is unplugged.
 */
struct vpan_heap_chunk *
vpan_heap_chunk_create_remote(struct vpan_vm *vm, u32 size,
			      struct mem_cgroup *memcg, const bool *stop)
{
	struct vpan_heap_chunk *chunk = ERR_PTR(-ENOMEM);
	struct mem_cgroup *old;

	if (drm_dev_is_unplugged(&vm->vpan->drm))
		return ERR_PTR(-ENODEV);
	old = set_active_memcg(memcg);
	if (chunk_memory_available())
		chunk = chunk_create(vm, size, 0, stop);
	set_active_memcg(old);
	return chunk;
}

/**
 * vpan_heap_chunks_free - free the chunks of a list
 * @vm: address space of the heap
 * @size: size of each in bytes
 * @chunks: list of chunks that the tiler no longer uses
 *
 * Context: may sleep.
 */
void vpan_heap_chunks_free(struct vpan_vm *vm, u32 size,
			   struct list_head *chunks)
{
	struct vpan_heap_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, chunks, link) {
		vpan_kbo_destroy(chunk->kbo);
		kfree(chunk);
		chunk_release_bytes(vm->heaps, size);
	}
}
