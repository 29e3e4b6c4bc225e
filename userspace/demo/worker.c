// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A process of the graph: sets up a context, submits its jobs with their
 * dependencies, and collects the status and times of their fences.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

#include "cs_builder.h"
#include "panthor_sync.h"
#include "run.h"

#define RING_SIZE	4096
#define CODE_PER_JOB	1024
#define CLOCK_SAMPLES	5

/* One process of the graph */
struct worker {
	const struct run *run;
	int process;
	int fd;
	uint32_t vm;
	uint32_t group;
	struct panthor_buf ledger;
	struct panthor_buf code;
	uint64_t code_used;
	uint32_t timelines[GRAPH_MAX_PROCESSES][GRAPH_MAX_QUEUES];
	uint32_t cpu_timeline;
	/* A binary syncobj per job of this process */
	uint32_t done[GRAPH_MAX_JOBS];
};

static uint32_t timeline_of(const struct worker *w, const struct graph_job *job)
{
	return job->process == GRAPH_CPU ? w->cpu_timeline :
	       w->timelines[job->process][job->queue];
}

static int import_timelines(struct worker *w)
{
	const struct graph *g = w->run->g;

	if (drmSyncobjFDToHandle(w->fd, w->run->cpu_timeline_fd, &w->cpu_timeline))
		return -errno;
	for (unsigned int p = 0; p < g->processes; p++) {
		for (unsigned int q = 0; q < g->queues; q++) {
			if (drmSyncobjFDToHandle(w->fd, w->run->timeline_fds[p][q],
						 &w->timelines[p][q]))
				return -errno;
		}
	}
	return 0;
}

static int map_memory(struct worker *w)
{
	uint64_t code_size = (w->run->g->count + 1) * CODE_PER_JOB;
	uint32_t ledger;
	int ret;

	if (drmPrimeFDToHandle(w->fd, w->run->ledger_fd, &ledger))
		return -errno;
	ret = panthor_buf_attach(w->fd, w->vm, RUN_LEDGER_VA, w->run->ledger_size,
				 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, ledger, &w->ledger);
	if (ret)
		return ret;
	return panthor_buf_create(w->fd, w->vm, RUN_CODE_VA, code_size, 0, &w->code);
}

static int setup(struct worker *w)
{
	int ret;

	w->fd = panthor_open();
	if (w->fd < 0) {
		run_error("open the GPU", w->fd);
		return w->fd;
	}
	ret = panthor_vm_create(w->fd, 0, &w->vm);
	if (!ret)
		ret = map_memory(w);
	if (!ret)
		ret = import_timelines(w);
	if (ret) {
		run_error("set up the memory of a process", ret);
		return ret;
	}
	ret = panthor_group_create(w->fd, w->vm, w->run->g->queues, RING_SIZE, &w->group);
	if (ret)
		run_error("create a group", ret);
	return ret;
}

/* Copy a finished stream into the code buffer and create a job from it. */
static int make_job(struct worker *w, unsigned int queue, struct csb *b,
		    struct panthor_job *job)
{
	uint64_t size = csb_size(b);
	int ret = csb_finish(b);

	if (!ret && w->code_used + size > w->code.size)
		ret = -ENOSPC;
	if (!ret) {
		memcpy((char *)w->code.cpu + w->code_used, b->words, size);
		panthor_job_init(job, queue, w->code.va + w->code_used, size);
		/* Streams start on a cache line. */
		w->code_used += (size + 63) & ~63ull;
	}
	csb_fini(b);
	return ret;
}

/* Run a job that stores the GPU's timestamp, and match it with the CPU's time. */
static int sample_clock(struct worker *w, const struct panthor_job *stamp,
			uint32_t syncobj, struct clock_pair *pair)
{
	uint64_t slot = w->run->ledger_size - (w->process + 1) * sizeof(uint64_t);
	struct panthor_fence_info info;
	struct panthor_job job = *stamp;
	uint64_t before;
	int ret;

	panthor_job_signal(&job, syncobj, 0);
	before = panthor_now_ns();
	ret = panthor_submit(w->fd, w->group, &job, 1);
	if (!ret)
		ret = panthor_syncobj_wait(w->fd, syncobj, 0,
					   RUN_TIMEOUT_S * PANTHOR_SECOND);
	if (!ret)
		ret = panthor_syncobj_info(w->fd, syncobj, 0, &info);
	if (ret || info.status != 1)
		return ret ? ret : info.status;
	pair->gpu = *(volatile uint64_t *)((char *)w->ledger.cpu + slot);
	pair->cpu = before + (info.timestamp_ns - before) / 2;
	pair->error = (info.timestamp_ns - before) / 2;
	return 0;
}

