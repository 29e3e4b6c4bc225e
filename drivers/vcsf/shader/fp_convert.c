// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Conversions between integers and floats of different sizes, and rounding to
 * integers. All of them are exact but for one rounding in the mode that the
 * instruction asks for. They are done in integer arithmetic, without an FPU.
 *
 * A number is unpacked into a sign, a mantissa and an exponent of two.
 */

#include "shader/fp.h"

struct vsh_number {
	bool negative;
	u64 mantissa;
	s32 exponent;
};

static bool vsh_round_up(u64 rest, u64 half, bool odd, bool negative,
			 unsigned int mode)
{
	switch (mode) {
	case VSH_ROUND_EVEN:
		return rest > half || (rest == half && odd);
	case VSH_ROUND_UP:
		return rest && !negative;
	case VSH_ROUND_DOWN:
		return rest && negative;
	default:
		return false;
	}
}

/* Divide a mantissa by 2^@shift, rounded */
static u64 vsh_shift_right(u64 mantissa, s32 shift, bool negative,
			   unsigned int mode)
{
	u64 kept, rest, half;

	if (shift <= 0)
		return mantissa << -shift;
	if (shift > 62) {
		kept = 0;
		rest = mantissa ? 1 : 0;
		half = 2;
	} else {
		kept = mantissa >> shift;
		rest = mantissa & ((1ULL << shift) - 1);
		half = 1ULL << (shift - 1);
	}

	return kept + vsh_round_up(rest, half, kept & 1, negative, mode);
}

/**
 * vsh_pack - round a number to a format
 * @negative: its sign
 * @mantissa: the number is @mantissa times 2^@exponent, @mantissa below 2^62
 * @exponent: its exponent
 * @f: the format
 * @mode: how it is rounded
 *
 * Return: the float.
 */
u32 vsh_pack(bool negative, u64 mantissa, s32 exponent,
	     const struct vsh_format *f, unsigned int mode)
{
	s32 bits = f->sign == 0x8000 ? 10 : 23;
	s32 lowest = f->sign == 0x8000 ? -14 : -126, e;
	u32 sign = negative ? f->sign : 0, base;
	u64 kept;

	if (!mantissa)
		return sign;
	e = 63 - __builtin_clzll(mantissa) + exponent;
	if (e <= 1 - lowest) {
		base = e >= lowest ? (u32)(e - lowest) << bits : 0;
		kept = vsh_shift_right(mantissa,
				       (e > lowest ? e : lowest) - bits -
				       exponent, negative, mode);
		if (base + kept < f->inf)
			return sign | (base + kept);
	}
	if (mode == VSH_ROUND_ZERO || (mode == VSH_ROUND_UP && negative) ||
	    (mode == VSH_ROUND_DOWN && !negative))
		return sign | (f->inf - 1);

	return sign | f->inf;
}

/* Of a finite number */
static struct vsh_number vsh_unpack(u32 a, const struct vsh_format *f)
{
	s32 bits = f->sign == 0x8000 ? 10 : 23, bias = bits == 10 ? 15 : 127;
	u32 magnitude = a & ~f->sign;
	s32 e = magnitude >> bits;
	struct vsh_number n = {
		.negative = a & f->sign,
		.mantissa = magnitude & ((1u << bits) - 1),
		.exponent = (e ? e : 1) - bias - bits,
	};

	if (e)
		n.mantissa |= 1u << bits;

	return n;
}

static bool vsh_is_finite(u32 a, const struct vsh_format *f)
{
	return (a & ~f->sign) < f->inf;
}

/* --- Floats to integers --------------------------------------------------------- */

static s64 vsh_to_integer(u32 a, const struct vsh_format *f, unsigned int mode,
			  s64 low, s64 high)
{
	struct vsh_number n;
	s64 value;

	if (vsh_is_nan(a, f))
		return 0;
	if (!vsh_is_finite(a, f))
		return a & f->sign ? low : high;
	n = vsh_unpack(a, f);
	if (n.exponent > 32)
		return n.negative ? low : high;
	value = vsh_shift_right(n.mantissa, -n.exponent, n.negative, mode);
	if (n.negative)
		value = -value;
	if (value < low)
		return low;

	return value > high ? high : value;
}

struct vsh_range {
	s64 low;
	s64 high;
};

static const struct vsh_range vsh_s32_range = { -(1LL << 31), (1LL << 31) - 1 };
static const struct vsh_range vsh_u32_range = { 0, (1LL << 32) - 1 };
static const struct vsh_range vsh_s16_range = { -(1LL << 15), (1LL << 15) - 1 };
static const struct vsh_range vsh_u16_range = { 0, (1LL << 16) - 1 };

static __always_inline void vsh_to_integers(struct vsh_alu *x,
					    const struct vsh_format *f,
					    const struct vsh_range *range)
{
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE), l;
	u32 all = f->sign | (f->sign - 1);

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_to_integer(x->s[0][l] & all, f, mode,
					 range->low, range->high);
}

static __always_inline void vsh_to_halves(struct vsh_alu *x,
					  const struct vsh_range *range)
{
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE), l;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l];

		x->d[l] = vsh_low(vsh_to_integer(vsh_low(a), &vsh_f16, mode,
						 range->low, range->high)) |
			  (u32)vsh_to_integer(vsh_high(a), &vsh_f16, mode,
					      range->low, range->high) << 16;
	}
}

