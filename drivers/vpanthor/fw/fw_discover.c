// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Discovery of the firmware's interface. Firmware that has booted describes its
 * interface in control structures at the start of the shared section: a global
 * one, one for each group slot, and one for each stream of a slot. Each has the
 * addresses of an input page, which the host writes, and an output page, which
 * the firmware writes.
 *
 * The firmware comes from a file, so everything that it says is checked before it
 * is used: addresses lie in the shared section and are aligned, numbers are
 * within limits, all slots have the same properties, and nothing changes when the
 * firmware boots again, because groups and windows depend on it.
 *
 * fw.c calls this each time the firmware has booted. It takes no locks and does
 * not talk to the firmware.
 */

#include <linux/bitfield.h>

#include <drm/drm_print.h>

#include <vcsf/csf_isa.h>

#include "device/device.h"
#include "fw/fw.h"

#define fw_invalid(fw, fmt, ...) \
	drm_err(&(fw)->vpan->drm, "invalid firmware interface: " fmt "\n", \
		##__VA_ARGS__)

/* Smallest register file; the last registers belong to the driver. */
#define FW_REGS_MIN		64
#define FW_SCOREBOARDS_MAX	16

static void *fw_shared_at(struct vpan_fw *fw, u32 offset, u32 size)
{
	if (!IS_ALIGNED(offset, sizeof(u64)) || size > fw->shared_size ||
	    offset > fw->shared_size - size)
		return NULL;
	return fw->shared + offset;
}

static void *fw_shared_va(struct vpan_fw *fw, u32 va, u32 size)
{
	if (va < CSF_FW_SHARED_START)
		return NULL;
	return fw_shared_at(fw, va - CSF_FW_SHARED_START, size);
}

static int fw_discover_cs(struct vpan_fw *fw, struct vpan_fw_cs *cs, u32 offset,
			  u32 *features)
{
	const struct csf_cs_control *control;

	control = fw_shared_at(fw, offset, sizeof(*control));
	if (!control) {
		fw_invalid(fw, "stream control at offset 0x%x", offset);
		return -EINVAL;
	}

	cs->in = fw_shared_va(fw, control->input_va, sizeof(*cs->in));
	cs->out = fw_shared_va(fw, control->output_va, sizeof(*cs->out));
	if (!cs->in || !cs->out) {
		fw_invalid(fw, "stream pages at 0x%x and 0x%x",
			   control->input_va, control->output_va);
		return -EINVAL;
	}

	if (!*features)
		*features = control->features;
	if (*features != control->features) {
		fw_invalid(fw, "streams with features 0x%x and 0x%x", *features,
			   control->features);
		return -EINVAL;
	}
	return 0;
}

/* Groups move between slots, so all slots must have the same properties. */
static int fw_check_csg(struct vpan_fw *fw, unsigned int i,
			const struct csf_csg_control *control)
{
	if (!i && !fw->version) {
		fw->ncs = control->stream_num;
		fw->suspend_size = control->suspend_size;
		fw->protm_suspend_size = control->protm_suspend_size;
	}
	if (!control->suspend_size || !control->protm_suspend_size ||
	    fw->suspend_size != control->suspend_size ||
	    fw->protm_suspend_size != control->protm_suspend_size) {
		fw_invalid(fw, "CSG%u: suspend buffers of 0x%x and 0x%x bytes",
			   i, control->suspend_size,
			   control->protm_suspend_size);
		return -EINVAL;
	}
	if (fw->ncs != control->stream_num || fw->ncs < CSF_CSG_STREAM_MIN ||
	    fw->ncs > CSF_CSG_STREAM_MAX) {
		fw_invalid(fw, "CSG%u: %u streams", i, control->stream_num);
		return -EINVAL;
	}
	if (control->stream_stride > fw->shared_size) {
		fw_invalid(fw, "CSG%u: stream stride 0x%x above 0x%x", i,
			   control->stream_stride, fw->shared_size);
		return -EINVAL;
	}
	return 0;
}

static int fw_discover_csg(struct vpan_fw *fw, unsigned int i, u32 offset,
			   u32 *cs_features)
{
	const struct csf_csg_control *control;
	struct vpan_fw_csg *csg = &fw->csg[i];
	unsigned int j;
	int ret;

	control = fw_shared_at(fw, offset, sizeof(*control));
	if (!control) {
		fw_invalid(fw, "CSG%u: control at offset 0x%x", i, offset);
		return -EINVAL;
	}

	csg->in = fw_shared_va(fw, control->input_va, sizeof(*csg->in));
	csg->out = fw_shared_va(fw, control->output_va, sizeof(*csg->out));
	if (!csg->in || !csg->out) {
		fw_invalid(fw, "CSG%u: pages at 0x%x and 0x%x", i,
			   control->input_va, control->output_va);
		return -EINVAL;
	}
	ret = fw_check_csg(fw, i, control);
	if (ret)
		return ret;

	offset += CSF_CSG_STREAM_CONTROL_OFFSET;
	for (j = 0; j < fw->ncs; j++) {
		ret = fw_discover_cs(fw, &csg->cs[j],
				     offset + j * control->stream_stride,
				     cs_features);
		if (ret)
			return ret;
	}
	return 0;
}

static int fw_discover_csgs(struct vpan_fw *fw, u32 stride, u32 *cs_features)
{
	unsigned int i;
	int ret;

	if (stride > fw->shared_size) {
		fw_invalid(fw, "group stride 0x%x above 0x%x", stride,
			   fw->shared_size);
		return -EINVAL;
	}
	for (i = 0; i < fw->ncsg; i++) {
		ret = fw_discover_csg(fw, i,
				      CSF_GLB_GROUP_CONTROL_OFFSET + i * stride,
				      cs_features);
		if (ret)
			return ret;
	}
	return 0;
}

static int fw_fill_csif_info(struct vpan_device *vpan, u32 cs_features)
{
	struct drm_panthor_csif_info *info = &vpan->csif_info;

	info->csg_slot_count = vpan->fw->ncsg;
	info->cs_slot_count = vpan->fw->ncs;
	info->cs_reg_count =
		FIELD_GET(CSF_CS_FEATURES_REGS_MINUS_1, cs_features) + 1;
	info->scoreboard_slot_count =
		FIELD_GET(CSF_CS_FEATURES_SCOREBOARDS, cs_features);
	info->unpreserved_cs_reg_count = CSF_CS_UNPRESERVED_REG_COUNT;

	if (info->cs_reg_count < FW_REGS_MIN || !info->scoreboard_slot_count ||
	    info->scoreboard_slot_count > FW_SCOREBOARDS_MAX) {
		fw_invalid(vpan->fw, "%u registers, %u scoreboard entries",
			   info->cs_reg_count, info->scoreboard_slot_count);
		return -EINVAL;
	}
	return 0;
}

static int fw_discover_glb(struct vpan_fw *fw,
			   const struct csf_glb_control *control)
{
	if (!control || !control->version) {
		fw_invalid(fw, "no global control");
		return -EINVAL;
	}
	fw->glb_in = fw_shared_va(fw, control->input_va, sizeof(*fw->glb_in));
	fw->glb_out = fw_shared_va(fw, control->output_va, sizeof(*fw->glb_out));
	if (!fw->glb_in || !fw->glb_out) {
		fw_invalid(fw, "global pages at 0x%x and 0x%x",
			   control->input_va, control->output_va);
		return -EINVAL;
	}
	if (control->group_num < CSF_GLB_GROUP_MIN ||
	    control->group_num > CSF_GLB_GROUP_MAX) {
		fw_invalid(fw, "%u group slots", control->group_num);
		return -EINVAL;
	}
	if (fw->version && fw->ncsg != control->group_num) {
		fw_invalid(fw, "%u group slots, %u before", control->group_num,
			   fw->ncsg);
		return -EINVAL;
	}
	fw->ncsg = control->group_num;
	return 0;
}

/**
 * vpan_fw_discover - find the interface of firmware that has booted
 * @vpan: the device
 *
 * Context: any.
 * Return: 0, -EINVAL if the firmware describes an invalid interface.
 */
int vpan_fw_discover(struct vpan_device *vpan)
{
	const struct csf_glb_control *control;
	struct vpan_fw *fw = vpan->fw;
	u32 cs_features = 0;
	int ret;

	control = fw_shared_at(fw, 0, sizeof(*control));
	ret = fw_discover_glb(fw, control);
	if (!ret)
		ret = fw_discover_csgs(fw, control->group_stride, &cs_features);
	if (!ret)
		ret = fw_fill_csif_info(vpan, cs_features);
	if (ret)
		return ret;

	if (fw->version != control->version)
		drm_info(&vpan->drm,
			 "firmware interface %lu.%lu.%lu, %u groups of %u streams\n",
			 FIELD_GET(CSF_GLB_VERSION_MAJOR, control->version),
			 FIELD_GET(CSF_GLB_VERSION_MINOR, control->version),
			 FIELD_GET(CSF_GLB_VERSION_PATCH, control->version),
			 fw->ncsg, fw->ncs);
	fw->version = control->version;
	return 0;
}
