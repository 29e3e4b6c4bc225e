// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Images: texels of linear and tiled ones are read by TEX_FETCH and LD_TEX, found by LEA_TEX
 * and written by ST_CVT. What memory must have is computed here.
 */
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "shader_rig.h"

/* Pixel formats: the number, and the order of the channels */
#define R8UI		(131u << 12)
#define R16I		(196u << 12)
#define R32UI		(133u << 12)
#define RGBA8UI		(155u << 12)
#define RGBA32UI	(157u << 12)
#define R32F		(167u << 12)
#define RGBA8_UNORM	(187u << 12)
#define RGBA16F		(223u << 12)
#define S8		(93u << 12)
#define SRGB		0x100000u
#define GRBA		2u
#define BGRA		4u
#define RGB1		16u
#define BGR1		20u

#define TABLE		0x000
#define TEXTURE		0x400
#define PLANES		0x800
#define TEXELS		0x4000
#define IDENTITY	(0u | 1u << 3 | 2u << 6 | 3u << 9)

struct image {
	u32 format, dim, width, height, depth, layers, levels;
	bool tiled;
	u32 row, slice, swizzle;
};

static const struct image flat = {
	.format = R32UI, .dim = 2, .width = 40, .height = 20, .depth = 1, .layers = 1,
	.levels = 1, .row = 256, .swizzle = IDENTITY,
};

/* A table with one texture at index 0 of table 0; plane n is at TEXELS + 0x8000 n. */
static void describe(struct rig *rig, const struct image *image)
{
	u64 entry[2] = { (RIG_DATA + TEXTURE) | 1ULL << 56, 32 };
	u64 texture[4] = {
		2 | image->dim << 4 | (u64)image->format << 10 | (u64)(image->width - 1) << 32 |
			(u64)(image->height - 1) << 48,
		image->swizzle | (image->levels - 1) << 16,
		RIG_DATA + PLANES,
		(image->layers - 1) | (u64)(image->depth - 1) << 32,
	};

	memcpy(rig->data + TABLE, entry, sizeof(entry));
	memcpy(rig->data + TEXTURE, texture, sizeof(texture));
	for (u32 n = 0; n < 4; n++) {
		u64 plane[4] = {
			10 | 1 << 4 | (image->tiled ? 1 : 2) << 8,
			RIG_DATA + TEXELS + n * 0x8000, image->row, image->slice,
		};

		memcpy(rig->data + PLANES + n * 32, plane, sizeof(plane));
	}
	rig->g.resources = (RIG_DATA + TABLE) | 1;
	for (u32 i = TEXELS; i < RIG_DATA_SIZE; i++)
		rig->data[i] = i * 7 + (i >> 8);
}

/* Bits of a place in a tile, written in another way than in the interpreter */
static u32 tile_offset(u32 x, u32 y)
{
	static const u8 spread[16] = {
		0x00, 0x01, 0x04, 0x05, 0x10, 0x11, 0x14, 0x15,
		0x40, 0x41, 0x44, 0x45, 0x50, 0x51, 0x54, 0x55,
	};

	return (spread[y] * 3) ^ spread[x];
}

static u32 texel_at(const struct image *image, u32 size, u32 plane, u32 x, u32 y, u32 z)
{
	u32 at = TEXELS + plane * 0x8000 + z * image->slice;

	if (!image->tiled)
		return at + y * image->row + x * size;
	return at + y / 16 * image->row + (x / 16 * 256 + tile_offset(x % 16, y % 16)) * size;
}

/* Fetch at (lane * 3, lane + 2) */
#define FETCH_2D \
	"IADD.u32 r0, r60, r60\n" \
	"IADD.u32 r0, r0, r60\n" \
	"IADD_IMM.i32 r1, r60, #0x2\n" \
	"MOV.i32 r2, 0x0\n" \
	"MOV.i32 r3, 0x0\n" \
	"TEX_FETCH.slot0.reserved.32.rgba.2d.wait0 @r4:r5:r6:r7, @r0:r1, r2\n" \
	"NOP.end\n"

