// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Firmware: image, boot, global requests, halt, reset.
 *
 * Each case loads the default image into a software GPU of its own, most after a
 * change of the image or of its mapping, starts the MCU and checks MCU_STATUS, the
 * interrupts and the global interface block.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>

#include <vcsf/csf_default_image.h>

#include "host.h"

static void vcsf_fw_publishes(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	struct csf_csg_control *csg;
	struct csf_cs_control *cs;

	vcsf_host_boot(host);
	KUNIT_EXPECT_EQ(test, 0x01010000, host->glb->version);
	KUNIT_EXPECT_EQ(test, 0x71, host->glb->instr_features);
	KUNIT_EXPECT_EQ(test, 4, host->glb->group_num);
	KUNIT_EXPECT_EQ(test, CSF_MCU_STATUS_ENABLED,
			vcsf_host_read(host, CSF_MCU_STATUS));

	csg = vcsf_host_mcu_ptr(host, CSF_FW_SHARED_START +
				      CSF_GLB_GROUP_CONTROL_OFFSET +
				      3 * host->glb->group_stride);
	KUNIT_EXPECT_EQ(test, 8, csg->stream_num);
	KUNIT_EXPECT_NE(test, 0, csg->suspend_size);
	KUNIT_EXPECT_NE(test, 0, csg->protm_suspend_size);
	cs = (void *)csg + CSF_CSG_STREAM_CONTROL_OFFSET +
	     7 * csg->stream_stride;
	KUNIT_EXPECT_EQ(test, 0x0007085f, cs->features);
	KUNIT_EXPECT_NE(test, cs->input_va, cs->output_va);
}

/* Interface version and limits come from the image, not from the GPU model. */
static void vcsf_fw_from_image(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	struct csf_mcu_program *program;

	vcsf_host_load(host, csf_default_image);
	program = vcsf_host_mcu_ptr(host, CSF_MCU_PROGRAM_VA);
	program->interface_version = 0x01050002;
	program->group_max = 3;
	vcsf_host_start_mcu(host);
	KUNIT_ASSERT_TRUE(test,
			  vcsf_host_wait(host, HOST_JOB, CSF_JOB_IRQ_GLOBAL));
	host->glb = vcsf_host_mcu_ptr(host, CSF_FW_SHARED_START);
	KUNIT_EXPECT_EQ(test, 0x01050002, host->glb->version);
	KUNIT_EXPECT_EQ(test, 3, host->glb->group_num);
}

static void vcsf_fw_expect_fatal(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_GPU,
					       CSF_GPU_IRQ_MCU_STATUS));
	KUNIT_EXPECT_EQ(test, CSF_MCU_STATUS_FATAL,
			vcsf_host_read(host, CSF_MCU_STATUS));
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(host, CSF_JOB_IRQ_RAWSTAT));
}

static void vcsf_fw_unknown(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	struct csf_mcu_program *program;

	vcsf_host_load(host, csf_default_image);
	program = vcsf_host_mcu_ptr(host, CSF_MCU_PROGRAM_VA);
	program->magic ^= 1;
	vcsf_host_start_mcu(host);
	vcsf_fw_expect_fatal(test);

	/* The MCU starts after the image has been repaired. */
	program->magic ^= 1;
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_DISABLE);
	KUNIT_EXPECT_TRUE(test,
			  vcsf_host_wait_register(host, CSF_MCU_STATUS,
						  CSF_MCU_STATUS_DISABLED));
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_AUTO);
	KUNIT_EXPECT_TRUE(test,
			  vcsf_host_wait(host, HOST_JOB, CSF_JOB_IRQ_GLOBAL));
}

static void vcsf_fw_suspend_too_small(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	struct csf_mcu_program *program;

	vcsf_host_load(host, csf_default_image);
	program = vcsf_host_mcu_ptr(host, CSF_MCU_PROGRAM_VA);
	program->suspend_per_stream = 64;
	vcsf_host_start_mcu(host);
	vcsf_fw_expect_fatal(test);
}

static void vcsf_fw_not_mapped(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_load(host, csf_default_image);
	*vcsf_host_entry(&host->mcu, CSF_MCU_PROGRAM_VA, 3) = 0;
	vcsf_host_start_mcu(host);
	vcsf_fw_expect_fatal(test);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_MMU,
					       CSF_MMU_IRQ_FAULT(0)));
	KUNIT_EXPECT_EQ(test, CSF_EXC_TRANSLATION_FAULT(3),
			FIELD_GET(CSF_AS_FAULTSTATUS_TYPE,
				  vcsf_host_read(host, CSF_AS_FAULTSTATUS(0))));
}

static void vcsf_fw_not_executable(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_load(host, csf_default_image);
	*vcsf_host_entry(&host->mcu, CSF_MCU_PROGRAM_VA, 3) |= CSF_PTE_NO_EXEC;
	vcsf_host_start_mcu(host);
	vcsf_fw_expect_fatal(test);
}

static void vcsf_fw_no_power(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_write(host, CSF_GPU_IRQ_MASK, CSF_GPU_IRQ_MCU_STATUS);
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_AUTO);
	vcsf_fw_expect_fatal(test);
}

