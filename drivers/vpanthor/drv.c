// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Module, platform driver and device file of vpanthor: the order in which the
 * parts of the driver are set up and torn down, and nothing else.
 *
 * A device has two lifetimes. What accesses the hardware (registers, firmware,
 * MMU, interrupts) lives from vpan_probe() to vpan_remove(), which waits for
 * calls inside of drm_dev_enter(). What only needs memory is managed by the DRM
 * device and lives until its last reference is gone: open files, buffers,
 * groups and their jobs hold one. The module waits for the last device before
 * it is unloaded.
 *
 * struct vpan_file is the state of an open file. Probe, remove and the PM
 * callbacks are serialised by the driver core.
 */

#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/mod_devicetable.h>
#include <linux/platform_device.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem_shmem_helper.h>
#include <drm/drm_managed.h>

#include "debug/debugfs.h"
#include "debug/dump.h"
#include "debug/fdinfo.h"
#include "device/device.h"
#include "device/file.h"
#include "device/free_wq.h"
#include "device/gem_list.h"
#include "device/mmap_offset.h"
#include "device/runtime_pm.h"
#include "fw/fw.h"
#include "fw/fwif.h"
#include "heap/heap.h"
#include "hw/devfreq.h"
#include "hw/hw.h"
#include "hw/usermmio.h"
#include "mm/as.h"
#include "mm/gem.h"
#include "mm/reclaim.h"
#include "mm/vm_bind_job.h"
#include "power/pm.h"
#include "power/reset.h"
#include "sched/events.h"
#include "sched/group.h"
#include "sched/profile.h"
#include "sched/sched.h"
#include "uapi/ioctl.h"
#include "uapi/vm_id.h"
#include "../compat/drm_driver.h"

/*
 * User space selects its driver by the name and the version of the interface,
 * which are panthor's.
 */
#define VPAN_DRM_NAME	"panthor"
#define VPAN_DRM_DATE	"20261121"
#define VPAN_DRM_MAJOR	1
#define VPAN_DRM_MINOR	9

/* A device may outlive vpan_remove(), but not the module. */
static atomic_t vpan_devices = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(vpan_devices_wait);