static void fetch(struct rig *rig, const struct image *image)
{
	describe(rig, image);
	ktap_check(rig_run(rig, FETCH_2D, 16) == VSH_DONE);
	for (u32 l = 0; l < 16; l++) {
		u32 word = 0;
		bool inside = l * 3 < image->width && l + 2 < image->height;

		if (inside)
			memcpy(&word, rig->data + texel_at(image, 4, 0, l * 3, l + 2, 0), 4);
		ktap_check(rig->warps[0].r[4][l] == word);
		ktap_check(!rig->warps[0].r[5][l] && !rig->warps[0].r[6][l]);
		ktap_check(rig->warps[0].r[7][l] == inside);
	}
}

static void fetches(void)
{
	struct rig *rig = rig_new();
	struct image image = flat;

	fetch(rig, &image);
	image.tiled = true;
	image.row = 3 * 256 * 4;
	fetch(rig, &image);
	/* Accesses that have to be repeated */
	rig->again_every = 3;
	describe(rig, &image);
	rig_load(rig, FETCH_2D);
	rig_start(rig, 16);
	ktap_check(rig_finish(rig, 5, 100000) == VSH_DONE);
	for (u32 l = 0; l < 13; l++) {
		u32 word;

		memcpy(&word, rig->data + texel_at(&image, 4, 0, l * 3, l + 2, 0), 4);
		ktap_check(rig->warps[0].r[4][l] == word);
	}
	rig_free(rig);
}

/* One texel at (5, 4) in another format */
static void format_case(u32 format, u32 swizzle, const u32 *want)
{
	struct rig *rig = rig_new();
	struct image image = flat;

	image.format = format;
	image.swizzle = swizzle;
	image.row = 1024;
	describe(rig, &image);
	/* Bytes that are negative, positive, ... */
	for (u32 i = 0; i < 0x8000; i++)
		rig->data[TEXELS + i] = 0x81 + i % 16;
	ktap_check(rig_run(rig, "IADD_IMM.i32 r0, 0x0, #0x8\n"
			   "IADD_IMM.i32 r1, 0x0, #0x4\n"
			   "MOV.i32 r2, 0x0\n"
			   "MOV.i32 r3, 0x0\n"
			   "TEX_FETCH.slot0.reserved.32.rgba.2d.wait0 @r4:r5:r6:r7, @r0:r1, r2\n"
			   "NOP.end\n", 1) == VSH_DONE);
	for (u32 c = 0; c < 4; c++)
		ktap_check(rig->warps[0].r[4 + c][0] == want[c]);
	rig_free(rig);
}

static void formats(void)
{
	format_case(R8UI, IDENTITY, (u32[]){ 0x89, 0, 0, 1 });
	format_case(R16I, IDENTITY, (u32[]){ 0xffff8281, 0, 0, 1 });
	format_case(RGBA8UI, IDENTITY, (u32[]){ 0x81, 0x82, 0x83, 0x84 });
	format_case(RGBA8UI | BGRA, IDENTITY, (u32[]){ 0x83, 0x82, 0x81, 0x84 });
	format_case(RGBA8UI | RGB1, IDENTITY, (u32[]){ 0x81, 0x82, 0x83, 1 });
	format_case(RGBA8UI | BGR1, IDENTITY, (u32[]){ 0x83, 0x82, 0x81, 1 });
	format_case(R32F, IDENTITY, (u32[]){ 0x84838281, 0, 0, 0x3f800000 });
	format_case(RGBA32UI, IDENTITY,
		    (u32[]){ 0x84838281, 0x88878685, 0x8c8b8a89, 0x908f8e8d });
	/* A, zero, one, R */
	format_case(RGBA8UI, 3u | 4u << 3 | 5u << 6 | 0u << 9, (u32[]){ 0x84, 0, 1, 0x81 });
}

