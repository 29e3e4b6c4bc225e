// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory accesses of shaders.
 *
 * The interpreter calls these with &vcsf_mmu.lock held. All of them go through
 * the address space of the group. An access of 1, 2, 4 or 8 bytes that is
 * aligned is a single one, because processors of the host access the same
 * memory; others are not. An access that crosses a page has an effect only if
 * both pages can be accessed.
 */

#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "cores/compute.h"
#include "group/group.h"
#include "mmu/mmu.h"
#include "shader/shader.h"

/* Attempts of an atomic in a row */
#define VCSF_ATOMIC_TRIES	16

static __always_inline int vcsf_access(struct vcsf_compute *c, u64 va,
				       unsigned int access, void **p)
{
	struct vcsf_csg *csg = c->csg;
	int ret = vcsf_mmu_page(csg->hw, csg->as, va, access, p);

	if (!ret)
		*p += va & ~VCSF_PAGE_MASK;

	return ret;
}

/* Bytes of an access that are in its first page */
static __always_inline unsigned int vcsf_access_first(u64 va, unsigned int size)
{
	return min(size, (u32)SZ_4K - (u32)(va & ~VCSF_PAGE_MASK));
}

static int vcsf_access_fetch(void *data, u64 va, u64 *word)
{
	void *p;
	int ret = vcsf_access(data, va, CSF_AS_ACCESS_EXECUTE, &p);

	if (!ret)
		*word = READ_ONCE(*(u64 *)p);

	return ret;
}

static void vcsf_access_read(void *to, const void *p, unsigned int size)
{
	u64 wide;
	u16 half;

	if (size == 8 && IS_ALIGNED((unsigned long)p, 8)) {
		wide = READ_ONCE(*(u64 *)p);
		memcpy(to, &wide, sizeof(wide));
	} else if (size == 2 && IS_ALIGNED((unsigned long)p, 2)) {
		half = READ_ONCE(*(u16 *)p);
		memcpy(to, &half, sizeof(half));
	} else {
		memcpy(to, p, size);
	}
}

static int vcsf_access_load(void *data, u64 va, void *to, unsigned int size)
{
	unsigned int first = vcsf_access_first(va, size);
	void *p, *next;
	u32 word;
	int ret;

	ret = vcsf_access(data, va, CSF_AS_ACCESS_READ, &p);
	if (ret)
		return ret;
	if (likely(size == 4 && IS_ALIGNED(va, 4))) {
		word = READ_ONCE(*(u32 *)p);
		memcpy(to, &word, sizeof(word));
		return 0;
	}
	if (first < size) {
		ret = vcsf_access(data, va + first, CSF_AS_ACCESS_READ, &next);
		if (ret)
			return ret;
		memcpy(to + first, next, size - first);
	}
	vcsf_access_read(to, p, first);

	return 0;
}

static void vcsf_access_write(void *p, const void *from, unsigned int size)
{
	u64 wide;
	u16 half;

	if (size == 8 && IS_ALIGNED((unsigned long)p, 8)) {
		memcpy(&wide, from, sizeof(wide));
		WRITE_ONCE(*(u64 *)p, wide);
	} else if (size == 2 && IS_ALIGNED((unsigned long)p, 2)) {
		memcpy(&half, from, sizeof(half));
		WRITE_ONCE(*(u16 *)p, half);
	} else {
		memcpy(p, from, size);
	}
}

static int vcsf_access_store(void *data, u64 va, const void *from,
			     unsigned int size)
{
	unsigned int first = vcsf_access_first(va, size);
	void *p, *next;
	u32 word;
	int ret;

	ret = vcsf_access(data, va, CSF_AS_ACCESS_WRITE, &p);
	if (ret)
		return ret;
	if (likely(size == 4 && IS_ALIGNED(va, 4))) {
		memcpy(&word, from, sizeof(word));
		WRITE_ONCE(*(u32 *)p, word);
		return 0;
	}
	if (first < size) {
		ret = vcsf_access(data, va + first, CSF_AS_ACCESS_WRITE, &next);
		if (ret)
			return ret;
		memcpy(next, from + first, size - first);
	}
	vcsf_access_write(p, from, first);

	return 0;
}

/* Nothing changes a translation while the interpreter runs, see above. */
static void *vcsf_access_page(void *data, u64 va, bool write)
{
	struct vcsf_compute *c = data;

	return vcsf_mmu_cached(c->csg->hw, c->csg->as, va,
			       write ? CSF_AS_ACCESS_WRITE : CSF_AS_ACCESS_READ);
}

static bool vcsf_access_exchange(void *p, unsigned int size, u64 *old, u64 value)
{
	u32 word = *old;
	bool done;

	if (size == 8)
		return try_cmpxchg64((u64 *)p, old, value);
	done = try_cmpxchg((u32 *)p, &word, (u32)value);
	*old = word;

	return done;
}

/* A program of the host may write the same word all the time. */
static int vcsf_access_atomic(void *data, u64 va, enum vsh_atomic op,
			      unsigned int size, u64 operand, u64 compare,
			      u64 *old)
{
	struct vcsf_compute *c = data;
	unsigned int i;
	void *p;
	int ret;

	ret = vcsf_access(c, va, CSF_AS_ACCESS_ATOMIC, &p);
	if (ret)
		return ret;
	*old = size == 8 ? READ_ONCE(*(u64 *)p) : READ_ONCE(*(u32 *)p);
	for (i = 0; i < VCSF_ATOMIC_TRIES; i++) {
		u64 value = vsh_atomic_result(op, size, *old, operand, compare);

		if (vcsf_access_exchange(p, size, old, value))
			return 0;
	}
	c->contended = true;

	return -EAGAIN;
}

const struct vsh_ops vcsf_access_ops = {
	.fetch = vcsf_access_fetch,
	.load = vcsf_access_load,
	.store = vcsf_access_store,
	.page = vcsf_access_page,
	.atomic = vcsf_access_atomic,
};
