// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware image parser: valid images, the built-in one, and broken ones.
 *
 * The cases break one part of a valid image in memory and check that the parser
 * returns -EINVAL and does not read beyond the end, which KASAN would report.
 */

#include <linux/bitfield.h>
#include <linux/sizes.h>

#include <kunit/test.h>
#include <vcsf/csf_default_image.h>
#include <vcsf/csf_fw.h>

#include "fw/fw_image.h"

#define BUILD_TEXT	"git_sha: 0123456789abcdef"

/* A valid image for the cases to break */
struct image {
	struct csf_fw_header header;
	u32 code_header;
	struct csf_fw_section code;
	char code_name[4];
	u32 shared_header;
	struct csf_fw_section shared;
	u32 optional;
	u32 config[2];
	u32 build_header;
	struct csf_fw_build_info build;
	u8 data[64];
	char text[sizeof(BUILD_TEXT)];
};

struct image_fixture {
	struct image *image;
	/* Sections and text that the parser has reported */
	struct vpan_fw_section sections[4];
	unsigned int nsections;
	const char *build;
	/* Return value for the section callback */
	int ret;
};

#define ENTRY(type, size) \
	(FIELD_PREP(CSF_FW_ENTRY_TYPE, type) | \
	 FIELD_PREP(CSF_FW_ENTRY_SIZE, size))

static void image_fill(struct image *image)
{
	const u32 section = sizeof(u32) + sizeof(struct csf_fw_section);

	image->header.magic = CSF_FW_MAGIC;
	image->header.size = offsetof(struct image, data);

	image->code_header = ENTRY(CSF_FW_ENTRY_SECTION, section + 4);
	image->code.flags = CSF_FW_SECTION_READ | CSF_FW_SECTION_EXEC;
	image->code.va_end = SZ_4K;
	image->code.data_start = offsetof(struct image, data);
	image->code.data_end = offsetof(struct image, text);

	image->shared_header = ENTRY(CSF_FW_ENTRY_SECTION, section);
	image->shared.flags = CSF_FW_SECTION_READ | CSF_FW_SECTION_WRITE |
			      CSF_FW_SECTION_SHARED | CSF_FW_SECTION_ZERO;
	image->shared.va_start = CSF_FW_SHARED_START;
	image->shared.va_end = CSF_FW_SHARED_START + SZ_64K;

	image->optional = ENTRY(77, 4) | CSF_FW_ENTRY_OPTIONAL;
	image->config[0] = ENTRY(CSF_FW_ENTRY_CONFIG, 8);
	image->build_header = ENTRY(CSF_FW_ENTRY_BUILD_INFO, 12);
	image->build.offset = offsetof(struct image, text);
	image->build.size = sizeof(BUILD_TEXT);
	memset(image->data, 0xa5, sizeof(image->data));
	memcpy(image->text, BUILD_TEXT, sizeof(BUILD_TEXT));
}

static int image_init(struct kunit *test)
{
	struct image_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->image = kunit_kzalloc(test, sizeof(*f->image), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->image);
	image_fill(f->image);
	test->priv = f;
	return 0;
}

static int image_section(void *priv, const struct vpan_fw_section *section)
{
	struct image_fixture *f = priv;

	if (f->nsections < ARRAY_SIZE(f->sections))
		f->sections[f->nsections] = *section;
	f->nsections++;
	return f->ret;
}

static void image_build(void *priv, const char *text)
{
	struct image_fixture *f = priv;

	f->build = text;
}

static const struct vpan_fw_image_ops image_ops = {
	.section = image_section,
	.build_info = image_build,
};

static int image_parse(struct kunit *test)
{
	struct image_fixture *f = test->priv;

	f->nsections = 0;
	f->build = NULL;
	return vpan_fw_image_parse(f->image, sizeof(*f->image), &image_ops, f);
}

static void image_good(struct kunit *test)
{
	struct image_fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0, image_parse(test));
	KUNIT_ASSERT_EQ(test, 2, f->nsections);
	KUNIT_EXPECT_EQ(test, 0, f->sections[0].va);
	KUNIT_EXPECT_EQ(test, SZ_4K, f->sections[0].size);
	KUNIT_EXPECT_EQ(test, sizeof(f->image->data), f->sections[0].data_size);
	KUNIT_EXPECT_PTR_EQ(test, &f->image->data[0],
			    f->sections[0].data);
	KUNIT_EXPECT_EQ(test, CSF_FW_SHARED_START, f->sections[1].va);
	KUNIT_EXPECT_EQ(test, SZ_64K, f->sections[1].size);
	KUNIT_EXPECT_EQ(test, 0, f->sections[1].data_size);
	KUNIT_EXPECT_STREQ(test, BUILD_TEXT, f->build);
}

