/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_IMAGE_H_
#define _CSF_IMAGE_H_

/**
 * DOC: Firmware image of a Mali CSF GPU
 *
 * An image is a header and a list of entries, in the format that the kernel's panthor
 * driver parses (panthor_fw.c). A driver maps each section entry into the MCU's
 * address space (AS 0) and starts the MCU, which then fills the control blocks at the
 * start of the shared section (see csf_fw.h).
 */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define CSF_FW_MAGIC				0xc3f13a6e
#define CSF_FW_MAJOR				0

/**
 * struct csf_fw_header - start of the image
 * @magic: %CSF_FW_MAGIC
 * @minor: minor version of the container
 * @major: major version of the container, %CSF_FW_MAJOR
 * @pad0: zero
 * @hash: identification of the firmware build
 * @pad1: zero
 * @size: offset of the end of the entries, which follow this header
 */
struct csf_fw_header {
	__u32 magic;
	__u8 minor;
	__u8 major;
	__u16 pad0;
	__u32 hash;
	__u32 pad1;
	__u32 size;
};

static_assert(sizeof(struct csf_fw_header) == 20);

/* First word of each entry */
#define CSF_FW_ENTRY_TYPE			GENMASK(7, 0)
#define   CSF_FW_ENTRY_SECTION			0
#define   CSF_FW_ENTRY_CONFIG			1
#define   CSF_FW_ENTRY_UNIT_TEST		2
#define   CSF_FW_ENTRY_TRACE_BUFFER		3
#define   CSF_FW_ENTRY_TIMELINE_METADATA	4
#define   CSF_FW_ENTRY_BUILD_INFO		6
/* Size in bytes including this word, a multiple of four */
#define CSF_FW_ENTRY_SIZE			GENMASK(15, 8)
#define CSF_FW_ENTRY_UPDATABLE			BIT(30)
#define CSF_FW_ENTRY_OPTIONAL			BIT(31)

/**
 * struct csf_fw_section - body of a section entry, after its first word
 * @flags: CSF_FW_SECTION bits
 * @va_start: first MCU address, a multiple of 4 KiB
 * @va_end: first MCU address after the section, a multiple of 4 KiB
 * @data_start: offset of the initial contents in the image
 * @data_end: offset of their end; the data may be shorter than the section
 *
 * The rest of the entry is the section's name.
 */
struct csf_fw_section {
	__u32 flags;
	__u32 va_start;
	__u32 va_end;
	__u32 data_start;
	__u32 data_end;
};

#define CSF_FW_SECTION_READ			BIT(0)
#define CSF_FW_SECTION_WRITE			BIT(1)
#define CSF_FW_SECTION_EXEC			BIT(2)
#define CSF_FW_SECTION_CACHE			GENMASK(4, 3)
#define   CSF_FW_SECTION_CACHE_NONE		0
#define   CSF_FW_SECTION_CACHE_CACHED		1
#define   CSF_FW_SECTION_CACHE_UNCACHED_COHERENT 2
#define   CSF_FW_SECTION_CACHE_CACHED_COHERENT	3
#define CSF_FW_SECTION_PROTECTED		BIT(5)
#define CSF_FW_SECTION_SHARED			BIT(30)
#define CSF_FW_SECTION_ZERO			BIT(31)
#define CSF_FW_SECTION_FLAGS \
	(CSF_FW_SECTION_READ | CSF_FW_SECTION_WRITE | CSF_FW_SECTION_EXEC | \
	 CSF_FW_SECTION_CACHE | CSF_FW_SECTION_PROTECTED | \
	 CSF_FW_SECTION_SHARED | CSF_FW_SECTION_ZERO)

/**
 * struct csf_fw_build_info - body of a build info entry
 * @offset: offset of a NUL-terminated string in the image, "git_sha: ..."
 * @size: size of that string
 */
struct csf_fw_build_info {
	__u32 offset;
	__u32 size;
};

/*
 * Address space of the MCU. An image must have a shared section at CSF_FW_SHARED_START,
 * which begins with the control blocks. A driver maps its own memory for the MCU (ring
 * interfaces, suspend buffers) after that section, within the same 64 MiB.
 */
#define CSF_FW_SHARED_START			0x04000000
#define CSF_FW_SHARED_SIZE			0x04000000
#define CSF_FW_VA_SIZE				0x100000000ULL

/**
 * struct csf_mcu_program - description of firmware for the software MCU
 * @magic: %CSF_MCU_PROGRAM_MAGIC
 * @abi: %CSF_MCU_PROGRAM_ABI
 * @interface_version: value of &csf_glb_control.version
 * @features: value of &csf_glb_control.features
 * @instr_features: value of &csf_glb_control.instr_features
 * @perfcnt_size: value of &csf_glb_control.perfcnt_size
 * @group_features: value of &csf_csg_control.features
 * @group_max: limit for the number of CSG slots in use
 * @stream_max: limit for the number of streams per group in use
 * @suspend_base: bytes of a suspend buffer for the group
 * @suspend_per_stream: bytes of a suspend buffer for each stream
 * @protm_suspend_size: value of &csf_csg_control.protm_suspend_size
 *
 * The software MCU runs no machine code. On start it reads this description at the
 * reset address, %CSF_MCU_PROGRAM_VA, where real firmware has its vector table, and
 * behaves accordingly. Without a valid description it stops in the fatal state, as a
 * CPU without code does. This is chosen, not a fact of the hardware.
 */
struct csf_mcu_program {
	__u32 magic;
	__u32 abi;
	__u32 interface_version;
	__u32 features;
	__u32 instr_features;
	__u32 perfcnt_size;
	__u32 group_features;
	__u32 group_max;
	__u32 stream_max;
	__u32 suspend_base;
	__u32 suspend_per_stream;
	__u32 protm_suspend_size;
};

static_assert(sizeof(struct csf_mcu_program) == 48);

#define CSF_MCU_PROGRAM_VA			0x00000000
#define CSF_MCU_PROGRAM_MAGIC			0x554d4356	/* "VCMU" */
#define CSF_MCU_PROGRAM_ABI			1

#endif /* _CSF_IMAGE_H_ */
