// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include <vcsf/csf_default_image.h>

#include "../drivers/vcsf/internal.h"
#include "vcsf_host.h"

/* --- Device and interrupts ---------------------------------------------------- */

static irqreturn_t vcsf_host_handler(int irq, void *data)
{
	struct vcsf_host_irq *line = data;
	struct vcsf_host *host = line->host;
	u32 status = vcsf_host_read(host, line->base + 0xc);

	if (!status)
		return IRQ_NONE;
	atomic_inc(&line->count);
	if (status & CSF_JOB_IRQ_GLOBAL && line == &host->irqs[HOST_JOB])
		WRITE_ONCE(host->answered, READ_ONCE(host->hw->engine.slices));
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

struct vcsf_host *vcsf_host_create(struct kunit *test)
{
	const struct vcsf_config config = {
		.device_name = "vcsf-test",
		.device_id = PLATFORM_DEVID_AUTO,
		.model = "g610",
		.slots = 4,
		.streams = 8,
		.address_spaces = 8,
	};
	struct vcsf_host *host;

	host = kunit_kzalloc(test, sizeof(*host), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, host);
	test->priv = host;
	host->test = test;
	init_waitqueue_head(&host->wait);
	host->hw = vcsf_create(&config);
	if (IS_ERR(host->hw)) {
		host->hw = NULL;
		KUNIT_FAIL_AND_ABORT(test, "no device");
	}
	host->win = vcsf_window_of(&host->hw->pdev->dev);
	KUNIT_ASSERT_NOT_NULL(test, host->win);
	vcsf_host_request_irqs(host);

	return host;
}

/* Copes with a test that was aborted anywhere. */
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

/* Wait for all of the causes, and forget them. */
bool vcsf_host_wait(struct vcsf_host *host, enum vcsf_host_line n, u32 bits)
{
	struct vcsf_host_irq *line = &host->irqs[n];
	bool ok;

	ok = vcsf_host_wait_for(host,
				((u32)atomic_read(&line->seen) & bits) == bits);
	atomic_andnot(bits, &line->seen);

	return ok;
}

/* A register that no interrupt announces: look again, with a limit. */
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

/* Wait until the engine has taken all events and sleeps. */
bool vcsf_host_wait_engine(struct vcsf_host *host)
{
	unsigned long end = jiffies + VCSF_HOST_TIMEOUT;
	struct vcsf_engine *engine = &host->hw->engine;

	while (READ_ONCE(engine->events) || task_is_running(engine->task)) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(50, 100);
	}

	return true;
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

/* The entry of a level that translates @va, with the tables above it. */
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

/* Power, address space, MCU: up to where the firmware answers or does not. */
void vcsf_host_start_mcu(struct vcsf_host *host)
{
	vcsf_host_write(host, CSF_JOB_IRQ_MASK, ~0U);
	vcsf_host_write(host, CSF_MMU_IRQ_MASK, CSF_MMU_IRQ_FAULTS);
	vcsf_host_write(host, CSF_GPU_IRQ_MASK,
			CSF_GPU_IRQ_FAULT | CSF_GPU_IRQ_RESET_COMPLETED |
			CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED |
			CSF_GPU_IRQ_MCU_STATUS);
	vcsf_host_write(host, CSF_L2_PWRON, 1);
	KUNIT_ASSERT_EQ(host->test, 1, vcsf_host_read(host, CSF_L2_READY));
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

/* Wait until the firmware has done what was requested. */
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
 * Ping the firmware. Return: slices of streams that the engine ran before it
 * answered.
 */
s64 vcsf_host_ping(struct vcsf_host *host)
{
	u32 req = host->glb_in->req ^ CSF_GLB_PING;
	u64 asked;

	WRITE_ONCE(host->glb_in->req, req);
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);
	asked = READ_ONCE(host->hw->engine.slices);
	KUNIT_ASSERT_TRUE(host->test, vcsf_host_wait_ack(host, CSF_GLB_PING));

	return READ_ONCE(host->answered) - asked;
}

/* --- Groups ------------------------------------------------------------------------- */

static u32 vcsf_host_mcu_alloc(struct vcsf_host *host, unsigned int pages)
{
	u32 va = host->mcu_next;
	unsigned int i;

	for (i = 0; i < pages; i++)
		vcsf_host_map_new(&host->mcu, va + i * PAGE_SIZE);
	host->mcu_next += pages * PAGE_SIZE;

	return va;
}

void vcsf_host_group_init(struct vcsf_host *host, struct vcsf_host_vm *vm,
			  struct vcsf_host_group *group, unsigned int queues)
{
	struct csf_csg_control *control;
	unsigned int i, pages;

	control = vcsf_host_mcu_ptr(host, CSF_FW_SHARED_START +
					  CSF_GLB_GROUP_CONTROL_OFFSET);
	memset(group, 0, sizeof(*group));
	group->host = host;
	group->vm = vm;
	group->queue_count = queues;
	group->priority = 1;
	pages = DIV_ROUND_UP(control->suspend_size, PAGE_SIZE);
	group->suspend_va = vcsf_host_mcu_alloc(host, pages);
	for (i = 0; i < queues; i++) {
		struct vcsf_host_queue *q = &group->queues[i];

		q->ring = vcsf_host_map_new(vm, VCSF_HOST_RING_VA(i));
		q->in_va = vcsf_host_mcu_alloc(host, 2);
		q->out_va = q->in_va + PAGE_SIZE;
		q->in = vcsf_host_mcu_ptr(host, q->in_va);
		q->out = vcsf_host_mcu_ptr(host, q->out_va);
	}
}

static void vcsf_host_queue_bind(struct vcsf_host_group *group,
				 unsigned int i, u32 control_va)
{
	struct vcsf_host *host = group->host;
	struct vcsf_host_queue *q = &group->queues[i];
	struct csf_cs_control *control = vcsf_host_mcu_ptr(host, control_va);

	q->cs_in = vcsf_host_mcu_ptr(host, control->input_va);
	q->cs_out = vcsf_host_mcu_ptr(host, control->output_va);
	q->in->extract_init = q->out->extract;
	q->cs_in->ringbuf_base = VCSF_HOST_RING_VA(i);
	q->cs_in->ringbuf_size = VCSF_HOST_RING_SIZE;
	q->cs_in->ringbuf_input = q->in_va;
	q->cs_in->ringbuf_output = q->out_va;
	q->cs_in->config = FIELD_PREP(CSF_CS_CONFIG_PRIORITY, 1) |
			   FIELD_PREP(CSF_CS_CONFIG_DOORBELL, group->slot + 1);
	q->cs_in->ack_irq_mask = CSF_CS_EVENTS;
	WRITE_ONCE(q->cs_in->req,
		   (q->cs_out->ack & CSF_CS_EVENTS) | CSF_CS_STATE_START |
		   CSF_CS_IDLE_SYNC_WAIT | CSF_CS_IDLE_EMPTY);
}

/* Program a slot for the group; starting or resuming it comes next. */
void vcsf_host_group_bind(struct vcsf_host_group *group, unsigned int slot)
{
	struct vcsf_host *host = group->host;
	struct csf_csg_control *control;
	unsigned int i;
	u32 va;

	va = CSF_FW_SHARED_START + CSF_GLB_GROUP_CONTROL_OFFSET +
	     slot * host->glb->group_stride;
	control = vcsf_host_mcu_ptr(host, va);
	group->slot = slot;
	group->in = vcsf_host_mcu_ptr(host, control->input_va);
	group->out = vcsf_host_mcu_ptr(host, control->output_va);
	group->in->suspend_buf = group->suspend_va;
	group->in->config = group->vm->as;
	group->in->endpoint_req = FIELD_PREP(CSF_CSG_EP_PRIORITY,
					     group->priority);
	group->in->ack_irq_mask = ~0U;

	va += CSF_CSG_STREAM_CONTROL_OFFSET;
	for (i = 0; i < group->queue_count; i++)
		vcsf_host_queue_bind(group, i,
				     va + i * control->stream_stride);
	/* Streams of the group before must not start again. */
	for (; i < control->stream_num; i++) {
		struct csf_cs_control *cs =
			vcsf_host_mcu_ptr(host, va + i * control->stream_stride);
		struct csf_cs_input *in =
			vcsf_host_mcu_ptr(host, cs->input_va);

		in->req &= ~CSF_CS_STATE;
	}
}

void vcsf_host_group_ring(struct vcsf_host_group *group, u32 queues)
{
	struct vcsf_host *host = group->host;

	/* First what is asked for, then the look at what was acknowledged. */
	smp_mb();
	WRITE_ONCE(group->in->doorbell_req,
		   (group->in->doorbell_req & ~queues) |
		   (~READ_ONCE(group->out->doorbell_ack) & queues));
	smp_mb();	/* the same one level up */
	WRITE_ONCE(host->glb_in->doorbell_req,
		   (host->glb_in->doorbell_req & ~BIT(group->slot)) |
		   (~READ_ONCE(host->glb_out->doorbell_ack) &
		    BIT(group->slot)));
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);
}

