// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fixture for tests of command streams: start a group, signal sync objects in its
 * data page, wait for events and values.
 */

#include "group.h"

void vcsf_group_setup(struct kunit *test, struct vcsf_group_fixture *f,
		      unsigned int queues)
{
	f->host = test->priv;
	vcsf_host_boot(f->host);
	f->data = vcsf_host_start_group(f->host, &f->vm, &f->group, queues);
}

/*
 * Emit an addition of one to the sync object at @word of the data page. The system
 * scope makes it an event for the host.
 */
void vcsf_group_emit_signal(struct vcsf_host_group *group,
			    unsigned int queue, unsigned int word)
{
	EMIT(group, queue, csf_move48(80, DATA + 8 * word), csf_move48(82, 1),
	     csf_sync_add64(80, 82, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0));
}

void vcsf_group_signal(struct vcsf_host_group *group, unsigned int queue,
		       unsigned int word)
{
	vcsf_group_emit_signal(group, queue, word);
	vcsf_host_kick(group, queue);
}

bool vcsf_group_wait_event(struct vcsf_group_fixture *f, u32 events)
{
	struct vcsf_host_group *g = &f->group;

	return vcsf_host_wait_for(f->host, (READ_ONCE(g->out->ack) ^
					    g->in->req) & events);
}

bool vcsf_group_wait_cs_event(struct vcsf_group_fixture *f,
			      unsigned int queue, u32 events)
{
	struct vcsf_host_queue *q = &f->group.queues[queue];

	return vcsf_host_wait_for(f->host, (READ_ONCE(q->cs_out->ack) ^
					    q->cs_in->req) & events);
}

bool vcsf_group_seqno(struct vcsf_group_fixture *f, unsigned int word,
		      u64 seqno)
{
	return vcsf_host_wait_seqno(&f->group, &f->data[word], seqno);
}

bool vcsf_group_idle(struct vcsf_group_fixture *f, unsigned int queue)
{
	struct vcsf_host_queue *q = &f->group.queues[queue];

	return vcsf_host_wait_engine(f->host) &&
	       READ_ONCE(q->out->extract) == q->in->insert;
}
