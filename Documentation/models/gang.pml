/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How the jobs of a gang enter their rings together, for the model checker spin.
 * scripts/model runs it.
 *
 * Three queues and two gangs: A on queues 0, 1, 2, of which 0 is the first, and B on
 * queues 1 and 0, of which 1 is the first. Two threads submit them. A ring has space
 * for one job. A's job on queue 1 waits for a fence. One process stops a queue and
 * starts it again, one kills a queue. Two other jobs may be armed while gangs are: K on
 * queue 0, and then J on queue 1, which depends on K. A locked section is one step.
 *
 * Spin checks that a gang enters all of its rings or none, that none enters a ring
 * whose queue is stopped, and that all jobs end: gangs do not wait for each other, no
 * wake-up is lost, and a killed queue does not wait for other queues.
 *
 * "file.c: function()" names the code that a part models; scripts/model checks
 * that the function exists. BUG_ plants a bug, which must be found.
 */

/* --- Size and kind. ------------------------------------------------------ */

/*
 * With or without:
 * STOP		number of the queue that is stopped and started; with KILL it is
 *		started after the jobs of the killed queue have ended
 * KILL		number of the queue that is killed. If that is not 1, the fence
 *		signals only after A's job on that queue has ended
 * OTHERS	K and J exist
 */

#define A	0
#define B	1
#define NO_GANG	2

/* Queue of member i of gang g, number of members, number of jobs of queue q. */
#define QUEUE(g, i)	((i) + (g) * (1 - 2 * (i)))
#define MEMBERS(g)	(3 - (g))
#ifdef OTHERS
#define NJOBS(q)	(3 - 2 * ((q) / 2))
#define JOBS		8
#else
#define NJOBS(q)	(2 - (q) / 2)
#define JOBS		6
#endif

/* Job of gang g on queue q, an index. */
#define JOB(g, q)	((g) * 3 + (q))
#define K		JOB(NO_GANG, 0)
#define J		JOB(NO_GANG, 1)

/* --- State. -------------------------------------------------------------- */

/* struct drm_jobqueue */
bit running[3], stopped[3], killed[3], kicked[3];
bit no_space[3];		/* no credits are left */
byte armed[3], cursor[3];
byte order[9];		/* gang of job n of queue q: order[q * 3 + n] */

/* struct drm_jobqueue_job */
bit pushed[JOBS], failed[JOBS], ready[JOBS], entered[JOBS], skipped[JOBS];

/* struct drm_jobqueue_gang */
byte missing[2];
bit waits[2], gone[JOBS];

/* Others. */
bit halted[3];		/* drm_jobqueue_stop() has returned */
bit gate;
bit arm_lock;

#define IS_SKIPPED(g, q)	(failed[JOB(g, q)] || killed[q])

#ifdef OTHERS
#define DEPENDENCY_MET(job)	((job) != J || entered[K] || skipped[K])
#else
#define DEPENDENCY_MET(job)	true
#endif

/* cursor.h: drm_jobqueue_next_ready(). For the job that is next on queue q. */
#define NEXT_READY(q) \
	(!stopped[q] && cursor[q] < armed[q] && \
	 pushed[JOB(order[(q) * 3 + cursor[q]], q)] && \
	 (JOB(order[(q) * 3 + cursor[q]], q) != JOB(A, 1) || gate) && \
	 DEPENDENCY_MET(JOB(order[(q) * 3 + cursor[q]], q)) && \
	 (!no_space[q] || IS_SKIPPED(order[(q) * 3 + cursor[q]], q)))

/* --- The engine. --------------------------------------------------------- */

#define NOTHING	0
#define AGAIN	1
#define CLAIM	2

/* gang.c: drm_jobqueue_gang_leave(), for member i. */
inline tell(k)
{
	if
	:: k < MEMBERS(g) && g != NO_GANG && !gone[JOB(g, QUEUE(g, k))] &&
	   !failed[JOB(g, QUEUE(g, k))] ->
		failed[JOB(g, QUEUE(g, k))] = 1;
#ifndef BUG_OTHERS_NOT_KICKED
		kicked[QUEUE(g, k)] = 1
#endif
	:: else
	fi
}

