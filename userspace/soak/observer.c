// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The observer's side of the ledger: find the fence of each job, wait for its end,
 * compare the end with what the job has counted, and free the entry. An entry is
 * looked at once more some time after its end, because a job must not execute after
 * its fence has signalled.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "observer.h"
#include "panthor.h"
#include "panthor_sync.h"

#define COUNTERS_SIZE	(2 * PANTHOR_PAGE_SIZE)
#define RECHECK_NS	(100 * PANTHOR_MILLISECOND)

_Static_assert(ENTRIES * COUNTER_STRIDE <= COUNTERS_SIZE, "too many entries");

/**
 * observer_open - open the device for the first time, create all syncobjs
 * @o: the observer
 * @ledger: the ledger
 *
 * Return: 0 or a negative errno.
 */
int observer_open(struct observer *o, struct ledger *ledger)
{
	memset(o, 0, sizeof(*o));
	o->ledger = ledger;
	o->counters_file = -1;
	o->fd = panthor_open();
	if (o->fd < 0)
		return o->fd;
	for (unsigned int i = 0; i < ENTRIES; i++) {
		struct observed *entry = &o->entries[i];
		int ret = panthor_syncobj_create(o->fd, 0, &entry->syncobj);

		if (!ret && drmSyncobjHandleToFD(o->fd, entry->syncobj, &entry->syncobj_file))
			ret = -errno;
		if (ret)
			return ret;
		entry->fence = -1;
	}
	return observer_new_counters(o);
}

/**
 * observer_close_device - close a device that is gone; syncobjs and fences stay
 * @o: the observer
 */
void observer_close_device(struct observer *o)
{
	close(o->fd);
	o->fd = -1;
}

/**
 * observer_open_device - open the device again
 * @o: the observer
 *
 * Return: 0 or a negative errno.
 */
int observer_open_device(struct observer *o)
{
	o->fd = panthor_open();
	if (o->fd < 0)
		return o->fd;
	for (unsigned int i = 0; i < ENTRIES; i++) {
		if (drmSyncobjFDToHandle(o->fd, o->entries[i].syncobj_file,
					 &o->entries[i].syncobj)) {
			int ret = -errno;

			observer_close_device(o);
			return ret;
		}
	}
	return 0;
}

/**
 * observer_new_counters - allocate the counters on the device
 * @o: the observer; all entries are free
 *
 * Return: 0 or a negative errno.
 */
int observer_new_counters(struct observer *o)
{
	uint64_t size = COUNTERS_SIZE;
	uint32_t handle;
	void *map;
	int ret;

	if (o->counters) {
		munmap((void *)o->counters, size);
		close(o->counters_file);
	}
	o->counters = NULL;
	ret = panthor_bo_create(o->fd, &size, 0, 0, &handle);
	if (!ret)
		ret = panthor_bo_mmap(o->fd, handle, size, &map);
	if (ret)
		return ret;
	o->counters = map;
	/* The pages of a buffer that was exported stay. */
	return drmPrimeHandleToFD(o->fd, handle, DRM_RDWR, &o->counters_file) ? -errno : 0;
}

static uint64_t read_counter(const struct observer *o, unsigned int i)
{
	return o->counters[i * COUNTER_STRIDE / sizeof(uint64_t)];
}

static void complain(struct observer *o, unsigned int i, const char *what, long long number)
{
	struct entry *entry = &o->ledger->entries[i];

	printf("ledger: client %u entry %u kind %u: %s (%lld)\n", i / SLOTS, i % SLOTS,
	       entry->kind, what, number);
	fflush(stdout);
}

static bool is_alive(const struct observer *o, unsigned int i)
{
	return o->pids[i / SLOTS] == o->ledger->entries[i].pid;
}

/* Return: 1 if the job has a fence, 0 if it has none, negative if that is unknown. */
static int find_fence(struct observer *o, unsigned int i)
{
	struct observed *entry = &o->entries[i];
	int fence;

	if (entry->fence >= 0)
		return 1;
	if (o->fd < 0)
		return -ENODEV;
	fence = panthor_syncobj_export(o->fd, entry->syncobj, 0);
	if (fence == -EINVAL)
		return 0;
	if (fence < 0)
		return fence;
	entry->fence = fence;
	return 1;
}

static void close_entry(struct observer *o, unsigned int i, int status)
{
	struct observed *entry = &o->entries[i];

	entry->status = status;
	entry->counter = read_counter(o, i);
	entry->closed_ns = panthor_now_ns();
	atomic_store(&o->ledger->entries[i].state, ENTRY_CLOSED);
}

/* Whether a job of this kind reaches the instruction that counts it, and its end */
static bool kind_ends(enum job_kind kind)
{
	return kind != JOB_FOREVER && kind != JOB_PAGE_FAULT && kind != JOB_INVALID;
}

/* Whether a job of this kind may end with @status */
static bool may_end_so(enum job_kind kind, int status)
{
	switch (status) {
	case 1:
		return kind_ends(kind);
	case -ENOMEM:
		return kind == JOB_BIND;
	case -EINVAL:
	case -ETIMEDOUT:
	case -ECANCELED:
	case -ENODEV:
		return true;
	default:
		return false;
	}
}

