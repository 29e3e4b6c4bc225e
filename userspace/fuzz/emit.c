// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A program as C: the text of state.h, stage.c, plain.c, system.c and actors.c, which
 * the build embeds here, and a function with the calls as structures and ioctls.
 */

#include <string.h>

#include "prog.h"

#define EMBED(name, file) \
	asm(".section .rodata\n" \
	    ".global " #name "\n" #name ":\n" \
	    ".incbin \"" file "\"\n.byte 0\n.previous\n")

EMBED(text_state, "fuzz/state.h");
EMBED(text_stage, "fuzz/stage.c");
EMBED(text_plain, "fuzz/plain.c");
EMBED(text_system, "fuzz/system.c");
EMBED(text_actors, "fuzz/actors.c");

static const char * const kinds[FZ_SLOT_KINDS] = {
	"FZ_VM", "FZ_BO", "FZ_GROUP", "FZ_HEAP", "FZ_SYNC", "FZ_FD", "FZ_XFD", "FZ_MAP",
};

static const char * const lists[FZ_LISTS] = {
	"FZ_NO_LIST", "FZ_SYNCS", "FZ_BINDS", "FZ_JOBS", "FZ_QUEUES", "FZ_BO_SYNCS",
	"FZ_HANDLES", "FZ_POINTS",
};

/* Copy a file without its own includes. */
static void emit_file(FILE *to, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n") + 1;

		if (strncmp(text, "#include \"", 10))
			fwrite(text, 1, length, to);
		text += length;
	}
}

static void emit_number(FILE *to, const struct fz_value *value)
{
	if (value->form == FZ_FORM_AUTO)
		fprintf(to, "FZ_AUTO");
	else
		fprintf(to, value->number > 99 ? "%#llxull" : "%llu",
			(unsigned long long)value->number);
}

static void emit_slot(FILE *to, const struct fz_arg *arg, const struct fz_value *value)
{
	unsigned int slot = value->number % FZ_SLOTS;

	if (arg->kind < FZ_HANDLE_KINDS)
		fprintf(to, "a->shared->handles[%s][%u]", kinds[arg->kind], slot);
	else
		fprintf(to, "fz_fd(a, %s, %u)", kinds[arg->kind], slot);
}

static void emit_value(FILE *to, const struct fz_arg *arg, const struct fz_value *value,
		       const struct fz_value *stride)
{
	bool none = value->form == FZ_FORM_AUTO;

	if (value->form == FZ_FORM_SLOT) {
		emit_slot(to, arg, value);
	} else if (arg->kind == FZ_STRIDE && none) {
		fprintf(to, "fz_natural(%s)", lists[arg->list]);
	} else if (arg->kind == FZ_NUMBER && none) {
		fprintf(to, "fz_count(a, %s)", lists[arg->list]);
	} else if (arg->kind == FZ_POINTER) {
		if (arg->list) {
			fprintf(to, "fz_layout(a, %s, ", lists[arg->list]);
			emit_number(to, stride);
			fprintf(to, ", ");
		} else {
			fprintf(to, "fz_buffer(a, 4096, ");
		}
		emit_number(to, value);
		fprintf(to, ")");
	} else if (none) {
		fprintf(to, "0");
	} else {
		emit_number(to, value);
	}
}

static void emit_struct(FILE *to, const struct fz_op *op, const struct fz_call *call)
{
	static const struct fz_value natural = { FZ_FORM_AUTO, 0 };
	const struct fz_value *stride = &natural;

	fprintf(to, "\t\t%s arg = {\n", op->type);
	for (unsigned int i = 0; i < fz_arg_count(op); i++) {
		const struct fz_arg *arg = &op->args[i];

		if (!arg->size || arg->out)
			continue;
		if (arg->kind == FZ_STRIDE)
			stride = &call->args[i];
		fprintf(to, *arg->name ? "\t\t\t.%s = " : "\t\t\t%s", arg->name);
		emit_value(to, arg, &call->args[i], stride);
		fprintf(to, ",\n");
	}
	fprintf(to, "\t\t};\n");
}

static void emit_outputs(FILE *to, const struct fz_op *op, const struct fz_call *call)
{
	for (unsigned int i = 0; i < fz_arg_count(op); i++) {
		const struct fz_arg *arg = &op->args[i];
		unsigned int slot = call->args[i].number % FZ_SLOTS;

		if (!arg->out)
			continue;
		if (arg->kind < FZ_HANDLE_KINDS)
			fprintf(to, "\t\ta->shared->handles[%s][%u] = arg.%s;\n",
				kinds[arg->kind], slot, arg->name);
		else
			fprintf(to, "\t\tfz_set_fd(a, %s, %u, arg.%s);\n", kinds[arg->kind],
				slot, arg->name);
	}
}

