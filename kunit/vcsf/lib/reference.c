// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The reference driver, see reference.h: memory, firmware, groups, device.
 */

#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/mm.h>
#include <linux/module.h>

#include <vcsf/csf_default_image.h>

#include "reference.h"

#define REF_PTE \
	(CSF_PTE_ATTR_INDEX_WB | CSF_PTE_USER | CSF_PTE_SHARE_INNER | \
	 CSF_PTE_ACCESSED | CSF_PTE_NOT_GLOBAL | CSF_PTE_TYPE_PAGE)
#define REF_DOORBELL	1

/* Driver state of the only device */
static struct ref_driver *ref_bound;

/* --- Memory --------------------------------------------------------------------- */

static void *ref_page(struct ref_driver *ref)
{
	return (void *)devm_get_free_pages(&ref->pdev->dev,
					   GFP_KERNEL | __GFP_ZERO, 0);
}

/* Return the page table entry for an address. Allocate missing tables above it. */
static u64 *ref_entry(struct ref_driver *ref, struct ref_space *s, u64 va)
{
	u64 *table = s->root;
	unsigned int level;

	for (level = 0; level < 3; level++) {
		u64 *entry = &table[va >> CSF_PTE_LEVEL_SHIFT(level) &
				    (CSF_PTE_ENTRIES - 1)];

		if (!*entry) {
			void *next = ref_page(ref);

			if (!next)
				return NULL;
			*entry = virt_to_phys(next) | CSF_PTE_TYPE_TABLE;
		}
		table = phys_to_virt(*entry & CSF_PTE_ADDRESS);
	}

	return &table[va >> PAGE_SHIFT & (CSF_PTE_ENTRIES - 1)];
}

static void *ref_map(struct ref_driver *ref, struct ref_space *s, u64 va)
{
	u64 *entry = ref_entry(ref, s, va);
	void *page;

	if (!entry)
		return NULL;
	page = *entry ? phys_to_virt(*entry & CSF_PTE_ADDRESS) : ref_page(ref);
	if (page)
		WRITE_ONCE(*entry, virt_to_phys(page) | REF_PTE);

	return page;
}

/* Return the CPU address of mapped MCU memory. */
static void *ref_ptr(struct ref_driver *ref, u32 va)
{
	return ref_map(ref, &ref->mcu, va) + offset_in_page(va);
}

static u32 ref_mcu_alloc(struct ref_driver *ref, unsigned int pages)
{
	u32 va = ref->mcu_next;

	for (; pages; pages--, ref->mcu_next += PAGE_SIZE)
		if (!ref_map(ref, &ref->mcu, ref->mcu_next))
			return 0;

	return va;
}

static void ref_enable(struct ref_driver *ref, struct ref_space *s)
{
	struct vcsf_window *win = ref->win;

	vcsf_write64(win, CSF_AS_LOCKADDR(s->as), CSF_AS_LOCKADDR_ALL);
	vcsf_write32(win, CSF_AS_COMMAND(s->as), CSF_AS_COMMAND_LOCK);
	vcsf_write32(win, CSF_AS_COMMAND(s->as), CSF_AS_COMMAND_FLUSH_MEM);
	vcsf_write64(win, CSF_AS_TRANSTAB(s->as), virt_to_phys(s->root));
	vcsf_write64(win, CSF_AS_MEMATTR(s->as),
		     CSF_AS_MEMATTR_WB << 8 | CSF_AS_MEMATTR_NC);
	vcsf_write64(win, CSF_AS_TRANSCFG(s->as),
		     CSF_AS_MODE_AARCH64_4K | CSF_AS_TRANSCFG_INA_BITS(48));
	vcsf_write32(win, CSF_AS_COMMAND(s->as), CSF_AS_COMMAND_UPDATE);
}

/* --- Firmware ------------------------------------------------------------------- */

