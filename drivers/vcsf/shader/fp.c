// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Floating-point arithmetic. This is the only file of the interpreter that
 * computes with the FPU: it is compiled with the flags for that, and called
 * within an FPU section only.
 *
 * Single and half precision are computed in double precision and rounded
 * once. The product of two single-precision numbers is exact in double
 * precision. Where the sum with a third one is not, and lies just between two
 * results, the error of the sum decides; see vsh_sum(). The functions with
 * which transcendental functions are built are accurate to about 1e-14
 * before they are rounded.
 */

#include "shader/fp.h"

union vsh_float_bits {
	float f;
	u32 u;
};

union vsh_double_bits {
	double d;
	u64 u;
};

static __always_inline double vsh_value(u32 bits)
{
	union vsh_float_bits v = { .u = bits };

	return v.f;
}

static __always_inline double vsh_half_value(u32 half)
{
	return vsh_value(vsh_half_to_float(half & 0xffff));
}

static __always_inline u32 vsh_float(double value)
{
	union vsh_float_bits v = { .f = (float)value };

	return v.u;
}

static __always_inline u64 vsh_double_bits(double value)
{
	union vsh_double_bits v = { .d = value };

	return v.u;
}

static double vsh_from_bits(u64 bits)
{
	union vsh_double_bits v = { .u = bits };

	return v.d;
}

/* 2 to the power of @e; out of range it is zero or infinity after rounding */
static double vsh_power2(s32 e)
{
	if (e < -800)
		e = -800;
	if (e > 800)
		e = 800;

	return vsh_from_bits((u64)(e + 1023) << 52);
}

/* --- Rounding -------------------------------------------------------------------- */

/* Round to single precision in another mode than to nearest */
static u32 vsh_float_mode(double value, unsigned int mode)
{
	u32 bits = vsh_float(value);
	double back = vsh_value(bits);
	bool down;

	if (back == value || value != value)
		return bits;
	down = mode == VSH_ROUND_DOWN ||
	       (mode == VSH_ROUND_ZERO && value > 0);
	if (mode == VSH_ROUND_EVEN)
		return bits;
	if (down && back > value)
		return back > 0 ? bits - 1 : bits == 0 ? 0x80000001 : bits + 1;
	if (!down && back < value)
		return back < 0 ? bits - 1 : (bits & 0x7fffffff) + 1;

	return bits;
}

/* Round to half precision */
static u32 vsh_half_mode(double value, unsigned int mode)
{
	u64 bits = vsh_double_bits(value);
	s32 e = bits >> 52 & 0x7ff;
	u64 mantissa = bits & ((1ULL << 52) - 1);
	bool negative = bits >> 63;

	if (value != value)
		return VSH_NAN16;
	if (e == 0x7ff)
		return (negative ? 0x8000 : 0) | VSH_INF16;

	return vsh_pack(negative, e ? mantissa | 1ULL << 52 : mantissa,
			(e ? e : 1) - 1075, &vsh_f16, mode);
}

/* --- Sums and products ------------------------------------------------------------ */

/*
 * Add @c to an exact product. If the sum is not exact and may lie between two
 * results of less precision, make its last bit odd in the direction of the
 * error, so that rounding it again gives what rounding once would have given.
 */
static __always_inline double vsh_sum(double product, double c, u64 low_bits)
{
	double sum = product + c, t, error;
	u64 bits = vsh_double_bits(sum);

	if (bits & (low_bits | 1))
		return sum;
	if ((bits >> 52 & 0x7ff) == 0x7ff || !(bits << 1))
		return sum;
	t = sum - product;
	error = (product - (sum - t)) + (c - t);
	if (error == 0)
		return sum;
	/* Away from zero if error and sum have the same sign */
	return vsh_from_bits((error > 0) == (sum > 0) ? bits + 1 : bits - 1);
}

#define VSH_LOW32	((1ULL << 28) - 1)	/* below the middle of two floats */
#define VSH_LOW16	((1ULL << 41) - 1)	/* below the middle of two halves */

