// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * Fences of jobs that wait for ever. From the moment that a job is at the head
 * of its ring, only the time in which its group waits for a slot is free. Time
 * in which it waits for anything else counts, on a slot and off it, so that each
 * fence signals.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>
#include <xf86drmMode.h>

#include "igt.h"
#include "test_full.h"
#include "test_gpu.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Jobs end that wait for ever, also when their group has no slot.");

#define DATA		TEST_DATA_VA
#define IMPORTED_VA	TEST_FREE_VA

/* Where in the data buffer the spinning groups and the victim look */
#define HOLD		32
#define NEVER		64
/* Where test_emit_spin() says that it runs, and the victim's streams do */
#define RUNS		(TEST_DATA_SIZE - 64)
#define VICTIM_RUNS(i)	(128 + 4 * (i))

/* Long enough for the victim to lose its slot before */
#define TIMEOUT_MS	2000

/* What the victim waits for */
enum wait_for {
	SYNC32,
	SYNC64,
	IMPORTED,
	PROTECTED,
	RESOURCE,
	TILER_OOM,
};

struct siege {
	struct test_full full;
	struct test_gpu gpu;
	uint32_t group;
	uint32_t done[2];
	unsigned int jobs;
};

/* A page of another driver's, of which the kernel does not read for us */
static void map_imported(struct test_gpu *gpu)
{
	uint32_t handle, pitch, imported;
	uint64_t size;
	int vgem, fd;

	vgem = panthor_open_driver("vgem", "/dev/dri/card", 0);
	igt_require_f(vgem >= 0, "no vgem device\n");
	igt_assert_eq(drmModeCreateDumbBuffer(vgem, 1024, 1, 32, 0, &handle, &pitch, &size), 0);
	igt_assert_eq(drmPrimeHandleToFD(vgem, handle, DRM_CLOEXEC | DRM_RDWR, &fd), 0);
	igt_assert_eq(drmPrimeFDToHandle(gpu->fd, fd, &imported), 0);
	igt_assert_eq(panthor_vm_map(gpu->fd, gpu->vm, IMPORTED_VA, imported, 0,
				     PANTHOR_PAGE_SIZE, DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC), 0);
	close(fd);
	close(vgem);
}

static void emit_wait64(struct csb *b)
{
	csb_move48(b, TEST_REG_ADDR, DATA + NEVER);
	csb_move48(b, TEST_REG_VALUE, 0);
	csb_sync_wait64(b, TEST_REG_ADDR, TEST_REG_VALUE, CSF_COND_GT);
}

/*
 * A draw that needs more than the only chunk of its heap: the request for memory is
 * refused, and the stream's exception handler waits. The draw is in progress for as
 * long as it does.
 */
static void emit_tiler_oom(struct test_gpu *gpu, struct csb *b)
{
	struct drm_panthor_tiler_heap_create args = test_heap_args(gpu->vm);
	struct csb body;
	uint64_t handler;
	uint32_t size;

	args.initial_chunk_count = 1;
	args.max_chunks = 1;
	igt_assert_eq(test_heap_create(gpu->fd, &args), 0);
	test_tiler_init(gpu, &args);
	csb_init(&body);
	csb_move48(&body, TEST_REG_ADDR2, DATA + VICTIM_RUNS(0));
	csb_move32(&body, TEST_REG_VALUE, 1);
	csb_store(&body, TEST_REG_VALUE, 1, TEST_REG_ADDR2, 0);
	test_emit_hold(&body, DATA + NEVER);
	size = csb_size(&body);
	handler = test_load(gpu, &body);

	csb_init(b);
	csb_move48(b, TEST_REG_ADDR2, handler);
	csb_move32(b, TEST_REG_COUNT, size);
	csb_emit(b, csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, TEST_REG_ADDR2,
					      TEST_REG_COUNT));
	test_emit_tiling(b, args.tiler_heap_ctx_gpu_va, 2 * TEST_PER_CHUNK);
}

