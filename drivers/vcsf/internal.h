/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_INTERNAL_H_
#define _VCSF_INTERNAL_H_

/**
 * DOC: Inside the software GPU
 *
 * Registers are accessed by the driver in any context; everything behind them
 * that takes time is done by one kthread, the engine, which is both the MCU
 * with its firmware and the command stream hardware. It sleeps unless a
 * register write kicked it, a stream can run or a timer is due.
 *
 * Locks, all raw and taken with interrupts off, in this order:
 *
 * - &vcsf_mmu.lock: address spaces and their TLBs. The engine holds it while
 *   it executes a batch of instructions, so that an AS command which has
 *   completed is obeyed by every later access.
 * - &vcsf.ctl_lock: control registers: power, flush id, fault, counters.
 * - &vcsf_irq_line.lock: state of one interrupt line.
 *
 * Groups, streams and the firmware's state belong to the engine alone and need
 * no lock. The engine allocates nothing: it is on the way to a fence's signal.
 */

#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/irq_work.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_isa.h>
#include <vcsf/csf_regs.h>
#include <vcsf/vcsf_dev.h>

struct dentry;
struct irq_domain;
struct page;
struct platform_device;
struct seq_file;
struct task_struct;
struct vcsf;
struct vcsf_cs;
struct vcsf_csg;

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
	u64 gpu_id;
	u64 l2_features;
	u64 core_features;
	u64 tiler_features;
	u64 mem_features;
	u64 mmu_features;
	u64 csf_id;
	u64 gpu_features;
	u64 thread_max_threads;
	u64 thread_max_workgroup;
	u64 thread_max_barrier;
	u64 thread_features;
	u64 texture_features[CSF_TEXTURE_FEATURES_COUNT];
	u64 revid;
	u64 coherency_features;
	u64 shader_present;
	u64 tiler_present;
	u64 l2_present;
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
};

/* --- Interrupts -------------------------------------------------------------- */

enum vcsf_line {
	VCSF_LINE_JOB,
	VCSF_LINE_MMU,
	VCSF_LINE_GPU,
	VCSF_LINE_COUNT,
};

/**
 * struct vcsf_irq_line - one level-triggered interrupt
 *
 * The line is asserted while @rawstat & @mask is not zero.
 */
struct vcsf_irq_line {
	/** @lock: Protects @rawstat, @mask and @unmasked. */
	raw_spinlock_t lock;
	/** @rawstat: Causes that are active. */
	u32 rawstat;
	/** @mask: Causes that may assert the line. */
	u32 mask;
	/** @clearable: Causes that writing CLEAR removes; constant. */
	u32 clearable;
	/** @unmasked: The interrupt controller lets the line through. */
	bool unmasked;
	/** @work: Delivers the interrupt in hard-irq context. */
	struct irq_work work;
	/** @domain: Interrupt domain the line belongs to. */
	struct irq_domain *domain;
	/** @virq: Linux interrupt number. */
	unsigned int virq;
	/** @hwirq: Number in @domain, an enum vcsf_line. */
	unsigned int hwirq;
};

int vcsf_irq_init(struct vcsf *hw);
void vcsf_irq_fini(struct vcsf *hw);
void vcsf_irq_raise(struct vcsf *hw, enum vcsf_line line, u32 causes);
void vcsf_irq_clear(struct vcsf *hw, enum vcsf_line line, u32 causes);
void vcsf_irq_set_mask(struct vcsf *hw, enum vcsf_line line, u32 mask);
void vcsf_irq_reset(struct vcsf *hw, enum vcsf_line line, bool keep_mask);
u32 vcsf_irq_rawstat(struct vcsf *hw, enum vcsf_line line);
u32 vcsf_irq_mask(struct vcsf *hw, enum vcsf_line line);

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

void vcsf_power_up(struct vcsf *hw, enum vcsf_domain domain, u64 cores);
void vcsf_power_down(struct vcsf *hw, enum vcsf_domain domain, u64 cores);
u64 vcsf_power_ready(struct vcsf *hw, enum vcsf_domain domain);
u64 vcsf_power_present(struct vcsf *hw, enum vcsf_domain domain);

