// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Offsets of buffers in the device file, by which user space maps them.
 *
 * A buffer takes as many offsets as it has pages, whether the pages exist or not. DRM
 * gives a device 1 TiB of them, which a single client could use up, so that no other
 * client could create a buffer that can be mapped. Here a device has all offsets below
 * the register pages, an open file a share of them, and a user a share for all files and
 * for what they leave behind: a buffer may outlive the file, in that of another process.
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
 * A user is a real user id of the machine. Subordinate ids are used in user namespaces of
 * their owner, and count as the owner's.
 *
 * Locks: the manager's own protects the offsets and &vpan_bo.mmap_share; that of
 * &vpan_device.mmap_users the users.
 */

#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>

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

/* Shares of a user: that of so many files. The range has room for 1,024 of the smallest size. */
#define USER_FILES		512

/* Of the part for 32-bit programs, which has room for 16 users. */
#define USER_32BIT		((u64)256 << 30)

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

static bool offset_is_32bit(u64 page)
{
	return IS_ENABLED(CONFIG_64BIT) && page >= OFFSET_32BIT >> PAGE_SHIFT &&
	       page < DRM_PANTHOR_USER_MMIO_OFFSET_32BIT >> PAGE_SHIFT;
}

static bool pages_take(atomic_long_t *counter, unsigned long pages, u64 max)
{
	if (atomic_long_add_return(pages, counter) <= min_t(u64, max, LONG_MAX))
		return true;
	atomic_long_sub(pages, counter);
	return false;
}

static int offset_insert_range(struct drm_vma_offset_manager *mgr,
			       struct drm_mm_node *node, unsigned long pages,
			       struct vpan_mmap_user *user,
			       const struct offset_range *range)
{
	bool is_32bit = offset_is_32bit(range->start);
	int ret;

	if (is_32bit && !pages_take(&user->pages_32bit, pages,
				    USER_32BIT >> PAGE_SHIFT))
		return -ENOSPC;
	/*
	 * The lowest hole is found without a walk over the holes of other parts, of
	 * which clients make as many as they like.
	 */
	ret = drm_mm_insert_node_in_range(&mgr->vm_addr_space_mm, node, pages, 0, 0,
					  range->start, range->end,
					  DRM_MM_INSERT_LOW);
	if (ret && is_32bit)
		atomic_long_sub(pages, &user->pages_32bit);
	return ret;
}

static int offset_insert(struct drm_vma_offset_manager *mgr,
			 struct drm_mm_node *node, unsigned long pages,
			 struct vpan_mmap_user *user, bool is_32bit)
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

	ret = offset_insert_range(mgr, node, pages, user, first);
	if (ret != -ENOSPC)
		return ret;
	return offset_insert_range(mgr, node, pages, user, second);
}

/**
 * vpan_mmap_offset_init - extend the range of offsets of a device, for all users
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

	/* Empty when the device is released. */
	xa_init_flags(&vpan->mmap_users, XA_FLAGS_ACCOUNT);
	if (!IS_ENABLED(CONFIG_64BIT))
		return;
	drm_vma_offset_manager_destroy(mgr);
	drm_vma_offset_manager_init(mgr, DRM_FILE_PAGE_OFFSET_START,
				    end - DRM_FILE_PAGE_OFFSET_START);
}

/* Return: the user with a reference, NULL if it has no open file and no buffer. */
static struct vpan_mmap_user *user_find(struct xarray *users, u32 uid)
{
	struct vpan_mmap_user *user;

	xa_lock(users);
	user = xa_load(users, uid);
	if (user)
		kref_get(&user->ref);
	xa_unlock(users);
	return user;
}

static void user_erase(struct kref *ref)
{
	struct vpan_mmap_user *user = container_of(ref, struct vpan_mmap_user, ref);

	__xa_erase(&user->vpan->mmap_users, user->uid);
}

static void user_put(struct vpan_mmap_user *user)
{
	struct xarray *users = &user->vpan->mmap_users;
	bool gone;

	/* Nothing finds a user whose last reference is dropped. */
	xa_lock(users);
	gone = kref_put(&user->ref, user_erase);
	xa_unlock(users);
	if (gone)
		kfree(user);
}

