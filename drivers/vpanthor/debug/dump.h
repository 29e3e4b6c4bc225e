/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_DUMP_H_
#define _VPAN_DUMP_H_

#include <linux/seq_buf.h>
#include <linux/workqueue.h>

struct vpan_device;
struct vpan_group;

/**
 * struct vpan_dump - what the GPU was doing when something went wrong
 *
 * Written on the signalling path, so into memory that is there already; a work
 * item makes a device coredump of it. As long as that has not come to it, what
 * else goes wrong is not recorded: mostly it follows from the first.
 */
struct vpan_dump {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @text: The memory, NULL if there was none to be had. */
	char *text;
	/** @buf: What is written of it. Under &vpan_slots.lock while not @full. */
	struct seq_buf buf;
	/** @full: Written, and not handed out yet. */
	bool full;
	/** @work: Hands it out. */
	struct work_struct work;
};

int vpan_dump_init(struct vpan_device *vpan);
void vpan_dump_stop(struct vpan_device *vpan);
void vpan_dump_group(struct vpan_group *group, unsigned int slot);
void vpan_dump_suspended(struct vpan_group *group);
void vpan_dump_slots(struct vpan_device *vpan, const char *reason);

#endif /* _VPAN_DUMP_H_ */
