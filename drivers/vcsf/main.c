// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The module: parameters, and the single software GPU that it creates when it
 * is loaded. Parameters are read once, at load time; vcsf_create() validates
 * them. The module exports vcsf_create() and internals to KUnit suites only.
 */

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <vcsf/vcsf_dev.h>

#include "base/vcsf.h"
#include "bus/regs.h"
#include "device.h"
#include "isa/isa.h"

static char *model = "g610";
module_param(model, charp, 0444);
MODULE_PARM_DESC(model,
		 "GPU to present: g310, g510, g610, g710, g615, g715, g715-immortalis, g620, g720, g720-immortalis, g625, g725 or g925-immortalis (default g610)");

static unsigned int slots = 8;
module_param(slots, uint, 0444);
MODULE_PARM_DESC(slots, "Command stream group slots, 3 to 31 (default 8)");

static unsigned int streams = 8;
module_param(streams, uint, 0444);
MODULE_PARM_DESC(streams, "Command streams per group, 8 to 32 (default 8)");

static unsigned int address_spaces = 8;
module_param(address_spaces, uint, 0444);
MODULE_PARM_DESC(address_spaces, "Address spaces, 2 to 16 (default 8)");

static unsigned int cores;
module_param(cores, uint, 0444);
MODULE_PARM_DESC(cores, "Shader cores, 1 to 32; 0 for the number that the model has (default 0)");

static unsigned int power_us = 20;
module_param(power_us, uint, 0444);
MODULE_PARM_DESC(power_us, "Duration of a power transition in microseconds, up to 1000000 (default 20)");

static unsigned int speed = 100;
module_param(speed, uint, 0444);
MODULE_PARM_DESC(speed, "Speed of simulated work in percent, 1 to 100000 (default 100)");

static int nice;
module_param(nice, int, 0444);
MODULE_PARM_DESC(nice, "Nice value of the thread that simulates the GPU, -20 to 19 (default 0)");

static unsigned int duty = 100;
module_param(duty, uint, 0444);
MODULE_PARM_DESC(duty,
		 "Percent of one CPU that streams and jobs may use, 1 to 100 (default 100)");

static bool virtual_clock;
module_param(virtual_clock, bool, 0444);
MODULE_PARM_DESC(virtual_clock, "Time advances only by writes to the file clock in debugfs (default N)");

static unsigned int shaders = VCSF_SHADERS_RUN_COMPUTE;
module_param(shaders, uint, 0444);
MODULE_PARM_DESC(shaders,
		 "Jobs with shaders that fault (1 compute, 2 geometry, 4 fragment) or are executed (8 compute); other jobs complete without effect (default 8)");

static unsigned int strict_tlb;
module_param(strict_tlb, uint, 0444);
MODULE_PARM_DESC(strict_tlb,
		 "Handling of a translation that the driver failed to flush: use it (0), use and report it (1), report it and fault (2) (default 0)");

static bool board;
module_param(board, bool, 0444);
MODULE_PARM_DESC(board,
		 "Provide a memory resource and the clock \"core\" to a driver that looks them up (default N)");

static struct vcsf *vcsf_device;

static int __init vcsf_init(void)
{
	const struct vcsf_config config = {
		.device_name = VCSF_DEVICE_NAME,
		.device_id = PLATFORM_DEVID_NONE,
		.model = model,
		.slots = slots,
		.streams = streams,
		.address_spaces = address_spaces,
		.cores = cores,
		.power_ns = (u64)power_us * NSEC_PER_USEC,
		.speed = speed,
		.virtual_clock = virtual_clock,
		.nice = nice,
		.duty = duty,
		.shaders = shaders,
		.strict = strict_tlb,
		.board = board,
	};

	vcsf_isa_init();
	vcsf_regs_init();
	vcsf_device = vcsf_create(&config);

	return PTR_ERR_OR_ZERO(vcsf_device);
}
module_init(vcsf_init);

static void __exit vcsf_exit(void)
{
	vcsf_destroy(vcsf_device);
}
module_exit(vcsf_exit);

MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_DESCRIPTION("Software Mali CSF GPU");
MODULE_VERSION(__stringify(DRM_JOBQUEUE_VERSION));
MODULE_LICENSE("Dual MIT/GPL");
