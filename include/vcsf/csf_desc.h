/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_DESC_H_
#define _CSF_DESC_H_

/**
 * DOC: Operands of RUN_* instructions in registers and memory
 *
 * This header is for both kernel and user space and needs nothing but linux/types.h.
 *
 * Layouts are those of Mesa's descriptions for architecture 10
 * (src/panfrost/lib/genxml/v10.xml, registers in decode_csf.c). "Chosen" marks
 * structures that user space never reads, whose layout the software GPU defines.
 */

#include <linux/types.h>

/*
 * Registers that RUN_* reads in addition to its operands. A pair is named by its low
 * half. The selectors of the instruction choose one of four resource tables (SRT),
 * uniform buffers (FAU), programs (SPD) and thread storage descriptors (TSD).
 */
#define CSF_REG_COMPUTE_SRT(n)		(0 + 2 * (n))
#define CSF_REG_COMPUTE_FAU(n)		(8 + 2 * (n))
#define CSF_REG_COMPUTE_SPD(n)		(16 + 2 * (n))
#define CSF_REG_COMPUTE_TSD(n)		(24 + 2 * (n))
#define CSF_REG_COMPUTE_WG_SIZE		33
#define CSF_REG_COMPUTE_OFFSET(axis)	(34 + (axis))	/* in invocations */
#define CSF_REG_COMPUTE_WG_COUNT(axis)	(37 + (axis))
#define CSF_REG_IDVS_INDEX_COUNT	33
#define CSF_REG_IDVS_INSTANCE_COUNT	34
#define CSF_REG_TILER_CONTEXT		40	/* pair */
#define CSF_REG_FRAGMENT_FBD		40	/* pair */
#define CSF_REG_FRAGMENT_MIN		42	/* x in 15:0, y in 31:16 */
#define CSF_REG_FRAGMENT_MAX		43	/* the same, inclusive */
#define CSF_REG_FRAGMENT_TILE_MAP	44	/* pair */
#define CSF_REG_FRAGMENT_MAP_STRIDE	46

/* Uniforms: address, and number of 64-bit ones */
#define CSF_FAU_ADDRESS			0x0000ffffffffffffULL
#define CSF_FAU_COUNT			0xff00000000000000ULL

/* Size of a workgroup - 1, by axis */
#define CSF_WG_SIZE_X			0x000003ffU
#define CSF_WG_SIZE_Y			0x000ffc00U
#define CSF_WG_SIZE_Z			0x3ff00000U
#define CSF_WG_SIZE_MERGE		0x80000000U

#define CSF_SHADER_TYPE			0x0000000fU
#define   CSF_DESCRIPTOR_SHADER		8
#define CSF_SHADER_STAGE		0x000000f0U
#define   CSF_STAGE_COMPUTE		1
#define CSF_SHADER_SUPPRESS_NAN		0x00010000U
#define CSF_SHADER_FTZ			0x00060000U
#define   CSF_FTZ_PRESERVE		0
#define   CSF_FTZ_DX11			1	/* of 32 bits */
#define   CSF_FTZ_ALWAYS		2
#define CSF_SHADER_SUPPRESS_INF		0x00080000U
#define CSF_SHADER_REGISTERS		0xc0000000U
#define   CSF_REGISTERS_64		0
#define   CSF_REGISTERS_32		2
#define CSF_SHADER_PRELOAD		0x0000ffffU
/* Bit of a register in the preload mask */
#define CSF_SHADER_PRELOAD_REG(r)	(1U << ((r) - 48))

/**
 * struct csf_shader - shader program descriptor, aligned to 32 bytes
 * @flags: type, stage, register allocation and modes
 * @preload: mask of the registers from r48 on that are preloaded
 * @binary: address of the first instruction
 * @rsvd: not used
 */
struct csf_shader {
	__u32 flags;
	__u32 preload;
	__u64 binary;
	__u64 rsvd[2];
};

#define CSF_SHADER_ALIGN		32

#define CSF_LOCAL_TLS_SIZE		0x1fU	/* log2 of the units of 16 bytes */
#define CSF_LOCAL_WLS_INSTANCES		0x1fU	/* log2 */
#define   CSF_LOCAL_WLS_NONE		31
#define CSF_LOCAL_TLS_BASE		0x0000ffffffffffffULL
#define CSF_LOCAL_TLS_MODE		0xf000000000000000ULL
#define   CSF_TLS_FLAT			0	/* the base is an address */
#define   CSF_TLS_PACKED		1	/* ... in units of 256 bytes */

