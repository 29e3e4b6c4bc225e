// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Register pages that user space may map: only the one with the id of the
 * latest cache flush, to be read.
 */

#include <linux/compat.h>
#include <linux/mm.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/panthor_uapi.h>

#include <vcsf/csf_regs.h>

#include "device.h"
#include "usermmio.h"

static vm_fault_t usermmio_fault(struct vm_fault *vmf)
{
	struct vpan_device *vpan = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	unsigned long pfn;
	int idx;

	if (!drm_dev_enter(&vpan->drm, &idx))
		return VM_FAULT_SIGBUS;
	pfn = vcsf_user_pfn(vpan->regs, CSF_USER_PAGE);
	if (pfn)
		ret = vmf_insert_pfn(vmf->vma, vmf->address & PAGE_MASK, pfn);
	drm_dev_exit(idx);
	return ret;
}

static const struct vm_operations_struct usermmio_vm_ops = {
	.fault = usermmio_fault,
};

static int usermmio_mmap(struct vpan_device *vpan, struct vm_area_struct *vma,
			 u64 offset)
{
	if (offset != (DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET &
		       (DRM_PANTHOR_USER_MMIO_OFFSET_32BIT - 1)))
		return -EINVAL;
	if (vma->vm_end - vma->vm_start != PAGE_SIZE ||
	    !(vma->vm_flags & VM_SHARED) ||
	    vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EINVAL;

	vm_flags_mod(vma, VM_IO | VM_PFNMAP | VM_DONTCOPY | VM_DONTEXPAND |
		     VM_DONTDUMP | VM_NORESERVE, VM_MAYWRITE | VM_MAYEXEC);
	vma->vm_private_data = vpan;
	vma->vm_ops = &usermmio_vm_ops;
	return 0;
}

/**
 * vpan_user_mmio_init - have the register pages where a process expects them
 * @vfile: the file, being opened by it
 */
void vpan_user_mmio_init(struct vpan_file *vfile)
{
	vfile->mmio_offset = in_compat_syscall() ?
			     DRM_PANTHOR_USER_MMIO_OFFSET_32BIT :
			     DRM_PANTHOR_USER_MMIO_OFFSET_64BIT;
}

/**
 * vpan_user_mmio_set_offset - move the register pages
 * @vfile: the file
 * @offset: where to
 *
 * For a process whose idea of how wide file offsets are is not the kernel's.
 *
 * Return: 0, -EINVAL if that is no place for them.
 */
int vpan_user_mmio_set_offset(struct vpan_file *vfile, u64 offset)
{
	if (offset != DRM_PANTHOR_USER_MMIO_OFFSET_32BIT &&
	    offset != DRM_PANTHOR_USER_MMIO_OFFSET_64BIT)
		return -EINVAL;

	/* Mappings look at it once. */
	WRITE_ONCE(vfile->mmio_offset, offset);
	return 0;
}

/**
 * vpan_mmap - map a buffer or a register page
 * @filp: the open file, which keeps the device as long as it is mapped
 * @vma: where to
 *
 * Return: 0 or a negative errno.
 */
int vpan_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct drm_file *file = filp->private_data;
	struct vpan_file *vfile = file->driver_priv;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 base = READ_ONCE(vfile->mmio_offset);

	if (offset >= base)
		return usermmio_mmap(vfile->vpan, vma, offset - base);

	return drm_gem_mmap(filp, vma);
}
