// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Trace events of vpanthor, drm_jobqueue and vcsf: the events of a job, a fault, a reset,
 * eviction, stuck MMU commands and power management, with their fields.
 */

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "igt.h"
#include "test_gems.h"
#include "test_gpu.h"
#include "test_power.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Test the trace events of the driver and their fields.");

/* A trace instance of our own, independent of other users of tracing */
#define INSTANCE	"/sys/kernel/tracing/instances/panthor_trace"
#define DEV		"dev=vcsf-mali "

static char text[1 << 20];

static void trace_begin(void)
{
	igt_assert_f(!mkdir(INSTANCE, 0700) || errno == EEXIST, "%s: %s\n", INSTANCE,
		     strerror(errno));
	test_write_file(INSTANCE "/trace", "");
	test_write_file(INSTANCE "/events/vpanthor/enable", "1");
	test_write_file(INSTANCE "/events/drm_jobqueue/enable", "1");
}

static void trace_end(void)
{
	test_write_file(INSTANCE "/events/vpanthor/enable", "0");
	test_write_file(INSTANCE "/events/drm_jobqueue/enable", "0");
	test_read_file(INSTANCE "/trace", text, sizeof(text));
	igt_assert_eq(rmdir(INSTANCE), 0);
}

/* Find the next line of @event after @from that contains @what. */
static const char *find_event(const char *from, const char *event, const char *what)
{
	char start[64];
	const char *end, *hit;

	snprintf(start, sizeof(start), " %s: " DEV, event);
	for (from = strstr(from, start); from; from = strstr(from + 1, start)) {
		end = strchr(from, '\n');
		hit = strstr(from, what);
		if (hit && hit < end)
			return from;
	}
	return NULL;
}

static const char *expect(const char *from, const char *event, const char *what)
{
	const char *at = find_event(from, event, what);

	igt_assert_f(at, "no %s with '%s' in\n%s", event, what, text);
	return at;
}

/* Read the fence of a line, "fence=CONTEXT:SEQNO". */
static void read_fence(const char *line, char *fence, size_t size)
{
	const char *start = strstr(line, " fence=");

	igt_assert(start);
	snprintf(fence, size, "%.*s", (int)strcspn(start + 1, "\n "), start + 1);
}

/* The events of both modules name the same fence, in this order. */
static void test_run_traced(void)
{
	struct test_gpu gpu;
	char fence[64];
	const char *at;

	trace_begin();
	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	test_gpu_close(&gpu);
	trace_end();

	at = expect(text, "vpanthor_vm_bind",
		    " map va=0x2000000 size=0x10000 offset=0x0 prot=noexec error=0");
	at = expect(at, "vpanthor_job_submit", " queue=0 fence=");
	igt_assert(strstr(at, " stream=0x1000000 size="));
	read_fence(at, fence, sizeof(fence));
	expect(at, "vpanthor_job_run", fence);
	expect(at, "drm_jobqueue_job_done", fence);
	at = expect(at, "vpanthor_as_on", " as=");
	at = expect(at, "vpanthor_group_on", " priority=1 slot=");
	at = expect(at, "vpanthor_vm_bind", " unmap va=0x2000000 ");
	expect(text, "vpanthor_as_command", "command=lock error=0");
	expect(text, "vpanthor_as_command", "command=flush_pt error=0");
	expect(text, "vpanthor_group_off", " flags=");
	expect(text, "vpanthor_group_end", "destroyed");
}

static void test_fault(void)
{
	struct test_gpu gpu;
	const char *at;

	trace_begin();
	test_gpu_open(&gpu, 1);
	igt_assert_lt(test_gpu_store(&gpu, TEST_FREE_VA, 1), 0);
	test_gpu_close(&gpu);
	trace_end();

	expect(text, "vpanthor_mmu_fault", " address=0x10000000");
	at = expect(text, "vpanthor_stream_error", " queue=0 type=0x48 info=0x10000000 fatal=0");
	at = expect(at, "vpanthor_group_off", "fatal");
	expect(at, "vpanthor_group_end", "fatal");
}

static void test_reset(void)
{
	char path[256];
	const char *at;

	trace_begin();
	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1");
	trace_end();

	at = expect(text, "vpanthor_reset_begin", " count=");
	expect(at, "vpanthor_reset_end", " error=0");
}

/*
 * The MMU does not respond while memory is unmapped. The memory is not reused before
 * a reset has cleared the MMU; the caller waits for that.
 */
