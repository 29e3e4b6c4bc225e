// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xf86drm.h>

#include "cpu_fence.h"
#include "panthor_sync.h"
#include "run.h"

/* How often to see whether a child has died */
#define SLICE	(200 * PANTHOR_MILLISECOND)

/* What only the program itself has, not its children */
struct boss {
	struct run run;
	int fd;
	uint32_t ledger;
	struct ledger_slot *slots;
	uint32_t timelines[GRAPH_MAX_PROCESSES][GRAPH_MAX_QUEUES];
	uint32_t cpu_timeline;
	/* Of the CPU's jobs; empty for others */
	struct cpu_fence fences[GRAPH_MAX_JOBS];
	pid_t children[GRAPH_MAX_PROCESSES];
	/* Pipe on which children wait for the beginning */
	int go;
	uint64_t deadline;
};

/**
 * run_complain - say that something failed
 * @what: what it was, as in "while ..."
 * @error: a negative errno
 */
void run_complain(const char *what, int error)
{
	fprintf(stderr, "vpan-demo: %s: %s\n", what,
		error == -ENODEV ? "no panthor device" : strerror(-error));
}

static int make_timeline(struct boss *boss, uint32_t *handle, int *fd)
{
	int ret = panthor_syncobj_create(boss->fd, 0, handle);

	if (!ret && drmSyncobjHandleToFD(boss->fd, *handle, fd))
		ret = -errno;
	return ret;
}

static int make_timelines(struct boss *boss)
{
	const struct graph *g = boss->run.g;
	int ret = make_timeline(boss, &boss->cpu_timeline, &boss->run.cpu_timeline_fd);

	for (unsigned int p = 0; p < g->processes && !ret; p++) {
		for (unsigned int q = 0; q < g->queues && !ret; q++)
			ret = make_timeline(boss, &boss->timelines[p][q],
					    &boss->run.timeline_fds[p][q]);
	}
	return ret;
}

static int make_ledger(struct boss *boss)
{
	struct run *run = &boss->run;
	void *cpu;
	int ret;

	/* Behind the jobs' slots: a word per process for matching clocks */
	run->ledger_size = (run->g->count + 1) * sizeof(struct ledger_slot);
	ret = panthor_bo_create(boss->fd, &run->ledger_size, 0, 0, &boss->ledger);
	if (!ret)
		ret = panthor_bo_mmap(boss->fd, boss->ledger, run->ledger_size, &cpu);
	if (ret)
		return ret;
	boss->slots = cpu;
	if (drmPrimeHandleToFD(boss->fd, boss->ledger, DRM_CLOEXEC | DRM_RDWR,
			       &run->ledger_fd))
		return -errno;
	return 0;
}

static int setup(struct boss *boss)
{
	struct drm_panthor_csif_info csif;
	int ret;

	boss->fd = panthor_open();
	if (boss->fd < 0) {
		run_complain("opening the GPU", boss->fd);
		return boss->fd;
	}
	ret = panthor_query(boss->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif, sizeof(csif));
	if (!ret && boss->run.g->queues > csif.cs_slot_count) {
		fprintf(stderr, "vpan-demo: the GPU has no more than %u queues per group\n",
			csif.cs_slot_count);
		return -EINVAL;
	}
	if (!ret)
		ret = make_ledger(boss);
	if (!ret)
		ret = make_timelines(boss);
	if (ret)
		run_complain("setting up what the processes share", ret);
	return ret;
}

/*
 * Give the CPU's timeline a point for each of the CPU's jobs, so that others
 * can wait for it.
 */
static int make_cpu_fences(struct boss *boss)
{
	const struct graph *g = boss->run.g;

	for (unsigned int i = 0; i < g->count; i++) {
		const struct graph_job *job = &g->jobs[g->order[i]];
		struct cpu_fence *fence = &boss->fences[g->order[i]];
		int binary, ret;

		if (job->process != GRAPH_CPU)
			continue;
		ret = cpu_fence_create(fence);
		if (ret)
			return ret;
		binary = panthor_syncobj_import(boss->fd, fence->fence);
		if (binary < 0)
			return binary;
		if (drmSyncobjTransfer(boss->fd, boss->cpu_timeline, job->position + 1,
				       binary, 0, 0))
			return -errno;
		panthor_syncobj_destroy(boss->fd, binary);
	}
	return 0;
}

static void kill_children(struct boss *boss)
{
	for (unsigned int p = 0; p < boss->run.g->processes; p++) {
		if (boss->children[p] <= 0)
			continue;
		kill(boss->children[p], SIGKILL);
		waitpid(boss->children[p], NULL, 0);
		boss->children[p] = 0;
	}
}

