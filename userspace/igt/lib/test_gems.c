// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Buffers in the debugfs file gems, and their eviction through shrink and reclaim. The kernel's
 * panthor has the first two as well, and its older versions no column for evictions, so the
 * header of the file says where columns are.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "panthor.h"
#include "test_gems.h"
#include "test_sysfs.h"

/* Scans after which a buffer that nothing uses must be evicted */
#define SCANS	100

enum column {
	CREATOR, NAME, REFS, EVICTIONS, SIZE, RESIDENT, OFFSET, STATE, USAGE, LABEL,
};

static const char * const titles[TEST_GEM_COLUMNS] = {
	"created-by", "global-name", "refcount", "evictions", "size", "resident-size",
	"file-offset", "state", "usage", "label",
};

static bool read_line(struct test_gems *gems)
{
	ssize_t n = getline(&gems->line, &gems->room, gems->file);

	if (n > 0 && gems->line[n - 1] == '\n')
		gems->line[n - 1] = '\0';
	return n > 0;
}

static void find_columns(struct test_gems *gems)
{
	const char *at = gems->line;

	for (unsigned int i = 0; i < TEST_GEM_COLUMNS; i++) {
		const char *found = strstr(at, titles[i]);

		gems->start[i] = found ? found - gems->line : 0;
		igt_assert_f(found || i == EVICTIONS, "no column %s in '%s'\n", titles[i],
			     gems->line);
		if (found)
			at = found + strlen(titles[i]);
	}
}

/**
 * test_gems_open - begin to read the list of buffers
 * @gems: the list; test_gems_close() closes it
 *
 * Skips the subtest if another driver than ours is bound, which lacks the file.
 */
void test_gems_open(struct test_gems *gems)
{
	char path[256];
	bool more;

	test_debugfs_path("gems", path, sizeof(path));
	*gems = (struct test_gems) { .file = fopen(path, "r") };
	igt_assert_f(gems->file, "%s: %s\n", path, strerror(errno));
	do {
		more = read_line(gems);
	} while (more && strncmp(gems->line, titles[CREATOR], strlen(titles[CREATOR])));
	igt_assert_f(more, "%s has no header\n", path);
	find_columns(gems);
	igt_assert(read_line(gems));
	igt_assert_f(strspn(gems->line, "-") == strlen(gems->line), "'%s' below the header\n",
		     gems->line);
}

/* A value begins where its column does. */
static uint64_t number(const struct test_gems *gems, enum column column)
{
	const char *text = gems->line + gems->start[column];
	char *end;
	uint64_t value;

	if (column == EVICTIONS && !gems->start[column])
		return 0;
	value = strtoull(text, &end, 0);
	igt_assert_f(text[-1] == ' ' && *text != ' ' && end > text && *end == ' ',
		     "no %s in '%s'\n", titles[column], gems->line);
	return value;
}

/**
 * test_gems_next - read a line of the list
 * @gems: the list
 * @gem: returns the buffer
 *
 * Return: false at the end of the list; the line with totals is the current one then.
 */
bool test_gems_next(struct test_gems *gems, struct test_gem *gem)
{
	size_t end = gems->start[NAME];

	igt_assert(read_line(gems));
	if (gems->line[0] == '=' && strspn(gems->line, "=") == strlen(gems->line)) {
		igt_assert(read_line(gems));
		return false;
	}
	igt_assert_f(strlen(gems->line) >= gems->start[LABEL], "'%s' is too short\n",
		     gems->line);
	while (end && gems->line[end - 1] == ' ')
		end--;
	igt_assert_lt(end, sizeof(gem->creator));
	snprintf(gem->creator, sizeof(gem->creator), "%.*s", (int)end, gems->line);
	gem->name = number(gems, NAME);
	gem->refs = number(gems, REFS);
	gem->evictions = number(gems, EVICTIONS);
	gem->size = number(gems, SIZE);
	gem->resident = number(gems, RESIDENT);
	gem->offset = number(gems, OFFSET);
	gem->state = number(gems, STATE);
	gem->usage = number(gems, USAGE);
	gem->label = gems->line + gems->start[LABEL];
	return true;
}

/**
 * test_gems_close - end reading the list of buffers
 * @gems: the list
 */
void test_gems_close(struct test_gems *gems)
{
	free(gems->line);
	fclose(gems->file);
}

/**
 * test_gem_get - look a buffer up in the list
 * @fd: the device
 * @handle: handle of a buffer that can be mapped: its offset for mmap() is only its own
 * @gem: returns the buffer, without its label
 */
void test_gem_get(int fd, uint32_t handle, struct test_gem *gem)
{
	struct test_gems gems;
	uint64_t offset;
	bool found;

	igt_assert_eq(panthor_bo_mmap_offset(fd, handle, &offset), 0);
	test_gems_open(&gems);
	do {
		found = test_gems_next(&gems, gem);
	} while (found && gem->offset != offset / getpagesize());
	test_gems_close(&gems);
	gem->label = NULL;
	igt_assert_f(found, "no buffer with the offset 0x%llx\n", (unsigned long long)offset);
}

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

/* The header of this file is a line, too. */
static bool have_swap(void)
{
	char text[1024];

	test_read_file("/proc/swaps", text, sizeof(text));
	return strchr(text, '\n') != strrchr(text, '\n');
}

/**
 * test_evict_scan - run the shrinker once
 * @pages: number of pages to evict
 *
 * Skips the subtest on the kernel's driver if there is no swap space: it does not evict then,
 * while shrink of our driver does.
 *
 * Return: the number of pages that were evicted.
 */
long long test_evict_scan(unsigned int pages)
{
	char path[256], number[32];

	test_debugfs_path("shrink", path, sizeof(path));
	igt_require_f(test_own_driver() || have_swap(), "no swap space\n");
	snprintf(number, sizeof(number), "%u\n", pages);
	test_write_file(path, number);
	test_read_file(path, number, sizeof(number));
	return strtoll(number, NULL, 0);
}

/**
 * test_is_evicted - test if a buffer has been evicted
 * @fd: the device
 * @handle: handle of a buffer that can be mapped
 *
 * Return: true if it has no pages because they were evicted.
 */
bool test_is_evicted(int fd, uint32_t handle)
{
	struct test_gem gem;

	test_gem_get(fd, handle, &gem);
	/* Older versions of the kernel's driver have neither the flag nor eviction. */
	igt_assert_eq(!!(gem.state & TEST_GEM_EVICTED), !gem.resident && gem.evictions);
	return gem.state & TEST_GEM_EVICTED;
}

/**
 * test_evict - evict a buffer that nothing uses, and others with it
 * @fd: the device
 * @handle: handle of a buffer that can be mapped
 *
 * Return: the number of pages that were evicted, 0 if the buffer was evicted already.
 */
long long test_evict(int fd, uint32_t handle)
{
	long long pages = 0;

	for (int i = 0; i < SCANS && !test_is_evicted(fd, handle); i++)
		pages += test_evict_scan(TEST_EVICT_ALL);
	igt_assert(test_is_evicted(fd, handle));
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
