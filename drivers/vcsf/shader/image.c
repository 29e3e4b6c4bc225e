// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Messages for images without filtering: TEX_FETCH and LD_TEX read a texel, LEA_TEX finds its
 * address and ST_CVT writes to that.
 *
 * A texture descriptor has a list of planes, one for each level of each layer: linear rows, or
 * tiles of 16 x 16 texels in u-order. Formats with integers of 8, 16 and 32 bits are done, and
 * floats that are not converted; others are a fault. Texels outside of the image read as zero,
 * and writes to them have no effect.
 *
 * Lanes have their access one after the other, as in memory.c. Descriptors are read once for
 * consecutive lanes with the same handle and plane.
 */

#include "shader/exec.h"

#define VSH_DESC_TEXTURE	2
#define VSH_DESC_PLANE		10
#define VSH_PLANE_GENERIC	1
#define VSH_TILED		1
#define VSH_LINEAR		2
#define VSH_PLANE_SIZE		32

/* Texture dimensions */
#define VSH_DIM_1D		1
#define VSH_DIM_2D		2
#define VSH_DIM_3D		3

/* What LEA_TEX gives as conversion for a texel outside of the image (chosen) */
#define VSH_CVT_NOTHING		0x80000000u
#define VSH_CVT_FORMAT		0x003fffffu

/* Families of pixel formats: bits 7:5 of their number */
#define VSH_FAMILY_UINT		4
#define VSH_FAMILY_FLOAT32	5
#define VSH_FAMILY_SINT		6

/**
 * struct vsh_texels - how a texel is stored
 * @channels: number of channels in memory
 * @bytes: of a channel
 * @sign: channels are sign-extended
 * @one: value of an alpha channel that memory does not have
 * @order: channel of memory for each of R, G, B, A
 */
struct vsh_texels {
	u8 channels;
	u8 bytes;
	bool sign;
	u32 one;
	u8 order[4];
};

/**
 * struct vsh_image - a texture and one of its planes
 * @handle: handle of the texture
 * @texels: the format
 * @format: the format's number and order, 22 bits
 * @dim: VSH_DIM_*
 * @width: of the first level
 * @height: of the first level
 * @depth: of the first level
 * @layers: number of layers
 * @levels: number of levels
 * @samples: samples of a texel
 * @swizzle: source of each component, 3 bits each
 * @planes: address of the list of planes
 * @number: plane that the rest describes
 * @tiled: in tiles, not in rows
 * @base: address of the plane
 * @row: bytes between rows, or rows of tiles
 * @slice: bytes between slices or samples
 */
struct vsh_image {
	u32 handle;
	struct vsh_texels texels;
	u32 format;
	u8 dim;
	u32 width, height, depth;
	u32 layers;
	u32 levels;
	u32 samples;
	u32 swizzle;
	u64 planes;
	u32 number;
	bool tiled;
	u64 base;
	u32 row;
	s32 slice;
};

/* A texel; @z is a slice of a 3D image */
struct vsh_place {
	u32 x, y, z, layer, level, sample;
};

#define VSH_NO_PLANE		0xffffffffu

/* Whether a pixel format can be read and written */
static bool vsh_texels_of(u32 format, struct vsh_texels *t)
{
	u32 order = format & 0xfff, id = format >> 12 & 0xff, code = id & 7;
	u32 family = id >> 5, i;

	memset(t, 0, sizeof(*t));
	t->channels = (id >> 3 & 3) + 1;
	t->one = 1;
	if (code == 7 && family == VSH_FAMILY_FLOAT32) {
		t->bytes = 4;
		t->one = 0x3f800000;
	} else if (code >= 3 && code <= 5 &&
		   (family == VSH_FAMILY_UINT || family == VSH_FAMILY_SINT)) {
		t->bytes = 1u << (code - 3);
		t->sign = family == VSH_FAMILY_SINT;
	} else {
		return false;
	}
	/* RGBA and RGB1, and the same with R and B exchanged */
	if (order & ~0x14u || format >> 20)
		return false;
	for (i = 0; i < 4; i++)
		t->order[i] = order & 4 && i != 1 && i != 3 ? 2 - i : i;
	/* The fourth channel in memory, if any, has no meaning. */
	if (order & 0x10)
		t->order[3] = 4;

	return t->channels > 2 || !(order & 4);
}

