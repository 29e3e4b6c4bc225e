// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Loads, stores and atomic additions by the GPU.
 *
 * The host's CPUs and user space access the same memory at the same time, so
 * each access is a single one of the machine, and atomic. Instructions (isa/)
 * and jobs (cores/) call these with &vcsf_mmu.lock held; accesses of the
 * firmware are in group/mcu_mem.c. An access that fails has no effect.
 */

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <asm/barrier.h>

#include "mmu/mem.h"
#include "mmu/mmu.h"

/* Inlined for the TLB hit, where @access is constant: loads and stores are hot. */
static __always_inline int vcsf_mem(struct vcsf *hw, unsigned int as, u64 va,
				    unsigned int access, void **p)
{
	int ret = vcsf_mmu_page(hw, as, va, access, p);

	if (!ret)
		*p += va & 0xfff;

	return ret;
}

/**
 * vcsf_mem_read32 - load a word
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 4
 * @value: return location of the value
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: see vcsf_mmu_page().
 */
int vcsf_mem_read32(struct vcsf *hw, unsigned int as, u64 va, u32 *value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_READ, &p);

	if (!ret)
		*value = READ_ONCE(*(u32 *)p);

	return ret;
}

/**
 * vcsf_mem_read64 - load a double word
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 8
 * @value: return location of the value
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: see vcsf_mmu_page().
 */
int vcsf_mem_read64(struct vcsf *hw, unsigned int as, u64 va, u64 *value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_READ, &p);

	if (!ret)
		*value = READ_ONCE(*(u64 *)p);

	return ret;
}

/**
 * vcsf_mem_write32 - store a word, ordered after all earlier stores
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 4
 * @value: value to store
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: see vcsf_mmu_page().
 */
int vcsf_mem_write32(struct vcsf *hw, unsigned int as, u64 va, u32 value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_WRITE, &p);

	if (!ret)
		/* Release: pairs with the acquire of a CPU that polls the value. */
		smp_store_release((u32 *)p, value);

	return ret;
}

/**
 * vcsf_mem_write64 - store a double word, ordered after all earlier stores
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 8
 * @value: value to store
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: see vcsf_mmu_page().
 */
int vcsf_mem_write64(struct vcsf *hw, unsigned int as, u64 va, u64 value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_WRITE, &p);

	if (!ret)
		/* Release: pairs with the acquire of a CPU that polls the value. */
		smp_store_release((u64 *)p, value);

	return ret;
}

/**
 * vcsf_mem_add32 - add to a word in memory, fully ordered
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 4
 * @value: summand
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: see vcsf_mmu_page().
 */
int vcsf_mem_add32(struct vcsf *hw, unsigned int as, u64 va, u32 value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_ATOMIC, &p);

	if (!ret)
		atomic_add_return(value, (atomic_t *)p);

	return ret;
}

/**
 * vcsf_mem_add64 - add to a double word in memory, fully ordered
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 8
 * @value: summand
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: see vcsf_mmu_page().
 */
int vcsf_mem_add64(struct vcsf *hw, unsigned int as, u64 va, u64 value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_ATOMIC, &p);

	if (!ret)
		atomic64_add_return(value, (atomic64_t *)p);

	return ret;
}
