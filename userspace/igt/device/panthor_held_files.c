// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Files that a process has open while the driver is unbound and unloaded: debugfs,
 * sysfs, the device coredump, the device file with its mappings, dma-bufs and
 * sync_files. Reads return an error, or the copy that a dump is, exported buffers keep
 * their memory, fences signal, and a module stays until the files that call it are
 * closed.
 */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/sync_file.h>
#include <xf86drm.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Keep files open while the driver is unbound and unloaded.");

#define DUMPS		"/sys/class/devcoredump/devcd*/data"
#define FILES_MAX	64
/* What an exported page has, and what its first user writes to the next word */
#define CONTENT		0x5eed1e55
#define WRITTEN		0x900d
/* Until the last reference of a released fence is gone, which takes grace periods of RCU */
#define RELEASE_MS	20000

static char text[1 << 18];

/**
 * struct held - open files of one kind
 * @fd: the files
 * @count: number of them
 */
struct held {
	int fd[FILES_MAX];
	unsigned int count;
};

/* Open all files that match @pattern; writable ones for writing, too. */
static void hold(struct held *held, const char *pattern)
{
	struct stat status;
	glob_t found;

	igt_assert_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc && held->count < FILES_MAX; i++) {
		int fd;

		if (stat(found.gl_pathv[i], &status) || !S_ISREG(status.st_mode))
			continue;
		fd = open(found.gl_pathv[i], status.st_mode & 0200 ? O_RDWR : O_RDONLY);
		if (fd >= 0)
			held->fd[held->count++] = fd;
	}
	globfree(&found);
	igt_assert_lt(0, held->count);
}

static void release(struct held *held)
{
	for (unsigned int i = 0; i < held->count; i++)
		close(held->fd[i]);
	held->count = 0;
}

static void hold_debugfs(struct held *held)
{
	char path[256];

	test_debugfs_path("*", path, sizeof(path));
	hold(held, path);
}

/* Reads and writes of files whose device is gone fail. */
static void expect_gone(const struct held *held)
{
	for (unsigned int i = 0; i < held->count; i++) {
		igt_assert_eq(read(held->fd[i], text, sizeof(text)), -1);
		igt_assert(errno == EIO || errno == ENODEV);
		if ((fcntl(held->fd[i], F_GETFL) & O_ACCMODE) == O_RDONLY)
			continue;
		igt_assert_eq(write(held->fd[i], "1\n", 2), -1);
		igt_assert(errno == EIO || errno == ENODEV);
	}
}

static void expect_works(void)
{
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(test_gpu_store(&gpu, TEST_DATA_VA, 1), 1);
	test_gpu_close(&gpu);
}

static void test_debugfs(void)
{
	struct held held = {};

	hold_debugfs(&held);
	for (unsigned int i = 0; i < held.count; i++)
		igt_assert_lt(-1, read(held.fd[i], text, sizeof(text)));
	test_unbind();
	expect_gone(&held);
	test_bind();
	expect_gone(&held);
	release(&held);
	expect_works();
}

static void test_sysfs(void)
{
	struct held held = {};
	char path[256];

	test_device_path("profiling", path, sizeof(path));
	hold(&held, path);
	test_unbind();
	expect_gone(&held);
	test_bind();
	expect_gone(&held);
	release(&held);
	expect_works();
}

/* mmap() fails for registers and buffers alike; a buffer that was mapped stays. */
static void test_mmap(void)
{
	uint64_t buffer, size = PANTHOR_PAGE_SIZE;
	int fd = panthor_open(), error[2];
	volatile uint32_t *mapped;
	void *page[2];
	uint32_t bo;

	igt_assert_lte(0, fd);
	igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &bo), 0);
	igt_assert_eq(panthor_bo_mmap_offset(fd, bo, &buffer), 0);
	mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, buffer);
	igt_assert(mapped != MAP_FAILED);
	test_unbind();
	page[0] = mmap(NULL, size, PROT_READ, MAP_SHARED, fd,
		       DRM_PANTHOR_USER_FLUSH_ID_MMIO_OFFSET);
	error[0] = errno;
	page[1] = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, buffer);
	error[1] = errno;
	/* So that the next test has a device in any case */
	test_bind();
	close(fd);
	mapped[0] = 1;
	igt_assert_eq_u32(mapped[0], 1);
	munmap((void *)mapped, size);
	for (int i = 0; i < 2; i++) {
		igt_assert(page[i] == MAP_FAILED);
		igt_assert_eq(error[i], ENODEV);
	}
	expect_works();
}

