// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vpan-soak: a mixed load from clients that are killed again and again, while the
 * GPU fails, memory is short, the system sleeps and the device is unbound. Each
 * submitted job is in a ledger, and must be completed, failed or cancelled in the
 * end, once. All random choices derive from a seed; the order in which processes
 * run does not.
 */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "observer.h"
#include "panthor_sync.h"
#include "disturber.h"

#define DRIVER		"/sys/bus/platform/drivers/vpanthor/"
#define DEVICE		"vcsf-mali"
#define JOB_TIMEOUT	"/sys/module/vpanthor/parameters/job_timeout_ms"
#define CGROUPS		"/run/soak-cgroup"
#define CGROUP_MAX	"100663296\n"

/* A killed process, and a job whose client is dead, must end within this time. */
#define END_SECONDS	120
/* Without any client that could set up a context, the device is bound again. */
#define DEAD_SECONDS	10
#define PROGRESS_NS	(10 * PANTHOR_SECOND)

/**
 * struct soak - the run
 * @o: the observer
 * @ledger: the ledger
 * @seed: state of the random choices
 * @kill_ms: interval of kills
 * @rebind_s: interval of unbinds, 0 for none
 * @sleep: kind of system sleep
 * @cgroup: file by which clients join their control group, or NULL
 * @disturber: the process that disturbs
 * @start: time of the start
 * @killed: number of kills
 * @killed_ns: when a client was killed, 0 if it was not
 * @worst_kill_ns: longest time from a kill to the end of the process
 * @rebinds: number of unbinds and binds
 * @recoveries: how many of them brought a lost device back
 * @quiet: nothing disturbs the clients but kills
 * @failed: whether something failed that the ledger does not show
 */
struct soak {
	struct observer o;
	struct ledger *ledger;
	uint32_t seed;
	unsigned int kill_ms;
	unsigned int rebind_s;
	enum sleep_kind sleep;
	const char *cgroup;
	pid_t disturber;
	uint64_t start;
	uint64_t killed;
	uint64_t killed_ns[CLIENTS];
	uint64_t worst_kill_ns;
	unsigned int rebinds;
	unsigned int recoveries;
	bool quiet;
	bool failed;
};

/* --- Processes ------------------------------------------------------------ */

static void start_client(struct soak *s, unsigned int i)
{
	struct client_setup setup = {
		.ledger = s->ledger, .index = i, .seed = 1 + draw(&s->seed, 1u << 31),
		.counters = s->o.counters_file, .counters_size = ENTRIES * COUNTER_STRIDE,
		.cgroup = i % 2 ? s->cgroup : NULL,
	};
	int syncobjs[ENTRIES];
	pid_t pid;

	setup.counters_size = (setup.counters_size + 4095) & ~4095ull;
	for (unsigned int n = 0; n < ENTRIES; n++)
		syncobjs[n] = s->o.entries[n].syncobj_file;
	setup.syncobjs = syncobjs;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		/* Nothing stays behind if the observer itself is killed. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		client_run(&setup);
		_exit(0);
	}
	s->o.pids[i] = pid > 0 ? pid : 0;
	s->killed_ns[i] = 0;
}

static void start_disturber(struct soak *s)
{
	uint32_t seed = 1 + draw(&s->seed, 1u << 31);

	fflush(stdout);
	s->disturber = fork();
	if (s->disturber < 0) {
		perror("fork");
		exit(1);
	}
	if (!s->disturber) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* An unbind is to meet a file that is really closed. */
		close(s->o.fd);
		close(s->o.counters_file);
		disturber_run(s->ledger, seed, s->sleep);
		_exit(0);
	}
}

static void kill_client(struct soak *s, unsigned int i)
{
	if (!s->o.pids[i] || s->killed_ns[i])
		return;
	s->killed_ns[i] = panthor_now_ns();
	kill(s->o.pids[i], SIGKILL);
	s->killed++;
}

/*
 * A client ends when it is killed, also for its memory, when the device is gone, or
 * when it writes to a mapping of a device that is gone.
 */
static void check_client_end(struct soak *s, unsigned int i, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGBUS))
		return;
	printf("client %u ended with wait status 0x%x\n", i, status);
	s->failed = true;
}

