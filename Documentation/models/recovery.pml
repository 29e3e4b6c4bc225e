/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How a queue of drm_jobqueue recovers: stops that nest, jobs that go back out of the
 * ring, a ring that is given up, a late job that ends its queue, a call under the run
 * token; for the model checker spin. scripts/model runs it.
 *
 * Three jobs in order of arming. All but the last have been pushed; the last is pushed
 * at any time, and depends on a fence of others. A resetter stops the queue and the
 * hardware, and either requeues the ring or gives it up, at any time. The hardware
 * executes what is in its ring, job by job, and its interrupt reports a number that it
 * has read before. One job may end through a hardware fence instead, which signals
 * whether the hardware was stopped or not.
 *
 * References, credits, budgets and batches are those of jobqueue.pml. A locked section is
 * one step, memory is sequentially consistent. Spin checks the assertions, and that every
 * process terminates.
 *
 * "file.c: function()" names the code that a part models; scripts/model checks that the
 * function exists. BUG_ plants a bug, which must be found.
 */

/*
 * With or without:
 * ANY		jobs may run in interrupts
 * HW_FENCE=N	job N, not the last, ends through a fence that run() returns
 * FAILS=N	run() of job N, not the last, returns an error
 * GIVE_UP	the resetter gives the ring up; it requeues otherwise
 * ABORT	the last job is aborted, not pushed
 * NESTED	another process stops and starts the queue
 * CALL		another process calls a function under the run token
 * ORDERED	the resetter occupies the workqueue of the queue
 * TIMEOUT	a late job ends the queue
 */

#ifndef NJOBS
#define NJOBS 3
#endif
#define LAST (NJOBS - 1)
#define NONE 15

#ifdef ANY
#define IN_IRQ_TOO true
#else
#define IN_IRQ_TOO false
#endif
#ifdef HW_FENCE
#define HAS_HW_FENCE(x) ((x) == HW_FENCE)
#else
#define HAS_HW_FENCE(x) false
#endif
#ifdef FAILS
#define FAILS_IN_RUN(x) ((x) == FAILS)
#else
#define FAILS_IN_RUN(x) false
#endif

/* --- State. -------------------------------------------------------------- */

/* enum drm_jobqueue_job_state, without those before a push */
mtype:job_state = { PUSHED, RUNNING, DONE, RETIRED };

/* &drm_jobqueue_job.pending */
#define DRM_JOBQUEUE_HW_FENCE_SIGNALLED 14

/* Contexts; only the first may run any job, and skip some. */
#define IN_WORKER 0
#define IN_IRQ 1
#define IN_PUSH 2

/* struct drm_jobqueue. Jobs are numbered from 0 on, their fences from 1 on. */
bit running, retiring, killed;
byte stopped;
byte head, next;	/* the ring has the jobs from head on, before next */
byte last_run, completed;
bit work_pending = 1, irq_pending;
byte waiting;		/* processes in the wait queue, as a mask */
bit wq_busy;		/* the workqueue executes a work item */

/* struct drm_jobqueue_job */
mtype:job_state state[NJOBS] = PUSHED;
byte pending[NJOBS];
bit skipped[NJOBS];	/* done before a requeue, or aborted */
byte wait_for = 2;	/* what the last job waits for: its fence, its push */
bit freed[NJOBS];
bit hw_callback;	/* a job waits for its hardware fence */

/* What others can see. */
bit signalled;		/* the fence that the last job depends on */
bit hw_fence, hw_fence_lock;
bit in_run, in_call;
byte must_not_run;	/* calls of stop() that have returned, without their start() */
byte nsignalled;
bit not_run[NJOBS];	/* went through the queue without the hardware */
bit given_up[NJOBS];	/* by the driver, while in the ring */

/* The hardware. */
byte halted;		/* resets under way */
byte hw_last, hw_done;	/* number of the last job in its ring, of the last executed */
bit in_ring[NJOBS], executed[NJOBS];
byte in_irq;		/* handlers of its interrupt that execute */

#define LOCALS \
	bit k = 0, runs = 0, retires = 0, out = 0; \
	byte r = NONE, n = NONE; \
	byte i = 0

/* --- The engine. --------------------------------------------------------- */

/* defer.c: drm_jobqueue_queue_work() */
inline queue_work()
{
	work_pending = 1
}

/* state.h: drm_jobqueue_is_complete() */
#define IS_COMPLETE(x) \
	(state[x] == DONE || (x) + 1 <= completed || \
	 (state[x] == RUNNING && pending[x] == DRM_JOBQUEUE_HW_FENCE_SIGNALLED))

