/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The protocol by which drm_jobqueue runs jobs, signals their fences and comes
 * to an end, for the model checker spin. scripts/model runs it.
 *
 * One queue. Two submitters arm and push NJOBS jobs; two completers are the
 * hardware's interrupts and the interrupts that signal the fences that the jobs
 * depend on; one task kills the queue, one drops the driver's reference and
 * waits for the end, one stops and starts, and one has a reference to a job
 * only. The queue's own contexts are its work items and its irq_work.
 *
 * A locked section of the source is one step of the model, an atomic operation
 * another. Memory is sequentially consistent: the ordering of plain accesses is
 * explained in the source and not checked here.
 *
 * Spin checks the assertions, and that every process terminates: no wake-up is
 * lost, no job is left over, nothing deadlocks. The graph of all states has no
 * cycle, so there is no livelock.
 *
 * "file.c: function()" names the code that a part models; scripts/model checks
 * that the function exists. BUG_ plants a bug, which must be found.
 */

/* --- Size and kind. ------------------------------------------------------ */

#ifndef NJOBS
#define NJOBS 2
#endif
#ifndef CREDITS		/* capacity of the ring; each job takes one */
#define CREDITS 1
#endif
#ifndef BUDGET		/* drain_budget[] */
#define BUDGET 1
#endif
#ifndef BATCH		/* RETIRE_BATCH, 1 or 2 */
#define BATCH 2
#endif
#ifndef BATCHES		/* retire_budget[] */
#define BATCHES 1
#endif
#ifndef CPUS		/* that can be in the irq_work's handler at once */
#define CPUS 1
#endif

/*
 * And with or without:
 * INLINE, ANY, FREE_ANY	flags of the queue
 * EARLY	a job may be complete before run() returns
 * HW_FENCE	the first job completes through a fence that run() returns
 * KILL		a process kills the queue
 * RESET	a process stops and starts the queue
 * RESIZE	a process changes the capacity to less than each job needs
 * HOLDER	a process has a reference to the first job
 */

#if defined(ANY)
#define ALLOWED(context) true
#elif defined(INLINE)
#define ALLOWED(context) ((context) != DRM_JOBQUEUE_IN_IRQ)
#else
#define ALLOWED(context) ((context) == DRM_JOBQUEUE_IN_WORKER)
#endif

#ifdef HW_FENCE
#define HAS_HW_FENCE(x) ((x) == 0)
#else
#define HAS_HW_FENCE(x) false
#endif

/* Fences of others. The first job waits for the first, the last for both. */
#define NFENCES 2
#define WAITS_FOR(x, f) (((x) == 0 && (f) == 0) || (x) == NJOBS - 1)
#define NDEPS(x) (WAITS_FOR(x, 0) + WAITS_FOR(x, 1))
#define MAY_RUN(x) \
	((!WAITS_FOR(x, 0) || signalled[0]) && \
	 (!WAITS_FOR(x, 1) || signalled[1]))

/* --- State. -------------------------------------------------------------- */

/* enum drm_jobqueue_job_state */
mtype:job_state = {
	DRM_JOBQUEUE_JOB_INIT,
	DRM_JOBQUEUE_JOB_ARMED,
	DRM_JOBQUEUE_JOB_PUSHED,
	DRM_JOBQUEUE_JOB_RUNNING,
	DRM_JOBQUEUE_JOB_DONE,
	DRM_JOBQUEUE_JOB_RETIRED
};

/* enum drm_jobqueue_context */
#define DRM_JOBQUEUE_IN_PUSH	0
#define DRM_JOBQUEUE_IN_IRQ	1
#define DRM_JOBQUEUE_IN_WORKER	2

/* &drm_jobqueue_job.pending */
#define DRM_JOBQUEUE_HW_FENCE_SIGNALLED 15

/* No job. */
#define NONE 15

