/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Included in front of the kernel's page-table library, which is linked into the
 * panthor module if the kernel lacks the format of Mali GPUs: x86 kernels cannot
 * select it. Kbuild renames its functions, as the kernel has its own copy.
 */
#ifndef _SHIM_PANTHOR_PGTABLE_H_
#define _SHIM_PANTHOR_PGTABLE_H_

#undef CONFIG_IOMMU_IO_PGTABLE_LPAE
#define CONFIG_IOMMU_IO_PGTABLE_LPAE 1
/* Other formats stay in the kernel. */
#undef CONFIG_AMD_IOMMU
#undef CONFIG_IOMMU_IO_PGTABLE_DART
#undef CONFIG_IOMMU_IO_PGTABLE_ARMV7S

#endif /* _SHIM_PANTHOR_PGTABLE_H_ */
