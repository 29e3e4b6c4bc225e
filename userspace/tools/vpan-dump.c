// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vpan-dump - print a device coredump of vpanthor with its streams as text
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <vcsf/csf_disasm.h>

static const char help[] =
"Usage: vpan-dump [FILE]\n"
"\n"
"Print a device coredump of vpanthor, with the memory around the positions of\n"
"rings and streams as instructions. An arrow is where the GPU was.\n"
"\n"
"FILE is /sys/class/devcoredump/devcd*/data or a copy of it. Without FILE, or\n"
"with -, standard input is read.\n"
"\n"
"Exit status: 0, or 2 if the file is no dump or cannot be read.\n";

static void explain_error(const char *line)
{
	/* The hardware's exception types, csf_regs.h; that is for the kernel. */
	static const char * const names[256] = {
		[0x40] = "configuration of a stream",
		[0x41] = "unrecoverable",
		[0x44] = "endpoint",
		[0x48] = "bad access of the stream",
		[0x49] = "invalid instruction",
		[0x4a] = "call stack overflow",
		[0x4b] = "error inherited from a sync object",
		[0x50] = "branch out of the buffer",
		[0x51] = "invalid encoding",
		[0x58] = "invalid data",
		[0x5a] = "address out of range",
	};
	unsigned int errors[2];
	uint64_t infos[2];

	if (sscanf(line, "error: fault %x info %" SCNx64 " fatal %x info %" SCNx64,
		   &errors[0], &infos[0], &errors[1], &infos[1]) != 4)
		return;
	for (int i = 0; i < 2; i++) {
		const char *error = names[errors[i] & 0xff];

		if (error)
			printf("  %s: %s\n", i ? "fatal" : "fault", error);
	}
}

static void print_word(uint64_t va, uint64_t word, uint64_t at)
{
	char text[CSF_DISASM_TEXT_MAX];

	csf_disasm(word, text, sizeof(text));
	printf("%s 0x%012" PRIx64 "  %016" PRIx64 "  %s\n", va == at ? " ->" : "   ",
	       va, word, text);
}

/* Returns the exit status. */
static int print_dump(FILE *file, const char *name)
{
	uint64_t at = UINT64_MAX, va, word;
	char line[512];

	if (!fgets(line, sizeof(line), file) || strcmp(line, "vpanthor dump 1\n")) {
		fprintf(stderr, "vpan-dump: %s is no dump of vpanthor\n", name);
		return 2;
	}
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "word %" SCNx64 " %" SCNx64, &va, &word) == 2) {
			print_word(va, word, at);
			continue;
		}
		fputs(line, stdout);
		if (!strncmp(line, "ring: ", 6) || !strncmp(line, "stream: ", 8))
			sscanf(strstr(line, "at 0x") ? strstr(line, "at 0x") : line,
			       "at %" SCNx64, &at);
		explain_error(line);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "-";
	FILE *file;
	int status;

	if (argc > 2 || !strcmp(name, "--help") || !strcmp(name, "-h")) {
		fputs(help, argc > 2 ? stderr : stdout);
		return argc > 2 ? 2 : 0;
	}
	file = strcmp(name, "-") ? fopen(name, "r") : stdin;
	if (!file) {
		fprintf(stderr, "vpan-dump: %s: %s\n", name, strerror(errno));
		return 2;
	}
	status = print_dump(file, name);
	fclose(file);
	return status;
}
