/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_HEAP_H_
#define _VPAN_HEAP_H_

#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct csf_cs_output;
struct drm_panthor_tiler_heap_create;
struct vpan_device;
struct vpan_heap;
struct vpan_heap_wait;
struct vpan_kbo;
struct vpan_vm;

/* Maximum number of heaps of one address space */
#define VPAN_HEAP_COUNT 128

/* Fields of a heap's handle. */
#define VPAN_HEAP_HANDLE_VM	GENMASK(31, 16)
#define VPAN_HEAP_HANDLE_INDEX	GENMASK(15, 0)

/**
 * struct vpan_heaps - the tiler heaps of an address space
 *
 * Their memory has references to the address space, so vpan_heaps_fini() must be
 * called before the last reference to it is dropped.
 */
struct vpan_heaps {
	/**
	 * @create_lock: Serialises creation and destruction. Memory is
	 * allocated under it; it is not on the signalling path.
	 */
	struct mutex create_lock;
	/** @closed: No more heaps can be created. Under @create_lock. */
	bool closed;
	/**
	 * @contexts: Heap contexts of the firmware, allocated with the first
	 * heap.
	 */
	struct vpan_kbo *contexts;
	/**
	 * @lock: Protects @heap and the chunks of each heap. Irq-safe. @heap and
	 * @contexts change under both @lock and @create_lock.
	 */
	spinlock_t lock;
	/** @refill: Refills heaps, one after the other. */
	struct work_struct refill;
	/** @refilling: Heap that @refill is at, which must not be freed. Under @lock. */
	struct vpan_heap *refilling;
	/** @turn: Index of the heap that @refill looked at last. Under @lock. */
	unsigned int turn;
	/** @refilled: Waiters for a change of @refilling. */
	wait_queue_head_t refilled;
	/** @bytes: Size of the chunks of all heaps. Under @lock. */
	u64 bytes;
	/** @heap: The heaps, by index of their context. */
	struct vpan_heap *heap[VPAN_HEAP_COUNT];
};

int vpan_heap_wq_init(struct vpan_device *vpan);
int vpan_heaps_create(struct vpan_vm *vm);
void vpan_heaps_fini(struct vpan_heaps *heaps);
int vpan_heap_create(struct vpan_vm *vm,
		     struct drm_panthor_tiler_heap_create *args);
int vpan_heap_destroy(struct vpan_vm *vm, u32 handle);
int vpan_heap_grow(struct vpan_vm *vm, const struct csf_cs_output *out,
		   struct vpan_heap_wait *wait, u64 *chunk);

#endif /* _VPAN_HEAP_H_ */
