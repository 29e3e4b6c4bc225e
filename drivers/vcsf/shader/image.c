// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Messages for images without filtering: TEX_FETCH and LD_TEX read a texel, LEA_TEX finds its
 * address, ST_CVT writes to an address and LD_CVT reads there. texel.c has the formats.
 *
 * A texture descriptor has a list of planes, one for each level of each layer: linear rows,
 * tiles of 16 x 16 texels in u-order, or superblocks of as many that have one colour. Texels
 * outside of the image read as zero, and writes to them have no effect.
 *
 * Lanes have their access one after the other, as in memory.c. Descriptors are read once for
 * consecutive lanes with the same handle and plane.
 */

#include "shader/exec.h"

#define VSH_DESC_TEXTURE	2
#define VSH_DESC_PLANE		10
#define VSH_PLANE_GENERIC	1
#define VSH_PLANE_AFBC		6
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

/* Formats of a plane with stencil */
#define VSH_CLUMP_X24S8		20
#define VSH_CLUMP_S8		22

/* Fields of a compressed plane, and the size of the first part of a superblock's data */
#define VSH_AFBC_SUPERBLOCK	0x00000700u
#define VSH_AFBC_TILED		0x00080000u
#define VSH_AFBC_MODE		26
#define VSH_AFBC_RGBA8		10
#define VSH_AFBC_HEADER_SIZE	16
#define VSH_AFBC_FIRST_SIZE	0x3f

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
 * @tiled: in tiles, not in rows; if compressed, its headers
 * @afbc: compressed
 * @stride: bytes between texels
 * @first: first byte of a texel that has a meaning
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
	bool afbc;
	u8 stride;
	u8 first;
	u64 base;
	u32 row;
	s32 slice;
};

/* A texel; @z is a slice of a 3D image */
struct vsh_place {
	u32 x, y, z, layer, level, sample;
};

#define VSH_NO_PLANE		0xffffffffu

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

/* Where texels are in a plane. Return: false if that is not known. */
static bool vsh_plane_layout(struct vsh_image *image, u64 word)
{
	u32 type = word >> 4 & 0xf, order = word >> 8 & 0xf, clump = word >> 24 & 0xff;

	image->first = 0;
	image->stride = image->texels.size;
	image->afbc = type == VSH_PLANE_AFBC;
	if (image->afbc) {
		image->tiled = word & VSH_AFBC_TILED;
		return !(word & VSH_AFBC_SUPERBLOCK) && image->stride == sizeof(u32) &&
		       !image->texels.stencil &&
		       (word >> VSH_AFBC_MODE & 0x3f) == VSH_AFBC_RGBA8;
	}
	image->tiled = order == VSH_TILED;
	if (image->texels.stencil && clump == VSH_CLUMP_X24S8) {
		image->stride = 4;
		image->first = 3;
	} else if (image->texels.stencil && clump != VSH_CLUMP_S8) {
		return false;
	}

	return type == VSH_PLANE_GENERIC && (order == VSH_TILED || order == VSH_LINEAR);
}

/* Read a plane descriptor, unless it is there */
static int vsh_image_plane(struct vsh_group *g, struct vsh_image *image, u32 number,
			   unsigned int lane)
{
	u64 address = image->planes + (u64)number * VSH_PLANE_SIZE, words[4];
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
	if (!vsh_plane_layout(image, words[0]))
		return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, address);
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

/* Index of a superblock's header in a tile of 8 x 8: bits of x and y in turn */
static u32 vsh_header_index(u32 x, u32 y)
{
	u32 index = 0, i;

	for (i = 0; i < 3; i++)
		index |= (x >> i & 1) << (2 * i) | (y >> i & 1) << (2 * i + 1);

	return index;
}

/* Offset of the header of a superblock of 16 x 16 texels */
static u64 vsh_header_offset(const struct vsh_image *image, u32 x, u32 y)
{
	if (!image->tiled)
		return (u64)y * image->row + (u64)x * VSH_AFBC_HEADER_SIZE;

	return (u64)(y >> 3) * image->row +
	       ((u64)(x >> 3) * 64 + vsh_header_index(x & 7, y & 7)) * VSH_AFBC_HEADER_SIZE;
}

/*
 * Find the address of a texel, or of the header of its superblock; @inside says whether the
 * image has it: 0 is an address as any other.
 */