#define VSH_FOUR	4

typedef float vsh_f4 __attribute__((vector_size(VSH_FOUR * sizeof(u32))));
typedef u32 vsh_u4 __attribute__((vector_size(VSH_FOUR * sizeof(u32))));
typedef u64 vsh_u2 __attribute__((vector_size(2 * sizeof(u64))));

static __always_inline vsh_f4 vsh_load4(const u32 *from)
{
	vsh_f4 value;

	memcpy(&value, from, sizeof(value));

	return value;
}

/* Store results, each NaN as the same quiet one */
static __always_inline void vsh_store4(u32 *to, vsh_f4 value)
{
	vsh_u4 nan = (vsh_u4)(value != value);
	vsh_u4 bits = ((vsh_u4)value & ~nan) | (nan & VSH_NAN32);

	memcpy(to, &bits, sizeof(bits));
}

static __always_inline void vsh_fadd(struct vsh_alu *x, unsigned int clamp)
{
	const u32 *s0 = x->s[0], *s1 = x->s[1];
	u32 *d = x->d;
	unsigned int l;

	for (l = 0; l < VSH_LANES; l += VSH_FOUR)
		vsh_store4(d + l, vsh_load4(s0 + l) + vsh_load4(s1 + l));
	for (l = 0; clamp && l < VSH_LANES; l++)
		d[l] = vsh_finish(d[l], clamp, &vsh_f32);
}

void vsh_fadd_f32(struct vsh_alu *x)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP);

	if (clamp)
		vsh_fadd(x, clamp);
	else
		vsh_fadd(x, 0);
}

void vsh_fadd_imm_f32(struct vsh_alu *x)
{
	const vsh_u4 zero = { 0 };
	vsh_f4 b = (vsh_f4)(zero | (u32)vsh_imm_value(x->word, VSH_IMM_CONSTANT));
	unsigned int l;

	for (l = 0; l < VSH_LANES; l += VSH_FOUR)
		vsh_store4(x->d + l, vsh_load4(x->s[0] + l) + b);
}

/* One lane after the other */
static void vsh_fma_lanes(struct vsh_alu *x, unsigned int clamp)
{
	const u32 *a = x->s[0], *b = x->s[1], *c = x->s[2];
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		double sum = vsh_sum(vsh_value(a[l]) * vsh_value(b[l]), vsh_value(c[l]),
				     VSH_LOW32);

		x->d[l] = vsh_finish(vsh_float(sum), clamp, &vsh_f32);
	}
}

#ifdef __CHECKER__

/* sparse cannot parse conversions of vectors. */
#define vsh_fma	vsh_fma_lanes

#else

/* vsh_fma4() computes lanes from @l on, and marks those in @bad that may not be right. */
#ifdef __FP_FAST_FMAF

static __always_inline vsh_f4 vsh_fma4(const u32 *a, const u32 *b, const u32 *c, unsigned int l,
				       vsh_u4 *bad)
{
	vsh_f4 r = { 0 };
	unsigned int i;

	for (i = 0; i < VSH_FOUR; i++, l++)
		r[i] = __builtin_fmaf(vsh_value(a[l]), vsh_value(b[l]), vsh_value(c[l]));
	return r;
}

#else

typedef double vsh_d2 __attribute__((vector_size(2 * sizeof(u64))));
typedef double vsh_d4 __attribute__((vector_size(VSH_FOUR * sizeof(u64))));

#define VSH_HALF(four, i, j)	__builtin_shufflevector(four, four, i, j)
#define VSH_EVEN(a, b)		__builtin_shufflevector((vsh_u4)(a), (vsh_u4)(b), 0, 2, 4, 6)

/*
 * Convert two lanes of a source. SSE2 converts the lower half of what it loads, without
 * another instruction; behind the last two lanes there is nothing to load.
 */
