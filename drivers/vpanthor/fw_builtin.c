// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The firmware of last resort: an image for the software MCU, so that nothing
 * has to be installed. Real ones have machine code in its place.
 */

#include <linux/bitfield.h>
#include <linux/export.h>
#include <linux/sizes.h>
#include <linux/stddef.h>

#include <kunit/visibility.h>
#include <vcsf/csf_fw.h>

#include "fw_image.h"

/* Control, input and output blocks of 31 groups of 32 streams fit. */
#define BUILTIN_SHARED_SIZE	SZ_1M

struct builtin_entry {
	u32 header;
	struct csf_fw_section section;
};

struct builtin_image {
	struct csf_fw_header header;
	struct builtin_entry program_entry;
	struct builtin_entry shared_entry;
	struct csf_mcu_program program;
};

#define BUILTIN_ENTRY_HEADER \
	(FIELD_PREP_CONST(CSF_FW_ENTRY_TYPE, CSF_FW_ENTRY_SECTION) | \
	 FIELD_PREP_CONST(CSF_FW_ENTRY_SIZE, sizeof(struct builtin_entry)))

static const struct builtin_image builtin_image = {
	.header = {
		.magic = CSF_FW_MAGIC,
		.major = CSF_FW_MAJOR,
		.size = offsetof(struct builtin_image, program),
	},
	.program_entry = {
		.header = BUILTIN_ENTRY_HEADER,
		.section = {
			.flags = CSF_FW_SECTION_READ | CSF_FW_SECTION_EXEC |
				 CSF_FW_SECTION_ZERO,
			.va_start = CSF_MCU_PROGRAM_VA,
			.va_end = CSF_MCU_PROGRAM_VA + SZ_4K,
			.data_start = offsetof(struct builtin_image, program),
			.data_end = sizeof(struct builtin_image),
		},
	},
	.shared_entry = {
		.header = BUILTIN_ENTRY_HEADER,
		.section = {
			.flags = CSF_FW_SECTION_READ | CSF_FW_SECTION_WRITE |
				 CSF_FW_SECTION_SHARED | CSF_FW_SECTION_ZERO,
			.va_start = CSF_FW_SHARED_START,
			.va_end = CSF_FW_SHARED_START + BUILTIN_SHARED_SIZE,
		},
	},
	.program = {
		.magic = CSF_MCU_PROGRAM_MAGIC,
		.abi = CSF_MCU_PROGRAM_ABI,
		.interface_version =
			FIELD_PREP_CONST(CSF_GLB_VERSION_MAJOR, 1) |
			FIELD_PREP_CONST(CSF_GLB_VERSION_MINOR, 1),
		.instr_features = 0x71,
		.group_max = CSF_GLB_GROUP_MAX,
		.stream_max = CSF_CSG_STREAM_MAX,
		.suspend_base = SZ_4K,
		.suspend_per_stream = SZ_4K,
		.protm_suspend_size = SZ_4K,
	},
};

/**
 * vpan_fw_builtin_image - the firmware of last resort
 * @size: returns its size in bytes
 *
 * Return: the image.
 */
const void *vpan_fw_builtin_image(size_t *size)
{
	*size = sizeof(builtin_image);
	return &builtin_image;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_fw_builtin_image);
