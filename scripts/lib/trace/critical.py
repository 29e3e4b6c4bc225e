# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The critical path: the chain that decided when a job was done.

A job began when the last of its conditions was met: the end of a dependency, the end of
the job before it in its ring, or its submission. Behind a submission is the process, which
may have waited for the job of its own that was done last before it. The trace does not say
whether it did: that step is a guess and is called "process".
"""

from bisect import bisect_right
from dataclasses import dataclass

from .jobs import signal_time
from .model import Fence

DEPENDENCY, ORDER, PROCESS, START = "dependency", "ring", "process", "submission"
TEXTS = {
    DEPENDENCY: "the dependency was done",
    ORDER: "the job before it in its ring was done",
    PROCESS: "its process submitted it, the last of whose jobs was done before",
    START: "its process submitted it",
}


@dataclass
class Limit:
    """What a job began with."""

    at: int
    reason: str
    item: object = None  # Job or Fence


def _limit(job, find):
    """Return the Limit of JOB; without the process's part."""
    best = Limit(job.arm, START)
    for key in job.deps:
        item = find(key)
        time = signal_time(item) if item else None
        if time is not None and best.at < time <= job.begin:
            best = Limit(time, DEPENDENCY, item)
    before = job.previous
    if before and before.done is not None and best.at <= before.done <= job.begin:
        best = Limit(before.done, ORDER, before)
    return best


def limits(jobs, find):
    """Set Job.limit of all JOBS."""
    jobs = list(jobs)
    done = {}  # pid: [(time, job)]
    for job in jobs:
        if job.done is not None:
            done.setdefault(job.pid, []).append((job.done, job.key, job))
    for list_ in done.values():
        list_.sort(key=lambda entry: entry[:2])
    times = {pid: [entry[0] for entry in list_] for pid, list_ in done.items()}
    for job in jobs:
        job.limit = _limit(job, find)
        if job.limit.reason == START and job.pid in times:
            place = bisect_right(times[job.pid], job.arm)
            if place and times[job.pid][place - 1] < job.arm:
                job.limit = Limit(job.arm, PROCESS, done[job.pid][place - 1][2])


def path(jobs):
    """Return the items of the path to the last of JOBS, Jobs and Fences, first to last."""
    done = [job for job in jobs if job.done is not None]
    if not done:
        return []
    item, items, seen = max(done, key=lambda job: job.done), [], set()
    while item is not None and item.key not in seen:
        seen.add(item.key)
        items.append(item)
        if isinstance(item, Fence):
            break
        item.critical = True
        item = item.limit.item
    return items[::-1]
