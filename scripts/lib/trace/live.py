# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Test recording in a guest: the demo, a fence, a hang, a failing command, a time limit.

And jq-top, which records the latencies of jobs itself.
"""

import json
import re
import shlex
import tempfile
from pathlib import Path

from ..testbed.guest import GuestError
from ..testbed.results import FAIL, PASS
from ..testbed.session import Session
from . import record
from .events import Reader
from .model import CORES, FENCES, GROUPS, STREAMS

_DEMO = "build/user/demo/vpan-demo"
# A job that waits for a fence of vgem until its sentence in debugfs has been read
_FENCE = "build/user/igt/panthor_why --run-subtest fence"
# Geometry of a tiling job; shaders that never end compete for the cores, and are dropped
_CORES = ("build/user/igt/panthor_heap --run-subtest grow &&"
          " build/user/igt/panthor_compute --run-subtest fair,evicted")
_HANG = "scripts/lib/guest/demo-hang build/user"
# jq-top records before the demo begins and until it has ended; what it leaves in tracefs
_TOP = """build/user/tools/jq-top --latency --delay 0.1 >/tmp/jq-top &
top=$!
on=/sys/kernel/tracing/instances/jq-top-$top/events/drm_jobqueue/drm_jobqueue_job_done/enable
until [ "$(cat $on 2>/dev/null)" = 1 ]; do sleep 0.1; done
build/user/demo/vpan-demo --frames 40 --work 300 >/dev/null; demo=$?
kill $top; wait $top; echo demo $demo, jq-top $?
grep vpan-demo /tmp/jq-top; ls /sys/kernel/tracing/instances; echo ended"""
# A queue of the demo with a rate and two latencies
_TOP_LINE = re.compile(r"^client\S+/queue\d +vpan-demo\S+ +\d+ +\S+ +[\d.]+ +\d+\.\d\d +\d+\.\d\d ",
                       re.M)
# Jobs of the demo on the GPU, without those that it matches clocks with
_JOBS = 32


def _demo(trace):
    """Yield what is wrong with the trace of the demo."""
    jobs = trace.jobs.values()
    if trace.lost or trace.unknown:
        yield f"{trace.lost} events lost, {trace.unknown} lines not understood"
    if len(jobs) < _JOBS:
        yield f"{len(jobs)} jobs"
    for job in jobs:
        if None in (job.arm, job.run, job.done) or job.error:
            yield f"{job.label} is not complete, or ended with {job.error}"
        elif not job.arm <= job.run <= job.begin <= job.done:
            yield f"{job.label}: times in the wrong order"
        if job.queue.group is None or not job.process.startswith("vpan-demo-"):
            yield f"{job.label}: group {job.queue.group}, process {job.process!r}"
    shown = {item.group for item in (*trace.tracks, *trace.counters)}
    # The CPU's job may be done before another job waits for it. No job uses a core.
    if not shown >= set(GROUPS) - {FENCES, CORES}:
        yield f"nothing in {', '.join(set(GROUPS) - shown)}"
    on = [wait.on.label for job in jobs for wait in job.waits if wait.kind == "dependency"]
    if not any(label.startswith("group") for label in on):
        yield "no job waited for another job"
    names = {item.name for track in trace.tracks if track.group == STREAMS
             for item in track.lanes[0].slices}
    if not {"ready", "empty"} <= names or any(name.isdigit() for name in names):
        yield f"states of streams: {sorted(names)}"
    if len(trace.path) < 3:
        yield f"critical path of {len(trace.path)} steps"


def _fence(trace):
    """Yield what is wrong with the trace of a job that waits for another driver."""
    if not any(item.group == FENCES for item in trace.tracks):
        yield f"nothing in {FENCES}"
    if not any(wait.kind == "dependency" and wait.on.label.startswith("vgem")
               for job in trace.jobs.values() for wait in job.waits):
        yield "no job waited for vgem's fence"


def _cores(trace):
    """Yield what is wrong with the tracks of cores."""
    tracks = {track.name: track.lanes[0].slices for track in trace.tracks
              if track.group == CORES}
    if len(tracks) < 3 or "tiler 0" not in tracks:
        yield f"tracks: {', '.join(tracks) or 'none'}"
    for name, slices in tracks.items():
        unit = name.split()[0].replace("core", "compute")
        users = {item.name for item in slices}
        if len(users) < (4 if name == "core 0" else 1):
            yield f"{name}: used by {', '.join(sorted(users))}"
        if not all(item.detail.startswith(unit + ", ") for item in slices):
            yield f"{name}: {slices[0].detail}"


def _core_pairs(lines):
    """Yield where a core begins what it has not ended, or ends what it has not begun."""
    busy = {}
    for event in Reader(lines):
        if event.name not in ("vcsf_core_begin", "vcsf_core_end"):
            continue
        task = tuple(event.text(name) for name in ("unit", "csg", "cs", "left"))
        key = event.text("core"), task[0] == "3"
        if event.name == "vcsf_core_begin":
            if key in busy:
                yield f"core {key[0]} begins {task} during {busy[key]}"
            busy[key] = task
        elif busy.pop(key, None) != task:
            yield f"core {key[0]} ends {task}, which it has not begun"
    if busy:
        yield f"never ended: {busy}"


def _hang(trace):
    """Yield what is wrong with the trace of a hang."""
    if not any(mark.kind == "timeout" for mark in trace.marks):
        yield "no timeout"
    if not any("ends: " in mark.name and "timedout" in mark.name for mark in trace.marks):
        yield "no group ended with a timeout"
    failed = {job.queue.group for job in trace.jobs.values() if job.error}
    good = {job.queue.group for job in trace.jobs.values() if not job.error}
    if not failed or not good - failed:
        yield f"groups with failed jobs: {failed}, others: {good - failed}"


def _files(trace, folder):
    """Yield what is wrong with the files of TRACE."""
    for path in record.write(trace, "live", folder):
        if path.suffix == ".json":
            events = json.loads(path.read_text())["traceEvents"]
            slices = sum(event["ph"] == "X" and event["cat"] == "run" for event in events)
            if slices < _JOBS or not any(event["ph"] == "s" for event in events):
                yield f"{slices} jobs in the JSON"
        elif path.stat().st_size < 10000:
            yield f"{path.name} has {path.stat().st_size} bytes"


def _note(report, what, problems, result):
    problems = list(problems)
    report.add(f"trace {what}", FAIL if problems else PASS, "; ".join(problems[:3]),
               result.seconds, "\n".join([*problems, result.detail]))


def _one(report, session, folder, what, command, check):
    """Record COMMAND, and pass its trace to CHECK."""
    result, data = record.record(session, command, 300)
    problems = [f"status {result.status} {result.reason}"] if result.reason or result.status \
        else []
    if data is None:
        problems.append("nothing recorded")
    else:
        try:
            trace = record.load(data, command)
            problems += check(trace)
            problems += _core_pairs(record.lines(data))
            if what == "demo":
                problems += _files(trace, folder)
        except record.TraceError as error:
            problems.append(str(error))
    _note(report, what, problems, result)


def _top(report, session):
    """Latencies while the demo runs."""
    result = session.run(f"bash -c {shlex.quote(_TOP)}", 120)
    problems = [f"status {result.status} {result.reason}"] if result.reason or result.status \
        else []
    if not _TOP_LINE.search(result.output):
        problems.append("no queue with latencies")
    if "demo 0, jq-top 0\n" not in result.output:
        problems.append("the demo or jq-top failed")
    if re.search(r"^jq-top-\d+$", result.output, re.M):
        problems.append("tracefs has an instance that is left over")
    _note(report, "jq-top", problems, result)


def run(report, kernel):
    """Run all on KERNEL."""
    with tempfile.TemporaryDirectory(prefix="trace-") as name:
        try:
            with Session(kernel, record.MODULES, folder=name) as session:
                folder = Path(name) / "results"
                _one(report, session, folder, "demo", _DEMO, _demo)
                _one(report, session, folder, "fence", _FENCE, _fence)
                _one(report, session, folder, "cores", _CORES, _cores)
                _one(report, session, folder, "hang", _HANG, _hang)
                result, data = record.record(session, "exit 7", 60)
                _note(report, "exit status", [] if result.status == 7 and data
                      else [f"{result.status}, {data}"], result)
                result, data = record.record(session, "sleep 10000", 2)
                _note(report, "time limit", [] if result.status == record.LATE and data
                      else [f"{result.status}, {data}"], result)
                _top(report, session)
        except GuestError as error:
            report.add("trace", FAIL, "no guest", detail=str(error))
