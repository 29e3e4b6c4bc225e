/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_RECORD_H
#define TEST_RECORD_H

/**
 * DOC: Functions that record what the kernel refuses
 *
 * The linker (--wrap) has what calls drmIoctl(), say, call __wrap_drmIoctl(), and
 * gives the real one another name.
 */

#include <sys/types.h>

#include "panthor_sync.h"

int __real_drmIoctl(int fd, unsigned long request, void *arg);
int __wrap_drmIoctl(int fd, unsigned long request, void *arg);
void *__real_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset);
int __real_panthor_fence_info(int fence, struct panthor_fence_info *info);
int __wrap_panthor_fence_info(int fence, struct panthor_fence_info *info);

#endif /* TEST_RECORD_H */
