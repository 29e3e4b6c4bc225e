/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOAK_LEDGER_H
#define SOAK_LEDGER_H

/**
 * DOC: The ledger
 *
 * Memory that the observer and all clients share. A client enters a job before the
 * ioctl that submits it, and records afterwards whether the ioctl accepted it. The
 * observer closes the entry: it holds the syncobj that the job signals, and memory
 * in which the job counts its own executions, so it sees what became of a job whose
 * client has been killed at any moment.
 *
 * An entry belongs to its client while it is %ENTRY_FREE or %ENTRY_ENTERED, and to
 * the observer otherwise. The observer takes an entered job over when it has reaped
 * the client's process.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CLIENTS		6
#define SLOTS		24
#define ENTRIES		(CLIENTS * SLOTS)

/* Errnos are below this. */
#define ERRNOS		134
/* DRM ioctl numbers are below this. */
#define IOCTLS		256

/**
 * enum entry_state - progress of an entry
 * @ENTRY_FREE: no job
 * @ENTRY_ENTERED: the client is about to submit the job
 * @ENTRY_ACCEPTED: the ioctl has returned 0
 * @ENTRY_REFUSED: the ioctl has failed
 * @ENTRY_CLOSED: the observer has counted the job and will look at it once more
 */
enum entry_state {
	ENTRY_FREE,
	ENTRY_ENTERED,
	ENTRY_ACCEPTED,
	ENTRY_REFUSED,
	ENTRY_CLOSED,
};

/**
 * enum job_kind - what a job does
 * @JOB_COUNT: adds 1 to its counter
 * @JOB_SPIN: takes some time first
 * @JOB_TILE: fills a part of a tiler heap first
 * @JOB_WAIT: waits for a word that the client may write
 * @JOB_FOREVER: never ends
 * @JOB_PAGE_FAULT: loads from an address that is not mapped
 * @JOB_INVALID: has an invalid instruction
 * @JOB_EMPTY: has no stream, and so no counter
 * @JOB_BIND: an asynchronous change of mappings, without a counter
 * @JOB_KINDS: number of kinds
 */
enum job_kind {
	JOB_COUNT,
	JOB_SPIN,
	JOB_TILE,
	JOB_WAIT,
	JOB_FOREVER,
	JOB_PAGE_FAULT,
	JOB_INVALID,
	JOB_EMPTY,
	JOB_BIND,
	JOB_KINDS,
};

/**
 * struct entry - one job
 * @state: enum entry_state
 * @kind: enum job_kind
 * @error: negative errno of a refused job
 * @pid: process that entered it
 * @entered_ns: when it did
 */
struct entry {
	_Atomic uint32_t state;
	uint32_t kind;
	int32_t error;
	int32_t pid;
	uint64_t entered_ns;
};

/**
 * struct ledger - the shared memory
 * @entries: SLOTS of them per client
 * @quit: all processes end
 * @ready: number of clients that have set up their context
 * @worst_ns: longest time of an ioctl by a client, by number
 * @calls: number of ioctls, by number
 * @injected: number of faults that were armed
 * @resets: number of resets that were requested
 * @sleeps: number of system sleeps
 * @sleeps_failed: number of system sleeps that the kernel aborted
 * @evictions: number of requests to the shrinker
 * @pressures: number of times that memory was filled
 */
struct ledger {
	struct entry entries[ENTRIES];
	_Atomic uint32_t quit;
	_Atomic uint32_t ready;
	_Atomic uint64_t worst_ns[IOCTLS];
	_Atomic uint64_t calls[IOCTLS];
	_Atomic uint32_t injected;
	_Atomic uint32_t resets;
	_Atomic uint32_t sleeps;
	_Atomic uint32_t sleeps_failed;
	_Atomic uint32_t evictions;
	_Atomic uint32_t pressures;
};

struct ledger *ledger_create(void);
struct entry *ledger_take(struct ledger *ledger, unsigned int client);
void ledger_enter(struct entry *entry, enum job_kind kind);
void ledger_settle(struct entry *entry, int ret);
void ledger_time(struct ledger *ledger);

bool kind_counts(enum job_kind kind);

/* The linker redirects drmIoctl() to the second one, which calls the first one. */
int __real_drmIoctl(int fd, unsigned long request, void *arg);
int __wrap_drmIoctl(int fd, unsigned long request, void *arg);

/* --- Random numbers ------------------------------------------------------- */

/* xorshift: the same sequence on every machine */
static inline uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % below;
}

#endif /* SOAK_LEDGER_H */
