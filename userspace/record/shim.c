// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * libvpan-record.so - loaded into a program by vpan-record, writes what the program does with
 * the GPU to the file that VPAN_RECORD names
 *
 * It stands between the program and ioctl(). A child that opens the device itself gets a
 * record of its own, with its process number appended to the name.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <drm/panthor_uapi.h>

#include "shim.h"

#define MAX_FD		1024
#define UNKNOWN		0
#define OTHER		(-1)

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
/* By file descriptor: UNKNOWN, OTHER, or 1 + the number of the open device file. */
static int files[MAX_FD];
static uint32_t nfiles;
static int output = -1;
static bool failed;
/* The process that is recorded; a child of vfork() shares all of this. */
static pid_t owner;
static int (*real_close)(int fd);
static int (*real_close_range)(unsigned int first, unsigned int last, int flags);
static int (*real_dup2)(int fd, int to);
static int (*real_dup3)(int fd, int to, int flags);
static int (*real_ioctl)(int fd, unsigned long request, ...);

/* The mask of the thread that has the lock, as the program has set it. */
static sigset_t program_mask;

static void block_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

/*
 * Signals wait while the record is written: their handlers may call what is recorded, too.
 * They do not wait for the lock, nor in the program's calls, which they may interrupt; the
 * record is whole there, and a handler takes the lock once more.
 */
static void take_lock(sigset_t *before)
{
	pthread_mutex_lock(&lock);
	block_signals(before);
	program_mask = *before;
}

static void drop_lock(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
	pthread_mutex_unlock(&lock);
}

/* The call of the program, with its signals; the caller has the lock. */
static int program_ioctl(int fd, unsigned long request, void *arg)
{
	sigset_t mask = program_mask, all;
	int ret, error;

	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	ret = real_ioctl(fd, request, arg);
	error = errno;
	block_signals(&all);
	program_mask = mask;
	errno = error;
	return ret;
}

static void complain(const char *what)
{
	if (!failed)
		fprintf(stderr, "vpan-record: error: %s: %s\n", what, strerror(errno));
	failed = true;
}

/* Say once that something is missing in the record. */
void shim_incomplete(const char *what)
{
	static bool said;

	if (!said)
		fprintf(stderr, "vpan-record: warning: not recorded: %s\n", what);
	said = true;
}

int shim_real_ioctl(int fd, unsigned long request, void *arg)
{
	return real_ioctl(fd, request, arg);
}

static void write_all(const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size && !failed) {
		ssize_t done = write(output, at, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			complain("the record is not complete");
			return;
		}
		at += done;
		size -= done;
	}
}

static void open_output(void)
{
	const char *name = getenv("VPAN_RECORD");
	char own[4096];

	if (output >= 0 || failed)
		return;
	if (!name)
		name = "vpan.record";
	output = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (output < 0 && errno == EEXIST) {
		snprintf(own, sizeof(own), "%s.%d", name, getpid());
		name = own;
		output = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	if (output >= 0) {
		/* Programs close and reuse low numbers. */
		int high = fcntl(output, F_DUPFD_CLOEXEC, MAX_FD / 2);

		if (high >= 0) {
			real_close(output);
			output = high;
		}
	}
	if (output < 0)
		complain(name);
	else
		write_all(RECORD_MAGIC, strlen(RECORD_MAGIC));
}

void shim_write(uint32_t type, uint32_t file, const void *head, size_t head_size,
		const void *data, size_t data_size)
{
	struct record_head entry = { type, file, head_size + data_size };

	open_output();
	if (failed)
		return;
	write_all(&entry, sizeof(entry));
	write_all(head, head_size);
	write_all(data, data_size);
}

static bool is_panthor(int fd)
{
	char name[32] = "";
	struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };

	return !real_ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, "panthor");
}

