// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Formats of texels: which bits of memory a channel has, and what a register gets of it.
 *
 * A texel is up to four channels of integers, normalized integers or floats, from its low end
 * on. The order of a format says which component each of them is. Floats in registers are
 * rounded once, to the nearest even one, without an FPU; those of sRGB are linear. A register
 * has the same kind of value as the format: what would turn integers into floats, or back, is
 * refused, and so is each format whose meaning is not known.
 */

#include "shader/exec.h"
#include "shader/fp.h"

/* Families of formats with channels of equal size: bits 7:5 of their number */
#define VSH_FAMILY_SNORM	3
#define VSH_FAMILY_UINT		4
#define VSH_FAMILY_UNORM	5
#define VSH_FAMILY_SINT		6

/* Their bits 2:0: size of a channel, or a float */
#define VSH_CODE_4_BITS		2
#define VSH_CODE_8_BITS		3
#define VSH_CODE_32_BITS	5
#define VSH_CODE_FLOAT		7	/* of 32 bits in family 5, of 16 in family 6 */

/* Order of the components in memory: bits 4:1 */
#define VSH_ORDER_NO_ALPHA	8

#define VSH_FORMAT_SRGB		0x100000u
#define VSH_FORMAT_BITS		21	/* up to that one */
#define VSH_FORMAT_S8		93

/* Formats with channels of different sizes */
static const struct vsh_packed {
	u8 number;
	u8 kind;
	u8 size;
	u8 bits[4];
} vsh_packed_formats[] = {
	{ 64, VSH_TEXEL_UNORM, 2, { 5, 6, 5 } },
	{ 65, VSH_TEXEL_UNORM, 2, { 5, 5, 5, 1 } },
	{ 67, VSH_TEXEL_UNORM, 4, { 10, 10, 10, 2 } },
	{ 69, VSH_TEXEL_SNORM, 4, { 10, 10, 10, 2 } },
	{ 71, VSH_TEXEL_UINT, 4, { 10, 10, 10, 2 } },
	{ 73, VSH_TEXEL_SINT, 4, { 10, 10, 10, 2 } },
	{ 75, VSH_TEXEL_UNORM, 2, { 16 } },	/* depth */
	{ 77, VSH_TEXEL_UNORM, 4, { 24 } },	/* depth, and 8 bits without a meaning */
	{ 89, VSH_TEXEL_FLOAT, 4, { 11, 11, 10 } },
	{ VSH_FORMAT_S8, VSH_TEXEL_UINT, 1, { 0, 8 } },
};

/* Which channel of memory R, G, B and A are, for each order */
static const u8 vsh_orders[][4] = {
	{ 0, 1, 2, 3 }, { 1, 0, 2, 3 }, { 2, 1, 0, 3 }, { 4, 4, 4, 4 },
	{ 1, 2, 3, 0 }, { 2, 1, 3, 0 }, { 3, 2, 1, 0 },
};

static bool vsh_equal_channels(u32 number, struct vsh_texels *t)
{
	u32 family = number >> 5, code = number & 7, bits = 1u << code, i;

	switch (family) {
	case VSH_FAMILY_SNORM:
		t->kind = VSH_TEXEL_SNORM;
		break;
	case VSH_FAMILY_UINT:
		t->kind = VSH_TEXEL_UINT;
		break;
	case VSH_FAMILY_UNORM:
		t->kind = VSH_TEXEL_UNORM;
		break;
	case VSH_FAMILY_SINT:
		t->kind = VSH_TEXEL_SINT;
		break;
	default:
		return false;
	}
	t->channels = (number >> 3 & 3) + 1;
	if (code == VSH_CODE_FLOAT && family >= VSH_FAMILY_UNORM) {
		t->kind = VSH_TEXEL_FLOAT;
		bits = family == VSH_FAMILY_UNORM ? 32 : 16;
	} else if (code == VSH_CODE_4_BITS) {
		if (family != VSH_FAMILY_UNORM || t->channels != 4)
			return false;
	} else if (code < VSH_CODE_8_BITS || code > VSH_CODE_32_BITS ||
		   (code == VSH_CODE_32_BITS &&
		    t->kind != VSH_TEXEL_UINT && t->kind != VSH_TEXEL_SINT)) {
		return false;
	}
	for (i = 0; i < t->channels; i++)
		t->bits[i] = bits;
	t->size = t->channels * bits / 8;

	return true;
}