static __always_inline vsh_d2 vsh_widen2(const u32 *from, unsigned int l)
{
	unsigned int first = l <= VSH_LANES - VSH_FOUR ? l : VSH_LANES - VSH_FOUR;
	vsh_d4 four = __builtin_convertvector(vsh_load4(from + first), vsh_d4);

	return l == first ? VSH_HALF(four, 0, 1) : VSH_HALF(four, 2, 3);
}

/*
 * Products and sums in double precision. A sum just between two results has lower
 * bits of zero, and is none of the two.
 */
static __always_inline vsh_f4 vsh_fma4(const u32 *a, const u32 *b, const u32 *c, unsigned int l,
				       vsh_u4 *bad)
{
	vsh_d2 lo = vsh_widen2(a, l) * vsh_widen2(b, l) + vsh_widen2(c, l);
	vsh_d2 hi = vsh_widen2(a, l + 2) * vsh_widen2(b, l + 2) + vsh_widen2(c, l + 2);
	vsh_f4 r = __builtin_convertvector(__builtin_shufflevector(lo, hi, 0, 1, 2, 3), vsh_f4);
	vsh_d4 back = __builtin_convertvector(r, vsh_d4);
	vsh_u4 inexact = VSH_EVEN(lo != VSH_HALF(back, 0, 1), hi != VSH_HALF(back, 2, 3));

	*bad |= (vsh_u4)((VSH_EVEN(lo, hi) & (u32)VSH_LOW32) == 0) & inexact;

	return r;
}

#endif

static __always_inline void vsh_fma(struct vsh_alu *x, unsigned int clamp)
{
	const u32 *a = x->s[0], *b = x->s[1], *c = x->s[2];
	vsh_u4 bad = { 0 };
	vsh_f4 r0 = vsh_fma4(a, b, c, 0, &bad), r1 = vsh_fma4(a, b, c, 4, &bad);
	vsh_f4 r2 = vsh_fma4(a, b, c, 8, &bad), r3 = vsh_fma4(a, b, c, 12, &bad);
	vsh_f4 all = (r0 + r1) + (r2 + r3);
	vsh_u2 any;
	u32 *d = x->d;
	unsigned int l;

	/* The sum is NaN if a result is: each becomes the same quiet NaN lane by lane. */
	bad |= (vsh_u4)(all != all);
	any = (vsh_u2)bad;
	if (any[0] | any[1]) {
		vsh_fma_lanes(x, clamp);
		return;
	}
	memcpy(d, &r0, sizeof(r0));
	memcpy(d + 4, &r1, sizeof(r1));
	memcpy(d + 8, &r2, sizeof(r2));
	memcpy(d + 12, &r3, sizeof(r3));
	for (l = 0; clamp && l < VSH_LANES; l++)
		d[l] = vsh_finish(d[l], clamp, &vsh_f32);
}

#endif /* __CHECKER__ */

void vsh_fma_f32(struct vsh_alu *x)
{
	vsh_fma(x, vsh_mod(x->word, VSH_MOD_CLAMP));
}

void vsh_fma_f32_unclamped(struct vsh_alu *x)
{
	vsh_fma(x, 0);
}

static u32 vsh_fma_half(u32 a, u32 b, u32 c, unsigned int clamp)
{
	double p = vsh_half_value(a) * vsh_half_value(b);

	return vsh_finish(vsh_half_mode(vsh_sum(p, vsh_half_value(c), VSH_LOW16),
					VSH_ROUND_EVEN), clamp, &vsh_f16);
}

void vsh_fma_v2f16(struct vsh_alu *x)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP), l;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l], b = x->s[1][l], c = x->s[2][l];

		x->d[l] = vsh_fma_half(a, b, c, clamp) |
			  vsh_fma_half(a >> 16, b >> 16, c >> 16, clamp) << 16;
	}
}

/* The sum of two halves is exact. */
static u32 vsh_add_half(u32 a, u32 b, unsigned int clamp)
{
	return vsh_finish(vsh_half_mode(vsh_half_value(a) + vsh_half_value(b),
					VSH_ROUND_EVEN), clamp, &vsh_f16);
}

