// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Doorbells of streams: which context serves them.
 *
 * The irq_work of a doorbell runs the stream before the engine's thread has woken
 * up. Where that is not allowed (injected faults, a locked region, a long batch),
 * it leaves the work to the thread. The cases keep the thread from running: they
 * bind it to the test's CPU and disable preemption there.
 */

#include <linux/workqueue.h>

#include "../compat/workqueue.h"
#include "base/vcsf.h"
#include "debug/debugfs.h"
#include "engine/engine.h"
#include "inject/inject.h"
#include "group.h"

#define VCSF_DOORBELL_ROUNDS	2000
#define VCSF_DOORBELL_TRIES	10

/*
 * Ring the doorbell while the thread cannot run. Return word 0 of the data page at
 * that time, and word 2 in @second.
 */
static u64 vcsf_doorbell_alone(struct vcsf_group_fixture *f, u64 *second)
{
	struct vcsf_engine *engine = f->host->hw->engine;
	u64 first;

	vcsf_host_hold_engine(f->host);
	vcsf_host_kick(&f->group, 0);
	while (irq_work_is_busy(&engine->doorbell_work))
		cpu_relax();
	first = READ_ONCE(f->data[0]);
	if (second)
		*second = READ_ONCE(f->data[2]);
	vcsf_host_release_engine();

	return first;
}

static void vcsf_doorbell_at_once(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_group_setup(test, &f, 2);
	for (i = 1; i <= 3; i++) {
		vcsf_group_emit_signal(&f.group, 0, 0);
		KUNIT_EXPECT_EQ(test, i, vcsf_doorbell_alone(&f, NULL));
	}
	/* The thread handles what is left, such as the idle event. */
	KUNIT_EXPECT_TRUE(test, vcsf_group_wait_event(&f, CSF_CSG_IDLE));
}

/*
 * The irq_work runs a bounded batch of a stream, however much work there is. The
 * exception is a machine so slow that the watchdog has run the engine in place of
 * the thread: the round is repeated then.
 */
static void vcsf_doorbell_one_batch(struct kunit *test)
{
	struct vcsf_group_fixture f;
	unsigned int i, round;
	u64 second, fallback_steps;

	vcsf_group_setup(test, &f, 1);
	for (round = 1; round <= VCSF_DOORBELL_TRIES; round++) {
		vcsf_group_emit_signal(&f.group, 0, 0);
		for (i = 0; i < 100; i++)
			EMIT(&f.group, 0, csf_nop());
		vcsf_group_emit_signal(&f.group, 0, 2);
		fallback_steps = READ_ONCE(f.host->hw->engine->fallback_steps);
		KUNIT_EXPECT_EQ(test, round, vcsf_doorbell_alone(&f, &second));
		if (fallback_steps == READ_ONCE(f.host->hw->engine->fallback_steps))
			break;
		KUNIT_ASSERT_TRUE(test, vcsf_group_seqno(&f, 2, round));
	}
	KUNIT_EXPECT_LE(test, round, VCSF_DOORBELL_TRIES);
	KUNIT_EXPECT_EQ(test, round - 1, second);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 2, round));
}

/* With an injected fault armed, the irq_work leaves the stream to the thread. */
static void vcsf_doorbell_injected(struct kunit *test)
{
	const struct vcsf_inject_setting setting = {
		.count = 1, .skip = 1000000, .one_in = 1, .only = ~0U,
	};
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	vcsf_inject_set(f.host->hw, VCSF_INJECT_HANG, &setting);
	vcsf_group_emit_signal(&f.group, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, vcsf_doorbell_alone(&f, NULL));
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
}

/* The MCU has to wait for a locked region, which the irq_work must not. */
static void vcsf_doorbell_locked(struct kunit *test)
{
	struct vcsf_group_fixture f;

	vcsf_group_setup(test, &f, 1);
	/* The thread must not stall on the region before the doorbell rings. */
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(f.host));
	vcsf_host_lock(&f.host->mcu, f.group.queues[0].in_va, 15);
	vcsf_group_emit_signal(&f.group, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, vcsf_doorbell_alone(&f, NULL));
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait_engine(f.host));
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(f.data[0]));
	vcsf_host_command(&f.host->mcu, CSF_AS_COMMAND_UNLOCK);
	KUNIT_EXPECT_TRUE(test, vcsf_group_seqno(&f, 0, 1));
}

struct vcsf_doorbell_locker {
	struct work_struct work;
	struct vcsf_group_fixture *f;
	/* Round that the test has begun, and that the locker has completed */
	unsigned int round;
	unsigned int locked;
};

static void vcsf_doorbell_lock_again(struct work_struct *work)
{
	struct vcsf_doorbell_locker *locker =
		container_of(work, struct vcsf_doorbell_locker, work);
	struct vcsf_group_fixture *f = locker->f;
	unsigned int round;

	for (round = 1; round <= VCSF_DOORBELL_ROUNDS; round++) {
		while (READ_ONCE(locker->round) < round)
			cond_resched();
		vcsf_host_lock(&f->host->mcu, f->group.queues[0].in_va, 15);
		vcsf_host_command(&f->host->mcu, CSF_AS_COMMAND_UNLOCK);
		WRITE_ONCE(locker->locked, round);
	}
}

/*
 * Ring doorbells while another context locks and unlocks the ring's input page: no
 * doorbell is lost in either context, and the irq_work never sleeps.
 */
static void vcsf_doorbell_race(struct kunit *test)
{
	struct vcsf_doorbell_locker locker = { .round = 0 };
	struct vcsf_group_fixture f;
	unsigned int i;

	vcsf_group_setup(test, &f, 2);
	locker.f = &f;
	INIT_WORK_ONSTACK(&locker.work, vcsf_doorbell_lock_again);
	queue_work(system_dfl_wq, &locker.work);
	for (i = 1; i <= VCSF_DOORBELL_ROUNDS; i++) {
		WRITE_ONCE(locker.round, i);
		vcsf_group_signal(&f.group, 0, 0);
		vcsf_group_signal(&f.group, 1, 2);
		if (!vcsf_group_seqno(&f, 0, i) || !vcsf_group_seqno(&f, 2, i))
			break;
		while (READ_ONCE(locker.locked) < i)
			cond_resched();
	}
	WRITE_ONCE(locker.round, VCSF_DOORBELL_ROUNDS);
	flush_work(&locker.work);
	destroy_work_on_stack(&locker.work);
	KUNIT_EXPECT_GT(test, i, VCSF_DOORBELL_ROUNDS);
}

static int vcsf_doorbell_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_doorbell_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_doorbell_cases[] = {
	KUNIT_CASE(vcsf_doorbell_at_once),
	KUNIT_CASE(vcsf_doorbell_one_batch),
	KUNIT_CASE(vcsf_doorbell_injected),
	KUNIT_CASE(vcsf_doorbell_locked),
	KUNIT_CASE(vcsf_doorbell_race),
	{}
};

static struct kunit_suite vcsf_doorbell_suite = {
	.name = "vcsf_doorbell",
	.init = vcsf_doorbell_init_case,
	.exit = vcsf_doorbell_exit_case,
	.test_cases = vcsf_doorbell_cases,
};

kunit_test_suite(vcsf_doorbell_suite);
