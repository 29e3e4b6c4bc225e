// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fences that the CPU signals: a sync_file that is exported from a buffer object
 * of the vgem driver, to which a vgem fence is attached.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include <xf86drm.h>
#include <drm/vgem_drm.h>

#include "cpu_fence.h"
#include "panthor.h"

static int create_dumb(int device, uint32_t *handle)
{
	struct drm_mode_create_dumb args = { .width = 1, .height = 1, .bpp = 32 };
	int ret = panthor_ioctl(device, DRM_IOCTL_MODE_CREATE_DUMB, &args);

	if (!ret)
		*handle = args.handle;
	return ret;
}

static int attach_fence(struct cpu_fence *fence)
{
	struct drm_vgem_fence_attach args = {
		.handle = fence->handle,
		.flags = VGEM_FENCE_WRITE,
	};
	int ret = panthor_ioctl(fence->device, DRM_IOCTL_VGEM_FENCE_ATTACH, &args);

	if (!ret)
		fence->id = args.out_fence;
	return ret;
}

/* Export the fence that a reader of the buffer has to wait for as a sync_file. */
static int export_fence(struct cpu_fence *fence)
{
	struct dma_buf_export_sync_file args = { .flags = DMA_BUF_SYNC_READ };
	int dmabuf, ret = 0;

	if (drmPrimeHandleToFD(fence->device, fence->handle, DRM_CLOEXEC, &dmabuf))
		return -errno;
	if (ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args))
		ret = -errno;
	else
		fence->fence = args.fd;
	close(dmabuf);
	return ret;
}

/**
 * cpu_fence_create - create a fence that is not signalled
 * @fence: the fence
 *
 * Return: 0, -ENODEV if there is no vgem device, or another negative errno.
 */
int cpu_fence_create(struct cpu_fence *fence)
{
	int ret;

	*fence = (struct cpu_fence){ .fence = -1 };
	fence->device = panthor_open_driver("vgem", "/dev/dri/card", 0);
	if (fence->device < 0)
		return fence->device;

	ret = create_dumb(fence->device, &fence->handle);
	if (!ret)
		ret = attach_fence(fence);
	if (!ret)
		ret = export_fence(fence);
	if (ret)
		cpu_fence_destroy(fence);
	return ret;
}

/**
 * cpu_fence_signal - signal a fence
 * @fence: the fence, not signalled before
 *
 * Return: 0 or a negative errno; -ETIMEDOUT if vgem's time limit had signalled
 * the fence before this call.
 */
int cpu_fence_signal(struct cpu_fence *fence)
{
	struct drm_vgem_fence_signal args = { .fence = fence->id };

	return panthor_ioctl(fence->device, DRM_IOCTL_VGEM_FENCE_SIGNAL, &args);
}

/**
 * cpu_fence_destroy - release a fence
 * @fence: the fence; it signals now if it has not signalled yet
 */
void cpu_fence_destroy(struct cpu_fence *fence)
{
	if (fence->fence >= 0)
		close(fence->fence);
	if (fence->device >= 0)
		close(fence->device);
	fence->fence = -1;
	fence->device = -1;
}
