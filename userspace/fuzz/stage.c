// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Arrays of calls: elements are staged in lists, one call per element, and laid out
 * in memory by the call that passes the array, with its stride. An actor has lists
 * of its own. Nothing here fails: a layout that does not fit is truncated, since the
 * kernel has to cope with any memory.
 */

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <drm/panthor_uapi.h>

#include "state.h"

/**
 * fz_natural - get the size of an element
 * @list: list of the element
 *
 * Return: size of the structure in bytes.
 */
size_t fz_natural(enum fz_list list)
{
	switch (list) {
	case FZ_SYNCS:
		return sizeof(struct drm_panthor_sync_op);
	case FZ_BINDS:
		return sizeof(struct drm_panthor_vm_bind_op);
	case FZ_JOBS:
		return sizeof(struct drm_panthor_queue_submit);
	case FZ_QUEUES:
		return sizeof(struct drm_panthor_queue_create);
	case FZ_BO_SYNCS:
		return sizeof(struct drm_panthor_bo_sync_op);
	case FZ_HANDLES:
		return sizeof(uint32_t);
	default:
		return sizeof(uint64_t);
	}
}

/**
 * fz_stage - append an element to a list
 * @a: actor
 * @list: list of the element
 * @item: the element
 * @size: size of @item in bytes
 */
void fz_stage(struct fz_actor *a, enum fz_list list, const void *item, size_t size)
{
	if (a->count[list] < FZ_LIST_MAX && size <= FZ_ELEMENT_MAX)
		memcpy(a->items[list][a->count[list]++], item, size);
}

/**
 * fz_count - count the elements of a list
 * @a: actor
 * @list: the list
 *
 * Return: number of elements.
 */
uint64_t fz_count(const struct fz_actor *a, enum fz_list list)
{
	return a->count[list];
}

static unsigned char *arena_take(struct fz_actor *a, size_t size)
{
	unsigned char *at;

	size = (size + 15) & ~15ul;
	if (size > FZ_ARENA - a->used)
		a->used = 0;
	at = a->arena + a->used;
	a->used += size;
	return at;
}

/* Pages of their own: readable, and followed by a page that is not mapped. */
static unsigned char *edge_page(void)
{
	static unsigned char *page;

	if (!page) {
		void *at = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			return NULL;
		munmap((char *)at + 4096, 4096);
		page = at;
	}
	return page;
}

/*
 * Addresses other than that of the data: null, not mapped, of the kernel, at the end
 * of a page so that the last bytes are missing. Any other value is used as it stands.
 */
static uint64_t odd_pointer(const void *data, size_t size, uint64_t mode)
{
	unsigned char *page;

	switch (mode) {
	case 1:
		return 0x10;
	case 2:
		return 0xffff888000001000ull;
	case 3:
		page = edge_page();
		if (!page || size < 8 || size > 4096)
			return 0;
		memcpy(page + 4096 - (size - 8), data, size - 8);
		return (uintptr_t)(page + 4096 - (size - 8));
	default:
		return mode;
	}
}

/**
 * fz_layout - place the elements of a list in memory
 * @a: actor
 * @list: the list
 * @stride: distance of the elements in bytes, %FZ_AUTO for their size
 * @mode: %FZ_AUTO for the address of the elements, otherwise another address; 4
 *	fills the space between elements with ones
 *
 * Return: the address to pass to the kernel.
 */
uint64_t fz_layout(struct fz_actor *a, enum fz_list list, uint64_t stride, uint64_t mode)
{
	size_t size = fz_natural(list), copied = size, total;
	unsigned char *at;

	if (stride == FZ_AUTO)
		stride = size;
	if (stride > FZ_ARENA / FZ_LIST_MAX)
		stride = FZ_ARENA / FZ_LIST_MAX;
	if (stride < size)
		copied = stride;
	total = stride * (a->count[list] + 1) + size;
	if (total > FZ_ARENA)
		total = FZ_ARENA;
	at = arena_take(a, total);
	memset(at, mode == 4 ? 0xff : 0, total);
	for (unsigned int i = 0; i < a->count[list]; i++) {
		if ((i + 1) * stride + size > total)
			break;
		memcpy(at + i * stride, a->items[list][i], copied);
	}
	if (mode == FZ_AUTO || mode == 4)
		return (uintptr_t)at;
	return odd_pointer(at, stride * a->count[list], mode);
}

/**
 * fz_buffer - get memory for data that the kernel returns
 * @a: actor
 * @size: its size in bytes
 * @mode: as for fz_layout()
 *
 * Return: the address to pass to the kernel.
 */
uint64_t fz_buffer(struct fz_actor *a, size_t size, uint64_t mode)
{
	unsigned char *at;

	if (size > FZ_ARENA / 4)
		size = FZ_ARENA / 4;
	at = arena_take(a, size);
	memset(at, mode == 4 ? 0x5a : 0, size);
	if (mode == FZ_AUTO || mode == 4)
		return (uintptr_t)at;
	return odd_pointer(at, size, mode);
}

/**
 * fz_clear - forget all staged elements
 * @a: actor
 */
void fz_clear(struct fz_actor *a)
{
	memset(a->count, 0, sizeof(a->count));
	a->used = 0;
}
