// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "igt.h"
#include "test_memory.h"
#include "test_sysfs.h"

#define ROOT		"/run/siege-cgroup"

/* A difference below this between two samples of the usage counts as settled. */
#define SETTLED		(128 * 1024)
/* Number of such samples in a row: memory may be freed in steps. */
#define SETTLED_SAMPLES	4

static void read_at(const char *dir, const char *name, char *text, size_t size)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	test_read_file(path, text, size);
}

static void write_at(const char *dir, const char *name, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	test_write_file(path, text);
}

/**
 * test_memcg_open - create a memory control group
 * @cg: the group
 * @max: bytes that it may be charged
 */
void test_memcg_open(struct test_memcg *cg, uint64_t max)
{
	char text[256];

	igt_assert(!mkdir(ROOT, 0755) || errno == EEXIST);
	if (access(ROOT "/cgroup.procs", F_OK))
		igt_require_f(!mount("none", ROOT, "cgroup2", 0, NULL), "no cgroup2\n");
	test_read_file(ROOT "/cgroup.controllers", text, sizeof(text));
	igt_require_f(strstr(text, "memory"), "no memory controller\n");
	test_write_file(ROOT "/cgroup.subtree_control", "+memory\n");

	snprintf(cg->path, sizeof(cg->path), ROOT "/%d", getpid());
	igt_assert_eq(mkdir(cg->path, 0755), 0);
	snprintf(text, sizeof(text), "%" PRIu64 "\n", max);
	write_at(cg->path, "memory.max", text);
	/* A kernel without swap space has no such file. */
	snprintf(text, sizeof(text), "%s/memory.swap.max", cg->path);
	if (!access(text, F_OK))
		write_at(cg->path, "memory.swap.max", "0\n");
}

/**
 * test_memcg_set_high - let allocations of a control group sleep from some charge on
 * @cg: the group
 * @high: that charge in bytes
 *
 * A task of the group sleeps for up to two seconds for each 256 KiB beyond that.
 */
void test_memcg_set_high(const struct test_memcg *cg, uint64_t high)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 "\n", high);
	write_at(cg->path, "memory.high", text);
}

/**
 * test_memcg_set_swap - let a control group use swap, which it may not at first
 * @cg: the group
 * @max: bytes of swap
 *
 * Skips if the kernel has no swap.
 */
void test_memcg_set_swap(const struct test_memcg *cg, uint64_t max)
{
	char path[160], text[32];

	snprintf(path, sizeof(path), "%s/memory.swap.max", cg->path);
	snprintf(text, sizeof(text), "%" PRIu64 "\n", max);
	igt_require_f(!test_try_write_file(path, text), "no swap\n");
}

/**
 * test_memcg_close - remove a control group
 * @cg: the group, whose processes have ended
 */
void test_memcg_close(struct test_memcg *cg)
{
	int ret = -1;

	/* Its last process may still be on its way out. */
	for (int i = 0; i < 10000 && ret; i++) {
		ret = rmdir(cg->path);
		if (ret)
			usleep(1000);
	}
	igt_assert_eq(ret, 0);
}

/**
 * test_memcg_join - move this process to a control group
 * @cg: the group
 */
void test_memcg_join(const struct test_memcg *cg)
{
	write_at(cg->path, "cgroup.procs", "0\n");
}

/**
 * test_memcg_leave - move this process out of all control groups
 *
 * What it has been charged for stays where it is.
 */
void test_memcg_leave(void)
{
	write_at(ROOT, "cgroup.procs", "0\n");
}

/**
 * test_memcg_charged - read what a control group is charged
 * @cg: the group
 *
 * Return: the bytes.
 */
uint64_t test_memcg_charged(const struct test_memcg *cg)
{
	char text[64];

	read_at(cg->path, "memory.current", text, sizeof(text));
	return strtoull(text, NULL, 10);
}

static uint64_t read_value(const char *path, const char *name, const char *sep)
{
	static char text[32768];
	size_t length = strlen(name);

	test_read_file(path, text, sizeof(text));
	for (char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, name, length) && !strncmp(at + length, sep, 1))
			return strtoull(at + length + 1, NULL, 10);
	}
	igt_require_f(false, "%s has no %s\n", path, name);
	return 0;
}

/**
 * test_memcg_event - read how often something has happened in a control group
 * @cg: the group
 * @name: name of the event in memory.events
 *
 * Return: the number.
 */
uint64_t test_memcg_event(const struct test_memcg *cg, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/memory.events", cg->path);
	return read_value(path, name, " ");
}

/**
 * test_meminfo - read a line of /proc/meminfo
 * @name: its name
 *
 * Return: the bytes.
 */
uint64_t test_meminfo(const char *name)
{
	return read_value("/proc/meminfo", name, ":") * 1024;
}

/**
 * test_kernel_memory - read what the driver holds for a file besides its buffers
 * @fd: the file
 *
 * Return: the bytes.
 */
uint64_t test_kernel_memory(int fd)
{
	static const char key[] = "panthor-resident-memory:";
	char path[64], text[4096];
	const char *at;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	test_read_file(path, text, sizeof(text));
	at = strstr(text, key);
	igt_assert(at);
	return strtoull(at + strlen(key), NULL, 10) * 1024;
}

/**
 * test_vmstat - read a line of /proc/vmstat
 * @name: its name
 *
 * Skips the subtest on a kernel without CONFIG_VM_EVENT_COUNTERS.
 *
 * Return: the number.
 */
uint64_t test_vmstat(const char *name)
{
	return read_value("/proc/vmstat", name, " ");
}

/* Free pages on lists of single processors, which MemFree does not count */
static uint64_t per_cpu_free(void)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	uint64_t pages = 0, count;
	char line[128];

	igt_assert(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " count: %" SCNu64, &count) == 1)
			pages += count;
	}
	fclose(file);
	return pages * getpagesize();
}

static struct test_usage usage_now(void)
{
	struct test_usage now;

	test_write_file("/proc/sys/vm/drop_caches", "3\n");
	now.slabs = test_meminfo("SUnreclaim");
	now.all = test_meminfo("MemTotal") - test_meminfo("MemFree") - per_cpu_free();
	return now;
}

/**
 * test_usage_settled - read how much memory is in use
 *
 * Waits until memory that is freed in the background is free, for at most ten seconds.
 *
 * Return: the usage.
 */
struct test_usage test_usage_settled(void)
{
	struct test_usage last = usage_now(), now = last;
	unsigned int quiet = 0;

	for (unsigned int i = 0; i < 40 && quiet < SETTLED_SAMPLES; i++) {
		usleep(250000);
		now = usage_now();
		if (llabs(now.slabs - last.slabs) + llabs(now.all - last.all) <= SETTLED)
			quiet++;
		else
			quiet = 0;
		last = now;
	}
	return now;
}

/**
 * test_swap_on - give the system 128 MiB of swap, which is compressed memory
 *
 * Undone by test_swap_off().
 *
 * Return: false if the kernel does not support that.
 */
bool test_swap_on(void)
{
	return !system("modprobe -q zram && echo 128M >/sys/block/zram0/disksize") &&
	       !system("mkswap -q /dev/zram0 && swapon /dev/zram0");
}

/**
 * test_swap_off - undo test_swap_on()
 */
void test_swap_off(void)
{
	igt_assert_eq(system("swapoff /dev/zram0 && rmmod zram"), 0);
}