/* struct drm_jobqueue */
bit running;		/* the run token */
bit retiring;		/* the retire token */
bit killed;
bit stopped;
byte used;		/* credits */
#ifdef RESIZE
byte capacity = CREDITS;
#else
#define capacity CREDITS
#endif
byte seqno, last_run, completed;
chan fifo = [NJOBS] of { byte };
chan ring = [NJOBS] of { byte };
byte reap;		/* jobs to be freed, as a mask */
bit work_pending, reap_pending, irq_pending, releasing;
#if defined(BUG_IRQ_WORK_SYNC) || defined(BUG_IRQ_WORK_NO_WAIT)
/* As if the queue had an irq_work of its own, which its handler accesses last. */
#define OWN_IRQ_WORK
#endif
#ifdef BUG_IRQ_WORK_SYNC
bit irq_busy;		/* what irq_work_sync() looks at */
#endif
bit waiting;		/* a process is in the wait queue */
bit released;		/* ops->release() was called: all this is gone */

/* References: of each job; of destroyer and completers; of those below. */
#if defined(KILL) && defined(RESET)
byte qref = NJOBS + 3 + 2;
#elif defined(KILL) || defined(RESET) || defined(RESIZE)
byte qref = NJOBS + 3 + 1;
#else
byte qref = NJOBS + 3;
#endif

/* struct drm_jobqueue_job */
mtype:job_state state[NJOBS] = DRM_JOBQUEUE_JOB_INIT;
byte jseq[NJOBS];
byte jref[NJOBS] = 1;
byte pending[NJOBS];
bit skipped[NJOBS];	/* and so its fence will have an error */
bit freed[NJOBS];	/* ops->free() was called */
bit hw_callback;	/* the first job waits for its hardware fence */

/* What others can see. */
bit signalled[NFENCES];
byte callbacks[NFENCES]; /* jobs that wait for these, as a mask */
bit hw_fence;		/* that of the first job has signalled ... */
bit hw_fence_lock;	/* ... or just does */
bit ran[NJOBS];
bit in_run;
bit must_not_run;	/* drm_jobqueue_stop() has returned */
byte hw_last;		/* seqno of what came into the hardware's ring last */
byte nsignalled;	/* done fences that have signalled */

/* Local to each context. */
#define LOCALS \
	bit k = 0;		/* a condition; work is left */ \
	bit q = 0;		/* which an interrupt may do */ \
	bit runs = 0;		/* has the run token */ \
	bit retires = 0;	/* has the retire token */ \
	bit out = 0;		/* of the loop of progress() */ \
	byte retired = 0, jobs_run = 0, within = 0; /* budgets used */ \
	byte j = NONE;		/* a job */ \
	byte r = NONE;		/* the job that it runs */ \
	byte i = 0, m = 0; \
	byte n = 0, batch[2]	/* those that it signals */

/* Queue and job must exist when they are accessed. */
#define QUEUE_IS_THERE	assert(!released)
#define JOB_IS_THERE(x)	assert(!freed[x])

/* References that are there if no mistake is planted. */
#ifdef BUG_WORK_NO_REF
#define WORK_REF 0
#else
#define WORK_REF 1
#endif
#ifdef BUG_KICK_NO_REF
#define KICK_REF 0
#else
#define KICK_REF 1
#endif
#ifdef BUG_PUSH_NO_REF
#define PUSH_REF 0
#else
#define PUSH_REF 1
#endif
#ifdef BUG_REAP_NO_REF
#define REAP_REF 0
#else
#define REAP_REF 1
#endif

/* --- References. These inlines belong into an atomic. --------------------- */

/* defer.c: drm_jobqueue_last_put() */
inline queue_put()
{
	QUEUE_IS_THERE;
	assert(qref > 0);
	qref--;
	if
	:: qref == 0 -> releasing = 1
	:: else
	fi
}

/*
 * defer.c: drm_jobqueue_queue_work(). The caller has a reference, so to take
 * one more and to give it back if the work is queued is not to take one.
 */
inline queue_work()
{
	QUEUE_IS_THERE;
	assert(qref > 0);
	if
	:: !work_pending ->
		work_pending = 1;
		qref = qref + WORK_REF
	:: else
	fi
}

/*
 * defer.c: drm_jobqueue_queue_irq(). The caller has a reference, the list of the
 * CPU gets its own.
 */
inline queue_irq()
{
	QUEUE_IS_THERE;
	assert(qref > 0);
	if
	:: !irq_pending ->
		irq_pending = 1;
		qref = qref + KICK_REF
	:: else
	fi
#ifdef BUG_IRQ_WORK_SYNC
	;
	irq_busy = 1
#endif
}

