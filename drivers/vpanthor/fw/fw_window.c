// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Windows in the MCU's address space for the memory that groups share with the
 * firmware: suspend buffers and the interface pages of streams. The firmware
 * needs this memory only while a group is on a slot, so a group has a window then,
 * and keeps it afterwards until another group needs one: the window of the group
 * that left its slot first is taken. A client's number of groups is thus limited
 * by memory, which is charged to it, and not by the 64 MiB of addresses that
 * firmware and driver share, and as long as there are windows for all groups a
 * group that gets a slot again costs the MMU nothing.
 *
 * All windows are in one naturally aligned block if possible. The MMU stalls the
 * MCU's accesses to a region while its mappings change, and such a region is a
 * power of two in size and aligned to it, so that one across a larger boundary
 * would reach the firmware's interface.
 *
 * Page tables for all windows are allocated when the firmware has booted. Tables
 * that become empty are kept for the next mapping, so that mapping and unmapping
 * never allocate: both are on the fence signalling path.
 *
 * &vpan_fw.window_lock protects the windows. The lock of the MCU's address space
 * nests in it. User space has no part in that address space, so no client can hold
 * these locks for long.
 */

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "device/device.h"
#include "fw/fw.h"
#include "fw/fw_window.h"
#include "mm/as.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "mm/vma.h"
#include "pt/pgtable.h"

/* Two pages of the MCU per stream: the host's position and the firmware's */
#define WINDOW_IFACE_SIZE	SZ_8K

/* Addresses that windows take at most; sections need some as well. */
#define WINDOWS_BYTES		SZ_32M

static u32 window_protm_offset(const struct vpan_fw *fw)
{
	return ALIGN(fw->suspend_size, SZ_4K);
}

static u32 window_iface_offset(const struct vpan_fw *fw, u32 stream)
{
	return window_protm_offset(fw) + ALIGN(fw->protm_suspend_size, SZ_4K) +
	       stream * WINDOW_IFACE_SIZE;
}

/* Bytes of a group with so many streams */
static u32 window_size(const struct vpan_fw *fw, u32 nstreams)
{
	return window_iface_offset(fw, nstreams);
}

static u32 window_va(const struct vpan_fw *fw, unsigned int window)
{
	return fw->windows.start + window * window_size(fw, fw->ncs);
}

/**
 * vpan_fw_buf_protm_offset - get the place of the protected-mode suspend buffer
 * @buf: memory of a group
 *
 * Context: any.
 * Return: offset in @buf.
 */
u32 vpan_fw_buf_protm_offset(const struct vpan_fw_buf *buf)
{
	return window_protm_offset(buf->vpan->fw);
}

/**
 * vpan_fw_buf_iface_offset - get the place of the interface pages of a stream
 * @buf: memory of a group
 * @stream: index of the stream
 *
 * Context: any.
 * Return: offset in @buf.
 */
u32 vpan_fw_buf_iface_offset(const struct vpan_fw_buf *buf, u32 stream)
{
	return window_iface_offset(buf->vpan->fw, stream);
}

/**
 * vpan_fw_buf_create - allocate the memory that a group shares with the firmware
 * @vpan: the device
 * @nstreams: number of streams of the group
 *
 * The memory is charged to the caller.
 *
 * Context: may sleep and allocate.
 * Return: the memory or an ERR_PTR().
 */
struct vpan_fw_buf *vpan_fw_buf_create(struct vpan_device *vpan, u32 nstreams)
{
	struct vpan_fw_buf *buf;
	int ret;

	buf = kzalloc(sizeof(*buf), GFP_KERNEL_ACCOUNT);
	if (!buf)
		return ERR_PTR(-ENOMEM);

	buf->vpan = vpan;
	buf->nstreams = nstreams;
	buf->window = -1;
	INIT_LIST_HEAD(&buf->link);
	ret = vpan_mem_alloc(&buf->mem, &vpan->drm,
			     window_size(vpan->fw, nstreams));
	if (ret) {
		kfree(buf);
		return ERR_PTR(ret);
	}
	return buf;
}

