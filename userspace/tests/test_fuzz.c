// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tests of the fuzzer's programs: their text, the generator, mutations, streams.
 */

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <vcsf/csf_disasm.h>
#include <vcsf/csf_isa.h>

#include "fuzz/prog.h"
#include "ktap.h"

#define PROGRAMS	2000

static char text[FZ_TEXT_MAX], again[FZ_TEXT_MAX];

/* Whether a program has the same text after it was printed and parsed */
static bool survives(const struct fz_prog *prog)
{
	static struct fz_prog parsed;
	char error[64] = "";

	fz_print(prog, text, sizeof(text));
	if (fz_parse(&parsed, text, error, sizeof(error))) {
		printf("    # %s\n", error);
		return false;
	}
	fz_print(&parsed, again, sizeof(again));
	return parsed.count == prog->count && !strcmp(text, again);
}

static void random_programs_survive(void)
{
	static struct fz_prog prog;

	for (unsigned int seed = 0; seed < PROGRAMS && !ktap_failed; seed++) {
		struct fz_random random = { seed };

		fz_generate(&random, &prog);
		ktap_check(prog.count && prog.count <= FZ_CALLS);
		ktap_check(survives(&prog));
	}
}

/*
 * The DRM core (6.12) allocates arrays of handles by kmalloc_array() without a look at the
 * number, and the page allocator warns of 4 MiB and more: see Documentation/fuzzing.rst.
 */
static void few_handles(void)
{
	static struct fz_prog prog;
	unsigned int numbers = 0;

	for (unsigned int seed = 0; seed < PROGRAMS && !ktap_failed; seed++) {
		struct fz_random random = { seed };

		fz_generate(&random, &prog);
		for (unsigned int i = 0; i < prog.count; i++) {
			const struct fz_op *op = &fz_ops[prog.calls[i].op];

			for (unsigned int j = 0; j < fz_arg_count(op); j++) {
				const struct fz_value *value = &prog.calls[i].args[j];

				if (strcmp(op->args[j].name, "count_handles") ||
				    value->form != FZ_FORM_NUMBER)
					continue;
				ktap_check(value->number <= 4096);
				numbers++;
			}
		}
	}
	ktap_check(numbers);
}

static void mutations_survive(void)
{
	static struct fz_prog prog, other;
	struct fz_random random = { 7 };

	fz_generate(&random, &prog);
	for (unsigned int i = 0; i < PROGRAMS && !ktap_failed; i++) {
		fz_generate(&random, &other);
		fz_mutate(&random, &prog, &other);
		ktap_check(prog.count && prog.count <= FZ_CALLS);
		ktap_check(survives(&prog));
	}
}

/* All calls and all forms of arguments appear. */
static void generator_reaches_all(void)
{
	static bool seen[256], slots[FZ_SLOT_KINDS];
	static struct fz_prog prog;
	unsigned int forms = 0, actors = 0;

	for (unsigned int seed = 0; seed < PROGRAMS; seed++) {
		struct fz_random random = { seed };

		fz_generate(&random, &prog);
		for (unsigned int i = 0; i < prog.count; i++) {
			const struct fz_call *call = &prog.calls[i];
			const struct fz_op *op = &fz_ops[call->op];

			seen[call->op] = true;
			actors |= 1u << call->actor;
			for (unsigned int k = 0; k < fz_arg_count(op); k++) {
				forms |= 1u << call->args[k].form;
				if (op->args[k].out)
					slots[op->args[k].kind] = true;
			}
		}
	}
	for (unsigned int i = 0; i < fz_op_count; i++) {
		if (!seen[i])
			printf("    # never: %s\n", fz_ops[i].name);
		ktap_check(seen[i]);
	}
	for (unsigned int i = 0; i < FZ_SLOT_KINDS; i++)
		ktap_check(slots[i]);
	ktap_check(forms == 7);
	ktap_check(actors == (1u << FZ_ACTORS) - 1);
}

static void equal_seeds(void)
{
	static struct fz_prog one, two, three;
	struct fz_random a = { 42 }, b = { 42 }, c = { 43 };

	fz_generate(&a, &one);
	fz_generate(&b, &two);
	fz_generate(&c, &three);
	fz_print(&one, text, sizeof(text));
	fz_print(&two, again, sizeof(again));
	ktap_check(!strcmp(text, again));
	fz_print(&three, again, sizeof(again));
	ktap_check(strcmp(text, again));
}

