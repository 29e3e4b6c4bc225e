// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#ifdef int32_add
MAIN(64, 1, 1)
{
	PUT(0, A + B);
	PUT(1, A - B);
	PUT(2, SA + 100 - SB);
	PUT(3, -SA);
}
#endif
#ifdef int32_mul
MAIN(64, 1, 1)
{
	PUT(0, A * B);
	PUT(1, SA * SB + SC);
	PUT(2, A * 5u);
	PUT(3, SA * -7);
}
#endif
#ifdef int32_mul_high
MAIN(64, 1, 1)
{
	uint high, low;
	int shigh, slow;

	umulExtended(A, B, high, low);
	imulExtended(SA, SB, shigh, slow);
	PUT(0, high);
	PUT(1, low);
	PUT(2, shigh);
	PUT(3, slow);
}
#endif
#ifdef int32_div_unsigned
MAIN(64, 1, 1)
{
	uint b = max(B, 1u);

	PUT(0, A / b);
	PUT(1, A % b);
	PUT(2, A / 7u);
	PUT(3, A % 1000u);
}
#endif
#ifdef int32_div_signed
MAIN(64, 1, 1)
{
	int b = SB == 0 || SB == -1 ? 3 : SB;

	PUT(0, SA / b);
	PUT(1, SA - SA / b * b);
	PUT(2, SA / 10);
	PUT(3, SA / -16);
}
#endif
#ifdef int32_shift
MAIN(64, 1, 1)
{
	PUT(0, A << (B & 31u));
	PUT(1, A >> (B & 31u));
	PUT(2, SA >> (B & 31u));
	PUT(3, (A << 7 | A >> 25) ^ (C << 3));
}
#endif
#ifdef int32_bits
MAIN(64, 1, 1)
{
	PUT(0, A & B);
	PUT(1, A | ~B);
	PUT(2, (A ^ B) & C);
	PUT(3, ~(A & (B >> 4)) | (C << 8));
}
#endif
#ifdef int32_min_max
MAIN(64, 1, 1)
{
	PUT(0, min(A, B));
	PUT(1, max(SA, SB));
	PUT(2, clamp(A, 100u, 1000000u));
	PUT(3, clamp(SA, min(SB, SC), max(SB, SC)));
}
#endif
#ifdef int32_compare
MAIN(64, 1, 1)
{
	uint bits = 0;

	bits |= uint(A < B) | uint(A <= B) << 1 | uint(A > B) << 2 | uint(A >= B) << 3;
	bits |= uint(SA < SB) << 4 | uint(SA <= SB) << 5 | uint(SA > SB) << 6 |
		uint(SA >= SB) << 7;
	bits |= uint(A == B) << 8 | uint(A != B) << 9 | uint(A == 0) << 10;
	PUT(0, bits);
	PUT(1, SA < SB ? A : C);
	PUT(2, A < B && SB > SC || A == C ? 17 : 23);
	PUT(3, any(lessThan(uvec3(A, B, C), uvec3(B, C, A))));
}
#endif
#ifdef int32_abs_sign
MAIN(64, 1, 1)
{
	PUT(0, abs(SA));
	PUT(1, sign(SA));
	PUT(2, abs(SA - SB));
	PUT(3, sign(SB) * abs(SC));
}
#endif
#ifdef int32_count
MAIN(64, 1, 1)
{
	PUT(0, bitCount(A));
	PUT(1, bitfieldReverse(A));
	PUT(2, bitCount(A ^ B));
	PUT(3, bitfieldReverse(SB) >> 3);
}
#endif
#ifdef int32_find
MAIN(64, 1, 1)
{
	PUT(0, findLSB(A));
	PUT(1, findMSB(A));
	PUT(2, findMSB(SB));
	PUT(3, findLSB(SB & SC));
}
#endif
#ifdef int32_bitfield
MAIN(64, 1, 1)
{
	int offset = int(B & 15u), bits = int(C & 15u);

	PUT(0, bitfieldExtract(A, offset, bits));
	PUT(1, bitfieldExtract(SA, offset, bits));
	PUT(2, bitfieldInsert(A, C, offset, bits));
	PUT(3, bitfieldExtract(SA, 5, 9));
}
#endif
#ifdef int32_carry
MAIN(64, 1, 1)
{
	uint carry, borrow;

	PUT(0, uaddCarry(A, B, carry));
	PUT(1, carry);
	PUT(2, usubBorrow(A, B, borrow));
	PUT(3, borrow);
}
#endif
#ifdef int32_vector
MAIN(64, 1, 1)
{
	uvec4 a = uvec4(A, B, C, I), b = a.wzyx * 3u + a.yxwz;

	b += uvec4(1, 2, 3, 4) ^ a;
	PUT(0, b.x);
	PUT(1, b.y);
	PUT(2, b.z);
	PUT(3, b.w);
}
#endif
#ifdef int32_hash
MAIN(64, 1, 1)
{
	uint h = A;

	for (uint k = 0; k < 20; k++) {
		h ^= h >> 16;
		h *= 0x7feb352du;
		h ^= h >> 15;
		h += B * k;
	}
	PUT(0, h);
}
#endif
