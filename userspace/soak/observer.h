/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOAK_OBSERVER_H
#define SOAK_OBSERVER_H

/**
 * DOC: The observer
 *
 * The process that outlives all clients. It holds the syncobj of each entry as a
 * file, from which any device file can get a handle, and each fence as a sync_file,
 * so that it learns the end of a job also when the job's client was killed, and when
 * the device was unbound.
 */

#include "ledger.h"

#define COUNTER_STRIDE	16

/**
 * struct totals - what became of the jobs
 * @completed: their fence signalled without an error
 * @cancelled: their fence signalled with ECANCELED
 * @failed: their fence signalled with another error, by errno
 * @refused: the ioctl failed, by errno
 * @dropped: their client was killed before the ioctl accepted them
 * @lost: accepted without a fence, never signalled, or completed without execution
 * @repeated: executed more than once, or after the end of their fence, or with a fence
 *	   although the ioctl had refused them
 * @contradictions: any other contradiction
 */
struct totals {
	uint64_t completed;
	uint64_t cancelled;
	uint64_t failed[ERRNOS];
	uint64_t refused[ERRNOS];
	uint64_t dropped;
	uint64_t lost;
	uint64_t repeated;
	uint64_t contradictions;
};

/**
 * struct observed - what the observer knows about an entry
 * @syncobj_file: the syncobj
 * @syncobj: its handle
 * @fence: sync_file of the job's fence, or -1
 * @status: status of the fence when the entry was closed
 * @counter: value of the counter then
 * @closed_ns: when that was
 */
struct observed {
	int syncobj_file;
	uint32_t syncobj;
	int fence;
	int status;
	uint64_t counter;
	uint64_t closed_ns;
};

/**
 * struct observer - the observer
 * @ledger: the ledger
 * @fd: the device, -1 while there is none
 * @counters: memory with a counter per entry
 * @counters_file: the same as a dma-buf
 * @pids: processes of the clients, 0 for none
 * @entries: its knowledge of each entry
 * @totals: closed entries
 */
struct observer {
	struct ledger *ledger;
	int fd;
	volatile uint64_t *counters;
	int counters_file;
	int32_t pids[CLIENTS];
	struct observed entries[ENTRIES];
	struct totals totals;
};

int observer_open(struct observer *o, struct ledger *ledger);
void observer_close_device(struct observer *o);
int observer_open_device(struct observer *o);
int observer_new_counters(struct observer *o);
unsigned int observer_poll(struct observer *o);
void observer_give_up(struct observer *o);
uint64_t observer_jobs(const struct observer *o);

#endif /* SOAK_OBSERVER_H */
