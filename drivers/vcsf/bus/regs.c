// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The register decoder: from offsets in the register window to functions.
 */

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/wordpart.h>

#include <vcsf/csf_regs.h>
#include <vcsf/vcsf_dev.h>

#include "base/event.h"
#include "base/model.h"
#include "base/vcsf.h"
#include "bus/regs.h"
#include "engine/engine.h"
#include "group/group.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "regs/gpu.h"
#include "regs/irq.h"
#include "regs/power.h"

/**
 * DOC: The register decoder
 *
 * The driver reaches the GPU by &struct vcsf_window_ops, in any context, hard
 * interrupts included. A table has a row for each register: offset, size,
 * functions to read and write it. Unknown offsets read as zero and ignore
 * writes, and so do accesses that are not aligned.
 *
 * Accesses have 32 or 64 bits. A 64-bit register may be accessed in halves: the
 * row's function gets the value of the whole register with a mask of the bits
 * that are written. Two 32-bit registers may be accessed as one of 64 bits.
 *
 * Registers of address spaces are rows with an offset in the AS block, and
 * members of &struct vcsf_as. The doorbell pages are not in the table: a write
 * there goes to the engine.
 *
 * This room is above all others that have registers, and calls down into them: a
 * write of a register changes state under that room's lock, or raises an event
 * for the engine, and returns. Accesses of AS registers and power changes of the
 * L2 take &vcsf_mmu.lock, AS_COMMAND also &vcsf_engine.lock: these wait until the
 * engine has finished a batch of instructions. Nothing here sleeps or allocates;
 * the index of the table is built at module load.
 */

/**
 * struct vcsf_reg - a register
 * @offset: offset in the window, or in the block of an address space
 * @size: 4 or 8 bytes
 * @arg: argument for @read and @write
 * @read: return the value; NULL reads as zero
 * @write: write the value; @mask has the bits that the access covers, the
 *	others are zero in @value; NULL ignores writes
 *
 * Context of @read and @write: any.
 */
struct vcsf_reg {
	u32 offset;
	u32 size;
	unsigned int arg;
	u64 (*read)(struct vcsf *hw, unsigned int arg);
	void (*write)(struct vcsf *hw, unsigned int arg, u64 value, u64 mask);
};

static u64 vcsf_read_model(struct vcsf *hw, unsigned int arg)
{
	return *(const u64 *)((const void *)&hw->model + arg);
}

static u64 vcsf_read_store(struct vcsf *hw, unsigned int arg)
{
	return READ_ONCE(hw->ctl->store[arg]);
}

static void vcsf_write_store(struct vcsf *hw, unsigned int arg, u64 value,
			     u64 mask)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hw->ctl->lock, flags);
	WRITE_ONCE(hw->ctl->store[arg], (hw->ctl->store[arg] & ~mask) | value);
	raw_spin_unlock_irqrestore(&hw->ctl->lock, flags);
}

static u64 vcsf_read_irq_rawstat(struct vcsf *hw, unsigned int arg)
{
	return vcsf_irq_rawstat(hw, arg);
}

static void vcsf_write_irq_clear(struct vcsf *hw, unsigned int arg, u64 value,
				 u64 mask)
{
	vcsf_irq_clear(hw, arg, value);
	/* Streams may have waited for the fault to be cleared. */
	if (arg == VCSF_LINE_MMU && value & CSF_MMU_IRQ_FAULTS)
		vcsf_event_raise(hw, VCSF_EVENT_UNLOCK);
}

static u64 vcsf_read_irq_mask(struct vcsf *hw, unsigned int arg)
{
	return vcsf_irq_mask(hw, arg);
}

static void vcsf_write_irq_mask(struct vcsf *hw, unsigned int arg, u64 value,
				u64 mask)
{
	vcsf_irq_set_mask(hw, arg, value);
}

static u64 vcsf_read_irq_status(struct vcsf *hw, unsigned int arg)
{
	return vcsf_irq_rawstat(hw, arg) & vcsf_irq_mask(hw, arg);
}

static u64 vcsf_read_ready(struct vcsf *hw, unsigned int arg)
{
	return vcsf_power_ready(hw, arg);
}

static u64 vcsf_read_pwrtrans(struct vcsf *hw, unsigned int arg)
{
	return vcsf_power_trans(hw, arg);
}

/* The TLBs lose their contents with the power of the L2. */
static void vcsf_drop_unpowered_tlbs(struct vcsf *hw, unsigned int domain)
{
	if (domain == VCSF_DOMAIN_L2 && !vcsf_power_ready(hw, domain))
		vcsf_mmu_invalidate(hw);
}