/* Each lane writes to (lane, lane + 8), of which some are outside. */
#define STORE_2D \
	"IADD_IMM.i32 r0, r60, #0x8\n" \
	"LSHIFT_OR.i32 r0, r0, 0x13121110.b00, r60\n" \
	"IADD_IMM.i32 r1, r60, #0x11223300\n" \
	"LEA_TEX_IMM.slot0.wait0 @r4:r5:r6, r0, 0x0, table:0x0, index:0x0\n" \
	"ST_CVT.slot0.auto.wait0 @r1, r4, r6, offset:0x0\n" \
	"LD_TEX_IMM.slot0.u32.wait0 @r8, r0, 0x0, index:0x0, table:0x0\n" \
	"NOP.end\n"

/* Two components of 16 bits to a register; a third one leaves half of its register zero. */
#define FETCH_HALF \
	"IADD_IMM.i32 r0, 0x0, #0x8\n" \
	"IADD_IMM.i32 r1, 0x0, #0x4\n" \
	"MOV.i32 r2, 0x0\n" \
	"MOV.i32 r3, 0x0\n" \
	"IADD_IMM.i32 r5, 0x0, #0x77777777\n" \
	"TEX_FETCH.slot0.reserved.16.rgb.2d.wait0 @r4:r5, @r0:r1, r2\n" \
	"NOP.end\n"

static void halves(void)
{
	struct rig *rig = rig_new();
	struct image image = flat;
	u16 *at;

	image.format = RGBA16F;
	image.row = 512;
	describe(rig, &image);
	at = (u16 *)(rig->data + texel_at(&image, 8, 0, 8, 4, 0));
	at[0] = 0x1234;
	at[1] = 0xabcd;
	at[2] = 0x5678;
	ktap_check(rig_run(rig, FETCH_HALF, 1) == VSH_DONE);
	ktap_check(rig->warps[0].r[4][0] == 0xabcd1234 && rig->warps[0].r[5][0] == 0x5678);
	image.format = RGBA8UI;
	describe(rig, &image);
	memcpy(rig->data + texel_at(&image, 4, 0, 8, 4, 0), "\x12\xfe\x34\x56", 4);
	ktap_check(rig_run(rig, FETCH_HALF, 1) == VSH_DONE);
	ktap_check(rig->warps[0].r[4][0] == 0x00fe0012 && rig->warps[0].r[5][0] == 0x34);
	/* From registers of 16 bits to memory, and back as 32 */
	image.format = RGBA8_UNORM;
	describe(rig, &image);
	ktap_check(rig_run(rig, "MOV.i32 r0, 0x0\n"
			   "LEA_TEX_IMM.slot0.wait0 @r4:r5:r6, r0, 0x0, table:0x0, index:0x0\n"
			   "IADD_IMM.i32 r8, 0x0, #0x38003c00\n"
			   "IADD_IMM.i32 r9, 0x0, #0xbc003400\n"
			   "ST_CVT.slot0.f16.v4.wait0 @r8:r9, r4, r6, offset:0x0\n"
			   "LD_CVT.slot0.f32.v4.wait0 @r12:r13:r14:r15, r4, r6, offset:0x0\n"
			   "LD_CVT.slot0.f16.v2.wait0 @r16, r4, r6, offset:0x0\n"
			   "LD_TEX_IMM.slot0.auto.v2.wait0 @r18:r19, r0, 0x0, index:0x0, table:0x0\n"
			   "NOP.end\n", 1) == VSH_DONE);
	ktap_check(!memcmp(rig->data + texel_at(&image, 4, 0, 0, 0, 0), "\xff\x80\x40\x00", 4));
	ktap_check(rig->warps[0].r[12][0] == 0x3f800000);
	ktap_check(rig->warps[0].r[13][0] == 0x3f008081);
	ktap_check(rig->warps[0].r[14][0] == 0x3e808081 && !rig->warps[0].r[15][0]);
	ktap_check(rig->warps[0].r[16][0] == 0x38043c00);
	ktap_check(rig->warps[0].r[19][0] == 0x3f008081);
	rig_free(rig);
}