static void vcsf_fw_power_lost(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_boot(host);
	vcsf_host_wait(host, HOST_GPU, CSF_GPU_IRQ_MCU_STATUS);
	vcsf_host_write(host, CSF_L2_PWROFF, 1);
	vcsf_fw_expect_fatal(test);
}

static void vcsf_fw_ping(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	unsigned int i, count;

	vcsf_host_boot(host);
	for (i = 0; i < 4; i++)
		vcsf_host_ping(host);

	/* Only acknowledge bits in ack_irq_mask raise an interrupt. */
	count = atomic_read(&host->irqs[HOST_JOB].count);
	WRITE_ONCE(host->glb_in->ack_irq_mask, CSF_GLB_IDLE_EN);
	host->glb_in->req ^= CSF_GLB_PING;
	KUNIT_EXPECT_TRUE(test, vcsf_host_request(host, CSF_GLB_IDLE_EN,
						  CSF_GLB_IDLE_EN));
	KUNIT_EXPECT_EQ(test, host->glb_in->req & CSF_GLB_PING,
			host->glb_out->ack & CSF_GLB_PING);
	KUNIT_EXPECT_EQ(test, count + 1,
			atomic_read(&host->irqs[HOST_JOB].count));
}

/* The firmware does not acknowledge requests that it does not support. */
static void vcsf_fw_unsupported(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_boot(host);
	host->glb_in->req ^= CSF_GLB_PROTM_ENTER | CSF_GLB_PERFCNT_EN;
	vcsf_host_ping(host);
	KUNIT_EXPECT_EQ(test, 0, host->glb_out->ack &
				 (CSF_GLB_PROTM_ENTER | CSF_GLB_PERFCNT_EN));
}

static void vcsf_fw_halt_and_resume(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_boot(host);
	host->glb_in->req |= CSF_GLB_HALT;
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_register(host, CSF_MCU_STATUS,
							CSF_MCU_STATUS_HALT));
	KUNIT_EXPECT_EQ(test, CSF_HALT_STATUS_OK, host->glb_out->halt_status);

	/* Start again without loading the image. */
	host->glb_in->req &= ~CSF_GLB_HALT;
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_DISABLE);
	KUNIT_EXPECT_TRUE(test,
			  vcsf_host_wait_register(host, CSF_MCU_STATUS,
						  CSF_MCU_STATUS_DISABLED));
	atomic_set(&host->irqs[HOST_JOB].seen, 0);
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_AUTO);
	KUNIT_EXPECT_TRUE(test,
			  vcsf_host_wait(host, HOST_JOB, CSF_JOB_IRQ_GLOBAL));
	vcsf_host_ping(host);
}

static void vcsf_fw_after_reset(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_boot(host);
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait(host, HOST_GPU,
					       CSF_GPU_IRQ_RESET_COMPLETED));
	KUNIT_EXPECT_EQ(test, CSF_MCU_STATUS_DISABLED,
			vcsf_host_read(host, CSF_MCU_STATUS));
	host->glb->version = 0;
	atomic_set(&host->irqs[HOST_JOB].seen, 0);
	vcsf_host_start_mcu(host);
	KUNIT_EXPECT_TRUE(test,
			  vcsf_host_wait(host, HOST_JOB, CSF_JOB_IRQ_GLOBAL));
	KUNIT_EXPECT_NE(test, 0, host->glb->version);
}

/* The MCU stalls on a locked region, and can be stopped while it does. */
static void vcsf_fw_locked_region(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	vcsf_host_boot(host);
	vcsf_host_lock(&host->mcu, host->glb->input_va, 15);
	host->glb_in->req ^= CSF_GLB_PING;
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(host));
	KUNIT_EXPECT_NE(test, host->glb_in->req & CSF_GLB_PING,
			READ_ONCE(host->glb_out->ack) & CSF_GLB_PING);
	vcsf_host_command(&host->mcu, CSF_AS_COMMAND_UNLOCK);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_ack(host, CSF_GLB_PING));

	vcsf_host_lock(&host->mcu, host->glb->input_va, 15);
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_DISABLE);
	KUNIT_EXPECT_TRUE(test,
			  vcsf_host_wait_register(host, CSF_MCU_STATUS,
						  CSF_MCU_STATUS_DISABLED));
}

static int vcsf_fw_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_fw_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_fw_cases[] = {
	KUNIT_CASE(vcsf_fw_publishes),
	KUNIT_CASE(vcsf_fw_from_image),
	KUNIT_CASE(vcsf_fw_unknown),
	KUNIT_CASE(vcsf_fw_suspend_too_small),
	KUNIT_CASE(vcsf_fw_not_mapped),
	KUNIT_CASE(vcsf_fw_not_executable),
	KUNIT_CASE(vcsf_fw_no_power),
	KUNIT_CASE(vcsf_fw_power_lost),
	KUNIT_CASE(vcsf_fw_ping),
	KUNIT_CASE(vcsf_fw_unsupported),
	KUNIT_CASE(vcsf_fw_halt_and_resume),
	KUNIT_CASE(vcsf_fw_after_reset),
	KUNIT_CASE(vcsf_fw_locked_region),
	{}
};

static struct kunit_suite vcsf_fw_suite = {
	.name = "vcsf_fw",
	.init = vcsf_fw_init_case,
	.exit = vcsf_fw_exit_case,
	.test_cases = vcsf_fw_cases,
};

kunit_test_suite(vcsf_fw_suite);
