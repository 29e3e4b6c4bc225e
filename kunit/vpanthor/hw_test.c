// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Which GPUs the driver supports, by the registers that identify them.
 */

#include <linux/bitfield.h>

#include <kunit/test.h>

#include <drm/panthor_uapi.h>
#include <vcsf/csf_regs.h>

#include "hw/hw.h"

static const char *why(u32 arch, u32 va_bits, u32 pa_bits)
{
	const struct drm_panthor_gpu_info info = {
		.gpu_id = FIELD_PREP(CSF_GPU_ID_ARCH_MAJOR, arch),
		.mmu_features = FIELD_PREP(CSF_MMU_VA_BITS, va_bits) |
				FIELD_PREP(CSF_MMU_PA_BITS, pa_bits),
	};

	return vpan_hw_unsupported(&info);
}

static bool says(const char *reason, const char *word)
{
	return reason && strstr(reason, word);
}

/* Architectures with a firmware interface, up to the last that is known */
static void hw_arch(struct kunit *test)
{
	u32 arch;

	for (arch = 10; arch <= 13; arch++)
		KUNIT_EXPECT_NULL(test, why(arch, 48, 40));
	KUNIT_EXPECT_TRUE(test, says(why(9, 48, 40), "older"));
	for (arch = 14; arch < 16; arch++)
		KUNIT_EXPECT_TRUE(test, says(why(arch, 48, 40), "newer"));
}

/* Addresses that page tables of this format can hold */
static void hw_address_bits(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, why(10, 33, 32));
	KUNIT_EXPECT_NULL(test, why(10, 48, 48));
	KUNIT_EXPECT_NOT_NULL(test, why(10, 32, 40));
	KUNIT_EXPECT_NOT_NULL(test, why(10, 49, 40));
	KUNIT_EXPECT_NOT_NULL(test, why(10, 48, 31));
	KUNIT_EXPECT_NOT_NULL(test, why(10, 48, 49));
}

static struct kunit_case hw_cases[] = {
	KUNIT_CASE(hw_arch),
	KUNIT_CASE(hw_address_bits),
	{}
};

static struct kunit_suite hw_suite = {
	.name = "vpan_hw",
	.test_cases = hw_cases,
};

kunit_test_suite(hw_suite);