/* --- Planes ------------------------------------------------------------- */

/* Stencil alone and beside depth; what is not stencil is not read. */
static void stencil(void)
{
	static const struct {
		u8 clump, size, first;
	} cases[] = { { 22, 1, 0 }, { 20, 4, 3 } };

	for (u32 n = 0; n < 4; n++) {
		struct rig *rig = rig_new();
		struct image image = flat;
		u32 size = cases[n / 2].size;

		image.format = S8 | GRBA;
		image.tiled = n & 1;
		image.row = image.tiled ? 3 * 256 * size : 256;
		describe(rig, &image);
		rig->data[PLANES + 3] = cases[n / 2].clump;
		ktap_check(rig_run(rig, FETCH_2D, 16) == VSH_DONE);
		for (u32 l = 0; l < 13; l++) {
			u32 at = texel_at(&image, size, 0, l * 3, l + 2, 0);

			ktap_check(rig->warps[0].r[4][l] == rig->data[at + cases[n / 2].first]);
			ktap_check(!rig->warps[0].r[5][l]);
		}
		rig->data[PLANES + 3] = 2;
		ktap_check(rig_run(rig, FETCH_2D, 16) == VSH_FAULTED);
		ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
		rig_free(rig);
	}
}

static void compress(struct rig *rig, const struct image *image, bool tiled, u32 mode)
{
	u64 plane[4] = {
		10 | 6 << 4 | (u64)tiled << 19 | (u64)mode << 26, RIG_DATA + TEXELS, image->row,
	};

	describe(rig, image);
	memcpy(rig->data + PLANES, plane, sizeof(plane));
	for (u32 i = 0; i < 256; i++) {
		u32 header[4] = { i * 64, 0, 0x40302010 + i, 0xffffffff };

		memcpy(rig->data + TEXELS + 16 * i, header, sizeof(header));
	}
}

/* Each lane reads (32 lane, 16 lane); headers row by row, and in tiles of 8 x 8 */
static void compressed(void)
{
	static const char fetch_far[] =
		"IADD.u32 r0, r60, r60\nIADD.u32 r0, r0, r0\nIADD.u32 r0, r0, r0\n"
		"IADD.u32 r1, r0, r0\n"
		"IADD.u32 r0, r1, r1\n"
		"MOV.i32 r2, 0x0\nMOV.i32 r3, 0x0\n"
		"TEX_FETCH.slot0.reserved.32.rgba.2d.wait0 @r4:r5:r6:r7, @r0:r1, r2\n"
		"NOP.end\n";
	struct image image = flat;

	image.format = RGBA8UI;
	image.width = 32 * 16;
	image.height = 16 * 8;
	for (u32 tiled = 0; tiled < 2; tiled++) {
		struct rig *rig = rig_new();

		image.row = tiled ? 4 * 64 * 16 : 32 * 16;
		compress(rig, &image, tiled, 10);
		ktap_check(rig_run(rig, fetch_far, 8) == VSH_DONE);
		for (u32 l = 0; l < 8; l++) {
			u32 x = 2 * l, y = l, index = 32 * y + x;

			/* Bits of x and y in turn: x is even, and 8 is the next tile. */
			if (tiled)
				index = x / 8 * 64 + ((x >> 1 & 1) << 2 | (x >> 2 & 1) << 4 |
					(y & 1) << 1 | (y >> 1 & 1) << 3 | (y >> 2 & 1) << 5);
			ktap_check(rig->warps[0].r[4][l] == 0x10 + index);
			ktap_check(rig->warps[0].r[7][l] == 0x40);
		}
		/* A superblock with data, which only its own texels notice */
		rig->data[TEXELS + 4] = 1;
		ktap_check(rig_run(rig, fetch_far, 8) == VSH_FAULTED);
		ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
		ktap_check(rig->g.fault.address == RIG_DATA + TEXELS);
		/* It cannot be written. */
		compress(rig, &image, tiled, 10);
		ktap_check(rig_run(rig, STORE_2D, 8) == VSH_FAULTED);
		ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
		compress(rig, &image, tiled, 9);
		ktap_check(rig_run(rig, fetch_far, 8) == VSH_FAULTED);
		ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
		rig_free(rig);
	}
}