static bool vsh_packed_channels(u32 number, struct vsh_texels *t)
{
	const struct vsh_packed *p = vsh_packed_formats;
	unsigned int i;

	for (i = 0; i < VSH_ARRAY_SIZE(vsh_packed_formats); i++, p++) {
		if (p->number != number)
			continue;
		t->kind = p->kind;
		t->size = p->size;
		memcpy(t->bits, p->bits, sizeof(t->bits));
		while (t->channels < 4 && (p->bits[t->channels] || !t->channels))
			t->channels++;
		return true;
	}

	return false;
}

/**
 * vsh_texels_of - find out how a pixel format stores a texel
 * @format: the format's number and order, 22 bits
 * @t: where to store it
 *
 * Return: false if the format is not known or would need a conversion that is not known.
 */
bool vsh_texels_of(u32 format, struct vsh_texels *t)
{
	u32 order = format & 0xfff, number = format >> 12 & 0xff, i;

	memset(t, 0, sizeof(*t));
	if (format >> VSH_FORMAT_BITS ||
	    (!vsh_equal_channels(number, t) && !vsh_packed_channels(number, t)))
		return false;
	t->srgb = format & VSH_FORMAT_SRGB;
	/* Channels of 8 bits are the only ones that Mesa has as sRGB. */
	if (t->srgb && (t->kind != VSH_TEXEL_UNORM || t->bits[0] != 8))
		return false;
	t->stencil = number == VSH_FORMAT_S8;
	if (order & 1 || order >> 5 ||
	    (order >> 1 & (VSH_ORDER_NO_ALPHA - 1)) >= VSH_ARRAY_SIZE(vsh_orders))
		return false;
	for (i = 0; i < 4; i++) {
		t->order[i] = vsh_orders[order >> 1 & (VSH_ORDER_NO_ALPHA - 1)][i];
		/* Channels that are exchanged must be there. */
		if (t->order[i] > 3 ||
		    (t->order[i] != i && i < t->channels && t->order[i] >= t->channels))
			return false;
	}
	/* The channel of alpha, if memory has it, has no meaning. */
	if (order >> 1 & VSH_ORDER_NO_ALPHA)
		t->order[3] = VSH_TEXEL_ONE;

	return true;
}

static bool vsh_texels_are_floats(const struct vsh_texels *t)
{
	return t->kind >= VSH_TEXEL_UNORM;
}

/**
 * vsh_texels_fit - tell whether registers can have the values of a format
 * @t: the format
 * @reg: format of the registers, VSH_REG_*
 *
 * Return: true if they can.
 */
bool vsh_texels_fit(const struct vsh_texels *t, u32 reg)
{
	unsigned int i;

	switch (reg) {
	case VSH_REG_AUTO:
		return true;
	case VSH_REG_F32:
	case VSH_REG_F16:
		return vsh_texels_are_floats(t);
	case VSH_REG_AUTO16:
		if (vsh_texels_are_floats(t))
			return true;
		fallthrough;
	case VSH_REG_S16:
	case VSH_REG_U16:
		/* What becomes of more bits is not known. */
		for (i = 0; i < t->channels; i++)
			if (t->bits[i] > 16)
				return false;
		fallthrough;
	default:
		return !vsh_texels_are_floats(t);
	}
}

/* --- From memory --------------------------------------------------------- */

/* A quotient up to 1 as a float, rounded once: the rest of the division is the lowest bit. */
static u32 vsh_quotient(bool negative, u32 value, u32 by, const struct vsh_format *f)
{
	s32 shift = value ? __builtin_clzll(value) - 2 : 0;
	u64 up = (u64)value << shift, mantissa = up / by;

	if (mantissa * by != up)
		mantissa |= 1;

	return vsh_pack(negative, mantissa, -shift, f, VSH_ROUND_EVEN);
}

/* Floats without a sign: an exponent of 5 bits, and 6 or 5 of the mantissa */
static u32 vsh_short_float(u32 value, unsigned int bits, const struct vsh_format *f)
{
	u32 half = value << (15 - bits);

	return f == &vsh_f16 ? half : vsh_half_to_float(half);
}

