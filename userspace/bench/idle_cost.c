// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * idle-cost - measure what the idle software GPU costs a machine
 *
 * idle-cost system	baseline: the modules are not loaded
 * idle-cost gpu		with power but no group, and with an idle group on a slot
 *
 * For a guest whose time counts instructions (QEMU's -icount): the run time of a
 * thread is the number of instructions it has executed.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "bench_gpu.h"

#define SECONDS		4
#define TIMES		5

/* Instructions executed so far, by the GPU's thread and by all tasks */
struct use {
	unsigned long long engine;
	unsigned long long all;
};

static int engine_pid;

static void find_engine(void)
{
	char path[300], name[32] = "";
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	need(dir, "cannot read /proc");
	while (!engine_pid && (entry = readdir(dir))) {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (fscanf(f, "%31s", name) == 1 && !strcmp(name, "vcsf-mali"))
			engine_pid = atoi(entry->d_name);
		fclose(f);
	}
	closedir(dir);
	need(engine_pid, "no thread of the software GPU");
}

static unsigned long long engine_time(void)
{
	unsigned long long ns;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", engine_pid);
	f = fopen(path, "r");
	need(f && fscanf(f, "%llu", &ns) == 1, "cannot read the schedstat of the thread");
	fclose(f);

	return ns;
}

/* The seventh number of a processor's line is the time for which it ran tasks. */
static unsigned long long all_time(void)
{
	unsigned long long ns, sum = 0;
	char line[512];
	FILE *f = fopen("/proc/schedstat", "r");

	need(f, "cannot read /proc/schedstat");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "cpu%*u %*u %*u %*u %*u %*u %*u %llu", &ns) == 1)
			sum += ns;
	fclose(f);
	need(sum, "no run time in /proc/schedstat");

	return sum;
}

static struct use use_now(void)
{
	return (struct use){ engine_pid ? engine_time() : 0, all_time() };
}

/* Measure the instructions per second while this program sleeps. */
static void idle_costs(const char *what)
{
	const struct timespec ts = { .tv_sec = SECONDS };
	double engine[TIMES], all[TIMES];

	nanosleep(&ts, NULL);
	for (unsigned int i = 0; i < TIMES; i++) {
		struct use before = use_now(), after;

		nanosleep(&ts, NULL);
		after = use_now();
		engine[i] = (double)(after.engine - before.engine) / SECONDS;
		all[i] = (double)(after.all - before.all) / SECONDS;
	}
	if (engine_pid)
		printf("what=idle-%s-thread cost=%.1f\n", what,
		       median(engine, TIMES));
	printf("what=idle-%s-all cost=%.1f\n", what, median(all, TIMES));
}

/* Set the runtime PM policy: "on" keeps the GPU powered while it is idle. */
static void power_set(const struct gpu *g, const char *how)
{
	char path[128];
	struct stat st;
	FILE *f;

	need(!fstat(g->fd, &st), "cannot stat the device file");
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device/power/control",
		 major(st.st_rdev), minor(st.st_rdev));
	f = fopen(path, "w");
	need(f && fputs(how, f) >= 0 && !fclose(f), "cannot set power/control");
}

int main(int argc, char **argv)
{
	struct csb b;
	struct gpu g;

	need(argc == 2, "usage: idle-cost system|gpu");
	if (!strcmp(argv[1], "system")) {
		idle_costs("system");
		return 0;
	}
	need(!strcmp(argv[1], "gpu"), "usage: idle-cost system|gpu");
	find_engine();
	gpu_open(&g);
	idle_costs("off");
	power_set(&g, "on");
	idle_costs("powered");
	csb_init(&b);
	csb_move32(&b, 70, 1);
	gpu_run(&g, &b);
	idle_costs("group");
	power_set(&g, "auto");

	return 0;
}
