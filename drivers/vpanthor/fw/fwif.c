// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Requests to the firmware and its acknowledgments: the global interface, the
 * doorbells of group slots and streams, and the ping that checks at intervals
 * whether the firmware responds. See "Requests to the firmware" in fwif.h.
 *
 * Request words of the global interface are under &vpan_fw.glb_lock, those of a
 * group slot under &vpan_fw_csg.lock; both are taken in interrupts. Waits for
 * acknowledgments are bounded by a timeout and are on the fence signalling path.
 * Which group does what is the scheduler's business.
 */

#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>

#include <drm/drm_print.h>

#include <vcsf/csf_regs.h>

#include "device/device.h"
#include "fw/fw.h"
#include "fw/fwif.h"
#include "hw/regs.h"

/* Cycles without progress until the progress timer of a group expires */
#define FWIF_PROGRESS_CYCLES	(5ULL * 500 * SZ_1M)
/* Ticks of the counter, in units of 1024, until the firmware reports idleness */
#define FWIF_IDLE_TIMER		1000
#define FWIF_POWEROFF_TIMER	1000

static unsigned int ping_interval_ms = 12000;
module_param(ping_interval_ms, uint, 0644);
MODULE_PARM_DESC(ping_interval_ms,
		 "Interval between pings to the firmware (ms, default 12000)");

#define GLB_CONFIG_TOGGLE \
	(CSF_GLB_CFG_ALLOC_EN | CSF_GLB_CFG_POWEROFF_TIMER | \
	 CSF_GLB_CFG_PROGRESS_TIMER)
#define GLB_CONFIG \
	(GLB_CONFIG_TOGGLE | CSF_GLB_IDLE_EN | CSF_GLB_COUNTER_EN)

/* Write a request word after all that the request refers to. */
static void fwif_write_req(u32 *req, u32 value)
{
	/* Pairs with the firmware's read of the word. */
	smp_store_release(req, value);
	/*
	 * Before the doorbell words are read: the firmware acknowledges a
	 * doorbell and then looks for requests. Either it finds this one, or
	 * the caller finds the doorbell acknowledged and rings again.
	 */
	smp_mb();
}

/* Give @mask bits the value of @value, and make @toggle bits differ from @ack. */
static u32 fwif_merge(u32 req, u32 ack, u32 value, u32 mask, u32 toggle)
{
	req = (req & ~mask) | (value & mask);
	return (req & ~toggle) | (~ack & toggle);
}

/**
 * vpan_fwif_ring_glb - ring the global doorbell
 * @vpan: the device
 *
 * Context: any.
 */
void vpan_fwif_ring_glb(struct vpan_device *vpan)
{
	vpan_write32(vpan, CSF_DOORBELL(CSF_DOORBELL_GLOBAL),
		     CSF_DOORBELL_RING);
}

static void fwif_glb_request(struct vpan_device *vpan, u32 value, u32 mask,
			     u32 toggle)
{
	struct vpan_fw *fw = vpan->fw;
	unsigned long flags;

	spin_lock_irqsave(&fw->glb_lock, flags);
	fwif_write_req(&fw->glb_in->req,
		       fwif_merge(fw->glb_in->req, READ_ONCE(fw->glb_out->ack),
				  value, mask, toggle));
	spin_unlock_irqrestore(&fw->glb_lock, flags);
	vpan_fwif_ring_glb(vpan);
}

static bool fwif_acked(const u32 *req, const u32 *ack, u32 mask)
{
	/* Makes what the firmware wrote before it acknowledged visible. */
	u32 acked = smp_load_acquire(ack);

	return !((READ_ONCE(*req) ^ acked) & mask);
}

static int fwif_glb_wait(struct vpan_device *vpan, u32 mask)
{
	struct vpan_fw *fw = vpan->fw;

	if (wait_event_timeout(fw->wait,
			       fwif_acked(&fw->glb_in->req, &fw->glb_out->ack,
					  mask),
			       VPAN_FWIF_TIMEOUT))
		return 0;

	drm_err(&vpan->drm, "timed out waiting for the firmware to acknowledge request 0x%x (req 0x%x, ack 0x%x)\n",
		mask, READ_ONCE(fw->glb_in->req),
		READ_ONCE(fw->glb_out->ack));
	return -ETIMEDOUT;
}

/**
 * vpan_fwif_ring_csgs - ring the doorbells of group slots
 * @vpan: the device
 * @csgs: bit mask of slots
 *
 * Context: any.
 */
