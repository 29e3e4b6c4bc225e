// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Registers of an address-space slot: commands, locked regions and the set-up of
 * the translation. as.c decides which address space has which slot, and calls
 * this under &vpan_mmu.lock. A command that does not complete within 100 ms
 * requests a reset.
 */

#include <linux/bitfield.h>
#include <linux/iopoll.h>

#include <drm/drm_print.h>

#include <vcsf/csf_regs.h>

#include "debug/trace.h"
#include "device/device.h"
#include "hw/regs.h"
#include "mm/as.h"
#include "mm/as_hw.h"

#define AS_POLL_US	10
#define AS_TIMEOUT_US	(100 * USEC_PER_MSEC)

/* Attribute index 0: not cached, 1: cached; the driver uses no others. */
#define AS_MEMATTR_FAULT \
	FIELD_PREP_CONST(CSF_AS_MEMATTR_TYPE, CSF_AS_MEMATTR_TYPE_FAULT)
#define AS_MEMATTR_UNUSED	(AS_MEMATTR_FAULT * 0x0101010101010000ULL)
#define AS_MEMATTR \
	(AS_MEMATTR_UNUSED | CSF_AS_MEMATTR_WB << 8 | CSF_AS_MEMATTR_NC)

#define AS_TRANSCFG_FLAGS \
	(CSF_AS_TRANSCFG_WALK_WB | CSF_AS_TRANSCFG_WALK_OS | \
	 CSF_AS_TRANSCFG_READ_ALLOC)

static int as_wait(struct vpan_device *vpan, int id)
{
	u32 status = vpan_read32(vpan, CSF_AS_STATUS(id));

	/* Mostly there is nothing to wait for, and the clock need not be read. */
	if (!(status & CSF_AS_STATUS_ACTIVE))
		return 0;
	return read_poll_timeout_atomic(vpan_read32, status,
					!(status & CSF_AS_STATUS_ACTIVE),
					AS_POLL_US, AS_TIMEOUT_US, false, vpan,
					CSF_AS_STATUS(id));
}

/**
 * vpan_as_hw_command - execute a command of the MMU and wait for it
 * @vpan: the device
 * @id: the slot
 * @command: CSF_AS_COMMAND value
 *
 * Requests a reset if the MMU does not answer.
 *
 * Context: does not sleep; on the signalling path. Under &vpan_mmu.lock.
 * Return: 0 or -ETIMEDOUT.
 */
int vpan_as_hw_command(struct vpan_device *vpan, int id, u32 command)
{
	int ret;

	lockdep_assert_held(&vpan->mmu->lock);

	ret = as_wait(vpan, id);
	if (!ret) {
		vpan_write32(vpan, CSF_AS_COMMAND(id), command);
		ret = as_wait(vpan, id);
	}
	trace_vpanthor_as_command(vpan, id, command, ret);
	if (ret) {
		drm_err(&vpan->drm,
			"AS%d: timed out waiting for command %u, resetting the GPU\n",
			id, command);
		vpan_reset_schedule(vpan);
	}
	return ret;
}

/*
 * The size of a locked region is a power of two, and it is aligned to its size:
 * find the smallest one with the first and the last byte.
 */
static u64 as_lock_region(u64 va, u64 size)
{
	u64 last = va + size - 1;
	unsigned int log2;

	if (!size)
		return CSF_AS_LOCKADDR_ALL;
	log2 = max_t(unsigned int, fls64(va ^ last), CSF_AS_LOCKADDR_MIN_LOG2);
	if (log2 > 48)
		return CSF_AS_LOCKADDR_ALL;
	return ALIGN_DOWN(va, BIT_ULL(log2)) | (log2 - 1);
}

/**
 * vpan_as_hw_lock - stall accesses to a range until the next flush command
 * @vpan: the device
 * @id: the slot
 * @va: first address
 * @size: size in bytes, 0 for all addresses
 *
 * Context: does not sleep; on the signalling path. Under &vpan_mmu.lock.
 * Return: 0 or -ETIMEDOUT.
 */
int vpan_as_hw_lock(struct vpan_device *vpan, int id, u64 va, u64 size)
{
	vpan_write64(vpan, CSF_AS_LOCKADDR(id), as_lock_region(va, size));
	return vpan_as_hw_command(vpan, id, CSF_AS_COMMAND_LOCK);
}

/* Flush what the previous owner of the slot has left in the caches. */
static int as_flush_all(struct vpan_device *vpan, int id)
{
	int ret = vpan_as_hw_lock(vpan, id, 0, 0);

	return ret ?: vpan_as_hw_command(vpan, id, CSF_AS_COMMAND_FLUSH_MEM);
}

static int as_program(struct vpan_device *vpan, int id, u64 transtab,
		      u64 transcfg, u64 memattr)
{
	vpan_write64(vpan, CSF_AS_TRANSTAB(id), transtab);
	vpan_write64(vpan, CSF_AS_MEMATTR(id), memattr);
	vpan_write64(vpan, CSF_AS_TRANSCFG(id), transcfg);
	return vpan_as_hw_command(vpan, id, CSF_AS_COMMAND_UPDATE);
}

/**
 * vpan_as_hw_enable - make a slot translate by a tree of page tables
 * @vpan: the device
 * @id: the slot
 * @root: DMA address of the tree
 * @locked_va: first address of the region that is being edited
 * @locked_size: size of that region in bytes, 0 if there is none
 *
 * The region is locked before the translation is enabled and stays locked until
 * the next flush command.
 *
 * Context: does not sleep; on the signalling path. Under &vpan_mmu.lock.
 * Return: 0 or -ETIMEDOUT.
 */
int vpan_as_hw_enable(struct vpan_device *vpan, int id, u64 root,
		      u64 locked_va, u64 locked_size)
{
	u64 transcfg = CSF_AS_MODE_AARCH64_4K | AS_TRANSCFG_FLAGS |
		       CSF_AS_TRANSCFG_INA_BITS(vpan->va_bits);
	int ret;

	ret = as_flush_all(vpan, id);
	if (!ret && locked_size)
		ret = vpan_as_hw_lock(vpan, id, locked_va, locked_size);
	return ret ?: as_program(vpan, id, root, transcfg, AS_MEMATTR);
}

/**
 * vpan_as_hw_disable - make all translations of a slot fail
 * @vpan: the device
 * @id: the slot
 *
 * Context: does not sleep; on the signalling path. Under &vpan_mmu.lock.
 * Return: 0 or -ETIMEDOUT.
 */
int vpan_as_hw_disable(struct vpan_device *vpan, int id)
{
	int ret;

	/*
	 * Streams may still run. The second flush drops what they have read
	 * from the tables between the first one and the update, which must not
	 * outlive the tables.
	 */
	ret = as_flush_all(vpan, id);
	if (!ret)
		ret = as_program(vpan, id, 0, CSF_AS_MODE_UNMAPPED, 0);
	return ret ?: as_flush_all(vpan, id);
}
