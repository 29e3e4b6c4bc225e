// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Eviction of buffers through the debugfs files shrink, reclaim and gems of the driver. */

#include <string.h>

#include "igt.h"
#include "test_evict.h"
#include "test_sysfs.h"

/* Scans after which a buffer that nothing uses must be evicted */
#define SCANS	100

/**
 * test_evict_counts - read the counts of the shrinker
 *
 * Return: the counts.
 */
struct test_evict_counts test_evict_counts(void)
{
	struct test_evict_counts c;
	char path[256], text[256];
	int found;

	test_debugfs_path("reclaim", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	found = sscanf(text, "pages: %ld evicted: %lld restored: %lld", &c.pages,
		       &c.evicted, &c.restored);
	igt_assert_eq(found, 3);
	return c;
}

/**
 * test_evict_scan - run the shrinker once
 * @pages: number of pages to evict
 *
 * Return: the number of pages that were evicted.
 */
long long test_evict_scan(unsigned int pages)
{
	long long before = test_evict_counts().evicted;
	char path[256], number[16];

	test_debugfs_path("shrink", path, sizeof(path));
	snprintf(number, sizeof(number), "%u\n", pages);
	test_write_file(path, number);
	return test_evict_counts().evicted - before;
}

/**
 * test_is_evicted - test if a buffer has been evicted
 * @handle: its handle
 *
 * Return: true if it has no pages.
 */
bool test_is_evicted(uint32_t handle)
{
	static char text[1 << 20];
	char path[256], start[32];
	char *line, *end;

	test_debugfs_path("gems", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	snprintf(start, sizeof(start), "  bo %u: ", handle);
	line = strstr(text, start);
	igt_assert_f(line, "no '%s' in\n%s", start, text);
	end = strchr(line, '\n');
	igt_assert(end);
	*end = '\0';
	return strstr(line, " evicted");
}

/**
 * test_evict - evict a buffer that nothing uses, and others with it
 * @handle: its handle
 *
 * Return: the number of pages that were evicted, 0 if the buffer was evicted already.
 */
long long test_evict(uint32_t handle)
{
	long long pages = 0;

	for (int i = 0; i < SCANS && !test_is_evicted(handle); i++)
		pages += test_evict_scan(TEST_EVICT_ALL);
	igt_assert(test_is_evicted(handle));
	return pages;
}

/**
 * test_evict_all - evict the buffers of all files, which nothing uses
 * @left: pages of exported buffers, which cannot be evicted
 */
void test_evict_all(long left)
{
	for (int i = 0; i < SCANS && test_evict_counts().pages > left; i++)
		test_evict_scan(TEST_EVICT_ALL);
	igt_assert_lte(test_evict_counts().pages, left);
}
