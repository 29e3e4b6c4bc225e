// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fragment jobs: which bytes a clear of render targets writes, and which it leaves.
 *
 * The group's data page holds a frame buffer descriptor and a render target. Each
 * case changes some of their fields, executes RUN_FRAGMENT and examines the target's
 * pages, the fault and the status in the sync object.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>

#include "base/vcsf.h"
#include "fragment.h"

static u32 vcsf_fragment_pixel(struct vcsf_fragment_fixture *f, u32 x, u32 y)
{
	return *(u32 *)vcsf_fragment_at(f, y * STRIDE + 4 * x);
}

/* Number of pixels with the clear colour in the first 120x120 of a linear target */
static unsigned int vcsf_fragment_count(struct vcsf_fragment_fixture *f)
{
	unsigned int x, y, count = 0;

	for (y = 0; y < 120; y++)
		for (x = 0; x < 120; x++)
			count += vcsf_fragment_pixel(f, x, y) == 0x44332211;

	return count;
}

static void vcsf_fragment_linear(struct kunit *test)
{
	struct vcsf_fragment_fixture f;

	vcsf_fragment_setup(test, &f);
	vcsf_fragment_run(test, &f, 0, 99 << 16 | 99);
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
	KUNIT_EXPECT_EQ(test, 0x44332211, vcsf_fragment_pixel(&f, 0, 0));
	KUNIT_EXPECT_EQ(test, 0x44332211, vcsf_fragment_pixel(&f, 99, 99));
	KUNIT_EXPECT_EQ(test, 100 * 100, vcsf_fragment_count(&f));
}

/* Only pixels within the frame buffer's bounds and the job's rectangle are written. */
static void vcsf_fragment_bounds(struct kunit *test)
{
	struct vcsf_fragment_fixture f;

	vcsf_fragment_setup(test, &f);
	f.fbd->bound_min = 20 << 16 | 10;
	f.fbd->bound_max = 40 << 16 | 30;
	vcsf_fragment_run(test, &f, 25 << 16, 99 << 16 | 28);
	KUNIT_EXPECT_EQ(test, 19 * 16, vcsf_fragment_count(&f));
	KUNIT_EXPECT_EQ(test, 0x44332211, vcsf_fragment_pixel(&f, 10, 25));
	KUNIT_EXPECT_EQ(test, 0x44332211, vcsf_fragment_pixel(&f, 28, 40));
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_pixel(&f, 9, 25));
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_pixel(&f, 29, 40));
	/* An empty intersection is not an error. */
	vcsf_fragment_run(test, &f, 70 << 16, 99 << 16 | 99);
	KUNIT_EXPECT_EQ(test, 19 * 16, vcsf_fragment_count(&f));
}

/* u-interleaved layout: whole tiles, and one pixel, which shows the order in a tile */
static void vcsf_fragment_interleaved(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	unsigned int i, count = 0;

	vcsf_fragment_setup(test, &f);
	f.rt->writeback &= ~CSF_RT_BLOCK;
	f.rt->writeback |= FIELD_PREP(CSF_RT_BLOCK, CSF_BLOCK_INTERLEAVED);
	f.rt->row_stride = 8 * 1024;
	vcsf_fragment_run(test, &f, 16 << 16 | 16, 31 << 16 | 31);
	for (i = 0; i < 256; i++)
		count += *(u32 *)vcsf_fragment_at(&f, 8192 + 1024 + 4 * i) ==
			 0x44332211;
	KUNIT_EXPECT_EQ(test, 256, count);
	KUNIT_EXPECT_EQ(test, 0, *(u32 *)vcsf_fragment_at(&f, 8192 + 1020));
	KUNIT_EXPECT_EQ(test, 0, *(u32 *)vcsf_fragment_at(&f, 8192 + 2048));
	/* x = 0101b, y = 0011b, x ^ y = 0110b: 00 01 11 10 */
	vcsf_fragment_run(test, &f, 3 << 16 | 5, 3 << 16 | 5);
	KUNIT_EXPECT_EQ(test, 0x44332211,
			*(u32 *)vcsf_fragment_at(&f, 4 * 0x1e));
	for (i = 0, count = 0; i < 256; i++)
		count += *(u32 *)vcsf_fragment_at(&f, 4 * i) != 0;
	KUNIT_EXPECT_EQ(test, 1, count);
}

