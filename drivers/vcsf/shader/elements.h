/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_SHADER_ELEMENTS_H_
#define _VCSF_SHADER_ELEMENTS_H_

/*
 * Loops over the lanes and over the elements of 8, 16 or 32 bits in them.
 *
 * All of them are inlined with constant widths and functions, so that each
 * instruction is a loop of its own.
 */

#include "shader/exec.h"

static __always_inline u32 vsh_mask(unsigned int bits)
{
	return ~0u >> (32 - bits);
}

static __always_inline s64 vsh_element(u32 word, unsigned int i,
				       unsigned int bits, bool sign)
{
	u32 up = word << (32 - bits - i * bits);

	return sign ? (s64)((s32)up >> (32 - bits)) : (s64)(up >> (32 - bits));
}

typedef s64 (*vsh_unary)(s64 a, unsigned int bits);
typedef s64 (*vsh_binary)(s64 a, s64 b, unsigned int bits);
typedef s64 (*vsh_select)(s64 a, s64 b, s64 c, s64 d, unsigned int how);

static __always_inline void vsh_map1(struct vsh_alu *x, unsigned int bits,
				     bool sign, vsh_unary fn)
{
	unsigned int l, i;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l], d = 0;

		for (i = 0; i < 32 / bits; i++)
			d |= ((u32)fn(vsh_element(a, i, bits, sign), bits) &
			      vsh_mask(bits)) << (i * bits);
		x->d[l] = d;
	}
}

static __always_inline void vsh_map2(struct vsh_alu *x, unsigned int bits,
				     bool sign, vsh_binary fn)
{
	const u32 *s0 = x->s[0], *s1 = x->s[1];
	unsigned int l, i;
	u32 *to = x->d;

	if (bits == 32) {
		for (l = 0; l < VSH_LANES; l++)
			to[l] = fn(vsh_element(s0[l], 0, 32, sign),
				   vsh_element(s1[l], 0, 32, sign), 32);
		return;
	}
	for (l = 0; l < VSH_LANES; l++) {
		u32 a = s0[l], b = s1[l], d = 0;

		for (i = 0; i < 32 / bits; i++)
			d |= ((u32)fn(vsh_element(a, i, bits, sign),
				      vsh_element(b, i, bits, sign), bits) &
			      vsh_mask(bits)) << (i * bits);
		to[l] = d;
	}
}

/* A function of four sources; without a fourth one it is zero */
static __always_inline void vsh_map4(struct vsh_alu *x, unsigned int bits,
				     bool sign, unsigned int how,
				     vsh_select fn)
{
	const u32 *s3 = x->s[3] ? x->s[3] : x->s[2];
	unsigned int l, i;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l], b = x->s[1][l], c = x->s[2][l], e = s3[l];
		u32 d = 0;

		for (i = 0; i < 32 / bits; i++)
			d |= ((u32)fn(vsh_element(a, i, bits, sign),
				      vsh_element(b, i, bits, sign),
				      vsh_element(c, i, bits, sign),
				      vsh_element(e, i, bits, sign), how) &
			      vsh_mask(bits)) << (i * bits);
		x->d[l] = d;
	}
}

/* Saturate to the range of @bits bits */
static __always_inline s64 vsh_clamp_to(s64 value, unsigned int bits, bool sign)
{
	s64 low = sign ? -(1LL << (bits - 1)) : 0;
	s64 high = sign ? (1LL << (bits - 1)) - 1 : (1LL << bits) - 1;

	if (value < low)
		return low;

	return value > high ? high : value;
}

static __always_inline void vsh_put64(struct vsh_alu *x, unsigned int l,
				      u64 value)
{
	x->d[l] = value;
	x->d_hi[l] = value >> 32;
}

static __always_inline u64 vsh_get64(const struct vsh_alu *x, unsigned int i,
				     unsigned int l)
{
	return x->s[i][l] | (u64)x->hi[i][l] << 32;
}

#endif /* _VCSF_SHADER_ELEMENTS_H_ */
