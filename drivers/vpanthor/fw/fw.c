// SPDX-License-Identifier: GPL-2.0 OR MIT

/**
 * DOC: Firmware
 *
 * The MCU of the GPU executes firmware, which schedules command streams. The driver
 * loads the firmware's image into the MCU's address space, which has the address
 * space slot 0 for as long as the MCU runs, starts the MCU, finds the interface
 * that the firmware describes in the shared section (fw_discover.c), and configures
 * it (fwif.c). The image is a file of linux-firmware's kind with a program for the
 * software MCU; without such a file, vcsf's built-in image is used. Firmware of a real
 * GPU, which distributions install under the same name, is recognised by its content
 * and passed over.
 *
 * The image stays in memory. After a reset all sections are filled again from it and
 * the firmware boots anew. After a runtime suspend the firmware's memory is as it
 * was when the firmware halted, and it boots from there, unless it did not halt.
 *
 * Groups share memory with the firmware that is certain to be mapped only while they
 * are on a slot (fw_window.c). Everything else in the MCU's address space is mapped from probe to
 * removal.
 *
 * The job interrupt has a bit for each group slot, which goes to the scheduler
 * through &struct vpan_fw_ops, and one for the global interface. Each interrupt
 * wakes up the waiters for acknowledgments in &vpan_fw.wait.
 *
 * power/ boots, halts, stops and reloads the firmware, one call at a time and with
 * no group on a slot; these functions take no locks of their own. They are on the
 * fence signalling path and allocate nothing; their waits are bounded by timeouts.
 */

#include <linux/bitfield.h>
#include <linux/firmware.h>
#include <linux/iopoll.h>
#include <linux/slab.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include <vcsf/csf_default_image.h>
#include <vcsf/csf_regs.h>

#include "debug/trace_panthor.h"
#include "device/device.h"
#include "fw/fw.h"
#include "fw/fw_image.h"
#include "fw/fw_window.h"
#include "fw/fwif.h"
#include "hw/irq.h"
#include "hw/regs.h"
#include "mm/as.h"
#include "mm/kbo.h"
#include "mm/vm.h"
#include "pt/pgtable.h"

#define FW_POLL_US	50
#define FW_STOP_US	(1 * USEC_PER_SEC)
#define FW_BOOT_JIFFIES	(2 * HZ)

/**
 * struct vpan_fw_loaded - section in the MCU's memory
 */
struct vpan_fw_loaded {
	/** @node: In &vpan_fw.sections. */
	struct list_head node;
	/** @section: Contents in the image. */
	struct vpan_fw_section section;
	/** @mem: The memory. */
	struct vpan_kbo *mem;
};

static u32 fw_section_prot(u32 flags)
{
	u32 prot = 0;

	if (!(flags & CSF_FW_SECTION_WRITE))
		prot |= VPAN_PROT_READONLY;
	if (!(flags & CSF_FW_SECTION_EXEC))
		prot |= VPAN_PROT_NOEXEC;
	if (FIELD_GET(CSF_FW_SECTION_CACHE, flags) == CSF_FW_SECTION_CACHE_NONE)
		prot |= VPAN_PROT_UNCACHED;
	return prot;
}

static void fw_fill_section(struct vpan_fw_loaded *loaded)
{
	struct vpan_fw_section *section = &loaded->section;
	u8 *mem = loaded->mem->vaddr;

	memcpy(mem, section->data, section->data_size);
	if (section->flags & CSF_FW_SECTION_ZERO)
		memset(mem + section->data_size, 0,
		       section->size - section->data_size);
}

static int fw_add_section(void *priv, const struct vpan_fw_section *section)
{
	struct vpan_device *vpan = priv;
	struct vpan_fw *fw = vpan->fw;
	struct vpan_fw_loaded *loaded;
	int ret;

	loaded = kzalloc(sizeof(*loaded), GFP_KERNEL);
	if (!loaded)
		return -ENOMEM;

	loaded->section = *section;
	loaded->mem = vpan_kbo_create(fw->vm, section->va, section->size,
				      fw_section_prot(section->flags));
	if (IS_ERR(loaded->mem)) {
		ret = PTR_ERR(loaded->mem);
		kfree(loaded);
		return ret;
	}
	fw_fill_section(loaded);
	list_add_tail(&loaded->node, &fw->sections);

	if (section->va == CSF_FW_SHARED_START) {
		fw->shared = loaded->mem->vaddr;
		fw->shared_size = section->size;
	}
	return 0;
}

static void fw_build_info(void *priv, const char *text)
{
	struct vpan_device *vpan = priv;

	drm_info(&vpan->drm, "firmware %s\n", text);
}

static const struct vpan_fw_image_ops fw_image_ops = {
	.section = fw_add_section,
	.build_info = fw_build_info,
};

