/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_DUMP_H_
#define _VPAN_DUMP_H_

#include <linux/seq_buf.h>
#include <linux/workqueue.h>

struct vpan_device;
struct vpan_group;

/**
 * struct vpan_dump - buffer for the next device coredump
 *
 * Allocated at probe, since dumps are written on the signalling path.
 */
struct vpan_dump {
	/** @vpan: Device. */
	struct vpan_device *vpan;
	/** @text: Memory of the buffer, NULL if it could not be allocated. */
	char *text;
	/** @buf: Written part of @text. Under &vpan_slots.lock until @full. */
	struct seq_buf buf;
	/** @full: Complete, and not yet handed to the devcoredump core. */
	bool full;
	/** @work: Hands a copy to the devcoredump core. */
	struct work_struct work;
};

int vpan_dump_init(struct vpan_device *vpan);
void vpan_dump_stop(struct vpan_device *vpan);
void vpan_dump_group(struct vpan_group *group, unsigned int slot);
void vpan_dump_suspended(struct vpan_group *group);
void vpan_dump_slots(struct vpan_device *vpan, const char *reason);

#endif /* _VPAN_DUMP_H_ */
