// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <ctype.h>
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shader_model.h"

typedef __int128 big;

struct operand {
	uint64_t raw;		/* what the register holds */
	int reg;
	bool neg, abs, not;
	char part[8];
};

struct ins {
	char name[32];		/* up to the type */
	char type[16];
	char mods[12][16];
	int mod_count;
	struct operand src[4];
	int count;
	uint32_t imm;
	unsigned int width;	/* of an element */
	unsigned int n;		/* elements */
	bool is_signed, is_float;
};

static bool has(const struct ins *i, const char *mod)
{
	for (int m = 0; m < i->mod_count; m++)
		if (!strcmp(i->mods[m], mod))
			return true;
	return false;
}

/* --- Text ------------------------------------------------------------------ */

static void parse_type(struct ins *i)
{
	const char *t = i->type;

	i->n = 1;
	if (*t == 'v') {
		i->n = t[1] - '0';
		t += 2;
	}
	i->is_signed = *t == 's';
	i->is_float = *t == 'f';
	i->width = atoi(t + 1);
}

static void parse_operand(struct ins *i, char *text, const uint64_t source[4])
{
	struct operand *o = &i->src[i->count++];
	char *save, *s = strtok_r(text, ".", &save);
	uint64_t value;

	while (*s == ' ' || *s == '^')
		s++;
	if (*s == 'r') {
		o->reg = atoi(s + 1);
		value = source[o->reg / 2];
		o->raw = o->reg % 2 ? value >> 32 : value;
	} else {
		o->raw = strtoull(s, NULL, 16);
	}
	while ((s = strtok_r(NULL, ".", &save))) {
		if (!strcmp(s, "neg"))
			o->neg = true;
		else if (!strcmp(s, "abs"))
			o->abs = true;
		else if (!strcmp(s, "not"))
			o->not = true;
		else
			snprintf(o->part, sizeof(o->part), "%s", s);
	}
}

static void parse(struct ins *i, const char *text, const uint64_t source[4])
{
	char line[256], *save, *rest, *s;

	memset(i, 0, sizeof(*i));
	snprintf(line, sizeof(line), "%s", text);
	rest = strchr(line, ' ');
	*rest++ = 0;
	s = strtok_r(line, ".", &save);
	snprintf(i->name, sizeof(i->name), "%s", s);
	while ((s = strtok_r(NULL, ".", &save))) {
		if (!*i->type && strpbrk(s, "123468") && !strstr(i->name, "_TO_") &&
		    strcmp(i->name, "WMASK"))
			snprintf(i->type, sizeof(i->type), "%s", s);
		else
			snprintf(i->mods[i->mod_count++], 16, "%s", s);
	}
	parse_type(i);
	s = strtok_r(rest, ",", &save);		/* the destination */
	while ((s = strtok_r(NULL, ",", &save))) {
		while (*s == ' ')
			s++;
		if (*s == '#')
			i->imm = strtoul(s + 1, NULL, 16);
		else if (!strncmp(s, "shift:", 6))
			i->imm = strtoul(s + 6, NULL, 16);
		else
			parse_operand(i, s, source);
	}
}

/* --- Elements ----------------------------------------------------------------- */

static big extend(uint64_t v, unsigned int bits, bool is_signed)
{
	if (bits < 64)
		v &= (1ULL << bits) - 1;
	if (is_signed && v >> (bits - 1) & 1)
		return (big)v - ((big)1 << bits);
	return v;
}

/* Element @e of an operand with elements of @width bits */
static big element(const struct operand *o, unsigned int e, unsigned int width,
		   bool is_signed)
{
	const char *p = o->part;
	uint64_t v = o->not ? ~o->raw : o->raw;

	if (!*p)
		return extend(v >> (e * width), width, is_signed);
	if (*p == 'w')
		return extend(v, 32, is_signed);
	if (*p == 'h' && strlen(p) == 2)
		return extend(v >> (16 * (p[1] - '0')), 16, is_signed);
	if (*p == 'h')
		return extend(v >> (16 * (p[1 + e] - '0')), 16, is_signed);
	if (strlen(p) == 2)
		return extend(v >> (8 * (p[1] - '0')), 8, is_signed);
	return extend(v >> (8 * (p[1 + e] - '0')), 8, is_signed);
}

