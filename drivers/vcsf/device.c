// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Creation and removal of a software GPU.
 *
 * All state of a GPU is one allocation, &struct vcsf_device. Creation validates
 * the configuration, initialises the rooms from the bottom up, starts the
 * engine's thread, and then registers the platform device with the register
 * window as its platform data and three interrupts as its resources, and on
 * request with what a board provides besides (board.c). Removal is
 * the reverse: the device goes first, so that the driver is unbound before the
 * engine stops. The functions sleep and take no lock; the module's init and
 * exit functions call them, and KUnit suites.
 */

#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kunit/visibility.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_regs.h>

#include "base/model.h"
#include "base/vcsf.h"
#include "bus/regs.h"
#include "config.h"
#include "cores/compute.h"
#include "cores/cores.h"
#include "debug/debugfs.h"
#include "device.h"
#include "engine/engine.h"
#include "fw/firmware.h"
#include "group/group.h"
#include "inject/inject.h"
#include "isa/scoreboard.h"
#include "mmu/mmu.h"
#include "regs/clock.h"
#include "regs/ctl.h"
#include "regs/gpu.h"
#include "regs/irq.h"

static const char *const vcsf_irq_names[VCSF_LINE_COUNT] = {
	[VCSF_LINE_JOB] = "job",
	[VCSF_LINE_MMU] = "mmu",
	[VCSF_LINE_GPU] = "gpu",
};

/**
 * struct vcsf_device - a software GPU with the state of all rooms
 *
 * This is the only file that includes the types of all rooms.
 */
struct vcsf_device {
	/** @hw: Common part, with pointers to the members below. */
	struct vcsf hw;
	/** @inject: &vcsf.inject. */
	struct vcsf_inject inject;
	/** @irq: &vcsf.irq. */
	struct vcsf_irq irq;
	/** @ctl: &vcsf.ctl. */
	struct vcsf_ctl ctl;
	/** @mmu: &vcsf.mmu. */
	struct vcsf_mmu mmu;
	/** @mcu: &vcsf.mcu. */
	struct vcsf_mcu mcu;
	/** @cores: &vcsf.cores. */
	struct vcsf_cores cores;
	/** @engine: &vcsf.engine. */
	struct vcsf_engine engine;
};

static struct vcsf *vcsf_alloc(void)
{
	struct vcsf_device *device = kvzalloc(sizeof(*device), GFP_KERNEL);

	if (!device)
		return NULL;
	device->hw.inject = &device->inject;
	device->hw.irq = &device->irq;
	device->hw.ctl = &device->ctl;
	device->hw.mmu = &device->mmu;
	device->hw.mcu = &device->mcu;
	device->hw.cores = &device->cores;
	device->hw.engine = &device->engine;

	return &device->hw;
}

static void vcsf_free(struct vcsf *hw)
{
	kvfree(container_of(hw, struct vcsf_device, hw));
}

static int vcsf_configure(struct vcsf *hw, const struct vcsf_config *config)
{
	int ret = vcsf_config_check(config);

	if (ret)
		return ret;

	hw->config = *config;
	hw->model = *vcsf_model_find(config->model);
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
	struct resource res[VCSF_LINE_COUNT + 1];
	unsigned int i, count = VCSF_LINE_COUNT;
	struct platform_device *pdev;
	int ret;

	pdev = platform_device_alloc(hw->config.device_name,
				     hw->config.device_id);
	if (!pdev)
		return -ENOMEM;

	for (i = 0; i < VCSF_LINE_COUNT; i++)
		res[i] = DEFINE_RES_IRQ_NAMED(hw->irq->lines[i].virq,
					      vcsf_irq_names[i]);
	if (hw->config.board) {
		ret = vcsf_board_find_memory(hw, &res[count++]);
		if (ret)
			goto err_put;
	}
	ret = platform_device_add_resources(pdev, res, count);
	if (ret)
		goto err_put;

	/* platform_device_add_data() would make a copy. */
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
	/* The release of the device would free it. */
	hw->pdev->dev.platform_data = NULL;
	platform_device_put(hw->pdev);
}

/**
 * vcsf_create - create a software GPU
 * @config: configuration, copied
 *
 * A driver may be bound before this returns.
 *
 * Context: may sleep.
 * Return: the GPU, or an ERR_PTR: -EINVAL for an invalid configuration, -ENOMEM, or
 * the error of registering the device.
 */
struct vcsf *vcsf_create(const struct vcsf_config *config)
{
	struct vcsf *hw;
	int ret;

	hw = vcsf_alloc();
	if (!hw)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&hw->ctl->lock);
	vcsf_inject_init(hw);

	ret = vcsf_configure(hw, config);
	if (ret)
		goto err_free;
	vcsf_cores_init(hw, &vcsf_scoreboard_ops);
	ret = vcsf_compute_init(hw);
	if (ret)
		goto err_free;
	ret = vcsf_gpu_init(hw);
	if (ret)
		goto err_compute;
	ret = vcsf_mcu_init(hw);
	if (ret)
		goto err_gpu;
	ret = vcsf_irq_init(hw);
	if (ret)
		goto err_mcu;
	vcsf_mmu_init(hw);
	vcsf_gpu_reset(hw, true);
	ret = vcsf_engine_start(hw);
	if (ret)
		goto err_irq;
	ret = hw->config.board ? vcsf_board_init(hw) : 0;
	if (ret)
		goto err_engine;
	ret = vcsf_add_platform_device(hw);
	if (ret)
		goto err_board;
	vcsf_debugfs_init(hw);
	vcsf_sleep_debugfs(hw, hw->debugfs);

	return hw;

err_board:
	vcsf_board_fini(hw);
err_engine:
	vcsf_engine_stop(hw);
err_irq:
	vcsf_irq_fini(hw);
	vcsf_strict_fini(hw);
err_mcu:
	vcsf_mcu_fini(hw);
err_gpu:
	vcsf_gpu_fini(hw);
err_compute:
	vcsf_compute_fini(hw);
err_free:
	vcsf_free(hw);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_create);

/**
 * vcsf_destroy - remove a software GPU
 * @hw: the GPU
 *
 * The driver is unbound first, whatever it is doing; the driver removes user
 * space's mappings of the flush id page.
 *
 * Context: may sleep.
 */
void vcsf_destroy(struct vcsf *hw)
{
	vcsf_debugfs_fini(hw);
	vcsf_remove_platform_device(hw);
	vcsf_board_fini(hw);
	vcsf_engine_stop(hw);
	vcsf_irq_fini(hw);
	vcsf_strict_fini(hw);
	vcsf_mcu_fini(hw);
	vcsf_gpu_fini(hw);
	vcsf_compute_fini(hw);
	vcsf_free(hw);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_destroy);