static volatile uint32_t *map_dma_buf(int dma_buf)
{
	void *cpu = mmap(NULL, PANTHOR_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, dma_buf, 0);

	igt_assert(cpu != MAP_FAILED);
	return cpu;
}

/* Return: a dma-buf with %CONTENT of which the device file is closed. */
static int export_page(void)
{
	uint64_t size = PANTHOR_PAGE_SIZE;
	int fd = panthor_open(), dma_buf;
	volatile uint32_t *mapped;
	uint32_t bo;

	igt_assert_lte(0, fd);
	igt_assert_eq(panthor_bo_create(fd, &size, 0, 0, &bo), 0);
	igt_assert_eq(drmPrimeHandleToFD(fd, bo, DRM_CLOEXEC | DRM_RDWR, &dma_buf), 0);
	close(fd);
	mapped = map_dma_buf(dma_buf);
	mapped[0] = CONTENT;
	munmap((void *)mapped, size);
	return dma_buf;
}

/* The GPU that is bound now reads what a client of the device before it has exported. */
static void expect_imports(int dma_buf)
{
	uint32_t bo, value;
	struct test_gpu gpu;

	test_gpu_open(&gpu, 1);
	igt_assert_eq(drmPrimeFDToHandle(gpu.fd, dma_buf, &bo), 0);
	igt_assert_eq(panthor_vm_map(gpu.fd, gpu.vm, TEST_FREE_VA, bo, 0, PANTHOR_PAGE_SIZE,
				     DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC), 0);
	igt_assert_eq(test_gpu_load(&gpu, TEST_FREE_VA, &value), 1);
	igt_assert_eq_u32(value, CONTENT);
	test_gpu_close(&gpu);
}

/* An exported buffer keeps its memory, for old mappings as for new ones. */
static void test_dma_buf(void)
{
	int touched = export_page(), untouched = export_page();
	volatile uint32_t *before = map_dma_buf(touched), *unread = map_dma_buf(untouched);
	volatile uint32_t *after;

	igt_assert_eq_u32(before[0], CONTENT);
	test_unbind();
	after = mmap(NULL, PANTHOR_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, touched, 0);
	/* So that the next test has a device in any case */
	test_bind();
	igt_assert(after != MAP_FAILED);
	before[1] = WRITTEN;
	igt_assert_eq_u32(after[0], CONTENT);
	igt_assert_eq_u32(after[1], WRITTEN);
	/* This one is faulted in now. */
	igt_assert_eq_u32(unread[0], CONTENT);
	munmap((void *)after, PANTHOR_PAGE_SIZE);
	munmap((void *)before, PANTHOR_PAGE_SIZE);
	munmap((void *)unread, PANTHOR_PAGE_SIZE);
	expect_imports(touched);
	close(touched);
	close(untouched);
	expect_works();
}

static void close_device(struct test_gpu *gpu)
{
	munmap(gpu->code.cpu, gpu->code.size);
	munmap(gpu->data.cpu, gpu->data.size);
	close(gpu->fd);
}

/* Return: a sync_file of a job that runs until the device goes. */
static int export_fence(struct test_gpu *gpu)
{
	struct panthor_fence_info info;
	int fence;

	test_gpu_open_untimed(gpu, 1);
	fence = panthor_syncobj_export(gpu->fd, test_submit_held(gpu, true), 0);
	igt_assert_lte(0, fence);
	igt_assert_eq(panthor_fence_info(fence, &info), 0);
	igt_assert_eq(info.status, 0);
	return fence;
}

static void expect_cancelled(int fence)
{
	struct panthor_fence_info info;

	igt_assert_eq(panthor_fence_wait(fence, TEST_TIMEOUT), 0);
	igt_assert_eq(panthor_fence_info(fence, &info), 0);
	igt_assert_eq(info.status, -ECANCELED);
}

