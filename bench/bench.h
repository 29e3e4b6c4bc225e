/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _BENCH_H_
#define _BENCH_H_

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/dma-fence.h>
#include <linux/irq_work.h>
#include <linux/types.h>

struct seq_file;
struct bench_backend;

/* Slots of a ring, and credits of a queue, unless the case sets another number. */
#define BENCH_CREDITS 64

/**
 * struct bench_stamp - times of a job, for the latency runs
 * @pushed: time before the push
 * @run: time at which the ring got the job
 */
struct bench_stamp {
	u64 pushed;
	u64 run;
};

/**
 * struct bench_job - driver's part of a job, the same in all back ends
 * @stamp: storage for times; NULL when instructions are counted
 */
struct bench_job {
	struct bench_stamp *stamp;
};

/**
 * struct bench_hw - ring and its hardware
 *
 * The doorbell raises an interrupt that completes everything in the ring.
 */
struct bench_hw {
	/** @irq: The interrupt; hard-irq context. */
	struct irq_work irq;
	/** @submitted: Number of the last entry of the ring. */
	u64 submitted;
	/** @done: Number of the last entry that is done. */
	u64 done;
	/** @hung: The doorbell does nothing. */
	bool hung;
	/** @timed: Note the time of interrupts, for the latency runs. */
	bool timed;
	/** @told: When the last interrupt came. */
	u64 told;
	/** @complete: Tells the back end that entries @first to @last are done. */
	void (*complete)(struct bench_hw *hw, u64 first, u64 last);
};

/**
 * struct bench_queue - ring with the queue of a back end
 * @hw: ring and hardware
 */
struct bench_queue {
	struct bench_hw hw;
};

/**
 * struct bench_backend - implementation to measure
 *
 * The operations are those of a driver's submit path. Only @job_create,
 * @job_add_dep and @queue_create can fail.
 */
struct bench_backend {
	/** @name: In tables and files. */
	const char *name;
	/** @flags: For the back end's own use. */
	u32 flags;
	/** @floor: There is no queue: one dependency, no kill. */
	bool floor;
	/** @serial: The submitter serialises arm and push of a queue. */
	bool serial;
	/** @start: Make what all queues share. */
	int (*start)(const struct bench_backend *be);
	/** @stop: Undo @start, after all queues are gone. */
	void (*stop)(const struct bench_backend *be);
	/** @queue_create: A queue with one ring of @credits slots. */
	struct bench_queue *(*queue_create)(const struct bench_backend *be,
					    unsigned int credits);
	/** @queue_destroy: Destroy a queue without jobs. */
	void (*queue_destroy)(struct bench_queue *queue);
	/** @job_create: Allocate and prepare a job that takes one credit. */
	struct bench_job *(*job_create)(struct bench_queue *queue);
	/** @job_add_dep: Consumes the reference to the fence. */
	int (*job_add_dep)(struct bench_job *job, struct dma_fence *fence);
	/** @job_arm: Returns the done fence, a borrowed reference. */
	struct dma_fence *(*job_arm)(struct bench_job *job);
	/** @job_push: The job is the back end's from here on. */
	void (*job_push)(struct bench_job *job);
	/** @kill: Fail all jobs of the queue, those in the ring included. */
	void (*kill)(struct bench_queue *queue);
	/** @complete_all: Complete the jobs in the ring; only drm_jobqueue. */
	void (*complete_all)(struct bench_queue *queue);
	/** @requeue: Run the jobs in the ring again; only drm_jobqueue. */
	void (*requeue)(struct bench_queue *queue);
	/** @settle: Wait until no work of submission is left to do; optional. */
	void (*settle)(struct bench_queue *queue);
};

extern const struct bench_backend bench_floor;
extern const struct bench_backend bench_floor_worker;
extern const struct bench_backend bench_sched;
extern const struct bench_backend bench_sched_shared;
extern const struct bench_backend bench_jobqueue;
extern const struct bench_backend bench_jobqueue_worker;
extern const struct bench_backend bench_jobqueue_any;

/**
 * struct bench_pass - result of one pass over a case
 * @units: jobs, or rounds of many jobs, that were timed
 * @jobs: total number of jobs
 * @submit: time of submission in ns, if the case measures it
 * @total: time measured by the case in ns
 * @worst: longest time in ns without interrupts, if the case measures it
 */
