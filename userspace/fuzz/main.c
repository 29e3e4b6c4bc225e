// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * fuzz - run random programs against the panthor uAPI
 *
 * The command line. Everything but printing programs needs the GPU and runs as root.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manager.h"

static const char usage[] =
	"Usage: fuzz [OPTION]... [FILE|DIRECTORY]...\n"
	"\n"
	"Run the programs in the files, then random ones. Exit status 1 if the GPU does not\n"
	"execute a job afterwards, or a process does not end.\n"
	"\n"
	"  -r, --repeat=N      run the programs in the files again, in turn without and with\n"
	"                      fault injection, resets and unbinding, until N seconds are over\n"
	"  -t, --seconds=N     time for random programs (default: 0)\n"
	"  -n, --programs=N    most random programs (default: any number)\n"
	"  -s, --seed=N        seed of the random programs (default: 1)\n"
	"  -o, --out=DIR       directory for the last programs, for programs that reach new\n"
	"                      code (new-*) and for the points that were passed (points)\n"
	"  -u, --unprivileged  no fault injection, resets, unbinding\n"
	"  -k, --select        print the programs in the files that pass points first\n"
	"  -v, --verbose       print the result of each call\n"
	"  -p, --print         print the first random program and end\n"
	"  -c, --c             print the program in the file as a C program and end\n"
	"  -h, --help          print this text and end\n";

enum mode { MODE_RUN, MODE_PRINT, MODE_C };

static void print_random(const struct fz_options *options)
{
	struct fz_random random = { options->seed };
	static char text[FZ_TEXT_MAX];
	static struct fz_prog prog;

	fz_generate(&random, &prog);
	fz_print(&prog, text, sizeof(text));
	fputs(text, stdout);
}

static int print_c(const char *path)
{
	static struct fz_prog prog;

	if (fz_load(&prog, path))
		return 2;
	fz_emit(stdout, &prog);
	return 0;
}

static int run(const struct fz_options *options, char **paths, int count)
{
	static struct fz_manager m;
	char path[256];
	int ret = fz_manager_init(&m, options);

	for (int i = 0; i < count && !ret; i++)
		ret = fz_load_corpus(&m, paths[i]);
	if (count)
		printf("fuzz: ran %u programs of files\n", m.programs);
	if (!ret)
		ret = fz_repeat_corpus(&m);
	if (!ret)
		ret = fz_fuzz(&m);
	fz_progress(&m);
	if (options->out) {
		snprintf(path, sizeof(path), "%s/points", options->out);
		fz_cover_write(path);
	}
	return ret ? 1 : 0;
}

static int parse(int argc, char **argv, struct fz_options *options, enum mode *mode)
{
	static const struct option names[] = {
		{ "repeat", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 't' },
		{ "programs", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "out", required_argument, NULL, 'o' },
		{ "unprivileged", no_argument, NULL, 'u' },
		{ "select", no_argument, NULL, 'k' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "print", no_argument, NULL, 'p' },
		{ "c", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{},
	};
	uint64_t number = 0;
	char *end = "";
	int c;

	while ((c = getopt_long(argc, argv, "r:t:n:s:o:ukvpch", names, NULL)) != -1) {
		if (c == 'r' || c == 't' || c == 'n' || c == 's')
			number = strtoull(optarg, &end, 0);
		if (*end || c == '?')
			return -1;
		switch (c) {
		case 'r':
			options->repeat = number;
			break;
		case 't':
			options->seconds = number;
			break;
		case 'n':
			options->programs = number;
			break;
		case 's':
			options->seed = number;
			break;
		case 'o':
			options->out = optarg;
			break;
		case 'u':
			options->unprivileged = true;
			break;
		case 'k':
			options->select = true;
			break;
		case 'v':
			options->verbose = true;
			break;
		case 'p':
			*mode = MODE_PRINT;
			break;
		case 'c':
			*mode = MODE_C;
			break;
		default:
			fputs(usage, stdout);
			exit(0);
		}
	}
	return *mode == MODE_C && optind != argc - 1 ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct fz_options options = { .seed = 1 };
	enum mode mode = MODE_RUN;

	if (parse(argc, argv, &options, &mode)) {
		fputs("Try 'fuzz --help' for more information.\n", stderr);
		return 2;
	}
	switch (mode) {
	case MODE_PRINT:
		print_random(&options);
		return 0;
	case MODE_C:
		return print_c(argv[optind]);
	default:
		return run(&options, argv + optind, argc - optind);
	}
}
