// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Descriptors of the targets of a fragment job that only clears: where a target
 * is, and which bytes a clear writes.
 *
 * The colour of a clear is in the format of the tile buffer. A format in memory
 * takes channels of the same width from it, in the order of a swizzle, or bytes
 * unchanged. Everything else would be a conversion whose rounding is not known
 * here, and is an error, as is each field whose meaning is not known. Depth is
 * a float, which becomes an integer without using the FPU.
 *
 * The functions read no memory and take no lock. They return 0, -ENODATA if
 * nothing is written, or -EINVAL.
 */

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include <vcsf/csf_desc.h>

#include "cores/target.h"
#include "mmu/mmu.h"

#define VCSF_CHANNELS		4
#define VCSF_LOG2_SAMPLES_MAX	4

static_assert(sizeof(struct csf_fbd) == 128);
static_assert(sizeof(struct csf_zs_extension) == 64);
static_assert(sizeof(struct csf_render_target) == 64);

static int vcsf_target_surfaces(struct vcsf_target *t,
				const struct csf_fbd *fbd, unsigned int msaa)
{
	unsigned int log2 = FIELD_GET(CSF_FBD_LOG2_SAMPLES, fbd->layout);

	t->surfaces = 1;
	if (msaa == CSF_MSAA_MULTIPLE || log2 > VCSF_LOG2_SAMPLES_MAX)
		return -EINVAL;
	if (msaa == CSF_MSAA_LAYERED)
		t->surfaces <<= log2;

	return 0;
}