static void vcsf_write_pwron(struct vcsf *hw, unsigned int arg, u64 value,
			     u64 mask)
{
	/* The engine may have filled them before it noticed the loss. */
	vcsf_drop_unpowered_tlbs(hw, arg);
	vcsf_power_up(hw, arg, value);
}

static void vcsf_write_pwroff(struct vcsf *hw, unsigned int arg, u64 value,
			      u64 mask)
{
	vcsf_power_down(hw, arg, value);
	vcsf_drop_unpowered_tlbs(hw, arg);
}

static void vcsf_write_command(struct vcsf *hw, unsigned int arg, u64 value,
			       u64 mask)
{
	vcsf_gpu_command(hw, value);
}

static u64 vcsf_read_gpu_status(struct vcsf *hw, unsigned int arg)
{
	u32 status = 0;

	if (READ_ONCE(hw->ctl->resetting) || READ_ONCE(hw->mcu->ready) ||
	    READ_ONCE(hw->mcu->jobs))
		status |= CSF_GPU_STATUS_ACTIVE;
	if (READ_ONCE(hw->ctl->power_moving))
		status |= CSF_GPU_STATUS_PWR_ACTIVE;
	if (vcsf_irq_rawstat(hw, VCSF_LINE_MMU) & CSF_MMU_IRQ_FAULTS)
		status |= CSF_GPU_STATUS_PAGE_FAULT;

	return status;
}

static u64 vcsf_read_fault_status(struct vcsf *hw, unsigned int arg)
{
	return READ_ONCE(hw->ctl->fault_status);
}

static u64 vcsf_read_fault_address(struct vcsf *hw, unsigned int arg)
{
	return READ_ONCE(hw->ctl->fault_address);
}

static u64 vcsf_read_cycles(struct vcsf *hw, unsigned int arg)
{
	return vcsf_clock_cycles(hw);
}

static u64 vcsf_read_timestamp(struct vcsf *hw, unsigned int arg)
{
	return vcsf_clock_timestamp(hw);
}

static u64 vcsf_read_mcu_control(struct vcsf *hw, unsigned int arg)
{
	return READ_ONCE(hw->mcu->control);
}

static void vcsf_write_mcu_control(struct vcsf *hw, unsigned int arg, u64 value,
				   u64 mask)
{
	WRITE_ONCE(hw->mcu->control, value);
	vcsf_event_raise(hw, value == CSF_MCU_CONTROL_DISABLE ?
				     VCSF_EVENT_MCU_STOP :
				     VCSF_EVENT_MCU_START);
}

static u64 vcsf_read_mcu_status(struct vcsf *hw, unsigned int arg)
{
	return READ_ONCE(hw->mcu->status);
}

static u64 vcsf_read_flush_id(struct vcsf *hw, unsigned int arg)
{
	return vcsf_flush_id(hw);
}

#define MODEL(_offset, _size, _member) \
	{ .offset = (_offset), .size = (_size), .read = vcsf_read_model, \
	  .arg = offsetof(struct vcsf_model, _member) }
