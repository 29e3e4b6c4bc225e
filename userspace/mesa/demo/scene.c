// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The frames: a zoom into the Mandelbrot set; and their computation in C, to which the GPU's
 * is compared. Each operation is rounded once and none is fused (iterate.comp says "precise",
 * the Makefile -ffp-contract=off), and colours are computed with integers: all bits of a
 * picture are determined, on any processor.
 */
#include <string.h>

#include "scene.h"

/* All frames have the same centre: a spiral at the edge of the set. */
#define CENTRE_X -0.7453f
#define CENTRE_Y 0.1127f
#define FIRST_WIDTH 3.2f
#define LAST_WIDTH 0.0065f
#define ESCAPED 65536.0f

/* Width of a frame, between the first and the last in equal ratios */
static float frame_width(uint32_t frame, uint32_t frames)
{
	float low = 0, high = 1, ratio, product;
	uint32_t i, k;

	if (frames < 2)
		return LAST_WIDTH;
	/* The root, without the C library's mathematics */
	for (i = 0; i < 24; i++) {
		ratio = (low + high) / 2;
		for (product = FIRST_WIDTH, k = 1; k < frames; k++)
			product *= ratio;
		if (product < LAST_WIDTH)
			low = ratio;
		else
			high = ratio;
	}
	for (product = FIRST_WIDTH, k = 0; k < frame; k++)
		product *= high;
	return product;
}

/* All of a frame */
struct view scene_view(const struct scene *scene, uint32_t frame)
{
	float width = frame_width(frame, scene->frames);
	struct view view = {
		.step = width / scene->width,
		.width = scene->width,
		.end = scene->height,
		.limit = scene->limit,
	};

	view.left = CENTRE_X - view.step * (scene->width / 2);
	view.top = CENTRE_Y - view.step * (scene->height / 2);
	return view;
}

/* The binary logarithm of a number above 1 in 24:8 fixed point, linear between powers of 2 */
static uint32_t logarithm(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return (bits >> 15) - (127 << 8);
}

/* Iterations until the point escapes, in 24:8 fixed point */
static uint32_t iterate(float cx, float cy, uint32_t limit)
{
	float x = 0, y = 0;
	uint32_t n;

	for (n = 0; n < limit; n++) {
		float xx = x * x, yy = y * y, xy = x * y, norm = xx + yy;

		if (norm > ESCAPED)
			return (n << 8) + (13 << 8) - logarithm((float)logarithm(norm));
		x = xx - yy + cx;
		y = xy + xy + cy;
	}
	return INSIDE;
}

/* Stops of the palette, which is a ring */
static const uint8_t stops[8][3] = {
	{ 8, 12, 48 }, { 24, 64, 140 }, { 70, 160, 214 }, { 222, 242, 246 },
	{ 252, 212, 96 }, { 232, 124, 24 }, { 132, 32, 24 }, { 40, 8, 40 },
};

static uint32_t colour(uint32_t value)
{
	uint32_t at = value / 6, part = at & 255, rgba = 0xff000000, i;
	const uint8_t *one = stops[at >> 8 & 7], *two = stops[((at >> 8) + 1) & 7];

	if (value == INSIDE)
		return 0xff000000;
	for (i = 0; i < 3; i++)
		rgba |= ((one[i] * (256 - part) + two[i] * part) >> 8) << (8 * i);
	return rgba;
}

/* Compute a frame without the GPU: RGBA of 8 bits. */
void scene_compute(const struct scene *scene, uint32_t frame, uint32_t *picture)
{
	struct view view = scene_view(scene, frame);
	uint32_t x, y;

	for (y = 0; y < view.end; y++)
		for (x = 0; x < view.width; x++)
			*picture++ = colour(iterate(view.left + view.step * x,
						    view.top + view.step * y, view.limit));
}
