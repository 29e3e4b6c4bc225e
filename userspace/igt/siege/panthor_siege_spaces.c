// SPDX-License-Identifier: GPL-2.0 OR MIT

/*
 * More address spaces than the MMU has slots, each with several groups that are
 * never idle, while slots of the firmware are free. Each client's groups must run.
 * The software GPU is loaded with few address-space slots for this.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "igt.h"
#include "shader_asm.h"
#include "test_gpu.h"
#include "test_sysfs.h"
#include "test_units.h"

IGT_TEST_DESCRIPTION("Clients share the MMU's slots, however many groups each has.");

#define DATA		TEST_DATA_VA
#define GROUPS_MAX	32
#define CLIENTS		3

/* Default of the parameter of vcsf */
#define ADDRESS_SPACES	8

/* Offsets in the data buffer: the counter of group @i, the word that stops all loops */
#define COUNTER(i)	(256 + 64 * (i))
#define STOP		0

#define WAIT_MS		40000

/**
 * struct client - a client with groups that count as fast as they can
 * @gpu: its context
 * @done: signals when group @i has been stopped
 * @before: counters at an earlier time
 * @count: number of groups
 */
struct client {
	struct test_gpu gpu;
	uint32_t done[GROUPS_MAX];
	uint32_t before[GROUPS_MAX];
	unsigned int count;
};

static const char * const names[CLIENTS] = { "first", "second", "third" };

/* Load the software GPU with a number of address-space slots, and the driver. */
static void load(unsigned int address_spaces)
{
	char parameter[32];

	snprintf(parameter, sizeof(parameter), "address_spaces=%u", address_spaces);
	test_reload(parameter);
}

/* A group that counts until it is stopped */
static void client_add(struct client *client)
{
	struct csb_label loop = CSB_LABEL_INIT;
	unsigned int i = client->count++;
	struct panthor_job job;
	struct csb b;

	test_gpu_new_group(&client->gpu, 1);
	csb_init(&b);
	csb_move48(&b, TEST_REG_ADDR, DATA + STOP);
	csb_move48(&b, TEST_REG_ADDR2, DATA + COUNTER(i));
	csb_move32(&b, TEST_REG_COUNT, 0);
	csb_place(&b, &loop);
	csb_add32(&b, TEST_REG_COUNT, TEST_REG_COUNT, 1);
	csb_store(&b, TEST_REG_COUNT, 1, TEST_REG_ADDR2, 0);
	csb_load(&b, TEST_REG_VALUE, 1, TEST_REG_ADDR, 0);
	csb_wait(&b, CSB_SB_ALL);
	csb_branch(&b, CSF_COND_EQ, TEST_REG_VALUE, &loop);
	client->done[i] = test_syncobj(&client->gpu);
	test_job(&client->gpu, 0, &b, &job);
	panthor_job_signal(&job, client->done[i], 0);
	test_submit(&client->gpu, &job, 1);
}

/*
 * The same with workgroups of some milliseconds, which a group ends before it leaves its
 * slot. All groups count in one place, that of the first.
 */
static void client_add_shader(struct client *client)
{
	unsigned int i = client->count++;
	u64 words[TEST_SHADER_WORDS];
	struct panthor_job job;
	unsigned int count;
	struct csb b;

	count = shader_assemble_all("MOV.i32 r2, u0\n"
				    "MOV.i32 r3, u1\n"
				    "IADD_IMM.i32 r2, r2, #0x100\n"
				    "IADD_IMM.i32 r0, 0x0, #0x1388\n"
				    "IADD_IMM.i32.reconverge r0, r0, #0xffffffff\n"
				    "BRANCHZ.reconverge r0, offset:-2\n"
				    "ATOM1_RETURN.i32.slot0.ainc.end @, r2, offset:0x0\n",
				    words, TEST_SHADER_WORDS);
	igt_assert(count);
	test_load_shader(&client->gpu, words, count);
	test_gpu_new_group(&client->gpu, 1);
	csb_init(&b);
	test_emit_compute(&b, 16, 1 << 20);
	client->done[i] = test_syncobj(&client->gpu);
	test_job(&client->gpu, 0, &b, &job);
	panthor_job_signal(&job, client->done[i], 0);
	test_submit(&client->gpu, &job, 1);
}

