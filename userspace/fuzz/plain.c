// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Calls of programs on files and mappings. Arguments are numbers; an argument that names a
 * slot is the number of the slot. All return 0 or a negative errno.
 */

#include <drm/panthor_uapi.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "state.h"

#define MAP_LIMIT	(16ul << 20)

/* --- Files -------------------------------------------------------------------- */

/**
 * fz_open_device - open the first node of the driver
 * @prefix: node without its number
 * @first: first number
 *
 * Return: a file descriptor or -1.
 */
int fz_open_device(const char *prefix, unsigned int first)
{
	for (unsigned int i = first; i < first + 16; i++) {
		char path[64], name[16] = "";
		struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };
		int fd;

		snprintf(path, sizeof(path), "%s%u", prefix, i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, "panthor"))
			return fd;
		close(fd);
	}
	return -1;
}

static int *fd_slot(struct fz_actor *a, enum fz_slot_kind kind, uint64_t slot)
{
	return &a->process->fds[kind == FZ_XFD][slot % FZ_SLOTS];
}

/**
 * fz_fd - get the file of a slot
 * @a: actor
 * @kind: %FZ_FD or %FZ_XFD
 * @slot: number of the slot
 *
 * Return: the file descriptor, -1 if the slot is empty.
 */
int fz_fd(struct fz_actor *a, enum fz_slot_kind kind, uint64_t slot)
{
	return *fd_slot(a, kind, slot);
}

/**
 * fz_set_fd - store a file in a slot and close its predecessor
 * @a: actor
 * @kind: %FZ_FD or %FZ_XFD
 * @slot: number of the slot
 * @fd: the file descriptor; negative to leave the slot alone
 *
 * Return: 0, or a negative errno if @fd is negative.
 */
long fz_set_fd(struct fz_actor *a, enum fz_slot_kind kind, uint64_t slot, int fd)
{
	int old;

	if (fd < 0)
		return -errno;
	old = __atomic_exchange_n(fd_slot(a, kind, slot), fd, __ATOMIC_ACQ_REL);
	if (old >= 0)
		close(old);
	return 0;
}

static long close_slot(struct fz_actor *a, enum fz_slot_kind kind, uint64_t slot)
{
	int old = __atomic_exchange_n(fd_slot(a, kind, slot), -1, __ATOMIC_ACQ_REL);

	return fz_result(close(old));
}

/**
 * fz_close_all - close all files of the process
 * @a: actor
 *
 * Return: 0.
 */
long fz_close_all(struct fz_actor *a)
{
	for (unsigned int i = 0; i < FZ_SLOTS; i++) {
		close_slot(a, FZ_FD, i);
		close_slot(a, FZ_XFD, i);
	}
	return 0;
}

/* file, node */
FZ_PLAIN(open)
{
	int fd = v[1] & 1 ? fz_open_device("/dev/dri/card", 0) :
			    fz_open_device("/dev/dri/renderD", 128);

	return fz_set_fd(a, FZ_FD, v[0], fd);
}

FZ_PLAIN(close)
{
	return close_slot(a, FZ_FD, v[0]);
}

FZ_PLAIN(xclose)
{
	return close_slot(a, FZ_XFD, v[0]);
}

/* file, to */
FZ_PLAIN(dup)
{
	return fz_set_fd(a, FZ_FD, v[1], dup(fz_fd(a, FZ_FD, v[0])));
}

/* file, size */
FZ_PLAIN(read)
{
	char data[256];
	size_t size = v[1] > sizeof(data) ? sizeof(data) : v[1];
	int fd = fz_fd(a, FZ_FD, v[0]);

	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fz_result(read(fd, data, size));
}

/* other file, events */
FZ_PLAIN(poll)
{
	struct pollfd poller = { .fd = fz_fd(a, FZ_XFD, v[0]), .events = v[1] };

	return fz_result(poll(&poller, 1, 2));
}

/* --- Mappings ------------------------------------------------------------------ */

static long set_map(struct fz_actor *a, uint64_t slot, void *at, size_t size)
{
	struct fz_map *map = &a->process->maps[slot % FZ_SLOTS];

	if (at == MAP_FAILED)
		return -errno;
	if (map->at)
		munmap(map->at, map->size);
	*map = (struct fz_map) { at, size };
	return 0;
}

static struct fz_map *map_of(struct fz_actor *a, uint64_t slot)
{
	return &a->process->maps[slot % FZ_SLOTS];
}

static size_t map_size(uint64_t size, uint64_t natural)
{
	if (size == FZ_AUTO)
		size = natural;
	return size > MAP_LIMIT ? MAP_LIMIT : size;
}

