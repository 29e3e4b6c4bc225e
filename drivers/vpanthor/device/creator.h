/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_CREATOR_H_
#define _VPAN_CREATOR_H_

#include <linux/sched.h>
#include <linux/types.h>

/**
 * struct vpan_creator - process that created an object
 */
struct vpan_creator {
	/** @comm: Its name at that time, printable ASCII without commas. */
	char comm[TASK_COMM_LEN];
	/** @tgid: Its id. */
	pid_t tgid;
};

void vpan_creator_init(struct vpan_creator *creator);

#endif /* _VPAN_CREATOR_H_ */
