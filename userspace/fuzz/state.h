/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef FUZZ_STATE_H
#define FUZZ_STATE_H

/**
 * DOC: State of a running program
 *
 * A program of the fuzzer is a list of calls that actors execute: two threads of
 * one process and two of another. Calls refer to resources by slots. Slots of GEM,
 * GPU and sync object handles are shared by all actors; those of file descriptors
 * and mappings belong to a process.
 *
 * This header, actors.c, stage.c, plain.c and system.c know nothing of the representation of
 * programs: "fuzz --c" copies their text into the C program that replays one.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FZ_SLOTS	8
#define FZ_ACTORS	4
#define FZ_CALLS	64
/* Exit status of a process that could not start its threads */
#define FZ_EXIT_NO_ACTOR	3
#define FZ_AUTO		0xa0a0a0a0a0a0a0a0ull

/* Handles, then what a process owns */
enum fz_slot_kind {
	FZ_VM, FZ_BO, FZ_GROUP, FZ_HEAP, FZ_SYNC,
	FZ_HANDLE_KINDS,
	FZ_FD = FZ_HANDLE_KINDS,	/* device file */
	FZ_XFD,				/* dma-buf, sync file */
	FZ_MAP,
	FZ_SLOT_KINDS,
};

/* Lists of elements that a call passes as an array */
enum fz_list {
	FZ_NO_LIST, FZ_SYNCS, FZ_BINDS, FZ_JOBS, FZ_QUEUES, FZ_BO_SYNCS, FZ_HANDLES,
	FZ_POINTS,
	FZ_LISTS,
};

#define FZ_LIST_MAX	16
#define FZ_ELEMENT_MAX	64
#define FZ_ARENA	(256u << 10)

/**
 * struct fz_shared - memory of all processes of a program
 * @handles: slots of handles
 * @bo_size: size of the buffer in each slot
 * @bo_offset: mmap() offset of the buffer in each slot
 * @heap_context: GPU address of the context of the heap in each slot
 * @heap_chunk: GPU address of the first chunk of the heap in each slot
 * @turn: futex word of each actor: number of calls that it was given
 * @done: number of calls that each actor has completed
 * @call: the call to execute
 * @results: result of each call: 0 or a negative errno
 * @tid: thread of each actor
 * @child: process of the actors 2 and 3
 * @over: the actors have to end
 */
struct fz_shared {
	uint64_t handles[FZ_HANDLE_KINDS][FZ_SLOTS];
	uint64_t bo_size[FZ_SLOTS];
	uint64_t bo_offset[FZ_SLOTS];
	uint64_t heap_context[FZ_SLOTS];
	uint64_t heap_chunk[FZ_SLOTS];
	uint32_t turn[FZ_ACTORS];
	uint32_t done[FZ_ACTORS];
	uint32_t call[FZ_ACTORS];
	int32_t results[FZ_CALLS];
	int32_t tid[FZ_ACTORS];
	int32_t child;
	uint32_t over;
};

struct fz_map {
	void *at;
	size_t size;
};

/**
 * struct fz_process - what the actors of a process share
 * @fds: slots of device files and other files
 * @maps: slots of mappings
 * @socket: for files that are passed to the other process
 * @number: 0 or 1
 */
struct fz_process {
	int fds[2][FZ_SLOTS];
	struct fz_map maps[FZ_SLOTS];
	int socket;
	unsigned int number;
};

/**
 * struct fz_actor - a thread that executes calls
 * @shared: state of the program
 * @process: state of the process
 * @number: number of the actor
 * @items: elements of the lists
 * @count: number of elements of each list
 * @arena: memory of arrays, until the call that uses them returns
 * @used: bytes of @arena in use
 * @fail_nth: allocation that fails in the next ioctl, 0 for none
 * @fault: where a bad memory access continues
 * @guarded: @fault is set
 */
struct fz_actor {
	struct fz_shared *shared;
	struct fz_process *process;
	unsigned int number;
	unsigned char items[FZ_LISTS][FZ_LIST_MAX][FZ_ELEMENT_MAX];
	unsigned int count[FZ_LISTS];
	unsigned char *arena;
	size_t used;
	unsigned int fail_nth;
	sigjmp_buf fault;
	volatile bool guarded;
};

/**
 * struct fz_run - a program to execute
 * @count: number of calls
 * @actor: actor of each call
 * @async: the next call does not wait for this one
 * @call: executes a call; returns 0 or a negative errno
 * @data: for @call
 * @start: called in each thread, may be NULL
 * @end: called after each call, may be NULL
 */
struct fz_run {
	unsigned int count;
	unsigned char actor[FZ_CALLS];
	bool async[FZ_CALLS];
	long (*call)(struct fz_actor *actor, unsigned int number, void *data);
	void *data;
	void (*start)(struct fz_actor *actor);
	void (*end)(struct fz_actor *actor);
};

/* What a system call returned, as 0 or a negative errno */
static inline long fz_result(long ret)
{
	return ret < 0 ? -errno : 0;
}

/* actors.c */
long fz_run(const struct fz_run *run, struct fz_shared *shared);
struct fz_shared *fz_shared_new(void);

/* stage.c */
void fz_stage(struct fz_actor *a, enum fz_list list, const void *item, size_t size);
uint64_t fz_count(const struct fz_actor *a, enum fz_list list);
uint64_t fz_layout(struct fz_actor *a, enum fz_list list, uint64_t stride, uint64_t mode);
uint64_t fz_buffer(struct fz_actor *a, size_t size, uint64_t mode);
void fz_clear(struct fz_actor *a);
size_t fz_natural(enum fz_list list);

/* plain.c */
int fz_open_device(const char *prefix, unsigned int first);
int fz_fd(struct fz_actor *a, enum fz_slot_kind kind, uint64_t slot);
long fz_set_fd(struct fz_actor *a, enum fz_slot_kind kind, uint64_t slot, int fd);
long fz_close_all(struct fz_actor *a);
long fz_put_words(struct fz_actor *a, uint64_t map, uint64_t offset, uint64_t *words,
		  unsigned int count, uint64_t heap);
long fz_ioctl(struct fz_actor *a, int fd, unsigned long request, void *arg);

void fz_note(struct fz_actor *a, unsigned long request, const void *arg);

#define FZ_PLAIN(name)	long plain_##name(struct fz_actor *a, const uint64_t *v)
FZ_PLAIN(open);
FZ_PLAIN(close);
FZ_PLAIN(xclose);
FZ_PLAIN(dup);
FZ_PLAIN(mmap);
FZ_PLAIN(xmmap);
FZ_PLAIN(mmio);
FZ_PLAIN(munmap);
FZ_PLAIN(mprotect);
FZ_PLAIN(madvise);
FZ_PLAIN(mremap);
FZ_PLAIN(touch);
FZ_PLAIN(poke);
FZ_PLAIN(read);
FZ_PLAIN(poll);
FZ_PLAIN(fdinfo);
FZ_PLAIN(send);
FZ_PLAIN(recv);
FZ_PLAIN(kill);
FZ_PLAIN(signal);
FZ_PLAIN(forked);
FZ_PLAIN(inject);
FZ_PLAIN(reset);
FZ_PLAIN(shrink);
FZ_PLAIN(debugfs);
FZ_PLAIN(memcg);
FZ_PLAIN(failnth);
FZ_PLAIN(nap);
FZ_PLAIN(gpusleep);
FZ_PLAIN(unbind);
FZ_PLAIN(bind);

#endif /* FUZZ_STATE_H */
