// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Random numbers and random arguments. Equal seeds give equal values on all machines.
 */

#include "prog.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define BLOCK		0x200000ull

/**
 * fz_random - get a random number
 * @r: generator
 *
 * Return: 64 random bits (SplitMix64).
 */
uint64_t fz_random(struct fz_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/**
 * fz_pick - pick a number
 * @r: generator
 * @count: number of choices, not zero
 *
 * Return: a number below @count.
 */
uint64_t fz_pick(struct fz_random *r, uint64_t count)
{
	return fz_random(r) % count;
}

/**
 * fz_one_in - decide at random
 * @r: generator
 * @n: one in so many decisions is true
 *
 * Return: the decision.
 */
bool fz_one_in(struct fz_random *r, unsigned int n)
{
	return !fz_pick(r, n);
}

/**
 * fz_va_of - get one of the GPU addresses that programs use for mappings
 * @slot: number of the address
 *
 * Return: the address, a multiple of 2 MiB.
 */
uint64_t fz_va_of(unsigned int slot)
{
	return (8 + slot % FZ_SLOTS) * BLOCK;
}

static uint64_t edge(struct fz_random *r)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 4, 7, 8, 63, 64, 65, 255, 256, 4095, 4096, 4097, 65535, 65536,
		0x1fffff, 0x200000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
		1ull << 47, (1ull << 48) - 4096, 1ull << 48, 1ull << 56, 1ull << 63,
		~0ull - 4095, ~0ull,
	};

	return edges[fz_pick(r, COUNT(edges))];
}

static uint64_t size_value(struct fz_random *r)
{
	static const uint64_t sizes[] = {
		0x1000, 0x1000, 0x2000, 0x10000, 0x10000, 0x10000, 0x200000, 0x400000,
		0x201000, 0x100000000, 0x1000000, 0,
	};

	if (fz_one_in(r, 12))
		return edge(r);
	return sizes[fz_pick(r, COUNT(sizes))];
}

static uint64_t offset_value(struct fz_random *r)
{
	if (fz_one_in(r, 12))
		return edge(r);
	return fz_one_in(r, 2) ? 0 : 0x400 * fz_pick(r, 64);
}

static uint64_t va_value(struct fz_random *r)
{
	uint64_t va = fz_va_of(fz_one_in(r, 3) ? fz_pick(r, FZ_SLOTS) : fz_pick(r, 2));

	switch (fz_pick(r, 12)) {
	case 0:
		return edge(r);
	case 1:
		return va - 0x1000;
	case 2:
		return va + 0x400 * fz_pick(r, 64);
	case 3:
		return va + 0x1000 * fz_pick(r, 512);
	default:
		return va;
	}
}

static uint64_t set_value(struct fz_random *r, const struct fz_arg *arg)
{
	uint64_t value = arg->set->values[fz_pick(r, arg->set->count)];

	if (arg->kind == FZ_FLAGS && fz_one_in(r, 3))
		value |= arg->set->values[fz_pick(r, arg->set->count)];
	if (fz_one_in(r, 40))
		value = edge(r);
	return value;
}

/* A count at the edge of what the call takes */
static uint64_t bound(struct fz_random *r, const struct fz_arg *arg)
{
	return arg->set ? arg->set->values[fz_pick(r, arg->set->count)] : edge(r);
}

static struct fz_value number(uint64_t value)
{
	return (struct fz_value) { FZ_FORM_NUMBER, value };
}

static struct fz_value mostly_auto(struct fz_random *r, uint64_t value)
{
	if (!fz_one_in(r, 6))
		return (struct fz_value) { FZ_FORM_AUTO, 0 };
	return number(value);
}

static struct fz_value slot_random(struct fz_random *r, const struct fz_arg *arg)
{
	/* Few slots, so that calls meet */
	unsigned int slots = arg->kind == FZ_FD ? 2 : arg->kind == FZ_SYNC ? 6 : 4;

	if (!arg->out && arg->kind != FZ_FD && arg->kind != FZ_MAP && fz_one_in(r, 24))
		return number(edge(r));
	if (arg->kind == FZ_FD && !fz_one_in(r, 6))
		slots = 1;
	return (struct fz_value) { FZ_FORM_SLOT, fz_pick(r, slots) };
}

/**
 * fz_random_value - make an argument
 * @r: generator
 * @arg: its type
 *
 * Return: mostly a plausible value, sometimes one at the edge.
 */
struct fz_value fz_random_value(struct fz_random *r, const struct fz_arg *arg)
{
	if (arg->kind < FZ_SLOT_KINDS)
		return slot_random(r, arg);
	switch (arg->kind) {
	case FZ_VA:
		return number(va_value(r));
	case FZ_SIZE:
		return number(size_value(r));
	case FZ_OFFSET:
		return number(offset_value(r));
	case FZ_STRIDE:
		return mostly_auto(r, fz_one_in(r, 2) ? 8 * fz_pick(r, 20) : edge(r));
	case FZ_NUMBER:
		return mostly_auto(r, fz_one_in(r, 2) ? fz_pick(r, 20) : bound(r, arg));
	case FZ_POINTER:
		return mostly_auto(r, fz_pick(r, 5));
	case FZ_POINT:
		return number(fz_one_in(r, 10) ? edge(r) : fz_pick(r, 6));
	case FZ_MASK:
		return number(fz_one_in(r, 6) ? edge(r) : 1);
	case FZ_FLAGS:
	case FZ_ONE:
		return number(set_value(r, arg));
	case FZ_SMALL:
		return number(fz_one_in(r, 2) ? fz_pick(r, 2) : fz_pick(r, 64));
	case FZ_SEED:
		return number(fz_pick(r, 1 << 20));
	case FZ_PAD:
		return number(fz_one_in(r, 24) ? edge(r) : 0);
	default:
		return number(edge(r));
	}
}
