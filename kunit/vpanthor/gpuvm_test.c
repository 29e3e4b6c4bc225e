// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The locking of drm_gpuvm_bo_obtain_prealloc(), which differs among kernels with one
 * prototype: the choice in compat/gpuvm.h is right for the kernel that this runs on.
 *
 * If the function takes the lock and compat_gpuvm_bo_obtain() holds it, lockdep reports
 * a deadlock; if it expects the lock and compat_gpuvm_bo_obtain() does not take it, the
 * assertion of drm_gpuvm does. A kernel without lockdep blocks in the first case.
 */

#include <linux/sizes.h>

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_gem_shmem_helper.h>
#include <drm/drm_gpuvm.h>

#include <kunit/device.h>
#include <kunit/test.h>

#include "mm/gem.h"
#include "../compat/drm_driver.h"
#include "../compat/gpuvm.h"

static const struct drm_driver gpuvm_test_driver = {
	.driver_features = DRIVER_GEM | DRIVER_GEM_GPUVA,
	.gem_create_object = vpan_gem_create_object,
	.name = "vpan-gpuvm-test",
	.desc = "vpan-gpuvm-test",
};

struct gpuvm_fixture {
	struct drm_device *drm;
	struct drm_gem_object *gem;
	struct drm_gpuvm *gpuvm;
};

static void gpuvm_test_free(struct drm_gpuvm *gpuvm)
{
	kfree(gpuvm);
}

static const struct drm_gpuvm_ops gpuvm_test_ops = {
	.vm_free = gpuvm_test_free,
};

static int gpuvm_test_init(struct kunit *test)
{
	struct gpuvm_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct drm_gem_shmem_object *shmem;
	struct drm_gem_object *root;
	struct device *dev;

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	dev = kunit_device_register(test, "vpan-gpuvm-test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	f->drm = drm_dev_alloc(&gpuvm_test_driver, dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->drm);
	shmem = drm_gem_shmem_create(f->drm, SZ_16K);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, shmem);
	f->gem = &shmem->base;
	root = drm_gpuvm_resv_object_alloc(f->drm);
	KUNIT_ASSERT_NOT_NULL(test, root);
	f->gpuvm = kzalloc(sizeof(*f->gpuvm), GFP_KERNEL);
	if (f->gpuvm)
		drm_gpuvm_init(f->gpuvm, "test", COMPAT_GPUVM_FLAGS, f->drm, root, 0,
			       SZ_1G, SZ_1M, 0, &gpuvm_test_ops);
	drm_gem_object_put(root);
	KUNIT_ASSERT_NOT_NULL(test, f->gpuvm);
	return 0;
}

static void gpuvm_test_exit(struct kunit *test)
{
	struct gpuvm_fixture *f = test->priv;

	if (!f)
		return;
	if (f->gpuvm)
		drm_gpuvm_put(f->gpuvm);
	if (f->gem)
		drm_gem_object_put(f->gem);
	if (!IS_ERR_OR_NULL(f->drm))
		drm_dev_put(f->drm);
}

static struct drm_gpuvm_bo *obtain(struct kunit *test)
{
	struct gpuvm_fixture *f = test->priv;
	struct drm_gpuvm_bo *vm_bo = drm_gpuvm_bo_create(f->gpuvm, f->gem);

	KUNIT_ASSERT_NOT_NULL(test, vm_bo);
	return compat_gpuvm_bo_obtain(vm_bo, vpan_bo_gpuva_mutex(to_vpan_bo(f->gem)));
}

/* The second one is found and consumed, and the lock is free after each. */
static void vpan_gpuvm_obtain(struct kunit *test)
{
	struct gpuvm_fixture *f = test->priv;
	struct mutex *lock = vpan_bo_gpuva_mutex(to_vpan_bo(f->gem));
	struct drm_gpuvm_bo *first, *second;

	first = obtain(test);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(lock));
	second = obtain(test);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(lock));
	KUNIT_EXPECT_PTR_EQ(test, first, second);
	mutex_lock(lock);
	drm_gpuvm_bo_put(second);
	drm_gpuvm_bo_put(first);
	mutex_unlock(lock);
}

static struct kunit_case gpuvm_cases[] = {
	KUNIT_CASE(vpan_gpuvm_obtain),
	{}
};

static struct kunit_suite gpuvm_suite = {
	.name = "vpan_gpuvm",
	.init = gpuvm_test_init,
	.exit = gpuvm_test_exit,
	.test_cases = gpuvm_cases,
};

kunit_test_suite(gpuvm_suite);
