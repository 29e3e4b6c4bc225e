// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#include "common.glsl"

#define A16 uint16_t(A)
#define B16 uint16_t(B)
#define S16(x) int16_t(x)
#define A8 uint8_t(A)
#define B8 uint8_t(B)
#define S8(x) int8_t(x)

#ifdef int16_add
MAIN(64, 1, 1)
{
	PUT(0, uint16_t(A16 + B16));
	PUT(1, int(S16(SA) - S16(SB)));
	PUT(2, uint16_t(A16 + uint16_t(1000)));
	PUT(3, int(-S16(SA)));
}
#endif
#ifdef int16_mul
MAIN(64, 1, 1)
{
	PUT(0, uint16_t(A16 * B16));
	PUT(1, int(S16(SA) * S16(SB)));
	PUT(2, uint16_t(A16 * uint16_t(77) + B16));
	PUT(3, int(S16(S16(SA) * S16(SA))));
}
#endif
#ifdef int16_shift
MAIN(64, 1, 1)
{
	PUT(0, uint16_t(A16 << (B16 & uint16_t(15))));
	PUT(1, uint16_t(A16 >> (B16 & uint16_t(15))));
	PUT(2, int(S16(SA) >> (B16 & uint16_t(15))));
	PUT(3, uint16_t(A16 ^ ~B16 & uint16_t(0xff0)));
}
#endif
#ifdef int16_compare
MAIN(64, 1, 1)
{
	PUT(0, uint(A16 < B16) | uint(A16 == B16) << 1 | uint(S16(SA) < S16(SB)) << 2 |
		uint(S16(SA) >= S16(SB)) << 3);
	PUT(1, uint(min(A16, B16)) | uint(max(A16, B16)) << 16);
	PUT(2, int(max(S16(SA), S16(SB))));
	PUT(3, A16 > B16 ? A : C);
}
#endif
#ifdef int16_vector
MAIN(64, 1, 1)
{
	u16vec2 a = u16vec2(A, A >> 16), b = u16vec2(B, B >> 16);
	u16vec2 sum = a + b * uint16_t(3), low = min(a, b) ^ (b << uint16_t(2));

	PUT(0, uint(sum.x) | uint(sum.y) << 16);
	PUT(1, uint(low.x) | uint(low.y) << 16);
	PUT(2, pack32(sum.yx - a));
	PUT(3, pack32(max(a, b.yx)));
}
#endif
#ifdef int16_div
MAIN(64, 1, 1)
{
	PUT(0, uint(A16 / (B16 | uint16_t(1))));
	PUT(1, uint(A16 % (B16 | uint16_t(1))));
	PUT(2, int(S16(SA) / S16((SB & 0x7ff) + 1)));
	PUT(3, int(abs(S16(SA & 0x7fff) - S16(SB & 0x7fff))));
}
#endif
#ifdef int8_add
MAIN(64, 1, 1)
{
	PUT(0, uint8_t(A8 + B8));
	PUT(1, int(S8(S8(SA) - S8(SB))));
	PUT(2, uint8_t(A8 * B8));
	PUT(3, int(S8(-S8(SA))));
}
#endif
#ifdef int8_shift
MAIN(64, 1, 1)
{
	PUT(0, uint8_t(A8 << (B8 & uint8_t(7))));
	PUT(1, uint8_t(A8 >> (B8 & uint8_t(7))));
	PUT(2, int(S8(SA) >> (B8 & uint8_t(7))));
	PUT(3, uint8_t(A8 ^ ~B8));
}
#endif
#ifdef int8_compare
MAIN(64, 1, 1)
{
	PUT(0, uint(A8 < B8) | uint(A8 == B8) << 1 | uint(S8(SA) < S8(SB)) << 2);
	PUT(1, uint(min(A8, B8)) | uint(max(A8, B8)) << 16);
	PUT(2, int(min(S8(SA), S8(SB))));
	PUT(3, A8 > B8 ? A : C);
}
#endif
#ifdef int8_vector
MAIN(64, 1, 1)
{
	u8vec4 a = unpack8(A), b = unpack8(B);

	PUT(0, pack32(a + b));
	PUT(1, pack32(max(a, b.wzyx)));
	PUT(2, pack32(a * uint8_t(3) - b));
	PUT(3, pack32(a & ~b));
}
#endif
#ifdef int_widths
MAIN(64, 1, 1)
{
	PUT(0, int(S8(SA)) + int(S16(SB)));
	PUT(1, uint(A8) + uint(B16) + C);
	PUT(2, int(S16(S8(SA >> 8))));
	PUT(3, uint(uint8_t(SB >> 24)) << 8 | uint(uint16_t(SC >> 16)) << 16);
}
#endif
