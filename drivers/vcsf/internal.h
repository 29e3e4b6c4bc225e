/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_INTERNAL_H_
#define _VCSF_INTERNAL_H_

/**
 * DOC: Inside the software GPU
 *
 * Registers are accessed by the driver in any context; everything behind them
 * that takes time is done by one kthread, the engine, which is both the MCU
 * with its firmware and the command stream hardware. It sleeps unless a
 * register write kicked it, a stream can run or a timer is due. While it sleeps,
 * the interrupt that a doorbell causes acts for it, and a timer's interrupt while
 * it waits for a processor: "the engine's thread" stands for all of them, and what
 * may sleep does so only in the thread.
 *
 * Locks, all raw and taken with interrupts off, in this order:
 *
 * - &vcsf_engine.lock: who of the thread and the interrupts is the engine.
 * - &vcsf_mmu.lock: address spaces and their TLBs. The engine holds it while
 *   it executes a batch of instructions, so that an AS command which has
 *   completed is obeyed by every later access.
 * - &vcsf.ctl_lock: control registers: power, flush id, fault, counters.
 * - &vcsf_irq_line.lock: state of one interrupt line.
 * - &vcsf_inject.lock: faults that were asked for.
 *
 * Groups, streams and the firmware's state belong to the engine alone and need
 * no lock. The engine allocates nothing: it is on the way to a fence's signal.
 */

#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>
#include <vcsf/vcsf_dev.h>

#include "cores/cores.h"
#include "fw/cs.h"
#include "fw/firmware.h"
#include "debug/inject.h"
#include "regs/irq.h"
#include "mmu/mmu.h"

struct dentry;
struct page;
struct platform_device;
struct task_struct;
struct vcsf;

/* --- Models and configuration ------------------------------------------------ */

/**
 * struct vcsf_model - register values that make a GPU a certain product
 *
 * Named for the registers. All are 64 bit so that the register table can refer
 * to them alike.
 */
struct vcsf_model {
	/** @name: As given in the model parameter. */
	const char *name;
	/** @gpu_id: GPU_ID. */
	u64 gpu_id;
	/** @l2_features: L2_FEATURES. */
	u64 l2_features;
	/** @core_features: CORE_FEATURES. */
	u64 core_features;
	/** @tiler_features: TILER_FEATURES. */
	u64 tiler_features;
	/** @mem_features: MEM_FEATURES. */
	u64 mem_features;
	/** @mmu_features: MMU_FEATURES. */
	u64 mmu_features;
	/** @csf_id: CSF_ID. */
	u64 csf_id;
	/** @gpu_features: GPU_FEATURES. */
	u64 gpu_features;
	/** @thread_max_threads: THREAD_MAX_THREADS. */
	u64 thread_max_threads;
	/** @thread_max_workgroup: THREAD_MAX_WORKGROUP. */
	u64 thread_max_workgroup;
	/** @thread_max_barrier: THREAD_MAX_BARRIER. */
	u64 thread_max_barrier;
	/** @thread_features: THREAD_FEATURES. */
	u64 thread_features;
	/** @texture_features: TEXTURE_FEATURES. */
	u64 texture_features[CSF_TEXTURE_FEATURES_COUNT];
	/** @revid: REVID. */
	u64 revid;
	/** @coherency_features: COHERENCY_FEATURES. */
	u64 coherency_features;
	/** @shader_present: SHADER_PRESENT. */
	u64 shader_present;
	/** @tiler_present: TILER_PRESENT. */
	u64 tiler_present;
	/** @l2_present: L2_PRESENT. */
	u64 l2_present;
	/** @as_present: AS_PRESENT. */
	u64 as_present;
};

const struct vcsf_model *vcsf_model_find(const char *name);

/**
 * struct vcsf_config - what can be chosen when a device is created
 */
