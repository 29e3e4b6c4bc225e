// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Count context switches, work items and allocations during a pass, through the
 * kernel's tracepoints. Such a pass is not timed.
 */

#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "bench.h"

static DEFINE_PER_CPU(struct bench_counts, counters);

static void count_switch(void *data, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	this_cpu_inc(counters.switches);
}

static void count_work(void *data, struct work_struct *work)
{
	this_cpu_inc(counters.works);
}

static void count_kmalloc(void *data, unsigned long call_site, const void *ptr,
			  size_t bytes_req, size_t bytes_alloc, gfp_t flags,
			  int node)
{
	this_cpu_inc(counters.allocs);
	this_cpu_add(counters.bytes, bytes_alloc);
}

static void count_cache_alloc(void *data, unsigned long call_site,
			      const void *ptr, struct kmem_cache *cache,
			      gfp_t flags, int node)
{
	this_cpu_inc(counters.allocs);
	this_cpu_add(counters.bytes, kmem_cache_size(cache));
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
} probes[] = {
	{ "sched_switch", count_switch },
	{ "workqueue_execute_start", count_work },
	{ "kmalloc", count_kmalloc },
	{ "kmem_cache_alloc", count_cache_alloc },
};

static void look_up(struct tracepoint *tp, void *data)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

int bench_counters_start(void)
{
	unsigned int i, cpu;
	int ret;

	for_each_kernel_tracepoint(look_up, NULL);
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&counters, cpu), 0,
		       sizeof(struct bench_counts));

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		ret = -ENOENT;
		if (probes[i].tp)
			ret = tracepoint_probe_register(probes[i].tp,
							probes[i].probe, NULL);
		if (ret)
			goto undo;
	}
	return 0;

undo:
	while (i--)
		tracepoint_probe_unregister(probes[i].tp, probes[i].probe,
					    NULL);
	tracepoint_synchronize_unregister();
	return ret;
}

void bench_counters_stop(struct bench_counts *counts)
{
	unsigned int i, cpu;

	memset(counts, 0, sizeof(*counts));
	for_each_possible_cpu(cpu) {
		struct bench_counts *c = per_cpu_ptr(&counters, cpu);

		counts->switches += READ_ONCE(c->switches);
		counts->works += READ_ONCE(c->works);
		counts->allocs += READ_ONCE(c->allocs);
		counts->bytes += READ_ONCE(c->bytes);
	}
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		tracepoint_probe_unregister(probes[i].tp, probes[i].probe,
					    NULL);
	tracepoint_synchronize_unregister();
}