void vcsf_gpu_command(struct vcsf *hw, u32 command);
void vcsf_gpu_bus_fault(struct vcsf *hw, u64 address);
void vcsf_gpu_reset(struct vcsf *hw);
u32 vcsf_flush_id(struct vcsf *hw);
void vcsf_flush_caches(struct vcsf *hw, unsigned int l2, unsigned int lsc,
		       unsigned int other);

u64 vcsf_clock_ns(struct vcsf *hw);
u64 vcsf_clock_timestamp(struct vcsf *hw);
u64 vcsf_clock_cycles(struct vcsf *hw);

/* --- MMU --------------------------------------------------------------------- */

/* Source in fault reports: the command stream front end (chosen) */
#define VCSF_FAULT_SOURCE	0x100

#define VCSF_TLB_ENTRIES	64
#define VCSF_PAGE_MASK		(~0xfffULL)
#define VCSF_NO_PAGE		(~0ULL)	/* no page has this address */

/**
 * struct vcsf_tlb_entry - translation of a 4 KiB page
 */
struct vcsf_tlb_entry {
	/** @tag: Virtual page address | 1, zero if the entry is empty. */
	u64 tag;
	/** @page: Kernel address of the physical page. */
	void *page;
	/** @access: Bit per CSF_AS_ACCESS that is permitted. */
	u32 access;
};

/**
 * struct vcsf_as - an address space
 */
struct vcsf_as {
	/** @transtab: Translation table register as written. */
	u64 transtab;
	/** @memattr: Memory attributes register as written. */
	u64 memattr;
	/** @transcfg: Translation mode register as written. */
	u64 transcfg;
	/** @lockaddr: Lock region register as written. */
	u64 lockaddr;
	/** @active: The three that are in force since the last UPDATE. */
	struct {
		u64 transtab;
		u64 memattr;
		u64 transcfg;
	} active;
	/** @locked: Accesses from @lock_start to @lock_last stall. */
	bool locked;
	u64 lock_start;
	u64 lock_last;
	/** @fault_status: First fault since the interrupt was last cleared. */
	u32 fault_status;
	u64 fault_address;
	u64 fault_extra;
	/**
	 * @epoch: Changes whenever a translation seen earlier may not be used
	 * any more without another look-up.
	 */
	u32 epoch;
	struct vcsf_tlb_entry tlb[VCSF_TLB_ENTRIES];
};

/**
 * struct vcsf_mmu - all address spaces
 */
struct vcsf_mmu {
	/** @lock: Protects everything here; see DOC. */
	raw_spinlock_t lock;
	unsigned int count;
	struct vcsf_as as[CSF_AS_COUNT_MAX];
};

void vcsf_mmu_init(struct vcsf *hw);
void vcsf_mmu_reset(struct vcsf *hw);
void vcsf_mmu_command(struct vcsf *hw, unsigned int as, u32 command);
int vcsf_mmu_walk(struct vcsf *hw, unsigned int as, u64 va, unsigned int access,
		  void **page);
void vcsf_mmu_fault(struct vcsf *hw, unsigned int as, u64 va,
		    unsigned int access, unsigned int type);

/* Accesses of naturally aligned words; results as of vcsf_mmu_page() */
int vcsf_mem_read32(struct vcsf *hw, unsigned int as, u64 va, u32 *value);
int vcsf_mem_read64(struct vcsf *hw, unsigned int as, u64 va, u64 *value);
int vcsf_mem_write32(struct vcsf *hw, unsigned int as, u64 va, u32 value);
int vcsf_mem_write64(struct vcsf *hw, unsigned int as, u64 va, u64 value);
int vcsf_mem_add32(struct vcsf *hw, unsigned int as, u64 va, u32 value);
int vcsf_mem_add64(struct vcsf *hw, unsigned int as, u64 va, u64 value);

/* --- Command streams --------------------------------------------------------- */

