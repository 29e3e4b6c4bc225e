/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_CONFIG_H_
#define _VCSF_CONFIG_H_

struct vcsf_config;

int vcsf_config_check(const struct vcsf_config *config);

#endif