static int fw_get_image(struct vpan_device *vpan)
{
	u32 id = vpan->gpu_info.gpu_id;
	struct vpan_fw *fw = vpan->fw;
	char path[48];
	int ret;

	snprintf(path, sizeof(path), "arm/mali/arch%lu.%lu/mali_csffw.bin",
		 FIELD_GET(CSF_GPU_ID_ARCH_MAJOR, id),
		 FIELD_GET(CSF_GPU_ID_ARCH_MINOR, id));
	ret = firmware_request_nowarn(&fw->file, path, vpan->drm.dev);
	if (!ret && vpan_fw_image_is_software(fw->file->data, fw->file->size)) {
		drm_info(&vpan->drm, "firmware image %s\n", path);
		fw->image = fw->file->data;
		fw->image_size = fw->file->size;
		return 0;
	}
	/* For want of memory, or of time: it may be found the next time. */
	if (ret == -ENOMEM || ret == -EINTR || ret == -EAGAIN)
		return ret;

	drm_info(&vpan->drm, "%s %s, using the built-in image\n", path,
		 !ret ? "is not for the software GPU" :
		 ret == -ENOENT ? "not found" : "cannot be read");
	release_firmware(fw->file);
	fw->file = NULL;
	fw->image = csf_default_image;
	fw->image_size = sizeof(csf_default_image);
	return 0;
}

static void fw_free_sections(struct vpan_fw *fw)
{
	struct vpan_fw_loaded *loaded, *next;

	list_for_each_entry_safe(loaded, next, &fw->sections, node) {
		list_del(&loaded->node);
		vpan_kbo_destroy(loaded->mem);
		kfree(loaded);
	}
	fw->shared = NULL;
}

/* The firmware has booted if its interrupt arrived, or is pending. */
static bool fw_wait_booted(struct vpan_device *vpan)
{
	struct vpan_fw *fw = vpan->fw;

	if (wait_event_timeout(fw->wait, READ_ONCE(fw->booted),
			       FW_BOOT_JIFFIES))
		return true;
	if (!(vpan_read32(vpan, CSF_JOB_IRQ_RAWSTAT) & CSF_JOB_IRQ_GLOBAL))
		return false;
	vpan_write32(vpan, CSF_JOB_IRQ_CLEAR, CSF_JOB_IRQ_GLOBAL);
	WRITE_ONCE(fw->booted, true);
	return true;
}

/**
 * vpan_fw_boot - start the MCU and set up the interface
 * @vpan: the device, powered, with the firmware in memory
 *
 * Context: may sleep; on the signalling path.
 * Return: 0, -ETIMEDOUT if the firmware does not boot, -EINVAL if its interface is
 * invalid, or another negative errno.
 */
int vpan_fw_boot(struct vpan_device *vpan)
{
	struct vpan_fw *fw = vpan->fw;
	int ret;

	ret = vpan_as_get_mcu(fw->vm);
	if (ret)
		return ret;

	WRITE_ONCE(fw->booted, false);
	vpan_write32(vpan, CSF_JOB_IRQ_CLEAR, ~0);
	vpan_irq_enable(&fw->irq, ~0);
	vpan_write32(vpan, CSF_MCU_CONTROL, CSF_MCU_CONTROL_AUTO);

	if (!fw_wait_booted(vpan)) {
		drm_err(&vpan->drm, "timed out waiting for the firmware to boot, MCU status %u\n",
			vpan_read32(vpan, CSF_MCU_STATUS));
		ret = -ETIMEDOUT;
		goto err_stop;
	}

	ret = vpan_fw_discover(vpan);
	if (!ret)
		ret = vpan_fwif_start(vpan);
	if (!ret)
		return 0;
err_stop:
	vpan_fw_stop(vpan);
	return ret;
}

/**
 * vpan_fw_reload - restore the initial contents of all sections
 * @vpan: the device; the MCU is stopped
 *
 * Context: may sleep; on the signalling path.
 * Return: 0.
 */
int vpan_fw_reload(struct vpan_device *vpan)
{
	struct vpan_fw_loaded *loaded;

	list_for_each_entry(loaded, &vpan->fw->sections, node)
		fw_fill_section(loaded);
	return 0;
}

/**
 * vpan_fw_stop - stop the MCU immediately
 * @vpan: the device
 *
 * When this returns the firmware neither interrupts nor accesses memory.
 *
 * Context: may sleep; on the signalling path.
 */
void vpan_fw_stop(struct vpan_device *vpan)
{
	u32 status;

	vpan_irq_disable(&vpan->fw->irq, ~0);
	vpan_write32(vpan, CSF_MCU_CONTROL, CSF_MCU_CONTROL_DISABLE);
	if (read_poll_timeout(vpan_read32, status,
			      status == CSF_MCU_STATUS_DISABLED, FW_POLL_US,
			      FW_STOP_US, false, vpan, CSF_MCU_STATUS))
		drm_err(&vpan->drm, "timed out waiting for the MCU to stop, status %u\n", status);
}

/**
 * vpan_fw_halt - halt the firmware, then stop the MCU
 * @vpan: the device; no group is on a slot
 *
 * Context: may sleep; on the signalling path.
 * Return: 0 if the firmware can boot again from memory, -EIO if it must be
 * reloaded.
 */
