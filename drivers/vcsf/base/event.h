/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_BASE_EVENT_H_
#define _VCSF_BASE_EVENT_H_

/* Requests to the engine: lower rooms raise them, the engine answers them */

#include <linux/types.h>

struct task_struct;
struct vcsf;

enum vcsf_event {
	VCSF_EVENT_RESET,
	VCSF_EVENT_MCU_STOP,
	VCSF_EVENT_MCU_START,
	VCSF_EVENT_GLB_DOORBELL,
	VCSF_EVENT_USER_DOORBELL,
	VCSF_EVENT_UNLOCK,
	VCSF_EVENT_POWER,
	VCSF_EVENT_INJECT,
	VCSF_EVENT_TIMER,
};

/**
 * struct vcsf_events - requests to the engine
 */
struct vcsf_events {
	/** @pending: Unanswered requests, enum vcsf_event bits. Set in any context. */
	unsigned long pending;
	/** @task: The engine's thread, NULL before it starts and after it ends. */
	struct task_struct *task;
	/** @wake: Makes the thread check @pending; set before @task. */
	void (*wake)(struct vcsf *hw);
};

void vcsf_event_raise(struct vcsf *hw, enum vcsf_event event);
bool vcsf_event_take(struct vcsf *hw, enum vcsf_event event);
bool vcsf_event_wait_unlock(struct vcsf *hw);
void vcsf_event_delay(struct vcsf *hw, u64 ns, unsigned long events);

#endif /* _VCSF_BASE_EVENT_H_ */
