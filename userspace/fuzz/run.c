// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * One program from outside: a child process runs it, and the manager waits for the
 * child with a limit. The text of the last programs is kept in files, because the
 * machine may not survive. After programs that inject faults the manager disarms
 * them, and checks that the GPU executes a job; it binds the driver again if the
 * faults made it give up the GPU.
 */

#include <drm/panthor_uapi.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "manager.h"

/* A program takes at most ten seconds on an idle machine, and a guest may be slow. */
#define LIMIT_S		200
/* Programs between two checks of the device, and files with the last programs */
#define CHECK_EVERY	64
#define LAST_PROGRAMS	8
#define JOB_S		120

/**
 * fz_now - read the time
 *
 * Return: seconds of the monotonic clock.
 */
unsigned int fz_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static void keep_text(struct fz_manager *m, const struct fz_prog *prog)
{
	static char text[FZ_TEXT_MAX];
	char path[256];
	int n;

	if (!m->options.out)
		return;
	n = snprintf(text, sizeof(text), "# program %u\n", m->programs);
	fz_print(prog, text + n, sizeof(text) - n);
	snprintf(path, sizeof(path), "%s/last-%u", m->options.out,
		 m->programs % LAST_PROGRAMS);
	write_file(path, text);
}

/* Wait for a child; 0 and its wait status, or -ETIMEDOUT if it does not end. */
static int wait_child(pid_t child, unsigned int seconds, int *status)
{
	struct pollfd poller = { .fd = syscall(SYS_pidfd_open, child, 0), .events = POLLIN };
	int ret = poll(&poller, 1, seconds * 1000);

	close(poller.fd);
	if (!ret)
		return -ETIMEDOUT;
	waitpid(child, status, 0);
	return 0;
}

static void run_child(struct fz_manager *m, const struct fz_prog *prog)
{
	struct fz_run run = {
		.count = prog->count, .call = fz_exec_call, .data = (void *)prog,
		.start = fz_cover_start, .end = fz_cover_end,
	};

	setsid();
	/* The OOM killer is to choose this process, not the manager. */
	write_file("/proc/self/oom_score_adj", "1000");
	for (unsigned int i = 0; i < prog->count; i++) {
		run.actor[i] = prog->calls[i].actor;
		run.async[i] = prog->calls[i].async;
	}
	fz_run(&run, m->shared);
	_exit(0);
}

static void count_results(struct fz_manager *m, const struct fz_prog *prog)
{
	for (unsigned int i = 0; i < prog->count; i++) {
		const struct fz_call *call = &prog->calls[i];
		int result = m->shared->results[i];

		m->calls++;
		m->good += !result;
		if (m->options.verbose)
			printf("%3u %u %-18s %s\n", i, call->actor, fz_ops[call->op].name,
			       result ? strerrorname_np(-result) : "ok");
	}
}

/**
 * fz_execute - run a program
 * @m: manager
 * @prog: the program
 *
 * Return: 0, -ETIMEDOUT if its process takes too long, which is a failure also if it
 * can be killed, -EAGAIN if it cannot be started, or an error of the device.
 */
int fz_execute(struct fz_manager *m, const struct fz_prog *prog)
{
	int ret, status = 0;
	pid_t child;

	if (m->programs % CHECK_EVERY == CHECK_EVERY - 1 || m->dirty) {
		ret = fz_check_device(m);
		if (ret)
			return ret;
	}
	keep_text(m, prog);
	m->programs++;
	m->dirty = fz_uses_root(prog);
	fz_cover_next();
	memset(m->shared, 0, sizeof(*m->shared));
	/* What a child that dies has not done is no success. */
	for (unsigned int i = 0; i < prog->count; i++)
		m->shared->results[i] = -ECANCELED;
	fflush(stdout);
	child = fork();
	if (child < 0)
		return -errno;
	if (!child)
		run_child(m, prog);
	ret = wait_child(child, LIMIT_S, &status);
	if (ret) {
		kill(child, SIGKILL);
		ret = wait_child(child, LIMIT_S, &status);
		printf("fuzz: program %u took longer than %u s%s\n", m->programs - 1, LIMIT_S,
		       ret ? ", and its process does not end" : "");
		return -ETIMEDOUT;
	}
	if (status)
		m->died++;
	if (WIFEXITED(status) && WEXITSTATUS(status) == FZ_EXIT_NO_ACTOR) {
		printf("fuzz: program %u: its threads cannot be started\n", m->programs - 1);
		return -EAGAIN;
	}
	count_results(m, prog);
	return 0;
}

