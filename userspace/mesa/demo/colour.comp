// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The colours of a frame, from the values of iterate.comp. See scene.c, which computes the
// same.
#version 450

layout(local_size_x = 64) in;
layout(set = 0, binding = 0, std430) buffer Values { uint values[]; };
layout(set = 0, binding = 1, std430) buffer Picture { uint picture[]; };
layout(push_constant) uniform View {
	float left, top, step;
	uint width, end, row, limit;
};

#define INSIDE 0xffffffffu

// Stops of the palette, which is a ring
const uvec3 stops[8] = {
	uvec3(8, 12, 48), uvec3(24, 64, 140), uvec3(70, 160, 214), uvec3(222, 242, 246),
	uvec3(252, 212, 96), uvec3(232, 124, 24), uvec3(132, 32, 24), uvec3(40, 8, 40)
};

void main()
{
	uint at = gl_GlobalInvocationID.x, rgba = 0xff000000u;

	if (at >= width * end)
		return;
	uint value = values[at], place = value / 6, part = place & 255;
	uvec3 mixed = (stops[place >> 8 & 7] * (256 - part) +
		       stops[(place >> 8) + 1 & 7] * part) >> 8;
	if (value != INSIDE)
		rgba |= mixed.x | mixed.y << 8 | mixed.z << 16;
	picture[at] = rgba;
}
