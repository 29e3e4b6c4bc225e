// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Walks over buffers: those of an open file by handle, for fdinfo, and all of a device, for
 * debugfs.
 *
 * The list of the device has buffers of user space, imported ones, and those behind kernel
 * objects, whether they have handles or not. It holds no references. A walk has one to the
 * buffer at which it is, which keeps the buffer in the list, so the lock is not held between
 * two steps: a client chooses how many buffers there are, and neither creating nor freeing a
 * buffer waits for a reader.
 */

#include <linux/idr.h>
#include <linux/kref.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_managed.h>

#include "device/device.h"
#include "device/gem_list.h"

/**
 * vpan_gem_list_init - create the empty list
 * @vpan: the device
 *
 * Undone when the &struct drm_device is released.
 *
 * Context: may sleep and allocate.
 * Return: 0 or a negative errno.
 */
int vpan_gem_list_init(struct vpan_device *vpan)
{
	struct vpan_gem_list *gems;

	gems = drmm_kzalloc(&vpan->drm, sizeof(*gems), GFP_KERNEL);
	if (!gems)
		return -ENOMEM;

	spin_lock_init(&gems->lock);
	INIT_LIST_HEAD(&gems->entries);
	vpan->gems = gems;
	return 0;
}

/**
 * vpan_gem_list_add - add a new buffer of the current process
 * @entry: zeroed part of the buffer
 * @gem: the buffer, initialised: readers see it from here on
 *
 * Context: process context. Allocates nothing.
 */
void vpan_gem_list_add(struct vpan_gem_entry *entry, struct drm_gem_object *gem)
{
	struct vpan_gem_list *gems = to_vpan_device(gem->dev)->gems;

	entry->gem = gem;
	vpan_creator_init(&entry->creator);
	spin_lock(&gems->lock);
	list_add_tail(&entry->link, &gems->entries);
	spin_unlock(&gems->lock);
}

/**
 * vpan_gem_list_remove - remove a buffer that is being freed
 * @entry: part of the buffer, which need not be in the list
 *
 * Context: process context. Allocates nothing.
 */
void vpan_gem_list_remove(struct vpan_gem_entry *entry)
{
	struct vpan_gem_list *gems;

	if (!entry->gem)
		return;

	gems = to_vpan_device(entry->gem->dev)->gems;
	spin_lock(&gems->lock);
	list_del(&entry->link);
	spin_unlock(&gems->lock);
}

/**
 * vpan_gem_list_next - walk over the buffers of a device
 * @vpan: the device
 * @entry: what the last call returned, of which the reference is dropped; NULL to begin
 *
 * Context: may sleep, as the last reference to a buffer may be dropped.
 * Return: the next buffer, with a reference, or NULL.
 */
struct vpan_gem_entry *vpan_gem_list_next(struct vpan_device *vpan,
					  struct vpan_gem_entry *entry)
{
	struct vpan_gem_list *gems = vpan->gems;
	struct vpan_gem_entry *next = entry, *found = NULL;

	spin_lock(&gems->lock);
	next = list_prepare_entry(next, &gems->entries, link);
	list_for_each_entry_continue(next, &gems->entries, link) {
		/* Without a reference left, it waits for the lock to be removed. */
		if (kref_get_unless_zero(&next->gem->refcount)) {
			found = next;
			break;
		}
	}
	spin_unlock(&gems->lock);
	if (entry)
		drm_gem_object_put(entry->gem);
	return found;
}

/**
 * vpan_gem_next - walk over the buffers of a file
 * @file: the file
 * @handle: handle to begin with; returns that of the buffer
 *
 * A client chooses how many there are, so the walk takes the lock of the table for each.
 *
 * Context: may sleep, as the caller has to for drm_gem_object_put().
 * Return: the buffer with the lowest handle from @handle on, with a reference, or NULL.
 */
struct drm_gem_object *vpan_gem_next(struct drm_file *file, int *handle)
{
	struct drm_gem_object *gem;

	spin_lock(&file->table_lock);
	gem = idr_get_next(&file->object_idr, handle);
	if (gem)
		drm_gem_object_get(gem);
	spin_unlock(&file->table_lock);
	return gem;
}
