// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The debugfs file "why": each test makes a job or a group wait for something, and
 * the file must name it. The names of queues are those of the other debugfs files
 * and of trace events. Queues that are stopped or short of credits are in the KUnit
 * suite drm_jobqueue_explain.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "igt.h"
#include "test_full.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test that debugfs names what jobs and groups wait for.");

#define DATA		TEST_DATA_VA
#define HOLD		32
#define WORD		64

/* Long enough for a debug kernel in an emulator, below the limit of a subtest */
#define PATIENCE_MS	20000

static char text[1 << 16];

static void read_debugfs(const char *file)
{
	char path[256];

	test_debugfs_path(file, path, sizeof(path));
	test_read_file(path, text, sizeof(text));
}

/* Return: whether @text has a line that starts with @start and contains @what. */
static bool has_line(const char *start, const char *what)
{
	for (const char *line = text, *end; *line; line = end + 1) {
		const char *hit = strstr(line, what);

		end = strchr(line, '\n');
		igt_assert(end);
		if (!strncmp(line, start, strlen(start)) && hit && hit < end + 1)
			return true;
	}
	return false;
}

static void expect(const char *start, const char *what)
{
	igt_assert_f(has_line(start, what), "no '%s' ... '%s' in\n%s", start, what, text);
}

/* Read "why" until it says so. */
static void wait_why(const char *start, const char *what)
{
	for (int i = 0; i < PATIENCE_MS; i++) {
		read_debugfs("why");
		if (has_line(start, what))
			return;
		usleep(1000);
	}
	expect(start, what);
}

static uint64_t client_id(const struct test_gpu *gpu)
{
	static const char key[] = "drm-client-id:";
	char path[64];
	const char *at;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", gpu->fd);
	test_read_file(path, text, sizeof(text));
	at = strstr(text, key);
	igt_assert(at);
	return strtoull(at + strlen(key), NULL, 10);
}

/*
 * Find the number of the context's only group, and start the name of what belongs to
 * it. The line of the group starts with it as well.
 */
static void name_group(const struct test_gpu *gpu, char *name, size_t size)
{
	uint64_t client = client_id(gpu), group;
	char start[64];
	const char *at;

	snprintf(start, sizeof(start), "client%" PRIu64 "/group", client);
	read_debugfs("why");
	at = strstr(text, start);
	igt_assert_f(at, "no %s in\n%s", start, text);
	group = strtoull(at + strlen(start), NULL, 10);
	snprintf(name, size, "%s%" PRIu64, start, group);
}

static void submit_after(struct test_gpu *gpu, uint32_t gate, uint32_t done)
{
	struct panthor_job job;
	struct csb b;

	csb_init(&b);
	test_emit_store(&b, DATA, 1);
	test_job(gpu, 0, &b, &job);
	if (gate)
		panthor_job_wait(&job, gate, 0);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
}

/* A job that waits for a fence of vgem, and one behind it */
static void test_fence_and_predecessor(void)
{
	struct cpu_fence fence;
	struct test_gpu gpu;
	uint32_t done[2];
	char name[64], job[96];

	test_gpu_open(&gpu, 1);
	name_group(&gpu, name, sizeof(name));
	expect(name, "idle, without jobs in its rings\n");
	for (int i = 0; i < 2; i++)
		done[i] = test_syncobj(&gpu);
	submit_after(&gpu, test_fence(&gpu, &fence), done[0]);
	submit_after(&gpu, 0, done[1]);

	read_debugfs("why");
	snprintf(job, sizeof(job), "%s/queue0 job ", name);
	expect(job, ":1 has waited ");
	expect(job, " ms for fence vgem ");
	expect(job, ":2 has waited ");
	expect(job, " ms for its predecessor, job 1\n");
	igt_assert_eq(cpu_fence_signal(&fence), 0);
	cpu_fence_destroy(&fence);
	for (int i = 0; i < 2; i++)
		igt_assert_eq(test_wait(&gpu, done[i], 0), 1);
	read_debugfs("why");
	igt_assert_f(!has_line(job, ""), "%s is still in\n%s", job, text);
	test_gpu_close(&gpu);
	read_debugfs("why");
	igt_assert_f(!has_line(job, ""), "%s is still in\n%s", job, text);
}

