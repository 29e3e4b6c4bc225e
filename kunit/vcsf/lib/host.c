// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The minimal driver for tests: device and interrupts, memory and page tables,
 * firmware. See host.h.
 */

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <vcsf/csf_default_image.h>

#include "base/vcsf.h"
#include "device.h"
#include "engine/engine.h"
#include "group/stream.h"
#include "regs/clock.h"
#include "host.h"

/* --- Device and interrupts ---------------------------------------------------- */

static irqreturn_t vcsf_host_handler(int irq, void *data)
{
	struct vcsf_host_irq *line = data;
	struct vcsf_host *host = line->host;
	u32 status = vcsf_host_read(host, line->base + 0xc);

	if (!status)
		return IRQ_NONE;
	atomic_inc(&line->count);
	if (line->ignore) {
		line->ignore--;
		return IRQ_HANDLED;
	}
	if (status & CSF_JOB_IRQ_GLOBAL && line == &host->irqs[HOST_JOB])
		WRITE_ONCE(host->answered, READ_ONCE(host->hw->engine->slices));
	if (line->keep)
		vcsf_host_write(host, line->base + 0x8, 0);
	else
		vcsf_host_write(host, line->base + 0x4, status);
	atomic_or(status, &line->seen);
	wake_up_all(&host->wait);

	return IRQ_HANDLED;
}

static void vcsf_host_request_irqs(struct vcsf_host *host)
{
	static const char *const names[] = { "job", "mmu", "gpu" };
	static const u32 bases[] = { CSF_JOB_IRQ_RAWSTAT, CSF_MMU_IRQ_RAWSTAT,
				     CSF_GPU_IRQ_RAWSTAT };
	unsigned int i;

	for (i = 0; i < HOST_LINES; i++) {
		struct vcsf_host_irq *line = &host->irqs[i];
		int irq = platform_get_irq_byname(host->hw->pdev, names[i]);

		KUNIT_ASSERT_GT(host->test, irq, 0);
		line->host = host;
		line->base = bases[i];
		KUNIT_ASSERT_EQ(host->test, 0,
				request_irq(irq, vcsf_host_handler, 0,
					    "vcsf-test", line));
		line->irq = irq;
	}
}

const struct vcsf_config vcsf_host_config = {
	.device_name = "vcsf-test",
	.device_id = PLATFORM_DEVID_AUTO,
	.model = "g610",
	.slots = 4,
	.streams = 8,
	.address_spaces = 8,
	.speed = 100,
	.duty = 100,
	.shaders = VCSF_SHADERS_FAULT_COMPUTE,
};

struct vcsf_host *vcsf_host_create(struct kunit *test)
{
	return vcsf_host_create_with(test, &vcsf_host_config);
}

struct vcsf_host *vcsf_host_create_with(struct kunit *test,
					const struct vcsf_config *config)
{
	struct vcsf_host *host;

	host = kunit_kzalloc(test, sizeof(*host), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, host);
	test->priv = host;
	host->test = test;
	init_waitqueue_head(&host->wait);
	host->hw = vcsf_create(config);
	if (IS_ERR(host->hw)) {
		host->hw = NULL;
		KUNIT_FAIL_AND_ABORT(test, "failed to create the software GPU");
	}
	host->win = vcsf_window_of(&host->hw->pdev->dev);
	KUNIT_ASSERT_NOT_NULL(test, host->win);
	vcsf_host_request_irqs(host);

	return host;
}

/* Destroy the GPU. A test may have been aborted at any point. */
void vcsf_host_destroy(struct vcsf_host *host)
{
	unsigned int i;

	if (!host || !host->hw)
		return;
	for (i = 0; i < HOST_LINES; i++)
		if (host->irqs[i].irq)
			free_irq(host->irqs[i].irq, &host->irqs[i]);
	vcsf_destroy(host->hw);
	for (i = 0; i < host->page_count; i++)
		__free_page(host->pages[i]);
}

/* Wait until all of @bits have been raised, and clear them. */
bool vcsf_host_wait(struct vcsf_host *host, enum vcsf_host_line n, u32 bits)
{
	struct vcsf_host_irq *line = &host->irqs[n];
	bool ok;

	ok = vcsf_host_wait_for(host,
				((u32)atomic_read(&line->seen) & bits) == bits);
	atomic_andnot(bits, &line->seen);

	return ok;
}