static int vsh_bad_image(struct vsh_group *g, unsigned int lane, u64 address)
{
	return vsh_fail(g, VSH_FAULT_DESCRIPTOR, lane, address);
}

/* Read the texture descriptor that a handle names, unless it is there */
static int vsh_image_open(struct vsh_group *g, struct vsh_image *image, u32 handle,
			  unsigned int lane)
{
	u64 address = 0, words[4];
	int ret;

	if (image->handle == handle && image->levels)
		return 0;
	memset(image, 0, sizeof(*image));
	ret = vsh_descriptor(g, handle, lane, &address);
	if (ret)
		return ret;
	ret = vsh_read(g, address, words, 16);
	if (!ret)
		ret = vsh_read(g, address + 16, words + 2, 16);
	if (ret)
		return vsh_access(g, ret, lane, address);
	if ((words[0] & 0xf) != VSH_DESC_TEXTURE)
		return vsh_bad_image(g, lane, address);
	image->format = words[0] >> 10 & VSH_CVT_FORMAT;
	image->dim = words[0] >> 4 & 3;
	image->width = (words[0] >> 32 & 0xffff) + 1;
	image->height = (words[0] >> 48) + 1;
	image->swizzle = words[1] & 0xfff;
	image->samples = 1u << (words[1] >> 45 & 7);
	image->planes = words[2];
	image->layers = (words[3] & 0xffff) + 1;
	image->depth = (words[3] >> 32 & 0xffff) + 1;
	image->number = VSH_NO_PLANE;
	if (!vsh_texels_of(image->format, &image->texels))
		return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, address);
	/* A cube is an array of its faces to these instructions. */
	if (!image->dim) {
		image->dim = VSH_DIM_2D;
		image->layers *= 6;
	}
	image->handle = handle;
	image->levels = (words[1] >> 16 & 0x1f) + 1;

	return 0;
}

/* Read a plane descriptor, unless it is there */
static int vsh_image_plane(struct vsh_group *g, struct vsh_image *image, u32 number,
			   unsigned int lane)
{
	u64 address = image->planes + (u64)number * VSH_PLANE_SIZE, words[4];
	u32 order;
	int ret;

	if (image->number == number)
		return 0;
	ret = vsh_read(g, address, words, 16);
	if (!ret)
		ret = vsh_read(g, address + 16, words + 2, 16);
	if (ret)
		return vsh_access(g, ret, lane, address);
	if ((words[0] & 0xf) != VSH_DESC_PLANE)
		return vsh_bad_image(g, lane, address);
	order = words[0] >> 8 & 0xf;
	if ((words[0] >> 4 & 0xf) != VSH_PLANE_GENERIC ||
	    (order != VSH_TILED && order != VSH_LINEAR))
		return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, address);
	image->tiled = order == VSH_TILED;
	image->base = words[1];
	image->row = words[2];
	image->slice = words[3];
	image->number = number;

	return 0;
}

/* Index of a texel in a tile: bit 2i is x_i ^ y_i, bit 2i + 1 is y_i. */
static u32 vsh_tile_index(u32 x, u32 y)
{
	u32 index = 0, i;

	for (i = 0; i < 4; i++)
		index |= ((x ^ y) >> i & 1) << (2 * i) |
			 (y >> i & 1) << (2 * i + 1);

	return index;
}

static u32 vsh_minify(u32 size, u32 level)
{
	size >>= level;

	return size ? size : 1;
}

