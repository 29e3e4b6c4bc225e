/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_VM_BIND_JOB_H_
#define _VPAN_VM_BIND_JOB_H_

#include <drm/drm_jobqueue.h>

#include "mm/vm.h"
#include "mm/vm_bind.h"

struct vpan_device;

/**
 * struct vpan_bind_job - an asynchronous change to an address space
 */
struct vpan_bind_job {
	/** @base: Base class. */
	struct drm_jobqueue_job base;
	/** @bind: The change; has a reference to the address space. */
	struct vpan_bind bind;
	/** @late: Frees the job where the device may be freed as well. */
	struct vpan_vm_free late;
};

#define to_vpan_bind_job(job) container_of(job, struct vpan_bind_job, base)

int vpan_bind_wq_init(struct vpan_device *vpan);
void vpan_bind_init_ready(struct vpan_vm *vm);
void vpan_bind_unlock(struct vpan_vm *vm);
void vpan_bind_queue_kill(struct vpan_vm *vm);
struct vpan_bind_job *vpan_bind_job_create(struct vpan_vm *vm, u64 client_id);

#endif /* _VPAN_VM_BIND_JOB_H_ */