/* Poll a register that no interrupt announces, with a time limit. */
bool vcsf_host_wait_register(struct vcsf_host *host, u32 offset, u32 value)
{
	unsigned long end = jiffies + VCSF_HOST_TIMEOUT;

	while (vcsf_host_read(host, offset) != value) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(50, 100);
	}

	return true;
}

static bool vcsf_host_is_on_cpu(struct task_struct *task)
{
#ifdef CONFIG_SMP
	/* Pairs with the release in the scheduler's finish_task(). */
	return smp_load_acquire(&task->on_cpu);
#else
	return task == current;
#endif
}

/*
 * Wait until the engine has taken all events and its thread sleeps, for which it always
 * uses TASK_IDLE. A thread that another CPU has yet to enqueue is neither running nor
 * asleep (TASK_WAKING), and the watchdog may have taken the event already. The state is
 * not enough: a thread that has announced to sleep may still run for a while.
 */
bool vcsf_host_wait_engine(struct vcsf_host *host)
{
	unsigned long end = jiffies + VCSF_HOST_TIMEOUT;
	struct vcsf_events *events = &host->hw->events;
	struct task_struct *task = events->task;

	while (READ_ONCE(events->pending) ||
	       READ_ONCE(task->__state) != TASK_IDLE || vcsf_host_is_on_cpu(task)) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(50, 100);
	}

	return true;
}

/*
 * Keep the engine's thread from running until it is released: bind it to this CPU and
 * disable preemption, which leaves the CPU to the test and to interrupts. A wake-up
 * in the meantime makes the thread runnable, nothing more.
 */
void vcsf_host_hold_engine(struct vcsf_host *host)
{
	migrate_disable();
	KUNIT_EXPECT_EQ(host->test, 0,
			set_cpus_allowed_ptr(host->hw->events.task,
					     cpumask_of(smp_processor_id())));
	KUNIT_EXPECT_TRUE(host->test, vcsf_host_wait_engine(host));
	preempt_disable();
}

void vcsf_host_release_engine(void)
{
	preempt_enable();
	migrate_enable();
}

/*
 * Let virtual time pass, in steps from one due event to the next. Return false if the
 * engine did not go to sleep.
 */
bool vcsf_host_advance(struct vcsf_host *host, u64 ns)
{
	u64 end = vcsf_clock_ns(host->hw) + ns;

	for (;;) {
		u64 now = vcsf_clock_ns(host->hw), due;

		if (!vcsf_host_wait_engine(host))
			return false;
		if (now == end)
			return true;
		due = clamp(READ_ONCE(host->hw->engine->due), now + 1, end);
		vcsf_clock_advance(host->hw, due - now);
	}
}

/* Check that the indices of a stream are in bounds and its scoreboards consistent. */
bool vcsf_host_cs_valid(const struct vcsf_cs *cs)
{
	unsigned int i;

	if (cs->frame < cs->frames ||
	    cs->frame >= cs->frames + ARRAY_SIZE(cs->frames) ||
	    cs->deferred_count > VCSF_DEFERRED_MAX ||
	    cs->sb_endpoint >= CSF_CS_SCOREBOARD_COUNT ||
	    cs->sb_other >= CSF_CS_SCOREBOARD_COUNT ||
	    cs->frame->pc % CSF_CS_INSTR_SIZE)
		return false;
	for (i = 0; i < CSF_CS_SCOREBOARD_COUNT; i++)
		if (!cs->scoreboard[i] != !(cs->busy & BIT(i)))
			return false;

	return !(cs->busy >> CSF_CS_SCOREBOARD_COUNT);
}

/* --- Memory ---------------------------------------------------------------------- */

struct page *vcsf_host_page(struct vcsf_host *host)
{
	struct page *page;

	KUNIT_ASSERT_LT(host->test, host->page_count, VCSF_HOST_PAGES);
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(host->test, page);
	host->pages[host->page_count++] = page;

	return page;
}