/*
 * defer.c: drm_jobqueue_kick_by_dep(), ready_add(). Consumes a reference. A
 * queue that is in a list has one already, so the put is not the last. Without
 * the direct way to the worker, which is taken on a guess.
 */
inline kick_by_dep()
{
	QUEUE_IS_THERE;
	if
	:: irq_pending -> qref = qref - KICK_REF
	:: else
	fi;
#ifdef BUG_IRQ_WORK_SYNC
	irq_busy = 1;
#endif
	irq_pending = 1
}

/* reap.c: job_free(), drm_jobqueue_forget_hw_fence() */
inline job_free(x)
{
	JOB_IS_THERE(x);
	assert(jref[x] == 0);
	freed[x] = 1;
	jseq[x] = 0;
#ifndef BUG_HW_FENCE_NOT_FORGOTTEN
	if
	:: HAS_HW_FENCE(x) -> assert(!hw_fence_lock); hw_callback = 0
	:: else
	fi;
#endif
	queue_put()
}

/*
 * reap.c: drm_jobqueue_job_last_put(); defer.c: drm_jobqueue_queue_reap(). Not in
 * an atomic.
 */
inline job_put(x)
{
	atomic {
		JOB_IS_THERE(x);
		assert(jref[x] > 0);
		jref[x]--;
		k = (jref[x] == 0);
		if
		:: k ->
			assert(state[x] == DRM_JOBQUEUE_JOB_RETIRED);
#ifndef FREE_ANY
			/* The job is private until it is in the list. */
			QUEUE_IS_THERE;
			qref = qref + REAP_REF;
			m = (reap == 0);
			reap = reap | (1 << x)
#endif
		:: else
		fi
	}
	if
	:: k ->
		atomic {
#ifdef FREE_ANY
			!(HAS_HW_FENCE(x) && hw_fence_lock) ->
			job_free(x);
#else
			QUEUE_IS_THERE;
			if
			:: m && !reap_pending ->
				reap_pending = 1;
				qref = qref + 1 - REAP_REF
			:: else ->
				qref = qref + 1 - REAP_REF;
				queue_put()
			fi;
			m = 0;
#endif
			k = 0
		}
	:: else
	fi
}

/* --- The engine. --------------------------------------------------------- */

/* cursor.h: drm_jobqueue_next_ready(). Leaves in j the job that can run, or NONE. */
inline next_job()
{
	j = NONE;
	if
	:: len(fifo) > 0 && !stopped ->
		fifo?<j>;
		if
		:: state[j] != DRM_JOBQUEUE_JOB_PUSHED -> j = NONE
#ifdef BUG_KILL_OVERTAKES
		:: state[j] == DRM_JOBQUEUE_JOB_PUSHED && pending[j] && !killed -> j = NONE
#else
		:: state[j] == DRM_JOBQUEUE_JOB_PUSHED && pending[j] -> j = NONE
#endif
		:: else ->
			if
#ifdef BUG_LARGER_JOB_WAITS
			:: used >= capacity && !killed -> j = NONE
#else
			:: used >= capacity && used && !killed -> j = NONE
#endif
			:: else
			fi
		fi
	:: else
	fi
}

/*
 * drain.c: complete_head(); state.h: drm_jobqueue_is_complete(). Leaves it
 * in j, or NONE.
 */
inline complete_head()
{
	j = NONE;
	if
	:: len(ring) > 0 ->
		ring?<j>;
		if
		:: state[j] == DRM_JOBQUEUE_JOB_DONE ||
		   jseq[j] <= completed ||
		   pending[j] == DRM_JOBQUEUE_HW_FENCE_SIGNALLED
		:: else -> j = NONE
		fi
	:: else
	fi
}

/* drain.c: collect(). From j on. */
inline collect()
{
	do
	:: j != NONE && n < BATCH ->
		ring?_;
		if
		:: !skipped[j] -> used--
		:: else
		fi;
		state[j] = DRM_JOBQUEUE_JOB_RETIRED;
		batch[n] = j;
		n++;
		complete_head()
	:: else -> break
	od
}

