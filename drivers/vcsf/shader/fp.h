/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_SHADER_FP_H_
#define _VCSF_SHADER_FP_H_

/* Floating-point values as bits; nothing here needs an FPU */

#include "shader/elements.h"

#define VSH_NAN32	0x7fc00000u
#define VSH_NAN16	0x7e00u
#define VSH_INF32	0x7f800000u
#define VSH_INF16	0x7c00u

/* What distinguishes the two formats */
struct vsh_format {
	u32 sign;
	u32 inf;
	u32 nan;
	u32 one;
};

static const struct vsh_format vsh_f32 = {
	.sign = 0x80000000, .inf = VSH_INF32, .nan = VSH_NAN32,
	.one = 0x3f800000,
};

static const struct vsh_format vsh_f16 = {
	.sign = 0x8000, .inf = VSH_INF16, .nan = VSH_NAN16, .one = 0x3c00,
};

static __always_inline bool vsh_is_nan(u32 a, const struct vsh_format *f)
{
	return (a & ~f->sign) > f->inf;
}

/* A number that orders as the float does, -0 below +0 */
static __always_inline s32 vsh_order(u32 a, const struct vsh_format *f)
{
	return a & f->sign ? -(s32)(a & ~f->sign) - 1 : (s32)a;
}

/*
 * Clamps are min(max(x, low), high), where a NaN loses against a number and
 * -0 is below +0.
 */
static __always_inline u32 vsh_clamp(u32 a, unsigned int clamp,
				     const struct vsh_format *f)
{
	u32 low = clamp & 1 ? 0 : f->one | f->sign;

	if (!clamp)
		return a;
	if (vsh_is_nan(a, f) || vsh_order(a, f) < vsh_order(low, f))
		return low;
	if (clamp & 2 && vsh_order(a, f) > vsh_order(f->one, f))
		return f->one;

	return a;
}

/* A result: one NaN stands for all, so that it is the same on all hosts. */
static __always_inline u32 vsh_finish(u32 a, unsigned int clamp,
				      const struct vsh_format *f)
{
	if (vsh_is_nan(a, f))
		a = f->nan;

	return vsh_clamp(a, clamp, f);
}

static inline u32 vsh_low(u32 word)
{
	return word & 0xffff;
}

static inline u32 vsh_high(u32 word)
{
	return word >> 16;
}

/* Round modes */
enum vsh_round {
	VSH_ROUND_EVEN,
	VSH_ROUND_UP,
	VSH_ROUND_DOWN,
	VSH_ROUND_ZERO,
};

u32 vsh_pack(bool negative, u64 mantissa, s32 exponent,
	     const struct vsh_format *f, unsigned int mode);

#endif /* _VCSF_SHADER_FP_H_ */
