// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Formats of texels: what registers get of each value of a channel, and what memory gets of
 * a float. The results are computed here with doubles.
 */
#include <math.h>
#include <string.h>

#include "ktap.h"
#include "shader_rig.h"

/* Pixel formats: the number, and the order of the channels */
#define R8_UNORM	(163u << 12)
#define RG8_UNORM	(171u << 12)
#define RGB8_UNORM	(179u << 12)
#define RGBA8_UNORM	(187u << 12)
#define R16_UNORM	(164u << 12)
#define R16F		(199u << 12)
#define RGBA16F		(223u << 12)
#define RGBA8_SNORM	(123u << 12)
#define RGBA4		(186u << 12)
#define RGB565		(64u << 12)
#define RGB5A1		(65u << 12)
#define RGB10A2		(67u << 12)
#define RGB10A2_SNORM	(69u << 12)
#define RGB10A2UI	(71u << 12)
#define Z24X8		(77u << 12)
#define RG11B10F	(89u << 12)
#define S8		(93u << 12)
#define SRGB		0x100000u
#define GRBA		2u
#define BGRA		4u
#define ARGB		8u
#define RGB1		16u
#define BGR1		20u

static u32 float_bits(double value)
{
	float f = value;
	u32 bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

static double half_value(u32 half)
{
	u32 e = half >> 10 & 31, m = half & 0x3ff;
	double value = e ? ldexp(m | 0x400, e - 25) : ldexp(m, -24);

	return half & 0x8000 ? -value : value;
}

/* Of all halves, none is nearer; of two that are as near, it is the even one. */
static bool is_nearest_half(u32 half, double value)
{
	double off = fabs(half_value(half) - value);
	double up = fabs(half_value(half + 1) - value);
	double down = half & 0x7fff ? fabs(half_value(half - 1) - value) : up;

	return off < (up < down ? up : down) ||
	       (off == (up < down ? up : down) && !(half & 1));
}

static double normalized(u32 value, unsigned int bits, bool sign)
{
	s64 number = sign ? vsh_sext(value, bits) : value;
	double quotient = (double)number / ((1u << (bits - sign)) - 1);

	return quotient < -1 ? -1 : quotient;
}

/* All values of a channel, in registers of both sizes */
static void channel_case(u32 format, unsigned int bits, bool sign)
{
	struct vsh_texels t;

	ktap_check(vsh_texels_of(format, &t));
	for (u32 value = 0; value < 1u << bits; value++) {
		u64 memory[2] = { value };
		double want = normalized(value, bits, sign);
		u32 to[6];

		vsh_texel_load(&t, memory, VSH_REG_AUTO, to);
		ktap_check(to[0] == float_bits(want));
		vsh_texel_load(&t, memory, VSH_REG_F16, to);
		ktap_check(is_nearest_half(to[0], want));
		ktap_check(!to[VSH_TEXEL_ZERO] && to[VSH_TEXEL_ONE] == 0x3c00);
	}
}

static void channels(void)
{
	channel_case(R8_UNORM, 8, false);
	channel_case(R16_UNORM, 16, false);
	channel_case(99u << 12, 8, true);
	channel_case(100u << 12, 16, true);
	channel_case(75u << 12, 16, false);
	channel_case(RGB565, 5, false);
	channel_case(RGB10A2, 10, false);
	channel_case(RGB10A2_SNORM, 10, true);
	channel_case(RGBA4, 4, false);
	channel_case(Z24X8, 24, false);
}

/* The definition of sRGB, for values from 0 to 1 */
static double linear(double value)
{
	return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

/* Colours of sRGB are linear in registers, and alpha is not converted. */
static void srgb(void)
{
	static const struct {
		u32 format;
		unsigned int channels, alpha;
	} cases[] = {
		{ R8_UNORM, 1, 4 }, { RG8_UNORM, 2, 4 }, { RGB8_UNORM, 3, 4 },
		{ RGBA8_UNORM, 4, 3 }, { RGBA8_UNORM | BGRA, 4, 3 }, { RGBA8_UNORM | ARGB, 4, 0 },
		{ RGBA8_UNORM | RGB1, 4, 4 },
	};
	struct vsh_texels t;
	u32 to[6], half[6], at;

	for (u32 n = 0; n < ARRAY_SIZE(cases) * 256; n++) {
		u32 value = n % 256, i = n / 256;

		ktap_check(vsh_texels_of(cases[i].format | SRGB, &t));
		ktap_check(!vsh_texels_can_store(&t));
		for (u32 c = 0; c < 4; c++) {
			u64 memory[2] = { 0 };
			double want = value / 255.0;

			at = t.order[c];
			if (at >= cases[i].channels)
				continue;
			memory[0] = (u64)value << (8 * at);
			if (at != cases[i].alpha)
				want = linear(want);
			vsh_texel_load(&t, memory, VSH_REG_F32, to);
			vsh_texel_load(&t, memory, VSH_REG_F16, half);
			ktap_check(to[c] == float_bits(want));
			ktap_check(is_nearest_half(half[c], want));
			ktap_check(!to[(c + 1) % 3]);
		}
	}
	ktap_check(!vsh_texels_of(RGB565 | SRGB, &t) && !vsh_texels_of(R16_UNORM | SRGB, &t));
	ktap_check(!vsh_texels_of(RGBA8_SNORM | SRGB, &t) && !vsh_texels_of(SRGB << 1, &t));
}

/* What a float becomes in memory at a bit, for values around those that are rounded up */
static void store_case(u32 format, unsigned int component, unsigned int at, unsigned int bits,
		       bool sign)
{
	static const u32 special[] = { 0x7fc00000, 0xff800000, 0x7f800000, 1 };
	u32 largest = (1u << (bits - sign)) - 1;
	struct vsh_texels t;

	ktap_check(vsh_texels_of(format, &t) && vsh_texels_can_store(&t));
	for (u32 n = 0; n < 20000; n++) {
		u32 from[4] = { 0 };
		double wide = ((n * 2654435761u) % (2 * largest + 3)) / 2.0 / largest;
		float value = n & 1 ? -wide : wide;
		s64 want;
		u64 memory[2];

		memcpy(from + component, &value, 4);
		from[component] += (s32)(n % 7) - 3;
		if (n < ARRAY_SIZE(special))
			from[component] = special[n];
		memcpy(&value, from + component, 4);
		want = value > 1 ? largest : value < -1 ? -(s64)largest :
		       isnan(value) ? 0 : llrint((double)value * largest);
		if (!sign && want < 0)
			want = 0;
		vsh_texel_store(&t, from, VSH_REG_F32, memory);
		ktap_check(memory[0] >> at == (want & ((1u << bits) - 1)));
		ktap_check(!(memory[0] & ((1ULL << at) - 1)));
		ktap_check(!memory[1]);
	}
}

static void stored_channels(void)
{
	store_case(R8_UNORM, 0, 0, 8, false);
	store_case(R16_UNORM, 0, 0, 16, false);
	store_case(99u << 12, 0, 0, 8, true);
	store_case(100u << 12, 0, 0, 16, true);
	/* Alpha of one bit, or of two with a sign: 0.5 is zero, the even number. */
	store_case(RGB5A1, 3, 15, 1, false);
	store_case(RGB10A2, 3, 30, 2, false);
	store_case(RGB10A2_SNORM, 3, 30, 2, true);
}

/* Floats of 11 and 10 bits as those of 16 with fewer bits, and of 16 bits in both registers */
static void short_floats(void)
{
	struct vsh_texels t;
	u32 to[6];

	ktap_check(vsh_texels_of(RG11B10F | RGB1, &t) && !vsh_texels_can_store(&t));
	for (u32 value = 0; value < 0x7c0; value++) {
		u64 memory[2] = { (u64)value << 11 };

		vsh_texel_load(&t, memory, VSH_REG_F32, to);
		ktap_check(to[1] == float_bits(half_value(value << 4)));
		ktap_check(!to[0] && !to[2] && to[3] == 0x3f800000);
		memory[0] = (u64)(value >> 1) << 22;
		vsh_texel_load(&t, memory, VSH_REG_F16, to);
		ktap_check(to[2] == (value >> 1) << 5 && to[3] == 0x3c00);
	}
	ktap_check(vsh_texels_of(R16F, &t));
	for (u32 value = 0; value < 0x10000; value++) {
		u64 memory[2] = { value };

		vsh_texel_load(&t, memory, VSH_REG_AUTO16, to);
		ktap_check(to[0] == value);
		vsh_texel_load(&t, memory, VSH_REG_F32, to);
		if ((value & 0x7c00) != 0x7c00)
			ktap_check(to[0] == float_bits(half_value(value)));
		/* A NaN may lose what it carries. */
		vsh_texel_store(&t, to, VSH_REG_F32, memory);
		if ((value & 0x7fff) <= 0x7c00)
			ktap_check(memory[0] == value);
		to[0] = value;
		vsh_texel_store(&t, to, VSH_REG_F16, memory);
		ktap_check(memory[0] == value);
	}
}

/* Which bits are which component */
static void orders(void)
{
	static const struct {
		u32 format;
		u64 memory;
		u32 want[4];
	} cases[] = {
		{ RGB565 | RGB1, 0x1f << 11, { 0, 0, 0x3f800000, 0x3f800000 } },
		{ RGB565 | BGR1, 0x1f << 11, { 0x3f800000, 0, 0, 0x3f800000 } },
		{ RGB565 | RGB1, 0x3f << 5, { 0, 0x3f800000, 0, 0x3f800000 } },
		{ RGB5A1, 0x8000, { 0, 0, 0, 0x3f800000 } },
		{ RGB5A1 | BGRA, 0x001f, { 0, 0, 0x3f800000, 0 } },
		{ RGBA4 | ARGB, 0x000f, { 0, 0, 0, 0x3f800000 } },
		{ RGBA4 | ARGB, 0x00f0, { 0x3f800000, 0, 0, 0 } },
		{ RGBA4 | 12, 0xf000, { 0x3f800000, 0, 0, 0 } },
		{ RGBA4 | 10, 0x0f00, { 0x3f800000, 0, 0, 0 } },
		{ RGBA4 | 24, 0x0000, { 0, 0, 0, 0x3f800000 } },
		{ RGB10A2UI, 0xdeadbeef, { 0x2ef, 0x36f, 0x1ea, 3 } },
		{ RGB10A2UI | BGRA, 0xdeadbeef, { 0x1ea, 0x36f, 0x2ef, 3 } },
		{ RGBA16F, 0x3c00b80000000001, { 0x33800000, 0, 0xbf000000, 0x3f800000 } },
		{ Z24X8, 0xaaffffff, { 0x3f800000, 0, 0, 0x3f800000 } },
		{ S8 | GRBA, 0x5a, { 0x5a, 0, 0, 1 } },
		{ RGBA8_SNORM, 0x7f0081ff, { 0xbc010204, 0xbf800000, 0, 0x3f800000 } },
	};

	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 memory[2] = { cases[i].memory };
		struct vsh_texels t;
		u32 to[6];

		ktap_check(vsh_texels_of(cases[i].format, &t));
		vsh_texel_load(&t, memory, VSH_REG_AUTO, to);
		ktap_check(!memcmp(to, cases[i].want, sizeof(cases[i].want)));
		if (!vsh_texels_can_store(&t))
			continue;
		vsh_texel_store(&t, to, VSH_REG_AUTO, memory);
		ktap_check(memory[0] == cases[i].memory);
	}
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "channels", channels },
		{ "srgb", srgb },
		{ "stored_channels", stored_channels },
		{ "short_floats", short_floats },
		{ "orders", orders },
	};

	return ktap_run("shader_texel", cases, ARRAY_SIZE(cases));
}