/* Return: number of clients that live. */
static unsigned int reap_clients(struct soak *s)
{
	unsigned int alive = 0;

	for (unsigned int i = 0; i < CLIENTS; i++) {
		uint64_t taken;
		int status;

		if (!s->o.pids[i])
			continue;
		if (waitpid(s->o.pids[i], &status, WNOHANG) != s->o.pids[i]) {
			alive++;
			continue;
		}
		check_client_end(s, i, status);
		s->o.pids[i] = 0;
		taken = s->killed_ns[i] ? panthor_now_ns() - s->killed_ns[i] : 0;
		if (taken > s->worst_kill_ns)
			s->worst_kill_ns = taken;
	}
	return alive;
}

/* Kill all clients. A client that stays in a system call is a failure. */
static void end_clients(struct soak *s)
{
	uint64_t end = panthor_now_ns() + END_SECONDS * PANTHOR_SECOND;

	for (unsigned int i = 0; i < CLIENTS; i++)
		kill_client(s, i);
	while (reap_clients(s)) {
		if (panthor_now_ns() > end) {
			printf("a killed client is still there after %d s\n", END_SECONDS);
			s->failed = true;
			return;
		}
		observer_poll(&s->o);
		usleep(5000);
	}
}

/* Wait until all jobs have ended. Those that have not in time are lost. */
static void end_jobs(struct soak *s)
{
	uint64_t end = panthor_now_ns() + END_SECONDS * PANTHOR_SECOND;

	while (observer_poll(&s->o)) {
		if (panthor_now_ns() > end)
			observer_give_up(&s->o);
		usleep(10000);
	}
}

/* --- Unbind and bind ------------------------------------------------------ */

static bool write_while_polling(struct soak *s, const char *path)
{
	pid_t pid = fork();
	int status = 1;

	if (pid < 0)
		return false;
	if (!pid)
		_exit(file_write(path, DEVICE) ? 1 : 0);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		observer_poll(&s->o);
		reap_clients(s);
		usleep(5000);
	}
	return !status;
}

/*
 * Unbind the device under load, and bind it again. In between only fences exist.
 * A fault that was armed may fail the probe, so it is repeated.
 */
static void rebind(struct soak *s)
{
	bool bound = false;

	if (!write_while_polling(s, DRIVER "unbind"))
		printf("unbind failed\n");
	end_clients(s);
	observer_close_device(&s->o);
	for (int i = 0; i < 20 && !bound; i++) {
		disturber_end();
		bound = write_while_polling(s, DRIVER "bind");
	}
	for (int i = 0; i < 2000 && bound && s->o.fd < 0; i++) {
		if (observer_open_device(&s->o))
			usleep(10000);
	}
	if (s->o.fd < 0) {
		printf("the device does not come back\n");
		s->failed = true;
		atomic_store(&s->ledger->quit, 1);
		return;
	}
	end_jobs(s);
	if (observer_new_counters(&s->o)) {
		printf("no memory for the counters\n");
		s->failed = true;
		atomic_store(&s->ledger->quit, 1);
	}
	s->rebinds++;
}

/* --- Text ----------------------------------------------------------------- */

static uint64_t sum(const uint64_t *counts)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < ERRNOS; i++)
		total += counts[i];
	return total;
}

static void print_progress(const struct soak *s)
{
	const struct totals *t = &s->o.totals;
	unsigned int seconds = (panthor_now_ns() - s->start) / PANTHOR_SECOND;

	printf("soak %u:%02u  jobs %llu: %llu completed, %llu failed, %llu cancelled",
	       seconds / 60, seconds % 60, (unsigned long long)observer_jobs(&s->o),
	       (unsigned long long)t->completed, (unsigned long long)sum(t->failed),
	       (unsigned long long)t->cancelled);
	printf(", %llu refused, %llu dropped; %llu lost, %llu repeated",
	       (unsigned long long)sum(t->refused), (unsigned long long)t->dropped,
	       (unsigned long long)t->lost, (unsigned long long)t->repeated);
	printf("; %llu kills, %u faults, %u resets, %u sleeps, %u rebinds\n",
	       (unsigned long long)s->killed, s->ledger->injected, s->ledger->resets,
	       s->ledger->sleeps, s->rebinds);
	fflush(stdout);
}

