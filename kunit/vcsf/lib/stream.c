// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fixture for tests of instructions, see stream.h: run words in a stream and check the
 * state that it ends in.
 */

#include <linux/bitfield.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "isa/isa.h"
#include "mmu/mmu.h"
#include "stream.h"

void vcsf_stream_setup(struct kunit *test, struct vcsf_stream *f)
{
	f->host = test->priv;
	vcsf_host_vm_init(f->host, &f->vm, 1);
	f->code = vcsf_host_map_new(&f->vm, CODE);
	f->data = vcsf_host_map_new(&f->vm, DATA);
	vcsf_host_enable(&f->vm);
	f->cs = &f->host->hw->mcu->csgs[0].cs[0];
	f->cs->csg->as = 1;
}

/* Run the words as a buffer that the ring, which is empty, has called. */
void vcsf_stream_run(struct vcsf_stream *f, const u64 *words,
		     unsigned int count)
{
	struct vcsf_cs *cs = f->cs;
	unsigned long flags;

	memcpy(f->code, words, count * sizeof(*words));
	cs->frame = &cs->frames[1];
	*cs->frame = (struct vcsf_frame){
		.pc = CODE, .start = CODE, .end = CODE + count * 8,
		.mask = U64_MAX,
	};
	cs->frames[0].pc = 0;
	cs->frames[0].end = 0;
	cs->events = 0;
	cs->state = VCSF_CS_READY;
	do {
		raw_spin_lock_irqsave(&f->host->hw->mmu->lock, flags);
		vcsf_cs_run(cs, 1000);
		raw_spin_unlock_irqrestore(&f->host->hw->mmu->lock, flags);
	} while (cs->state == VCSF_CS_READY);
}

void vcsf_stream_expect_done(struct kunit *test, struct vcsf_stream *f)
{
	KUNIT_EXPECT_EQ(test, VCSF_CS_EMPTY, f->cs->state);
	KUNIT_EXPECT_EQ(test, 0, f->cs->events);
}

void vcsf_stream_expect_fatal(struct kunit *test, struct vcsf_stream *f,
			      unsigned int type)
{
	KUNIT_EXPECT_EQ(test, VCSF_CS_FATAL, f->cs->state);
	KUNIT_EXPECT_EQ(test, CSF_CS_FATAL, f->cs->events);
	KUNIT_EXPECT_EQ(test, type, FIELD_GET(CSF_CS_EXCEPTION_TYPE,
					      f->cs->fatal.word));
}

void vcsf_stream_expect_fault(struct kunit *test, struct vcsf_stream *f,
			      unsigned int type)
{
	KUNIT_EXPECT_EQ(test, VCSF_CS_FAULTED, f->cs->state);
	KUNIT_EXPECT_EQ(test, CSF_CS_FAULT, f->cs->events);
	KUNIT_EXPECT_EQ(test, type, FIELD_GET(CSF_CS_EXCEPTION_TYPE,
					      f->cs->fault.word));
}
