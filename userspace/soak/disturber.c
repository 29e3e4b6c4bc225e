// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The process that disturbs: faults of the software GPU, resets, requests to the
 * shrinker, readers of debugfs, full memory, system sleep. The observer kills
 * clients and unbinds the device, because it must know about both.
 *
 * The fault "suspend_corrupt" is left out: it changes what a client's stream does.
 */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "panthor_sync.h"
#include "disturber.h"

#define INJECT		"/sys/kernel/debug/vcsf-mali/inject/"
#define SLEEP_FILE	"/sys/kernel/debug/vcsf-mali/sleep"
#define ALARM		"/sys/class/rtc/rtc0/wakealarm"
#define MIB		((uint64_t)1 << 20)
#define STEP		(8 * MIB)

/* A process that fills memory leaves this to the others, and ends after this time. */
#define LEFT		(256 * MIB)
#define PRESS_NS	(4 * PANTHOR_SECOND)

static const char * const points[] = {
	"hang", "lost_irq", "lost_doorbell", "delayed_ack", "dropped_ack", "mcu_crash",
	"reset_fail", "flush_fail", "page_fault", "slow", "power_fail", "as_stuck",
};

#define POINTS	(sizeof(points) / sizeof(points[0]))

/* --- Files ---------------------------------------------------------------- */

/**
 * file_write - write a text to a file
 * @path: the file
 * @text: the text
 *
 * Return: 0 or a negative errno.
 */
int file_write(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (file < 0)
		return -errno;
	if (write(file, text, strlen(text)) < 0)
		ret = -errno;
	close(file);
	return ret;
}

/**
 * file_read - read a file
 * @path: the file
 * @text: returns what fits, zero-terminated
 * @size: bytes of @text
 *
 * Return: number of bytes, or a negative errno.
 */
int file_read(const char *path, char *text, unsigned int size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int used = 0;
	ssize_t n = 0;

	if (file < 0)
		return -errno;
	while (used < size - 1) {
		n = read(file, text + used, size - 1 - used);
		if (n <= 0)
			break;
		used += n;
	}
	close(file);
	text[used] = '\0';
	return n < 0 ? -EIO : (int)used;
}

/**
 * driver_file - build the path of a debugfs file of the driver
 * @name: name of the file
 * @path: returns the path
 * @size: bytes of @path
 *
 * Return: 0, or -ENOENT without a device.
 */
int driver_file(const char *name, char *path, unsigned int size)
{
	char driver[64];
	glob_t found;
	int ret = -ENOENT;

	if (glob("/sys/kernel/debug/dri/*/name", 0, NULL, &found))
		return -ENOENT;
	for (size_t i = 0; i < found.gl_pathc && ret; i++) {
		if (file_read(found.gl_pathv[i], driver, sizeof(driver)) < 8 ||
		    strncmp(driver, "panthor ", 8))
			continue;
		snprintf(path, size, "%.*s/%s",
			 (int)(strrchr(found.gl_pathv[i], '/') - found.gl_pathv[i]),
			 found.gl_pathv[i], name);
		ret = 0;
	}
	globfree(&found);
	return ret;
}

