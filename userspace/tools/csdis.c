// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * csdis - disassemble a dump of a command stream
 */

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vcsf/csf_disasm.h>
#include <vcsf/csf_isa.h>

#define EXIT_INVALID	1
#define EXIT_TROUBLE	2

static const char help[] =
"Usage: csdis [OPTION]... [FILE]\n"
"\n"
"Print a command stream of a Mali CSF GPU (architecture 10) as text.\n"
"\n"
"FILE is a dump of memory: 64-bit words, little-endian. Without FILE, or with -,\n"
"standard input is read.\n"
"\n"
"Options:\n"
"  -a, --address=N       address of the first word (0)\n"
"  -c, --check           exit with status 1 if a word is not a valid instruction\n"
"  -r, --raw             do not print addresses and words\n"
"  -x, --hex             FILE is text: words in hexadecimal, separated by white\n"
"                        space; # begins a comment\n"
"  -h, --help            print this text\n"
"\n"
"Output:\n"
"  A line has the address, the word, and the instruction: its name and its\n"
"  fields as name=value. rN is a register, rN:rM a pair. A set flag is printed\n"
"  as its name. Flags, scoreboard masks (wait), scoreboard slots and selectors\n"
"  are omitted if they are zero. Offsets are signed: of loads and stores in\n"
"  bytes, of branches in instructions, counted from the one after the branch,\n"
"  whose target is printed after an arrow.\n"
"\n"
"  reserved=N            reserved bits, which should be zero\n"
"  .word N               no instruction has this opcode\n"
"  ; invalid             a register that architecture 10 does not have, or a pair\n"
"                        that begins with an odd one: a GPU would fault there\n"
"\n"
"Examples:\n"
"  csdis --address=0x800000000000 ring.bin\n"
"  echo 0x0144000000001000 0x0300000000ff0000 | csdis --hex\n"
"\n"
"Exit status: 0, or 1 as described for --check, or 2 if the options or the input\n"
"are invalid or cannot be read.\n";

struct options {
	uint64_t address;
	bool check;
	bool raw;
	bool hex;
};

static int skip_space(FILE *file)
{
	int c;

	do {
		c = getc(file);
		if (c == '#')
			while (c != '\n' && c != EOF)
				c = getc(file);
	} while (isspace(c));

	return c;
}

/* Return: 1 for a word, 0 at the end of the file, -1 for anything else. */
static int read_hex(FILE *file, uint64_t *word)
{
	unsigned int n = 0;
	char text[20], *end;
	int c;

	for (c = skip_space(file); c != EOF && !isspace(c); c = getc(file)) {
		if (n == sizeof(text) - 1)
			return -1;
		text[n++] = c;
	}
	if (!n)
		return 0;
	text[n] = 0;
	errno = 0;
	*word = strtoull(text, &end, 16);

	return *end || errno || !isxdigit((unsigned char)text[0]) ? -1 : 1;
}

static int read_binary(FILE *file, uint64_t *word)
{
	unsigned char bytes[8];
	size_t n = fread(bytes, 1, sizeof(bytes), file);

	if (!n)
		return 0;
	if (n < sizeof(bytes))
		return -1;
	memcpy(word, bytes, sizeof(bytes));
	*word = le64toh(*word);

	return 1;
}

static void print_target(uint64_t address, uint64_t ins)
{
	int16_t offset = csf_get(ins, CSF_F_OFFSET16);

	if (csf_get(ins, CSF_F_OPCODE) == CSF_OP_BRANCH)
		printf(" -> 0x%" PRIx64,
		       address + CSF_CS_INSTR_SIZE * (1 + (int64_t)offset));
}

/* Return: whether the instruction is valid. */
static bool print_word(const struct options *o, uint64_t address, uint64_t ins)
{
	bool valid = csf_instr_operands_valid(ins);
	char text[CSF_DISASM_TEXT_MAX];

	csf_disasm(ins, text, sizeof(text));
	if (!o->raw)
		printf("%016" PRIx64 "  %016" PRIx64 "  ", address, ins);
	fputs(text, stdout);
	print_target(address, ins);
	puts(valid || !csf_instr_find(ins)->name ? "" : " ; invalid");

	return valid;
}

static int print_file(const struct options *o, FILE *file, const char *name)
{
	uint64_t address = o->address, ins;
	bool valid = true;
	int got;

	for (;;) {
		got = o->hex ? read_hex(file, &ins) : read_binary(file, &ins);
		if (got <= 0)
			break;
		valid &= print_word(o, address, ins);
		address += CSF_CS_INSTR_SIZE;
	}
	if (ferror(file)) {
		fprintf(stderr, "csdis: %s: %s\n", name, strerror(errno));
		return EXIT_TROUBLE;
	}
	if (got < 0) {
		fflush(stdout);
		fprintf(stderr, o->hex ? "csdis: %s: word %" PRIu64 " is not hexadecimal\n" :
			"csdis: %s: truncated in word %" PRIu64 "\n", name,
			(address - o->address) / CSF_CS_INSTR_SIZE + 1);
		return EXIT_TROUBLE;
	}

	return valid || !o->check ? 0 : EXIT_INVALID;
}

static const struct option long_options[] = {
	{ "address", required_argument, NULL, 'a' },
	{ "check", no_argument, NULL, 'c' },
	{ "raw", no_argument, NULL, 'r' },
	{ "hex", no_argument, NULL, 'x' },
	{ "help", no_argument, NULL, 'h' },
	{}
};

/* Return: whether the option is valid. */
static bool parse_option(struct options *o, int letter)
{
	char *end;

	switch (letter) {
	case 'a':
		errno = 0;
		o->address = strtoull(optarg, &end, 0);
		if (*optarg >= '0' && *optarg <= '9' && !*end && !errno)
			return true;
		fprintf(stderr, "csdis: --address requires a number, not '%s'\n",
			optarg);
		return false;
	case 'c':
		o->check = true;
		return true;
	case 'r':
		o->raw = true;
		return true;
	case 'x':
		o->hex = true;
		return true;
	default:
		fprintf(stderr, "Try 'csdis --help'.\n");
		return false;
	}
}

int main(int argc, char **argv)
{
	struct options o = {};
	const char *name;
	FILE *file;
	int letter, status;

	while ((letter = getopt_long(argc, argv, "a:crxh", long_options,
				     NULL)) != -1) {
		if (letter == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (!parse_option(&o, letter))
			return EXIT_TROUBLE;
	}
	if (argc - optind > 1) {
		fprintf(stderr, "csdis: more than one file given\n");
		return EXIT_TROUBLE;
	}
	name = optind < argc ? argv[optind] : "-";
	file = strcmp(name, "-") ? fopen(name, "rb") : stdin;
	if (!file) {
		fprintf(stderr, "csdis: %s: %s\n", name, strerror(errno));
		return EXIT_TROUBLE;
	}
	status = print_file(&o, file, name);
	fclose(file);

	return status;
}
