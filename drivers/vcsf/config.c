// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The configuration of a GPU: which values it can have.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <linux/sched/prio.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_regs.h>

#include "base/model.h"
#include "base/vcsf.h"
#include "config.h"
#include "engine/duty.h"
#include "mmu/mmu.h"

/**
 * vcsf_config_check - check a configuration
 * @config: configuration
 *
 * Each value that the GPU cannot have is named in the log, with its range, by the name and
 * in the unit of the module's parameter.
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL.
 */
int vcsf_config_check(const struct vcsf_config *config)
{
	const struct {
		const char *name;
		s64 value, min, max;
	} numbers[] = {
		{ "slots", config->slots, CSF_GLB_GROUP_MIN, CSF_GLB_GROUP_MAX },
		{ "streams", config->streams, CSF_CSG_STREAM_MIN, CSF_CSG_STREAM_MAX },
		{ "address_spaces", config->address_spaces, 2, CSF_AS_COUNT_MAX },
		{ "cores", config->cores, 0, VCSF_CORES_MAX },
		{ "power_us", DIV_ROUND_UP_ULL(config->power_ns, NSEC_PER_USEC), 0,
		  USEC_PER_SEC },
		{ "speed", config->speed, 1, VCSF_SPEED_MAX },
		{ "nice", config->nice, MIN_NICE, MAX_NICE },
		{ "duty", config->duty, 1, VCSF_DUTY_MAX },
		{ "shaders", config->shaders, 0, VCSF_SHADERS_MAX },
		{ "strict_tlb", config->strict, 0, VCSF_STRICT_COUNT - 1 },
	};
	int ret = 0;

	/* The clock is known by the device's name before the device exists. */
	if (config->board && config->device_id == PLATFORM_DEVID_AUTO) {
		pr_err("board=1 takes a device whose id is fixed\n");
		ret = -EINVAL;
	}
	if (!vcsf_model_find(config->model)) {
		pr_err("model=%s is unknown, see modinfo " KBUILD_MODNAME "\n", config->model);
		ret = -EINVAL;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (numbers[i].value >= numbers[i].min && numbers[i].value <= numbers[i].max)
			continue;
		pr_err("%s=%lld is out of range, %lld to %lld\n", numbers[i].name,
		       numbers[i].value, numbers[i].min, numbers[i].max);
		ret = -EINVAL;
	}

	return ret;
}
