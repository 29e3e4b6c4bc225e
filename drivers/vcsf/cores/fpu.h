/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CORES_FPU_H_
#define _VCSF_CORES_FPU_H_

/* Sections in which the interpreter of shaders may use the FPU */

#include <linux/fpu.h>
#include <linux/kconfig.h>
#include <linux/preempt.h>
#include <linux/types.h>

#include <asm/simd.h>

#ifdef CONFIG_ARM64
#include <asm/sysreg.h>
#endif

/*
 * An interrupt may have stopped a task in a section of its own. With PREEMPT_RT,
 * may_use_simd() does not know of those in which x86 saves registers.
 */
static inline bool vcsf_fpu_usable(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && in_hardirq())
		return false;
	return may_use_simd();
}

/*
 * Begin a section: round to nearest, subnormal numbers are kept. On arm64,
 * interrupts are enabled, and the mode is that of the last task.
 */
static inline void vcsf_fpu_begin(void)
{
	kernel_fpu_begin();
#ifdef CONFIG_ARM64
	write_sysreg(0, fpcr);
#endif
}

static inline void vcsf_fpu_end(void)
{
	kernel_fpu_end();
}

#endif /* _VCSF_CORES_FPU_H_ */
