// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Integer addition, subtraction and multiplication.
 *
 * Sources have been widened when these functions are called. Results wrap
 * unless the instruction saturates.
 */

#include "shader/elements.h"

static __always_inline s64 vsh_add(s64 a, s64 b, unsigned int bits)
{
	return a + b;
}

static __always_inline s64 vsh_sub(s64 a, s64 b, unsigned int bits)
{
	return a - b;
}

static __always_inline s64 vsh_mul(s64 a, s64 b, unsigned int bits)
{
	return (u64)a * (u64)b;
}

static __always_inline s64 vsh_add_sat_u(s64 a, s64 b, unsigned int bits)
{
	return vsh_clamp_to(a + b, bits, false);
}

static __always_inline s64 vsh_add_sat_s(s64 a, s64 b, unsigned int bits)
{
	return vsh_clamp_to(a + b, bits, true);
}

static __always_inline s64 vsh_sub_sat_u(s64 a, s64 b, unsigned int bits)
{
	return vsh_clamp_to(a - b, bits, false);
}

static __always_inline s64 vsh_sub_sat_s(s64 a, s64 b, unsigned int bits)
{
	return vsh_clamp_to(a - b, bits, true);
}

static __always_inline s64 vsh_mul_sat_u(s64 a, s64 b, unsigned int bits)
{
	u64 product = (u64)a * (u64)b;

	return product >> bits ? (s64)vsh_mask(bits) : (s64)product;
}

static __always_inline s64 vsh_mul_sat_s(s64 a, s64 b, unsigned int bits)
{
	return vsh_clamp_to(a * b, bits, true);
}

static __always_inline s64 vsh_half_add(s64 a, s64 b, unsigned int bits)
{
	return (a + b) >> 1;
}

static __always_inline s64 vsh_half_add_up(s64 a, s64 b, unsigned int bits)
{
	return (a + b + 1) >> 1;
}

/* Bit 30 is "saturate", or "rhadd" of HADD. */
static __always_inline void vsh_add_map(struct vsh_alu *x, unsigned int bits,
					bool sign, vsh_binary plain,
					vsh_binary other)
{
	if (vsh_mod(x->word, VSH_MOD_SATURATE))
		vsh_map2(x, bits, sign, other);
	else
		vsh_map2(x, bits, sign, plain);
}

#define FORM(name, bits, sign, plain, other)		\
void vsh_##name(struct vsh_alu *x)			\
{							\
	vsh_add_map(x, bits, sign, plain, other);	\
}

FORM(iadd_u32, 32, false, vsh_add, vsh_add_sat_u)
FORM(iadd_v2u16, 16, false, vsh_add, vsh_add_sat_u)
FORM(iadd_v4u8, 8, false, vsh_add, vsh_add_sat_u)
FORM(iadd_s32, 32, true, vsh_add, vsh_add_sat_s)
FORM(iadd_v2s16, 16, true, vsh_add, vsh_add_sat_s)
FORM(iadd_v4s8, 8, true, vsh_add, vsh_add_sat_s)

FORM(isub_u32, 32, false, vsh_sub, vsh_sub_sat_u)
FORM(isub_v2u16, 16, false, vsh_sub, vsh_sub_sat_u)
FORM(isub_v4u8, 8, false, vsh_sub, vsh_sub_sat_u)
FORM(isub_s32, 32, true, vsh_sub, vsh_sub_sat_s)
FORM(isub_v2s16, 16, true, vsh_sub, vsh_sub_sat_s)
FORM(isub_v4s8, 8, true, vsh_sub, vsh_sub_sat_s)

FORM(imul_i32, 32, false, vsh_mul, vsh_mul_sat_u)
FORM(imul_v2i16, 16, false, vsh_mul, vsh_mul_sat_u)
FORM(imul_v4i8, 8, false, vsh_mul, vsh_mul_sat_u)
FORM(imul_s32, 32, true, vsh_mul, vsh_mul_sat_s)
FORM(imul_v2s16, 16, true, vsh_mul, vsh_mul_sat_s)
FORM(imul_v4s8, 8, true, vsh_mul, vsh_mul_sat_s)

FORM(hadd_u32, 32, false, vsh_half_add, vsh_half_add_up)
FORM(hadd_v2u16, 16, false, vsh_half_add, vsh_half_add_up)
FORM(hadd_v4u8, 8, false, vsh_half_add, vsh_half_add_up)
FORM(hadd_s32, 32, true, vsh_half_add, vsh_half_add_up)
FORM(hadd_v2s16, 16, true, vsh_half_add, vsh_half_add_up)
FORM(hadd_v4s8, 8, true, vsh_half_add, vsh_half_add_up)

