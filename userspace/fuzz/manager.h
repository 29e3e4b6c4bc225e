/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef FUZZ_MANAGER_H
#define FUZZ_MANAGER_H

#include "cover.h"
#include "prog.h"

#define FZ_CORPUS_MAX	4096

/**
 * struct fz_options - what to do
 * @repeat: time from the begin for programs of files
 * @seconds: time for random programs
 * @seed: seed of the random programs
 * @programs: most random programs, 0 for any number
 * @out: directory for results, may be NULL
 * @unprivileged: no programs that inject faults
 * @select: print which of the loaded programs pass points first
 * @verbose: print the result of each call
 */
struct fz_options {
	unsigned int repeat;
	unsigned int seconds;
	uint64_t seed;
	unsigned int programs;
	const char *out;
	bool unprivileged;
	bool select;
	bool verbose;
};

/**
 * struct fz_manager - runs programs and keeps the interesting ones
 * @options: what to do
 * @cover: coverage, NULL without KCOV
 * @shared: state of the running program
 * @corpus: programs that took an edge first, or that were loaded
 * @corpus_count: number of programs in @corpus
 * @programs: number of programs that ran
 * @calls: number of calls that were executed
 * @good: number of calls that succeeded
 * @died: number of programs whose process did not end by itself
 * @rebinds: number of times that the device was bound again after faults
 * @dirty: faults may be armed, or the device lost
 * @started: time of the begin in seconds
 */
struct fz_manager {
	struct fz_options options;
	struct fz_cover *cover;
	struct fz_shared *shared;
	struct fz_prog *corpus[FZ_CORPUS_MAX];
	unsigned int corpus_count;
	unsigned int programs;
	unsigned long calls;
	unsigned long good;
	unsigned int died;
	unsigned int rebinds;
	bool dirty;
	unsigned int started;
};

/* run.c: run one program */
int fz_execute(struct fz_manager *m, const struct fz_prog *prog);
int fz_check_device(struct fz_manager *m);
unsigned int fz_now(void);

/* manager.c */
int fz_manager_init(struct fz_manager *m, const struct fz_options *options);
int fz_load_corpus(struct fz_manager *m, const char *path);
int fz_repeat_corpus(struct fz_manager *m);
int fz_fuzz(struct fz_manager *m);
void fz_progress(struct fz_manager *m);

#endif /* FUZZ_MANAGER_H */