#ifdef BUG_NO_RETIRE_TOKEN
#define BUG_RETIRES true
#else
#define BUG_RETIRES false
#endif

/*
 * drain.c: retire(), up to where it drops the lock. Leaves in n how many there
 * are to be signalled, in k whether the worker has to because budget is 0.
 */
inline retire(budget)
{
	complete_head();
	if
	:: (!retiring || BUG_RETIRES) && j != NONE ->
		if
		:: (budget) > 0 ->
			retiring = 1;
			retires = 1;
			collect()
		:: else -> k = 1
		fi
	:: else
	fi;
	j = NONE
}

/*
 * drain.c: retire(), the rest of it. If the batch was full it drops the lock
 * once more; else its caller goes on in the same section. Not in an atomic.
 */
inline give_back_retire()
{
	if
	:: n == BATCH ->
		atomic {
			QUEUE_IS_THERE;
#ifndef BUG_RETIRE_NO_RECHECK
			retires = 0;
			retiring = 0;
#endif
			i = 0;
			n = 0
		}
	:: else
	fi
}

/* drain.c: signal(). Without the lock, not in an atomic. */
inline signal()
{
	do
	:: i < n ->
		atomic {
			JOB_IS_THERE(batch[i]);
			/* Once, in order, after all that comes before. */
			nsignalled++;
			assert(jseq[batch[i]] == nsignalled);
			assert(MAY_RUN(batch[i]));
			/* With an error if it did not run. */
			assert(ran[batch[i]] != skipped[batch[i]]);
			ran[batch[i]] = 0;
			skipped[batch[i]] = 0
		}
		job_put(batch[i]);
		atomic { batch[i] = 0; i++ }
	:: else -> break
	od
}

/* drain.c: drain(), its first half. The job in j; leaves it in r if it must run. */
inline take()
{
	fifo?_;
	assert(jseq[j] == last_run + 1);
	last_run = jseq[j];
	ring!j;
	if
	:: killed ->
		skipped[j] = 1;
		state[j] = DRM_JOBQUEUE_JOB_DONE
	:: else ->
		state[j] = DRM_JOBQUEUE_JOB_RUNNING;
		used++;
		assert(used <= CREDITS);
		jref[j]++;
		r = j
	fi
}

/*
 * drain.c: run(), wait_for_hw_fence(), set_result(). Also
 * complete.c: drm_jobqueue_job_complete(), called by the driver in run(), of
 * which only the retiring is left, because the caller has the run token; a
 * hardware fence that has signalled already takes that way here, too. Not in an
 * atomic.
 */
inline run_job()
{
	atomic {
		JOB_IS_THERE(r);
		/* Once, one at a time, in order, after what it waits for. */
		assert(!in_run && !ran[r] && !must_not_run);
		assert(jseq[r] > hw_last);
		assert(MAY_RUN(r));
		in_run = 1;
		ran[r] = 1;
		hw_last = jseq[r]
	}
#if defined(EARLY) || defined(HW_FENCE)
	atomic {
		QUEUE_IS_THERE;
		if
#ifdef EARLY
		:: state[r] == DRM_JOBQUEUE_JOB_RUNNING ->
			state[r] = DRM_JOBQUEUE_JOB_DONE
#endif
#ifdef HW_FENCE
		:: HAS_HW_FENCE(r) && hw_fence &&
		   state[r] == DRM_JOBQUEUE_JOB_RUNNING ->
			state[r] = DRM_JOBQUEUE_JOB_DONE
		:: HAS_HW_FENCE(r) && !hw_fence ->
			hw_callback = 1
		:: !HAS_HW_FENCE(r)
		:: HAS_HW_FENCE(r) && state[r] == DRM_JOBQUEUE_JOB_RETIRED
#else
		:: true
#endif
		fi;
		retire(BATCHES - within);
		within++
	}
	do
	:: n ->
		signal();
		give_back_retire();
		atomic {
			QUEUE_IS_THERE;
			retiring = retiring && !retires;
			retires = 0;
			i = 0;
			n = 0;
			retire(BATCHES - within);
			within++
		}
	:: else -> break
	od;
	if
	:: k -> atomic { k = 0; queue_irq() }
	:: else
	fi;
	within = 0;
#endif
	in_run = 0
}

