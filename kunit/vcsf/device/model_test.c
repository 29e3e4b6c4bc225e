// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GPU models and sizes: for each model and for the largest configuration, the
 * identification registers and a job.
 */

#include <linux/bitfield.h>
#include <linux/platform_device.h>

#include "base/vcsf.h"
#include "group.h"

struct vcsf_model_case {
	const char *name;
	u8 arch;
	u8 product;
	u8 cores;
	u8 variant;
	u64 features;
};

static const struct vcsf_model_case vcsf_model_params[] = {
	{ "g310", 10, 4, 1 }, { "g510", 10, 3, 4 }, { "g610", 10, 7, 4 },
	{ "g710", 10, 2, 10 }, { "g615", 11, 3, 6 }, { "g715", 11, 2, 9 },
	{ "g715-immortalis", 11, 2, 11, 0, CSF_GPU_FEATURES_RAY_INTERSECTION },
	{ "g620", 12, 1, 5 }, { "g720", 12, 0, 9, 4 },
	{ "g720-immortalis", 12, 0, 10, 4, CSF_GPU_FEATURES_RAY_INTERSECTION },
	{ "g625", 13, 1, 5 }, { "g725", 13, 0, 9, 4 },
	{ "g925-immortalis", 13, 0, 10, 4, CSF_GPU_FEATURES_RAY_INTERSECTION },
};

static void vcsf_model_describe(const struct vcsf_model_case *p, char *text)
{
	strscpy(text, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vcsf_model, vcsf_model_params, vcsf_model_describe);

/* Each model reports its identification and core count, and completes a job. */
static void vcsf_model_runs(struct kunit *test)
{
	const struct vcsf_model_case *p = test->param_value;
	struct vcsf_config config = vcsf_host_config;
	struct vcsf_group_fixture f;
	u32 id;

	config.model = p->name;
	vcsf_host_create_with(test, &config);
	vcsf_group_setup(test, &f, 1);
	id = vcsf_host_read(f.host, CSF_GPU_ID);
	KUNIT_EXPECT_EQ(test, p->arch, FIELD_GET(CSF_GPU_ID_ARCH_MAJOR, id));
	KUNIT_EXPECT_EQ(test, p->product, FIELD_GET(CSF_GPU_ID_PRODUCT, id));
	KUNIT_EXPECT_EQ(test, p->cores,
			hweight64(vcsf_read64(f.host->win, CSF_SHADER_PRESENT)));
	KUNIT_EXPECT_EQ(test, p->variant, vcsf_host_read(f.host, CSF_CORE_FEATURES));
	KUNIT_EXPECT_EQ(test, p->features, vcsf_read64(f.host->win, CSF_GPU_FEATURES));
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
}

/* The last register can be named, and keeps its value over a suspend; the next cannot. */
static void vcsf_model_registers(struct kunit *test)
{
	const struct vcsf_model_case *p = test->param_value;
	u32 count = p->arch < 12 ? CSF_CS_REG_COUNT : CSF_CS_REG_COUNT_MAX;
	struct vcsf_config config = vcsf_host_config;
	struct vcsf_group_fixture f;
	const struct csf_cs_control *cs;

	config.model = p->name;
	vcsf_host_create_with(test, &config);
	vcsf_group_setup(test, &f, 1);
	cs = vcsf_host_mcu_ptr(f.host, CSF_FW_SHARED_START + CSF_GLB_GROUP_CONTROL_OFFSET +
				       CSF_CSG_STREAM_CONTROL_OFFSET);
	KUNIT_EXPECT_EQ(test, count - 1,
			FIELD_GET(CSF_CS_FEATURES_REGS_MINUS_1, cs->features));
	EMIT(&f.group, 0, csf_move32(count - 1, 0x12345678));
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	EMIT(&f.group, 0, csf_move48(2, DATA + 64), csf_store_multiple(count - 1, 2, 1, 0));
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 2));
	KUNIT_EXPECT_EQ(test, 0x12345678, (u32)f.data[8]);
	EMIT(&f.group, 0, csf_move32(count, 0));
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_cs_event(&f, 0, CSF_CS_FATAL));
	KUNIT_EXPECT_EQ(test, CSF_EXC_CS_INVALID_INSTRUCTION, f.group.queues[0].cs_out->fatal);
}

/* The last stream that the test supports, in the last slot of the largest GPU */
static void vcsf_model_largest(struct kunit *test)
{
	struct vcsf_config config = vcsf_host_config;
	struct vcsf_host_group group;
	struct vcsf_host_vm vm;
	struct vcsf_host *host;
	u64 *data;

	config.slots = CSF_GLB_GROUP_MAX;
	config.streams = CSF_CSG_STREAM_MAX;
	config.address_spaces = CSF_AS_COUNT_MAX;
	config.cores = 32;
	host = vcsf_host_create_with(test, &config);
	vcsf_host_boot(host);
	KUNIT_EXPECT_EQ(test, 31, host->glb->group_num);
	KUNIT_EXPECT_EQ(test, 0xffff, vcsf_host_read(host, CSF_AS_PRESENT));
	KUNIT_EXPECT_EQ(test, 32, hweight64(vcsf_read64(host->win,
							CSF_SHADER_PRESENT)));
	vcsf_host_vm_init(host, &vm, 15);
	data = vcsf_host_map_new(&vm, DATA);
	vcsf_host_group_init(host, &vm, &group, VCSF_HOST_QUEUES);
	vcsf_host_enable(&vm);
	vcsf_host_group_bind(&group, 30);
	vcsf_host_group_state(&group, CSF_CSG_STATE_START);
	vcsf_group_signal(&group, VCSF_HOST_QUEUES - 1, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_seqno(&group, data, 1));
	vcsf_host_group_state(&group, CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_bind(&group, 0);
	vcsf_host_group_state(&group, CSF_CSG_STATE_RESUME);
	vcsf_group_signal(&group, VCSF_HOST_QUEUES - 1, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_seqno(&group, data, 2));
}

static void vcsf_model_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_model_cases[] = {
	KUNIT_CASE_PARAM(vcsf_model_runs, vcsf_model_gen_params),
	KUNIT_CASE_PARAM(vcsf_model_registers, vcsf_model_gen_params),
	KUNIT_CASE(vcsf_model_largest),
	{}
};

static struct kunit_suite vcsf_model_suite = {
	.name = "vcsf_model",
	.exit = vcsf_model_exit_case,
	.test_cases = vcsf_model_cases,
};

kunit_test_suite(vcsf_model_suite);
