// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Random programs and mutations. A program is composed of sequences: lines that
 * belong together, such as a stream, a job and its submission. Each argument of a
 * sequence is replaced by a random one with some probability. All results can be
 * printed and parsed.
 */

#include <stdlib.h>
#include <string.h>

#include "prog.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* Most random programs begin with these, because little works without. */
static const char * const set_up[] = {
	"0 open f0 0\n0 vm_create f0 0 0x100000000 v0\n"
	"0 bo_create f0 0x10000 0 0 0 b0\n0 bo_offset f0 b0 0\n0 mmap m0 f0 b0 3 1 0 0x10000\n"
	"0 bind_op 0 b0 0 0x1000000 0x10000 - - -\n0 vm_bind f0 v0 0 - - -\n"
	"0 queue 1 4096\n0 group_create f0 - - - 1 1 1 1 0 1 1 1 v0 g0\n"
	"0 syncobj_create f0 0 s0\n",
	"0 open f0 0\n0 vm_create f0 0 0x100000000 v0\n"
	"0 bo_create f0 0x200000 1 v0 0 b1\n0 bo_create f0 0x10000 0 0 0 b0\n"
	"0 bo_offset f0 b0 0\n0 mmap m0 f0 b0 3 1 0 0x10000\n"
	"0 bind_op 0 b0 0 0x1000000 0x10000 - - -\n"
	"0 bind_op 2 b1 0 0x1200000 0x200000 - - -\n0 vm_bind f0 v0 1 - - -\n"
	"0 heap_create f0 v0 2 0x200000 8 65535 h0\n"
	"0 queue 1 4096\n0 queue 1 65536\n"
	"0 group_create f0 - - - 1 1 1 1 0 1 1 1 v0 g0\n0 syncobj_create f0 0 s0\n",
	"0 open f0 0\n0 open f1 0\n0 vm_create f0 0 0x100000000 v0\n0 vm_create f1 0 0 v1\n"
	"0 bo_create f0 0x10000 0 0 0 b0\n0 prime_export f0 b0 0x80002 x0\n"
	"0 prime_import f1 x0 b1\n0 bind_op 0 b1 0 0x1000000 0x10000 - - -\n"
	"0 vm_bind f1 v1 0 - - -\n",
};

