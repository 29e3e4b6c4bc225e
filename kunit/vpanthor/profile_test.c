// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * How the time of a client is added up from the measurements of its jobs. The jobs are
 * numbers here: there is no GPU.
 */

#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kunit/test.h>

#include "sched/profile.h"

#define START	1000

/**
 * struct fixture - a client with jobs in the rings of queues
 * @usage: what it has used
 * @slots: measurements of the oldest job of each queue
 * @places: places of the queues
 */
struct fixture {
	struct vpan_usage usage;
	struct vpan_profile_slot slots[VPAN_USAGE_QUEUES + 1];
	u32 places[VPAN_USAGE_QUEUES + 1];
};

static int profile_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	spin_lock_init(&f->usage.lock);
	f->usage.read_ns = START;
	f->usage.read_total = 2 * START;
	test->priv = f;
	return 0;
}

/* A job of @queue begins, and ends if @end is not 0; its clock counts two per tick. */
static void run_job(struct fixture *f, unsigned int queue, u64 begin, u64 end)
{
	struct vpan_profile_slot *slot = &f->slots[queue];

	slot->time[0] = begin;
	slot->time[1] = end;
	slot->cycles[0] = 2 * begin;
	slot->cycles[1] = 2 * end;
	vpan_usage_watch(&f->usage, &f->places[queue], slot);
}

static void end_job(struct fixture *f, unsigned int queue)
{
	vpan_usage_add(&f->usage, VPAN_PROFILE_ALL, &f->slots[queue]);
	vpan_usage_watch(&f->usage, &f->places[queue], NULL);
}

static u64 read_cycles(struct fixture *f, u64 now, u64 *ticks)
{
	const struct vpan_usage_clock clock = {
		.ns = now,
		.total = 2 * now,
		.timestamp = now,
		.hz = 2 * NSEC_PER_SEC,
	};
	u64 cycles;

	vpan_usage_read(&f->usage, &clock, ticks, &cycles);
	return cycles;
}

static void expect_read(struct kunit *test, u64 now, u64 wanted)
{
	u64 ticks;

	KUNIT_EXPECT_EQ(test, 2 * wanted, read_cycles(test->priv, now, &ticks));
	KUNIT_EXPECT_EQ(test, wanted, ticks);
}

static void profile_in_order(struct kunit *test)
{
	struct fixture *f = test->priv;

	run_job(f, 0, START + 10, START + 20);
	end_job(f, 0);
	run_job(f, 0, START + 30, START + 50);
	end_job(f, 0);
	expect_read(test, START + 60, 30);
	expect_read(test, START + 70, 30);
}

/* Time that two jobs share counts once, whichever completes first. */
static void profile_overlap(struct kunit *test)
{
	struct fixture *f = test->priv;

	run_job(f, 0, START + 10, START + 30);
	run_job(f, 1, START + 20, START + 40);
	end_job(f, 0);
	end_job(f, 1);
	expect_read(test, START + 40, 30);

	run_job(f, 0, START + 50, START + 70);
	run_job(f, 1, START + 60, START + 80);
	end_job(f, 1);
	end_job(f, 0);
	expect_read(test, START + 80, 60);
}

/* Short jobs complete, with pauses, while a long one runs. */
static void profile_long(struct kunit *test)
{
	struct fixture *f = test->priv;

	run_job(f, 0, START + 10, 0);
	run_job(f, 1, START + 20, START + 21);
	end_job(f, 1);
	run_job(f, 1, START + 40, START + 41);
	end_job(f, 1);
	expect_read(test, START + 50, 40);
	run_job(f, 0, START + 10, START + 90);
	end_job(f, 0);
	expect_read(test, START + 100, 80);
}

/* Two jobs have ended, with a pause between; the later one is found first. */
static void profile_pause(struct kunit *test)
{
	struct fixture *f = test->priv;

	run_job(f, 0, START + 50, START + 60);
	run_job(f, 1, START + 10, START + 20);
	end_job(f, 0);
	end_job(f, 1);
	expect_read(test, START + 60, 20);
}

/* Several jobs have ended and complete later; their places are not in the order of time. */
static void profile_late(struct kunit *test)
{
	struct fixture *f = test->priv;

	run_job(f, 0, START + 30, START + 40);
	run_job(f, 1, START + 10, START + 20);
	run_job(f, 2, START + 5, START + 8);
	end_job(f, 0);
	end_job(f, 1);
	end_job(f, 2);
	expect_read(test, START + 40, 23);

	run_job(f, 0, START + 60, START + 70);
	run_job(f, 1, START + 55, 0);
	run_job(f, 2, START + 80, START + 90);
	end_job(f, 2);
	end_job(f, 0);
	expect_read(test, START + 95, 63);
}

