// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// From drm_gpu_scheduler to drm_jobqueue: the mechanical part, for a driver with one
// scheduler and one entity per ring. Documentation/jobqueue.rst says what is left.
//
//   spatch --sp-file scripts/drm_sched.cocci --in-place FILE...

@header@
@@
- #include <drm/gpu_scheduler.h>
+ #include <drm/drm_jobqueue.h>

// A ring has a scheduler and its entity: the queue takes the scheduler's name.
@ring@
identifier S, sched, entity;
@@
struct S {
...
- struct drm_gpu_scheduler sched;
+ struct drm_jobqueue sched;
...
- struct drm_sched_entity entity;
...
};

@of_entity@
identifier ring.S, ring.sched, ring.entity;
struct S *ptr;
@@
- &ptr->entity
+ &ptr->sched

@sched_type@
@@
- struct drm_gpu_scheduler
+ struct drm_jobqueue

@job_type@
@@
- struct drm_sched_job
+ struct drm_jobqueue_job

@of_job@
struct drm_jobqueue_job *job;
@@
- job->sched
+ job->queue

@finished@
expression job;
@@
- &job->s_fence->finished
+ drm_jobqueue_job_fence(job)

// The callbacks.
@ops@
identifier name;
@@
- struct drm_sched_backend_ops name
+ struct drm_jobqueue_ops name
 = {...};

@run_op@
identifier ops.name;
expression f;
@@
struct drm_jobqueue_ops name = {
- .run_job = f,
+ .run = f,
};

@timedout_op@
identifier ops.name, f;
@@
struct drm_jobqueue_ops name = {
- .timedout_job = f,
+ .timedout = f,
};

@free_op@
identifier ops.name, f;
@@
struct drm_jobqueue_ops name = {
- .free_job = f,
+ .free = f,
};

@stat@
@@
- enum drm_gpu_sched_stat
+ enum drm_jobqueue_timeout_action

@stat_values@
@@
(
- DRM_GPU_SCHED_STAT_NOMINAL
+ DRM_JOBQUEUE_TIMEOUT_RESET
|
- DRM_GPU_SCHED_STAT_RESET
+ DRM_JOBQUEUE_TIMEOUT_RESET
|
- DRM_GPU_SCHED_STAT_NO_HANG
+ DRM_JOBQUEUE_TIMEOUT_EXTEND
|
- DRM_GPU_SCHED_STAT_ENODEV
+ DRM_JOBQUEUE_TIMEOUT_KILL
)

// What free() frees is no longer in the queue. Elsewhere the call stays, and does not
// compile: drm_jobqueue_job_put() takes its place and that of the code that frees the job.
@cleanup_in_free@
identifier free_op.f;
expression job;
@@
 f(...) {
 <...
- drm_sched_job_cleanup(job);
 ...>
 }

// Jobs.
@jobs@
expression job, queue, credits, owner, client, fence, file, handle, point, resv, usage;
expression obj, write;
@@
(
- drm_sched_job_init(job, queue, credits, owner, client)
+ drm_jobqueue_job_init(job, queue, credits, client)
|
- drm_sched_job_add_dependency(job, fence)
+ drm_jobqueue_job_add_dep(job, fence)
|
- drm_sched_job_add_syncobj_dependency(job, file, handle, point)
+ drm_jobqueue_job_add_syncobj_dep(job, file, handle, point)
|
- drm_sched_job_add_resv_dependencies(job, resv, usage)
+ drm_jobqueue_job_add_resv_deps(job, resv, usage)
|
- drm_sched_job_add_implicit_dependencies(job, obj, write)
+ drm_jobqueue_job_add_gem_deps(job, obj, write)
|
- drm_sched_job_arm(job)
+ drm_jobqueue_job_arm(job)
|
- drm_sched_entity_push_job(job)
+ drm_jobqueue_job_push(job)
)

// Queues.
@init_args@
identifier name;
@@
- struct drm_sched_init_args name
+ struct drm_jobqueue_args name
 = {...};

@credits@
identifier init_args.name;
expression e;
@@
struct drm_jobqueue_args name = {
- .credit_limit = e,
+ .credits = e,
};

@submit_wq@
identifier init_args.name;
expression e;
@@
struct drm_jobqueue_args name = {
- .submit_wq = e,
+ .wq = e,
};

@num_rqs@
identifier init_args.name;
expression e;
@@
struct drm_jobqueue_args name = {
- .num_rqs = e,
};

@entity_init@
expression ret;
statement s;
@@
(
- if (drm_sched_entity_init(...)) s
|
- ret = drm_sched_entity_init(...);
- if (ret) s
)

@remaining@
expression queue, left;
@@
- left = drm_sched_suspend_timeout(queue);
+ drm_jobqueue_timeout_suspend(queue);

// The clock stands still after RESET.
@resume@
identifier timedout_op.f;
expression queue;
@@
 f(...) {
 <...
+ drm_jobqueue_timeout_resume(queue);
  drm_sched_start(queue, ...);
 ...>
 }

@queues@
expression queue, arg;
@@
(
- drm_sched_init(queue, arg)
+ drm_jobqueue_init(queue, arg)
|
- drm_sched_stop(queue, ...)
+ drm_jobqueue_stop(queue)
|
- drm_sched_start(queue, ...)
+ drm_jobqueue_start(queue)
|
- drm_sched_resubmit_jobs(queue)
+ drm_jobqueue_requeue(queue)
|
- drm_sched_fault(queue)
+ drm_jobqueue_timeout_trigger(queue)
|
- drm_sched_suspend_timeout(queue)
+ drm_jobqueue_timeout_suspend(queue)
|
- drm_sched_resume_timeout(queue, ...)
+ drm_jobqueue_timeout_resume(queue)
|
- drm_sched_entity_flush(queue, arg)
+ drm_jobqueue_wait_idle(queue, arg)
|
- drm_sched_wqueue_stop(queue)
+ drm_jobqueue_stop(queue)
|
- drm_sched_wqueue_start(queue)
+ drm_jobqueue_start(queue)
)

// One object, so one end: killed as an entity is, and put.
@destroy@
expression queue;
@@
(
- drm_sched_entity_destroy(queue);
+ drm_jobqueue_kill(queue, 0);
|
- drm_sched_entity_fini(queue);
+ drm_jobqueue_kill(queue, 0);
|
- drm_sched_fini(queue);
+ drm_jobqueue_put(queue);
)
