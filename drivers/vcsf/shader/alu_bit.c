// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Shifts with a bitwise operation, selection, counting and moving of bits,
 * integer conversions; comparisons, and exchange between the lanes of a warp.
 *
 * A shift takes its amount from a byte, modulo the width of the elements.
 */

#include "shader/elements.h"

enum vsh_bitop {
	VSH_BIT_AND,
	VSH_BIT_OR,
	VSH_BIT_XOR,
};

static __always_inline u64 vsh_bitop(enum vsh_bitop op, u64 a, u64 b)
{
	switch (op) {
	case VSH_BIT_AND:
		return a & b;
	case VSH_BIT_OR:
		return a | b;
	default:
		return a ^ b;
	}
}

static __always_inline u32 vsh_shift_elements(u32 word, unsigned int amount,
					      unsigned int bits, bool left,
					      bool sign)
{
	unsigned int i;
	u32 d = 0;

	amount &= bits - 1;
	for (i = 0; i < 32 / bits; i++) {
		s64 a = vsh_element(word, i, bits, sign);

		a = left ? a << amount : a >> amount;
		d |= ((u32)a & vsh_mask(bits)) << (i * bits);
	}

	return d;
}

static __always_inline void vsh_shift(struct vsh_alu *x, unsigned int bits,
				      bool left, bool sign, enum vsh_bitop op)
{
	u32 invert = vsh_mod(x->word, VSH_MOD_NOT_RESULT) ? ~0u : 0;
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = vsh_bitop(op, vsh_shift_elements(x->s[0][l],
							   x->s[1][l], bits,
							   left, sign),
				    x->s[2][l]) ^ invert;
}

static __always_inline void vsh_shift64(struct vsh_alu *x, bool left, bool sign,
					enum vsh_bitop op)
{
	u64 invert = vsh_mod(x->word, VSH_MOD_NOT_RESULT) ? ~0ULL : 0;
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u64 a = vsh_get64(x, 0, l);
		unsigned int amount = x->s[1][l] & 63;

		if (left)
			a <<= amount;
		else
			a = sign ? (u64)((s64)a >> amount) : a >> amount;
		vsh_put64(x, l, vsh_bitop(op, a, vsh_get64(x, 2, l)) ^ invert);
	}
}

static __always_inline void vsh_shift_right(struct vsh_alu *x,
					    unsigned int bits,
					    enum vsh_bitop op)
{
	if (vsh_mod(x->word, VSH_MOD_SIGNED))
		vsh_shift(x, bits, false, true, op);
	else
		vsh_shift(x, bits, false, false, op);
}

#define LEFT(name, op, bits)				\
void vsh_lshift_##name(struct vsh_alu *x)		\
{							\
	vsh_shift(x, bits, true, false, op);		\
}

#define RIGHT(name, op, bits)				\
void vsh_rshift_##name(struct vsh_alu *x)		\
{							\
	vsh_shift_right(x, bits, op);			\
}

#define LEFT64(name, op)				\
void vsh_lshift_##name(struct vsh_alu *x)		\
{							\
	vsh_shift64(x, true, false, op);		\
}

#define RIGHT64(name, op)						\
void vsh_rshift_##name(struct vsh_alu *x)				\
{									\
	vsh_shift64(x, false, vsh_mod(x->word, VSH_MOD_SIGNED), op);	\
}

LEFT(and_i32, VSH_BIT_AND, 32)
LEFT(and_v2i16, VSH_BIT_AND, 16)
LEFT(and_v4i8, VSH_BIT_AND, 8)
LEFT(or_i32, VSH_BIT_OR, 32)
LEFT(or_v2i16, VSH_BIT_OR, 16)
LEFT(or_v4i8, VSH_BIT_OR, 8)
LEFT(xor_i32, VSH_BIT_XOR, 32)
LEFT(xor_v2i16, VSH_BIT_XOR, 16)
LEFT(xor_v4i8, VSH_BIT_XOR, 8)
RIGHT(and_i32, VSH_BIT_AND, 32)
RIGHT(and_v2i16, VSH_BIT_AND, 16)
RIGHT(and_v4i8, VSH_BIT_AND, 8)
RIGHT(or_i32, VSH_BIT_OR, 32)
RIGHT(or_v2i16, VSH_BIT_OR, 16)
RIGHT(or_v4i8, VSH_BIT_OR, 8)
RIGHT(xor_i32, VSH_BIT_XOR, 32)
RIGHT(xor_v2i16, VSH_BIT_XOR, 16)
RIGHT(xor_v4i8, VSH_BIT_XOR, 8)