/* A header of AFBC has no place for more than a pixel of 32 bits. */
static int vcsf_target_layout(struct vcsf_target *t)
{
	switch (t->block) {
	case CSF_BLOCK_LINEAR:
	case CSF_BLOCK_INTERLEAVED:
		return 0;
	case CSF_BLOCK_AFBC:
	case CSF_BLOCK_AFBC_TILED:
		return t->surfaces == 1 && t->pixel_size == sizeof(u32) ?
			0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static void vcsf_target_value(struct vcsf_target *t, const u8 *value)
{
	unsigned int i;

	for (i = 0; i < VCSF_TILE_SIZE; i++)
		memcpy(t->row + i * t->part_size, value, t->part_size);
	t->page_va[0] = VCSF_NO_PAGE;
	t->page_va[1] = VCSF_NO_PAGE;
}

/* --- Colour ----------------------------------------------------------------------- */

/**
 * struct vcsf_format - a format whose pixel is a word of channels
 * @internal: format in the tile buffer that it is written from
 * @size: bytes of a pixel
 * @bits: width of each channel, from the low end on
 */
struct vcsf_format {
	u8 internal;
	u8 size;
	u8 bits[VCSF_CHANNELS];
};

static const struct vcsf_format vcsf_formats[] = {
	[CSF_FORMAT_R8] = { CSF_INTERNAL_RGBA8, 1, { 8 } },
	[CSF_FORMAT_RG8] = { CSF_INTERNAL_RGBA8, 2, { 8, 8 } },
	[CSF_FORMAT_RGB8] = { CSF_INTERNAL_RGBA8, 3, { 8, 8, 8 } },
	[CSF_FORMAT_RGBA8] = { CSF_INTERNAL_RGBA8, 4, { 8, 8, 8, 8 } },
	[CSF_FORMAT_RGBA4] = { CSF_INTERNAL_RGBA4, 2, { 4, 4, 4, 4 } },
	[CSF_FORMAT_RGB565] = { CSF_INTERNAL_RGB565, 2, { 5, 6, 5 } },
	[CSF_FORMAT_RGB8_OF_RGB8A2] = { CSF_INTERNAL_RGB8A2, 3, { 8, 8, 8 } },
	[CSF_FORMAT_RGB10A2] = { CSF_INTERNAL_RGB10A2, 4, { 10, 10, 10, 2 } },
	[CSF_FORMAT_RGB5A1] = { CSF_INTERNAL_RGB5A1, 2, { 5, 5, 5, 1 } },
};

/**
 * struct vcsf_tile_format - a format in the tile buffer
 * @bits: width of each channel, from the low end on
 * @fraction: width of the fraction at the low end of each channel
 */
struct vcsf_tile_format {
	u8 bits[VCSF_CHANNELS];
	u8 fraction[VCSF_CHANNELS];
};

static const struct vcsf_tile_format vcsf_tile_formats[] = {
	[CSF_INTERNAL_RGBA8] = { { 8, 8, 8, 8 } },
	[CSF_INTERNAL_RGB10A2] = { { 10, 10, 10, 2 } },
	[CSF_INTERNAL_RGB8A2] = { { 8, 8, 8, 2 }, { 2, 2, 2, 0 } },
	[CSF_INTERNAL_RGBA4] = { { 4, 4, 4, 4 }, { 4, 4, 4, 4 } },
	[CSF_INTERNAL_RGB565] = { { 5, 6, 5, 0 }, { 5, 4, 5, 2 } },
	[CSF_INTERNAL_RGB5A1] = { { 5, 5, 5, 1 }, { 5, 5, 5, 1 } },
};

/* The integer part of a channel of the clear colour */
static u32 vcsf_tile_channel(const struct vcsf_tile_format *f, u32 clear,
			     unsigned int channel)
{
	unsigned int i, shift = f->fraction[channel];

	for (i = 0; i < channel; i++)
		shift += f->bits[i] + f->fraction[i];

	return clear >> shift & (BIT(f->bits[channel]) - 1);
}

/* Formats of floats; the tile buffer has the channels of memory, as floats as wide. */
static const struct vcsf_format vcsf_float_formats[] = {
	[CSF_FLOAT_FORMAT_R16F] = { CSF_INTERNAL_R16F, 2, { 16 } },
	[CSF_FLOAT_FORMAT_RG16F] = { CSF_INTERNAL_RG16F, 4, { 16, 16 } },
	[CSF_FLOAT_FORMAT_RGBA16F] = { CSF_INTERNAL_RGBA16F, 8, { 16, 16, 16, 16 } },
	[CSF_FLOAT_FORMAT_RG11B10F] = { CSF_INTERNAL_RG11B10F, 4, { 11, 11, 10 } },
};

static bool vcsf_internal_is_float(unsigned int internal)
{
	return internal >= CSF_INTERNAL_R16F && internal <= CSF_INTERNAL_RG11B10F;
}

/* Return: the format in memory, NULL if it would be a conversion or is not known. */
static const struct vcsf_format *vcsf_target_format(unsigned int internal,
						    unsigned int number)
{
	const struct vcsf_format *format = vcsf_formats;
	unsigned int count = ARRAY_SIZE(vcsf_formats);

	if (vcsf_internal_is_float(internal)) {
		format = vcsf_float_formats;
		count = ARRAY_SIZE(vcsf_float_formats);
	}
	if (number >= count || !format[number].size ||
	    format[number].internal != internal)
		return NULL;

	return &format[number];
}

/* A channel that the tile buffer does not have, or of another width, has none. */
static bool vcsf_tile_value(const struct vcsf_format *format, const u32 *clear,
			    unsigned int channel, unsigned int bits, u32 *value)
{
	u64 pixel = clear[0] | (u64)clear[1] << 32;
	unsigned int i, shift = 0;

	if (!vcsf_internal_is_float(format->internal)) {
		const struct vcsf_tile_format *f =
			&vcsf_tile_formats[format->internal];

		*value = vcsf_tile_channel(f, clear[0], channel);
		return f->bits[channel] == bits;
	}
	for (i = 0; i < channel; i++)
		shift += format->bits[i];
	*value = pixel >> shift & (BIT(bits) - 1);

	return format->bits[channel] == bits;
}

/* The constant 1: all bits, or a float whose exponent of 5 bits is 15 */
static u32 vcsf_target_one(const struct vcsf_format *format, unsigned int bits)
{
	if (!vcsf_internal_is_float(format->internal))
		return BIT(bits) - 1;

	return bits == 16 ? 15 << 10 : 15 << (bits - 5);
}

/* Take the channels of a pixel in memory from those of the tile buffer. */
static int vcsf_target_channels(const struct vcsf_format *format,
				const struct csf_render_target *rt, u64 *pixel)
{
	u32 swizzle = FIELD_GET(CSF_RT_SWIZZLE, rt->writeback);
	unsigned int i, shift = 0;

	*pixel = 0;
	for (i = 0; i < VCSF_CHANNELS && format->bits[i]; i++) {
		unsigned int from = swizzle >> 3 * i & 7;
		u32 value = 0;

		if (from == CSF_SWIZZLE_1)
			value = vcsf_target_one(format, format->bits[i]);
		else if (from > CSF_SWIZZLE_1 ||
			 (from != CSF_SWIZZLE_0 &&
			  !vcsf_tile_value(format, rt->clear, from,
					   format->bits[i], &value)))
			return -EINVAL;
		*pixel |= (u64)value << shift;
		shift += format->bits[i];
	}

	return 0;
}

/* Bytes of a pixel, zero if the tile buffer's raw format has fewer */
static unsigned int vcsf_raw_size(unsigned int internal, unsigned int format)
{
	static const u8 sizes[] = {
		[CSF_FORMAT_RAW8] = 1,
		[CSF_FORMAT_RAW16] = 2,
		[CSF_FORMAT_RAW24] = 3,
		[CSF_FORMAT_RAW32] = 4,
		[CSF_FORMAT_RAW48] = 6,
		[CSF_FORMAT_RAW64] = 8,
		[CSF_FORMAT_RAW96] = 12,
		[CSF_FORMAT_RAW128] = 16,
	};

	if (format >= ARRAY_SIZE(sizes) || internal > CSF_INTERNAL_RAW128 ||
	    sizes[format] > BIT(internal - CSF_INTERNAL_RAW8))
		return 0;

	return sizes[format];
}

static int vcsf_target_pixel(struct vcsf_target *t,
			     const struct csf_render_target *rt,
			     u8 pixel[VCSF_PIXEL_MAX])
{
	unsigned int internal = FIELD_GET(CSF_RT_INTERNAL_FORMAT, rt->internal);
	unsigned int format = FIELD_GET(CSF_RT_FORMAT, rt->writeback);
	const struct vcsf_format *known;
	u64 words;
	int ret;

	if (internal >= CSF_INTERNAL_RAW8) {
		t->pixel_size = vcsf_raw_size(internal, format);
		memcpy(pixel, rt->clear, t->pixel_size);
		return t->pixel_size ? 0 : -EINVAL;
	}
	known = vcsf_target_format(internal, format);
	if (!known)
		return -EINVAL;
	t->pixel_size = known->size;
	ret = vcsf_target_channels(known, rt, &words);
	put_unaligned_le64(words, pixel);

	return ret;
}

/* Of AFBC, the colour in a header is known for one mode and size of superblock. */
static bool vcsf_target_afbc_known(const struct csf_render_target *rt)
{
	return !(rt->afbc & CSF_AFBC_WIDE) &&
	       FIELD_GET(CSF_AFBC_MODE, rt->afbc) == CSF_AFBC_RGBA8 &&
	       FIELD_GET(CSF_RT_INTERNAL_FORMAT, rt->internal) == CSF_INTERNAL_RGBA8 &&
	       FIELD_GET(CSF_RT_FORMAT, rt->writeback) == CSF_FORMAT_RGBA8;
}

/**
 * vcsf_target_colour - prepare to clear a colour target
 * @t: the target
 * @fbd: frame buffer descriptor of the job
 * @rt: descriptor of the target
 *
 * Context: any.
 * Return: 0, -ENODATA if nothing is written, -EINVAL if it is unsupported.
 */
int vcsf_target_colour(struct vcsf_target *t, const struct csf_fbd *fbd,
		       const struct csf_render_target *rt)
{
	u8 pixel[VCSF_PIXEL_MAX];
	int ret;

	if (rt->internal & CSF_RT_MODE)
		return -EINVAL;
	if (!(rt->writeback & CSF_RT_WRITE) ||
	    !(rt->writeback & CSF_RT_CLEAN_PIXEL_WRITE))
		return -ENODATA;
	if (rt->internal & (CSF_RT_YUV | CSF_RT_DITHERED_CLEAR))
		return -EINVAL;

	t->base = rt->base;
	t->row_stride = rt->row_stride;
	t->surface_stride = rt->surface_stride;
	t->block = FIELD_GET(CSF_RT_BLOCK, rt->writeback);
	if (t->block >= CSF_BLOCK_AFBC && !vcsf_target_afbc_known(rt))
		return -EINVAL;
	ret = vcsf_target_surfaces(t, fbd, FIELD_GET(CSF_RT_MSAA, rt->writeback));
	if (!ret)
		ret = vcsf_target_pixel(t, rt, pixel);
	if (!ret)
		ret = vcsf_target_layout(t);
	if (ret)
		return ret;
	t->part_at = 0;
	t->part_size = t->pixel_size;
	vcsf_target_value(t, pixel);

	return 0;
}

/* --- Depth and stencil -------------------------------------------------------------- */

#define VCSF_FLOAT_SIGN		0x80000000U
#define VCSF_FLOAT_EXPONENT	0x7f800000U
#define VCSF_FLOAT_MANTISSA	0x007fffffU
#define VCSF_FLOAT_ONE		0x3f800000U
#define VCSF_FLOAT_BIAS		(127 + 23)

/* Convert a float to an integer with 1.0 as its maximum, rounded to the nearest. */
static u32 vcsf_unorm(u32 value, unsigned int bits)
{
	u32 exponent = FIELD_GET(VCSF_FLOAT_EXPONENT, value), max = BIT(bits) - 1;
	u64 product = value & VCSF_FLOAT_MANTISSA, half, result;
	unsigned int shift;

	if (value > VCSF_FLOAT_EXPONENT)	/* negative, or not a number */
		return 0;
	if (value >= VCSF_FLOAT_ONE)
		return max;
	if (exponent)
		product |= VCSF_FLOAT_MANTISSA + 1;
	product *= max;
	shift = VCSF_FLOAT_BIAS - max(exponent, 1U);
	/* The product has 48 bits. */
	if (shift > 48)
		return 0;
	half = BIT_ULL(shift - 1);
	result = product >> shift;
	product &= 2 * half - 1;

	return result + (product > half || (product == half && result & 1));
}

/**
 * struct vcsf_depth - a depth format
 * @internal: format in the tile buffer
 * @size: bytes of a pixel
 * @part_size: bytes that are written; the rest is not used
 */
struct vcsf_depth {
	u8 internal;
	u8 size;
	u8 part_size;
};

static const struct vcsf_depth vcsf_depths[] = {
	[CSF_ZS_D16] = { CSF_INTERNAL_D16, 2, 2 },
	[CSF_ZS_D24X8] = { CSF_INTERNAL_D24, 4, 3 },
	[CSF_ZS_D24S8] = { CSF_INTERNAL_D24, 4, 4 },
	[CSF_ZS_D32] = { CSF_INTERNAL_D32, 4, 4 },
};

static u32 vcsf_depth_value(const struct csf_fbd *fbd, unsigned int format)
{
	switch (format) {
	case CSF_ZS_D16:
		return vcsf_unorm(fbd->z_clear, 16);
	case CSF_ZS_D24X8:
		return vcsf_unorm(fbd->z_clear, 24);
	case CSF_ZS_D24S8:
		return vcsf_unorm(fbd->z_clear, 24) |
		       FIELD_GET(CSF_FBD_S_CLEAR, fbd->zs) << 24;
	default:
		return fbd->z_clear;
	}
}

/**
 * vcsf_target_depth - prepare to clear depth, and stencil in the same words
 * @t: the target
 * @fbd: frame buffer descriptor of the job
 * @zs: its extension
 *
 * Context: any.
 * Return: 0, -ENODATA if nothing is written, -EINVAL if it is unsupported.
 */
int vcsf_target_depth(struct vcsf_target *t, const struct csf_fbd *fbd,
		      const struct csf_zs_extension *zs)
{
	unsigned int format = FIELD_GET(CSF_ZS_Z_FORMAT, zs->flags);
	u8 pixel[sizeof(u32)];
	int ret;

	if (!(fbd->zs & CSF_FBD_Z_WRITE) ||
	    !(zs->flags & CSF_ZS_CLEAN_PIXEL_WRITE))
		return -ENODATA;
	if (format >= ARRAY_SIZE(vcsf_depths) || !vcsf_depths[format].size ||
	    FIELD_GET(CSF_FBD_Z_INTERNAL_FORMAT, fbd->zs) !=
	    vcsf_depths[format].internal)
		return -EINVAL;

	t->base = zs->z_base;
	t->row_stride = zs->z_row_stride;
	t->surface_stride = zs->z_surface_stride;
	t->block = FIELD_GET(CSF_ZS_Z_BLOCK, zs->flags);
	t->pixel_size = vcsf_depths[format].size;
	t->part_at = 0;
	t->part_size = vcsf_depths[format].part_size;
	ret = vcsf_target_surfaces(t, fbd, FIELD_GET(CSF_ZS_Z_MSAA, zs->flags));
	if (!ret)
		ret = vcsf_target_layout(t);
	if (ret)
		return ret;
	/* A superblock of 24 or 32 bits of depth has the components of RGBA8. */
	if (t->block >= CSF_BLOCK_AFBC)
		t->part_size = t->pixel_size;
	put_unaligned_le32(vcsf_depth_value(fbd, format), pixel);
	vcsf_target_value(t, pixel);

	return 0;
}

static bool vcsf_stencil_is_with_depth(const struct csf_fbd *fbd,
				       const struct csf_zs_extension *zs)
{
	return fbd->zs & CSF_FBD_Z_WRITE &&
	       FIELD_GET(CSF_ZS_Z_FORMAT, zs->flags) == CSF_ZS_D24S8;
}

/**
 * vcsf_target_stencil - prepare to clear stencil that is not with depth
 * @t: the target
 * @fbd: frame buffer descriptor of the job
 * @zs: its extension
 *
 * Context: any.
 * Return: 0, -ENODATA if nothing is written, -EINVAL if it is unsupported.
 */
int vcsf_target_stencil(struct vcsf_target *t, const struct csf_fbd *fbd,
			const struct csf_zs_extension *zs)
{
	u8 value = FIELD_GET(CSF_FBD_S_CLEAR, fbd->zs);
	int ret;

	if (!(fbd->zs & CSF_FBD_S_WRITE) ||
	    !(zs->flags & CSF_ZS_CLEAN_PIXEL_WRITE))
		return -ENODATA;
	t->base = zs->s_base;
	t->row_stride = zs->s_row_stride;
	t->surface_stride = zs->s_surface_stride;
	t->block = FIELD_GET(CSF_ZS_S_BLOCK, zs->flags);
	t->part_at = 0;
	t->part_size = sizeof(value);
	switch (FIELD_GET(CSF_ZS_S_FORMAT, zs->flags)) {
	case CSF_ZS_S8:
		t->pixel_size = sizeof(value);
		break;
	case CSF_ZS_X24S8:
		t->pixel_size = sizeof(u32);
		t->part_at = 3;
		break;
	case CSF_ZS_S_NONE:
		return vcsf_stencil_is_with_depth(fbd, zs) ? -ENODATA : -EINVAL;
	default:
		return -EINVAL;
	}
	if (t->block >= CSF_BLOCK_AFBC)
		return -EINVAL;
	ret = vcsf_target_surfaces(t, fbd, FIELD_GET(CSF_ZS_S_MSAA, zs->flags));
	if (!ret)
		ret = vcsf_target_layout(t);
	if (!ret)
		vcsf_target_value(t, &value);

	return ret;
}