struct vcsf_config {
	/** @device_name: Platform device name; decides what driver binds. */
	const char *device_name;
	/** @device_id: Platform device id. */
	int device_id;
	/** @model: Name of the model. */
	const char *model;
	/** @slots: CSG slots, 3 to 31. */
	unsigned int slots;
	/** @streams: Streams of each group, 8 to 32. */
	unsigned int streams;
	/** @address_spaces: 2 to 16. */
	unsigned int address_spaces;
	/** @cores: Shader cores; 0 for the model's own. */
	unsigned int cores;
	/** @virtual_clock: Time advances only as it is told. */
	bool virtual_clock;
	/** @power_ns: Nanoseconds that a power transition takes. */
	unsigned int power_ns;
	/** @speed: Of simulated work, in percent. */
	unsigned int speed;
	/** @shaders: What a job that needs a shader does: VCSF_SHADERS_*. */
	unsigned int shaders;
	/** @strict: What becomes of stale translations: enum vcsf_strict. */
	unsigned int strict;
};

#define VCSF_SPEED_MAX			100000U

/* The bits of jobs that fault; the others complete without effect. */
#define VCSF_SHADERS_FAULT_COMPUTE	BIT(0)
#define VCSF_SHADERS_FAULT_GEOMETRY	BIT(1)
#define VCSF_SHADERS_FAULT_FRAGMENT	BIT(2)

/* --- Registers, power, clock ------------------------------------------------- */

/* Read-write registers without an effect of their own */
enum vcsf_store {
	VCSF_STORE_L2_CONFIG,
	VCSF_STORE_PWR_KEY,
	VCSF_STORE_PWR_OVERRIDE0,
	VCSF_STORE_PWR_OVERRIDE1,
	VCSF_STORE_COHERENCY_ENABLE,
	VCSF_STORE_TIMESTAMP_OFFSET,
	VCSF_STORE_COUNT,
};

enum vcsf_domain {
	VCSF_DOMAIN_SHADER,
	VCSF_DOMAIN_TILER,
	VCSF_DOMAIN_L2,
	VCSF_DOMAIN_COUNT,
};

extern const struct vcsf_window_ops vcsf_regs_ops;
void vcsf_regs_init(void);

/**
 * struct vcsf_power - a power domain
 */
struct vcsf_power {
	/** @ready: Cores that have power. */
	u64 ready;
	/** @rising: Cores that are going to. */
	u64 rising;
	/** @falling: Cores that lose it. */
	u64 falling;
	/** @due: When the transition is over. */
	u64 due;
};

void vcsf_power_reset(struct vcsf *hw);
u64 vcsf_power_update(struct vcsf *hw);
u64 vcsf_power_trans(struct vcsf *hw, enum vcsf_domain domain);
u64 vcsf_power_missing(struct vcsf *hw, enum vcsf_domain domain);
void vcsf_power_up(struct vcsf *hw, enum vcsf_domain domain, u64 cores);
void vcsf_power_down(struct vcsf *hw, enum vcsf_domain domain, u64 cores);
u64 vcsf_power_ready(struct vcsf *hw, enum vcsf_domain domain);
u64 vcsf_power_present(struct vcsf *hw, enum vcsf_domain domain);

void vcsf_gpu_command(struct vcsf *hw, u32 command);
void vcsf_gpu_bus_fault(struct vcsf *hw, u64 address);
void vcsf_gpu_reset(struct vcsf *hw, bool hard);
u32 vcsf_flush_id(struct vcsf *hw);
void vcsf_flush_caches(struct vcsf *hw, unsigned int l2, unsigned int lsc,
		       unsigned int other);

void vcsf_clock_init(struct vcsf *hw);
u64 vcsf_clock_ns(struct vcsf *hw);
int vcsf_clock_advance(struct vcsf *hw, u64 ns);
u64 vcsf_clock_timestamp(struct vcsf *hw);
u64 vcsf_clock_ticks(const struct vcsf *hw, u64 ns);
u64 vcsf_clock_cycles(struct vcsf *hw);
int vcsf_clock_set_rate(struct vcsf_window *win, unsigned long hz);
unsigned long vcsf_clock_rate(struct vcsf_window *win);

/* --- The engine --------------------------------------------------------------- */

