// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fixture for tests of fragment jobs: build a frame buffer descriptor, execute a job,
 * look at the target.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>

#include "base/vcsf.h"
#include "fragment.h"

void vcsf_fragment_setup(struct kunit *test, struct vcsf_fragment_fixture *f)
{
	unsigned int i;

	vcsf_group_setup(test, &f->g, 1);
	f->fbd = (void *)f->g.data + FBD;
	f->rt = (void *)(f->fbd + 1);
	for (i = 0; i < TARGET_PAGES; i++)
		f->pages[i] = vcsf_host_map_new(&f->g.vm,
						TARGET + i * PAGE_SIZE);
	f->fbd->size = 99 << 16 | 99;
	f->fbd->bound_max = 99 << 16 | 99;
	f->rt->internal = FIELD_PREP(CSF_RT_INTERNAL_FORMAT,
				     CSF_INTERNAL_RGBA8);
	f->rt->writeback = CSF_RT_WRITE | CSF_RT_CLEAN_PIXEL_WRITE |
			   FIELD_PREP(CSF_RT_FORMAT, CSF_FORMAT_RGBA8) |
			   FIELD_PREP(CSF_RT_BLOCK, CSF_BLOCK_LINEAR) |
			   FIELD_PREP(CSF_RT_SWIZZLE, CSF_SWIZZLE_RGBA);
	f->rt->base = TARGET;
	f->rt->row_stride = STRIDE;
	for (i = 0; i < 4; i++)
		f->rt->clear[i] = 0x44332211 + i * 0x10101010;
	EMIT(&f->g.group, 0, csf_set_sb_entry(2, 1),
	     csf_req_resource(CSF_RESOURCE_FRAGMENT),
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + FBD) | CSF_FBD_POINTER_VALID));
}

/* Execute a job from one pixel to another, x in 15:0, y in 31:16. */
void vcsf_fragment_run(struct kunit *test, struct vcsf_fragment_fixture *f,
		       u32 min, u32 max)
{
	u64 seqno = READ_ONCE(f->g.data[SEQNO]) + 1;

	EMIT(&f->g.group, 0, csf_error_barrier(),
	     csf_move32(CSF_REG_FRAGMENT_MIN, min),
	     csf_move32(CSF_REG_FRAGMENT_MAX, max), csf_run_fragment(0, 0, 0),
	     csf_wait(BIT(2)));
	vcsf_group_signal(&f->g.group, 0, SEQNO);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->g.host, MS));
	vcsf_host_group_ack(&f->g.group);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f->g.host, MS));
	vcsf_host_group_ack(&f->g.group);
	KUNIT_ASSERT_EQ(test, seqno, READ_ONCE(f->g.data[SEQNO]));
}

void *vcsf_fragment_at(struct vcsf_fragment_fixture *f, u32 offset)
{
	return f->pages[offset / PAGE_SIZE] + offset % PAGE_SIZE;
}

u32 vcsf_fragment_status(struct vcsf_fragment_fixture *f)
{
	return f->g.data[SEQNO + 1];
}

/* Execute a job that must end with a fault, and write nothing at the target's start. */
void vcsf_fragment_expect_refused(struct kunit *test,
				  struct vcsf_fragment_fixture *f, u32 max)
{
	u64 *start = vcsf_fragment_at(f, 0);

	start[0] = 0;
	start[1] = 0;
	vcsf_fragment_run(test, f, 0, max);
	KUNIT_EXPECT_EQ(test, CSF_EXC_DATA_INVALID_FAULT,
			f->g.group.queues[0].cs_out->fault);
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_status(f));
	KUNIT_EXPECT_EQ(test, 0, start[0] | start[1]);
}

/* Execute a job that must end without a fault. */
void vcsf_fragment_expect_done(struct kunit *test,
			       struct vcsf_fragment_fixture *f, u32 max)
{
	vcsf_fragment_run(test, f, 0, max);
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(f));
}

void vcsf_fragment_set_format(struct vcsf_fragment_fixture *f,
			      unsigned int internal, unsigned int format)
{
	f->rt->internal = FIELD_PREP(CSF_RT_INTERNAL_FORMAT, internal);
	f->rt->writeback &= ~CSF_RT_FORMAT;
	f->rt->writeback |= FIELD_PREP(CSF_RT_FORMAT, format);
}

int vcsf_fragment_init_case(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;

	config.virtual_clock = true;
	vcsf_host_create_with(test, &config);

	return 0;
}

void vcsf_fragment_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}