/* A read that was overtaken by another one has the other's numbers, whatever came since. */
static void profile_overtaken(struct kunit *test)
{
	struct fixture *f = test->priv;

	run_job(f, 0, START + 10, START + 20);
	end_job(f, 0);
	expect_read(test, START + 30, 10);
	run_job(f, 0, 1, U64_MAX);
	end_job(f, 0);
	expect_read(test, START + 25, 10);
	expect_read(test, START + 30, 10);
}

/* A forged end in the future does not stop the count for ever. */
static void profile_future(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 ticks, before;

	run_job(f, 0, START + 10, U64_MAX);
	end_job(f, 0);
	read_cycles(f, START + 20, &before);
	run_job(f, 0, START + 30, START + 40);
	end_job(f, 0);
	read_cycles(f, START + 50, &ticks);
	KUNIT_EXPECT_EQ(test, before + 10, ticks);
}

/* Without power no job runs, and without a mask no cycles count. */
static void profile_no_clock(struct kunit *test)
{
	const struct vpan_usage_clock clock = { .ns = START + 50, .total = 2 * (START + 50) };
	struct fixture *f = test->priv;
	u64 ticks, cycles;

	run_job(f, 0, START + 10, START + 20);
	vpan_usage_add(&f->usage, VPAN_PROFILE_TIME, &f->slots[0]);
	run_job(f, 0, START + 30, 0);
	vpan_usage_read(&f->usage, &clock, &ticks, &cycles);
	KUNIT_EXPECT_EQ(test, 10, ticks);
	KUNIT_EXPECT_EQ(test, 0, cycles);
}

/* A read takes all that was before it. */
static void profile_read_ends(struct kunit *test)
{
	struct fixture *f = test->priv;

	run_job(f, 0, START + 10, 0);
	expect_read(test, START + 20, 10);
	expect_read(test, START + 25, 15);
	run_job(f, 0, START + 10, START + 30);
	expect_read(test, START + 40, 20);
	end_job(f, 0);
	expect_read(test, START + 50, 20);
}

/* Whatever streams write, the numbers grow by no more than the clocks, and never fall. */
static void profile_forged(struct kunit *test)
{
	static const u64 values[] = { 0, 1, START, START + 55, START + 5000,
				      S64_MAX, U64_MAX };
	struct fixture *f = test->priv;
	u64 ticks, cycles, last_ticks = 0, last_cycles = 0, now = START;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		for (j = 0; j < ARRAY_SIZE(values); j++) {
			run_job(f, 0, values[i], values[j]);
			f->slots[0].cycles[j % 2] = values[i];
			end_job(f, 0);
			run_job(f, 1, values[j], 0);
			now += 10;
			cycles = read_cycles(f, now, &ticks);
			KUNIT_EXPECT_GE(test, ticks, last_ticks);
			KUNIT_EXPECT_LE(test, ticks, last_ticks + 10);
			KUNIT_EXPECT_GE(test, cycles, last_cycles);
			KUNIT_EXPECT_LE(test, cycles, last_cycles + 20);
			last_ticks = ticks;
			last_cycles = cycles;
		}
	}
}

/* A queue more than there are places for: its jobs count when they complete. */
static void profile_places(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i <= VPAN_USAGE_QUEUES; i++)
		run_job(f, i, START + 10 + i, 0);
	KUNIT_EXPECT_EQ(test, 0, f->places[VPAN_USAGE_QUEUES]);
	for (i = 0; i <= VPAN_USAGE_QUEUES; i++) {
		run_job(f, i, START + 10 + i, START + 50 + i);
		end_job(f, i);
		KUNIT_EXPECT_EQ(test, 0, f->places[i]);
	}
	for (i = 0; i < VPAN_USAGE_QUEUES; i++)
		KUNIT_EXPECT_NULL(test, f->usage.oldest[i]);
	expect_read(test, START + 100, 40 + VPAN_USAGE_QUEUES);
}

static struct kunit_case vpan_profile_cases[] = {
	KUNIT_CASE(profile_in_order),
	KUNIT_CASE(profile_overlap),
	KUNIT_CASE(profile_long),
	KUNIT_CASE(profile_pause),
	KUNIT_CASE(profile_late),
	KUNIT_CASE(profile_overtaken),
	KUNIT_CASE(profile_future),
	KUNIT_CASE(profile_no_clock),
	KUNIT_CASE(profile_read_ends),
	KUNIT_CASE(profile_forged),
	KUNIT_CASE(profile_places),
	{}
};

static struct kunit_suite vpan_profile_suite = {
	.name = "vpan_profile",
	.init = profile_init,
	.test_cases = vpan_profile_cases,
};

kunit_test_suite(vpan_profile_suite);
