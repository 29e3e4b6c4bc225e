// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Colour targets of fragment jobs: formats of the tile buffer, swizzles, samples, and
 * compressed targets. Each case changes fields of the descriptor, executes a job and
 * examines bytes in memory, and those around them.
 */

#include <linux/bitfield.h>

#include "base/vcsf.h"
#include "group/stream.h"
#include "fragment.h"

#define LAST(x, y)	((y) << 16 | (x))

/* A channel in the tile buffer whose fraction is all ones, which memory must not get */
#define CHANNEL(value, fraction)	((((value) + 1U) << (fraction)) - 1)

static void vcsf_target_set_swizzle(struct vcsf_fragment_fixture *f, u32 swizzle)
{
	f->rt->writeback &= ~CSF_RT_SWIZZLE;
	f->rt->writeback |= FIELD_PREP(CSF_RT_SWIZZLE, swizzle);
}

static void vcsf_target_set_block(struct vcsf_fragment_fixture *f, u32 block)
{
	f->rt->writeback &= ~CSF_RT_BLOCK;
	f->rt->writeback |= FIELD_PREP(CSF_RT_BLOCK, block);
}

/* The integer part of each channel, in the order of the swizzle */
static void vcsf_target_formats(struct kunit *test)
{
	static const struct {
		const char *name;
		u8 internal;
		u8 format;
		u8 size;
		u16 swizzle;
		u32 clear;
		u32 pixel;
	} cases[] = {
		{ "RGBA4", CSF_INTERNAL_RGBA4, CSF_FORMAT_RGBA4, 2,
		  CSF_SWIZZLE_RGBA, 0x4f3f2f1f, 0x4321 },
		{ "BGRA4", CSF_INTERNAL_RGBA4, CSF_FORMAT_RGBA4, 2,
		  CSF_SWIZZLE_BGRA, 0x4f3f2f1f, 0x4123 },
		{ "ABGR4", CSF_INTERNAL_RGBA4, CSF_FORMAT_RGBA4, 2,
		  3 | 2 << 3 | 1 << 6 | 0 << 9, 0x4f3f2f1f, 0x1234 },
		{ "RGB565", CSF_INTERNAL_RGB565, CSF_FORMAT_RGB565, 2,
		  CSF_SWIZZLE_RGBA,
		  CHANNEL(0x01, 5) | CHANNEL(0x22, 4) << 10 |
		  CHANNEL(0x13, 5) << 20 | 3U << 30,
		  0x01 | 0x22 << 5 | 0x13 << 11 },
		{ "BGR565", CSF_INTERNAL_RGB565, CSF_FORMAT_RGB565, 2,
		  CSF_SWIZZLE_BGRA,
		  CHANNEL(0x01, 5) | CHANNEL(0x22, 4) << 10 |
		  CHANNEL(0x13, 5) << 20,
		  0x13 | 0x22 << 5 | 0x01 << 11 },
		{ "RGB5A1", CSF_INTERNAL_RGB5A1, CSF_FORMAT_RGB5A1, 2,
		  CSF_SWIZZLE_RGBA,
		  CHANNEL(0x11, 5) | CHANNEL(0x02, 5) << 10 |
		  CHANNEL(0x1c, 5) << 20 | CHANNEL(1U, 1) << 30,
		  0x11 | 0x02 << 5 | 0x1c << 10 | 1 << 15 },
		{ "BGR5A1", CSF_INTERNAL_RGB5A1, CSF_FORMAT_RGB5A1, 2,
		  CSF_SWIZZLE_BGRA,
		  CHANNEL(0x11, 5) | CHANNEL(0x02, 5) << 10 |
		  CHANNEL(0x1c, 5) << 20 | 1 << 30,
		  0x1c | 0x02 << 5 | 0x11 << 10 },
		{ "RGB8 of RGB8A2", CSF_INTERNAL_RGB8A2,
		  CSF_FORMAT_RGB8_OF_RGB8A2, 3, CSF_SWIZZLE_RGBA,
		  CHANNEL(0x81, 2) | CHANNEL(0x42, 2) << 10 |
		  CHANNEL(0x24, 2) << 20 | 3U << 30, 0x244281 },
		{ "BGR10A2", CSF_INTERNAL_RGB10A2, CSF_FORMAT_RGB10A2, 4,
		  CSF_SWIZZLE_BGRA, 0x201 | 0x102 << 10 | 0x084 << 20 | 2U << 30,
		  0x084 | 0x102 << 10 | 0x201 << 20 | 2U << 30 },
		{ "RG01", CSF_INTERNAL_RGBA8, CSF_FORMAT_RGBA8, 4,
		  0 | 1 << 3 | CSF_SWIZZLE_0 << 6 | CSF_SWIZZLE_1 << 9,
		  0x44332211, 0xff002211 },
		{ "R5 as 1", CSF_INTERNAL_RGB565, CSF_FORMAT_RGB565, 2,
		  CSF_SWIZZLE_1 | 1 << 3 | CSF_SWIZZLE_0 << 6,
		  CHANNEL(0x01, 5) | CHANNEL(0x22, 4) << 10, 0x1f | 0x22 << 5 },
	};
	struct vcsf_fragment_fixture f;
	unsigned int i;

	vcsf_fragment_setup(test, &f);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 *pixel = vcsf_fragment_at(&f, 0);
		u32 mask = U32_MAX >> (32 - 8 * cases[i].size);

		*pixel = 0xa5a5a5a5;
		vcsf_fragment_set_format(&f, cases[i].internal, cases[i].format);
		vcsf_target_set_swizzle(&f, cases[i].swizzle);
		f.rt->clear[0] = cases[i].clear;
		vcsf_fragment_expect_done(test, &f, LAST(0, 0));
		KUNIT_EXPECT_EQ_MSG(test,
				    cases[i].pixel | (0xa5a5a5a5 & ~mask),
				    *pixel, "%s", cases[i].name);
	}
}