static void client_open(struct client *client, unsigned int groups)
{
	memset(client, 0, sizeof(*client));
	test_gpu_open(&client->gpu, 0);
	while (client->count < groups)
		client_add(client);
}

static void client_close(struct client *client)
{
	test_release(&client->gpu, STOP);
	for (unsigned int i = 0; i < client->count; i++)
		igt_assert_eq(test_wait(&client->gpu, client->done[i], 0), 1);
	test_gpu_close(&client->gpu);
}

/* Wait until each group has run since the last call. */
static void client_wait_run(struct client *client, const char *name)
{
	for (unsigned int i = 0; i < client->count; i++) {
		for (int n = 0; n < WAIT_MS &&
		     test_read32(&client->gpu, COUNTER(i)) == client->before[i]; n++)
			usleep(1000);
		igt_assert_f(test_read32(&client->gpu, COUNTER(i)) != client->before[i],
			     "group %u of the %s client does not run\n", i, name);
	}
	for (unsigned int i = 0; i < client->count; i++)
		client->before[i] = test_read32(&client->gpu, COUNTER(i));
}

static unsigned int slot_count(void)
{
	struct drm_panthor_csif_info csif;
	int fd = panthor_open();

	igt_assert_lte(0, fd);
	igt_assert_eq(panthor_query(fd, DRM_PANTHOR_DEV_QUERY_CSIF_INFO, &csif, sizeof(csif)), 0);
	close(fd);
	return csif.csg_slot_count;
}

/*
 * Two clients have all slots of the MMU, each for several groups. These leave one after the
 * other, and must not return before the last one has: the third client would never run.
 */
static void test_workgroups(void)
{
	struct client clients[CLIENTS];
	unsigned int slots;

	load(CLIENTS);
	slots = slot_count();
	test_param_set("job_timeout_ms", 0);
	for (unsigned int i = 0; i < CLIENTS; i++) {
		memset(&clients[i], 0, sizeof(clients[i]));
		test_gpu_open(&clients[i].gpu, 0);
		do
			client_add_shader(&clients[i]);
		while (i < CLIENTS - 1 && clients[i].count < slots / 4);
		clients[i].count = 1;
	}
	for (unsigned int i = 0; i < 3 * CLIENTS; i++)
		client_wait_run(&clients[i % CLIENTS], names[i % CLIENTS]);
	for (unsigned int i = 0; i < CLIENTS; i++)
		test_gpu_close(&clients[i].gpu);
}

/* One of the slots is the MCU's. */
static void test_few(unsigned int address_spaces)
{
	struct client clients[CLIENTS];
	unsigned int slots;

	load(address_spaces);
	slots = slot_count();
	igt_assert_lte(slots, GROUPS_MAX);
	/* Their jobs run as long as the test does. */
	test_param_set("job_timeout_ms", 0);
	for (unsigned int i = 0; i < CLIENTS; i++) {
		/* No group waits for a slot of the firmware, only for one of the MMU. */
		client_open(&clients[i], i < CLIENTS - 1 ? slots / 2 : 1);
		client_wait_run(&clients[i], names[i]);
	}
	/* And none of them runs only once. */
	for (unsigned int i = 0; i < 2 * CLIENTS; i++)
		client_wait_run(&clients[i % CLIENTS], names[i % CLIENTS]);
	for (unsigned int i = 0; i < CLIENTS; i++)
		client_close(&clients[i]);
}

int igt_main()
{
	/* A failed subtest jumps back. */
	static bool loaded;

	igt_fixture() {
		int fd = panthor_open();

		igt_require_f(fd >= 0, "no panthor device\n");
		close(fd);
		igt_require_f(!system("modprobe -n vcsf"), "no modprobe\n");
	}

	igt_describe("Three clients share two slots of the MMU.");
	igt_subtest("two") {
		loaded = true;
		test_few(3);
	}
	igt_describe("Three clients share one slot of the MMU.");
	igt_subtest("one") {
		loaded = true;
		test_few(2);
	}

	igt_describe("Clients whose groups take their time to leave share two slots of the MMU.");
	igt_subtest("workgroups") {
		igt_require(test_executes_shaders());
		loaded = true;
		test_workgroups();
	}

	igt_fixture() {
		if (loaded)
			load(ADDRESS_SPACES);
	}
}