#define FETCH_LAYER \
	"TEX_FETCH.slot0.reserved.32.r.2d.array_enable.texel_offset.wait0 @r4, @r0:r1:r2:r3, r6\n"

/* A level of a layer, a slice of a 3D image */
static void planes(void)
{
	struct rig *rig = rig_new();
	struct image image = flat;
	u32 word;

	image.layers = 2;
	image.levels = 2;
	describe(rig, &image);
	ktap_check(rig_run(rig, "IADD_IMM.i32 r0, 0x0, #0x7\n"
			   "IADD_IMM.i32 r1, 0x0, #0x3\n"
			   "IADD_IMM.i32 r2, 0x0, #0x1\n"
			   "IADD_IMM.i32 r3, 0x0, #0x1000000\n"
			   "MOV.i32 r6, 0x0\n"
			   "MOV.i32 r7, 0x0\n"
			   FETCH_LAYER "NOP.end\n", 1) == VSH_DONE);
	memcpy(&word, rig->data + texel_at(&image, 4, 3, 7, 3, 0), 4);
	ktap_check(rig->warps[0].r[4][0] == word);
	image.layers = 1;
	image.levels = 1;
	image.dim = 3;
	image.depth = 4;
	image.slice = 0x1800;
	describe(rig, &image);
	ktap_check(rig_run(rig, "IADD_IMM.i32 r0, 0x0, #0x7\n"
			   "IADD_IMM.i32 r1, 0x0, #0x3\n"
			   "IADD_IMM.i32 r2, 0x0, #0x3\n"
			   "MOV.i32 r6, 0x0\n"
			   "MOV.i32 r7, 0x0\n"
			   "TEX_FETCH.slot0.reserved.32.r.3d.wait0 @r4, @r0:r1:r2, r6\nNOP.end\n",
			   1) == VSH_DONE);
	memcpy(&word, rig->data + texel_at(&image, 4, 0, 7, 3, 3), 4);
	ktap_check(rig->warps[0].r[4][0] == word);
	rig_free(rig);
}

static void stores(void)
{
	static const u8 sizes[] = { 4, 1 };
	static const u32 all[] = { R32UI, R8UI };
	struct rig *rig = rig_new();
	u8 *before = malloc(RIG_DATA_SIZE);

	for (u32 n = 0; n < 4; n++) {
		struct image image = flat;
		u32 size = sizes[n / 2];

		image.format = all[n / 2];
		image.tiled = n % 2;
		image.row = image.tiled ? 3 * 256 * size : 256;
		describe(rig, &image);
		memcpy(before, rig->data, RIG_DATA_SIZE);
		ktap_check(rig_run(rig, STORE_2D, 16) == VSH_DONE);
		for (u32 l = 0; l < 16; l++) {
			u32 value = 0x11223300 + l, at = texel_at(&image, size, 0, l, l + 8, 0);

			if (l + 8 >= image.height) {
				ktap_check(!rig->warps[0].r[8][l]);
				continue;
			}
			ktap_check(!memcmp(rig->data + at, &value, size));
			ktap_check(rig->warps[0].r[8][l] == (size == 4 ? value : value & 0xff));
			memcpy(before + at, &value, size);
		}
		ktap_check(!memcmp(before, rig->data, RIG_DATA_SIZE));
	}
	free(before);
	rig_free(rig);
}

