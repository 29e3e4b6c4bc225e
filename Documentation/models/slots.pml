/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How groups with work come onto slots, and how the GPU gets and loses power, for the
 * model checker spin. scripts/model runs it.
 *
 * Each group has a client that submits jobs to it. It writes the ring, and then rings
 * the doorbell of the group's slot or kicks the scheduler. Passes of the scheduler
 * never run twice at a time; a pass stops updating groups wherever it likes, as if
 * its time were used up. A runtime suspend takes groups off their slots whenever
 * nothing holds a reference. Firmware executes what is in the ring of a group when
 * the group is started or a doorbell rings, and reports that the group is idle. A group
 * leaves its slot at once, or takes its time, in which the scheduler goes on.
 *
 * Spin checks the assertions, among them that no doorbell is rung without power, and
 * that all jobs are executed: no group with work is forgotten.
 *
 * "file.c: function()" names the code that a part models; scripts/model checks that the
 * function exists. BUG_ plants a bug, which must be found. Not in here: groups that
 * end, block, or are busy for longer than a time slice, priorities, address spaces,
 * and resets.
 */

/* --- Size and kind. ------------------------------------------------------ */

#ifndef GROUPS
#define GROUPS 2
#endif
#ifndef SLOTS
#define SLOTS 1
#endif
#ifndef JOBS		/* of the first group; others have one */
#define JOBS 1
#endif
#ifndef SUSPENDS
#define SUSPENDS 1
#endif

/* --- State. -------------------------------------------------------------- */

/* struct vpan_group */
byte pushed[GROUPS], completed[GROUPS];
bit kicked[GROUPS], waiting[GROUPS], idle[GROUPS];
byte slot[GROUPS];	/* from 1, 0 for none */

/* struct vpan_slots, struct vpan_sched_request */
byte owner[SLOTS];	/* group from 1, 0 for none */
chan kicked_list = [GROUPS] of { byte };
chan updating = [GROUPS] of { byte };
bit slots_lock, power_held, pending, tick;
/* Asked to leave, and has left: &vpan_slots.leaving and the acknowledgment */
bit leaving[SLOTS], left[SLOTS];

/* Runtime PM, and readers under RCU */
byte pm_refs, readers;
bit powered, suspending;

/* Firmware */
bit doorbell[SLOTS], reporting[SLOTS];

#if SLOTS > 1
#define HAS_SLOT(g)	(owner[0] == g + 1 || owner[1] == g + 1)
#else
#define HAS_SLOT(g)	(owner[0] == g + 1)
#endif
#define NJOBS(g)	((g) == 0 -> JOBS : 1)
#define HAS_WORK(g)	(pushed[g] != completed[g])
/* group.c: vpan_group_is_idle() */
#define IS_IDLE(g)	(idle[g] || !HAS_WORK(g))

inline lock()
{
	atomic { !slots_lock -> slots_lock = 1 }
}

inline unlock()
{
	assert(slots_lock);
	slots_lock = 0
}

/* slots.c: vpan_slots_ring_doorbell() */
inline ring_doorbell(s)
{
	atomic { assert(powered); doorbell[s] = 1 }
}

/* --- Moves on and off slots, under the lock. ------------------------------ */

/* sched.c: sched_needs_power(). Leaves the result in needs. */
inline needs_power()
{
	atomic {
		needs = 0;
		i = 0;
		do
		:: i < GROUPS ->
			needs = needs || waiting[i] ||
				(slot[i] && HAS_WORK(i));
			i++
		:: else -> break
		od;
#ifndef BUG_LEAVING_WITHOUT_POWER
		i = 0;
		do
		:: i < SLOTS -> needs = needs || leaving[i]; i++
		:: else -> break
		od;
#endif
		i = 0
	}
}

/* evict.c: evict_free_slots(), evict_requeue() */
inline free_slot(s)
{
	g = owner[s] - 1;
	/* The firmware has suspended the group, and its events are handled. */
	atomic {
		assert(powered);
		doorbell[s] = 0;
		reporting[s] = 0;
		owner[s] = 0;
		leaving[s] = 0;
		left[s] = 0
	}
	atomic {
#ifdef BUG_LOOK_BEFORE_LEAVE
		waiting[g] = needs;
#else
		waiting[g] = HAS_WORK(g);
#endif
		needs = 0
	}
}