static void print_errnos(const char *what, const uint64_t *counts)
{
	printf("%s:", what);
	for (unsigned int i = 0; i < ERRNOS; i++) {
		if (counts[i])
			printf(" %s %llu", strerrorname_np(i), (unsigned long long)counts[i]);
	}
	printf("\n");
}

static const char *ioctl_name(unsigned int nr)
{
	static const char * const panthor[] = {
		"DEV_QUERY", "VM_CREATE", "VM_DESTROY", "VM_BIND", "VM_GET_STATE",
		"BO_CREATE", "BO_MMAP_OFFSET", "GROUP_CREATE", "GROUP_DESTROY",
		"GROUP_SUBMIT", "GROUP_GET_STATE", "TILER_HEAP_CREATE",
		"TILER_HEAP_DESTROY",
	};

	if (nr >= 0x40 && nr - 0x40 < sizeof(panthor) / sizeof(panthor[0]))
		return panthor[nr - 0x40];
	return nr == 0x09 ? "GEM_CLOSE" : NULL;
}

static void print_summary(const struct soak *s)
{
	print_errnos("failed", s->o.totals.failed);
	print_errnos("refused", s->o.totals.refused);
	printf("evictions %u, full memory %u, sleeps aborted %u, recoveries %u\n",
	       s->ledger->evictions, s->ledger->pressures, s->ledger->sleeps_failed,
	       s->recoveries);
	printf("clients that worked %u, longest end of a killed client %.1f ms\n",
	       s->ledger->ready, s->worst_kill_ns / 1e6);
	printf("memory control group: %s\n", s->cgroup ? "yes" : "no");
	printf("%-20s %10s %12s\n", "ioctl", "calls", "worst ms");
	for (unsigned int nr = 0; nr < IOCTLS; nr++) {
		if (s->ledger->calls[nr] && ioctl_name(nr))
			printf("%-20s %10llu %12.2f\n", ioctl_name(nr),
			       (unsigned long long)s->ledger->calls[nr],
			       s->ledger->worst_ns[nr] / 1e6);
	}
}

/* --- The run -------------------------------------------------------------- */

static const char *open_cgroup(void)
{
	mkdir("/run", 0755);
	if (mkdir(CGROUPS, 0755) && errno != EEXIST)
		return NULL;
	if (access(CGROUPS "/cgroup.procs", F_OK) &&
	    mount("none", CGROUPS, "cgroup2", 0, NULL))
		return NULL;
	if (file_write(CGROUPS "/cgroup.subtree_control", "+memory\n"))
		return NULL;
	if (mkdir(CGROUPS "/clients", 0755) && errno != EEXIST)
		return NULL;
	if (file_write(CGROUPS "/clients/memory.max", CGROUP_MAX))
		return NULL;
	return CGROUPS "/clients/cgroup.procs";
}

static void run_until(struct soak *s, uint64_t end)
{
	uint64_t now = panthor_now_ns(), next_kill = now, next_text = now + PROGRESS_NS;
	uint64_t next_bind = now + s->rebind_s * PANTHOR_SECOND, ready_at = now;
	unsigned int ready = 0;
	bool announced = false;

	while (now < end && !atomic_load(&s->ledger->quit)) {
		reap_clients(s);
		for (unsigned int i = 0; i < CLIENTS; i++) {
			if (!s->o.pids[i])
				start_client(s, i);
		}
		observer_poll(&s->o);
		if (now >= next_kill) {
			kill_client(s, draw(&s->seed, CLIENTS));
			next_kill = now + s->kill_ms * PANTHOR_MILLISECOND;
		}
		if (atomic_load(&s->ledger->ready) != ready)
			ready_at = now;
		if (s->quiet && !announced && s->o.totals.completed) {
			printf("working\n");
			fflush(stdout);
			announced = true;
		}
		ready = atomic_load(&s->ledger->ready);
		if (now - ready_at > DEAD_SECONDS * (uint64_t)PANTHOR_SECOND) {
			s->recoveries++;
			next_bind = now;
		}
		if ((s->rebind_s || s->recoveries) && now >= next_bind) {
			rebind(s);
			ready_at = panthor_now_ns();
			next_bind = s->rebind_s ? ready_at + s->rebind_s * PANTHOR_SECOND :
				    UINT64_MAX;
		}
		if (now >= next_text) {
			print_progress(s);
			next_text = now + PROGRESS_NS;
		}
		usleep(5000);
		now = panthor_now_ns();
	}
}

