// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Finds the firmware's interface in the shared section. Firmware is software
 * of somebody else: what it says is checked before it is used.
 */

#include <linux/bitfield.h>

#include <drm/drm_print.h>

#include <vcsf/csf_isa.h>

#include "device/device.h"
#include "fw/fw.h"

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
	if (!control)
		return -EINVAL;

	cs->in = fw_shared_va(fw, control->input_va, sizeof(*cs->in));
	cs->out = fw_shared_va(fw, control->output_va, sizeof(*cs->out));
	if (!cs->in || !cs->out)
		return -EINVAL;

	if (!*features)
		*features = control->features;
	return *features == control->features ? 0 : -EINVAL;
}

static int fw_discover_csg(struct vpan_fw *fw, unsigned int i, u32 offset,
			   u32 *cs_features)
{
	const struct csf_csg_control *control;
	struct vpan_fw_csg *csg = &fw->csg[i];
	unsigned int j;
	int ret;

	control = fw_shared_at(fw, offset, sizeof(*control));
	if (!control)
		return -EINVAL;

	csg->in = fw_shared_va(fw, control->input_va, sizeof(*csg->in));
	csg->out = fw_shared_va(fw, control->output_va, sizeof(*csg->out));
	if (!csg->in || !csg->out || !control->suspend_size ||
	    !control->protm_suspend_size)
		return -EINVAL;

	if (!i) {
		fw->ncs = control->stream_num;
		fw->suspend_size = control->suspend_size;
		fw->protm_suspend_size = control->protm_suspend_size;
	}
	/* Groups move between slots, so these must be alike. */
	if (fw->ncs != control->stream_num ||
	    fw->suspend_size != control->suspend_size ||
	    fw->protm_suspend_size != control->protm_suspend_size ||
	    fw->ncs < CSF_CSG_STREAM_MIN || fw->ncs > CSF_CSG_STREAM_MAX ||
	    control->stream_stride > fw->shared_size)
		return -EINVAL;

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

	if (stride > fw->shared_size)
		return -EINVAL;
	for (i = 0; i < fw->ncsg; i++) {
		ret = fw_discover_csg(fw, i,
				      CSF_GLB_GROUP_CONTROL_OFFSET + i * stride,
				      cs_features);
		if (ret)
			return ret;
	}
	return 0;
}

static void fw_fill_csif_info(struct vpan_device *vpan, u32 cs_features)
{
	struct drm_panthor_csif_info *info = &vpan->csif_info;

	info->csg_slot_count = vpan->fw->ncsg;
	info->cs_slot_count = vpan->fw->ncs;
	info->cs_reg_count =
		FIELD_GET(CSF_CS_FEATURES_REGS_MINUS_1, cs_features) + 1;
	info->scoreboard_slot_count =
		FIELD_GET(CSF_CS_FEATURES_SCOREBOARDS, cs_features);
	info->unpreserved_cs_reg_count = CSF_CS_UNPRESERVED_REG_COUNT;
}

/**
 * vpan_fw_discover - find the interface of firmware that has booted
 * @vpan: the device
 *
 * Context: any.
 * Return: 0, -EINVAL if the firmware makes no sense.
 */
int vpan_fw_discover(struct vpan_device *vpan)
{
	const struct csf_glb_control *control;
	struct vpan_fw *fw = vpan->fw;
	u32 cs_features = 0;
	int ret = -EINVAL;

	control = fw_shared_at(fw, 0, sizeof(*control));
	if (!control || !control->version)
		goto out;

	fw->glb_in = fw_shared_va(fw, control->input_va, sizeof(*fw->glb_in));
	fw->glb_out = fw_shared_va(fw, control->output_va, sizeof(*fw->glb_out));
	if (!fw->glb_in || !fw->glb_out ||
	    control->group_num < CSF_GLB_GROUP_MIN ||
	    control->group_num > CSF_GLB_GROUP_MAX)
		goto out;

	fw->ncsg = control->group_num;
	ret = fw_discover_csgs(fw, control->group_stride, &cs_features);
	if (ret)
		goto out;

	/* A driver's own registers are the last ones; there must be any. */
	fw_fill_csif_info(vpan, cs_features);
	if (vpan->csif_info.cs_reg_count < 64 ||
	    !vpan->csif_info.scoreboard_slot_count ||
	    vpan->csif_info.scoreboard_slot_count > 16)
		ret = -EINVAL;
out:
	if (ret)
		drm_err(&vpan->drm, "firmware interface makes no sense\n");
	else if (fw->version != control->version)
		drm_info(&vpan->drm,
			 "firmware interface %lu.%lu.%lu, %u groups of %u streams\n",
			 FIELD_GET(CSF_GLB_VERSION_MAJOR, control->version),
			 FIELD_GET(CSF_GLB_VERSION_MINOR, control->version),
			 FIELD_GET(CSF_GLB_VERSION_PATCH, control->version),
			 fw->ncsg, fw->ncs);
	if (!ret)
		fw->version = control->version;
	return ret;
}
