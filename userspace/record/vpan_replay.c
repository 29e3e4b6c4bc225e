// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vpan-replay - do with the GPU what a program did, from a record of vpan-record
 *
 * Submissions are made one after the other, each when the one before has ended.
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "panthor.h"
#include "panthor_sync.h"
#include "record.h"

#define MAX_FILES	64
#define MAX_IDS		65536
#define MAX_SUBMITS	256

struct buffer {
	uint32_t handle;
	uint64_t size;
	uint8_t *memory;
};

/* By the program's numbers; 0 is none. */
struct file {
	int fd;
	uint32_t vms[MAX_IDS];
	uint32_t groups[MAX_IDS];
	uint32_t heaps[MAX_IDS];
	struct buffer buffers[MAX_IDS];
};

static struct file *files[MAX_FILES];
static const char *name;
static unsigned int entry;
static unsigned int submitted, bad, pages, changed;
static bool verbose;
static int64_t limit = 60 * PANTHOR_SECOND;

static _Noreturn void die(const char *what, int error)
{
	fprintf(stderr, "vpan-replay: error: %s, entry %u: %s%s%s\n", name, entry, what,
		error ? ": " : "", error ? strerror(error) : "");
	exit(2);
}

static void check(int ret, const char *what)
{
	if (ret)
		die(what, -ret);
}

static struct file *file_of(uint32_t number)
{
	if (number >= MAX_FILES)
		die("too many device files", 0);
	if (!files[number]) {
		files[number] = calloc(1, sizeof(*files[number]));
		if (!files[number])
			die("memory", ENOMEM);
		files[number]->fd = panthor_open();
		if (files[number]->fd < 0)
			die("there is no device of the panthor driver", -files[number]->fd);
	}
	return files[number];
}

static uint32_t *slot(uint32_t *ids, uint32_t id)
{
	if (id >= MAX_IDS)
		die("a number is too large", 0);
	return &ids[id];
}

static struct buffer *buffer_of(struct file *file, uint32_t handle)
{
	if (handle >= MAX_IDS)
		die("a number is too large", 0);
	return &file->buffers[handle];
}

/* The payload has a structure of SIZE bytes and COUNT elements of EACH. */
static void need(const struct record_head *head, uint64_t size, uint64_t count, uint64_t each)
{
	if (head->size != size + count * each)
		die("the record is damaged", 0);
}

static void create_buffer(struct file *file, const struct drm_panthor_bo_create *bo,
			  bool imported)
{
	struct buffer *buffer = buffer_of(file, bo->handle);
	uint32_t flags = imported ? 0 : bo->flags;
	uint32_t vm = bo->exclusive_vm_id ? *slot(file->vms, bo->exclusive_vm_id) : 0;

	/* An import may be of a buffer of the same file. */
	if (imported && buffer->handle)
		return;
	buffer->size = bo->size;
	check(panthor_bo_create(file->fd, &buffer->size, flags, vm, &buffer->handle),
	      "create a buffer");
	if (flags & DRM_PANTHOR_BO_NO_MMAP)
		return;
	check(panthor_bo_mmap(file->fd, buffer->handle, buffer->size, (void **)&buffer->memory),
	      "map a buffer");
}

static void close_buffer(struct file *file, uint32_t handle)
{
	struct buffer *buffer = buffer_of(file, handle);

	if (!buffer->handle)
		return;
	if (buffer->memory)
		munmap(buffer->memory, buffer->size);
	check(panthor_bo_close(file->fd, buffer->handle), "close a buffer");
	memset(buffer, 0, sizeof(*buffer));
}

static void bind(struct file *file, struct drm_panthor_vm_bind *args)
{
	struct drm_panthor_vm_bind_op *ops = (void *)(args + 1);

	for (uint32_t i = 0; i < args->ops.count; i++) {
		uint32_t type = ops[i].flags & DRM_PANTHOR_VM_BIND_OP_TYPE_MASK;
		int ret;

		if (type == (uint32_t)DRM_PANTHOR_VM_BIND_OP_TYPE_SYNC_ONLY)
			continue;
		if (ops[i].bo_handle)
			ops[i].bo_handle = buffer_of(file, ops[i].bo_handle)->handle;
		ret = panthor_vm_bind(file->fd, *slot(file->vms, args->vm_id), &ops[i], 1,
				      NULL);
		check(ret, "VM_BIND");
	}
}

static void create_group(struct file *file, const struct drm_panthor_group_create *args)
{
	struct drm_panthor_group_create own = *args;

	own.queues.array = (uintptr_t)(args + 1);
	own.queues.stride = sizeof(struct drm_panthor_queue_create);
	own.vm_id = *slot(file->vms, args->vm_id);
	check(panthor_ioctl(file->fd, DRM_IOCTL_PANTHOR_GROUP_CREATE, &own),
	      "create a group");
	*slot(file->groups, args->group_handle) = own.group_handle;
}