/* --- State of the device --------------------------------------------------------- */

static const char job_text[] =
	"0 open f0 0\n0 vm_create f0 0 0x100000000 v0\n"
	"0 bo_create f0 0x10000 0 0 0 b0\n"
	"0 bind_op 0 b0 0 0x1000000 0x10000 - - -\n0 vm_bind f0 v0 0 - - -\n"
	"0 queue 1 4096\n0 group_create f0 - - - 1 1 1 1 0 1 1 1 v0 g0\n"
	"0 syncobj_create f0 0 s0\n0 sync 0x80000000 s0 0\n"
	"0 job 0 0x300 0x1000000 0 0 - - -\n0 group_submit f0 g0 0 - - -\n";

/* 0 if the fence of a syncobj has signalled without an error, or a negative errno */
static int fence_error(int fd, uint32_t syncobj)
{
	struct drm_syncobj_handle args = {
		.handle = syncobj, .flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
	};
	struct sync_file_info info = {};

	if (ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args) ||
	    ioctl(args.fd, SYNC_IOC_FILE_INFO, &info))
		return -errno;
	return info.status == 1 ? 0 : info.status ?: -EBUSY;
}

/* Exit status of the child: 0, or the errno of the call or the job that failed */
static void run_job(struct fz_shared *shared)
{
	static struct fz_process process;
	static struct fz_actor a = { .process = &process };
	static unsigned char arena[FZ_ARENA];
	struct drm_syncobj_wait wait = { .count_handles = 1 };
	struct timespec now;
	struct fz_prog prog;
	char error[64];
	uint32_t handle;
	long ret;

	a.shared = shared;
	a.arena = arena;
	memset(process.fds, 0xff, sizeof(process.fds));
	fz_parse(&prog, job_text, error, sizeof(error));
	for (unsigned int i = 0; i < prog.count; i++) {
		ret = fz_exec_call(&a, i, &prog);
		if (ret)
			_exit(-ret);
	}
	handle = shared->handles[FZ_SYNC][0];
	clock_gettime(CLOCK_MONOTONIC, &now);
	wait.handles = (uintptr_t)&handle;
	wait.timeout_nsec = (now.tv_sec + JOB_S) * 1000000000ll;
	if (ioctl(process.fds[0][0], DRM_IOCTL_SYNCOBJ_WAIT, &wait))
		_exit(errno);
	_exit(-fence_error(process.fds[0][0], handle));
}

/* 0, or the negative errno of the first call that failed, or of the job */
static int try_job_once(struct fz_manager *m)
{
	pid_t child;
	int status = 0;

	memset(m->shared, 0, sizeof(*m->shared));
	fflush(stdout);
	child = fork();
	if (child < 0)
		return -errno;
	if (!child)
		run_job(m->shared);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

/* The job may exceed its time limit if the host is busy, but not twice. */
static int try_job(struct fz_manager *m)
{
	int ret = try_job_once(m);

	return ret == -ETIMEDOUT || ret == -ETIME ? try_job_once(m) : ret;
}

static void disarm(void)
{
	glob_t found;

	if (glob("/sys/kernel/debug/vcsf-mali/inject/*", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (!strstr(found.gl_pathv[i], "seed"))
			write_file(found.gl_pathv[i], "0");
	globfree(&found);
}

static void rebind(void)
{
	write_file("/sys/bus/platform/drivers/vpanthor/unbind", "vcsf-mali");
	write_file("/sys/bus/platform/drivers/vpanthor/bind", "vcsf-mali");
}

static void release_dumps(void)
{
	glob_t found;

	if (glob("/sys/class/devcoredump/devcd*/data", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		write_file(found.gl_pathv[i], "1");
	globfree(&found);
}

/**
 * fz_check_device - check that the GPU executes a job
 * @m: manager
 *
 * Return: 0 or a negative errno.
 */
int fz_check_device(struct fz_manager *m)
{
	int ret;

	if (m->dirty)
		disarm();
	release_dumps();
	ret = try_job(m);
	/* Injected faults may have made the driver give up the GPU. */
	if (ret && m->dirty) {
		printf("fuzz: rebinding the device after program %u with faults: %s\n",
		       m->programs - 1, strerrorname_np(-ret));
		m->rebinds++;
		rebind();
		ret = try_job(m);
	}
	if (ret)
		printf("fuzz: the GPU does not execute a job after %u programs: %s\n",
		       m->programs, strerrorname_np(-ret));
	m->dirty = false;
	return ret;
}
