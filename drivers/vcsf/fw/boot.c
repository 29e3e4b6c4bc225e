// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: boot.
 *
 * The MCU reads its program from the image in memory, which gives the interface
 * version and limits (it executes no machine code), lays out the interface in
 * the shared section and publishes it. The host may have put anything into that
 * memory: the program is validated, and all counts are limited by the
 * configuration of the GPU. Boot runs in the engine; each access may wait for a
 * locked region.
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_image.h>
#include <vcsf/csf_isa.h>

#include "base/vcsf.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "group/mcu_mem.h"
#include "group/stream.h"
#include "regs/ctl.h"
#include "regs/irq.h"
#include "regs/power.h"

/*
 * Layout of the shared section: control blocks at the places that the interface
 * defines, then all input and output blocks.
 */
#define VCSF_CSG_CONTROL_STRIDE(streams) \
	(CSF_CSG_STREAM_CONTROL_OFFSET + \
	 (streams) * sizeof(struct csf_cs_control))
#define VCSF_BLOCK_SIZE		0x100

/* All but the number of registers */
#define VCSF_CS_FEATURES \
	(FIELD_PREP_CONST(CSF_CS_FEATURES_SCOREBOARDS, \
			  CSF_CS_SCOREBOARD_COUNT) | \
	 CSF_CS_FEATURES_COMPUTE | CSF_CS_FEATURES_FRAGMENT | \
	 CSF_CS_FEATURES_TILER)

static_assert(sizeof(struct csf_glb_input) <= VCSF_BLOCK_SIZE);
static_assert(sizeof(struct csf_csg_input) <= VCSF_BLOCK_SIZE);
static_assert(sizeof(struct csf_cs_output) <= VCSF_BLOCK_SIZE);

/* Allocate the next block. */
static u32 vcsf_block(u32 *next)
{
	u32 va = *next;

	*next += VCSF_BLOCK_SIZE;

	return va;
}

/*
 * Output blocks start zeroed, but with all events acknowledged: a stale request
 * word must not look like a pending event.
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
	vcsf_out32(hw, control, csf_cs_control, features, VCSF_CS_FEATURES |
		   FIELD_PREP(CSF_CS_FEATURES_REGS_MINUS_1, cs->reg_count - 1));
	vcsf_out32(hw, control, csf_cs_control, input_va, cs->input);
	vcsf_out32(hw, control, csf_cs_control, output_va, cs->output);
}

static void vcsf_boot_csg(struct vcsf_csg *csg, u32 control, u32 *next)
{
	const struct csf_mcu_program *program = &csg->hw->mcu->program;
	unsigned int streams = csg->hw->mcu->streams, i;
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

/*
 * Fill the control blocks. The version is written last: it tells the host that
 * the interface is complete. Return: false if the program or the memory is not
 * usable.
 */
static bool vcsf_glb_boot(struct vcsf *hw)
{
	u32 glb = CSF_FW_SHARED_START, control, next, stride;
	struct vcsf_mcu *mcu = hw->mcu;
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

static bool vcsf_mcu_load_program(struct vcsf *hw)
{
	struct csf_mcu_program *program = &hw->mcu->program;
	u32 *words = (u32 *)program;
	unsigned int i;

	for (i = 0; i < sizeof(*program) / sizeof(u32); i++)
		words[i] = vcsf_mcu_fetch32(hw, CSF_MCU_PROGRAM_VA + 4 * i);

	return program->magic == CSF_MCU_PROGRAM_MAGIC &&
	       program->abi == CSF_MCU_PROGRAM_ABI &&
	       program->interface_version &&
	       program->suspend_per_stream >= vcsf_suspend_stream_size() &&
	       program->suspend_base >= vcsf_suspend_base_size() &&
	       program->suspend_per_stream <= SZ_64K &&
	       program->suspend_base <= SZ_64K;
}

/**
 * vcsf_mcu_start - boot the firmware
 * @hw: the GPU
 *
 * The MCU is then in the enabled state, with the control blocks filled and the
 * global interrupt raised, or in the fatal state. Nothing happens unless it is
 * disabled.
 *
 * Context: the engine's thread; may sleep.
 */
void vcsf_mcu_start(struct vcsf *hw)
{
	struct vcsf_mcu *mcu = hw->mcu;

	if (mcu->status != CSF_MCU_STATUS_DISABLED)
		return;

	mcu->error = 0;
	if (!vcsf_power_ready(hw, VCSF_DOMAIN_L2) ||
	    !vcsf_mcu_load_program(hw) || !vcsf_glb_boot(hw)) {
		vcsf_mcu_crash(hw);
		return;
	}

	mcu->running = true;
	vcsf_mcu_set_status(hw, CSF_MCU_STATUS_ENABLED);
	vcsf_irq_raise(hw, VCSF_LINE_JOB, CSF_JOB_IRQ_GLOBAL);
}