static void test_stuck(const char *command, bool heap)
{
	struct drm_panthor_tiler_heap_create create = {
		.initial_chunk_count = 1,
		.chunk_size = 128 * 1024,
		.max_chunks = 1,
		.target_in_flight = 1,
	};
	struct drm_panthor_tiler_heap_destroy destroy = {};
	struct test_gpu gpu;
	const char *at;

	test_autosuspend_set(-1);
	test_gpu_open(&gpu, 1);
	create.vm_id = gpu.vm;
	igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &create), 0);
	destroy.handle = create.handle;
	/* After this job the address space has a slot. */
	igt_assert_eq(test_gpu_store(&gpu, create.first_heap_chunk_gpu_va + 64, 1), 1);

	trace_begin();
	test_inject("as_stuck", command);
	if (heap)
		igt_assert_eq(panthor_ioctl(gpu.fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY,
					    &destroy), 0);
	else
		igt_assert_eq(panthor_vm_unmap(gpu.fd, gpu.vm, TEST_DATA_VA, TEST_DATA_SIZE),
			      -ETIMEDOUT);
	trace_end();
	test_autosuspend_set(TEST_AUTOSUSPEND_MS);
	test_gpu_close(&gpu);

	at = expect(text, "vpanthor_as_command", " error=-110");
	at = expect(at, "vpanthor_reset_begin", " count=");
	expect(at, "vpanthor_reset_end", " error=0");
}

static void test_eviction(void)
{
	struct test_gpu gpu;
	const char *at;

	trace_begin();
	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	test_evict(gpu.fd, gpu.data.handle);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 2), 1);
	test_gpu_close(&gpu);
	trace_end();

	at = expect(text, "vpanthor_bo_evict", " size=65536");
	expect(at, "vpanthor_bo_restore", " size=65536");
}

/* Suspend, resume, restart by a reset, and restart by a reset after a failed resume */
static void test_power(void)
{
	struct test_gpu gpu;
	char path[256];
	const char *at;

	test_autosuspend_set(1);
	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	test_wait_suspended();
	trace_begin();
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 2), 1);
	test_wait_suspended();
	test_debugfs_path("reset", path, sizeof(path));
	test_write_file(path, "1");
	test_wait_suspended();
		/* Fails the L2 power-up only; the firmware does not notice. */
	test_inject("power_fail", "count=1 only=0x4\n");
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 3), 1);
	test_wait_suspended();
	trace_end();
	test_autosuspend_set(TEST_AUTOSUSPEND_MS);
	test_gpu_close(&gpu);

	at = expect(text, "vpanthor_power", " event=resume error=0 slow=0");
	at = expect(at, "vpanthor_power", " event=suspend error=0 slow=0");
	at = expect(at, "vpanthor_power", " event=restart error=0 slow=0");
	at = expect(at, "vpanthor_power", " event=suspend error=0 slow=0");
	at = expect(at, "vpanthor_power", " event=resume error=-110 slow=0");
	at = expect(at, "vpanthor_power", " event=restart error=0 slow=0");
	expect(at, "vpanthor_power", " event=suspend error=0 slow=0");
}

/* The events that the kernel's driver has, by the names of that driver */
static void test_panthor(void)
{
	uint64_t shader, tiler, l2;
	struct test_gpu gpu;
	const char *at;
	int found;

	test_autosuspend_set(1);
	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	test_wait_suspended();
	igt_assert_eq(mkdir(INSTANCE, 0700), 0);
	/* While the GPU is off, and on, and off again */
	test_write_file(INSTANCE "/events/panthor/enable", "1");
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 2), 1);
	test_wait_suspended();
	test_write_file(INSTANCE "/events/panthor/enable", "0");
	test_read_file(INSTANCE "/trace", text, sizeof(text));
	igt_assert_eq(rmdir(INSTANCE), 0);
	test_autosuspend_set(TEST_AUTOSUSPEND_MS);
	test_gpu_close(&gpu);

	igt_assert_f(strstr(text, " gpu_job_irq: vcsf-mali: events=0x80000000 duration_ns="),
		     "no event of the global interface in\n%s", text);
	igt_assert_f(strstr(text, " gpu_job_irq: vcsf-mali: events=0x1 duration_ns="),
		     "no event of the first slot in\n%s", text);
	at = strstr(text, " gpu_power_status: vcsf-mali: ");
	igt_assert_f(at, "no gpu_power_status in\n%s", text);
	found = sscanf(at, " gpu_power_status: vcsf-mali: shader_bitmap=%" SCNx64
		       " tiler_bitmap=%" SCNx64 " l2_bitmap=%" SCNx64, &shader, &tiler, &l2);
	igt_assert_eq(found, 3);
	igt_assert_eq_u64(l2, 1);
	igt_assert_f(strstr(at, " l2_bitmap=0x0\n"), "it is not switched off in\n%s", text);
}