#define STORE(_offset, _size, _index) \
	{ .offset = (_offset), .size = (_size), .read = vcsf_read_store, \
	  .write = vcsf_write_store, .arg = VCSF_STORE_##_index }
#define RO(_offset, _size, _read, _arg) \
	{ .offset = (_offset), .size = (_size), .read = vcsf_read_##_read, \
	  .arg = (_arg) }
#define WO(_offset, _size, _write, _arg) \
	{ .offset = (_offset), .size = (_size), \
	  .write = vcsf_write_##_write, .arg = (_arg) }
#define RW(_offset, _size, _name, _arg) \
	{ .offset = (_offset), .size = (_size), .read = vcsf_read_##_name, \
	  .write = vcsf_write_##_name, .arg = (_arg) }

static const struct vcsf_reg vcsf_regs[] = {
	MODEL(CSF_GPU_ID, 4, gpu_id),
	MODEL(CSF_L2_FEATURES, 4, l2_features),
	MODEL(CSF_CORE_FEATURES, 4, core_features),
	MODEL(CSF_TILER_FEATURES, 4, tiler_features),
	MODEL(CSF_MEM_FEATURES, 4, mem_features),
	MODEL(CSF_MMU_FEATURES, 4, mmu_features),
	MODEL(CSF_AS_PRESENT, 4, as_present),
	MODEL(CSF_CSF_ID, 4, csf_id),
	RO(CSF_GPU_IRQ_RAWSTAT, 4, irq_rawstat, VCSF_LINE_GPU),
	WO(CSF_GPU_IRQ_CLEAR, 4, irq_clear, VCSF_LINE_GPU),
	RW(CSF_GPU_IRQ_MASK, 4, irq_mask, VCSF_LINE_GPU),
	RO(CSF_GPU_IRQ_STATUS, 4, irq_status, VCSF_LINE_GPU),
	WO(CSF_GPU_COMMAND, 4, command, 0),
	RO(CSF_GPU_STATUS, 4, gpu_status, 0),
	RO(CSF_GPU_FAULT_STATUS, 4, fault_status, 0),
	RO(CSF_GPU_FAULT_ADDRESS, 8, fault_address, 0),
	STORE(CSF_L2_CONFIG, 4, L2_CONFIG),
	STORE(CSF_PWR_KEY, 4, PWR_KEY),
	STORE(CSF_PWR_OVERRIDE(0), 4, PWR_OVERRIDE0),
	STORE(CSF_PWR_OVERRIDE(1), 4, PWR_OVERRIDE1),
	MODEL(CSF_GPU_FEATURES, 8, gpu_features),
	STORE(CSF_TIMESTAMP_OFFSET, 8, TIMESTAMP_OFFSET),
	RO(CSF_CYCLE_COUNT, 8, cycles, 0),
	RO(CSF_TIMESTAMP, 8, timestamp, 0),
	MODEL(CSF_THREAD_MAX_THREADS, 4, thread_max_threads),
	MODEL(CSF_THREAD_MAX_WORKGROUP, 4, thread_max_workgroup),
	MODEL(CSF_THREAD_MAX_BARRIER, 4, thread_max_barrier),
	MODEL(CSF_THREAD_FEATURES, 4, thread_features),
	MODEL(CSF_TEXTURE_FEATURES(0), 4, texture_features[0]),
	MODEL(CSF_TEXTURE_FEATURES(1), 4, texture_features[1]),
	MODEL(CSF_TEXTURE_FEATURES(2), 4, texture_features[2]),
	MODEL(CSF_TEXTURE_FEATURES(3), 4, texture_features[3]),
	MODEL(CSF_SHADER_PRESENT, 8, shader_present),
	MODEL(CSF_TILER_PRESENT, 8, tiler_present),
	MODEL(CSF_L2_PRESENT, 8, l2_present),
	RO(CSF_SHADER_READY, 8, ready, VCSF_DOMAIN_SHADER),
	WO(CSF_SHADER_PWRON, 8, pwron, VCSF_DOMAIN_SHADER),
	WO(CSF_SHADER_PWROFF, 8, pwroff, VCSF_DOMAIN_SHADER),
	RO(CSF_SHADER_PWRTRANS, 8, pwrtrans, VCSF_DOMAIN_SHADER),
	RO(CSF_SHADER_PWRACTIVE, 8, ready, VCSF_DOMAIN_SHADER),
	RO(CSF_TILER_READY, 8, ready, VCSF_DOMAIN_TILER),
	WO(CSF_TILER_PWRON, 8, pwron, VCSF_DOMAIN_TILER),
	WO(CSF_TILER_PWROFF, 8, pwroff, VCSF_DOMAIN_TILER),
	RO(CSF_TILER_PWRTRANS, 8, pwrtrans, VCSF_DOMAIN_TILER),
	RO(CSF_TILER_PWRACTIVE, 8, ready, VCSF_DOMAIN_TILER),
	RO(CSF_L2_READY, 8, ready, VCSF_DOMAIN_L2),
	WO(CSF_L2_PWRON, 8, pwron, VCSF_DOMAIN_L2),
	WO(CSF_L2_PWROFF, 8, pwroff, VCSF_DOMAIN_L2),
	RO(CSF_L2_PWRTRANS, 8, pwrtrans, VCSF_DOMAIN_L2),
	RO(CSF_L2_PWRACTIVE, 8, ready, VCSF_DOMAIN_L2),
	MODEL(CSF_REVID, 4, revid),
	MODEL(CSF_COHERENCY_FEATURES, 4, coherency_features),
	STORE(CSF_COHERENCY_ENABLE, 4, COHERENCY_ENABLE),
	RW(CSF_MCU_CONTROL, 4, mcu_control, 0),
	RO(CSF_MCU_STATUS, 4, mcu_status, 0),
	RO(CSF_JOB_IRQ_RAWSTAT, 4, irq_rawstat, VCSF_LINE_JOB),
	WO(CSF_JOB_IRQ_CLEAR, 4, irq_clear, VCSF_LINE_JOB),
	RW(CSF_JOB_IRQ_MASK, 4, irq_mask, VCSF_LINE_JOB),
	RO(CSF_JOB_IRQ_STATUS, 4, irq_status, VCSF_LINE_JOB),
	RO(CSF_MMU_IRQ_RAWSTAT, 4, irq_rawstat, VCSF_LINE_MMU),
	WO(CSF_MMU_IRQ_CLEAR, 4, irq_clear, VCSF_LINE_MMU),
	RW(CSF_MMU_IRQ_MASK, 4, irq_mask, VCSF_LINE_MMU),
	RO(CSF_MMU_IRQ_STATUS, 4, irq_status, VCSF_LINE_MMU),
	RO(CSF_LATEST_FLUSH_ID, 4, flush_id, 0),
};

/* Registers of an address space; the argument is a member of struct vcsf_as. */
#define AS_REG(_name, _size, _member) \
	{ .offset = CSF_AS_##_name(0) - CSF_AS_BASE, .size = (_size), \
	  .arg = offsetof(struct vcsf_as, _member) }

static const struct vcsf_reg vcsf_as_regs[] = {
	AS_REG(TRANSTAB, 8, transtab),
	AS_REG(MEMATTR, 8, memattr),
	AS_REG(LOCKADDR, 8, lockaddr),
	AS_REG(FAULTADDRESS, 8, fault_address),
	AS_REG(TRANSCFG, 8, transcfg),
	AS_REG(FAULTEXTRA, 8, fault_extra),
};

/* Row of vcsf_regs for each word of the control pages, plus one */
#define VCSF_REGS_INDEXED	0x2400
static u8 vcsf_regs_index[VCSF_REGS_INDEXED / 4];

/**
 * vcsf_regs_init - build the index of the register table
 *
 * Context: module load, before any device exists.
 */
void vcsf_regs_init(void)
{
	unsigned int i;

	BUILD_BUG_ON(ARRAY_SIZE(vcsf_regs) >= 255);

	for (i = 0; i < ARRAY_SIZE(vcsf_regs); i++) {
		const struct vcsf_reg *reg = &vcsf_regs[i];

		if (reg->offset >= VCSF_REGS_INDEXED)
			continue;
		vcsf_regs_index[reg->offset / 4] = i + 1;
		if (reg->size == 8)
			vcsf_regs_index[reg->offset / 4 + 1] = i + 1;
	}
}

static const struct vcsf_reg *vcsf_reg_find(u32 offset)
{
	u8 row;

	if (offset == CSF_LATEST_FLUSH_ID)
		return &vcsf_regs[ARRAY_SIZE(vcsf_regs) - 1];
	if (offset >= VCSF_REGS_INDEXED)
		return NULL;
	row = vcsf_regs_index[offset / 4];

	return row ? &vcsf_regs[row - 1] : NULL;
}

static bool vcsf_is_as(struct vcsf *hw, u32 offset, unsigned int *as)
{
	if (offset < CSF_AS_BASE)
		return false;
	*as = (offset - CSF_AS_BASE) / CSF_AS_STRIDE;

	return *as < hw->mmu->count;
}

static const struct vcsf_reg *vcsf_as_reg_find(u32 offset)
{
	u32 within = (offset - CSF_AS_BASE) % CSF_AS_STRIDE;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vcsf_as_regs); i++)
		if (vcsf_as_regs[i].offset == (within & ~7U))
			return &vcsf_as_regs[i];

	return NULL;
}

/* Return: value of the aligned 64 bits around the offset. */
static u64 vcsf_as_read(struct vcsf *hw, unsigned int as, u32 offset)
{
	struct vcsf_as *space = &hw->mmu->as[as];
	const struct vcsf_reg *reg;
	unsigned long flags;
	u64 value = 0;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	reg = vcsf_as_reg_find(offset);
	if (reg)
		value = *(u64 *)((void *)space + reg->arg);
	else if ((offset & ~7U) == (CSF_AS_FAULTSTATUS(as) & ~7U))
		value = (u64)space->fault_status << 32;
	else if (offset == CSF_AS_STATUS(as) && space->stuck)
		value = CSF_AS_STATUS_ACTIVE;
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

	return value;
}

/*
 * The engine's lock makes this wait for a batch of instructions in the thread or
 * in an interrupt: an MCU that acts in an interrupt must not find its region
 * locked.
 */
static void vcsf_as_command_write(struct vcsf *hw, unsigned int as, u32 command)
{
	unsigned long flags;
	bool done;

	raw_spin_lock_irqsave(&hw->engine->lock, flags);
	done = vcsf_mmu_command(hw, as, command);
	raw_spin_unlock_irqrestore(&hw->engine->lock, flags);

	if (done)
		vcsf_irq_raise(hw, VCSF_LINE_MMU,
			       CSF_MMU_IRQ_COMMAND_COMPLETED(as));
}

static void vcsf_as_write(struct vcsf *hw, unsigned int as, u32 offset,
			  u64 value, u64 mask)
{
	const struct vcsf_reg *reg = vcsf_as_reg_find(offset);
	unsigned long flags;
	u64 *p;

	if (offset == CSF_AS_COMMAND(as)) {
		vcsf_as_command_write(hw, as, value);
		return;
	}
	if (!reg || reg->offset == CSF_AS_FAULTADDRESS(0) - CSF_AS_BASE ||
	    reg->offset == CSF_AS_FAULTEXTRA(0) - CSF_AS_BASE)
		return;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	p = (void *)&hw->mmu->as[as] + reg->arg;
	*p = (*p & ~mask) | value;
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);
}

