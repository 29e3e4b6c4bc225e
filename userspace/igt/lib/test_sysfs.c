// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Files of the driver and of the software GPU: module parameters, sysfs
 * attributes, debugfs, fault injection, device coredumps, bind and unbind.
 */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "igt.h"
#include "panthor.h"
#include "test_sysfs.h"

#define DEVICE		"vcsf-mali"
#define OUR_DRIVER	"vpanthor"

/**
 * test_try_write_file - write to a file that may refuse the write
 * @path: the file
 * @text: what to write
 *
 * Return: 0 or a negative errno.
 */
int test_try_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/**
 * test_write_file - write to a file
 * @path: the file
 * @text: what to write
 */
void test_write_file(const char *path, const char *text)
{
	int ret = test_try_write_file(path, text);

	igt_assert_f(!ret, "%s: %s\n", path, strerror(-ret));
}

/**
 * test_read_file - read a file
 * @path: the file
 * @text: returns the contents, zero-terminated
 * @size: size of @text in bytes; the rest of a longer file is ignored
 */
void test_read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	size_t used = 0;
	ssize_t n = 0;

	igt_assert_f(fd >= 0, "%s: %s\n", path, strerror(errno));
	while (used < size - 1) {
		n = read(fd, text + used, size - 1 - used);
		if (n <= 0)
			break;
		used += n;
	}
	close(fd);
	igt_assert_f(n >= 0, "%s cannot be read\n", path);
	text[used] = '\0';
}

/*
 * Name of the driver for the GPU, whether it is bound or not. The tests also run on
 * the kernel's own driver of the same device.
 */
static const char *driver(void)
{
	return access("/sys/bus/platform/drivers/" OUR_DRIVER, F_OK) ? "panthor" : OUR_DRIVER;
}

/**
 * test_own_driver - test which driver is used
 *
 * Return: false if it is the kernel's own driver of the same device.
 */
bool test_own_driver(void)
{
	return !strcmp(driver(), OUR_DRIVER);
}

/**
 * test_require_own_driver - skip unless the device is there, with our driver
 */
void test_require_own_driver(void)
{
	int fd = panthor_open();

	igt_require_f(fd >= 0, "no panthor device\n");
	close(fd);
	igt_require_f(test_own_driver(), "another driver\n");
}

/**
 * test_reload - load the software GPU anew with a parameter, and our driver
 * @parameter: such as "model=g310"
 *
 * No file of the device may be open. The GPU keeps the mode of its TLB, which the test bed sets.
 */
void test_reload(const char *parameter)
{
	static const char file[] = "/sys/kernel/debug/vcsf-mali/strict_tlb";
	char command[128], strict[32];

	test_read_file(file, strict, sizeof(strict));
	snprintf(command, sizeof(command),
		 "rmmod vpanthor vcsf && modprobe vcsf %s && modprobe vpanthor", parameter);
	igt_assert_eq(system(command), 0);
	test_write_file(file, strict);
}

/*
 * A file that only our driver has. Its absence skips the test on another driver,
 * and is a failure on ours.
 */
static void require_own_file(const char *path)
{
	if (!test_own_driver())
		igt_require_f(!access(path, F_OK), "%s has no %s\n", driver(), path);
}

/**
 * test_param_set - set a module parameter of the driver
 * @name: its name
 * @value: its new value
 *
 * Skips the subtest if another driver than ours is bound, which lacks it.
 */
void test_param_set(const char *name, unsigned int value)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", driver(), name);
	require_own_file(path);
	snprintf(text, sizeof(text), "%u\n", value);
	test_write_file(path, text);
}

static void inject_path(const char *point, char *path, size_t size)
{
	snprintf(path, size, "/sys/kernel/debug/vcsf-mali/inject/%s", point);
}

/**
 * test_inject - inject a fault into the software GPU
 * @point: name of the injection point
 * @setting: how often it fires, or "0" for never
 */
void test_inject(const char *point, const char *setting)
{
	char path[128];

	inject_path(point, path, sizeof(path));
	test_write_file(path, setting);
}

/**
 * test_injected - count the faults that were injected
 * @point: name of the injection point
 *
 * Return: the number since test_inject().
 */
