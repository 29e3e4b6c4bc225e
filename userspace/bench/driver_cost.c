// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * driver-cost - measure what the driver costs its callers
 *
 * For a guest whose time counts instructions (QEMU's -icount). Jobs are followed
 * from before the system call by tracepoints; the cost of the tracepoints is not
 * deducted.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <x86intrin.h>

#include "bench_gpu.h"
#include "tracing.h"

#define WARM_UP		200
#define TIMES		31
#define LARGE_TIMES	7
#define SHARED_BUFS	16

#define PAGE		PANTHOR_PAGE_SIZE
#define BLOCK		PANTHOR_BLOCK_SIZE
#define LARGE		(512 * BLOCK)
#define LARGE_VA	(4 * LARGE)

static void report(const char *what, double *costs, unsigned int count)
{
	printf("what=%s cost=%.0f\n", what, median(costs, count));
}

/* --- Submission ------------------------------------------------------------------- */

/**
 * struct submission - a prepared GROUP_SUBMIT
 * @g: the context
 * @args: arguments of the ioctl
 * @submit: its only job
 * @syncs: sync operations of @submit
 * @binary: a binary syncobj
 */
struct submission {
	struct gpu *g;
	struct drm_panthor_group_submit args;
	struct drm_panthor_queue_submit submit;
	struct drm_panthor_sync_op syncs[2];
	uint32_t binary;
};

static void signal_binary(struct submission *s)
{
	s->syncs[0] = (struct drm_panthor_sync_op) {
		.flags = DRM_PANTHOR_SYNC_OP_SIGNAL,
		.handle = s->binary,
	};
}

/* Each job waits for the previous one, which has completed. */
static void wait_and_signal(struct submission *s)
{
	s->syncs[0] = (struct drm_panthor_sync_op) {
		.flags = DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ,
		.handle = s->g->done,
		.timeline_value = s->g->point,
	};
	s->syncs[1] = (struct drm_panthor_sync_op) {
		.flags = DRM_PANTHOR_SYNC_OP_HANDLE_TYPE_TIMELINE_SYNCOBJ |
			 DRM_PANTHOR_SYNC_OP_SIGNAL,
		.handle = s->g->done,
		.timeline_value = ++s->g->point,
	};
}

static void prepare(struct submission *s, unsigned int nsyncs)
{
	if (nsyncs == 1)
		signal_binary(s);
	else
		wait_and_signal(s);
	s->submit.syncs = (struct drm_panthor_obj_array)
		DRM_PANTHOR_OBJ_ARRAY(nsyncs, s->syncs);
	s->args.queue_submits = (struct drm_panthor_obj_array)
		DRM_PANTHOR_OBJ_ARRAY(1, &s->submit);
}

/* Return: the time at which the ioctl began. */
static double submit(struct submission *s, unsigned int nsyncs)
{
	uint64_t begin;
	int ret;

	prepare(s, nsyncs);
	begin = __rdtsc();
	ret = ioctl(s->g->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &s->args);
	need(!ret, "GROUP_SUBMIT failed");
	need(!panthor_syncobj_wait(s->g->fd, nsyncs == 1 ? s->binary : s->g->done,
				   nsyncs == 1 ? 0 : s->g->point,
				   60 * PANTHOR_SECOND), "timed out waiting for a job");
	return begin;
}

/* Times of the events of one job */
struct event_times {
	double begin;
	double doorbell;
	double irq;
	double signal;
};

static const char * const events[] = {
	"vcsf/vcsf_doorbell", "irq/irq_handler_entry", "dma_fence/dma_fence_signaled",
};

static void note_line(void *data, const struct trace_line *line)
{
	struct event_times *m = data;
	const char *arg;

	if (line->time < m->begin || m->signal)
		return;
	arg = strstr(line->args, "doorbell=");
	if (arg && !m->doorbell && strtoul(arg + 9, NULL, 10))
		m->doorbell = line->time;
	if (!m->doorbell)
		return;
	if (strstr(line->args, "name=job"))
		m->irq = line->time;
	if (m->irq && !strcmp(line->name, "dma_fence_signaled"))
		m->signal = line->time;
}

static void measure_submit(struct submission *s, unsigned int nsyncs,
			   const char *to_ring, const char *to_signal)
{
	double ring[TIMES], signal[TIMES];

	for (unsigned int i = 0; i < WARM_UP; i++)
		submit(s, nsyncs);
	tracing_start(events, ARRAY_SIZE(events));
	for (unsigned int i = 0; i < TIMES; i++) {
		struct event_times m = {};

		tracing_clear();
		/* A first job powers up the GPU; otherwise there is no doorbell. */
		submit(s, nsyncs);
		m.begin = submit(s, nsyncs);
		tracing_read(note_line, &m);
		need(m.doorbell && m.irq && m.signal, "incomplete trace");
		ring[i] = m.doorbell - m.begin;
		signal[i] = m.signal - m.irq;
	}
	tracing_stop();
	report(to_ring, ring, TIMES);
	report(to_signal, signal, TIMES);
}

static void submissions(struct gpu *g)
{
	struct submission s = { .g = g, .args.group_handle = g->group };
	uint64_t size = PAGE;
	uint32_t bo;
	struct csb b;

	csb_init(&b);
	csb_move32(&b, 70, 1);
	s.submit.stream_size = csb_size(&b);
	s.submit.stream_addr = CODE_VA;
	/* The timeline needs a point to wait for. */
	gpu_run(g, &b);
	need(!panthor_syncobj_create(g->fd, 0, &s.binary), "cannot create a syncobj");

	measure_submit(&s, 1, "submit-to-ring", "irq-to-signal");
	measure_submit(&s, 2, "submit-timeline-to-ring", "irq-to-signal-timeline");
	/* Submission also locks the buffers that other address spaces can map. */
	for (unsigned int i = 0; i < SHARED_BUFS; i++)
		need(!panthor_bo_create(g->fd, &size, 0, 0, &bo) &&
		     !panthor_vm_map(g->fd, g->vm, FREE_VA + i * PAGE, bo, 0, size, 0),
		     "cannot map a shared buffer");
	measure_submit(&s, 1, "submit-16-shared-to-ring", "irq-to-signal-16-shared");
}

/* --- VM_BIND ---------------------------------------------------------------------- */

static double bind_cost(struct gpu *g, uint32_t bo, uint64_t va, uint64_t size)
{
	struct drm_panthor_vm_bind_op op = {
		.flags = bo ? DRM_PANTHOR_VM_BIND_OP_TYPE_MAP :
			      DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
		.bo_handle = bo,
		.va = va,
		.size = size,
	};
	struct drm_panthor_vm_bind args = {
		.vm_id = g->vm,
		.ops = DRM_PANTHOR_OBJ_ARRAY(1, &op),
	};
	double none = thread_ns(), begin = thread_ns(), end;
	int ret;

	ret = ioctl(g->fd, DRM_IOCTL_PANTHOR_VM_BIND, &args);
	end = thread_ns();
	need(!ret, "VM_BIND failed");
	/* Deduct the cost of reading the clock. */
	return end - begin - (begin - none);
}

static uint32_t new_bo(struct gpu *g, uint64_t size)
{
	uint32_t bo;

	need(!panthor_bo_create(g->fd, &size, 0, g->vm, &bo), "cannot create a buffer");
	return bo;
}

/* Map each page next to the previous ones, then replace it, then unmap it. */
static void bind_pages(struct gpu *g)
{
	uint64_t va = FREE_VA + LARGE;
	double map[TIMES], replace[TIMES], unmap[TIMES], table[TIMES];
	uint32_t bo = new_bo(g, PAGE);

	for (unsigned int i = 0; i < WARM_UP; i++, va += PAGE)
		bind_cost(g, bo, va, PAGE);
	for (unsigned int i = 0; i < TIMES; i++, va += PAGE) {
		map[i] = bind_cost(g, bo, va, PAGE);
		replace[i] = bind_cost(g, bo, va, PAGE);
		unmap[i] = bind_cost(g, 0, va, PAGE);
	}
	for (unsigned int i = 0; i < TIMES; i++) {
		va += BLOCK;
		table[i] = bind_cost(g, bo, va, PAGE);
	}
	report("bind-4k", map, TIMES);
	report("bind-4k-over", replace, TIMES);
	report("bind-4k-new-table", table, TIMES);
	report("unbind-4k", unmap, TIMES);
}

/* Have shmem allocate blocks of at least 2 MiB ("always") or single pages ("never"). */
static void shmem_huge(const char *when)
{
	FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "w");

	need(file, "cannot open shmem_enabled");
	fputs(when, file);
	need(!fclose(file), "cannot configure huge pages");
}

