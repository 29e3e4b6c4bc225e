// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * debugfs: <debugfs>/<device>/state shows the state of the GPU; clock advances
 * the virtual clock by the number written to it; strict_tlb shows and sets the
 * handling of stale translations.
 *
 * Groups and streams belong to the engine and have no lock. They are read while
 * they change: a line may be inconsistent, but each value was valid at some
 * time. Memory is accessed with &vcsf_mmu.lock held.
 */

#include <linux/compiler.h>
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/tracepoint-defs.h>
#include <linux/types.h>

#include <vcsf/csf_disasm.h>

#include "base/vcsf.h"
#include "cores/compute.h"
#include "cores/cores.h"
#include "debug/debugfs.h"
#include "engine/engine.h"
#include "group/group.h"
#include "group/stream.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "regs/irq.h"
#include "regs/power.h"
#include "trace/exception.h"

static const char *const vcsf_cs_state_names[] = {
	[VCSF_CS_STOPPED] = "stopped",
	[VCSF_CS_READY] = "ready",
	[VCSF_CS_EMPTY] = "empty",
	[VCSF_CS_WAIT_SB] = "waits for scoreboard",
	[VCSF_CS_WAIT_SYNC] = "waits for sync object",
	[VCSF_CS_WAIT_PROGRESS] = "waits for progress",
	[VCSF_CS_WAIT_PROTM] = "waits for protected mode",
	[VCSF_CS_WAIT_RESOURCE] = "waits for cores",
	[VCSF_CS_STALLED] = "stalled on a locked region",
	[VCSF_CS_HUNG] = "hung",
	[VCSF_CS_FAULTED] = "faulted",
	[VCSF_CS_FATAL] = "fatal",
};

static const char *vcsf_symbol_name(unsigned int value,
				    const struct trace_print_flags *symbol)
{
	while (symbol->name && symbol->mask != value)
		symbol++;

	return symbol->name ?: "unknown";
}

/* What __print_symbolic() is to trace points */
#define VCSF_SYMBOL_NAME(value, ...) ({ \
	static const struct trace_print_flags symbols_[] = { \
		__VA_ARGS__, {} \
	}; \
	vcsf_symbol_name(value, symbols_); \
})

static void vcsf_show_lines(struct seq_file *m, struct vcsf *hw)
{
	static const char *const names[] = { "job", "mmu", "gpu" };
	unsigned int i;

	for (i = 0; i < VCSF_LINE_COUNT; i++)
		seq_printf(m, "irq %s: rawstat %08x mask %08x\n", names[i],
			   vcsf_irq_rawstat(hw, i), vcsf_irq_mask(hw, i));
}

static void vcsf_show_spaces(struct seq_file *m, struct vcsf *hw)
{
	unsigned int i;

	for (i = 0; i < hw->mmu->count; i++) {
		struct vcsf_as *as = &hw->mmu->as[i];
		u64 transtab, transcfg, start, last;
		unsigned long flags;
		bool locked;

		raw_spin_lock_irqsave(&hw->mmu->lock, flags);
		transtab = as->active.transtab;
		transcfg = as->active.transcfg;
		locked = as->locked;
		start = as->lock_start;
		last = as->lock_last;
		raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

		seq_printf(m, "as %u: transtab %llx transcfg %llx", i, transtab,
			   transcfg);
		if (locked)
			seq_printf(m, " locked %llx-%llx", start, last);
		seq_putc(m, '\n');
	}
}

/* Read the instruction that a stream is at, if it has fetched from that page. */
static bool vcsf_stream_at(struct vcsf_cs *cs, u64 *pc, u64 *ins)
{
	struct vcsf *hw = cs->hw;
	unsigned long flags;
	bool known;

	raw_spin_lock_irqsave(&hw->mmu->lock, flags);
	/* data_race: the lock protects the page, not the stream's position */
	*pc = data_race(vcsf_cs_pc(cs));
	/* data_race: as above */
	known = data_race(cs->fetch_va) == (*pc & VCSF_PAGE_MASK) &&
		cs->fetch_epoch == hw->mmu->as[cs->csg->as].epoch;
	if (known)
		*ins = READ_ONCE(*(const u64 *)(cs->fetch_page +
						(*pc & ~VCSF_PAGE_MASK)));
	raw_spin_unlock_irqrestore(&hw->mmu->lock, flags);

	return known;
}

static void vcsf_show_position(struct seq_file *m, struct vcsf_cs *cs)
{
	char text[CSF_DISASM_TEXT_MAX];
	u64 pc, ins;

	if (!vcsf_stream_at(cs, &pc, &ins)) {
		seq_printf(m, "    at %llx\n", pc);
		return;
	}
	csf_disasm(ins, text, sizeof(text));
	seq_printf(m, "    at %llx: %016llx %s\n", pc, ins, text);
}

static void vcsf_show_stream(struct seq_file *m, struct vcsf_cs *cs)
{
	/* data_race: a snapshot, see vcsf_show_groups() */
	enum vcsf_cs_state state = data_race(cs->state);
	/* data_race: as above */
	u64 extract = data_race(cs->frames[0].pc);
	/* data_race: as above */
	u64 insert = data_race(cs->frames[0].end);
	/* data_race: as above */
	u8 error = data_race(cs->error);

	/* data_race: as above */
	u16 busy = data_race(cs->busy);
	/* data_race: as above */
	u64 addr = data_race(cs->wait.addr);
	/* data_race: as above */
	u64 ref = data_race(cs->wait.value);
	/* data_race: as above */
	u8 deferred = data_race(cs->deferred_count);
	/* data_race: as above */
	unsigned int depth = data_race(cs->frame) - cs->frames;

	if (state == VCSF_CS_STOPPED)
		return;
	seq_printf(m, "  cs %u: %s, extract %llu insert %llu, depth %u, scoreboards %04x, deferred %u",
		   cs->id, vcsf_cs_state_names[state], extract, insert, depth,
		   busy, deferred);
	if (error)
		seq_printf(m, ", error %s (0x%02x)",
			   vcsf_print_exception(VCSF_SYMBOL_NAME, error),
			   error);
	seq_putc(m, '\n');
	if (state == VCSF_CS_WAIT_SYNC)
		seq_printf(m, "    for %llx, compared to %llu\n", addr, ref);
	if (state != VCSF_CS_EMPTY)
		vcsf_show_position(m, cs);
}

