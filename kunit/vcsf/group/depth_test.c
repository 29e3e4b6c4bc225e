// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Depth and stencil targets of fragment jobs: values in each format, and which bytes of
 * a pixel are written.
 */

#include <linux/bitfield.h>

#include "base/vcsf.h"
#include "fragment.h"

#define LAST(x, y)	((y) << 16 | (x))

/* Stencil in a buffer of its own */
#define S_OFFSET	(16 * PAGE_SIZE)

#define STENCIL		0xc3U

struct vcsf_depth_fixture {
	struct vcsf_fragment_fixture f;
	struct csf_zs_extension *zs;
};

/* A frame with depth, and a colour target that is not written */
static void vcsf_depth_setup(struct kunit *test, struct vcsf_depth_fixture *d)
{
	struct vcsf_fragment_fixture *f = &d->f;

	vcsf_fragment_setup(test, f);
	d->zs = (void *)f->rt;
	f->rt = (void *)(d->zs + 1);
	*f->rt = (struct csf_render_target){ 0 };
	*d->zs = (struct csf_zs_extension){
		.z_base = TARGET,
		.z_row_stride = STRIDE,
		.s_base = TARGET + S_OFFSET,
		.s_row_stride = STRIDE,
	};
	EMIT(&f->g.group, 0,
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + FBD) | CSF_FBD_POINTER_VALID |
			CSF_FBD_POINTER_EXTENSION));
}

static void vcsf_depth_set(struct vcsf_depth_fixture *d, unsigned int format,
			   unsigned int internal)
{
	d->f.fbd->zs = CSF_FBD_Z_WRITE | STENCIL |
		       FIELD_PREP(CSF_FBD_Z_INTERNAL_FORMAT, internal);
	d->zs->flags = CSF_ZS_CLEAN_PIXEL_WRITE |
		       FIELD_PREP(CSF_ZS_Z_FORMAT, format) |
		       FIELD_PREP(CSF_ZS_Z_BLOCK, CSF_BLOCK_LINEAR);
}

static void vcsf_depth_set_block(struct vcsf_depth_fixture *d, unsigned int block)
{
	d->zs->flags &= ~CSF_ZS_Z_BLOCK;
	d->zs->flags |= FIELD_PREP(CSF_ZS_Z_BLOCK, block);
}

static void vcsf_depth_set_stencil(struct vcsf_depth_fixture *d,
				   unsigned int format)
{
	d->f.fbd->zs |= CSF_FBD_S_WRITE;
	d->zs->flags |= CSF_ZS_CLEAN_PIXEL_WRITE |
			FIELD_PREP(CSF_ZS_S_FORMAT, format) |
			FIELD_PREP(CSF_ZS_S_BLOCK, CSF_BLOCK_LINEAR);
}

/* Floats as integers: rounding, limits, and what is no depth */
static void vcsf_depth_values(struct kunit *test)
{
	static const struct {
		u32 clear;
		u32 d16;
		u32 d24;
	} values[] = {
		{ 0x00000000, 0, 0 },			/* 0.0 */
		{ 0x3f800000, 0xffff, 0xffffff },	/* 1.0 */
		{ 0x3f000000, 0x8000, 0x800000 },	/* 0.5, half-way: to even */
		{ 0x3e800000, 0x4000, 0x400000 },	/* 0.25, rounded up */
		{ 0x3f400000, 0xbfff, 0xbfffff },	/* 0.75, rounded down */
		{ 0x3f7fffff, 0xffff, 0xfffffe },	/* below 1.0 */
		{ 0x37800080, 0x0001, 0x000100 },	/* 1 / 65535 */
		{ 0x37000000, 0x0000, 0x000080 },	/* half of that, below */
		{ 0x33800001, 0x0000, 0x000001 },	/* 1 / 16777215 */
		{ 0x33000000, 0x0000, 0x000000 },	/* half of that, below */
		{ 0x33000001, 0x0000, 0x000001 },	/* above */
		{ 0x2f800000, 0x0000, 0x000000 },	/* 2^-32 */
		{ 0x00000001, 0, 0 },			/* denormal */
		{ 0x40000000, 0xffff, 0xffffff },	/* 2.0 */
		{ 0x7f800000, 0xffff, 0xffffff },	/* infinity */
		{ 0x7fc00000, 0, 0 },			/* not a number */
		{ 0x80000000, 0, 0 },			/* -0.0 */
		{ 0xbf800000, 0, 0 },			/* -1.0 */
		{ 0xffc00000, 0, 0 },
	};
	struct vcsf_depth_fixture d;
	unsigned int i;
	u32 *pixel;

	vcsf_depth_setup(test, &d);
	pixel = vcsf_fragment_at(&d.f, 0);
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		d.f.fbd->z_clear = values[i].clear;
		*pixel = 0xa5a5a5a5;
		vcsf_depth_set(&d, CSF_ZS_D16, CSF_INTERNAL_D16);
		vcsf_fragment_expect_done(test, &d.f, 0);
		KUNIT_EXPECT_EQ_MSG(test, 0xa5a50000 | values[i].d16, *pixel,
				    "D16 of %x", values[i].clear);
		*pixel = 0xa5a5a5a5;
		vcsf_depth_set(&d, CSF_ZS_D24X8, CSF_INTERNAL_D24);
		vcsf_fragment_expect_done(test, &d.f, 0);
		KUNIT_EXPECT_EQ_MSG(test, 0xa5000000 | values[i].d24, *pixel,
				    "D24X8 of %x", values[i].clear);
		vcsf_depth_set(&d, CSF_ZS_D24S8, CSF_INTERNAL_D24);
		vcsf_fragment_expect_done(test, &d.f, 0);
		KUNIT_EXPECT_EQ_MSG(test, STENCIL << 24 | values[i].d24, *pixel,
				    "D24S8 of %x", values[i].clear);
		vcsf_depth_set(&d, CSF_ZS_D32, CSF_INTERNAL_D32);
		vcsf_fragment_expect_done(test, &d.f, 0);
		KUNIT_EXPECT_EQ(test, values[i].clear, *pixel);
	}
}

