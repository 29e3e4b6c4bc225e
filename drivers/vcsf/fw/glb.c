// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: the global interface.
 */

#include <linux/bitfield.h>
#include <linux/sizes.h>

#include "internal.h"
#include "debug/trace.h"

/*
 * The shared section: control blocks at the places that the interface gives,
 * then all input and output blocks.
 */
#define VCSF_CSG_CONTROL_STRIDE(streams) \
	(CSF_CSG_STREAM_CONTROL_OFFSET + \
	 (streams) * sizeof(struct csf_cs_control))
#define VCSF_BLOCK_SIZE		0x100

/* Global requests that this firmware knows; it leaves others unanswered. */
#define VCSF_GLB_REQUESTS \
	(CSF_GLB_CFG_PROGRESS_TIMER | CSF_GLB_CFG_ALLOC_EN | \
	 CSF_GLB_CFG_POWEROFF_TIMER | CSF_GLB_COUNTER_EN | CSF_GLB_PING | \
	 CSF_GLB_IDLE_EN)

#define VCSF_CS_FEATURES \
	(FIELD_PREP_CONST(CSF_CS_FEATURES_REGS_MINUS_1, \
			  CSF_CS_REG_COUNT - 1) | \
	 FIELD_PREP_CONST(CSF_CS_FEATURES_SCOREBOARDS, \
			  CSF_CS_SCOREBOARD_COUNT) | \
	 CSF_CS_FEATURES_COMPUTE | CSF_CS_FEATURES_FRAGMENT | \
	 CSF_CS_FEATURES_TILER)

static_assert(sizeof(struct csf_glb_input) <= VCSF_BLOCK_SIZE);
static_assert(sizeof(struct csf_csg_input) <= VCSF_BLOCK_SIZE);
static_assert(sizeof(struct csf_cs_output) <= VCSF_BLOCK_SIZE);

/* Hand out the blocks one after the other. */
static u32 vcsf_block(u32 *next)
{
	u32 va = *next;

	*next += VCSF_BLOCK_SIZE;

	return va;
}

/*
 * Output blocks start out zeroed, but with all events as acknowledged: nobody
 * may take an old request word for a news.
 */
static void vcsf_clear_block(struct vcsf *hw, u32 va)
{
	unsigned int i;

	for (i = 0; i < VCSF_BLOCK_SIZE; i += sizeof(u64))
		vcsf_mcu_write64(hw, va + i, 0);
}

static void vcsf_boot_cs(struct vcsf_cs *cs, u32 control, u32 *next)
{
	struct vcsf *hw = cs->hw;

	vcsf_cs_reset(cs);
	cs->input = vcsf_block(next);
	cs->output = vcsf_block(next);
	vcsf_clear_block(hw, cs->output);
	cs->ack = vcsf_in32(hw, cs->input, csf_cs_input, req) & CSF_CS_EVENTS;
	vcsf_out32(hw, cs->output, csf_cs_output, ack, cs->ack);
	vcsf_out32(hw, control, csf_cs_control, features, VCSF_CS_FEATURES);
	vcsf_out32(hw, control, csf_cs_control, input_va, cs->input);
	vcsf_out32(hw, control, csf_cs_control, output_va, cs->output);
}

static void vcsf_boot_csg(struct vcsf_csg *csg, u32 control, u32 *next)
{
	const struct csf_mcu_program *program = &csg->hw->mcu.program;
	unsigned int streams = csg->hw->mcu.streams, i;
	struct vcsf *hw = csg->hw;

	csg->input = vcsf_block(next);
	csg->output = vcsf_block(next);
	vcsf_clear_block(hw, csg->output);
	csg->ack = vcsf_in32(hw, csg->input, csf_csg_input, req) &
		   CSF_CSG_EVENTS;
	csg->doorbell_ack = vcsf_in32(hw, csg->input, csf_csg_input,
				      doorbell_req);
	csg->cs_irq_req = vcsf_in32(hw, csg->input, csf_csg_input, cs_irq_ack);
	vcsf_out32(hw, csg->output, csf_csg_output, ack, csg->ack);
	vcsf_out32(hw, csg->output, csf_csg_output, doorbell_ack,
		   csg->doorbell_ack);
	vcsf_out32(hw, csg->output, csf_csg_output, cs_irq_req,
		   csg->cs_irq_req);

	vcsf_out32(hw, control, csf_csg_control, features,
		   program->group_features);
	vcsf_out32(hw, control, csf_csg_control, input_va, csg->input);
	vcsf_out32(hw, control, csf_csg_control, output_va, csg->output);
	vcsf_out32(hw, control, csf_csg_control, suspend_size,
		   program->suspend_base +
		   streams * program->suspend_per_stream);
	vcsf_out32(hw, control, csf_csg_control, protm_suspend_size,
		   program->protm_suspend_size);
	vcsf_out32(hw, control, csf_csg_control, stream_num, streams);
	vcsf_out32(hw, control, csf_csg_control, stream_stride,
		   sizeof(struct csf_cs_control));

	control += CSF_CSG_STREAM_CONTROL_OFFSET;
	for (i = 0; i < streams; i++)
		vcsf_boot_cs(&csg->cs[i],
			     control + i * sizeof(struct csf_cs_control), next);
}