static __always_inline void vsh_add_imm(struct vsh_alu *x, unsigned int bits)
{
	u32 imm = vsh_imm_value(x->word, VSH_IMM_CONSTANT);
	unsigned int l, i;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l], d = 0;

		for (i = 0; i < 32; i += bits)
			d |= (((a >> i) + (imm >> i)) & vsh_mask(bits)) << i;
		x->d[l] = d;
	}
}

void vsh_iadd_imm_i32(struct vsh_alu *x)
{
	vsh_add_imm(x, 32);
}

void vsh_iadd_imm_v2i16(struct vsh_alu *x)
{
	vsh_add_imm(x, 16);
}

void vsh_iadd_imm_v4i8(struct vsh_alu *x)
{
	vsh_add_imm(x, 8);
}

/* --- 64 bits --------------------------------------------------------------- */

void vsh_iadd_u64(struct vsh_alu *x)
{
	bool saturate = vsh_mod(x->word, VSH_MOD_SATURATE);
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u64 a = vsh_get64(x, 0, l), sum = a + vsh_get64(x, 1, l);

		vsh_put64(x, l, saturate && sum < a ? ~0ULL : sum);
	}
}

void vsh_isub_u64(struct vsh_alu *x)
{
	bool saturate = vsh_mod(x->word, VSH_MOD_SATURATE);
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u64 a = vsh_get64(x, 0, l), b = vsh_get64(x, 1, l);

		vsh_put64(x, l, saturate && a < b ? 0 : a - b);
	}
}

/* The end of the range that a sum with the sign of @a overflows to */
static u64 vsh_limit64(u64 a)
{
	return a >> 63 ? 1ULL << 63 : ~(1ULL << 63);
}

void vsh_iadd_s64(struct vsh_alu *x)
{
	bool saturate = vsh_mod(x->word, VSH_MOD_SATURATE);
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u64 a = vsh_get64(x, 0, l), b = vsh_get64(x, 1, l), sum = a + b;
		bool over = (~(a ^ b) & (a ^ sum)) >> 63;

		vsh_put64(x, l, saturate && over ? vsh_limit64(a) : sum);
	}
}

void vsh_isub_s64(struct vsh_alu *x)
{
	bool saturate = vsh_mod(x->word, VSH_MOD_SATURATE);
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u64 a = vsh_get64(x, 0, l), b = vsh_get64(x, 1, l), sum = a - b;
		bool over = ((a ^ b) & (a ^ sum)) >> 63;

		vsh_put64(x, l, saturate && over ? vsh_limit64(a) : sum);
	}
}

/* The multiplier takes 32 bits of each source; nothing can saturate. */
void vsh_imuld_u64(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		vsh_put64(x, l, (u64)x->s[0][l] * x->s[1][l]);
}

static void vsh_shaddx(struct vsh_alu *x)
{
	unsigned int shift = vsh_imm_value(x->word, VSH_IMM_SHIFT), l;

	for (l = 0; l < VSH_LANES; l++)
		vsh_put64(x, l, vsh_get64(x, 0, l) +
				(vsh_get64(x, 1, l) << shift));
}

void vsh_shaddx_u64(struct vsh_alu *x)
{
	vsh_shaddx(x);
}

void vsh_shaddx_s64(struct vsh_alu *x)
{
	vsh_shaddx(x);
}

void vsh_seg_add_u64(struct vsh_alu *x)
{
	bool neg = vsh_mod(x->word, VSH_MOD_NEG);
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u64 b = vsh_get64(x, 1, l);

		vsh_put64(x, l, vsh_get64(x, 0, l) + (neg ? -b : b));
	}
}

/* --- Dot products ------------------------------------------------------------ */

static __always_inline void vsh_idp(struct vsh_alu *x, bool sign)
{
	bool saturate = vsh_mod(x->word, VSH_MOD_SATURATE);
	unsigned int l, i;

	for (l = 0; l < VSH_LANES; l++) {
		s64 sum = vsh_element(x->s[2][l], 0, 32, sign);

		for (i = 0; i < 4; i++)
			sum += vsh_element(x->s[0][l], i, 8, sign) *
			       vsh_element(x->s[1][l], i, 8, sign);
		x->d[l] = saturate ? vsh_clamp_to(sum, 32, sign) : sum;
	}
}

void vsh_idp_v4s8(struct vsh_alu *x)
{
	vsh_idp(x, true);
}

void vsh_idp_v4u8(struct vsh_alu *x)
{
	vsh_idp(x, false);
}
