// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The driver's debugfs files: "gems", "gpuvas", "groups", "queues" and "slots" list
 * the objects that a context has, and no longer list them when it is closed.
 */

#include <string.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test the debugfs lists of buffers, mappings, groups and slots.");

#define LABEL	"seen in debugfs"

static char text[65536];

static bool contains(const char *file, const char *line)
{
	char path[256];

	test_debugfs_path(file, path, sizeof(path));
	test_read_file(path, text, sizeof(text));
	return strstr(text, line);
}

static void set_label(struct test_gpu *gpu, const char *label)
{
	struct drm_panthor_bo_set_label args = {
		.handle = gpu->data.handle,
		.label = (uintptr_t)label,
	};

	igt_assert_eq(panthor_ioctl(gpu->fd, DRM_IOCTL_PANTHOR_BO_SET_LABEL, &args), 0);
}

static void test_gems(void)
{
	char line[128];
	struct test_gpu gpu;

	test_gpu_open(&gpu, 0);
	set_label(&gpu, LABEL);
	snprintf(line, sizeof(line), "  bo %u: size %u flags 0x0 exclusive label \"%s\"\n",
		 gpu.data.handle, TEST_DATA_SIZE, LABEL);
	igt_assert_f(contains("gems", line), "no '%s' in\n%s", line, text);
	set_label(&gpu, NULL);
	igt_assert(!contains("gems", LABEL));
	set_label(&gpu, LABEL);
	test_gpu_close(&gpu);
	igt_assert(!contains("gems", LABEL));
}

static void test_gpuvas(void)
{
	char line[128];
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	snprintf(line, sizeof(line), "    0x%llx-0x%llx: user bo of %u from 0x0\n",
		 TEST_DATA_VA, TEST_DATA_VA + TEST_DATA_SIZE, TEST_DATA_SIZE);
	igt_assert_f(contains("gpuvas", line), "no '%s' in\n%s", line, text);
	/* The group's ring is a mapping of the kernel. */
	igt_assert(contains("gpuvas", ": kernel\n"));
	igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, TEST_DATA_VA, TEST_DATA_SIZE), 0);
	igt_assert(!contains("gpuvas", line));
	test_gpu_close(&gpu);
}

static void test_groups(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_gpu_open(&gpu, 2);
	igt_assert(contains("groups", ": medium, idle\n"));
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA, 1);
	igt_assert_eq(test_run(&gpu, 1, &b), 1);
	igt_assert(contains("groups", "  queue 1: insert 128 extract "));
	igt_assert(contains("groups", "job 1 of 1 done\n"));
	igt_assert(contains("queues", "/queue1: context "));
	test_gpu_close(&gpu);
}

static void test_slots(void)
{
	struct csb_label loop = CSB_LABEL_INIT;
	char group[64], *line, *owner;
	struct panthor_job job;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_gpu_open(&gpu, 1);
	done = test_syncobj(&gpu);
	csb_init(&b);
	test_emit_store(&b, TEST_DATA_VA + 64, 1);
	csb_move48(&b, TEST_REG_ADDR, TEST_DATA_VA);
	csb_place(&b, &loop);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_branch(&b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
	test_job(&gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(&gpu, &job, 1);
	/* From here on the group is on a slot and stays there, as its stream is busy. */
	while (!test_read32(&gpu, 64))
		usleep(1000);
	igt_assert(contains("groups", "group "));
	line = strstr(text, ": medium, runs on slot ") ?:
	       strstr(text, ": medium, idle on slot ");
	igt_assert_f(line, "no group on a slot in\n%s", text);
	for (*line = '\0', owner = line; owner > text && *owner != '\n'; owner--)
		;
	snprintf(group, sizeof(group), ", %s, vm ", owner + (*owner == '\n'));
	igt_assert_f(contains("slots", group), "no '%s' in\n%s", group, text);
	igt_assert(strstr(text, "slot 7: request 0x"));
	igt_assert(strstr(text, "as 0: firmware\n"));
	igt_assert(strstr(text, ", 1 groups\n"));
	test_release(&gpu, 0);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	test_gpu_close(&gpu);
	igt_assert(!contains("slots", group));
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("gems lists buffers with their labels.");
	igt_subtest("gems")
		test_gems();
	igt_describe("gpuvas lists mappings, including those of the kernel.");
	igt_subtest("gpuvas")
		test_gpuvas();
	igt_describe("groups and queues list groups and their queues.");
	igt_subtest("groups")
		test_groups();
	igt_describe("slots lists the groups on CSG slots and the address spaces on MMU slots.");
	igt_subtest("slots")
		test_slots();
}