/**
 * vcsf_glb_boot - fill the control blocks
 * @hw: the GPU, &vcsf_mcu.program is loaded
 *
 * The version goes last, it says that everything else is there.
 *
 * Context: the engine's thread; may sleep.
 * Return: false if it could not be done.
 */
bool vcsf_glb_boot(struct vcsf *hw)
{
	u32 glb = CSF_FW_SHARED_START, control, next, stride;
	struct vcsf_mcu *mcu = &hw->mcu;
	unsigned int i;

	mcu->groups = min(hw->config.slots, mcu->program.group_max);
	mcu->streams = min(hw->config.streams, mcu->program.stream_max);
	if (mcu->groups < CSF_GLB_GROUP_MIN || mcu->streams < CSF_CSG_STREAM_MIN)
		return false;

	memset(mcu->doorbell_csgs, 0, sizeof(mcu->doorbell_csgs));
	mcu->idle_ns = 0;
	mcu->progress_ns = 0;
	mcu->poweroff_ns = 0;
	mcu->core_en_mask = ~0ULL;
	mcu->idle_reported = true;
	stride = VCSF_CSG_CONTROL_STRIDE(mcu->streams);
	control = glb + CSF_GLB_GROUP_CONTROL_OFFSET;
	next = ALIGN(control + mcu->groups * stride, SZ_4K);

	mcu->glb_input = vcsf_block(&next);
	mcu->glb_output = vcsf_block(&next);
	vcsf_clear_block(hw, mcu->glb_output);
	mcu->ack = vcsf_in32(hw, mcu->glb_input, csf_glb_input, req) &
		   CSF_GLB_EVENTS;
	mcu->doorbell_ack = vcsf_in32(hw, mcu->glb_input, csf_glb_input,
				      doorbell_req);
	vcsf_out32(hw, mcu->glb_output, csf_glb_output, ack, mcu->ack);
	vcsf_out32(hw, mcu->glb_output, csf_glb_output, doorbell_ack,
		   mcu->doorbell_ack);
	for (i = 0; i < mcu->groups; i++)
		vcsf_boot_csg(&mcu->csgs[i], control + i * stride, &next);

	vcsf_out32(hw, glb, csf_glb_control, features, mcu->program.features);
	vcsf_out32(hw, glb, csf_glb_control, input_va, mcu->glb_input);
	vcsf_out32(hw, glb, csf_glb_control, output_va, mcu->glb_output);
	vcsf_out32(hw, glb, csf_glb_control, group_num, mcu->groups);
	vcsf_out32(hw, glb, csf_glb_control, group_stride, stride);
	vcsf_out32(hw, glb, csf_glb_control, perfcnt_size,
		   mcu->program.perfcnt_size);
	vcsf_out32(hw, glb, csf_glb_control, instr_features,
		   mcu->program.instr_features);
	vcsf_out32(hw, glb, csf_glb_control, version,
		   mcu->program.interface_version);

	return !mcu->error;
}

static void vcsf_glb_ack(struct vcsf *hw, u32 changed)
{
	struct vcsf_mcu *mcu = &hw->mcu;

	mcu->ack ^= changed;
	trace_vcsf_ack(hw, VCSF_TRACE_GLB, 0, 0, changed, mcu->ack);
	vcsf_out32(hw, mcu->glb_output, csf_glb_output, ack, mcu->ack);
	if (changed & vcsf_in32(hw, mcu->glb_input, csf_glb_input,
				ack_irq_mask))
		vcsf_irq_raise(hw, VCSF_LINE_JOB, CSF_JOB_IRQ_GLOBAL);
}

/**
 * vcsf_glb_event - report a global event
 * @hw: the GPU
 * @event: CSF_GLB_EVENTS bit; nothing happens while the last one is pending
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_event(struct vcsf *hw, u32 event)
{
	struct vcsf_mcu *mcu = &hw->mcu;
	u32 req = vcsf_in32(hw, mcu->glb_input, csf_glb_input, req);

	if (!((req ^ mcu->ack) & event))
		vcsf_glb_ack(hw, event);
}

/**
 * vcsf_glb_inactive - report that nobody has jobs of a kind any more
 * @hw: the GPU
 * @units: bits of enum vcsf_unit; nothing happens without firmware
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_inactive(struct vcsf *hw, unsigned long units)
{
	static const u32 events[VCSF_UNIT_COUNT] = {
		[VCSF_UNIT_COMPUTE] = CSF_GLB_INACTIVE_COMPUTE,
		[VCSF_UNIT_FRAGMENT] = CSF_GLB_INACTIVE_FRAGMENT,
		[VCSF_UNIT_TILER] = CSF_GLB_INACTIVE_TILER,
	};
	unsigned int i;

	if (!hw->mcu.running)
		return;
	for_each_set_bit(i, &units, VCSF_UNIT_COUNT)
		vcsf_glb_event(hw, events[i]);
}

/* Timers count units of 1024 ticks; both sources tick once a nanosecond. */
static u64 vcsf_timer_ns(u32 timer)
{
	return (u64)FIELD_GET(CSF_GLB_TIMER_VALUE, timer) << 10;
}

