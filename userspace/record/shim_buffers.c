// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The contents of a program's buffers: each is mapped a second time, and compared with what
 * was recorded of it, page by page. Called with the shim's lock held.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <drm/panthor_uapi.h>

#include "shim.h"

#define PAGE_BYTES	4096ull

static struct shim_buffer *buffers;

static uint8_t *map(int fd, uint32_t handle, uint64_t size)
{
	struct drm_panthor_bo_mmap_offset args = { .handle = handle };
	void *memory;

	if (shim_real_ioctl(fd, DRM_IOCTL_PANTHOR_BO_MMAP_OFFSET, &args))
		return NULL;
	memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, args.offset);
	return memory == MAP_FAILED ? NULL : memory;
}

/* New buffers are zero, so the copy begins as zeroes. */
void shim_buffer_add(int fd, uint32_t file, uint32_t handle, uint64_t size, enum shim_map how)
{
	struct shim_buffer *buffer = calloc(1, sizeof(*buffer));

	if (!buffer) {
		shim_incomplete("memory for a buffer");
		return;
	}
	buffer->file = file;
	buffer->handle = handle;
	buffer->size = size;
	buffer->recorded = how != SHIM_NO_MAP ? calloc(1, size) : NULL;
	buffer->memory = buffer->recorded ? map(fd, handle, size) : NULL;
	if (how == SHIM_MAP && !buffer->memory)
		shim_incomplete("contents of a buffer");
	buffer->next = buffers;
	buffers = buffer;
}

bool shim_buffer_known(uint32_t file, uint32_t handle)
{
	for (struct shim_buffer *buffer = buffers; buffer; buffer = buffer->next) {
		if (buffer->file == file && buffer->handle == handle)
			return true;
	}
	return false;
}

static bool differs(const struct shim_buffer *buffer, uint64_t offset)
{
	return memcmp(buffer->memory + offset, buffer->recorded + offset, PAGE_BYTES);
}

static void record(struct shim_buffer *buffer, uint32_t type)
{
	struct record_pages pages = { .handle = buffer->handle };
	uint64_t end;

	if (!buffer->memory)
		return;
	for (uint64_t at = 0; at < buffer->size; at += PAGE_BYTES) {
		if (!differs(buffer, at))
			continue;
		for (end = at; end < buffer->size && differs(buffer, end); end += PAGE_BYTES)
			memcpy(buffer->recorded + end, buffer->memory + end, PAGE_BYTES);
		pages.offset = at;
		/* The GPU may be writing it: the copy is what belongs together. */
		shim_write(type, buffer->file, &pages, sizeof(pages), buffer->recorded + at,
			   end - at);
		at = end;
	}
}

/* Record what has changed in the buffers of a file since the last time. */
void shim_buffers_record(uint32_t file)
{
	for (struct shim_buffer *buffer = buffers; buffer; buffer = buffer->next) {
		if (buffer->file == file)
			record(buffer, RECORD_PAGES);
	}
}

/* The program ends. */
void shim_buffers_results(void)
{
	for (struct shim_buffer *buffer = buffers; buffer; buffer = buffer->next)
		record(buffer, RECORD_RESULT);
}

static void drop(struct shim_buffer *buffer)
{
	if (buffer->memory)
		munmap(buffer->memory, buffer->size);
	free(buffer->recorded);
	free(buffer);
}

void shim_buffer_close(uint32_t file, uint32_t handle)
{
	for (struct shim_buffer **at = &buffers; *at; at = &(*at)->next) {
		struct shim_buffer *buffer = *at;

		if (buffer->file != file || buffer->handle != handle)
			continue;
		record(buffer, RECORD_RESULT);
		*at = buffer->next;
		drop(buffer);
		return;
	}
}

/* The device file is closed, and with it all of its buffers. */
void shim_buffers_close(uint32_t file)
{
	for (struct shim_buffer **at = &buffers; *at;) {
		struct shim_buffer *buffer = *at;

		if (buffer->file != file) {
			at = &buffer->next;
			continue;
		}
		record(buffer, RECORD_RESULT);
		*at = buffer->next;
		drop(buffer);
	}
}

/* In a child: the buffers are the parent's. */
void shim_buffers_forget(void)
{
	while (buffers) {
		struct shim_buffer *next = buffers->next;

		drop(buffers);
		buffers = next;
	}
}
