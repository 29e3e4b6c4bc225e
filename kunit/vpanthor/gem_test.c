// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Pages of buffers that an importer pins or maps into the kernel.
 *
 * Neither leaves a trace in page tables of user space, so reclaim takes such pages for
 * clean, and drops what they contain, unless the buffer marks them dirty when they are put.
 */

#include <linux/dma-resv.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_gem_shmem_helper.h>

#include <kunit/device.h>
#include <kunit/test.h>

#include "mm/gem.h"

#define SIZE SZ_16K

static const struct drm_driver gem_test_driver = {
	.driver_features = DRIVER_GEM,
	.gem_create_object = vpan_gem_create_object,
	.name = "vpan-gem-test",
	.desc = "vpan-gem-test",
};

struct gem_fixture {
	struct drm_device *drm;
	struct drm_gem_object *gem;
};

static int gem_test_init(struct kunit *test)
{
	struct gem_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct drm_gem_shmem_object *shmem;
	struct device *dev;

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	dev = kunit_device_register(test, "vpan-gem-test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	f->drm = drm_dev_alloc(&gem_test_driver, dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->drm);
	shmem = drm_gem_shmem_create(f->drm, SIZE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, shmem);
	f->gem = &shmem->base;
	return 0;
}

static void gem_test_exit(struct kunit *test)
{
	struct gem_fixture *f = test->priv;

	if (!f)
		return;
	if (f->gem)
		drm_gem_object_put(f->gem);
	if (!IS_ERR_OR_NULL(f->drm))
		drm_dev_put(f->drm);
}

/* Pages are clean after their allocation, or after they were written to swap. */
static void clean_pages(struct gem_fixture *f)
{
	struct page **pages = to_drm_gem_shmem_obj(f->gem)->pages;

	for (unsigned long i = 0; i < vpan_gem_pages(f->gem); i++)
		folio_clear_dirty(page_folio(pages[i]));
}

static void expect_dirty(struct kunit *test)
{
	struct gem_fixture *f = test->priv;

	KUNIT_ASSERT_NULL(test, to_drm_gem_shmem_obj(f->gem)->pages);
	for (unsigned long i = 0; i < vpan_gem_pages(f->gem); i++) {
		struct folio *folio = filemap_get_folio(f->gem->filp->f_mapping,
							i);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, folio);
		KUNIT_EXPECT_TRUE_MSG(test, folio_test_dirty(folio),
				      "page %lu", i);
		folio_put(folio);
	}
}

static int gem_map(struct drm_gem_object *gem, struct iosys_map *map)
{
	int ret;

	dma_resv_lock(gem->resv, NULL);
	ret = gem->funcs->vmap(gem, map);
	dma_resv_unlock(gem->resv);
	return ret;
}

static void gem_unmap(struct drm_gem_object *gem, struct iosys_map *map)
{
	dma_resv_lock(gem->resv, NULL);
	gem->funcs->vunmap(gem, map);
	dma_resv_unlock(gem->resv);
}

static int gem_pin(struct drm_gem_object *gem)
{
	int ret;

	dma_resv_lock(gem->resv, NULL);
	ret = gem->funcs->pin(gem);
	dma_resv_unlock(gem->resv);
	return ret;
}

static void gem_unpin(struct drm_gem_object *gem)
{
	dma_resv_lock(gem->resv, NULL);
	gem->funcs->unpin(gem);
	dma_resv_unlock(gem->resv);
}

/* Twice: some kernels forget the mark when the pages are put. */
static void vpan_gem_mapped_is_dirty(struct kunit *test)
{
	struct gem_fixture *f = test->priv;
	struct iosys_map map;

	for (unsigned int i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, gem_map(f->gem, &map), 0);
		clean_pages(f);
		iosys_map_memset(&map, 0, 0x5a, SIZE);
		gem_unmap(f->gem, &map);
		expect_dirty(test);
	}
}

static void vpan_gem_pinned_is_dirty(struct kunit *test)
{
	struct gem_fixture *f = test->priv;

	for (unsigned int i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, gem_pin(f->gem), 0);
		clean_pages(f);
		gem_unpin(f->gem);
		expect_dirty(test);
	}
}

static struct kunit_case gem_cases[] = {
	KUNIT_CASE(vpan_gem_mapped_is_dirty),
	KUNIT_CASE(vpan_gem_pinned_is_dirty),
	{}
};

static struct kunit_suite gem_suite = {
	.name = "vpan_gem",
	.init = gem_test_init,
	.exit = gem_test_exit,
	.test_cases = gem_cases,
};

kunit_test_suite(gem_suite);