/* evict.c: evict_together(), evict_wait_later() */
inline evict(s)
{
	g = owner[s] - 1;
#ifdef BUG_LOOK_BEFORE_LEAVE
	needs = HAS_WORK(g);
#endif
	slot[g] = 0;
	assert(powered);
	if
	:: free_slot(s)
	:: leaving[s] = 1; tick = 1
	fi
}

/* evict.c: vpan_evict_continue() */
inline go_on(s)
{
	if
	:: left[s] -> free_slot(s)
	:: else -> tick = tick || leaving[s]
	fi
}

/* rotation.c: rotation_bind() */
inline bind(s, w)
{
	atomic { waiting[w] = 0; owner[s] = w + 1; idle[w] = 0; slot[w] = s + 1 }
	/* The firmware starts the group, and looks at its rings. */
	ring_doorbell(s)
}

/* rotation.c: rotation_choose_slot() */
#define CAN_GET(s)	(!planned[s] && !leaving[s] && \
			 (!owner[s] || IS_IDLE(owner[s] - 1)))

/* evict.c: vpan_evict_groups() and rotation.c: rotation_start(), for all slots together */
inline leave(s)
{
	if
	:: planned[s] && owner[s] -> evict(s)
	:: else
	fi
}

inline start(s)
{
	if
	:: planned[s] && !owner[s] -> bind(s, (planned[s] - 1)); planned[s] = 0
	/* The group waits on for the owner to leave. */
	:: planned[s] && owner[s] -> planned[s] = 0
	:: else
	fi
}

/* rotation.c: rotation_plan_group(), vpan_rotation_assign() */
inline assign()
{
	w = 0;
	do
	:: w == GROUPS -> break
	:: w < GROUPS && !waiting[w] -> w++
	:: w < GROUPS && waiting[w] ->
		if
		:: CAN_GET(0) -> planned[0] = w + 1
#if SLOTS > 1
		:: CAN_GET(1) -> planned[1] = w + 1
#endif
		:: else
		fi;
		w++
	od;
	w = 0;
	leave(0);
#if SLOTS > 1
	leave(1);
#endif
	start(0);
#if SLOTS > 1
	start(1);
#endif
	/* Those that wait, also those just evicted, are for a later pass. */
	atomic {
		w = 0;
		do
		:: w < GROUPS -> tick = tick || waiting[w]; w++
		:: else -> break
		od;
		w = 0
	}
}

/* --- A pass of the scheduler. --------------------------------------------- */

/* sched.c: sched_update_group() */
inline update_group()
{
	updating ? g;
#ifndef BUG_KICK_NOT_CLEARED_FIRST
	kicked[g] = 0;
#endif
	if
	:: slot[g] && power_held -> ring_doorbell(slot[g] - 1)
	:: slot[g] && !power_held
	/* slots.c: vpan_slots_has(). It is looked at when it has left. */
	:: !slot[g] && HAS_SLOT(g)
	:: !slot[g] && !HAS_SLOT(g) ->
		/* rotation.c: vpan_rotation_enqueue() */
		if
		:: HAS_WORK(g) -> waiting[g] = 1
		:: else
		fi
	fi;
#ifdef BUG_KICK_NOT_CLEARED_FIRST
	kicked[g] = 0;
#endif
	g = 0
}

/* sched.c: vpan_sched_update_groups(), sched_for_groups() */
inline update_groups()
{
	atomic {
		if
		:: empty(updating) ->
			do
			:: nempty(kicked_list) -> kicked_list ? g; updating ! g
			:: empty(kicked_list) -> break
			od;
			g = 0
		:: nempty(updating)
		fi
	}
	do
	:: nempty(updating) ->
		update_group();
		if
		:: break	/* its time is used up */
		:: skip
		fi
	:: empty(updating) -> break
	od;
	atomic {
#ifdef BUG_KICKED_BEHIND_REST
		if
		:: len(updating) -> pending = 1
#else
		if
		:: len(updating) || len(kicked_list) -> pending = 1
#endif
		:: else
		fi
	}
}

/* sched.c: sched_get_power() */
inline get_power()
{
	needs_power();
	if
	:: needs && !power_held ->
		unlock();
		atomic { !suspending -> pm_refs++; powered = 1 }
		lock();
		power_held = 1;
#ifndef BUG_RESUME_WITHOUT_DOORBELL
		do
		:: i < SLOTS && owner[i] -> ring_doorbell(i); i++
		:: i < SLOTS && !owner[i] -> i++
		:: i == SLOTS -> break
		od;
#endif
		i = 0
	:: else
	fi;
	needs = 0
}

