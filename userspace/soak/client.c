// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A client: a process with an address space, groups, a tiler heap and buffers, that
 * chooses its calls at random until it is killed. It enters each job in the ledger.
 * Any call may fail, because faults are injected and memory is short; a client that
 * cannot set up its context ends, and the observer starts the next one.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "client.h"
#include "panthor.h"
#include "panthor_sync.h"
#include "stream.h"

#define GROUPS		3
#define QUEUES		2
#define RING		4096
#define BATCH		4
#define BUFFERS		4
#define CODE_PER_ENTRY	1024
#define COUNTER_SIZE	16
#define BUFFER_SIZE	(16 * PANTHOR_PAGE_SIZE)

/**
 * struct client - the state of this process
 * @setup: what the observer gave it
 * @seed: state of the random numbers
 * @fd: the device
 * @vm: address space
 * @groups: group handles, 0 for none
 * @code: buffer with CODE_PER_ENTRY bytes per entry of this client
 * @data: buffer
 * @heap: arguments of the tiler heap, handle 0 for none
 * @syncobjs: handles of the syncobjs of all entries, 0 if not imported yet
 * @buffers: handles of buffer objects, 0 for none
 * @timeline: a syncobj of its own
 * @point: its last point
 */
struct client {
	const struct client_setup *setup;
	uint32_t seed;
	int fd;
	uint32_t vm;
	uint32_t groups[GROUPS];
	struct panthor_buf code;
	struct panthor_buf data;
	struct drm_panthor_tiler_heap_create heap;
	uint32_t syncobjs[ENTRIES];
	uint32_t buffers[BUFFERS];
	uint32_t timeline;
	uint64_t point;
};

static unsigned int entry_index(const struct client *c, const struct entry *entry)
{
	return entry - c->setup->ledger->entries;
}

static uint32_t entry_syncobj(struct client *c, unsigned int index)
{
	if (!c->syncobjs[index] &&
	    drmSyncobjFDToHandle(c->fd, c->setup->syncobjs[index], &c->syncobjs[index]))
		c->syncobjs[index] = 0;
	return c->syncobjs[index];
}

/* --- Jobs ----------------------------------------------------------------- */

static enum job_kind draw_kind(struct client *c)
{
	static const unsigned char share[JOB_KINDS] = {
		[JOB_COUNT] = 40, [JOB_SPIN] = 24, [JOB_TILE] = 8, [JOB_WAIT] = 6,
		[JOB_FOREVER] = 1, [JOB_PAGE_FAULT] = 3, [JOB_INVALID] = 3, [JOB_EMPTY] = 15,
	};
	unsigned int kind, number = draw(&c->seed, 100);

	for (kind = 0; kind < JOB_BIND && number >= share[kind]; kind++)
		number -= share[kind];
	return kind == JOB_TILE && !c->heap.handle ? JOB_COUNT : kind;
}

/* Write the stream of a job. Return: 0 or a negative errno. */
static int make_job(struct client *c, struct entry *entry, enum job_kind kind,
		    struct panthor_job *job)
{
	unsigned int index = entry_index(c, entry);
	uint64_t at = index % SLOTS * CODE_PER_ENTRY, size = 0;
	struct stream_args args = {
		.counter = COUNTERS_VA + COUNTER_SIZE * index,
		.length = 1 + draw(&c->seed, 4000),
		.heap = c->heap.tiler_heap_ctx_gpu_va,
	};
	uint32_t done = entry_syncobj(c, index);
	struct csb b;

	if (!done)
		return -ENOENT;
	if (kind_counts(kind)) {
		stream_build(&b, kind, &args);
		size = csb_size(&b);
		if (csb_finish(&b) || size > CODE_PER_ENTRY)
			abort();
		memcpy((char *)c->code.cpu + at, b.words, size);
		csb_fini(&b);
	}
	panthor_job_init(job, draw(&c->seed, QUEUES), size ? CODE_VA + at : 0, size);
	/* Wait for a job of this client or of another one, if it has a fence. */
	if (!draw(&c->seed, 4)) {
		index = draw(&c->seed, ENTRIES);
		if (atomic_load(&c->setup->ledger->entries[index].state) == ENTRY_ACCEPTED &&
		    entry_syncobj(c, index))
			panthor_job_wait(job, entry_syncobj(c, index), 0);
	}
	panthor_job_signal(job, done, 0);
	return 0;
}

