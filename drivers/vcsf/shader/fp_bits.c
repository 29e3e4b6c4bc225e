// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Floating-point instructions that need no arithmetic: comparisons, minimum
 * and maximum, parts of a number, flushes. They work on bits, without an FPU.
 */

#include "shader/fp.h"

/* --- Minimum and maximum ------------------------------------------------------ */

static __always_inline u32 vsh_minmax(u32 a, u32 b, bool max,
				      const struct vsh_format *f)
{
	bool less;

	if (vsh_is_nan(a, f))
		return b;
	if (vsh_is_nan(b, f))
		return a;
	less = vsh_order(a, f) < vsh_order(b, f);

	return less == max ? b : a;
}

static __always_inline void vsh_minmax32(struct vsh_alu *x, bool max)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_finish(vsh_minmax(x->s[0][l], x->s[1][l], max,
						&vsh_f32), clamp, &vsh_f32);
}

static __always_inline void vsh_minmax16(struct vsh_alu *x, bool max)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP), l;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l], b = x->s[1][l];

		x->d[l] = vsh_finish(vsh_minmax(vsh_low(a), vsh_low(b), max,
						&vsh_f16), clamp, &vsh_f16) |
			  vsh_finish(vsh_minmax(vsh_high(a), vsh_high(b), max,
						&vsh_f16), clamp,
				     &vsh_f16) << 16;
	}
}

void vsh_fmin_f32(struct vsh_alu *x)
{
	vsh_minmax32(x, false);
}

void vsh_fmax_f32(struct vsh_alu *x)
{
	vsh_minmax32(x, true);
}

void vsh_fmin_v2f16(struct vsh_alu *x)
{
	vsh_minmax16(x, false);
}

void vsh_fmax_v2f16(struct vsh_alu *x)
{
	vsh_minmax16(x, true);
}

/* --- Comparisons -------------------------------------------------------------- */

static __always_inline bool vsh_fcompare(u32 a, u32 b, unsigned int cond,
					 const struct vsh_format *f)
{
	s32 x = a & ~f->sign ? vsh_order(a, f) : 0;
	s32 y = b & ~f->sign ? vsh_order(b, f) : 0;

	if (vsh_is_nan(a, f) || vsh_is_nan(b, f))
		return cond == 3;
	switch (cond) {
	case 0:
		return x == y;
	case 1:
		return x > y;
	case 2:
		return x >= y;
	case 4:
		return x < y;
	case 5:
		return x <= y;
	default:
		return x != y;
	}
}

static u32 vsh_ftrue(u64 word, const struct vsh_format *f)
{
	switch (vsh_mod(word, VSH_MOD_RESULT_TYPE)) {
	case 1:
		return f->one;
	case 2:
		return f->sign | (f->sign - 1);
	default:
		return 1;
	}
}

static __always_inline void vsh_fcmp32(struct vsh_alu *x, bool both)
{
	unsigned int cond = vsh_mod(x->word, VSH_MOD_COND), l;
	u32 yes = vsh_ftrue(x->word, &vsh_f32);

	for (l = 0; l < VSH_LANES; l++) {
		bool r = vsh_fcompare(x->s[0][l], x->s[1][l], cond, &vsh_f32);
		bool c = x->s[2][l];

		x->d[l] = (both ? r && c : r || c) ? yes : 0;
	}
}

static __always_inline void vsh_fcmp16(struct vsh_alu *x, bool both)
{
	unsigned int cond = vsh_mod(x->word, VSH_MOD_COND), l, i;
	u32 yes = vsh_ftrue(x->word, &vsh_f16);

	for (l = 0; l < VSH_LANES; l++) {
		u32 d = 0;

		for (i = 0; i < 32; i += 16) {
			bool r = vsh_fcompare(vsh_low(x->s[0][l] >> i),
					      vsh_low(x->s[1][l] >> i), cond,
					      &vsh_f16);
			bool c = vsh_low(x->s[2][l] >> i);

			if (both ? r && c : r || c)
				d |= yes << i;
		}
		x->d[l] = d;
	}
}

void vsh_fcmp_or_f32(struct vsh_alu *x)
{
	vsh_fcmp32(x, false);
}

void vsh_fcmp_and_f32(struct vsh_alu *x)
{
	vsh_fcmp32(x, true);
}

void vsh_fcmp_or_v2f16(struct vsh_alu *x)
{
	vsh_fcmp16(x, false);
}

void vsh_fcmp_and_v2f16(struct vsh_alu *x)
{
	vsh_fcmp16(x, true);
}

void vsh_csel_f32(struct vsh_alu *x)
{
	unsigned int cond = vsh_mod(x->word, VSH_MOD_COND), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_fcompare(x->s[0][l], x->s[1][l], cond,
				       &vsh_f32) ? x->s[2][l] : x->s[3][l];
}

void vsh_csel_v2f16(struct vsh_alu *x)
{
	unsigned int cond = vsh_mod(x->word, VSH_MOD_COND), l, i;

	for (l = 0; l < VSH_LANES; l++) {
		u32 d = 0;

		for (i = 0; i < 32; i += 16)
			d |= vsh_low((vsh_fcompare(vsh_low(x->s[0][l] >> i),
						   vsh_low(x->s[1][l] >> i),
						   cond, &vsh_f16) ?
				      x->s[2][l] : x->s[3][l]) >> i) << i;
		x->d[l] = d;
	}
}

/* --- Parts of a number --------------------------------------------------------- */