enum vcsf_event {
	VCSF_EVENT_RESET,
	VCSF_EVENT_MCU_STOP,
	VCSF_EVENT_MCU_START,
	VCSF_EVENT_GLB_DOORBELL,
	VCSF_EVENT_USER_DOORBELL,
	VCSF_EVENT_UNLOCK,
	VCSF_EVENT_POWER,
	VCSF_EVENT_INJECT,
	VCSF_EVENT_TIMER,
};

/**
 * struct vcsf_engine - the thread that does the work
 */
struct vcsf_engine {
	/** @task: The thread. */
	struct task_struct *task;
	/** @events: enum vcsf_event bits, set in any context. */
	unsigned long events;
	/** @doorbells: User doorbells that rang. */
	atomic64_t doorbells;
	/**
	 * @lock: Held by the interrupt while it acts for the thread, and to
	 * change @asleep or what could make the MCU wait.
	 */
	raw_spinlock_t lock;
	/** @asleep: The thread sleeps, or is about to, or lets others run. */
	bool asleep;
	/** @turns: Counts changes of @asleep. */
	u64 turns;
	/** @turns_seen: What it was when @standin looked last. */
	u64 turns_seen;
	/** @looks: Counts how often @standin looked. */
	u64 looks;
	/** @stood_in: Counts steps that @standin did. */
	u64 stood_in;
	/** @standin: Looks whether the thread runs. */
	struct hrtimer standin;
	/** @watched: @standin is going to look. */
	atomic_t watched;
	/** @alarm: Wakes the thread up when something is due. */
	struct hrtimer alarm;
	/** @bell: The interrupt. */
	struct irq_work bell;
	/** @rouse: Wakes the thread up after that. */
	struct irq_work rouse;
	/** @slices: Counts slices given to streams. */
	u64 slices;
	/** @since: When it last went to sleep, woke up or looked at the time. */
	u64 since;
	/** @burst: How long it has run, less a part of how long it has slept. */
	u64 burst;
	/** @patient: It has run for long, and is a real-time thread no more. */
	bool patient;
	/** @wakeups: Counts how often the thread woke up. */
	u64 wakeups;
	/** @repolls: Counts looks at sync objects that had no reason. */
	u64 repolls;
	/** @due: When the engine has something to do, U64_MAX for never. */
	u64 due;
};

void vcsf_isa_init(void);
int vcsf_engine_start(struct vcsf *hw);
void vcsf_engine_stop(struct vcsf *hw);
void vcsf_engine_kick(struct vcsf *hw, enum vcsf_event event);
void vcsf_engine_rouse(struct vcsf *hw);
u64 vcsf_engine_step(struct vcsf *hw);
void vcsf_engine_report(struct vcsf *hw);
bool vcsf_engine_wait_unlock(struct vcsf *hw);
void vcsf_engine_delay(struct vcsf *hw, u64 ns, unsigned long events);

void vcsf_doorbell_init(struct vcsf *hw);
void vcsf_doorbell_fini(struct vcsf *hw);
void vcsf_doorbell(struct vcsf *hw, unsigned int doorbell);
void vcsf_doorbells(struct vcsf *hw);

void vcsf_standin_init(struct vcsf *hw);
void vcsf_standin_fini(struct vcsf *hw);
void vcsf_standin_watch(struct vcsf *hw);

void vcsf_slice(struct vcsf *hw);
void vcsf_slice_first(struct vcsf *hw);

/* --- The device ----------------------------------------------------------------- */

/**
 * struct vcsf - a software GPU
 */
