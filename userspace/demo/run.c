// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A run of the graph: the parent process creates what the processes of the graph
 * share, starts them, runs the CPU's jobs and collects the results.
 */

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

/* Interval at which waits check whether a child has died */
#define POLL_INTERVAL	(200 * PANTHOR_MILLISECOND)

/* State of the parent process, which the children do not use */
struct parent {
	struct run run;
	int fd;
	uint32_t ledger;
	struct ledger_slot *slots;
	uint32_t timelines[GRAPH_MAX_PROCESSES][GRAPH_MAX_QUEUES];
	uint32_t cpu_timeline;
	/* Fences of the CPU's jobs; unused for other jobs */
	struct cpu_fence fences[GRAPH_MAX_JOBS];
	pid_t children[GRAPH_MAX_PROCESSES];
	/* Pipe with a byte per child, which starts its submission */
	int go;
	uint64_t deadline;
};

/**
 * run_error - print an error
 * @what: what failed, in the imperative
 */
void run_error(const char *what, int error)
{
	fprintf(stderr, "vpan-demo: failed to %s: %s\n", what,
		error == -ENODEV ? "no panthor device" : strerror(-error));
}

static int make_timeline(struct parent *parent, uint32_t *handle, int *fd)
{
	int ret = panthor_syncobj_create(parent->fd, 0, handle);

	if (!ret && drmSyncobjHandleToFD(parent->fd, *handle, fd))
		ret = -errno;
	return ret;
}

static int make_timelines(struct parent *parent)
{
	const struct graph *g = parent->run.g;
	int ret = make_timeline(parent, &parent->cpu_timeline, &parent->run.cpu_timeline_fd);

	for (unsigned int p = 0; p < g->processes && !ret; p++) {
		for (unsigned int q = 0; q < g->queues && !ret; q++)
			ret = make_timeline(parent, &parent->timelines[p][q],
					    &parent->run.timeline_fds[p][q]);
	}
	return ret;
}

static int make_ledger(struct parent *parent)
{
	struct run *run = &parent->run;
	void *cpu;
	int ret;

	/* After the jobs' slots: a word per process for the clock samples */
	run->ledger_size = (run->g->count + 1) * sizeof(struct ledger_slot);
	ret = panthor_bo_create(parent->fd, &run->ledger_size, 0, 0, &parent->ledger);
	if (!ret)
		ret = panthor_bo_mmap(parent->fd, parent->ledger, run->ledger_size, &cpu);
	if (ret)
		return ret;
	parent->slots = cpu;
	if (drmPrimeHandleToFD(parent->fd, parent->ledger, DRM_CLOEXEC | DRM_RDWR,
			       &run->ledger_fd))
		return -errno;
	return 0;
}

static int setup(struct parent *parent)
{
	struct drm_panthor_csif_info csif;
	int ret;

	parent->fd = panthor_open();
	if (parent->fd < 0) {
		run_error("open the GPU", parent->fd);
		return parent->fd;
	}
	ret = panthor_query(parent->fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif, sizeof(csif));
	if (!ret && parent->run.g->queues > csif.cs_slot_count) {
		fprintf(stderr, "vpan-demo: the GPU supports only %u queues per group\n",
			csif.cs_slot_count);
		return -EINVAL;
	}
	if (!ret)
		ret = make_ledger(parent);
	if (!ret)
		ret = make_timelines(parent);
	if (ret)
		run_error("set up the shared memory and syncobjs", ret);
	return ret;
}

/*
 * Add a point to the CPU's timeline for each of the CPU's jobs, so that other jobs
 * can wait for it.
 */
static int make_cpu_fences(struct parent *parent)
{
	const struct graph *g = parent->run.g;

	for (unsigned int i = 0; i < g->count; i++) {
		const struct graph_job *job = &g->jobs[g->order[i]];
		struct cpu_fence *fence = &parent->fences[g->order[i]];
		int binary, ret;

		if (job->process != GRAPH_CPU)
			continue;
		ret = cpu_fence_create(fence);
		if (ret)
			return ret;
		binary = panthor_syncobj_import(parent->fd, fence->fence);
		if (binary < 0)
			return binary;
		if (drmSyncobjTransfer(parent->fd, parent->cpu_timeline, job->position + 1,
				       binary, 0, 0))
			return -errno;
		panthor_syncobj_destroy(parent->fd, binary);
	}
	return 0;
}

