// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * compare-cost - measure what a panthor driver costs its callers, whichever it is
 *
 * Runs on vpanthor and on the kernel's own panthor driver. For a guest whose time counts
 * instructions (QEMU's -icount). Nothing here depends on trace points or parameters of one
 * driver: the cost of a call is the processor time of the calling thread. That includes
 * interrupts, in which the software GPU may work, so that their time is measured by the
 * kernel's trace points of interrupts and deducted. The time that a round trip spends in
 * the idle task is measured and deducted in the same way.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "bench_gpu.h"
#include "tracing.h"

#define WARM_UP		200
#define TIMES		31
#define LARGE_TIMES	7
#define COPIES		64

#define PAGE		PANTHOR_PAGE_SIZE
#define BLOCK		PANTHOR_BLOCK_SIZE
#define LARGE		(512 * BLOCK)
#define LARGE_VA	(4 * LARGE)
#define MEDIUM		(32 * BLOCK)

static void report(const char *what, double cost)
{
	printf("what=%s cost=%.0f\n", what, cost);
}

/* --- Submission ------------------------------------------------------------------- */

static const char * const events[] = {
	"power/cpu_idle", "sched/sched_switch", "irq/irq_handler_entry",
	"irq_vectors/irq_work_entry", "irq_vectors/irq_work_exit",
	"irq_vectors/local_timer_entry", "irq_vectors/local_timer_exit",
};

/**
 * struct trip - a job from its submission until its caller has seen its fence
 * @self: this thread, as the next one of a switch
 * @begin: time before the call
 * @submitted: time after it
 * @end: time after the wait
 * @call: CPU time of the call
 * @irq: time in interrupts during the call
 * @irq_events: trace points that they passed
 * @idle: time in the idle task until @end
 * @away: another thread has the processor
 * @in_irq: beginning of the current interrupt, 0 outside
 * @in_idle: beginning of the current idle time, 0 outside
 */
struct trip {
	char self[32];
	double begin;
	double submitted;
	double end;
	double call;
	double irq;
	double irq_events;
	double idle;
	bool away;
	double in_irq;
	double in_idle;
};

static void note_line(void *data, const struct trace_line *line)
{
	struct trip *trip = data;
	bool entry = strstr(line->name, "_entry") && !strstr(line->name, "handler");

	if (line->time < trip->begin || line->time > trip->end)
		return;
	/* An interrupt ends the halt of the processor before cpu_idle says so. */
	if (trip->in_idle)
		trip->idle += line->time - trip->in_idle;
	trip->in_idle = 0;
	if (!strcmp(line->name, "cpu_idle") && !strstr(line->args, "state=4294967295"))
		trip->in_idle = line->time;

	/* Interrupts during other threads are not in the CPU time of the call. */
	if (!strcmp(line->name, "sched_switch"))
		trip->away = !strstr(line->args, trip->self);
	if (line->time > trip->submitted || trip->away)
		return;
	if (entry)
		trip->in_irq = line->time;
	if (trip->in_irq)
		trip->irq_events++;
	if (strstr(line->name, "_exit") && trip->in_irq) {
		trip->irq += line->time - trip->in_irq;
		trip->in_irq = 0;
	}
}

static void make_trip(const struct gpu *g, struct drm_panthor_group_submit *args,
		      uint32_t done, struct trip *trip)
{
	memset(trip, 0, sizeof(*trip));
	snprintf(trip->self, sizeof(trip->self), "next_pid=%d ", getpid());
	trip->begin = __rdtsc();
	trip->call = call_cost(g, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, args);
	trip->submitted = __rdtsc();
	need(!panthor_syncobj_wait(g->fd, done, 0, 60 * PANTHOR_SECOND),
	     "timed out waiting for a job");
	trip->end = __rdtsc();
}

static double median_of(const struct trip *trips, size_t offset)
{
	double values[TIMES];

	for (unsigned int i = 0; i < TIMES; i++)
		values[i] = *(const double *)((const char *)&trips[i] + offset);
	return median(values, TIMES);
}

#define MEDIAN(trips, field)	median_of(trips, offsetof(struct trip, field))

/*
 * The time between the trace points of an interrupt includes the cost of one of them,
 * which is the difference to a call without, by the number of trace points.
 */
static double without_irq(const struct trip *plain, const struct trip *traced)
{
	double count = MEDIAN(traced, irq_events), cost = 0;

	if (count)
		cost = (MEDIAN(traced, call) - MEDIAN(plain, call)) / count;
	return MEDIAN(plain, call) - (MEDIAN(traced, irq) - cost * count / 2);
}

static void submissions(struct gpu *g)
{
	struct drm_panthor_queue_submit submit = { .stream_addr = CODE_VA };
	struct drm_panthor_group_submit args = {
		.group_handle = g->group,
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(1, &submit),
	};
	struct drm_panthor_sync_op sync = { .flags = DRM_PANTHOR_SYNC_OP_SIGNAL };
	struct trip plain[TIMES], traced[TIMES], ignored;
	double whole[TIMES];
	struct csb b;

	csb_init(&b);
	csb_move32(&b, 70, 1);
	submit.stream_size = gpu_load(g, &b);
	need(!panthor_syncobj_create(g->fd, 0, &sync.handle), "cannot create a syncobj");
	submit.syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &sync);

	for (unsigned int i = 0; i < WARM_UP; i++)
		make_trip(g, &args, sync.handle, &ignored);
	for (unsigned int i = 0; i < TIMES; i++) {
		/* The first job powers up the GPU. */
		make_trip(g, &args, sync.handle, &ignored);
		make_trip(g, &args, sync.handle, &plain[i]);
		whole[i] = plain[i].end - plain[i].begin;
	}
	tracing_start(events, ARRAY_SIZE(events));
	for (unsigned int i = 0; i < TIMES; i++) {
		tracing_clear();
		make_trip(g, &args, sync.handle, &ignored);
		make_trip(g, &args, sync.handle, &traced[i]);
		tracing_read(note_line, &traced[i]);
	}
	tracing_stop();
	report("submit-with-irq", MEDIAN(plain, call));
	report("submit", without_irq(plain, traced));
	report("submit-to-signal-with-idle", median(whole, TIMES));
	report("submit-to-signal", median(whole, TIMES) - MEDIAN(traced, idle));
}

