// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Streams that report their own jobs as complete: where the sync object of a queue is
 * in the address space, and how a stream writes to it. Kernel objects follow the part
 * of user space, in the order in which they are created. A job that reads the sync
 * object shows that this is still so.
 */

#include "igt.h"
#include "test_seqno.h"

/* A group with a queue has its sync objects, the queue's measurements, and its ring. */
#define GROUP_PAGES	3

/* Return: the first address that is not user space's, in an address space by default. */
static uint64_t kernel_start(int fd)
{
	struct drm_panthor_vm_create args = {};

	igt_assert_eq(panthor_ioctl(fd, DRM_IOCTL_PANTHOR_VM_CREATE, &args), 0);
	igt_assert_eq(panthor_vm_destroy(fd, args.id), 0);
	return (args.user_va_range + PANTHOR_PAGE_SIZE - 1) & ~(uint64_t)(PANTHOR_PAGE_SIZE - 1);
}

/**
 * test_seqno_find - find the sync object of a new group
 * @gpu: context from test_gpu_open(), with the group, which has had no job; the first
 *	word of the data buffer is overwritten
 * @index: number of groups of the address space that were created before; all of them
 *	exist and have one queue with a ring of %TEST_RING_SIZE
 * @seqno: returns the sync object
 */
void test_seqno_find(struct test_gpu *gpu, unsigned int index, struct test_seqno *seqno)
{
	seqno->va = kernel_start(gpu->fd) +
		    (uint64_t)index * GROUP_PAGES * PANTHOR_PAGE_SIZE;
	igt_assert_eq_u32(test_gpu_read(gpu, seqno->va), 0);
	igt_assert_eq_u32(test_gpu_read(gpu, seqno->va), 1);
	seqno->next = 3;
}

/**
 * test_emit_seqno - emit a write that completes the stream's own job
 * @b: the stream
 * @seqno: sync object of its queue
 * @event: the write is an event, so that the driver looks
 */
void test_emit_seqno(struct csb *b, const struct test_seqno *seqno, bool event)
{
	csb_move48(b, TEST_REG_ADDR, seqno->va);
	csb_move48(b, TEST_REG_VALUE, seqno->next);
	if (event) {
		csb_sync_set64(b, TEST_REG_ADDR, TEST_REG_VALUE, CSF_SYNC_SCOPE_SYSTEM);
	} else {
		csb_store(b, TEST_REG_VALUE, 2, TEST_REG_ADDR, 0);
		csb_wait(b, CSB_SB_ALL);
	}
}
