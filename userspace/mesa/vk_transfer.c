// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Transfer commands between buffers; what each byte must be is known here. */
#include <stdlib.h>
#include <string.h>

#include "vk.h"
#include "vk_checks.h"

enum { SIZE = 65536 };

static void compare(const struct buffer *buffer, const void *want)
{
	const unsigned char *have = buffer->map, *expected = want;
	size_t i;

	for (i = 0; i < buffer->size; i++)
		if (have[i] != expected[i])
			fail("byte %zu is 0x%02x, not 0x%02x", i, have[i], expected[i]);
}

static const struct range {
	VkDeviceSize offset, size;
} ranges[] = {
	{ 0, SIZE }, { 0, 4 }, { 4, 8 }, { 16, 4096 }, { 12, 1000 }, { 4096, 60000 },
	{ SIZE - 4, 4 },
};

static void fill_buffer(const void *data)
{
	struct vk vk;
	struct buffer buffer;
	VkCommandBuffer cmd;
	uint32_t want[SIZE / 4];
	unsigned int i, k;

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, SIZE);
	buffer_random(&buffer, 1);
	memcpy(want, buffer.map, SIZE);
	/* The first range is all of it: left out here, so that the rest stays visible. */
	for (i = 1; i < ARRAY_SIZE(ranges); i++) {
		cmd = vk_begin(&vk);
		vkCmdFillBuffer(cmd, buffer.buffer, ranges[i].offset, ranges[i].size,
				0x01020304 * i);
		vk_run(&vk, cmd);
		for (k = 0; k < ranges[i].size / 4; k++)
			want[ranges[i].offset / 4 + k] = 0x01020304 * i;
		compare(&buffer, want);
	}
	cmd = vk_begin(&vk);
	vkCmdFillBuffer(cmd, buffer.buffer, 8, VK_WHOLE_SIZE, 0xffffffff);
	vk_run(&vk, cmd);
	memset(want + 2, 0xff, SIZE - 8);
	compare(&buffer, want);
}

static void update_buffer(const void *data)
{
	struct vk vk;
	struct buffer buffer, from;
	VkCommandBuffer cmd;
	unsigned char want[SIZE];
	unsigned int i;

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, SIZE);
	from = buffer_new(&vk, SIZE);
	buffer_random(&buffer, 1);
	buffer_random(&from, 2);
	memcpy(want, buffer.map, SIZE);
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		cmd = vk_begin(&vk);
		vkCmdUpdateBuffer(cmd, buffer.buffer, ranges[i].offset, ranges[i].size,
				  (char *)from.map + i * 4);
		vk_run(&vk, cmd);
		memcpy(want + ranges[i].offset, (char *)from.map + i * 4, ranges[i].size);
		compare(&buffer, want);
	}
}

/* Offsets and sizes at any alignment, as many regions of one command and as commands */
static void copy_buffer(const void *data)
{
	static const VkBufferCopy copies[] = {
		{ 0, 0, 16 }, { 5, 100, 1 }, { 7, 203, 33 }, { 1024, 2048, 1024 },
		{ 3, 8192, 4097 }, { 16384, 16390, 1234 }, { 2, 32768, 30001 },
	};
	struct vk vk;
	struct buffer from, to;
	VkCommandBuffer cmd;
	unsigned char want[SIZE];
	unsigned int i;

	vk_open(&vk);
	from = buffer_new(&vk, SIZE);
	to = buffer_new(&vk, SIZE);
	buffer_random(&from, 3);
	buffer_random(&to, 4);
	memcpy(want, to.map, SIZE);
	for (i = 0; i < ARRAY_SIZE(copies); i++)
		memcpy(want + copies[i].dstOffset, (char *)from.map + copies[i].srcOffset,
		       copies[i].size);
	cmd = vk_begin(&vk);
	if (data)
		vkCmdCopyBuffer(cmd, from.buffer, to.buffer, ARRAY_SIZE(copies), copies);
	for (i = 0; !data && i < ARRAY_SIZE(copies); i++) {
		vkCmdCopyBuffer(cmd, from.buffer, to.buffer, 1, &copies[i]);
		vk_barrier(cmd);
	}
	vk_run(&vk, cmd);
	compare(&to, want);
}

/* Fill, copy, update, with barriers between them */
static void mixed(const void *data)
{
	struct vk vk;
	struct buffer a, b;
	VkCommandBuffer cmd;
	uint32_t want[SIZE / 4];
	unsigned int i;

	(void)data;
	vk_open(&vk);
	a = buffer_new(&vk, SIZE);
	b = buffer_new(&vk, SIZE);
	cmd = vk_begin(&vk);
	for (i = 0; i < 16; i++) {
		VkBufferCopy copy = { i * 1024, (15 - i) * 1024, 1024 };
		uint32_t word = i;

		vkCmdFillBuffer(cmd, a.buffer, i * 1024, 1024, i * 17);
		vk_barrier(cmd);
		vkCmdCopyBuffer(cmd, a.buffer, b.buffer, 1, &copy);
		vk_barrier(cmd);
		vkCmdUpdateBuffer(cmd, b.buffer, (15 - i) * 1024 + 4, 4, &word);
		vk_barrier(cmd);
	}
	vk_run(&vk, cmd);
	memset(want, 0, sizeof(want));
	for (i = 0; i < 4096; i++)
		want[i] = (15 - i / 256) * 17;
	for (i = 0; i < 16; i++)
		want[(15 - i) * 256 + 1] = i;
	compare(&b, want);
}

void transfer_checks(void)
{
	static const struct check checks[] = {
		{ "transfer-fill", fill_buffer, NULL },
		{ "transfer-update", update_buffer, NULL },
		{ "transfer-copy", copy_buffer, NULL },
		{ "transfer-copy-regions", copy_buffer, "regions" },
		{ "transfer-mixed", mixed, NULL },
	};

	checks_run(checks, ARRAY_SIZE(checks));
}