/* Size of a pixel in each format: clear two pixels and check the bytes after them. */
static void vcsf_fragment_formats(struct kunit *test)
{
	static const struct {
		u8 internal;
		u8 format;
		u8 size;
	} formats[] = {
		{ CSF_INTERNAL_RGBA8, CSF_FORMAT_R8, 1 },
		{ CSF_INTERNAL_RGBA8, CSF_FORMAT_RG8, 2 },
		{ CSF_INTERNAL_RGBA8, CSF_FORMAT_RGB8, 3 },
		{ CSF_INTERNAL_RGBA8, CSF_FORMAT_RGBA8, 4 },
		{ CSF_INTERNAL_RGB10A2, CSF_FORMAT_RGB10A2, 4 },
		{ CSF_INTERNAL_RAW8, CSF_FORMAT_RAW8, 1 },
		{ CSF_INTERNAL_RAW16, CSF_FORMAT_RAW16, 2 },
		{ CSF_INTERNAL_RAW32, CSF_FORMAT_RAW24, 3 },
		{ CSF_INTERNAL_RAW32, CSF_FORMAT_RAW32, 4 },
		{ CSF_INTERNAL_RAW64, CSF_FORMAT_RAW48, 6 },
		{ CSF_INTERNAL_RAW64, CSF_FORMAT_RAW64, 8 },
		{ CSF_INTERNAL_RAW128, CSF_FORMAT_RAW96, 12 },
		{ CSF_INTERNAL_RAW128, CSF_FORMAT_RAW128, 16 },
	};
	struct vcsf_fragment_fixture f;
	unsigned int i, j;

	vcsf_fragment_setup(test, &f);
	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		u8 *row = vcsf_fragment_at(&f, 0);
		const u8 *clear = (const u8 *)f.rt->clear;

		memset(row, 0, 64);
		vcsf_fragment_set_format(&f, formats[i].internal,
					 formats[i].format);
		vcsf_fragment_run(test, &f, 0, 1);
		KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
		for (j = 0; j < 64; j++)
			KUNIT_EXPECT_EQ(test, j < 2 * formats[i].size ?
					      clear[j % formats[i].size] : 0,
					row[j]);
	}
	vcsf_fragment_set_format(&f, CSF_INTERNAL_RGBA8, CSF_FORMAT_RGBA8);
	f.rt->writeback &= ~CSF_RT_SWIZZLE;
	f.rt->writeback |= FIELD_PREP(CSF_RT_SWIZZLE, CSF_SWIZZLE_BGRA);
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, 0x44112233, vcsf_fragment_pixel(&f, 0, 0));
}

/* Three render targets, of which the second does not write clean pixels */
static void vcsf_fragment_targets(struct kunit *test)
{
	struct vcsf_fragment_fixture f;

	vcsf_fragment_setup(test, &f);
	f.rt[1] = f.rt[0];
	f.rt[1].base += 16;
	f.rt[1].writeback &= ~CSF_RT_CLEAN_PIXEL_WRITE;
	f.rt[2] = f.rt[0];
	f.rt[2].base += 32;
	EMIT(&f.g.group, 0,
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + FBD) | CSF_FBD_POINTER_VALID |
			FIELD_PREP(CSF_FBD_POINTER_RT_MINUS_1, 2)));
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, 2, vcsf_fragment_count(&f));
	KUNIT_EXPECT_EQ(test, 0x44332211, vcsf_fragment_pixel(&f, 8, 0));
	/* With an extension, the render targets follow it and move. */
	f.rt[1].writeback |= CSF_RT_CLEAN_PIXEL_WRITE;
	EMIT(&f.g.group, 0,
	     csf_move48(CSF_REG_FRAGMENT_FBD,
			(DATA + FBD) | CSF_FBD_POINTER_VALID |
			CSF_FBD_POINTER_EXTENSION));
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, 3, vcsf_fragment_count(&f));
	KUNIT_EXPECT_EQ(test, 0x44332211, vcsf_fragment_pixel(&f, 4, 0));
}

/* Jobs with geometry or frame shaders write nothing: shaders are not executed. */
static void vcsf_fragment_shaders(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	struct csf_tiler_context *tiler;

	vcsf_fragment_setup(test, &f);
	tiler = (void *)f.g.data + TILER;
	f.fbd->tiler = DATA + TILER;
	tiler->polygon_list = 0x1000;
	vcsf_fragment_run(test, &f, 0, 99 << 16 | 99);
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_count(&f));
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
	f.g.host->hw->config.shaders = VCSF_SHADERS_FAULT_FRAGMENT;
	vcsf_fragment_run(test, &f, 0, 99 << 16 | 99);
	KUNIT_EXPECT_EQ(test, CSF_EXC_INSTR_INVALID_ENC,
			f.g.group.queues[0].cs_out->fault);
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_status(&f));
	tiler->polygon_list = 0;
	f.fbd->frame = 1;
	f.fbd->dcds = 0x1000;
	vcsf_fragment_run(test, &f, 0, 99 << 16 | 99);
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_status(&f));
	f.fbd->dcds = 0;
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_count(&f));
}

