// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#include "common.glsl"

#define A64 (uint64_t(A) | uint64_t(C) << 32)
#define B64 (uint64_t(B) | uint64_t(A) << 32)
#define SA64 int64_t(A64)
#define SB64 int64_t(B64)
#define PUT64(n, value) { uint64_t v = uint64_t(value); PUT(n, v); PUT(n + 1, v >> 32); }

#ifdef int64_add
MAIN(64, 1, 1)
{
	PUT64(0, A64 + B64);
	PUT64(2, SA64 - SB64);
}
#endif
#ifdef int64_mul
MAIN(64, 1, 1)
{
	PUT64(0, A64 * B64);
	PUT64(2, SA64 * 1000003l);
}
#endif
#ifdef int64_shift
MAIN(64, 1, 1)
{
	PUT64(0, A64 << (B & 63u) ^ A64 >> 5);
	PUT64(2, SA64 >> (C & 63u));
}
#endif
#ifdef int64_bits
MAIN(64, 1, 1)
{
	PUT64(0, (A64 & ~B64) | (A64 ^ B64) << 1);
	PUT64(2, ~A64 | B64);
}
#endif
#ifdef int64_compare
MAIN(64, 1, 1)
{
	PUT(0, uint(A64 < B64) | uint(A64 >= B64) << 1 | uint(A64 == B64) << 2 |
		uint(SA64 < SB64) << 3 | uint(SA64 > SB64) << 4 | uint(SA64 != SB64) << 5);
	PUT(1, SA64 < SB64 ? A : B);
	PUT64(2, max(SA64, SB64));
}
#endif
#ifdef int64_div
MAIN(64, 1, 1)
{
	PUT64(0, A64 / (B64 | 1ul));
	PUT64(2, A64 % (uint64_t(B) | 1ul));
}
#endif
#ifdef int64_convert
MAIN(64, 1, 1)
{
	PUT64(0, int64_t(SA) + int64_t(SB));
	PUT(2, uint(A64 >> 16));
	PUT(3, int(SA64 >> 40));
}
#endif
