/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _CSF_REGS_H_
#define _CSF_REGS_H_

/**
 * DOC: Registers of a Mali CSF GPU
 *
 * Byte offsets in the register window, fields, page table bits and exception codes of
 * architecture 10 (Mali-G610). A 64-bit register is a pair, low half first; its offset
 * is that of the low half.
 *
 * Names follow the kernel's panthor driver (panthor_regs.h) and Arm's documentation,
 * with the prefix %CSF_. The source of a fact is that driver, unless a comment says
 * "recalled" (from Arm's driver, not compared again) or "chosen" (the hardware's
 * behaviour is not known, and the software GPU defines it).
 */

#include <linux/bits.h>

/* --- Identity and features ------------------------------------------------ */

#define CSF_GPU_ID				0x000
#define   CSF_GPU_ID_ARCH_MAJOR			GENMASK(31, 28)
#define   CSF_GPU_ID_ARCH_MINOR			GENMASK(27, 24)
#define   CSF_GPU_ID_ARCH_REV			GENMASK(23, 20)
#define   CSF_GPU_ID_PRODUCT			GENMASK(19, 16)
#define   CSF_GPU_ID_VERSION_MAJOR		GENMASK(15, 12)
#define   CSF_GPU_ID_VERSION_MINOR		GENMASK(11, 4)
#define   CSF_GPU_ID_VERSION_STATUS		GENMASK(3, 0)
#define CSF_L2_FEATURES				0x004
#define   CSF_L2_LINE_LOG2			GENMASK(7, 0)
#define   CSF_L2_ASSOC_LOG2			GENMASK(15, 8)
#define   CSF_L2_SIZE_LOG2			GENMASK(23, 16)
#define   CSF_L2_BUS_LOG2			GENMASK(31, 24)
#define CSF_CORE_FEATURES			0x008
#define   CSF_CORE_VARIANT			GENMASK(7, 0)
#define CSF_TILER_FEATURES			0x00c
#define   CSF_TILER_BIN_LOG2			GENMASK(5, 0)
#define   CSF_TILER_LEVELS			GENMASK(11, 8)
#define CSF_MEM_FEATURES			0x010
#define   CSF_MEM_COHERENT_CORE_GROUP		BIT(0)
#define   CSF_MEM_COHERENT_SUPER_GROUP		BIT(1)
#define   CSF_MEM_L2_SLICES_MINUS_1		GENMASK(11, 8)
#define CSF_MMU_FEATURES			0x014
#define   CSF_MMU_VA_BITS			GENMASK(7, 0)
#define   CSF_MMU_PA_BITS			GENMASK(15, 8)
#define CSF_AS_PRESENT				0x018
#define CSF_CSF_ID				0x01c
#define   CSF_CSF_ID_MCU_REV			GENMASK(3, 0)
#define   CSF_CSF_ID_MCU_MINOR			GENMASK(9, 4)
#define   CSF_CSF_ID_MCU_MAJOR			GENMASK(15, 10)
#define   CSF_CSF_ID_HW_REV			GENMASK(19, 16)
#define   CSF_CSF_ID_HW_MINOR			GENMASK(25, 20)
#define   CSF_CSF_ID_HW_MAJOR			GENMASK(31, 26)
#define CSF_GPU_FEATURES			0x060
#define CSF_GPU_FEATURES_RAY_INTERSECTION	BIT(2)
#define CSF_THREAD_MAX_THREADS			0x0a0
#define CSF_THREAD_MAX_WORKGROUP		0x0a4
#define CSF_THREAD_MAX_BARRIER			0x0a8
#define CSF_THREAD_FEATURES			0x0ac
#define   CSF_THREAD_REGS			GENMASK(21, 0)
#define   CSF_THREAD_IMPL			GENMASK(23, 22)
#define   CSF_THREAD_MAX_TASKS			GENMASK(31, 24)
#define CSF_TEXTURE_FEATURES(n)			(0x0b0 + 4 * (n))
#define   CSF_TEXTURE_FEATURES_COUNT		4
#define CSF_REVID				0x280
#define CSF_COHERENCY_FEATURES			0x300
#define CSF_COHERENCY_ENABLE			0x304
#define   CSF_COHERENCY_ACE_LITE		0
#define   CSF_COHERENCY_ACE			1
#define   CSF_COHERENCY_NONE			31

/* --- GPU control, interrupts, counters ------------------------------------ */