static void count_end(struct observer *o, unsigned int i, int status)
{
	enum job_kind kind = o->ledger->entries[i].kind;
	uint64_t counter = read_counter(o, i);

	if (status == 1)
		o->totals.completed++;
	else if (status == -ECANCELED)
		o->totals.cancelled++;
	else if (status > -ERRNOS)
		o->totals.failed[-status]++;
	if (!may_end_so(kind, status)) {
		complain(o, i, "cannot end with this status", status);
		o->totals.contradictions++;
	}
	if (counter > 1) {
		complain(o, i, "executed more than once", counter);
		o->totals.repeated++;
	} else if (counter && !kind_ends(kind)) {
		complain(o, i, "executed an instruction that it cannot reach", counter);
		o->totals.contradictions++;
	} else if (status == 1 && kind_counts(kind) && !counter) {
		complain(o, i, "completed without being executed", counter);
		o->totals.lost++;
	}
	close_entry(o, i, status);
}

/* A job that user space was told does not exist must not execute. */
static void expect_not_executed(struct observer *o, unsigned int i, const char *what)
{
	uint64_t counter = read_counter(o, i);

	if (!counter)
		return;
	complain(o, i, what, counter);
	o->totals.repeated++;
}

static void look_at_refused(struct observer *o, unsigned int i)
{
	int found = find_fence(o, i), error = -o->ledger->entries[i].error;

	if (found < 0)
		return;
	if (found) {
		complain(o, i, "has a fence, but was refused", error);
		o->totals.repeated++;
	}
	expect_not_executed(o, i, "was refused, but executed");
	if (error > 0 && error < ERRNOS)
		o->totals.refused[error]++;
	close_entry(o, i, 0);
}

static void look_at_submitted(struct observer *o, unsigned int i, bool accepted)
{
	struct panthor_fence_info info;
	int found = find_fence(o, i);

	if (found < 0)
		return;
	if (!found) {
		if (accepted) {
			complain(o, i, "has no fence, but was accepted", 0);
			o->totals.lost++;
		} else {
			expect_not_executed(o, i, "has no fence, but executed");
			o->totals.dropped++;
		}
		close_entry(o, i, 0);
	} else if (!panthor_fence_info(o->entries[i].fence, &info) && info.status) {
		count_end(o, i, info.status);
	}
}

/* A job does not execute, and its fence does not change, after its end. */
static void look_again(struct observer *o, unsigned int i)
{
	struct observed *entry = &o->entries[i];
	struct panthor_fence_info info;

	if (panthor_now_ns() - entry->closed_ns < (uint64_t)RECHECK_NS || o->fd < 0)
		return;
	if (read_counter(o, i) != entry->counter) {
		complain(o, i, "executed after its end", read_counter(o, i));
		o->totals.repeated++;
	}
	if (entry->fence >= 0) {
		if (!panthor_fence_info(entry->fence, &info) && entry->status &&
		    info.status != entry->status) {
			complain(o, i, "its fence changed to", info.status);
			o->totals.contradictions++;
		}
		close(entry->fence);
		entry->fence = -1;
	}
	if (drmSyncobjReset(o->fd, &entry->syncobj, 1))
		return;
	o->counters[i * COUNTER_STRIDE / sizeof(uint64_t)] = 0;
	atomic_store(&o->ledger->entries[i].state, ENTRY_FREE);
}

/**
 * observer_poll - look at all entries
 * @o: the observer
 *
 * Return: number of entries that are not free.
 */
unsigned int observer_poll(struct observer *o)
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < ENTRIES; i++) {
		uint32_t state = atomic_load(&o->ledger->entries[i].state);

		if (state != ENTRY_FREE)
			used++;
		if (state == ENTRY_CLOSED)
			look_again(o, i);
		else if (state == ENTRY_REFUSED)
			look_at_refused(o, i);
		else if (state == ENTRY_ACCEPTED ||
			 (state == ENTRY_ENTERED && !is_alive(o, i)))
			look_at_submitted(o, i, state == ENTRY_ACCEPTED);
	}
	return used;
}

/**
 * observer_give_up - count what has not ended as lost
 * @o: the observer
 */
void observer_give_up(struct observer *o)
{
	for (unsigned int i = 0; i < ENTRIES; i++) {
		uint32_t state = atomic_load(&o->ledger->entries[i].state);

		if (state == ENTRY_FREE || state == ENTRY_CLOSED)
			continue;
		complain(o, i, "has not ended; ms since it was entered",
			 (panthor_now_ns() - o->ledger->entries[i].entered_ns) / 1000000);
		o->totals.lost++;
		close_entry(o, i, 0);
	}
}

/**
 * observer_jobs - count the jobs whose end is known; lost ones are not among them
 * @o: the observer
 *
 * Return: the number of jobs with a known end.
 */
uint64_t observer_jobs(const struct observer *o)
{
	uint64_t jobs = o->totals.completed + o->totals.cancelled + o->totals.dropped;

	for (unsigned int i = 0; i < ERRNOS; i++)
		jobs += o->totals.failed[i] + o->totals.refused[i];
	return jobs;
}