#define IS_READY(x) \
	(state[x] == PUSHED && pending[x] == 0 && ((x) != LAST || !wait_for))

/*
 * drain.c: progress(), drain(), retire(): one locked section. Leaves in n a job
 * whose fence must be signalled, in r a job to run, or says in out that there is none.
 */
inline section(context)
{
	running = running && !runs;
	runs = 0;
	retiring = retiring && !retires;
	retires = 0;
	do
	:: r == NONE && n == NONE && !out ->
		if
		:: head < next && !retiring && IS_COMPLETE(head) ->
			retiring = 1;
			retires = 1;
			state[head] = RETIRED;
			n = head;
			head++
		:: !(head < next && !retiring && IS_COMPLETE(head)) &&
		   (next == NJOBS || stopped || running) ->
			out = 1
		:: !(head < next && !retiring && IS_COMPLETE(head)) &&
		   next < NJOBS && !stopped && !running ->
			if
			:: !IS_READY(next) -> out = 1
			:: IS_READY(next) && context != IN_WORKER &&
			   (context == IN_PUSH || !IN_IRQ_TOO || killed || skipped[next]) ->
				queue_work();
				out = 1
			:: IS_READY(next) && (context == IN_WORKER ||
			   (context == IN_IRQ && IN_IRQ_TOO && !killed && !skipped[next])) ->
				last_run = next + 1;
				if
				:: killed || skipped[next] ->
					state[next] = DONE;
					not_run[next] = 1
				:: else ->
					state[next] = RUNNING;
					running = 1;
					runs = 1;
					r = next
				fi;
				next++
			fi
		fi
	:: else -> break
	od;
	if
	:: out -> waiting = 0
	:: else
	fi
}

/* drain.c: run(), wait_for_hw_fence(), set_result() */
inline run_job()
{
	atomic {
		/* One at a time, in order, not while the queue is stopped. */
		assert(!in_run && !in_call && !must_not_run && !freed[r]);
		assert(r + 1 > hw_last);
		assert(r != LAST || signalled);
		/* Nothing runs again that has ended. */
		assert(!(HAS_HW_FENCE(r) && hw_fence));
		assert(!skipped[r] && !given_up[r] && !not_run[r]);
		in_run = 1;
		if
		:: FAILS_IN_RUN(r) -> not_run[r] = 1
		:: else -> in_ring[r] = 1; hw_last = r + 1
		fi
	}
	atomic {
		if
		:: ((HAS_HW_FENCE(r) && hw_fence) || FAILS_IN_RUN(r)) &&
		   state[r] == RUNNING ->
			state[r] = DONE
		:: HAS_HW_FENCE(r) && !hw_fence -> hw_callback = 1
		:: else
		fi
	}
	in_run = 0
}

/* reap.c: drm_jobqueue_forget_hw_fence(). The callback is removed under the fence's lock. */
inline forget_hw_fence()
{
	atomic { !hw_fence_lock -> hw_callback = 0 }
}

/* drain.c: signal(); reap.c: job_free() */
inline signal()
{
	atomic {
		/* Once, in order, and with a reason to. */
		assert(n == nsignalled);
		nsignalled++;
		assert(n != LAST || signalled);
		assert(executed[n] || not_run[n] || given_up[n])
	}
	if
	:: HAS_HW_FENCE(n) -> forget_hw_fence()
	:: else
	fi;
	freed[n] = 1
}

/* drain.c: progress(), after the first section */
inline progress(context)
{
	do
	:: !out ->
		if
		:: r != NONE -> run_job(); r = NONE
		:: else -> signal(); n = NONE
		fi;
		atomic { section(context) }
	:: else -> break
	od;
	out = 0
}

/* --- The queue's own contexts. ------------------------------------------- */

/* drain.c: queue_work_func() */
active proctype work()
{
	LOCALS;

end:	do
	:: atomic {
		work_pending && !wq_busy -> wq_busy = 1;
		work_pending = 0;
		section(IN_WORKER)
	   }
	   progress(IN_WORKER);
	   wq_busy = 0
	od
}

/* drain.c: drm_jobqueue_progress_in_irq() */
active proctype irq_work()
{
	LOCALS;

end:	do
	:: atomic {
		irq_pending -> irq_pending = 0;
		section(IN_IRQ)
	   }
	   progress(IN_IRQ)
	od
}

