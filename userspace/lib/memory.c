// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory: address spaces, buffer objects, and buffers that are mapped for the
 * GPU and the CPU alike.
 */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <xf86drm.h>

#include "panthor.h"

/**
 * panthor_vm_create - create an address space
 * @fd: the device
 * @user_va_range: size of the user part in bytes, 0 for the kernel's default
 * @id: returns the id
 *
 * Return: 0 or a negative errno.
 */
int panthor_vm_create(int fd, uint64_t user_va_range, uint32_t *id)
{
	struct drm_panthor_vm_create args = { .user_va_range = user_va_range };
	int ret = panthor_ioctl(fd, DRM_IOCTL_PANTHOR_VM_CREATE, &args);

	if (!ret)
		*id = args.id;
	return ret;
}

/**
 * panthor_vm_destroy - destroy an address space
 * @fd: the device
 * @id: the address space
 *
 * Return: 0 or a negative errno.
 */
int panthor_vm_destroy(int fd, uint32_t id)
{
	struct drm_panthor_vm_destroy args = { .id = id };

	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_VM_DESTROY, &args);
}

/**
 * panthor_vm_get_state - read whether an address space is usable
 * @fd: the device
 * @id: the address space
 * @state: returns enum drm_panthor_vm_state
 *
 * Return: 0 or a negative errno.
 */
int panthor_vm_get_state(int fd, uint32_t id, uint32_t *state)
{
	struct drm_panthor_vm_get_state args = { .vm_id = id };
	int ret = panthor_ioctl(fd, DRM_IOCTL_PANTHOR_VM_GET_STATE, &args);

	if (!ret)
		*state = args.state;
	return ret;
}

/**
 * panthor_vm_bind - change mappings synchronously
 * @fd: the device
 * @vm: the address space
 * @ops: the operations, in order
 * @count: number of @ops
 * @done: NULL, or returns the number of operations that were executed: @count on
 *	success, else the number that the kernel reports
 *
 * Return: 0 or a negative errno.
 */
int panthor_vm_bind(int fd, uint32_t vm, const struct drm_panthor_vm_bind_op *ops,
		    uint32_t count, uint32_t *done)
{
	struct drm_panthor_vm_bind args = {
		.vm_id = vm,
		.ops = DRM_PANTHOR_OBJ_ARRAY(count, ops),
	};
	int ret = panthor_ioctl(fd, DRM_IOCTL_PANTHOR_VM_BIND, &args);

	if (done)
		*done = args.ops.count;
	return ret;
}

/**
 * panthor_vm_bind_async - queue changes of mappings
 * @fd: the device
 * @vm: the address space
 * @ops: the operations, in order
 * @count: number of @ops
 *
 * Return: 0 or a negative errno.
 */
int panthor_vm_bind_async(int fd, uint32_t vm, struct drm_panthor_vm_bind_op *ops,
			  uint32_t count)
{
	struct drm_panthor_vm_bind args = {
		.vm_id = vm,
		.flags = DRM_PANTHOR_VM_BIND_ASYNC,
		.ops = DRM_PANTHOR_OBJ_ARRAY(count, ops),
	};

	return panthor_ioctl(fd, DRM_IOCTL_PANTHOR_VM_BIND, &args);
}

/**
 * panthor_vm_map - map a part of a buffer object
 * @fd: the device
 * @vm: the address space
 * @va: GPU address
 * @bo: GEM handle
 * @offset: first byte in the buffer object
 * @size: bytes
 * @flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 *
 * Return: 0 or a negative errno.
 */
int panthor_vm_map(int fd, uint32_t vm, uint64_t va, uint32_t bo, uint64_t offset,
		   uint64_t size, uint32_t flags)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP | flags,
		.bo_handle = bo,
		.bo_offset = offset,
		.va = va,
		.size = size,
	};

	return panthor_vm_bind(fd, vm, &op, 1, NULL);
}

/**
 * panthor_vm_unmap - unmap a range, mapped or not
 * @fd: the device
 * @vm: the address space
 * @va: GPU address
 * @size: bytes
 *
 * Return: 0 or a negative errno.
 */
int panthor_vm_unmap(int fd, uint32_t vm, uint64_t va, uint64_t size)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.va = va,
		.size = size,
	};

	return panthor_vm_bind(fd, vm, &op, 1, NULL);
}

