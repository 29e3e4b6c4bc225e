// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Offsets of buffers in the device file, by which user space maps them.
 *
 * A buffer takes as many offsets as it has pages, whether the pages exist or not. DRM
 * gives a device 1 TiB of them, which a single client could use up, so that no other
 * client could create a buffer that can be mapped. Here a device has all offsets below
 * the register pages, and an open file a share of them.
 *
 * 32-bit programs reach offsets below 16 TiB only, and have their register pages at
 * 8 TiB. The range therefore has three parts:
 *
 *	4 GiB to 4 TiB		first choice of 64-bit programs, second of 32-bit ones
 *	4 TiB to 8 TiB		32-bit programs only
 *	16 TiB to 64 PiB	64-bit programs, when the first part is full
 *
 * So 64-bit programs cannot take all offsets from 32-bit ones, and yet a 32-bit program
 * can map the buffers that it imports from a 64-bit one, unless the first part is full.
 * Which kind a program is says the offset of its register pages: an emulator of 32-bit
 * programs is a 64-bit program that has set the other one.
 *
 * Kernels for 32-bit machines keep DRM's range.
 *
 * Locks: the manager's own protects the offsets and &vpan_bo.mmap_share.
 */

#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_gem.h>
#include <drm/drm_mm.h>
#include <drm/drm_vma_manager.h>
#include <drm/panthor_uapi.h>

#include "device/device.h"
#include "device/file.h"
#include "device/gfp.h"
#include "device/mmap_offset.h"

#define OFFSET_32BIT		((u64)4 << 40)
#define OFFSET_64BIT		((u64)16 << 40)

/*
 * Share of a file: four times what can be in memory at once, but no less than a small
 * machine needs for buffers that are never touched. The range has room for 524,288
 * shares of the smallest size.
 */
#define SHARE_RAM		4
#define SHARE_MIN		((u64)128 << 30)

/* Twice the address space of a 32-bit program; 512 such shares are for these alone. */
#define SHARE_32BIT		((u64)8 << 30)

/* In pages, as all offsets of the manager */
struct offset_range {
	u64 start;
	u64 end;
};

static bool file_is_32bit(const struct vpan_file *file)
{
	return READ_ONCE(file->mmio_offset) ==
	       DRM_PANTHOR_USER_MMIO_OFFSET_32BIT;
}

static unsigned long share_max(bool is_32bit)
{
	u64 max = SHARE_32BIT >> PAGE_SHIFT;

	if (!is_32bit)
		max = max_t(u64, SHARE_MIN >> PAGE_SHIFT,
			    (u64)SHARE_RAM * totalram_pages());
	return min_t(u64, max, LONG_MAX);
}

static int offset_insert(struct drm_vma_offset_manager *mgr,
			 struct drm_mm_node *node, unsigned long pages,
			 bool is_32bit)
{
	const struct offset_range shared = {
		DRM_FILE_PAGE_OFFSET_START, OFFSET_32BIT >> PAGE_SHIFT,
	};
	const struct offset_range own = is_32bit ? (struct offset_range) {
		OFFSET_32BIT >> PAGE_SHIFT,
		DRM_PANTHOR_USER_MMIO_OFFSET_32BIT >> PAGE_SHIFT,
	} : (struct offset_range) {
		OFFSET_64BIT >> PAGE_SHIFT,
		DRM_PANTHOR_USER_MMIO_OFFSET_64BIT >> PAGE_SHIFT,
	};
	const struct offset_range *first = is_32bit ? &own : &shared;
	const struct offset_range *second = is_32bit ? &shared : &own;
	int ret;

	if (!IS_ENABLED(CONFIG_64BIT))
		return drm_mm_insert_node(&mgr->vm_addr_space_mm, node, pages);

	/*
	 * The lowest hole is found without a walk over the holes of other parts, of
	 * which clients make as many as they like.
	 */
	ret = drm_mm_insert_node_in_range(&mgr->vm_addr_space_mm, node, pages, 0, 0,
					  first->start, first->end,
					  DRM_MM_INSERT_LOW);
	if (ret != -ENOSPC)
		return ret;
	return drm_mm_insert_node_in_range(&mgr->vm_addr_space_mm, node, pages, 0, 0,
					   second->start, second->end,
					   DRM_MM_INSERT_LOW);
}