void vsh_fadd_v2f16(struct vsh_alu *x)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP), l;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l], b = x->s[1][l];

		x->d[l] = vsh_add_half(a, b, clamp) |
			  vsh_add_half(a >> 16, b >> 16, clamp) << 16;
	}
}

void vsh_fadd_imm_v2f16(struct vsh_alu *x)
{
	u32 b = vsh_imm_value(x->word, VSH_IMM_CONSTANT);
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_add_half(x->s[0][l], b, 0) |
			  vsh_add_half(x->s[0][l] >> 16, b >> 16, 0) << 16;
}

enum vsh_rscale {
	VSH_RSCALE_NONE,
	VSH_RSCALE_N,
	VSH_RSCALE_LEFT,
	VSH_RSCALE_SCALE16,
};

/* Multiply, add, and scale by a power of two; rounded once */
static void vsh_rscale(struct vsh_alu *x, enum vsh_rscale how)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP), l;

	for (l = 0; l < VSH_LANES; l++) {
		double a = vsh_value(x->s[0][l]), b = vsh_value(x->s[1][l]);
		double p = a * b;
		s32 e = x->s[3][l];

		if (how == VSH_RSCALE_N && (a == 0 || b == 0))
			p = 0;
		if (how == VSH_RSCALE_LEFT && (a == 0 || b == 0))
			p = a;
		if (how == VSH_RSCALE_SCALE16)
			e = (s16)e;
		/* Odd in any case: scaling may make the result subnormal. */
		p = vsh_sum(p, vsh_value(x->s[2][l]), 0) * vsh_power2(e);
		x->d[l] = vsh_finish(vsh_float(p), clamp, &vsh_f32);
	}
}

void vsh_fma_rscale_f32(struct vsh_alu *x)
{
	vsh_rscale(x, VSH_RSCALE_NONE);
}

void vsh_fma_rscale_n_f32(struct vsh_alu *x)
{
	vsh_rscale(x, VSH_RSCALE_N);
}

void vsh_fma_rscale_left_f32(struct vsh_alu *x)
{
	vsh_rscale(x, VSH_RSCALE_LEFT);
}

void vsh_fma_rscale_scale16_f32(struct vsh_alu *x)
{
	vsh_rscale(x, VSH_RSCALE_SCALE16);
}

void vsh_ldexp_f32(struct vsh_alu *x)
{
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_finish(vsh_float_mode(vsh_value(x->s[0][l]) *
						    vsh_power2(x->s[1][l]),
						    mode), 0, &vsh_f32);
}

void vsh_ldexp_v2f16(struct vsh_alu *x)
{
	unsigned int mode = vsh_mod(x->word, VSH_MOD_ROUND_MODE), l, i;

	for (l = 0; l < VSH_LANES; l++) {
		u32 d = 0;

		for (i = 0; i < 32; i += 16)
			d |= vsh_half_mode(vsh_half_value(x->s[0][l] >> i) *
					   vsh_power2((s16)(x->s[1][l] >> i)),
					   mode) << i;
		x->d[l] = d;
	}
}

/* --- Special functions -------------------------------------------------------------- */

/* 1 / sqrt(a) of a positive number, by Newton's method */
static double vsh_rsqrt(double a)
{
	double y = vsh_from_bits(0x5fe6eb50c7b537a9ULL -
				 (vsh_double_bits(a) >> 1));
	unsigned int i;

	for (i = 0; i < 5; i++)
		y = y * (1.5 - 0.5 * a * y * y);

	return y;
}

static double vsh_frsq(double a)
{
	/* 1 / -0 is minus infinity, and so is what becomes of it here. */
	if (a == 0)
		return 1 / a;
	if (a < 0 || a != a)
		return vsh_value(VSH_NAN32);
	if (a > 0x1p1000)
		return 0;

	return vsh_rsqrt(a);
}

