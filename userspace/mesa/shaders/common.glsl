// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// What all programs see; ../compute.c provides it.

layout(set = 0, binding = 0, std430) buffer Input { uint data_in[]; };
layout(set = 0, binding = 1, std430) buffer Output { uint data_out[]; };
layout(set = 0, binding = 2, std140) uniform Uniform { uvec4 data_ubo[1024]; };
#ifdef TEXELS // format of both, with floats in the shader
layout(set = 0, binding = 3) uniform textureBuffer texels_in;
layout(set = 0, binding = 4, TEXELS) uniform imageBuffer texels_out;
#else
layout(set = 0, binding = 3) uniform utextureBuffer texels_in;
layout(set = 0, binding = 4, r32ui) uniform uimageBuffer texels_out;
#endif

// A program's main(), with the size of its workgroups
#define MAIN(x, y, z) \
	layout(local_size_x = x, local_size_y = y, local_size_z = z) in; \
	void main()

// Number of the invocation, and of it in its workgroup
#define I gl_GlobalInvocationID.x
#define L gl_LocalInvocationIndex

// Three operands of each invocation, and four results
#define A data_in[2 * I]
#define B data_in[2 * I + 1]
#define C data_in[2 * I + 2049]
#define SA int(A)
#define SB int(B)
#define SC int(C)
#define FA uintBitsToFloat(A)
#define FB uintBitsToFloat(B)
#define FC uintBitsToFloat(C)
#define PUT(n, value) data_out[4 * I + n] = uint(value)
#define PUTF(n, value) data_out[4 * I + n] = floatBitsToUint(value)
