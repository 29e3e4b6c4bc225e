// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Translation table walk: AArch64 stage 1 with a granule of 4 KiB.
 *
 * vcsf_mmu_page() calls vcsf_mmu_walk() on a TLB miss, and for each access while
 * a region is locked or strict mode is on; strict mode repeats a walk without
 * side effects (vcsf_mmu_peek()). Both hold &vcsf_mmu.lock.
 *
 * The driver may edit tables during a walk, and tables may hold anything: each
 * entry is read once, and only memory in the kernel's direct map is accessed.
 */

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "inject/inject.h"
#include "mmu/mmu.h"
#include "regs/gpu.h"

#define VCSF_VA_BITS_MAX	48
#define VCSF_LEVEL_LAST		(CSF_PTE_LEVELS - 1)

/* Attributes in a table descriptor limit everything below it. */
#define VCSF_TABLE_READONLY	BIT_ULL(62)
#define VCSF_TABLE_NO_EXEC	BIT_ULL(60)

/**
 * struct vcsf_walk - a translation in progress
 * @hw: the GPU
 * @as: address space number
 * @va: address to translate
 * @access: CSF_AS_ACCESS_* of the access
 * @quiet: whether failures go unreported
 * @fault: CSF_EXC_* of the failure
 * @pa: result: physical address of the page
 * @permitted: result: bit per CSF_AS_ACCESS_* that the tables permit
 */
struct vcsf_walk {
	struct vcsf *hw;
	unsigned int as;
	u64 va;
	unsigned int access;
	bool quiet;
	unsigned int fault;
	u64 pa;
	u16 permitted;
};

static int vcsf_walk_fault(struct vcsf_walk *w, unsigned int type)
{
	w->fault = type;
	if (!w->quiet)
		vcsf_mmu_fault(w->hw, w->as, w->va, w->access, type);

	return -EFAULT;
}

/*
 * The driver's tables may name any address. Only memory in the kernel's direct
 * map can be accessed: an address that is not RAM has no struct page, or a
 * reserved one.
 */
static void *vcsf_pa_to_kernel(struct vcsf_walk *w, u64 pa)
{
	struct page *page = pfn_to_online_page(PFN_DOWN(pa));

	if (!page || PageReserved(page)) {
		w->fault = CSF_EXC_GPU_BUS_FAULT;
		if (!w->quiet)
			vcsf_gpu_bus_fault(w->hw, pa);
		return NULL;
	}

	/* A page of the kernel may hold several of the GPU's. */
	return page_address(page) + offset_in_page(pa);
}

static bool vcsf_pa_fits(const struct vcsf *hw, u64 pa)
{
	return !(pa >> FIELD_GET(CSF_MMU_PA_BITS, hw->model.mmu_features));
}

static u16 vcsf_pte_permissions(u64 pte, u64 limits, u64 transcfg)
{
	bool readonly = (pte & CSF_PTE_READONLY) ||
			(limits & VCSF_TABLE_READONLY);
	bool noexec = (pte & CSF_PTE_NO_EXEC) ||
		      (limits & VCSF_TABLE_NO_EXEC) ||
		      (!readonly && (transcfg & CSF_AS_TRANSCFG_WXN));
	u16 permitted = BIT(CSF_AS_ACCESS_READ);

	if (!(pte & CSF_PTE_USER))
		return 0;
	if (!readonly)
		permitted |= BIT(CSF_AS_ACCESS_WRITE) |
			     BIT(CSF_AS_ACCESS_ATOMIC);
	if (!noexec)
		permitted |= BIT(CSF_AS_ACCESS_EXECUTE);

	return permitted;
}

static int vcsf_walk_leaf(struct vcsf_walk *w, u64 pte, u64 limits,
			  unsigned int level)
{
	const struct vcsf_as *as = &w->hw->mmu->as[w->as];
	u64 transcfg = as->active.transcfg;
	u64 span = BIT_ULL(CSF_PTE_LEVEL_SHIFT(level));
	u8 attr;

	if (!(pte & CSF_PTE_ACCESSED) &&
	    !(transcfg & CSF_AS_TRANSCFG_NO_AF_FAULT))
		return vcsf_walk_fault(w, CSF_EXC_ACCESS_FLAG(level));

	w->pa = (pte & CSF_PTE_ADDRESS & ~(span - 1)) |
		(w->va & (span - 1) & VCSF_PAGE_MASK);
	if (!vcsf_pa_fits(w->hw, w->pa))
		return vcsf_walk_fault(w,
				       CSF_EXC_ADDRESS_SIZE_FAULT_OUT(level));

	attr = as->active.memattr >> 8 * FIELD_GET(CSF_PTE_ATTR_INDEX, pte);
	if (FIELD_GET(CSF_AS_MEMATTR_TYPE, attr) == CSF_AS_MEMATTR_TYPE_FAULT)
		return vcsf_walk_fault(w,
				       CSF_EXC_MEMORY_ATTRIBUTE_FAULT(level));

	w->permitted = vcsf_pte_permissions(pte, limits, transcfg);
	if (!(w->permitted & BIT(w->access)))
		return vcsf_walk_fault(w, CSF_EXC_PERMISSION_FAULT(level));

	return 0;
}

static bool vcsf_pte_is_leaf(u64 type, unsigned int level)
{
	if (level == VCSF_LEVEL_LAST)
		return type == CSF_PTE_TYPE_PAGE;

	return level > 0 && type == CSF_PTE_TYPE_BLOCK;
}

