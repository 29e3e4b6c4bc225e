// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The GPU control block: properties, reset, power of the L2 cache, cache flushes, and
 * the "gpu" interrupt line. power/ calls this to power the GPU on and off and to
 * reset it; device/ keeps the properties. Commands complete by interrupt; a caller
 * also checks the raw status, so that a lost interrupt does no harm. A command that
 * does not complete within a second is an error, and the caller decides on a reset.
 * &vpan_hw.flush_lock serialises cache flushes.
 */

#include <linux/bitfield.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/iopoll.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include <kunit/visibility.h>

#include <vcsf/csf_regs.h>

#include "debug/trace_panthor.h"
#include "device/device.h"
#include "hw/exception.h"
#include "hw/hw.h"
#include "hw/irq.h"
#include "hw/regs.h"

#define HW_IRQ_MASK \
	(CSF_GPU_IRQ_FAULT | CSF_GPU_IRQ_PROTM_FAULT | \
	 CSF_GPU_IRQ_RESET_COMPLETED | CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED | \
	 CSF_GPU_IRQ_MCU_STATUS)

/* Exception type in CSF_GPU_FAULT_STATUS */
#define HW_FAULT_TYPE	GENMASK(7, 0)

/*
 * Architectures that are known to have the registers and the firmware interface that the
 * driver uses. In 14, power domains have a control block of their own (Linux 7.3, panthor_pwr.c).
 */
#define HW_ARCH_MIN	10
#define HW_ARCH_MAX	13

#define HW_POLL_US	50
#define HW_TIMEOUT_US	(1 * USEC_PER_SEC)

/*
 * The event gpu_power_status: whether it is enabled, and the devices whose GPU then
 * raises an interrupt for each change. hw_devices_lock protects both; hw_traced is also
 * read without it.
 */
static DEFINE_MUTEX(hw_devices_lock);
static LIST_HEAD(hw_devices);
static bool hw_traced;

static void hw_trace_power(struct vpan_device *vpan)
{
	if (trace_gpu_power_status_enabled())
		trace_gpu_power_status(vpan->drm.dev,
				       vpan_read64(vpan, CSF_SHADER_READY),
				       vpan_read64(vpan, CSF_TILER_READY),
				       vpan_read64(vpan, CSF_L2_READY));
}

static void hw_irq(struct vpan_device *vpan, u32 status)
{
	struct vpan_hw *hw = vpan->hw;

	if (status & (CSF_GPU_IRQ_FAULT | CSF_GPU_IRQ_PROTM_FAULT)) {
		u32 fault = vpan_read32(vpan, CSF_GPU_FAULT_STATUS);
		u64 addr = vpan_read64(vpan, CSF_GPU_FAULT_ADDRESS);
		u32 type = FIELD_GET(HW_FAULT_TYPE, fault);

		dev_warn_ratelimited(vpan->drm.dev,
				     "GPU fault %s (0x%02x), status 0x%08x, at 0x%016llx\n",
				     vpan_exception_name(type), type, fault,
				     addr);
		vpan_write32(vpan, CSF_GPU_COMMAND,
			     CSF_GPU_CMD_CLEAR_FAULT);
	}

	if (status & CSF_GPU_IRQ_MCU_STATUS &&
	    vpan_read32(vpan, CSF_MCU_STATUS) == CSF_MCU_STATUS_FATAL) {
		dev_warn_ratelimited(vpan->drm.dev, "firmware crashed, resetting the GPU\n");
		vpan_reset_schedule(vpan);
	}

	if (status & CSF_GPU_IRQ_POWER_CHANGED_ALL)
		hw_trace_power(vpan);

	if (status & CSF_GPU_IRQ_RESET_COMPLETED)
		set_bit(ilog2(CSF_GPU_IRQ_RESET_COMPLETED), &hw->done);
	if (status & CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED)
		set_bit(ilog2(CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED), &hw->done);
	wake_up_all(&hw->wait);
}

