// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tiler heap: chunks for tiling jobs, counters, free chunks.
 */

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_isa.h>

#include "base/vcsf.h"
#include "cores/heap.h"
#include "group/group.h"
#include "group/stream.h"
#include "mmu/mem.h"
#include "mmu/mmu.h"

/* Speed at which a tiler fills its heap (chosen) */
#define VCSF_TILER_BYTES_PER_NS	4

/* Most bytes of a stage: a descriptor may name a chunk of any size. */
#define VCSF_TILER_STAGE_MAX	SZ_16M

/**
 * DOC: The tiler heap
 *
 * A tiling job needs memory for geometry. It takes it from the current chunk of
 * its heap descriptor, stage by stage, and when that is full from, in this
 * order: the next chunk in the list of chunk headers, a chunk that fragment jobs
 * have returned to the heap context (FINISH_FRAGMENT), a chunk from the host.
 * Geometry itself is not written, but the polygon list in the tiler context
 * points to its memory, so that a fragment job knows that there is some. Filled
 * chunks are linked to the tiler context, where FINISH_FRAGMENT finds them after
 * rendering. All of these lists are in memory of the group, and may hold
 * anything.
 *
 * If no chunk is left, the job is held, see oom.c.
 *
 * cores.c calls vcsf_heap_step() at the end of a stage, the deferred
 * instructions call vcsf_heap_count() and vcsf_heap_free(). All run in the
 * engine's thread; accesses need &vcsf_mmu.lock. An access may stall, so a step
 * first looks at all memory that it is going to write, and then writes without
 * a stall: no chunk is taken twice or lost.
 */

#define VCSF_ADDR_OF(addr, type, member) ((addr) + offsetof(struct type, member))

static int vcsf_heap_read(struct vcsf_cs *cs, u64 va, u64 *value)
{
	return vcsf_mem_read64(cs->hw, cs->csg->as, va, value);
}

static int vcsf_heap_write(struct vcsf_cs *cs, u64 va, u64 value)
{
	return vcsf_mem_write64(cs->hw, cs->csg->as, va, value);
}

/* Check that a write will succeed. Valid while the lock is held. */
static int vcsf_heap_probe(struct vcsf_cs *cs, u64 va)
{
	void *page;

	return vcsf_mmu_page(cs->hw, cs->csg->as, va, CSF_AS_ACCESS_WRITE,
			     &page);
}

static u64 vcsf_chunk_va(u64 chunk)
{
	return chunk & CSF_CHUNK_ADDRESS;
}

/* --- Taking chunks -------------------------------------------------------------- */

/**
 * struct vcsf_tiling - a tiling job's view of its heap
 * @context: address of the tiler context
 * @descriptor: address of the heap descriptor
 * @base: address of the current chunk
 * @bottom: address of its first free byte
 * @top: address of its end
 * @heap: address of the heap context, zero if there is none
 * @next: chunk that follows
 * @freed: whether @next comes from the heap context's list
 */
struct vcsf_tiling {
	u64 context;
	u64 descriptor;
	u64 base;
	u64 bottom;
	u64 top;
	u64 heap;
	u64 next;
	bool freed;
};

static int vcsf_tiling_load(struct vcsf_cs *cs, struct vcsf_tiling *t)
{
	u64 d;
	int ret;

	ret = vcsf_heap_read(cs, VCSF_ADDR_OF(t->context, csf_tiler_context,
					      heap), &t->descriptor);
	if (ret)
		return ret;
	d = t->descriptor;
	if (!d || !IS_ALIGNED(d, sizeof(struct csf_heap_descriptor)))
		return -EINVAL;

	ret = vcsf_heap_read(cs, VCSF_ADDR_OF(d, csf_heap_descriptor, base),
			     &t->base);
	if (!ret)
		ret = vcsf_heap_read(cs, VCSF_ADDR_OF(d, csf_heap_descriptor,
						      bottom), &t->bottom);
	if (!ret)
		ret = vcsf_heap_read(cs, VCSF_ADDR_OF(d, csf_heap_descriptor,
						      top), &t->top);
	if (!ret && !IS_ALIGNED(t->base, SZ_4K))
		ret = -EINVAL;

	return ret;
}

