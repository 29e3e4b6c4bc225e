// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_shader_8bit_storage : require
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_scalar_block_layout : require
#ifdef memory_texels_rgba8
#define TEXELS rgba8
#define SCALE 255.0
#define OTHER(texel) (1.0 - (texel))
#endif
#ifdef memory_texels_snorm
#define TEXELS rgba8_snorm
#define SCALE 127.0
#define OTHER(texel) (-(texel))
#endif
#include "common.glsl"

layout(push_constant) uniform Pushed { uint pushed[32]; };
layout(constant_id = 0) const uint three = 1;
layout(constant_id = 1) const uint five = 1;
layout(constant_id = 2) const int seven = 1;

#ifdef memory_words
MAIN(64, 1, 1)
{
	data_out[I] = data_in[1023 - I];
}
#endif
#ifdef memory_vectors
layout(set = 0, binding = 0, std430) buffer Vectors { uvec4 vectors_in[]; };
layout(set = 0, binding = 1, std430) buffer More { uvec4 vectors_out[]; };

MAIN(64, 1, 1)
{
	vectors_out[I] = vectors_in[I ^ 3u].wxyz;
}
#endif
#ifdef memory_vec3
layout(set = 0, binding = 0, scalar) buffer Vectors { uvec3 vectors_in[]; };
layout(set = 0, binding = 1, scalar) buffer More { uvec3 vectors_out[]; };

MAIN(64, 1, 1)
{
	vectors_out[I] = vectors_in[I + 1].zyx;
}
#endif
#ifdef memory_structs
struct thing { uint a; float b; uvec2 c; uvec4 d; };
layout(set = 0, binding = 0, std430) buffer Things { thing things_in[]; };
layout(set = 0, binding = 1, std430) buffer More { thing things_out[]; };

MAIN(64, 1, 1)
{
	thing one = things_in[I];

	one.a += one.c.y;
	one.d.yz = one.d.zy;
	things_out[I] = one;
}
#endif
#ifdef memory_bytes
layout(set = 0, binding = 0, std430) buffer Bytes { uint8_t bytes_in[]; };
layout(set = 0, binding = 1, std430) buffer More { uint8_t bytes_out[]; };

MAIN(64, 1, 1)
{
	bytes_out[I] = bytes_in[1023 - I];
	bytes_out[2048 + I] = uint8_t(uint(bytes_in[I]) + uint(bytes_in[I + 1]));
}
#endif
#ifdef memory_halves
layout(set = 0, binding = 0, std430) buffer Halves { int16_t halves_in[]; };
layout(set = 0, binding = 1, std430) buffer More { int16_t halves_out[]; };

MAIN(64, 1, 1)
{
	halves_out[I] = halves_in[1023 - I];
	halves_out[2048 + I] = int16_t(int(halves_in[I]) * 3);
}
#endif
#ifdef memory_half_floats
layout(set = 0, binding = 0, std430) buffer Halves { float16_t halves_in[]; };
layout(set = 0, binding = 1, std430) buffer More { float16_t halves_out[]; };

MAIN(64, 1, 1)
{
	halves_out[I] = float16_t(float(I) * 0.37);
	halves_out[2048 + I] = float16_t(float(I) - 500.0);
}
#endif
#ifdef memory_uniform
MAIN(64, 1, 1)
{
	PUT(0, data_ubo[5].z);
	PUT(1, data_ubo[I & 1023u].x);
	PUT(2, data_ubo[I / 4][I & 3u]);
	PUT(3, data_ubo[gl_WorkGroupID.x].w);
}
#endif
#ifdef memory_pushed
MAIN(64, 1, 1)
{
	PUT(0, pushed[0] + pushed[31]);
	PUT(1, pushed[gl_WorkGroupID.x]);
	PUT(2, pushed[I & 31u]);
}
#endif
#ifdef memory_specialized
MAIN(64, 1, 1)
{
	uint sum = 0;

	for (uint k = 0; k < five; k++)
		sum += data_in[I + k * three];
	PUT(0, sum);
	PUT(1, int(three) - seven);
}
#endif
#ifdef memory_length
MAIN(64, 1, 1)
{
	PUT(0, data_out.length());
	PUT(1, data_in.length() - I);
}
#endif
#ifdef memory_robust
// Reads beyond the end give zero, writes do not happen.
MAIN(64, 1, 1)
{
	PUT(0, data_in[I * 64]);
	PUT(1, I);
	if (I >= 1000)
		data_out[I * 1000] = 1;
}
#endif
#ifdef memory_private
MAIN(64, 1, 1)
{
	uint words[32];

	for (uint k = 0; k < 32; k++)
		words[k] = data_in[I + k];
	for (uint k = 0; k < 32; k++)
		words[words[k] & 31u] += k + 1;
	PUT(0, words[A & 31u]);
	PUT(1, words[B & 31u]);
	PUT(2, words[0] ^ words[31]);
}
#endif
#ifdef memory_spilled
MAIN(64, 1, 1)
{
	uint words[96], sum = 0;

	for (uint k = 0; k < 96; k++)
		words[k] = data_in[I + k * 7] * (k + 1);
	barrier();
	for (uint k = 0; k < 96; k++)
		sum = sum * 3 + words[95 - k];
	for (uint k = 0; k < 96; k++)
		sum ^= words[k] >> (k & 7u);
	PUT(0, sum);
}
#endif
#ifdef memory_address
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint words[]; };
layout(set = 0, binding = 2, std140) uniform Where { Words where; };

MAIN(64, 1, 1)
{
	data_out[I] = where.words[I * 3];
	where.words[4096 + I] = I;
	data_out[I + 1024] = where.words[4096 + I] + 1;
}
#endif
#ifdef memory_texels
MAIN(64, 1, 1)
{
	imageStore(texels_out, int(I), uvec4(texelFetch(texels_in, int(1023 - I)).x + 1));
}
#endif
#if defined(TEXELS)
// Bytes become floats and bytes again; and the integers that the floats stand for.
MAIN(64, 1, 1)
{
	vec4 texel = texelFetch(texels_in, int(1023 - I));

	imageStore(texels_out, int(I), OTHER(texel));
	for (uint k = 0; k < 4; k++)
		data_out[4096 + 4 * I + k] = uint(int(roundEven(texel[k] * SCALE)));
}
#endif
#ifdef memory_copy
MAIN(64, 1, 1)
{
	for (uint k = 0; k < 8; k++)
		data_out[I * 8 + k] = data_in[I * 8 + (k ^ 1u)];
}
#endif
#ifdef memory_scatter
MAIN(64, 1, 1)
{
	data_out[I * 577u & 1023u] = A;
	data_out[1024 + (bitfieldReverse(I) >> 22)] = data_in[(I * 37u) & 8191u];
}
#endif
