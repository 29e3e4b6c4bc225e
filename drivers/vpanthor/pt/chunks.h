/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_CHUNKS_H_
#define _VPAN_CHUNKS_H_

#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

/**
 * struct vpan_chunks - walk over the physically contiguous chunks of a part of a buffer
 *
 * vpan_chunks_get() loads a chunk, vpan_chunks_skip() consumes it or its beginning.
 */
struct vpan_chunks {
	/** @pa: Physical address of what is left of the current chunk. */
	u64 pa;
	/** @len: Size of that in bytes. */
	u64 len;
	/** @left: Bytes after the current chunk. */
	u64 left;
	/** @sg: Next chunk, if @nsgs is not zero. */
	struct scatterlist *sg;
	/** @nsgs: Number of chunks from @sg on. */
	unsigned int nsgs;
	/** @skip: Bytes to skip before the first chunk. */
	u64 skip;
	/** @repeat: The buffer to begin again at its end, or NULL. */
	struct sg_table *repeat;
};

/**
 * vpan_chunks_init - begin a walk over a part of a buffer
 * @c: the walk
 * @sgt: all chunks of the buffer
 * @offset: first byte of the part
 * @size: size of the part in bytes
 * @repeat: the part may exceed the buffer, which is repeated then
 */
static inline void vpan_chunks_init(struct vpan_chunks *c, struct sg_table *sgt,
				    u64 offset, u64 size, bool repeat)
{
	*c = (struct vpan_chunks) {
		.sg = sgt->sgl,
		.nsgs = sgt->nents,
		.skip = offset,
		.left = size,
		.repeat = repeat ? sgt : NULL,
	};
}

/**
 * vpan_chunks_init_one - begin a walk over a single chunk
 * @c: the walk
 * @pa: physical address
 * @size: size in bytes
 */
static inline void vpan_chunks_init_one(struct vpan_chunks *c, u64 pa, u64 size)
{
	*c = (struct vpan_chunks) { .pa = pa, .len = size };
}

/**
 * vpan_chunks_get - load the next chunk if the current one is consumed
 * @c: the walk
 *
 * Return: false at the end of the part.
 */
static inline bool vpan_chunks_get(struct vpan_chunks *c)
{
	while (!c->len && c->left && (c->nsgs || c->repeat)) {
		u64 len, skip;

		if (!c->nsgs) {
			c->sg = c->repeat->sgl;
			c->nsgs = c->repeat->nents;
		}
		len = sg_dma_len(c->sg);
		skip = min(c->skip, len);
		c->pa = sg_dma_address(c->sg) + skip;
		c->len = min(len - skip, c->left);
		c->skip -= skip;
		c->left -= c->len;
		c->sg = sg_next(c->sg);
		c->nsgs--;
	}
	return c->len;
}

/**
 * vpan_chunks_skip - consume the beginning of the current chunk
 * @c: the walk
 * @bytes: at most the rest of the chunk
 */
static inline void vpan_chunks_skip(struct vpan_chunks *c, u64 bytes)
{
	c->pa += bytes;
	c->len -= bytes;
}

#endif /* _VPAN_CHUNKS_H_ */
