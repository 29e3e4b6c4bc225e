/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CPU_FENCE_H
#define CPU_FENCE_H

/**
 * DOC: Fences that the CPU signals
 *
 * A real, unsignalled dma_fence that a program signals when it wants to, for
 * jobs to wait on. The kernel's vgem driver gives such fences; it signals them
 * by itself after ten seconds, so that nobody waits for ever.
 *
 * (A syncobj that is signalled by the CPU will not do: until then it has no
 * fence, and a job cannot wait on it.)
 */

#include <stdint.h>

/**
 * struct cpu_fence - a fence for the CPU to signal
 * @fence: the fence as a sync_file, -1 if there is none
 * @device: file descriptor of the vgem device
 * @handle: GEM handle of the buffer object that the fence belongs to
 * @id: the fence's id in that device
 */
struct cpu_fence {
	int fence;
	int device;
	uint32_t handle;
	uint32_t id;
};

int cpu_fence_create(struct cpu_fence *fence);
int cpu_fence_signal(struct cpu_fence *fence);
void cpu_fence_destroy(struct cpu_fence *fence);

#endif /* CPU_FENCE_H */