/* Floats of the tile buffer are the bits of memory; a constant is a float, too. */
static void vcsf_target_floats(struct kunit *test)
{
	static const struct {
		const char *name;
		u8 internal;
		u8 format;
		u8 size;
		u16 swizzle;
		u64 pixel;
	} cases[] = {
		{ "R16F", CSF_INTERNAL_R16F, CSF_FLOAT_FORMAT_R16F, 2,
		  CSF_SWIZZLE_RGBA, 0x2211 },
		{ "RG16F", CSF_INTERNAL_RG16F, CSF_FLOAT_FORMAT_RG16F, 4,
		  CSF_SWIZZLE_RGBA, 0x44332211 },
		{ "GR16F", CSF_INTERNAL_RG16F, CSF_FLOAT_FORMAT_RG16F, 4,
		  1 | 0 << 3, 0x22114433 },
		{ "RGBA16F", CSF_INTERNAL_RGBA16F, CSF_FLOAT_FORMAT_RGBA16F, 8,
		  CSF_SWIZZLE_RGBA, 0x8877665544332211 },
		{ "BGRA16F", CSF_INTERNAL_RGBA16F, CSF_FLOAT_FORMAT_RGBA16F, 8,
		  CSF_SWIZZLE_BGRA, 0x8877221144336655 },
		{ "RG01 of 16F", CSF_INTERNAL_RGBA16F, CSF_FLOAT_FORMAT_RGBA16F, 8,
		  0 | 1 << 3 | CSF_SWIZZLE_0 << 6 | CSF_SWIZZLE_1 << 9,
		  0x3c00000044332211 },
		{ "RG11B10F", CSF_INTERNAL_RG11B10F, CSF_FLOAT_FORMAT_RG11B10F, 4,
		  CSF_SWIZZLE_RGBA, 0x44332211 },
		{ "GR11", CSF_INTERNAL_RG11B10F, CSF_FLOAT_FORMAT_RG11B10F, 4,
		  1 | 0 << 3 | 2 << 6,
		  (0x44332211 >> 11 & 0x7ff) | (0x44332211 & 0x7ff) << 11 |
		  0x44000000 },
		{ "11", CSF_INTERNAL_RG11B10F, CSF_FLOAT_FORMAT_RG11B10F, 4,
		  CSF_SWIZZLE_1 | CSF_SWIZZLE_0 << 3 | CSF_SWIZZLE_1 << 6,
		  0x3c0 | 0x1e0U << 22 },
	};
	struct vcsf_fragment_fixture f;
	unsigned int i;

	vcsf_fragment_setup(test, &f);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 *pixel = vcsf_fragment_at(&f, 0);
		u64 mask = U64_MAX >> (64 - 8 * cases[i].size);

		*pixel = 0xa5a5a5a5a5a5a5a5;
		vcsf_fragment_set_format(&f, cases[i].internal, cases[i].format);
		vcsf_target_set_swizzle(&f, cases[i].swizzle);
		f.rt->clear[0] = 0x44332211;
		f.rt->clear[1] = 0x88776655;
		vcsf_fragment_expect_done(test, &f, LAST(0, 0));
		KUNIT_EXPECT_EQ_MSG(test,
				    cases[i].pixel | (0xa5a5a5a5a5a5a5a5 & ~mask),
				    *pixel, "%s", cases[i].name);
	}
}