/* Find the address of a texel; 0 if the image does not have it */
static int vsh_texel_address(struct vsh_group *g, struct vsh_image *image,
			     const struct vsh_place *at, unsigned int lane, u64 *address)
{
	u32 size = image->texels.channels * image->texels.bytes;
	bool deep = image->dim == VSH_DIM_3D;
	int ret;

	*address = 0;
	if (at->level >= image->levels || at->layer >= image->layers ||
	    at->sample >= image->samples ||
	    at->x >= vsh_minify(image->width, at->level) ||
	    at->y >= vsh_minify(image->height, at->level) ||
	    at->z >= (deep ? vsh_minify(image->depth, at->level) : 1))
		return 0;
	ret = vsh_image_plane(g, image, at->layer * image->levels + at->level, lane);
	if (ret)
		return ret;
	*address = image->base + (s64)image->slice * (deep ? at->z : at->sample);
	if (image->tiled)
		*address += (u64)(at->y >> 4) * image->row +
			    ((u64)(at->x >> 4) * 256 +
			     vsh_tile_index(at->x & 15, at->y & 15)) * size;
	else
		*address += (u64)at->y * image->row + (u64)at->x * size;

	return 0;
}

/* Read a texel as four components, before the texture's swizzle */
static int vsh_texel_load(struct vsh_group *g, const struct vsh_texels *t, u64 address,
			  unsigned int lane, u32 *to)
{
	u8 bytes[16] = { 0 };
	unsigned int c, i;
	int ret;

	ret = vsh_read(g, address, bytes, t->channels * t->bytes);
	if (ret)
		return vsh_access(g, ret, lane, address);
	for (c = 0; c < 4; c++) {
		unsigned int from = t->order[c];
		u32 value = 0;

		to[c] = c == 3 ? t->one : 0;
		if (from >= t->channels)
			continue;
		for (i = 0; i < t->bytes; i++)
			value |= (u32)bytes[from * t->bytes + i] << (8 * i);
		to[c] = t->sign ? (u32)vsh_sext(value, 8 * t->bytes) : value;
	}

	return 0;
}

/* Read a texel; components as the texture's swizzle says, zero outside of the image */
static int vsh_image_read(struct vsh_group *g, struct vsh_image *image,
			  const struct vsh_place *at, unsigned int lane, u32 *to)
{
	u32 raw[6] = { 0 };
	u64 address;
	unsigned int c;
	int ret;

	memset(to, 0, 4 * sizeof(*to));
	ret = vsh_texel_address(g, image, at, lane, &address);
	if (ret || !address)
		return ret;
	ret = vsh_texel_load(g, &image->texels, address, lane, raw);
	if (ret)
		return ret;
	/* Sources 4 and 5 are zero and one. */
	raw[5] = image->texels.one;
	for (c = 0; c < 4; c++) {
		u32 from = image->swizzle >> (3 * c) & 7;

		if (from > 5)
			return vsh_bad_image(g, lane, address);
		to[c] = raw[from];
	}

	return 0;
}

/* A handle that an instruction has in few bits: tables from 12 on are 60 to 63. */
static u32 vsh_narrow_handle(u32 table, u32 index)
{
	return (table < 12 ? table : table + 48) << VSH_HANDLE_TABLE | index;
}

/* --- Instructions -------------------------------------------------------- */

static int vsh_tex_fetch(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
			 struct vsh_image *image, unsigned int lane, u32 lo, u32 hi)
{
	u32 mask = vsh_mod(insn->word, VSH_MOD_WRITE_MASK), texel[4], extra = 0;
	unsigned int dims = vsh_mod(insn->word, VSH_MOD_DIMENSION) + 1, i, n = 0;
	struct vsh_place at = { 0 };
	u32 s[5] = { 0 };
	int ret;

