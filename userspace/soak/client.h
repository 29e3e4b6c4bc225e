/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOAK_CLIENT_H
#define SOAK_CLIENT_H

#include "ledger.h"

/**
 * struct client_setup - what a client gets from the observer
 * @ledger: the ledger
 * @index: index of the client
 * @seed: of its random choices, not 0
 * @counters: dma-buf with a 64-bit counter per entry
 * @counters_size: bytes of it
 * @syncobjs: files of the syncobjs of all entries
 * @cgroup: its control group, or NULL
 */
struct client_setup {
	struct ledger *ledger;
	unsigned int index;
	uint32_t seed;
	int counters;
	uint64_t counters_size;
	const int *syncobjs;
	const char *cgroup;
};

/* Work until the process is killed, the device is gone, or chance ends the client. */
void client_run(const struct client_setup *setup);

#endif /* SOAK_CLIENT_H */