enum vcsf_cs_state {
	VCSF_CS_STOPPED,	/* not started */
	VCSF_CS_READY,		/* can run */
	VCSF_CS_EMPTY,		/* at the end of the ring */
	VCSF_CS_WAIT_SB,	/* scoreboards */
	VCSF_CS_WAIT_SYNC,	/* a sync object */
	VCSF_CS_WAIT_PROGRESS,	/* another stream's progress counter */
	VCSF_CS_STALLED,	/* access to a locked region */
	VCSF_CS_FAULTED,	/* the host has not seen the fault yet */
	VCSF_CS_FATAL,		/* for good */
};

/* What became of an instruction */
enum vcsf_step {
	VCSF_STEP_NEXT,		/* done */
	VCSF_STEP_RETRY,	/* not done, the stream's state says why */
	VCSF_STEP_EVENT,	/* done, and the firmware has an event to report */
	VCSF_STEP_STOP,		/* done, and the stream cannot continue */
};

/**
 * struct vcsf_frame - a buffer that is being run
 *
 * The instruction at position @pc lies at (@pc & @mask) + @base. For the ring,
 * positions are those of the ring interface; for a called buffer, addresses.
 */
struct vcsf_frame {
	u64 pc;
	u64 start;
	u64 end;
	u64 base;
	u64 mask;
};

/**
 * struct vcsf_deferred - an asynchronous instruction that was issued
 */
struct vcsf_deferred {
	/** @addr: Address operand, offset included. */
	u64 addr;
	/** @data: Data operand. */
	u64 data;
	/** @ins: The instruction. */
	u64 ins;
	/** @wait: Scoreboard entries that it still waits for. */
	u16 wait;
	/** @error: Error that was pending at issue. */
	u8 error;
};

#define VCSF_DEFERRED_MAX	16

/**
 * struct vcsf_cs - a command stream
 */
struct vcsf_cs {
	/** @hw: The GPU. */
	struct vcsf *hw;
	/** @csg: The group slot it belongs to. */
	struct vcsf_csg *csg;
	/** @frame: Innermost buffer, in @frames. */
	struct vcsf_frame *frame;
	/** @fetch_va: Page that instructions were last fetched from. */
	u64 fetch_va;
	/** @fetch_page: Where it is. */
	const void *fetch_page;
	/** @fetch_epoch: &vcsf_as.epoch when it was looked up. */
	u32 fetch_epoch;
	/** @state: Set by vcsf_cs_set_state() only. */
	enum vcsf_cs_state state;
	/** @regs: Registers. */
	u32 regs[CSF_CS_REG_COUNT] __aligned(8);
	/** @scoreboard: Operations in flight per entry. */
	u8 scoreboard[CSF_CS_SCOREBOARD_COUNT];
	/** @busy: Bit per entry of @scoreboard that is not zero. */
	u16 busy;
	/** @sb_endpoint: Entry for RUN_* instructions. */
	u8 sb_endpoint;
	/** @sb_other: Entry for loads and stores. */
	u8 sb_other;
	/** @id: Index in the group. */
	u8 id;
	/** @priority: In the group, 15 is the highest. */
	u8 priority;
	/** @doorbell: Doorbell page, 0 for none. */
	u8 doorbell;
	/** @error: Exception that is pending until the next ERROR_BARRIER. */
	u8 error;
	/** @resources: What REQ_RESOURCE acquired. */
	u8 resources;
	/** @deferred_count: Entries of @deferred in use, oldest first. */
	u8 deferred_count;
	/** @deferred: Asynchronous instructions that are not done. */
	struct vcsf_deferred deferred[VCSF_DEFERRED_MAX];
	struct vcsf_frame frames[CSF_CS_CALL_DEPTH];
	/** @wait: What it waits for, valid in the VCSF_CS_WAIT states. */
	struct {
		u64 addr;
		u64 value;
		u32 status;
	} wait;
	/** @last_run: Slice number when it ran last. */
	u64 last_run;
	/** @progress: Counter of PROGRESS_STORE. */
	u64 progress;
	/** @heap: Context of HEAP_SET. */
	u64 heap;
	/** @oom_handler: Address of SET_EXCEPTION_HANDLER, zero for none. */
	u64 oom_handler;
	/** @oom_handler_size: Bytes of that buffer. */
	u32 oom_handler_size;
	/** @published: Extract position last written to the ring interface. */
	u64 published;
	/** @published_active: And whether the stream was active. */
	u32 published_active;
	/** @fault: Words to publish with the next event, of @events. */
	struct {
		u32 word;
		u64 info;
	} fault, fatal;
	/** @events: CSF_CS_EVENTS to report to the host. */
	u32 events;
	/** @ack: The ack word in memory. */
	u32 ack;
	/** @req: Request bits when they were last looked at. */
	u32 req;
	/** @input: MCU address of the input block. */
	u32 input;
	/** @output: MCU address of the output block. */
	u32 output;
	/** @ring_input: MCU address of the host's ring page. */
	u64 ring_input;
	/** @ring_output: MCU address of the firmware's ring page. */
	u64 ring_output;
};