static void refused(void)
{
	static const u32 unknown[] = {
		RGBA8UI | SRGB, 165u << 12, 237u << 12, RGBA8UI | BGR1 << 4, RGBA8UI | 6,
		RGBA8UI | 1, R8UI | 2,
	};
	struct rig *rig = rig_new();
	struct image image = flat;

	/* sRGB of integers, UNORM of 32 bits, a format of the tile buffer, unknown orders */
	for (u32 i = 0; i < ARRAY_SIZE(unknown); i++) {
		image.format = unknown[i];
		describe(rig, &image);
		ktap_check(rig_run(rig, FETCH_2D, 16) == VSH_FAULTED);
		ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
	}
	/* No texture, no plane, a compressed plane of an unknown mode */
	describe(rig, &flat);
	rig->data[TEXTURE] = 9;
	ktap_check(rig_run(rig, FETCH_2D, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_DESCRIPTOR);
	describe(rig, &flat);
	rig->data[PLANES] = 9 | 1 << 4;
	ktap_check(rig_run(rig, FETCH_2D, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_DESCRIPTOR);
	describe(rig, &flat);
	rig->data[PLANES] = 10 | 6 << 4;
	ktap_check(rig_run(rig, FETCH_2D, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
	/* Planes in memory that does not exist */
	describe(rig, &flat);
	memset(rig->data + TEXTURE + 16, 0, 8);
	ktap_check(rig_run(rig, FETCH_2D, 16) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_ACCESS);
	/* Registers of 16 bits for channels of 32, floats for integers */
	describe(rig, &flat);
	ktap_check(rig_run(rig, FETCH_HALF, 1) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
	ktap_check(rig_run(rig, "MOV.i32 r0, 0x0\n"
			   "LD_TEX_IMM.slot0.f32.end @r8, r0, 0x0, index:0x0, table:0x0\n", 1) ==
		   VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
	/* A conversion that LEA_TEX does not give */
	ktap_check(rig_run(rig, "IADD_IMM.i32 r4, 0x0, #0x100000\nMOV.i32 r5, 0x0\n"
			   "IADD_IMM.i32 r6, 0x0, #0x40085000\n"
			   "ST_CVT.slot0.auto.end @r1, r4, r6, offset:0x0\n", 1) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_UNSUPPORTED);
	rig_free(rig);
}

/* A texel at address 0 is accessed as any other, and is not outside of the image. */
static void address_zero(void)
{
	struct rig *rig = rig_new();
	/* The first lane fetches at (0, 2). */
	u64 pointer = -2ULL * flat.row;

	describe(rig, &flat);
	memcpy(rig->data + PLANES + 8, &pointer, sizeof(pointer));
	ktap_check(rig_run(rig, FETCH_2D, 1) == VSH_FAULTED);
	ktap_check(rig->g.fault.type == VSH_FAULT_ACCESS);
	rig_free(rig);
}

/* What LEA_TEX gives outside of the image reads as zero, and has no memory to be changed. */
static void outside(void)
{
	struct rig *rig = rig_new();

	describe(rig, &flat);
	ktap_check(rig_run(rig,
			   "IADD_IMM.i32 r0, 0x0, #0x7fff\n"
			   "LEA_TEX_IMM.slot0.wait0 @r4:r5:r6, r0, 0x0, table:0x0, index:0x0\n"
			   "IADD_IMM.i32 r8, 0x0, #0x77\n"
			   "LD_CVT.slot0.f32.v4.wait0 @r8:r9:r10:r11, r4, r6, offset:0x0\n"
			   "ATOM.i32.slot0.aadd.wait0 @r0, r4, offset:0x0\n"
			   "NOP.end\n", 1) == VSH_DONE);
	ktap_check(!rig->warps[0].r[4][0] && rig->warps[0].r[5][0] == 0x80000000);
	for (u32 i = 8; i < 12; i++)
		ktap_check(!rig->warps[0].r[i][0]);
	rig_free(rig);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "fetches", fetches },
		{ "formats", formats },
		{ "halves", halves },
		{ "stencil", stencil },
		{ "compressed", compressed },
		{ "planes", planes },
		{ "stores", stores },
		{ "refused", refused },
		{ "address_zero", address_zero },
		{ "outside", outside },
	};

	return ktap_run("shader_image", cases, ARRAY_SIZE(cases));
}