/* gang.c: drm_jobqueue_gang_ready() */
inline look_for_others()
{
	if
	:: QUEUE(g, 0) == q ->
#ifdef BUG_MISSING_NOT_LOCKED
		act = (missing[g] == 0) * CLAIM;
		running[q] = (act == CLAIM)
#else
		if
		:: missing[g] == 0 ->
			act = CLAIM;
			running[q] = 1
		:: else -> waits[g] = 1
		fi
#endif
	:: QUEUE(g, 0) != q && !ready[JOB(g, q)] ->
		ready[JOB(g, q)] = 1;
		missing[g]--;
		if
		:: missing[g] == 0 && waits[g] ->
			waits[g] = 0;
#ifndef BUG_FIRST_NOT_KICKED
			kicked[QUEUE(g, 0)] = 1
#endif
		:: else
		fi
	:: else
	fi
}

/*
 * drain.c: progress(), others_ready(), skip(): one locked section.
 * Leaves in act what follows, in g the gang.
 */
inline section()
{
	act = NOTHING;
	if
	:: !running[q] && NEXT_READY(q) ->
		g = order[q * 3 + cursor[q]];
		if
		:: IS_SKIPPED(g, q) ->
			act = AGAIN;
			cursor[q]++;
			skipped[JOB(g, q)] = 1;
			gone[JOB(g, q)] = 1;
#ifdef OTHERS
			/* J's callback, if this is K. */
			kicked[1] = kicked[1] || g == NO_GANG;
#endif
#ifndef BUG_OTHERS_NOT_SKIPPED
			tell(0);
			tell(1);
			tell(2)
#endif
#ifdef OTHERS
		:: !IS_SKIPPED(g, q) && g == NO_GANG ->
			act = AGAIN;
			cursor[q]++;
			no_space[q] = 1;
			entered[JOB(g, q)] = 1;
			/* J's callback. */
			kicked[1] = 1
		:: !IS_SKIPPED(g, q) && g != NO_GANG -> look_for_others()
#else
		:: else -> look_for_others()
#endif
		fi
	:: else
	fi
}

/* gang.c: claim(), could_run(). Leaves in o the queue of member i. */
inline claim()
{
	atomic {
		o = QUEUE(g, i);
		if
#ifdef BUG_NOT_LOOKED_AT_AGAIN
		:: true ->
#else
		:: !gone[JOB(g, o)] && !running[o] && NEXT_READY(o) &&
		   order[o * 3 + cursor[o]] == g && !IS_SKIPPED(g, o) ->
#endif
			running[o] = 1;
			i++
#ifndef BUG_NOT_LOOKED_AT_AGAIN
		:: else ->
			act = AGAIN;
			if
			:: !gone[JOB(g, o)] ->
				ready[JOB(g, o)] = 0;
				missing[g]++;
				kicked[o] = 1
			:: else
			fi
#endif
		fi
	}
}

/* gang.c: unclaim(), for the members before i. */
inline unclaim()
{
	do
	:: i > 1 ->
		i--;
		atomic {
			running[QUEUE(g, i)] = 0;
#ifndef BUG_UNCLAIM_NO_KICK
			kicked[QUEUE(g, i)] = 1
#endif
		}
	:: else -> break
	od
}

/* gang.c: enter(); cursor.h: drm_jobqueue_enter_ring() */
inline enter(queue)
{
	atomic {
		assert(running[queue] && !no_space[queue] &&
		       order[queue * 3 + cursor[queue]] == g);
		cursor[queue]++;
		no_space[queue] = 1;
		gone[JOB(g, queue)] = 1;
		entered[JOB(g, queue)] = 1
	}
}

#define IN_RING(i) \
	(i >= MEMBERS(g) || (entered[JOB(g, QUEUE(g, i))] && \
			     running[QUEUE(g, i)] && !halted[QUEUE(g, i)]))

/* gang.c: drm_jobqueue_gang_run(), claim_all(), leave_all() */
inline run_gang()
{
	i = 1;
	do
	:: act == CLAIM && i < MEMBERS(g) -> claim()
	:: else -> break
	od;
	if
	:: act == CLAIM ->
		i = 1;
		do
		:: i < MEMBERS(g) -> enter(QUEUE(g, i)); i++
		:: else -> break
		od;
		enter(q);
		/* gang.c: run() */
		assert(IN_RING(0) && IN_RING(1) && IN_RING(2));
		i = 1;
		do
		:: i < MEMBERS(g) ->
			atomic {
				running[QUEUE(g, i)] = 0;
#ifndef BUG_LEAVES_WITHOUT_LOOK
				if
				:: NEXT_READY(QUEUE(g, i)) ->
					kicked[QUEUE(g, i)] = 1
				:: else
				fi;
#endif
				i++
			}
		:: else -> break
		od
	:: else -> unclaim()
	fi
}

