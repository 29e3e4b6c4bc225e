/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef FUZZ_PROG_H
#define FUZZ_PROG_H

/**
 * DOC: Programs and their text
 *
 * A program is a list of calls with the types of optable.c. Its text has a line per
 * call: the actor, "&" if the next call does not wait, the name, and the arguments::
 *
 *   0 open f0 0
 *   0 vm_create f0 0 0x100000000 v0
 *   1& group_submit f0 g0 0 - - -
 *
 * An argument is a number, a slot (a letter for its kind and its number) or "-" for
 * the value that a correct caller would pass. "#" begins a comment.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "state.h"

/* First line of a file with a program */
#define FZ_TAG		"Identifier: GPL-2.0 OR MIT\n"
#define FZ_HEAD		"# SPDX-License-" FZ_TAG

#define FZ_ARGS		14
#define FZ_TEXT_MAX	(FZ_CALLS * 200)

/* Types of arguments: first the slots, see enum fz_slot_kind */
enum fz_kind {
	FZ_VA = FZ_SLOT_KINDS,		/* GPU address */
	FZ_SIZE,
	FZ_OFFSET,
	FZ_STRIDE,
	FZ_NUMBER,			/* count of elements */
	FZ_POINTER,
	FZ_POINT,			/* of a timeline */
	FZ_MASK,
	FZ_FLAGS,			/* one or several of a set */
	FZ_ONE,				/* one of a set */
	FZ_SMALL,			/* 0 to 63 */
	FZ_SEED,
	FZ_PAD,				/* must be zero */
	FZ_ANY,
};

enum fz_form { FZ_FORM_NUMBER, FZ_FORM_SLOT, FZ_FORM_AUTO };

/**
 * struct fz_value - an argument
 * @form: enum fz_form
 * @number: number, or number of the slot
 */
struct fz_value {
	uint8_t form;
	uint64_t number;
};

/**
 * struct fz_call - a call
 * @op: index into fz_ops
 * @actor: actor that executes it
 * @async: the next call does not wait for it
 * @args: as many as the operation has
 */
struct fz_call {
	uint16_t op;
	uint8_t actor;
	bool async;
	struct fz_value args[FZ_ARGS];
};

struct fz_prog {
	unsigned int count;
	struct fz_call calls[FZ_CALLS];
};

/**
 * struct fz_set - values of a flag or enumeration
 * @count: number of values
 * @values: the values
 */
struct fz_set {
	unsigned int count;
	const uint64_t *values;
};

/**
 * struct fz_arg - type of an argument
 * @name: name of the field or argument
 * @kind: enum fz_slot_kind or enum fz_kind
 * @list: list that an array comes from
 * @out: the call stores to the slot
 * @offset: position in the structure
 * @size: size in the structure, 0 if it is no field
 * @set: for %FZ_FLAGS and %FZ_ONE; bounds of a %FZ_NUMBER if not every number will do
 */
struct fz_arg {
	const char *name;
	uint8_t kind;
	uint8_t list;
	bool out;
	uint16_t offset;
	uint8_t size;
	const struct fz_set *set;
};

enum fz_class {
	FZ_IOCTL,	/* the first argument is the file, the others are fields */
	FZ_ELEMENT,	/* fields of an element of a list */
	FZ_PLAIN_CALL,	/* a function of plain.c */
	FZ_STREAM,	/* writes a command stream */
};

/**
 * struct fz_op - an operation
 * @name: name in the text
 * @class: enum fz_class
 * @weight: how often random programs have it
 * @root: needs privileges and affects other programs
 * @request: number of the ioctl
 * @request_name: name of @request
 * @type: name of the structure
 * @size: size of the structure
 * @list: list of an element
 * @plain: function of a plain call
 * @args: types of the arguments; ends with a NULL name
 */
struct fz_op {
	const char *name;
	enum fz_class class;
	unsigned int weight;
	bool root;
	unsigned long request;
	const char *request_name;
	const char *type;
	uint16_t size;
	enum fz_list list;
	long (*plain)(struct fz_actor *a, const uint64_t *v);
	struct fz_arg args[FZ_ARGS + 1];
};

/* optable.c */
extern const struct fz_op fz_ops[];
extern const unsigned int fz_op_count;
unsigned int fz_arg_count(const struct fz_op *op);

/* prog.c */
int fz_print(const struct fz_prog *prog, char *text, size_t size);
int fz_parse(struct fz_prog *prog, const char *text, char *error, size_t size);
int fz_load(struct fz_prog *prog, const char *path);
bool fz_uses_root(const struct fz_prog *prog);
uint64_t fz_hash(const char *text);

/* random.c, gen.c */
struct fz_random {
	uint64_t state;
};

uint64_t fz_random(struct fz_random *r);
uint64_t fz_pick(struct fz_random *r, uint64_t count);
bool fz_one_in(struct fz_random *r, unsigned int n);
struct fz_value fz_random_value(struct fz_random *r, const struct fz_arg *arg);
void fz_generate(struct fz_random *r, struct fz_prog *prog);
void fz_mutate(struct fz_random *r, struct fz_prog *prog, const struct fz_prog *other);

/* stream.c */
#define FZ_WORDS	96
enum fz_stream_kind {
	FZ_STREAM_VALID, FZ_STREAM_NEARLY, FZ_STREAM_RANDOM, FZ_STREAM_TILING,
	FZ_STREAM_KINDS,
};

unsigned int fz_make_stream(enum fz_stream_kind kind, uint64_t seed, uint64_t *words);
uint64_t fz_va_of(unsigned int slot);

/* exec.c */
long fz_exec_call(struct fz_actor *a, unsigned int number, void *prog);

/* emit.c */
extern const char text_state[], text_stage[], text_plain[], text_system[],
		  text_actors[];

void fz_emit(FILE *to, const struct fz_prog *prog);

#endif /* FUZZ_PROG_H */