	ret = vsh_image_open(g, image, vsh_mod(insn->word, VSH_MOD_WIDE_INDICES) ? hi :
			     vsh_narrow_handle(lo >> 27, lo >> 16 & 0x7ff), lane);
	if (ret)
		return ret;
	for (i = 0; i < insn->sr_count; i++)
		s[i] = w->r[insn->sr + i][lane];
	at.x = s[n++];
	if (dims >= VSH_DIM_2D)
		at.y = s[n++];
	if (dims == VSH_DIM_3D)
		at.z = s[n++];
	if (vsh_mod(insn->word, VSH_MOD_ARRAY_ENABLE))
		at.layer = s[n++];
	if (vsh_mod(insn->word, VSH_MOD_TEXEL_OFFSET))
		extra = s[n];
	/* Signed offsets of a byte each, or a sample in place of the third; and the level */
	at.x += (u32)(s32)(s8)extra;
	at.y += (u32)(s32)(s8)(extra >> 8);
	if (dims == VSH_DIM_3D)
		at.z += (u32)(s32)(s8)(extra >> 16);
	else
		at.sample = extra >> 16 & 0xff;
	at.level = extra >> 24;
	ret = vsh_image_read(g, image, &at, lane, texel);
	if (ret)
		return ret;
	for (i = 0, n = 0; i < 4; i++)
		if (mask & 1u << i)
			w->r[insn->sr2 + n++][lane] = texel[i];

	return 0;
}

/* The place that two packed sources name */
static struct vsh_place vsh_packed_place(const struct vsh_image *image, u32 xy, u32 zw)
{
	struct vsh_place at = { .x = xy };

	if (image->dim != VSH_DIM_1D) {
		at.x = xy & 0xffff;
		at.y = xy >> 16;
	}
	if (image->dim == VSH_DIM_3D)
		at.z = zw & 0xffff;
	else
		at.sample = zw & 0xffff;
	at.layer = zw >> 16;

	return at;
}

static int vsh_lea_tex(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
		       struct vsh_image *image, unsigned int lane, u32 xy, u32 zw)
{
	struct vsh_place at = vsh_packed_place(image, xy, zw);
	u64 address;
	int ret = vsh_texel_address(g, image, &at, lane, &address);

	if (ret)
		return ret;
	w->r[insn->sr][lane] = address;
	w->r[insn->sr + 1][lane] = address >> 32;
	w->r[insn->sr + 2][lane] = address ? image->format : VSH_CVT_NOTHING;

	return 0;
}

static int vsh_ld_tex(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
		      struct vsh_image *image, unsigned int lane, u32 xy, u32 zw)
{
	struct vsh_place at = vsh_packed_place(image, xy, zw);
	u32 texel[4];
	unsigned int i;
	int ret = vsh_image_read(g, image, &at, lane, texel);

	if (ret)
		return ret;
	for (i = 0; i < insn->sr_count; i++)
		w->r[insn->sr + i][lane] = texel[i];

	return 0;
}

static int vsh_st_cvt(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
		      unsigned int lane, u64 address, u32 conversion)
{
	struct vsh_texels t;
	u8 bytes[16] = { 0 };
	unsigned int c, i;
	int ret;

	if (conversion == VSH_CVT_NOTHING)
		return 0;
	if (conversion & ~VSH_CVT_FORMAT || !vsh_texels_of(conversion, &t))
		return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, address);
	for (c = 0; c < 4; c++) {
		unsigned int to = t.order[c];
		u32 value = c < insn->sr_count ? w->r[insn->sr + c][lane] : 0;

		for (i = 0; to < t.channels && i < t.bytes; i++)
			bytes[to * t.bytes + i] = value >> (8 * i);
	}
	g->cost++;
	ret = g->ops->store(g->data, address, bytes, t.channels * t.bytes);

	return vsh_access(g, ret, lane, address);
}

static int vsh_image_lane(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
			  struct vsh_image *image, unsigned int lane, const u32 *s)
{
	int ret;

	if (insn->op == VSH_OP_TEX_FETCH)
		return vsh_tex_fetch(g, w, insn, image, lane, s[0], s[1]);
	if (insn->op == VSH_OP_ST_CVT)
		return vsh_st_cvt(g, w, insn, lane,
				  (s[0] | (u64)s[1] << 32) + (s64)insn->imm, s[2]);
	ret = vsh_image_open(g, image, s[2], lane);
	if (ret)
		return ret;
	if (insn->op == VSH_OP_LEA_TEX)
		return vsh_lea_tex(g, w, insn, image, lane, s[0], s[1]);

