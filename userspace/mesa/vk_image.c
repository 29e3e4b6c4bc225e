// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Transfer commands with images: a buffer is copied to an image, perhaps to another one, and
 * back, and must have the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "vk.h"
#include "vk_checks.h"

enum { WIDTH = 37, HEIGHT = 29, DEPTH = 5, SIZE = WIDTH * HEIGHT * 16 * DEPTH };

static const struct shape {
	const char *name;
	VkFormat format;
	unsigned int bytes;
	VkImageTiling tiling;
	VkImageType type;
	unsigned int layers;
} shapes[] = {
#define SHAPE(name, format, bytes, tiling) \
	{ name, VK_FORMAT_##format, bytes, VK_IMAGE_TILING_##tiling, VK_IMAGE_TYPE_2D, 1 }
	SHAPE("image-r8", R8_UNORM, 1, OPTIMAL),
	SHAPE("image-linear-r8", R8_UNORM, 1, LINEAR),
	SHAPE("image-rg8", R8G8_UNORM, 2, OPTIMAL),
	SHAPE("image-linear-rg8", R8G8_UNORM, 2, LINEAR),
	SHAPE("image-rgba8", R8G8B8A8_UNORM, 4, OPTIMAL),
	SHAPE("image-linear-rgba8", R8G8B8A8_UNORM, 4, LINEAR),
	SHAPE("image-rgba8-srgb", R8G8B8A8_SRGB, 4, OPTIMAL),
	SHAPE("image-linear-rgba8-srgb", R8G8B8A8_SRGB, 4, LINEAR),
	SHAPE("image-rgb565", R5G6B5_UNORM_PACK16, 2, OPTIMAL),
	SHAPE("image-linear-rgb565", R5G6B5_UNORM_PACK16, 2, LINEAR),
	SHAPE("image-rgba16f", R16G16B16A16_SFLOAT, 8, OPTIMAL),
	SHAPE("image-linear-rgba16f", R16G16B16A16_SFLOAT, 8, LINEAR),
	SHAPE("image-r32-uint", R32_UINT, 4, OPTIMAL),
	SHAPE("image-linear-r32-uint", R32_UINT, 4, LINEAR),
	SHAPE("image-rgba32f", R32G32B32A32_SFLOAT, 16, OPTIMAL),
	SHAPE("image-linear-rgba32f", R32G32B32A32_SFLOAT, 16, LINEAR),
	{ "image-layers", VK_FORMAT_R8G8B8A8_UNORM, 4, VK_IMAGE_TILING_OPTIMAL,
	  VK_IMAGE_TYPE_2D, 3 },
	{ "image-3d", VK_FORMAT_R8G8B8A8_UNORM, 4, VK_IMAGE_TILING_OPTIMAL,
	  VK_IMAGE_TYPE_3D, 1 },
	{ "image-1d", VK_FORMAT_R8G8B8A8_UNORM, 4, VK_IMAGE_TILING_OPTIMAL,
	  VK_IMAGE_TYPE_1D, 1 },
};

static VkImageCreateInfo describe(const struct shape *shape)
{
	return (VkImageCreateInfo){
		.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
		.imageType = shape->type,
		.format = shape->format,
		.extent = { WIDTH, shape->type == VK_IMAGE_TYPE_1D ? 1 : HEIGHT,
			    shape->type == VK_IMAGE_TYPE_3D ? DEPTH : 1 },
		.mipLevels = 1,
		.arrayLayers = shape->layers,
		.samples = VK_SAMPLE_COUNT_1_BIT,
		.tiling = shape->tiling,
		.usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
	};
}

static VkBufferImageCopy whole(const VkImageCreateInfo *info)
{
	return (VkBufferImageCopy){
		.imageSubresource = { VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, info->arrayLayers },
		.imageExtent = info->extent,
	};
}

static struct image prepare(struct vk *vk, const struct shape *shape)
{
	VkImageCreateInfo info = describe(shape);
	VkFormatProperties have;

	vkGetPhysicalDeviceFormatProperties(vk->physical, shape->format, &have);
	if (!((shape->tiling == VK_IMAGE_TILING_LINEAR ? have.linearTilingFeatures :
	       have.optimalTilingFeatures) & VK_FORMAT_FEATURE_TRANSFER_DST_BIT))
		skip("the driver does not offer it");
	return image_new(vk, &info, VK_IMAGE_ASPECT_COLOR_BIT);
}

static void general(VkCommandBuffer cmd, struct image *image)
{
	image_layout(cmd, image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED,
		     VK_IMAGE_LAYOUT_GENERAL);
}

static size_t bytes_of(const struct shape *shape, const struct image *image)
{
	return (size_t)image->info.extent.width * image->info.extent.height *
	       image->info.extent.depth * shape->layers * shape->bytes;
}

static void compare(const struct buffer *have, const struct buffer *want, size_t size)
{
	const unsigned char *h = have->map, *w = want->map;
	size_t i;

	for (i = 0; i < size; i++)
		if (h[i] != w[i])
			fail("byte %zu is 0x%02x, not 0x%02x", i, h[i], w[i]);
	for (; i < have->size; i++)
		if (h[i])
			fail("byte %zu behind the copy is 0x%02x", i, h[i]);
}

/* Floats without NaNs and denormal numbers, which a conversion may change */
static void fill(struct buffer *buffer, const struct shape *shape)
{
	unsigned char *bytes = buffer->map;
	size_t i;

	buffer_random(buffer, 5);
	if (strstr(shape->name, "16f") || strstr(shape->name, "32f"))
		for (i = 0; i < buffer->size; i++)
			bytes[i] = (bytes[i] & 0x3f) | 0x20;
}

static void round_trip(const void *data)
{
	const struct shape *shape = data;
	struct vk vk;
	struct buffer from, to;
	struct image image;
	VkBufferImageCopy region;
	VkCommandBuffer cmd;

	vk_open(&vk);
	image = prepare(&vk, shape);
	from = buffer_new(&vk, SIZE);
	to = buffer_new(&vk, SIZE);
	fill(&from, shape);
	region = whole(&image.info);
	cmd = vk_begin(&vk);
	general(cmd, &image);
	vkCmdCopyBufferToImage(cmd, from.buffer, image.image, VK_IMAGE_LAYOUT_GENERAL, 1, &region);
	vk_barrier(cmd);
	vkCmdCopyImageToBuffer(cmd, image.image, VK_IMAGE_LAYOUT_GENERAL, to.buffer, 1, &region);
	vk_run(&vk, cmd);
	compare(&to, &from, bytes_of(shape, &image));
}

/* From a linear image to a tiled one and to another linear one, at other places */
static void image_to_image(const void *data)
{
	const VkImageCopy copy = {
		.srcSubresource = { VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1 },
		.dstSubresource = { VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1 },
		.srcOffset = { 3, 5, 0 },
		.dstOffset = { 7, 2, 0 },
		.extent = { 21, 17, 1 },
	};
	struct vk vk;
	struct buffer from, to;
	struct image images[3];
	VkBufferImageCopy region;
	VkCommandBuffer cmd;
	unsigned int i;

	(void)data;
	vk_open(&vk);
	for (i = 0; i < 3; i++)
		images[i] = prepare(&vk, &shapes[i == 1 ? 4 : 5]);
	from = buffer_new(&vk, SIZE);
	to = buffer_new(&vk, SIZE);
	fill(&from, &shapes[4]);
	region = whole(&images[0].info);
	cmd = vk_begin(&vk);
	for (i = 0; i < 3; i++) {
		general(cmd, &images[i]);
		vkCmdCopyBufferToImage(cmd, from.buffer, images[i].image,
				       VK_IMAGE_LAYOUT_GENERAL, 1, &region);
	}
	vk_barrier(cmd);
	for (i = 0; i < 2; i++) {
		vkCmdCopyImage(cmd, images[i].image, VK_IMAGE_LAYOUT_GENERAL,
			       images[i + 1].image, VK_IMAGE_LAYOUT_GENERAL, 1, &copy);
		vk_barrier(cmd);
	}
	vkCmdCopyImageToBuffer(cmd, images[2].image, VK_IMAGE_LAYOUT_GENERAL, to.buffer, 1,
			       &region);
	vk_run(&vk, cmd);
	dump("bits", to.map, to.size);
}

/* A part of an image, from and to buffers with longer rows */
static void part(const void *data)
{
	struct vk vk;
	struct buffer from, to;
	struct image image;
	VkBufferImageCopy region;
	VkCommandBuffer cmd;

	(void)data;
	vk_open(&vk);
	image = prepare(&vk, &shapes[4]);
	from = buffer_new(&vk, SIZE);
	to = buffer_new(&vk, SIZE);
	fill(&from, &shapes[4]);
	region = whole(&image.info);
	cmd = vk_begin(&vk);
	general(cmd, &image);
	vkCmdCopyBufferToImage(cmd, from.buffer, image.image, VK_IMAGE_LAYOUT_GENERAL, 1, &region);
	vk_barrier(cmd);
	region.bufferOffset = 1000;
	region.bufferRowLength = 40;
	region.bufferImageHeight = 20;
	region.imageOffset = (VkOffset3D) { 11, 6, 0 };
	region.imageExtent = (VkExtent3D) { 19, 15, 1 };
	vkCmdCopyBufferToImage(cmd, from.buffer, image.image, VK_IMAGE_LAYOUT_GENERAL, 1, &region);
	vk_barrier(cmd);
	region.imageOffset = (VkOffset3D) { 0, 0, 0 };
	region.imageExtent = (VkExtent3D) { 33, 19, 1 };
	vkCmdCopyImageToBuffer(cmd, image.image, VK_IMAGE_LAYOUT_GENERAL, to.buffer, 1, &region);
	vk_run(&vk, cmd);
	dump("bits", to.map, to.size);
}

void image_checks(void)
{
	static const struct check others[] = {
		{ "image-to-image", image_to_image, NULL },
		{ "image-part", part, NULL },
	};
	struct check checks[ARRAY_SIZE(shapes)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		checks[i] = (struct check){ shapes[i].name, round_trip, &shapes[i] };
	checks_run(checks, ARRAY_SIZE(checks));
	checks_run(others, ARRAY_SIZE(others));
}
