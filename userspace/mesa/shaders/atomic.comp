// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#ifdef atomic_add
MAIN(64, 1, 1)
{
	atomicAdd(data_out[0], A);
	atomicAdd(data_out[1 + (I & 7u)], 1);
	atomicAdd(data_out[16], uint(-1));
}
#endif
#ifdef atomic_min_max
MAIN(64, 1, 1)
{
	atomicMax(data_out[1], A);
	// A minimum of zeroed memory is zero: count from the top.
	atomicMax(data_out[7], ~A);
	atomicMin(data_out[8 + (I & 3u)], A);
	atomicMax(data_out[2 + (B & 3u)], C);
}
#endif
#ifdef atomic_bits
MAIN(64, 1, 1)
{
	atomicOr(data_out[0], 1u << (A & 31u));
	atomicXor(data_out[1], A);
	atomicOr(data_out[2 + I / 32], 1u << (I & 31u));
	atomicAnd(data_out[64], A);
}
#endif
#ifdef atomic_return
MAIN(64, 1, 1)
{
	uint place = atomicAdd(data_out[0], 1);

	// Each place is taken once.
	atomicAdd(data_out[16 + place], 1);
}
#endif
#ifdef atomic_exchange
// Each value is seen once, and the last one stays.
MAIN(256, 1, 1)
{
	uint old = atomicExchange(data_out[0], I + 1);

	if (old != 0)
		data_out[16 + old] = 1;
	memoryBarrierBuffer();
	barrier();
	if (L == 0)
		data_out[16 + atomicExchange(data_out[0], 0)] = 1;
	data_out[1024 + I] = atomicExchange(data_in[I], 5);
}
#endif
#ifdef atomic_compare
MAIN(64, 1, 1)
{
	uint seen = 0, now;

	// An addition by compare and swap
	for (uint k = 0; k < 100000; k++) {
		now = atomicCompSwap(data_out[0], seen, seen + I);
		if (now == seen)
			break;
		seen = now;
	}
	data_out[1] = atomicCompSwap(data_out[2], 7u, 8u);
}
#endif
#ifdef atomic_signed
layout(set = 0, binding = 1, std430) buffer Signed { int signed_out[]; };

MAIN(64, 1, 1)
{
	atomicMin(signed_out[0], SA);
	atomicMax(signed_out[1], SA);
	atomicAdd(signed_out[2], SA >> 4);
	atomicMin(signed_out[3 + (I & 3u)], SB);
}
#endif
#ifdef atomic_sum
// Sums of pieces by the workgroups, and of these by the last one
shared uint last;

MAIN(64, 1, 1)
{
	atomicAdd(data_out[64 + gl_WorkGroupID.x], data_in[I]);
	memoryBarrierBuffer();
	barrier();
	if (L == 0)
		last = uint(atomicAdd(data_out[0], 1) == gl_NumWorkGroups.x - 1);
	barrier();
	if (last != 0 && L < gl_NumWorkGroups.x)
		atomicAdd(data_out[1], atomicAdd(data_out[64 + L], 0));
}
#endif
