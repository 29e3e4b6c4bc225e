/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_USERMMIO_H_
#define _VPAN_USERMMIO_H_

#include <linux/rwsem.h>
#include <linux/workqueue.h>

struct file;
struct page;
struct vm_area_struct;
struct vpan_device;
struct vpan_file;

/**
 * struct vpan_user_mmio - register page that user space maps
 */
struct vpan_user_mmio {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/**
	 * @lock: Page faults are readers, and wait for no other. Writers only try to
	 * lock, since clients can keep a task in a page fault from running.
	 */
	struct rw_semaphore lock;
	/** @suspended: The GPU has no power: @dummy is mapped instead. */
	bool suspended;
	/** @dummy: Page that is mapped without power. */
	struct page *dummy;
	/** @work: Unmaps @dummy from user space after resume. */
	struct delayed_work work;
};

int vpan_mmap(struct file *filp, struct vm_area_struct *vma);
void vpan_user_mmio_open(struct vpan_file *vfile);
int vpan_user_mmio_set_offset(struct vpan_file *vfile, u64 offset);

int vpan_user_mmio_init(struct vpan_device *vpan);
int vpan_user_mmio_suspend(struct vpan_device *vpan);
void vpan_user_mmio_resume(struct vpan_device *vpan);
void vpan_user_mmio_stop(struct vpan_device *vpan);

#endif /* _VPAN_USERMMIO_H_ */