/* --- VM_BIND ---------------------------------------------------------------------- */

static double bind_cost(const struct gpu *g, uint32_t bo, uint64_t va, uint64_t size)
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

	return call_cost(g, DRM_IOCTL_PANTHOR_VM_BIND, &args);
}

static uint32_t new_bo(const struct gpu *g, uint64_t size)
{
	uint32_t bo;

	need(!panthor_bo_create(g->fd, &size, 0, g->vm, &bo), "cannot create a buffer");
	return bo;
}

static void pages(struct gpu *g)
{
	double map[TIMES], unmap[TIMES];
	uint64_t va = FREE_VA + LARGE;
	uint32_t bo = new_bo(g, PAGE);

	for (unsigned int i = 0; i < WARM_UP; i++, va += PAGE)
		bind_cost(g, bo, va, PAGE);
	for (unsigned int i = 0; i < TIMES; i++, va += PAGE) {
		map[i] = bind_cost(g, bo, va, PAGE);
		unmap[i] = bind_cost(g, 0, va, PAGE);
	}
	report("map-4k", median(map, TIMES));
	report("unmap-4k", median(unmap, TIMES));
}

/* Have shmem allocate blocks of at least 2 MiB ("always") or single pages ("never"). */
static void shmem_huge(const char *when)
{
	FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "w");

	need(file, "cannot open shmem_enabled");
	fputs(when, file);
	need(!fclose(file), "cannot configure huge pages");
}

/* Add up the numbers of the lines of a file that match a format. */
static unsigned long sum_lines(const char *path, const char *format)
{
	unsigned long sum = 0, value;
	char line[256];
	FILE *file = fopen(path, "r");

	need(file, "cannot read a file of /proc");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, format, &value) == 1)
			sum += value;
	fclose(file);
	return sum;
}

/*
 * Free pages, with those in the lists of processors, which may be thousands. Frees that
 * were deferred by less than a second do not disturb the difference of two calls.
 */
static double free_pages(void)
{
	const struct timespec second = { .tv_sec = 1 };
	unsigned long pages;

	nanosleep(&second, NULL);
	pages = sum_lines("/proc/zoneinfo", " nr_free_pages %lu");
	need(pages, "no free pages in /proc/zoneinfo");
	return pages + sum_lines("/proc/zoneinfo", " count: %lu");
}

/* A first mapping populates the buffer, which is not the driver's work. */
static uint32_t populated_bo(const struct gpu *g, uint64_t size)
{
	uint32_t bo = new_bo(g, size);

	need(!panthor_vm_map(g->fd, g->vm, LARGE_VA / 2, bo, 0, PAGE, 0),
	     "cannot populate a buffer");
	return bo;
}

static void large(const struct gpu *g, uint64_t size, const char *map_name,
		  const char *unmap_name)
{
	double map[LARGE_TIMES], unmap[LARGE_TIMES];
	uint32_t bo = populated_bo(g, size);

	for (unsigned int i = 0; i < LARGE_TIMES; i++) {
		map[i] = bind_cost(g, bo, LARGE_VA, size);
		unmap[i] = bind_cost(g, 0, LARGE_VA, size);
	}
	report(map_name, median(map, LARGE_TIMES));
	report(unmap_name, median(unmap, LARGE_TIMES));
	need(!panthor_vm_unmap(g->fd, g->vm, LARGE_VA / 2, PAGE) &&
	     !panthor_bo_close(g->fd, bo), "cannot release a buffer");
}

