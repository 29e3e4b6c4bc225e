// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Creation and removal of a software GPU as a platform device.
 */

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "internal.h"

#define VCSF_CORES_MAX		32
#define VCSF_POWER_MAX_NS	NSEC_PER_SEC

static const char *const vcsf_irq_names[VCSF_LINE_COUNT] = {
	[VCSF_LINE_JOB] = "job",
	[VCSF_LINE_MMU] = "mmu",
	[VCSF_LINE_GPU] = "gpu",
};

static int vcsf_configure(struct vcsf *hw, const struct vcsf_config *config)
{
	const struct vcsf_model *model = vcsf_model_find(config->model);

	if (!model || config->slots < CSF_GLB_GROUP_MIN ||
	    config->slots > CSF_GLB_GROUP_MAX ||
	    config->streams < CSF_CSG_STREAM_MIN ||
	    config->streams > CSF_CSG_STREAM_MAX ||
	    config->address_spaces < 2 ||
	    config->address_spaces > CSF_AS_COUNT_MAX ||
	    config->cores > VCSF_CORES_MAX ||
	    config->power_ns > VCSF_POWER_MAX_NS || !config->speed ||
	    config->speed > VCSF_SPEED_MAX ||
	    config->strict >= VCSF_STRICT_COUNT)
		return -EINVAL;

	hw->config = *config;
	hw->model = *model;
	hw->model.as_present = GENMASK(config->address_spaces - 1, 0);
	if (config->cores)
		hw->model.shader_present = GENMASK_ULL(config->cores - 1, 0);
	vcsf_clock_init(hw);
	hw->window.ops = &vcsf_regs_ops;
	hw->window.size = CSF_DOORBELL(CSF_DOORBELL_COUNT);

	return 0;
}

static int vcsf_add_platform_device(struct vcsf *hw)
{
	struct resource res[VCSF_LINE_COUNT];
	struct platform_device *pdev;
	unsigned int i;
	int ret;

	pdev = platform_device_alloc(hw->config.device_name,
				     hw->config.device_id);
	if (!pdev)
		return -ENOMEM;

	for (i = 0; i < VCSF_LINE_COUNT; i++)
		res[i] = DEFINE_RES_IRQ_NAMED(hw->lines[i].virq,
					      vcsf_irq_names[i]);
	ret = platform_device_add_resources(pdev, res, ARRAY_SIZE(res));
	if (ret)
		goto err_put;

	/* Not a copy, as platform_device_add_data() would make. */
	pdev->dev.platform_data = &hw->window;
	hw->pdev = pdev;
	vcsf_sleep_attach(hw);
	ret = platform_device_add(pdev);
	if (ret)
		goto err_platform_data;

	return 0;

err_platform_data:
	pdev->dev.platform_data = NULL;
err_put:
	platform_device_put(pdev);
	return ret;
}

static void vcsf_remove_platform_device(struct vcsf *hw)
{
	platform_device_del(hw->pdev);
	/* It is not the device's to free. */
	hw->pdev->dev.platform_data = NULL;
	platform_device_put(hw->pdev);
}

/**
 * vcsf_create - make a software GPU
 * @config: what it is to be like
 *
 * A driver may be bound before this returns.
 *
 * Context: may sleep.
 * Return: the GPU, or an ERR_PTR: -EINVAL for a configuration that cannot be,
 * -ENOMEM, or what registering the device gave.
 */
struct vcsf *vcsf_create(const struct vcsf_config *config)
{
	struct vcsf *hw;
	int ret;

	hw = kvzalloc(sizeof(*hw), GFP_KERNEL);
	if (!hw)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&hw->ctl_lock);
	vcsf_inject_init(hw);

	ret = vcsf_configure(hw, config);
	if (ret)
		goto err_free;
	ret = -ENOMEM;
	hw->user_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!hw->user_page)
		goto err_free;
	ret = vcsf_mcu_init(hw);
	if (ret)
		goto err_page;
	ret = vcsf_irq_init(hw);
	if (ret)
		goto err_mcu;
	vcsf_mmu_init(hw);
	vcsf_gpu_reset(hw, true);
	ret = vcsf_engine_start(hw);
	if (ret)
		goto err_irq;
	ret = vcsf_add_platform_device(hw);
	if (ret)
		goto err_engine;
	vcsf_debugfs_init(hw);

	return hw;

err_engine:
	vcsf_engine_stop(hw);
err_irq:
	vcsf_irq_fini(hw);
	vcsf_strict_fini(hw);
err_mcu:
	vcsf_mcu_fini(hw);
err_page:
	__free_page(hw->user_page);
err_free:
	kvfree(hw);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_create);

/**
 * vcsf_destroy - remove a software GPU
 * @hw: the GPU
 *
 * The driver is unbound first, whatever it is doing; it takes user space's
 * mappings of the flush id page away.
 *
 * Context: may sleep.
 */
void vcsf_destroy(struct vcsf *hw)
{
	vcsf_debugfs_fini(hw);
	vcsf_remove_platform_device(hw);
	vcsf_engine_stop(hw);
	vcsf_irq_fini(hw);
	vcsf_strict_fini(hw);
	vcsf_mcu_fini(hw);
	__free_page(hw->user_page);
	kvfree(hw);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_destroy);