static struct vpan_mmap_user *user_create(struct vpan_device *vpan, u32 uid)
{
	struct vpan_mmap_user *user = kzalloc(sizeof(*user), VPAN_GFP_CLIENT);
	int ret;

	if (!user)
		return ERR_PTR(-ENOMEM);
	kref_init(&user->ref);
	user->vpan = vpan;
	user->uid = uid;
	ret = xa_insert(&vpan->mmap_users, uid, user, VPAN_GFP_CLIENT);
	if (!ret)
		return user;
	kfree(user);
	return ERR_PTR(ret);
}

/* User ids in namespaces of root, such as those of system containers, count on their own. */
static u32 user_id(void)
{
	struct user_namespace *ns = current_user_ns();
	kuid_t uid = current_uid();

	for (; ns != &init_user_ns; ns = ns->parent) {
		if (!uid_eq(ns->owner, GLOBAL_ROOT_UID))
			uid = ns->owner;
	}
	return __kuid_val(uid);
}

static struct vpan_mmap_user *user_get(struct vpan_device *vpan)
{
	u32 uid = user_id();
	struct vpan_mmap_user *user;

	do {
		user = user_find(&vpan->mmap_users, uid) ?: user_create(vpan, uid);
		/* Another process of the user may have inserted it. */
	} while (user == ERR_PTR(-EBUSY));
	return user;
}

/**
 * vpan_mmap_share_create - create the share of an open file
 * @vpan: the device, which outlives the share
 *
 * It counts for the real user of the caller.
 *
 * Context: may sleep.
 * Return: the share, with a reference, or an ERR_PTR().
 */
struct vpan_mmap_share *vpan_mmap_share_create(struct vpan_device *vpan)
{
	struct vpan_mmap_share *share = kzalloc(sizeof(*share), VPAN_GFP_CLIENT);
	struct vpan_mmap_user *user;

	if (!share)
		return ERR_PTR(-ENOMEM);
	user = user_get(vpan);
	if (IS_ERR(user)) {
		kfree(share);
		return ERR_CAST(user);
	}
	kref_init(&share->ref);
	share->user = user;
	return share;
}

static void share_free(struct kref *ref)
{
	struct vpan_mmap_share *share = container_of(ref, struct vpan_mmap_share, ref);

	user_put(share->user);
	kfree(share);
}

/**
 * vpan_mmap_share_put - release a reference to a share
 * @share: the share
 *
 * Context: any but interrupts.
 */
void vpan_mmap_share_put(struct vpan_mmap_share *share)
{
	kref_put(&share->ref, share_free);
}

static bool share_take(struct vpan_mmap_share *share, unsigned long pages,
		       bool is_32bit)
{
	if (!pages_take(&share->user->pages, pages, USER_FILES * (u64)share_max(false)))
		return false;
	if (pages_take(&share->pages, pages, share_max(is_32bit)))
		return true;
	atomic_long_sub(pages, &share->user->pages);
	return false;
}

static void share_give_back(struct vpan_mmap_share *share, unsigned long pages)
{
	atomic_long_sub(pages, &share->pages);
	atomic_long_sub(pages, &share->user->pages);
}

/**
 * vpan_mmap_offset_add - give offsets to a buffer that has none
 * @file: file that takes them
 * @gem: the buffer
 * @owner: &vpan_bo.mmap_share; returns the share, with a reference, if the buffer had no
 *	offsets
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM if the file or its user has no more of the share, or there are no
 * offsets.
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
	if (!share_take(share, pages, is_32bit))
		goto out;
	ret = offset_insert(mgr, node, pages, share->user, is_32bit);
	if (ret) {
		share_give_back(share, pages);
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
	unsigned long pages = gem->size >> PAGE_SHIFT;

	if (!owner)
		return;
	if (offset_is_32bit(gem->vma_node.vm_node.start))
		atomic_long_sub(pages, &owner->user->pages_32bit);
	drm_gem_free_mmap_offset(gem);
	share_give_back(owner, pages);
	vpan_mmap_share_put(owner);
}