/* --- Hardware and other drivers. ----------------------------------------- */

active proctype hardware()
{
end:	do
	:: atomic {
		!halted && hw_done < hw_last -> hw_done++;
		do
		:: !in_ring[hw_done - 1] -> hw_done++
		:: else -> break
		od;
		executed[hw_done - 1] = 1
	   }
	od
}

/* What it has written: not the number of a job that has a fence. */
#define HW_SEQNO (hw_done - (hw_done > 0 && HAS_HW_FENCE(hw_done - 1)))

/* complete.c: drm_jobqueue_complete(). In an atomic. */
inline complete(seqno)
{
	if
	:: seqno > completed && seqno <= last_run -> completed = seqno
	:: else
	fi;
	section(IN_IRQ)
}

/* The interrupt: reads a number, then reports it. */
active proctype completer()
{
	LOCALS;

end:	do
	:: atomic {
		!halted && HW_SEQNO > completed -> in_irq++;
		i = HW_SEQNO
	   }
	   atomic { complete(i) }
	   progress(IN_IRQ);
	   atomic { in_irq--; i = 0 }
	od
}

#ifdef HW_FENCE
/* drain.c: hw_fence_signalled() */
active proctype fence_irq()
{
end:	do
	:: atomic {
		executed[HW_FENCE] && !hw_fence -> hw_fence = 1;
		if
		:: hw_callback ->
			assert(!freed[HW_FENCE]);
			hw_fence_lock = 1;
			pending[HW_FENCE] = DRM_JOBQUEUE_HW_FENCE_SIGNALLED
		:: else
		fi
	   }
	   if
	   :: hw_fence_lock -> atomic { irq_pending = 1; hw_fence_lock = 0 }
	   :: else
	   fi
	od
}
#endif

/*
 * wait.c: dep_signalled(); defer.c: drm_jobqueue_kick_by_dep(). Whether the job is the
 * next one, and the queue killed, is looked at without the lock: a guess.
 */
active proctype foreign()
{
	bit m = 0;

	atomic {
		signalled = 1;
		wait_for--;
		m = !wait_for
	}
	if
	:: m ->
		if
#ifndef BUG_KICK_TO_NOBODY
		:: queue_work()
#else
		:: true
#endif
		:: irq_pending = 1
		fi
	:: else
	fi
}

/* --- Those who use it. --------------------------------------------------- */

/* job.c: drm_jobqueue_job_push(), drm_jobqueue_job_abort() */
active proctype submitter()
{
	LOCALS;

	atomic {
#ifdef ABORT
		skipped[LAST] = 1;
#endif
		wait_for--;
		section(IN_PUSH)
	}
	progress(IN_PUSH)
}

/* control.c: drm_jobqueue_stop(), run_is_idle(). Not in an atomic. */
inline stop(me)
{
	atomic {
#ifdef BUG_STOP_DOES_NOT_NEST
		stopped = 1
#else
		stopped++
#endif
	}
	do
	:: waiting = waiting | (1 << me);
	   atomic { k = !running }
	   if
	   :: k -> break
	   :: else -> !(waiting & (1 << me))
	   fi
	od;
	atomic {
		waiting = waiting & ~(1 << me);
		assert(!in_run);
		must_not_run++;
		k = 0
	}
}

/* control.c: drm_jobqueue_start() */
inline start()
{
	atomic {
		must_not_run--;
#ifdef BUG_STOP_DOES_NOT_NEST
		stopped = 0
#else
		assert(stopped);
		stopped--
#endif
	}
#ifndef BUG_START_NO_WORK
	queue_work()
#endif
}

/* The driver: nothing that its interrupt has read before is reported after this. */
inline halt()
{
	atomic { halted++ }
#ifndef BUG_IRQ_NOT_WAITED_FOR
	in_irq == 0
#endif
}

/* The driver: the ring is empty and its memory says so. */
inline restart()
{
	atomic {
		hw_last = last_run;
		hw_done = last_run;
		do
		:: i < NJOBS -> in_ring[i] = 0; i++
		:: else -> break
		od;
		i = 0;
		halted--
	}
}

/* inflight.c: rewind_ring(). Leaves in r the first job to be taken out, in n the last. */
inline rewind_ring()
{
	atomic {
		i = head;
		do
		:: i < next && (IS_COMPLETE(i) || state[i] != RUNNING) -> i++
		:: else -> break
		od;
		if
		:: i < next ->
			r = i;
			n = next - 1;
			next = i;
#ifndef BUG_REQUEUE_KEEPS_LAST
			last_run = i
#endif
		:: else
		fi;
		i = 0
	}
}