/* The fence of a pending job signals, and can be read for as long as there is the file. */
static void test_sync_file(void)
{
	struct test_gpu gpu;
	int fence = export_fence(&gpu);

	test_unbind();
	expect_cancelled(fence);
	close_device(&gpu);
	test_bind();
	expect_works();
	expect_cancelled(fence);
	close(fence);
}

static bool has_dump(void)
{
	glob_t found;
	bool any = !glob(DUMPS, 0, NULL, &found);

	globfree(&found);
	return any;
}

static void make_dump(void)
{
	struct test_gpu gpu;
	struct csb b;

	test_clear_dumps();
	test_gpu_open(&gpu, 1);
	csb_init(&b);
	csb_emit(&b, 0xff00123456789abcull);
	igt_assert_eq(test_run(&gpu, 0, &b), -EINVAL);
	for (int i = 0; i < 2000 && !has_dump(); i++)
		usleep(10000);
	igt_assert(has_dump());
	test_gpu_close(&gpu);
}

/* A dump is a copy: it can be read until it is released. */
static void test_dump(void)
{
	struct held held = {};

	make_dump();
	hold(&held, DUMPS);
	test_unbind();
	igt_assert_lt(15, pread(held.fd[0], text, sizeof(text), 0));
	igt_assert_eq(strncmp(text, "vpanthor dump 1\n", 16), 0);
	test_bind();
	test_clear_dumps();
	igt_assert_eq(pread(held.fd[0], text, sizeof(text), 0), -1);
	release(&held);
	expect_works();
}

