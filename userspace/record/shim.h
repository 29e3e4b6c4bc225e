/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SHIM_H
#define SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

/* A buffer whose contents are recorded. */
struct shim_buffer {
	struct shim_buffer *next;
	uint32_t file;
	uint32_t handle;
	uint64_t size;
	/* The program's memory, NULL if it cannot be mapped. */
	uint8_t *memory;
	/* As it was when it was last recorded. */
	uint8_t *recorded;
};

/**
 * enum shim_map - whether the contents of a buffer can be recorded
 * @SHIM_MAP: they can
 * @SHIM_TRY_MAP: they can if this driver has made the buffer
 * @SHIM_NO_MAP: they cannot
 */
enum shim_map { SHIM_MAP, SHIM_TRY_MAP, SHIM_NO_MAP };

int shim_real_ioctl(int fd, unsigned long request, void *arg);

void shim_write(uint32_t type, uint32_t file, const void *head, size_t head_size,
		const void *data, size_t data_size);
void shim_incomplete(const char *what);

void shim_buffer_add(int fd, uint32_t file, uint32_t handle, uint64_t size,
		     enum shim_map how);
bool shim_buffer_known(uint32_t file, uint32_t handle);
void shim_buffer_close(uint32_t file, uint32_t handle);
void shim_buffers_close(uint32_t file);
void shim_buffers_record(uint32_t file);
void shim_buffers_results(void);
void shim_buffers_forget(void);

#endif /* SHIM_H */