static const char * const sequences[] = {
	/* jobs */
	"0 stream m0 0 0 1 h0\n0 sync 0x80000000 s0 0\n0 job 0 0x300 0x1000000 0 0 - - -\n"
	"0 group_submit f0 g0 0 - - -\n0 handle s0\n0 syncobj_wait f0 - - 1 0 0\n",
	"0 stream m0 0x400 3 1 h0\n0 sync 0x80000000 s1 0\n0 job 0 0x300 0x1000400 0 0 - - -\n"
	"0 group_submit f0 g0 0 - - -\n",
	"0 sync 0x1 s0 1\n0 sync 0x80000001 s0 2\n0 job 0 0x300 0x1000000 0 0 - - -\n"
	"0 sync 1 s0 2\n0 sync 0x80000001 s0 3\n0 job 1 0 0 0 0 - - -\n"
	"0 group_submit f0 g0 0 - - -\n",
	"0 job 0 0x300 0x1000000 0 0 - - -\n0 job 0 0x300 0x1000400 0 0 - - -\n"
	"0 job 0 0 0 0 0 - - -\n1& group_submit f0 g0 0 - - -\n0 group_destroy f0 g0 0\n",
	"1 job 0 0x300 0x1000000 0 0 - - -\n1& group_submit f0 g0 0 - - -\n"
	"0& vm_destroy f0 v0 0\n1 group_state f0 g0 0\n",
	"0 queue 1 4096\n0 queue 1 8192\n0 queue 1 4096\n"
	"0 group_create f0 - - - 1 1 1 0 0 1 1 1 v0 g1\n",
	/* memory */
	"0 bind_op 0 b0 0 0x1000000 0x10000 - - -\n0 vm_bind f0 v0 0 - - -\n",
	"0 sync 0 s0 0\n0 sync 0x80000000 s1 0\n"
	"0 bind_op 0x10000000 0 0 0x1000000 0x4000 - - -\n0 vm_bind f0 v0 1 - - -\n",
	"0 bind_op 0x8 0 0 0x1400000 0x400000 - - -\n0 bind_op 0xa 0 0 0x1800000 0x200000 - - -\n"
	"0 vm_bind f0 v0 0 - - -\n",
	"0 sync 0x80000001 s0 4\n0 bind_op 0x20000000 0 0 0 0 - - -\n0 vm_bind f0 v0 1 - - -\n",
	"0 bo_create f0 0x200000 0 0 0 b2\n0 bind_op 0 b2 0 0x1200000 0x200000 - - -\n"
	"0 bind_op 0x10000000 0 0 0x1240000 0x1000 - - -\n0 vm_bind f0 v0 0 - - -\n",
	"0 bo_offset f0 b2 0\n0 mmap m1 f0 b2 3 1 0 0x200000\n0 touch m1 0x1000 1\n"
	"0 shrink 63\n0 touch m1 0x1000 0\n",
	"0 prime_export f0 b0 0x80002 x0\n0 prime_import f1 x0 b3\n0 xmmap m2 x0 3 1 0 0x10000\n"
	"0 touch m2 0 1\n0 xclose x0\n0 gem_close f0 b3\n",
	"0 mmio m3 f0 1 1 0x100000000000000 0x1000\n0 touch m3 0 0\n",
	"0 bo_sync_op b0 0 0 0x1000\n0 bo_sync f0 - - -\n0 bo_info f0 b0 0\n0 bo_label f0 b0 0 -\n",
	"0 heap_create f0 v0 2 0x20000 4 1 h1\n0 heap_destroy f0 h1 0\n",
	/* sync objects */
	"0 syncobj_create f0 0 s1\n0 handle s1\n0 point 1\n0 timeline_signal f0 - - - 0\n",
	"0 syncobj_create f0 1 s2\n0 syncobj_transfer f0 s0 s2 0 1 0 0\n",
	"0 syncobj_export f0 s0 1 x1\n0 syncobj_attach f0 x1 1 s3\n0 poll x1 1\n0 xclose x1\n",
	"1& handle s0\n1 point 4\n1& timeline_wait f0 - - - 0x7fffffffffffffff 2 0\n",
	/* files, processes */
	"2 open f0 0\n2 vm_create f0 0 0 v1\n2 bo_create f0 0x1000 0 0 0 b3\n",
	"0 send 0 0\n2 recv 0\n2 job 0 0x300 0x1000000 0 0 - - -\n2& group_submit f0 g0 0 - - -\n"
	"0 close f0\n",
	"0 send 1 0\n2 recv 0\n2 open f1 0\n2 prime_import f1 x0 b3\n",
	"2& job 0 0x300 0x1000000 0 0 - - -\n2 group_submit f0 g0 0 - - -\n0 kill\n",
	"0 forked 2\n", "0 close f0\n", "0 gem_close f0 b0\n0 munmap m0\n",
	"1& group_submit f0 g0 0 - - -\n0 signal 1 0\n",
	"0 memcg 0\n0 bo_create f0 0x1000000 0 0 0 b3\n0 bo_offset f0 b3 0\n"
	"0 mmap m1 f0 b3 3 0x8001 0 0x1000000\n", "2 memcg 4\n",
	"0 failnth 3\n0 vm_create f0 0 0 v2\n", "0 fdinfo f0\n0 debugfs 1\n",
	/* faults */
	"0 inject 0 1 0 0 0xffffffff 0\n", "0 inject 8 2 3 0 0xffffffff 0xc3\n",
	"0 inject 5 1 0 0 0xffffffff 0\n", "0 reset\n", "0 gpusleep 1\n", "0 unbind\n0 bind\n",
};

static void set_random_args(struct fz_random *r, struct fz_call *call)
{
	const struct fz_op *op = &fz_ops[call->op];

	for (unsigned int i = 0; i < fz_arg_count(op); i++)
		call->args[i] = fz_random_value(r, &op->args[i]);
}

static struct fz_call random_call(struct fz_random *r)
{
	struct fz_call call = {};
	unsigned int sum = 0, at, i;

	for (i = 0; i < fz_op_count; i++)
		sum += fz_ops[i].weight;
	at = fz_pick(r, sum);
	for (i = 0; at >= fz_ops[i].weight; i++)
		at -= fz_ops[i].weight;
	call.op = i;
	call.actor = fz_one_in(r, 4) ? fz_pick(r, FZ_ACTORS) : 0;
	call.async = fz_one_in(r, 12);
	set_random_args(r, &call);
	return call;
}

