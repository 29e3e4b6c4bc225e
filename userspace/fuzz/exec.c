// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Execution of one call: the arguments become a structure, an array element, a
 * command stream or the arguments of a function of plain.c.
 */

#include <drm/panthor_uapi.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "prog.h"

/* Large enough for any structure of fz_ops */
#define STRUCT_MAX	128

static void put(unsigned char *to, const struct fz_arg *arg, uint64_t value)
{
	/* Little endian, as all machines that the GPU exists for */
	memcpy(to + arg->offset, &value, arg->size);
}

static uint64_t get(const unsigned char *from, const struct fz_arg *arg)
{
	uint64_t value = 0;

	memcpy(&value, from + arg->offset, arg->size);
	return value;
}

static uint64_t slot_value(struct fz_actor *a, const struct fz_arg *arg, uint64_t slot)
{
	if (arg->kind < FZ_HANDLE_KINDS)
		return a->shared->handles[arg->kind][slot % FZ_SLOTS];
	return fz_fd(a, arg->kind, slot);
}

/* The value of a field; STRIDE is that of the array that the call describes. */
static uint64_t field_value(struct fz_actor *a, const struct fz_arg *arg,
			    const struct fz_value *value, uint64_t *stride)
{
	uint64_t number = value->form == FZ_FORM_AUTO ? FZ_AUTO : value->number;

	if (arg->out)
		return 0;
	if (value->form == FZ_FORM_SLOT)
		return slot_value(a, arg, value->number);
	switch (arg->kind) {
	case FZ_STRIDE:
		*stride = number;
		return number == FZ_AUTO ? fz_natural(arg->list) : number;
	case FZ_NUMBER:
		return number == FZ_AUTO ? fz_count(a, arg->list) : number;
	case FZ_POINTER:
		return arg->list ? fz_layout(a, arg->list, *stride, number) :
				   fz_buffer(a, 4096, number);
	default:
		return number == FZ_AUTO ? 0 : number;
	}
}

static void fill(struct fz_actor *a, const struct fz_op *op, const struct fz_call *call,
		 unsigned char *to)
{
	uint64_t stride = FZ_AUTO;

	for (unsigned int i = 0; i < fz_arg_count(op); i++)
		if (op->args[i].size)
			put(to, &op->args[i],
			    field_value(a, &op->args[i], &call->args[i], &stride));
}

static long store(struct fz_actor *a, const struct fz_op *op, const struct fz_call *call,
		  const unsigned char *from)
{
	for (unsigned int i = 0; i < fz_arg_count(op); i++) {
		const struct fz_arg *arg = &op->args[i];
		uint64_t slot = call->args[i].number % FZ_SLOTS;

		if (!arg->out)
			continue;
		if (arg->kind < FZ_HANDLE_KINDS)
			a->shared->handles[arg->kind][slot] = get(from, arg);
		else
			fz_set_fd(a, arg->kind, slot, get(from, arg));
	}
	return 0;
}

static long exec_ioctl(struct fz_actor *a, const struct fz_op *op,
		       const struct fz_call *call)
{
	unsigned char arg[STRUCT_MAX] = {};
	int fd = fz_fd(a, FZ_FD, call->args[0].number);
	long ret;

	fill(a, op, call, arg);
	ret = fz_ioctl(a, fd, op->request, arg);
	fz_clear(a);
	if (ret)
		return ret;
	store(a, op, call, arg);
	fz_note(a, op->request, arg);
	return 0;
}

static long exec_element(struct fz_actor *a, const struct fz_op *op,
			 const struct fz_call *call)
{
	unsigned char item[STRUCT_MAX] = {};
	enum fz_list inner = FZ_NO_LIST;

	fill(a, op, call, item);
	for (unsigned int i = 0; i < fz_arg_count(op); i++)
		if (op->args[i].list)
			inner = op->args[i].list;
	if (inner)
		a->count[inner] = 0;
	fz_stage(a, op->list, item, op->size);
	return 0;
}

static long exec_stream(struct fz_actor *a, const struct fz_call *call)
{
	const struct fz_value *v = call->args;
	uint64_t words[FZ_WORDS];
	unsigned int count = fz_make_stream(v[2].number, v[3].number, words);

	return fz_put_words(a, v[0].number, v[1].number, words, count, v[4].number);
}

static long exec_plain(struct fz_actor *a, const struct fz_op *op,
		       const struct fz_call *call)
{
	uint64_t v[FZ_ARGS] = {};

	for (unsigned int i = 0; i < fz_arg_count(op); i++)
		v[i] = call->args[i].form == FZ_FORM_AUTO ? FZ_AUTO : call->args[i].number;
	return op->plain(a, v);
}

/**
 * fz_exec_call - execute a call
 * @a: actor
 * @number: number of the call
 * @prog: the program
 *
 * Return: 0 or a negative errno.
 */
long fz_exec_call(struct fz_actor *a, unsigned int number, void *prog)
{
	const struct fz_call *call = &((struct fz_prog *)prog)->calls[number];
	const struct fz_op *op = &fz_ops[call->op];

	switch (op->class) {
	case FZ_IOCTL:
		return exec_ioctl(a, op, call);
	case FZ_ELEMENT:
		return exec_element(a, op, call);
	case FZ_STREAM:
		return exec_stream(a, call);
	default:
		return exec_plain(a, op, call);
	}
}