/* Complete by the interrupt handler or, if that is late, by the raw status. */
static bool hw_done(struct vpan_device *vpan, u32 bit)
{
	return test_bit(ilog2(bit), &vpan->hw->done) ||
	       vpan_read32(vpan, CSF_GPU_IRQ_RAWSTAT) & bit;
}

static void hw_command(struct vpan_device *vpan, u32 command, u32 bit)
{
	clear_bit(ilog2(bit), &vpan->hw->done);
	vpan_write32(vpan, CSF_GPU_IRQ_CLEAR, bit);
	vpan_write32(vpan, CSF_GPU_COMMAND, command);
}

static void hw_read_info(struct vpan_device *vpan)
{
	struct drm_panthor_gpu_info *info = &vpan->gpu_info;
	unsigned int i;

	info->gpu_id = vpan_read32(vpan, CSF_GPU_ID);
	info->gpu_rev = vpan_read32(vpan, CSF_REVID);
	info->csf_id = vpan_read32(vpan, CSF_CSF_ID);
	info->l2_features = vpan_read32(vpan, CSF_L2_FEATURES);
	info->tiler_features = vpan_read32(vpan, CSF_TILER_FEATURES);
	info->mem_features = vpan_read32(vpan, CSF_MEM_FEATURES);
	info->mmu_features = vpan_read32(vpan, CSF_MMU_FEATURES);
	info->thread_features = vpan_read32(vpan, CSF_THREAD_FEATURES);
	info->max_threads = vpan_read32(vpan, CSF_THREAD_MAX_THREADS);
	info->thread_max_workgroup_size =
		vpan_read32(vpan, CSF_THREAD_MAX_WORKGROUP);
	info->thread_max_barrier_size =
		vpan_read32(vpan, CSF_THREAD_MAX_BARRIER);
	info->coherency_features = vpan_read32(vpan, CSF_COHERENCY_FEATURES);
	for (i = 0; i < CSF_TEXTURE_FEATURES_COUNT; i++)
		info->texture_features[i] =
			vpan_read32(vpan, CSF_TEXTURE_FEATURES(i));
	/* vpan_hw_power_on() enables it. */
	info->selected_coherency = DRM_PANTHOR_GPU_COHERENCY_ACE_LITE;
	info->as_present = vpan_read32(vpan, CSF_AS_PRESENT);
	info->shader_present = vpan_read64(vpan, CSF_SHADER_PRESENT);
	info->l2_present = vpan_read64(vpan, CSF_L2_PRESENT);
	info->tiler_present = vpan_read64(vpan, CSF_TILER_PRESENT);
	info->core_features = vpan_read32(vpan, CSF_CORE_FEATURES);
	/* Reads as zero before architecture 11. */
	info->gpu_features = vpan_read64(vpan, CSF_GPU_FEATURES);
}

/**
 * vpan_hw_unsupported - why the driver does not support a GPU
 * @info: its properties
 *
 * Context: any.
 * Return: NULL if the driver does, else what is wrong, for the log.
 */
const char *vpan_hw_unsupported(const struct drm_panthor_gpu_info *info)
{
	u32 arch = FIELD_GET(CSF_GPU_ID_ARCH_MAJOR, info->gpu_id);
	u32 va_bits = FIELD_GET(CSF_MMU_VA_BITS, info->mmu_features);
	u32 pa_bits = FIELD_GET(CSF_MMU_PA_BITS, info->mmu_features);

	if (arch < HW_ARCH_MIN)
		return "its architecture is older than 10, it has no firmware";
	if (arch > HW_ARCH_MAX)
		return "its architecture is newer than 13, the last that this driver knows";
	if (va_bits < 33 || va_bits > 48 || pa_bits < 32 || pa_bits > 48)
		return "its addresses are too short or too long";
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_hw_unsupported);