/* inflight.c: unrun(). In an atomic. */
inline unrun(x)
{
#ifndef BUG_DONE_RUNS_AGAIN
	if
	:: state[x] == DONE -> skipped[x] = 1
	:: else
	fi;
#endif
	state[x] = PUSHED;
	if
	:: !HAS_HW_FENCE(x) -> executed[x] = 0
	:: else
	fi
}

/* inflight.c: undo_hw_fence(). Not in an atomic. */
inline undo_hw_fence(x)
{
#ifdef BUG_LOOK_BEFORE_FORGET
	atomic { k = hw_fence }
#endif
	forget_hw_fence();
	atomic {
#ifndef BUG_LOOK_BEFORE_FORGET
		k = hw_fence;
#endif
		/* The next run() has a new fence; this one does not matter any longer. */
		if
		:: k -> skipped[x] = 1
		:: else -> executed[x] = 0
		fi;
		k = 0;
#ifndef BUG_PENDING_NOT_RESET
		pending[x] = 0
#endif
	}
}

/* inflight.c: drm_jobqueue_requeue(). The last job is known by its number. */
inline requeue()
{
	rewind_ring();
	do
	:: r != NONE ->
		atomic { unrun(r) }
		if
		:: HAS_HW_FENCE(r) -> undo_hw_fence(r)
		:: else
		fi;
		if
		:: r == n -> r = NONE; n = NONE
		:: else -> r++
		fi
	:: else -> break
	od
}

/* complete.c: drm_jobqueue_complete_all(). Not in an atomic. */
inline complete_all()
{
	atomic {
		i = head;
		do
		:: i < next ->
			if
			:: state[i] == RUNNING -> given_up[i] = 1
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0;
#ifdef BUG_GIVE_UP_MORE
		completed = NJOBS;
#else
		if
		:: last_run > completed -> completed = last_run
		:: else
		fi;
#endif
		section(IN_IRQ)
	}
	progress(IN_IRQ)
}

/* A reset, as Documentation/jobqueue.rst has it */
active proctype resetter()
{
	LOCALS;

#ifdef ORDERED
	atomic { !wq_busy -> wq_busy = 1 }
#endif
	stop(0);
	halt();
#ifndef BUG_IRQ_NOT_WAITED_FOR
	atomic { complete(HW_SEQNO) }
	progress(IN_IRQ);
#endif
#ifdef GIVE_UP
	complete_all();
#else
	requeue();
#endif
	restart();
	start();
#ifdef ORDERED
	wq_busy = 0
#endif
}

#ifdef NESTED
active proctype stopper()
{
	bit k = 0;

	stop(1);
	start()
}
#endif

#ifdef CALL
/* control.c: drm_jobqueue_call(), take_run_token() */
active proctype caller()
{
	bit k = 0;

	atomic { stopped++ }
	do
	:: waiting = waiting | 2;
	   atomic { k = !running; running = 1 }
	   if
	   :: k -> break
	   :: else -> !(waiting & 2)
	   fi
	od;
	atomic {
		waiting = waiting & ~2;
		assert(!in_run && !in_call);
		in_call = 1
	}
	atomic {
		in_call = 0;
		running = 0;
		stopped--;
#ifndef BUG_CALL_NO_WAKE
		waiting = 0;
#endif
		queue_work()
	}
}
#endif

#ifdef TIMEOUT
/* timeout.c: timeout_work(), kill_late(); control.c: drm_jobqueue_kill() */
active proctype timeout_work()
{
	LOCALS;
	byte late = NONE;

	if
	:: atomic { head < next && state[head] == RUNNING -> late = head }
	:: nsignalled == NJOBS
	fi;
	if
	:: late != NONE ->
		/* ops->timedout() stops the hardware. */
		halt();
		atomic { killed = 1; queue_work() }
#ifndef BUG_KILL_WITHOUT_STOP
		stop(1);
#endif
		/* state.h: drm_jobqueue_mark_done() */
		atomic {
			if
			:: state[late] == RUNNING ->
				state[late] = DONE;
				given_up[late] = 1
			:: else
			fi
		}
		complete_all();
		restart();
#ifndef BUG_KILL_WITHOUT_STOP
		start()
#endif
	:: else
	fi
}
#endif

/* All fences have signalled at the end. */
active proctype user()
{
	nsignalled == NJOBS
}