static void emit(struct test_gpu *gpu, struct csb *b, enum wait_for what, unsigned int queue)
{
	if (what == TILER_OOM) {
		emit_tiler_oom(gpu, b);
		return;
	}
	csb_init(b);
	test_emit_store(b, DATA + VICTIM_RUNS(queue), 1);
	switch (what) {
	case SYNC32:
		test_emit_hold(b, DATA + NEVER);
		break;
	case SYNC64:
		emit_wait64(b);
		break;
	case IMPORTED:
		test_emit_hold(b, IMPORTED_VA);
		break;
	case PROTECTED:
		csb_emit(b, csf_prot_region(1));
		break;
	case RESOURCE:
		csb_emit(b, csf_req_resource(CSF_RESOURCE_TILER));
		test_emit_hold(b, DATA + NEVER);
		break;
	case TILER_OOM:
		break;
	}
}

/* A group on the last slot whose streams get to where they wait */
static void start_victim(struct siege *t, enum wait_for what)
{
	struct panthor_job jobs[2];
	struct csb b;

	/* The streams wait for what the first of them to run has. */
	t->jobs = what == RESOURCE ? 2 : 1;
	test_param_set("job_timeout_ms", TIMEOUT_MS);
	igt_assert_eq(panthor_group_create_priority(t->gpu.fd, t->gpu.vm, t->jobs,
						    TEST_RING_SIZE, PANTHOR_GROUP_PRIORITY_LOW,
						    &t->group), 0);
	test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
	for (unsigned int i = 0; i < t->jobs; i++) {
		t->done[i] = test_syncobj(&t->gpu);
		emit(&t->gpu, &b, what, i);
		test_job(&t->gpu, i, &b, &jobs[i]);
		panthor_job_signal(&jobs[i], t->done[i], 0);
	}
	/* In one call, as the time limit of the first one would end the group. */
	igt_assert_eq(panthor_submit(t->gpu.fd, t->group, jobs, t->jobs), 0);
	for (unsigned int i = 0; i < t->jobs; i++)
		test_wait_word(&t->gpu, VICTIM_RUNS(i));
}

static void expect_timeout(struct siege *t)
{
	for (unsigned int i = 0; i < t->jobs; i++)
		igt_assert_eq(test_wait(&t->gpu, t->done[i], 0), -ETIMEDOUT);
}

/*
 * The victim waits, and loses its slot to the last of as many busy groups as
 * there are slots. These are busy until the victim's fences have signalled, or
 * else leave the GPU to it.
 */
static void test_off_slot(enum wait_for what, bool busy)
{
	struct siege t = {};

	test_gpu_open(&t.gpu, 0);
	if (what == IMPORTED)
		map_imported(&t.gpu);
	test_full_open(&t.full, &t.gpu, HOLD);
	start_victim(&t, what);
	test_write32(&t.gpu, RUNS, 0);
	test_full_push(&t.full);
	test_wait_word(&t.gpu, RUNS);
	if (busy)
		expect_timeout(&t);
	test_full_close(&t.full);
	if (!busy)
		expect_timeout(&t);
	igt_assert_eq(panthor_group_destroy(t.gpu.fd, t.group), 0);
	test_gpu_close(&t.gpu);
}

int igt_main()
{
	static const struct {
		const char *name;
		enum wait_for what;
		bool busy;
	} tests[] = {
		{ "sync-wait", SYNC32, false },
		{ "sync-wait-busy", SYNC32, true },
		{ "sync-wait64", SYNC64, false },
		{ "sync-wait64-busy", SYNC64, true },
		{ "sync-wait-imported", IMPORTED, false },
		{ "protected-mode", PROTECTED, false },
		{ "resource", RESOURCE, false },
		{ "tiler-oom", TILER_OOM, false },
	};

	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
	}

	igt_describe("A job that waits off its slot for ever times out.");
	for (unsigned int i = 0; i < ARRAY_SIZE(tests); i++) {
		igt_subtest_f("%s", tests[i].name)
			test_off_slot(tests[i].what, tests[i].busy);
	}

	igt_fixture()
		test_param_set("job_timeout_ms", TEST_JOB_TIMEOUT_MS);
}