/* What would be a conversion is refused. */
static void vcsf_target_conversions(struct kunit *test)
{
	static const struct {
		u8 internal;
		u8 format;
		u16 swizzle;
	} cases[] = {
		{ CSF_INTERNAL_RGBA8, CSF_FORMAT_RGB565, CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RGBA8, CSF_FORMAT_RGBA4, CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RGBA8, CSF_FORMAT_RGB8_OF_RGB8A2, CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RGB565, CSF_FORMAT_RGB5A1, CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RGB565, CSF_FORMAT_RGBA8, CSF_SWIZZLE_RGBA },
		/* Green, of another width, in the place of red */
		{ CSF_INTERNAL_RGB565, CSF_FORMAT_RGB565, 1 | 1 << 3 | 2 << 6 },
		{ CSF_INTERNAL_RGB10A2, CSF_FORMAT_RGB10A2, 3 | 1 << 3 | 2 << 6 },
		{ CSF_INTERNAL_RGBA8, CSF_FORMAT_RGBA8, 6 },
		{ CSF_INTERNAL_RGBA8, 31, CSF_SWIZZLE_RGBA },
		{ 7, CSF_FORMAT_RGBA8, CSF_SWIZZLE_RGBA },
		/* Floats: other channels, and numbers that only other formats have */
		{ CSF_INTERNAL_RGBA16F, CSF_FLOAT_FORMAT_RG16F, CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_R16F, CSF_FLOAT_FORMAT_R16F, 1 },
		{ CSF_INTERNAL_RG11B10F, CSF_FLOAT_FORMAT_RG11B10F, 2 | 1 << 3 },
		{ CSF_INTERNAL_RGBA16F, CSF_FORMAT_RGB8, CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RGBA16F + 1, CSF_FLOAT_FORMAT_RGBA16F,
		  CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RG11B10F + 1, CSF_FLOAT_FORMAT_RG11B10F,
		  CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RAW16, CSF_FORMAT_RAW24, CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RAW32, CSF_FORMAT_R8, CSF_SWIZZLE_RGBA },
		{ CSF_INTERNAL_RAW128 + 1, CSF_FORMAT_RAW8, CSF_SWIZZLE_RGBA },
	};
	struct vcsf_fragment_fixture f;
	unsigned int i;

	vcsf_fragment_setup(test, &f);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		vcsf_fragment_set_format(&f, cases[i].internal, cases[i].format);
		vcsf_target_set_swizzle(&f, cases[i].swizzle);
		vcsf_fragment_expect_refused(test, &f, LAST(0, 0));
	}
	vcsf_fragment_set_format(&f, CSF_INTERNAL_RGBA8, CSF_FORMAT_RGBA8);
	vcsf_target_set_swizzle(&f, CSF_SWIZZLE_RGBA);
	f.rt->internal |= CSF_RT_DITHERED_CLEAR;
	vcsf_fragment_expect_refused(test, &f, LAST(0, 0));
	/* Fixed-rate compression writes without write enable. */
	f.rt->internal &= ~CSF_RT_DITHERED_CLEAR;
	f.rt->internal |= FIELD_PREP(CSF_RT_MODE, 6);
	f.rt->writeback &= ~CSF_RT_WRITE;
	vcsf_fragment_expect_refused(test, &f, LAST(0, 0));
}