/* The last step: wakes who waits, and puts the references of the caller. */
inline done(puts)
{
	QUEUE_IS_THERE;
	waiting = 0;
	if
	:: puts -> qref = qref - (puts) + 1; queue_put()
	:: else
	fi
}

/*
 * drain.c: pass_on(), in the section in which the loop has ended. Then puts the
 * references.
 */
inline pass_on(context, puts)
{
	if
	:: k && q && context != DRM_JOBQUEUE_IN_WORKER -> queue_irq()
	:: k && !(q && context != DRM_JOBQUEUE_IN_WORKER) -> queue_work()
	:: !k
	fi;
	k = 0;
	q = 0;
	done(puts)
}

#ifdef BUG_NO_RUN_TOKEN
#define BUG_RUNS true
#else
#define BUG_RUNS false
#endif

/*
 * drain.c: progress(), drain(): one locked section. Goes on after
 * a batch was signalled or a job was run, and ends with a batch to be signalled
 * (n), a job to be run (r), or out of the loop (out).
 */
inline section(context, puts)
{
#ifndef BUG_RUN_NO_RECHECK
	running = running && !runs;
	runs = 0;
#endif
#ifndef BUG_RETIRE_NO_RECHECK
	retiring = retiring && !retires;
	retires = 0;
#endif
	i = 0;
	n = 0;
	do
	:: r == NONE && n == 0 && !out ->
		retire(BATCHES - retired);
		if
		:: n > 0 -> retired++
		:: n == 0 && k -> out = 1; q = 1
		:: n == 0 && !k ->
			next_job();
			if
			:: (running && !runs && !BUG_RUNS) || j == NONE ->
				out = 1
			:: else ->
				if
				:: ALLOWED(context) && jobs_run < BUDGET &&
				   (context != DRM_JOBQUEUE_IN_IRQ || !killed) ->
					jobs_run++;
					take();
					if
					:: r != NONE -> running = 1; runs = 1
					:: else
					fi
				:: else ->
					out = 1;
					k = 1;
					q = ALLOWED(DRM_JOBQUEUE_IN_IRQ) && !killed
				fi
			fi;
			j = NONE
		fi
	:: else -> break
	od;
#ifdef BUG_NO_DEFER
	k = 0;
	q = 0;
#endif
	if
	:: out ->
		retired = 0;
		jobs_run = 0;
#if !defined(BUG_RUN_NO_RECHECK) && !defined(BUG_RETIRE_NO_RECHECK)
		pass_on(context, puts)
#endif
	:: else
	fi
}

/*
 * drain.c: progress(), after the first section. To put the
 * caller's references, if it has none but for this, in the last step in which
 * it touches the queue saves many states. Not in an atomic.
 */
inline progress(context, puts)
{
	do
	:: !out ->
		if
		:: r != NONE ->
			run_job();
			job_put(r);
			r = NONE
		:: else ->
			signal();
			give_back_retire()
		fi;
		atomic {
			QUEUE_IS_THERE;
			section(context, puts)
		}
	:: else ->
		break
	od;
#if defined(BUG_RUN_NO_RECHECK) || defined(BUG_RETIRE_NO_RECHECK)
	/* Out of the section in which it has looked, the tokens are given back. */
	atomic {
		running = running && !runs;
		runs = 0;
		retiring = retiring && !retires;
		retires = 0;
		pass_on(context, puts)
	}
#endif
	out = 0
}

/* --- The queue's own contexts. ------------------------------------------- */

/* drain.c: queue_work_func() */
active proctype work()
{
	LOCALS;

end:	do
	:: atomic {
		work_pending -> QUEUE_IS_THERE;
		work_pending = 0;
		section(DRM_JOBQUEUE_IN_WORKER, WORK_REF)
	   }
	   progress(DRM_JOBQUEUE_IN_WORKER, WORK_REF)
	od
}

/*
 * defer.c: ready_irq_work(), ready_pop(); drain.c: drm_jobqueue_progress_in_irq().
 * Does not access the queue after its put.
 */
