// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * mesa-vk - checks of a Vulkan driver
 *
 *   mesa-vk TABLE SHADERS [-o FOLDER] [-k] [-l] [NAME...]
 *
 * TABLE is programs.csv, SHADERS the folder with the SPIR-V of its programs. NAMEs are
 * patterns for the shell. The options are those of check.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "compute.h"
#include "vk_checks.h"

int main(int argc, char **argv)
{
	const char *table, *shaders;

	if (argc < 3) {
		fprintf(stderr, "usage: mesa-vk TABLE SHADERS [-o FOLDER] [-k] [-l] [NAME...]\n");
		return 2;
	}
	table = argv[1];
	shaders = argv[2];
	checks_begin(argc - 2, argv + 2);
	sync_checks();
	clear_checks();
	transfer_checks();
	image_checks();
	compute_checks(table, shaders);
	return checks_end();
}
