// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Table of GPUs that the software one can present itself as.
 */

#include <linux/kernel.h>
#include <linux/string.h>

#include "internal.h"

static const struct vcsf_model vcsf_models[] = {
	{
		/* As read on an RK3588 */
		.name = "g610",
		.gpu_id = 0xa8670005,
		.l2_features = 0x07120306,
		.core_features = 0,
		.tiler_features = 0x809,
		.mem_features = 0x301,
		.mmu_features = 0x2830,
		.csf_id = 0x040a0412,
		.gpu_features = 0,
		.thread_max_threads = 2048,
		.thread_max_workgroup = 1024,
		.thread_max_barrier = 1024,
		.thread_features = 0x04010000,
		.texture_features = { 0xc1ffff9e },
		.revid = 0,
		.coherency_features = BIT(CSF_COHERENCY_ACE_LITE),
		.shader_present = 0x50005,
		.tiler_present = 0x1,
		.l2_present = 0x1,
		.as_present = 0xff,
	},
};

/**
 * vcsf_model_find - look a model up
 * @name: its name
 *
 * Return: the model, NULL if there is none of that name.
 */
const struct vcsf_model *vcsf_model_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vcsf_models); i++)
		if (!strcmp(vcsf_models[i].name, name))
			return &vcsf_models[i];

	return NULL;
}
