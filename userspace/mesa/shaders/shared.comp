// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#ifdef shared_reverse
shared uint words[64];

MAIN(64, 1, 1)
{
	words[L] = data_in[I];
	barrier();
	data_out[I] = words[63 - L];
}
#endif
#ifdef shared_scan
shared uint words[256];

MAIN(256, 1, 1)
{
	words[L] = data_in[I];
	barrier();
	for (uint d = 1; d < 256; d *= 2) {
		uint more = L >= d ? words[L - d] : 0;
		barrier();
		words[L] += more;
		barrier();
	}
	data_out[I] = words[L];
}
#endif
#ifdef shared_reduce
shared uint words[1024];

MAIN(1024, 1, 1)
{
	words[L] = data_in[I];
	barrier();
	for (uint d = 512; d > 0; d /= 2) {
		if (L < d)
			words[L] = max(words[L], words[L + d]) + 1;
		barrier();
	}
	if (L == 0)
		data_out[gl_WorkGroupID.x] = words[0];
}
#endif
#ifdef shared_transpose
shared uint tile[16][17];

MAIN(16, 16, 1)
{
	uvec2 l = gl_LocalInvocationID.xy, g = gl_WorkGroupID.xy * 16;

	tile[l.y][l.x] = data_in[(g.y + l.y) * 64 + g.x + l.x];
	barrier();
	data_out[(g.x + l.y) * 64 + g.y + l.x] = tile[l.x][l.y];
}
#endif
#ifdef shared_histogram
shared uint bins[32];

MAIN(256, 1, 1)
{
	if (L < 32)
		bins[L] = 0;
	barrier();
	atomicAdd(bins[data_in[I] >> 27], 1);
	atomicAdd(bins[data_in[I] & 31u], 1);
	barrier();
	if (L < 32)
		data_out[gl_WorkGroupID.x * 32 + L] = bins[L];
}
#endif
#ifdef shared_sort
shared uint words[256];

MAIN(256, 1, 1)
{
	words[L] = data_in[I];
	for (uint k = 2; k <= 256; k *= 2)
		for (uint j = k / 2; j > 0; j /= 2) {
			uint other = L ^ j;
			barrier();
			if (other > L && (words[L] > words[other]) == ((L & k) == 0)) {
				uint t = words[L];
				words[L] = words[other];
				words[other] = t;
			}
		}
	barrier();
	data_out[I] = words[L];
}
#endif
#ifdef shared_whole
shared uint words[8192];

MAIN(256, 1, 1)
{
	for (uint k = L; k < 8192; k += 256)
		words[k] = data_in[k] ^ gl_WorkGroupID.x;
	barrier();
	for (uint k = L; k < 4096; k += 256)
		data_out[4096 * gl_WorkGroupID.x + k] = words[8191 - k * 2] + words[k];
}
#endif
#ifdef shared_vectors
shared vec4 vectors[64];
shared struct { uint a; uvec3 b; } things[16];

MAIN(64, 1, 1)
{
	vectors[L] = vec4(L, L * 2, L + 1, 1);
	if (L < 16) {
		things[L].a = A;
		things[L].b = uvec3(B, C, L);
	}
	barrier();
	vec4 v = vectors[L ^ 5u] + vectors[0];
	uvec3 w = things[L & 15u].b.zxy;
	PUT(0, v.x + v.y + v.z + v.w);
	PUT(1, w.x + w.y * 3);
	PUT(2, things[(L + 1) & 15u].a);
	PUT(3, w.z);
}
#endif
#ifdef shared_atomics
shared uint u[8];
shared int s[2];

MAIN(64, 1, 1)
{
	if (L < 8)
		u[L] = L == 1 || L == 3 ? 0xffffffffu : 0;
	if (L < 2)
		s[L] = 0;
	barrier();
	atomicAdd(u[0], A);
	atomicMin(u[1], A);
	atomicMax(u[2], A);
	atomicAnd(u[3], A | 0xffff00u);
	atomicOr(u[4], A & 0xff00ffu);
	atomicXor(u[5], A);
	atomicMin(s[0], SB);
	atomicMax(s[1], SB);
	barrier();
	if (L < 8)
		data_out[gl_WorkGroupID.x * 16 + L] = u[L];
	if (L < 2)
		data_out[gl_WorkGroupID.x * 16 + 8 + L] = s[L];
}
#endif
