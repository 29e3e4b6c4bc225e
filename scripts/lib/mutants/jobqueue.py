# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Mutants of drm_jobqueue: see __init__.py."""

MUTANTS = {
    # What the queue's context must not forget
    "run-no-recheck": (
        "drivers/jobqueue/engine/drain.c",
        "\t\t\tdrain(queue, job, context, flags);\n",
        "\t\t\tdrain(queue, job, context, flags);\n\t\t\tbreak;\n"),
    "retire-no-recheck": (
        "drivers/jobqueue/engine/drain.c",
        "job = queue->retiring ? NULL : complete_head(queue);",
        "job = queue->retiring || retired ? NULL : complete_head(queue);"),
    "no-run-token": (
        "drivers/jobqueue/engine/drain.c",
        "job = queue->running ? NULL : drm_jobqueue_next_ready(queue);",
        "job = drm_jobqueue_next_ready(queue);"),
    "no-retire-token": (
        "drivers/jobqueue/engine/drain.c",
        "job = queue->retiring ? NULL : complete_head(queue);",
        "job = complete_head(queue);"),
    "runs-without-leave": (
        "drivers/jobqueue/engine/drain.c",
        "[DRM_JOBQUEUE_IN_PUSH] = DRM_JOBQUEUE_RUN_INLINE,",
        "[DRM_JOBQUEUE_IN_PUSH] = 0,"),
    "work-without-reference": (
        "drivers/jobqueue/engine/defer.c",
        "\tdrm_jobqueue_get(queue);\n\tqueue_work_or_put(queue);\n",
        "\tqueue_work_or_put(queue);\n"),
    # Fences
    "fence-not-signalled": (
        "drivers/jobqueue/engine/drain.c",
        "\t\tdma_fence_signal_timestamp_locked(&fence->base, now);",
        "\t\tif (fence->base.seqno % 5)\n"
        "\t\t\tdma_fence_signal_timestamp_locked(&fence->base, now);"),
    "error-lost": (
        "drivers/jobqueue/engine/drain.c",
        "\t\tif (job->error)\n\t\t\tdma_fence_set_error(",
        "\t\tif (job->error == -ENOTTY)\n\t\t\tdma_fence_set_error("),
    "completes-out-of-order": (
        "drivers/jobqueue/base/state.h",
        "\t\tjob->state = DRM_JOBQUEUE_JOB_DONE;\n",
        "\t\tjob->state = DRM_JOBQUEUE_JOB_DONE;\n"
        "\t\tjob->queue->completed = drm_jobqueue_seqno_of(job);\n"),
    "seqno-has-32-bits": (
        "drivers/jobqueue/api/complete.c",
        "if (seqno > queue->completed &&",
        "if ((u32)seqno > (u32)queue->completed &&"),
    # Credits
    "credits-lost": (
        "drivers/jobqueue/engine/drain.c",
        "\t\tqueue->credits_used -= job->credits;\n\t\tqueue->stats.retired++;",
        "\t\tif (!job->error)\n\t\t\tqueue->credits_used -= job->credits;\n"
        "\t\tqueue->stats.retired++;"),
    "credits-wrap": (
        "drivers/jobqueue/engine/cursor.h",
        "\t    (u64)queue->credits_used + job->credits > queue->credits &&",
        "\t    queue->credits_used + job->credits > queue->credits &&"),
    "requeue-keeps-credits": (
        "drivers/jobqueue/api/inflight.c",
        "\tqueue->credits_used -= job->credits;\n",
        ""),
    # Dependencies
    "dependency-dropped": (
        "drivers/jobqueue/api/deps.c",
        "\telse\n\t\tret = add_part(job, fence);",
        "\telse if (fence->seqno % 3)\n\t\tret = add_part(job, fence);\n"
        "\telse\n\t\tret = 0;"),
    "dependency-earliest": (
        "drivers/jobqueue/api/deps.c",
        "dma_fence_is_later(fence, dep->fence)",
        "dma_fence_is_later(dep->fence, fence)"),
    "dependency-signals-early": (
        "drivers/jobqueue/engine/wait.c",
        "\t\tdrm_jobqueue_deps_note_error(job, dep->fence);\n\t\tatomic_dec(&job->pending);\n",
        "\t\tdrm_jobqueue_deps_note_error(job, dep->fence);\n"),
    "dependency-kept": (
        "drivers/jobqueue/engine/wait.h",
        "\tif (!job->ndeps)\n\t\treturn;\n",
        "\tif (!job->dep_chunks)\n\t\treturn;\n"),
    "dependency-replaces-unarmed": (
        "drivers/jobqueue/api/deps.c",
        "\t\tif (!drm_jobqueue_is_unarmed(dep->fence) &&\n\t\t    dma_fence_is_later(",
        "\t\tif (true &&\n\t\t    dma_fence_is_later("),
    "dependency-error-lost": (
        "drivers/jobqueue/engine/wait.c",
        "\t\tdrm_jobqueue_deps_note_error(job, dep->fence);\n",
        ""),
    "dependency-armed-later": (
        "drivers/jobqueue/engine/wait.c",
        "\t\tjob->skip = true;\n\t\tjob->error = -EINVAL;\n",
        ""),
    "flattening-goes-on": (
        "drivers/jobqueue/api/deps.c",
        "\t\tret = fatal_signal_pending(current) ? -EINTR :\n\t\t      add_part(",
        "\t\tret = add_part("),
    "chain-is-flattened": (
        "drivers/jobqueue/api/deps.c",
        "#define MAX_FLATTEN 8",
        "#define MAX_FLATTEN 8000"),
    "kick-needs-right-guess": (
        "drivers/jobqueue/engine/wait.c",
        "\tif (atomic_dec_and_test(&job->pending))\n",
        "\tif (atomic_dec_and_test(&job->pending) && READ_ONCE(queue->next) == job)\n"),
    # Errors by number
    "errors-overlap": (
        "drivers/jobqueue/engine/results.c",
        "\t\tif (newest->last >= first) {\n",
        "\t\tif (false) {\n"),
    "error-beyond-ring": (
        "drivers/jobqueue/api/complete.c",
        "\tfirst = max(first, queue->completed + 1);\n"
        "\tlast = min(last, queue->last_run);\n",
        ""),
    "given-up-keeps-errors": (
        "drivers/jobqueue/api/complete.c",
        "\t\t\tdrm_jobqueue_results_cut(queue, queue->completed);\n",
        "\t\t\t;\n"),
    "requeue-keeps-errors": (
        "drivers/jobqueue/api/inflight.c",
        "\t\t\tdrm_jobqueue_results_cut(queue, queue->last_run);\n",
        ""),
    # Looks at jobs
    "walk-follows-retired": (
        "drivers/jobqueue/api/walk.c",
        "\t\tif (!prev || prev->state == DRM_JOBQUEUE_JOB_RETIRED)\n",
        "\t\tif (!prev)\n"),
    "walk-ends-with-ring": (
        "drivers/jobqueue/api/walk.c",
        "\t\tif (found)\n\t\t\tdrm_jobqueue_job_get(found);\n",
        "\t\tif (found == queue->next)\n\t\t\tfound = NULL;\n"
        "\t\tif (found)\n\t\t\tdrm_jobqueue_job_get(found);\n"),
    "error-to-come-unknown": (
        "drivers/jobqueue/api/walk.c",
        "\t\treturn ring_error(job);\n",
        "\t\treturn ring_error(job) & 0;\n"),
    # Changes at run time
    "shorter-timeout-keeps-timer": (
        "drivers/jobqueue/engine/clock.c",
        "\tqueue->timer_armed = false;\n\tif (!timeout)\n",
        "\tif (!timeout)\n"),
    "timeout-begins-in-past": (
        "drivers/jobqueue/engine/clock.c",
        "\tif (!queue->timeout)\n"
        "\t\tqueue->head_since = queue->timeout_paused ? 0 : jiffies;\n",
        ""),
    "late-without-timeout": (
        "drivers/jobqueue/engine/clock.c",
        "\tif (!job || !queue->timeout || queue->timeout_paused ||\n",
        "\tif (!job || queue->timeout_paused ||\n"),
    "credits-do-not-kick": (
        "drivers/jobqueue/api/control.c",
        "\tspin_unlock_irqrestore(&queue->lock, flags);\n"
        "\tdrm_jobqueue_queue_work(queue);\n\treturn 0;\n",
        "\tspin_unlock_irqrestore(&queue->lock, flags);\n\treturn 0;\n"),
    "larger-job-waits": (
        "drivers/jobqueue/engine/cursor.h",
        "\t    queue->credits_used && !drm_jobqueue_is_skipped(job))\n",
        "\t    !drm_jobqueue_is_skipped(job))\n"),
    "busy-off-hardware": (
        "drivers/jobqueue/engine/times.c",
        "{\n\tcount_to(queue, ktime_get_ns());\n",
        "{\n"),
    "head-time-lost": (
        "drivers/jobqueue/engine/times.c",
        "\t\tdrm_jobqueue_times_of(head)->head = now;\n",
        "\t\t;\n"),
    "batch-exceeds-budget": (
        "drivers/jobqueue/engine/drain.c",
        "\treturn min(drm_jobqueue_irq_budget_units() / RETIRE_UNITS, limit);\n",
        "\treturn limit;\n"),
    # Bounds
    "no-irq-budget": (
        "drivers/jobqueue/engine/defer.h",
        "#define DRM_JOBQUEUE_IRQ_BUDGET 52U",
        "#define DRM_JOBQUEUE_IRQ_BUDGET 52000U"),
    "no-retire-batch": (
        "drivers/jobqueue/engine/drain.c",
        "\t} while (job && n < limit &&\n",
        "\t} while (job &&\n"),
    "budget-not-renewed": (
        "drivers/jobqueue/engine/defer.c",
        "\tbudget_renew();\n\tready_interrupt(container_of(",
        "\tready_interrupt(container_of("),
    "rest-waits-for-worker": (
        "drivers/jobqueue/engine/drain.c",
        "\tif (irq && context != DRM_JOBQUEUE_IN_WORKER)",
        "\tif (false)"),
    "skips-in-interrupt": (
        "drivers/jobqueue/engine/drain.c",
        "return context != DRM_JOBQUEUE_IN_IRQ || !skipped;",
        "return true;"),
    "dependent-waits-for-next-interrupt": (
        "drivers/jobqueue/engine/defer.h",
        "\tif (IS_ENABLED(CONFIG_PREEMPT_RT) || !in_hardirq() ||",
        "\tif (true || !in_hardirq() ||"),
    "interrupt-forgets-its-list": (
        "drivers/jobqueue/engine/defer.c",
        "\tif (!llist_empty(&list->added) && !hrtimer_is_queued(&list->timer))\n",
        "\tif (false)\n"),
    "rest-of-list-forgotten": (
        "drivers/jobqueue/engine/defer.c",
        "\t\thrtimer_start(&list->timer, ns_to_ktime(drm_jobqueue_irq_pause),\n"
        "\t\t\t      HRTIMER_MODE_REL_PINNED);\n",
        "\t\treturn;\n"),
    "worker-under-realtime-task": (
        "drivers/jobqueue/engine/defer.c",
        "\t    unlikely(READ_ONCE(current->prio) < MAX_RT_PRIO))\n",
        "\t    false)\n"),
    "preempted-with-run-token": (
        "drivers/jobqueue/engine/drain.c",
        "\tif (!IS_ENABLED(CONFIG_PREEMPT_RT))\n\t\tpreempt_disable();\n"
        "\tspin_unlock_irqrestore(&queue->lock, flags);\n"
        "\tspin_lock_irqsave(&queue->lock, flags);\n"
        "\t/* With the lock held this does not reschedule. */\n"
        "\tif (!IS_ENABLED(CONFIG_PREEMPT_RT))\n\t\tpreempt_enable();\n",
        "\tspin_unlock_irqrestore(&queue->lock, flags);\n"
        "\tspin_lock_irqsave(&queue->lock, flags);\n"),
    "passes-on-after-unlock": (
        "drivers/jobqueue/engine/drain.c",
        "\tif (unlikely(more))\n\t\tpass_on(queue, context, irq);\n",
        "\tspin_unlock_irqrestore(&queue->lock, flags);\n"
        "\tspin_lock_irqsave(&queue->lock, flags);\n"
        "\tif (unlikely(more))\n\t\tpass_on(queue, context, irq);\n"),
    "list-of-offline-cpu": (
        "drivers/jobqueue/engine/defer.c",
        "\tready_give_up(per_cpu_ptr(&ready_lists, cpu));\n",
        ""),
    "workqueue-without-rescuer": (
        "drivers/jobqueue/api/group.c",
        "WQ_MEM_RECLAIM | WQ_PERCPU, 0,",
        "WQ_PERCPU, 0,"),
    "prerequisite-skipped": (
        "drivers/jobqueue/engine/wait.c",
        "\t\tfor (i = chunk->n; i--; )\n",
        "\t\tfor (i = 0; i < chunk->n; i++)\n"),
    "workqueue-of-group": (
        "drivers/jobqueue/api/queue.c",
        "args->wq ?: group->wq",
        "group->wq"),
    "result-stays": (
        "drivers/jobqueue/engine/results.c",
        "\t\tif (seqno < oldest.last)\n",
        "\t\tif (seqno <= oldest.last)\n"),
    "limit-counts-dropped-jobs": (
        "drivers/jobqueue/engine/reap.c",
        "\t\tdrm_jobqueue_release_space(queue);\n",
        ""),
    "number-has-no-sign": (
        "drivers/jobqueue/api/complete.c",
        "\ts32 ahead = ",
        "\tu32 ahead = "),
    # Waits of the ring
    "native-one-only": (
        "drivers/jobqueue/engine/native.c",
        "\tjob->native = chunk->nnatives > 0;\n",
        "\tjob->native = chunk->nnatives == 1;\n"),
    "native-before-submission": (
        "drivers/jobqueue/engine/native.c",
        "\treturn smp_load_acquire(&dep->queue->submitted) >= dep->fence->seqno &&\n"
        "\t       !test_bit",
        "\treturn !test_bit"),
    "native-skipped-is-in-ring": (
        "drivers/jobqueue/engine/native.c",
        " &&\n\t       !test_bit(DRM_JOBQUEUE_FENCE_NOT_IN_RING, &dep->fence->flags);",
        ";"),
    "native-failed-run-is-in-ring": (
        "drivers/jobqueue/engine/drain.c",
        "\t\tset_bit(DRM_JOBQUEUE_FENCE_NOT_IN_RING,\n"
        "\t\t\t&job->fence->base.flags);\n"
        "\t\tset_result(",
        "\t\tset_result("),
    "native-declined-is-accepted": (
        "drivers/jobqueue/engine/native.c",
        "(dep->accepted && is_in_ring(dep));",
        "is_in_ring(dep);"),
    "native-order-lost": (
        "drivers/jobqueue/engine/cursor.h",
        "\tif (unlikely(queue->barrier) && drm_jobqueue_at_barrier(queue))\n"
        "\t\treturn NULL;\n",
        ""),
    "native-retires-early": (
        "drivers/jobqueue/engine/native.c",
        "\twhile (!drm_jobqueue_natives_done(job)) {\n",
        "\twhile (!drm_jobqueue_natives_done(job) && false) {\n"),
    "native-complete-is-offered": (
        "drivers/jobqueue/engine/native.c",
        "\tif (dma_fence_is_signaled(dep->fence))\n\t\treturn false;\n",
        ""),
    "native-of-other-group": (
        "drivers/jobqueue/api/native.c",
        "\tif (prereq->group != job->queue->group) {\n",
        "\tif (false) {\n"),
    "native-earliest": (
        "drivers/jobqueue/api/native.c",
        "dma_fence_is_later(fence, dep->fence)",
        "dma_fence_is_later(dep->fence, fence)"),
    "native-unarmed-not-offered": (
        "drivers/jobqueue/api/native.c",
        "\tif (replace(job, fence))\n\t\treturn 0;\n",
        "\tif (!fence->seqno)\n\t\treturn 1;\n"
        "\tif (replace(job, fence))\n\t\treturn 0;\n"),
    "native-rest-not-woken": (
        "drivers/jobqueue/engine/native.c",
        "\t\tif (n == WAKE_BATCH) {\n\t\t\tdrm_jobqueue_queue_irq(queue);\n",
        "\t\tif (n == WAKE_BATCH) {\n"),
    "native-time-runs": (
        "drivers/jobqueue/engine/clock.c",
        "\tif (!job->native)\n\t\treturn false;\n",
        "\tif (true)\n\t\treturn false;\n"),
    "native-time-doubles": (
        "drivers/jobqueue/engine/clock.c",
        "\tif (unlikely(head->native))\n",
        "\tif (false)\n"),
    "native-requeue-keeps-number": (
        "drivers/jobqueue/api/inflight.c",
        "\t\t\tsmp_store_release(&queue->submitted, queue->last_run);\n",
        ""),
    "native-requeue-keeps-wait": (
        "drivers/jobqueue/api/inflight.c",
        "\tif (waits)\n",
        "\tif (false)\n"),
    "native-passes-errors": (
        "drivers/jobqueue/api/queue.c",
        "\t    (ops->native_dep && args->flags & DRM_JOBQUEUE_PROPAGATE_ERRORS))\n",
        "\t    false)\n"),
    "native-queue-not-put": (
        "drivers/jobqueue/engine/native.c",
        "\tif (dep->queue)\n\t\tdrm_jobqueue_put(dep->queue);\n}",
        "}"),
    "native-declined-keeps-queue": (
        "drivers/jobqueue/engine/native.c",
        "\t\tdrm_jobqueue_put(dep->queue);\n\t\tdep->queue = NULL;\n",
        ""),
    # Gangs
    "gang-not-looked-at-again": (
        "drivers/jobqueue/engine/gang.c",
        "\tclaimed = could_run(queue, &member->base);\n",
        "\tclaimed = could_run(queue, &member->base) || true;\n"),
    "gang-token-taken-twice": (
        "drivers/jobqueue/engine/gang.c",
        "\treturn !queue->running && ",
        "\treturn "),
    "gang-natives-forgotten": (
        "drivers/jobqueue/engine/gang.c",
        " &&\n\t       (!job->native || drm_jobqueue_natives_met(job));",
        ";"),
    "gang-enters-without-others": (
        "drivers/jobqueue/engine/gang.c",
        "\t\tready = !gang->missing;\n",
        "\t\tready = true;\n"),
    "gang-first-not-kicked": (
        "drivers/jobqueue/engine/gang.c",
        "\t\t\tgang->waits = false;\n\t\t\tkick(gang->members[0]);\n",
        "\t\t\tgang->waits = false;\n"),
    "gang-others-not-skipped": (
        "drivers/jobqueue/engine/gang.c",
        "\t\tif (other && !cmpxchg(&other->base.error, 0, (s16)error))\n",
        "\t\tif (false)\n"),
    "gang-others-not-kicked": (
        "drivers/jobqueue/engine/gang.c",
        "(s16)error))\n\t\t\tkick(other);\n",
        "(s16)error))\n\t\t\tcontinue;\n"),
    "gang-member-not-missing": (
        "drivers/jobqueue/engine/gang.c",
        "\t\tmember->ready = false;\n\t\tspin_lock(&gang->lock);\n"
        "\t\tgang->missing++;\n",
        "\t\tspin_lock(&gang->lock);\n\t\tgang->missing++;\n"),
    "gang-keeps-tokens": (
        "drivers/jobqueue/engine/gang.c",
        "\t\tqueue->running = false;\n\t\t/* Others",
        "\t\t/* Others"),
    "gang-fails-in-part": (
        "drivers/jobqueue/engine/gang.c",
        "\t\tif (error)\n\t\t\tfail(&member->base, error);\n",
        ""),
    "gang-skipped-with-first": (
        "drivers/jobqueue/engine/drain.c",
        "\t\tif (member)\n\t\t\tdrm_jobqueue_gang_leave(job, READ_ONCE(job->error));\n",
        "\t\tjob->gang = false;\n"),
    "gang-requeued-as-gang": (
        "drivers/jobqueue/engine/gang.c",
        "\tdrm_jobqueue_enter_ring(queue, job, context);\n\tjob->gang = false;\n",
        "\tdrm_jobqueue_enter_ring(queue, job, context);\n"),
    "gang-of-one-queue": (
        "drivers/jobqueue/api/gang.c",
        "\t\t\tif (jobs[k]->base.queue == job->queue)\n\t\t\t\treturn false;\n",
        "\t\t\tcontinue;\n"),
    "gang-mixes-contexts": (
        "drivers/jobqueue/api/gang.c",
        "\t\t    DRM_JOBQUEUE_RUN_ANY_CONTEXT)\n\t\t\treturn false;\n",
        "\t\t    0)\n\t\t\treturn false;\n"),
    "gang-armed-in-parts": (
        "drivers/jobqueue/api/job.c",
        "\t\twait_for_gang(job->queue->group);\n",
        "\t\tif (false)\n\t\t\twait_for_gang(job->queue->group);\n"),
    # Kill, stop, requeue, timeouts
    "kill-forgets-pushed": (
        "drivers/jobqueue/engine/cursor.h",
        "return job->skip || READ_ONCE(job->error) || job->queue->killed;",
        "return job->skip || READ_ONCE(job->error);"),
    "kill-does-not-kick": (
        "drivers/jobqueue/api/control.c",
        "\t/* There may be many jobs, with callbacks on their fences. */\n"
        "\tdrm_jobqueue_queue_work(queue);\n",
        ""),
    "stop-does-not-wait": (
        "drivers/jobqueue/api/control.c",
        "\twait_event(queue->wait, run_is_idle(queue));\n",
        "\trun_is_idle(queue);\n"),
    "stop-does-not-nest": (
        "drivers/jobqueue/api/control.c",
        "\t\tqueue->stopped--;\n",
        "\t\tqueue->stopped = 0;\n"),
    "requeue-runs-what-is-done": (
        "drivers/jobqueue/api/inflight.c",
        "\tif (job->state == DRM_JOBQUEUE_JOB_DONE)\n\t\tjob->skip = true;\n",
        ""),
    "requeue-looks-first": (
        "drivers/jobqueue/api/inflight.c",
        "\tdrm_jobqueue_forget_hw_fence(job);\n"
        "\tif (!job->skip && dma_fence_is_signaled(fence)) {\n"
        "\t\tjob->skip = true;\n"
        "\t\tjob->error = fence->error;\n"
        "\t}\n",
        "\tif (!job->skip && dma_fence_is_signaled(fence)) {\n"
        "\t\tjob->skip = true;\n"
        "\t\tjob->error = fence->error;\n"
        "\t}\n"
        "\tdrm_jobqueue_forget_hw_fence(job);\n"),
    "requeue-keeps-blame": (
        "drivers/jobqueue/api/inflight.c",
        "\t\tqueue->timeout_forced = 0;\n",
        ""),
    "requeue-keeps-signalled": (
        "drivers/jobqueue/api/inflight.c",
        "\tatomic_set(&job->pending, 0);\n",
        ""),
    "kill-overrides-done": (
        "drivers/jobqueue/engine/drain.c",
        "\t\tif (!job->skip)\n\t\t\tcmpxchg(&job->error",
        "\t\tcmpxchg(&job->error"),
    "job-overrides-number": (
        "drivers/jobqueue/base/state.h",
        "\t    !drm_jobqueue_is_complete(job)) {\n\t\tjob->state",
        "\t    true) {\n\t\tjob->state"),
    "kill-of-requeued-warns": (
        "drivers/jobqueue/api/timeout.c",
        "\tspin_lock_irq(&queue->lock);\n\tdrm_jobqueue_mark_done(job, -ETIME);\n"
        "\tspin_unlock_irq(&queue->lock);\n",
        "\tdrm_jobqueue_job_complete(job, -ETIME);\n"),
    "print-names-first-jobs-only": (
        "drivers/jobqueue/api/print.c",
        "\tif (next)\n\t\ts->lines[n++]",
        "\tif (false)\n\t\ts->lines[n++]"),
    "print-names-signalled-fences": (
        "drivers/jobqueue/api/print.c",
        "\t\tif (!test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &dep->fence->flags))\n",
        "\t\tif (true)\n"),
    "timeout-without-timeout": (
        "drivers/jobqueue/engine/clock.c",
        "\tif (queue->timeout && job) {\n",
        "\tif (job) {\n"),
    "extend-keeps-time": (
        "drivers/jobqueue/engine/clock.c",
        "\tqueue->head_since = queue->timeout_paused ? 0 : jiffies;\n"
        "\tspin_unlock_irq(",
        "\tspin_unlock_irq("),
    "suspended-head-has-garbage": (
        "drivers/jobqueue/engine/clock.c",
        "queue->timeout_paused ? 0 : jiffies;\n\tstart_timer(",
        "jiffies;\n\tstart_timer("),
    "timeout-in-suspend": (
        "drivers/jobqueue/engine/clock.c",
        "!queue->timeout || queue->timeout_paused ||\n",
        "!queue->timeout ||\n"),
    "timeout-blames-successor": (
        "drivers/jobqueue/engine/clock.c",
        "drm_jobqueue_seqno_of(job) == queue->timeout_forced;",
        "queue->timeout_forced;"),
}
