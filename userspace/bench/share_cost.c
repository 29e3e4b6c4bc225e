// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * share-cost - measure what the busy software GPU leaves of the CPUs
 *
 * For each load: the part of a CPU that a spinning process gets, the lateness
 * of a process that sleeps for 1 ms at a time, and the time from the submission of a
 * short job to its end, for a group on a slot and for a new group.
 *
 * Loads are streams that never end, and spinning processes. The module parameter
 * job_timeout_ms of vpanthor must be 0, or the streams are ended.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench_gpu.h"

#define SLEEPS		200
#define JOBS		30
#define SPINNERS_MAX	32
#define STREAMS		2

struct load {
	const char *name;
	bool streams;
	/* For each CPU */
	unsigned int spinners;
};

static const struct load loads[] = {
	{ "idle", false, 0 },
	{ "4-spinners", false, 4 },
	{ "stream", true, 0 },
	{ "stream-spinner", true, 1 },
	{ "stream-4-spinners", true, 4 },
};

static unsigned long long clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Spin until killed, and keep *@used at the CPU time used. */
static void spin(volatile unsigned long long *used)
{
	for (;;)
		for (unsigned int i = 0; i < 1000; i++)
			*used = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* Print the percentiles of @count values in nanoseconds. */
static void report(const char *load, const char *what, double *ns, unsigned int count)
{
	double middle = median(ns, count);

	printf("what=%s-%s cost=%.0f p99=%.0f max=%.0f\n", load, what, middle,
	       ns[count * 99 / 100], ns[count - 1]);
	fflush(stdout);
}

static void sleep_often(const char *load)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	double late[SLEEPS];

	for (unsigned int i = 0; i < SLEEPS; i++) {
		unsigned long long from = clock_ns(CLOCK_MONOTONIC);

		nanosleep(&ms, NULL);
		late[i] = clock_ns(CLOCK_MONOTONIC) - from - ms.tv_nsec;
	}
	report(load, "sleeper-late", late, SLEEPS);
}

static void short_job(struct gpu *g)
{
	struct csb b;

	csb_init(&b);
	csb_move32(&b, 70, 1);
	gpu_run(g, &b);
}

static void run_jobs(const char *load, struct gpu *g)
{
	double resident[JOBS], fresh[JOBS];
	unsigned long long from;

	short_job(g);
	for (unsigned int i = 0; i < JOBS; i++) {
		from = clock_ns(CLOCK_MONOTONIC);
		short_job(g);
		resident[i] = clock_ns(CLOCK_MONOTONIC) - from;
	}
	report(load, "job", resident, JOBS);
	for (unsigned int i = 0; i < JOBS; i++) {
		struct gpu other = *g;

		need(!panthor_group_create(g->fd, g->vm, 1, RING_SIZE, &other.group),
		     "cannot create a group");
		from = clock_ns(CLOCK_MONOTONIC);
		short_job(&other);
		fresh[i] = clock_ns(CLOCK_MONOTONIC) - from;
		g->point = other.point;
		need(!panthor_group_destroy(g->fd, other.group), "cannot destroy a group");
	}
	report(load, "new-group-job", fresh, JOBS);
}

static void start_streams(struct gpu *streams)
{
	for (unsigned int i = 0; i < STREAMS; i++) {
		struct csb_label loop = CSB_LABEL_INIT;
		struct panthor_job job;
		struct csb b;

		gpu_open(&streams[i]);
		csb_init(&b);
		csb_place(&b, &loop);
		csb_branch(&b, CSF_COND_ALWAYS, 70, &loop);
		panthor_job_init(&job, 0, CODE_VA, gpu_load(&streams[i], &b));
		need(!panthor_submit(streams[i].fd, streams[i].group, &job, 1),
		     "GROUP_SUBMIT failed");
	}
}

static void measure(const struct load *load, struct gpu *g)
{
	unsigned int count = load->spinners * sysconf(_SC_NPROCESSORS_ONLN);
	unsigned long long *used, spun = 0, from;
	struct gpu streams[STREAMS];
	pid_t pids[SPINNERS_MAX];

	need(count <= SPINNERS_MAX, "too many CPUs");
	used = mmap(NULL, SPINNERS_MAX * sizeof(*used), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(used != MAP_FAILED, "cannot map memory");
	if (load->streams)
		start_streams(streams);
	for (unsigned int i = 0; i < count; i++) {
		pids[i] = fork();
		need(pids[i] >= 0, "cannot fork");
		if (!pids[i])
			spin(&used[i]);
	}
	/* The lead that a thread has at its start is used up. */
	usleep(100000);
	for (unsigned int i = 0; i < count; i++)
		spun -= used[i];
	from = clock_ns(CLOCK_MONOTONIC);
	sleep_often(load->name);
	from = clock_ns(CLOCK_MONOTONIC) - from;
	for (unsigned int i = 0; i < count; i++)
		spun += used[i];
	if (count)
		printf("what=%s-spinner-percent cost=%.1f\n", load->name,
		       100.0 * spun / from / count);
	run_jobs(load->name, g);
	for (unsigned int i = 0; i < count; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	if (load->streams)
		for (unsigned int i = 0; i < STREAMS; i++)
			close(streams[i].fd);
	munmap(used, SPINNERS_MAX * sizeof(*used));
}

int main(void)
{
	struct gpu g;

	gpu_open(&g);
	for (unsigned int i = 0; i < ARRAY_SIZE(loads); i++)
		measure(&loads[i], &g);

	return 0;
}