/**
 * panthor_bo_create - create a buffer object
 * @fd: the device
 * @size: bytes; returns the size that the kernel chose
 * @flags: enum drm_panthor_bo_flags
 * @vm: the only address space that may map it, 0 for any
 * @handle: returns the GEM handle
 *
 * Return: 0 or a negative errno.
 */
int panthor_bo_create(int fd, uint64_t *size, uint32_t flags, uint32_t vm,
		      uint32_t *handle)
{
	struct drm_panthor_bo_create args = {
		.size = *size,
		.flags = flags,
		.exclusive_vm_id = vm,
	};
	int ret = panthor_ioctl(fd, DRM_IOCTL_PANTHOR_BO_CREATE, &args);

	if (ret)
		return ret;
	*size = args.size;
	*handle = args.handle;
	return 0;
}

/**
 * panthor_bo_close - drop a GEM handle
 * @fd: the device
 * @handle: the handle
 *
 * Return: 0 or a negative errno.
 */
int panthor_bo_close(int fd, uint32_t handle)
{
	struct drm_gem_close args = { .handle = handle };

	return panthor_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &args);
}

/**
 * panthor_bo_mmap_offset - get the mmap() offset of a buffer object
 * @fd: the device
 * @handle: the buffer object
 * @offset: returns the offset; on failure, what the kernel left in the argument
 *
 * Return: 0 or a negative errno.
 */
int panthor_bo_mmap_offset(int fd, uint32_t handle, uint64_t *offset)
{
	struct drm_panthor_bo_mmap_offset args = { .handle = handle };
	int ret = panthor_ioctl(fd, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, &args);

	*offset = args.offset;
	return ret;
}

/**
 * panthor_bo_mmap - map a buffer object for reading and writing by the CPU
 * @fd: the device
 * @handle: the buffer object
 * @size: bytes
 * @cpu: returns the mapping
 *
 * Return: 0 or a negative errno.
 */
int panthor_bo_mmap(int fd, uint32_t handle, uint64_t size, void **cpu)
{
	uint64_t offset;
	void *map;
	int ret;

	ret = panthor_bo_mmap_offset(fd, handle, &offset);
	if (ret)
		return ret;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	if (map == MAP_FAILED)
		return -errno;
	*cpu = map;
	return 0;
}

/**
 * panthor_buf_attach - map a buffer object for GPU and CPU
 * @fd: the device
 * @vm: the address space
 * @va: GPU address
 * @size: bytes, as the kernel rounded them
 * @map_flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 * @handle: the buffer object; the buffer owns the handle on success
 * @buf: the buffer
 *
 * Return: 0 or a negative errno.
 */
int panthor_buf_attach(int fd, uint32_t vm, uint64_t va, uint64_t size,
		       uint32_t map_flags, uint32_t handle, struct panthor_buf *buf)
{
	int ret;

	*buf = (struct panthor_buf){ .va = va, .size = size, .handle = handle };
	ret = panthor_vm_map(fd, vm, va, handle, 0, size, map_flags);
	if (ret)
		return ret;
	ret = panthor_bo_mmap(fd, handle, size, &buf->cpu);
	if (ret)
		panthor_vm_unmap(fd, vm, va, size);
	return ret;
}

/**
 * panthor_buf_create - create a buffer object and map it for GPU and CPU
 * @fd: the device
 * @vm: the address space, which owns the buffer object exclusively
 * @va: GPU address
 * @size: bytes
 * @map_flags: DRM_PANTHOR_VM_BIND_OP_MAP_*
 * @buf: the buffer
 *
 * Return: 0 or a negative errno.
 */
int panthor_buf_create(int fd, uint32_t vm, uint64_t va, uint64_t size,
		       uint32_t map_flags, struct panthor_buf *buf)
{
	uint32_t handle;
	int ret;

	ret = panthor_bo_create(fd, &size, 0, vm, &handle);
	if (ret)
		return ret;
	ret = panthor_buf_attach(fd, vm, va, size, map_flags, handle, buf);
	if (ret)
		panthor_bo_close(fd, handle);
	return ret;
}

/**
 * panthor_buf_destroy - undo panthor_buf_create() or panthor_buf_attach()
 * @fd: the device
 * @vm: the address space
 * @buf: the buffer; all zero on return
 */
void panthor_buf_destroy(int fd, uint32_t vm, struct panthor_buf *buf)
{
	if (!buf->handle)
		return;
	munmap(buf->cpu, buf->size);
	panthor_vm_unmap(fd, vm, buf->va, buf->size);
	panthor_bo_close(fd, buf->handle);
	memset(buf, 0, sizeof(*buf));
}