	return vsh_ld_tex(g, w, insn, image, lane, s[0], s[1]);
}

/**
 * vsh_image_message - execute a message for images for all active lanes
 * @g: the workgroup
 * @w: the warp
 * @insn: the message
 *
 * Return: 0, -EAGAIN with &vsh_warp.done up to date, or -EFAULT with the fault recorded.
 */
int vsh_image_message(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn)
{
	unsigned int lanes = w->active & ~w->done;
	u32 s[3][VSH_LANES], lane_s[3];
	struct vsh_image image = { 0 };
	int ret;

	if (insn->src[0].shape == VSH_SHAPE_PAIR)
		ret = vsh_fetch_wide(g, w, &insn->src[0], s[0], s[1]);
	else
		ret = vsh_fetch_word(g, w, &insn->src[0], s[0]);
	if (!ret && insn->src[0].shape != VSH_SHAPE_PAIR)
		ret = vsh_fetch_word(g, w, &insn->src[1], s[1]);
	if (!ret && insn->src[2].from)
		ret = vsh_fetch_word(g, w, &insn->src[2], s[2]);
	if (ret)
		return ret;
	for (; lanes; lanes &= lanes - 1) {
		unsigned int l = __builtin_ctz(lanes);

		lane_s[0] = s[0][l];
		lane_s[1] = s[1][l];
		/* An immediate handle is the only third source that is not there. */
		lane_s[2] = insn->src[2].from ? s[2][l] : insn->handle;
		ret = vsh_image_lane(g, w, insn, &image, l, lane_s);
		if (ret) {
			w->done = w->active & ~lanes;
			return ret;
		}
	}
	w->done = w->active;

	return 0;
}

/* How many components a mask has */
static u32 vsh_components(u32 mask)
{
	return (mask & 1) + (mask >> 1 & 1) + (mask >> 2 & 1) + (mask >> 3);
}

/**
 * vsh_image_decode - check a message for images
 * @insn: the instruction, decoded as far as all messages are
 *
 * Return: false if a field asks for what is not done.
 */
bool vsh_image_decode(struct vsh_insn *insn)
{
	u64 word = insn->word;
	u32 dims = 0;

	switch (insn->op) {
	case VSH_OP_TEX_FETCH:
		/* 1, 2, 3, and cubes, which this instruction does not have */
		dims = vsh_mod(word, VSH_MOD_DIMENSION) + 1;
		/* Mesa gives no register type; results are of the format's. */
		return vsh_mod(word, VSH_MOD_REG_WIDTH) && dims < 4 &&
		       !vsh_mod(word, VSH_MOD_REG_TYPE) &&
		       vsh_mod(word, VSH_MOD_SR_WRITES) + 1 ==
		       vsh_components(vsh_mod(word, VSH_MOD_WRITE_MASK)) &&
		       insn->sr_count == dims + vsh_mod(word, VSH_MOD_ARRAY_ENABLE) +
					 vsh_mod(word, VSH_MOD_TEXEL_OFFSET);
	case VSH_OP_LEA_TEX:
		insn->handle = vsh_narrow_handle(vsh_imm_value(word, VSH_IMM_TABLE16),
						 vsh_imm_value(word, VSH_IMM_INDEX20));
		return insn->sr_count == 3;
	case VSH_OP_LD_TEX:
		insn->handle = vsh_narrow_handle(vsh_imm_value(word, VSH_IMM_TABLE16),
						 vsh_imm_value(word, VSH_IMM_INDEX20));
		break;
	case VSH_OP_ST_CVT:
		insn->imm = vsh_imm_value(word, VSH_IMM_OFFSET8);
		break;
	}

	/* Half-precision registers, with odd numbers, are not done. */
	return insn->sr_count == vsh_mod(word, VSH_MOD_VECTOR_SIZE) + 1 &&
	       !(vsh_mod(word, VSH_MOD_REG_FORMAT) & 1);
}
