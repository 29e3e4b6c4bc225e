/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef PANTHOR_H
#define PANTHOR_H

/**
 * DOC: Wrappers of the panthor ioctls
 *
 * One small function per ioctl, for tests and tools. Unless stated otherwise, all
 * return 0 or a negative errno, restart interrupted calls, and print nothing.
 * Output arguments are written on success only.
 *
 * For calls that a wrapper cannot express (a wrong stride, for example) there are
 * panthor_ioctl() and the structures of panthor_uapi.h.
 */

#include <stdint.h>

#include <drm/panthor_uapi.h>

#define PANTHOR_PAGE_SIZE	4096ull
#define PANTHOR_BLOCK_SIZE	(2ull << 20)	/* MMU level 2 */

/**
 * struct panthor_buf - a buffer object mapped for the GPU and the CPU
 * @cpu: CPU mapping of the whole object
 * @va: GPU address
 * @size: bytes, rounded up by the kernel
 * @handle: GEM handle
 */
struct panthor_buf {
	void *cpu;
	uint64_t va;
	uint64_t size;
	uint32_t handle;
};

/**
 * struct panthor_job - an element of GROUP_SUBMIT with its sync operations
 * @submit: the element; @submit.syncs is filled in by panthor_submit()
 * @syncs: sync operations, in order
 * @sync_count: number of sync operations
 */
struct panthor_job {
	struct drm_panthor_queue_submit submit;
	struct drm_panthor_sync_op syncs[16];
	unsigned int sync_count;
};

int panthor_ioctl(int fd, unsigned long request, void *arg);

int panthor_open(void);
int panthor_open_driver(const char *name, const char *prefix, unsigned int first);
int panthor_query(int fd, uint32_t type, void *data, uint32_t size);
int panthor_flush_id_map(int fd, const volatile uint32_t **page);
void panthor_flush_id_unmap(const volatile uint32_t *page);

int panthor_vm_create(int fd, uint64_t user_va_range, uint32_t *id);
int panthor_vm_destroy(int fd, uint32_t id);
int panthor_vm_get_state(int fd, uint32_t id, uint32_t *state);
int panthor_vm_bind(int fd, uint32_t vm, const struct drm_panthor_vm_bind_op *ops,
		    uint32_t count, uint32_t *done);
int panthor_vm_bind_async(int fd, uint32_t vm, struct drm_panthor_vm_bind_op *ops,
			  uint32_t count);
int panthor_vm_map(int fd, uint32_t vm, uint64_t va, uint32_t bo, uint64_t offset,
		   uint64_t size, uint32_t flags);
int panthor_vm_unmap(int fd, uint32_t vm, uint64_t va, uint64_t size);

int panthor_bo_create(int fd, uint64_t *size, uint32_t flags, uint32_t vm,
		      uint32_t *handle);
int panthor_bo_close(int fd, uint32_t handle);
int panthor_bo_mmap_offset(int fd, uint32_t handle, uint64_t *offset);
int panthor_bo_mmap(int fd, uint32_t handle, uint64_t size, void **cpu);

int panthor_buf_create(int fd, uint32_t vm, uint64_t va, uint64_t size,
		       uint32_t map_flags, struct panthor_buf *buf);
int panthor_buf_attach(int fd, uint32_t vm, uint64_t va, uint64_t size,
		       uint32_t map_flags, uint32_t handle, struct panthor_buf *buf);
void panthor_buf_destroy(int fd, uint32_t vm, struct panthor_buf *buf);

int panthor_group_create(int fd, uint32_t vm, unsigned int queues,
			 uint32_t ringbuf_size, uint32_t *group);
int panthor_group_create_priority(int fd, uint32_t vm, unsigned int queues,
				  uint32_t ringbuf_size, unsigned int priority,
				  uint32_t *group);
int panthor_group_destroy(int fd, uint32_t group);
int panthor_group_get_state(int fd, uint32_t group, uint32_t *state,
			    uint32_t *fatal_queues);

void panthor_job_init(struct panthor_job *job, unsigned int queue, uint64_t va,
		      uint32_t size);
void panthor_job_wait(struct panthor_job *job, uint32_t syncobj, uint64_t point);
void panthor_job_signal(struct panthor_job *job, uint32_t syncobj, uint64_t point);
int panthor_submit(int fd, uint32_t group, struct panthor_job *jobs,
		   unsigned int count);

#endif /* PANTHOR_H */