/* All pixels of an area and no others, in both layouts */
static void vcsf_depth_area(struct kunit *test)
{
	struct vcsf_depth_fixture d;
	unsigned int i, block;

	vcsf_depth_setup(test, &d);
	d.f.fbd->z_clear = 0x3f000000;
	d.zs->z_row_stride = 16 * STRIDE;
	for (block = CSF_BLOCK_INTERLEAVED; block <= CSF_BLOCK_LINEAR; block++) {
		unsigned int count = 0;

		vcsf_depth_set(&d, CSF_ZS_D24X8, CSF_INTERNAL_D24);
		vcsf_depth_set_block(&d, block);
		if (block == CSF_BLOCK_LINEAR)
			d.zs->z_row_stride = STRIDE;
		for (i = 0; i < TARGET_PAGES; i++)
			memset(d.f.pages[i], 0, PAGE_SIZE);
		vcsf_fragment_run(test, &d.f, LAST(3, 2), LAST(40, 25));
		KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&d.f));
		for (i = 0; i < TARGET_PAGES * PAGE_SIZE / 4; i++)
			count += *(u32 *)vcsf_fragment_at(&d.f, 4 * i) ==
				 0x800000;
		KUNIT_EXPECT_EQ(test, 38 * 24, count);
	}
	/* The first pixel of that in the interleaved layout: 00 00 10 01b */
	vcsf_depth_set_block(&d, CSF_BLOCK_INTERLEAVED);
	memset(d.f.pages[0], 0, PAGE_SIZE);
	vcsf_fragment_run(test, &d.f, LAST(3, 2), LAST(3, 2));
	KUNIT_EXPECT_EQ(test, 0x800000,
			*(u32 *)vcsf_fragment_at(&d.f, 4 * 0x9));
}

