/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FW_IMAGE_H_
#define _VPAN_FW_IMAGE_H_

#include <linux/types.h>

/**
 * struct vpan_fw_section - section of a firmware image
 */
struct vpan_fw_section {
	/** @flags: CSF_FW_SECTION bits. */
	u32 flags;
	/** @va: First MCU address, a multiple of 4 KiB. */
	u32 va;
	/** @size: Size in bytes, a multiple of 4 KiB, not zero. */
	u32 size;
	/** @data_size: Size of @data in bytes, at most @size. */
	u32 data_size;
	/** @data: Initial contents, in the image. */
	const u8 *data;
};

/**
 * struct vpan_fw_image_ops - receiver of an image's contents
 */
struct vpan_fw_image_ops {
	/**
	 * @section: Load a section. An error ends the parsing.
	 */
	int (*section)(void *priv, const struct vpan_fw_section *section);
	/**
	 * @build_info: Take the NUL-terminated identification of the build.
	 * Optional.
	 */
	void (*build_info)(void *priv, const char *text);
};

int vpan_fw_image_parse(const void *data, size_t size,
			const struct vpan_fw_image_ops *ops, void *priv);
bool vpan_fw_image_is_software(const void *data, size_t size);

#endif /* _VPAN_FW_IMAGE_H_ */