static void kill_children(struct parent *parent)
{
	for (unsigned int p = 0; p < parent->run.g->processes; p++) {
		if (parent->children[p] <= 0)
			continue;
		kill(parent->children[p], SIGKILL);
		waitpid(parent->children[p], NULL, 0);
		parent->children[p] = 0;
	}
}

/* Return: whether a child died or failed. Reaps the children that have ended. */
static bool child_failed(struct parent *parent)
{
	for (unsigned int p = 0; p < parent->run.g->processes; p++) {
		int status;

		if (parent->children[p] <= 0 ||
		    waitpid(parent->children[p], &status, WNOHANG) != parent->children[p])
			continue;
		parent->children[p] = 0;
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			return true;
	}
	return false;
}

/* Start the graph's processes and wait until they are set up. */
static int start_children(struct parent *parent)
{
	int ready_pipe[2], go_pipe[2];
	char byte;

	if (pipe(ready_pipe) || pipe(go_pipe))
		return -errno;
	fflush(NULL);
	for (unsigned int p = 0; p < parent->run.g->processes; p++) {
		parent->children[p] = fork();
		if (parent->children[p] < 0)
			return -errno;
		if (!parent->children[p]) {
			close(go_pipe[1]);
			_exit(run_worker(&parent->run, p, ready_pipe[1], go_pipe[0]) ? 1 : 0);
		}
	}
	close(ready_pipe[1]);
	close(go_pipe[0]);
	for (unsigned int p = 0; p < parent->run.g->processes; p++) {
		struct pollfd pfd = { .fd = ready_pipe[0], .events = POLLIN };

		if (poll(&pfd, 1, RUN_TIMEOUT_S * 1000) != 1)
			return -ETIME;
		/* End of file: a child has failed. */
		if (read(ready_pipe[0], &byte, 1) != 1)
			return -ECHILD;
	}
	close(ready_pipe[0]);
	parent->go = go_pipe[1];
	return 0;
}

/* Wait for a dependency of a CPU job; give up if a child has died. */
static int wait_for_dep(struct parent *parent, const struct graph_job *dep)
{
	uint32_t timeline = parent->timelines[dep->process][dep->queue];
	int ret;

	do {
		ret = panthor_syncobj_wait_submitted(parent->fd, timeline,
						     dep->position + 1, POLL_INTERVAL);
		if (!ret)
			ret = panthor_syncobj_wait(parent->fd, timeline,
						   dep->position + 1, POLL_INTERVAL);
		if (ret == -ETIME && child_failed(parent))
			return -ECHILD;
	} while (ret == -ETIME && panthor_now_ns() < parent->deadline);
	return ret;
}

static int do_cpu_job(struct parent *parent, unsigned int index)
{
	struct job_times *t = &parent->run.report->times[index];
	unsigned int inputs[GRAPH_MAX_DEPS + 1], count;
	const struct graph *g = parent->run.g;
	const struct graph_job *job = &g->jobs[index];
	uint64_t values[GRAPH_MAX_DEPS + 1];
	struct panthor_fence_info info;
	int ret;

	t->submitted = panthor_now_ns();
	for (unsigned int i = 0; i < job->dep_count; i++) {
		const struct graph_job *dep = &g->jobs[job->deps[i]];

		ret = dep->process == GRAPH_CPU ? 0 : wait_for_dep(parent, dep);
		if (ret)
			return ret;
	}
	t->begin = panthor_now_ns();
	count = graph_inputs(g, index, inputs);
	for (unsigned int i = 0; i < count; i++)
		values[i] = *(volatile uint64_t *)&parent->slots[inputs[i]].value;
	*(volatile uint64_t *)&parent->slots[index].value =
		graph_compute(job, values, count);
	t->end = panthor_now_ns();

	ret = cpu_fence_signal(&parent->fences[index]);
	if (!ret)
		ret = panthor_fence_info(parent->fences[index].fence, &info);
	if (ret)
		return ret;
	t->status = info.status;
	t->done = info.timestamp_ns;
	return 0;
}

static int do_cpu_jobs(struct parent *parent)
{
	const struct graph *g = parent->run.g;

	for (unsigned int i = 0; i < g->count; i++) {
		char text[GRAPH_MAX_NAME + 16];
		int ret;

		if (g->jobs[g->order[i]].process != GRAPH_CPU)
			continue;
		ret = do_cpu_job(parent, g->order[i]);
		if (ret) {
			snprintf(text, sizeof(text), "run %s on the CPU",
				 g->jobs[g->order[i]].name);
			run_error(text, ret);
			return ret;
		}
	}
	return 0;
}