static bool insert(struct fz_prog *prog, unsigned int at, const struct fz_call *call)
{
	if (prog->count == FZ_CALLS)
		return false;
	memmove(&prog->calls[at + 1], &prog->calls[at],
		(prog->count - at) * sizeof(prog->calls[0]));
	prog->calls[at] = *call;
	prog->count++;
	return true;
}

static void remove_call(struct fz_prog *prog, unsigned int at)
{
	prog->count--;
	memmove(&prog->calls[at], &prog->calls[at + 1],
		(prog->count - at) * sizeof(prog->calls[0]));
}

/* Replace arguments of a call; one in N of them. */
static void vary(struct fz_random *r, struct fz_call *call, unsigned int n)
{
	const struct fz_op *op = &fz_ops[call->op];

	for (unsigned int i = 0; i < fz_arg_count(op); i++)
		if (fz_one_in(r, n))
			call->args[i] = fz_random_value(r, &op->args[i]);
		else if (op->args[i].kind == FZ_SEED)
			call->args[i].number = fz_pick(r, 1 << 20);
}

/* Insert a sequence, and possibly execute it by another actor. */
static void insert_text(struct fz_random *r, struct fz_prog *prog, unsigned int at,
			const char *text, unsigned int vary_one_in)
{
	static struct fz_prog sequence;
	unsigned int turn = fz_one_in(r, 6) ? 1 + fz_pick(r, FZ_ACTORS - 1) : 0;
	char error[64];

	if (fz_parse(&sequence, text, error, sizeof(error))) {
		fprintf(stderr, "fuzz: %s in:\n%s", error, text);
		abort();
	}
	for (unsigned int i = 0; i < sequence.count; i++) {
		struct fz_call *call = &sequence.calls[i];

		call->actor = (call->actor + turn) % FZ_ACTORS;
		vary(r, call, vary_one_in);
		if (!insert(prog, at + i, call))
			return;
	}
}

static void insert_some(struct fz_random *r, struct fz_prog *prog, unsigned int at)
{
	struct fz_call call;

	if (fz_one_in(r, 3)) {
		call = random_call(r);
		insert(prog, at, &call);
	} else {
		insert_text(r, prog, at, sequences[fz_pick(r, COUNT(sequences))], 16);
	}
}

/**
 * fz_generate - make a random program
 * @r: generator
 * @prog: returns the program
 */
void fz_generate(struct fz_random *r, struct fz_prog *prog)
{
	unsigned int n = 1 + fz_pick(r, 8);

	memset(prog, 0, sizeof(*prog));
	if (!fz_one_in(r, 8))
		insert_text(r, prog, 0, set_up[fz_pick(r, COUNT(set_up))], 40);
	for (unsigned int i = 0; i < n; i++)
		insert_some(r, prog, prog->count);
}

static void mutate_once(struct fz_random *r, struct fz_prog *prog,
			const struct fz_prog *other)
{
	unsigned int at = fz_pick(r, prog->count);
	struct fz_call *call = &prog->calls[at];
	unsigned int args = fz_arg_count(&fz_ops[call->op]);

	switch (fz_pick(r, 10)) {
	case 0:
		insert_some(r, prog, at + 1);
		break;
	case 1:
		insert_some(r, prog, prog->count);
		break;
	case 2:
		if (prog->count > 1)
			remove_call(prog, at);
		break;
	case 3:
		insert(prog, at, call);
		break;
	case 4:
		call->actor = fz_pick(r, FZ_ACTORS);
		call->async ^= fz_one_in(r, 2);
		break;
	case 5:
		/* The rest of another program */
		if (other && other->count) {
			unsigned int from = fz_pick(r, other->count);

			while (from < other->count &&
			       insert(prog, prog->count, &other->calls[from]))
				from++;
		}
		break;
	default:
		if (args) {
			unsigned int i = fz_pick(r, args);

			call->args[i] = fz_random_value(r, &fz_ops[call->op].args[i]);
		}
		break;
	}
}

/**
 * fz_mutate - change a program
 * @r: generator
 * @prog: the program
 * @other: a program to take calls from, may be NULL
 */
void fz_mutate(struct fz_random *r, struct fz_prog *prog, const struct fz_prog *other)
{
	unsigned int n = 1 + fz_pick(r, 4);

	if (!prog->count) {
		fz_generate(r, prog);
		return;
	}
	while (n--)
		mutate_once(r, prog, other);
}
