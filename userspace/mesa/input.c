// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Input of the compute programs, the same on every machine. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "compute.h"
#include "vk.h"

static const uint32_t corner_words[] = {
	0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
	0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x55555555, 0xaaaaaaaa, 0x01234567,
	0x7f80ff01, 0x8000ffff,
};

static const float corner_floats[] = {
	0.0f, -0.0f, 1.0f, -1.0f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 3.0f, 0.49999997f, 8388608.0f,
	8388607.5f, 16777216.0f, 2147483648.0f, -2147483648.0f, 4294967296.0f,
	FLT_EPSILON * FLT_EPSILON, -1e20f, FLT_MAX, -FLT_MAX, FLT_MIN,
};

static float random_float(uint32_t *state)
{
	float value = (float)(next_random(state) >> 8) / (1 << 24);
	int scale = (int)(next_random(state) % 13) - 6;

	while (scale > 0) {
		value *= 2;
		scale--;
	}
	while (scale < 0) {
		value /= 2;
		scale++;
	}
	return next_random(state) & 1 ? -value : value;
}

static uint32_t float_bits(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/*
 * Fill WORDS words: "index" 0, 1, 2, ...; "random"; "corner" limits of integers and random
 * words; "float" from -64 to 64; "cfloat" limits of floats, and the same.
 */
void fill_input(uint32_t *data, const char *kind)
{
	uint32_t state = 12345;
	bool floats = !!strstr(kind, "float");
	uint32_t corner;
	unsigned int i;

	for (i = 0; i < WORDS; i++) {
		data[i] = !strcmp(kind, "index") ? i :
			  floats ? float_bits(random_float(&state)) : next_random(&state);
		/* All pairs of corners come next to each other. */
		corner = i & 1 ? i / 2 : i / 2 / ARRAY_SIZE(corner_words);
		if (!strcmp(kind, "corner") && i < 1200)
			data[i] = corner_words[corner % ARRAY_SIZE(corner_words)];
		if (!strcmp(kind, "cfloat") && i < 1200)
			data[i] = float_bits(corner_floats[corner % ARRAY_SIZE(corner_floats)]);
	}
}
