// SPDX-License-Identifier: GPL-2.0 OR MIT

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
"Run a graph of GPU jobs with dependencies and show when what ran.\n"
"\n"
"Two processes draw frames. Each has an address space of its own and a group of\n"
"three queues. A frame is four jobs, each of which needs the one before it:\n"
"geometry, fragment, compute, present. Process 1 also needs what process 0 has\n"
"drawn, process 0 is at most two frames ahead of what process 1 has shown, and\n"
"one job waits for a fence that the CPU signals.\n"
"\n"
"A job computes a number of the numbers of the jobs it needs and of the one\n"
"before it in its queue. A job that runs too early makes its own number wrong,\n"
"and those of all jobs after it. All numbers are checked.\n"
"\n"
"What to run:\n"
"  -f, --frames=N        frames of each process (4)\n"
"  -q, --queues=N        queues of each process, 1 to 8 (3)\n"
"  -j, --jobs=N          jobs of a frame in each process (4)\n"
"  -w, --work=PERCENT    how much work the jobs do (100)\n"
"  -n, --no-cpu          no job waits for the CPU\n"
"  -g, --graph=FILE      the graph in this file instead; - is standard input\n"
"  -s, --seed=N          other numbers to compute with (1)\n"
"\n"
"What to do with it:\n"
"  -c, --check-graph=FILE\n"
"                        only say whether the graph in this file could run\n"
"  -p, --print-graph     only print the graph, as a graph file\n"
"  -d, --dry-run         run it on paper, without a GPU\n"
"  -t, --width=N         columns of the timeline (100)\n"
"  -h, --help            this text\n"
"\n"
"A graph file has one job per line, in the order of its queue, and comments\n"
"after #. \"processes\" and \"queues\" come first; 2 and 3 are the default:\n"
"\n"
"  processes N\n"
"  queues N\n"
"  job NAME PROCESS.QUEUE|cpu [work N] [after NAME...]\n"
"\n"
"The timeline has a row for each queue. In it, letters are the initials of the\n"
"stages (or jobs) that run, \".\" is a job that was submitted and waits for\n"
"others, \":\" one that is ready and waits for its turn, \"|\" one whose fence\n"
"has signalled. The times of the GPU are those that the jobs' code stored.\n"
"\n"
"Exit status: 0 if all results are correct, 1 if not or if something failed,\n"
"2 if the options or the graph make no sense.\n";

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
	fprintf(stderr, "vpan-demo: --%s wants a number from %u to %u, not '%s'\n",
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

/* Returns whether the option made sense. */
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
		return parse_number("work", optarg, 1, 100000, &o->frames.work);
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
		fprintf(stderr, "vpan-demo: what is '%s'?\n", argv[optind]);
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
		fprintf(stderr, "vpan-demo: this graph is refused: %s\n", error);
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
	puts(o->mode == DRY_RUN ? "all results correct, on paper" :
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
		printf("this graph can run: ");
		describe(&g, o.seed);
		return 0;
	case PRINT:
		graph_write(&g, stdout);
		return 0;
	default:
		return show(&g, &o);
	}
}
