# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A trace made by hand, as "trace-cmd report -t -R" prints it, and what happens in it.

Times are in µs since its begin. alpha has the queues 10 and 11 of group 1, beta the queue
20 of group 2. Job 11:1 waits for 10:1 until 40, is in the ring at 41, loses its slot from
50 to 60, and its stream waits for a sync object from 65 to 70. Job 11:2 is in the ring
behind it. Its stream has the cores 0 and 16 from 44, and the tiler. Job 20:1 waits for 11:1 until 80 and for a vgem fence until 90, then causes an
MMU fault and is ended by a reset.
"""

from lib.trace import build, events

_START = 100 * 10 ** 9

_ALPHA, _BETA, _GPU, _WORK = "alpha-100", "beta-200", "vcsf-mali-50", "kworker/u9:1-60"
_JOB = "device=vcsf-mali queue=queue{} context={} seqno={} client=7 credits=4 error={}"
_DEP = "device=vcsf-mali queue=q context={} seqno={} client=7 dep_context={} dep_seqno={}"
_SUBMIT = ("device=vcsf-mali group={} queue={} context={} seqno={} stream=0x1000000"
           " size=64")
_GROUP = "device=vcsf-mali group={} vm={} priority=1 slot={} flags={}"
_STREAM = "device=vcsf-mali csg={} cs={} from={} to={} pc=800000002000"
_CORE = "device=vcsf-mali core={} unit={} csg=0 cs={} left={}"
_WORD = "device=vcsf-mali block={} csg={} cs=0 changed={} word={}"

_LINES = (
    (0, _ALPHA, "dma_fence_init", "driver=vgem timeline=unbound context=50 seqno=1"),
    (5, _WORK, "vpanthor_power", "device=vcsf-mali event=1 error=0 slow=0"),
    (6, _WORK, "vpanthor_as_on", "device=vcsf-mali vm=2 as=1"),
    (7, _WORK, "vpanthor_as_command", "device=vcsf-mali as=1 command=2 error=0"),
    (8, _ALPHA, "vpanthor_vm_bind", "device=vcsf-mali vm=2 map=1 va=0x8000000 size=0x1000"
                                    " offset=0x0 prot=3 error=0"),
    (10, _ALPHA, "drm_jobqueue_job_arm", _JOB.format(0, 10, 1, 0)),
    (11, _ALPHA, "vpanthor_job_submit", _SUBMIT.format(1, 0, 10, 1)),
    (12, _ALPHA, "drm_jobqueue_job_run", _JOB.format(0, 10, 1, 0)),
    (13, _WORK, "vcsf_request", _WORD.format(1, 0, "00000011", "00000011")),
    (14, _GPU, "vcsf_ack", _WORD.format(1, 0, "00000011", "00000011")),
    (15, _WORK, "vpanthor_group_on", _GROUP.format(1, 2, 0, "0x0")),
    (16, _GPU, "vcsf_stream", _STREAM.format(0, 0, 0, 1)),
    (17, _GPU, "vcsf_stream", _STREAM.format(0, 1, 0, 2)),
    (20, _ALPHA, "drm_jobqueue_job_arm", _JOB.format(1, 11, 1, 0)),
    (20, _ALPHA, "drm_jobqueue_job_dep", _DEP.format(11, 1, 10, 1)),
    (21, _ALPHA, "vpanthor_job_submit", _SUBMIT.format(1, 1, 11, 1)),
    (22, _ALPHA, "drm_jobqueue_job_arm", _JOB.format(1, 11, 2, 0)),
    (23, _ALPHA, "vpanthor_job_submit", _SUBMIT.format(1, 1, 11, 2)),
    (30, _BETA, "drm_jobqueue_job_arm", _JOB.format(0, 20, 1, 0)),
    (30, _BETA, "drm_jobqueue_job_dep", _DEP.format(20, 1, 11, 1)),
    (30, _BETA, "drm_jobqueue_job_dep", _DEP.format(20, 1, 50, 1)),
    (31, _BETA, "vpanthor_job_submit", _SUBMIT.format(2, 0, 20, 1)),
    (32, "my prog-x-300", "dma_fence_wait_start",
     "driver=vcsf-mali timeline=queue 1 context=11 seqno=1"),
    (38, _GPU, "vcsf_ack", _WORD.format(1, 0, "10000000", "10000011")),
    (39, _GPU, "vcsf_irq", "device=vcsf-mali line=0 causes=00000001 mask=ffffffff"),
    (40, _GPU, "drm_jobqueue_job_done", _JOB.format(0, 10, 1, 0)),
    (40, _GPU, "dma_fence_signaled", "driver=vcsf-mali timeline=queue0 context=10 seqno=1"),
    (41, _GPU, "drm_jobqueue_job_run", _JOB.format(1, 11, 1, 0)),
    (42, _GPU, "vcsf_doorbell", "device=vcsf-mali doorbell=1"),
    (42, _GPU, "drm_jobqueue_job_run", _JOB.format(1, 11, 2, 0)),
    (43, _GPU, "vcsf_stream", _STREAM.format(0, 1, 2, 1)),
    (44, _GPU, "vcsf_core_begin", _CORE.format(0, 1, 1, 2)),
    (44, _GPU, "vcsf_core_begin", _CORE.format(16, 1, 1, 2)),
    (45, _GPU, "vcsf_core_begin", _CORE.format(0, 3, 1, 4096)),
    (46, _GPU, "vcsf_core_end", _CORE.format(0, 1, 1, 2)),
    (46, _GPU, "vcsf_core_begin", _CORE.format(0, 1, 1, 1)),
    (47, _GPU, "vcsf_core_end", _CORE.format(0, 3, 1, 4096)),
    (48, _GPU, "vcsf_core_end", _CORE.format(16, 1, 1, 2)),
    (49, _GPU, "vcsf_core_end", _CORE.format(0, 1, 1, 1)),
    (49, _GPU, "vcsf_core_end", _CORE.format(2, 2, 0, 7)),
    (50, _WORK, "vpanthor_group_off", _GROUP.format(1, 2, 0, "0x0")),
    (60, _WORK, "vpanthor_group_on", _GROUP.format(1, 2, 0, "0x0")),
    (65, _GPU, "vcsf_stream", _STREAM.format(0, 1, 1, 4)),
    (70, _GPU, "vcsf_stream", _STREAM.format(0, 1, 4, 1)),
    (80, _GPU, "drm_jobqueue_job_done", _JOB.format(1, 11, 1, 0)),
    (81, "my prog-x-300", "dma_fence_wait_end",
     "driver=vcsf-mali timeline=queue 1 context=11 seqno=1"),
    (85, _WORK, "devfreq_frequency", "dev_name=vcsf-mali freq=1000000000"
                                     " prev_freq=200000000 busy_time=0x1 total_time=0x2"),
    (90, _ALPHA, "dma_fence_signaled", "driver=vgem timeline=unbound context=50 seqno=1"),
    (91, _ALPHA, "drm_jobqueue_job_run", _JOB.format(0, 20, 1, 0)),
    (93, _WORK, "vpanthor_group_on", _GROUP.format(2, 3, 1, "0x0")),
    (95, _GPU, "drm_jobqueue_job_done", _JOB.format(1, 11, 2, 0)),
    (96, _WORK, "vcsf_injected", "device=vcsf-mali name=as_stuck"),
    (97, _GPU, "vcsf_mmu_fault", "device=vcsf-mali as=2 access=3 type=0xc1 va=0x10000000"),
    (98, _GPU, "vcsf_fault", "device=vcsf-mali csg=1 cs=0 fatal=0 type=0x48"
                             " info=0x10000000 pc=0x800000002010"),
    (99, _WORK, "vpanthor_mmu_fault",
     "device=vcsf-mali as=2 status=0x2c1 address=0x10000000"),
    (100, _WORK, "vpanthor_stream_error",
     "device=vcsf-mali group=2 queue=0 type=0x48 info=0x10000000 fatal=0"),
    (101, _WORK, "drm_jobqueue_timeout", _JOB.format(0, 20, 1, 0)),
    (102, _WORK, "vpanthor_reset_begin", "device=vcsf-mali count=3"),
    (110, _WORK, "vpanthor_reset_end", "device=vcsf-mali error=0"),
    (111, _WORK, "vpanthor_group_off", _GROUP.format(2, 3, 1, "0x30")),
    (112, _WORK, "drm_jobqueue_job_done", _JOB.format(0, 20, 1, -125)),
    (113, _WORK, "vpanthor_group_end", _GROUP.format(2, 3, -1, "0x230")),
    (120, _WORK, "vpanthor_power", "device=vcsf-mali event=0 error=0 slow=0"),
)


def lines():
    """Return the lines of the trace."""
    out = ["cpus=2", "CPU:1 [12 EVENTS DROPPED]"]
    for time, task, name, fields in _LINES:
        seconds, rest = divmod(_START + time * 1000, 10 ** 9)
        out.append(f"{task:>20}   [{time % 2:03}]   {seconds}.{rest:09}:"
                   f" {name + ':':<22} {fields}")
    # Before the last event, of 120
    out.insert(-1, "CPU:0 [3 EVENTS DROPPED]")
    return out


def trace():
    """Return the Trace of it."""
    reader = events.Reader(lines())
    made = build.build(reader)
    made.events, made.lost, made.command = reader.count, reader.lost, "sample <run> & \"x\""
    return made
