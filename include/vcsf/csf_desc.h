/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_DESC_H_
#define _CSF_DESC_H_

/**
 * DOC: What RUN_* instructions read: registers, and descriptors in memory
 *
 * This header is for both kernel
 * and user space and needs nothing but linux/types.h.
 *
 * "chosen" marks what user space never looks at and the software GPU lays out
 * as it likes.
 */

#include <linux/types.h>

/*
 * Registers that RUN_* reads besides its operands. A pair is named by its low
 * half; the four shader resource tables, programs and so on are chosen by the
 * selectors of the instruction.
 */
#define CSF_REG_COMPUTE_SRT(n)		(0 + 2 * (n))
#define CSF_REG_COMPUTE_FAU(n)		(8 + 2 * (n))
#define CSF_REG_COMPUTE_SPD(n)		(16 + 2 * (n))
#define CSF_REG_COMPUTE_TSD(n)		(24 + 2 * (n))
#define CSF_REG_COMPUTE_WG_SIZE		33
#define CSF_REG_COMPUTE_WG_COUNT(axis)	(37 + (axis))
#define CSF_REG_IDVS_INDEX_COUNT	33
#define CSF_REG_IDVS_INSTANCE_COUNT	34
#define CSF_REG_TILER_CONTEXT		40	/* pair */
#define CSF_REG_FRAGMENT_FBD		40	/* pair */
#define CSF_REG_FRAGMENT_MIN		42	/* x in 15:0, y in 31:16 */
#define CSF_REG_FRAGMENT_MAX		43	/* the same, inclusive */
#define CSF_REG_FRAGMENT_TILE_MAP	44	/* pair */
#define CSF_REG_FRAGMENT_MAP_STRIDE	46

/*
 * Tiler heap. A chunk begins with a header of 64 bytes, whose first double
 * word names the next chunk of a list: address in bits 63:12, size in units of
 * 4 KiB in bits 11:0, zero at the end.
 */
#define CSF_CHUNK_ADDRESS		0xfffffffffffff000ULL
#define CSF_CHUNK_SIZE_4K		0xfffULL
#define CSF_CHUNK_HEADER_SIZE		64

/**
 * csf_chunk - name a chunk as the hardware does
 * @va: its address, a multiple of 4 KiB
 * @size: its size in bytes, a multiple of 4 KiB below 16 MiB
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
 * struct csf_heap_context - what HEAP_SET points to
 * @free: list of chunks that FINISH_FRAGMENT gave back
 * @vt_start: render passes begun
 * @vt_end: whose vertex and tiling work is done
 * @frag_end: whose fragment work is done
 * @rsvd: not used
 *
 * Drivers give 32 zeroed bytes, aligned to 32, and never look inside: chosen.
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
 * struct csf_heap_descriptor - the chunk that a tiler allocates from
 * @type: type nibbles
 * @size: of a chunk in bytes
 * @base: address of the current chunk
 * @bottom: first free byte of it, initially behind the header
 * @top: its end
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
 * @polygon_list: written by the tiler; zero if there is nothing to draw
 * @hierarchy: bin sizes in use, in bits 12:0
 * @fb_size: width - 1 in bits 15:0, height - 1 in bits 31:16
 * @layers: number of layers - 1, and more
 * @rsvd: not used
 * @heap: address of &struct csf_heap_descriptor
 * @geometry_buffer: address, and size in units of 4 KiB
 * @completed_top: first chunk that was filled for this render pass
 * @completed_bottom: last one; both are for FINISH_FRAGMENT
 *
 * Aligned to 64, 128 bytes with what is not listed here.
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

#endif /* _CSF_DESC_H_ */
