// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Table of the products that the software GPU can present itself as. A model is
 * a set of register values; behaviour does not depend on it. The table is
 * constant, so no lock is needed.
 */

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "base/model.h"

/*
 * The values of G610 were read on a board (RK3588). For the other models,
 * architecture and product in GPU_ID and a plausible number of cores are known;
 * the remaining values are copied from G610. The variant, which is in CORE_FEATURES, is
 * that of Mesa's table (src/panfrost/model/pan_model.c of 26.1), 0 where that has none.
 * Linux (panthor_hw.c of 7.3) calls a GPU Immortalis if it intersects rays and has 10 cores
 * or more.
 */
#define VCSF_MODEL(_name, _gpu_id, _variant, _shaders, _mem_features, _features) { \
	.name = (_name), \
	.gpu_id = (_gpu_id), \
	.l2_features = 0x07120306, \
	.core_features = (_variant), \
	.tiler_features = 0x809, \
	.mem_features = (_mem_features), \
	.mmu_features = 0x2830, \
	.csf_id = 0x040a0412, \
	.gpu_features = (_features), \
	.thread_max_threads = 2048, \
	.thread_max_workgroup = 1024, \
	.thread_max_barrier = 1024, \
	.thread_features = 0x04010000, \
	.texture_features = { 0xc1ffff9e }, \
	.revid = 0, \
	.coherency_features = BIT(CSF_COHERENCY_ACE_LITE), \
	.shader_present = (_shaders), \
	.tiler_present = 0x1, \
	.l2_present = 0x1, \
	.as_present = 0xff, \
}

static const struct vcsf_model vcsf_models[] = {
	/* architecture 10 */
	VCSF_MODEL("g610", 0xa8670005, 0, 0x50005, 0x301, 0),
	VCSF_MODEL("g710", 0xa8620000, 0, GENMASK_ULL(9, 0), 0x301, 0),
	VCSF_MODEL("g510", 0xaa630000, 0, GENMASK_ULL(3, 0), 0x101, 0),
	VCSF_MODEL("g310", 0xac740000, 0, GENMASK_ULL(0, 0), 0x001, 0),
	/* architecture 11: the name follows from the product and the number of cores */
	VCSF_MODEL("g715", 0xb8020000, 0, GENMASK_ULL(8, 0), 0x301, 0),
	VCSF_MODEL("g715-immortalis", 0xb8020000, 0, GENMASK_ULL(10, 0), 0x301,
		   CSF_GPU_FEATURES_RAY_INTERSECTION),
	VCSF_MODEL("g615", 0xb8030000, 0, GENMASK_ULL(5, 0), 0x301, 0),
	/* architecture 12 */
	VCSF_MODEL("g720", 0xc8000000, 4, GENMASK_ULL(8, 0), 0x301, 0),
	VCSF_MODEL("g720-immortalis", 0xc8000000, 4, GENMASK_ULL(9, 0), 0x301,
		   CSF_GPU_FEATURES_RAY_INTERSECTION),
	VCSF_MODEL("g620", 0xc8010000, 0, GENMASK_ULL(4, 0), 0x301, 0),
	/* architecture 13 */
	VCSF_MODEL("g725", 0xd8000000, 4, GENMASK_ULL(8, 0), 0x301, 0),
	VCSF_MODEL("g925-immortalis", 0xd8000000, 4, GENMASK_ULL(9, 0), 0x301,
		   CSF_GPU_FEATURES_RAY_INTERSECTION),
	VCSF_MODEL("g625", 0xd8010000, 0, GENMASK_ULL(4, 0), 0x301, 0),
};

/**
 * vcsf_model_find - look up a model by name
 * @name: name of the model
 *
 * Return: the model, or NULL if no model has this name.
 */
const struct vcsf_model *vcsf_model_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vcsf_models); i++)
		if (!strcmp(vcsf_models[i].name, name))
			return &vcsf_models[i];

	return NULL;
}