LEFT64(and_i64, VSH_BIT_AND)
LEFT64(or_i64, VSH_BIT_OR)
LEFT64(xor_i64, VSH_BIT_XOR)
RIGHT64(and_i64, VSH_BIT_AND)
RIGHT64(or_i64, VSH_BIT_OR)
RIGHT64(xor_i64, VSH_BIT_XOR)

/* --- Select by a mask ------------------------------------------------------- */

enum vsh_mux {
	VSH_MUX_NEG,
	VSH_MUX_INT_ZERO,
	VSH_MUX_FP_ZERO,
	VSH_MUX_BIT,
};

static __always_inline s64 vsh_mux_element(s64 a, s64 b, s64 mask,
					   unsigned int bits, unsigned int how)
{
	s64 sign = 1LL << (bits - 1);

	switch (how) {
	case VSH_MUX_NEG:
		return mask & sign ? a : b;
	case VSH_MUX_INT_ZERO:
		return mask ? b : a;
	case VSH_MUX_FP_ZERO:
		return mask & ~sign ? b : a;
	default:
		return (a & mask) | (b & ~mask);
	}
}

static __always_inline void vsh_mux(struct vsh_alu *x, unsigned int bits)
{
	unsigned int how = vsh_mod(x->word, VSH_MOD_MUX), l, i;

	for (l = 0; l < VSH_LANES; l++) {
		u32 a = x->s[0][l], b = x->s[1][l], mask = x->s[2][l], d = 0;

		for (i = 0; i < 32 / bits; i++)
			d |= ((u32)vsh_mux_element(vsh_element(a, i, bits, false),
						   vsh_element(b, i, bits, false),
						   vsh_element(mask, i, bits, false),
						   bits, how) &
			      vsh_mask(bits)) << (i * bits);
		x->d[l] = d;
	}
}

void vsh_mux_i32(struct vsh_alu *x)
{
	vsh_mux(x, 32);
}

void vsh_mux_v2i16(struct vsh_alu *x)
{
	vsh_mux(x, 16);
}

void vsh_mux_v4i8(struct vsh_alu *x)
{
	vsh_mux(x, 8);
}

/* --- One source --------------------------------------------------------------- */

static __always_inline s64 vsh_clz(s64 a, unsigned int bits)
{
	return a ? __builtin_clz((u32)a) - (32 - bits) : bits;
}

static __always_inline s64 vsh_abs(s64 a, unsigned int bits)
{
	return a < 0 ? -a : a;
}

