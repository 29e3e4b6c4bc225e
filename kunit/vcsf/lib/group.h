/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_GROUP_H_
#define _VCSF_GROUP_H_

/*
 * Fixture for tests of command streams: a software GPU with booted firmware and a
 * group on slot 0, which has a page of data.
 */

#include "host.h"

#define DATA	VCSF_HOST_DATA_VA

struct vcsf_group_fixture {
	struct vcsf_host *host;
	struct vcsf_host_vm vm;
	struct vcsf_host_group group;
	u64 *data;
};

#define EMIT(group, queue, ...) \
	vcsf_host_emit(group, queue, ((const u64[]){ __VA_ARGS__ }), \
		       sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64))

void vcsf_group_setup(struct kunit *test, struct vcsf_group_fixture *f,
		      unsigned int queues);
void vcsf_group_emit_signal(struct vcsf_host_group *group,
			    unsigned int queue, unsigned int word);
void vcsf_group_signal(struct vcsf_host_group *group, unsigned int queue,
		       unsigned int word);
bool vcsf_group_wait_event(struct vcsf_group_fixture *f, u32 events);
bool vcsf_group_wait_cs_event(struct vcsf_group_fixture *f,
			      unsigned int queue, u32 events);
bool vcsf_group_seqno(struct vcsf_group_fixture *f, unsigned int word,
		      u64 seqno);
bool vcsf_group_idle(struct vcsf_group_fixture *f, unsigned int queue);

#endif /* _VCSF_GROUP_H_ */