/* Return: bytes that can be allocated, 0 if that is unknown. */
static uint64_t available_memory(void)
{
	static const char name[] = "MemAvailable:";
	char text[4096];
	char *at;

	if (file_read("/proc/meminfo", text, sizeof(text)) < 0)
		return 0;
	at = strstr(text, name);
	return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

/* --- Trouble -------------------------------------------------------------- */

static void disarm(void)
{
	char path[128];

	for (unsigned int i = 0; i < POINTS; i++) {
		snprintf(path, sizeof(path), INJECT "%s", points[i]);
		file_write(path, "0\n");
	}
}

static void inject(struct ledger *ledger, uint32_t *seed)
{
	char path[128], setting[64];
	unsigned int point = draw(seed, POINTS);

	snprintf(path, sizeof(path), INJECT "%s", points[point]);
	snprintf(setting, sizeof(setting), "count=%u one_in=%u\n", 1 + draw(seed, 2),
		 1 + draw(seed, 20));
	if (!file_write(path, setting))
		atomic_fetch_add(&ledger->injected, 1);
}

static void reset(struct ledger *ledger)
{
	char path[256];

	if (!driver_file("reset", path, sizeof(path)) && !file_write(path, "1\n"))
		atomic_fetch_add(&ledger->resets, 1);
}

static void evict(struct ledger *ledger, uint32_t *seed)
{
	char path[256], pages[16];

	snprintf(pages, sizeof(pages), "%u\n", 1 + draw(seed, 2000));
	if (!driver_file("shrink", path, sizeof(path)) && !file_write(path, pages))
		atomic_fetch_add(&ledger->evictions, 1);
}

static void read_files(void)
{
	static char text[1 << 16];
	char path[256];
	glob_t found;

	if (driver_file("*", path, sizeof(path)) || glob(path, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		file_read(found.gl_pathv[i], text, sizeof(text));
	globfree(&found);
	/* A dump that is written to is released. */
	if (!glob("/sys/class/devcoredump/devcd*/data", 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			file_read(found.gl_pathv[i], text, sizeof(text));
			file_write(found.gl_pathv[i], "1\n");
		}
		globfree(&found);
	}
}

/* Fill memory up to a limit in a process that the OOM killer prefers. */
static void press(struct ledger *ledger)
{
	uint64_t end = panthor_now_ns() + PRESS_NS;
	pid_t pid = fork();

	if (!pid) {
		file_write("/proc/self/oom_score_adj", "1000");
		while (panthor_now_ns() < end && !atomic_load(&ledger->quit)) {
			char *memory = MAP_FAILED;

			if (available_memory() > LEFT + STEP)
				memory = mmap(NULL, STEP, PROT_READ | PROT_WRITE,
					      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (memory == MAP_FAILED) {
				usleep(10000);
				continue;
			}
			for (uint64_t at = 0; at < STEP; at += 8)
				*(uint64_t *)(memory + at) = at * 0x9e3779b97f4a7c15ull;
		}
		_exit(0);
	}
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		atomic_fetch_add(&ledger->pressures, 1);
	}
}

/* The kernel aborts a sleep if a task does not freeze; that is counted. */
static void sleep_system(struct ledger *ledger)
{
	int ret;

	if (!access(ALARM, W_OK)) {
		file_write(ALARM, "0");
		file_write(ALARM, "+3");
	}
	ret = file_write("/sys/power/state", "mem");
	atomic_fetch_add(ret ? &ledger->sleeps_failed : &ledger->sleeps, 1);
}

static void sleep_gpu(struct ledger *ledger)
{
	int ret = file_write(SLEEP_FILE, "1");

	atomic_fetch_add(ret ? &ledger->sleeps_failed : &ledger->sleeps, 1);
}

/**
 * disturber_run - disturb the clients
 * @ledger: the ledger
 * @seed: of the random choices, not 0
 * @sleep: kind of system sleep
 *
 * Returns when the ledger says to quit.
 */
void disturber_run(struct ledger *ledger, uint32_t seed, enum sleep_kind sleep)
{
	file_write("/proc/self/oom_score_adj", "-900");
	while (!atomic_load(&ledger->quit)) {
		unsigned int what = draw(&seed, 40);

		usleep(1000 * (50 + draw(&seed, 300)));
		if (what < 16)
			inject(ledger, &seed);
		else if (what < 24)
			evict(ledger, &seed);
		else if (what < 30)
			read_files();
		else if (what < 33)
			reset(ledger);
		else if (what < 35)
			disarm();
		else if (what < 36)
			press(ledger);
		else if (what < 38 && sleep == SLEEP_GPU)
			sleep_gpu(ledger);
		else if (what < 38 && sleep == SLEEP_SYSTEM)
			sleep_system(ledger);
	}
}

/**
 * disturber_end - take back what disturbs
 */
void disturber_end(void)
{
	disarm();
}
