/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_FRAGMENT_H_
#define _VCSF_FRAGMENT_H_

/*
 * Fixture for tests of fragment jobs: a group whose data page holds a frame buffer
 * descriptor and a render target. The GPU has the virtual clock.
 */

#include <linux/time64.h>

#include <vcsf/csf_desc.h>

#include "group.h"

#define MS	((u64)NSEC_PER_MSEC)

/* The frame buffer: 32 pages, as rows of 1024 bytes */
#define TARGET		0x3000000ULL
#define TARGET_PAGES	32
#define STRIDE		1024

/* Offsets in the data page */
#define SEQNO		0
#define FBD		0x400
#define TILER		0x800

struct vcsf_fragment_fixture {
	struct vcsf_group_fixture g;
	struct csf_fbd *fbd;
	struct csf_render_target *rt;
	u8 *pages[TARGET_PAGES];
};

void vcsf_fragment_setup(struct kunit *test, struct vcsf_fragment_fixture *f);
void vcsf_fragment_run(struct kunit *test, struct vcsf_fragment_fixture *f,
		       u32 min, u32 max);
void vcsf_fragment_expect_refused(struct kunit *test,
				  struct vcsf_fragment_fixture *f, u32 max);
void vcsf_fragment_expect_done(struct kunit *test,
			       struct vcsf_fragment_fixture *f, u32 max);
void *vcsf_fragment_at(struct vcsf_fragment_fixture *f, u32 offset);
u32 vcsf_fragment_status(struct vcsf_fragment_fixture *f);
void vcsf_fragment_set_format(struct vcsf_fragment_fixture *f,
			      unsigned int internal, unsigned int format);
int vcsf_fragment_init_case(struct kunit *test);
void vcsf_fragment_exit_case(struct kunit *test);

#endif /* _VCSF_FRAGMENT_H_ */
