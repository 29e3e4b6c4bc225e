// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * The identity of each GPU model of vcsf, as GPU_INFO tells it to a client. The software
 * GPU is loaded as each model for this.
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "igt.h"
#include "test_gpu.h"
#include "test_sysfs.h"

IGT_TEST_DESCRIPTION("Clients are told what each GPU model is.");

/* GPU_FEATURES: the GPU finds what a ray hits. */
#define RAY_INTERSECTION	0x4

/* The model that vcsf presents by default */
#define DEFAULT_MODEL		"g610"

/**
 * struct model - what a client is told
 * @name: name for vcsf
 * @arch: major number of the architecture
 * @product: number of the product
 * @cores: number of shader cores
 * @variant: CORE_FEATURES
 * @features: GPU_FEATURES
 */
struct model {
	const char *name;
	unsigned int arch, product, cores, variant, features;
};

static const struct model models[] = {
	{ "g310", 10, 4, 1, 0, 0 },
	{ "g510", 10, 3, 4, 0, 0 },
	{ "g610", 10, 7, 4, 0, 0 },
	{ "g710", 10, 2, 10, 0, 0 },
	{ "g615", 11, 3, 6, 0, 0 },
	{ "g715", 11, 2, 9, 0, 0 },
	{ "g715-immortalis", 11, 2, 11, 0, RAY_INTERSECTION },
	{ "g620", 12, 1, 5, 0, 0 },
	{ "g720", 12, 0, 9, 4, 0 },
	{ "g720-immortalis", 12, 0, 10, 4, RAY_INTERSECTION },
	{ "g625", 13, 1, 5, 0, 0 },
	{ "g725", 13, 0, 9, 4, 0 },
	{ "g925-immortalis", 13, 0, 10, 4, RAY_INTERSECTION },
};

static void load(const char *model)
{
	char parameter[32];

	snprintf(parameter, sizeof(parameter), "model=%s", model);
	test_reload(parameter);
}

static void test_info(const struct model *model)
{
	struct drm_panthor_gpu_info gpu;
	int fd;

	load(model->name);
	fd = panthor_open();
	igt_assert_lte(0, fd);
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &gpu, sizeof(gpu)), 0);
	igt_assert_eq(DRM_PANTHOR_ARCH_MAJOR(gpu.gpu_id), model->arch);
	igt_assert_eq((gpu.gpu_id >> 16) & 0xf, model->product);
	igt_assert_eq(__builtin_popcountll(gpu.shader_present), model->cores);
	igt_assert_eq_u32(gpu.core_features, model->variant);
	igt_assert_eq_u64(gpu.gpu_features, model->features);
	close(fd);
}

int igt_main()
{
	/* A failed subtest jumps back. */
	static bool loaded;

	igt_fixture() {
		test_require_own_driver();
		igt_require_f(!system("modprobe -n vcsf"), "no modprobe\n");
	}

	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		igt_describe("GPU_INFO has the model's architecture, product, cores and features.");
		igt_subtest_f("%s", models[i].name) {
			loaded = true;
			test_info(&models[i]);
		}
	}

	igt_fixture() {
		if (loaded)
			load(DEFAULT_MODEL);
	}
}