/* Stencil: in its own bytes, in those of words with depth, and beside depth */
static void vcsf_depth_stencil(struct kunit *test)
{
	struct vcsf_depth_fixture d;
	u32 *depth, *stencil;

	vcsf_depth_setup(test, &d);
	depth = vcsf_fragment_at(&d.f, 0);
	stencil = vcsf_fragment_at(&d.f, S_OFFSET);
	d.f.fbd->z_clear = 0x3f800000;
	d.f.fbd->zs = STENCIL;
	vcsf_depth_set_stencil(&d, CSF_ZS_S8);
	vcsf_fragment_expect_done(test, &d.f, LAST(1, 0));
	KUNIT_EXPECT_EQ(test, STENCIL << 8 | STENCIL, stencil[0]);
	KUNIT_EXPECT_EQ(test, 0, depth[0]);

	memset(stencil, 0x5a, 16);
	d.zs->flags = 0;
	vcsf_depth_set_stencil(&d, CSF_ZS_X24S8);
	vcsf_fragment_expect_done(test, &d.f, LAST(1, 0));
	KUNIT_EXPECT_EQ(test, STENCIL << 24 | 0x5a5a5a, stencil[0]);
	KUNIT_EXPECT_EQ(test, STENCIL << 24 | 0x5a5a5a, stencil[1]);
	KUNIT_EXPECT_EQ(test, 0x5a5a5a5a, stencil[2]);

	/* D32 and S8, as a frame has them that uses both */
	vcsf_depth_set(&d, CSF_ZS_D32, CSF_INTERNAL_D32);
	vcsf_depth_set_stencil(&d, CSF_ZS_S8);
	vcsf_fragment_expect_done(test, &d.f, LAST(1, 0));
	KUNIT_EXPECT_EQ(test, 0x3f800000, depth[0]);
	KUNIT_EXPECT_EQ(test, 0x3f800000, depth[1]);
	KUNIT_EXPECT_EQ(test, 0, depth[2]);
	KUNIT_EXPECT_EQ(test, STENCIL << 24 | 0x5a0000 | STENCIL << 8 | STENCIL,
			stencil[0]);

	/* Stencil without a format of its own is that of D24S8. */
	vcsf_depth_set(&d, CSF_ZS_D24S8, CSF_INTERNAL_D24);
	vcsf_depth_set_stencil(&d, CSF_ZS_S_NONE);
	vcsf_fragment_expect_done(test, &d.f, LAST(1, 0));
	KUNIT_EXPECT_EQ(test, STENCIL << 24 | 0xffffff, depth[1]);
}

/* Colour, depth and stencil of four samples in one job */
static void vcsf_depth_samples(struct kunit *test)
{
	struct vcsf_depth_fixture d;
	unsigned int i;

	vcsf_depth_setup(test, &d);
	d.f.fbd->layout = FIELD_PREP(CSF_FBD_LOG2_SAMPLES, 2);
	d.f.fbd->z_clear = 0x3f800000;
	vcsf_depth_set(&d, CSF_ZS_D16, CSF_INTERNAL_D16);
	vcsf_depth_set_stencil(&d, CSF_ZS_S8);
	d.zs->flags |= FIELD_PREP(CSF_ZS_Z_MSAA, CSF_MSAA_LAYERED) |
		       FIELD_PREP(CSF_ZS_S_MSAA, CSF_MSAA_LAYERED);
	d.zs->z_surface_stride = PAGE_SIZE;
	d.zs->s_surface_stride = PAGE_SIZE;
	d.f.rt->internal = FIELD_PREP(CSF_RT_INTERNAL_FORMAT, CSF_INTERNAL_RAW8);
	d.f.rt->writeback = CSF_RT_WRITE | CSF_RT_CLEAN_PIXEL_WRITE |
			    FIELD_PREP(CSF_RT_BLOCK, CSF_BLOCK_LINEAR) |
			    FIELD_PREP(CSF_RT_MSAA, CSF_MSAA_LAYERED);
	d.f.rt->base = TARGET + 8 * PAGE_SIZE;
	d.f.rt->row_stride = STRIDE;
	d.f.rt->surface_stride = PAGE_SIZE;
	d.f.rt->clear[0] = 0x99999999;
	vcsf_fragment_expect_done(test, &d.f, LAST(0, 0));
	for (i = 0; i < 8; i++) {
		KUNIT_EXPECT_EQ(test, i < 4 ? 0xffff : 0, *(u32 *)d.f.pages[i]);
		KUNIT_EXPECT_EQ(test, i < 4 ? 0x99 : 0,
				*(u32 *)d.f.pages[8 + i]);
		KUNIT_EXPECT_EQ(test, i < 4 ? STENCIL : 0,
				*(u32 *)d.f.pages[16 + i]);
	}
	d.zs->flags ^= FIELD_PREP(CSF_ZS_Z_MSAA, CSF_MSAA_LAYERED ^
						 CSF_MSAA_MULTIPLE);
	vcsf_fragment_expect_refused(test, &d.f, 0);
}