active [CPUS] proctype irq_work()
{
	LOCALS;

end:	do
	:: atomic {
		irq_pending -> QUEUE_IS_THERE;
		irq_pending = 0;
		section(DRM_JOBQUEUE_IN_IRQ, KICK_REF)
	   }
	   progress(DRM_JOBQUEUE_IN_IRQ, KICK_REF)
#ifdef OWN_IRQ_WORK
	   ;
	   atomic {
		QUEUE_IS_THERE
#ifdef BUG_IRQ_WORK_SYNC
		;
		if
		:: !irq_pending -> irq_busy = 0
		:: else
		fi
#endif
	   }
#endif
	od
}

#ifndef FREE_ANY
/*
 * reap.c: reap_work(). Has a reference of its own, so the order of its steps is
 * not observable.
 */
active proctype reap_work()
{
	byte i = 0;

end:	do
	:: atomic {
		reap_pending && !hw_fence_lock -> QUEUE_IS_THERE;
		reap_pending = 0;
		do
		:: reap & (1 << i) ->
			job_free(i);
			reap = reap & ~(1 << i)
		:: !(reap & (1 << i)) && i < NJOBS - 1 ->
			i++
		:: !(reap & (1 << i)) && i == NJOBS - 1 ->
			break
		od;
		i = 0;
		queue_put()
	   }
	od
}
#endif

/* queue.c: queue_release_work() */
active proctype release_work()
{
end:	releasing ->
#ifdef BUG_IRQ_WORK_SYNC
	!irq_busy ->
#endif
	atomic {
		assert(qref == 0 && !work_pending && !irq_pending &&
		       !running && !retiring);
		assert(!reap_pending && !reap);
		assert(len(fifo) == 0 && len(ring) == 0);
		released = 1
	}
}

/* --- Those who use it. --------------------------------------------------- */

/* wait.c: drm_jobqueue_deps_attach(), for one of them */
inline attach(x, f)
{
	if
	:: WAITS_FOR(x, f) ->
		if
		:: signalled[f] -> pending[x]--
		:: else -> callbacks[f] = callbacks[f] | (1 << x)
		fi
	:: else
	fi
}

#ifdef BUG_NO_BIAS
#define BIAS 0
#else
#define BIAS 1
#endif

/*
 * job.c: drm_jobqueue_job_arm(), and push() up to where it takes the lock,
 * which is not observable. Not in an atomic.
 */
inline arm(x)
{
	atomic {
		QUEUE_IS_THERE;
		seqno++;
		jseq[x] = seqno;
#ifndef BUG_ARM_UNLOCKED
		fifo!x;
#endif
		state[x] = DRM_JOBQUEUE_JOB_ARMED;
		qref = qref + PUSH_REF;
		if
		:: NDEPS(x) ->
			qref = qref + KICK_REF;
			pending[x] = NDEPS(x) + BIAS
		:: else
		fi;
#ifdef BUG_PUSHED_BEFORE_ATTACHED
		state[x] = DRM_JOBQUEUE_JOB_PUSHED;
		pending[x] = 0
	}
	atomic {
		pending[x] = pending[x] + NDEPS(x) + BIAS;
#endif
		attach(x, 0)
	}
#ifdef BUG_ARM_UNLOCKED
	atomic { fifo!x }
#endif
	if
	:: WAITS_FOR(x, 1) -> atomic { attach(x, 1) }
	:: else
	fi
}

/* job.c: push(). Not in an atomic. */
inline push(x)
{
	atomic {
		QUEUE_IS_THERE;
#ifndef BUG_PUSHED_BEFORE_ATTACHED
		state[x] = DRM_JOBQUEUE_JOB_PUSHED;
#endif
		puts = PUSH_REF;
		if
		:: NDEPS(x) ->
			pending[x] = pending[x] - BIAS;
			if
			:: pending[x] == 0 -> puts = puts + KICK_REF
			:: else
			fi
		:: else
		fi;
		section(DRM_JOBQUEUE_IN_PUSH, puts)
	}
	progress(DRM_JOBQUEUE_IN_PUSH, puts);
	puts = 0
}

/* Arms two jobs, if there are three, and pushes the second first. */
active proctype submitter_0()
{
	LOCALS;
	byte puts = 0;

#ifdef HOLDER
	jref[0]++;
#endif
	arm(0);
#if NJOBS > 2
	arm(1);
	push(1);
#endif
	push(0)
}