/* Has a child ended as it should not have? Those that ended well are reaped. */
static bool child_failed(struct boss *boss)
{
	for (unsigned int p = 0; p < boss->run.g->processes; p++) {
		int status;

		if (boss->children[p] <= 0 ||
		    waitpid(boss->children[p], &status, WNOHANG) != boss->children[p])
			continue;
		boss->children[p] = 0;
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			return true;
	}
	return false;
}

/* Start the graph's processes and wait until they are ready. */
static int start_children(struct boss *boss)
{
	int ready_pipe[2], go_pipe[2];
	char byte;

	if (pipe(ready_pipe) || pipe(go_pipe))
		return -errno;
	fflush(NULL);
	for (unsigned int p = 0; p < boss->run.g->processes; p++) {
		boss->children[p] = fork();
		if (boss->children[p] < 0)
			return -errno;
		if (!boss->children[p]) {
			close(go_pipe[1]);
			_exit(run_worker(&boss->run, p, ready_pipe[1], go_pipe[0]) ? 1 : 0);
		}
	}
	close(ready_pipe[1]);
	close(go_pipe[0]);
	for (unsigned int p = 0; p < boss->run.g->processes; p++) {
		struct pollfd pfd = { .fd = ready_pipe[0], .events = POLLIN };

		if (poll(&pfd, 1, RUN_TIMEOUT_S * 1000) != 1)
			return -ETIME;
		/* The end of file: one of them has given up. */
		if (read(ready_pipe[0], &byte, 1) != 1)
			return -ECHILD;
	}
	close(ready_pipe[0]);
	boss->go = go_pipe[1];
	return 0;
}

/* Wait for what a job of the CPU needs, but not for dead processes. */
static int wait_for_dep(struct boss *boss, const struct graph_job *dep)
{
	uint32_t timeline = boss->timelines[dep->process][dep->queue];
	int ret;

	do {
		ret = panthor_syncobj_wait_submitted(boss->fd, timeline,
						     dep->position + 1, SLICE);
		if (!ret)
			ret = panthor_syncobj_wait(boss->fd, timeline,
						   dep->position + 1, SLICE);
		if (ret == -ETIME && child_failed(boss))
			return -ECHILD;
	} while (ret == -ETIME && panthor_now_ns() < boss->deadline);
	return ret;
}

static int do_cpu_job(struct boss *boss, unsigned int index)
{
	struct job_times *t = &boss->run.report->times[index];
	unsigned int inputs[GRAPH_MAX_DEPS + 1], count;
	const struct graph *g = boss->run.g;
	const struct graph_job *job = &g->jobs[index];
	uint64_t values[GRAPH_MAX_DEPS + 1];
	struct panthor_fence_info info;
	int ret;

	t->submitted = panthor_now_ns();
	for (unsigned int i = 0; i < job->dep_count; i++) {
		const struct graph_job *dep = &g->jobs[job->deps[i]];

		ret = dep->process == GRAPH_CPU ? 0 : wait_for_dep(boss, dep);
		if (ret)
			return ret;
	}
	t->begin = panthor_now_ns();
	count = graph_inputs(g, index, inputs);
	for (unsigned int i = 0; i < count; i++)
		values[i] = *(volatile uint64_t *)&boss->slots[inputs[i]].value;
	*(volatile uint64_t *)&boss->slots[index].value =
		graph_compute(job, values, count);
	t->end = panthor_now_ns();

	ret = cpu_fence_signal(&boss->fences[index]);
	if (!ret)
		ret = panthor_fence_info(boss->fences[index].fence, &info);
	if (ret)
		return ret;
	t->status = info.status;
	t->done = info.timestamp_ns;
	return 0;
}

static int do_cpu_jobs(struct boss *boss)
{
	const struct graph *g = boss->run.g;

	for (unsigned int i = 0; i < g->count; i++) {
		char text[GRAPH_MAX_NAME + 16];
		int ret;

		if (g->jobs[g->order[i]].process != GRAPH_CPU)
			continue;
		ret = do_cpu_job(boss, g->order[i]);
		if (ret) {
			snprintf(text, sizeof(text), "doing %s on the CPU",
				 g->jobs[g->order[i]].name);
			run_complain(text, ret);
			return ret;
		}
	}
	return 0;
}