static bool same_file(int a, int b)
{
	long ret = syscall(SYS_kcmp, owner, owner, KCMP_FILE, a, b);

	if (ret < 0 && errno != EBADF)
		shim_incomplete("copies of file descriptors, as kcmp() is refused");
	return !ret;
}

/* Return: the number of the open device file, or -1. */
static int file_of(int fd)
{
	if (fd < 0 || fd >= MAX_FD) {
		if (is_panthor(fd))
			shim_incomplete("a device file with a number above 1023");
		return -1;
	}
	if (files[fd] == UNKNOWN && !is_panthor(fd))
		files[fd] = OTHER;
	for (int i = 0; files[fd] == UNKNOWN && i < MAX_FD; i++) {
		if (files[i] > 0 && same_file(fd, i))
			files[fd] = files[i];
	}
	if (files[fd] == UNKNOWN)
		files[fd] = ++nfiles;
	return files[fd] == OTHER ? -1 : files[fd] - 1;
}

/* Entry I of an array of the uAPI, whose stride may be that of another version. */
static void element(const struct drm_panthor_obj_array *array, uint32_t i, void *to,
		    size_t size)
{
	size_t copy = array->stride < size ? array->stride : size;

	memset(to, 0, size);
	memcpy(to, (const char *)(uintptr_t)array->array + (size_t)i * array->stride, copy);
}

/* SYNCS is the offset of the sync operations in an element, 0 if it has none. */
static void write_array(uint32_t type, uint32_t file, const void *head, size_t head_size,
			const struct drm_panthor_obj_array *array, size_t size, size_t syncs)
{
	char *copy = calloc(array->count ? array->count : 1, size);

	if (!copy) {
		complain("an array of the program");
		return;
	}
	for (uint32_t i = 0; i < array->count; i++) {
		element(array, i, copy + i * size, size);
		if (syncs)
			memset(copy + i * size + syncs, 0,
			       sizeof(struct drm_panthor_obj_array));
	}
	shim_write(type, file, head, head_size, copy, array->count * size);
	free(copy);
}

static void record_bind(uint32_t file, const struct drm_panthor_vm_bind *args)
{
	struct drm_panthor_vm_bind head = *args;

	head.ops.array = 0;
	write_array(RECORD_BIND, file, &head, sizeof(head), &args->ops,
		    sizeof(struct drm_panthor_vm_bind_op),
		    offsetof(struct drm_panthor_vm_bind_op, syncs));
}

static void record_group(uint32_t file, const struct drm_panthor_group_create *args)
{
	struct drm_panthor_group_create head = *args;

	head.queues.array = 0;
	write_array(RECORD_GROUP_CREATE, file, &head, sizeof(head), &args->queues,
		    sizeof(struct drm_panthor_queue_create), 0);
}

static void record_submit(uint32_t file, const struct drm_panthor_group_submit *args)
{
	struct drm_panthor_group_submit head = *args;

	head.queue_submits.array = 0;
	write_array(RECORD_SUBMIT, file, &head, sizeof(head), &args->queue_submits,
		    sizeof(struct drm_panthor_queue_submit),
		    offsetof(struct drm_panthor_queue_submit, syncs));
}

static void record_buffer(int fd, uint32_t file, const struct drm_panthor_bo_create *args)
{
	shim_write(RECORD_BO_CREATE, file, args, sizeof(*args), NULL, 0);
	shim_buffer_add(fd, file, args->handle, args->size,
			args->flags & DRM_PANTHOR_BO_NO_MMAP ? SHIM_NO_MAP : SHIM_MAP);
}

static void record_import(int fd, uint32_t file, const struct drm_prime_handle *args)
{
	struct drm_panthor_bo_create bo = {
		.size = lseek(args->fd, 0, SEEK_END), .handle = args->handle,
	};

	/* It may be a buffer of this file, which has its handle already. */
	if (shim_buffer_known(file, args->handle))
		return;
	shim_write(RECORD_BO_IMPORT, file, &bo, sizeof(bo), NULL, 0);
	/* One that this driver has exported, perhaps by another handle, can be mapped. */
	shim_buffer_add(fd, file, args->handle, bo.size, SHIM_TRY_MAP);
}