struct bench_pass {
	u64 units;
	u64 jobs;
	u64 submit;
	u64 total;
	u64 worst;
};

/**
 * struct bench_run - run of a case on a back end
 * @be: back end
 * @queues: queues of the case
 * @pass: figures of the current pass
 */
struct bench_run {
	const struct bench_backend *be;
	struct bench_queue **queues;
	struct bench_pass pass;
};

/**
 * enum bench_on - back ends that a case applies to
 * @BENCH_ON_QUEUES: all but the floor
 * @BENCH_ON_ALL: all
 * @BENCH_ON_JOBQUEUE: drm_jobqueue only
 * @BENCH_ON_FLOOR: the floor only
 */
enum bench_on {
	BENCH_ON_QUEUES,
	BENCH_ON_ALL,
	BENCH_ON_JOBQUEUE,
	BENCH_ON_FLOOR,
};

/**
 * struct bench_case - benchmark case
 * @name: name in tables and files
 * @queues: number of queues
 * @credits: slots of each ring, 0 for BENCH_CREDITS
 * @on: back ends that the case applies to
 * @few: passes of the case are alike or long, so that few suffice
 * @pass: run the case once and fill &bench_run.pass; negative errno on failure
 */
struct bench_case {
	const char *name;
	unsigned int queues;
	unsigned int credits;
	enum bench_on on;
	bool few;
	int (*pass)(struct bench_run *run);
};

extern const struct bench_case bench_cases[];
extern const unsigned int bench_num_cases;
extern const struct bench_case bench_bounds[];
extern const unsigned int bench_num_bounds;

/**
 * struct bench_counts - events during a pass
 * @switches: context switches, of all tasks
 * @works: executions of work items, of all workqueues
 * @allocs: slab allocations
 * @bytes: bytes of these allocations, as rounded up by the slabs
 */
struct bench_counts {
	u64 switches;
	u64 works;
	u64 allocs;
	u64 bytes;
};

/* counters.c */
int bench_counters_start(void);
void bench_counters_stop(struct bench_counts *counts);

/* measure.c */
extern atomic_t bench_freed;
extern int bench_freed_target;
void bench_all_freed(void);
void bench_wait_freed(int jobs);
int bench_open(struct bench_run *run, unsigned int queues,
	       unsigned int credits);
void bench_close(struct bench_run *run, unsigned int queues);
void bench_drain(void);
u64 bench_now(void);
int bench_measure(const struct bench_backend *be, const struct bench_case *bc,
		  struct seq_file *s);

/* cases.c */
struct dma_fence *bench_gate_create(void);
struct dma_fence *bench_point_create(u64 context, u64 seqno);
void bench_wait_put(struct dma_fence *fence);
struct dma_fence *bench_submit(struct bench_run *run, struct bench_queue *queue,
			       struct dma_fence *dep, bool get);

/* probe.c */
void bench_probe_start(void);
u64 bench_probe_stop(void);

/* contention.c */
int bench_contention(const struct bench_backend *be, struct seq_file *s);

/* fifo.c */
int bench_fifo(const struct bench_backend *be, struct seq_file *s);

/* latency.c */
int bench_latency(const struct bench_backend *be, struct seq_file *s);

/* wakeup.c */
int bench_wakeup(struct seq_file *s);

void bench_hw_init(struct bench_hw *hw,
		   void (*complete)(struct bench_hw *hw, u64 first, u64 last));

/* Called by each back end for each job that it frees. */
static inline void bench_job_freed(void)
{
	if (atomic_inc_return(&bench_freed) == READ_ONCE(bench_freed_target))
		bench_all_freed();
}

/* The ring has entries up to number @seqno. */
static inline void bench_hw_doorbell(struct bench_hw *hw, u64 seqno)
{
	WRITE_ONCE(hw->submitted, seqno);
	if (!hw->hung)
		irq_work_queue(&hw->irq);
}

static inline void bench_stamp_run(struct bench_job *job)
{
	if (job->stamp)
		job->stamp->run = ktime_get_ns();
}

#endif /* _BENCH_H_ */