static __always_inline s64 vsh_popcount(s64 a, unsigned int bits)
{
	u32 v = a;

	v -= v >> 1 & 0x55555555;
	v = (v & 0x33333333) + (v >> 2 & 0x33333333);

	return ((v + (v >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24;
}

static __always_inline s64 vsh_reverse(s64 a, unsigned int bits)
{
	u32 v = a;

	v = (v >> 1 & 0x55555555) | (v & 0x55555555) << 1;
	v = (v >> 2 & 0x33333333) | (v & 0x33333333) << 2;
	v = (v >> 4 & 0x0f0f0f0f) | (v & 0x0f0f0f0f) << 4;

	return __builtin_bswap32(v);
}

static __always_inline s64 vsh_invert(s64 a, unsigned int bits)
{
	return ~a;
}

static __always_inline s64 vsh_same(s64 a, unsigned int bits)
{
	return a;
}

#define FORM1(name, bits, sign, fn)		\
void vsh_##name(struct vsh_alu *x)		\
{						\
	vsh_map1(x, bits, sign, fn);		\
}

FORM1(mov_i32, 32, false, vsh_same)
FORM1(clz_u32, 32, false, vsh_clz)
FORM1(clz_v2u16, 16, false, vsh_clz)
FORM1(clz_v4u8, 8, false, vsh_clz)
FORM1(iabs_s32, 32, true, vsh_abs)
FORM1(iabs_v2s16, 16, true, vsh_abs)
FORM1(iabs_v4s8, 8, true, vsh_abs)
FORM1(popcount_i32, 32, false, vsh_popcount)
FORM1(bitrev_i32, 32, false, vsh_reverse)
FORM1(not_old_i32, 32, false, vsh_invert)

void vsh_not_old_i64(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		vsh_put64(x, l, ~vsh_get64(x, 0, l));
}

/* --- Integer conversions: the source has been extended already --------------- */

FORM1(s8_to_s32, 32, false, vsh_same)
FORM1(u8_to_u32, 32, false, vsh_same)
FORM1(v2s8_to_v2s16, 32, false, vsh_same)
FORM1(v2u8_to_v2u16, 32, false, vsh_same)

void vsh_s16_to_s32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = (s16)x->s[0][l];
}

void vsh_u16_to_u32(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = (u16)x->s[0][l];
}

void vsh_mkvec_v2i16(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = (x->s[0][l] & 0xffff) | x->s[1][l] << 16;
}

void vsh_mkvec_v2i8(struct vsh_alu *x)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = (x->s[0][l] & 0xff) | (x->s[1][l] & 0xff) << 8 |
			  x->s[2][l] << 16;
}

/* --- Comparisons and lanes ----------------------------------------------- */

enum vsh_cond {
	VSH_COND_EQ,
	VSH_COND_GT,
	VSH_COND_GE,
	VSH_COND_NE,
	VSH_COND_LT,
	VSH_COND_LE,
};

static __always_inline bool vsh_compare(s64 a, s64 b, unsigned int cond)
{
	switch (cond) {
	case VSH_COND_EQ:
		return a == b;
	case VSH_COND_GT:
		return a > b;
	case VSH_COND_GE:
		return a >= b;
	case VSH_COND_NE:
		return a != b;
	case VSH_COND_LT:
		return a < b;
	default:
		return a <= b;
	}
}

/* "True" of a result type: 1, the float 1, or all ones */
static __always_inline u32 vsh_true(u64 word, unsigned int bits)
{
	switch (vsh_mod(word, VSH_MOD_RESULT_TYPE)) {
	case 1:
		return bits == 32 ? 0x3f800000 : bits == 16 ? 0x3c00 : 1;
	case 2:
		return vsh_mask(bits);
	default:
		return 1;
	}
}

static __always_inline void vsh_icmp(struct vsh_alu *x, unsigned int bits,
				     bool sign, bool both)
{
	unsigned int cond = vsh_mod(x->word, VSH_MOD_COND), l, i;
	u32 yes = vsh_true(x->word, bits);

	for (l = 0; l < VSH_LANES; l++) {
		u32 d = 0;

		for (i = 0; i < 32 / bits; i++) {
			bool r = vsh_compare(vsh_element(x->s[0][l], i, bits, sign),
					     vsh_element(x->s[1][l], i, bits, sign),
					     cond);
			bool c = vsh_element(x->s[2][l], i, bits, false);

			if (both ? r && c : r || c)
				d |= yes << (i * bits);
		}
		x->d[l] = d;
	}
}

#define ICMP_OR(type, bits, sign)			\
void vsh_icmp_or_##type(struct vsh_alu *x)		\
{							\
	vsh_icmp(x, bits, sign, false);			\
}

#define ICMP_AND(type, bits, sign)			\
void vsh_icmp_and_##type(struct vsh_alu *x)		\
{							\
	vsh_icmp(x, bits, sign, true);			\
}

ICMP_OR(u32, 32, false)
ICMP_OR(v2u16, 16, false)
ICMP_OR(v4u8, 8, false)
ICMP_OR(s32, 32, true)
ICMP_OR(v2s16, 16, true)
ICMP_OR(v4s8, 8, true)
ICMP_AND(u32, 32, false)
ICMP_AND(v2u16, 16, false)
ICMP_AND(v4u8, 8, false)
ICMP_AND(s32, 32, true)
ICMP_AND(v2s16, 16, true)
ICMP_AND(v4s8, 8, true)

/*
 * 64-bit comparisons take two instructions. The one of the lower words has
 * the result type u1; the one of the upper words gets its result as the third
 * source and falls back on it when the upper words are equal.
 */
static __always_inline void vsh_icmp_multi(struct vsh_alu *x, bool sign)
{
	unsigned int cond = vsh_mod(x->word, VSH_MOD_COND), l;
	bool low = vsh_mod(x->word, VSH_MOD_RESULT_TYPE) == 3;
	u32 yes = vsh_true(x->word, 32);

	for (l = 0; l < VSH_LANES; l++) {
		s64 a = vsh_element(x->s[0][l], 0, 32, sign);
		s64 b = vsh_element(x->s[1][l], 0, 32, sign);
		bool r = vsh_compare(a, b, cond);

		if (!low && a == b)
			r = x->s[2][l];
		x->d[l] = r ? yes : 0;
	}
}

void vsh_icmp_multi_u32(struct vsh_alu *x)
{
	vsh_icmp_multi(x, false);
}

void vsh_icmp_multi_s32(struct vsh_alu *x)
{
	vsh_icmp_multi(x, true);
}

static __always_inline s64 vsh_csel(s64 a, s64 b, s64 c, s64 d,
				    unsigned int cond)
{
	return vsh_compare(a, b, cond) ? c : d;
}

#define CSEL(type, bits, sign)						\
void vsh_csel_##type(struct vsh_alu *x)					\
{									\
	vsh_map4(x, bits, sign, vsh_mod(x->word, VSH_MOD_COND),		\
		 vsh_csel);						\
}

CSEL(u32, 32, false)
CSEL(v2u16, 16, false)
CSEL(s32, 32, true)
CSEL(v2s16, 16, true)

/* --- Between lanes ----------------------------------------------------------- */

/* What reading an inactive lane gives */
static const u32 vsh_inactive[] = {
	0x00000000, 0xffffffff, 0x00000001, 0x00010001,
	0x80000000, 0x7fffffff, 0x80008000, 0x7fff7fff,
	0x80808080, 0x7f7f7f7f, 0x3f800000, 0x3c003c00,
	0xff800000, 0x7f800000, 0xfc00fc00, 0x7c007c00,
};

void vsh_clper_i32(struct vsh_alu *x)
{
	unsigned int size = 2u << vsh_mod(x->word, VSH_MOD_SUBGROUP_SIZE), l;
	u32 inactive = vsh_inactive[vsh_mod(x->word, VSH_MOD_INACTIVE_RESULT)];
	bool exclusive = vsh_mod(x->word, VSH_MOD_LANE_OP) == 1;

	for (l = 0; l < VSH_LANES; l++) {
		unsigned int from = x->s[1][l];

		if (exclusive)
			from ^= l;
		from = (l & ~(size - 1)) | (from & (size - 1));
		x->d[l] = x->active & 1u << from ? x->s[0][from] : inactive;
	}
}

void vsh_clper_s32(struct vsh_alu *x)
{
	vsh_clper_i32(x);
}

void vsh_wmask(struct vsh_alu *x)
{
	unsigned int l;
	u32 mask = 0;

	for (l = 0; l < VSH_LANES; l++)
		if (x->active & 1u << l && x->s[0][l])
			mask |= 1u << l;
	for (l = 0; l < VSH_LANES; l++)
		x->d[l] = mask;
}