/* --- Samples ---------------------------------------------------------------------- */

/* Layered targets have a surface per sample, all others a single one. */
static void vcsf_target_samples(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	unsigned int log2, i, msaa;

	vcsf_fragment_setup(test, &f);
	f.rt->surface_stride = 4 * STRIDE;
	for (msaa = CSF_MSAA_SINGLE; msaa <= CSF_MSAA_LAYERED; msaa++) {
		f.rt->writeback &= ~CSF_RT_MSAA;
		f.rt->writeback |= FIELD_PREP(CSF_RT_MSAA, msaa);
		for (log2 = 0; log2 <= 4; log2++) {
			unsigned int count = msaa == CSF_MSAA_LAYERED ?
						     1 << log2 : 1;

			f.fbd->layout = FIELD_PREP(CSF_FBD_LOG2_SAMPLES, log2);
			if (msaa == CSF_MSAA_MULTIPLE) {
				vcsf_fragment_expect_refused(test, &f, 0);
				continue;
			}
			for (i = 0; i < TARGET_PAGES; i++)
				memset(f.pages[i], 0, PAGE_SIZE);
			vcsf_fragment_expect_done(test, &f, LAST(3, 1));
			for (i = 0; i < TARGET_PAGES; i++) {
				u32 *row = vcsf_fragment_at(&f, 4 * STRIDE * i +
								STRIDE);

				KUNIT_EXPECT_EQ_MSG(test,
						    i < count ? 0x44332211 : 0,
						    row[3], "%u samples", count);
				KUNIT_EXPECT_EQ(test, 0, row[4]);
			}
		}
	}
	f.fbd->layout = FIELD_PREP(CSF_FBD_LOG2_SAMPLES, 5);
	vcsf_fragment_expect_refused(test, &f, 0);
}

#define MANY_TARGETS	8
#define MANY_SAMPLES	16
#define MANY_STRIDE	1024	/* of a surface: a tile of 32 bits per pixel */

static unsigned int vcsf_target_count_many(struct vcsf_fragment_fixture *f)
{
	unsigned int i, count = 0;

	for (i = 0; i < TARGET_PAGES * PAGE_SIZE / sizeof(u32); i++)
		count += *(u32 *)vcsf_fragment_at(f, i * sizeof(u32)) ==
			 0x44332211;

	return count;
}