static u32 vsh_from_float(u32 value, unsigned int bits, const struct vsh_format *f)
{
	if (bits < 16)
		return vsh_short_float(value, bits, f);
	if (bits == 16)
		return f == &vsh_f16 ? value : vsh_half_to_float(value);

	return f == &vsh_f16 ? vsh_halve(value) : value;
}

/* The linear value of each sRGB value of 8 bits, rounded once */
static const u32 vsh_srgb[] = {
	0x00000000, 0x399f22b4, 0x3a1f22b4, 0x3a6eb40e, 0x3a9f22b4, 0x3ac6eb61, 0x3aeeb40e,
	0x3b0b3e5d, 0x3b1f22b4, 0x3b33070a, 0x3b46eb61, 0x3b5b518e, 0x3b70f18f, 0x3b83e1c6,
	0x3b8fe616, 0x3b9c87fd, 0x3ba9c9b6, 0x3bb7ad6f, 0x3bc6354a, 0x3bd56360, 0x3be539c1,
	0x3bf5ba71, 0x3c0373b6, 0x3c0c6153, 0x3c15a705, 0x3c1f45be, 0x3c293e6b, 0x3c3391f7,
	0x3c3e4149, 0x3c494d44, 0x3c54b6c9, 0x3c607eb4, 0x3c6ca5df, 0x3c792d22, 0x3c830aa9,
	0x3c89af9f, 0x3c9085dc, 0x3c978dc6, 0x3c9ec7c2, 0x3ca63433, 0x3cadd37d, 0x3cb5a602,
	0x3cbdac21, 0x3cc5e63a, 0x3cce54ac, 0x3cd6f7d5, 0x3cdfd010, 0x3ce8ddba, 0x3cf2212d,
	0x3cfb9ac3, 0x3d02a56a, 0x3d0798dd, 0x3d0ca7e6, 0x3d11d2af, 0x3d171964, 0x3d1c7c30,
	0x3d21fb3c, 0x3d2796b2, 0x3d2d4ebb, 0x3d332381, 0x3d39152b, 0x3d3f23e4, 0x3d454fd2,
	0x3d4b991d, 0x3d51ffec, 0x3d588468, 0x3d5f26b6, 0x3d65e6fd, 0x3d6cc563, 0x3d73c20e,
	0x3d7add24, 0x3d810b65, 0x3d84b793, 0x3d88732e, 0x3d8c3e48, 0x3d9018f4, 0x3d940344,
	0x3d97fd49, 0x3d9c0715, 0x3da020ba, 0x3da44a4a, 0x3da883d6, 0x3daccd6f, 0x3db12727,
	0x3db5910f, 0x3dba0b38, 0x3dbe95b3, 0x3dc33090, 0x3dc7dbe0, 0x3dcc97b4, 0x3dd1641d,
	0x3dd6412b, 0x3ddb2eee, 0x3de02d76, 0x3de53cd4, 0x3dea5d18, 0x3def8e51, 0x3df4d090,
	0x3dfa23e5, 0x3dff885e, 0x3e027f06, 0x3e05427f, 0x3e080ea2, 0x3e0ae377, 0x3e0dc104,
	0x3e10a753, 0x3e13966a, 0x3e168e51, 0x3e198f0f, 0x3e1c98ac, 0x3e1fab30, 0x3e22c6a1,
	0x3e25eb07, 0x3e29186a, 0x3e2c4ed0, 0x3e2f8e42, 0x3e32d6c5, 0x3e362862, 0x3e39831f,
	0x3e3ce703, 0x3e405417, 0x3e43ca60, 0x3e4749e6, 0x3e4ad2af, 0x3e4e64c3, 0x3e520029,
	0x3e55a4e7, 0x3e595305, 0x3e5d0a89, 0x3e60cb7a, 0x3e6495df, 0x3e6869be, 0x3e6c471f,
	0x3e702e07, 0x3e741e7e, 0x3e78188b, 0x3e7c1c33, 0x3e8014bf, 0x3e822039, 0x3e84308b,
	0x3e8645b8, 0x3e885fc3, 0x3e8a7eb0, 0x3e8ca281, 0x3e8ecb3b, 0x3e90f8df, 0x3e932b72,
	0x3e9562f6, 0x3e979f6f, 0x3e99e0e0, 0x3e9c274c, 0x3e9e72b6, 0x3ea0c321, 0x3ea31890,
	0x3ea57307, 0x3ea7d288, 0x3eaa3716, 0x3eaca0b6, 0x3eaf0f68, 0x3eb18332, 0x3eb3fc15,
	0x3eb67a14, 0x3eb8fd34, 0x3ebb8576, 0x3ebe12de, 0x3ec0a56e, 0x3ec33d2a, 0x3ec5da14,
	0x3ec87c30, 0x3ecb2380, 0x3ecdd008, 0x3ed081ca, 0x3ed338c9, 0x3ed5f508, 0x3ed8b68a,
	0x3edb7d52, 0x3ede4963, 0x3ee11abf, 0x3ee3f169, 0x3ee6cd65, 0x3ee9aeb5, 0x3eec955b,
	0x3eef815c, 0x3ef272b8, 0x3ef56974, 0x3ef86593, 0x3efb6716, 0x3efe6e00, 0x3f00bd2b,
	0x3f02460c, 0x3f03d1a5, 0x3f055ff7, 0x3f06f104, 0x3f0884cd, 0x3f0a1b54, 0x3f0bb499,
	0x3f0d509f, 0x3f0eef65, 0x3f1090ef, 0x3f12353d, 0x3f13dc50, 0x3f15862a, 0x3f1732cc,
	0x3f18e237, 0x3f1a946e, 0x3f1c4970, 0x3f1e0140, 0x3f1fbbde, 0x3f21794d, 0x3f23398c,
	0x3f24fc9f, 0x3f26c285, 0x3f288b41, 0x3f2a56d2, 0x3f2c253c, 0x3f2df67f, 0x3f2fca9c,
	0x3f31a194, 0x3f337b6a, 0x3f35581d, 0x3f3737b0, 0x3f391a24, 0x3f3aff7a, 0x3f3ce7b2,
	0x3f3ed2cf, 0x3f40c0d2, 0x3f42b1bc, 0x3f44a58e, 0x3f469c49, 0x3f4895ef, 0x3f4a9280,
	0x3f4c91ff, 0x3f4e946c, 0x3f5099c9, 0x3f52a216, 0x3f54ad56, 0x3f56bb88, 0x3f58ccaf,
	0x3f5ae0cc, 0x3f5cf7df, 0x3f5f11ea, 0x3f612eef, 0x3f634eee, 0x3f6571e9, 0x3f6797e0,
	0x3f69c0d5, 0x3f6becca, 0x3f6e1bbf, 0x3f704db5, 0x3f7282ae, 0x3f74baab, 0x3f76f5ae,
	0x3f7933b6, 0x3f7b74c6, 0x3f7db8de, 0x3f800000,
};

