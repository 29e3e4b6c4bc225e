/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_BASE_MODEL_H_
#define _VCSF_BASE_MODEL_H_

/* Register values of the products that the GPU can present itself as */

#include <linux/types.h>

#include <vcsf/csf_regs.h>

/**
 * struct vcsf_model - register values that identify a product
 *
 * The members are named after the registers. All are 64 bits wide so that the
 * register table can refer to them in the same way.
 */
struct vcsf_model {
	/** @name: Value of the model parameter. */
	const char *name;
	/** @gpu_id: GPU_ID. */
	u64 gpu_id;
	/** @l2_features: L2_FEATURES. */
	u64 l2_features;
	/** @core_features: CORE_FEATURES. */
	u64 core_features;
	/** @tiler_features: TILER_FEATURES. */
	u64 tiler_features;
	/** @mem_features: MEM_FEATURES. */
	u64 mem_features;
	/** @mmu_features: MMU_FEATURES. */
	u64 mmu_features;
	/** @csf_id: CSF_ID. */
	u64 csf_id;
	/** @gpu_features: GPU_FEATURES. */
	u64 gpu_features;
	/** @thread_max_threads: THREAD_MAX_THREADS. */
	u64 thread_max_threads;
	/** @thread_max_workgroup: THREAD_MAX_WORKGROUP. */
	u64 thread_max_workgroup;
	/** @thread_max_barrier: THREAD_MAX_BARRIER. */
	u64 thread_max_barrier;
	/** @thread_features: THREAD_FEATURES. */
	u64 thread_features;
	/** @texture_features: TEXTURE_FEATURES. */
	u64 texture_features[CSF_TEXTURE_FEATURES_COUNT];
	/** @revid: REVID. */
	u64 revid;
	/** @coherency_features: COHERENCY_FEATURES. */
	u64 coherency_features;
	/** @shader_present: SHADER_PRESENT. */
	u64 shader_present;
	/** @tiler_present: TILER_PRESENT. */
	u64 tiler_present;
	/** @l2_present: L2_PRESENT. */
	u64 l2_present;
	/** @as_present: AS_PRESENT. */
	u64 as_present;
};

const struct vcsf_model *vcsf_model_find(const char *name);

#endif /* _VCSF_BASE_MODEL_H_ */