/*
 * Memory that a mapping takes apart from the buffer: mostly page tables. Other memory
 * that the system takes or frees at the same time is not in most of the rounds.
 */
static void table_memory(const struct gpu *g)
{
	uint32_t bo = populated_bo(g, MEDIUM);
	double bytes[LARGE_TIMES];

	for (unsigned int i = 0; i < LARGE_TIMES; i++) {
		double before = free_pages();

		for (unsigned int copy = 0; copy < COPIES; copy++)
			bind_cost(g, bo, LARGE_VA + copy * MEDIUM, MEDIUM);
		bytes[i] = (before - free_pages()) * getpagesize() / COPIES;
		bind_cost(g, 0, LARGE_VA, COPIES * MEDIUM);
	}
	report("tables-64m-by-4k-bytes", median(bytes, LARGE_TIMES));
	need(!panthor_vm_unmap(g->fd, g->vm, LARGE_VA / 2, PAGE) &&
	     !panthor_bo_close(g->fd, bo), "cannot release a buffer");
}

/* --- Objects ---------------------------------------------------------------------- */

static void vms(struct gpu *g)
{
	double create[TIMES], destroy[TIMES];

	for (int i = -WARM_UP; i < TIMES; i++) {
		struct drm_panthor_vm_create new = {};
		struct drm_panthor_vm_destroy old = {};
		double costs[2];

		costs[0] = call_cost(g, DRM_IOCTL_PANTHOR_VM_CREATE, &new);
		old.id = new.id;
		costs[1] = call_cost(g, DRM_IOCTL_PANTHOR_VM_DESTROY, &old);
		if (i < 0)
			continue;
		create[i] = costs[0];
		destroy[i] = costs[1];
	}
	report("vm-create", median(create, TIMES));
	report("vm-destroy", median(destroy, TIMES));
}

static void groups(struct gpu *g)
{
	double create[TIMES], destroy[TIMES];

	for (int i = -10; i < TIMES; i++) {
		struct drm_panthor_queue_create queue = {
			.priority = 1,
			.ringbuf_size = RING_SIZE,
		};
		struct drm_panthor_group_create new = {
			.queues = DRM_PANTHOR_OBJ_ARRAY(1, &queue),
			.max_compute_cores = 1,
			.max_fragment_cores = 1,
			.max_tiler_cores = 1,
			.priority = PANTHOR_GROUP_PRIORITY_MEDIUM,
			.compute_core_mask = 1,
			.fragment_core_mask = 1,
			.tiler_core_mask = 1,
			.vm_id = g->vm,
		};
		struct drm_panthor_group_destroy old = {};
		double costs[2];

		costs[0] = call_cost(g, DRM_IOCTL_PANTHOR_GROUP_CREATE, &new);
		old.group_handle = new.group_handle;
		costs[1] = call_cost(g, DRM_IOCTL_PANTHOR_GROUP_DESTROY, &old);
		if (i < 0)
			continue;
		create[i] = costs[0];
		destroy[i] = costs[1];
	}
	report("group-create", median(create, TIMES));
	report("group-destroy", median(destroy, TIMES));
}

static void bos(struct gpu *g)
{
	double create[TIMES], destroy[TIMES];

	for (int i = -WARM_UP; i < TIMES; i++) {
		struct drm_panthor_bo_create new = { .size = PAGE };
		struct drm_gem_close old = {};
		double costs[2];

		costs[0] = call_cost(g, DRM_IOCTL_PANTHOR_BO_CREATE, &new);
		old.handle = new.handle;
		costs[1] = call_cost(g, DRM_IOCTL_GEM_CLOSE, &old);
		if (i < 0)
			continue;
		create[i] = costs[0];
		destroy[i] = costs[1];
	}
	report("bo-create", median(create, TIMES));
	report("bo-destroy", median(destroy, TIMES));
}

static void mappings(struct gpu *g)
{
	shmem_huge("always");
	large(g, LARGE, "map-1g-by-2m", "unmap-1g-by-2m");
	shmem_huge("never");
	large(g, MEDIUM, "map-64m-by-4k", "unmap-64m-by-4k");
	table_memory(g);
}

static const struct {
	const char *name;
	void (*run)(struct gpu *g);
} parts[] = {
	/* From here on the group and its address space are resident on the GPU. */
	{ "submit", submissions },
	{ "pages", pages },
	{ "mappings", mappings },
	{ "vms", vms },
	{ "groups", groups },
	{ "bos", bos },
};

int main(int argc, char **argv)
{
	struct gpu g;

	need(argc <= 2, "usage: compare-cost [PART]");
	gpu_open(&g);
	gpu_keep_power(&g);
	for (unsigned int i = 0; i < ARRAY_SIZE(parts); i++)
		if (argc < 2 || !strcmp(argv[1], parts[i].name))
			parts[i].run(&g);

	return 0;
}
