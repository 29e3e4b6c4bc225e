// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The minimal driver for tests: groups on slots, and their rings. See host.h.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>

#include "host.h"

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
	group->cores = 4;
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

/* Program a slot for the group. The caller then starts or resumes it. */
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
	group->in->allow_compute = ~0ULL;
	group->in->allow_fragment = ~0ULL;
	group->in->allow_other = ~0U;
	group->in->endpoint_req =
		FIELD_PREP(CSF_CSG_EP_COMPUTE, group->cores) |
		FIELD_PREP(CSF_CSG_EP_FRAGMENT, group->cores) |
		FIELD_PREP(CSF_CSG_EP_TILER, group->cores ? 1 : 0) |
		FIELD_PREP(CSF_CSG_EP_PRIORITY, group->priority);
	group->in->ack_irq_mask = ~0U;

	va += CSF_CSG_STREAM_CONTROL_OFFSET;
	for (i = 0; i < group->queue_count; i++)
		vcsf_host_queue_bind(group, i,
				     va + i * control->stream_stride);
	/* Streams of the slot's previous group must not start again. */
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

	/* Write requests before reading what the firmware has acknowledged. */
	smp_mb();
	WRITE_ONCE(group->in->doorbell_req,
		   (group->in->doorbell_req & ~queues) |
		   (~READ_ONCE(group->out->doorbell_ack) & queues));
	smp_mb();	/* the same for the global doorbell words */
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
	/* Acquire: reads of what the stream wrote before come after this. */
	return smp_load_acquire(seqno) >= value;
}

/* Wait for a sync object and acknowledge events in the meantime, as a driver does. */
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
	/* Release: the words are visible before the position that announces them. */
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