void vcsf_host_vm_init(struct vcsf_host *host, struct vcsf_host_vm *vm,
		       unsigned int as)
{
	vm->host = host;
	vm->as = as;
	vm->root = page_address(vcsf_host_page(host));
}

/* Return the entry of @level that translates @va. Allocate missing tables above it. */
u64 *vcsf_host_entry(struct vcsf_host_vm *vm, u64 va, unsigned int level)
{
	u64 *table = vm->root;
	unsigned int l;

	for (l = 0;; l++) {
		u64 *entry = &table[va >> CSF_PTE_LEVEL_SHIFT(l) & 511];

		if (l == level)
			return entry;
		if (!*entry)
			*entry = page_to_phys(vcsf_host_page(vm->host)) |
				 CSF_PTE_TYPE_TABLE;
		table = phys_to_virt(*entry & CSF_PTE_ADDRESS);
	}
}

void vcsf_host_map(struct vcsf_host_vm *vm, u64 va, struct page *page,
		   u64 flags)
{
	u64 *entry = vcsf_host_entry(vm, va, 3);

	WRITE_ONCE(*entry, page_to_phys(page) | flags | CSF_PTE_TYPE_PAGE);
}

void *vcsf_host_map_new(struct vcsf_host_vm *vm, u64 va)
{
	struct page *page = vcsf_host_page(vm->host);

	vcsf_host_map(vm, va, page, VCSF_HOST_PTE);

	return page_address(page);
}

void vcsf_host_lock(struct vcsf_host_vm *vm, u64 va, unsigned int log2)
{
	vcsf_write64(vm->host->win, CSF_AS_LOCKADDR(vm->as),
		     (va & CSF_AS_LOCKADDR_BASE) | (log2 - 1));
	vcsf_host_command(vm, CSF_AS_COMMAND_LOCK);
}

void vcsf_host_command(struct vcsf_host_vm *vm, u32 command)
{
	vcsf_host_write(vm->host, CSF_AS_COMMAND(vm->as), command);
	KUNIT_EXPECT_EQ(vm->host->test, 0,
			vcsf_host_read(vm->host, CSF_AS_STATUS(vm->as)));
}

void vcsf_host_flush(struct vcsf_host_vm *vm, u64 va, unsigned int log2)
{
	vcsf_host_lock(vm, va, log2);
	vcsf_host_command(vm, CSF_AS_COMMAND_FLUSH_PT);
}

void vcsf_host_enable(struct vcsf_host_vm *vm)
{
	struct vcsf_window *win = vm->host->win;

	vcsf_host_lock(vm, 0, 64);
	vcsf_host_command(vm, CSF_AS_COMMAND_FLUSH_MEM);
	vcsf_write64(win, CSF_AS_TRANSTAB(vm->as), virt_to_phys(vm->root));
	vcsf_write64(win, CSF_AS_MEMATTR(vm->as),
		     CSF_AS_MEMATTR_WB << 8 | CSF_AS_MEMATTR_NC);
	vcsf_write64(win, CSF_AS_TRANSCFG(vm->as),
		     CSF_AS_MODE_AARCH64_4K | CSF_AS_TRANSCFG_INA_BITS(48) |
		     CSF_AS_TRANSCFG_WALK_WB | CSF_AS_TRANSCFG_WALK_IS |
		     CSF_AS_TRANSCFG_READ_ALLOC | CSF_AS_TRANSCFG_NO_HIER_AP);
	vcsf_host_command(vm, CSF_AS_COMMAND_UPDATE);
}

/* --- Firmware ---------------------------------------------------------------------- */

void *vcsf_host_mcu_ptr(struct vcsf_host *host, u32 va)
{
	u64 entry = *vcsf_host_entry(&host->mcu, va, 3);

	KUNIT_ASSERT_TRUE(host->test, entry & 1);

	return phys_to_virt(entry & CSF_PTE_ADDRESS) + offset_in_page(va);
}

static void vcsf_host_load_section(struct vcsf_host *host, const u8 *image,
				   const struct csf_fw_section *section)
{
	u32 data = section->data_start;
	u64 va;

	for (va = section->va_start; va < section->va_end; va += PAGE_SIZE) {
		u32 size = min_t(u32, section->data_end - data, PAGE_SIZE);

		memcpy(vcsf_host_map_new(&host->mcu, va), image + data, size);
		data += size;
	}
	host->mcu_next = section->va_end;
}

