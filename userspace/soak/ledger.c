// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The clients' side of the ledger: take an entry, enter a job, record what the
 * ioctl returned; and the times of all ioctls, which the linker redirects to
 * __wrap_drmIoctl().
 */

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ledger.h"
#include "panthor_sync.h"

/* Where this process records the times of its ioctls */
static struct ledger *timed;

/**
 * ledger_create - allocate the ledger, shared with processes that are forked
 *
 * Return: the ledger, all entries free, or NULL.
 */
struct ledger *ledger_create(void)
{
	void *map = mmap(NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

/**
 * ledger_take - look for a free entry
 * @ledger: the ledger
 * @client: index of the client
 *
 * Return: the entry, or NULL if all are in use.
 */
struct entry *ledger_take(struct ledger *ledger, unsigned int client)
{
	struct entry *entry = &ledger->entries[client * SLOTS];

	for (unsigned int i = 0; i < SLOTS; i++, entry++) {
		if (atomic_load(&entry->state) == ENTRY_FREE)
			return entry;
	}
	return NULL;
}

/**
 * ledger_enter - enter a job that is about to be submitted
 * @entry: a free entry
 * @kind: what the job does
 */
void ledger_enter(struct entry *entry, enum job_kind kind)
{
	entry->kind = kind;
	entry->error = 0;
	entry->pid = getpid();
	entry->entered_ns = panthor_now_ns();
	atomic_store(&entry->state, ENTRY_ENTERED);
}

/**
 * ledger_settle - record what became of the ioctl
 * @entry: the entry
 * @ret: 0 or a negative errno
 */
void ledger_settle(struct entry *entry, int ret)
{
	entry->error = ret;
	atomic_store(&entry->state, ret ? ENTRY_REFUSED : ENTRY_ACCEPTED);
}

/**
 * ledger_time - record the times of all ioctls of this process from now on
 * @ledger: the ledger
 */
void ledger_time(struct ledger *ledger)
{
	timed = ledger;
}

/**
 * kind_counts - test whether jobs of a kind count their executions
 * @kind: the kind
 *
 * Return: true if they do.
 */
bool kind_counts(enum job_kind kind)
{
	return kind != JOB_EMPTY && kind != JOB_BIND;
}

int __wrap_drmIoctl(int fd, unsigned long request, void *arg)
{
	unsigned int nr = _IOC_NR(request);
	uint64_t begin, taken, worst;
	int ret;

	if (!timed)
		return __real_drmIoctl(fd, request, arg);
	begin = panthor_now_ns();
	ret = __real_drmIoctl(fd, request, arg);
	taken = panthor_now_ns() - begin;
	atomic_fetch_add(&timed->calls[nr], 1);
	worst = atomic_load(&timed->worst_ns[nr]);
	while (taken > worst &&
	       !atomic_compare_exchange_weak(&timed->worst_ns[nr], &worst, taken))
		;
	return ret;
}