struct vcsf {
	/** @window: What the driver sees. */
	struct vcsf_window window;
	/** @model: Register values. */
	struct vcsf_model model;
	/** @config: As given at creation. */
	struct vcsf_config config;
	/** @pdev: The platform device. */
	struct platform_device *pdev;
	/** @domain: Interrupt domain of @lines. */
	struct irq_domain *domain;
	/** @lines: Interrupt lines. */
	struct vcsf_irq_line lines[VCSF_LINE_COUNT];
	/** @ctl_lock: Protects the members up to @user_page. */
	raw_spinlock_t ctl_lock;
	/** @store: Values of registers without an effect of their own. */
	u64 store[VCSF_STORE_COUNT];
	/** @power: Which cores are ready. */
	struct vcsf_power power[VCSF_DOMAIN_COUNT];
	/** @power_moving: A transition is under way. */
	bool power_moving;
	/** @power_changes: Counts changes of that. */
	u32 power_changes;
	/** @reset_hard: The reset that was asked for is a hard one. */
	bool reset_hard;
	/** @fault_status: GPU_FAULT_STATUS. */
	u32 fault_status;
	/** @fault_address: GPU_FAULT_ADDRESS. */
	u64 fault_address;
	/** @flush_id: LATEST_FLUSH_ID. */
	u32 flush_id;
	/** @clock_mhz: Rate of the GPU clock. */
	u32 clock_mhz;
	/** @cycles: Cycles counted until @powered_at. */
	u64 cycles;
	/** @powered_at: When L2 was powered up, or the rate last changed. */
	u64 powered_at;
	/** @resetting: A reset was asked for and is not done. */
	bool resetting;
	/** @user_page: The page with LATEST_FLUSH_ID. */
	struct page *user_page;
	/** @mmu: Address spaces. */
	struct vcsf_mmu mmu;
	/** @mcu: The MCU and all group slots. */
	struct vcsf_mcu mcu;
	/** @cores: Work on simulated cores. */
	struct vcsf_cores cores;
	/** @engine: The thread. */
	struct vcsf_engine engine;
	/** @inject: Faults that were asked for. */
	struct vcsf_inject inject;
	/** @virtual_ns: The virtual clock. */
	atomic64_t virtual_ns;
	/** @debugfs: Folder of the device. */
	struct dentry *debugfs;
	/** @power_losses: How often the system's sleep took its power. */
	u32 power_losses;
};

static inline struct vcsf *vcsf_from_window(struct vcsf_window *win)
{
	return container_of(win, struct vcsf, window);
}

struct vcsf *vcsf_create(const struct vcsf_config *config);
void vcsf_destroy(struct vcsf *hw);
void vcsf_debugfs_init(struct vcsf *hw);
void vcsf_debugfs_fini(struct vcsf *hw);
void vcsf_sleep_attach(struct vcsf *hw);
void vcsf_sleep_debugfs(struct vcsf *hw, struct dentry *dir);

/**
 * vcsf_inject - an opportunity for something to go wrong
 * @hw: the GPU
 * @point: what could
 * @kind: number of the bit in &vcsf_inject_setting.only that must be set
 * @arg: where to store how; NULL if nobody needs to know
 *
 * Costs the test of a bit as long as nobody has asked for it.
 *
 * Context: any.
 * Return: true if it does go wrong.
 */
static inline bool vcsf_inject(struct vcsf *hw, enum vcsf_inject_point point,
			       unsigned int kind, u32 *arg)
{
	return unlikely(READ_ONCE(hw->inject.armed) & BIT(point)) &&
	       vcsf_inject_hit(hw, point, kind, arg);
}

/**
 * vcsf_mmu_page - translate an address
 * @hw: the GPU
 * @as: address space
 * @va: address
 * @access: CSF_AS_ACCESS_* that is intended
 * @page: where to store the kernel address of the page that holds @va
 *
 * Context: holds &vcsf_mmu.lock.
 * Return: 0, -EAGAIN if the access must stall as the region is locked, -EFAULT
 * after a fault was reported.
 */
static inline int vcsf_mmu_page(struct vcsf *hw, unsigned int as, u64 va,
				unsigned int access, void **page)
{
	struct vcsf_as *space = &hw->mmu.as[as];
	struct vcsf_tlb_entry *e;

	lockdep_assert_held(&hw->mmu.lock);

	e = &space->tlb[(va >> 12) % VCSF_TLB_ENTRIES];
	if (likely(e->tag == ((va & VCSF_PAGE_MASK) | 1) &&
		   (e->access & BIT(access)) && !space->careful)) {
		*page = e->page;
		return 0;
	}

	return vcsf_mmu_walk(hw, as, va, access, page);
}

#endif /* _VCSF_INTERNAL_H_ */