#define CSF_GPU_IRQ_RAWSTAT			0x020
#define CSF_GPU_IRQ_CLEAR			0x024
#define CSF_GPU_IRQ_MASK			0x028
#define CSF_GPU_IRQ_STATUS			0x02c
#define   CSF_GPU_IRQ_FAULT			BIT(0)
#define   CSF_GPU_IRQ_PROTM_FAULT		BIT(1)
#define   CSF_GPU_IRQ_RESET_COMPLETED		BIT(8)
#define   CSF_GPU_IRQ_POWER_CHANGED_SINGLE	BIT(9)
#define   CSF_GPU_IRQ_POWER_CHANGED_ALL		BIT(10)
#define   CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED	BIT(17)
/* Follows the doorbells. A write to CLEAR does not clear it. */
#define   CSF_GPU_IRQ_DOORBELL_MIRROR		BIT(18)
#define   CSF_GPU_IRQ_MCU_STATUS		BIT(19)
#define CSF_GPU_COMMAND				0x030
#define   CSF_GPU_COMMAND_OP			GENMASK(7, 0)
#define   CSF_GPU_COMMAND_PAYLOAD		GENMASK(31, 8)
#define   CSF_GPU_CMD_NOP			0
#define   CSF_GPU_CMD_RESET			1
#define   CSF_GPU_RESET_SOFT			1
#define   CSF_GPU_RESET_HARD			2
#define   CSF_GPU_CMD_FLUSH_CACHES		4
#define   CSF_GPU_FLUSH_L2			GENMASK(11, 8)
#define   CSF_GPU_FLUSH_LSC			GENMASK(15, 12)
#define   CSF_GPU_FLUSH_OTHER			GENMASK(19, 16)
#define   CSF_GPU_CMD_CLEAR_FAULT		7
/* Values of the three flush fields, also in the FLUSH_CACHE2 instruction */
#define   CSF_FLUSH_NONE			0
#define   CSF_FLUSH_CLEAN			1
#define   CSF_FLUSH_INV				2
#define   CSF_FLUSH_CLEAN_INV			3
#define CSF_GPU_SOFT_RESET \
	(CSF_GPU_CMD_RESET | CSF_GPU_RESET_SOFT << 8)
#define CSF_GPU_HARD_RESET \
	(CSF_GPU_CMD_RESET | CSF_GPU_RESET_HARD << 8)
#define CSF_GPU_FLUSH_CACHES(l2, lsc, other) \
	(CSF_GPU_CMD_FLUSH_CACHES | (l2) << 8 | (lsc) << 12 | (other) << 16)
#define CSF_GPU_STATUS				0x034
#define   CSF_GPU_STATUS_ACTIVE			BIT(0)
#define   CSF_GPU_STATUS_PWR_ACTIVE		BIT(1)
#define   CSF_GPU_STATUS_PAGE_FAULT		BIT(4)
#define   CSF_GPU_STATUS_PROTM_ACTIVE		BIT(7)
#define   CSF_GPU_STATUS_DBG_ENABLED		BIT(8)
#define CSF_GPU_FAULT_STATUS			0x03c
#define CSF_GPU_FAULT_ADDRESS			0x040	/* 64 bit */
#define CSF_L2_CONFIG				0x048
#define   CSF_L2_CONFIG_ASN_HASH_ENABLE		BIT(24)
#define CSF_PWR_KEY				0x050
#define   CSF_PWR_KEY_UNLOCK			0x2968a819
#define CSF_PWR_OVERRIDE(n)			(0x054 + 4 * (n))
#define CSF_TIMESTAMP_OFFSET			0x088	/* 64 bit */
#define CSF_CYCLE_COUNT				0x090	/* 64 bit */
#define CSF_TIMESTAMP				0x098	/* 64 bit */

/* --- Power: bitmaps of cores, 64 bit each --------------------------------- */

#define CSF_SHADER_PRESENT			0x100
#define CSF_TILER_PRESENT			0x110
#define CSF_L2_PRESENT				0x120
#define CSF_SHADER_READY			0x140
#define CSF_TILER_READY				0x150
#define CSF_L2_READY				0x160
#define CSF_SHADER_PWRON			0x180
#define CSF_TILER_PWRON				0x190
#define CSF_L2_PWRON				0x1a0
#define CSF_SHADER_PWROFF			0x1c0
#define CSF_TILER_PWROFF			0x1d0
#define CSF_L2_PWROFF				0x1e0
#define CSF_SHADER_PWRTRANS			0x200
#define CSF_TILER_PWRTRANS			0x210
#define CSF_L2_PWRTRANS				0x220
#define CSF_SHADER_PWRACTIVE			0x240
#define CSF_TILER_PWRACTIVE			0x250
#define CSF_L2_PWRACTIVE			0x260