/**
 * vpan_hw_init - read the properties of the GPU and request its interrupt
 * @vpan: the device
 *
 * Context: may sleep.
 * Return: 0, -ENODEV if the driver does not support the GPU, or another negative
 * errno.
 */
int vpan_hw_init(struct vpan_device *vpan)
{
	const char *reason;
	struct vpan_hw *hw;
	int ret;

	hw = drmm_kzalloc(&vpan->drm, sizeof(*hw), GFP_KERNEL);
	if (!hw)
		return -ENOMEM;
	vpan->hw = hw;
	mutex_init(&hw->flush_lock);
	init_waitqueue_head(&hw->wait);
	hw_read_info(vpan);

	reason = vpan_hw_unsupported(&vpan->gpu_info);
	if (reason) {
		drm_err(&vpan->drm,
			"unsupported GPU: %s (id 0x%08x, MMU features 0x%08x)\n",
			reason, vpan->gpu_info.gpu_id, vpan->gpu_info.mmu_features);
		return -ENODEV;
	}
	vpan->va_bits = FIELD_GET(CSF_MMU_VA_BITS, vpan->gpu_info.mmu_features);
	vpan->pa_bits = FIELD_GET(CSF_MMU_PA_BITS, vpan->gpu_info.mmu_features);

	ret = vpan_irq_request(vpan, &hw->irq, "gpu", CSF_GPU_IRQ_RAWSTAT,
			       hw_irq);
	if (ret)
		return ret;
	mutex_lock(&hw_devices_lock);
	list_add(&hw->node, &hw_devices);
	mutex_unlock(&hw_devices_lock);
	return 0;
}

/**
 * vpan_hw_fini - free the interrupt of the GPU
 * @vpan: the device
 */
void vpan_hw_fini(struct vpan_device *vpan)
{
	mutex_lock(&hw_devices_lock);
	list_del(&vpan->hw->node);
	mutex_unlock(&hw_devices_lock);
	vpan_irq_free(&vpan->hw->irq);
}

/**
 * vpan_hw_reset - reset the GPU
 * @vpan: the device
 * @hard: true to not wait for outstanding memory accesses
 *
 * Turns off all power domains, the MCU, the address spaces and the interrupt masks.
 *
 * Context: may sleep.
 * Return: 0, -ETIMEDOUT if the GPU does not answer.
 */
int vpan_hw_reset(struct vpan_device *vpan, bool hard)
{
	bool done;

	hw_command(vpan, hard ? CSF_GPU_HARD_RESET : CSF_GPU_SOFT_RESET,
		   CSF_GPU_IRQ_RESET_COMPLETED);

	/* The reset may clear the interrupt mask before it reports the end. */
	if (read_poll_timeout(hw_done, done, done, HW_POLL_US, HW_TIMEOUT_US,
			      false, vpan, CSF_GPU_IRQ_RESET_COMPLETED)) {
		drm_err(&vpan->drm, "timed out waiting for a %s reset of the GPU\n",
			hard ? "hard" : "soft");
		return -ETIMEDOUT;
	}
	vpan_write32(vpan, CSF_GPU_IRQ_CLEAR,
		     CSF_GPU_IRQ_RESET_COMPLETED);
	return 0;
}

/* Wait until the slices of the L2 cache in @mask are in the state @want. */
static int hw_wait_l2(struct vpan_device *vpan, u64 mask, u64 want)
{
	u64 ready;

	if (read_poll_timeout(vpan_read64, ready, (ready & mask) == want,
			      HW_POLL_US, HW_TIMEOUT_US, false, vpan,
			      CSF_L2_READY)) {
		drm_err(&vpan->drm,
			"timed out waiting for L2 slices 0x%llx to power %s (ready 0x%llx)\n",
			mask, want ? "on" : "off", ready);
		return -ETIMEDOUT;
	}
	return 0;
}