static u32 vcsf_regs_read32(struct vcsf_window *win, u32 offset)
{
	struct vcsf *hw = vcsf_from_window(win);
	const struct vcsf_reg *reg;
	unsigned int as;
	u64 value;

	if (offset & 3)
		return 0;
	if (vcsf_is_as(hw, offset, &as))
		return vcsf_as_read(hw, as, offset) >> 8 * (offset & 4);

	reg = vcsf_reg_find(offset);
	if (!reg || !reg->read)
		return 0;
	value = reg->read(hw, reg->arg);

	return value >> 8 * (offset - reg->offset);
}

static void vcsf_regs_write32(struct vcsf_window *win, u32 offset, u32 value)
{
	struct vcsf *hw = vcsf_from_window(win);
	const struct vcsf_reg *reg;
	unsigned int shift, as;

	if (offset & 3)
		return;
	if (offset >= CSF_DOORBELL_BASE) {
		unsigned int n = (offset - CSF_DOORBELL_BASE) /
				 CSF_DOORBELL_STRIDE;

		if (offset == CSF_DOORBELL(n) && value)
			vcsf_doorbell(hw, n);
		return;
	}
	if (vcsf_is_as(hw, offset, &as)) {
		/* COMMAND takes the low half of its pair. */
		shift = 8 * (offset & 4);
		vcsf_as_write(hw, as, offset, (u64)value << shift,
			      (u64)U32_MAX << shift);
		return;
	}

	reg = vcsf_reg_find(offset);
	if (!reg || !reg->write)
		return;
	shift = 8 * (offset - reg->offset);
	reg->write(hw, reg->arg, (u64)value << shift, (u64)U32_MAX << shift);
}