/* The engine may be changing this state: print a snapshot. */
static void vcsf_show_groups(struct seq_file *m, struct vcsf *hw)
{
	unsigned int i, j;

	for (i = 0; i < hw->config.slots; i++) {
		const struct vcsf_csg *csg = &hw->mcu->csgs[i];
		/* data_race: a snapshot, see above */
		bool resident = data_race(csg->resident);
		/* data_race: as above */
		bool idle = data_race(csg->idle);
		/* data_race: as above */
		u8 as = data_race(csg->as);
		/* data_race: as above */
		u8 priority = data_race(csg->priority);
		/* data_race: as above */
		u32 ack = data_race(csg->ack);

		if (!resident)
			continue;
		seq_printf(m, "csg %u: as %u, priority %u, ack %08x%s\n", i,
			   as, priority, ack, idle ? ", idle" : "");
		for (j = 0; j < hw->config.streams; j++)
			vcsf_show_stream(m, &csg->cs[j]);
	}
}

static int vcsf_state_show(struct seq_file *m, void *unused)
{
	static const char *const status[] = {
		[CSF_MCU_STATUS_DISABLED] = "disabled",
		[CSF_MCU_STATUS_ENABLED] = "enabled",
		[CSF_MCU_STATUS_HALT] = "halted",
		[CSF_MCU_STATUS_FATAL] = "fatal",
	};
	struct vcsf *hw = m->private;

	seq_printf(m, "model %s\n", hw->model.name);
	seq_printf(m, "power: shader %llx tiler %llx l2 %llx\n",
		   vcsf_power_ready(hw, VCSF_DOMAIN_SHADER),
		   vcsf_power_ready(hw, VCSF_DOMAIN_TILER),
		   vcsf_power_ready(hw, VCSF_DOMAIN_L2));
	if (vcsf_compute_executes(hw))
		seq_printf(m, "shaders: %llu workgroups, %llu instructions of warps, %llu instructions decoded\n",
			   READ_ONCE(hw->cores->workgroups),
			   READ_ONCE(hw->cores->instructions),
			   READ_ONCE(hw->cores->decoded));
	seq_printf(m, "engine: woke up %llu times, ran %llu slices, polled sync objects %llu times, %llu steps in the watchdog's interrupt\n",
		   READ_ONCE(hw->engine->wakeups), READ_ONCE(hw->engine->slices),
		   READ_ONCE(hw->engine->repolls),
		   READ_ONCE(hw->engine->fallback_steps));
	seq_printf(m, "duty: %u %%, limit reached in %llu checks\n",
		   hw->engine->duty.percent,
		   READ_ONCE(hw->engine->duty.throttles));
	seq_printf(m, "mcu %s\n", status[READ_ONCE(hw->mcu->status)]);
	vcsf_show_lines(m, hw);
	vcsf_show_spaces(m, hw);
	seq_printf(m, "stale translations used: %llu\n", vcsf_mmu_stale(hw));
	vcsf_show_groups(m, hw);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vcsf_state);

static int vcsf_debugfs_clock_get(void *data, u64 *ns)
{
	*ns = vcsf_clock_ns(data);

	return 0;
}

static int vcsf_debugfs_clock_set(void *data, u64 ns)
{
	return vcsf_clock_advance(data, ns);
}
DEFINE_DEBUGFS_ATTRIBUTE(vcsf_clock_fops, vcsf_debugfs_clock_get,
			 vcsf_debugfs_clock_set, "%llu\n");

static int vcsf_debugfs_strict_get(void *data, u64 *mode)
{
	struct vcsf *hw = data;

	*mode = READ_ONCE(hw->mmu->strict);

	return 0;
}

static int vcsf_debugfs_strict_set(void *data, u64 mode)
{
	return vcsf_mmu_set_strict(data, mode);
}
DEFINE_DEBUGFS_ATTRIBUTE(vcsf_strict_fops, vcsf_debugfs_strict_get,
			 vcsf_debugfs_strict_set, "%llu\n");

/**
 * vcsf_debugfs_init - create the device's directory and its files
 * @hw: the GPU
 */
void vcsf_debugfs_init(struct vcsf *hw)
{
	hw->debugfs = debugfs_create_dir(dev_name(&hw->pdev->dev), NULL);
	debugfs_create_file("state", 0400, hw->debugfs, hw, &vcsf_state_fops);
	debugfs_create_file("strict_tlb", 0600, hw->debugfs, hw,
			    &vcsf_strict_fops);
	vcsf_inject_debugfs(hw, hw->debugfs);
	if (hw->config.virtual_clock)
		debugfs_create_file("clock", 0600, hw->debugfs, hw,
				    &vcsf_clock_fops);
}

/**
 * vcsf_debugfs_fini - remove the device's directory
 * @hw: the GPU
 */
void vcsf_debugfs_fini(struct vcsf *hw)
{
	debugfs_remove(hw->debugfs);
}
