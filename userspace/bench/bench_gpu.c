// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_gpu.h"

/**
 * need - end the program unless something is as it must be
 * @ok: whether it is
 * @what: what went wrong otherwise
 */
void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
	exit(1);
}

/**
 * gpu_open - make a context
 * @g: the context
 */
void gpu_open(struct gpu *g)
{
	memset(g, 0, sizeof(*g));
	g->fd = panthor_open();
	need(g->fd >= 0, "there is no GPU");
	need(!panthor_vm_create(g->fd, 0, &g->vm), "no address space");
	need(!panthor_buf_create(g->fd, g->vm, CODE_VA, CODE_SIZE, 0, &g->code),
	     "no code buffer");
	need(!panthor_buf_create(g->fd, g->vm, DATA_VA, PANTHOR_PAGE_SIZE,
				 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, &g->data),
	     "no data buffer");
	need(!panthor_group_create(g->fd, g->vm, 1, RING_SIZE, &g->group),
	     "no group");
	need(!panthor_syncobj_create(g->fd, 0, &g->done), "no syncobj");
}

/**
 * gpu_load - put a stream where jobs find it, at %CODE_VA
 * @g: the context; no job runs
 * @b: the stream, freed on return
 *
 * Return: its size in bytes.
 */
uint32_t gpu_load(struct gpu *g, struct csb *b)
{
	uint32_t size = csb_size(b);

	need(!csb_finish(b) && size <= CODE_SIZE, "a bad stream");
	memcpy(g->code.cpu, b->words, size);
	csb_fini(b);
	return size;
}

/**
 * gpu_run - run a stream and wait for its end
 * @g: the context
 * @b: the stream, freed on return
 */
void gpu_run(struct gpu *g, struct csb *b)
{
	struct panthor_job job;

	panthor_job_init(&job, 0, CODE_VA, gpu_load(g, b));
	panthor_job_signal(&job, g->done, ++g->point);
	need(!panthor_submit(g->fd, g->group, &job, 1), "a job was refused");
	need(!panthor_syncobj_wait(g->fd, g->done, g->point, 60 * PANTHOR_SECOND),
	     "a job does not end");
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/**
 * median - of some figures
 * @values: the figures, sorted on return
 * @count: number of them
 *
 * Return: the one in the middle.
 */
double median(double *values, unsigned int count)
{
	qsort(values, count, sizeof(*values), by_value);

	return values[count / 2];
}
