/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_DMA_H_
#define _VPAN_DMA_H_

#include <linux/dma-mapping.h>
#include <linux/errno.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>

/**
 * vpan_dma_map - let the GPU access memory
 * @drm: the device
 * @sgt: the memory
 *
 * The DMA mapping is all that an allocation needs the device for. Unplugging waits for that
 * alone, and not for the allocation, which sleeps for as long as the control group of the
 * caller is short of memory.
 *
 * Context: may sleep; in no section of drm_dev_enter() that includes the allocation.
 * Return: 0, -ENODEV if the device is unplugged, or another negative errno.
 */
static inline int vpan_dma_map(struct drm_device *drm, struct sg_table *sgt)
{
	int ret, idx;

	if (!drm_dev_enter(drm, &idx))
		return -ENODEV;
	ret = dma_map_sgtable(drm->dev, sgt, DMA_BIDIRECTIONAL, 0);
	drm_dev_exit(idx);
	return ret;
}

#endif /* _VPAN_DMA_H_ */
