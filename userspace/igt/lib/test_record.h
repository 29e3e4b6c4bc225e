/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_RECORD_H
#define TEST_RECORD_H

/**
 * DOC: Wrappers that record errors
 *
 * The linker (--wrap) redirects calls of drmIoctl(), for example, to
 * __wrap_drmIoctl(), and provides the original as __real_drmIoctl().
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