/**
 * struct csf_local_storage - thread storage descriptor, aligned to 64 bytes
 * @tls: size of thread-local storage
 * @wls: instances and size of workgroup-local storage
 * @tls_base: base of thread-local storage and its address mode
 * @wls_base: base of workgroup-local storage
 * @rsvd: not used
 */
struct csf_local_storage {
	__u32 tls;
	__u32 wls;
	__u64 tls_base;
	__u64 wls_base;
	__u64 rsvd[5];
};

#define CSF_LOCAL_STORAGE_ALIGN		64

/*
 * Tiler heap chunks. A chunk begins with a header of 64 bytes, whose first double word
 * points to the next chunk of a list: address in bits 63:12, size in units of 4 KiB
 * in bits 11:0, zero at the end of the list.
 */
#define CSF_CHUNK_ADDRESS		0xfffffffffffff000ULL
#define CSF_CHUNK_SIZE_4K		0xfffULL
#define CSF_CHUNK_HEADER_SIZE		64

/**
 * csf_chunk - encode a pointer to a heap chunk
 * @va: address of the chunk, a multiple of 4 KiB
 * @size: size in bytes, a multiple of 4 KiB below 16 MiB
 *
 * Return: the double word.
 */
static inline __u64 csf_chunk(__u64 va, __u64 size)
{
	return (va & CSF_CHUNK_ADDRESS) | (size >> 12 & CSF_CHUNK_SIZE_4K);
}

static inline __u64 csf_chunk_size(__u64 chunk)
{
	return (chunk & CSF_CHUNK_SIZE_4K) << 12;
}

/**
 * struct csf_heap_context - heap state, in memory that HEAP_SET points to
 * @free: list of chunks that FINISH_FRAGMENT returned
 * @vt_start: number of render passes started
 * @vt_end: number of render passes with complete vertex and tiling work
 * @frag_end: number of render passes with complete fragment work
 * @rsvd: not used
 *
 * Drivers provide 32 zeroed bytes, aligned to 32, and never read them. The layout is
 * chosen.
 */
struct csf_heap_context {
	__u64 free;
	__u32 vt_start;
	__u32 vt_end;
	__u32 frag_end;
	__u32 rsvd[3];
};

#define CSF_HEAP_CONTEXT_ALIGN		32

/**
 * struct csf_heap_descriptor - chunk that a tiler allocates from
 * @type: descriptor type
 * @size: size of a chunk in bytes
 * @base: address of the current chunk
 * @bottom: address of the first free byte in it, initially after the header
 * @top: address of its end
 */
struct csf_heap_descriptor {
	__u32 type;
	__u32 size;
	__u64 base;
	__u64 bottom;
	__u64 top;
};

/**
 * struct csf_tiler_context - geometry of a render pass
 * @polygon_list: polygon list, written by the tiler; zero if there is nothing to draw
 * @hierarchy: bin sizes in use, in bits 12:0
 * @fb_size: width - 1 in bits 15:0, height - 1 in bits 31:16
 * @layers: number of layers - 1, and flags
 * @rsvd: not used
 * @heap: address of &struct csf_heap_descriptor
 * @geometry_buffer: address, and size in units of 4 KiB
 * @completed_top: first chunk that was filled for this render pass
 * @completed_bottom: last chunk that was filled for this render pass
 *
 * Aligned to 64 bytes. The hardware's structure has 128 bytes, of which the end is not
 * listed here. User space passes the completed chunks to FINISH_FRAGMENT.
 */
struct csf_tiler_context {
	__u64 polygon_list;
	__u32 hierarchy;
	__u32 fb_size;
	__u32 layers;
	__u32 rsvd;
	__u64 heap;
	__u64 geometry_buffer;
	__u64 completed_top;
	__u64 completed_bottom;
};

#define CSF_TILER_CONTEXT_ALIGN		64

/*
 * Frame buffer descriptor. The pointer to it has flags in its low bits. The 128 bytes
 * of &struct csf_fbd are followed by a &struct csf_zs_extension, if the pointer's flag
 * is set, and by a &struct csf_render_target per target.
 */
#define CSF_FBD_POINTER_ADDRESS		0xffffffffffffffc0ULL
#define CSF_FBD_POINTER_VALID		0x1ULL
#define CSF_FBD_POINTER_EXTENSION	0x2ULL
#define CSF_FBD_POINTER_RT_MINUS_1	0x3cULL