static int vpan_open(struct drm_device *drm, struct drm_file *file)
{
	struct vpan_file *vfile;
	int ret = -ENOMEM;

	vfile = kzalloc(sizeof(*vfile), GFP_KERNEL_ACCOUNT);
	if (!vfile)
		return -ENOMEM;

	vfile->mmap_share = vpan_mmap_share_create(to_vpan_device(drm));
	if (IS_ERR(vfile->mmap_share)) {
		ret = PTR_ERR(vfile->mmap_share);
		goto err_free;
	}
	vfile->usage = vpan_usage_create(to_vpan_device(drm), file->client_id);
	if (!vfile->usage)
		goto err_share;
	vfile->vpan = to_vpan_device(drm);
	xa_init_flags(&vfile->vms, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	xa_init_flags(&vfile->groups, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	vpan_user_mmio_open(vfile);
	file->driver_priv = vfile;
	return 0;

err_share:
	vpan_mmap_share_put(vfile->mmap_share);
err_free:
	kfree(vfile);
	return ret;
}

static void vpan_postclose(struct drm_device *drm, struct drm_file *file)
{
	struct vpan_file *vfile = file->driver_priv;

	vpan_group_destroy_all(vfile);
	vpan_vm_destroy_all(vfile);
	if (vfile->sparse_bo)
		drm_gem_object_put(&vfile->sparse_bo->base.base);
	vpan_usage_put(vfile->usage);
	/* Buffers that other files or mappings have keep it. */
	vpan_mmap_share_put(vfile->mmap_share);
	kfree(vfile);
}

static void vpan_show_fdinfo(struct drm_printer *p, struct drm_file *file)
{
	vpan_profile_show(p, file->driver_priv);
	vpan_fdinfo_show_memory(p, file);
}

static const struct file_operations vpan_fops = {
	.owner = THIS_MODULE,
	.fop_flags = FOP_UNSIGNED_OFFSET,
	.open = drm_open,
	.release = drm_release,
	.unlocked_ioctl = vpan_ioctl,
	.compat_ioctl = vpan_compat_ioctl,
	.poll = drm_poll,
	.read = drm_read,
	.llseek = noop_llseek,
	.mmap = vpan_mmap,
	.show_fdinfo = drm_show_fdinfo,
};

static const struct drm_driver vpan_drm_driver = {
	.driver_features = DRIVER_RENDER | DRIVER_GEM | DRIVER_SYNCOBJ |
			   DRIVER_SYNCOBJ_TIMELINE | DRIVER_GEM_GPUVA,
	.open = vpan_open,
	.postclose = vpan_postclose,
	.show_fdinfo = vpan_show_fdinfo,
	.debugfs_init = vpan_debugfs_init,
	.ioctls = vpan_ioctls,
	.num_ioctls = ARRAY_SIZE(vpan_ioctls),
	.fops = &vpan_fops,
	.name = VPAN_DRM_NAME,
	.desc = "Mali CSF GPU",
	COMPAT_DRM_DRIVER_DATE(VPAN_DRM_DATE)
	.major = VPAN_DRM_MAJOR,
	.minor = VPAN_DRM_MINOR,
	.gem_create_object = vpan_gem_create_object,
	.gem_prime_import_sg_table = vpan_gem_prime_import_sg_table,
};

static void vpan_device_released(struct drm_device *drm, void *data)
{
	if (atomic_dec_and_test(&vpan_devices))
		wake_up_all(&vpan_devices_wait);
}

static void vpan_jobqueues_fini(struct drm_device *drm, void *data)
{
	drm_jobqueue_group_fini(data);
}

/*
 * Set up what lives as long as the DRM device, and is destroyed in reverse
 * order.
 */
static int vpan_init_managed(struct vpan_device *vpan)
{
	struct drm_jobqueue_group_args args = {
		.name = dev_name(vpan->drm.dev),
	};
	int ret;

	atomic_inc(&vpan_devices);
	vpan_mmap_offset_init(vpan);
	ret = drmm_add_action_or_reset(&vpan->drm, vpan_device_released, NULL);
	if (!ret)
		ret = vpan_user_mmio_init(vpan);
	if (!ret)
		ret = vpan_reset_init(vpan);
	if (!ret)
		ret = vpan_sched_init(vpan);
	if (!ret)
		ret = vpan_gem_list_init(vpan);
	if (!ret)
		ret = vpan_reclaim_init(vpan);
	if (!ret)
		ret = vpan_pm_init(vpan);
	if (!ret)
		ret = vpan_devfreq_init(vpan);
	if (!ret)
		ret = vpan_dump_init(vpan);
	/* Before the group of queues, which it outlives. */
	if (!ret)
		ret = vpan_bind_wq_init(vpan);
	if (!ret)
		ret = vpan_heap_wq_init(vpan);
	if (ret)
		return ret;

	/* Timeouts and resets must not run at the same time. */
	args.timeout_wq = vpan->reset.wq;
	ret = drm_jobqueue_group_init(&vpan->jobqueues, &args);
	if (ret)
		return ret;
	return drmm_add_action_or_reset(&vpan->drm, vpan_jobqueues_fini,
					&vpan->jobqueues);
}

static int vpan_init_dma(struct vpan_device *vpan)
{
	struct device *dev = vpan->drm.dev;

	dma_set_max_seg_size(dev, UINT_MAX);
	return dma_set_mask_and_coherent(dev, DMA_BIT_MASK(vpan->pa_bits));
}

static void vpan_stop_hw(struct vpan_device *vpan)
{
	vpan_reset_disable(vpan);
	vpan_fwif_stop(vpan);
	vpan_sched_stop(vpan);
	if (vpan->powered)
		vpan_fw_stop(vpan);
	/* From here on nothing accesses the jobs' memory. */
	vpan_sched_kill_all(vpan);
	vpan_mmu_stop(vpan);
}

static int vpan_init_hw(struct vpan_device *vpan)
{
	int ret;

	WRITE_ONCE(vpan->powered, true);
	ret = vpan_hw_init(vpan);
	if (ret)
		return ret;
	ret = vpan_init_dma(vpan);
	if (ret)
		goto err_hw;
	ret = vpan_mmu_init(vpan);
	if (ret)
		goto err_hw;
	ret = vpan_device_power_up(vpan, false);
	if (ret)
		goto err_mmu;
	ret = vpan_fw_init(vpan, &vpan_events_fw_ops);
	if (ret)
		goto err_power;
	vpan_devfreq_start(vpan);
	vpan_pm_enable(vpan);
	vpan_reset_enable(vpan);
	vpan_sched_start(vpan);
	return 0;

err_power:
	vpan_reset_disable(vpan);
	vpan_mmu_stop(vpan);
	vpan_hw_power_off(vpan);
err_mmu:
	vpan_mmu_fini(vpan);
err_hw:
	vpan_hw_fini(vpan);
	return ret;
}

static void vpan_fini_hw(struct vpan_device *vpan)
{
	vpan_pm_begin_remove(vpan);
	vpan_stop_hw(vpan);
	vpan_devfreq_stop(vpan);
	vpan_user_mmio_stop(vpan);
	vpan_dump_stop(vpan);
	if (vpan->powered)
		vpan_hw_power_off(vpan);
	vpan_reset_abandon(vpan);
	vpan_fw_fini(vpan);
	vpan_mmu_fini(vpan);
	vpan_hw_fini(vpan);
	vpan_pm_finish_remove(vpan);
}

static int vpan_probe(struct platform_device *pdev)
{
	struct vpan_device *vpan;
	int ret;

	vpan = devm_drm_dev_alloc(&pdev->dev, &vpan_drm_driver,
				  struct vpan_device, drm);
	if (IS_ERR(vpan))
		return PTR_ERR(vpan);

	vpan->regs = vcsf_window_of(&pdev->dev);
	if (!vpan->regs)
		return -ENODEV;
	platform_set_drvdata(pdev, vpan);

	ret = vpan_init_managed(vpan);
	if (!ret)
		ret = vpan_init_hw(vpan);
	if (ret)
		return ret;

	ret = drm_dev_register(&vpan->drm, 0);
	/* From here on the device may be suspended. */
	vpan_pm_put(vpan);
	if (ret)
		vpan_fini_hw(vpan);
	return ret;
}

static void vpan_remove(struct platform_device *pdev)
{
	struct vpan_device *vpan = platform_get_drvdata(pdev);

	/* Waits for system calls that access the hardware. */
	drm_dev_unplug(&vpan->drm);
	vpan_fini_hw(vpan);
}

static const struct platform_device_id vpan_ids[] = {
	{ VCSF_DEVICE_NAME },
	{ }
};
MODULE_DEVICE_TABLE(platform, vpan_ids);

static struct platform_driver vpan_platform_driver = {
	.probe = vpan_probe,
	.remove = vpan_remove,
	.id_table = vpan_ids,
	.driver = {
		.name = "vpanthor",
		.dev_groups = vpan_profile_groups,
		.pm = pm_ptr(&vpan_pm_ops),
	},
};

static int __init vpan_module_init(void)
{
	int ret;

	ret = vpan_free_wq_init();
	if (ret)
		return ret;

	ret = platform_driver_register(&vpan_platform_driver);
	if (ret)
		vpan_free_wq_fini();
	return ret;
}
module_init(vpan_module_init);

static void __exit vpan_module_exit(void)
{
	platform_driver_unregister(&vpan_platform_driver);
	/* Work items free jobs and groups, and with them the device. */
	wait_event(vpan_devices_wait, !atomic_read(&vpan_devices));
	/* Groups are put on the workqueue after an RCU grace period. */
	rcu_barrier();
	vpan_free_wq_fini();
}
module_exit(vpan_module_exit);

MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_DESCRIPTION("DRM driver for Mali CSF GPUs with the panthor uAPI");
MODULE_VERSION(__stringify(DRM_JOBQUEUE_VERSION));
MODULE_LICENSE("Dual MIT/GPL");
MODULE_SOFTDEP("pre: governor_simpleondemand");