void vsh_frcp_f32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_finish(vsh_float(1 / vsh_value(x->s[0][l])), 0,
				     &vsh_f32);
}

void vsh_frsq_f32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_finish(vsh_float(vsh_frsq(vsh_value(x->s[0][l]))),
				     0, &vsh_f32);
}

/* The half-precision forms are scalar: both halves get the result. */
void vsh_frcp_f16(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_half_mode(1 / vsh_half_value(x->s[0][l]),
					VSH_ROUND_EVEN) * 0x10001;
}

void vsh_frsq_f16(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_half_mode(vsh_frsq(vsh_half_value(x->s[0][l])),
					VSH_ROUND_EVEN) * 0x10001;
}

/*
 * A logarithm to base 2 is FLOGD(a) * (m - 1) + e, where a = m * 2^e with m
 * from 0.75 to 1.5. FADD_LSCALE computes m - 1, FREXPE.log computes e.
 */
static double vsh_log_fraction(u32 bits)
{
	u32 magnitude = bits & 0x7fffffff;
	double m;

	if (!magnitude || magnitude >= VSH_INF32)
		return vsh_value(bits);
	m = vsh_value(bits) < 0 ? -vsh_value(bits) : vsh_value(bits);
	m = vsh_from_bits((vsh_double_bits(m) & ((1ULL << 52) - 1)) |
			  1023ULL << 52);
	if (m >= 1.5)
		m /= 2;

	return bits >> 31 ? -m : m;
}

/* log2(m) / (m - 1), by the series of the inverse hyperbolic tangent */
static double vsh_log_quotient(double m)
{
	double z = (m - 1) / (m + 1), z2 = z * z, sum = 0;
	int k;

	for (k = 21; k > 0; k -= 2)
		sum = sum * z2 + 1.0 / k;

	return sum * 2 * 1.44269504088896340736 / (m + 1);
}

void vsh_flogd_f32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l], d;

		if (!(a & 0x7fffffff) || a == VSH_INF32)
			d = VSH_INF32;
		else if (a > VSH_INF32)
			d = VSH_NAN32;
		else
			d = vsh_float(vsh_log_quotient(vsh_log_fraction(a)));
		x->d[l] = d;
	}
}

void vsh_fadd_lscale_f32(struct vsh_alu *x)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_finish(vsh_float(vsh_value(x->s[0][l]) +
					       vsh_log_fraction(x->s[1][l])),
				     clamp, &vsh_f32);
}

/* 2^f for f from 0 to 1, by the series of the exponential function */
static double vsh_exp_fraction(double f)
{
	double t = f * 0.69314718055994530942, sum = 1;
	int k;

	for (k = 18; k > 0; k--)
		sum = 1 + sum * t / k;

	return sum;
}

/*
 * The first source is the exponent as 8:24 fixed point, the second the same
 * as a float times 2^24, which tells what does not fit, and NaN.
 */
static u32 vsh_exp(s32 fixed, u32 scaled)
{
	double value = vsh_value(scaled);

	if (value != value)
		return VSH_NAN32;
	if (value >= 0x1p31)
		return VSH_INF32;
	if (value <= -0x1p32)
		return 0;
	/* Results below 2^-128 are subnormal; the fixed point has saturated. */
	if (value < -0x1p31) {
		s64 wide = (s64)value;

		return vsh_float(vsh_exp_fraction((double)(wide & 0xffffff) /
						  0x1p24) *
				 vsh_power2(wide >> 24));
	}

	return vsh_float(vsh_exp_fraction((double)(fixed & 0xffffff) / 0x1p24) *
			 vsh_power2(fixed >> 24));
}

void vsh_fexp_f32(struct vsh_alu *x)
{
	unsigned int clamp = vsh_mod(x->word, VSH_MOD_CLAMP), l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_finish(vsh_exp(x->s[0][l], x->s[1][l]), clamp,
				     &vsh_f32);
}