/* The call has succeeded. */
static void after(int fd, uint32_t file, unsigned int number, void *arg)
{
	switch (number) {
	case DRM_PANTHOR_VM_CREATE:
		shim_write(RECORD_VM_CREATE, file, arg, sizeof(struct drm_panthor_vm_create),
			   NULL, 0);
		break;
	case DRM_PANTHOR_VM_DESTROY:
		shim_write(RECORD_VM_DESTROY, file, arg,
			   sizeof(struct drm_panthor_vm_destroy), NULL, 0);
		break;
	case DRM_PANTHOR_VM_BIND:
		record_bind(file, arg);
		break;
	case DRM_PANTHOR_BO_CREATE:
		record_buffer(fd, file, arg);
		break;
	case DRM_PANTHOR_GROUP_CREATE:
		record_group(file, arg);
		break;
	case DRM_PANTHOR_GROUP_DESTROY:
		shim_write(RECORD_GROUP_DESTROY, file, arg,
			   sizeof(struct drm_panthor_group_destroy), NULL, 0);
		break;
	case DRM_PANTHOR_GROUP_SUBMIT:
		record_submit(file, arg);
		break;
	case DRM_PANTHOR_TILER_HEAP_CREATE:
		shim_write(RECORD_HEAP_CREATE, file, arg,
			   sizeof(struct drm_panthor_tiler_heap_create), NULL, 0);
		break;
	case DRM_PANTHOR_TILER_HEAP_DESTROY:
		shim_write(RECORD_HEAP_DESTROY, file, arg,
			   sizeof(struct drm_panthor_tiler_heap_destroy), NULL, 0);
		break;
	}
}

static int close_buffer(int fd, uint32_t file, unsigned long request, void *arg)
{
	const struct drm_gem_close *args = arg;
	uint32_t handle = args->handle;
	int ret;

	shim_buffer_close(file, handle);
	ret = program_ioctl(fd, request, arg);
	if (!ret)
		shim_write(RECORD_BO_CLOSE, file, &handle, sizeof(handle), NULL, 0);
	return ret;
}

static int record_call(int fd, unsigned long request, void *arg)
{
	unsigned int number = _IOC_NR(request);
	int file = file_of(fd);
	int ret;

	if (file < 0)
		return program_ioctl(fd, request, arg);
	if (number == _IOC_NR(DRM_IOCTL_GEM_CLOSE))
		return close_buffer(fd, file, request, arg);
	if (number == DRM_COMMAND_BASE + DRM_PANTHOR_GROUP_SUBMIT)
		shim_buffers_record(file);
	ret = program_ioctl(fd, request, arg);
	if (ret)
		return ret;
	if (number == _IOC_NR(DRM_IOCTL_PRIME_FD_TO_HANDLE))
		record_import(fd, file, arg);
	else
		after(fd, file, number - DRM_COMMAND_BASE, arg);
	return ret;
}

/* Others, waits among them, must not have the lock. */
static bool is_recorded(unsigned long request)
{
	unsigned int number = _IOC_NR(request);

	return _IOC_TYPE(request) == DRM_IOCTL_BASE &&
	       (number == _IOC_NR(DRM_IOCTL_GEM_CLOSE) ||
		number == _IOC_NR(DRM_IOCTL_PRIME_FD_TO_HANDLE) ||
		(number >= DRM_COMMAND_BASE && number < DRM_COMMAND_END));
}

static void child(void)
{
	static const pthread_mutex_t free_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

	lock = free_lock;
	owner = getpid();
	if (output >= 0)
		real_close(output);
	output = -1;
	shim_buffers_forget();
	for (int fd = 0; fd < MAX_FD; fd++)
		files[fd] = files[fd] == UNKNOWN ? UNKNOWN : OTHER;
	nfiles = 0;
	failed = false;
}