static void emit_ioctl(FILE *to, const struct fz_op *op, const struct fz_call *call)
{
	emit_struct(to, op, call);
	fprintf(to, "\t\tlong ret = fz_ioctl(a, fz_fd(a, FZ_FD, %u), %s, &arg);\n\n",
		(unsigned int)call->args[0].number, op->request_name);
	fprintf(to, "\t\tfz_clear(a);\n\t\tif (ret)\n\t\t\treturn ret;\n");
	emit_outputs(to, op, call);
	fprintf(to, "\t\tfz_note(a, %s, &arg);\n\t\treturn 0;\n", op->request_name);
}

static void emit_element(FILE *to, const struct fz_op *op, const struct fz_call *call)
{
	enum fz_list inner = FZ_NO_LIST;

	emit_struct(to, op, call);
	for (unsigned int i = 0; i < fz_arg_count(op); i++)
		if (op->args[i].list)
			inner = op->args[i].list;
	if (inner)
		fprintf(to, "\t\ta->count[%s] = 0;\n", lists[inner]);
	fprintf(to, "\t\tfz_stage(a, %s, &arg, sizeof(arg));\n\t\treturn 0;\n",
		lists[op->list]);
}

static void emit_plain(FILE *to, const struct fz_op *op, const struct fz_call *call)
{
	fprintf(to, "\t\tconst uint64_t v[%u] = { ", FZ_ARGS);
	for (unsigned int i = 0; i < fz_arg_count(op); i++) {
		fprintf(to, "/* %s */ ", op->args[i].name);
		emit_number(to, &call->args[i]);
		fprintf(to, ", ");
	}
	fprintf(to, "};\n\n\t\treturn plain_%s(a, v);\n", op->name);
}

static void emit_stream(FILE *to, const struct fz_call *call)
{
	const struct fz_value *v = call->args;
	uint64_t words[FZ_WORDS];
	unsigned int count = fz_make_stream(v[2].number, v[3].number, words);

	fprintf(to, "\t\tuint64_t words[] = {");
	for (unsigned int i = 0; i < count; i++)
		fprintf(to, "%s%#018llx,", i % 4 ? " " : "\n\t\t\t",
			(unsigned long long)words[i]);
	fprintf(to, "\n\t\t};\n\n\t\treturn fz_put_words(a, %llu, %#llxull, words, %u, %llu);\n",
		(unsigned long long)v[0].number, (unsigned long long)v[1].number, count,
		(unsigned long long)v[4].number);
}

static void emit_call(FILE *to, unsigned int number, const struct fz_call *call)
{
	const struct fz_op *op = &fz_ops[call->op];

	fprintf(to, "\tcase %u: {	/* %s, actor %u%s */\n", number, op->name, call->actor,
		call->async ? ", the next call does not wait" : "");
	switch (op->class) {
	case FZ_IOCTL:
		emit_ioctl(to, op, call);
		break;
	case FZ_ELEMENT:
		emit_element(to, op, call);
		break;
	case FZ_STREAM:
		emit_stream(to, call);
		break;
	default:
		emit_plain(to, op, call);
		break;
	}
	fprintf(to, "\t}\n");
}

/**
 * fz_emit - print a C program that replays a program
 * @to: file to print to
 * @prog: the program
 */
void fz_emit(FILE *to, const struct fz_prog *prog)
{
	fprintf(to, "/* Compile with the folders of panthor_uapi.h and the kernel's headers:\n"
		" * cc -pthread -Iinclude -I<uapi> replay.c; run as root for fault injection.\n"
		" */\n#define _GNU_SOURCE\n");
	emit_file(to, text_state);
	emit_file(to, text_stage);
	emit_file(to, text_plain);
	emit_file(to, text_system);
	emit_file(to, text_actors);
	fprintf(to, "\nstatic long call(struct fz_actor *a, unsigned int number, void *data)\n"
		"{\n\t(void)data;\n\tswitch (number) {\n");
	for (unsigned int i = 0; i < prog->count; i++)
		emit_call(to, i, &prog->calls[i]);
	fprintf(to, "\t}\n\treturn 0;\n}\n\nint main(void)\n{\n"
		"\tstatic const struct fz_run run = {\n\t\t.count = %u,\n\t\t.actor = {",
		prog->count);
	for (unsigned int i = 0; i < prog->count; i++)
		fprintf(to, " %u,", prog->calls[i].actor);
	fprintf(to, " },\n\t\t.async = {");
	for (unsigned int i = 0; i < prog->count; i++)
		fprintf(to, " %u,", prog->calls[i].async);
	fprintf(to, " },\n\t\t.call = call,\n\t};\n"
		"\tstruct fz_shared *shared = fz_shared_new();\n\n"
		"\tif (!shared)\n\t\treturn 1;\n\tfz_run(&run, shared);\n"
		"\tfor (unsigned int i = 0; i < run.count; i++)\n"
		"\t\tprintf(\"%%u: %%s\\n\", i, strerror(-shared->results[i]));\n"
		"\tfflush(stdout);\n\t_exit(0);\n}\n");
}