static u32 vsh_from_srgb(u32 value, const struct vsh_format *f)
{
	/* Rounding these values twice gives the nearest half, too. */
	return f == &vsh_f16 ? vsh_halve(vsh_srgb[value]) : vsh_srgb[value];
}

static u32 vsh_channel_load(const struct vsh_texels *t, u32 value, unsigned int bits,
			    const struct vsh_format *f)
{
	s32 number;

	switch (t->kind) {
	case VSH_TEXEL_UINT:
		return value;
	case VSH_TEXEL_SINT:
		return vsh_sext(value, bits);
	case VSH_TEXEL_UNORM:
		return vsh_quotient(false, value, vsh_mask(bits), f);
	case VSH_TEXEL_SNORM:
		/* The lowest value is -1, too. */
		number = vsh_sext(value, bits);
		if (number == -(s32)(1u << (bits - 1)))
			number++;
		return vsh_quotient(number < 0, number < 0 ? -number : number,
				    vsh_mask(bits - 1), f);
	default:
		return vsh_from_float(value, bits, f);
	}
}

/**
 * vsh_texel_load - convert a texel to four components
 * @t: its format
 * @memory: its bytes, 16 with those behind it
 * @reg: format of registers, for which vsh_texels_fit()
 * @to: the components, and zero and one behind them; of 16 bits, each in a word of its own
 */