static int vsh_texel_address(struct vsh_group *g, struct vsh_image *image,
			     const struct vsh_place *at, unsigned int lane, u64 *address,
			     bool *inside)
{
	bool deep = image->dim == VSH_DIM_3D;
	int ret;

	*address = 0;
	*inside = false;
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
	if (image->afbc)
		*address += vsh_header_offset(image, at->x >> 4, at->y >> 4);
	else if (image->tiled)
		*address += (u64)(at->y >> 4) * image->row + image->first +
			    ((u64)(at->x >> 4) * 256 +
			     vsh_tile_index(at->x & 15, at->y & 15)) * image->stride;
	else
		*address += (u64)at->y * image->row + (u64)at->x * image->stride +
			    image->first;
	*inside = true;

	return 0;
}

/* Read the header of a superblock. Only one with a single colour and no data is known. */
static int vsh_header_read(struct vsh_group *g, u64 address, unsigned int lane, u64 *memory)
{
	u64 header[2] = { 0 };
	int ret;

	ret = vsh_read(g, address, header, sizeof(header));
	if (ret)
		return vsh_access(g, ret, lane, address);
	if (header[0] >> 32 & VSH_AFBC_FIRST_SIZE)
		return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, address);
	memory[0] = header[1] & 0xffffffff;

	return 0;
}

/* Read a texel; components as the texture's swizzle says, zero outside of the image */
static int vsh_image_read(struct vsh_group *g, struct vsh_image *image,
			  const struct vsh_place *at, unsigned int lane, u32 reg, u32 *to)
{
	u64 memory[2] = { 0 }, address;
	u32 raw[6];
	unsigned int c;
	bool inside;
	int ret;

	memset(to, 0, 4 * sizeof(*to));
	if (!vsh_texels_fit(&image->texels, reg))
		return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, image->planes);
	ret = vsh_texel_address(g, image, at, lane, &address, &inside);
	if (ret || !inside)
		return ret;
	if (image->afbc) {
		ret = vsh_header_read(g, address, lane, memory);
	} else {
		ret = vsh_read(g, address, memory, image->texels.size);
		ret = vsh_access(g, ret, lane, address);
	}
	if (ret)
		return ret;
	vsh_texel_load(&image->texels, memory, reg, raw);
	for (c = 0; c < 4; c++) {
		u32 from = image->swizzle >> (3 * c) & 7;

		if (from > VSH_TEXEL_ONE)
			return vsh_bad_image(g, lane, address);
		to[c] = raw[from];
	}

	return 0;
}

/* Put a component into registers from @reg on, where one of 16 bits takes a half. */
static void vsh_put_component(struct vsh_warp *w, unsigned int lane, unsigned int reg,
			      bool half, unsigned int n, u32 value)
{
	if (!half)
		w->r[reg + n][lane] = value;
	else if (n & 1)
		w->r[reg + n / 2][lane] |= value << 16;
	else
		w->r[reg + n / 2][lane] = value & 0xffff;
}

/* --- Instructions -------------------------------------------------------- */

static int vsh_tex_fetch(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
			 struct vsh_image *image, unsigned int lane, u32 lo, u32 hi)
{
	u32 mask = vsh_mod(insn->word, VSH_MOD_WRITE_MASK), texel[4], extra = 0;
	bool half = !vsh_mod(insn->word, VSH_MOD_REG_WIDTH);
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
	ret = vsh_image_read(g, image, &at, lane, half ? VSH_REG_AUTO16 : VSH_REG_AUTO, texel);
	if (ret)
		return ret;
	for (i = 0, n = 0; i < 4; i++)
		if (mask & 1u << i)
			vsh_put_component(w, lane, insn->sr2, half, n++, texel[i]);

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
	bool inside;
	u64 address;
	int ret = vsh_texel_address(g, image, &at, lane, &address, &inside);

	if (ret)
		return ret;
	if (!inside)
		address = VSH_NOWHERE;
	/* A texel of a compressed image has no address. */
	else if (image->afbc)
		return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, address);
	w->r[insn->sr][lane] = address;
	w->r[insn->sr + 1][lane] = address >> 32;
	w->r[insn->sr + 2][lane] = inside ? image->format : VSH_CVT_NOTHING;

	return 0;
}

static int vsh_ld_tex(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
		      struct vsh_image *image, unsigned int lane, u32 xy, u32 zw)
{
	struct vsh_place at = vsh_packed_place(image, xy, zw);
	u32 reg = vsh_mod(insn->word, VSH_MOD_REG_FORMAT), texel[4];
	unsigned int i;
	int ret = vsh_image_read(g, image, &at, lane, reg, texel);

