// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Encoding of a job's part of a ring. The streams of user space are not in the
 * ring: the kernel writes a sequence of fixed length that flushes caches, calls
 * the stream and reports its completion, in four registers that user space's
 * streams may not rely on.
 *
 * queue.c calls this from run(). It is a pure function without state or locks, and
 * is tested as such.
 */

#include <linux/bits.h>
#include <linux/export.h>
#include <linux/stddef.h>

#include <kunit/visibility.h>
#include <vcsf/csf_isa.h>

#include "sched/profile.h"
#include "sched/ring.h"

/*
 * Encode the measurements before (@when is 0) or after (1) the stream.
 *
 * Return: number of instructions.
 */
static unsigned int ring_measure(u64 *instrs, const struct vpan_ring_job *job,
				 unsigned int when)
{
	const size_t cycles = offsetof(struct vpan_profile_slot, cycles[when]);
	const size_t time = offsetof(struct vpan_profile_slot, time[when]);
	const u32 addr = job->first_reg;
	unsigned int n = 0;

	if (!job->profile_mask)
		return 0;
	/* The measurement ends when all work of the stream has completed. */
	if (when)
		instrs[n++] = csf_wait(GENMASK(job->scoreboards - 1, 0));
	instrs[n++] = csf_move48(addr, job->profile_va);
	if (job->profile_mask & VPAN_PROFILE_CYCLES)
		instrs[n++] = csf_store_state(addr, cycles, CSF_STATE_CYCLES,
					      0, 0);
	/* In any case: it tells what ran side by side. */
	instrs[n++] = csf_store_state(addr, time, CSF_STATE_TIMESTAMP, 0, 0);
	return n;
}

/**
 * vpan_ring_encode - encode a job's part of the ring
 * @instrs: array of %VPAN_RING_PROFILED_INSTRS instructions
 * @job: parameters of the job
 *
 * The instructions flush the caches if the stream was built before the last
 * flush, call the stream, and add to the sync object when all work of the stream
 * has completed, with the error if there was one. The next job starts without the
 * error.
 *
 * Context: any.
 * Return: number of instructions.
 */
unsigned int vpan_ring_encode(u64 *instrs, const struct vpan_ring_job *job)
{
	const u32 addr = job->first_reg, value = job->first_reg + 2;
	const unsigned int size = job->profile_mask ?
				  VPAN_RING_PROFILED_INSTRS :
				  VPAN_RING_JOB_INSTRS;
	unsigned int n = 0;

	instrs[n++] = csf_move32(value, job->latest_flush);
	instrs[n++] = csf_flush_cache2(CSF_CACHE_CLEAN_INV, CSF_CACHE_CLEAN_INV,
				       CSF_CACHE_INV, value, 0, 0);
	n += ring_measure(instrs + n, job, 0);
	instrs[n++] = csf_move48(addr, job->stream_va);
	instrs[n++] = csf_move32(value, job->stream_size);
	instrs[n++] = csf_wait(BIT(0));
	instrs[n++] = csf_call(addr, value);
	n += ring_measure(instrs + n, job, 1);
	instrs[n++] = csf_move48(addr, job->syncobj_va);
	instrs[n++] = csf_move48(value, job->increment);
	instrs[n++] = csf_wait(GENMASK(job->scoreboards - 1, 0));
	instrs[n++] = csf_sync_add64(addr, value, 1, CSF_SYNC_SCOPE_SYSTEM, 0,
				     0);
	instrs[n++] = csf_error_barrier();
	while (n < size)
		instrs[n++] = csf_nop();
	return size;
}
EXPORT_SYMBOL_IF_KUNIT(vpan_ring_encode);