int vpan_fw_halt(struct vpan_device *vpan)
{
	u32 status = vpan_read32(vpan, CSF_MCU_STATUS);

	if (status == CSF_MCU_STATUS_ENABLED) {
		vpan_fwif_set_halt(vpan, true);
		read_poll_timeout(vpan_read32, status,
				  status != CSF_MCU_STATUS_ENABLED, FW_POLL_US,
				  FW_STOP_US, false, vpan, CSF_MCU_STATUS);
		vpan_fwif_set_halt(vpan, false);
	}
	vpan_fw_stop(vpan);
	if (status == CSF_MCU_STATUS_HALT)
		return 0;
	drm_warn(&vpan->drm, "timed out waiting for the firmware to halt, status %u\n", status);
	return -EIO;
}

static void fw_glb_event(struct vpan_fw *fw)
{
	unsigned long flags;

	if (!READ_ONCE(fw->booted)) {
		WRITE_ONCE(fw->booted, true);
		return;
	}
	if (!fw->glb_in)
		return;

	/* The driver uses none of these events; acknowledge them. */
	spin_lock_irqsave(&fw->glb_lock, flags);
	WRITE_ONCE(fw->glb_in->req,
		   (fw->glb_in->req & ~CSF_GLB_EVENTS) |
		   (READ_ONCE(fw->glb_out->ack) & CSF_GLB_EVENTS));
	spin_unlock_irqrestore(&fw->glb_lock, flags);
}

/*
 * Handles the "job" interrupt, which has a bit per group slot and one for the
 * global interface.
 */
static void fw_job_irq(struct vpan_device *vpan, u32 status)
{
	unsigned long csgs = status & CSF_JOB_IRQ_CSGS;
	struct vpan_fw *fw = vpan->fw;
	unsigned int csg;
	u64 begin = 0;

	if (trace_gpu_job_irq_enabled())
		begin = ktime_get_ns();
	if (status & CSF_JOB_IRQ_GLOBAL)
		fw_glb_event(fw);
	for_each_set_bit(csg, &csgs, fw->ncsg)
		fw->ops->csg_event(vpan, csg);

	/* Waiters for the firmware to acknowledge. */
	if (wq_has_sleeper(&fw->wait))
		wake_up_all(&fw->wait);
	if (begin)
		trace_gpu_job_irq(vpan->drm.dev, status, ktime_get_ns() - begin);
}

/**
 * vpan_fw_init - load the firmware and start it
 * @vpan: the device, powered
 * @ops: receiver of firmware events
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int vpan_fw_init(struct vpan_device *vpan, const struct vpan_fw_ops *ops)
{
	struct vpan_fw *fw;
	unsigned int i;
	int ret;

	fw = drmm_kzalloc(&vpan->drm, sizeof(*fw), GFP_KERNEL);
	if (!fw)
		return -ENOMEM;

	vpan->fw = fw;
	fw->vpan = vpan;
	fw->ops = ops;
	INIT_LIST_HEAD(&fw->sections);
	init_waitqueue_head(&fw->wait);
	spin_lock_init(&fw->glb_lock);
	for (i = 0; i < CSF_GLB_GROUP_MAX; i++)
		spin_lock_init(&fw->csg[i].lock);
	vpan_fwif_init(vpan);
	INIT_LIST_HEAD(&fw->idle_bufs);
	ret = drmm_mutex_init(&vpan->drm, &fw->window_lock);
	if (ret)
		return ret;

	fw->vm = vpan_vm_create(vpan, 0, CSF_FW_SHARED_START,
				CSF_FW_SHARED_SIZE);
	if (IS_ERR(fw->vm))
		return PTR_ERR(fw->vm);

	vpan_pt_cache_init(&fw->window_tables, &fw->vm->pt);
	ret = fw_get_image(vpan);
	if (ret)
		goto err_put_vm;
	ret = vpan_fw_image_parse(fw->image, fw->image_size, &fw_image_ops,
				  vpan);
	if (ret) {
		drm_err(&vpan->drm, "failed to load the firmware image: %d\n",
			ret);
		goto err_free;
	}
	ret = vpan_irq_request(vpan, &fw->irq, "job", CSF_JOB_IRQ_RAWSTAT,
			       fw_job_irq);
	if (ret)
		goto err_free;
	ret = vpan_fw_boot(vpan);
	if (ret)
		goto err_irq;
	ret = vpan_fw_windows_init(vpan);
	if (ret)
		goto err_stop;
	return 0;

err_stop:
	vpan_fwif_stop(vpan);
	vpan_fw_stop(vpan);
err_irq:
	vpan_irq_free(&fw->irq);
err_free:
	fw_free_sections(fw);
	release_firmware(fw->file);
err_put_vm:
	vpan_vm_put(fw->vm);
	return ret;
}

/**
 * vpan_fw_fini - free the firmware's memory
 * @vpan: the device; the MCU is stopped or gone
 *
 * Context: may sleep.
 */
void vpan_fw_fini(struct vpan_device *vpan)
{
	struct vpan_fw *fw = vpan->fw;

	vpan_irq_free(&fw->irq);
	vpan_fw_windows_fini(vpan);
	fw_free_sections(fw);
	release_firmware(fw->file);
	vpan_vm_put(fw->vm);
}
