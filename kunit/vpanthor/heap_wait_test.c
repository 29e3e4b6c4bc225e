// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Time limit for streams that wait for tiler heap memory. The cases pass the time
 * themselves, in jiffies, so they need no delays.
 */

#include <linux/jiffies.h>

#include <kunit/test.h>

#include "heap/heap_wait.h"

/* Start of the waits, such that jiffies wrap in the middle of each */
#define START		((unsigned long)-(msecs_to_jiffies(VPAN_HEAP_WAIT_MS) / 2))
#define PATIENCE	msecs_to_jiffies(VPAN_HEAP_WAIT_MS)

/* A request is refused when the time limit is reached, and no jiffy before. */
static void heap_wait_limit(struct kunit *test)
{
	struct vpan_heap_wait wait = {};
	unsigned long i;

	for (i = 0; i < PATIENCE; i++)
		KUNIT_ASSERT_TRUE(test, vpan_heap_wait_poll(&wait, 0, START + i));
	KUNIT_EXPECT_FALSE(test, vpan_heap_wait_poll(&wait, 0, START + i));
}

/* A request after a refusal or an answer has the whole time again. */
static void heap_wait_again(struct kunit *test)
{
	unsigned long now = START + PATIENCE;
	struct vpan_heap_wait wait = {};

	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&wait, 0, START));
	KUNIT_EXPECT_FALSE(test, vpan_heap_wait_poll(&wait, 0, now));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&wait, 0, now));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&wait, 0, now + PATIENCE - 1));
	vpan_heap_wait_end(&wait);
	now += PATIENCE;
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&wait, 0, now));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&wait, 0, now + PATIENCE - 1));
	KUNIT_EXPECT_FALSE(test, vpan_heap_wait_poll(&wait, 0, now + PATIENCE));
}

/* Streams that share a heap have independent limits. */
static void heap_wait_two(struct kunit *test)
{
	struct vpan_heap_wait first = {}, second = {};
	unsigned long later = START + PATIENCE - 1;

	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&first, 0, START));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&second, 0, later));
	KUNIT_EXPECT_FALSE(test, vpan_heap_wait_poll(&first, 0, later + 1));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&second, 0, later + 1));
	/* Neither another request of the first stream affects the second ... */
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&first, 0, later + 2));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&second, 0,
						    later + PATIENCE - 1));
	/* ... nor an answer to it. */
	vpan_heap_wait_end(&first);
	KUNIT_EXPECT_FALSE(test, vpan_heap_wait_poll(&second, 0,
						     later + PATIENCE));
}

/* An allocation failure ends the waits that began before it, and no others. */
static void heap_wait_failure(struct kunit *test)
{
	struct vpan_heap_wait first = {}, second = {}, third = {};
	const u32 before = U32_MAX, after = 0;

	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&first, before, START));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&second, before, START));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&third, after, START));
	KUNIT_EXPECT_FALSE(test, vpan_heap_wait_poll(&first, after, START));
	KUNIT_EXPECT_FALSE(test, vpan_heap_wait_poll(&second, after, START));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&third, after, START));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&first, after, START));
	KUNIT_EXPECT_TRUE(test, vpan_heap_wait_poll(&first, after,
						    START + PATIENCE - 1));
}

static struct kunit_case vpan_heap_wait_cases[] = {
	KUNIT_CASE(heap_wait_limit),
	KUNIT_CASE(heap_wait_again),
	KUNIT_CASE(heap_wait_two),
	KUNIT_CASE(heap_wait_failure),
	{}
};

static struct kunit_suite vpan_heap_wait_suite = {
	.name = "vpan_heap_wait",
	.test_cases = vpan_heap_wait_cases,
};

kunit_test_suite(vpan_heap_wait_suite);