static u64 vcsf_regs_read64(struct vcsf_window *win, u32 offset)
{
	struct vcsf *hw = vcsf_from_window(win);
	const struct vcsf_reg *reg;
	unsigned int as;

	if (offset & 7)
		return 0;
	if (vcsf_is_as(hw, offset, &as))
		return vcsf_as_read(hw, as, offset);

	reg = vcsf_reg_find(offset);
	if (reg && reg->size == 8)
		return reg->read ? reg->read(hw, reg->arg) : 0;

	return vcsf_regs_read32(win, offset) |
	       (u64)vcsf_regs_read32(win, offset + 4) << 32;
}

static void vcsf_regs_write64(struct vcsf_window *win, u32 offset, u64 value)
{
	struct vcsf *hw = vcsf_from_window(win);
	const struct vcsf_reg *reg;
	unsigned int as;

	if (offset & 7)
		return;
	if (vcsf_is_as(hw, offset, &as) && vcsf_as_reg_find(offset)) {
		vcsf_as_write(hw, as, offset, value, U64_MAX);
		return;
	}

	reg = vcsf_reg_find(offset);
	if (reg && reg->size == 8) {
		if (reg->write)
			reg->write(hw, reg->arg, value, U64_MAX);
		return;
	}
	vcsf_regs_write32(win, offset, lower_32_bits(value));
	vcsf_regs_write32(win, offset + 4, upper_32_bits(value));
}

static unsigned long vcsf_regs_user_pfn(struct vcsf_window *win, u32 offset)
{
	struct vcsf *hw = vcsf_from_window(win);

	return offset == CSF_USER_PAGE ? page_to_pfn(hw->ctl->user_page) : 0;
}

const struct vcsf_window_ops vcsf_regs_ops = {
	.read32 = vcsf_regs_read32,
	.write32 = vcsf_regs_write32,
	.read64 = vcsf_regs_read64,
	.write64 = vcsf_regs_write64,
	.user_pfn = vcsf_regs_user_pfn,
	.set_clock = vcsf_clock_set_rate,
	.clock = vcsf_clock_rate,
};
