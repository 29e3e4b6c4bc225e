// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Engine watchdog: a timer interrupt that runs the engine while its thread gets no CPU.
 *
 * The cases keep the thread from running: they bind it to the test's CPU and disable
 * preemption there. Then they raise a request, and spin until the interrupt has
 * served it, or, if an interrupt must not, until the watchdog has fired often enough.
 */

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/timekeeping.h>

#include "base/vcsf.h"
#include "debug/debugfs.h"
#include "engine/engine.h"
#include "inject/inject.h"
#include "group.h"

/* Longer than any wait, and shorter than the soft lockup detector's limit */
#define VCSF_WATCHDOG_LIMIT_NS	(10ULL * NSEC_PER_SEC)
#define VCSF_WATCHDOG_LOOKS	4

/* More than one interrupt's batch, and few enough for a debug kernel */
#define VCSF_WATCHDOG_LOOPS	1000

/* Keep the thread from running, at a moment when the watchdog is not armed. */
static void vcsf_watchdog_hold_unwatched(struct vcsf_host *host)
{
	unsigned long end = jiffies + VCSF_HOST_TIMEOUT;

	for (;;) {
		vcsf_host_hold_engine(host);
		if (!atomic_read(&host->hw->engine->watchdog_armed) ||
		    time_after(jiffies, end))
			return;
		vcsf_host_release_engine();
		usleep_range(500, 1000);
	}
}

/* Spin for a condition that an interrupt on this CPU makes true. */
#define vcsf_watchdog_spin(condition) ({					\
	u64 end_ = ktime_get_mono_fast_ns() + VCSF_WATCHDOG_LIMIT_NS;	\
	bool over_;							\
									\
	while (!(over_ = (condition)) && ktime_get_mono_fast_ns() < end_) \
		cpu_relax();						\
	over_; })

/* Spin until the watchdog has checked the thread @times times. */
static bool vcsf_watchdog_looked(struct vcsf_host *host, unsigned int times)
{
	struct vcsf_engine *engine = host->hw->engine;
	u64 from = READ_ONCE(engine->watchdog_checks);

	return vcsf_watchdog_spin(READ_ONCE(engine->watchdog_checks) - from >= times);
}

static void vcsf_watchdog_ring_ping(struct vcsf_host *host)
{
	WRITE_ONCE(host->glb_in->req, host->glb_in->req ^ CSF_GLB_PING);
	vcsf_host_write(host, CSF_DOORBELL(0), CSF_DOORBELL_RING);
}

static bool vcsf_watchdog_acked(struct vcsf_host *host)
{
	return !((READ_ONCE(host->glb_out->ack) ^
		  READ_ONCE(host->glb_in->req)) & CSF_GLB_PING);
}

/* The firmware acknowledges a request and raises the interrupt. */
static void vcsf_watchdog_answers(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	bool acked, told;
	u64 acted, wakeups;
	unsigned int i;

	vcsf_host_boot(host);
	for (i = 0; i < 3; i++) {
		atomic_set(&host->irqs[HOST_JOB].seen, 0);
		acted = READ_ONCE(host->hw->engine->fallback_steps);
		vcsf_host_hold_engine(host);
		vcsf_watchdog_ring_ping(host);
		acked = vcsf_watchdog_spin(vcsf_watchdog_acked(host));
		told = vcsf_watchdog_spin(atomic_read(&host->irqs[HOST_JOB].seen) &
					 CSF_JOB_IRQ_GLOBAL);
		vcsf_host_release_engine();
		KUNIT_EXPECT_TRUE(test, acked);
		KUNIT_EXPECT_TRUE(test, told);
		KUNIT_EXPECT_LT(test, acted,
				READ_ONCE(host->hw->engine->fallback_steps));
	}
	/* The thread serves requests again. */
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(host));
	wakeups = READ_ONCE(host->hw->engine->wakeups);
	KUNIT_EXPECT_GE(test, vcsf_host_ping(host), 0);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(host));
	KUNIT_EXPECT_LT(test, wakeups, READ_ONCE(host->hw->engine->wakeups));
}

/* The firmware boots, and the GPU completes a reset. */
static void vcsf_watchdog_boots(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	bool booted, reset;

	vcsf_host_boot(host);
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_DISABLE);
	KUNIT_ASSERT_TRUE(test,
			  vcsf_host_wait_register(host, CSF_MCU_STATUS,
						  CSF_MCU_STATUS_DISABLED));

	vcsf_host_hold_engine(host);
	vcsf_host_write(host, CSF_MCU_CONTROL, CSF_MCU_CONTROL_AUTO);
	booted = vcsf_watchdog_spin(vcsf_host_read(host, CSF_MCU_STATUS) ==
				   CSF_MCU_STATUS_ENABLED);
	vcsf_host_release_engine();
	KUNIT_EXPECT_TRUE(test, booted);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(host, HOST_JOB,
					       CSF_JOB_IRQ_GLOBAL));

	vcsf_host_hold_engine(host);
	vcsf_host_write(host, CSF_GPU_COMMAND, CSF_GPU_SOFT_RESET);
	reset = vcsf_watchdog_spin((atomic_read(&host->irqs[HOST_GPU].seen) |
				   vcsf_host_read(host, CSF_GPU_IRQ_RAWSTAT)) &
				  CSF_GPU_IRQ_RESET_COMPLETED);
	vcsf_host_release_engine();
	KUNIT_EXPECT_TRUE(test, reset);
	KUNIT_EXPECT_EQ(test, CSF_MCU_STATUS_DISABLED,
			vcsf_host_read(host, CSF_MCU_STATUS));
}

