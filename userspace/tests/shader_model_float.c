// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The model of arithmetic: floats.
 */

#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shader_model_parts.h"

double model_half_value(u32 h)
{
	int exponent = h >> 10 & 31, fraction = h & 1023;
	double v;

	if (exponent == 31)
		v = fraction ? NAN : INFINITY;
	else if (exponent)
		v = ldexp(fraction + 1024, exponent - 25);
	else
		v = ldexp(fraction, -24);

	return h & 0x8000 ? -v : v;
}

static double float_value(u32 bits)
{
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

u32 model_float_bits(float v)
{
	u32 bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

double model_number(const struct operand *o, unsigned int e, unsigned int width)
{
	double v;

	if (width == 16)
		v = model_half_value(model_element(o, e, 16, false));
	else if (*o->part)
		v = model_half_value(model_element(o, 0, 32, false));
	else
		v = float_value(o->raw);
	if (o->abs)
		v = fabs(v);
	return o->neg ? -v : v;
}

static int round_mode(const struct ins *i)
{
	return model_has(i, "rtp") ? FE_UPWARD : model_has(i, "rtn") ? FE_DOWNWARD :
	       model_has(i, "rtz") ? FE_TOWARDZERO : FE_TONEAREST;
}

/* Volatile, so that it is rounded when it is said */
static u32 round_float(long double v, int mode)
{
	volatile long double from = v;
	volatile float to;

	fesetround(mode);
	to = (float)from;
	fesetround(FE_TONEAREST);
	return model_float_bits(to);
}

/* The halves next to a value, found by trying, and which of them the mode takes */
u32 model_round_half(__float128 v, int mode)
{
	u32 sign = v < 0 || (v == 0 && signbit((double)v)) ? 0x8000 : 0;
	__float128 a = v < 0 ? -v : v;
	u32 low = 0, high = 0x7c00;
	bool up;

	if (v != v)
		return 0x7e00;
	if (a > 1e30Q)
		a = isinf((double)a) ? a : 1e30Q;
	if (isinf((double)a))
		return sign | 0x7c00;
	while (high - low > 1) {
		u32 mid = (low + high) / 2;

		if ((__float128)model_half_value(mid) <= a)
			low = mid;
		else
			high = mid;
	}
	if ((__float128)model_half_value(low) == a)
		return sign | low;
	if (mode == FE_TONEAREST) {
		__float128 below = a - model_half_value(low);
		__float128 above = (high == 0x7c00 ? 65536 : model_half_value(high)) - a;

		up = above < below || (above == below && low & 1);
	} else {
		up = mode == (sign ? FE_DOWNWARD : FE_UPWARD);
	}
	return sign | (up ? high : low);
}

static double clamp(const struct ins *i, double v)
{
	bool zero = model_has(i, "clamp_0_inf") || model_has(i, "clamp_0_1");
	bool one = model_has(i, "clamp_m1_1") || model_has(i, "clamp_0_1");

	if (!zero && !one)
		return v;
	if (isnan(v))
		return zero ? 0.0 : -1.0;
	if (zero && (v < 0 || (v == 0 && signbit(v))))
		v = 0.0;
	if (!zero && v < -1)
		v = -1;
	return one && v > 1 ? 1 : v;
}

static double min_max(double a, double b, bool max)
{
	if (isnan(a))
		return b;
	if (isnan(b))
		return a;
	if (a == b)
		return max == !!signbit(a) ? b : a;
	return max == (a > b) ? a : b;
}

/* A sum whose last bit is odd if it is not exact, so that it can be rounded */
static __float128 odd_sum(__float128 p, __float128 c)
{
	__float128 sum = p + c, t = sum - p, error;
	ubig bits;

	if (sum != sum || isinf((double)sum) || sum == 0)
		return sum;
	error = (p - (sum - t)) + (c - t);
	memcpy(&bits, &sum, sizeof(bits));
	if (error == 0 || bits & 1)
		return sum;
	bits += (error > 0) == (sum > 0) ? 1 : -1;
	memcpy(&sum, &bits, sizeof(bits));
	return sum;
}

/* The result in one rounding, in the format of the instruction */
static double rounded(const struct ins *i, __float128 v, int mode)
{
	if (i->width == 16)
		return model_half_value(model_round_half(v, mode));
	/* 64 bits of mantissa are kept, with the last one sticky. */
	if (v == v && !isinf((double)v)) {
		long double l = (long double)v;
		u64 m;

		if ((__float128)l != v) {
			memcpy(&m, &l, sizeof(m));
			if (!(m & 1)) {
				bool more = (__float128)fabsl(l) <
					    (v < 0 ? -v : v);

				l = more ? nextafterl(l, v < 0 ? -INFINITY : INFINITY) :
					   nextafterl(l, 0);
			}
		}
		return float_value(round_float(l, mode));
	}
	return (double)v;
}

bool model_floating(const struct ins *i, unsigned int e, double *r)
{
	double a = model_number(&i->src[0], e, i->width);
	double b = model_number(&i->src[1], e, i->width);
	double c = model_number(&i->src[2], e, i->width);
	s32 d;

	if (!strcmp(i->name, "FADD")) {
		*r = rounded(i, (__float128)a + b, FE_TONEAREST);
	} else if (!strcmp(i->name, "FADD_IMM")) {
		b = i->width == 16 ? model_half_value(i->imm >> (16 * e) & 0xffff) :
				     float_value(i->imm);
		*r = rounded(i, (__float128)a + b, FE_TONEAREST);
	} else if (!strcmp(i->name, "FMIN")) {
		*r = min_max(a, b, false);
	} else if (!strcmp(i->name, "FMAX")) {
		*r = min_max(a, b, true);
	} else if (!strcmp(i->name, "FMA")) {
		*r = i->width == 32 ? fmaf(a, b, c) :
		     rounded(i, (__float128)a * b + c, FE_TONEAREST);
	} else if (!strncmp(i->name, "FMA_RSCALE", 10)) {
		__float128 p = (__float128)a * b;

		d = i->src[3].raw;
		if (!strcmp(i->name, "FMA_RSCALE_N") && (a == 0 || b == 0))
			p = 0;
		if (!strcmp(i->name, "FMA_RSCALE_LEFT") && (a == 0 || b == 0))
			p = a;
		if (!strcmp(i->name, "FMA_RSCALE_SCALE16"))
			d = (s16)d;
		d = d < -500 ? -500 : d > 500 ? 500 : d;
		*r = rounded(i, odd_sum(p, c) * (__float128)ldexp(1, d),
			     FE_TONEAREST);
	} else if (!strcmp(i->name, "LDEXP")) {
		d = model_element(&i->src[1], e, i->width, true);
		d = d < -500 ? -500 : d > 500 ? 500 : d;
		*r = rounded(i, (__float128)a * ldexp(1, d), round_mode(i));
	} else if (!strcmp(i->name, "FROUND")) {
		volatile double v = a;

		fesetround(round_mode(i));
		v = nearbyint(v);
		fesetround(FE_TONEAREST);
		*r = copysign(v, a);
	} else if (!strcmp(i->name, "FREXPM")) {
		int exponent;

		*r = frexp(a, &exponent);
		if (model_has(i, "log") && a != 0 && isfinite(a) && fabs(*r) < 0.75)
			*r *= 2;
	} else if (!strcmp(i->name, "FLUSH")) {
		double smallest = i->width == 16 ? ldexp(1, -14) : ldexp(1, -126);
		double largest = i->width == 16 ? 65504 : ldexp(0xffffff, 104);

		*r = a;
		if (isnan(a) && model_has(i, "flush_nan"))
			*r = 0;
		if (isinf(a) && model_has(i, "flush_inf"))
			*r = copysign(largest, a);
		if (fabs(a) < smallest && model_has(i, "ftz"))
			*r = copysign(0, a);
	} else {
		return false;
	}
	*r = clamp(i, *r);
	return true;
}

big model_frexp_exponent(const struct ins *i, unsigned int e)
{
	double a = model_number(&i->src[0], e, i->width), m;
	int exponent = 0;

	if (a == 0 || !isfinite(a))
		return 0;
	m = frexp(a, &exponent);
	return model_has(i, "log") && fabs(m) < 0.75 ? exponent - 1 : exponent;
}

/* --- Conversions: "V2S16_TO_V2F16" ---------------------------------------------- */

bool model_conversion(struct ins *i, u64 *result, bool *is_nan)
{
	char *to = strstr(i->name, "_TO_");
	unsigned int n, from_width, to_width;
	char from_kind, to_kind;
	const char *from = i->name;

	if (!to)
		return false;
	to += 4;
	n = *to == 'V' ? to[1] - '0' : 1;
	if (*from == 'V')
		from += 2;
	if (*to == 'V')
		to += 2;
	from_kind = *from;
	to_kind = *to;
	from_width = atoi(from + 1);
	to_width = atoi(to + 1);
	*result = 0;
	for (unsigned int e = 0; e < n; e++) {
		const struct operand *o = &i->src[0];
		u64 bits;

		if (from_kind == 'F') {
			double a = model_number(n == 2 && from_width == 32 ?
					  &i->src[e] : o, from_width == 32 ? 0 : e,
					  from_width);

			if (to_kind == 'F') {
				i->width = to_width;
				if (to_width == 16)
					a = model_half_value(model_round_half(a, round_mode(i)));
				a = clamp(i, a);
				bits = to_width == 16 ?
				       model_round_half(a, FE_TONEAREST) : model_float_bits(a);
				if (n == 1)
					*is_nan = isnan(a);
			} else {
				volatile double v = a;
				double low = to_kind == 'U' ? 0 : -ldexp(1, to_width - 1);
				double high = ldexp(1, to_width - (to_kind == 'S')) - 1;

				fesetround(round_mode(i));
				v = nearbyint(v);
				fesetround(FE_TONEAREST);
				bits = isnan(v) ? 0 : v < low ? (s64)low :
				       v > high ? (s64)high : (s64)v;
			}
		} else {
			/* The element of a half in the low end of a word */
			big a = model_element(o, e, from_width, from_kind == 'S');

			if (to_kind != 'F')
				bits = (s64)a;
			else if (to_width == 32)
				bits = round_float((s64)a, round_mode(i));
			else
				bits = model_round_half((s64)a, round_mode(i));
		}
		if (to_width < 32)
			bits &= (1ULL << to_width) - 1;
		*result |= (u64)(u32)bits << (e * to_width);
	}
	return true;
}