/* A group that has ended by a fault; a job of it that still waits for another group */
static void test_killed(void)
{
	char first[64], fence[128], start[64], job[96];
	struct test_gpu gpu, other;
	uint32_t gate, done;
	uint64_t group;
	struct csb b;

	test_param_set("job_timeout_ms", 0);
	test_gpu_open(&gpu, 1);
	name_group(&gpu, first, sizeof(first));
	csb_init(&b);
	test_emit_spin(&b, DATA + HOLD);
	gate = test_submit_spinning(&gpu, gpu.group, 0, &b);

	/* Another group of the same client */
	other = gpu;
	test_gpu_new_group(&other, 2);
	group = strtoull(strstr(first, "/group") + strlen("/group"), NULL, 10);
	snprintf(start, sizeof(start), "client%" PRIu64 "/group%" PRIu64, client_id(&gpu),
		 group + 1);
	done = test_syncobj(&other);
	submit_after(&other, gate, done);
	gpu.code_used = other.code_used;
	csb_init(&b);
	/* No opcode */
	csb_emit(&b, 0xffull << 56);
	igt_assert_lt(test_run(&other, 1, &b), 0);

	wait_why(start, ": ended by a fatal error\n");
	snprintf(job, sizeof(job), "%s/queue0 job ", start);
	snprintf(fence, sizeof(fence), " ms for fence vcsf-mali %s/queue0 seq 1 unsignalled (",
		 first);
	wait_why(job, ":1 was killed with error -");
	expect(job, fence);
	test_release(&gpu, HOLD);
	igt_assert_eq(test_wait(&gpu, gate, 0), 1);
	igt_assert_lt(test_wait(&gpu, done, 0), 0);
	igt_assert_eq(panthor_group_destroy(gpu.fd, other.group), 0);
	test_gpu_close(&gpu);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

/* The only group of low priority loses its slot to the others. */
static void test_no_slot(void)
{
	struct test_full full;
	struct test_gpu gpu;
	uint32_t done;
	struct csb b;

	test_param_set("job_timeout_ms", 0);
	test_gpu_open(&gpu, 0);
	test_full_open(&full, &gpu, HOLD);
	gpu.group = test_low_group(&gpu, 1);
	csb_init(&b);
	test_emit_spin(&b, DATA + HOLD);
	done = test_submit_spinning(&gpu, gpu.group, 0, &b);
	wait_why("client", ", low: on slot ");
	expect("GPU: powered on\n", "");
	test_full_push(&full);
	wait_why("client", ", low: runnable, waits for a slot behind group ");
	expect("client", "(medium, slot 0 for ");
	expect("client", "/queue0 job ");
	expect("client", " is at the head of the ring\n");
	test_full_close(&full);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	test_gpu_close(&gpu);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

/* Submit a job that waits until the word, which is 3, exceeds 5. */
static uint32_t submit_sync_wait(struct test_gpu *gpu)
{
	uint32_t done = test_syncobj(gpu);
	struct panthor_job job;
	struct csb b;

	test_write32(gpu, WORD, 3);
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, DATA + WORD);
	csb_move32(&b, TEST_REG_VALUE, 5);
	csb_sync_wait32(&b, TEST_REG_ADDR, TEST_REG_VALUE, CSF_COND_GT);
	test_job(gpu, 0, &b, &job);
	panthor_job_signal(&job, done, 0);
	test_submit(gpu, &job, 1);
	return done;
}

/*
 * A group whose stream waits loses its slot to the others, which keep the GPU on.
 * Without them it is powered off, as blocked groups need no power.
 */
static void test_blocked(bool off)
{
	static const char waits[] =
		", low: blocked: queue 0 waits until the value at 0x2000040 is above 5, it is 3";
	struct test_full full;
	struct test_gpu gpu;
	uint32_t done;
	char end[128];

	test_param_set("job_timeout_ms", 0);
	test_gpu_open(&gpu, 0);
	test_full_open(&full, &gpu, HOLD);
	gpu.group = test_low_group(&gpu, 1);
	done = submit_sync_wait(&gpu);
	wait_why("client", ", low: on slot ");
	wait_why("client", ", idle: its streams wait\n");
	test_full_push(&full);
	snprintf(end, sizeof(end), "%s\n", waits);
	wait_why("client", end);
	expect("GPU: powered on\n", "");
	test_full_close(&full);
	if (off) {
		snprintf(end, sizeof(end), "%s; the GPU is powered off\n", waits);
		wait_why("client", end);
		expect("GPU: powered off\n", "");
	}
	test_write32(&gpu, WORD, 6);
	igt_assert_eq(test_wait(&gpu, done, 0), 1);
	read_debugfs("why");
	igt_assert_f(!has_line("client", ", low: blocked"), "still blocked in\n%s", text);
	test_gpu_close(&gpu);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}

#define INSTANCE	"/sys/kernel/tracing/instances/panthor_why"

/* One name for a queue in "why", "queues", "groups", fdinfo and traces */
static void test_names(void)
{
	struct drm_panthor_vm_bind_op nothing = {
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.va = 1ull << 32,
		.size = PANTHOR_PAGE_SIZE,
	};
	char name[64], line[128];
	struct test_gpu gpu;
	const char *number;

	igt_assert_f(!mkdir(INSTANCE, 0700) || errno == EEXIST, "%s: %s\n", INSTANCE,
		     strerror(errno));
	test_write_file(INSTANCE "/events/drm_jobqueue/drm_jobqueue_job_arm/enable", "1");
	test_gpu_open(&gpu, 2);
	name_group(&gpu, name, sizeof(name));
	igt_assert_eq(test_gpu_store(&gpu, DATA, 1), 1);
	test_read_file(INSTANCE "/trace", text, sizeof(text));
	igt_assert_eq(rmdir(INSTANCE), 0);
	snprintf(line, sizeof(line), " queue=%s/queue0 fence=", name);
	expect("", line);

	read_debugfs("queues");
	snprintf(line, sizeof(line), "queue %s/queue1: context ", name);
	expect(line, "");
	/* The first asynchronous change creates the queue of the address space. */
	snprintf(line, sizeof(line), "queue client%" PRIu64 "/vm", client_id(&gpu));
	igt_assert(!has_line(line, "/bind: context "));
	igt_assert_eq(panthor_vm_bind_async(gpu.fd, gpu.vm, &nothing, 1), 0);
	read_debugfs("queues");
	expect(line, "/bind: context ");
	number = strstr(name, "/group") + strlen("/group");
	snprintf(line, sizeof(line), "group %s: medium, ", number);
	read_debugfs("groups");
	expect(line, "");
	test_gpu_close(&gpu);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		igt_require_f(test_own_driver(), "the file 'why' is our driver's own\n");
		close(fd);
	}

	igt_describe("A queue has one name in debugfs, fdinfo and traces.");
	igt_subtest("names")
		test_names();
	igt_describe("A job waits for a fence of another driver, the next one for that job.");
	igt_subtest("fence")
		test_fence_and_predecessor();
	igt_describe("A job of a group that has ended waits for a fence.");
	igt_subtest("killed")
		test_killed();
	igt_describe("A group waits for a slot behind groups of higher priority.");
	igt_subtest("no-slot")
		test_no_slot();
	igt_describe("A group without a slot waits for a sync object.");
	igt_subtest("blocked")
		test_blocked(false);
	igt_describe("So does one while the GPU is powered off.");
	igt_subtest("powered-off")
		test_blocked(true);

	igt_fixture() {
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	}
}
