// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Copies of uAPI structures from and to user space, of other lengths than the
 * kernel's: older user space has shorter ones, newer user space longer ones.
 *
 * The cases use memory that is mapped into the test's own address space.
 */

#include <linux/mman.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/panthor_uapi.h>

#include <kunit/test.h>

#include "uapi/uobj.h"

#define MAX_COUNT 16

struct thing {
	u32 old;
	u32 also_old;
	u32 newer;
};

static const struct vpan_uobj_type type = VPAN_UOBJ_INIT(struct thing, also_old);

struct uobj_fixture {
	/* Two pages of user memory, with an unmapped page after them */
	unsigned long user;
};

static int uobj_test_init(struct kunit *test)
{
	struct uobj_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->user = kunit_vm_mmap(test, NULL, 0, SZ_8K, PROT_READ | PROT_WRITE,
				MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE_MSG(test, f->user, 0, "failed to map user memory");
	KUNIT_ASSERT_LT_MSG(test, f->user, (unsigned long)TASK_SIZE,
			    "failed to map user memory");
	test->priv = f;
	return 0;
}

static struct drm_panthor_obj_array uobj_array(struct kunit *test, u32 stride,
					       u32 count)
{
	struct uobj_fixture *f = test->priv;

	return (struct drm_panthor_obj_array) {
		.stride = stride,
		.count = count,
		.array = f->user,
	};
}

/* Write word @i of the user memory. */
static void user_write(struct kunit *test, unsigned int i, u32 value)
{
	struct uobj_fixture *f = test->priv;
	u32 __user *p = (u32 __user *)f->user;

	KUNIT_ASSERT_EQ(test, 0, put_user(value, p + i));
}

static u32 user_read(struct kunit *test, unsigned int i)
{
	struct uobj_fixture *f = test->priv;
	u32 __user *p = (u32 __user *)f->user;
	u32 value = 0;

	KUNIT_ASSERT_EQ(test, 0, get_user(value, p + i));
	return value;
}

static int uobj_get(const struct drm_panthor_obj_array *array,
		    struct thing **things)
{
	return vpan_uobj_get_array(array, &type, MAX_COUNT, (void **)things);
}

static void uobj_none(struct kunit *test)
{
	struct drm_panthor_obj_array array = { .stride = 0 };
	struct thing *things;

	KUNIT_EXPECT_EQ(test, 0, uobj_get(&array, &things));
	KUNIT_EXPECT_NULL(test, things);
	array.array = -1;
	KUNIT_EXPECT_EQ(test, 0, uobj_get(&array, &things));
}

static void uobj_same(struct kunit *test)
{
	struct drm_panthor_obj_array array;
	struct thing *things;
	u32 i;

	array = uobj_array(test, sizeof(struct thing), 3);
	for (i = 0; i < 9; i++)
		user_write(test, i, i + 1);
	KUNIT_ASSERT_EQ(test, 0, uobj_get(&array, &things));
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, 3 * i + 1, things[i].old);
		KUNIT_EXPECT_EQ(test, 3 * i + 3, things[i].newer);
	}
	kvfree(things);
}

static void uobj_shorter(struct kunit *test)
{
	struct drm_panthor_obj_array array = uobj_array(test, 8, 2);
	struct thing *things;
	u32 i;

	for (i = 0; i < 4; i++)
		user_write(test, i, i + 1);
	KUNIT_ASSERT_EQ(test, 0, uobj_get(&array, &things));
	KUNIT_EXPECT_EQ(test, 1, things[0].old);
	KUNIT_EXPECT_EQ(test, 2, things[0].also_old);
	KUNIT_EXPECT_EQ(test, 0, things[0].newer);
	KUNIT_EXPECT_EQ(test, 3, things[1].old);
	KUNIT_EXPECT_EQ(test, 4, things[1].also_old);
	KUNIT_EXPECT_EQ(test, 0, things[1].newer);
	kvfree(things);
}

static void uobj_too_short(struct kunit *test)
{
	struct drm_panthor_obj_array array;
	struct thing *things;
	u32 stride;

	for (stride = 0; stride < 8; stride++) {
		array = uobj_array(test, stride, 1);
		KUNIT_EXPECT_EQ(test, -EINVAL, uobj_get(&array, &things));
	}
}

static void uobj_longer(struct kunit *test)
{
	struct drm_panthor_obj_array array = uobj_array(test, 20, 2);
	struct thing *things;

	user_write(test, 0, 1);
	user_write(test, 2, 3);
	user_write(test, 5, 6);
	KUNIT_ASSERT_EQ(test, 0, uobj_get(&array, &things));
	KUNIT_EXPECT_EQ(test, 1, things[0].old);
	KUNIT_EXPECT_EQ(test, 3, things[0].newer);
	KUNIT_EXPECT_EQ(test, 6, things[1].old);
	kvfree(things);
}