static int ref_load_section(struct ref_driver *ref, const void *body)
{
	const struct csf_fw_section *section = body;
	u32 from = section->data_start;
	u64 va;

	for (va = section->va_start; va < section->va_end; va += PAGE_SIZE) {
		u32 size = min_t(u32, section->data_end - from, PAGE_SIZE);
		void *page = ref_map(ref, &ref->mcu, va);

		if (!page)
			return -ENOMEM;
		memset(page, 0, PAGE_SIZE);
		memcpy(page, csf_default_image + from, size);
		from += size;
	}
	ref->mcu_next = max_t(u32, ref->mcu_next, section->va_end);

	return 0;
}

static int ref_load(struct ref_driver *ref)
{
	const struct csf_fw_header *header = (const void *)csf_default_image;
	u32 at = sizeof(*header);
	int ret = 0;

	while (!ret && at < header->size) {
		const u32 *entry = (const u32 *)(csf_default_image + at);

		if (FIELD_GET(CSF_FW_ENTRY_TYPE, *entry) == CSF_FW_ENTRY_SECTION)
			ret = ref_load_section(ref, entry + 1);
		at += FIELD_GET(CSF_FW_ENTRY_SIZE, *entry);
	}

	return ret;
}

static int ref_wait_line(struct ref_driver *ref, unsigned int n, u32 bits)
{
	atomic_t *seen = &ref->lines[n].seen;

	if (!wait_event_timeout(ref->wait, atomic_read(seen) & bits,
				REF_TIMEOUT))
		return -ETIMEDOUT;
	atomic_andnot(bits, seen);

	return 0;
}

static void ref_find_interface(struct ref_driver *ref)
{
	u32 control = CSF_FW_SHARED_START + CSF_GLB_GROUP_CONTROL_OFFSET;
	struct csf_cs_control *cs;

	ref->glb = ref_ptr(ref, CSF_FW_SHARED_START);
	ref->glb_in = ref_ptr(ref, ref->glb->input_va);
	ref->glb_out = ref_ptr(ref, ref->glb->output_va);
	ref->csg = ref_ptr(ref, control);
	ref->csg_in = ref_ptr(ref, ref->csg->input_va);
	ref->csg_out = ref_ptr(ref, ref->csg->output_va);
	cs = ref_ptr(ref, control + CSF_CSG_STREAM_CONTROL_OFFSET);
	ref->cs_in = ref_ptr(ref, cs->input_va);
	ref->cs_out = ref_ptr(ref, cs->output_va);
}

/* Load the firmware, power on, start the MCU and find its interface. */
int ref_boot(struct ref_driver *ref)
{
	u64 ready;
	int ret;

	ret = ref_load(ref);
	if (ret)
		return ret;
	vcsf_write32(ref->win, CSF_JOB_IRQ_MASK, ~0U);
	vcsf_write32(ref->win, CSF_GPU_IRQ_MASK, CSF_GPU_IRQ_RESET_COMPLETED);
	vcsf_write64(ref->win, CSF_L2_PWRON, 1);
	ret = read_poll_timeout(vcsf_read64, ready, ready & 1, 10, 1000000,
				false, ref->win, CSF_L2_READY);
	if (ret)
		return ret;
	ref_enable(ref, &ref->mcu);
	vcsf_write32(ref->win, CSF_MCU_CONTROL, CSF_MCU_CONTROL_AUTO);
	ret = ref_wait_line(ref, 0, CSF_JOB_IRQ_GLOBAL);
	if (ret)
		return ret;
	ref_find_interface(ref);
	if (!ref->glb->version)
		return -ENODEV;
	ref->csg_in->ack_irq_mask = ~0U;
	ref->cs_in->ack_irq_mask = CSF_CS_EVENTS;

	return 0;
}