/**
 * vpan_mmap_offset_init - extend the range of offsets of a device
 * @vpan: the device, which has no buffers yet
 *
 * DRM frees it with the &struct drm_device.
 *
 * Context: any.
 */
void vpan_mmap_offset_init(struct vpan_device *vpan)
{
	struct drm_vma_offset_manager *mgr = vpan->drm.vma_offset_manager;
	u64 end = DRM_PANTHOR_USER_MMIO_OFFSET_64BIT >> PAGE_SHIFT;

	if (!IS_ENABLED(CONFIG_64BIT))
		return;
	drm_vma_offset_manager_destroy(mgr);
	drm_vma_offset_manager_init(mgr, DRM_FILE_PAGE_OFFSET_START,
				    end - DRM_FILE_PAGE_OFFSET_START);
}

/**
 * vpan_mmap_share_create - create the share of an open file
 *
 * Context: may sleep.
 * Return: the share, with a reference, or NULL.
 */
struct vpan_mmap_share *vpan_mmap_share_create(void)
{
	struct vpan_mmap_share *share = kzalloc(sizeof(*share), VPAN_GFP_CLIENT);

	if (share)
		kref_init(&share->ref);
	return share;
}

static void share_free(struct kref *ref)
{
	kfree(container_of(ref, struct vpan_mmap_share, ref));
}

/**
 * vpan_mmap_share_put - release a reference to a share
 * @share: the share
 *
 * Context: any.
 */
void vpan_mmap_share_put(struct vpan_mmap_share *share)
{
	kref_put(&share->ref, share_free);
}

static bool share_take(struct vpan_mmap_share *share, unsigned long pages,
		       unsigned long max)
{
	if (atomic_long_add_return(pages, &share->pages) <= max)
		return true;
	atomic_long_sub(pages, &share->pages);
	return false;
}

/**
 * vpan_mmap_offset_add - give offsets to a buffer that has none
 * @file: file that takes them
 * @gem: the buffer
 * @owner: &vpan_bo.mmap_share; returns the share, with a reference, if the buffer had no
 *	offsets
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM if the file has no more of its share, or there are no offsets.
 */
int vpan_mmap_offset_add(struct vpan_file *file, struct drm_gem_object *gem,
			 struct vpan_mmap_share **owner)
{
	struct drm_vma_offset_manager *mgr = gem->dev->vma_offset_manager;
	unsigned long pages = gem->size >> PAGE_SHIFT;
	struct drm_mm_node *node = &gem->vma_node.vm_node;
	struct vpan_mmap_share *share = file->mmap_share;
	bool is_32bit = file_is_32bit(file);
	int ret = 0;

	write_lock(&mgr->vm_lock);
	if (drm_mm_node_allocated(node))
		goto out;
	ret = -ENOMEM;
	if (!share_take(share, pages, share_max(is_32bit)))
		goto out;
	ret = offset_insert(mgr, node, pages, is_32bit);
	if (ret) {
		atomic_long_sub(pages, &share->pages);
		ret = -ENOMEM;
	} else {
		kref_get(&share->ref);
		*owner = share;
	}
out:
	write_unlock(&mgr->vm_lock);
	return ret;
}

/**
 * vpan_mmap_offset_remove - take the offsets of a buffer back
 * @gem: the buffer, which is about to be freed
 * @owner: the share that they belong to, or NULL if there are none
 *
 * Context: may sleep.
 */
void vpan_mmap_offset_remove(struct drm_gem_object *gem,
			     struct vpan_mmap_share *owner)
{
	if (!owner)
		return;
	drm_gem_free_mmap_offset(gem);
	atomic_long_sub(gem->size >> PAGE_SHIFT, &owner->pages);
	vpan_mmap_share_put(owner);
}
