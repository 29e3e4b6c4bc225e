/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _JQ_RACE_H_
#define _JQ_RACE_H_

#include <kunit/test.h>
#include <linux/prandom.h>

/* One for each of two CPUs, and one more. */
#define JQ_RACERS 3

/*
 * Functions that run at the same time, in rounds: each round calls before(),
 * then all racers at once, spread over the CPUs and each after a random delay of
 * some microseconds, then after().
 */
struct jq_race {
	void (*before)(struct kunit *test, void *data);

	/* May end with NULL pointers. */
	void (*racers[JQ_RACERS])(void *data);

	void (*after)(struct kunit *test, void *data);
};

u64 jq_race_seed(struct kunit *test);
void jq_race_pause(struct rnd_state *rnd);
void jq_race_run(struct kunit *test, const struct jq_race *race,
		 unsigned int rounds, void *data);

#endif /* _JQ_RACE_H_ */