/* A compressed depth buffer has the components of a word. */
static void vcsf_depth_afbc(struct kunit *test)
{
	struct csf_afbc_header *header;
	struct vcsf_depth_fixture d;

	vcsf_depth_setup(test, &d);
	header = vcsf_fragment_at(&d.f, 0);
	d.f.fbd->z_clear = 0x3f000000;
	d.zs->z_row_stride = 7 * sizeof(*header);
	vcsf_depth_set(&d, CSF_ZS_D24S8, CSF_INTERNAL_D24);
	vcsf_depth_set_block(&d, CSF_BLOCK_AFBC);
	vcsf_fragment_expect_done(test, &d.f, LAST(15, 15));
	KUNIT_EXPECT_EQ(test, STENCIL << 24 | 0x800000, header->colour);
	KUNIT_EXPECT_EQ(test, 0, header[1].colour);
	vcsf_fragment_expect_refused(test, &d.f, LAST(14, 15));
	vcsf_depth_set(&d, CSF_ZS_D32, CSF_INTERNAL_D32);
	vcsf_depth_set_block(&d, CSF_BLOCK_AFBC);
	vcsf_fragment_expect_done(test, &d.f, LAST(15, 15));
	KUNIT_EXPECT_EQ(test, 0x3f000000, header->colour);
	KUNIT_EXPECT_EQ(test, 0, header->payload | header->sizes | header->rsvd);
	/* Modes whose headers are not known */
	vcsf_depth_set(&d, CSF_ZS_D16, CSF_INTERNAL_D16);
	vcsf_depth_set_block(&d, CSF_BLOCK_AFBC);
	vcsf_fragment_expect_refused(test, &d.f, LAST(15, 15));
	d.f.fbd->zs = 0;
	vcsf_depth_set_stencil(&d, CSF_ZS_X24S8);
	d.zs->flags ^= FIELD_PREP(CSF_ZS_S_BLOCK, CSF_BLOCK_LINEAR ^ CSF_BLOCK_AFBC);
	d.zs->s_base = TARGET;
	vcsf_fragment_expect_refused(test, &d.f, LAST(15, 15));
}

/* Without a clear, a target keeps its pixels; what is not known is refused. */
static void vcsf_depth_refused(struct kunit *test)
{
	struct vcsf_depth_fixture d;
	u32 *pixel;

	vcsf_depth_setup(test, &d);
	pixel = vcsf_fragment_at(&d.f, 0);
	d.f.fbd->z_clear = 0x3f800000;
	vcsf_depth_set(&d, CSF_ZS_D32, CSF_INTERNAL_D32);
	vcsf_depth_set_stencil(&d, CSF_ZS_S8);
	d.zs->flags &= ~CSF_ZS_CLEAN_PIXEL_WRITE;
	vcsf_fragment_expect_done(test, &d.f, 0);
	KUNIT_EXPECT_EQ(test, 0, *pixel);
	/* The tile buffer has another format: its precision would be lost. */
	vcsf_depth_set(&d, CSF_ZS_D32, CSF_INTERNAL_D24);
	vcsf_fragment_expect_refused(test, &d.f, 0);
	vcsf_depth_set(&d, CSF_ZS_D16, CSF_INTERNAL_D24);
	vcsf_fragment_expect_refused(test, &d.f, 0);
	vcsf_depth_set(&d, 2, CSF_INTERNAL_D24);
	vcsf_fragment_expect_refused(test, &d.f, 0);
	vcsf_depth_set(&d, 15, CSF_INTERNAL_D32);
	vcsf_fragment_expect_refused(test, &d.f, 0);
	vcsf_depth_set(&d, CSF_ZS_D32, CSF_INTERNAL_D32);
	vcsf_depth_set_block(&d, 0);
	vcsf_fragment_expect_refused(test, &d.f, 0);
	d.f.fbd->zs = 0;
	d.zs->s_base = TARGET;
	vcsf_depth_set_stencil(&d, 2);
	vcsf_fragment_expect_refused(test, &d.f, 0);
	d.zs->flags = 0;
	vcsf_depth_set_stencil(&d, CSF_ZS_S_NONE);
	vcsf_fragment_expect_refused(test, &d.f, 0);
	/* The pointer does not announce the extension. */
	vcsf_depth_set(&d, CSF_ZS_D32, CSF_INTERNAL_D32);
	EMIT(&d.f.g.group, 0,
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + FBD) | CSF_FBD_POINTER_VALID));
	vcsf_fragment_expect_refused(test, &d.f, 0);
}

static struct kunit_case vcsf_depth_cases[] = {
	KUNIT_CASE(vcsf_depth_values),
	KUNIT_CASE(vcsf_depth_area),
	KUNIT_CASE(vcsf_depth_stencil),
	KUNIT_CASE(vcsf_depth_samples),
	KUNIT_CASE(vcsf_depth_afbc),
	KUNIT_CASE(vcsf_depth_refused),
	{}
};

static struct kunit_suite vcsf_depth_suite = {
	.name = "vcsf_depth",
	.init = vcsf_fragment_init_case,
	.exit = vcsf_fragment_exit_case,
	.test_cases = vcsf_depth_cases,
};

kunit_test_suite(vcsf_depth_suite);
