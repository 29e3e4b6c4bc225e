// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The loop: random programs and mutations of the corpus run one after the other. A
 * program that takes an edge first is run again; if that edge is taken again, the
 * program is shortened as long as it takes all of these edges, and becomes part of
 * the corpus. Without KCOV, the corpus is what was loaded.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manager.h"

/* Runs to shorten a program */
#define TRIM_RUNS	30
#define PROGRESS_S	10

/**
 * fz_manager_init - prepare for programs
 * @m: manager, zeroed
 * @options: what to do
 *
 * Return: 0 or a negative errno.
 */
int fz_manager_init(struct fz_manager *m, const struct fz_options *options)
{
	m->options = *options;
	m->started = fz_now();
	m->cover = fz_cover_open();
	m->shared = fz_shared_new();
	if (!m->shared)
		return -ENOMEM;
	if (m->options.out)
		mkdir(m->options.out, 0755);
	return fz_check_device(m);
}

/**
 * fz_progress - print a line about progress
 * @m: manager
 */
void fz_progress(struct fz_manager *m)
{
	printf("fuzz: %4u s: %u programs, %lu calls, %lu%% succeeded", fz_now() - m->started,
	       m->programs, m->calls, m->calls ? 100 * m->good / m->calls : 0);
	fz_cover_print(stdout);
	printf(", corpus %u, %u processes died, %u rebinds\n", m->corpus_count, m->died,
	       m->rebinds);
	fflush(stdout);
}

static void add_to_corpus(struct fz_manager *m, const struct fz_prog *prog)
{
	struct fz_prog *copy;

	if (m->corpus_count == FZ_CORPUS_MAX)
		return;
	copy = malloc(sizeof(*copy));
	if (!copy)
		return;
	*copy = *prog;
	m->corpus[m->corpus_count++] = copy;
}

static void save(struct fz_manager *m, const struct fz_prog *prog)
{
	static char text[FZ_TEXT_MAX];
	char path[256];
	FILE *file;

	if (!m->options.out)
		return;
	fz_print(prog, text, sizeof(text));
	snprintf(path, sizeof(path), "%s/new-%016llx", m->options.out,
		 (unsigned long long)fz_hash(text));
	file = fopen(path, "w");
	if (!file)
		return;
	fprintf(file, "%s%s", FZ_HEAD, text);
	/* A part of a program could not be loaded. */
	if (ferror(file) | fclose(file))
		unlink(path);
}

/* --- Programs that take new edges -------------------------------------------------- */

static unsigned int wanted_count;
static uint32_t wanted[FZ_FRESH];

static bool takes_wanted(const struct fz_cover *cover)
{
	for (unsigned int i = 0; i < wanted_count; i++)
		if (cover->edges[wanted[i]] != cover->epoch)
			return false;
	return true;
}

/* Keep the edges that the last run has taken again. */
static void keep_stable(const struct fz_cover *cover)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < wanted_count; i++)
		if (cover->edges[wanted[i]] == cover->epoch)
			wanted[n++] = wanted[i];
	wanted_count = n;
}

static void cut(struct fz_prog *prog, unsigned int from, unsigned int count)
{
	memmove(&prog->calls[from], &prog->calls[from + count],
		(prog->count - from - count) * sizeof(prog->calls[0]));
	prog->count -= count;
}

static int trim(struct fz_manager *m, struct fz_prog *prog)
{
	static struct fz_prog shorter;
	unsigned int runs = 0;

	for (unsigned int size = prog->count / 2; size && runs < TRIM_RUNS; size /= 2) {
		unsigned int at = prog->count;

		while (at >= size && runs++ < TRIM_RUNS) {
			int ret;

			at -= size;
			shorter = *prog;
			cut(&shorter, at, size);
			if (!shorter.count)
				break;
			ret = fz_execute(m, &shorter);
			if (ret)
				return ret;
			if (takes_wanted(m->cover))
				*prog = shorter;
			if (at > prog->count)
				at = prog->count;
		}
	}
	return 0;
}

static int triage(struct fz_manager *m, struct fz_prog *prog)
{
	struct fz_cover *cover = m->cover;
	int ret;

	if (!cover || !cover->fresh_count)
		return 0;
	wanted_count = cover->fresh_count < FZ_FRESH ? cover->fresh_count : FZ_FRESH;
	memcpy(wanted, cover->fresh, wanted_count * sizeof(wanted[0]));
	ret = fz_execute(m, prog);
	if (ret)
		return ret;
	keep_stable(cover);
	if (!wanted_count)
		return 0;
	ret = trim(m, prog);
	add_to_corpus(m, prog);
	save(m, prog);
	return ret;
}

