// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Render passes without draws: linear images of each colour format, cleared to a value that
 * the format represents exactly or rounds without a tie, and read by the CPU; and images that
 * the driver lays out as it likes, colour, depth and stencil, which it copies to a buffer.
 */
#include <stdlib.h>
#include <string.h>

#include "vk.h"
#include "vk_checks.h"

enum { WIDTH = 50, HEIGHT = 37, LAYERS = 3 };

enum kind { UNORM, FLOAT, INTEGER };

struct format {
	const char *name;
	VkFormat format;
	unsigned int bytes;
	enum kind kind;
	const char *compare;
};

#define FORMAT(short, format, bytes, kind, compare) \
	{ "clear-" short, VK_FORMAT_##format, bytes, kind, compare }

static const struct format formats[] = {
	FORMAT("r8", R8_UNORM, 1, UNORM, "bits"),
	FORMAT("rg8", R8G8_UNORM, 2, UNORM, "bits"),
	FORMAT("rgba8", R8G8B8A8_UNORM, 4, UNORM, "bits"),
	FORMAT("bgra8", B8G8R8A8_UNORM, 4, UNORM, "bits"),
	FORMAT("rgba8-srgb", R8G8B8A8_SRGB, 4, UNORM, "bytes off=1"),
	FORMAT("bgra8-srgb", B8G8R8A8_SRGB, 4, UNORM, "bytes off=1"),
	FORMAT("rgba8-snorm", R8G8B8A8_SNORM, 4, UNORM, "bytes off=1"),
	FORMAT("rgba8-uint", R8G8B8A8_UINT, 4, INTEGER, "bits"),
	FORMAT("rgba8-sint", R8G8B8A8_SINT, 4, INTEGER, "bits"),
	FORMAT("r8-uint", R8_UINT, 1, INTEGER, "bits"),
	FORMAT("rg8-sint", R8G8_SINT, 2, INTEGER, "bits"),
	FORMAT("rgb565", R5G6B5_UNORM_PACK16, 2, UNORM, "bits"),
	FORMAT("rgba4", R4G4B4A4_UNORM_PACK16, 2, UNORM, "bits"),
	FORMAT("bgra4", B4G4R4A4_UNORM_PACK16, 2, UNORM, "bits"),
	FORMAT("argb1555", A1R5G5B5_UNORM_PACK16, 2, UNORM, "bits"),
	FORMAT("rgba5551", R5G5B5A1_UNORM_PACK16, 2, UNORM, "bits"),
	FORMAT("abgr2101010", A2B10G10R10_UNORM_PACK32, 4, UNORM, "bits"),
	FORMAT("argb2101010", A2R10G10B10_UNORM_PACK32, 4, UNORM, "bits"),
	FORMAT("abgr2101010-uint", A2B10G10R10_UINT_PACK32, 4, INTEGER, "bits"),
	FORMAT("r11g11b10", B10G11R11_UFLOAT_PACK32, 4, FLOAT, "bits"),
	FORMAT("r16", R16_UNORM, 2, UNORM, "bits"),
	FORMAT("rgba16", R16G16B16A16_UNORM, 8, UNORM, "bits"),
	FORMAT("rgba16-snorm", R16G16B16A16_SNORM, 8, UNORM, "bits"),
	FORMAT("r16f", R16_SFLOAT, 2, FLOAT, "bits"),
	FORMAT("rg16f", R16G16_SFLOAT, 4, FLOAT, "bits"),
	FORMAT("rgba16f", R16G16B16A16_SFLOAT, 8, FLOAT, "bits"),
	FORMAT("r16-uint", R16_UINT, 2, INTEGER, "bits"),
	FORMAT("rgba16-sint", R16G16B16A16_SINT, 8, INTEGER, "bits"),
	FORMAT("r32f", R32_SFLOAT, 4, FLOAT, "bits"),
	FORMAT("rg32f", R32G32_SFLOAT, 8, FLOAT, "bits"),
	FORMAT("rgba32f", R32G32B32A32_SFLOAT, 16, FLOAT, "bits"),
	FORMAT("r32-uint", R32_UINT, 4, INTEGER, "bits"),
	FORMAT("rg32-sint", R32G32_SINT, 8, INTEGER, "bits"),
	FORMAT("rgba32-uint", R32G32B32A32_UINT, 16, INTEGER, "bits"),
};

static VkClearColorValue value(enum kind kind)
{
	static const VkClearColorValue values[] = {
		[UNORM] = { .float32 = { 0.2f, 0.6f, 1.0f, 0.0f } },
		[FLOAT] = { .float32 = { 0.25f, 3.5f, 100.0f, 0.375f } },
		[INTEGER] = { .uint32 = { 3, 77, 1, 2 } },
	};

	return values[kind];
}

static VkImageCreateInfo target(VkFormat format, VkImageTiling tiling, VkImageUsageFlags usage)
{
	return (VkImageCreateInfo){
		.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
		.imageType = VK_IMAGE_TYPE_2D,
		.format = format,
		.extent = { WIDTH, HEIGHT, 1 },
		.mipLevels = 1,
		.arrayLayers = 1,
		.samples = VK_SAMPLE_COUNT_1_BIT,
		.tiling = tiling,
		.usage = usage | VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
	};
}

static VkRenderingAttachmentInfo attachment(struct image *image, VkClearValue clear)
{
	return (VkRenderingAttachmentInfo){
		.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
		.imageView = image->view,
		.imageLayout = VK_IMAGE_LAYOUT_GENERAL,
		.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
		.storeOp = VK_ATTACHMENT_STORE_OP_STORE,
		.clearValue = clear,
	};
}

static void render(struct vk *vk, VkCommandBuffer cmd, const VkRenderingInfo *info)
{
	PFN_vkCmdBeginRenderingKHR begin = (void *)vk_proc(vk, "vkCmdBeginRenderingKHR");
	PFN_vkCmdEndRenderingKHR end = (void *)vk_proc(vk, "vkCmdEndRenderingKHR");

	begin(cmd, info);
	end(cmd);
	vk_barrier(cmd);
}

static void must_have(struct vk *vk, VkFormat format, VkImageTiling tiling,
		      VkFormatFeatureFlags feature)
{
	VkFormatProperties have;

	vkGetPhysicalDeviceFormatProperties(vk->physical, format, &have);
	if (!((tiling == VK_IMAGE_TILING_LINEAR ? have.linearTilingFeatures :
	       have.optimalTilingFeatures) & feature))
		skip("the driver does not offer it");
}

/* The pixels of a linear image, row after row */
static char *pixels(struct vk *vk, struct image *image, VkImageAspectFlags aspect,
		    unsigned int bytes, unsigned int layers)
{
	char *copy = malloc((size_t)layers * WIDTH * HEIGHT * bytes), *to = copy;
	unsigned int layer, y;

	for (layer = 0; copy && layer < layers; layer++) {
		VkImageSubresource part = { aspect, 0, layer };
		VkSubresourceLayout layout;

		vkGetImageSubresourceLayout(vk->device, image->image, &part, &layout);
		for (y = 0; y < HEIGHT; y++, to += WIDTH * bytes)
			memcpy(to, (char *)image->map + layout.offset + y * layout.rowPitch,
			       WIDTH * bytes);
	}
	return copy;
}

static void clear_format(const void *data)
{
	const struct format *format = data;
	VkImageCreateInfo info = target(format->format, VK_IMAGE_TILING_LINEAR,
					VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
	VkRenderingAttachmentInfo color;
	VkRenderingInfo pass = {
		.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
		.renderArea = { { 0, 0 }, { WIDTH, HEIGHT } },
		.layerCount = 1,
		.colorAttachmentCount = 1,
		.pColorAttachments = &color,
	};
	struct vk vk;
	struct image image;
	VkCommandBuffer cmd;

	vk_open(&vk);
	must_have(&vk, format->format, info.tiling, VK_FORMAT_FEATURE_COLOR_ATTACHMENT_BIT);
	image = image_new(&vk, &info, VK_IMAGE_ASPECT_COLOR_BIT);
	color = attachment(&image, (VkClearValue){ .color = value(format->kind) });
	cmd = vk_begin(&vk);
	image_layout(cmd, &image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED,
		     VK_IMAGE_LAYOUT_GENERAL);
	render(&vk, cmd, &pass);
	vk_run(&vk, cmd);
	dump(format->compare, pixels(&vk, &image, VK_IMAGE_ASPECT_COLOR_BIT, format->bytes, 1),
	     WIDTH * HEIGHT * format->bytes);
}

/* Several targets of different formats in one pass */
static void clear_targets(const void *data)
{
	static const struct format *const used[] = { &formats[2], &formats[25], &formats[31] };
	VkRenderingAttachmentInfo colors[ARRAY_SIZE(used)];
	VkRenderingInfo pass = {
		.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
		.renderArea = { { 0, 0 }, { WIDTH, HEIGHT } },
		.layerCount = 1,
		.colorAttachmentCount = ARRAY_SIZE(used),
		.pColorAttachments = colors,
	};
	struct image images[ARRAY_SIZE(used)];
	struct vk vk;
	VkCommandBuffer cmd;
	char *all = malloc(WIDTH * HEIGHT * 16), *to = all;
	unsigned int i;

	(void)data;
	vk_open(&vk);
	cmd = vk_begin(&vk);
	for (i = 0; i < ARRAY_SIZE(used); i++) {
		VkImageCreateInfo info = target(used[i]->format, VK_IMAGE_TILING_LINEAR,
						VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);

		must_have(&vk, info.format, info.tiling, VK_FORMAT_FEATURE_COLOR_ATTACHMENT_BIT);
		images[i] = image_new(&vk, &info, VK_IMAGE_ASPECT_COLOR_BIT);
		image_layout(cmd, &images[i], VK_IMAGE_ASPECT_COLOR_BIT,
			     VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
		colors[i] = attachment(&images[i],
				       (VkClearValue){ .color = value(used[i]->kind) });
	}
	render(&vk, cmd, &pass);
	vk_run(&vk, cmd);
	for (i = 0; i < ARRAY_SIZE(used); i++) {
		memcpy(to, pixels(&vk, &images[i], VK_IMAGE_ASPECT_COLOR_BIT, used[i]->bytes, 1),
		       WIDTH * HEIGHT * used[i]->bytes);
		to += WIDTH * HEIGHT * used[i]->bytes;
	}
	dump("bits", all, to - all);
}

/* Two passes: the second one clears a part of what the first one has cleared. */
static void clear_load(const void *data)
{
	const struct format *format = &formats[2];
	VkImageCreateInfo info = target(format->format, VK_IMAGE_TILING_LINEAR,
					VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
	VkRenderingAttachmentInfo color;
	VkRenderingInfo pass = {
		.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
		.renderArea = { { 0, 0 }, { WIDTH, HEIGHT } },
		.layerCount = 1,
		.colorAttachmentCount = 1,
		.pColorAttachments = &color,
	};
	struct vk vk;
	struct image image;
	VkCommandBuffer cmd;

	(void)data;
	vk_open(&vk);
	image = image_new(&vk, &info, VK_IMAGE_ASPECT_COLOR_BIT);
	color = attachment(&image, (VkClearValue){ .color = value(format->kind) });
	cmd = vk_begin(&vk);
	image_layout(cmd, &image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED,
		     VK_IMAGE_LAYOUT_GENERAL);
	render(&vk, cmd, &pass);
	pass.renderArea = (VkRect2D) { { 16, 16 }, { 16, 16 } };
	color.clearValue.color = value(FLOAT);
	render(&vk, cmd, &pass);
	vk_run(&vk, cmd);
	dump("bits", pixels(&vk, &image, VK_IMAGE_ASPECT_COLOR_BIT, 4, 1), WIDTH * HEIGHT * 4);
}

static void clear_layers(const void *data)
{
	const struct format *format = &formats[2];
	VkImageCreateInfo info = target(format->format, VK_IMAGE_TILING_LINEAR,
					VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
	VkRenderingAttachmentInfo color;
	VkRenderingInfo pass = {
		.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
		.renderArea = { { 0, 0 }, { WIDTH, HEIGHT } },
		.layerCount = LAYERS,
		.colorAttachmentCount = 1,
		.pColorAttachments = &color,
	};
	struct vk vk;
	struct image image;
	VkCommandBuffer cmd;

	(void)data;
	vk_open(&vk);
	info.arrayLayers = LAYERS;
	image = image_new(&vk, &info, VK_IMAGE_ASPECT_COLOR_BIT);
	color = attachment(&image, (VkClearValue){ .color = value(format->kind) });
	cmd = vk_begin(&vk);
	image_layout(cmd, &image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED,
		     VK_IMAGE_LAYOUT_GENERAL);
	render(&vk, cmd, &pass);
	vk_run(&vk, cmd);
	dump("bits", pixels(&vk, &image, VK_IMAGE_ASPECT_COLOR_BIT, 4, LAYERS),
	     LAYERS * WIDTH * HEIGHT * 4);
}

static const struct depth {
	const char *name;
	VkFormat format;
	VkImageAspectFlags aspects;
	unsigned int bytes;
} depths[] = {
	{ "clear-d16", VK_FORMAT_D16_UNORM, VK_IMAGE_ASPECT_DEPTH_BIT, 2 },
	{ "clear-d32f", VK_FORMAT_D32_SFLOAT, VK_IMAGE_ASPECT_DEPTH_BIT, 4 },
	{ "clear-d24", VK_FORMAT_X8_D24_UNORM_PACK32, VK_IMAGE_ASPECT_DEPTH_BIT, 4 },
	{ "clear-d24s8", VK_FORMAT_D24_UNORM_S8_UINT,
	  VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT, 4 },
	{ "clear-d32fs8", VK_FORMAT_D32_SFLOAT_S8_UINT,
	  VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT, 4 },
	{ "clear-s8", VK_FORMAT_S8_UINT, VK_IMAGE_ASPECT_STENCIL_BIT, 1 },
};

/* A pass with colour and depth: the colour must be right. The depth is not read back. */
static void clear_depth(const void *data)
{
	const struct depth *format = data;
	VkImageCreateInfo info = target(VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_TILING_LINEAR,
					VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
	VkImageCreateInfo deep = target(format->format, VK_IMAGE_TILING_OPTIMAL,
					VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT);
	VkRenderingAttachmentInfo color, depth;
	VkRenderingInfo pass = {
		.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
		.renderArea = { { 0, 0 }, { WIDTH, HEIGHT } },
		.layerCount = 1,
		.colorAttachmentCount = 1,
		.pColorAttachments = &color,
	};
	struct vk vk;
	struct image image, zs;
	VkCommandBuffer cmd;

	vk_open(&vk);
	must_have(&vk, deep.format, deep.tiling, VK_FORMAT_FEATURE_DEPTH_STENCIL_ATTACHMENT_BIT);
	image = image_new(&vk, &info, VK_IMAGE_ASPECT_COLOR_BIT);
	zs = image_new(&vk, &deep, format->aspects);
	color = attachment(&image, (VkClearValue){ .color = value(UNORM) });
	depth = attachment(&zs, (VkClearValue){ .depthStencil = { 0.75f, 0x5a } });
	if (format->aspects & VK_IMAGE_ASPECT_DEPTH_BIT)
		pass.pDepthAttachment = &depth;
	if (format->aspects & VK_IMAGE_ASPECT_STENCIL_BIT)
		pass.pStencilAttachment = &depth;
	cmd = vk_begin(&vk);
	image_layout(cmd, &image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED,
		     VK_IMAGE_LAYOUT_GENERAL);
	image_layout(cmd, &zs, format->aspects, VK_IMAGE_LAYOUT_UNDEFINED,
		     VK_IMAGE_LAYOUT_GENERAL);
	render(&vk, cmd, &pass);
	vk_run(&vk, cmd);
	dump("bits", pixels(&vk, &image, VK_IMAGE_ASPECT_COLOR_BIT, 4, 1), WIDTH * HEIGHT * 4);
}

/* All samples of a target are cleared, and resolved to one. */
static void clear_samples(const void *data)
{
	VkImageCreateInfo info = target(VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_TILING_LINEAR,
					VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
	VkImageCreateInfo many = target(VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_TILING_OPTIMAL,
					VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
	VkRenderingAttachmentInfo color;
	VkRenderingInfo pass = {
		.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
		.renderArea = { { 0, 0 }, { WIDTH, HEIGHT } },
		.layerCount = 1,
		.colorAttachmentCount = 1,
		.pColorAttachments = &color,
	};
	struct vk vk;
	struct image image, samples;
	VkCommandBuffer cmd;

	(void)data;
	vk_open(&vk);
	many.samples = VK_SAMPLE_COUNT_4_BIT;
	image = image_new(&vk, &info, VK_IMAGE_ASPECT_COLOR_BIT);
	samples = image_new(&vk, &many, VK_IMAGE_ASPECT_COLOR_BIT);
	color = attachment(&samples, (VkClearValue){ .color = value(UNORM) });
	color.resolveMode = VK_RESOLVE_MODE_AVERAGE_BIT;
	color.resolveImageView = image.view;
	color.resolveImageLayout = VK_IMAGE_LAYOUT_GENERAL;
	cmd = vk_begin(&vk);
	image_layout(cmd, &image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED,
		     VK_IMAGE_LAYOUT_GENERAL);
	image_layout(cmd, &samples, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED,
		     VK_IMAGE_LAYOUT_GENERAL);
	render(&vk, cmd, &pass);
	vk_run(&vk, cmd);
	dump("bits", pixels(&vk, &image, VK_IMAGE_ASPECT_COLOR_BIT, 4, 1), WIDTH * HEIGHT * 4);
}

/* --- Images that the driver lays out ------------------------------------------------ */

/* Whole superblocks, so that a driver that compresses need not keep what is around the pass */
enum { WHOLE_WIDTH = 64, WHOLE_HEIGHT = 48, WHOLE = WHOLE_WIDTH * WHOLE_HEIGHT };

static const struct format optimal[] = {
	FORMAT("optimal-r8", R8_UNORM, 1, UNORM, "bits"),
	FORMAT("optimal-rg8", R8G8_UNORM, 2, UNORM, "bits"),
	FORMAT("optimal-rgba8", R8G8B8A8_UNORM, 4, UNORM, "bits"),
	FORMAT("optimal-bgra8", B8G8R8A8_UNORM, 4, UNORM, "bits"),
	FORMAT("optimal-rgba8-srgb", R8G8B8A8_SRGB, 4, UNORM, "bytes off=1"),
	FORMAT("optimal-rgb565", R5G6B5_UNORM_PACK16, 2, UNORM, "bits"),
	FORMAT("optimal-abgr2101010", A2B10G10R10_UNORM_PACK32, 4, UNORM, "bits"),
	FORMAT("optimal-rgba16f", R16G16B16A16_SFLOAT, 8, FLOAT, "bits"),
	FORMAT("optimal-r32-uint", R32_UINT, 4, INTEGER, "bits"),
	FORMAT("optimal-rgba32f", R32G32B32A32_SFLOAT, 16, FLOAT, "bits"),
};

/* Copy an aspect of an image of WHOLE pixels to a buffer of its own. */
static char *copied(struct vk *vk, struct image *image, VkImageAspectFlags aspect,
		    unsigned int bytes)
{
	struct buffer to = buffer_new(vk, WHOLE * bytes);
	const VkBufferImageCopy region = {
		.imageSubresource = { aspect, 0, 0, 1 },
		.imageExtent = { WHOLE_WIDTH, WHOLE_HEIGHT, 1 },
	};
	VkCommandBuffer cmd = vk_begin(vk);

	vkCmdCopyImageToBuffer(cmd, image->image, VK_IMAGE_LAYOUT_GENERAL, to.buffer, 1,
			       &region);
	vk_run(vk, cmd);
	return to.map;
}

static VkImageCreateInfo whole(VkFormat format, VkImageUsageFlags usage)
{
	VkImageCreateInfo info = target(format, VK_IMAGE_TILING_OPTIMAL, usage);

	info.extent = (VkExtent3D) { WHOLE_WIDTH, WHOLE_HEIGHT, 1 };
	return info;
}

/* Clear what PASS has, which is of one image. */
static void clear_whole(struct vk *vk, struct image *image, VkImageAspectFlags aspects,
			VkRenderingInfo *pass)
{
	VkCommandBuffer cmd = vk_begin(vk);

	pass->sType = VK_STRUCTURE_TYPE_RENDERING_INFO;
	pass->renderArea = (VkRect2D) { { 0, 0 }, { WHOLE_WIDTH, WHOLE_HEIGHT } };
	pass->layerCount = 1;
	image_layout(cmd, image, aspects, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
	render(vk, cmd, pass);
	vk_run(vk, cmd);
}

static void clear_optimal(const void *data)
{
	const struct format *format = data;
	VkImageCreateInfo info = whole(format->format, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
	VkRenderingAttachmentInfo color;
	VkRenderingInfo pass = { .colorAttachmentCount = 1, .pColorAttachments = &color };
	struct image image;
	struct vk vk;

	vk_open(&vk);
	must_have(&vk, info.format, info.tiling, VK_FORMAT_FEATURE_COLOR_ATTACHMENT_BIT);
	image = image_new(&vk, &info, VK_IMAGE_ASPECT_COLOR_BIT);
	color = attachment(&image, (VkClearValue) { .color = value(format->kind) });
	clear_whole(&vk, &image, VK_IMAGE_ASPECT_COLOR_BIT, &pass);
	dump(format->compare, copied(&vk, &image, VK_IMAGE_ASPECT_COLOR_BIT, format->bytes),
	     WHOLE * format->bytes);
}

static const struct depth optimal_depths[] = {
	{ "clear-optimal-d16", VK_FORMAT_D16_UNORM, VK_IMAGE_ASPECT_DEPTH_BIT, 2 },
	{ "clear-optimal-d32f", VK_FORMAT_D32_SFLOAT, VK_IMAGE_ASPECT_DEPTH_BIT, 4 },
	{ "clear-optimal-d24", VK_FORMAT_X8_D24_UNORM_PACK32, VK_IMAGE_ASPECT_DEPTH_BIT, 4 },
	{ "clear-optimal-d24s8", VK_FORMAT_D24_UNORM_S8_UINT,
	  VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT, 4 },
	{ "clear-optimal-d32fs8", VK_FORMAT_D32_SFLOAT_S8_UINT,
	  VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT, 4 },
	{ "clear-optimal-s8", VK_FORMAT_S8_UINT, VK_IMAGE_ASPECT_STENCIL_BIT, 1 },
};

/* Depth that no format rounds at a tie, then stencil, each copied to a buffer */
static void clear_optimal_depth(const void *data)
{
	const struct depth *format = data;
	VkImageCreateInfo info = whole(format->format,
				       VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT);
	bool has_depth = format->aspects & VK_IMAGE_ASPECT_DEPTH_BIT;
	VkRenderingAttachmentInfo depth;
	VkRenderingInfo pass = { 0 };
	unsigned int bytes = has_depth ? format->bytes : 0, i;
	char all[WHOLE * 5] = { 0 };
	struct image image;
	struct vk vk;

	vk_open(&vk);
	must_have(&vk, info.format, info.tiling, VK_FORMAT_FEATURE_DEPTH_STENCIL_ATTACHMENT_BIT);
	image = image_new(&vk, &info, format->aspects);
	depth = attachment(&image, (VkClearValue) { .depthStencil = { 0.7f, 0x5a } });
	if (has_depth)
		pass.pDepthAttachment = &depth;
	if (format->aspects & VK_IMAGE_ASPECT_STENCIL_BIT)
		pass.pStencilAttachment = &depth;
	clear_whole(&vk, &image, format->aspects, &pass);
	if (has_depth)
		memcpy(all, copied(&vk, &image, VK_IMAGE_ASPECT_DEPTH_BIT, bytes), WHOLE * bytes);
	/* The fourth byte of 24 bits of depth has no meaning. */
	if (format->format == VK_FORMAT_X8_D24_UNORM_PACK32 ||
	    format->format == VK_FORMAT_D24_UNORM_S8_UINT)
		for (i = 0; i < WHOLE; i++)
			all[4 * i + 3] = 0;
	if (format->aspects & VK_IMAGE_ASPECT_STENCIL_BIT)
		memcpy(all + WHOLE * bytes,
		       copied(&vk, &image, VK_IMAGE_ASPECT_STENCIL_BIT, 1), WHOLE);
	dump("bits", all, sizeof(all));
}

void clear_checks(void)
{
	static const struct check others[] = {
		{ "clear-targets", clear_targets, NULL },
		{ "clear-load", clear_load, NULL },
		{ "clear-layers", clear_layers, NULL },
		{ "clear-samples", clear_samples, NULL },
	};
	struct check checks[ARRAY_SIZE(formats) + ARRAY_SIZE(depths) + ARRAY_SIZE(optimal) +
			    ARRAY_SIZE(optimal_depths)];
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		checks[n++] = (struct check){ formats[i].name, clear_format, &formats[i] };
	for (i = 0; i < ARRAY_SIZE(depths); i++)
		checks[n++] = (struct check){ depths[i].name, clear_depth, &depths[i] };
	for (i = 0; i < ARRAY_SIZE(optimal); i++)
		checks[n++] = (struct check){ optimal[i].name, clear_optimal, &optimal[i] };
	for (i = 0; i < ARRAY_SIZE(optimal_depths); i++)
		checks[n++] = (struct check){ optimal_depths[i].name, clear_optimal_depth,
					      &optimal_depths[i] };
	checks_run(checks, n);
	checks_run(others, ARRAY_SIZE(others));
}
