// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vpan-dump - print a device coredump of vpanthor with disassembled streams
 */

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <vcsf/csf_disasm.h>
#include <vcsf/csf_suspend.h>

static const char help[] =
"Usage: vpan-dump [FILE]\n"
"\n"
"Print a device coredump of vpanthor. The memory around the positions of rings\n"
"and streams is disassembled; an arrow marks the position of the GPU. For a group\n"
"that had been evicted from its slot the registers are printed, provided that\n"
"vcsf's firmware suspended it.\n"
"\n"
"FILE is /sys/class/devcoredump/devcd*/data or a copy of it. Without FILE, or\n"
"with -, standard input is read.\n"
"\n"
"Exit status: 0, or 2 if the file is not a dump or cannot be read.\n";

static void explain_error(const char *line)
{
	/* Exception types as in csf_regs.h, which is for kernel code only */
	static const char * const names[256] = {
		[0x40] = "CS_CONFIG_FAULT",
		[0x41] = "CS_UNRECOVERABLE",
		[0x44] = "CS_ENDPOINT_FAULT",
		[0x48] = "CS_BUS_FAULT",
		[0x49] = "CS_INSTR_INVALID",
		[0x4a] = "CS_CALL_STACK_OVERFLOW",
		[0x4b] = "CS_INHERIT_FAULT",
		[0x50] = "INSTR_INVALID_PC",
		[0x51] = "INSTR_INVALID_ENC",
		[0x58] = "DATA_INVALID_FAULT",
		[0x5a] = "ADDR_RANGE_FAULT",
	};
	unsigned int errors[2];
	uint64_t infos[2];

	if (sscanf(line, "error: fault %x info %" SCNx64 " fatal %x info %" SCNx64,
		   &errors[0], &infos[0], &errors[1], &infos[1]) != 4)
		return;
	for (int i = 0; i < 2; i++) {
		unsigned int type = errors[i] & 0xff;

		if (names[type])
			printf("  %s: %s (0x%02x)\n", i ? "fatal" : "fault", names[type], type);
	}
}

static void print_word(uint64_t va, uint64_t word, uint64_t at)
{
	char text[CSF_DISASM_TEXT_MAX];

	csf_disasm(word, text, sizeof(text));
	printf("%s 0x%012" PRIx64 "  %016" PRIx64 "  %s\n", va == at ? " ->" : "   ",
	       va, word, text);
}

/* Larger than the suspend buffer of any known firmware */
#define SAVED_MAX	262144

/**
 * struct saved - the suspend buffer of a group, as far as it was read
 * @words: contents, zero where the dump has no line
 * @end: offset of the end of the last word that was read
 */
struct saved {
	uint64_t words[SAVED_MAX / sizeof(uint64_t)];
	size_t end;
};

/* Return: whether the line was part of a suspend buffer. */
static bool save_word(struct saved *saved, const char *line)
{
	uint64_t at, word;

	if (sscanf(line, "saved %" SCNx64 " %" SCNx64, &at, &word) != 2)
		return false;
	if (at < SAVED_MAX && at % sizeof(word) == 0) {
		saved->words[at / sizeof(word)] = word;
		saved->end = at + sizeof(word);
	}
	return true;
}

static void print_saved_stream(unsigned int i, const struct csf_suspend_stream *s)
{
	printf("  suspended stream %u: error 0x%02x, issued %u, resources 0x%x, heap 0x%"
	       PRIx64 "\n", i, s->error, s->deferred_count, s->resources, (uint64_t)s->heap);
	printf("    fault 0x%02x info 0x%" PRIx64 " fatal 0x%02x info 0x%" PRIx64 "\n", s->fault,
	       (uint64_t)s->fault_info, s->fatal, (uint64_t)s->fatal_info);
	/* The PC of the ring is a position, those of other frames are addresses. */
	printf("    ring position %" PRIu64 "\n", (uint64_t)s->frames[0].pc);
	for (int frame = 1; frame <= s->depth && frame < CSF_CS_FRAME_COUNT; frame++)
		printf("    buffer 0x%" PRIx64 " to 0x%" PRIx64 ", at 0x%" PRIx64 "\n",
		       (uint64_t)s->frames[frame].start, (uint64_t)s->frames[frame].end,
		       (uint64_t)s->frames[frame].pc);
	for (int reg = 0; reg < CSF_CS_REG_COUNT_MAX; reg++) {
		if (s->regs[reg])
			printf("    r%d 0x%08x\n", reg, s->regs[reg]);
	}
}

/* Print the streams that were ever used, and empty the buffer. */
static void print_saved(struct saved *saved)
{
	const size_t header = sizeof(struct csf_suspend_header);
	struct csf_suspend_stream stream;
	unsigned int i = 0;
	uint32_t magic;

	for (size_t at = header; at < saved->end; at += sizeof(uint64_t)) {
		memcpy(&magic, (char *)saved->words + at, sizeof(magic));
		if (magic != CSF_SUSPEND_MAGIC || at + sizeof(stream) > SAVED_MAX)
			continue;
		memcpy(&stream, (char *)saved->words + at, sizeof(stream));
		if (stream.frames[0].pc)
			print_saved_stream(i, &stream);
		i++;
		at += sizeof(stream) - sizeof(uint64_t);
	}
	memset(saved->words, 0, saved->end);
	saved->end = 0;
}

/* Return: the exit status. */
static int print_dump(FILE *file, const char *name)
{
	uint64_t at = UINT64_MAX, va, word;
	static struct saved saved;
	char line[512];

	if (!fgets(line, sizeof(line), file) || strcmp(line, "vpanthor dump 1\n")) {
		fprintf(stderr, "vpan-dump: %s: not a vpanthor dump\n", name);
		return 2;
	}
	while (fgets(line, sizeof(line), file)) {
		if (save_word(&saved, line))
			continue;
		print_saved(&saved);
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
	print_saved(&saved);
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
