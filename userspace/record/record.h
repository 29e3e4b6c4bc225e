/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef RECORD_H
#define RECORD_H

/**
 * DOC: Record of what a program did with the GPU
 *
 * A file of RECORD_MAGIC and entries, each a &struct record_head and its payload, in the
 * byte order of the machine. File, VM, buffer and group numbers are those of the program.
 * Structures of the uAPI are as in <drm/panthor_uapi.h>; pointers and sync operations in them
 * are zero. There are no names, labels or paths, but the contents of all buffers.
 */

#include <stdint.h>

#define RECORD_MAGIC	"vpanrec1"

/**
 * enum record_type - kind of an entry
 * @RECORD_VM_CREATE: struct drm_panthor_vm_create
 * @RECORD_VM_DESTROY: struct drm_panthor_vm_destroy
 * @RECORD_BO_CREATE: struct drm_panthor_bo_create
 * @RECORD_BO_IMPORT: the same, of a buffer that was imported; its contents are recorded if
 *	it can be mapped
 * @RECORD_BO_CLOSE: uint32_t handle
 * @RECORD_BIND: struct drm_panthor_vm_bind, ops.count struct drm_panthor_vm_bind_op
 * @RECORD_GROUP_CREATE: struct drm_panthor_group_create, queues.count struct
 *	drm_panthor_queue_create
 * @RECORD_GROUP_DESTROY: struct drm_panthor_group_destroy
 * @RECORD_HEAP_CREATE: struct drm_panthor_tiler_heap_create, with its results
 * @RECORD_HEAP_DESTROY: struct drm_panthor_tiler_heap_destroy
 * @RECORD_PAGES: &struct record_pages and the bytes, as they were at the next submission
 * @RECORD_RESULT: the same, as they were when the program closed the buffer
 * @RECORD_SUBMIT: struct drm_panthor_group_submit, queue_submits.count struct
 *	drm_panthor_queue_submit
 */
enum record_type {
	RECORD_VM_CREATE = 1,
	RECORD_VM_DESTROY,
	RECORD_BO_CREATE,
	RECORD_BO_IMPORT,
	RECORD_BO_CLOSE,
	RECORD_BIND,
	RECORD_GROUP_CREATE,
	RECORD_GROUP_DESTROY,
	RECORD_HEAP_CREATE,
	RECORD_HEAP_DESTROY,
	RECORD_PAGES,
	RECORD_RESULT,
	RECORD_SUBMIT,
	RECORD_TYPES,
};

/**
 * struct record_head - begin of an entry
 * @type: &enum record_type
 * @file: number of the open device file, from 0 on
 * @size: bytes of the payload
 */
struct record_head {
	uint32_t type;
	uint32_t file;
	uint64_t size;
};

/**
 * struct record_pages - part of a buffer
 * @handle: the buffer
 * @pad: 0
 * @offset: bytes from its begin
 */
struct record_pages {
	uint32_t handle;
	uint32_t pad;
	uint64_t offset;
};

#endif /* RECORD_H */
