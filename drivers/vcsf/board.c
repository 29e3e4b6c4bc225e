// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The memory resource that a platform driver looks up on a board.
 *
 * The device has it, and the clock of board_clock.c, only with the module parameter
 * board=1: for a driver whose look-ups stay as they are and whose accesses are
 * redirected to the register window, as those of the kernel's Tyr by shim/tyr.
 * Nothing answers at the addresses of the resource. They are those of no other device
 * and of no memory, and exist to be found, requested, and compared.
 *
 * Called in process context, before the device is registered.
 */

#include <linux/ioport.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "base/vcsf.h"
#include "device.h"

/* Below 4 GiB there may be devices that are found later. */
#define VCSF_BOARD_MIN		SZ_4G

/* Large pages of a driver's mapping, if any */
#define VCSF_BOARD_ALIGN	SZ_2M

/**
 * vcsf_board_find_memory - find addresses for the memory resource
 * @hw: the GPU
 * @res: destination of a resource of the size of the register window
 *
 * The resource is not reserved: the registration of the device does that, or fails
 * if others were faster.
 *
 * Context: may sleep.
 * Return: 0, or -EBUSY if no range is free.
 */
int vcsf_board_find_memory(struct vcsf *hw, struct resource *res)
{
	u32 size = hw->window.size;
	int ret;

	*res = DEFINE_RES_MEM(0, size);
	ret = allocate_resource(&iomem_resource, res, size, VCSF_BOARD_MIN,
				iomem_resource.end, VCSF_BOARD_ALIGN, NULL, NULL);
	if (ret)
		return ret;

	return release_resource(res);
}