static int unload_module(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

static int unload(void)
{
	return unload_module("vpanthor");
}

/* The module cannot go while a file refers to it. */
static void test_unload(struct held *held, const char *what)
{
	int ret;

	ret = unload();
	igt_assert_f(ret == -EWOULDBLOCK, "unloaded with open %s: %d\n", what, ret);
	test_unbind();
	ret = unload();
	/* So that the next test has a device in any case */
	if (ret == -EWOULDBLOCK)
		test_bind();
	else
		igt_assert_eq(system("modprobe vpanthor"), 0);
	igt_assert_f(ret == -EWOULDBLOCK, "unloaded with open %s: %d\n", what, ret);
	release(held);
	igt_assert_eq(unload(), 0);
	igt_assert_eq(system("modprobe vpanthor"), 0);
	expect_works();
}

static void test_unload_debugfs(void)
{
	struct held held = {};

	hold_debugfs(&held);
	test_unload(&held, "debugfs files");
}

/* A dump is a copy that belongs to the kernel: it stays when the module goes. */
static void test_unload_dump(void)
{
	struct held held = {};

	make_dump();
	hold(&held, DUMPS);
	igt_assert_eq(unload(), 0);
	igt_assert_lt(15, pread(held.fd[0], text, sizeof(text), 0));
	igt_assert_eq(strncmp(text, "vpanthor dump 1\n", 16), 0);
	igt_assert_eq(system("modprobe vpanthor"), 0);
	test_clear_dumps();
	release(&held);
	expect_works();
}

/* A sysfs file does not keep the module: reads fail once it is gone. */
static void test_unload_sysfs(void)
{
	struct held held = {};
	char path[256];

	test_clear_dumps();
	test_device_path("profiling", path, sizeof(path));
	hold(&held, path);
	igt_assert_eq(unload(), 0);
	expect_gone(&held);
	igt_assert_eq(system("modprobe vpanthor"), 0);
	expect_gone(&held);
	release(&held);
	expect_works();
}

/* A mapping of the register page keeps the file, and so the module. */
static void test_unload_mapping(void)
{
	const volatile uint32_t *page;
	int fd = panthor_open();

	igt_assert_lte(0, fd);
	igt_assert_eq(panthor_flush_id_map(fd, &page), 0);
	close(fd);
	igt_assert_eq(unload(), -EWOULDBLOCK);
	panthor_flush_id_unmap(page);
	igt_assert_eq(unload(), 0);
	igt_assert_eq(system("modprobe vpanthor"), 0);
	expect_works();
}

/* A dma-buf keeps the module, by its file and by a mapping alone. */
static void test_unload_dma_buf(void)
{
	struct held held = { .fd = { export_page() }, .count = 1 };
	volatile uint32_t *mapped;
	int dma_buf;

	test_clear_dumps();
	test_unload(&held, "dma-buf");
	dma_buf = export_page();
	mapped = map_dma_buf(dma_buf);
	close(dma_buf);
	igt_assert_eq(unload(), -EWOULDBLOCK);
	igt_assert_eq_u32(mapped[0], CONTENT);
	munmap((void *)mapped, PANTHOR_PAGE_SIZE);
	igt_assert_eq(unload(), 0);
	igt_assert_eq(system("modprobe vpanthor"), 0);
	expect_works();
}

/*
 * Whether a fence that has signalled no longer calls its driver. Such kernels invent a name
 * for the driver then.
 */
static bool is_detached(int fence)
{
	struct sync_fence_info info = {};
	struct sync_file_info file = {
		.num_fences = 1,
		.sync_fence_info = (uintptr_t)&info,
	};

	igt_assert_eq(ioctl(fence, SYNC_IOC_FILE_INFO, &file), 0);
	return !strcmp(info.driver_name, "detached-driver");
}

/*
 * A fence does not keep the driver, whose module goes while a sync_file is open. It keeps
 * the job queue's if it calls it.
 */
static void test_unload_sync_file(void)
{
	struct test_gpu gpu;
	bool detached;
	int fence, held, ret;

	test_clear_dumps();
	fence = export_fence(&gpu);
	close_device(&gpu);
	igt_assert_eq(unload(), 0);
	expect_cancelled(fence);
	detached = is_detached(fence);
	held = unload_module("drm_jobqueue");
	if (!held) {
		/* Names and the free without the module */
		is_detached(fence);
		igt_assert_eq(system("modprobe drm_jobqueue"), 0);
	}
	close(fence);
	ret = unload_module("drm_jobqueue");
	for (int i = 0; i < RELEASE_MS && ret == -EWOULDBLOCK; i++) {
		usleep(1000);
		ret = unload_module("drm_jobqueue");
	}
	/* So that the next test has a device in any case */
	igt_assert_eq(system("modprobe vpanthor"), 0);
	igt_assert_f(held == (detached ? 0 : -EWOULDBLOCK),
		     "unload with an open sync_file: %d\n", held);
	igt_assert_f(!ret, "not unloaded after the sync_file was closed: %d\n", ret);
	expect_works();
}

int igt_main()
{
	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		igt_require_f(!system("modprobe -n vpanthor"), "no modprobe\n");
		test_clear_dumps();
	}

	igt_describe("debugfs files of a device that is unbound return errors.");
	igt_subtest("debugfs")
		test_debugfs();
	igt_describe("So do its attributes in sysfs.");
	igt_subtest("sysfs")
		test_sysfs();
	igt_describe("Nothing of a device that is unbound can be mapped.");
	igt_subtest("mmap")
		test_mmap();
	igt_describe("An exported buffer keeps its memory after an unbind.");
	igt_subtest("dma-buf")
		test_dma_buf();
	igt_describe("The fence of a pending job in a sync_file is cancelled by an unbind.");
	igt_subtest("sync-file")
		test_sync_file();
	igt_describe("A device coredump can be read after an unbind.");
	igt_subtest("dump")
		test_dump();
	igt_describe("The module is not unloaded while debugfs files are open.");
	igt_subtest("unload-debugfs")
		test_unload_debugfs();
	igt_describe("A device coredump can be read after the module is unloaded.");
	igt_subtest("unload-dump")
		test_unload_dump();
	igt_describe("The module is unloaded while an attribute is open.");
	igt_subtest("unload-sysfs")
		test_unload_sysfs();
	igt_describe("The module is not unloaded while its register page is mapped.");
	igt_subtest("unload-mapping")
		test_unload_mapping();
	igt_describe("The module is not unloaded while a dma-buf is open or mapped.");
	igt_subtest("unload-dma-buf")
		test_unload_dma_buf();
	igt_describe("The module is unloaded while a sync_file is open, the job queue's is not.");
	igt_subtest("unload-sync-file")
		test_unload_sync_file();
}
