/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FAULT_H_
#define _VPAN_FAULT_H_

#include <linux/mm.h>

/* For apply_to_page_range() */
static inline int vpan_fault_nop(pte_t *pte, unsigned long addr, void *data)
{
	return 0;
}

/**
 * vpan_fault_alloc - allocate the page tables of the CPU for a page fault
 * @vmf: fault
 *
 * vmf_insert_pfn() would allocate them, charged to the client and for as long as
 * reclaim in its control group takes. Others must not wait for that: call this before
 * locks that they take, too.
 *
 * Context: may sleep and allocate; in a fault handler.
 * Return: 0, or VM_FAULT_OOM.
 */
static inline vm_fault_t vpan_fault_alloc(struct vm_fault *vmf)
{
	int ret = apply_to_page_range(vmf->vma->vm_mm,
				      vmf->address & PAGE_MASK, PAGE_SIZE,
				      vpan_fault_nop, NULL);

	return ret ? VM_FAULT_OOM : 0;
}

#endif /* _VPAN_FAULT_H_ */
