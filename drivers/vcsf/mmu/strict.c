// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Strict mode: detects stale translations.
 *
 * The walker calls vcsf_tlb_check() for each TLB hit. If the tables no longer
 * name the page, or no longer permit the access, the driver has forgotten a
 * flush, or has edited tables before it locked the region. Such a use is
 * counted, traced and, once per TLB entry, logged; it may also be made to fail.
 *
 * &vcsf_mmu.lock protects everything here. The log is written by a work item
 * without that lock, because a console is slow and AS commands spin on it.
 */

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <kunit/visibility.h>

#include <vcsf/csf_regs.h>

#include "base/vcsf.h"
#include "mmu/mmu.h"
#include "trace/trace.h"

static const char *const vcsf_access_names[] = {
	[CSF_AS_ACCESS_ATOMIC] = "atomic",
	[CSF_AS_ACCESS_EXECUTE] = "execute",
	[CSF_AS_ACCESS_READ] = "read",
	[CSF_AS_ACCESS_WRITE] = "write",
};

/* What has changed since the tables were walked; NULL if the entry is valid */
static const char *vcsf_tlb_change(const struct vcsf_tlb_entry *e,
				   const void *page, unsigned int type)
{
	if (page == e->page)
		return NULL;
	if (page)
		return "mapped to another page";

	switch (type) {
	case CSF_EXC_PERMISSION_FAULT(0) ... CSF_EXC_PERMISSION_FAULT(3):
		return "permission taken away";
	case CSF_EXC_TRANSLATION_FAULT(0) ... CSF_EXC_TRANSLATION_FAULT(3):
		return "unmapped";
	default:
		return "tables broken";
	}
}

/* If more are found than the log has room for, they are only counted. */
static void vcsf_stale_record(struct vcsf *hw, unsigned int as, u64 va,
			      unsigned int access, const char *change)
{
	struct vcsf_mmu *mmu = hw->mmu;

	lockdep_assert_held(&mmu->lock);

	if (mmu->stale_log_count == VCSF_STALE_MAX)
		return;
	mmu->stale_log[mmu->stale_log_count++] = (struct vcsf_stale){
		.va = va, .change = change, .as = as, .access = access,
	};
	schedule_work(&mmu->stale_work);
}

static void vcsf_stale_log(struct work_struct *work)
{
	struct vcsf_mmu *mmu = container_of(work, struct vcsf_mmu, stale_work);
	struct vcsf_stale stale_log[VCSF_STALE_MAX];
	unsigned int count, i;
	unsigned long flags;

	raw_spin_lock_irqsave(&mmu->lock, flags);
	count = mmu->stale_log_count;
	mmu->stale_log_count = 0;
	memcpy(stale_log, mmu->stale_log, count * sizeof(stale_log[0]));
	raw_spin_unlock_irqrestore(&mmu->lock, flags);

	for (i = 0; i < count; i++)
		pr_err_ratelimited("%s: stale translation: AS%u, %s at 0x%llx: %s, and no lock and flush of it since\n",
				   mmu->hw->config.device_name, stale_log[i].as,
				   vcsf_access_names[stale_log[i].access],
				   stale_log[i].va, stale_log[i].change);
}

/**
 * vcsf_strict_init - initialise the log of stale translations
 * @hw: the GPU
 */
void vcsf_strict_init(struct vcsf *hw)
{
	INIT_WORK(&hw->mmu->stale_work, vcsf_stale_log);
}

/**
 * vcsf_strict_fini - wait until all stale translations are logged
 * @hw: the GPU; nothing accesses memory through it any longer
 *
 * Context: may sleep.
 */
void vcsf_strict_fini(struct vcsf *hw)
{
	flush_work(&hw->mmu->stale_work);
}

/**
 * vcsf_tlb_check - compare a TLB entry with the tables before its use
 * @hw: the GPU
 * @as: address space
 * @va: address of the access
 * @access: CSF_AS_ACCESS_* of the access, which the entry permits
 * @e: TLB entry
 *
 * In strict mode, use of a stale entry is counted and traced, and logged once
 * per entry. With %VCSF_STRICT_FAULT, the access fails: with the fault that the
 * tables give, or with a translation fault of level 4 if they name another page.
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: 0 if the entry may be used, -EFAULT after a fault was reported.
 */
int vcsf_tlb_check(struct vcsf *hw, unsigned int as, u64 va,
		   unsigned int access, struct vcsf_tlb_entry *e)
{
	const char *change;
	unsigned int type;
	void *page;

	lockdep_assert_held(&hw->mmu->lock);

	if (!hw->mmu->strict)
		return 0;
	page = vcsf_mmu_peek(hw, as, va, access, &type);
	change = vcsf_tlb_change(e, page, type);
	if (!change)
		return 0;

	hw->mmu->stale++;
	trace_vcsf_stale(hw, as, va, access, change);
	if (!e->logged)
		vcsf_stale_record(hw, as, va, access, change);
	e->logged = true;
	if (hw->mmu->strict != VCSF_STRICT_FAULT)
		return 0;
	vcsf_mmu_fault(hw, as, va, access,
		       page || type == CSF_EXC_GPU_BUS_FAULT ?
				CSF_EXC_TRANSLATION_FAULT_4 : type);

	return -EFAULT;
}

/**
 * vcsf_mmu_set_strict - set how stale translations are handled
 * @hw: the GPU
 * @mode: enum vcsf_strict
 *
 * Context: any.
 * Return: 0, or -EINVAL for an unknown mode.
 */
int vcsf_mmu_set_strict(struct vcsf *hw, u64 mode)
{
	unsigned long flags;
	unsigned int i;

	if (mode >= VCSF_STRICT_COUNT)
		return -EINVAL;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	WRITE_ONCE(hw->mmu->strict, mode);
	for (i = 0; i < hw->mmu->count; i++) {
		struct vcsf_as *space = &hw->mmu->as[i];

		space->slow_path = mode != VCSF_STRICT_OFF || space->locked;
	}
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_mmu_set_strict);

/**
 * vcsf_mmu_stale - get the number of uses of stale translations
 * @hw: the GPU
 *
 * Context: any.
 * Return: number of accesses that strict mode found stale.
 */
u64 vcsf_mmu_stale(struct vcsf *hw)
{
	unsigned long flags;
	u64 stale;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	stale = hw->mmu->stale;
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

	return stale;
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_mmu_stale);