/* Fields that the kernel does not know must be zero. */
static void uobj_longer_unknown(struct kunit *test)
{
	struct drm_panthor_obj_array array = uobj_array(test, 20, 2);
	struct thing *things;
	u32 i;

	for (i = 0; i < 10; i++) {
		bool unknown = i % 5 >= 3;

		user_write(test, i, 1);
		KUNIT_EXPECT_EQ(test, unknown ? -E2BIG : 0,
				uobj_get(&array, &things));
		if (!unknown)
			kvfree(things);
		user_write(test, i, 0);
	}
}

static void uobj_too_many(struct kunit *test)
{
	struct drm_panthor_obj_array array;
	struct thing *things;

	array = uobj_array(test, sizeof(struct thing), MAX_COUNT);
	KUNIT_ASSERT_EQ(test, 0, uobj_get(&array, &things));
	kvfree(things);
	array.count++;
	KUNIT_EXPECT_EQ(test, -E2BIG, uobj_get(&array, &things));
	array.count = U32_MAX;
	KUNIT_EXPECT_EQ(test, -E2BIG, uobj_get(&array, &things));
	KUNIT_EXPECT_NULL(test, things);
}

/* An element must not be longer than a small page. */
static void uobj_too_long(struct kunit *test)
{
	struct drm_panthor_obj_array array;
	struct thing *things;

	array = uobj_array(test, VPAN_UOBJ_STRIDE_MAX, 2);
	KUNIT_ASSERT_EQ(test, 0, uobj_get(&array, &things));
	kvfree(things);
	array = uobj_array(test, VPAN_UOBJ_STRIDE_MAX + 1, 1);
	KUNIT_EXPECT_EQ(test, -E2BIG, uobj_get(&array, &things));
	KUNIT_EXPECT_NULL(test, things);
	array = uobj_array(test, U32_MAX, 1);
	KUNIT_EXPECT_EQ(test, -E2BIG, uobj_get(&array, &things));
}

static void uobj_bad_address(struct kunit *test)
{
	struct uobj_fixture *f = test->priv;
	struct drm_panthor_obj_array array;
	struct thing *things;
	u32 stride;

	for (stride = 8; stride <= 16; stride += 4) {
		array = uobj_array(test, stride, 2);
		array.array = f->user + SZ_8K - stride;
		KUNIT_EXPECT_EQ(test, -EFAULT, uobj_get(&array, &things));
		array.array = -8ULL;
		KUNIT_EXPECT_EQ(test, -EFAULT, uobj_get(&array, &things));
	}
}

static void uobj_put(struct kunit *test)
{
	static const struct thing thing = { 1, 2, 3 };
	struct uobj_fixture *f = test->priv;
	u32 size, i;

	for (size = 0; size <= 20; size += 4) {
		int ret;

		for (i = 0; i < 6; i++)
			user_write(test, i, 0xff);
		ret = vpan_uobj_put(f->user, size, &type, &thing);
		KUNIT_EXPECT_EQ(test, size < 8 ? -EINVAL : 0, ret);
		for (i = 0; i < 6; i++) {
			u32 want = i < 3 ? i + 1 : 0;

			/* A failed copy writes nothing, others no more than size. */
			if (ret || 4 * i >= size)
				want = 0xff;
			KUNIT_EXPECT_EQ(test, want, user_read(test, i));
		}
	}
}

static void uobj_put_too_long(struct kunit *test)
{
	static const struct thing thing = { 1, 2, 3 };
	struct uobj_fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, 0, vpan_uobj_put(f->user, VPAN_UOBJ_STRIDE_MAX,
					       &type, &thing));
	KUNIT_EXPECT_EQ(test, -E2BIG,
			vpan_uobj_put(f->user, VPAN_UOBJ_STRIDE_MAX + 1, &type,
				      &thing));
}

static void uobj_put_bad_address(struct kunit *test)
{
	static const struct thing thing = { 1, 2, 3 };
	struct uobj_fixture *f = test->priv;
	u64 end = f->user + SZ_8K;

	KUNIT_EXPECT_EQ(test, -EFAULT,
			vpan_uobj_put(end - 4, sizeof(thing), &type, &thing));
	KUNIT_EXPECT_EQ(test, -EFAULT,
			vpan_uobj_put(end - 12, 16, &type, &thing));
}

static struct kunit_case vpan_uobj_cases[] = {
	KUNIT_CASE(uobj_none),
	KUNIT_CASE(uobj_same),
	KUNIT_CASE(uobj_shorter),
	KUNIT_CASE(uobj_too_short),
	KUNIT_CASE(uobj_longer),
	KUNIT_CASE(uobj_longer_unknown),
	KUNIT_CASE(uobj_too_many),
	KUNIT_CASE(uobj_too_long),
	KUNIT_CASE(uobj_bad_address),
	KUNIT_CASE(uobj_put),
	KUNIT_CASE(uobj_put_too_long),
	KUNIT_CASE(uobj_put_bad_address),
	{}
};

static struct kunit_suite vpan_uobj_suite = {
	.name = "vpan_uobj",
	.init = uobj_test_init,
	.test_cases = vpan_uobj_cases,
};

kunit_test_suite(vpan_uobj_suite);