/* --- MCU ------------------------------------------------------------------ */

#define CSF_MCU_CONTROL				0x700
#define   CSF_MCU_CONTROL_DISABLE		0
#define   CSF_MCU_CONTROL_ENABLE		1
#define   CSF_MCU_CONTROL_AUTO			2
#define CSF_MCU_STATUS				0x704
#define   CSF_MCU_STATUS_DISABLED		0
#define   CSF_MCU_STATUS_ENABLED		1
#define   CSF_MCU_STATUS_HALT			2
#define   CSF_MCU_STATUS_FATAL			3

/* --- Job interrupts: one bit per CSG slot, and the global interface -------- */

#define CSF_JOB_IRQ_RAWSTAT			0x1000
#define CSF_JOB_IRQ_CLEAR			0x1004
#define CSF_JOB_IRQ_MASK			0x1008
#define CSF_JOB_IRQ_STATUS			0x100c
#define   CSF_JOB_IRQ_CSG(n)			BIT(n)
#define   CSF_JOB_IRQ_CSGS			GENMASK(30, 0)
#define   CSF_JOB_IRQ_GLOBAL			BIT(31)

/* --- MMU ------------------------------------------------------------------ */

#define CSF_MMU_IRQ_RAWSTAT			0x2000
#define CSF_MMU_IRQ_CLEAR			0x2004
#define CSF_MMU_IRQ_MASK			0x2008
#define CSF_MMU_IRQ_STATUS			0x200c
#define   CSF_MMU_IRQ_FAULT(as)			BIT(as)
#define   CSF_MMU_IRQ_FAULTS			GENMASK(15, 0)
#define   CSF_MMU_IRQ_COMMAND_COMPLETED(as)	BIT(16 + (as))

