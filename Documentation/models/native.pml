/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How the queues of drm_jobqueue wait for each other's jobs to be submitted, so
 * that rings can wait for each other, for the model checker spin. scripts/model
 * runs it.
 *
 * Two queues with two jobs each: P1, D1, P2, D2, of which each but the first
 * depends on the one before it, in the other queue, and whose rings wait by
 * themselves. P1 waits for a fence of others. Contexts run and retire jobs as in
 * jobqueue.pml, which checks that part in detail; here a locked section is one
 * step, and a run() and the signal of a fence are others, with anything in
 * between. The hardware executes a command when the word that it waits for has
 * the number. One process kills a queue, or resets both.
 *
 * Spin checks the assertions, and that all jobs end: no wake-up is lost, and no
 * ring waits for ever.
 *
 * "file.c: function()" names the code that a part models; scripts/model checks
 * that the function exists. BUG_ plants a bug, which must be found.
 */

/* --- Size and kind. ------------------------------------------------------ */

#ifndef CONTEXTS	/* that make progress on a queue at once */
#define CONTEXTS 1
#endif
/*
 * And with or without:
 * KILL		number of the queue that is killed
 * RESET	both queues are stopped, requeued and started
 * LEFT_OVER	what is submitted may wake the other queue in a later step
 */

#define NJOBS 2

/* The job that job n of queue q depends on: (1 - q, DEP(q, n)), 0 for none. */
#define DEP(q, n)	((n) + (q) - 1)

/* --- State. -------------------------------------------------------------- */

/* struct drm_jobqueue */
bit running[2], retiring[2], killed[2], stopped[2];
byte last_run[2], submitted[2], completed[2];
bit run_armed[2], retire_armed[2];	/* the two waits */
byte in_tree[2];	/* job that run_wait waits for in the other's tree */
byte run_cb[2], retire_cb[2];	/* or with a callback on the done fence */
bit kicked[2];
byte inside[2];		/* contexts with a reference */
bit released[2];

/* struct drm_jobqueue_job, as masks of numbers */
byte pushed[2];
byte done[2];		/* complete by themselves: skipped */
byte not_in_ring[2];	/* flag of their fences */
byte retired[2];	/* number of those that have left the queue */
byte signalled[2];	/* fences, in order */
bit fence_lock[2];	/* of the fence that just signals */

/* Others. */
bit gate;
byte ring_first[2], ring_last[2];	/* commands: (first, last] */
byte word[2];

#define IS_SIGNALLED(q, n)	((n) == 0 || signalled[q] >= (n))
#define HAS(mask, n)		((mask) & (1 << (n)))

/* native.c: is_in_ring(), is_met(). Of job n of queue q. */
#ifdef BUG_SKIPPED_IS_IN_RING
#define IS_IN_RING(q, n)	(submitted[q] >= (n))
#else
#define IS_IN_RING(q, n)	(submitted[q] >= (n) && !HAS(not_in_ring[q], n))
#endif
#define IS_DONE(q, n)		IS_SIGNALLED(1 - (q), DEP(q, n))
#define IS_MET(q, n) \
	(IS_DONE(q, n) || IS_IN_RING(1 - (q), DEP(q, n)))
#ifdef BUG_RETIRED_EARLY
#define MAY_RETIRE(q, n)	true
#else
#define MAY_RETIRE(q, n)	IS_DONE(q, n)
#endif

#define QUEUE_IS_THERE(q)	assert(!released[q])

/* --- The engine. --------------------------------------------------------- */

/* native.c: end_wait(). Belongs into an atomic. */
inline end_run_wait(q)
{
	QUEUE_IS_THERE(q);
	assert(run_armed[q]);
	run_armed[q] = 0;
	kicked[q] = 1
}

/*
 * native.c: drm_jobqueue_natives_wake(). What exceeds a batch is left to an
 * interrupt.
 */
