// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The GPU context of the measuring programs. A failing call ends the program, as
 * its figures would be meaningless.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "bench_gpu.h"

/**
 * need - end the program unless a condition holds
 * @ok: the condition
 * @what: the error message
 */
void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
	exit(1);
}

/**
 * gpu_open - create a context
 * @g: the context
 */
void gpu_open(struct gpu *g)
{
	memset(g, 0, sizeof(*g));
	g->fd = panthor_open();
	need(g->fd >= 0, "no panthor device");
	need(!panthor_vm_create(g->fd, 0, &g->vm), "cannot create an address space");
	need(!panthor_buf_create(g->fd, g->vm, CODE_VA, CODE_SIZE, 0, &g->code),
	     "cannot create the code buffer");
	need(!panthor_buf_create(g->fd, g->vm, DATA_VA, PANTHOR_PAGE_SIZE,
				 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, &g->data),
	     "cannot create the data buffer");
	need(!panthor_group_create(g->fd, g->vm, 1, RING_SIZE, &g->group),
	     "cannot create a group");
	need(!panthor_syncobj_create(g->fd, 0, &g->done), "cannot create a syncobj");
}

/**
 * gpu_keep_power - keep the GPU powered, so that changes of address spaces reach it
 * @g: the context
 */
void gpu_keep_power(const struct gpu *g)
{
	char path[128];
	struct stat st;
	FILE *file;

	need(!fstat(g->fd, &st), "cannot stat the device file");
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device/power/control",
		 major(st.st_rdev), minor(st.st_rdev));
	file = fopen(path, "w");
	need(file && fputs("on", file) >= 0 && !fclose(file), "cannot set power/control");
}

/**
 * gpu_load - copy a stream to %CODE_VA
 * @g: the context, which runs no job
 * @b: the stream, freed on return
 *
 * Return: its size in bytes.
 */
uint32_t gpu_load(struct gpu *g, struct csb *b)
{
	uint32_t size = csb_size(b);

	need(!csb_finish(b) && size <= CODE_SIZE, "invalid or oversized stream");
	memcpy(g->code.cpu, b->words, size);
	csb_fini(b);
	return size;
}

/**
 * gpu_run - run a stream and wait until it ends
 * @g: the context
 * @b: the stream, freed on return
 */
void gpu_run(struct gpu *g, struct csb *b)
{
	struct panthor_job job;

	panthor_job_init(&job, 0, CODE_VA, gpu_load(g, b));
	panthor_job_signal(&job, g->done, ++g->point);
	need(!panthor_submit(g->fd, g->group, &job, 1), "GROUP_SUBMIT failed");
	need(!panthor_syncobj_wait(g->fd, g->done, g->point, 60 * PANTHOR_SECOND),
	     "timed out waiting for a job");
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/**
 * median - compute the median
 * @values: the values, sorted on return
 * @count: number of values
 *
 * Return: the median.
 */
double median(double *values, unsigned int count)
{
	qsort(values, count, sizeof(*values), by_value);

	return values[count / 2];
}

/**
 * thread_ns - read the processor time of this thread
 *
 * That of other threads on the same processor is not included, that of interrupts is.
 *
 * Return: the time in nanoseconds.
 */
double thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

/**
 * call_cost - measure an ioctl
 * @g: the context
 * @request: the ioctl
 * @args: its arguments
 *
 * Return: its processor time in nanoseconds, without that of reading the clock.
 */
double call_cost(const struct gpu *g, unsigned long request, void *args)
{
	double none = thread_ns(), begin = thread_ns(), end;
	int ret;

	ret = ioctl(g->fd, request, args);
	end = thread_ns();
	need(!ret, "an ioctl failed");
	return end - begin - (begin - none);
}