void vcsf_cs_set_state(struct vcsf_cs *cs, enum vcsf_cs_state state);
void vcsf_cs_reset(struct vcsf_cs *cs);
void vcsf_cs_run(struct vcsf_cs *cs, unsigned int budget);
void vcsf_cs_retire(struct vcsf_cs *cs);
void vcsf_cs_retire_unlocked(struct vcsf_cs *cs);
void vcsf_cs_defer(struct vcsf_cs *cs, const struct vcsf_deferred *op);
u64 vcsf_cs_pc(const struct vcsf_cs *cs);
enum vcsf_step vcsf_cs_fault(struct vcsf_cs *cs, unsigned int type, u64 info);
enum vcsf_step vcsf_cs_fatal(struct vcsf_cs *cs, unsigned int type, u64 info);
enum vcsf_step vcsf_cs_mem_error(struct vcsf_cs *cs, int error, u64 va);

/**
 * struct vcsf_csg - a command stream group slot
 */
struct vcsf_csg {
	/** @hw: The GPU. */
	struct vcsf *hw;
	/** @cs: The streams. */
	struct vcsf_cs *cs;
	/** @id: Slot number. */
	u8 id;
	/** @resident: A group was started or resumed on the slot. */
	bool resident;
	/** @priority: 15 is the highest. */
	u8 priority;
	/** @as: Address space of the group. */
	u8 as;
	/** @ready: Streams in VCSF_CS_READY. */
	u32 ready;
	/** @sync_waiters: Streams in VCSF_CS_WAIT_SYNC. */
	u32 sync_waiters;
	/** @events: CSF_CSG_EVENTS to report to the host. */
	u32 events;
	/** @latched: CSF_CSG_EVENTS that came while the last was pending. */
	u32 latched;
	/** @cs_events: Streams with events to report. */
	u32 cs_events;
	/** @cs_irq_latched: Streams whose events came while one was pending. */
	u32 cs_irq_latched;
	/** @idle: The group was found idle. */
	bool idle;
	/** @idle_at: When to report that, zero if done. */
	u64 idle_at;
	/** @suspend_buf: MCU address of the suspend buffer. */
	u64 suspend_buf;
	/** @endpoint_req: Endpoints and priority as configured. */
	u32 endpoint_req;
	/** @ack: The ack word in memory. */
	u32 ack;
	/** @doorbell_ack: The doorbell_ack word in memory. */
	u32 doorbell_ack;
	/** @cs_irq_req: The cs_irq_req word in memory. */
	u32 cs_irq_req;
	/** @input: MCU address of the input block. */
	u32 input;
	/** @output: MCU address of the output block. */
	u32 output;
};