static void bad_text(void)
{
	static const char * const bad[] = {
		"open f0 0", "4 open f0 0", "0& nothing", "0 open f0", "0 open f0 0 0",
		"0 open f8 0", "0 open 0 0", "0 open b0 0", "0 open - 0", "0 open f0 x",
		"0 open f0 1x", "0x open f0 0", "0", "0 vm_create f0 0 0 5",
	};
	static struct fz_prog prog;
	char error[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		ktap_check(fz_parse(&prog, bad[i], error, sizeof(error)));
}

static void good_text(void)
{
	static const char good[] =
		"# a comment\n\n  0&  open  f7 0x1 # more\n3 vm_create f0 0 - v7\n";
	static struct fz_prog prog;
	char error[64];

	ktap_check(!fz_parse(&prog, good, error, sizeof(error)));
	ktap_check(prog.count == 2 && prog.calls[0].async && prog.calls[1].actor == 3);
	fz_print(&prog, text, sizeof(text));
	ktap_check(!strcmp(text, "0& open f7 1\n3 vm_create f0 0 - v7\n"));
}

static void too_many_calls(void)
{
	static struct fz_prog prog;
	char error[64];

	text[0] = '\0';
	for (unsigned int i = 0; i < FZ_CALLS; i++)
		strcat(text, "0 kill\n");
	ktap_check(!fz_parse(&prog, text, error, sizeof(error)));
	strcat(text, "0 kill\n");
	ktap_check(fz_parse(&prog, text, error, sizeof(error)));
}

static unsigned int invalid_words(enum fz_stream_kind kind, uint64_t seed)
{
	uint64_t words[FZ_WORDS];
	unsigned int bad = 0;

	ktap_check(fz_make_stream(kind, seed, words) == FZ_WORDS);
	for (unsigned int i = 0; i < FZ_WORDS; i++)
		if (!csf_instr_find(words[i]) || csf_instr_reserved(words[i]) ||
		    !csf_instr_operands_valid(words[i]))
			bad++;
	return bad;
}

static void streams(void)
{
	unsigned int nearly = 0, random = 0;
	uint64_t one[FZ_WORDS], two[FZ_WORDS];

	for (uint64_t seed = 0; seed < 300; seed++) {
		ktap_check(!invalid_words(FZ_STREAM_VALID, seed));
		ktap_check(!invalid_words(FZ_STREAM_TILING, seed));
		nearly += invalid_words(FZ_STREAM_NEARLY, seed);
		random += invalid_words(FZ_STREAM_RANDOM, seed);
	}
	/* Some words, and most words */
	ktap_check(nearly > 50 && nearly < 900);
	ktap_check(random > 300 * FZ_WORDS / 3);
	fz_make_stream(FZ_STREAM_VALID, 5, one);
	fz_make_stream(FZ_STREAM_VALID, 5, two);
	ktap_check(!memcmp(one, two, sizeof(one)));
	fz_make_stream(FZ_STREAM_VALID, 6, two);
	ktap_check(memcmp(one, two, sizeof(one)));
}

/* The programs in the tree are what the fuzzer would print. */
static void corpus_is_valid(void)
{
	static const char head[] = FZ_HEAD;
	static struct fz_prog prog;
	struct dirent **entries;
	int count = scandir("fuzz/corpus", &entries, NULL, alphasort);

	ktap_check(count > 2);
	for (int i = 0; i < count; i++) {
		static char raw[FZ_TEXT_MAX * 2];
		char path[300];
		FILE *file;

		if (entries[i]->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "fuzz/corpus/%s", entries[i]->d_name);
		file = fopen(path, "r");
		raw[file ? fread(raw, 1, sizeof(raw) - 1, file) : 0] = '\0';
		if (file)
			fclose(file);
		ktap_check(!strncmp(raw, head, strlen(head)));
		ktap_check(!fz_load(&prog, path) && prog.count);
		ktap_check(survives(&prog));
	}
}

static const struct ktap_case cases[] = {
	{ "random_programs_survive", random_programs_survive },
	{ "few_handles", few_handles },
	{ "mutations_survive", mutations_survive },
	{ "generator_reaches_all", generator_reaches_all },
	{ "equal_seeds", equal_seeds },
	{ "bad_text", bad_text },
	{ "good_text", good_text },
	{ "too_many_calls", too_many_calls },
	{ "streams", streams },
	{ "corpus_is_valid", corpus_is_valid },
};

int main(void)
{
	return ktap_run("fuzz", cases, ARRAY_SIZE(cases));
}
