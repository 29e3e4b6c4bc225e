// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Accesses to memory that others see too: the host's CPUs and user space.
 * Each is one machine access, and atomic.
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
 * vcsf_mem_read32 - read a word
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 4
 * @value: where to store it
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: as of vcsf_mmu_page().
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
 * vcsf_mem_read64 - read a double word
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 8
 * @value: where to store it
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: as of vcsf_mmu_page().
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
 * vcsf_mem_write32 - write a word, after everything written before
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 4
 * @value: what to write
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: as of vcsf_mmu_page().
 */
int vcsf_mem_write32(struct vcsf *hw, unsigned int as, u64 va, u32 value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_WRITE, &p);

	if (!ret)
		/* pairs with the acquire of a CPU that waits for the value */
		smp_store_release((u32 *)p, value);

	return ret;
}

/**
 * vcsf_mem_write64 - write a double word, after everything written before
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 8
 * @value: what to write
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: as of vcsf_mmu_page().
 */
int vcsf_mem_write64(struct vcsf *hw, unsigned int as, u64 va, u64 value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_WRITE, &p);

	if (!ret)
		/* pairs with the acquire of a CPU that waits for the value */
		smp_store_release((u64 *)p, value);

	return ret;
}

/**
 * vcsf_mem_add32 - add to a word, fully ordered
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 4
 * @value: what to add
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: as of vcsf_mmu_page().
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
 * vcsf_mem_add64 - add to a double word, fully ordered
 * @hw: the GPU
 * @as: address space
 * @va: address, a multiple of 8
 * @value: what to add
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: as of vcsf_mmu_page().
 */
int vcsf_mem_add64(struct vcsf *hw, unsigned int as, u64 va, u64 value)
{
	void *p;
	int ret = vcsf_mem(hw, as, va, CSF_AS_ACCESS_ATOMIC, &p);

	if (!ret)
		atomic64_add_return(value, (atomic64_t *)p);

	return ret;
}
