/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef JQ_LATENCY_H
#define JQ_LATENCY_H

/**
 * DOC: latencies of jobs
 *
 * The time from the submission of a job until its fence signals, from the trace events
 * drm_jobqueue_job_arm and drm_jobqueue_job_done. They are recorded by an instance of
 * tracefs of our own, so that other traces do not change.
 */

#include <stdbool.h>
#include <stdint.h>

struct jq_latency;

struct jq_latency *jq_latency_open(const char *tool, const char *events);
void jq_latency_close(struct jq_latency *l);

bool jq_latency_read(struct jq_latency *l);
void jq_latency_begin(struct jq_latency *l);
bool jq_latency_get(struct jq_latency *l, uint64_t context, unsigned int percent,
		    uint64_t *us);
uint64_t jq_latency_lost(const struct jq_latency *l);

#endif /* JQ_LATENCY_H */