/* Reset the GPU and boot it again. Memory keeps its contents. */
int ref_reset(struct ref_driver *ref)
{
	int ret;

	vcsf_write32(ref->win, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	ret = ref_wait_line(ref, 2, CSF_GPU_IRQ_RESET_COMPLETED);

	return ret ? ret : ref_boot(ref);
}

/* --- Groups --------------------------------------------------------------------- */

int ref_group_init(struct ref_driver *ref, struct ref_group *g, unsigned int n)
{
	unsigned int i;

	g->space.as = n + 1;
	g->space.root = ref_page(ref);
	if (!g->space.root)
		return -ENOMEM;
	g->ring = ref_map(ref, &g->space, REF_RING_VA);
	g->data = ref_map(ref, &g->space, REF_DATA_VA);
	g->iface_va = ref_mcu_alloc(ref, 2);
	g->suspend_va = ref_mcu_alloc(ref, DIV_ROUND_UP(ref->csg->suspend_size,
							PAGE_SIZE));
	if (!g->ring || !g->data || !g->iface_va || !g->suspend_va)
		return -ENOMEM;
	for (i = 0; i < REF_CHUNKS; i++)
		if (!ref_map(ref, &g->space, REF_CHUNK_VA(i)))
			return -ENOMEM;
	g->in = ref_ptr(ref, g->iface_va);
	g->out = ref_ptr(ref, g->iface_va + PAGE_SIZE);

	return 0;
}

/* Ring both levels of doorbells. Write requests before reading acknowledgments. */
static void ref_ring(struct ref_driver *ref)
{
	smp_mb();	/* the firmware acknowledges before it reads requests */
	WRITE_ONCE(ref->csg_in->doorbell_req,
		   ~READ_ONCE(ref->csg_out->doorbell_ack) & 1);
	smp_mb();	/* the same for the global words */
	WRITE_ONCE(ref->glb_in->doorbell_req,
		   ~READ_ONCE(ref->glb_out->doorbell_ack) & 1);
	vcsf_write32(ref->win, CSF_DOORBELL(CSF_DOORBELL_GLOBAL),
		     CSF_DOORBELL_RING);
}

static u32 ref_csg_pending(struct ref_driver *ref)
{
	return READ_ONCE(ref->csg_out->ack) ^ READ_ONCE(ref->csg_in->req);
}

static u32 ref_cs_pending(struct ref_driver *ref)
{
	return READ_ONCE(ref->cs_out->ack) ^ READ_ONCE(ref->cs_in->req);
}

int ref_group_stop(struct ref_driver *ref, u32 state)
{
	WRITE_ONCE(ref->csg_in->req, (ref->csg_in->req & ~CSF_CSG_STATE) | state);
	ref_ring(ref);

	return wait_event_timeout(ref->wait,
				  !(ref_csg_pending(ref) & CSF_CSG_STATE),
				  REF_TIMEOUT) ? 0 : -ETIMEDOUT;
}

/* Start or resume a group on the slot. */
int ref_group_run(struct ref_driver *ref, struct ref_group *g, u32 state)
{
	ref_enable(ref, &g->space);
	g->in->extract_init = g->out->extract;
	ref->cs_in->ringbuf_base = REF_RING_VA;
	ref->cs_in->ringbuf_size = PAGE_SIZE;
	ref->cs_in->ringbuf_input = g->iface_va;
	ref->cs_in->ringbuf_output = g->iface_va + PAGE_SIZE;
	ref->cs_in->config = FIELD_PREP(CSF_CS_CONFIG_DOORBELL, REF_DOORBELL);
	WRITE_ONCE(ref->cs_in->req, (ref->cs_out->ack & CSF_CS_EVENTS) |
				    CSF_CS_STATE_START | CSF_CS_IDLE_EMPTY);
	ref->csg_in->allow_compute = ~0ULL;
	ref->csg_in->allow_fragment = ~0ULL;
	ref->csg_in->allow_other = 1;
	ref->csg_in->endpoint_req = FIELD_PREP(CSF_CSG_EP_COMPUTE, 1) |
				    FIELD_PREP(CSF_CSG_EP_TILER, 1);
	ref->csg_in->suspend_buf = g->suspend_va;
	ref->csg_in->config = g->space.as;
	ref->csg_in->req = (ref->csg_in->req & ~CSF_CSG_EP_CFG) |
			   (~ref->csg_out->ack & CSF_CSG_EP_CFG);

	return ref_group_stop(ref, state);
}

void ref_emit(struct ref_group *g, const u64 *words, unsigned int count)
{
	u64 insert = g->in->insert;

	for (; count; count--, insert += CSF_CS_INSTR_SIZE)
		WRITE_ONCE(g->ring[insert % PAGE_SIZE / CSF_CS_INSTR_SIZE],
			   *words++);
	/* Release: the words are visible before the position that announces them. */
	smp_store_release(&g->in->insert, insert);
}

void ref_kick(struct ref_driver *ref)
{
	vcsf_write32(ref->win, CSF_DOORBELL(REF_DOORBELL), CSF_DOORBELL_RING);
}

/* Acknowledge all events. */
void ref_ack(struct ref_driver *ref)
{
	WRITE_ONCE(ref->csg_in->cs_irq_ack, READ_ONCE(ref->csg_out->cs_irq_req));
	WRITE_ONCE(ref->csg_in->req, ref->csg_in->req ^
				     (ref_csg_pending(ref) & CSF_CSG_EVENTS));
	WRITE_ONCE(ref->cs_in->req, ref->cs_in->req ^
				    (ref_cs_pending(ref) & CSF_CS_EVENTS));
	ref_ring(ref);
}

int ref_wait_event(struct ref_driver *ref, u32 cs_event)
{
	return wait_event_timeout(ref->wait, ref_cs_pending(ref) & cs_event,
				  REF_TIMEOUT) ? 0 : -ETIMEDOUT;
}

int ref_wait_seqno(struct ref_driver *ref, u64 *seqno, u64 value)
{
	return wait_event_timeout(ref->wait, READ_ONCE(*seqno) >= value,
				  REF_TIMEOUT) ? 0 : -ETIMEDOUT;
}

/* --- The device ----------------------------------------------------------------- */

static irqreturn_t ref_irq(int irq, void *data)
{
	struct ref_line *line = data;
	u32 status = vcsf_read32(line->ref->win, line->base + 0xc);

	if (!status)
		return IRQ_NONE;
	vcsf_write32(line->ref->win, line->base + 0x4, status);
	atomic_or(status, &line->seen);
	wake_up_all(&line->ref->wait);

	return IRQ_HANDLED;
}

static int ref_probe(struct platform_device *pdev)
{
	static const char *const names[REF_LINES] = { "job", "mmu", "gpu" };
	static const u32 bases[REF_LINES] = {
		CSF_JOB_IRQ_RAWSTAT, CSF_MMU_IRQ_RAWSTAT, CSF_GPU_IRQ_RAWSTAT,
	};
	struct ref_driver *ref;
	unsigned int i;
	int ret;

	ref = devm_kzalloc(&pdev->dev, sizeof(*ref), GFP_KERNEL);
	if (!ref)
		return -ENOMEM;
	ref->pdev = pdev;
	ref->win = vcsf_window_of(&pdev->dev);
	init_waitqueue_head(&ref->wait);
	ref->mcu.root = ref_page(ref);
	if (!ref->mcu.root)
		return -ENOMEM;
	for (i = 0; i < REF_LINES; i++) {
		int irq = platform_get_irq_byname(pdev, names[i]);

		if (irq < 0)
			return irq;
		ref->lines[i].ref = ref;
		ref->lines[i].base = bases[i];
		ret = devm_request_irq(&pdev->dev, irq, ref_irq, 0,
				       "vcsf-reference", &ref->lines[i]);
		if (ret)
			return ret;
	}
	ref_bound = ref;

	return 0;
}

/* Reset the GPU, so that it does not use memory that is about to be freed. */
static void ref_remove(struct platform_device *pdev)
{
	struct ref_driver *ref = ref_bound;

	ref_bound = NULL;
	vcsf_write32(ref->win, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	ref_wait_line(ref, 2, CSF_GPU_IRQ_RESET_COMPLETED);
}

static struct platform_driver ref_platform_driver = {
	.driver = { .name = VCSF_DEVICE_NAME, .owner = THIS_MODULE },
	.probe = ref_probe,
	.remove = ref_remove,
};

/* Return -ENODEV if there is no device or another driver is bound to it. */
int ref_register(struct ref_driver **ref)
{
	int ret = platform_driver_register(&ref_platform_driver);

	if (ret)
		return ret;
	*ref = ref_bound;
	if (*ref)
		return 0;
	platform_driver_unregister(&ref_platform_driver);

	return -ENODEV;
}

void ref_unregister(void)
{
	platform_driver_unregister(&ref_platform_driver);
}