/* Surfaces of a tile that are too many for a stage are cleared in several. */
static void vcsf_target_many(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	unsigned int i, count, before = 0;

	vcsf_fragment_setup(test, &f);
	f.fbd->layout = FIELD_PREP(CSF_FBD_LOG2_SAMPLES, ilog2(MANY_SAMPLES));
	f.rt->row_stride = 64;
	f.rt->surface_stride = MANY_STRIDE;
	f.rt->writeback |= FIELD_PREP(CSF_RT_MSAA, CSF_MSAA_LAYERED);
	for (i = 1; i < MANY_TARGETS; i++) {
		f.rt[i] = f.rt[0];
		f.rt[i].base += i * MANY_SAMPLES * MANY_STRIDE;
	}
	EMIT(&f.g.group, 0,
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + FBD) | CSF_FBD_POINTER_VALID |
			FIELD_PREP(CSF_FBD_POINTER_RT_MINUS_1, MANY_TARGETS - 1)),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, LAST(15, 15)),
	     csf_run_fragment(0, 0, 0), csf_wait(BIT(2)));
	vcsf_group_signal(&f.g.group, 0, SEQNO);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 500));
		count = vcsf_target_count_many(&f);
		KUNIT_EXPECT_GT(test, count, before);
		before = count;
		vcsf_host_group_state(&f.g.group, CSF_CSG_STATE_SUSPEND);
		vcsf_host_group_bind(&f.g.group, i + 1);
		vcsf_host_group_state(&f.g.group, CSF_CSG_STATE_RESUME);
	}
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_LT(test, before,
			MANY_TARGETS * MANY_SAMPLES * MANY_STRIDE / 4);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, MS));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
	KUNIT_EXPECT_EQ(test, MANY_TARGETS * MANY_SAMPLES * MANY_STRIDE / 4,
			vcsf_target_count_many(&f));
}

/* --- Compression ------------------------------------------------------------------- */

static void vcsf_target_setup_afbc(struct kunit *test,
				   struct vcsf_fragment_fixture *f, u32 block)
{
	vcsf_fragment_setup(test, f);
	vcsf_target_set_block(f, block);
	f->rt->afbc = FIELD_PREP(CSF_AFBC_MODE, CSF_AFBC_RGBA8);
	/* For 7x7 superblocks: a row of headers, or of tiles of headers */
	f->rt->row_stride = block == CSF_BLOCK_AFBC ? 7 * 16 : 64 * 16;
}

static void vcsf_target_expect_headers(struct kunit *test,
				       struct vcsf_fragment_fixture *f,
				       unsigned int count)
{
	struct csf_afbc_header *headers = vcsf_fragment_at(f, 0);
	unsigned int i, found = 0;

	for (i = 0; i < PAGE_SIZE / sizeof(*headers); i++) {
		KUNIT_EXPECT_EQ(test, 0, headers[i].payload | headers[i].sizes |
					 headers[i].rsvd);
		found += headers[i].colour == 0x44332211;
	}
	KUNIT_EXPECT_EQ(test, count, found);
}

/* Headers row by row, and a superblock at the edge of the frame */
static void vcsf_target_afbc(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	struct csf_afbc_header *headers;

	vcsf_target_setup_afbc(test, &f, CSF_BLOCK_AFBC);
	headers = vcsf_fragment_at(&f, 0);
	vcsf_fragment_run(test, &f, LAST(48, 32), LAST(63, 47));
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
	KUNIT_EXPECT_EQ(test, 0x44332211, headers[2 * 7 + 3].colour);
	vcsf_target_expect_headers(test, &f, 1);
	vcsf_fragment_run(test, &f, LAST(96, 96), LAST(99, 99));
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
	KUNIT_EXPECT_EQ(test, 0x44332211, headers[6 * 7 + 6].colour);
	vcsf_fragment_expect_done(test, &f, LAST(99, 99));
	vcsf_target_expect_headers(test, &f, 7 * 7);
	/* Old data do not survive, and the colour is swizzled. */
	memset(headers, 0xff, sizeof(*headers));
	vcsf_target_set_swizzle(&f, CSF_SWIZZLE_BGRA);
	vcsf_fragment_expect_done(test, &f, LAST(15, 15));
	KUNIT_EXPECT_EQ(test, 0x44112233, headers[0].colour);
	KUNIT_EXPECT_EQ(test, 0, headers[0].payload | headers[0].sizes |
				 headers[0].rsvd);
}