static void vcsf_glb_halt(struct vcsf *hw)
{
	vcsf_out32(hw, hw->mcu.glb_output, csf_glb_output, halt_status,
		   CSF_HALT_STATUS_OK);
	vcsf_mcu_stop(hw, CSF_MCU_STATUS_HALT);
}

static void vcsf_glb_configure(struct vcsf *hw, u32 changed)
{
	struct vcsf_mcu *mcu = &hw->mcu;
	u32 in = mcu->glb_input;

	if (changed & CSF_GLB_CFG_PROGRESS_TIMER)
		mcu->progress_ns =
			(u64)vcsf_in32(hw, in, csf_glb_input, progress_timer) <<
			CSF_GLB_PROGRESS_TIMER_SHIFT;
	if (changed & CSF_GLB_CFG_POWEROFF_TIMER)
		mcu->poweroff_ns = vcsf_timer_ns(vcsf_in32(hw, in, csf_glb_input,
							   poweroff_timer));
	if (changed & CSF_GLB_CFG_ALLOC_EN)
		mcu->core_en_mask = vcsf_in64(hw, in, csf_glb_input,
					      core_en_mask);
	hw->cores.dirty = true;
}

static void vcsf_glb_requests(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = &hw->mcu;
	u32 req = vcsf_in32(hw, mcu->glb_input, csf_glb_input, req);
	u32 changed = (req ^ mcu->ack) & VCSF_GLB_REQUESTS;

	if (req & CSF_GLB_HALT) {
		vcsf_glb_halt(hw);
		return;
	}
	if (changed)
		trace_vcsf_request(hw, VCSF_TRACE_GLB, 0, 0, changed, req);
	if (changed & CSF_GLB_IDLE_EN)
		mcu->idle_ns = req & CSF_GLB_IDLE_EN ?
			vcsf_timer_ns(vcsf_in32(hw, mcu->glb_input,
						csf_glb_input, idle_timer)) : 0;
	if (changed & (CSF_GLB_CFG_PROGRESS_TIMER | CSF_GLB_CFG_POWEROFF_TIMER |
		       CSF_GLB_CFG_ALLOC_EN))
		vcsf_glb_configure(hw, changed);
	if (changed && !vcsf_mcu_loses_ack(hw, VCSF_INJECT_ACK_GLB))
		vcsf_glb_ack(hw, changed);
}

/**
 * vcsf_glb_doorbell - the global doorbell rang
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_doorbell(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = &hw->mcu;
	unsigned long groups;
	unsigned int i;
	u32 doorbell;

	vcsf_glb_requests(hw);
	if (!mcu->running)
		return;

	doorbell = vcsf_in32(hw, mcu->glb_input, csf_glb_input, doorbell_req);
	groups = doorbell ^ mcu->doorbell_ack;
	if (!groups)
		return;

	/*
	 * First acknowledge, then look: a host that asks for more while this
	 * goes on must see that it has to ring again. Pairs with the host's
	 * barrier between writing a request and reading doorbell_ack.
	 */
	mcu->doorbell_ack = doorbell;
	vcsf_out32(hw, mcu->glb_output, csf_glb_output, doorbell_ack, doorbell);
	smp_mb();	/* see above */
	for_each_set_bit(i, &groups, mcu->groups)
		vcsf_csg_doorbell(&mcu->csgs[i]);
}

/**
 * vcsf_glb_update_idle - look which groups are idle
 * @hw: the GPU
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_glb_update_idle(struct vcsf *hw)
{
	unsigned long groups = hw->mcu.dirty | hw->mcu.idle_timers;
	struct vcsf_mcu *mcu = &hw->mcu;
	u64 now = vcsf_clock_ns(hw);
	unsigned int i;

	mcu->dirty = 0;
	for_each_set_bit(i, &groups, mcu->groups)
		vcsf_csg_update_idle(&mcu->csgs[i], now);

	if (mcu->idle_reported || mcu->idle_timers ||
	    !(mcu->ack & CSF_GLB_IDLE_EN))
		return;
	for (i = 0; i < mcu->groups; i++)
		if (mcu->csgs[i].resident && !mcu->csgs[i].idle)
			return;
	mcu->idle_reported = true;
	vcsf_glb_event(hw, CSF_GLB_IDLE);
}
