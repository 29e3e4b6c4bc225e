// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Run functions at the same time. Their order is random; the seed is printed
 * and can be passed as a module parameter.
 */

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "race.h"

static unsigned long seed_param;
module_param_named(seed, seed_param, ulong, 0444);
MODULE_PARM_DESC(seed, "Random seed, 0 to choose one");

static unsigned int rounds_param = 1;
module_param_named(rounds, rounds_param, uint, 0444);
MODULE_PARM_DESC(rounds, "Factor by which to increase the rounds of each race");

struct meeting {
	const struct jq_race *race;
	void *data;
	/* Rounds that have begun; INT_MAX after the last. */
	atomic_t round;
	/* Racers that are ready, and that have run, over all rounds. */
	atomic_t there;
	atomic_t done;
	int nracers;
};

struct racer {
	struct meeting *meeting;
	struct task_struct *task;
	void (*run)(void *data);
	struct rnd_state rnd;
};

u64 jq_race_seed(struct kunit *test)
{
	u64 seed = seed_param ?: get_random_u32();

	kunit_info(test, "seed %llu", seed);
	return seed;
}

/* Mostly a short delay, now and then a long one. */
void jq_race_pause(struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);

	ndelay((r >> 8) % (256U << (r % 8)));
}

static int racer_main(void *data)
{
	struct racer *racer = data;
	struct meeting *m = racer->meeting;
	int round = 0;

	for (;;) {
		wait_var_event(&m->round, atomic_read(&m->round) > round);
		if (atomic_read(&m->round) == INT_MAX)
			break;
		round++;
		atomic_inc(&m->there);
		while (atomic_read(&m->there) < round * m->nracers)
			cond_resched();
		jq_race_pause(&racer->rnd);
		racer->run(m->data);
		atomic_inc(&m->done);
		wake_up_var(&m->done);
	}
	return 0;
}

static void start_racers(struct kunit *test, struct meeting *m,
			 struct racer *racers, u64 seed)
{
	int cpu = -1, i;

	for (i = 0; i < JQ_RACERS && m->race->racers[i]; i++) {
		struct racer *racer = &racers[i];

		racer->meeting = m;
		racer->run = m->race->racers[i];
		prandom_seed_state(&racer->rnd, seed + i);
		racer->task = kthread_create(racer_main, racer, "jq-race-%d",
					     i);
		if (IS_ERR(racer->task)) {
			KUNIT_FAIL(test, "no thread");
			break;
		}
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
		kthread_bind(racer->task, cpu);
		get_task_struct(racer->task);
		m->nracers++;
	}
	for (i = 0; i < m->nracers; i++)
		wake_up_process(racers[i].task);
}

void jq_race_run(struct kunit *test, const struct jq_race *race,
		 unsigned int rounds, void *data)
{
	struct meeting m = { .race = race, .data = data };
	struct racer racers[JQ_RACERS] = {};
	u64 seed = jq_race_seed(test);
	int round, i;

	rounds *= rounds_param;
	start_racers(test, &m, racers, seed);
	for (round = 1; round <= rounds && m.nracers; round++) {
		race->before(test, data);
		atomic_set(&m.round, round);
		wake_up_var(&m.round);
		wait_var_event(&m.done, atomic_read(&m.done) ==
					round * m.nracers);
		race->after(test, data);
		/* One failure is enough. */
		if (READ_ONCE(test->status) == KUNIT_FAILURE) {
			kunit_info(test, "failed in round %d", round);
			break;
		}
	}
	atomic_set(&m.round, INT_MAX);
	wake_up_var(&m.round);
	for (i = 0; i < m.nracers; i++) {
		kthread_stop(racers[i].task);
		put_task_struct(racers[i].task);
	}
}
