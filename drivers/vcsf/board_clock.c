// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The clock "core", which a platform driver looks up on a board.
 *
 * It is the GPU clock of vcsf_set_clock(), for the common clock framework: the file is
 * compiled if the kernel has it. Like the memory resource of board.c, the clock exists
 * only with the module parameter board=1. It never stops: the framework counts the
 * calls that enable it, which have no effect on the GPU.
 *
 * The framework calls the operations with its own lock held, in process context, and
 * the operations take no lock that sleeps.
 */

#include <linux/clk-provider.h>
#include <linux/clkdev.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/units.h>

#include <vcsf/vcsf_dev.h>

#include "base/vcsf.h"
#include "device.h"

/**
 * struct vcsf_board - the clock of a GPU
 */
struct vcsf_board {
	/** @clock: The GPU clock, for the common clock framework. */
	struct clk_hw clock;
	/** @window: Register window, which changes the rate. */
	struct vcsf_window *window;
	/** @lookup: Name of the clock for the device. */
	struct clk_lookup *lookup;
};

static struct vcsf_window *to_window(struct clk_hw *clock)
{
	return container_of(clock, struct vcsf_board, clock)->window;
}

static unsigned long vcsf_board_recalc_rate(struct clk_hw *clock, unsigned long parent)
{
	return vcsf_get_clock(to_window(clock));
}

static int vcsf_board_determine_rate(struct clk_hw *clock, struct clk_rate_request *req)
{
	req->rate = rounddown(clamp(req->rate, VCSF_CLOCK_MIN_HZ, VCSF_CLOCK_MAX_HZ),
			      HZ_PER_MHZ);

	return 0;
}

static int vcsf_board_set_rate(struct clk_hw *clock, unsigned long hz, unsigned long parent)
{
	return vcsf_set_clock(to_window(clock), hz);
}

static const struct clk_ops vcsf_board_clock_ops = {
	.recalc_rate = vcsf_board_recalc_rate,
	.determine_rate = vcsf_board_determine_rate,
	.set_rate = vcsf_board_set_rate,
};

static int vcsf_board_add_clock(struct vcsf_board *board, const char *device)
{
	const struct clk_init_data init = {
		.name = device,
		.ops = &vcsf_board_clock_ops,
		/* The rate changes by vcsf_set_clock() as well. */
		.flags = CLK_GET_RATE_NOCACHE,
	};
	int ret;

	board->clock.init = &init;
	ret = clk_hw_register(NULL, &board->clock);
	if (ret)
		return ret;
	board->lookup = clkdev_hw_create(&board->clock, "core", "%s", device);
	if (!board->lookup) {
		clk_hw_unregister(&board->clock);
		return -ENOMEM;
	}

	return 0;
}

static void vcsf_board_remove_clock(struct vcsf_board *board)
{
	clkdev_drop(board->lookup);
	clk_hw_unregister(&board->clock);
}

/**
 * vcsf_board_init - create the clock of a GPU
 * @hw: the GPU, whose device is not registered yet
 *
 * Context: may sleep.
 * Return: 0, or a negative error code.
 */
int vcsf_board_init(struct vcsf *hw)
{
	const struct vcsf_config *config = &hw->config;
	struct vcsf_board *board;
	char *device;
	int ret;

	board = kzalloc(sizeof(*board), GFP_KERNEL);
	device = config->device_id == PLATFORM_DEVID_NONE ?
		kasprintf(GFP_KERNEL, "%s", config->device_name) :
		kasprintf(GFP_KERNEL, "%s.%d", config->device_name, config->device_id);
	ret = -ENOMEM;
	if (!board || !device)
		goto err_free;
	board->window = &hw->window;
	ret = vcsf_board_add_clock(board, device);
	if (ret)
		goto err_free;
	/* The framework and the look-up keep copies. */
	kfree(device);
	hw->board = board;

	return 0;

err_free:
	kfree(device);
	kfree(board);
	return ret;
}

/**
 * vcsf_board_fini - remove what vcsf_board_init() has created
 * @hw: the GPU, whose device is no longer registered
 *
 * A driver may have left the clock enabled: the framework logs it.
 *
 * Context: may sleep.
 */
void vcsf_board_fini(struct vcsf *hw)
{
	if (!hw->board)
		return;
	vcsf_board_remove_clock(hw->board);
	kfree(hw->board);
	hw->board = NULL;
}