/* Find the next chunk: in the list, among the freed ones, or from the host. */
static int vcsf_tiling_find(struct vcsf_cs *cs, struct vcsf_tiling *t)
{
	int ret;

	ret = vcsf_heap_read(cs, t->base, &t->next);
	if (ret || t->next)
		return ret;
	if (t->heap) {
		ret = vcsf_heap_read(cs, VCSF_ADDR_OF(t->heap, csf_heap_context,
						      free), &t->next);
		t->freed = t->next;
		if (ret || t->next)
			return ret;
	}
	t->next = cs->oom.chunk;

	return t->next ? 0 : -ENOSPC;
}

/* Append the filled chunk to the tiler context's list, for FINISH_FRAGMENT. */
static int vcsf_tiling_retire(struct vcsf_cs *cs, struct vcsf_tiling *t,
			      u64 last)
{
	u64 chunk = csf_chunk(t->base, t->top - t->base);
	int ret;

	ret = vcsf_heap_write(cs, t->base, 0);
	if (ret)
		return ret;
	if (last)
		ret = vcsf_heap_write(cs, vcsf_chunk_va(last), chunk);
	else
		ret = vcsf_heap_write(cs, VCSF_ADDR_OF(t->context,
						       csf_tiler_context,
						       completed_top), chunk);
	if (ret)
		return ret;

	return vcsf_heap_write(cs, VCSF_ADDR_OF(t->context, csf_tiler_context,
						completed_bottom), chunk);
}

static int vcsf_tiling_unlink_free(struct vcsf_cs *cs, struct vcsf_tiling *t)
{
	u64 next;
	int ret;

	ret = vcsf_heap_read(cs, vcsf_chunk_va(t->next), &next);
	if (!ret)
		ret = vcsf_heap_write(cs, VCSF_ADDR_OF(t->heap,
						       csf_heap_context, free),
				      next);
	if (!ret)
		ret = vcsf_heap_write(cs, vcsf_chunk_va(t->next), 0);

	return ret;
}

static int vcsf_tiling_store(struct vcsf_cs *cs, const struct vcsf_tiling *t)
{
	u64 d = t->descriptor;
	int ret;

	ret = vcsf_heap_write(cs, VCSF_ADDR_OF(d, csf_heap_descriptor, base),
			      t->base);
	if (!ret)
		ret = vcsf_heap_write(cs, VCSF_ADDR_OF(d, csf_heap_descriptor,
						       bottom), t->bottom);
	if (!ret)
		ret = vcsf_heap_write(cs, VCSF_ADDR_OF(d, csf_heap_descriptor,
						       top), t->top);

	return ret;
}

/* The render pass has geometry, until user space clears the polygon list. */
static int vcsf_tiling_mark(struct vcsf_cs *cs, const struct vcsf_tiling *t)
{
	u64 va = VCSF_ADDR_OF(t->context, csf_tiler_context, polygon_list);
	u64 list;
	int ret;

	ret = vcsf_heap_read(cs, va, &list);
	if (ret || list)
		return ret;

	return vcsf_heap_write(cs, va, t->bottom);
}

/*
 * Switch to the next chunk. No part of this may happen twice, so all accesses
 * that can stall come first.
 */
static int vcsf_tiling_advance(struct vcsf_cs *cs, struct vcsf_tiling *t)
{
	u64 last;
	int ret;

	ret = vcsf_tiling_find(cs, t);
	if (ret)
		return ret;
	if (!csf_chunk_size(t->next))
		return -EINVAL;
	ret = vcsf_heap_read(cs, VCSF_ADDR_OF(t->context, csf_tiler_context,
					      completed_bottom), &last);
	if (!ret)
		ret = vcsf_heap_probe(cs, t->context);
	if (!ret)
		ret = vcsf_heap_probe(cs, t->descriptor);
	if (!ret)
		ret = vcsf_heap_probe(cs, t->base);
	if (!ret)
		ret = vcsf_heap_probe(cs, vcsf_chunk_va(t->next));
	if (!ret && last)
		ret = vcsf_heap_probe(cs, vcsf_chunk_va(last));
	if (!ret && t->freed)
		ret = vcsf_heap_probe(cs, t->heap);
	if (ret)
		return ret;

	if (t->freed)
		ret = vcsf_tiling_unlink_free(cs, t);
	if (!ret)
		ret = vcsf_tiling_retire(cs, t, last);
	if (ret)
		return -EFAULT;
	if (t->next == cs->oom.chunk)
		cs->oom.chunk = 0;
	cs->oom.state = VCSF_OOM_NONE;
	t->base = vcsf_chunk_va(t->next);
	t->bottom = t->base + CSF_CHUNK_HEADER_SIZE;
	t->top = t->base + csf_chunk_size(t->next);

	return vcsf_tiling_store(cs, t) ? -EFAULT : 0;
}

