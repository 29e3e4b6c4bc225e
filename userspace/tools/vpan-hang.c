// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vpan-hang - three processes use the GPU, and a job of one of them never ends
 *
 * The group of the hanging job must time out; the other two processes must complete
 * all their jobs.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cs_builder.h"
#include "panthor.h"
#include "panthor_sync.h"

#define PROCESSES	3
#define HANG_PROCESS		1
#define JOBS		200
#define HANG_JOB	100
#define CODE_VA		0x01000000ull
#define DATA_VA		0x02000000ull
#define JOB_BYTES	512
#define REG_ADDR	68
#define REG_COUNT	74
#define TIMEOUT		(60 * PANTHOR_SECOND)

static const char help[] =
"Usage: vpan-hang\n"
"\n"
"Use the GPU in three processes of 200 jobs each, one of which never ends.\n"
"\n"
"The group of the job that hangs must time out; the other two processes must\n"
"complete all their jobs. Prints a line for each process.\n"
"\n"
"Options:\n"
"  -h, --help            print this text\n"
"\n"
"Exit status: 0 if all is as expected, 1 if not, 2 for wrong usage.\n";

struct process {
	int fd;
	uint32_t vm;
	uint32_t group;
	/* One per job, as a timeline drops the errors of points that have passed */
	uint32_t done[JOBS];
	struct panthor_buf code;
	struct panthor_buf data;
};

static int setup(struct process *p)
{
	int ret;

	p->fd = panthor_open();
	if (p->fd < 0)
		return p->fd;
	ret = panthor_vm_create(p->fd, 0, &p->vm);
	if (!ret)
		ret = panthor_buf_create(p->fd, p->vm, CODE_VA, JOBS * JOB_BYTES, 0,
					 &p->code);
	if (!ret)
		ret = panthor_buf_create(p->fd, p->vm, DATA_VA, PANTHOR_PAGE_SIZE,
					 DRM_PANTHOR_VM_BIND_OP_MAP_NOEXEC, &p->data);
	if (!ret)
		ret = panthor_group_create(p->fd, p->vm, 1, 16384, &p->group);
	for (unsigned int i = 0; !ret && i < JOBS; i++)
		ret = panthor_syncobj_create(p->fd, 0, &p->done[i]);
	return ret;
}

/* Submit a job that adds 1 to a counter in memory, or loops forever before it. */
static int submit(struct process *p, unsigned int i, bool hang)
{
	struct csb_label loop = CSB_LABEL_INIT;
	struct panthor_job job;
	struct csb b;
	int ret;

	csb_init(&b);
	csb_move48(&b, REG_ADDR, DATA_VA);
	csb_move32(&b, REG_COUNT, 1);
	if (hang) {
		csb_place(&b, &loop);
		csb_branch(&b, CSF_COND_ALWAYS, REG_COUNT, &loop);
	}
	csb_sync_add32(&b, REG_ADDR, REG_COUNT, CSF_SYNC_SCOPE_SYSTEM);
	ret = csb_finish(&b);
	if (!ret) {
		memcpy((char *)p->code.cpu + i * JOB_BYTES, b.words, csb_size(&b));
		panthor_job_init(&job, 0, CODE_VA + i * JOB_BYTES, csb_size(&b));
		panthor_job_signal(&job, p->done[i], 0);
		ret = panthor_submit(p->fd, p->group, &job, 1);
	}
	csb_fini(&b);
	return ret;
}

/* Return: the status of job @i's fence: 1 or a negative errno. */
static int wait_job(struct process *p, unsigned int i)
{
	struct panthor_fence_info info;
	int fence = panthor_syncobj_export(p->fd, p->done[i], 0);
	int ret;

	if (fence < 0)
		return fence;
	ret = panthor_fence_wait(fence, TIMEOUT);
	if (!ret)
		ret = panthor_fence_info(fence, &info);
	close(fence);
	return ret ? ret : info.status;
}

/* Return: whether all jobs ended as expected. */
static bool report(struct process *p, unsigned int n)
{
	unsigned int done = *(volatile unsigned int *)p->data.cpu;
	unsigned int expected = n == HANG_PROCESS ? HANG_JOB : JOBS;
	int last = wait_job(p, JOBS - 1), at = wait_job(p, HANG_JOB);
	uint32_t state, queues;
	bool good;

	if (panthor_group_get_state(p->fd, p->group, &state, &queues))
		return false;
	if (n == HANG_PROCESS)
		good = at == -ETIMEDOUT && last < 0 &&
		       state == DRM_PANTHOR_GROUP_STATE_TIMEDOUT;
	else
		good = at == 1 && last == 1 && !state;
	good &= done == expected && wait_job(p, HANG_JOB - 1) == 1;
	printf("process %u: %u of %u jobs done, job %u: %s, last: %s, group %s: %s\n", n,
	       done, JOBS, HANG_JOB, panthor_fence_words(at), panthor_fence_words(last),
	       state & DRM_PANTHOR_GROUP_STATE_TIMEDOUT ? "timed out" : "alive",
	       good ? "as expected" : "WRONG");
	fflush(stdout);
	return good;
}

static int run(unsigned int n)
{
	struct process p;
	char name[16];
	int ret;

	snprintf(name, sizeof(name), "hang-demo-%u", n);
	prctl(PR_SET_NAME, name);
	ret = setup(&p);
	for (unsigned int i = 0; !ret && i < JOBS; i++)
		ret = submit(&p, i, n == HANG_PROCESS && i == HANG_JOB);
	if (ret) {
		fprintf(stderr, "process %u: setup failed: %s\n", n, strerror(-ret));
		return 1;
	}
	wait_job(&p, JOBS - 1);
	return !report(&p, n);
}

int main(int argc, char **argv)
{
	bool good = true;
	int status;

	if (argc > 1) {
		bool asked = !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h");

		fputs(help, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	for (unsigned int n = 0; n < PROCESSES; n++) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("fork");
			return 1;
		}
		if (!pid)
			_exit(run(n));
	}
	while (wait(&status) > 0)
		good &= WIFEXITED(status) && !WEXITSTATUS(status);
	printf(good ? "one group was killed, the other processes completed all jobs\n" :
	       "unexpected results\n");
	return !good;
}