void vsh_texel_load(const struct vsh_texels *t, const u64 *memory, u32 reg, u32 *to)
{
	const struct vsh_format *f = vsh_reg_is_16(reg) ? &vsh_f16 : &vsh_f32;
	u32 channels[4] = { 0 };
	unsigned int i, at = 0;

	to[VSH_TEXEL_ZERO] = 0;
	to[VSH_TEXEL_ONE] = vsh_texels_are_floats(t) ? f->one : 1;
	for (i = 0; i < t->channels; i++) {
		u32 value = memory[at / 64] >> (at % 64);

		if (t->srgb && i != t->order[3])
			channels[i] = vsh_from_srgb(value & 0xff, f);
		else if (t->bits[i])
			channels[i] = vsh_channel_load(t, value & vsh_mask(t->bits[i]),
						       t->bits[i], f);
		at += t->bits[i];
	}
	for (i = 0; i < 4; i++) {
		unsigned int from = t->order[i];

		if (from < t->channels)
			to[i] = channels[from];
		else
			to[i] = to[i == 3 ? VSH_TEXEL_ONE : VSH_TEXEL_ZERO];
	}
}

/* --- To memory ----------------------------------------------------------- */

/* A float from -1 to 1 times the largest value, rounded; a NaN is zero. */
static u32 vsh_normalize(u32 value, unsigned int bits, bool sign)
{
	u32 magnitude = value & 0x7fffffff, largest = vsh_mask(bits - sign);
	bool negative = value >> 31;
	u64 product, half, rest, result;
	unsigned int shift;

	if (magnitude > VSH_INF32 || (negative && !sign))
		return 0;
	if (magnitude >= vsh_f32.one) {
		result = largest;
	} else {
		u32 exponent = magnitude >> 23;

		product = (magnitude & 0x7fffff) | (exponent ? 0x800000 : 0);
		product *= largest;
		shift = 150 - (exponent ? exponent : 1);
		/* The product has up to 48 bits. */
		if (shift > 49)
			return 0;
		half = 1ULL << (shift - 1);
		rest = product & (2 * half - 1);
		result = product >> shift;
		result += rest > half || (rest == half && result & 1);
	}

	return negative ? -(u32)result : result;
}

static u32 vsh_channel_store(const struct vsh_texels *t, u32 value, unsigned int bits,
			     u32 reg)
{
	if (!vsh_texels_are_floats(t))
		return value;
	if (t->kind == VSH_TEXEL_FLOAT && bits == 16)
		return vsh_reg_is_16(reg) ? value : vsh_halve(value);
	if (vsh_reg_is_16(reg))
		value = vsh_half_to_float(value);
	if (t->kind == VSH_TEXEL_FLOAT)
		return value;

	return vsh_normalize(value, bits, t->kind == VSH_TEXEL_SNORM);
}

/**
 * vsh_texel_store - convert components to a texel
 * @t: its format, which is not one of short floats or stencil
 * @from: the components; of 16 bits, each in a word of its own
 * @reg: their format, for which vsh_texels_fit()
 * @memory: where to store the bytes, 16 with zeroes behind them
 */
void vsh_texel_store(const struct vsh_texels *t, const u32 *from, u32 reg, u64 *memory)
{
	u32 channels[4] = { 0 };
	unsigned int i, at = 0;

	memory[0] = 0;
	memory[1] = 0;
	for (i = 0; i < 4; i++)
		if (t->order[i] < 4)
			channels[t->order[i]] = from[i];
	for (i = 0; i < t->channels; i++) {
		u64 value = vsh_channel_store(t, channels[i], t->bits[i], reg);

		memory[at / 64] |= (value & vsh_mask(t->bits[i])) << (at % 64);
		at += t->bits[i];
	}
}

/**
 * vsh_texels_can_store - tell whether texels of a format can be written
 * @t: the format
 *
 * Return: true if it is known how they are rounded and where they are.
 */
bool vsh_texels_can_store(const struct vsh_texels *t)
{
	return !t->stencil && !t->srgb && t->bits[0] != 24 &&
	       (t->kind != VSH_TEXEL_FLOAT || t->bits[0] >= 16);
}
