// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * slot-cost - measure how long one client keeps another's ready job off a slot
 *
 * One process does something that takes long. Meanwhile another one submits short
 * jobs to groups that have no slot, one after the other; there is always a slot
 * that is free or whose group is idle. Prints how long such jobs take, and for
 * comparison without the first process. For the longest single call, which is to
 * unmap 655,360 mappings, the program also measures how long the process takes to
 * end after SIGKILL. The argument is the number of mappings divided by 16,384.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench_gpu.h"

#define PROBE_GROUPS	32
#define PROBES_MAX	4000
/* Between two probes, to spread them */
#define PROBE_US	500

#define BIND_BATCH	16384
#define BATCHES		40

#define ENDING_GROUPS	100
#define QUEUES		8

#define SUBMIT_BATCH	1024
#define SUBMITS		100

/* What the two processes share */
struct shared {
	volatile bool ready;
	volatile bool go;
	volatile bool active;
	volatile bool done;
};

/**
 * struct load - what the first process does
 * @name: in the output
 * @prepare: what is not measured
 * @run: what is measured
 */
struct load {
	const char *name;
	void (*prepare)(struct gpu *g);
	void (*run)(struct gpu *g);
};

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Mappings in calls of %BIND_BATCH */
static unsigned int batches = BATCHES;

static void prepare_unmap(struct gpu *g)
{
	static struct drm_panthor_vm_bind_op ops[BIND_BATCH];
	uint64_t size = PANTHOR_PAGE_SIZE, va = FREE_VA;
	uint32_t bo;

	need(!panthor_bo_create(g->fd, &size, 0, g->vm, &bo), "cannot create a buffer");
	for (unsigned int n = 0; n < batches; n++) {
		for (unsigned int i = 0; i < BIND_BATCH; i++) {
			ops[i].bo_handle = bo;
			ops[i].va = va;
			ops[i].size = PANTHOR_PAGE_SIZE;
			va += PANTHOR_PAGE_SIZE;
		}
		need(!panthor_vm_bind(g->fd, g->vm, ops, BIND_BATCH, NULL), "cannot map");
	}
}

static void run_unmap(struct gpu *g)
{
	need(!panthor_vm_unmap(g->fd, g->vm, FREE_VA,
			       batches * BIND_BATCH * PANTHOR_PAGE_SIZE), "cannot unmap");
}

/* Jobs behind an endless job, on all queues of many groups */
static void prepare_close(struct gpu *g)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct panthor_job job;
	uint32_t group;
	struct csb b;

	csb_init(&b);
	csb_place(&b, &loop);
	csb_branch(&b, CSF_COND_ALWAYS, 70, &loop);
	panthor_job_init(&job, 0, CODE_VA, gpu_load(g, &b));
	panthor_job_signal(&job, g->done, ++g->point);
	need(!panthor_submit(g->fd, g->group, &job, 1), "GROUP_SUBMIT failed");
	for (unsigned int i = 0; i < ENDING_GROUPS; i++) {
		need(!panthor_group_create(g->fd, g->vm, QUEUES, RING_SIZE, &group),
		     "cannot create a group");
		for (unsigned int j = 0; j < QUEUES; j++) {
			panthor_job_init(&job, j, 0, 0);
			panthor_job_wait(&job, g->done, g->point);
			need(!panthor_submit(g->fd, group, &job, 1), "GROUP_SUBMIT failed");
		}
	}
}

static void run_close(struct gpu *g)
{
	close(g->fd);
	/* The driver ends the groups after that. */
	usleep(300000);
}

static void prepare_nothing(struct gpu *g)
{
	(void)g;
}

static void run_submit(struct gpu *g)
{
	static struct drm_panthor_queue_submit submits[SUBMIT_BATCH];
	struct drm_panthor_group_submit args = {
		.group_handle = g->group,
		.queue_submits = DRM_PANTHOR_OBJ_ARRAY(SUBMIT_BATCH, submits),
	};

	for (unsigned int i = 0; i < SUBMITS; i++)
		need(!panthor_ioctl(g->fd, DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &args),
		     "GROUP_SUBMIT failed");
}

static void run_idle(struct gpu *g)
{
	(void)g;
	usleep(1000000);
}

static const struct load loads[] = {
	{ "idle", prepare_nothing, run_idle },
	{ "unmap", prepare_unmap, run_unmap },
	{ "close", prepare_close, run_close },
	{ "submit", prepare_nothing, run_submit },
};

static void work(const struct load *load, struct shared *shared)
{
	struct gpu g;

	gpu_open(&g);
	load->prepare(&g);
	shared->ready = true;
	while (!shared->go)
		usleep(1000);
	shared->active = true;
	load->run(&g);
	shared->active = false;
	shared->done = true;
	_exit(0);
}

static pid_t start(const struct load *load, struct shared *shared)
{
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	pid = fork();
	need(pid >= 0, "cannot fork");
	if (!pid)
		work(load, shared);
	while (!shared->ready)
		need(!waitpid(pid, NULL, WNOHANG), "the load has ended");
	shared->go = true;
	while (!shared->active && !shared->done)
		usleep(100);
	return pid;
}

static void measure(const struct load *load, struct shared *shared)
{
	static double ns[PROBES_MAX];
	uint32_t groups[PROBE_GROUPS];
	unsigned long long from;
	unsigned int count = 0;
	double middle;
	struct gpu g;
	struct csb b;
	pid_t pid;

	gpu_open(&g);
	for (unsigned int i = 0; i < PROBE_GROUPS; i++)
		need(!panthor_group_create(g.fd, g.vm, 1, RING_SIZE, &groups[i]),
		     "cannot create a group");
	pid = start(load, shared);
	from = now_ns();
	while (shared->active && count < PROBES_MAX) {
		unsigned long long begin = now_ns();

		g.group = groups[count % PROBE_GROUPS];
		csb_init(&b);
		csb_move32(&b, 70, 1);
		gpu_run(&g, &b);
		ns[count++] = now_ns() - begin;
		usleep(PROBE_US);
	}
	from = now_ns() - from;
	waitpid(pid, NULL, 0);
	need(count, "the load has ended too early");
	middle = median(ns, count);
	printf("what=%s-job cost=%.0f p99=%.0f max=%.0f count=%u during=%llu\n", load->name,
	       middle, ns[count * 99 / 100], ns[count - 1], count, from);
	fflush(stdout);
	close(g.fd);
}

/* One huge unmap cannot be interrupted once it has begun. */
static void measure_kill(struct shared *shared)
{
	unsigned long long begin;
	pid_t pid = start(&loads[1], shared);

	usleep(20000);
	begin = now_ns();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	printf("what=kill-in-unmap cost=%llu\n", now_ns() - begin);
}

int main(int argc, char **argv)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	need(shared != MAP_FAILED, "cannot map memory");
	if (argc > 1)
		batches = atoi(argv[1]);
	printf("what=mappings cost=%u\n", batches * BIND_BATCH);
	for (unsigned int i = 0; i < ARRAY_SIZE(loads); i++)
		measure(&loads[i], shared);
	measure_kill(shared);
	return 0;
}