void vpan_fwif_ring_csgs(struct vpan_device *vpan, u32 csgs)
{
	struct vpan_fw *fw = vpan->fw;
	unsigned long flags;

	spin_lock_irqsave(&fw->glb_lock, flags);
	fwif_write_req(&fw->glb_in->doorbell_req,
		       fwif_merge(fw->glb_in->doorbell_req,
				  READ_ONCE(fw->glb_out->doorbell_ack), 0, 0,
				  csgs));
	spin_unlock_irqrestore(&fw->glb_lock, flags);
	vpan_fwif_ring_glb(vpan);
}

/**
 * vpan_fwif_csg_request - write a request to a group slot
 * @vpan: the device
 * @csg: the slot
 * @value: new values of the bits of @mask
 * @mask: bits that carry a value
 * @toggle: bits to toggle
 *
 * Takes effect with vpan_fwif_ring_csgs(), which the caller calls after that, once
 * for all slots that it has written requests to.
 *
 * Context: any.
 */
void vpan_fwif_csg_request(struct vpan_device *vpan, unsigned int csg,
			   u32 value, u32 mask, u32 toggle)
{
	struct vpan_fw_csg *slot = &vpan->fw->csg[csg];
	unsigned long flags;

	spin_lock_irqsave(&slot->lock, flags);
	fwif_write_req(&slot->in->req,
		       fwif_merge(slot->in->req, READ_ONCE(slot->out->ack),
				  value, mask, toggle));
	spin_unlock_irqrestore(&slot->lock, flags);
}

/**
 * vpan_fwif_csg_ring_streams - ring the doorbells of streams
 * @vpan: the device
 * @csg: the slot
 * @streams: bit mask of streams
 *
 * Takes effect with the slot's own doorbell, which the caller rings after that.
 *
 * Context: any.
 */
void vpan_fwif_csg_ring_streams(struct vpan_device *vpan, unsigned int csg,
				u32 streams)
{
	struct vpan_fw_csg *slot = &vpan->fw->csg[csg];
	unsigned long flags;

	spin_lock_irqsave(&slot->lock, flags);
	fwif_write_req(&slot->in->doorbell_req,
		       fwif_merge(slot->in->doorbell_req,
				  READ_ONCE(slot->out->doorbell_ack), 0, 0,
				  streams));
	spin_unlock_irqrestore(&slot->lock, flags);
}

/**
 * vpan_fwif_csg_is_acked - check if a group slot has acknowledged a request
 * @vpan: the device
 * @csg: the slot
 * @mask: bits of the request
 *
 * Context: any.
 * Return: true if it has.
 */
bool vpan_fwif_csg_is_acked(struct vpan_device *vpan, unsigned int csg,
			    u32 mask)
{
	struct vpan_fw_csg *slot = &vpan->fw->csg[csg];

	return fwif_acked(&slot->in->req, &slot->out->ack, mask);
}

static u32 fwif_csgs_unacked(struct vpan_device *vpan, u32 csgs, u32 mask)
{
	unsigned long left = csgs;
	unsigned int i;

	for_each_set_bit(i, &left, CSF_GLB_GROUP_MAX) {
		if (vpan_fwif_csg_is_acked(vpan, i, mask))
			csgs &= ~BIT(i);
	}
	return csgs;
}

/**
 * vpan_fwif_csgs_wait_for - wait some time until group slots have acknowledged a request
 * @vpan: the device
 * @csgs: bit mask of slots that have been sent the request
 * @mask: bits of the request
 * @timeout: time in jiffies, at most %VPAN_FWIF_TIMEOUT
 *
 * Context: may sleep; on the signalling path, which is bounded by the time, however
 * many slots there are.
 * Return: bit mask of the slots that have not acknowledged it yet.
 */
u32 vpan_fwif_csgs_wait_for(struct vpan_device *vpan, u32 csgs, u32 mask,
			    unsigned long timeout)
{
	wait_event_timeout(vpan->fw->wait, !fwif_csgs_unacked(vpan, csgs, mask),
			   timeout);
	return fwif_csgs_unacked(vpan, csgs, mask);
}

/**
 * vpan_fwif_csgs_late - log that group slots have not acknowledged a request in time
 * @vpan: the device
 * @csgs: bit mask of the slots
 * @mask: bits of the request
 *
 * Context: any.
 */
void vpan_fwif_csgs_late(struct vpan_device *vpan, u32 csgs, u32 mask)
{
	const struct vpan_fw_csg *slot;
	unsigned long late = csgs;
	unsigned int i;

	for_each_set_bit(i, &late, CSF_GLB_GROUP_MAX) {
		slot = &vpan->fw->csg[i];
		drm_err(&vpan->drm, "CSG%u: timed out waiting for the firmware to acknowledge request 0x%x (req 0x%x, ack 0x%x)\n",
			i, mask, READ_ONCE(slot->in->req),
			READ_ONCE(slot->out->ack));
	}
}

