// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Runs checks one by one and prints a line for each: "pass NAME", "fail NAME: REASON" or
 * "skip NAME: REASON". A check is a process of its own, so that a crash in the driver or the
 * loss of a device does not affect the next check. It may leave data in the folder
 * of option -o, to be compared with that of another driver: a file NAME, and the kind of
 * comparison in the file NAME.kind.
 *
 * With -k, the name of each check is written to the kernel's log before it runs.
 */
#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* Seconds after which a check that has not returned is ended */
#define LIMIT 200
#define SKIPPED 77

static const char *folder;
static const char *current;
static int marks, failed, passed, listing;
static char **patterns;
static int pipe_out;

const char *check_name(void)
{
	return current;
}

static void reason(const char *format, va_list args)
{
	vdprintf(pipe_out, format, args);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	reason(format, args);
	va_end(args);
	_exit(1);
}

void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	reason(format, args);
	va_end(args);
	_exit(SKIPPED);
}

static void put(const char *suffix, const void *data, size_t size)
{
	/* A file system may be unable to read directly from memory of a GPU. */
	void *copy = malloc(size);
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s%s", folder, current, suffix);
	file = fopen(path, "wb");
	if (!copy || !file || fwrite(memcpy(copy, data, size), 1, size, file) != size ||
	    fclose(file))
		fail("%s: %s", path, strerror(errno));
	free(copy);
}

/* Leave the result of the check; KIND says how it is compared. */
void dump(const char *kind, const void *data, size_t size)
{
	if (!folder)
		return;
	put("", data, size);
	put(".kind", kind, strlen(kind));
}

static int wanted(const char *name)
{
	char **pattern;

	for (pattern = patterns; *pattern; pattern++)
		if (!fnmatch(*pattern, name, 0))
			return 1;
	return !*patterns;
}

static void mark(const char *name)
{
	FILE *file;

	if (!marks)
		return;
	file = fopen("/dev/kmsg", "w");
	if (file) {
		fprintf(file, "mesa: check %s\n", name);
		fclose(file);
	}
}

static void report(const char *name, int status, const char *text)
{
	const char *separator = *text ? ": " : "";

	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		printf("pass %s\n", name);
		passed++;
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
		printf("skip %s%s%s\n", name, separator, text);
	} else if (WIFSIGNALED(status)) {
		printf("fail %s: %s\n", name, WTERMSIG(status) == SIGALRM ?
		       "no result within the time limit" : strsignal(WTERMSIG(status)));
		failed++;
	} else {
		printf("fail %s%s%s\n", name, separator, text);
		failed++;
	}
}

static void run(const struct check *check)
{
	char text[400] = "";
	size_t have = 0;
	ssize_t got;
	int ends[2], status;
	pid_t pid;

	mark(check->name);
	fflush(stdout);
	if (pipe(ends)) {
		perror("pipe");
		exit(1);
	}
	pid = fork();
	if (pid < 0) {
		perror("fork");
		exit(1);
	}
	if (!pid) {
		close(ends[0]);
		pipe_out = ends[1];
		current = check->name;
		alarm(LIMIT);
		check->run(check->data);
		_exit(0);
	}
	close(ends[1]);
	while (have < sizeof(text) - 1) {
		got = read(ends[0], text + have, sizeof(text) - 1 - have);
		if (got <= 0)
			break;
		have += got;
	}
	close(ends[0]);
	text[strcspn(text, "\n")] = 0;
	waitpid(pid, &status, 0);
	report(check->name, status, text);
}

/* Options: -o FOLDER, -k, -l to list names only; then patterns of names to run. */
void checks_begin(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "o:kl")) != -1) {
		if (option == 'o')
			folder = optarg;
		else if (option == 'k')
			marks = 1;
		else if (option == 'l')
			listing = 1;
		else
			exit(2);
	}
	patterns = argv + optind;
}

void checks_run(const struct check *checks, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!wanted(checks[i].name))
			continue;
		if (listing)
			puts(checks[i].name);
		else
			run(&checks[i]);
	}
}

int checks_end(void)
{
	return failed ? 1 : 0;
}
