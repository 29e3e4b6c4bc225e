/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_GEMS_H
#define TEST_GEMS_H

/**
 * DOC: Buffers in debugfs, and their eviction
 *
 * Read the list of buffers that our driver and the kernel's panthor have in debugfs, run the
 * shrinker, and observe which buffers it has evicted. A scan may give up on a buffer while a
 * lock that it needs is taken, so a test must not expect one scan to evict it.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Flags of &test_gem.state, and of &test_gem.usage */
#define TEST_GEM_IMPORTED	0x1
#define TEST_GEM_EXPORTED	0x2
#define TEST_GEM_EVICTED	0x4
#define TEST_GEM_KERNEL		0x1
#define TEST_GEM_FW_MAPPED	0x2

/* Columns up to the label, as the header has them */
#define TEST_GEM_COLUMNS	10

/* More pages than exist */
#define TEST_EVICT_ALL	1000000

/**
 * struct test_gem - a buffer in debugfs
 * @creator: name and id of the process that created it
 * @name: name for GEM_FLINK
 * @refs: references
 * @evictions: how often it was evicted; 0 if the driver does not say so
 * @size: bytes
 * @resident: bytes that have memory
 * @offset: offset for mmap() in pages
 * @state: flags
 * @usage: flags
 * @label: the label up to the end of the line, valid until the next line is read
 */
struct test_gem {
	char creator[33];
	unsigned int name;
	unsigned int refs;
	unsigned int evictions;
	uint64_t size;
	uint64_t resident;
	uint64_t offset;
	unsigned int state;
	unsigned int usage;
	const char *label;
};

/**
 * struct test_gems - the file that lists them, while it is read
 * @file: the file
 * @line: its current line
 * @room: size of @line
 * @start: where columns begin; 0 but for the first: there is no such column
 */
struct test_gems {
	FILE *file;
	char *line;
	size_t room;
	size_t start[TEST_GEM_COLUMNS];
};

void test_gems_open(struct test_gems *gems);
bool test_gems_next(struct test_gems *gems, struct test_gem *gem);
void test_gems_close(struct test_gems *gems);
void test_gem_get(int fd, uint32_t handle, struct test_gem *gem);

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
bool test_is_evicted(int fd, uint32_t handle);
long long test_evict(int fd, uint32_t handle);
void test_evict_all(long left);

#endif /* TEST_GEMS_H */
