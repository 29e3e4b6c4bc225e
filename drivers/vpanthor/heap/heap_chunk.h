/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_HEAP_CHUNK_H_
#define _VPAN_HEAP_CHUNK_H_

#include <linux/list.h>
#include <linux/types.h>

struct mem_cgroup;
struct vpan_kbo;
struct vpan_vm;

/**
 * struct vpan_heap_chunk - memory for the tiler
 */
struct vpan_heap_chunk {
	/** @link: Entry in a list of the heap. */
	struct list_head link;
	/** @kbo: The memory. */
	struct vpan_kbo *kbo;
};

u64 vpan_heap_chunks_limit(void);
struct vpan_heap_chunk *vpan_heap_chunk_create(struct vpan_vm *vm, u32 size,
					       u64 next);
struct vpan_heap_chunk *
vpan_heap_chunk_create_remote(struct vpan_vm *vm, u32 size,
			      struct mem_cgroup *memcg, const bool *stop);
void vpan_heap_chunks_free(struct vpan_vm *vm, u32 size,
			   struct list_head *chunks);

#endif /* _VPAN_HEAP_CHUNK_H_ */