void vcsf_csg_doorbell(struct vcsf_csg *csg);
void vcsf_csg_user_doorbell(struct vcsf_csg *csg, unsigned int doorbell);
void vcsf_csg_wake_sync(struct vcsf_csg *csg);
void vcsf_csg_wake_stalled(struct vcsf_csg *csg);
void vcsf_csg_wake_progress(struct vcsf_csg *csg);
void vcsf_csg_raise(struct vcsf_csg *csg, u32 events);
void vcsf_csg_raise_cs(struct vcsf_csg *csg, unsigned int stream);
void vcsf_csg_cs_irq(struct vcsf_csg *csg, unsigned int stream);
void vcsf_csg_report(struct vcsf_csg *csg);
bool vcsf_csg_is_idle(const struct vcsf_csg *csg);
void vcsf_csg_update_idle(struct vcsf_csg *csg, u64 now);
void vcsf_csg_kill(struct vcsf_csg *csg);
void vcsf_csg_save(struct vcsf_csg *csg);
void vcsf_csg_restore(struct vcsf_csg *csg);
u32 vcsf_suspend_base_size(void);
u32 vcsf_suspend_stream_size(void);

void vcsf_cs_start(struct vcsf_cs *cs, bool resume);
void vcsf_cs_doorbell(struct vcsf_cs *cs);
void vcsf_cs_leave_fault(struct vcsf_cs *cs);
void vcsf_cs_scan_ring(struct vcsf_cs *cs);
void vcsf_cs_publish(struct vcsf_cs *cs);
void vcsf_cs_write_status(struct vcsf_cs *cs);
void vcsf_cs_report(struct vcsf_cs *cs);

/* --- MCU and firmware ---------------------------------------------------------- */

/**
 * struct vcsf_mcu - the microcontroller and the state of its firmware
 */
struct vcsf_mcu {
	/** @control: MCU_CONTROL as written. */
	u32 control;
	/** @status: MCU_STATUS. */
	u32 status;
	/** @running: Firmware is up. */
	bool running;
	/** @error: An access failed; nothing works until the MCU is restarted. */
	int error;
	/** @unlocked: A region was unlocked while the MCU waited for it. */
	bool unlocked;
	/** @groups: Slots that the firmware uses. */
	unsigned int groups;
	/** @streams: Streams per group that it uses. */
	unsigned int streams;
	/** @ready: Groups with a stream that can run. */
	u32 ready;
	/** @dirty: Groups where a stream changed state. */
	u32 dirty;
	/** @reports: Groups with events to report. */
	u32 reports;
	/** @sync_waiters: Groups with a stream that waits for a sync object. */
	u32 sync_waiters;
	/** @sync_wake: Groups that a sync object operation may wake. */
	u32 sync_wake;
	/** @progress_wake: Groups where a progress counter changed. */
	u32 progress_wake;
	/** @idle_timers: Groups with &vcsf_csg.idle_at set. */
	u32 idle_timers;
	/** @idle_reported: GLB_IDLE was reported since a group was busy. */
	bool idle_reported;
	/** @repoll_at: When to look at sync objects again. */
	u64 repoll_at;
	/** @idle_ns: Idle time until a group is reported. */
	u64 idle_ns;
	/** @glb_input: MCU address of the global input block. */
	u32 glb_input;
	/** @glb_output: MCU address of the global output block. */
	u32 glb_output;
	/** @ack: The global ack word in memory. */
	u32 ack;
	/** @doorbell_ack: The global doorbell_ack word in memory. */
	u32 doorbell_ack;
	/** @doorbell_csgs: Groups that use a doorbell. */
	u32 doorbell_csgs[CSF_DOORBELL_COUNT];
	/** @program: What the image in memory says. */
	struct csf_mcu_program program;
	/** @csgs: The slots. */
	struct vcsf_csg *csgs;
	/** @streams_all: Streams of all slots. */
	struct vcsf_cs *streams_all;
	/** @suspend: Scratch memory for a stream in a suspend buffer. */
	void *suspend;
};

int vcsf_mcu_init(struct vcsf *hw);
void vcsf_mcu_fini(struct vcsf *hw);
void vcsf_mcu_start(struct vcsf *hw);
void vcsf_mcu_stop(struct vcsf *hw, u32 status);
void vcsf_mcu_crash(struct vcsf *hw);

/*
 * Memory accesses of the firmware. They wait while the region is locked. After
 * one failed, &vcsf_mcu.error is set, reads give zero and writes do nothing,
 * so that a sequence needs to look only once.
 */