static void image_builtin(struct kunit *test)
{
	struct image_fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			vpan_fw_image_parse(csf_default_image,
					    sizeof(csf_default_image),
					    &image_ops, f));
	KUNIT_ASSERT_EQ(test, 2, f->nsections);
	KUNIT_EXPECT_EQ(test, sizeof(struct csf_mcu_program),
			f->sections[0].data_size);
}

static void image_header(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	struct image *image = f->image;

	image->header.magic++;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
	image->header.magic--;
	image->header.major = 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
	image->header.major = 0;
	image->header.minor = 99;
	KUNIT_EXPECT_EQ(test, 0, image_parse(test));
	image->header.size = sizeof(*image) + 4;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
	image->header.size = sizeof(image->header) - 4;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
}

/* A truncated image is an error, and never a read beyond its end. */
static void image_truncated(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	size_t size;
	void *copy;

	for (size = 0; size < offsetofend(struct image, text); size++) {
		/* Allocate the exact size, for KASAN to detect reads beyond it. */
		copy = kunit_kmalloc(test, size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		memcpy(copy, f->image, size);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    vpan_fw_image_parse(copy, size, &image_ops,
							f),
				    "%zu bytes", size);
		kunit_kfree(test, copy);
	}
}

/* The list of entries ends within an entry. */
static void image_short_entries(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	u32 size, good = f->image->header.size, at = good;

	/* At the start of an entry, the list is shorter, but valid. */
	for (size = sizeof(f->image->header); size < good; size++) {
		f->image->header.size = size;
		if (size == offsetof(struct image, optional) ||
		    size == offsetof(struct image, config) ||
		    size == offsetof(struct image, build_header))
			at = 0;
		KUNIT_EXPECT_EQ_MSG(test, at ? -EINVAL : 0, image_parse(test),
				    "entries end at %u", size);
		at = good;
	}
}

static void image_entry_size(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	static const u32 bad[] = { 0, 1, 2, 3, 4, 5, 20, 23, 25, 252 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		f->image->code_header = ENTRY(CSF_FW_ENTRY_SECTION, bad[i]);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL, image_parse(test),
				    "entry of %u bytes", bad[i]);
	}
}

static void image_unknown_entry(struct kunit *test)
{
	struct image_fixture *f = test->priv;

	f->image->optional &= ~CSF_FW_ENTRY_OPTIONAL;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
}

static void image_section_flags(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		u32 flags = CSF_FW_SECTION_READ | BIT(bit);

		f->image->code.flags = flags;
		KUNIT_EXPECT_EQ_MSG(test,
				    flags & ~CSF_FW_SECTION_FLAGS ? -EINVAL : 0,
				    image_parse(test), "bit %u", bit);
	}
}

static void image_protected_section(struct kunit *test)
{
	struct image_fixture *f = test->priv;

	f->image->code.flags |= CSF_FW_SECTION_PROTECTED;
	KUNIT_EXPECT_EQ(test, 0, image_parse(test));
	KUNIT_EXPECT_EQ(test, 1, f->nsections);
}

/* A section without an address range is checked, but not reported. */
static void image_empty_section(struct kunit *test)
{
	struct image_fixture *f = test->priv;

	f->image->code.va_end = f->image->code.va_start;
	f->image->code.data_end = f->image->code.data_start;
	KUNIT_EXPECT_EQ(test, 0, image_parse(test));
	KUNIT_EXPECT_EQ(test, 1, f->nsections);

	/* The shared section must not be empty. */
	f->image->shared.va_end = f->image->shared.va_start;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
}

static void image_section_range(struct kunit *test)
{
	static const struct csf_fw_section bad[] = {
		{ .va_start = 1, .va_end = SZ_4K },
		{ .va_start = 0, .va_end = SZ_4K + 4 },
		{ .va_start = SZ_8K, .va_end = SZ_4K },
		{ .va_start = SZ_4K, .va_end = SZ_4K, .data_end = 4 },
		{ .va_end = SZ_4K, .data_start = 8, .data_end = 4 },
		{ .va_end = SZ_4K, .data_end = sizeof(struct image) + 1 },
		{ .va_end = SZ_4K, .data_start = 0xfffffff0,
		  .data_end = 0xffffffff },
	};
	struct image_fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		f->image->code = bad[i];
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL, image_parse(test),
				    "case %u", i);
	}
}

