/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_REGS_H_
#define _VPAN_REGS_H_

/**
 * DOC: The register window
 *
 * On a board, an access to a GPU without power hangs the bus. The software GPU
 * tolerates it, so kernels with lockdep warn instead.
 */

#include <linux/types.h>

#include <drm/drm_print.h>

#include <vcsf/vcsf_dev.h>

#include "device/device.h"

static inline struct vcsf_window *vpan_regs(struct vpan_device *vpan)
{
	if (IS_ENABLED(CONFIG_PROVE_LOCKING))
		drm_WARN_ON_ONCE(&vpan->drm, !READ_ONCE(vpan->powered));
	return vpan->regs;
}

/* Context of these: any, while the device is powered. */
static inline u32 vpan_read32(struct vpan_device *vpan, u32 offset)
{
	return vcsf_read32(vpan_regs(vpan), offset);
}

static inline u64 vpan_read64(struct vpan_device *vpan, u32 offset)
{
	return vcsf_read64(vpan_regs(vpan), offset);
}

static inline void vpan_write32(struct vpan_device *vpan, u32 offset, u32 value)
{
	vcsf_write32(vpan_regs(vpan), offset, value);
}

static inline void vpan_write64(struct vpan_device *vpan, u32 offset, u64 value)
{
	vcsf_write64(vpan_regs(vpan), offset, value);
}

#endif /* _VPAN_REGS_H_ */