u32 vcsf_mcu_read32(struct vcsf *hw, u64 va);
u64 vcsf_mcu_read64(struct vcsf *hw, u64 va);
void vcsf_mcu_write32(struct vcsf *hw, u64 va, u32 value);
void vcsf_mcu_write64(struct vcsf *hw, u64 va, u64 value);
u32 vcsf_mcu_fetch32(struct vcsf *hw, u64 va);
void vcsf_mcu_copy_in(struct vcsf *hw, void *to, u64 va, size_t size);
void vcsf_mcu_copy_out(struct vcsf *hw, u64 va, const void *from, size_t size);

#define vcsf_in32(hw, block, type, member) \
	vcsf_mcu_read32(hw, (u64)(block) + offsetof(struct type, member))
#define vcsf_in64(hw, block, type, member) \
	vcsf_mcu_read64(hw, (u64)(block) + offsetof(struct type, member))
#define vcsf_out32(hw, block, type, member, value) \
	vcsf_mcu_write32(hw, (u64)(block) + offsetof(struct type, member), value)
#define vcsf_out64(hw, block, type, member, value) \
	vcsf_mcu_write64(hw, (u64)(block) + offsetof(struct type, member), value)

bool vcsf_glb_boot(struct vcsf *hw);
void vcsf_glb_doorbell(struct vcsf *hw);
void vcsf_glb_event(struct vcsf *hw, u32 event);
void vcsf_glb_update_idle(struct vcsf *hw);

/* --- The engine --------------------------------------------------------------- */

enum vcsf_event {
	VCSF_EVENT_RESET,
	VCSF_EVENT_MCU_STOP,
	VCSF_EVENT_MCU_START,
	VCSF_EVENT_GLB_DOORBELL,
	VCSF_EVENT_USER_DOORBELL,
	VCSF_EVENT_UNLOCK,
	VCSF_EVENT_POWER,
};

/**
 * struct vcsf_engine - the thread that does the work
 */
struct vcsf_engine {
	struct task_struct *task;
	/** @events: enum vcsf_event bits, set in any context. */
	unsigned long events;
	/** @doorbells: User doorbells that rang. */
	atomic64_t doorbells;
	/** @slices: Counts slices given to streams. */
	u64 slices;
};

int vcsf_engine_start(struct vcsf *hw);
void vcsf_engine_stop(struct vcsf *hw);
void vcsf_engine_kick(struct vcsf *hw, enum vcsf_event event);
void vcsf_engine_doorbell(struct vcsf *hw, unsigned int doorbell);
bool vcsf_engine_wait_unlock(struct vcsf *hw);

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
	/** @power: Cores that are ready. */
	u64 power[VCSF_DOMAIN_COUNT];
	/** @fault_status: GPU_FAULT_STATUS. */
	u32 fault_status;
	/** @fault_address: GPU_FAULT_ADDRESS. */
	u64 fault_address;
	/** @flush_id: LATEST_FLUSH_ID. */
	u32 flush_id;
	/** @cycles: Cycles counted until L2 lost power. */
	u64 cycles;
	/** @powered_at: When L2 was powered up. */
	u64 powered_at;
	/** @resetting: A reset was asked for and is not done. */
	bool resetting;
	/** @user_page: The page with LATEST_FLUSH_ID. */
	struct page *user_page;
	struct vcsf_mmu mmu;
	struct vcsf_mcu mcu;
	struct vcsf_engine engine;
	/** @debugfs: Folder of the device. */
	struct dentry *debugfs;
};

static inline struct vcsf *vcsf_from_window(struct vcsf_window *win)
{
	return container_of(win, struct vcsf, window);
}

struct vcsf *vcsf_create(const struct vcsf_config *config);
void vcsf_destroy(struct vcsf *hw);
void vcsf_debugfs_init(struct vcsf *hw);
void vcsf_debugfs_fini(struct vcsf *hw);

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
		   (e->access & BIT(access)) && !space->locked)) {
		*page = e->page;
		return 0;
	}

	return vcsf_mmu_walk(hw, as, va, access, page);
}


#endif /* _VCSF_INTERNAL_H_ */