static int vcsf_walk_tables(struct vcsf_walk *w)
{
	const struct vcsf_as *as = &w->hw->mmu->as[w->as];
	u64 table = as->active.transtab & CSF_PTE_ADDRESS;
	u64 limits = 0;
	unsigned int level;

	for (level = 0; level < CSF_PTE_LEVELS; level++) {
		unsigned int index = (w->va >> CSF_PTE_LEVEL_SHIFT(level)) %
				     CSF_PTE_ENTRIES;
		u64 *entries, pte, type;

		if (!vcsf_pa_fits(w->hw, table))
			return vcsf_walk_fault(w,
				CSF_EXC_ADDRESS_SIZE_FAULT_OUT(level));
		entries = vcsf_pa_to_kernel(w, table);
		if (!entries)
			return -EFAULT;

		pte = READ_ONCE(entries[index]);
		type = FIELD_GET(CSF_PTE_TYPE, pte);
		if (vcsf_pte_is_leaf(type, level))
			return vcsf_walk_leaf(w, pte, limits, level);
		if (type != CSF_PTE_TYPE_TABLE || level == VCSF_LEVEL_LAST)
			return vcsf_walk_fault(w,
					       CSF_EXC_TRANSLATION_FAULT(level));

		if (!(as->active.transcfg & CSF_AS_TRANSCFG_NO_HIER_AP))
			limits |= pte;
		table = pte & CSF_PTE_ADDRESS;
	}

	return -EFAULT;
}

static int vcsf_walk_identity(struct vcsf_walk *w)
{
	w->pa = w->va & VCSF_PAGE_MASK;
	w->permitted = U16_MAX;
	if (!vcsf_pa_fits(w->hw, w->pa))
		return vcsf_walk_fault(w, CSF_EXC_ADDRESS_SIZE_FAULT_OUT(0));

	return 0;
}

static int vcsf_walk_mode(struct vcsf_walk *w)
{
	u64 transcfg = w->hw->mmu->as[w->as].active.transcfg;
	unsigned int bits = 55 - FIELD_GET(CSF_AS_TRANSCFG_INA, transcfg);

	switch (FIELD_GET(CSF_AS_TRANSCFG_MODE, transcfg)) {
	case CSF_AS_MODE_IDENTITY:
		return vcsf_walk_identity(w);
	case CSF_AS_MODE_AARCH64_4K:
		if (w->va >> min(bits, VCSF_VA_BITS_MAX))
			return vcsf_walk_fault(w,
					       CSF_EXC_ADDRESS_SIZE_FAULT_IN);
		return vcsf_walk_tables(w);
	default:
		return vcsf_walk_fault(w, CSF_EXC_TRANSLATION_FAULT_4);
	}
}

/**
 * vcsf_mmu_peek - translate an address by the tables, without side effects
 * @hw: the GPU
 * @as: address space
 * @va: address
 * @access: CSF_AS_ACCESS_* of the access
 * @type: return location of the CSF_EXC_* that the access would fail with
 *
 * The TLB is neither used nor changed, and no fault is reported.
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: kernel address of the page, NULL if the access would fail.
 */
void *vcsf_mmu_peek(struct vcsf *hw, unsigned int as, u64 va,
		    unsigned int access, unsigned int *type)
{
	struct vcsf_walk w = { .hw = hw, .as = as, .va = va, .access = access,
			       .quiet = true };
	void *page = NULL;

	lockdep_assert_held(&hw->mmu->lock);

	if (!vcsf_walk_mode(&w))
		page = vcsf_pa_to_kernel(&w, w.pa);
	*type = w.fault;

	return page;
}

/**
 * vcsf_mmu_walk - translate an address, out of the fast path
 * @hw: the GPU
 * @as: address space
 * @va: address
 * @access: CSF_AS_ACCESS_* of the access
 * @page: return location of the kernel address of the page
 *
 * The translation enters the TLB. Later accesses use the TLB entry without a
 * look at the tables, so an address space keeps seeing the old page until the
 * driver flushes; in strict mode such a use is logged.
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: see vcsf_mmu_page().
 */
int vcsf_mmu_walk(struct vcsf *hw, unsigned int as, u64 va, unsigned int access,
		  void **page)
{
	struct vcsf_walk w = { .hw = hw, .as = as, .va = va, .access = access };
	struct vcsf_as *space = &hw->mmu->as[as];
	struct vcsf_tlb_entry *e = &space->tlb[(va >> 12) % VCSF_TLB_ENTRIES];
	u32 type;
	int ret;

	lockdep_assert_held(&hw->mmu->lock);

	if (space->locked && va >= space->lock_start && va <= space->lock_last)
		return -EAGAIN;
	if (e->tag == ((va & VCSF_PAGE_MASK) | 1) && (e->access & BIT(access))) {
		*page = e->page;
		return vcsf_tlb_check(hw, as, va, access, e);
	}

	if (vcsf_inject(hw, VCSF_INJECT_PAGE_FAULT, as, &type))
		return vcsf_walk_fault(&w, type);
	ret = vcsf_walk_mode(&w);
	if (ret)
		return ret;

	e->tag = 0;
	e->page = vcsf_pa_to_kernel(&w, w.pa);
	if (!e->page)
		return -EFAULT;
	e->tag = (va & VCSF_PAGE_MASK) | 1;
	e->access = w.permitted;
	e->logged = false;
	*page = e->page;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_mmu_walk);
