/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef CPU_FENCE_H
#define CPU_FENCE_H

/**
 * DOC: Fences that the CPU signals
 *
 * A real, unsignalled dma_fence for jobs to wait on, which the program signals
 * when it chooses to. The kernel's vgem driver provides such fences; it signals
 * them by itself after ten seconds, so that no waiter hangs forever.
 *
 * A syncobj that the CPU signals is no substitute: it has no fence until it is
 * signalled, and a job cannot wait on it before.
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