/* A stream runs to its end, one slice per interrupt. */
static void vcsf_watchdog_runs(struct kunit *test)
{
	struct vcsf_group_fixture f;
	bool over;

	vcsf_group_setup(test, &f, 1);
	EMIT(&f.group, 0, csf_move48(20, VCSF_WATCHDOG_LOOPS),
	     csf_add_imm32(20, 20, -1),
	     csf_branch(CSF_COND_NE, 20, -2));
	vcsf_group_emit_signal(&f.group, 0, 0);
	vcsf_host_hold_engine(f.host);
	vcsf_host_kick(&f.group, 0);
	over = vcsf_watchdog_spin(READ_ONCE(f.data[0]) == 1);
	vcsf_host_release_engine();
	KUNIT_EXPECT_TRUE(test, over);
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
}

/* Timed work is done, too: the poll of a sync object. */
static void vcsf_watchdog_looks(struct kunit *test)
{
	struct vcsf_group_fixture f;
	bool over;

	vcsf_group_setup(test, &f, 1);
	EMIT(&f.group, 0, csf_move48(10, DATA), csf_move48(12, 0),
	     csf_sync_wait64(10, 12, CSF_COND_GT, 0));
	vcsf_group_signal(&f.group, 0, 2);
	KUNIT_ASSERT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
	vcsf_host_group_ack(&f.group);
	vcsf_watchdog_hold_unwatched(f.host);
	WRITE_ONCE(f.data[0], 1);
	over = vcsf_watchdog_spin(READ_ONCE(f.data[2]) == 1);
	vcsf_host_release_engine();
	KUNIT_EXPECT_TRUE(test, over);
}

/* A group is suspended, and resumes when the thread runs again. */
static void vcsf_watchdog_suspends(struct kunit *test)
{
	struct vcsf_group_fixture f;
	u32 req;
	bool over;

	vcsf_group_setup(test, &f, 1);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
	vcsf_host_hold_engine(f.host);
	req = (f.group.in->req & ~CSF_CSG_STATE) | CSF_CSG_STATE_SUSPEND;
	WRITE_ONCE(f.group.in->req, req);
	vcsf_host_group_ring(&f.group, 0);
	over = vcsf_watchdog_spin(!((READ_ONCE(f.group.out->ack) ^ req) &
				   CSF_CSG_STATE));
	vcsf_host_release_engine();
	KUNIT_EXPECT_TRUE(test, over);
	vcsf_host_group_state(&f.group, CSF_CSG_STATE_RESUME);
	vcsf_group_signal(&f.group, 0, 0);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 2));
}

/* With an injected fault armed, the watchdog leaves all work to the thread. */
static void vcsf_watchdog_injected(struct kunit *test)
{
	const struct vcsf_inject_setting setting = {
		.count = 1, .skip = 1000000, .one_in = 1, .only = ~0U,
	};
	struct vcsf_host *host = test->priv;
	bool looked, acked;

	vcsf_host_boot(host);
	vcsf_inject_set(host->hw, VCSF_INJECT_DELAYED_ACK, &setting);
	vcsf_host_hold_engine(host);
	vcsf_watchdog_ring_ping(host);
	looked = vcsf_watchdog_looked(host, VCSF_WATCHDOG_LOOKS);
	acked = vcsf_watchdog_acked(host);
	vcsf_host_release_engine();
	KUNIT_EXPECT_TRUE(test, looked);
	KUNIT_EXPECT_FALSE(test, acked);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_ack(host, CSF_GLB_PING));
}

/* The MCU has to wait for a locked region, which an interrupt must not. */
static void vcsf_watchdog_locked(struct kunit *test)
{
	struct vcsf_host *host = test->priv;
	bool looked, acked, late;

	vcsf_host_boot(host);
	vcsf_host_hold_engine(host);
	vcsf_host_lock(&host->mcu, host->glb->input_va, 15);
	vcsf_watchdog_ring_ping(host);
	looked = vcsf_watchdog_looked(host, VCSF_WATCHDOG_LOOKS);
	acked = vcsf_watchdog_acked(host);
	vcsf_host_command(&host->mcu, CSF_AS_COMMAND_UNLOCK);
	late = vcsf_watchdog_spin(vcsf_watchdog_acked(host));
	vcsf_host_release_engine();
	KUNIT_EXPECT_TRUE(test, looked);
	KUNIT_EXPECT_FALSE(test, acked);
	KUNIT_EXPECT_TRUE(test, late);
}

static int vcsf_watchdog_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_watchdog_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_watchdog_cases[] = {
	KUNIT_CASE(vcsf_watchdog_answers),
	KUNIT_CASE(vcsf_watchdog_boots),
	KUNIT_CASE(vcsf_watchdog_runs),
	KUNIT_CASE(vcsf_watchdog_looks),
	KUNIT_CASE(vcsf_watchdog_suspends),
	KUNIT_CASE(vcsf_watchdog_injected),
	KUNIT_CASE(vcsf_watchdog_locked),
	{}
};

static struct kunit_suite vcsf_watchdog_suite = {
	.name = "vcsf_watchdog",
	.init = vcsf_watchdog_init_case,
	.exit = vcsf_watchdog_exit_case,
	.test_cases = vcsf_watchdog_cases,
};

kunit_test_suite(vcsf_watchdog_suite);