inline wake(q)
{
	if
	:: in_tree[1 - q] && in_tree[1 - q] <= submitted[q] ->
		in_tree[1 - q] = 0;
		end_run_wait(1 - q)
#ifdef LEFT_OVER
	:: in_tree[1 - q] && in_tree[1 - q] <= submitted[q] ->
		kicked[q] = 1
#endif
	:: else
	fi
}

/* native.c: wait_submitted(). Leaves in w whether it waits. */
inline wait_submitted(q, d)
{
#ifdef BUG_NOT_LOOKED_AGAIN
	w = (submitted[1 - q] < d);
	atomic {
#else
	atomic {
		w = (submitted[1 - q] < d);
#endif
		QUEUE_IS_THERE(1 - q);
		if
		:: w -> in_tree[q] = d
		:: else
		fi
	}
}

/* dma_fence_add_callback(): not while the fence signals. */
inline add_callback(q, d, cb, armed)
{
	atomic {
		!fence_lock[1 - q] ->
		if
		:: IS_SIGNALLED(1 - q, d) -> armed = 0
		:: else -> cb = d
		fi
	}
}

#define NOTHING		0
#define RUN		1
#define SKIP		2
#define RETIRE		3
#define WAIT_RUN	4
#define WAIT_RETIRE	5

/*
 * drain.c: progress(), complete_head(), skip();
 * cursor.h: drm_jobqueue_next_ready();
 * native.c: drm_jobqueue_natives_run(), drm_jobqueue_natives_retire(): one locked
 * section, up to where the lock is dropped. Leaves in act what for, in n the job.
 */
inline section(q)
{
	act = NOTHING;
	n = retired[q] + 1;
	if
	:: !retiring[q] && n <= last_run[q] &&
	   (completed[q] >= n || HAS(done[q], n)) ->
		if
		:: MAY_RETIRE(q, n) ->
			act = RETIRE;
			retiring[q] = 1;
			retired[q] = n
		:: !MAY_RETIRE(q, n) && !retire_armed[q] ->
			act = WAIT_RETIRE;
			retiring[q] = 1;
			retire_armed[q] = 1
		:: else
		fi
	:: else
	fi;
	if
	:: act == NOTHING && !running[q] && !stopped[q] &&
	   last_run[q] < NJOBS && HAS(pushed[q], last_run[q] + 1) &&
	   (q == 1 || last_run[q] > 0 || gate) ->
		n = last_run[q] + 1;
		if
		:: killed[q] ->
			act = SKIP;
			last_run[q] = n;
			done[q] = done[q] | (1 << n);
			not_in_ring[q] = not_in_ring[q] | (1 << n);
			submitted[q] = n;
			wake(q)
		:: !killed[q] && IS_MET(q, n) ->
			act = RUN;
			running[q] = 1;
			last_run[q] = n;
#ifdef BUG_SUBMITTED_BEFORE_RUN
			submitted[q] = n;
			wake(q)
#endif
		:: !killed[q] && !IS_MET(q, n) && !run_armed[q] ->
			act = WAIT_RUN;
			running[q] = 1;
			run_armed[q] = 1
		:: else
		fi
	:: else
	fi
}

/* The driver's run(). What its ring waits for must be, or have been, in a ring. */
inline run_job(q)
{
	atomic {
		assert(!killed[q] || ring_last[q] < n);
		assert(IS_DONE(q, n) || ring_last[1 - q] >= DEP(q, n) ||
		       word[1 - q] >= DEP(q, n));
		ring_last[q] = n
	}
	/* drain.c: drain(); cursor.h: drm_jobqueue_update_submitted() */
	atomic {
		QUEUE_IS_THERE(q);
		running[q] = 0;
		submitted[q] = last_run[q];
		wake(q)
	}
}

/* drain.c: signal(); native.c: native_signalled() */
inline signal(q)
{
	atomic {
		/* After what it depends on. */
		assert(IS_DONE(q, n) && (q == 1 || gate));
		signalled[q] = n;
		fence_lock[q] = 1
	}
#ifdef BUG_KICK_BEFORE_DISARM
	atomic {
		if
		:: run_cb[1 - q] && run_cb[1 - q] <= n -> kicked[1 - q] = 1
		:: else
		fi
	}
	atomic {
		if
		:: run_cb[1 - q] && run_cb[1 - q] <= n ->
			run_cb[1 - q] = 0;
			run_armed[1 - q] = 0
		:: else
		fi
	}
#else
	atomic {
		if
		:: run_cb[1 - q] && run_cb[1 - q] <= n ->
			run_cb[1 - q] = 0;
			end_run_wait(1 - q)
		:: else
		fi
	}
#endif
	atomic {
		if
		:: retire_cb[1 - q] && retire_cb[1 - q] <= n ->
			QUEUE_IS_THERE(1 - q);
			retire_cb[1 - q] = 0;
			retire_armed[1 - q] = 0;
			kicked[1 - q] = 1
		:: else
		fi;
		fence_lock[q] = 0
	}
	atomic {
		QUEUE_IS_THERE(q);
		retiring[q] = 0
	}
}

/* native.c: begin_wait(), for the job that is next */
inline wait_to_run(q)
{
	wait_submitted(q, DEP(q, n));
	if
	:: !w && !IS_IN_RING(1 - q, DEP(q, n)) ->
		add_callback(q, DEP(q, n), run_cb[q], run_armed[q])
	:: !w && IS_IN_RING(1 - q, DEP(q, n)) ->
		run_armed[q] = 0
	:: else
	fi;
	running[q] = 0
}

/* A context that makes progress: a worker, an interrupt or a push. */
inline context(q)
{
	byte act = 0, n = 0;
	bit w = 0;

end:	do
	:: atomic {
		kicked[q] ->
		QUEUE_IS_THERE(q);
		kicked[q] = 0;
		inside[q]++;
		/* drain.c: drm_jobqueue_progress_in_irq() */
		wake(q);
		section(q)
	   }
	   do
	   :: act == NOTHING -> break
	   :: act != NOTHING ->
		if
		:: act == RUN -> run_job(q)
		:: act == SKIP
		:: act == RETIRE -> signal(q)
		:: act == WAIT_RUN -> wait_to_run(q)
		:: act == WAIT_RETIRE ->
			add_callback(q, DEP(q, n), retire_cb[q],
				     retire_armed[q]);
			retiring[q] = 0
		fi;
#ifdef BUG_WAIT_AND_LEAVE
		if
		:: act == WAIT_RUN || act == WAIT_RETIRE ->
			act = NOTHING;
			break
		:: else
		fi;
#endif
		atomic { QUEUE_IS_THERE(q); section(q) }
	   od;
	   atomic { inside[q]--; n = 0; w = 0 }
	od
}

active [CONTEXTS] proctype context_0()
{
	context(0)
}

active [CONTEXTS] proctype context_1()
{
	context(1)
}

/*
 * queue.c: queue_release_work(). Jobs have references to their queue and to those
 * of their prerequisites, as have the waits.
 */
#define JOBS_ARE_GONE \
	(signalled[0] == NJOBS && signalled[1] == NJOBS)
#ifdef BUG_WAIT_NO_REF
#define WAITS_ARE_GONE(q)	true
#else
#define WAITS_ARE_GONE(q)	(!run_armed[q] && !retire_armed[q])
#endif

inline release(q)
{
	atomic {
		JOBS_ARE_GONE && !kicked[q] && !inside[q] && !retiring[q] &&
		WAITS_ARE_GONE(q) && driver_is_gone[q] ->
		assert(!running[q] && retired[q] == NJOBS);
#ifndef BUG_WAIT_NO_REF
		assert(!in_tree[1 - q]);
#endif
		released[q] = 1
	}
}

/* The driver puts a queue when it likes; the other process has a reference. */
bit driver_is_gone[2];

active proctype release_0()
{
	release(0)
}

active proctype release_1()
{
	release(1)
}

/* --- Those who use it. --------------------------------------------------- */

active proctype submitter()
{
	atomic { pushed[1] = pushed[1] | (1 << 1); kicked[1] = 1 }
	atomic { pushed[0] = pushed[0] | (1 << 1); kicked[0] = 1 }
	atomic { pushed[0] = pushed[0] | (1 << 2); kicked[0] = 1 }
	atomic { pushed[1] = pushed[1] | (1 << 2); kicked[1] = 1 }
}

active proctype other_fence()
{
	atomic { gate = 1; QUEUE_IS_THERE(0); kicked[0] = 1 }
}

/* A ring executes a command when what it waits for has been reached. */
active [2] proctype hardware()
{
	byte q = _pid % 2;

end:	do
	:: atomic {
		ring_first[q] < ring_last[q] &&
		(DEP(q, ring_first[q] + 1) == 0 ||
		 word[1 - q] >= DEP(q, ring_first[q] + 1)) ->
		ring_first[q]++;
		if
		:: word[q] < ring_first[q] -> word[q] = ring_first[q]
		:: else
		fi;
		/* complete.c: drm_jobqueue_complete() */
		if
		:: completed[q] < ring_first[q] &&
		   ring_first[q] <= last_run[q] ->
			QUEUE_IS_THERE(q);
			completed[q] = ring_first[q];
			kicked[q] = 1
		:: else
		fi
	   }
	od
}

/* control.c: drm_jobqueue_stop(), drm_jobqueue_start() */
inline stop(q)
{
	stopped[q] = 1;
	!running[q]
}

inline start(q)
{
	atomic { stopped[q] = 0; kicked[q] = 1 }
}

/* inflight.c: rewind_ring(); native.c: drm_jobqueue_natives_cancel() */
inline requeue(q)
{
	atomic {
		!fence_lock[1 - q] ->
		if
		:: completed[q] < last_run[q] && !HAS(done[q], completed[q] + 1) ->
			last_run[q] = completed[q];
#ifndef BUG_REQUEUE_KEEPS_WAIT
			if
			:: run_armed[q] && (in_tree[q] || run_cb[q]) ->
				in_tree[q] = 0;
				run_cb[q] = 0;
				run_armed[q] = 0
			:: else
			fi;
#endif
#ifndef BUG_REQUEUE_KEEPS_SUBMITTED
			submitted[q] = last_run[q]
#endif
		:: else
		fi
	}
}

/* Uses both queues, and then gives up its references. */
active proctype driver()
{
#ifdef RESET
	stop(1);
	stop(0);
	/* The hardware is off: what is in its memory is not executed. */
	atomic {
		ring_first[0] = ring_last[0];
		ring_first[1] = ring_last[1];
		ring_last[0] = completed[0];
		ring_last[1] = completed[1];
		ring_first[0] = completed[0];
		ring_first[1] = completed[1]
	}
	requeue(1);
	requeue(0);
	start(1);
	start(0);
#endif
#ifdef KILL
	/* control.c: drm_jobqueue_kill() */
	killed[KILL] = 1;
	kicked[KILL] = 1;
	stop(KILL);
	atomic {
		ring_first[KILL] = ring_last[KILL];
#ifndef BUG_WORD_NOT_WRITTEN
		word[KILL] = NJOBS
#endif
	}
	/* complete.c: drm_jobqueue_complete_all() */
	atomic { completed[KILL] = last_run[KILL]; kicked[KILL] = 1 }
	start(KILL);
#endif
	driver_is_gone[0] = 1;
	driver_is_gone[1] = 1;
	released[0] && released[1] ->
	assert(signalled[0] == NJOBS && signalled[1] == NJOBS)
}