/**
 * vcsf_heap_step - end a stage of a tiling job and begin the next one
 * @cs: stream of the job
 * @op: the job
 *
 * Context: the engine's thread; holds &vcsf_mmu.lock.
 * Return: 0 at the end of the job, -EINPROGRESS if another stage follows,
 * -ENOSPC if there is no chunk, -EAGAIN if the job must stall, or another error
 * that ends the job.
 */
int vcsf_heap_step(struct vcsf_cs *cs, struct vcsf_deferred *op)
{
	struct vcsf_tiling t = { .context = op->addr, .heap = op->aux };
	int ret;

	lockdep_assert_held(&cs->hw->mmu->lock);

	if (!op->left && !op->stage)
		return 0;
	ret = vcsf_tiling_load(cs, &t);
	if (ret)
		return ret;

	if (op->stage) {
		ret = vcsf_tiling_mark(cs, &t);
		t.bottom += op->stage;
		if (!ret)
			ret = vcsf_tiling_store(cs, &t);
		if (ret)
			return ret;
		op->stage = 0;
		if (!op->left)
			return 0;
	}
	if (t.bottom >= t.top) {
		ret = vcsf_tiling_advance(cs, &t);
		if (ret)
			return ret;
	}
	op->stage = min3(op->left, t.top - t.bottom,
			 (u64)VCSF_TILER_STAGE_MAX);
	op->left -= op->stage;
	op->work = op->stage / VCSF_TILER_BYTES_PER_NS * VCSF_WORK_PER_NS;

	return -EINPROGRESS;
}

/* --- Counters and free chunks ------------------------------------------------- */

/**
 * vcsf_heap_count - increment a counter of a heap context
 * @cs: the stream that executes the instruction
 * @heap: address of the heap context
 * @what: CSF_HEAP_*
 *
 * Context: the engine's thread; holds &vcsf_mmu.lock.
 * Return: 0, -EINVAL without a heap context, or the error of an access, see
 * vcsf_mmu_page().
 */
int vcsf_heap_count(struct vcsf_cs *cs, u64 heap, unsigned int what)
{
	u64 counter;
	int ret;

	switch (what) {
	case CSF_HEAP_VT_START:
		counter = VCSF_ADDR_OF(heap, csf_heap_context, vt_start);
		break;
	case CSF_HEAP_VT_COMPLETE:
		counter = VCSF_ADDR_OF(heap, csf_heap_context, vt_end);
		break;
	default:
		counter = VCSF_ADDR_OF(heap, csf_heap_context, frag_end);
		break;
	}
	if (!heap)
		return -EINVAL;
	ret = vcsf_mem_add32(cs->hw, cs->csg->as, counter, 1);
	if (!ret && what == CSF_HEAP_FRAG_COMPLETE)
		vcsf_oom_chunks_freed(cs->csg);

	return ret;
}

/**
 * vcsf_heap_free - add chunks at the head of a heap context's free list
 * @cs: the stream that executes the instruction
 * @heap: address of the heap context
 * @first: first chunk of the list to add
 * @last: last chunk of that list
 *
 * Context: the engine's thread; holds &vcsf_mmu.lock.
 * Return: 0, -EINVAL without a heap context or a list, or the error of an
 * access, see vcsf_mmu_page().
 */
int vcsf_heap_free(struct vcsf_cs *cs, u64 heap, u64 first, u64 last)
{
	u64 list = VCSF_ADDR_OF(heap, csf_heap_context, free), next;
	int ret;

	if (!heap || !csf_chunk_size(first) || !csf_chunk_size(last))
		return -EINVAL;
	ret = vcsf_heap_read(cs, list, &next);
	if (!ret)
		ret = vcsf_heap_probe(cs, list);
	if (!ret)
		ret = vcsf_heap_write(cs, vcsf_chunk_va(last), next);
	if (!ret)
		ret = vcsf_heap_write(cs, list, first);
	if (!ret)
		vcsf_oom_chunks_freed(cs->csg);

	return ret;
}
