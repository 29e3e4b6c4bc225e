/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_DRM_FILE_H_
#define _COMPAT_DRM_FILE_H_

/*
 * The table of sync objects of an open file: once an IDR with a lock, now an XArray. Only
 * for tests, whose files have no device.
 */

#include <linux/idr.h>
#include <linux/xarray.h>

#include <drm/drm_file.h>
#include <drm/drm_syncobj.h>

#include "generated/features.h"

#ifdef COMPAT_HAVE_DRM_FILE_SYNCOBJ_XA

static inline void compat_syncobj_table_init(struct drm_file *file)
{
	xa_init_flags(&file->syncobj_xa, XA_FLAGS_ALLOC1);
}

/* Drop the references to all objects. */
static inline void compat_syncobj_table_fini(struct drm_file *file)
{
	struct drm_syncobj *syncobj;
	unsigned long handle;

	xa_for_each(&file->syncobj_xa, handle, syncobj)
		drm_syncobj_put(syncobj);
	xa_destroy(&file->syncobj_xa);
}

#else

static inline void compat_syncobj_table_init(struct drm_file *file)
{
	idr_init_base(&file->syncobj_idr, 1);
	spin_lock_init(&file->syncobj_table_lock);
}

static inline void compat_syncobj_table_fini(struct drm_file *file)
{
	struct drm_syncobj *syncobj;
	int handle;

	idr_for_each_entry(&file->syncobj_idr, syncobj, handle)
		drm_syncobj_put(syncobj);
	idr_destroy(&file->syncobj_idr);
}

#endif

#endif /* _COMPAT_DRM_FILE_H_ */