active proctype submitter_1()
{
	LOCALS;
	byte puts = 0;

	arm(NJOBS - 1);
	push(NJOBS - 1)
}

/*
 * wait.c: dep_signalled(), called by a foreign fence for each job that waits for
 * it. The delay between these calls is not observable.
 */
inline signal_fence(f)
{
	atomic {
		signalled[f] = 1;
		do
		:: i < NJOBS ->
			if
			:: callbacks[f] & (1 << i) ->
				JOB_IS_THERE(i);
				pending[i]--;
				if
				:: pending[i] == 0 -> m++
				:: else
				fi
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0;
		callbacks[f] = 0
	}
	do
	:: m -> atomic { m--; kick_by_dep() }
	:: else -> break
	od
}

/* What the hardware has written last: not the number of a job with a fence. */
#define HW_SEQNO	(hw_last - (HAS_HW_FENCE(0) && hw_last == jseq[0]))

/* First the interrupt that signals a foreign fence, then the hardware's. */
active [2] proctype completer()
{
	LOCALS;

	signal_fence(_pid % 2);
	do
	:: atomic {
		/* complete.c: drm_jobqueue_complete() */
		HW_SEQNO > completed -> QUEUE_IS_THERE;
		completed = HW_SEQNO;
		section(DRM_JOBQUEUE_IN_IRQ, 0)
	   }
	   progress(DRM_JOBQUEUE_IN_IRQ, 0)
#ifdef HW_FENCE
	:: atomic {
		/* drain.c: hw_fence_signalled() */
		hw_last && hw_last >= jseq[0] && !hw_fence -> hw_fence = 1;
		k = hw_callback;
		if
		:: k ->
			JOB_IS_THERE(0);
			QUEUE_IS_THERE;
			hw_fence_lock = 1;
			qref++;
			pending[0] = DRM_JOBQUEUE_HW_FENCE_SIGNALLED
		:: else
		fi
	   }
	   if
	   :: k -> atomic { k = 0; kick_by_dep(); hw_fence_lock = 0 }
	   :: else
	   fi
#endif
	:: nsignalled == NJOBS -> break
	od;
	atomic { queue_put() }
}

#ifdef KILL
/* control.c: drm_jobqueue_kill() */
active proctype killer()
{
	atomic {
		QUEUE_IS_THERE;
		killed = 1;
#ifdef BUG_KILL_SIGNALS
		if
		:: len(fifo) > 0 -> nsignalled++
		:: else
		fi
#endif
	}
	atomic { queue_work() }
	atomic { queue_put() }
}
#endif

#ifdef RESET
/* control.c: drm_jobqueue_stop(), run_is_idle(), drm_jobqueue_start() */
active proctype resetter()
{
	bit k = 0;

	atomic { QUEUE_IS_THERE; stopped = 1 }
	do
#ifdef BUG_WAIT_NO_RECHECK
	:: atomic { k = !running }
	   waiting = 1;
#else
	:: waiting = 1;
	   atomic { k = !running }
#endif
	   if
	   :: k -> break
	   :: else -> !waiting
	   fi
	od;
	atomic { waiting = 0; assert(!in_run); must_not_run = 1 }
	atomic { QUEUE_IS_THERE; must_not_run = 0; stopped = 0 }
	atomic { queue_work() }
	atomic { queue_put() }
}
#endif

#ifdef RESIZE
/* control.c: drm_jobqueue_set_credits() */
active proctype resizer()
{
	atomic { QUEUE_IS_THERE; capacity = 0 }
	atomic { queue_work() }
	atomic { queue_put() }
}
#endif

#ifdef HOLDER
/* A holder of a reference to a job, without one to the queue. */
active proctype holder()
{
	bit k = 0, m = 0;

	state[0] != DRM_JOBQUEUE_JOB_INIT ->
	job_put(0)
}
#endif

/* group.c: drm_jobqueue_group_fini(), after the driver's put */
active proctype destroyer()
{
	atomic { queue_put() }
	released ->
	assert(nsignalled == NJOBS)
}