/* Wait for all children; SIGCHLD is blocked. */
static int join_children(struct parent *parent)
{
	struct timespec interval = { .tv_nsec = POLL_INTERVAL };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		bool running = false;

		if (child_failed(parent))
			return -ECHILD;
		for (unsigned int p = 0; p < parent->run.g->processes; p++)
			running |= parent->children[p] > 0;
		if (!running)
			return 0;
		if (panthor_now_ns() > parent->deadline)
			return -ETIME;
		sigtimedwait(&set, NULL, &interval);
	}
}

/*
 * Select the most precise clock samples before and after the run. All processes use
 * the same GPU, so one pair is valid for all.
 */
static int pick_clocks(const struct parent *parent, struct clock_pair pick[2])
{
	for (int i = 0; i < 2; i++) {
		pick[i] = parent->run.report->clocks[0][i];
		for (unsigned int p = 1; p < parent->run.g->processes; p++) {
			const struct clock_pair *pair = &parent->run.report->clocks[p][i];

			if (pair->error < pick[i].error)
				pick[i] = *pair;
		}
	}
	if (pick[1].gpu <= pick[0].gpu || pick[1].cpu <= pick[0].cpu) {
		fprintf(stderr, "vpan-demo: GPU timestamps do not increase\n");
		return -EIO;
	}
	return 0;
}

/* Read the ledger and convert its GPU times to CPU time. */
static int read_ledger(struct parent *parent, struct job_times *times, uint64_t *tolerance)
{
	const struct graph *g = parent->run.g;
	struct clock_pair clocks[2];
	double ns_per_tick;
	int ret;

	ret = pick_clocks(parent, clocks);
	if (ret)
		return ret;
	ns_per_tick = (double)(clocks[1].cpu - clocks[0].cpu) /
		      (double)(clocks[1].gpu - clocks[0].gpu);
	*tolerance = clocks[0].error > clocks[1].error ? clocks[0].error : clocks[1].error;
	for (unsigned int i = 0; i < g->count; i++) {
		const struct ledger_slot *slot = &parent->slots[i];

		times[i] = parent->run.report->times[i];
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
	printf("GPU clock: %.3f MHz, matched with the CPU's to %.3f ms\n",
	       1e3 / ns_per_tick, *tolerance / 1e6);
	return 0;
}

static int run(struct parent *parent, struct job_times *times, uint64_t *tolerance)
{
	int ret;

	ret = setup(parent);
	if (ret)
		return ret;
	ret = start_children(parent);
	if (ret) {
		run_error("start the processes", ret);
		return ret;
	}
	ret = make_cpu_fences(parent);
	if (ret == -ENODEV)
		fprintf(stderr,
			"vpan-demo: the CPU's fences need the vgem module; load it or use --no-cpu\n");
	else if (ret)
		run_error("create the CPU's fences", ret);
	if (ret)
		return ret;
	parent->deadline = panthor_now_ns() + RUN_TIMEOUT_S * PANTHOR_SECOND;
	/* If a child has died, join_children() reports it. */
	for (unsigned int p = 0; p < parent->run.g->processes; p++)
		(void)!write(parent->go, "", 1);
	ret = do_cpu_jobs(parent);
	if (!ret) {
		ret = join_children(parent);
		if (ret)
			run_error("wait for the processes", ret);
	}
	return ret ? ret : read_ledger(parent, times, tolerance);
}

/**
 * run_graph - run a graph on the GPU
 * @g: the graph, checked
 * @times: returns times and results of all jobs
 * @tolerance: returns the bound of the error between GPU and CPU times
 *
 * Return: 0 or a negative errno, after an error message.
 */
int run_graph(const struct graph *g, struct job_times *times, uint64_t *tolerance)
{
	struct parent *parent = calloc(1, sizeof(*parent));
	struct run_report *report;
	sigset_t set;
	int ret;

	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!parent || report == MAP_FAILED) {
		run_error("allocate memory", -ENOMEM);
		free(parent);
		return -ENOMEM;
	}
	/* Blocked, so that join_children() misses no exit between its checks. */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);

	parent->run.g = g;
	parent->run.report = report;
	ret = run(parent, times, tolerance);
	kill_children(parent);
	/* GPU resources are released when the process exits. */
	munmap(report, sizeof(*report));
	free(parent);
	return ret;
}
