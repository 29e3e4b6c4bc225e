// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The text of programs, see prog.h. Printing and parsing are inverse to each other;
 * parsing rejects whatever printing does not produce, apart from comments and space.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prog.h"

static const char slot_letters[FZ_SLOT_KINDS + 1] = "vbghsfxm";

static void append(char **at, size_t *room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char **at, size_t *room, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(*at, *room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= *room)
		n = *room ? *room - 1 : 0;
	*at += n;
	*room -= n;
}

static void print_value(char **at, size_t *room, const struct fz_arg *arg,
			const struct fz_value *value)
{
	if (value->form == FZ_FORM_AUTO)
		append(at, room, " -");
	else if (value->form == FZ_FORM_SLOT)
		append(at, room, " %c%u", slot_letters[arg->kind],
		       (unsigned int)value->number);
	else
		append(at, room, value->number > 99 ? " %#llx" : " %llu",
		       (unsigned long long)value->number);
}

/**
 * fz_print - print a program
 * @prog: the program
 * @text: returns the text, zero-terminated
 * @size: size of @text in bytes, %FZ_TEXT_MAX is sufficient
 *
 * Return: length of the text.
 */
int fz_print(const struct fz_prog *prog, char *text, size_t size)
{
	char *at = text;

	*at = '\0';
	for (unsigned int i = 0; i < prog->count; i++) {
		const struct fz_call *call = &prog->calls[i];
		const struct fz_op *op = &fz_ops[call->op];

		append(&at, &size, "%u%s %s", call->actor, call->async ? "&" : "", op->name);
		for (unsigned int k = 0; k < fz_arg_count(op); k++)
			print_value(&at, &size, &op->args[k], &call->args[k]);
		append(&at, &size, "\n");
	}
	return at - text;
}

static bool parse_value(struct fz_value *value, const struct fz_arg *arg, const char *word)
{
	char *end;

	memset(value, 0, sizeof(*value));
	if (!strcmp(word, "-")) {
		value->form = FZ_FORM_AUTO;
		return arg->kind >= FZ_SLOT_KINDS;
	}
	if (arg->kind < FZ_SLOT_KINDS && *word == slot_letters[arg->kind]) {
		value->form = FZ_FORM_SLOT;
		value->number = strtoull(word + 1, &end, 10);
		return end != word + 1 && !*end && value->number < FZ_SLOTS;
	}
	if (*word < '0' || *word > '9')
		return false;
	/* Files, mappings and outputs are always slots. */
	if (arg->out || arg->kind == FZ_FD || arg->kind == FZ_MAP)
		return false;
	value->number = strtoull(word, &end, 0);
	return !*end;
}

static const char *parse_call(struct fz_call *call, char *line)
{
	const struct fz_op *op;
	char *save, *word = strtok_r(line, " \t", &save);
	unsigned int i;

	if (!word || *word < '0' || *word >= '0' + FZ_ACTORS)
		return "no actor";
	memset(call, 0, sizeof(*call));
	call->actor = *word - '0';
	call->async = word[1] == '&';
	if (word[1 + call->async])
		return "not an actor";
	word = strtok_r(NULL, " \t", &save);
	for (i = 0; i < fz_op_count; i++)
		if (word && !strcmp(word, fz_ops[i].name))
			break;
	if (i == fz_op_count)
		return "no such call";
	call->op = i;
	op = &fz_ops[i];
	for (i = 0; i < fz_arg_count(op); i++) {
		word = strtok_r(NULL, " \t", &save);
		if (!word)
			return "too few arguments";
		if (!parse_value(&call->args[i], &op->args[i], word))
			return "bad argument";
	}
	return strtok_r(NULL, " \t", &save) ? "too many arguments" : NULL;
}

/**
 * fz_parse - read a program
 * @prog: returns the program
 * @text: its text
 * @error: returns a message if it is not valid
 * @size: size of @error in bytes
 *
 * Return: 0 or -EINVAL.
 */
int fz_parse(struct fz_prog *prog, const char *text, char *error, size_t size)
{
	unsigned int number = 0;

	prog->count = 0;
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *why;
		char line[512];

		number++;
		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		text += length + (text[length] == '\n');
		line[strcspn(line, "#")] = '\0';
		if (!line[strspn(line, " \t")])
			continue;
		if (length >= sizeof(line))
			why = "too long";
		else if (prog->count == FZ_CALLS)
			why = "too many calls";
		else
			why = parse_call(&prog->calls[prog->count++], line);
		if (why) {
			snprintf(error, size, "line %u: %s", number, why);
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * fz_load - read a program from a file and report errors
 * @prog: returns the program
 * @path: the file, "-" for standard input
 *
 * Return: 0 or a negative errno.
 */
int fz_load(struct fz_prog *prog, const char *path)
{
	static char text[FZ_TEXT_MAX * 2];
	char error[64];
	size_t used = 0;
	ssize_t n = 0;
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : 0;

	while (fd >= 0 && used < sizeof(text) - 1) {
		n = read(fd, text + used, sizeof(text) - 1 - used);
		if (n <= 0)
			break;
		used += n;
	}
	if (fd < 0 || n < 0) {
		fprintf(stderr, "fuzz: %s: %s\n", path, strerror(errno));
		return -errno;
	}
	if (fd)
		close(fd);
	text[used] = '\0';
	if (!fz_parse(prog, text, error, sizeof(error)))
		return 0;
	fprintf(stderr, "fuzz: %s: %s\n", path, error);
	return -EINVAL;
}

/**
 * fz_uses_root - whether a program affects others
 * @prog: the program
 *
 * Return: true if it injects faults, resets the GPU or unbinds the driver.
 */
bool fz_uses_root(const struct fz_prog *prog)
{
	for (unsigned int i = 0; i < prog->count; i++)
		if (fz_ops[prog->calls[i].op].root)
			return true;
	return false;
}

/**
 * fz_hash - hash a text
 * @text: the text
 *
 * Return: 64-bit FNV-1a.
 */
uint64_t fz_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ull;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ull;
	return hash;
}
