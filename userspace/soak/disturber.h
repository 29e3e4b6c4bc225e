/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOAK_DISTURBER_H
#define SOAK_DISTURBER_H

#include "ledger.h"

/**
 * enum sleep_kind - how the system sleeps
 * @SLEEP_NONE: it does not
 * @SLEEP_GPU: the software GPU calls the driver as a system sleep would
 * @SLEEP_SYSTEM: through /sys/power/state
 */
enum sleep_kind { SLEEP_NONE, SLEEP_GPU, SLEEP_SYSTEM };

/* Disturb the clients until the ledger says to quit. */
void disturber_run(struct ledger *ledger, uint32_t seed, enum sleep_kind sleep);
void disturber_end(void);

int file_write(const char *path, const char *text);
int file_read(const char *path, char *text, unsigned int size);
int driver_file(const char *name, char *path, unsigned int size);

#endif /* SOAK_DISTURBER_H */