#define CSF_AS_COUNT_MAX			16
#define CSF_AS_BASE				0x2400
#define CSF_AS_STRIDE				0x40
#define CSF_AS(as, reg)				(CSF_AS_BASE + CSF_AS_STRIDE * (as) + (reg))
#define CSF_AS_TRANSTAB(as)			CSF_AS(as, 0x00)	/* 64 bit */
#define CSF_AS_MEMATTR(as)			CSF_AS(as, 0x08)	/* 64 bit */
#define CSF_AS_LOCKADDR(as)			CSF_AS(as, 0x10)	/* 64 bit */
/* log2 of the size in bytes, minus one. The base is a multiple of the size. */
#define   CSF_AS_LOCKADDR_SIZE			GENMASK_ULL(5, 0)
#define   CSF_AS_LOCKADDR_BASE			GENMASK_ULL(63, 12)
#define   CSF_AS_LOCKADDR_MIN_LOG2		15	/* 32 KiB */
#define   CSF_AS_LOCKADDR_ALL			63	/* whole address space */
#define CSF_AS_COMMAND(as)			CSF_AS(as, 0x18)
#define   CSF_AS_COMMAND_NOP			0
#define   CSF_AS_COMMAND_UPDATE			1
#define   CSF_AS_COMMAND_LOCK			2
#define   CSF_AS_COMMAND_UNLOCK			3
#define   CSF_AS_COMMAND_FLUSH_PT		4
#define   CSF_AS_COMMAND_FLUSH_MEM		5
#define CSF_AS_FAULTSTATUS(as)			CSF_AS(as, 0x1c)
#define   CSF_AS_FAULTSTATUS_TYPE		GENMASK(7, 0)
#define   CSF_AS_FAULTSTATUS_ACCESS		GENMASK(9, 8)
#define     CSF_AS_ACCESS_ATOMIC		0
#define     CSF_AS_ACCESS_EXECUTE		1
#define     CSF_AS_ACCESS_READ			2
#define     CSF_AS_ACCESS_WRITE			3
#define   CSF_AS_FAULTSTATUS_DECODE		BIT(10)
#define   CSF_AS_FAULTSTATUS_SOURCE		GENMASK(31, 16)
#define CSF_AS_FAULTADDRESS(as)			CSF_AS(as, 0x20)	/* 64 bit */
#define CSF_AS_STATUS(as)			CSF_AS(as, 0x28)
#define   CSF_AS_STATUS_ACTIVE			BIT(0)
#define CSF_AS_TRANSCFG(as)			CSF_AS(as, 0x30)	/* 64 bit */
#define   CSF_AS_TRANSCFG_MODE			GENMASK_ULL(3, 0)
#define     CSF_AS_MODE_UNMAPPED		1
#define     CSF_AS_MODE_IDENTITY		2
#define     CSF_AS_MODE_AARCH64_4K		6
#define     CSF_AS_MODE_AARCH64_64K		8
/* 55 minus the number of input address bits */
#define   CSF_AS_TRANSCFG_INA			GENMASK_ULL(10, 6)
#define     CSF_AS_TRANSCFG_INA_BITS(n)		((55ULL - (n)) << 6)
#define   CSF_AS_TRANSCFG_OUTA			GENMASK_ULL(18, 14)
#define   CSF_AS_TRANSCFG_SL_CONCAT		BIT_ULL(22)
#define   CSF_AS_TRANSCFG_WALK_ATTR		GENMASK_ULL(25, 24)
#define     CSF_AS_TRANSCFG_WALK_NC		BIT_ULL(24)
#define     CSF_AS_TRANSCFG_WALK_WB		BIT_ULL(25)
#define   CSF_AS_TRANSCFG_WALK_SHARE		GENMASK_ULL(29, 28)
#define     CSF_AS_TRANSCFG_WALK_OS		BIT_ULL(29)
#define     CSF_AS_TRANSCFG_WALK_IS		(3ULL << 28)
#define   CSF_AS_TRANSCFG_READ_ALLOC		BIT_ULL(30)
#define   CSF_AS_TRANSCFG_NO_HIER_AP		BIT_ULL(33)
#define   CSF_AS_TRANSCFG_NO_AF_FAULT		BIT_ULL(34)
#define   CSF_AS_TRANSCFG_WXN			BIT_ULL(35)
#define   CSF_AS_TRANSCFG_X_READABLE		BIT_ULL(36)
#define CSF_AS_FAULTEXTRA(as)			CSF_AS(as, 0x38)	/* 64 bit */

/* MEMATTR holds eight attribute bytes, selected by a page's attribute index. */
#define CSF_AS_MEMATTR_ALLOC			GENMASK(3, 0)
#define CSF_AS_MEMATTR_SHARE			GENMASK(5, 4)
#define CSF_AS_MEMATTR_TYPE			GENMASK(7, 6)
#define   CSF_AS_MEMATTR_TYPE_SHARED		0
#define   CSF_AS_MEMATTR_TYPE_NC		1
#define   CSF_AS_MEMATTR_TYPE_WB		2
#define   CSF_AS_MEMATTR_TYPE_FAULT		3
#define CSF_AS_MEMATTR_NC			0x4cULL
#define CSF_AS_MEMATTR_WB			0x9fULL

/*
 * Translation tables: AArch64 stage 1, 4 KiB granule, levels 0 to 3 for 48-bit
 * addresses, 512 entries of 8 bytes. A page of level 3 has 4 KiB, a block of level 2
 * has 2 MiB and a block of level 1 has 1 GiB.
 */
#define CSF_PTE_LEVELS				4
#define CSF_PTE_ENTRIES				512
#define CSF_PTE_LEVEL_SHIFT(level)		(39 - 9 * (level))
#define CSF_PTE_TYPE				GENMASK_ULL(1, 0)
#define   CSF_PTE_TYPE_BLOCK			1ULL	/* levels 1 and 2 */
#define   CSF_PTE_TYPE_TABLE			3ULL	/* levels 0 to 2 */
#define   CSF_PTE_TYPE_PAGE			3ULL	/* level 3 */
#define CSF_PTE_ATTR_INDEX			GENMASK_ULL(4, 2)
#define   CSF_PTE_ATTR_INDEX_NC			(0ULL << 2)
#define   CSF_PTE_ATTR_INDEX_WB			BIT_ULL(2)
#define CSF_PTE_USER				BIT_ULL(6)
#define CSF_PTE_READONLY			BIT_ULL(7)
#define CSF_PTE_SHARE				GENMASK_ULL(9, 8)
#define   CSF_PTE_SHARE_OUTER			(2ULL << 8)
#define   CSF_PTE_SHARE_INNER			(3ULL << 8)
#define CSF_PTE_ACCESSED			BIT_ULL(10)
#define CSF_PTE_NOT_GLOBAL			BIT_ULL(11)
#define CSF_PTE_ADDRESS				GENMASK_ULL(47, 12)
#define CSF_PTE_NO_EXEC_PRIVILEGED		BIT_ULL(53)
#define CSF_PTE_NO_EXEC				BIT_ULL(54)
#define CSF_PTE_SOFTWARE			BIT_ULL(55)