/**
 * vpan_fwif_csgs_wait - wait until group slots have acknowledged a request
 * @vpan: the device
 * @csgs: bit mask of slots that have been sent the request
 * @mask: bits of the request
 *
 * Context: may sleep; on the signalling path, which is bounded by a timeout, however
 * many slots there are.
 * Return: bit mask of the slots that have not acknowledged it in time.
 */
u32 vpan_fwif_csgs_wait(struct vpan_device *vpan, u32 csgs, u32 mask)
{
	u32 late = vpan_fwif_csgs_wait_for(vpan, csgs, mask, VPAN_FWIF_TIMEOUT);

	vpan_fwif_csgs_late(vpan, late, mask);
	return late;
}

/**
 * vpan_fwif_is_alive - check if the firmware responds
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path, which is bounded by a timeout.
 * Return: true if it responds.
 */
bool vpan_fwif_is_alive(struct vpan_device *vpan)
{
	if (vpan_read32(vpan, CSF_MCU_STATUS) != CSF_MCU_STATUS_ENABLED)
		return false;
	fwif_glb_request(vpan, 0, 0, CSF_GLB_PING);
	return !fwif_glb_wait(vpan, CSF_GLB_PING);
}

/**
 * vpan_fwif_is_lost - check if the firmware does not respond, not even when asked again
 * @vpan: the device
 *
 * For decisions that end the groups of all clients: the processor of the firmware may
 * have been slow.
 *
 * Context: may sleep; on the signalling path, which is bounded by two timeouts.
 * Return: true if it does not respond.
 */
bool vpan_fwif_is_lost(struct vpan_device *vpan)
{
	return !vpan_fwif_is_alive(vpan) && !vpan_fwif_is_alive(vpan);
}

static void fwif_queue_ping(struct vpan_device *vpan)
{
	queue_delayed_work(vpan->sched.wq, &vpan->fw->ping,
			   msecs_to_jiffies(READ_ONCE(ping_interval_ms)));
}

static void fwif_ping_work(struct work_struct *work)
{
	struct vpan_fw *fw = container_of(work, struct vpan_fw, ping.work);
	struct vpan_device *vpan = fw->vpan;

	if (vpan_fwif_is_alive(vpan))
		fwif_queue_ping(vpan);
	else
		vpan_reset_schedule(vpan);
}

/**
 * vpan_fwif_init - initialise the interface to the firmware
 * @vpan: the device
 */
void vpan_fwif_init(struct vpan_device *vpan)
{
	INIT_DELAYED_WORK(&vpan->fw->ping, fwif_ping_work);
}

/**
 * vpan_fwif_start - configure firmware that has just booted
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path.
 * Return: 0 or -ETIMEDOUT.
 */
int vpan_fwif_start(struct vpan_device *vpan)
{
	struct csf_glb_input *in = vpan->fw->glb_in;
	int ret;

	in->core_en_mask = vpan->gpu_info.shader_present;
	in->progress_timer = FWIF_PROGRESS_CYCLES >> CSF_GLB_PROGRESS_TIMER_SHIFT;
	in->poweroff_timer = FWIF_POWEROFF_TIMER |
			     CSF_GLB_TIMER_SOURCE_GPU_COUNTER;
	in->idle_timer = FWIF_IDLE_TIMER | CSF_GLB_TIMER_SOURCE_GPU_COUNTER;
	in->ack_irq_mask = GLB_CONFIG | CSF_GLB_PING | CSF_GLB_IDLE;

	fwif_glb_request(vpan, CSF_GLB_IDLE_EN | CSF_GLB_COUNTER_EN,
			 CSF_GLB_IDLE_EN | CSF_GLB_COUNTER_EN | CSF_GLB_HALT,
			 GLB_CONFIG_TOGGLE);
	ret = fwif_glb_wait(vpan, GLB_CONFIG);
	if (ret)
		return ret;

	fwif_queue_ping(vpan);
	return 0;
}

/**
 * vpan_fwif_stop - stop pinging the firmware
 * @vpan: the device
 *
 * Context: may sleep.
 */
void vpan_fwif_stop(struct vpan_device *vpan)
{
	cancel_delayed_work_sync(&vpan->fw->ping);
}

/**
 * vpan_fwif_set_halt - request the firmware to halt, or withdraw the request
 * @vpan: the device
 * @halt: true to halt; false before the firmware boots again
 *
 * Context: any.
 */
void vpan_fwif_set_halt(struct vpan_device *vpan, bool halt)
{
	fwif_glb_request(vpan, halt ? CSF_GLB_HALT : 0, CSF_GLB_HALT, 0);
}
