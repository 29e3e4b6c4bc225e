// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Submits to the toy: cc -o toy_client toy_client.c $(pkg-config --cflags --libs libdrm)
 *
 *   toy_client          submit, wait, share a buffer, let a job hang
 *   toy_client unplug   submit a job that hangs, and a second job that waits for it; say so,
 *                       and wait for their fences while the device is unplugged
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/sync_file.h>
#include <sys/ioctl.h>
#include <xf86drm.h>

#include "toy_drm.h"

#define NOP 0
#define HANG 1

static int fd;

static void check(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "toy_client: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_toy(void)
{
	char path[32];

	for (int i = 128; i < 192; i++) {
		drmVersionPtr version;
		int found, node;

		snprintf(path, sizeof(path), "/dev/dri/renderD%d", i);
		node = open(path, O_RDWR | O_CLOEXEC);
		if (node < 0)
			continue;
		version = drmGetVersion(node);
		found = version && !strcmp(version->name, "toy");
		drmFreeVersion(version);
		if (found)
			return node;
		close(node);
	}
	return -1;
}

static uint32_t new_syncobj(void)
{
	uint32_t handle;

	check(!drmSyncobjCreate(fd, 0, &handle), "syncobj");
	return handle;
}

static int submit(uint32_t command, uint32_t wait, uint32_t signal, uint32_t bo)
{
	struct drm_toy_submit args = {
		.command = command, .wait = wait, .signal = signal, .bo = bo,
	};

	return drmIoctl(fd, DRM_IOCTL_TOY_SUBMIT, &args);
}

/* Return: a sync_file with the fence of a syncobj. */
static int export(uint32_t syncobj)
{
	int file;

	check(!drmSyncobjExportSyncFile(fd, syncobj, &file), "export");
	return file;
}

/* Wait for a sync_file, and close it. Return: 1, or the error of its fence. */
static int result(int file)
{
	struct pollfd poll_file = { .fd = file, .events = POLLIN };
	struct sync_file_info info = {};

	check(poll(&poll_file, 1, 60000) == 1, "wait");
	check(!ioctl(file, SYNC_IOC_FILE_INFO, &info), "status of a fence");
	close(file);
	return info.status;
}

static int submit_and_wait(uint32_t command, uint32_t wait, uint32_t signal, uint32_t bo)
{
	check(!submit(command, wait, signal, bo), "submit");
	return result(export(signal));
}

/* Sync files outlive the device: the fences of both jobs signal when it is unplugged. */
static void unplug_test(void)
{
	uint32_t syncobj[2] = { new_syncobj(), new_syncobj() };
	int hung, late;

	check(!submit(HANG, 0, syncobj[0], 0), "submit");
	check(!submit(NOP, syncobj[0], syncobj[1], 0), "submit");
	hung = export(syncobj[0]);
	late = export(syncobj[1]);
	puts("submitted");
	fflush(stdout);
	printf("hung %d, late %d\n", result(hung), result(late));
}

int main(int argc, char *argv[])
{
	struct drm_toy_bo_create bo = { .size = 4096 };
	uint32_t first, second;

	fd = open_toy();
	check(fd >= 0, "no device of the toy driver");
	if (argc > 1 && !strcmp(argv[1], "unplug")) {
		unplug_test();
		return 0;
	}
	first = new_syncobj();
	second = new_syncobj();

	check(!submit(NOP, 0, first, 0), "submit");
	check(submit_and_wait(NOP, first, second, 0) == 1, "a job that waits for another");

	check(!drmIoctl(fd, DRM_IOCTL_TOY_BO_CREATE, &bo), "buffer");
	check(!submit(HANG, 0, first, bo.handle), "submit");
	check(submit_and_wait(NOP, 0, second, bo.handle) == 1, "a job behind a hanging job");
	check(result(export(first)) == -ETIME, "a job that hangs");

	check(submit(7, 0, first, 0) == -1 && errno == EINVAL, "an unknown command");
	check(submit(NOP, 0, 0, 0) == -1 && errno == ENOENT, "no syncobj");
	check(submit(NOP, 0, first, 99) == -1 && errno == ENOENT, "no buffer");
	puts("all results correct");
	return 0;
}