static void create_heap(struct file *file, const struct drm_panthor_tiler_heap_create *args)
{
	struct drm_panthor_tiler_heap_create own = *args;

	own.vm_id = *slot(file->vms, args->vm_id);
	own.handle = 0;
	check(panthor_ioctl(file->fd, DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &own),
	      "create a heap");
	/* The program's descriptors have these addresses. */
	if (own.tiler_heap_ctx_gpu_va != args->tiler_heap_ctx_gpu_va ||
	    own.first_heap_chunk_gpu_va != args->first_heap_chunk_gpu_va)
		die("this driver places tiler heaps elsewhere", 0);
	*slot(file->heaps, args->handle) = own.handle;
}

static void destroy(struct file *file, uint32_t *id, unsigned long request)
{
	struct drm_panthor_tiler_heap_destroy args = { .handle = *id };
	int ret = panthor_ioctl(file->fd, request, &args);

	check(ret, "end an object");
	*id = 0;
}

static void put_pages(struct file *file, const struct record_pages *at, uint64_t bytes,
		      bool result)
{
	struct buffer *buffer = buffer_of(file, at->handle);
	const uint8_t *data = (const void *)(at + 1);

	if ((at->offset | bytes) % PANTHOR_PAGE_SIZE)
		die("the record is damaged", 0);
	if (!buffer->memory || at->offset > buffer->size || bytes > buffer->size - at->offset)
		die("contents of a buffer that has no such place", 0);
	if (!result) {
		memcpy(buffer->memory + at->offset, data, bytes);
		return;
	}
	for (uint64_t done = 0; done < bytes; done += PANTHOR_PAGE_SIZE) {
		pages++;
		if (!memcmp(buffer->memory + at->offset + done, data + done, PANTHOR_PAGE_SIZE))
			continue;
		changed++;
		if (verbose)
			printf("buffer %u differs from the record at 0x%llx\n", at->handle,
			       (unsigned long long)(at->offset + done));
	}
}

/* Say how a job has ended. */
static void report(struct file *file, const struct drm_panthor_group_submit *args,
		   const struct drm_panthor_queue_submit *job, uint32_t syncobj)
{
	struct panthor_fence_info info = {};
	int ret = panthor_syncobj_wait(file->fd, syncobj, 0, limit);

	if (!ret)
		ret = panthor_syncobj_info(file->fd, syncobj, 0, &info);
	submitted++;
	if (!ret && info.status == 1) {
		if (verbose)
			printf("job %u: group %u queue %u: done\n", submitted,
			       args->group_handle, job->queue_index);
		return;
	}
	bad++;
	printf("job %u: group %u queue %u, stream 0x%llx, %u bytes: %s\n", submitted,
	       args->group_handle, job->queue_index, (unsigned long long)job->stream_addr,
	       job->stream_size, ret == -ETIME ? "no end within the limit" :
	       ret ? strerror(-ret) : panthor_fence_words(info.status));
}

/* A group that was killed takes no job; say so once. */
static void refuse(const struct drm_panthor_group_submit *args, uint32_t count, int error)
{
	static uint32_t last;

	submitted += count;
	bad += count;
	if (verbose || last != args->group_handle)
		printf("job %u: group %u takes no job: %s\n", submitted, args->group_handle,
		       strerror(error));
	last = args->group_handle;
}

static void submit(struct file *file, const struct drm_panthor_group_submit *args)
{
	struct drm_panthor_queue_submit *jobs = (void *)(args + 1);
	uint32_t count = args->queue_submits.count;
	struct panthor_job own[MAX_SUBMITS];
	uint32_t syncobjs[MAX_SUBMITS];
	int ret;

	if (count > MAX_SUBMITS)
		die("too many jobs in a submission", 0);
	for (uint32_t i = 0; i < count; i++) {
		check(panthor_syncobj_create(file->fd, 0, &syncobjs[i]), "syncobj");
		panthor_job_init(&own[i], jobs[i].queue_index, jobs[i].stream_addr,
				 jobs[i].stream_size);
		panthor_job_signal(&own[i], syncobjs[i], 0);
	}
	ret = panthor_submit(file->fd, *slot(file->groups, args->group_handle), own, count);
	if (ret)
		refuse(args, count, -ret);
	for (uint32_t i = 0; i < count; i++) {
		if (!ret)
			report(file, args, &jobs[i], syncobjs[i]);
		panthor_syncobj_destroy(file->fd, syncobjs[i]);
	}
}

static void create_vm(struct file *file, const struct drm_panthor_vm_create *args)
{
	check(panthor_vm_create(file->fd, args->user_va_range, slot(file->vms, args->id)),
	      "create an address space");
}

