/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_EVICT_H
#define TEST_EVICT_H

/**
 * DOC: Eviction of buffers
 *
 * Run the shrinker of the driver through debugfs, and observe which buffers of the
 * first open file it has evicted. A scan may give up on a buffer while a lock that it
 * needs is taken, so a test must not expect one scan to evict it.
 */

#include <stdbool.h>
#include <stdint.h>

/* More pages than exist */
#define TEST_EVICT_ALL	1000000

/**
 * struct test_evict_counts - counts of the shrinker
 * @pages: pages of buffers that may be evicted
 * @evicted: pages evicted so far
 * @restored: pages restored so far
 */
struct test_evict_counts {
	long pages;
	long long evicted;
	long long restored;
};

struct test_evict_counts test_evict_counts(void);
long long test_evict_scan(unsigned int pages);
bool test_is_evicted(uint32_t handle);
long long test_evict(uint32_t handle);
void test_evict_all(long left);

#endif /* TEST_EVICT_H */