/* Wait for all children; SIGCHLD is blocked. */
static int join_children(struct boss *boss)
{
	struct timespec slice = { .tv_nsec = SLICE };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		bool running = false;

		if (child_failed(boss))
			return -ECHILD;
		for (unsigned int p = 0; p < boss->run.g->processes; p++)
			running |= boss->children[p] > 0;
		if (!running)
			return 0;
		if (panthor_now_ns() > boss->deadline)
			return -ETIME;
		sigtimedwait(&set, NULL, &slice);
	}
}

/*
 * The best match of the two clocks early and late; all processes use the same
 * GPU, so one will do for all.
 */
static int pick_clocks(const struct boss *boss, struct clock_pair pick[2])
{
	for (int i = 0; i < 2; i++) {
		pick[i] = boss->run.report->clocks[0][i];
		for (unsigned int p = 1; p < boss->run.g->processes; p++) {
			const struct clock_pair *pair = &boss->run.report->clocks[p][i];

			if (pair->error < pick[i].error)
				pick[i] = *pair;
		}
	}
	if (pick[1].gpu <= pick[0].gpu || pick[1].cpu <= pick[0].cpu) {
		fprintf(stderr, "vpan-demo: the GPU's clock does not go forward\n");
		return -EIO;
	}
	return 0;
}

/* Move what the GPU left in the ledger to the report, in the CPU's time. */
static int read_ledger(struct boss *boss, struct job_times *times, uint64_t *tolerance)
{
	const struct graph *g = boss->run.g;
	struct clock_pair clocks[2];
	double ns_per_tick;
	int ret;

	ret = pick_clocks(boss, clocks);
	if (ret)
		return ret;
	ns_per_tick = (double)(clocks[1].cpu - clocks[0].cpu) /
		      (double)(clocks[1].gpu - clocks[0].gpu);
	*tolerance = clocks[0].error > clocks[1].error ? clocks[0].error : clocks[1].error;
	for (unsigned int i = 0; i < g->count; i++) {
		const struct ledger_slot *slot = &boss->slots[i];

		times[i] = boss->run.report->times[i];
		times[i].value = slot->value;
		if (g->jobs[i].process == GRAPH_CPU)
			continue;
		times[i].begin = clocks[0].cpu +
				 (int64_t)((double)(int64_t)(slot->begin - clocks[0].gpu) *
					   ns_per_tick);
		times[i].end = clocks[0].cpu +
			       (int64_t)((double)(int64_t)(slot->end - clocks[0].gpu) *
					 ns_per_tick);
	}
	printf("the GPU's clock ticks at %.3f MHz, and is matched with the CPU's to %.3f ms\n",
	       1e3 / ns_per_tick, *tolerance / 1e6);
	return 0;
}

static int run(struct boss *boss, struct job_times *times, uint64_t *tolerance)
{
	int ret;

	ret = setup(boss);
	if (ret)
		return ret;
	ret = start_children(boss);
	if (ret) {
		run_complain("starting the processes", ret);
		return ret;
	}
	ret = make_cpu_fences(boss);
	if (ret == -ENODEV)
		fprintf(stderr,
			"vpan-demo: the CPU's fences need the vgem module; or use --no-cpu\n");
	else if (ret)
		run_complain("making the CPU's fences", ret);
	if (ret)
		return ret;
	boss->deadline = panthor_now_ns() + RUN_TIMEOUT_S * PANTHOR_SECOND;
	/* A byte for each; one that is gone is noticed below. */
	for (unsigned int p = 0; p < boss->run.g->processes; p++)
		(void)!write(boss->go, "", 1);
	ret = do_cpu_jobs(boss);
	if (!ret) {
		ret = join_children(boss);
		if (ret)
			run_complain("waiting for the processes", ret);
	}
	return ret ? ret : read_ledger(boss, times, tolerance);
}

/**
 * run_graph - run a graph on the GPU
 * @g: the graph, checked
 * @times: what happened
 * @tolerance: how well times of the GPU and of the CPU compare
 *
 * Return: 0 or a negative errno, which has been complained about.
 */
int run_graph(const struct graph *g, struct job_times *times, uint64_t *tolerance)
{
	struct boss *boss = calloc(1, sizeof(*boss));
	struct run_report *report;
	sigset_t set;
	int ret;

	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!boss || report == MAP_FAILED) {
		run_complain("beginning", -ENOMEM);
		free(boss);
		return -ENOMEM;
	}
	/* A child that ends must not go unnoticed between two looks. */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);

	boss->run.g = g;
	boss->run.report = report;
	ret = run(boss, times, tolerance);
	kill_children(boss);
	/* Files and mappings of the GPU go with the process. */
	munmap(report, sizeof(*report));
	free(boss);
	return ret;
}
