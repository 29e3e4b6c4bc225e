/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FILE_H_
#define _VPAN_FILE_H_

#include <linux/types.h>
#include <linux/xarray.h>

struct vpan_bo;
struct vpan_device;
struct vpan_mmap_share;
struct vpan_usage;

/**
 * struct vpan_file - objects of an open file
 */
struct vpan_file {
	/** @vpan: The device. */
	struct vpan_device *vpan;
	/** @vms: Address spaces by id. */
	struct xarray vms;
	/** @groups: Groups by handle. */
	struct xarray groups;
	/** @usage: GPU time and cycles that its jobs have used, referenced. */
	struct vpan_usage *usage;
	/**
	 * @sparse_bo: Buffer behind sparse mappings, NULL before the first.
	 */
	struct vpan_bo *sparse_bo;
	/** @mmap_share: Offsets that its buffers have taken, referenced. */
	struct vpan_mmap_share *mmap_share;
	/** @mmio_offset: Offset of the register pages in the file. */
	u64 mmio_offset;
};

#endif /* _VPAN_FILE_H_ */
