// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The operations of programs: panthor's ioctls, those of DRM for sync objects and
 * buffers, elements of their arrays, command streams, and the calls of plain.c.
 *
 * A field of a structure is described by its name; an output is the slot that the
 * call stores to. Weights are relative.
 */

#include <drm/panthor_uapi.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>

#include "prog.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define MMIO32		DRM_PANTHOR_USER_MMIO_OFFSET_32BIT
#define MMIO64		DRM_PANTHOR_USER_MMIO_OFFSET_64BIT
#define WAIT(name)	DRM_SYNCOBJ_WAIT_FLAGS_WAIT_##name
#define SET(name, ...) \
	static const uint64_t name##_values[] = { __VA_ARGS__ }; \
	static const struct fz_set name = { COUNT(name##_values), name##_values }

SET(query_types, 0, 1, 2, 3, 4, 5);
SET(query_sizes, 0, 4, 8, 16, 24, 56, 64, 100, 120, 128, 4096, 4097, 0xffffffff);
SET(bind_flags, 0, 1, 2, 4, 8, 1u << 28, 2u << 28, 3u << 28, 16);
SET(call_flags, 0, 1, 1, 1, 2);
SET(bo_flags, 0, 0, 1, 2, 4);
SET(sync_flags, 0, 1, 1u << 31, 1u << 31 | 1, 2, 0x100);
SET(ring_sizes, 4096, 8192, 65536, 0, 2048, 4097, 131072);
SET(group_priorities, 0, 1, 2, 3, 4);
SET(queue_priorities, 0, 1, 15, 16);
SET(cores, 1, 2, 4, 0, 255);
SET(chunk_sizes, 131072, 262144, 2097152, 8388608, 4096, 16777216, 131073);
SET(chunk_counts, 1, 2, 4, 0, 64, 0xffffffff);
SET(in_flight, 1, 4, 65535, 0, 0xffffffff);
SET(mmio_offsets, MMIO32, MMIO64, 0);
SET(mmio_pages, MMIO64, MMIO32, MMIO64 + 4096, MMIO64 + (1ull << 30));
SET(protections, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC, 0, PROT_WRITE);
SET(map_flags, MAP_SHARED, MAP_SHARED | MAP_POPULATE, MAP_PRIVATE, 0);
SET(advices, MADV_DONTNEED, MADV_REMOVE, MADV_DONTFORK, MADV_WILLNEED, MADV_COLD);
SET(fd_flags, 0, DRM_CLOEXEC, DRM_CLOEXEC | DRM_RDWR);
SET(syncobj_flags, 0, DRM_SYNCOBJ_CREATE_SIGNALED, 2);
SET(export_flags, 0, DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE, 2);
SET(wait_flags, 0, WAIT(ALL), WAIT(FOR_SUBMIT), WAIT(AVAILABLE), WAIT(DEADLINE));
/* Absolute times: past and future, but no wait outlasts its program. */
SET(timeouts, 0, 1, 0x7fffffffffffffff);
/* See enum fz_stream_kind */
SET(stream_kinds, 0, 0, 1, 2, 3, 3);
SET(poll_events, POLLIN, POLLOUT, POLLIN | POLLOUT);
SET(stream_sizes, 8 * FZ_WORDS, 8, 64, 4096, 0, 7, 0xfffffff8);
/*
 * The DRM core asks kmalloc() for whatever an array of handles needs and warns of a size that
 * it never serves. That is no fault of what is tested here, and hides what comes after it.
 */
SET(handle_counts, 0, 1, 7, 8, 63, 64, 65, 255, 256, 4095, 4096);
SET(bits, 0, 1);
SET(only_masks, 0xffffffff, 1, 2, 4, 8, 0);

#define NAME(_name, _kind, ...)	{ .name = #_name, .kind = _kind, __VA_ARGS__ }
#define FD()			NAME(fd, FZ_FD)
#define FIELD(_type, _field, _kind, ...) { \
	.name = #_field, .kind = _kind, .offset = offsetof(struct _type, _field), \
	.size = sizeof(((struct _type *)0)->_field), __VA_ARGS__ }
#define ARRAY(_type, _field, _list) \
	FIELD(_type, _field.stride, FZ_STRIDE, .list = _list), \
	FIELD(_type, _field.count, FZ_NUMBER, .list = _list), \
	FIELD(_type, _field.array, FZ_POINTER, .list = _list)
#define HEAD(_name, _class, _weight) .name = #_name, .class = _class, .weight = _weight
#define PANTHOR(_name, _weight, _request, _type) \
	HEAD(_name, FZ_IOCTL, _weight), .request = DRM_IOCTL_PANTHOR_##_request, \
	.request_name = "DRM_IOCTL_PANTHOR_" #_request, \
	.type = "struct drm_panthor_" #_type, .size = sizeof(struct drm_panthor_##_type)
#define DRM(_name, _weight, _request, _type) \
	HEAD(_name, FZ_IOCTL, _weight), .request = DRM_IOCTL_##_request, \
	.request_name = "DRM_IOCTL_" #_request, \
	.type = "struct " #_type, .size = sizeof(struct _type)
#define ELEMENT(_name, _weight, _list) \
	HEAD(_name, FZ_ELEMENT, _weight), .list = _list, .size = sizeof(struct T)
#define PLAIN(_name, _weight)	HEAD(_name, FZ_PLAIN_CALL, _weight), .plain = plain_##_name
#define F(_field, ...)		FIELD(T, _field, __VA_ARGS__)
#define A(_field, _list)	ARRAY(T, _field, _list)
#define HANDLES() \
	F(count_handles, FZ_NUMBER, .list = FZ_HANDLES, .set = &handle_counts), \
	F(handles, FZ_POINTER, .list = FZ_HANDLES)

const struct fz_op fz_ops[] = {
	/* Elements of arrays */
#define T drm_panthor_sync_op
	{ ELEMENT(sync, 30, FZ_SYNCS), .type = "struct drm_panthor_sync_op", .args = {
		F(flags, FZ_FLAGS, .set = &sync_flags), F(handle, FZ_SYNC),
		F(timeline_value, FZ_POINT) } },
#undef T
#define T drm_panthor_vm_bind_op
	{ ELEMENT(bind_op, 30, FZ_BINDS), .type = "struct drm_panthor_vm_bind_op", .args = {
		F(flags, FZ_FLAGS, .set = &bind_flags), F(bo_handle, FZ_BO),
		F(bo_offset, FZ_OFFSET), F(va, FZ_VA), F(size, FZ_SIZE),
		A(syncs, FZ_SYNCS) } },
#undef T
#define T drm_panthor_queue_submit
	{ ELEMENT(job, 30, FZ_JOBS), .type = "struct drm_panthor_queue_submit", .args = {
		F(queue_index, FZ_SMALL), F(stream_size, FZ_ONE, .set = &stream_sizes),
		F(stream_addr, FZ_VA), F(latest_flush, FZ_PAD), F(pad, FZ_PAD),
		A(syncs, FZ_SYNCS) } },
#undef T
#define T drm_panthor_queue_create
	{ ELEMENT(queue, 8, FZ_QUEUES), .type = "struct drm_panthor_queue_create", .args = {
		F(priority, FZ_ONE, .set = &queue_priorities),
		F(ringbuf_size, FZ_ONE, .set = &ring_sizes) } },
#undef T
#define T drm_panthor_bo_sync_op
	{ ELEMENT(bo_sync_op, 4, FZ_BO_SYNCS), .type = "struct drm_panthor_bo_sync_op", .args = {
		F(handle, FZ_BO), F(type, FZ_ONE, .set = &bits), F(offset, FZ_OFFSET),
		F(size, FZ_SIZE) } },
#undef T
	{ HEAD(handle, FZ_ELEMENT, 10), .list = FZ_HANDLES, .type = "uint32_t", .size = 4,
	  .args = { { .name = "", .kind = FZ_SYNC, .size = 4 } } },
	{ HEAD(point, FZ_ELEMENT, 10), .list = FZ_POINTS, .type = "uint64_t", .size = 8,
	  .args = { { .name = "", .kind = FZ_POINT, .size = 8 } } },

	/* panthor */
#define T drm_panthor_dev_query
	{ PANTHOR(query, 6, DEV_QUERY, dev_query), .args = { FD(),
		F(type, FZ_ONE, .set = &query_types), F(size, FZ_ONE, .set = &query_sizes),
		F(pointer, FZ_POINTER) } },
#undef T
#define T drm_panthor_vm_create
	{ PANTHOR(vm_create, 8, VM_CREATE, vm_create), .args = { FD(), F(flags, FZ_PAD),
		F(user_va_range, FZ_SIZE), F(id, FZ_VM, .out = true) } },
#undef T
#define T drm_panthor_vm_destroy
	{ PANTHOR(vm_destroy, 5, VM_DESTROY, vm_destroy), .args = { FD(), F(id, FZ_VM),
		F(pad, FZ_PAD) } },
#undef T
#define T drm_panthor_vm_get_state
	{ PANTHOR(vm_get_state, 4, VM_GET_STATE, vm_get_state), .args = { FD(),
		F(vm_id, FZ_VM) } },
#undef T
#define T drm_panthor_vm_bind
	{ PANTHOR(vm_bind, 30, VM_BIND, vm_bind), .args = { FD(), F(vm_id, FZ_VM),
		F(flags, FZ_ONE, .set = &call_flags), A(ops, FZ_BINDS) } },
#undef T
#define T drm_panthor_bo_create
	{ PANTHOR(bo_create, 15, BO_CREATE, bo_create), .args = { FD(), F(size, FZ_SIZE),
		F(flags, FZ_FLAGS, .set = &bo_flags), F(exclusive_vm_id, FZ_VM),
		F(pad, FZ_PAD), F(handle, FZ_BO, .out = true) } },
#undef T
#define T drm_panthor_bo_mmap_offset
	{ PANTHOR(bo_offset, 12, BO_MMAP_OFFSET, bo_mmap_offset), .args = { FD(),
		F(handle, FZ_BO), F(pad, FZ_PAD) } },
#undef T
#define T drm_panthor_group_create
	{ PANTHOR(group_create, 12, GROUP_CREATE, group_create), .args = { FD(),
		A(queues, FZ_QUEUES), F(max_compute_cores, FZ_ONE, .set = &cores),
		F(max_fragment_cores, FZ_ONE, .set = &cores),
		F(max_tiler_cores, FZ_ONE, .set = &cores),
		F(priority, FZ_ONE, .set = &group_priorities), F(pad, FZ_PAD),
		F(compute_core_mask, FZ_MASK), F(fragment_core_mask, FZ_MASK),
		F(tiler_core_mask, FZ_MASK), F(vm_id, FZ_VM),
		F(group_handle, FZ_GROUP, .out = true) } },
#undef T
#define T drm_panthor_group_destroy
	{ PANTHOR(group_destroy, 6, GROUP_DESTROY, group_destroy), .args = { FD(),
		F(group_handle, FZ_GROUP), F(pad, FZ_PAD) } },
#undef T
#define T drm_panthor_group_submit
	{ PANTHOR(group_submit, 35, GROUP_SUBMIT, group_submit), .args = { FD(),
		F(group_handle, FZ_GROUP), F(pad, FZ_PAD), A(queue_submits, FZ_JOBS) } },
#undef T
#define T drm_panthor_group_get_state
	{ PANTHOR(group_state, 5, GROUP_GET_STATE, group_get_state), .args = { FD(),
		F(group_handle, FZ_GROUP), F(pad, FZ_PAD) } },
#undef T
#define T drm_panthor_tiler_heap_create
	{ PANTHOR(heap_create, 10, TILER_HEAP_CREATE, tiler_heap_create), .args = { FD(),
		F(vm_id, FZ_VM), F(initial_chunk_count, FZ_ONE, .set = &chunk_counts),
		F(chunk_size, FZ_ONE, .set = &chunk_sizes),
		F(max_chunks, FZ_ONE, .set = &chunk_counts),
		F(target_in_flight, FZ_ONE, .set = &in_flight),
		F(handle, FZ_HEAP, .out = true) } },
#undef T
#define T drm_panthor_tiler_heap_destroy
	{ PANTHOR(heap_destroy, 5, TILER_HEAP_DESTROY, tiler_heap_destroy), .args = { FD(),
		F(handle, FZ_HEAP), F(pad, FZ_PAD) } },
#undef T
#define T drm_panthor_bo_set_label
	{ PANTHOR(bo_label, 4, BO_SET_LABEL, bo_set_label), .args = { FD(),
		F(handle, FZ_BO), F(pad, FZ_PAD), F(label, FZ_POINTER) } },
#undef T
#define T drm_panthor_set_user_mmio_offset
	{ PANTHOR(mmio_offset, 2, SET_USER_MMIO_OFFSET, set_user_mmio_offset), .args = { FD(),
		F(offset, FZ_ONE, .set = &mmio_offsets) } },
#undef T
#define T drm_panthor_bo_sync
	{ PANTHOR(bo_sync, 4, BO_SYNC, bo_sync), .args = { FD(), A(ops, FZ_BO_SYNCS) } },
#undef T
#define T drm_panthor_bo_query_info
	{ PANTHOR(bo_info, 3, BO_QUERY_INFO, bo_query_info), .args = { FD(),
		F(handle, FZ_BO), F(pad, FZ_PAD) } },
#undef T

	/* DRM */
#define T drm_gem_close
	{ DRM(gem_close, 6, GEM_CLOSE, drm_gem_close), .args = { FD(), F(handle, FZ_BO) } },
#undef T
#define T drm_prime_handle
	{ DRM(prime_export, 8, PRIME_HANDLE_TO_FD, drm_prime_handle), .args = { FD(),
		F(handle, FZ_BO), F(flags, FZ_ONE, .set = &fd_flags),
		F(fd, FZ_XFD, .out = true) } },
	{ DRM(prime_import, 8, PRIME_FD_TO_HANDLE, drm_prime_handle), .args = { FD(),
		F(fd, FZ_XFD), F(handle, FZ_BO, .out = true) } },
#undef T
#define T drm_syncobj_create
	{ DRM(syncobj_create, 10, SYNCOBJ_CREATE, drm_syncobj_create), .args = { FD(),
		F(flags, FZ_ONE, .set = &syncobj_flags), F(handle, FZ_SYNC, .out = true) } },
#undef T
#define T drm_syncobj_destroy
	{ DRM(syncobj_destroy, 4, SYNCOBJ_DESTROY, drm_syncobj_destroy), .args = { FD(),
		F(handle, FZ_SYNC), F(pad, FZ_PAD) } },
#undef T
#define T drm_syncobj_handle
	{ DRM(syncobj_export, 6, SYNCOBJ_HANDLE_TO_FD, drm_syncobj_handle), .args = { FD(),
		F(handle, FZ_SYNC), F(flags, FZ_ONE, .set = &export_flags),
		F(fd, FZ_XFD, .out = true) } },
	{ DRM(syncobj_import, 6, SYNCOBJ_FD_TO_HANDLE, drm_syncobj_handle), .args = { FD(),
		F(fd, FZ_XFD), F(flags, FZ_ONE, .set = &export_flags),
		F(handle, FZ_SYNC, .out = true) } },
	/* Of a sync file: the sync object exists. */
	{ DRM(syncobj_attach, 4, SYNCOBJ_FD_TO_HANDLE, drm_syncobj_handle), .args = { FD(),
		F(fd, FZ_XFD), F(flags, FZ_ONE, .set = &export_flags), F(handle, FZ_SYNC) } },
#undef T
#define T drm_syncobj_transfer
	{ DRM(syncobj_transfer, 8, SYNCOBJ_TRANSFER, drm_syncobj_transfer), .args = { FD(),
		F(src_handle, FZ_SYNC), F(dst_handle, FZ_SYNC), F(src_point, FZ_POINT),
		F(dst_point, FZ_POINT), F(flags, FZ_ONE, .set = &wait_flags),
		F(pad, FZ_PAD) } },
#undef T
#define T drm_syncobj_array
	{ DRM(syncobj_reset, 4, SYNCOBJ_RESET, drm_syncobj_array), .args = { FD(),
		HANDLES(), F(pad, FZ_PAD) } },
	{ DRM(syncobj_signal, 6, SYNCOBJ_SIGNAL, drm_syncobj_array), .args = { FD(),
		HANDLES(), F(pad, FZ_PAD) } },
#undef T
#define T drm_syncobj_timeline_array
	{ DRM(timeline_signal, 8, SYNCOBJ_TIMELINE_SIGNAL, drm_syncobj_timeline_array), .args = {
		FD(), HANDLES(), F(points, FZ_POINTER, .list = FZ_POINTS), F(flags, FZ_PAD) } },
	{ DRM(timeline_query, 4, SYNCOBJ_QUERY, drm_syncobj_timeline_array), .args = {
		FD(), HANDLES(), F(points, FZ_POINTER, .list = FZ_POINTS),
		F(flags, FZ_ONE, .set = &bits) } },
#undef T
#define T drm_syncobj_wait
	{ DRM(syncobj_wait, 10, SYNCOBJ_WAIT, drm_syncobj_wait), .args = { FD(),
		HANDLES(), F(timeout_nsec, FZ_ONE, .set = &timeouts),
		F(flags, FZ_FLAGS, .set = &wait_flags), F(pad, FZ_PAD) } },
#undef T
#define T drm_syncobj_timeline_wait
	{ DRM(timeline_wait, 10, SYNCOBJ_TIMELINE_WAIT, drm_syncobj_timeline_wait), .args = {
		FD(), HANDLES(), F(points, FZ_POINTER, .list = FZ_POINTS),
		F(timeout_nsec, FZ_ONE, .set = &timeouts),
		F(flags, FZ_FLAGS, .set = &wait_flags), F(pad, FZ_PAD) } },
#undef T

	/* Everything else, see plain.c */
	{ HEAD(stream, FZ_STREAM, 20), .args = { NAME(map, FZ_MAP), NAME(offset, FZ_OFFSET),
		NAME(kind, FZ_ONE, .set = &stream_kinds), NAME(seed, FZ_SEED),
		NAME(heap, FZ_HEAP) } },
	{ PLAIN(open, 8), .args = { NAME(file, FZ_FD, .out = true),
		NAME(node, FZ_ONE, .set = &bits) } },
	{ PLAIN(close, 5), .args = { FD() } },
	{ PLAIN(xclose, 5), .args = { NAME(file, FZ_XFD) } },
	{ PLAIN(dup, 2), .args = { FD(), NAME(to, FZ_FD, .out = true) } },
	{ PLAIN(mmap, 12), .args = { NAME(map, FZ_MAP, .out = true), FD(), NAME(bo, FZ_BO),
		NAME(protection, FZ_ONE, .set = &protections),
		NAME(flags, FZ_ONE, .set = &map_flags), NAME(offset, FZ_OFFSET),
		NAME(size, FZ_SIZE) } },
	{ PLAIN(xmmap, 5), .args = { NAME(map, FZ_MAP, .out = true), NAME(file, FZ_XFD),
		NAME(protection, FZ_ONE, .set = &protections),
		NAME(flags, FZ_ONE, .set = &map_flags), NAME(offset, FZ_OFFSET),
		NAME(size, FZ_SIZE) } },
	{ PLAIN(mmio, 4), .args = { NAME(map, FZ_MAP, .out = true), FD(),
		NAME(protection, FZ_ONE, .set = &protections),
		NAME(flags, FZ_ONE, .set = &map_flags),
		NAME(offset, FZ_ONE, .set = &mmio_pages), NAME(size, FZ_SIZE) } },
	{ PLAIN(munmap, 5), .args = { NAME(map, FZ_MAP) } },
	{ PLAIN(mprotect, 2), .args = { NAME(map, FZ_MAP),
		NAME(protection, FZ_ONE, .set = &protections) } },
	{ PLAIN(madvise, 3), .args = { NAME(map, FZ_MAP),
		NAME(advice, FZ_ONE, .set = &advices) } },
	{ PLAIN(mremap, 2), .args = { NAME(map, FZ_MAP), NAME(size, FZ_SIZE) } },
	{ PLAIN(touch, 10), .args = { NAME(map, FZ_MAP), NAME(offset, FZ_OFFSET),
		NAME(write, FZ_ONE, .set = &bits) } },
	{ PLAIN(poke, 8), .args = { NAME(map, FZ_MAP), NAME(offset, FZ_OFFSET),
		NAME(value, FZ_VA) } },
	{ PLAIN(read, 2), .args = { FD(), NAME(size, FZ_SMALL) } },
	{ PLAIN(poll, 3), .args = { NAME(file, FZ_XFD),
		NAME(events, FZ_ONE, .set = &poll_events) } },
	{ PLAIN(fdinfo, 3), .args = { FD() } },
	{ PLAIN(send, 6), .args = { NAME(other, FZ_ONE, .set = &bits), NAME(slot, FZ_SMALL) } },
	{ PLAIN(recv, 6), .args = { NAME(slot, FZ_SMALL) } },
	{ PLAIN(kill, 2) },
	{ PLAIN(signal, 3), .args = { NAME(actor, FZ_SMALL),
		NAME(restart, FZ_ONE, .set = &bits) } },
	{ PLAIN(forked, 1), .args = { NAME(ms, FZ_SMALL) } },
	{ PLAIN(memcg, 2), .args = { NAME(mib, FZ_SMALL) } },
	{ PLAIN(failnth, 8), .args = { NAME(nth, FZ_SMALL) } },
	{ PLAIN(nap, 4), .args = { NAME(ms, FZ_SMALL) } },
	{ PLAIN(debugfs, 4), .args = { NAME(file, FZ_SMALL) } },
	{ PLAIN(shrink, 3), .args = { NAME(pages, FZ_SMALL) } },
	{ PLAIN(inject, 6), .root = true, .args = { NAME(point, FZ_SMALL), NAME(count, FZ_SMALL),
		NAME(skip, FZ_SMALL), NAME(one_in, FZ_SMALL),
		NAME(only, FZ_ONE, .set = &only_masks), NAME(arg, FZ_SEED) } },
	{ PLAIN(reset, 3), .root = true },
	{ PLAIN(gpusleep, 2), .root = true, .args = { NAME(ms, FZ_SMALL) } },
	{ PLAIN(unbind, 1), .root = true },
	{ PLAIN(bind, 1), .root = true },
};

const unsigned int fz_op_count = COUNT(fz_ops);

/**
 * fz_arg_count - count the arguments of an operation
 * @op: the operation
 *
 * Return: their number.
 */
unsigned int fz_arg_count(const struct fz_op *op)
{
	unsigned int n = 0;

	while (n < FZ_ARGS && op->args[n].name)
		n++;
	return n;
}
