// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Allocation failures, as in panthor_alloc_fail, while the driver probes the GPU, and while
 * each module initialises itself. Afterwards the next probe, and the next load, succeed.
 *
 * What the module loader allocates itself does not fail here: the kernel's jump labels warn
 * (6.12, jump_label_module_notify()) if they have no memory. Nor does what two functions of
 * the kernel allocate: where that fails, devfreq_add_device() releases a notifier list that it
 * has not initialised, and kmem_cache_create() does not free names (sysfs_slab_add()).
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "igt.h"
#include "test_fault.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Inject failures into the probe and the load of the modules.");

#define DRIVER		"/sys/bus/platform/drivers/vpanthor/"
#define DEVICE		"vcsf-mali"
#define LOAD		"modprobe vcsf && modprobe vpanthor"
/* Failures of a sweep; some have hundreds of points */
#define MOST		6
/* Of a sweep of one part of the probe */
#define MOST_OF_PART	2
/* Of the registration, which survives most of them */
#define MOST_OF_LAST	24

/* In the order in which they are loaded */
static const char * const modules[] = { "drm_jobqueue", "vcsf", "vpanthor" };

static int do_bind(void *data)
{
	(void)data;
	return test_try_write_file(DRIVER "bind", DEVICE);
}

static void undo_bind(void *data)
{
	(void)data;
	test_unbind();
}

/* @data: the module's file, open */
static int do_load(void *data)
{
	return syscall(SYS_finit_module, *(int *)data, "", 0) ? -errno : 0;
}

static void unload(const char *name)
{
	int ret = syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;

	igt_assert_f(!ret, "%s cannot be unloaded: %d\n", name, ret);
}

static void undo_load_jobqueue(void *data)
{
	(void)data;
	unload("drm_jobqueue");
}

static void undo_load_vcsf(void *data)
{
	(void)data;
	unload("vcsf");
}

static void undo_load_vpanthor(void *data)
{
	(void)data;
	unload("vpanthor");
}

static void expect_works(void)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 0x900d), 1);
	igt_assert_eq_u32(test_read32(&gpu, 0), 0x900d);
	test_gpu_close(&gpu);
}

/*
 * What the probe calls, in this order, each with a sweep of its own. It begins with
 * drm_dev_init(), which is not among them: where a minor device has no memory, the DRM core
 * (6.12, drm_minor_alloc_release()) takes an error code for a device.
 */
static const char * const managed[] = {
	"vpan_user_mmio_init", "vpan_reset_init", "vpan_sched_init", "vpan_gem_list_init",
	"vpan_reclaim_init", "vpan_pm_init", "vpan_devfreq_init", "vpan_dump_init",
	"vpan_bind_wq_init", "vpan_heap_wq_init", "drm_jobqueue_group_init", NULL
};

static const char * const hardware[] = {
	"vpan_hw_init", "vpan_mmu_init", "vpan_device_power_up", "vpan_fw_init", NULL
};

static const char * const registration[] = { "drm_dev_register", NULL };

static void sweep_probe(const char * const *function, unsigned int most)
{
	unsigned int failed = 0;

	for (; *function; function++) {
		const struct test_fault_call what = {
			.name = *function, .call = do_bind, .undo = undo_bind,
			.undo_first = true, .stateless = true, .may_hit_none = true,
			.most = most,
		};

		test_fault_below(*function);
		test_fault_spare("devfreq_add_device");
		failed += test_fault_sweep(&what, NULL);
		test_fault_below(NULL);
		test_fault_spare(NULL);
		test_bind();
	}
	/* Some parts allocate nothing, but not all of them. */
	igt_assert_lt(0, failed);
	expect_works();
}

/* Load one module again and again, without those that need it. */
static void sweep_load(unsigned int number, const char *spare, void (*undo)(void *data))
{
	struct test_fault_call what = {
		.call = do_load, .undo = undo, .undo_first = true, .stateless = true,
		.most = MOST,
	};
	char path[512], name[64];
	struct utsname kernel;
	int fd;

	igt_assert_eq(uname(&kernel), 0);
	snprintf(path, sizeof(path), "/lib/modules/%s/updates/%s.ko", kernel.release,
		 modules[number]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	igt_require_f(fd >= 0, "no %s\n", path);
	snprintf(name, sizeof(name), "load-%s", modules[number]);
	what.name = name;
	/* module_add_driver() (6.12), where it has no memory for a folder */
	if (number)
		what.also = -EINVAL;
	/* All that drm_jobqueue allocates is a cache for fences, on kernels on which it has one */
	else
		what.may_hit_none = access("/sys/kernel/slab/drm_jobqueue_fence", F_OK);
	for (size_t i = ARRAY_SIZE(modules) - 1; i > number; i--)
		unload(modules[i]);
	test_fault_below("do_one_initcall");
	test_fault_spare(spare);
	test_fault_sweep(&what, &fd);
	test_fault_below(NULL);
	test_fault_spare(NULL);
	close(fd);
	igt_assert_eq(system(LOAD), 0);
	expect_works();
}

int igt_main()
{
	igt_fixture() {
		test_require_own_driver();
		igt_require_f(!system("modprobe -n vpanthor"), "no modprobe\n");
		test_clear_dumps();
		test_fault_open();
	}

	igt_describe("Allocations of what the DRM device owns fail; the next probe works.");
	igt_subtest("probe-managed")
		sweep_probe(managed, MOST_OF_PART);
	igt_describe("So do those for the hardware and its firmware.");
	igt_subtest("probe-hardware")
		sweep_probe(hardware, MOST_OF_PART);
	igt_describe("So do those for the registration of the device.");
	igt_subtest("probe-registration")
		sweep_probe(registration, MOST_OF_LAST);
	igt_describe("Each allocation of drm_jobqueue's initialisation fails once.");
	igt_subtest("load-jobqueue")
		sweep_load(0, "sysfs_slab_add", undo_load_jobqueue);
	igt_describe("Each allocation of vcsf's initialisation fails once.");
	igt_subtest("load-vcsf")
		sweep_load(1, NULL, undo_load_vcsf);
	igt_describe("Each allocation of vpanthor's initialisation before its probe fails once.");
	igt_subtest("load-vpanthor")
		sweep_load(2, "bus_for_each_dev", undo_load_vpanthor);

	igt_fixture() {
		test_fault_below(NULL);
		test_fault_spare(NULL);
		test_fault_close();
		/* After a failed subtest a module may be missing. */
		igt_assert_eq(system(LOAD), 0);
	}
}
