// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The Mandelbrot set: for each pixel the iterations until its point escapes, in 24:8 fixed
// point, or INSIDE. See scene.c, which computes the same.
#version 450

layout(local_size_x = 16, local_size_y = 4) in;
layout(set = 0, binding = 0, std430) buffer Values { uint values[]; };
layout(push_constant) uniform View {
	float left, top, step;
	uint width, end, row, limit;
};

#define INSIDE 0xffffffffu
#define ESCAPED 65536.0

uint logarithm(float value)
{
	return (floatBitsToUint(value) >> 15) - (127u << 8);
}

void main()
{
	uint row = row + gl_GlobalInvocationID.y, n;
	uint value = INSIDE;

	if (gl_GlobalInvocationID.x >= width || row >= end)
		return;
	precise float cx = left + step * float(gl_GlobalInvocationID.x);
	precise float cy = top + step * float(row);
	precise float x = 0.0, y = 0.0;
	for (n = 0; n < limit; n++) {
		precise float xx = x * x, yy = y * y, xy = x * y;
		precise float norm = xx + yy;

		if (norm > ESCAPED) {
			value = (n << 8) + (13u << 8) - logarithm(float(logarithm(norm)));
			break;
		}
		x = xx - yy + cx;
		y = xy + xy + cy;
	}
	values[row * width + gl_GlobalInvocationID.x] = value;
}
