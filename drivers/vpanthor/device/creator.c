// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Record which process created an object, for dumps and debugfs. A copy rather than a
 * reference: the process may end before the object, and change its name.
 */

#include <linux/ctype.h>

#include "device/creator.h"

/**
 * vpan_creator_init - record the current process
 * @creator: the record
 *
 * The client chooses the name, and root reads it in files with a fixed format: control
 * characters and the like become question marks.
 *
 * Context: process context. Allocates nothing.
 */
void vpan_creator_init(struct vpan_creator *creator)
{
	char *c;

	creator->tgid = current->tgid;
	get_task_comm(creator->comm, current->group_leader);
	for (c = creator->comm; *c; c++) {
		if (!isascii(*c) || !isprint(*c) || *c == ',')
			*c = '?';
	}
}