static bool vcsf_host_group_acked(struct vcsf_host_group *group, u32 requests)
{
	return !((READ_ONCE(group->out->ack) ^ READ_ONCE(group->in->req)) &
		 requests);
}

static bool vcsf_host_group_request(struct vcsf_host_group *group, u32 mask,
				    u32 value)
{
	WRITE_ONCE(group->in->req, (group->in->req & ~mask) | value);
	vcsf_host_group_ring(group, 0);

	return vcsf_host_wait_for(group->host,
				  vcsf_host_group_acked(group, mask));
}

void vcsf_host_group_state(struct vcsf_host_group *group, u32 state)
{
	const u32 mask = CSF_CSG_STATE | CSF_CSG_EP_CFG;
	u32 ep_cfg = ~group->out->ack & CSF_CSG_EP_CFG;

	KUNIT_ASSERT_TRUE(group->host->test,
			  vcsf_host_group_request(group, mask, state | ep_cfg));
}

bool vcsf_host_group_status(struct vcsf_host_group *group)
{
	return vcsf_host_group_request(group, CSF_CSG_STATUS_UPDATE,
				       ~group->out->ack & CSF_CSG_STATUS_UPDATE);
}

/* Acknowledge all events of the group and its streams. */
void vcsf_host_group_ack(struct vcsf_host_group *group)
{
	unsigned int i;

	WRITE_ONCE(group->in->cs_irq_ack, READ_ONCE(group->out->cs_irq_req));
	WRITE_ONCE(group->in->req,
		   (group->in->req & ~CSF_CSG_EVENTS) |
		   (READ_ONCE(group->out->ack) & CSF_CSG_EVENTS));
	for (i = 0; i < group->queue_count; i++) {
		struct vcsf_host_queue *q = &group->queues[i];

		WRITE_ONCE(q->cs_in->req,
			   (q->cs_in->req & ~CSF_CS_EVENTS) |
			   (READ_ONCE(q->cs_out->ack) & CSF_CS_EVENTS));
	}
	vcsf_host_group_ring(group, BIT(group->queue_count) - 1);
}