	if (ret)
		return ret;
	for (i = 0; i <= vsh_mod(insn->word, VSH_MOD_VECTOR_SIZE); i++)
		vsh_put_component(w, lane, insn->sr, vsh_reg_is_16(reg), i, texel[i]);

	return 0;
}

/* Return: false if a conversion is not known. */
static bool vsh_conversion(u32 conversion, u32 reg, struct vsh_texels *t)
{
	return !(conversion & ~VSH_CVT_FORMAT) && vsh_texels_of(conversion, t) && !t->stencil &&
	       vsh_texels_fit(t, reg);
}

static int vsh_st_cvt(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
		      unsigned int lane, u64 address, u32 conversion)
{
	u32 reg = vsh_mod(insn->word, VSH_MOD_REG_FORMAT), from[4] = { 0 };
	struct vsh_texels t;
	u64 memory[2];
	unsigned int c;
	int ret;

	if (conversion == VSH_CVT_NOTHING)
		return 0;
	if (!vsh_conversion(conversion, reg, &t) || !vsh_texels_can_store(&t))
		return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, address);
	for (c = 0; c <= vsh_mod(insn->word, VSH_MOD_VECTOR_SIZE); c++)
		from[c] = vsh_get_component(w, lane, insn->sr, vsh_reg_is_16(reg), c);
	vsh_texel_store(&t, from, reg, memory);
	ret = vsh_store_bytes(g, address, memory, t.size);

	return vsh_access(g, ret, lane, address);
}

static int vsh_ld_cvt(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
		      unsigned int lane, u64 address, u32 conversion)
{
	u32 reg = vsh_mod(insn->word, VSH_MOD_REG_FORMAT), texel[6] = { 0 };
	struct vsh_texels t;
	u64 memory[2] = { 0 };
	unsigned int c;
	int ret;

	if (conversion != VSH_CVT_NOTHING) {
		if (!vsh_conversion(conversion, reg, &t))
			return vsh_fail(g, VSH_FAULT_UNSUPPORTED, lane, address);
		ret = vsh_load_bytes(g, address, memory, t.size);
		if (ret)
			return vsh_access(g, ret, lane, address);
		vsh_texel_load(&t, memory, reg, texel);
	}
	for (c = 0; c <= vsh_mod(insn->word, VSH_MOD_VECTOR_SIZE); c++)
		vsh_put_component(w, lane, insn->sr, vsh_reg_is_16(reg), c, texel[c]);

	return 0;
}

static int vsh_image_lane(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
			  struct vsh_image *image, unsigned int lane, const u32 *s)
{
	u64 address = (s[0] | (u64)s[1] << 32) + (s64)insn->imm;
	int ret;

	if (insn->op == VSH_OP_TEX_FETCH)
		return vsh_tex_fetch(g, w, insn, image, lane, s[0], s[1]);
	if (insn->op == VSH_OP_ST_CVT)
		return vsh_st_cvt(g, w, insn, lane, address, s[2]);
	if (insn->op == VSH_OP_LD_CVT)
		return vsh_ld_cvt(g, w, insn, lane, address, s[2]);
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
	u32 dims = 0, count;

	switch (insn->op) {
	case VSH_OP_TEX_FETCH:
		/* 1, 2, 3, and cubes, which this instruction does not have */
		dims = vsh_mod(word, VSH_MOD_DIMENSION) + 1;
		count = vsh_components(vsh_mod(word, VSH_MOD_WRITE_MASK));
		if (!vsh_mod(word, VSH_MOD_REG_WIDTH))
			count = (count + 1) / 2;
		/* Mesa gives no register type; results are of the format's. */
		return dims < 4 && !vsh_mod(word, VSH_MOD_REG_TYPE) &&
		       vsh_mod(word, VSH_MOD_SR_WRITES) + 1 == count &&
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
	case VSH_OP_LD_CVT:
	case VSH_OP_ST_CVT:
		insn->imm = vsh_imm_value(word, VSH_IMM_OFFSET8);
		break;
	}
	count = vsh_mod(word, VSH_MOD_VECTOR_SIZE) + 1;
	if (vsh_reg_is_16(vsh_mod(word, VSH_MOD_REG_FORMAT)))
		count = (count + 1) / 2;

	return insn->sr_count == count &&
	       vsh_mod(word, VSH_MOD_REG_FORMAT) != VSH_REG_AUTO16;
}