/*
 * Split a float into a fraction and an exponent: the fraction is 0.5 to 1, or
 * 0.75 to 1.5 for logarithms. Zeroes, infinities and NaNs stay as they are,
 * with the exponent zero.
 */
static u32 vsh_frexp(u32 a, bool log, s32 *exponent)
{
	u32 magnitude = a & 0x7fffffff, sign = a & 0x80000000, fraction;
	s32 e;

	*exponent = 0;
	if (!magnitude || magnitude >= VSH_INF32)
		return a;
	e = magnitude >> 23;
	fraction = magnitude & 0x7fffff;
	if (!e) {
		u32 shift = __builtin_clz(magnitude) - 8;

		fraction = magnitude << shift & 0x7fffff;
		e = 1 - (s32)shift;
	}
	/* The fraction is 1 to 2 now: with the exponent e - 127. */
	*exponent = e - 126;
	if (log && fraction < 0x400000) {
		*exponent = e - 127;
		return sign | 0x3f800000 | fraction;
	}

	return sign | 0x3f000000 | fraction;
}

void vsh_frexpm_f32(struct vsh_alu *x)
{
	bool log = vsh_mod(x->word, VSH_MOD_LOG);
	unsigned int l;
	s32 e;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_frexp(x->s[0][l], log, &e);
}

void vsh_frexpe_f32(struct vsh_alu *x)
{
	bool log = vsh_mod(x->word, VSH_MOD_LOG);
	unsigned int l;
	s32 e;

	for (l = 0; l < VSH_LANES; l++) {
		vsh_frexp(x->s[0][l], log, &e);
		x->d[l] = e;
	}
}

/* A float that a half can hold: from 0.5 to 1.5, zero, infinity, or NaN */
static u32 vsh_float_to_half_exact(u32 a)
{
	u32 sign = a >> 16 & 0x8000, magnitude = a & 0x7fffffff;

	if (magnitude >= VSH_INF32)
		return sign | VSH_INF16 | (magnitude >> 13 & 0x3ff);

	return magnitude ? sign | ((magnitude >> 13) - (112 << 10)) : sign;
}

void vsh_frexpm_v2f16(struct vsh_alu *x)
{
	bool log = vsh_mod(x->word, VSH_MOD_LOG);
	unsigned int l, i;
	s32 e;

	for (l = 0; l < VSH_LANES; l++) {
		u32 d = 0;

		for (i = 0; i < 32; i += 16) {
			u32 a = vsh_half_to_float(vsh_low(x->s[0][l] >> i));

			d |= vsh_float_to_half_exact(vsh_frexp(a, log, &e)) << i;
		}
		x->d[l] = d;
	}
}

void vsh_frexpe_v2f16(struct vsh_alu *x)
{
	bool log = vsh_mod(x->word, VSH_MOD_LOG);
	unsigned int l, i;
	s32 e;

	for (l = 0; l < VSH_LANES; l++) {
		u32 d = 0;

		for (i = 0; i < 32; i += 16) {
			vsh_frexp(vsh_half_to_float(vsh_low(x->s[0][l] >> i)),
				  log, &e);
			d |= vsh_low(e) << i;
		}
		x->d[l] = d;
	}
}

/* --- Flushes ------------------------------------------------------------------- */

static __always_inline u32 vsh_flush(u32 a, u64 word,
				     const struct vsh_format *f)
{
	u32 magnitude = a & ~f->sign, quiet = (f->inf & -f->inf) >> 1;
	u32 nan_mode = vsh_mod(word, VSH_MOD_NAN_MODE);

	if (magnitude > f->inf) {
		if (nan_mode == 1)
			return 0;
		return nan_mode == 2 ? a | quiet : a;
	}
	if (magnitude == f->inf && vsh_mod(word, VSH_MOD_FLUSH_INF))
		return a - 1;
	if (magnitude < quiet << 1 && vsh_mod(word, VSH_MOD_FTZ))
		return a & f->sign;

	return a;
}

void vsh_flush_f32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_flush(x->s[0][l], x->word, &vsh_f32);
}

void vsh_flush_v2f16(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_flush(vsh_low(x->s[0][l]), x->word, &vsh_f16) |
			  vsh_flush(vsh_high(x->s[0][l]), x->word,
				    &vsh_f16) << 16;
}

void vsh_f16_to_f32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_finish(vsh_half_to_float(vsh_low(x->s[0][l])), 0,
				     &vsh_f32);
}

/* --- Tables of sine and cosine -------------------------------------------------- */

/* sin(k * pi / 32) for a quarter of the circle */
static const u32 vsh_quarter[] = {
	0x00000000, 0x3dc8bd36, 0x3e47c5c2, 0x3e94a031, 0x3ec3ef15, 0x3ef15aea,
	0x3f0e39da, 0x3f226799, 0x3f3504f3, 0x3f45e403, 0x3f54db31, 0x3f61c598,
	0x3f6c835e, 0x3f74fa0b, 0x3f7b14be, 0x3f7ec46d, 0x3f800000,
};

static u32 vsh_sine(unsigned int k)
{
	unsigned int i = k % 32;
	u32 value = vsh_quarter[i > 16 ? 32 - i : i];

	return value | (k % 64 >= 32 && i ? 0x80000000 : 0);
}

void vsh_fsin_table_u6(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_sine(x->s[0][l]);
}

void vsh_fcos_table_u6(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_sine(x->s[0][l] + 16);
}
