/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef PANTHOR_SYNC_H
#define PANTHOR_SYNC_H

/**
 * DOC: Syncobjs and fences
 *
 * Operations on fences that libdrm does not offer: waiting with a relative
 * time-out, and reading the status and the time of the signal. Unless stated
 * otherwise, all return 0 or a negative errno. A point of 0 selects a binary
 * syncobj.
 */

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds */
#define PANTHOR_SECOND		1000000000ll
#define PANTHOR_MILLISECOND	1000000ll

/**
 * struct panthor_fence_info - state of one fence
 * @status: 0 not signalled, 1 signalled, or the negative errno it signalled with
 * @timestamp_ns: CLOCK_MONOTONIC time of the signal, if @status is not 0
 */
struct panthor_fence_info {
	int status;
	uint64_t timestamp_ns;
};

uint64_t panthor_now_ns(void);

int panthor_syncobj_create(int fd, uint32_t flags, uint32_t *handle);
int panthor_syncobj_destroy(int fd, uint32_t handle);
int panthor_syncobj_wait(int fd, uint32_t handle, uint64_t point,
			 int64_t timeout_ns);
int panthor_syncobj_wait_submitted(int fd, uint32_t handle, uint64_t point,
				   int64_t timeout_ns);
int panthor_syncobj_export(int fd, uint32_t handle, uint64_t point);
int panthor_syncobj_import(int fd, int fence);
int panthor_syncobj_info(int fd, uint32_t handle, uint64_t point,
			 struct panthor_fence_info *info);
int panthor_fence_wait(int fence, int64_t timeout_ns);
int panthor_fence_info(int fence, struct panthor_fence_info *info);
const char *panthor_fence_words(int status);

#endif /* PANTHOR_SYNC_H */