/* Modes of pre and post frame shaders, zero is never */
#define CSF_FBD_FRAME_MODES		0x000001ffU
#define CSF_FBD_LOG2_SAMPLES		0x00000007U
#define CSF_FBD_S_CLEAR			0x000000ffU
#define CSF_FBD_S_WRITE			0x00000100U
#define CSF_FBD_S_PRELOAD		0x00000200U
#define CSF_FBD_Z_INTERNAL_FORMAT	0x00030000U
#define   CSF_INTERNAL_D16		0
#define   CSF_INTERNAL_D24		1
#define   CSF_INTERNAL_D32		2
#define CSF_FBD_Z_WRITE			0x00040000U
#define CSF_FBD_Z_PRELOAD		0x00080000U

/**
 * struct csf_fbd - frame buffer descriptor
 * @frame: frame shader modes and layer
 * @rsvd0: not used
 * @frame_arg: argument of frame shaders
 * @sample_locations: address of sample positions
 * @dcds: address of the frame shaders' draw call descriptors
 * @size: width - 1 in bits 15:0, height - 1 in bits 31:16
 * @bound_min: first pixel, x in bits 15:0, y in bits 31:16
 * @bound_max: last pixel, same format
 * @layout: samples, tile size, number of targets
 * @zs: depth and stencil flags, clear value for stencil
 * @z_clear: clear value for depth, a float
 * @tiler: address of &struct csf_tiler_context, zero for none
 * @rsvd1: not used
 */
struct csf_fbd {
	__u32 frame;
	__u32 rsvd0;
	__u64 frame_arg;
	__u64 sample_locations;
	__u64 dcds;
	__u32 size;
	__u32 bound_min;
	__u32 bound_max;
	__u32 layout;
	__u32 zs;
	__u32 z_clear;
	__u64 tiler;
	__u32 rsvd1[16];
};

/* Layouts in memory */
#define CSF_BLOCK_INTERLEAVED		1	/* tiles of 16x16 */
#define CSF_BLOCK_LINEAR		2
#define CSF_BLOCK_AFBC			12	/* a header per 16x16 pixels */
#define CSF_BLOCK_AFBC_TILED		13	/* ... in tiles of 8x8 headers */

/* Surfaces of a target with several samples per pixel */
#define CSF_MSAA_SINGLE			0
#define CSF_MSAA_AVERAGE		1	/* one surface, resolved */
#define CSF_MSAA_MULTIPLE		2	/* one surface with all samples */
#define CSF_MSAA_LAYERED		3	/* a surface per sample */

#define CSF_ZS_Z_FORMAT			0x0000000fU
#define   CSF_ZS_D16			1
#define   CSF_ZS_D24X8			4
#define   CSF_ZS_D24S8			5
#define   CSF_ZS_D32			14
#define CSF_ZS_Z_BLOCK			0x000000f0U
#define CSF_ZS_Z_MSAA			0x00000300U
#define CSF_ZS_S_FORMAT			0x000f0000U
#define   CSF_ZS_S_NONE			0
#define   CSF_ZS_S8			1
#define   CSF_ZS_X24S8			4
#define CSF_ZS_S_BLOCK			0x00f00000U
#define CSF_ZS_S_MSAA			0x03000000U
#define CSF_ZS_CLEAN_PIXEL_WRITE	0x80000000U

/**
 * struct csf_zs_extension - depth and stencil of a frame buffer descriptor
 * @flags: formats and layouts in memory
 * @crc_row_stride: bytes between rows of CRCs
 * @crc_clear: CRC of a tile with the clear colour
 * @crc_base: address of a CRC per tile
 * @rsvd: not used
 * @z_base: address of depth, and of stencil in the format D24S8
 * @z_row_stride: as in &struct csf_render_target
 * @z_surface_stride: as in &struct csf_render_target
 * @s_base: address of stencil
 * @s_row_stride: as in &struct csf_render_target
 * @s_surface_stride: as in &struct csf_render_target
 */
struct csf_zs_extension {
	__u32 flags;
	__u32 crc_row_stride;
	__u64 crc_clear;
	__u64 crc_base;
	__u32 rsvd[2];
	__u64 z_base;
	__u32 z_row_stride;
	__u32 z_surface_stride;
	__u64 s_base;
	__u32 s_row_stride;
	__u32 s_surface_stride;
};

/*
 * Formats in the tile buffer. Below R16F the clear colour is a word with the channels
 * from its low end on, with so many bits each, and behind those, towards the low end, so
 * many bits of a fraction (of which memory gets nothing). From R16F to RG11B10F it has
 * the bits of a pixel in memory, and CSF_RT_FORMAT has other names.
 */