static bool run(struct soak *s, double minutes)
{
	const struct totals *t = &s->o.totals;
	int status = 0;

	s->start = panthor_now_ns();
	file_write(JOB_TIMEOUT, "1000\n");
	file_write("/proc/self/oom_score_adj", "-1000");
	s->cgroup = open_cgroup();
	if (observer_open(&s->o, s->ledger)) {
		printf("no panthor device\n");
		return false;
	}
	if (!s->quiet)
		start_disturber(s);
	run_until(s, s->start + minutes * 60 * PANTHOR_SECOND);

	atomic_store(&s->ledger->quit, 1);
	while (s->disturber && !waitpid(s->disturber, &status, WNOHANG)) {
		observer_poll(&s->o);
		reap_clients(s);
		usleep(5000);
	}
	if (status || (s->disturber && !s->ledger->injected)) {
		printf("nothing disturbed the clients: %u faults, wait status 0x%x\n",
		       s->ledger->injected, status);
		s->failed = true;
	}
	disturber_end();
	end_clients(s);
	/* A device that was lost has ended its jobs, too. */
	if (s->o.fd >= 0)
		end_jobs(s);
	file_write(JOB_TIMEOUT, "5000\n");
	print_progress(s);
	print_summary(s);
	printf("ledger: %llu jobs, %llu lost, %llu repeated, %llu contradictions\n",
	       (unsigned long long)observer_jobs(&s->o), (unsigned long long)t->lost,
	       (unsigned long long)t->repeated, (unsigned long long)t->contradictions);
	return !s->failed && !t->lost && !t->repeated && !t->contradictions && t->completed;
}

static void print_help(void)
{
	printf("usage: vpan-soak [OPTION...]\n"
	       "  --minutes=N   how long (default: 1)\n"
	       "  --seed=N      of the random choices (default: by the clock)\n"
	       "  --kill=MS     interval of kills (default: 50)\n"
	       "  --rebind=S    interval of unbind and bind, 0 for never (default: 30)\n"
	       "  --sleep=KIND  none, gpu (default) or system\n"
	       "  --quiet       kills only; prints \"working\" when a job has completed\n");
}

static bool parse(struct soak *s, double *minutes, int argc, char **argv)
{
	static const struct option options[] = {
		{ "minutes", required_argument, NULL, 'm' },
		{ "seed", required_argument, NULL, 's' },
		{ "kill", required_argument, NULL, 'k' },
		{ "rebind", required_argument, NULL, 'r' },
		{ "sleep", required_argument, NULL, 'p' },
		{ "quiet", no_argument, NULL, 'q' },
		{},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'm')
			*minutes = atof(optarg);
		else if (option == 's')
			s->seed = strtoul(optarg, NULL, 0);
		else if (option == 'k')
			s->kill_ms = atoi(optarg);
		else if (option == 'r')
			s->rebind_s = atoi(optarg);
		else if (option == 'q')
			s->quiet = true;
		else if (option == 'p' && !strcmp(optarg, "none"))
			s->sleep = SLEEP_NONE;
		else if (option == 'p' && !strcmp(optarg, "system"))
			s->sleep = SLEEP_SYSTEM;
		else if (option != 'p' || strcmp(optarg, "gpu"))
			return false;
	}
	return optind == argc && *minutes > 0;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 4096, 4096 };
	static struct soak s = {
		.kill_ms = 50, .rebind_s = 30, .sleep = SLEEP_GPU,
	};
	double minutes = 1;

	s.seed = panthor_now_ns() ^ getpid();
	if (!parse(&s, &minutes, argc, argv)) {
		print_help();
		return 2;
	}
	s.seed += !s.seed;
	printf("seed %u\n", s.seed);
	setrlimit(RLIMIT_NOFILE, &files);
	s.ledger = ledger_create();
	if (!s.ledger)
		return 2;
	return run(&s, minutes) ? 0 : 1;
}