/* sched.c: sched_put_power() */
inline put_power()
{
	needs_power();
	if
	:: power_held && !needs ->
		power_held = 0;
		needs_power();
		if
		:: needs -> power_held = 1
		:: else -> pm_refs--
		fi
	:: else
	fi;
	needs = 0
}

/* sched.c: sched_work(), sched_tick_work() */
active proctype scheduler()
{
	byte g, i, w, planned[SLOTS];
	bit needs;

end:	do
	:: atomic { (pending || tick) -> pending = 0; tick = 0 };
	   lock();
	   update_groups();
	   get_power();
	   if
	   :: power_held ->
		go_on(0);
#if SLOTS > 1
		go_on(1);
#endif
		assign()
	   :: else
	   fi;
	   put_power();
	   unlock()
	od
}

/* --- Those around it. ------------------------------------------------------ */

/* slots.c: vpan_slots_kick_group() */
inline kick_group(g)
{
	atomic {
		if
		:: !kicked[g] -> kicked[g] = 1; kicked_list ! g
		:: else
		fi
	}
	pending = 1
}

/* slots.c: vpan_slots_ring_group() */
inline ring_group(g)
{
#ifdef BUG_LOOK_BEFORE_WRITE
	s = slot[g];
	pushed[g]++;
	atomic { was_idle = idle[g]; idle[g] = 0 }
	readers++;
#else
	pushed[g]++;
	atomic { was_idle = idle[g]; idle[g] = 0 }
	readers++;
	s = slot[g];
#endif
	held = power_held;
	if
	:: s ->
		atomic {
			if
			:: !held && powered && !suspending -> on = 1; pm_refs++
			:: else
			fi
		}
		if
		:: held || on -> ring_doorbell(s - 1)
		:: else
		fi
	:: else
	fi;
	if
	:: !s || !held -> kick_group(g)
	:: s && held && was_idle -> pending = 1
	:: else
	fi;
	atomic { pm_refs = pm_refs - on; readers--; s = 0; held = 0; on = 0; was_idle = 0 }
}

active [GROUPS] proctype client()
{
	byte g = _pid - 1, n, s;
	bit held, on, was_idle;

	do
	:: n < NJOBS(g) -> n++; ring_group(g)
	:: else -> break
	od
}

/* events.c: csg_event() */
active [SLOTS] proctype firmware()
{
	byte s = _pid - 1 - GROUPS;

end:	do
	:: atomic {
		powered && doorbell[s] && owner[s] ->
		doorbell[s] = 0;
		completed[owner[s] - 1] = pushed[owner[s] - 1];
		if
		:: reporting[s] = 1
		:: skip		/* not idle: no event for the scheduler */
		fi
	   }
	:: atomic {
		/* The interrupt may be late: the group may have work again. */
		powered && reporting[s] && owner[s] ->
		reporting[s] = 0;
		idle[owner[s] - 1] = 1;
		pending = 1
	   }
	:: atomic {
		powered && leaving[s] && !left[s] ->
		left[s] = 1;
		if
		:: pending = 1
		:: skip		/* the interrupt is lost */
		fi
	   }
	od
}

/* pm.c: pm_power_down(); sched.c: vpan_sched_suspend() */
active proctype runtime_pm()
{
	byte g, i, n;
	bit needs;

end:	do
	:: atomic {
		n < SUSPENDS && powered && !pm_refs ->
		suspending = 1;
		n++
	   }
		lock();
		needs_power();
		if
		:: power_held || needs -> unlock()
		:: else ->
			needs = 0;
			do
			:: i < SLOTS && owner[i] -> evict(i); i++
			:: i < SLOTS && !owner[i] -> i++
			:: i == SLOTS -> break
			od;
			i = 0;
			needs_power();
			unlock();
			if
			:: needs
			:: else ->
#ifndef BUG_NO_GRACE_PERIOD
				!readers;
#endif
				powered = 0
			fi
		fi;
		atomic { suspending = 0; needs = 0; g = 0 }
	:: n == SUSPENDS -> break
	od
}

/* All jobs of all groups end. */
active proctype all_done()
{
	byte i;

	do
	:: i < GROUPS -> completed[i] == NJOBS(i) -> i++
	:: else -> break
	od
}
