// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Integer comparisons and selects, and exchange between the lanes of a warp.
 */

#include "shader/elements.h"

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
