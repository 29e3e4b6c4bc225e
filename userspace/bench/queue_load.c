// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * queue-load SECONDS - use the GPU with jobs side by side on several queues
 *
 * A load for monitors: two thirds of the time jobs run, in the rest there are none. Prints
 * in which part of the time jobs were pending, in percent, which is a bound of the time in
 * which any of them ran.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cs_builder.h"
#include "panthor.h"
#include "panthor_sync.h"

#define QUEUES		4
#define CODE_VA		0x01000000ull
#define DATA_VA		0x02000000ull
/* Monitors print MiB. */
#define DATA_BYTES	(16u << 20)
#define STREAM_BYTES	256
#define TURNS		10000
#define REG_COUNT	74
#define TIMEOUT		(60 * PANTHOR_SECOND)

struct load {
	int fd;
	uint32_t vm;
	uint32_t group;
	struct panthor_buf code;
	struct panthor_buf data;
	struct panthor_job jobs[QUEUES];
	uint32_t done[QUEUES];
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* The job of each queue takes longer than that of the one before. */
static int prepare_job(struct load *load, unsigned int queue)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct csb b;
	int ret;

	csb_init(&b);
	csb_move32(&b, REG_COUNT, (queue + 1) * TURNS);
	csb_place(&b, &loop);
	csb_add32(&b, REG_COUNT, REG_COUNT, -1);
	csb_branch(&b, CSF_COND_GT, REG_COUNT, &loop);
	ret = csb_finish(&b);
	if (!ret)
		ret = panthor_syncobj_create(load->fd, 0, &load->done[queue]);
	if (!ret) {
		memcpy((char *)load->code.cpu + queue * STREAM_BYTES, b.words, csb_size(&b));
		panthor_job_init(&load->jobs[queue], queue, CODE_VA + queue * STREAM_BYTES,
				 csb_size(&b));
		panthor_job_signal(&load->jobs[queue], load->done[queue], 0);
	}
	csb_fini(&b);
	return ret;
}

static int setup(struct load *load)
{
	int ret;

	load->fd = panthor_open();
	if (load->fd < 0)
		return load->fd;
	ret = panthor_vm_create(load->fd, 0, &load->vm);
	if (!ret)
		ret = panthor_buf_create(load->fd, load->vm, CODE_VA, QUEUES * STREAM_BYTES, 0,
					 &load->code);
	if (!ret)
		ret = panthor_buf_create(load->fd, load->vm, DATA_VA, DATA_BYTES,
					 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, &load->data);
	if (!ret)
		ret = panthor_group_create(load->fd, load->vm, QUEUES, 4096, &load->group);
	for (unsigned int i = 0; !ret && i < QUEUES; i++)
		ret = prepare_job(load, i);
	return ret;
}

static int wait_job(struct load *load, unsigned int queue)
{
	int fence = panthor_syncobj_export(load->fd, load->done[queue], 0);
	int ret;

	if (fence < 0)
		return fence;
	ret = panthor_fence_wait(fence, TIMEOUT);
	close(fence);
	return ret;
}

static int run_round(struct load *load)
{
	int ret = panthor_submit(load->fd, load->group, load->jobs, QUEUES);

	for (unsigned int i = 0; !ret && i < QUEUES; i++)
		ret = wait_job(load, i);
	return ret;
}

int main(int argc, char **argv)
{
	uint64_t begin, submitted, took, busy = 0, end;
	struct load load;
	int ret;

	if (argc != 2 || atoi(argv[1]) <= 0) {
		fputs("Usage: queue-load SECONDS\n", stderr);
		return 2;
	}
	ret = setup(&load);
	begin = now_ns();
	end = begin + atoi(argv[1]) * 1000000000ull;
	for (submitted = begin; !ret && submitted < end; submitted = now_ns()) {
		ret = run_round(&load);
		took = now_ns() - submitted;
		busy += took;
		usleep(took / 2000);
	}
	if (ret) {
		fprintf(stderr, "queue-load: %s\n", strerror(-ret));
		return 1;
	}
	printf("%u\n", (unsigned int)(100 * busy / (now_ns() - begin)));
	return 0;
}
