// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Formats of texels: which bits of memory a channel has, and what a register gets of it.
 *
 * A texel is up to four channels of integers, normalized integers or floats, from its low end
 * on. The order of a format says which component each of them is. Floats in registers are
 * rounded once, to the nearest even one, without an FPU. A register has the same kind of value
 * as the format: what would turn integers into floats, or back, is refused, and so is each
 * format whose meaning is not known.
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
	if (format & VSH_FORMAT_SRGB || format >> 20 ||
	    (!vsh_equal_channels(number, t) && !vsh_packed_channels(number, t)))
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
		u64 value = memory[at / 64] >> (at % 64);

		if (t->bits[i])
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
	return !t->stencil && t->bits[0] != 24 &&
	       (t->kind != VSH_TEXEL_FLOAT || t->bits[0] >= 16);
}