static void renew_group(struct client *c, unsigned int g)
{
	uint32_t state, queues;

	if (c->groups[g]) {
		if (!panthor_group_get_state(c->fd, c->groups[g], &state, &queues) && !state)
			return;
		panthor_group_destroy(c->fd, c->groups[g]);
	}
	c->groups[g] = 0;
	panthor_group_create_priority(c->fd, c->vm, QUEUES, RING,
				      PANTHOR_GROUP_PRIORITY_LOW + draw(&c->seed, 2),
				      &c->groups[g]);
}

static void submit(struct client *c)
{
	unsigned int g = draw(&c->seed, GROUPS), want = 1 + draw(&c->seed, BATCH), n;
	struct entry *entries[BATCH];
	struct panthor_job jobs[BATCH];
	int ret;

	if (!c->groups[g])
		renew_group(c, g);
	for (n = 0; n < want; n++) {
		enum job_kind kind = draw_kind(c);

		entries[n] = ledger_take(c->setup->ledger, c->setup->index);
		if (!entries[n] || make_job(c, entries[n], kind, &jobs[n]))
			break;
		ledger_enter(entries[n], kind);
	}
	if (!n) {
		usleep(2000);
		return;
	}
	ret = panthor_submit(c->fd, c->groups[g], jobs, n);
	for (unsigned int i = 0; i < n; i++)
		ledger_settle(entries[i], ret);
	if (ret == -ENODEV)
		exit(0);
	if (ret)
		renew_group(c, g);
}

static void bind_async(struct client *c)
{
	struct entry *entry = ledger_take(c->setup->ledger, c->setup->index);
	struct drm_panthor_sync_op sync = { .flags = DRM_PANTHOR_SYNC_OP_SIGNAL };
	struct drm_panthor_vm_bind_op op = {
		.va = FREE_VA + draw(&c->seed, 64) * BUFFER_SIZE / 2,
		.size = BUFFER_SIZE / 2,
		.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_UNMAP,
	};
	uint32_t bo = c->buffers[draw(&c->seed, BUFFERS)];

	if (!entry)
		return;
	sync.handle = entry_syncobj(c, entry_index(c, entry));
	if (bo && draw(&c->seed, 2)) {
		op.flags = DRM_PANTHOR_VM_BIND_OP_TYPE_MAP |
			   DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC;
		op.bo_handle = bo;
	}
	op.syncs = (struct drm_panthor_obj_array)DRM_PANTHOR_OBJ_ARRAY(1, &sync);
	ledger_enter(entry, JOB_BIND);
	ledger_settle(entry, panthor_vm_bind_async(c->fd, c->vm, &op, 1));
}

/* --- Other calls ---------------------------------------------------------- */

static void bind_sync(struct client *c)
{
	uint64_t va = FREE_VA + draw(&c->seed, 64) * BUFFER_SIZE / 2;
	uint32_t bo = c->buffers[draw(&c->seed, BUFFERS)];

	if (bo && draw(&c->seed, 2))
		panthor_vm_map(c->fd, c->vm, va, bo, 0, BUFFER_SIZE, 0);
	else
		panthor_vm_unmap(c->fd, c->vm, va, BUFFER_SIZE);
}

/* Create and use a buffer object, or drop one. */
static void buffer(struct client *c)
{
	uint32_t *bo = &c->buffers[draw(&c->seed, BUFFERS)];
	uint64_t size = BUFFER_SIZE;
	void *cpu;

	if (*bo) {
		panthor_bo_close(c->fd, *bo);
		*bo = 0;
		return;
	}
	if (panthor_bo_create(c->fd, &size, 0, draw(&c->seed, 2) ? c->vm : 0, bo))
		return;
	/* A page that cannot be had is SIGBUS; the observer starts the next client. */
	if (draw(&c->seed, 2) && !panthor_bo_mmap(c->fd, *bo, size, &cpu)) {
		memset(cpu, 1, size);
		munmap(cpu, size);
	}
}

/* Export a buffer and import it into another file. */
static void prime(struct client *c)
{
	uint32_t bo = c->buffers[draw(&c->seed, BUFFERS)], handle;
	int dmabuf, other;

	if (!bo || drmPrimeHandleToFD(c->fd, bo, DRM_CLOEXEC | DRM_RDWR, &dmabuf))
		return;
	other = panthor_open();
	if (other >= 0) {
		if (!drmPrimeFDToHandle(other, dmabuf, &handle) && draw(&c->seed, 2))
			panthor_bo_close(other, handle);
		close(other);
	}
	close(dmabuf);
}