static void replay(const struct record_head *head, void *data)
{
	struct drm_panthor_vm_bind *vm_bind = data;
	struct drm_panthor_group_create *group = data;
	struct drm_panthor_group_submit *jobs = data;
	struct file *file = file_of(head->file);
	uint32_t *id = data;

	switch (head->type) {
	case RECORD_VM_CREATE:
		need(head, sizeof(struct drm_panthor_vm_create), 0, 0);
		create_vm(file, data);
		break;
	case RECORD_VM_DESTROY:
		need(head, sizeof(struct drm_panthor_vm_destroy), 0, 0);
		destroy(file, slot(file->vms, *id), DRM_IOCTL_PANTHOR_VM_DESTROY);
		break;
	case RECORD_BO_CREATE:
	case RECORD_BO_IMPORT:
		need(head, sizeof(struct drm_panthor_bo_create), 0, 0);
		create_buffer(file, data, head->type == RECORD_BO_IMPORT);
		break;
	case RECORD_BO_CLOSE:
		need(head, sizeof(*id), 0, 0);
		close_buffer(file, *id);
		break;
	case RECORD_BIND:
		need(head, sizeof(*vm_bind), vm_bind->ops.count,
		     sizeof(struct drm_panthor_vm_bind_op));
		bind(file, vm_bind);
		break;
	case RECORD_GROUP_CREATE:
		need(head, sizeof(*group), group->queues.count,
		     sizeof(struct drm_panthor_queue_create));
		create_group(file, group);
		break;
	case RECORD_GROUP_DESTROY:
		need(head, sizeof(struct drm_panthor_group_destroy), 0, 0);
		destroy(file, slot(file->groups, *id), DRM_IOCTL_PANTHOR_GROUP_DESTROY);
		break;
	case RECORD_HEAP_CREATE:
		need(head, sizeof(struct drm_panthor_tiler_heap_create), 0, 0);
		create_heap(file, data);
		break;
	case RECORD_HEAP_DESTROY:
		need(head, sizeof(struct drm_panthor_tiler_heap_destroy), 0, 0);
		destroy(file, slot(file->heaps, *id), DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY);
		break;
	case RECORD_PAGES:
	case RECORD_RESULT:
		put_pages(file, data, head->size - sizeof(struct record_pages),
			  head->type == RECORD_RESULT);
		break;
	case RECORD_SUBMIT:
		need(head, sizeof(*jobs), jobs->queue_submits.count,
		     sizeof(struct drm_panthor_queue_submit));
		submit(file, jobs);
		break;
	default:
		die("an unknown kind of entry", 0);
	}
}

static void replay_file(FILE *in)
{
	char magic[8];

	if (fread(magic, sizeof(magic), 1, in) != 1 ||
	    memcmp(magic, RECORD_MAGIC, sizeof(magic)))
		die("this is not a record of vpan-record", 0);
	for (entry = 1;; entry++) {
		struct record_head head;
		void *data;

		if (fread(&head, sizeof(head), 1, in) != 1)
			return;
		/* All payloads begin with a structure that is not larger than this. */
		if (head.size > 1ull << 40)
			die("the record is damaged", 0);
		data = calloc(1, head.size + sizeof(struct drm_panthor_group_create));
		if (!data)
			die("memory", ENOMEM);
		if (head.size && fread(data, head.size, 1, in) != 1)
			die("the record ends in an entry", 0);
		replay(&head, data);
		free(data);
	}
}

static const char help[] =
	"Usage: vpan-replay [-v] [-t SECONDS] FILE\n"
	"\n"
	"Does with the GPU what a program did, from a record of vpan-record. Submissions are made\n"
	"one after the other, each when the jobs of the one before have ended. A job that fails\n"
	"is named, and so is the number of pages that differ from those of the program when it\n"
	"closed its buffers.\n"
	"\n"
	"Options:\n"
	"  -t, --timeout SECONDS  wait as long for a job (default: 60)\n"
	"  -v, --verbose          name each job, and each page that differs\n"
	"\n"
	"Exit status:\n"
	"  0  all jobs were done\n"
	"  1  some were not\n"
	"  2  the record cannot be replayed: it is damaged, there is no device, or its driver\n"
	"     places tiler heaps at other addresses\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "timeout", required_argument, NULL, 't' },
		{ "verbose", no_argument, NULL, 'v' },
		{},
	};
	FILE *in;
	char *rest;
	int option;

	while ((option = getopt_long(argc, argv, "ht:v", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option == 'v') {
			verbose = true;
		} else if (option == 't') {
			limit = strtol(optarg, &rest, 10) * PANTHOR_SECOND;
			if (*rest || limit <= 0) {
				fputs("vpan-replay: error: -t takes a number of seconds\n",
				      stderr);
				return 2;
			}
		} else {
			fputs(help, stderr);
			return 2;
		}
	}
	if (optind + 1 != argc) {
		fputs(help, stderr);
		return 2;
	}
	name = argv[optind];
	in = fopen(name, "re");
	if (!in) {
		fprintf(stderr, "vpan-replay: error: %s: %s\n", name, strerror(errno));
		return 2;
	}
	replay_file(in);
	fclose(in);
	printf("%u jobs replayed, %u not done; %u of %u pages of results as recorded\n",
	       submitted, bad, pages - changed, pages);
	return bad ? 1 : 0;
}
