// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The driver's debugfs files: "gems", "gpuvas", "groups", "queues" and "slots" list
 * the objects that a context has, and no longer list them when it is closed.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>
#include <xf86drm.h>

#include "igt.h"
#include "test_gems.h"
#include "test_gpu.h"
#include "test_memory.h"
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

/* The flags of the columns "state" and "usage" are explained in front of the header. */
static void check_legend(const char *flag, unsigned int value)
{
	char line[64];

	snprintf(line, sizeof(line), "%s (0x%x)", flag, value);
	igt_assert_f(contains("gems", line), "no '%s' in\n%s", line, text);
}

/* Read all lines. Return: the number of buffers with the label. */
static unsigned int count_label(const char *label)
{
	struct test_gems gems;
	struct test_gem gem;
	unsigned int found = 0;

	test_gems_open(&gems);
	while (test_gems_next(&gems, &gem))
		found += !strcmp(gem.label, label);
	test_gems_close(&gems);
	return found;
}

static void test_gems(void)
{
	uint64_t offset;
	char creator[32];
	struct test_gem gem;
	struct test_gpu gpu;

	check_legend("GEM state flags: imported", TEST_GEM_IMPORTED);
	check_legend(", exported", TEST_GEM_EXPORTED);
	check_legend("GEM usage flags: kernel", TEST_GEM_KERNEL);
	check_legend(", fw-mapped", TEST_GEM_FW_MAPPED);

	test_gpu_open(&gpu, 0);
	test_gem_get(gpu.fd, gpu.data.handle, &gem);
	snprintf(creator, sizeof(creator), "%s/%d", program_invocation_short_name, getpid());
	igt_assert_f(!strcmp(gem.creator, creator), "created by %s\n", gem.creator);
	igt_assert_eq_u32(gem.name, 0);
	igt_assert_lt(0, gem.refs);
	igt_assert_eq_u32(gem.evictions, 0);
	igt_assert_eq_u64(gem.size, TEST_DATA_SIZE);
	igt_assert_eq_u64(gem.resident, TEST_DATA_SIZE);
	igt_assert_eq(panthor_bo_mmap_offset(gpu.fd, gpu.data.handle, &offset), 0);
	igt_assert_eq_u64(gem.offset * getpagesize(), offset);
	igt_assert_eq_u32(gem.state, 0);
	igt_assert_eq_u32(gem.usage, 0);

	set_label(&gpu, LABEL);
	igt_assert_eq_u32(count_label(LABEL), 1);
	set_label(&gpu, NULL);
	igt_assert_eq_u32(count_label(LABEL), 0);
	set_label(&gpu, LABEL);
	test_gpu_close(&gpu);
	igt_assert_eq_u32(count_label(LABEL), 0);
}

/* A label is one line, so that a client does not forge the lines of other buffers. */
static void test_gems_escape(void)
{
	struct test_gpu gpu;

	igt_require_f(test_own_driver(), "another driver\n");
	test_gpu_open(&gpu, 0);
	set_label(&gpu, "a\nb\033c\016d\\012");
	igt_assert_eq_u32(count_label("a\\012b\\033c\\016d\\134012"), 1);
	test_gpu_close(&gpu);
}

static void test_gems_state(void)
{
	struct test_gem gem, again;
	struct test_gpu gpu;
	uint64_t size = PANTHOR_PAGE_SIZE;
	uint32_t bo;
	int fd;

	test_gpu_open(&gpu, 0);
	igt_assert_eq(panthor_bo_create(gpu.fd, &size, 0, 0, &bo), 0);
	test_gem_get(gpu.fd, bo, &gem);
	igt_assert_eq_u64(gem.resident, 0);
	igt_assert_eq_u32(gem.state, 0);
	igt_assert_eq(drmPrimeHandleToFD(gpu.fd, bo, DRM_RDWR, &fd), 0);
	test_gem_get(gpu.fd, bo, &again);
	igt_assert_eq_u32(again.state, TEST_GEM_EXPORTED);
	igt_assert_lt(gem.refs, again.refs);
	close(fd);
	test_gpu_close(&gpu);
}

static void test_gems_evicted(void)
{
	struct panthor_buf buf;
	struct test_gem gem;
	struct test_gpu gpu;
	bool swap;

	test_gpu_open(&gpu, 0);
	igt_assert_eq(panthor_buf_create(gpu.fd, gpu.vm, TEST_FREE_VA, PANTHOR_PAGE_SIZE, 0,
					 &buf), 0);
	/* The kernel's driver does not evict without. */
	swap = !test_own_driver() && test_swap_on();
	test_evict(gpu.fd, buf.handle);
	test_gem_get(gpu.fd, buf.handle, &gem);
	igt_assert_eq_u64(gem.resident, 0);
	igt_assert_eq_u32(gem.evictions, 1);
	igt_assert_eq_u32(gem.state, TEST_GEM_EVICTED);
	*(volatile uint32_t *)buf.cpu = 1;
	test_gem_get(gpu.fd, buf.handle, &gem);
	igt_assert_eq_u64(gem.resident, buf.size);
	igt_assert_eq_u32(gem.evictions, 1);
	igt_assert_eq_u32(gem.state, 0);
	if (swap)
		test_swap_off();
	test_gpu_close(&gpu);
}

/* Memory of kernel objects, and totals of all buffers */
static void test_gems_totals(void)
{
	struct drm_panthor_tiler_heap_create heap = {
		.initial_chunk_count = 1,
		.chunk_size = PANTHOR_BLOCK_SIZE,
		.max_chunks = 1,
		.target_in_flight = 1,
	};
	uint64_t size = 0, resident = 0;
	unsigned int kernel = 0, firmware = 0;
	char totals[128];
	struct test_gems gems;
	struct test_gem gem;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 0);
	heap.vm_id = gpu.vm;
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap), 0);
	test_gems_open(&gems);
	while (test_gems_next(&gems, &gem)) {
		size += gem.size;
		resident += gem.resident;
		kernel += gem.usage == TEST_GEM_KERNEL && gem.size == heap.chunk_size;
		firmware += gem.usage == (TEST_GEM_KERNEL | TEST_GEM_FW_MAPPED);
	}
	snprintf(totals, sizeof(totals),
		 "Total size: %llu, Total resident: %llu, Total reclaimable: ",
		 (unsigned long long)size, (unsigned long long)resident);
	igt_assert_f(!strncmp(gems.line, totals, strlen(totals)), "%s instead of %s",
		     gems.line, totals);
	test_gems_close(&gems);
	igt_assert_eq_u32(kernel, 1);
	igt_assert_lt(0, firmware);
	test_gpu_close(&gpu);
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

	igt_describe("gems lists buffers in the format of the kernel's panthor.");
	igt_subtest("gems")
		test_gems();
	igt_describe("Labels in gems have no control characters.");
	igt_subtest("gems-escape")
		test_gems_escape();
	igt_describe("gems tells which buffers have pages and are exported.");
	igt_subtest("gems-state")
		test_gems_state();
	igt_describe("gems tells which buffers are evicted, and how often they were.");
	igt_subtest("gems-evicted")
		test_gems_evicted();
	igt_describe("gems lists kernel objects, and has totals.");
	igt_subtest("gems-totals")
		test_gems_totals();
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
