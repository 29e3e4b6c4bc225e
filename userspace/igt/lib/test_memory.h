/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_MEMORY_H
#define TEST_MEMORY_H

/**
 * DOC: Memory of the system and of control groups
 *
 * Read what the system has left, and put a client into a memory control group
 * to see what it is charged for. All functions fail the subtest on an error.
 * test_memcg_open() skips it if the kernel has no memory controller.
 */

#include <stdbool.h>
#include <stdint.h>

/**
 * struct test_memcg - a memory control group
 * @path: its folder
 */
struct test_memcg {
	char path[96];
};

/**
 * struct test_usage - memory in use, in bytes
 * @slabs: unreclaimable slabs
 * @all: all pages in use, without caches
 */
struct test_usage {
	int64_t slabs;
	int64_t all;
};

void test_memcg_open(struct test_memcg *cg, uint64_t max);
void test_memcg_set_high(const struct test_memcg *cg, uint64_t high);
void test_memcg_set_swap(const struct test_memcg *cg, uint64_t max);
void test_memcg_close(struct test_memcg *cg);
void test_memcg_join(const struct test_memcg *cg);
void test_memcg_leave(void);
uint64_t test_memcg_charged(const struct test_memcg *cg);
uint64_t test_memcg_event(const struct test_memcg *cg, const char *name);

uint64_t test_kernel_memory(int fd);
uint64_t test_meminfo(const char *name);
struct test_usage test_usage_settled(void);
uint64_t test_vmstat(const char *name);
bool test_swap_on(void);
void test_swap_off(void);

#endif /* TEST_MEMORY_H */
