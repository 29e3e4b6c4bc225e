// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Coverage of the modules by KCOV. The kernel records the address of each point (the
 * begin of a basic block) that a thread passes; only our modules are instrumented.
 * An edge is a pair of consecutive points of a call, as a hash, so that rare
 * collisions hide an edge. Work in other threads and in interrupts is not recorded.
 *
 * The manager opens one KCOV file per actor, which all programs use in turn.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cover.h"

#define TRACE_SIZE	(32u << 10)
#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static struct fz_cover *cover;
static int files[FZ_ACTORS];
static uint64_t *traces[FZ_ACTORS];
static const char * const modules[] = { "drm_jobqueue", "vcsf", "vpanthor" };

static bool open_trace(unsigned int actor)
{
	void *at;

	files[actor] = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (files[actor] < 0 || ioctl(files[actor], KCOV_INIT_TRACE, TRACE_SIZE))
		return false;
	at = mmap(NULL, TRACE_SIZE * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED,
		  files[actor], 0);
	traces[actor] = at;
	return at != MAP_FAILED;
}

/**
 * fz_cover_open - prepare the collection of coverage
 *
 * Return: the coverage, NULL if the kernel has no KCOV.
 */
struct fz_cover *fz_cover_open(void)
{
	void *at;

	for (unsigned int i = 0; i < FZ_ACTORS; i++)
		if (!open_trace(i))
			return NULL;
	at = mmap(NULL, sizeof(*cover), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		  -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	cover = at;
	return cover;
}

/**
 * fz_cover_start - record the calls of this thread
 * @a: its actor
 */
void fz_cover_start(struct fz_actor *a)
{
	if (!cover)
		return;
	/* The thread that had the file in the last program may not have ended yet. */
	for (int i = 0; i < 200; i++) {
		if (!ioctl(files[a->number], KCOV_ENABLE, KCOV_TRACE_PC))
			break;
		usleep(1000);
	}
	__atomic_store_n(traces[a->number], 0, __ATOMIC_RELAXED);
}

static void add_point(uint64_t pc)
{
	uint32_t at = (pc * 0x9e3779b97f4a7c15ull) >> 48;

	for (unsigned int i = 0; i < 64; i++) {
		uint64_t *entry = &cover->points[(at + i) % FZ_POINTS_MAX];
		uint64_t empty = 0;

		if (*entry == pc)
			return;
		if (!*entry && __atomic_compare_exchange_n(entry, &empty, pc, false,
							   __ATOMIC_RELAXED,
							   __ATOMIC_RELAXED)) {
			__atomic_fetch_add(&cover->point_count, 1, __ATOMIC_RELAXED);
			return;
		}
	}
}

static void add_edge(uint32_t edge)
{
	uint32_t before = __atomic_exchange_n(&cover->edges[edge], cover->epoch,
					      __ATOMIC_RELAXED);
	uint32_t at;

	if (before)
		return;
	__atomic_fetch_add(&cover->edge_count, 1, __ATOMIC_RELAXED);
	at = __atomic_fetch_add(&cover->fresh_count, 1, __ATOMIC_RELAXED);
	if (at < FZ_FRESH)
		cover->fresh[at] = edge;
}

/**
 * fz_cover_end - add what this thread has recorded since the last time
 * @a: its actor
 */
void fz_cover_end(struct fz_actor *a)
{
	uint64_t *trace = traces[a->number], before = 0, count;

	if (!cover)
		return;
	count = __atomic_load_n(trace, __ATOMIC_RELAXED);
	for (uint64_t i = 1; i <= count && i < TRACE_SIZE; i++) {
		uint64_t pc = trace[i];

		add_edge(((pc ^ before << 21) * 0x9e3779b97f4a7c15ull) >> 46);
		add_point(pc);
		before = pc;
	}
	__atomic_store_n(trace, 0, __ATOMIC_RELAXED);
}

/**
 * fz_cover_next - begin a program
 */
void fz_cover_next(void)
{
	if (!cover)
		return;
	cover->epoch++;
	cover->fresh_count = 0;
}

static uint64_t module_base(const char *name)
{
	char path[64], text[32];
	FILE *file;
	uint64_t base = 0;

	snprintf(path, sizeof(path), "/sys/module/%s/sections/.text", name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fgets(text, sizeof(text), file))
		base = strtoull(text, NULL, 0);
	fclose(file);
	return base;
}

/**
 * fz_cover_write - write the points that were passed
 * @path: the file: a line with module and offset in its text for each point
 *
 * Return: 0 or a negative errno.
 */
int fz_cover_write(const char *path)
{
	uint64_t bases[COUNT(modules)];
	FILE *file = fopen(path, "w");

	if (!file)
		return -errno;
	for (unsigned int i = 0; i < COUNT(modules); i++)
		bases[i] = module_base(modules[i]);
	for (unsigned int i = 0; cover && i < FZ_POINTS_MAX; i++) {
		uint64_t pc = cover->points[i];
		int best = -1;

		for (unsigned int k = 0; k < COUNT(modules); k++)
			if (pc && bases[k] && bases[k] <= pc &&
			    (best < 0 || bases[k] > bases[best]))
				best = k;
		if (best >= 0)
			fprintf(file, "%s %#llx\n", modules[best],
				(unsigned long long)(pc - bases[best]));
	}
	return fclose(file) ? -errno : 0;
}

/**
 * fz_cover_print - print the numbers of edges and points
 * @to: file to print to
 */
void fz_cover_print(FILE *to)
{
	if (cover)
		fprintf(to, ", %u edges, %u points", cover->edge_count, cover->point_count);
}