/* --- Pages beyond the control registers ------------------------------------ */

/* A 64 KiB page with one register, which a driver may map into user space */
#define CSF_USER_PAGE				0x10000
#define CSF_LATEST_FLUSH_ID			0x10000
#define   CSF_LATEST_FLUSH_ID_VALUE		GENMASK(23, 0)

#define CSF_DOORBELL_COUNT			64
#define CSF_DOORBELL_BASE			0x80000
#define CSF_DOORBELL_STRIDE			0x10000
#define CSF_DOORBELL(n)				(CSF_DOORBELL_BASE + CSF_DOORBELL_STRIDE * (n))
#define   CSF_DOORBELL_RING			1
/* Doorbell of the global interface, for requests to the firmware */
#define CSF_DOORBELL_GLOBAL			0

/* --- Exception codes -------------------------------------------------------
 *
 * Type byte of the CS fault and fatal words, of GPU_FAULT_STATUS and of AS_FAULTSTATUS.
 * Codes above 0x3f are errors.
 */
#define CSF_EXC_OK				0x00
#define CSF_EXC_TERMINATED			0x04
#define CSF_EXC_KABOOM				0x05
#define CSF_EXC_EUREKA				0x06
#define CSF_EXC_ACTIVE				0x08
#define CSF_EXC_CS_RES_TERM			0x0f
#define CSF_EXC_CS_CONFIG_FAULT			0x40
#define CSF_EXC_CS_UNRECOVERABLE		0x41
#define CSF_EXC_CS_ENDPOINT_FAULT		0x44
#define CSF_EXC_CS_BUS_FAULT			0x48
#define CSF_EXC_CS_INVALID_INSTRUCTION		0x49
#define CSF_EXC_CS_CALL_STACK_OVERFLOW		0x4a
#define CSF_EXC_CS_INHERIT_FAULT		0x4b
#define CSF_EXC_INSTR_INVALID_PC		0x50
#define CSF_EXC_INSTR_INVALID_ENC		0x51
#define CSF_EXC_INSTR_BARRIER_FAULT		0x55
#define CSF_EXC_DATA_INVALID_FAULT		0x58
#define CSF_EXC_TILE_RANGE_FAULT		0x59
#define CSF_EXC_ADDR_RANGE_FAULT		0x5a
#define CSF_EXC_IMPRECISE_FAULT			0x5b
#define CSF_EXC_OOM				0x60
#define CSF_EXC_FW_INTERNAL_ERROR		0x68
#define CSF_EXC_RES_EVICTION_TIMEOUT		0x69
#define CSF_EXC_GPU_BUS_FAULT			0x80
#define CSF_EXC_GPU_SHAREABILITY_FAULT		0x88
#define CSF_EXC_SYS_SHAREABILITY_FAULT		0x89
#define CSF_EXC_GPU_CACHEABILITY_FAULT		0x8a
#define CSF_EXC_TRANSLATION_FAULT(level)	(0xc0 + (level))	/* level 0..3 */
/* No table to walk: unmapped or invalid mode (chosen) */
#define CSF_EXC_TRANSLATION_FAULT_4		0xc4
#define CSF_EXC_PERMISSION_FAULT(level)		(0xc8 + (level))	/* level 0..3 */
#define CSF_EXC_ACCESS_FLAG(level)		(0xd8 + (level))	/* level 1..3 */
#define CSF_EXC_ADDRESS_SIZE_FAULT_IN		0xe0
#define CSF_EXC_ADDRESS_SIZE_FAULT_OUT(level)	(0xe4 + (level))	/* level 0..3 */
#define CSF_EXC_MEMORY_ATTRIBUTE_FAULT(level)	(0xe8 + (level))	/* level 0..3 */

#endif /* _CSF_REGS_H_ */