/* --- Files ------------------------------------------------------------------------- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_file(struct fz_manager *m, const char *path)
{
	unsigned int points = m->cover ? m->cover->point_count : 0;
	static struct fz_prog prog;
	int ret = fz_load(&prog, path);

	if (ret)
		return ret;
	if (m->options.verbose)
		printf("%s\n", path);
	ret = fz_execute(m, &prog);
	if (!ret)
		add_to_corpus(m, &prog);
	if (m->options.select && m->cover && m->cover->point_count > points)
		printf("keep %s %u\n", path, m->cover->point_count - points);
	return ret;
}

/**
 * fz_load_corpus - run the programs of a file or directory and add them to the corpus
 * @m: manager
 * @path: name of the file or directory
 *
 * Return: 0 or a negative errno.
 */
int fz_load_corpus(struct fz_manager *m, const char *path)
{
	struct dirent **entries;
	struct stat status;
	int count, ret = 0;

	if (!stat(path, &status) && !S_ISDIR(status.st_mode))
		return run_file(m, path);
	count = scandir(path, &entries, visible, by_name);
	if (count < 0) {
		fprintf(stderr, "fuzz: %s: %s\n", path, strerror(errno));
		return -errno;
	}
	for (int i = 0; i < count; i++) {
		char name[512];

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		if (!ret)
			ret = run_file(m, name);
		free(entries[i]);
	}
	free(entries);
	return ret;
}

/* Leave out calls that affect other programs. */
static void remove_root_calls(struct fz_prog *prog)
{
	for (unsigned int i = prog->count; i-- > 0;)
		if (fz_ops[prog->calls[i].op].root)
			cut(prog, i, 1);
}

/**
 * fz_repeat_corpus - run the programs that were loaded again until the time is over
 * @m: manager
 *
 * Every other time without the calls that inject faults, reset the GPU or unbind the
 * driver, so that the calls after these find a GPU that works.
 *
 * Return: 0 or a negative errno.
 */
int fz_repeat_corpus(struct fz_manager *m)
{
	unsigned int count = m->corpus_count, first = m->programs;
	static struct fz_prog prog;
	int ret = 0;

	for (unsigned int i = 0; count && !ret; i++) {
		if (fz_now() - m->started >= m->options.repeat)
			break;
		prog = *m->corpus[i % count];
		if (i / count % 2 == 0 || m->options.unprivileged)
			remove_root_calls(&prog);
		if (prog.count)
			ret = fz_execute(m, &prog);
	}
	if (m->options.repeat)
		printf("fuzz: repeated %u programs of files\n", m->programs - first);
	return ret;
}

/* --- Loop -------------------------------------------------------------------------- */

static void next_program(struct fz_manager *m, struct fz_random *r, struct fz_prog *prog)
{
	if (!m->corpus_count || fz_one_in(r, 5)) {
		fz_generate(r, prog);
		return;
	}
	*prog = *m->corpus[fz_pick(r, m->corpus_count)];
	fz_mutate(r, prog, m->corpus[fz_pick(r, m->corpus_count)]);
}

/**
 * fz_fuzz - run random programs
 * @m: manager
 *
 * Return: 0 or a negative errno.
 */
int fz_fuzz(struct fz_manager *m)
{
	struct fz_random random = { m->options.seed };
	static struct fz_prog prog;
	unsigned int begin = fz_now(), shown = begin, first = m->programs;
	int ret = 0;

	while (!ret && fz_now() - begin < m->options.seconds) {
		if (m->options.programs && m->programs - first >= m->options.programs)
			break;
		next_program(m, &random, &prog);
		/* They are slow: the device is checked after each. */
		if (fz_uses_root(&prog) && (m->options.unprivileged || !fz_one_in(&random, 4)))
			continue;
		ret = fz_execute(m, &prog);
		if (!ret)
			ret = triage(m, &prog);
		if (fz_now() - shown >= PROGRESS_S) {
			shown = fz_now();
			fz_progress(m);
		}
	}
	return ret ? ret : fz_check_device(m);
}