/* Headers in tiles of 8x8, in z-order */
static void vcsf_target_afbc_tiled(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	struct csf_afbc_header *headers;

	vcsf_target_setup_afbc(test, &f, CSF_BLOCK_AFBC_TILED);
	headers = vcsf_fragment_at(&f, 0);
	/* x = 011b, y = 101b: 10 01 11b */
	vcsf_fragment_run(test, &f, LAST(48, 80), LAST(63, 95));
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
	KUNIT_EXPECT_EQ(test, 0x44332211, headers[0x27].colour);
	vcsf_target_expect_headers(test, &f, 1);
	vcsf_fragment_expect_done(test, &f, LAST(99, 99));
	vcsf_target_expect_headers(test, &f, 7 * 7);
	/* The second column and row of tiles of headers */
	f.fbd->size = LAST(199, 199);
	f.fbd->bound_max = LAST(199, 199);
	f.rt->row_stride = 2 * 64 * 16;
	memset(headers, 0, PAGE_SIZE);
	vcsf_fragment_run(test, &f, LAST(128, 128), LAST(143, 143));
	KUNIT_EXPECT_EQ(test, 0x44332211, headers[3 * 64].colour);
	vcsf_target_expect_headers(test, &f, 1);
}

/* Only superblocks of one colour are written, and of one mode. */
static void vcsf_target_afbc_refused(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	struct csf_render_target good;

	vcsf_target_setup_afbc(test, &f, CSF_BLOCK_AFBC);
	good = *f.rt;
	/* Part of a superblock: by the job's rectangle, and by the bounds */
	vcsf_fragment_expect_refused(test, &f, LAST(14, 15));
	vcsf_fragment_expect_refused(test, &f, LAST(15, 14));
	f.fbd->bound_min = LAST(1, 0);
	vcsf_fragment_expect_refused(test, &f, LAST(15, 15));
	f.fbd->bound_min = 0;
	f.rt->afbc |= CSF_AFBC_WIDE;
	vcsf_fragment_expect_refused(test, &f, LAST(15, 15));
	f.rt->afbc = FIELD_PREP(CSF_AFBC_MODE, CSF_AFBC_RGBA8 - 1);
	vcsf_fragment_expect_refused(test, &f, LAST(15, 15));
	*f.rt = good;
	vcsf_fragment_set_format(&f, CSF_INTERNAL_RGB10A2, CSF_FORMAT_RGB10A2);
	vcsf_fragment_expect_refused(test, &f, LAST(15, 15));
	*f.rt = good;
	/* The number of RGBA8 is that of RGBA16F. */
	vcsf_fragment_set_format(&f, CSF_INTERNAL_RGBA16F, CSF_FLOAT_FORMAT_RGBA16F);
	vcsf_fragment_expect_refused(test, &f, LAST(15, 15));
	*f.rt = good;
	f.rt->writeback |= FIELD_PREP(CSF_RT_MSAA, CSF_MSAA_LAYERED);
	f.fbd->layout = FIELD_PREP(CSF_FBD_LOG2_SAMPLES, 2);
	vcsf_fragment_expect_refused(test, &f, LAST(15, 15));
	*f.rt = good;
	vcsf_target_set_block(&f, CSF_BLOCK_AFBC_TILED + 1);
	vcsf_fragment_expect_refused(test, &f, LAST(15, 15));
	*f.rt = good;
	vcsf_fragment_expect_done(test, &f, LAST(15, 15));
}

static struct kunit_case vcsf_target_cases[] = {
	KUNIT_CASE(vcsf_target_formats),
	KUNIT_CASE(vcsf_target_floats),
	KUNIT_CASE(vcsf_target_conversions),
	KUNIT_CASE(vcsf_target_samples),
	KUNIT_CASE(vcsf_target_many),
	KUNIT_CASE(vcsf_target_afbc),
	KUNIT_CASE(vcsf_target_afbc_tiled),
	KUNIT_CASE(vcsf_target_afbc_refused),
	{}
};

static struct kunit_suite vcsf_target_suite = {
	.name = "vcsf_target",
	.init = vcsf_fragment_init_case,
	.exit = vcsf_fragment_exit_case,
	.test_cases = vcsf_target_cases,
};

kunit_test_suite(vcsf_target_suite);