/*
 * Programs that print events themselves know only what the format says: numbers,
 * texts, and a few functions in lower case. They do not find the end of a text that
 * contains quotes, which formats do not escape. Return: an identifier in capitals
 * that is none of that, or what follows a text that ends too early.
 */
static const char *find_unresolved(const char *format)
{
	static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	for (const char *at = strstr(format, "print fmt:"); at && *at; at++) {
		if (*at == '"') {
			for (at++; *at && *at != '"'; at++)
				at += *at == '\\' && at[1];
			if (!*at || !strchr(" ,})\n\"", at[1]))
				return at;
		} else if (*at >= '0' && *at <= '9') {
			/* With its suffix, such as UL */
			at += strspn(at, "0123456789abcdefxABCDEFXUL") - 1;
		} else if (*at >= 'A' && *at <= 'Z') {
			size_t length = strspn(at, word);

			if (length != 3 || strncmp(at, "REC", 3))
				return at;
			at += length - 1;
		} else if ((*at >= 'a' && *at <= 'z') || *at == '_') {
			at += strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789") - 1;
		}
	}
	return NULL;
}

static void test_names(void)
{
	static const char * const systems[] = { "vpanthor", "panthor", "drm_jobqueue", "vcsf" };
	char pattern[128];

	igt_assert(find_unresolved("print fmt: \"A %s\", REC->b, { VPAN_X, \"x\" }"));
	igt_assert(!find_unresolved("print fmt: \"A %s\", REC->b, { 0x1UL << (2), \"x\" }"));
	igt_assert(find_unresolved("print fmt: \"a=\"%s\"\", REC->b"));
	for (unsigned int i = 0; i < ARRAY_SIZE(systems); i++) {
		glob_t found;

		snprintf(pattern, sizeof(pattern), "/sys/kernel/tracing/events/%s/*/format",
			 systems[i]);
		igt_assert_eq(glob(pattern, 0, NULL, &found), 0);
		for (size_t j = 0; j < found.gl_pathc; j++) {
			const char *at;

			test_read_file(found.gl_pathv[j], text, sizeof(text));
			at = find_unresolved(text);
			igt_assert_f(!at, "%s: user space cannot print %.40s\n",
				     found.gl_pathv[j], at);
		}
		globfree(&found);
	}
}

/* Filters can refer to the fields of the events by name. */
static void test_format(void)
{
	igt_assert_eq(mkdir(INSTANCE, 0700), 0);
	test_write_file(INSTANCE "/events/vpanthor/vpanthor_job_run/filter",
			"group == 1 && queue < 2 && seqno > 3");
	test_write_file(INSTANCE "/events/vpanthor/vpanthor_vm_bind/filter",
			"vm == 1 && error != 0 && size > 4096");
	test_write_file(INSTANCE "/events/vpanthor/vpanthor_heap_grow/filter",
			"chunk == 0");
	test_write_file(INSTANCE "/events/vpanthor/vpanthor_power/filter",
			"event == 1 && error != 0 && slow == 0");
	igt_assert_eq(rmdir(INSTANCE), 0);
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("A job is traced from submission to its fence, with its mappings and slots.");
	igt_subtest("job")
		test_run_traced();
	igt_describe("An MMU fault and the end of its group are traced.");
	igt_subtest("fault")
		test_fault();
	igt_describe("A reset is traced.");
	igt_subtest("reset")
		test_reset();
	igt_describe("Eviction and restoration of buffers are traced.");
	igt_subtest("evict")
		test_eviction();
	igt_describe("A buffer whose unmapping the MMU does not complete is kept until a reset.");
	igt_subtest("stuck-unmap")
		test_stuck("count=1 only=0x10\n", false);
	igt_describe("So is memory of the driver itself.");
	igt_subtest("stuck-heap")
		test_stuck("count=1 only=0x4\n", true);
	igt_describe("Power management of the GPU is traced.");
	igt_subtest("power")
		test_power();
	igt_describe("The kernel's driver would have traced these events.");
	igt_subtest("panthor")
		test_panthor();
	igt_describe("Events can be filtered by their fields.");
	igt_subtest("format")
		test_format();

	igt_describe("User space can print all events by their formats alone.");
	igt_subtest("names")
		test_names();

	igt_fixture() {
		test_autosuspend_set(TEST_AUTOSUSPEND_MS);
		test_inject("as_stuck", "0\n");
		test_inject("power_fail", "0\n");
	}
}