/* map, file, buffer, protection, flags, offset, size */
FZ_PLAIN(mmap)
{
	unsigned int bo = v[2] % FZ_SLOTS;
	size_t size = map_size(v[6], a->shared->bo_size[bo]);
	int flags = v[4] & (MAP_SHARED | MAP_PRIVATE | MAP_POPULATE | MAP_NORESERVE);

	return set_map(a, v[0], mmap(NULL, size, v[3] & 7, flags, fz_fd(a, FZ_FD, v[1]),
				     a->shared->bo_offset[bo] + v[5]), size);
}

/* map, other file, protection, flags, offset, size */
FZ_PLAIN(xmmap)
{
	size_t size = map_size(v[5], 65536);
	int flags = v[3] & (MAP_SHARED | MAP_PRIVATE | MAP_POPULATE);

	return set_map(a, v[0], mmap(NULL, size, v[2] & 7, flags, fz_fd(a, FZ_XFD, v[1]),
				     v[4]), size);
}

/* map, file, protection, flags, offset, size */
FZ_PLAIN(mmio)
{
	size_t size = map_size(v[5], 4096);

	return set_map(a, v[0], mmap(NULL, size, v[2] & 7, v[3] & (MAP_SHARED | MAP_PRIVATE),
				     fz_fd(a, FZ_FD, v[1]), v[4]), size);
}

FZ_PLAIN(munmap)
{
	struct fz_map map = *map_of(a, v[0]);

	*map_of(a, v[0]) = (struct fz_map) {};
	return map.at ? fz_result(munmap(map.at, map.size)) : -EINVAL;
}

/* map, protection */
FZ_PLAIN(mprotect)
{
	struct fz_map *map = map_of(a, v[0]);

	return map->at ? fz_result(mprotect(map->at, map->size, v[1] & 7)) : -EINVAL;
}

/* map, advice */
FZ_PLAIN(madvise)
{
	struct fz_map *map = map_of(a, v[0]);

	return map->at ? fz_result(madvise(map->at, map->size, v[1] & 31)) : -EINVAL;
}

/* map, size */
FZ_PLAIN(mremap)
{
	struct fz_map *map = map_of(a, v[0]);
	size_t size = map_size(v[1], map->size * 2);
	void *at;

	if (!map->at)
		return -EINVAL;
	at = mremap(map->at, map->size, size, MREMAP_MAYMOVE);
	if (at == MAP_FAILED)
		return -errno;
	*map = (struct fz_map) { at, size };
	return 0;
}

/* Copy bytes; -EFAULT if an address faults. */
static long guarded_copy(struct fz_actor *a, volatile unsigned char *to,
			 const volatile unsigned char *from, size_t size)
{
	if (sigsetjmp(a->fault, 1))
		return -EFAULT;
	a->guarded = true;
	for (size_t i = 0; i < size; i++)
		to[i] = from[i];
	a->guarded = false;
	return 0;
}

/* map, offset, 1 to write */
FZ_PLAIN(touch)
{
	struct fz_map *map = map_of(a, v[0]);
	unsigned char byte = v[2], *at = map->at;

	if (!at || v[1] >= map->size)
		return -EINVAL;
	at += v[1];
	return v[2] & 1 ? guarded_copy(a, at, &byte, 1) : guarded_copy(a, &byte, at, 1);
}

/* map, offset, value */
FZ_PLAIN(poke)
{
	struct fz_map *map = map_of(a, v[0]);
	uint64_t value = v[2];

	if (!map->at || v[1] >= map->size || map->size - v[1] < 8)
		return -EINVAL;
	return guarded_copy(a, (unsigned char *)map->at + v[1], (unsigned char *)&value, 8);
}

/**
 * fz_put_words - write a command stream to a mapping
 * @a: actor
 * @map: slot of the mapping
 * @offset: position in it
 * @words: the stream; the first two words get the addresses of the heap, as bits 47:0
 * @count: number of words
 * @heap: slot of the heap
 *
 * Return: 0 or a negative errno.
 */
long fz_put_words(struct fz_actor *a, uint64_t map, uint64_t offset, uint64_t *words,
		  unsigned int count, uint64_t heap)
{
	struct fz_map *to = map_of(a, map);
	uint64_t low = (1ull << 48) - 1;

	if (!to->at || offset >= to->size || to->size - offset < count * 8ul)
		return -EINVAL;
	words[0] = (words[0] & ~low) | (a->shared->heap_context[heap % FZ_SLOTS] & low);
	words[1] = (words[1] & ~low) | (a->shared->heap_chunk[heap % FZ_SLOTS] & low);
	return guarded_copy(a, (unsigned char *)to->at + offset, (unsigned char *)words,
			    count * 8ul);
}