void vsh_f32_to_s32(struct vsh_alu *x)
{
	vsh_to_integers(x, &vsh_f32, &vsh_s32_range);
}

void vsh_f32_to_u32(struct vsh_alu *x)
{
	vsh_to_integers(x, &vsh_f32, &vsh_u32_range);
}

void vsh_f16_to_s32(struct vsh_alu *x)
{
	vsh_to_integers(x, &vsh_f16, &vsh_s32_range);
}

void vsh_f16_to_u32(struct vsh_alu *x)
{
	vsh_to_integers(x, &vsh_f16, &vsh_u32_range);
}

void vsh_v2f16_to_v2s16(struct vsh_alu *x)
{
	vsh_to_halves(x, &vsh_s16_range);
}

void vsh_v2f16_to_v2u16(struct vsh_alu *x)
{
	vsh_to_halves(x, &vsh_u16_range);
}

/* --- Integers to floats --------------------------------------------------------- */

static u32 vsh_from_integer(s64 value, const struct vsh_format *f,
			    unsigned int mode)
{
	return vsh_pack(value < 0, value < 0 ? -value : value, 0, f, mode);
}

void vsh_s32_to_f32(struct vsh_alu *x)
{
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_from_integer((s32)x->s[0][l], &vsh_f32, mode);
}

void vsh_u32_to_f32(struct vsh_alu *x)
{
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_from_integer(x->s[0][l], &vsh_f32, mode);
}

void vsh_s16_to_f32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_from_integer((s16)x->s[0][l], &vsh_f32, 0);
}

void vsh_u16_to_f32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_from_integer((u16)x->s[0][l], &vsh_f32, 0);
}

/* The byte has been extended already. */
void vsh_s8_to_f32(struct vsh_alu *x)
{
	vsh_s16_to_f32(x);
}

void vsh_u8_to_f32(struct vsh_alu *x)
{
	vsh_u16_to_f32(x);
}

static __always_inline void vsh_from_halves(struct vsh_alu *x, bool sign,
					    unsigned int mode)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l];

		x->d[l] = vsh_from_integer(vsh_element(a, 0, 16, sign),
					   &vsh_f16, mode) |
			  vsh_from_integer(vsh_element(a, 1, 16, sign),
					   &vsh_f16, mode) << 16;
	}
}

void vsh_v2s16_to_v2f16(struct vsh_alu *x)
{
	vsh_from_halves(x, true, vsh_mod(x->word, VSH_MOD_ROUND_MODE));
}

void vsh_v2u16_to_v2f16(struct vsh_alu *x)
{
	vsh_from_halves(x, false, vsh_mod(x->word, VSH_MOD_ROUND_MODE));
}

void vsh_v2s8_to_v2f16(struct vsh_alu *x)
{
	vsh_from_halves(x, true, VSH_ROUND_EVEN);
}

void vsh_v2u8_to_v2f16(struct vsh_alu *x)
{
	vsh_from_halves(x, false, VSH_ROUND_EVEN);
}

/* --- Floats to floats -------------------------------------------------------------- */

static u32 vsh_to_half(u32 a, unsigned int mode)
{
	struct vsh_number n;

	if (vsh_is_nan(a, &vsh_f32))
		return VSH_NAN16;
	if (!vsh_is_finite(a, &vsh_f32))
		return (a >> 16 & 0x8000) | VSH_INF16;
	n = vsh_unpack(a, &vsh_f32);

	return vsh_pack(n.negative, n.mantissa, n.exponent, &vsh_f16, mode);
}

/**
 * vsh_halve - convert a single-precision float to half precision, rounded to even
 * @a: the float
 *
 * Return: the half.
 */
u32 vsh_halve(u32 a)
{
	return vsh_to_half(a, VSH_ROUND_EVEN);
}

void vsh_v2f32_to_v2f16(struct vsh_alu *x)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP), l;
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE);

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_finish(vsh_to_half(x->s[0][l], mode), clamp,
				     &vsh_f16) |
			  vsh_finish(vsh_to_half(x->s[1][l], mode), clamp,
				     &vsh_f16) << 16;
}

/* Round to an integer of the same format; zero keeps the sign. */
static u32 vsh_fround(u32 a, const struct vsh_format *f, unsigned int mode)
{
	struct vsh_number n;

	if (vsh_is_nan(a, f))
		return f->nan;
	if (!vsh_is_finite(a, f))
		return a;
	n = vsh_unpack(a, f);
	if (n.exponent >= 0)
		return a;

	return vsh_pack(n.negative,
			vsh_shift_right(n.mantissa, -n.exponent, n.negative,
					mode), 0, f, mode);
}

void vsh_fround_f32(struct vsh_alu *x)
{
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_fround(x->s[0][l], &vsh_f32, mode);
}

void vsh_fround_v2f16(struct vsh_alu *x)
{
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_fround(vsh_low(x->s[0][l]), &vsh_f16, mode) |
			  vsh_fround(vsh_high(x->s[0][l]), &vsh_f16,
				     mode) << 16;
}