/* A sync_file of a job, made into a syncobj of its own for a moment */
static void sync_file(struct client *c)
{
	uint32_t handle = entry_syncobj(c, draw(&c->seed, ENTRIES));
	int file = handle ? panthor_syncobj_export(c->fd, handle, 0) : -1, copy;

	if (file < 0)
		return;
	copy = panthor_syncobj_import(c->fd, file);
	if (copy > 0) {
		panthor_syncobj_wait(c->fd, copy, 0, PANTHOR_MILLISECOND);
		drmSyncobjTransfer(c->fd, c->timeline, ++c->point, copy, 0, 0);
		panthor_syncobj_destroy(c->fd, copy);
	}
	close(file);
}

static void heap(struct client *c)
{
	if (c->heap.handle) {
		struct drm_panthor_tiler_heap_destroy args = { .handle = c->heap.handle };

		panthor_ioctl(c->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY, &args);
	}
	c->heap = (struct drm_panthor_tiler_heap_create) {
		.vm_id = c->vm, .initial_chunk_count = 2, .chunk_size = CHUNK,
		.max_chunks = 8, .target_in_flight = 65535,
	};
	if (panthor_ioctl(c->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &c->heap))
		c->heap.handle = 0;
	else
		tiler_init(c->data.cpu, c->heap.first_heap_chunk_gpu_va);
}

static void look(struct client *c)
{
	struct drm_panthor_gpu_info info;
	char path[64], text[2048];
	uint32_t state;
	int file;

	panthor_query(c->fd, DRM_PANTHOR_DEV_QUERY_GPU_INFO, &info, sizeof(info));
	panthor_vm_get_state(c->fd, c->vm, &state);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", c->fd);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file >= 0) {
		while (read(file, text, sizeof(text)) > 0)
			;
		close(file);
	}
}

static void release_waiting(struct client *c)
{
	volatile uint32_t *hold = (void *)((char *)c->data.cpu + DATA_HOLD);

	*hold = !*hold;
}

/* --- The process ---------------------------------------------------------- */

static bool open_context(struct client *c)
{
	uint32_t counters;

	c->fd = panthor_open();
	if (c->fd < 0 || panthor_vm_create(c->fd, 0, &c->vm) ||
	    panthor_buf_create(c->fd, c->vm, CODE_VA, SLOTS * CODE_PER_ENTRY, 0, &c->code) ||
	    panthor_buf_create(c->fd, c->vm, DATA_VA, DATA_SIZE,
			       DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, &c->data) ||
	    drmPrimeFDToHandle(c->fd, c->setup->counters, &counters) ||
	    panthor_vm_map(c->fd, c->vm, COUNTERS_VA, counters, 0, c->setup->counters_size,
			   DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC) ||
	    panthor_syncobj_create(c->fd, 0, &c->timeline))
		return false;
	/* Some of them only */
	for (unsigned int g = 0; g < GROUPS; g++) {
		if (draw(&c->seed, 2))
			renew_group(c, g);
	}
	return true;
}

static void write_text(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);

	if (file >= 0) {
		/* What fails here makes the load milder, not wrong. */
		if (write(file, text, strlen(text)) < 0)
			errno = 0;
		close(file);
	}
}

/**
 * client_run - be a client until the process is killed
 * @setup: what it works with
 *
 * Returns if the context cannot be set up, the device is gone, or by chance.
 */
void client_run(const struct client_setup *setup)
{
	static void (*const calls[])(struct client *c) = {
		bind_async, bind_async, bind_sync, buffer, buffer, prime, sync_file, heap,
		look, release_waiting, release_waiting,
	};
	static struct client c;

	c.setup = setup;
	c.seed = setup->seed;
	ledger_time(setup->ledger);
	write_text("/proc/self/oom_score_adj", "500");
	if (setup->cgroup)
		write_text(setup->cgroup, "0");
	if (!open_context(&c)) {
		usleep(50000);
		return;
	}
	atomic_fetch_add(&setup->ledger->ready, 1);
	while (!atomic_load(&setup->ledger->quit) && draw(&c.seed, 2000)) {
		if (draw(&c.seed, 3))
			submit(&c);
		else
			calls[draw(&c.seed, sizeof(calls) / sizeof(calls[0]))](&c);
	}
}