#define CSF_RT_MODE			0x0000000fU
#define CSF_RT_YUV			0x01000000U
#define CSF_RT_DITHERED_CLEAR		0x02000000U
#define CSF_RT_INTERNAL_FORMAT		0xfc000000U
#define   CSF_INTERNAL_RGBA8		1
#define   CSF_INTERNAL_RGB10A2		2
#define   CSF_INTERNAL_RGB8A2		3	/* fractions 2, 2, 2, 0 */
#define   CSF_INTERNAL_RGBA4		4	/* fractions 4, 4, 4, 4 */
#define   CSF_INTERNAL_RGB565		5	/* fractions 5, 4, 5, and 2 for alpha */
#define   CSF_INTERNAL_RGB5A1		6	/* fractions 5, 5, 5, 1 */
#define   CSF_INTERNAL_R16F		16
#define   CSF_INTERNAL_RG16F		17
#define   CSF_INTERNAL_RGBA16F		18
#define   CSF_INTERNAL_RG11B10F		20
#define   CSF_INTERNAL_RAW8		32
#define   CSF_INTERNAL_RAW16		33
#define   CSF_INTERNAL_RAW32		34
#define   CSF_INTERNAL_RAW64		35
#define   CSF_INTERNAL_RAW128		36
#define CSF_RT_WRITE			0x00000001U
#define CSF_RT_FORMAT			0x000000f8U
#define   CSF_FORMAT_RAW8		0
#define   CSF_FORMAT_RAW16		1
#define   CSF_FORMAT_RAW24		2
#define   CSF_FORMAT_RAW32		3
#define   CSF_FORMAT_RAW48		4
#define   CSF_FORMAT_RAW64		5
#define   CSF_FORMAT_RAW96		6
#define   CSF_FORMAT_RAW128		7
#define   CSF_FORMAT_R8			16
#define   CSF_FORMAT_RG8		17
#define   CSF_FORMAT_RGB8		18
#define   CSF_FORMAT_RGBA8		19
#define   CSF_FORMAT_RGBA4		20
#define   CSF_FORMAT_RGB565		21
#define   CSF_FORMAT_RGB8_OF_RGB8A2	22
#define   CSF_FORMAT_RGB10A2		24
#define   CSF_FORMAT_RGB5A1		28
/* The same field, with a format of floats in the tile buffer */
#define   CSF_FLOAT_FORMAT_R16F		16
#define   CSF_FLOAT_FORMAT_RG16F	17
#define   CSF_FLOAT_FORMAT_RGBA16F	19
#define   CSF_FLOAT_FORMAT_RG11B10F	20
#define CSF_RT_BLOCK			0x00000f00U
#define CSF_RT_MSAA			0x00003000U
/* Source of a channel in memory, 3 bits each: a channel of the tile buffer, or a constant */
#define CSF_RT_SWIZZLE			0x0fff0000U
#define   CSF_SWIZZLE_0			4
#define   CSF_SWIZZLE_1			5
#define   CSF_SWIZZLE_RGBA		0x688
#define   CSF_SWIZZLE_BGRA		0x60a
#define CSF_RT_CLEAN_PIXEL_WRITE	0x80000000U

#define CSF_AFBC_SPLIT			0x00000002U
#define CSF_AFBC_WIDE			0x00000004U	/* superblocks of 32x8 */
#define CSF_AFBC_MODE			0x0000fc00U
#define   CSF_AFBC_RGBA8		10
#define CSF_AFBC_TILE_LOG2		3

/**
 * struct csf_afbc_header - a superblock of 16x16 pixels that have one colour
 * @payload: offset of the superblock's data; it has none
 * @sizes: sizes of parts of the data; zero at first says that there is none
 * @colour: the colour, in the bytes of a pixel
 * @rsvd: zero
 */
struct csf_afbc_header {
	__u32 payload;
	__u32 sizes;
	__u32 colour;
	__u32 rsvd;
};

/**
 * struct csf_render_target - colour target of a frame buffer descriptor
 * @internal: format in the tile buffer, and flags
 * @writeback: format and layout in memory, and flags
 * @afbc: flags of the AFBC layouts
 * @rsvd: not used
 * @base: address
 * @row_stride: bytes between rows, between rows of 16x16 tiles, or between rows of
 *	AFBC headers or of their tiles
 * @surface_stride: bytes between surfaces of samples
 * @clear: clear colour in the internal format, repeated to fill all four words
 */
struct csf_render_target {
	__u32 internal;
	__u32 writeback;
	__u32 afbc;
	__u32 rsvd[5];
	__u64 base;
	__u32 row_stride;
	__u32 surface_stride;
	__u32 clear[4];
};

#endif /* _CSF_DESC_H_ */