void vcsf_host_load(struct vcsf_host *host, const u8 *image)
{
	const struct csf_fw_header *header = (const void *)image;
	u32 at = sizeof(*header);

	KUNIT_ASSERT_EQ(host->test, header->magic, CSF_FW_MAGIC);
	vcsf_host_vm_init(host, &host->mcu, 0);
	while (at < header->size) {
		u32 word = *(const u32 *)(image + at);

		const void *body = image + at + sizeof(word);

		if (FIELD_GET(CSF_FW_ENTRY_TYPE, word) == CSF_FW_ENTRY_SECTION)
			vcsf_host_load_section(host, image, body);
		at += FIELD_GET(CSF_FW_ENTRY_SIZE, word);
	}
}

/* Power on, set up address space 0, start the MCU. Do not wait for the firmware. */
void vcsf_host_start_mcu(struct vcsf_host *host)
{
	vcsf_host_write(host, CSF_JOB_IRQ_MASK, ~0U);
	vcsf_host_write(host, CSF_MMU_IRQ_MASK, CSF_MMU_IRQ_FAULTS);
	vcsf_host_write(host, CSF_GPU_IRQ_MASK,
			CSF_GPU_IRQ_FAULT | CSF_GPU_IRQ_RESET_COMPLETED |
			CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED |
			CSF_GPU_IRQ_MCU_STATUS);
	vcsf_host_write(host, CSF_L2_PWRON, 1);
	if (host->hw->config.virtual_clock)
		vcsf_host_advance(host, host->hw->config.power_ns);
	KUNIT_ASSERT_TRUE(host->test,
			  vcsf_host_wait_register(host, CSF_L2_READY, 1));
	vcsf_host_enable(&host->mcu);
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_AUTO);
}

void vcsf_host_boot(struct vcsf_host *host)
{
	vcsf_host_load(host, csf_default_image);
	vcsf_host_start_mcu(host);
	KUNIT_ASSERT_TRUE(host->test,
			  vcsf_host_wait(host, HOST_JOB, CSF_JOB_IRQ_GLOBAL));

	host->glb = vcsf_host_mcu_ptr(host, CSF_FW_SHARED_START);
	KUNIT_ASSERT_NE(host->test, 0, host->glb->version);
	host->glb_in = vcsf_host_mcu_ptr(host, host->glb->input_va);
	host->glb_out = vcsf_host_mcu_ptr(host, host->glb->output_va);
	WRITE_ONCE(host->glb_in->ack_irq_mask, ~0U);
}

static u32 vcsf_host_pending(struct vcsf_host *host)
{
	return READ_ONCE(host->glb_out->ack) ^ READ_ONCE(host->glb_in->req);
}

/* Wait until the firmware has acknowledged the requests. */
bool vcsf_host_wait_ack(struct vcsf_host *host, u32 requests)
{
	return vcsf_host_wait_for(host, !(vcsf_host_pending(host) & requests));
}

/* Wait until the firmware reports an event. */
bool vcsf_host_wait_event(struct vcsf_host *host, u32 event)
{
	return vcsf_host_wait_for(host, vcsf_host_pending(host) & event);
}

/* Set request bits and wait until they are acknowledged. */
bool vcsf_host_request(struct vcsf_host *host, u32 mask, u32 value)
{
	WRITE_ONCE(host->glb_in->req, (host->glb_in->req & ~mask) | value);
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);

	return vcsf_host_wait_ack(host, mask);
}

/*
 * Ping the firmware. Return the number of slices of streams that the engine ran before
 * the firmware answered.
 */
s64 vcsf_host_ping(struct vcsf_host *host)
{
	u32 req = host->glb_in->req ^ CSF_GLB_PING;
	u64 asked;

	WRITE_ONCE(host->glb_in->req, req);
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);
	asked = READ_ONCE(host->hw->engine->slices);
	KUNIT_ASSERT_TRUE(host->test, vcsf_host_wait_ack(host, CSF_GLB_PING));

	return READ_ONCE(host->answered) - asked;
}