unsigned int test_injected(const char *point)
{
	char path[128], text[256];
	const char *hits;

	inject_path(point, path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	hits = strstr(text, "hits=");
	igt_assert_f(hits, "%s: %s\n", path, text);
	return strtoul(hits + strlen("hits="), NULL, 10);
}

/**
 * test_wait_injected - wait until faults were injected
 * @point: name of the injection point
 * @hits: the exact number to wait for
 */
void test_wait_injected(const char *point, unsigned int hits)
{
	for (int i = 0; i < 20000 && test_injected(point) < hits; i++)
		usleep(1000);
	igt_assert_eq_u32(test_injected(point), hits);
}

/* The path of a debugfs file, which the driver may lack. */
static void find_debugfs(const char *name, char *path, size_t size)
{
	char driver[64] = "";
	glob_t found;

	igt_assert_eq(glob("/sys/kernel/debug/dri/*/name", 0, NULL, &found), 0);
	path[0] = '\0';
	for (size_t i = 0; i < found.gl_pathc && !path[0]; i++) {
		test_read_file(found.gl_pathv[i], driver, sizeof(driver));
		if (!strncmp(driver, "panthor ", 8))
			snprintf(path, size, "%.*s/%s",
				 (int)(strrchr(found.gl_pathv[i], '/') -
				       found.gl_pathv[i]),
				 found.gl_pathv[i], name);
	}
	globfree(&found);
	igt_assert_f(path[0], "no debugfs directory of a panthor device\n");
}

/**
 * test_debugfs_path - build the path of a debugfs file of the driver
 * @name: name of the file
 * @path: returns the path
 * @size: size of @path in bytes
 *
 * Skips the subtest if another driver than ours is bound, which lacks the file.
 */
void test_debugfs_path(const char *name, char *path, size_t size)
{
	find_debugfs(name, path, size);
	if (!strchr(name, '*'))
		require_own_file(path);
}

/**
 * test_debugfs_lacks - test if the driver is not ours and lacks a debugfs file
 * @name: name of the file
 *
 * Return: true if so.
 */
bool test_debugfs_lacks(const char *name)
{
	char path[256];

	find_debugfs(name, path, sizeof(path));
	return !test_own_driver() && access(path, F_OK);
}

/**
 * test_debugfs_count - count the occurrences of a text in a file of the driver in debugfs
 * @name: name of the file, of which the first 64 KiB are read
 * @what: the text
 *
 * Return: their number.
 */
unsigned int test_debugfs_count(const char *name, const char *what)
{
	static char text[1 << 16];
	unsigned int found = 0;
	char path[256];

	test_debugfs_path(name, path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	for (const char *at = text; (at = strstr(at, what)); at++)
		found++;
	return found;
}

/**
 * test_device_path - build the path of a sysfs file of the GPU's device
 * @name: name of the file
 * @path: returns the path
 * @size: size of @path in bytes
 */
void test_device_path(const char *name, char *path, size_t size)
{
	snprintf(path, size, "/sys/bus/platform/devices/%s/%s", DEVICE, name);
	require_own_file(path);
}

/**
 * test_reset_count - read how often the GPU was reset since the driver was bound
 *
 * Return: the number.
 */
unsigned int test_reset_count(void)
{
	char path[256], text[32];

	test_debugfs_path("reset", path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	return strtoul(text, NULL, 0);
}

static bool take_dump(char *text, size_t size)
{
	char *path = NULL;
	glob_t found;

	/*
	 * The kernel removes the symbolic link in the class before the file: only the
	 * file itself tells when reads of it fail. A dump that its timer removes right
	 * now has no path.
	 */
	if (!glob("/sys/class/devcoredump/devcd*/data", 0, NULL, &found))
		path = realpath(found.gl_pathv[0], NULL);
	globfree(&found);
	if (!path)
		return false;
	test_read_file(path, text, size);
	/* Any write releases the dump; a work item of the kernel removes it. */
	test_write_file(path, "1\n");
	for (int i = 0; i < 20000 && !access(path, F_OK); i++)
		usleep(1000);
	igt_assert(access(path, F_OK));
	free(path);
	return true;
}

/**
 * test_clear_dumps - remove device coredumps of earlier errors
 *
 * While a dump exists, the kernel discards new ones.
 */
void test_clear_dumps(void)
{
	char text[2];

	while (take_dump(text, sizeof(text)))
		;
}

/**
 * test_take_dump - wait for a device coredump, read it and remove it
 * @text: returns the dump, zero-terminated
 * @size: size of @text in bytes; the rest of a longer dump is lost
 */
void test_take_dump(char *text, size_t size)
{
	bool taken = false;

	for (int i = 0; i < 2000 && !taken; i++) {
		taken = take_dump(text, size);
		if (!taken)
			usleep(10000);
	}
	igt_assert_f(taken, "timed out waiting for a device coredump\n");
}

static void write_driver_file(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/%s/%s", driver(), name);
	test_write_file(path, DEVICE);
}

/**
 * test_unbind - unbind the GPU from the driver
 */
void test_unbind(void)
{
	write_driver_file("unbind");
}

/**
 * test_bind - bind the GPU to the driver
 */
void test_bind(void)
{
	write_driver_file("bind");
}

/* A trace instance of our own, and how its lines name groups that move */
#define MOVES		"/sys/kernel/tracing/instances/panthor_moves"
#define MOVES_EVENT	" vpanthor_group_"

/**
 * test_moves_begin - record which groups get slots and leave them
 *
 * Skips the subtest if another driver than ours is bound, which lacks the events.
 */
void test_moves_begin(void)
{
	igt_require_f(test_own_driver(), "the trace events are our driver's own\n");
	igt_assert_f(!mkdir(MOVES, 0700) || errno == EEXIST, "%s: %s\n", MOVES,
		     strerror(errno));
	/* Lines of different CPUs in the order in which they were written */
	test_write_file(MOVES "/trace_clock", "mono");
	test_write_file(MOVES "/trace", "");
	test_write_file(MOVES "/events/vpanthor/vpanthor_group_on/enable", "1");
	test_write_file(MOVES "/events/vpanthor/vpanthor_group_off/enable", "1");
}

/**
 * test_moves_read - evaluate the record
 * @left: returns how often a group that continues has left its slot
 *
 * Return: the most groups that have left their slots before another one got one.
 */
unsigned int test_moves_read(unsigned int *left)
{
	static char trace[1 << 20];
	unsigned int most = 0, run = 0;

	*left = 0;
	test_read_file(MOVES "/trace", trace, sizeof(trace));
	for (const char *at = strstr(trace, MOVES_EVENT); at;
	     at = strstr(at + 1, MOVES_EVENT)) {
		bool off = !strncmp(at + strlen(MOVES_EVENT), "off:", 4);
		const char *flags = strstr(at, " flags=");

		/* Groups that have ended may be those of a test before. */
		if (off && flags && strncmp(flags, " flags=\n", 8))
			continue;
		run = off ? run + 1 : 0;
		*left += off;
		most = run > most ? run : most;
	}
	return most;
}

/**
 * test_moves_end - stop the recording
 */
void test_moves_end(void)
{
	igt_assert_eq(rmdir(MOVES), 0);
}