static double half_value(uint32_t h)
{
	uint16_t bits = h;
	_Float16 v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static double float_value(uint32_t bits)
{
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static uint32_t float_bits(float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static double number(const struct operand *o, unsigned int e, unsigned int width)
{
	double v;

	if (width == 16)
		v = half_value(element(o, e, 16, false));
	else if (*o->part)
		v = half_value(element(o, 0, 32, false));
	else
		v = float_value(o->raw);
	if (o->abs)
		v = fabs(v);
	return o->neg ? -v : v;
}

static int round_mode(const struct ins *i)
{
	return has(i, "rtp") ? FE_UPWARD : has(i, "rtn") ? FE_DOWNWARD :
	       has(i, "rtz") ? FE_TOWARDZERO : FE_TONEAREST;
}

/* Volatile, so that it is rounded when it is said */
static uint32_t round_float(long double v, int mode)
{
	volatile long double from = v;
	volatile float to;

	fesetround(mode);
	to = (float)from;
	fesetround(FE_TONEAREST);
	return float_bits(to);
}

/* The halves next to a value, found by trying, and the one that the mode takes */
static uint32_t round_half(__float128 v, int mode)
{
	uint32_t sign = v < 0 || (v == 0 && signbit((double)v)) ? 0x8000 : 0;
	__float128 a = v < 0 ? -v : v;
	uint32_t low = 0, high = 0x7c00;
	bool up;

	if (v != v)
		return 0x7e00;
	if (a > 1e30Q)
		a = isinf((double)a) ? a : 1e30Q;
	if (isinf((double)a))
		return sign | 0x7c00;
	while (high - low > 1) {
		uint32_t mid = (low + high) / 2;

		if ((__float128)half_value(mid) <= a)
			low = mid;
		else
			high = mid;
	}
	if ((__float128)half_value(low) == a)
		return sign | low;
	if (mode == FE_TONEAREST) {
		__float128 below = a - half_value(low);
		__float128 above = (high == 0x7c00 ? 65536 : half_value(high)) - a;

		up = above < below || (above == below && low & 1);
	} else {
		up = mode == (sign ? FE_DOWNWARD : FE_UPWARD);
	}
	return sign | (up ? high : low);
}

static double clamp(const struct ins *i, double v)
{
	bool zero = has(i, "clamp_0_inf") || has(i, "clamp_0_1");
	bool one = has(i, "clamp_m1_1") || has(i, "clamp_0_1");

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

/* --- Instructions ------------------------------------------------------------ */

static bool condition(const struct ins *i, long double a, long double b)
{
	if (has(i, "eq"))
		return a == b;
	if (has(i, "gt"))
		return a > b;
	if (has(i, "ge"))
		return a >= b;
	if (has(i, "ne"))
		return a != b;
	if (has(i, "lt"))
		return a < b;
	if (has(i, "le"))
		return a <= b;
	return a < b || a > b;		/* gtlt */
}

static uint64_t truth(const struct ins *i)
{
	if (has(i, "m1"))
		return i->width == 64 ? ~0ULL : (1ULL << i->width) - 1;
	if (has(i, "f1"))
		return i->width == 32 ? 0x3f800000 : i->width == 16 ? 0x3c00 : 1;
	return 1;
}

static big saturate(const struct ins *i, big v)
{
	big low = i->is_signed ? -((big)1 << (i->width - 1)) : 0;
	big high = ((big)1 << (i->width - i->is_signed)) - 1;

	if (!has(i, "saturate"))
		return v;
	return v < low ? low : v > high ? high : v;
}

static bool arithmetic(const struct ins *i, unsigned int e, big *r)
{
	big a = element(&i->src[0], e, i->width, i->is_signed);
	big b = element(&i->src[1], e, i->width, i->is_signed);

	if (!strcmp(i->name, "IADD"))
		*r = saturate(i, a + b);
	else if (!strcmp(i->name, "ISUB"))
		*r = saturate(i, a - b);
	else if (!strcmp(i->name, "IMUL"))
		*r = saturate(i, a * b);
	else if (!strcmp(i->name, "HADD"))
		*r = (a + b + (has(i, "rhadd") ? 1 : 0)) >> 1;
	else if (!strcmp(i->name, "IADD_IMM"))
		*r = a + (i->imm >> (e * i->width));
	else if (!strcmp(i->name, "IABS"))
		*r = a < 0 ? -a : a;
	else if (!strcmp(i->name, "SHADDX"))
		*r = a + b * (1 << i->imm);
	else if (!strcmp(i->name, "SEG_ADD"))
		*r = has(i, "neg") ? a - b : a + b;
	else if (!strcmp(i->name, "IMULD"))
		*r = (big)(uint32_t)a * (uint32_t)b;
	else
		return false;
	return true;
}

static bool shift(const struct ins *i, unsigned int e, big *r)
{
	const char *op = strchr(i->name, '_');
	big a = element(&i->src[0], e, i->width, has(i, "signed"));
	big by = element(&i->src[1], 0, 8, false) % i->width;
	big b;

	if (!op || strncmp(i->name + 1, "SHIFT_", 6))
		return false;
	b = element(&i->src[2], e, i->width, false);
	a = *i->name == 'L' ? a * ((big)1 << by) : a >> by;
	a = !strcmp(op, "_AND") ? a & b : !strcmp(op, "_OR") ? a | b : a ^ b;
	*r = has(i, "not_result") ? ~a : a;
	return true;
}

static bool bits_of(const struct ins *i, unsigned int e, big *r)
{
	uint64_t a = element(&i->src[0], e, i->width, false), n = 0;

	if (!strcmp(i->name, "MOV")) {
		*r = a;
	} else if (!strcmp(i->name, "NOT_OLD")) {
		*r = ~a;
	} else if (!strcmp(i->name, "CLZ")) {
		while (n < i->width && !(a >> (i->width - 1 - n) & 1))
			n++;
		*r = n;
	} else if (!strcmp(i->name, "POPCOUNT")) {
		*r = __builtin_popcountll(a);
	} else if (!strcmp(i->name, "BITREV")) {
		for (unsigned int b = 0; b < 32; b++)
			n |= (a >> b & 1) << (31 - b);
		*r = n;
	} else {
		return false;
	}
	return true;
}

static bool selection(const struct ins *i, unsigned int e, big *r)
{
	unsigned int w = i->width;
	big a, b, c, d;

	if (strcmp(i->name, "MUX") && strcmp(i->name, "CSEL") &&
	    !strstr(i->name, "CMP_"))
		return false;
	a = element(&i->src[0], e, w, i->is_signed);
	b = element(&i->src[1], e, w, i->is_signed);
	c = element(&i->src[2], e, w, false);
	d = element(&i->src[3], e, w, false);
	if (!strcmp(i->name, "MUX")) {
		bool first = has(i, "neg") ? c >> (w - 1) & 1 :
			     has(i, "fp_zero") ? !(c & (((big)1 << (w - 1)) - 1)) :
			     !c;

		*r = has(i, "bit") ? (a & c) | (b & ~c) : first ? a : b;
	} else if (!strcmp(i->name, "CSEL")) {
		if (i->is_float)
			*r = condition(i, number(&i->src[0], e, w),
				       number(&i->src[1], e, w)) ? c : d;
		else
			*r = condition(i, a, b) ? c : d;
	} else if (!strcmp(i->name, "ICMP_OR")) {
		*r = condition(i, a, b) || c ? truth(i) : 0;
	} else if (!strcmp(i->name, "ICMP_AND")) {
		*r = condition(i, a, b) && c ? truth(i) : 0;
	} else if (!strcmp(i->name, "ICMP_MULTI")) {
		bool low = condition(i, a, b);

		*r = (has(i, "u1") || a != b ? low : c != 0) ? truth(i) : 0;
	} else if (!strcmp(i->name, "FCMP_OR")) {
		*r = condition(i, number(&i->src[0], e, w),
			       number(&i->src[1], e, w)) || c ? truth(i) : 0;
	} else if (!strcmp(i->name, "FCMP_AND")) {
		*r = condition(i, number(&i->src[0], e, w),
			       number(&i->src[1], e, w)) && c ? truth(i) : 0;
	} else {
		return false;
	}
	return true;
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
	unsigned __int128 bits;

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
		return half_value(round_half(v, mode));
	/* 64 bits of mantissa are kept, with the last one sticky. */
	if (v == v && !isinf((double)v)) {
		long double l = (long double)v;
		uint64_t m;

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

static bool floating(const struct ins *i, unsigned int e, double *r)
{
	double a = number(&i->src[0], e, i->width);
	double b = number(&i->src[1], e, i->width);
	double c = number(&i->src[2], e, i->width);
	int32_t d;

	if (!strcmp(i->name, "FADD")) {
		*r = rounded(i, (__float128)a + b, FE_TONEAREST);
	} else if (!strcmp(i->name, "FADD_IMM")) {
		b = i->width == 16 ? half_value(i->imm >> (16 * e) & 0xffff) :
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
			d = (int16_t)d;
		d = d < -500 ? -500 : d > 500 ? 500 : d;
		*r = rounded(i, odd_sum(p, c) * (__float128)ldexp(1, d),
			     FE_TONEAREST);
	} else if (!strcmp(i->name, "LDEXP")) {
		d = element(&i->src[1], e, i->width, true);
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
		if (has(i, "log") && a != 0 && isfinite(a) && fabs(*r) < 0.75)
			*r *= 2;
	} else if (!strcmp(i->name, "FLUSH")) {
		double smallest = i->width == 16 ? 0x1p-14 : 0x1p-126;
		double largest = i->width == 16 ? 65504 : 0x1.fffffep127;

		*r = a;
		if (isnan(a) && has(i, "flush_nan"))
			*r = 0;
		if (isinf(a) && has(i, "flush_inf"))
			*r = copysign(largest, a);
		if (fabs(a) < smallest && has(i, "ftz"))
			*r = copysign(0, a);
	} else {
		return false;
	}
	*r = clamp(i, *r);
	return true;
}

static big frexp_exponent(const struct ins *i, unsigned int e)
{
	double a = number(&i->src[0], e, i->width), m;
	int exponent = 0;

	if (a == 0 || !isfinite(a))
		return 0;
	m = frexp(a, &exponent);
	return has(i, "log") && fabs(m) < 0.75 ? exponent - 1 : exponent;
}

/* --- Conversions: "V2S16_TO_V2F16" ---------------------------------------------- */

static bool conversion(struct ins *i, uint64_t *result, bool *is_nan)
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
		uint64_t bits;

		if (from_kind == 'F') {
			double a = number(n == 2 && from_width == 32 ?
					  &i->src[e] : o, from_width == 32 ? 0 : e,
					  from_width);

			if (to_kind == 'F') {
				i->width = to_width;
				if (to_width == 16)
					a = half_value(round_half(a, round_mode(i)));
				a = clamp(i, a);
				bits = to_width == 16 ?
				       round_half(a, FE_TONEAREST) : float_bits(a);
				if (n == 1)
					*is_nan = isnan(a);
			} else {
				volatile double v = a;
				double low = to_kind == 'U' ? 0 : -ldexp(1, to_width - 1);
				double high = ldexp(1, to_width - (to_kind == 'S')) - 1;

				fesetround(round_mode(i));
				v = nearbyint(v);
				fesetround(FE_TONEAREST);
				bits = isnan(v) ? 0 : v < low ? (int64_t)low :
				       v > high ? (int64_t)high : (int64_t)v;
			}
		} else {
			/* The element of a half in the low end of a word */
			big a = element(o, e, from_width, from_kind == 'S');

			if (to_kind != 'F')
				bits = (int64_t)a;
			else if (to_width == 32)
				bits = round_float((int64_t)a, round_mode(i));
			else
				bits = round_half((int64_t)a, round_mode(i));
		}
		if (to_width < 32)
			bits &= (1ULL << to_width) - 1;
		*result |= (uint64_t)(uint32_t)bits << (e * to_width);
	}
	return true;
}

/* Instructions whose elements are not all alike */
static bool others(const struct ins *i, uint64_t *result)
{
	const struct operand *s = i->src;

	if (!strcmp(i->name, "MKVEC") && i->n == 2 && i->width == 16) {
		*result = (uint64_t)element(&s[0], 0, 16, false) |
			  (uint64_t)element(&s[1], 0, 16, false) << 16;
	} else if (!strcmp(i->name, "MKVEC")) {
		*result = (uint64_t)element(&s[0], 0, 8, false) |
			  (uint64_t)element(&s[1], 0, 8, false) << 8 |
			  (uint64_t)element(&s[2], 0, 16, false) << 16;
	} else if (!strcmp(i->name, "IDP")) {
		big sum = extend(s[2].raw, 32, i->is_signed);

		for (unsigned int e = 0; e < 4; e++)
			sum += element(&s[0], e, 8, i->is_signed) *
			       element(&s[1], e, 8, i->is_signed);
		struct ins word = *i;

		word.width = 32;
		*result = (uint32_t)saturate(&word, sum);
	} else {
		return false;
	}
	return true;
}

/**
 * shader_model - compute the result of an arithmetic instruction
 * @text: the instruction, as the disassembler writes it
 * @source: values of the registers r0:r1, r2:r3, r4:r5 and r6:r7
 * @result: where to store the result
 * @wide: where to store whether it has 64 bits
 * @is_nan: where to store whether any NaN will do
 *
 * Return: false if the model does not know the instruction.
 */
bool shader_model(const char *text, const uint64_t source[4],
		  uint64_t *result, bool *wide, bool *is_nan)
{
	uint64_t mask;
	struct ins i;
	double f = 0;
	big v = 0;

	parse(&i, text, source);
	*is_nan = false;
	*wide = i.width == 64;
	if (conversion(&i, result, is_nan) || others(&i, result))
		return true;
	if (!i.width)
		return false;
	mask = i.width == 64 ? ~0ULL : (1ULL << i.width) - 1;
	*result = 0;
	for (unsigned int e = 0; e < i.n; e++) {
		if (!strcmp(i.name, "FREXPE"))
			v = frexp_exponent(&i, e);
		else if (!selection(&i, e, &v) && i.is_float) {
			if (!floating(&i, e, &f))
				return false;
			*is_nan |= isnan(f) && i.width == 32;
			v = i.width == 16 ? round_half(f, FE_TONEAREST) :
					    float_bits(f);
		} else if (!i.is_float && !selection(&i, e, &v) &&
			   !shift(&i, e, &v) && !arithmetic(&i, e, &v) &&
			   !bits_of(&i, e, &v)) {
			return false;
		}
		*result |= ((uint64_t)v & mask) << (e * i.width);
	}
	return true;
}