/* A section's contents must fit into its address range. */
static void image_section_overflow(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	size_t size = SZ_8K + sizeof(*f->image);
	struct image *image;

	image = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, image);
	image_fill(image);
	image->code.data_end = image->code.data_start + SZ_4K;
	KUNIT_EXPECT_EQ(test, 0,
			vpan_fw_image_parse(image, size, &image_ops, f));
	image->code.data_end++;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			vpan_fw_image_parse(image, size, &image_ops, f));
}

static void image_shared_section(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	struct image *image = f->image;

	image->shared.flags &= ~CSF_FW_SECTION_SHARED;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
	image->shared.flags |= CSF_FW_SECTION_SHARED;

	/* A shared section must begin at CSF_FW_SHARED_START, */
	image->shared.va_start += SZ_4K;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
	image->shared.va_start -= SZ_4K;

	/* and there must be only one. */
	image->code = image->shared;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
}

static void image_build_info(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	struct csf_fw_build_info good = f->image->build;

	f->image->build.size--;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
	f->image->build.size = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
	f->image->build = good;
	f->image->build.offset = sizeof(*f->image);
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
	f->image->build.offset = 0xffffffff;
	KUNIT_EXPECT_EQ(test, -EINVAL, image_parse(test));
}

static void image_callback_error(struct kunit *test)
{
	struct image_fixture *f = test->priv;

	f->ret = -ENOMEM;
	KUNIT_EXPECT_EQ(test, -ENOMEM, image_parse(test));
	KUNIT_EXPECT_EQ(test, 1, f->nsections);
}

static bool image_is_software(struct kunit *test)
{
	struct image_fixture *f = test->priv;

	return vpan_fw_image_is_software(f->image, sizeof(*f->image));
}

/* Only a valid image with a program of the right kind is for the software MCU. */
static void image_recognise(struct kunit *test)
{
	struct image_fixture *f = test->priv;
	struct csf_mcu_program program = {
		.magic = CSF_MCU_PROGRAM_MAGIC,
		.abi = CSF_MCU_PROGRAM_ABI,
	};
	struct image *image = f->image;

	KUNIT_EXPECT_TRUE(test,
			  vpan_fw_image_is_software(csf_default_image,
						    sizeof(csf_default_image)));
	/* A valid image with other code, as that of a real GPU */
	KUNIT_EXPECT_FALSE(test, image_is_software(test));

	static_assert(sizeof(program) <= sizeof(image->data));
	memcpy(image->data, &program, sizeof(program));
	KUNIT_EXPECT_TRUE(test, image_is_software(test));

	/* The program must be at the reset address, */
	image->code.va_start += SZ_4K;
	image->code.va_end += SZ_4K;
	KUNIT_EXPECT_FALSE(test, image_is_software(test));
	image->code.va_start -= SZ_4K;
	image->code.va_end -= SZ_4K;

	/* complete, */
	image->code.data_end = image->code.data_start + sizeof(program) - 1;
	KUNIT_EXPECT_FALSE(test, image_is_software(test));
	image->code.data_end++;
	KUNIT_EXPECT_TRUE(test, image_is_software(test));

	/* of the ABI that the MCU executes, */
	program.abi++;
	memcpy(image->data, &program, sizeof(program));
	KUNIT_EXPECT_FALSE(test, image_is_software(test));
	program.abi--;
	memcpy(image->data, &program, sizeof(program));

	/* and in a valid image. */
	image->header.magic++;
	KUNIT_EXPECT_FALSE(test, image_is_software(test));
}

static struct kunit_case vpan_fw_image_cases[] = {
	KUNIT_CASE(image_good),
	KUNIT_CASE(image_builtin),
	KUNIT_CASE(image_header),
	KUNIT_CASE(image_truncated),
	KUNIT_CASE(image_short_entries),
	KUNIT_CASE(image_entry_size),
	KUNIT_CASE(image_unknown_entry),
	KUNIT_CASE(image_section_flags),
	KUNIT_CASE(image_protected_section),
	KUNIT_CASE(image_empty_section),
	KUNIT_CASE(image_section_range),
	KUNIT_CASE(image_section_overflow),
	KUNIT_CASE(image_shared_section),
	KUNIT_CASE(image_build_info),
	KUNIT_CASE(image_callback_error),
	KUNIT_CASE(image_recognise),
	{}
};

static struct kunit_suite vpan_fw_image_suite = {
	.name = "vpan_fw_image",
	.init = image_init,
	.test_cases = vpan_fw_image_cases,
};

kunit_test_suite(vpan_fw_image_suite);