/*
 * Removed tables may be dirty, so they come after the others. The count of spare tables
 * matters to vpan_pt_cache_fill() only, which has been called.
 */
static void window_recycle_tables(struct vpan_fw *fw)
{
	list_splice_tail_init(&fw->window_tables.dead, &fw->window_tables.spare);
}

static int window_map_pages(struct vpan_fw *fw, struct vpan_fw_buf *buf, u32 va)
{
	u32 saved = window_iface_offset(fw, 0);
	int ret;

	ret = vpan_vma_map_pages(fw->vm, &fw->window_tables, &buf->mem.sgt, 0,
				 va, saved, VPAN_PROT_NOEXEC);
	if (ret)
		return ret;
	return vpan_vma_map_pages(fw->vm, &fw->window_tables, &buf->mem.sgt,
				  saved, va + saved,
				  buf->nstreams * WINDOW_IFACE_SIZE,
				  VPAN_PROT_NOEXEC | VPAN_PROT_UNCACHED);
}

static void window_unmap_pages(struct vpan_fw *fw, struct vpan_fw_buf *buf,
			       u32 va)
{
	vpan_pt_unmap(&fw->vm->pt, &fw->window_tables, va,
		      window_size(fw, buf->nstreams));
}

/* The group of a window does not need it, or has lost it. */
static void window_clear(struct vpan_fw *fw, struct vpan_fw_buf *buf)
{
	window_unmap_pages(fw, buf, buf->va);
	list_del_init(&buf->link);
	__clear_bit(buf->window, fw->windows_used);
	buf->window = -1;
}

static void window_free(struct vpan_fw *fw, struct vpan_fw_buf *buf)
{
	mutex_lock(&fw->window_lock);
	if (buf->window >= 0) {
		mutex_lock(&fw->vm->op_lock);
		/* Errors lead to a reset, for which the caller waits. */
		vpan_as_begin_update(fw->vm, buf->va,
				     window_size(fw, buf->nstreams));
		window_clear(fw, buf);
		vpan_as_end_update(fw->vm);
		window_recycle_tables(fw);
		vpan_vm_unlock(fw->vm);
	}
	mutex_unlock(&fw->window_lock);
}

/**
 * vpan_fw_buf_destroy - free the memory that a group shared with the firmware
 * @buf: memory of a group without a slot, NULL or an ERR_PTR()
 *
 * Context: may sleep; not on the signalling path.
 */
void vpan_fw_buf_destroy(struct vpan_fw_buf *buf)
{
	if (IS_ERR_OR_NULL(buf))
		return;

	window_free(buf->vpan->fw, buf);
	/* The MCU may use stale translations until a pending reset. */
	if (vpan_reset_is_pending(buf->vpan))
		vpan_reset_flush(buf->vpan);
	vpan_mem_free(&buf->mem);
	kfree(buf);
}

static int window_replace(struct vpan_fw *fw, struct vpan_fw_buf *victim,
			  struct vpan_fw_buf *buf, unsigned int window)
{
	u32 va = window_va(fw, window);
	int ret, end;

	mutex_lock(&fw->vm->op_lock);
	ret = vpan_as_begin_update(fw->vm, va, window_size(fw, fw->ncs));
	if (victim)
		window_clear(fw, victim);
	if (!ret)
		ret = window_map_pages(fw, buf, va);
	if (ret)
		window_unmap_pages(fw, buf, va);
	end = vpan_as_end_update(fw->vm);
	if (!ret && end) {
		window_unmap_pages(fw, buf, va);
		ret = end;
	}
	window_recycle_tables(fw);
	vpan_vm_unlock(fw->vm);
	if (ret)
		return ret;
	buf->va = va;
	buf->window = window;
	__set_bit(window, fw->windows_used);
	return 0;
}

/**
 * vpan_fw_window_get - have the memory of a group in a window
 * @buf: memory of a group that is getting a slot
 *
 * Undo with vpan_fw_window_put().
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, or -ETIMEDOUT if the MMU does not answer, in which case the memory is
 * in no window and a reset is requested.
 */