/* A context that makes progress on queue q: a worker, an interrupt or a push. */
active [3] proctype context()
{
	byte q = _pid, g = 0, i = 0, o = 0, act = NOTHING;

end:	do
	:: atomic { kicked[q] -> kicked[q] = 0; section() }
	   do
	   :: act == NOTHING -> break
	   :: act == CLAIM -> run_gang(); atomic { running[q] = 0; section() }
	   :: act == AGAIN -> atomic { section() }
	   od;
#ifdef BUG_MISSING_NOT_LOCKED
	   atomic {
		if
		:: cursor[q] < armed[q] &&
		   QUEUE(order[q * 3 + cursor[q]], 0) == q ->
			waits[order[q * 3 + cursor[q]]] = 1
		:: else
		fi
	   }
#endif
	   atomic { g = 0; i = 0; o = 0 }
	od
}

/* --- Those who use it. --------------------------------------------------- */

/* api/gang.c: drm_jobqueue_gang_arm(), drm_jobqueue_gang_push() */
active [2] proctype submitter()
{
	byte g = _pid - 3, i = 0, q = 0;

	missing[g] = MEMBERS(g) - 1;
#ifndef BUG_ARM_UNORDERED
	atomic { !arm_lock -> arm_lock = 1 }
#endif
	do
	:: i < MEMBERS(g) ->
		atomic {
			q = QUEUE(g, i);
			order[q * 3 + armed[q]] = g;
			armed[q]++;
			i++
		}
	:: else -> break
	od;
	arm_lock = 0;
	do
	:: i > 0 ->
		atomic {
			i--;
			q = QUEUE(g, i);
			pushed[JOB(g, q)] = 1;
			kicked[q] = 1
		}
	:: else -> break
	od
}

/* api/job.c: drm_jobqueue_job_arm(), wait_for_gang(), drm_jobqueue_job_push() */
inline arm_other(queue)
{
	atomic {
		order[queue * 3 + armed[queue]] = NO_GANG;
		armed[queue]++
	}
}

active proctype other_submitter()
{
#ifdef OTHERS
	arm_other(0);
#ifndef BUG_ARM_BETWEEN
	arm_lock == 0;
#endif
	arm_other(1);
	atomic { pushed[K] = 1; kicked[0] = 1 }
	atomic { pushed[J] = 1; kicked[1] = 1 }
#endif
	skip
}

active proctype hardware()
{
end:	do
	:: atomic { no_space[0] -> no_space[0] = 0; kicked[0] = 1 }
	:: atomic { no_space[1] -> no_space[1] = 0; kicked[1] = 1 }
	:: atomic { no_space[2] -> no_space[2] = 0; kicked[2] = 1 }
	od
}

active proctype other_fence()
{
#ifdef KILL
	if
	:: KILL != 1 -> skipped[JOB(A, KILL)]
	:: else
	fi;
#endif
	atomic { gate = 1; kicked[1] = 1 }
}

/* control.c: drm_jobqueue_stop(), drm_jobqueue_start() */
active proctype stopper()
{
#ifdef STOP
	stopped[STOP] = 1;
	atomic { !running[STOP] -> halted[STOP] = 1 }
#ifdef KILL
	cursor[KILL] == NJOBS(KILL);
#endif
	atomic { halted[STOP] = 0; stopped[STOP] = 0; kicked[STOP] = 1 }
#endif
	skip
}

/* control.c: drm_jobqueue_kill() */
active proctype killer()
{
#ifdef KILL
	atomic { killed[KILL] = 1; kicked[KILL] = 1 }
#endif
	skip
}

#define ALL_OR_NONE(g) \
	(entered[JOB(g, 0)] == entered[JOB(g, 1)] && \
	 skipped[JOB(g, 0)] == skipped[JOB(g, 1)] && \
	 entered[JOB(g, 0)] != skipped[JOB(g, 0)])

active proctype driver()
{
	cursor[0] == NJOBS(0) && cursor[1] == NJOBS(1) && cursor[2] == NJOBS(2) ->
	assert(ALL_OR_NONE(A) && ALL_OR_NONE(B));
	assert(entered[JOB(A, 2)] == entered[JOB(A, 0)])
}
