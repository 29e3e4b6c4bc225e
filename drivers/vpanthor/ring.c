// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/export.h>

#include <kunit/visibility.h>
#include <vcsf/csf_isa.h>

#include "ring.h"

/**
 * vpan_ring_encode - write a job's part of the ring
 * @instrs: room for %VPAN_RING_JOB_INSTRS instructions
 * @job: what it is to say
 *
 * The caches are flushed if the stream was built before the last flush, the
 * stream is called, and when all of its work is done the sync object counts
 * up, with the error if there was one, and the next job starts without it.
 *
 * Context: any.
 */
void vpan_ring_encode(u64 *instrs, const struct vpan_ring_job *job)
{
	const u32 addr = job->first_reg, value = job->first_reg + 2;
	const u64 code[] = {
		csf_move32(value, job->latest_flush),
		csf_flush_cache2(CSF_CACHE_CLEAN_INV, CSF_CACHE_CLEAN_INV,
				 CSF_CACHE_INV, value, 0, 0),
		csf_move48(addr, job->stream_va),
		csf_move32(value, job->stream_size),
		csf_wait(BIT(0)),
		csf_call(addr, value),
		csf_move48(addr, job->syncobj_va),
		csf_move48(value, job->increment),
		csf_wait(GENMASK(job->scoreboards - 1, 0)),
		csf_sync_add64(addr, value, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0),
		csf_error_barrier(),
	};
	unsigned int i;

	BUILD_BUG_ON(ARRAY_SIZE(code) > VPAN_RING_JOB_INSTRS);

	for (i = 0; i < ARRAY_SIZE(code); i++)
		instrs[i] = code[i];
	for (; i < VPAN_RING_JOB_INSTRS; i++)
		instrs[i] = csf_nop();
}
EXPORT_SYMBOL_IF_KUNIT(vpan_ring_encode);