/* Take several samples and keep the best; their code is overwritten afterwards. */
static int match_clocks(struct worker *w, struct clock_pair *best)
{
	uint64_t slot = w->run->ledger_size - (w->process + 1) * sizeof(uint64_t);
	uint64_t code_used = w->code_used;
	struct panthor_job stamp;
	uint32_t syncobj;
	struct csb b;
	int ret;

	csb_init(&b);
	stream_timestamp(RUN_LEDGER_VA + slot, &b);
	ret = make_job(w, 0, &b, &stamp);
	w->code_used = code_used;
	if (!ret)
		ret = panthor_syncobj_create(w->fd, 0, &syncobj);
	if (ret)
		return ret;
	best->error = UINT64_MAX;
	for (int i = 0; i < CLOCK_SAMPLES && !ret; i++) {
		struct clock_pair pair;

		ret = sample_clock(w, &stamp, syncobj, &pair);
		if (!ret && pair.error < best->error)
			*best = pair;
	}
	panthor_syncobj_destroy(w->fd, syncobj);
	return ret;
}

/*
 * A job can wait for a timeline point only once the point has a fence, that is,
 * when the other process has submitted the job that signals it.
 */
static int wait_for_submission(struct worker *w, const struct graph_job *job)
{
	const struct graph *g = w->run->g;

	for (unsigned int i = 0; i < job->dep_count; i++) {
		const struct graph_job *dep = &g->jobs[job->deps[i]];
		int ret;

		if (dep->process == w->process || dep->process == GRAPH_CPU)
			continue;
		ret = panthor_syncobj_wait_submitted(w->fd, timeline_of(w, dep),
						     dep->position + 1,
						     RUN_TIMEOUT_S * PANTHOR_SECOND);
		if (ret)
			return ret;
	}
	return 0;
}

static int submit(struct worker *w, unsigned int index)
{
	const struct graph *g = w->run->g;
	const struct graph_job *job = &g->jobs[index];
	struct panthor_job submission;
	struct csb b;
	int ret;

	csb_init(&b);
	stream_job(g, index, &b);
	ret = make_job(w, job->queue, &b, &submission);
	if (!ret)
		ret = panthor_syncobj_create(w->fd, 0, &w->done[index]);
	if (!ret)
		ret = wait_for_submission(w, job);
	if (ret)
		return ret;
	for (unsigned int i = 0; i < job->dep_count; i++) {
		const struct graph_job *dep = &g->jobs[job->deps[i]];

		/* The queue keeps its order without a fence. */
		if (dep->process == job->process && dep->queue == job->queue)
			continue;
		panthor_job_wait(&submission, timeline_of(w, dep), dep->position + 1);
	}
	panthor_job_signal(&submission, timeline_of(w, job), job->position + 1);
	panthor_job_signal(&submission, w->done[index], 0);
	w->run->report->times[index].submitted = panthor_now_ns();
	return panthor_submit(w->fd, w->group, &submission, 1);
}

static int submit_all(struct worker *w)
{
	const struct graph *g = w->run->g;

	for (unsigned int i = 0; i < g->count; i++) {
		unsigned int index = g->order[i];
		int ret;

		if (g->jobs[index].process != w->process)
			continue;
		ret = submit(w, index);
		if (ret) {
			char text[GRAPH_MAX_NAME + 16];

			snprintf(text, sizeof(text), "submit %s", g->jobs[index].name);
			run_error(text, ret);
			return ret;
		}
	}
	return 0;
}

static int collect(struct worker *w)
{
	const struct graph *g = w->run->g;

	for (unsigned int i = 0; i < g->count; i++) {
		struct job_times *t = &w->run->report->times[i];
		struct panthor_fence_info info;
		int ret;

		if (g->jobs[i].process != w->process)
			continue;
		ret = panthor_syncobj_wait(w->fd, w->done[i], 0,
					   RUN_TIMEOUT_S * PANTHOR_SECOND);
		if (!ret)
			ret = panthor_syncobj_info(w->fd, w->done[i], 0, &info);
		if (ret) {
			char text[GRAPH_MAX_NAME + 16];

			snprintf(text, sizeof(text), "wait for %s", g->jobs[i].name);
			run_error(text, ret);
			return ret;
		}
		t->status = info.status;
		t->done = info.timestamp_ns;
	}
	return 0;
}

/**
 * run_worker - run one of the graph's processes
 * @run: parameters of the run
 * @process: index of the process
 * @ready: pipe to write a byte to when the process is set up
 * @go: pipe to read a byte from before the first submission
 *
 * All resources are released when the process exits.
 *
 * Return: 0 or a negative errno, after an error message.
 */
int run_worker(const struct run *run, int process, int ready, int go)
{
	struct clock_pair *clocks = run->report->clocks[process];
	struct worker w = { .run = run, .process = process };
	char byte = 0;
	int ret;

	ret = setup(&w);
	if (ret)
		return ret;
	ret = match_clocks(&w, &clocks[0]);
	if (ret) {
		run_error("run the clock job before the graph", ret);
		return ret;
	}
	/* If the other end is closed, the parent reports the error. */
	if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) != 1)
		return -EPIPE;

	ret = submit_all(&w);
	if (!ret)
		ret = collect(&w);
	if (ret)
		return ret;
	ret = match_clocks(&w, &clocks[1]);
	if (ret)
		run_error("run the clock job after the graph", ret);
	return ret;
}