/**
 * vpan_hw_power_on - power on the GPU and enable its interrupt
 * @vpan: the device, after a reset
 *
 * The driver powers the L2 cache only; the firmware powers shader cores and tiler.
 *
 * Context: may sleep.
 * Return: 0, -ETIMEDOUT if the GPU does not answer.
 */
int vpan_hw_power_on(struct vpan_device *vpan)
{
	u64 l2 = vpan->gpu_info.l2_present;

	vpan_write32(vpan, CSF_COHERENCY_ENABLE, CSF_COHERENCY_ACE_LITE);
	vpan_write64(vpan, CSF_L2_PWRON, l2);
	vpan_irq_enable(&vpan->hw->irq, HW_IRQ_MASK);
	/* Later than that, see hw_set_traced(). */
	if (READ_ONCE(hw_traced))
		vpan_irq_enable(&vpan->hw->irq, CSF_GPU_IRQ_POWER_CHANGED_ALL);
	return hw_wait_l2(vpan, l2, l2);
}

/**
 * vpan_hw_power_off - power off the GPU
 * @vpan: the device; the MCU is stopped
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, -ETIMEDOUT if the GPU does not answer.
 */
int vpan_hw_power_off(struct vpan_device *vpan)
{
	u64 l2 = vpan->gpu_info.l2_present;
	int ret;

	vpan_irq_disable(&vpan->hw->irq, ~0);
	vpan_write64(vpan, CSF_L2_PWROFF, l2);
	ret = hw_wait_l2(vpan, l2, 0);
	/* There is no interrupt for this one. */
	hw_trace_power(vpan);
	return ret;
}

/*
 * A GPU that has no power gets the bit from vpan_hw_power_on(), which looks at
 * hw_traced when it has enabled its line.
 */
static void hw_set_traced(bool traced)
{
	struct vpan_hw *hw;

	mutex_lock(&hw_devices_lock);
	WRITE_ONCE(hw_traced, traced);
	list_for_each_entry(hw, &hw_devices, node) {
		if (traced)
			vpan_irq_enable_more(&hw->irq,
					     CSF_GPU_IRQ_POWER_CHANGED_ALL);
		else
			vpan_irq_disable(&hw->irq,
					 CSF_GPU_IRQ_POWER_CHANGED_ALL);
	}
	mutex_unlock(&hw_devices_lock);
}

/**
 * vpan_hw_power_trace_on - let all GPUs raise interrupts for changes of power
 *
 * For the trace event gpu_power_status, when it is enabled.
 *
 * Context: may sleep.
 * Return: 0.
 */
int vpan_hw_power_trace_on(void)
{
	hw_set_traced(true);
	return 0;
}

/**
 * vpan_hw_power_trace_off - undo vpan_hw_power_trace_on()
 *
 * Context: may sleep.
 */
void vpan_hw_power_trace_off(void)
{
	hw_set_traced(false);
}

/**
 * vpan_hw_flush_caches - clean and invalidate all caches of the GPU
 * @vpan: the device
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, -ETIMEDOUT if the GPU does not answer.
 */
int vpan_hw_flush_caches(struct vpan_device *vpan)
{
	const u32 bit = CSF_GPU_IRQ_CLEAN_CACHES_COMPLETED;
	struct vpan_hw *hw = vpan->hw;
	long left;

	mutex_lock(&hw->flush_lock);
	hw_command(vpan,
		   CSF_GPU_FLUSH_CACHES(CSF_FLUSH_CLEAN_INV,
					CSF_FLUSH_CLEAN_INV, CSF_FLUSH_INV),
		   bit);
	left = wait_event_timeout(hw->wait, hw_done(vpan, bit),
				  usecs_to_jiffies(HW_TIMEOUT_US));
	vpan_write32(vpan, CSF_GPU_IRQ_CLEAR, bit);
	mutex_unlock(&hw->flush_lock);

	if (!left) {
		drm_err(&vpan->drm, "timed out waiting for a cache flush\n");
		return -ETIMEDOUT;
	}
	return 0;
}