/* An unsupported layout, format or flag, and a bad address lead to a fault. */
static void vcsf_fragment_refused(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	struct csf_cs_output *out;
	struct csf_render_target good;

	vcsf_fragment_setup(test, &f);
	out = f.g.group.queues[0].cs_out;
	good = *f.rt;
	f.rt->writeback |= FIELD_PREP(CSF_RT_BLOCK, 12);
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, CSF_EXC_DATA_INVALID_FAULT, out->fault);
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_status(&f));
	*f.rt = good;
	vcsf_fragment_set_format(&f, CSF_INTERNAL_RGBA8, 21);
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_status(&f));
	*f.rt = good;
	f.rt->writeback |= FIELD_PREP(CSF_RT_MSAA, 2);
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_status(&f));
	*f.rt = good;
	f.fbd->zs = CSF_FBD_Z_WRITE;
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_status(&f));
	f.fbd->zs = 0;
	f.rt->base = 0x9000000;
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_BUS_FAULT, out->fault);
	KUNIT_EXPECT_EQ(test, 0x9000000,
			vcsf_read64(f.g.host->win, CSF_AS_FAULTADDRESS(1)));
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_count(&f));
	*f.rt = good;
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, vcsf_fragment_status(&f));
	KUNIT_EXPECT_EQ(test, 1, vcsf_fragment_count(&f));
	/* A descriptor pointer without the valid bit */
	EMIT(&f.g.group, 0, csf_move48(CSF_REG_FRAGMENT_FBD, DATA + FBD));
	vcsf_fragment_run(test, &f, 0, 0);
	KUNIT_EXPECT_EQ(test, CSF_EXC_DATA_INVALID_FAULT, out->fault);
}

/* A job that is suspended half-way continues where it was. */
static void vcsf_fragment_suspended(struct kunit *test)
{
	struct vcsf_fragment_fixture f;
	unsigned int count, before = 0, i;

	vcsf_fragment_setup(test, &f);
	EMIT(&f.g.group, 0, csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, 99 << 16 | 99),
	     csf_run_fragment(0, 0, 0), csf_wait(BIT(2)));
	vcsf_group_signal(&f.g.group, 0, SEQNO);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 1000));
		count = vcsf_fragment_count(&f);
		KUNIT_EXPECT_GT(test, count, before);
		before = count;
		vcsf_host_group_state(&f.g.group, CSF_CSG_STATE_SUSPEND);
		KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, MS));
		KUNIT_EXPECT_EQ(test, count, vcsf_fragment_count(&f));
		vcsf_host_group_bind(&f.g.group, i + 1);
		vcsf_host_group_state(&f.g.group, CSF_CSG_STATE_RESUME);
	}
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 63));
	KUNIT_EXPECT_EQ(test, 1, READ_ONCE(f.g.data[SEQNO]));
	KUNIT_EXPECT_EQ(test, 100 * 100, vcsf_fragment_count(&f));
}

/* A job operand that is corrupted in the suspend buffer leads to a fault at worst. */
static void vcsf_fragment_corrupted(struct kunit *test)
{
	const u64 operand = (99ULL << 16 | 99) << 32;
	struct vcsf_fragment_fixture f;
	unsigned int i, found = 0;
	u64 *words;

	vcsf_fragment_setup(test, &f);
	EMIT(&f.g.group, 0, csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, 99 << 16 | 99),
	     csf_run_fragment(0, 0, 0), csf_wait(BIT(2)));
	vcsf_host_kick(&f.g.group, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, 1000));
	vcsf_host_group_state(&f.g.group, CSF_CSG_STATE_SUSPEND);
	words = vcsf_host_mcu_ptr(f.g.host, f.g.group.suspend_va);
	for (i = 0; i < PAGE_SIZE / sizeof(u64); i++) {
		if (words[i] == operand) {
			words[i] = operand | 7 << 4 << 16 | 7 << 4;
			found++;
		}
	}
	/* The operand occurs twice: in the job, and in the registers it came from. */
	KUNIT_EXPECT_EQ(test, 2, found);
	vcsf_host_group_state(&f.g.group, CSF_CSG_STATE_RESUME);
	KUNIT_ASSERT_TRUE(test, vcsf_host_advance(f.g.host, MS));
	KUNIT_EXPECT_EQ(test, CSF_EXC_DATA_INVALID_FAULT,
			f.g.group.queues[0].cs_out->fault);
}

static struct kunit_case vcsf_fragment_cases[] = {
	KUNIT_CASE(vcsf_fragment_linear),
	KUNIT_CASE(vcsf_fragment_bounds),
	KUNIT_CASE(vcsf_fragment_interleaved),
	KUNIT_CASE(vcsf_fragment_formats),
	KUNIT_CASE(vcsf_fragment_targets),
	KUNIT_CASE(vcsf_fragment_shaders),
	KUNIT_CASE(vcsf_fragment_refused),
	KUNIT_CASE(vcsf_fragment_suspended),
	KUNIT_CASE(vcsf_fragment_corrupted),
	{}
};

static struct kunit_suite vcsf_fragment_suite = {
	.name = "vcsf_fragment",
	.init = vcsf_fragment_init_case,
	.exit = vcsf_fragment_exit_case,
	.test_cases = vcsf_fragment_cases,
};

kunit_test_suite(vcsf_fragment_suite);
