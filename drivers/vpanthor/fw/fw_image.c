// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Parser of firmware images: a header, then entries of several types, of which the
 * driver uses sections to load and the identification of the build. The image comes
 * from a file, so no offset or size in it is used before it is checked.
 *
 * fw.c calls this and loads the sections. A second user looks only for the program of
 * the software MCU, to recognise images that it can execute. The parser has no state
 * and is tested by itself.
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <kunit/visibility.h>
#include <vcsf/csf_fw.h>

#include "fw/fw_image.h"

struct fw_image {
	const u8 *data;
	size_t size;
	const struct vpan_fw_image_ops *ops;
	void *priv;
	bool has_shared;
};

/* Is [offset, end) inside the image? */
static bool fw_range_ok(const struct fw_image *image, u32 offset, u32 end)
{
	return offset <= end && end <= image->size;
}

static int fw_parse_section(struct fw_image *image, const u8 *body, u32 size)
{
	struct vpan_fw_section section;
	struct csf_fw_section raw;

	if (size < sizeof(raw))
		return -EINVAL;
	memcpy(&raw, body, sizeof(raw));

	if (raw.flags & ~CSF_FW_SECTION_FLAGS)
		return -EINVAL;
	/* For the protected mode, which the MCU never enters */
	if (raw.flags & CSF_FW_SECTION_PROTECTED)
		return 0;

	if (!IS_ALIGNED(raw.va_start | raw.va_end, SZ_4K) ||
	    raw.va_end < raw.va_start ||
	    !fw_range_ok(image, raw.data_start, raw.data_end) ||
	    raw.data_end - raw.data_start > raw.va_end - raw.va_start)
		return -EINVAL;
	/* A section that maps nothing; panthor skips it, too. */
	if (raw.va_start == raw.va_end)
		return 0;

	if (raw.va_start == CSF_FW_SHARED_START) {
		if (!(raw.flags & CSF_FW_SECTION_SHARED) || image->has_shared)
			return -EINVAL;
		image->has_shared = true;
	}

	section.flags = raw.flags;
	section.va = raw.va_start;
	section.size = raw.va_end - raw.va_start;
	section.data = image->data + raw.data_start;
	section.data_size = raw.data_end - raw.data_start;
	return image->ops->section(image->priv, &section);
}

static int fw_parse_build_info(struct fw_image *image, const u8 *body, u32 size)
{
	struct csf_fw_build_info info;
	const char *text;

	if (size < sizeof(info))
		return -EINVAL;
	memcpy(&info, body, sizeof(info));

	if (info.offset > image->size || info.size > image->size - info.offset ||
	    !info.size)
		return -EINVAL;
	text = (const char *)image->data + info.offset;
	if (text[info.size - 1])
		return -EINVAL;
	if (image->ops->build_info)
		image->ops->build_info(image->priv, text);
	return 0;
}

static int fw_parse_entry(struct fw_image *image, u32 header, const u8 *body,
			  u32 size)
{
	switch (FIELD_GET(CSF_FW_ENTRY_TYPE, header)) {
	case CSF_FW_ENTRY_SECTION:
		return fw_parse_section(image, body, size);
	case CSF_FW_ENTRY_BUILD_INFO:
		return fw_parse_build_info(image, body, size);
	case CSF_FW_ENTRY_CONFIG:
	case CSF_FW_ENTRY_UNIT_TEST:
	case CSF_FW_ENTRY_TRACE_BUFFER:
	case CSF_FW_ENTRY_TIMELINE_METADATA:
		return 0;
	default:
		return header & CSF_FW_ENTRY_OPTIONAL ? 0 : -EINVAL;
	}
}

static int fw_parse_entries(struct fw_image *image, u32 end)
{
	u32 offset = sizeof(struct csf_fw_header);
	u32 header, size;
	int ret;

	while (offset < end) {
		if (end - offset < sizeof(header))
			return -EINVAL;
		memcpy(&header, image->data + offset, sizeof(header));
		size = FIELD_GET(CSF_FW_ENTRY_SIZE, header);
		if (size < sizeof(header) || !IS_ALIGNED(size, sizeof(header)) ||
		    size > end - offset)
			return -EINVAL;

		ret = fw_parse_entry(image, header,
				     image->data + offset + sizeof(header),
				     size - sizeof(header));
		if (ret)
			return ret;
		offset += size;
	}
	return 0;
}

/**
 * vpan_fw_image_parse - check a firmware image and report its contents
 * @data: the image
 * @size: size of the image in bytes
 * @ops: receiver of the contents
 * @priv: argument of @ops
 *
 * Context: as the callbacks.
 * Return: 0, -EINVAL if the image is invalid, or the error of a callback.
 */
int vpan_fw_image_parse(const void *data, size_t size,
			const struct vpan_fw_image_ops *ops, void *priv)
{
	struct fw_image image = {
		.data = data,
		.size = size,
		.ops = ops,
		.priv = priv,
	};
	struct csf_fw_header header;
	int ret;

	if (size < sizeof(header) || size > U32_MAX)
		return -EINVAL;
	memcpy(&header, data, sizeof(header));
	if (header.magic != CSF_FW_MAGIC || header.major != CSF_FW_MAJOR ||
	    header.size < sizeof(header) || header.size > size)
		return -EINVAL;

	ret = fw_parse_entries(&image, header.size);
	if (ret)
		return ret;
	return image.has_shared ? 0 : -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_fw_image_parse);

static int fw_find_program(void *priv, const struct vpan_fw_section *section)
{
	struct csf_mcu_program program;
	bool *found = priv;

	if (section->va != CSF_MCU_PROGRAM_VA ||
	    section->data_size < sizeof(program))
		return 0;
	memcpy(&program, section->data, sizeof(program));
	if (program.magic == CSF_MCU_PROGRAM_MAGIC &&
	    program.abi == CSF_MCU_PROGRAM_ABI)
		*found = true;
	return 0;
}

/**
 * vpan_fw_image_is_software - recognise an image of the software MCU
 * @data: the image
 * @size: size of the image in bytes
 *
 * Firmware of a real GPU has the vector table of its MCU at the reset address, where
 * an image of the software MCU has a &struct csf_mcu_program.
 *
 * Context: any.
 * Return: true if the image is valid and has a program for the software MCU.
 */
bool vpan_fw_image_is_software(const void *data, size_t size)
{
	static const struct vpan_fw_image_ops ops = {
		.section = fw_find_program,
	};
	bool found = false;

	return !vpan_fw_image_parse(data, size, &ops, &found) && found;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_fw_image_is_software);
