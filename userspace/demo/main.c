// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vpan-demo: runs a graph of GPU jobs, checks the results and draws a timeline.
 * This file parses the options. Documentation/demo.rst is the manual.
 */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "simulate.h"

#define EXIT_WRONG	1
#define EXIT_REFUSED	2

static const char help[] =
"Usage: vpan-demo [OPTION]...\n"
"\n"
"Run a graph of GPU jobs with dependencies and show a timeline of the run.\n"
"\n"
"Two processes draw frames. Each has its own address space and a group of three\n"
"queues. A frame consists of four jobs, each of which depends on the previous\n"
"one: geometry, fragment, compute, present. Process 1 also depends on what\n"
"process 0 has drawn, process 0 is at most two frames ahead of what process 1\n"
"has presented, and one job waits for a fence that the CPU signals.\n"
"\n"
"A job computes a value from the values of its dependencies and of the previous\n"
"job in its queue. If a job runs too early, its value and those of all jobs\n"
"after it are wrong. All values are checked.\n"
"\n"
"Graph:\n"
"  -f, --frames=N        frames per process (4)\n"
"  -q, --queues=N        queues per process, 1 to 8 (3)\n"
"  -j, --jobs=N          jobs per frame and process (4)\n"
"  -w, --work=PERCENT    work per job, 1 to 10000 (100)\n"
"  -n, --no-cpu          no job waits for the CPU\n"
"  -g, --graph=FILE      run the graph in this file; - is standard input\n"
"  -s, --seed=N          seed of the jobs' constants (1)\n"
"\n"
"Mode and output:\n"
"  -c, --check-graph=FILE\n"
"                        only check whether the graph in this file can run\n"
"  -p, --print-graph     only print the graph, as a graph file\n"
"  -d, --dry-run         simulate the run, without a GPU\n"
"  -t, --width=N         columns of the timeline (100)\n"
"  -h, --help            print this text\n"
"\n"
"A graph file has one job per line, in queue order; # begins a comment.\n"
"\"processes\" and \"queues\" precede the jobs; the defaults are 2 and 3:\n"
"\n"
"  processes N\n"
"  queues N\n"
"  job NAME PROCESS.QUEUE|cpu [work N] [after NAME...]\n"
"\n"
"The timeline has a row for each queue. A letter is the initial of the stage (or\n"
"job) that is running, \".\" a submitted job that waits for others, \":\" a ready\n"
"job that waits for its turn, \"|\" a job whose fence has signalled. GPU times\n"
"are those that the jobs' code stored.\n"
"\n"
"Exit status: 0 if all results are correct, 1 if not or if something failed,\n"
"2 if the options or the graph are invalid.\n";

enum mode { RUN, CHECK, PRINT, DRY_RUN };

struct options {
	struct graph_options frames;
	const char *file;
	enum mode mode;
	unsigned int width;
	unsigned int seed;
};

static bool parse_number(const char *option, const char *text, unsigned int least,
			 unsigned int most, unsigned int *number)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && value >= least &&
	    value <= most) {
		*number = value;
		return true;
	}
	fprintf(stderr, "vpan-demo: --%s requires a number from %u to %u, not '%s'\n",
		option, least, most, text);
	return false;
}