static void begin_once(void)
{
	real_ioctl = dlsym(RTLD_NEXT, "ioctl");
	real_close = dlsym(RTLD_NEXT, "close");
	real_close_range = dlsym(RTLD_NEXT, "close_range");
	real_dup2 = dlsym(RTLD_NEXT, "dup2");
	real_dup3 = dlsym(RTLD_NEXT, "dup3");
	owner = getpid();
	pthread_atfork(NULL, NULL, child);
}

static void begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, begin_once);
}

__attribute__((destructor)) static void end(void)
{
	sigset_t before;

	begin();
	take_lock(&before);
	shim_buffers_results();
	drop_lock(&before);
}

__attribute__((visibility("default"))) int ioctl(int fd, unsigned long request, ...)
{
	sigset_t before;
	va_list list;
	void *arg;
	int ret, error;

	va_start(list, request);
	arg = va_arg(list, void *);
	va_end(list);
	begin();
	if (!is_recorded(request))
		return real_ioctl(fd, request, arg);
	take_lock(&before);
	ret = record_call(fd, request, arg);
	error = errno;
	drop_lock(&before);
	errno = error;
	return ret;
}

/* The number of a descriptor may be given to another file from here on. */
static void forget(int fd)
{
	int file = files[fd];
	sigset_t before;
	bool last = true;

	if (file <= 0) {
		/* Without the lock, which a long call of another thread may have. */
		__atomic_store_n(&files[fd], UNKNOWN, __ATOMIC_RELAXED);
		return;
	}
	take_lock(&before);
	files[fd] = UNKNOWN;
	/* A copy need not have been used so far. */
	for (int i = 0; i < MAX_FD; i++) {
		if (i != fd && files[i] == UNKNOWN && same_file(fd, i))
			files[i] = file;
		last &= files[i] != file;
	}
	if (last)
		shim_buffers_close(file - 1);
	drop_lock(&before);
}

static void forget_range(unsigned int first, unsigned int last)
{
	for (unsigned int fd = first; fd < MAX_FD && fd <= last; fd++) {
		if (getpid() == owner)
			forget(fd);
	}
}

/* FD takes the place of TO. */
static void replace(int fd, int to)
{
	begin();
	/* A child of vfork() has its own files, but the parent's memory. */
	if (getpid() != owner || fd == to || to < 0 || fcntl(fd, F_GETFD) < 0)
		return;
	if (to == output)
		output = fcntl(output, F_DUPFD_CLOEXEC, MAX_FD / 2);
	forget_range(to, to);
}

__attribute__((visibility("default"))) int close(int fd)
{
	begin();
	if (fd >= 0 && fd == output) {
		errno = EBADF;
		return -1;
	}
	if (fd >= 0)
		forget_range(fd, fd);
	return real_close(fd);
}

__attribute__((visibility("default"))) int dup2(int fd, int to)
{
	replace(fd, to);
	return real_dup2(fd, to);
}

__attribute__((visibility("default"))) int dup3(int fd, int to, int flags)
{
	replace(fd, to);
	return real_dup3(fd, to, flags);
}

__attribute__((visibility("default")))
int close_range(unsigned int first, unsigned int last, int flags)
{
	unsigned int kept = output;
	int ret = 0;

	begin();
	if (flags || first > last)
		return real_close_range(first, last, flags);
	forget_range(first, last);
	if (output < 0 || kept < first || kept > last)
		return real_close_range(first, last, 0);
	if (kept > first)
		ret = real_close_range(first, kept - 1, 0);
	if (!ret && kept < last)
		ret = real_close_range(kept + 1, last, 0);
	return ret;
}

__attribute__((visibility("default"))) void closefrom(int first)
{
	close_range(first < 0 ? 0 : first, ~0u, 0);
}
