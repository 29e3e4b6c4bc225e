/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MESA_DEMO_SCENE_H
#define MESA_DEMO_SCENE_H

#include <stdint.h>

/* The value of a point that does not escape */
#define INSIDE 0xffffffffu

/**
 * struct scene - what is computed
 * @width: pixels of a row
 * @height: rows
 * @frames: number of frames
 * @limit: iterations after which a point counts as inside
 */
struct scene {
	uint32_t width;
	uint32_t height;
	uint32_t frames;
	uint32_t limit;
};

/**
 * struct view - a part of a frame, as the programs get it by push constants
 * @left: real part of the first pixel
 * @top: imaginary part of row 0
 * @step: distance of two pixels
 * @width: pixels of a row
 * @end: row behind the last one
 * @row: first row
 * @limit: as in &struct scene
 */
struct view {
	float left;
	float top;
	float step;
	uint32_t width;
	uint32_t end;
	uint32_t row;
	uint32_t limit;
};

struct view scene_view(const struct scene *scene, uint32_t frame);
void scene_compute(const struct scene *scene, uint32_t frame, uint32_t *picture);

#endif