static const struct option long_options[] = {
	{ "frames", required_argument, NULL, 'f' },
	{ "queues", required_argument, NULL, 'q' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "work", required_argument, NULL, 'w' },
	{ "no-cpu", no_argument, NULL, 'n' },
	{ "graph", required_argument, NULL, 'g' },
	{ "seed", required_argument, NULL, 's' },
	{ "check-graph", required_argument, NULL, 'c' },
	{ "print-graph", no_argument, NULL, 'p' },
	{ "dry-run", no_argument, NULL, 'd' },
	{ "width", required_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{}
};

/* Return: whether the option is valid. */
static bool parse_option(struct options *o, int letter)
{
	switch (letter) {
	case 'f':
		return parse_number("frames", optarg, 1, GRAPH_MAX_JOBS,
				    &o->frames.frames);
	case 'q':
		return parse_number("queues", optarg, 1, GRAPH_MAX_QUEUES,
				    &o->frames.queues);
	case 'j':
		return parse_number("jobs", optarg, 1, GRAPH_MAX_JOBS, &o->frames.jobs);
	case 'w':
		return parse_number("work", optarg, 1, 10000, &o->frames.work);
	case 's':
		return parse_number("seed", optarg, 0, ~0u, &o->seed);
	case 't':
		return parse_number("width", optarg, 20, 500, &o->width);
	case 'n':
		o->frames.cpu = false;
		return true;
	case 'c':
		o->mode = CHECK;
		o->file = optarg;
		return true;
	case 'g':
		o->file = optarg;
		return true;
	case 'p':
		o->mode = PRINT;
		return true;
	case 'd':
		o->mode = DRY_RUN;
		return true;
	default:
		return false;
	}
}

static bool parse_options(struct options *o, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "f:q:j:w:ng:s:c:pdt:h", long_options,
				     NULL)) != -1) {
		if (letter == 'h') {
			fputs(help, stdout);
			exit(0);
		}
		if (!parse_option(o, letter))
			return false;
	}
	if (optind < argc) {
		fprintf(stderr, "vpan-demo: unexpected argument '%s'\n", argv[optind]);
		return false;
	}
	return true;
}

static int make_graph(const struct options *o, struct graph *g)
{
	char error[GRAPH_MAX_ERROR] = "";
	FILE *file = stdin;
	int ret;

	if (o->file && strcmp(o->file, "-")) {
		file = fopen(o->file, "r");
		if (!file) {
			fprintf(stderr, "vpan-demo: %s: %s\n", o->file, strerror(errno));
			return -EINVAL;
		}
	}
	if (o->file)
		ret = graph_read(g, file, o->file, error);
	else
		ret = graph_frames(g, &o->frames, error);
	if (file != stdin)
		fclose(file);
	if (!ret)
		ret = graph_check(g, o->seed, error);
	if (ret)
		fprintf(stderr, "vpan-demo: invalid graph: %s\n", error);
	return ret;
}

static void describe(const struct graph *g, unsigned int seed)
{
	unsigned int deps = 0, cross = 0, cpu = 0;

	for (unsigned int i = 0; i < g->count; i++) {
		const struct graph_job *job = &g->jobs[i];

		deps += job->dep_count;
		cpu += job->process == GRAPH_CPU;
		for (unsigned int d = 0; d < job->dep_count; d++)
			cross += g->jobs[job->deps[d]].process != job->process;
	}
	printf("%u jobs (%u of them on the CPU) in %u processes with %u queues each, ",
	       g->count, cpu, g->processes, g->queues);
	printf("%u dependencies (%u across processes), seed %u\n", deps, cross, seed);
}

static int show(const struct graph *g, const struct options *o)
{
	static struct job_times times[GRAPH_MAX_JOBS];
	uint64_t tolerance = 0;
	unsigned int wrong;

	describe(g, o->seed);
	if (o->mode == DRY_RUN)
		simulate(g, times);
	else if (run_graph(g, times, &tolerance))
		return EXIT_WRONG;
	putchar('\n');
	chart_timeline(g, times, o->width, stdout);
	putchar('\n');
	chart_waits(g, times, stdout);
	putchar('\n');
	wrong = chart_check(g, times, tolerance, stdout);
	if (wrong) {
		printf("%u of %u jobs are wrong\n", wrong, g->count);
		return EXIT_WRONG;
	}
	puts(o->mode == DRY_RUN ? "all results correct (simulated)" :
				  "all results correct");
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = {
		.frames = {
			.frames = 4,
			.queues = 3,
			.jobs = 4,
			.work = 100,
			.cpu = true,
		},
		.width = 100,
		.seed = 1,
	};
	static struct graph g;

	if (!parse_options(&o, argc, argv)) {
		fputs("Try 'vpan-demo --help'.\n", stderr);
		return EXIT_REFUSED;
	}
	if (make_graph(&o, &g))
		return EXIT_REFUSED;
	switch (o.mode) {
	case CHECK:
		printf("valid graph: ");
		describe(&g, o.seed);
		return 0;
	case PRINT:
		graph_write(&g, stdout);
		return 0;
	default:
		return show(&g, &o);
	}
}