int vpan_fw_window_get(struct vpan_fw_buf *buf)
{
	struct vpan_fw *fw = buf->vpan->fw;
	struct vpan_fw_buf *victim = NULL;
	unsigned int window;
	int ret = 0;

	mutex_lock(&fw->window_lock);
	if (buf->window >= 0) {
		list_del_init(&buf->link);
		goto out;
	}
	window = find_first_zero_bit(fw->windows_used, fw->nwindows);
	if (window >= fw->nwindows) {
		/* There are more windows than slots, so one is idle. */
		victim = list_first_entry(&fw->idle_bufs, struct vpan_fw_buf,
					  link);
		window = victim->window;
	}
	ret = window_replace(fw, victim, buf, window);
out:
	mutex_unlock(&fw->window_lock);
	return ret;
}

/**
 * vpan_fw_window_put - let other groups take the window of a group
 * @buf: memory of a group that has left its slot
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_fw_window_put(struct vpan_fw_buf *buf)
{
	struct vpan_fw *fw = buf->vpan->fw;

	mutex_lock(&fw->window_lock);
	list_add_tail(&buf->link, &fw->idle_bufs);
	mutex_unlock(&fw->window_lock);
}

static int windows_reserve(struct vpan_fw *fw, u64 size)
{
	int ret = -ENOSPC;

	mutex_lock(&fw->vm->mm_lock);
	if (size <= WINDOWS_BYTES)
		ret = drm_mm_insert_node_generic(&fw->vm->mm, &fw->windows,
						 size, WINDOWS_BYTES, 0,
						 DRM_MM_INSERT_BEST);
	if (ret == -ENOSPC)
		ret = drm_mm_insert_node_generic(&fw->vm->mm, &fw->windows,
						 size, SZ_4K, 0,
						 DRM_MM_INSERT_BEST);
	mutex_unlock(&fw->vm->mm_lock);
	return ret;
}

/**
 * vpan_fw_windows_init - reserve windows and their page tables
 * @vpan: the device; the firmware has booted
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_fw_windows_init(struct vpan_device *vpan)
{
	struct vpan_fw *fw = vpan->fw;
	struct vpan_pt_need need = {};
	u64 size;
	int ret;

	/* One more than slots, so that there is an idle one for each group. */
	fw->nwindows = max(WINDOWS_BYTES / window_size(fw, fw->ncs),
			   fw->ncsg + 1);
	fw->windows_used = bitmap_zalloc(fw->nwindows, GFP_KERNEL);
	if (!fw->windows_used)
		return -ENOMEM;

	size = (u64)fw->nwindows * window_size(fw, fw->ncs);
	ret = windows_reserve(fw, size);
	if (ret) {
		bitmap_free(fw->windows_used);
		return ret;
	}

	vpan_pt_need_range(&need, fw->windows.start, size);
	vpan_pt_need_leaves(&need, fw->windows.start, size);
	ret = vpan_pt_cache_fill(&fw->window_tables, need.tables);
	if (ret)
		vpan_fw_windows_fini(vpan);
	return ret;
}

/**
 * vpan_fw_windows_fini - free what vpan_fw_windows_init() has reserved
 * @vpan: the device; no group is on a slot, the MCU is stopped or gone
 *
 * Context: may sleep.
 */
void vpan_fw_windows_fini(struct vpan_device *vpan)
{
	struct vpan_fw *fw = vpan->fw;
	struct vpan_fw_buf *buf, *next;

	/* Groups that still exist have no window from here on. */
	mutex_lock(&fw->window_lock);
	mutex_lock(&fw->vm->op_lock);
	list_for_each_entry_safe(buf, next, &fw->idle_bufs, link)
		window_clear(fw, buf);
	window_recycle_tables(fw);
	vpan_vm_unlock(fw->vm);
	mutex_unlock(&fw->window_lock);

	vpan_pt_cache_fini(&fw->window_tables);
	mutex_lock(&fw->vm->mm_lock);
	drm_mm_remove_node(&fw->windows);
	mutex_unlock(&fw->vm->mm_lock);
	bitmap_free(fw->windows_used);
}
