// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The GPU context of the measuring programs. A failing call ends the program, as
 * its figures would be meaningless.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
