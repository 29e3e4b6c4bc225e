/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_MMU_MMU_H_
#define _VCSF_MMU_MMU_H_

/* Address spaces and memory accesses */

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <vcsf/csf_regs.h>

#include "base/vcsf.h"

/* Source in fault reports: the command stream front end (chosen) */
#define VCSF_FAULT_SOURCE	0x100

/* The MCU's own address space */
#define VCSF_MCU_AS		0

#define VCSF_TLB_ENTRIES	64
#define VCSF_PAGE_MASK		(~0xfffULL)
#define VCSF_NO_PAGE		(~0ULL)	/* no page has this address */

/* Handling of a TLB entry that the tables no longer agree with */
enum vcsf_strict {
	VCSF_STRICT_OFF,	/* used without a check */
	VCSF_STRICT_REPORT,	/* used and logged */
	VCSF_STRICT_FAULT,	/* logged, and the access fails */
	VCSF_STRICT_COUNT,
};

/**
 * struct vcsf_tlb_entry - translation of a 4 KiB page
 */
struct vcsf_tlb_entry {
	/** @tag: Virtual page address | 1, zero if the entry is empty. */
	u64 tag;
	/** @page: Kernel address of the physical page. */
	void *page;
	/** @access: Bit per CSF_AS_ACCESS that is permitted. */
	u16 access;
	/** @logged: The entry was logged as stale. */
	bool logged;
};

/**
 * struct vcsf_as - an address space
 */
struct vcsf_as {
	/** @transtab: Translation table register as written. */
	u64 transtab;
	/** @memattr: Memory attributes register as written. */
	u64 memattr;
	/** @transcfg: Translation mode register as written. */
	u64 transcfg;
	/** @lockaddr: Lock region register as written. */
	u64 lockaddr;
	/** @active: Configuration in force since the last UPDATE. */
	struct {
		u64 transtab;
		u64 memattr;
		u64 transcfg;
	} active;
	/** @locked: Accesses to the locked region stall. */
	bool locked;
	/** @slow_path: A region is locked, or strict mode checks hits. */
	bool slow_path;
	/** @lock_start: First address of the locked region. */
	u64 lock_start;
	/** @lock_last: Last address of the locked region. */
	u64 lock_last;
	/** @stuck: A command never completes, nor would later ones (injected). */
	bool stuck;
	/** @fault_status: First fault since the interrupt was last cleared. */
	u32 fault_status;
	/** @fault_address: Address of that fault. */
	u64 fault_address;
	/** @fault_extra: Always zero on this architecture. */
	u64 fault_extra;
	/** @epoch: Changes when users of a page must look it up again. */
	u32 epoch;
	/** @tlb: Translations, by the low bits of the page number. */
	struct vcsf_tlb_entry tlb[VCSF_TLB_ENTRIES];
};

/**
 * struct vcsf_stale - a stale translation, to be logged
 */
struct vcsf_stale {
	/** @va: Address of the access. */
	u64 va;
	/** @change: What has changed in the tables. */
	const char *change;
	/** @as: Address space. */
	u8 as;
	/** @access: CSF_AS_ACCESS_* of the access. */
	u8 access;
};

/* Entries of the log; further ones are counted and not logged. */
#define VCSF_STALE_MAX		8

/**
 * struct vcsf_mmu - all address spaces
 */
struct vcsf_mmu {
	/** @hw: The GPU. */
	struct vcsf *hw;
	/** @lock: Protects all members but @hw and @count. */
	raw_spinlock_t lock;
	/** @count: Address spaces that exist. */
	unsigned int count;
	/** @strict: Handling of stale translations. */
	enum vcsf_strict strict;
	/** @stale: Number of accesses with a stale translation. */
	u64 stale;
	/** @stale_log: Stale translations that @stale_work has yet to log. */
	struct vcsf_stale stale_log[VCSF_STALE_MAX];
	/** @stale_log_count: Entries of @stale_log in use. */
	unsigned int stale_log_count;
	/** @stale_work: Writes @stale_log to the kernel log. */
	struct work_struct stale_work;
	/** @as: The address spaces. */
	struct vcsf_as as[CSF_AS_COUNT_MAX];
};

void vcsf_mmu_init(struct vcsf *hw);
void vcsf_mmu_reset(struct vcsf *hw);
void vcsf_mmu_invalidate(struct vcsf *hw);
bool vcsf_mmu_command(struct vcsf *hw, unsigned int as, u32 command);
int vcsf_mmu_walk(struct vcsf *hw, unsigned int as, u64 va, unsigned int access,
		  void **page);
void vcsf_mmu_fault(struct vcsf *hw, unsigned int as, u64 va,
		    unsigned int access, unsigned int type);
void *vcsf_mmu_peek(struct vcsf *hw, unsigned int as, u64 va,
		    unsigned int access, unsigned int *type);

/* Strict mode: strict.c */
int vcsf_mmu_set_strict(struct vcsf *hw, u64 mode);
u64 vcsf_mmu_stale(struct vcsf *hw);
void vcsf_strict_init(struct vcsf *hw);
void vcsf_strict_fini(struct vcsf *hw);
int vcsf_tlb_check(struct vcsf *hw, unsigned int as, u64 va,
		   unsigned int access, struct vcsf_tlb_entry *e);

/**
 * vcsf_mmu_cached - translate an address without a walk
 * @hw: the GPU
 * @as: address space
 * @va: address
 * @access: CSF_AS_ACCESS_* of the access
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: the kernel address of the page that holds @va; NULL if the TLB does not
 * have it for such an access, or if each access has to be checked.
 */
static inline void *vcsf_mmu_cached(struct vcsf *hw, unsigned int as, u64 va,
				    unsigned int access)
{
	struct vcsf_as *space = &hw->mmu->as[as];
	struct vcsf_tlb_entry *e = &space->tlb[(va >> 12) % VCSF_TLB_ENTRIES];

	lockdep_assert_held(&hw->mmu->lock);

	return likely(e->tag == ((va & VCSF_PAGE_MASK) | 1) &&
		      (e->access & BIT(access)) && !space->slow_path) ? e->page :
									NULL;
}

/**
 * vcsf_mmu_page - translate an address
 * @hw: the GPU
 * @as: address space
 * @va: address
 * @access: CSF_AS_ACCESS_* of the access
 * @page: return location of the kernel address of the page that holds @va
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: 0, -EAGAIN if the access must stall because the region is locked, or
 * -EFAULT after a fault was reported.
 */
static inline int vcsf_mmu_page(struct vcsf *hw, unsigned int as, u64 va,
				unsigned int access, void **page)
{
	*page = vcsf_mmu_cached(hw, as, va, access);
	if (likely(*page))
		return 0;

	return vcsf_mmu_walk(hw, as, va, access, page);
}

#endif /* _VCSF_MMU_MMU_H_ */