static bool vcsf_host_group_pending(struct vcsf_host_group *group)
{
	return ((READ_ONCE(group->out->ack) ^ READ_ONCE(group->in->req)) &
		CSF_CSG_EVENTS) ||
	       READ_ONCE(group->out->cs_irq_req) !=
	       READ_ONCE(group->in->cs_irq_ack);
}

static bool vcsf_host_reached(u64 *seqno, u64 value)
{
	/* What the stream wrote before is looked at after this. */
	return smp_load_acquire(seqno) >= value;
}

/* Wait for a sync object as a driver does: events are acknowledged. */
bool vcsf_host_wait_seqno(struct vcsf_host_group *group, u64 *seqno, u64 value)
{
	struct vcsf_host *host = group->host;

	for (;;) {
		bool news = vcsf_host_wait_for(host,
					       vcsf_host_reached(seqno, value) ||
					       vcsf_host_group_pending(group));

		if (vcsf_host_reached(seqno, value))
			return true;
		if (!news)
			return false;
		vcsf_host_group_ack(group);
	}
}

void vcsf_host_emit(struct vcsf_host_group *group, unsigned int queue,
		    const u64 *words, unsigned int count)
{
	struct vcsf_host_queue *q = &group->queues[queue];
	u64 insert = q->in->insert;
	unsigned int i;

	for (i = 0; i < count; i++, insert += 8)
		WRITE_ONCE(q->ring[insert % VCSF_HOST_RING_SIZE / 8], words[i]);
	/* The words go before the position that announces them. */
	smp_store_release(&q->in->insert, insert);
}

void vcsf_host_kick(struct vcsf_host_group *group, unsigned int queue)
{
	vcsf_host_write(group->host, CSF_DOORBELL(group->slot + 1),
			CSF_DOORBELL_RING);
}

void *vcsf_host_start_group(struct vcsf_host *host, struct vcsf_host_vm *vm,
			    struct vcsf_host_group *group, unsigned int queues)
{
	void *data;

	vcsf_host_vm_init(host, vm, 1);
	data = vcsf_host_map_new(vm, VCSF_HOST_DATA_VA);
	vcsf_host_group_init(host, vm, group, queues);
	vcsf_host_enable(vm);
	vcsf_host_group_bind(group, 0);
	vcsf_host_group_state(group, CSF_CSG_STATE_START);

	return data;
}