/*
 * A first mapping populates the buffer, so that the cost of allocating and
 * clearing its pages is not attributed to the driver.
 */
static void bind_large(struct gpu *g, uint64_t size, const char *map_name,
		       const char *unmap_name)
{
	double map[LARGE_TIMES], unmap[LARGE_TIMES];
	uint32_t bo = new_bo(g, size);

	need(!panthor_vm_map(g->fd, g->vm, LARGE_VA / 2, bo, 0, PAGE, 0),
	     "cannot populate a buffer");
	for (unsigned int i = 0; i < LARGE_TIMES; i++) {
		map[i] = bind_cost(g, bo, LARGE_VA, size);
		unmap[i] = bind_cost(g, 0, LARGE_VA, size);
	}
	report(map_name, map, LARGE_TIMES);
	report(unmap_name, unmap, LARGE_TIMES);
	need(!panthor_vm_unmap(g->fd, g->vm, LARGE_VA / 2, PAGE) &&
	     !panthor_bo_close(g->fd, bo), "cannot release a buffer");
}

int main(void)
{
	struct gpu g;

	gpu_open(&g);
	/* From here on the group and its address space are resident on the GPU. */
	submissions(&g);
	bind_pages(&g);
	shmem_huge("always");
	bind_large(&g, LARGE, "bind-1g-by-2m", "unbind-1g-by-2m");
	shmem_huge("never");
	bind_large(&g, LARGE / 16, "bind-64m-by-4k", "unbind-64m-by-4k");

	return 0;
}
