# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Jobs, queues and fences: what each job waited for, and how long.

The life of a job is cut at four times:

  armed      its place in the queue is assigned
  ready      the last fence that it waits for has signalled
  run        it is written into the ring
  begin      all earlier jobs of the ring are done; the GPU executes it from here on
  done       its fence signals
"""

from bisect import bisect_right

from . import names
from .model import (FENCES, QUEUES, Counter, Fence, Job, Mark, Queue, Slice, Track, Wait)


class Jobs:
    """Takes the events of drm_jobqueue, vpanthor_job_* and dma_fence."""

    def __init__(self):
        self.jobs = {}
        self.queues = {}
        self.fences = {}
        self.marks = []
        self.killed = []
        self._signalled = {}

    def handlers(self):
        """Return {name of an event: function of time and event}."""
        return {
            "drm_jobqueue_job_arm": self._arm,
            "drm_jobqueue_job_dep": self._dep,
            "drm_jobqueue_job_run": self._run,
            "drm_jobqueue_job_done": self._done,
            "drm_jobqueue_timeout": self._timeout,
            "drm_jobqueue_kill": self._kill,
            "vpanthor_job_submit": self._submit,
            "dma_fence_init": self._init,
            "dma_fence_signaled": self._signal,
        }

    def _job(self, event):
        key = event.fence()
        job = self.jobs.get(key)
        if job is None:
            queue = self.queues.get(key[0])
            if queue is None:
                queue = Queue(key[0], event.text("queue"), event.number("client"))
                self.queues[key[0]] = queue
            job = self.jobs[key] = Job(key, queue)
            job.previous = queue.jobs[-1] if queue.jobs else None
            queue.jobs.append(job)
        return job

    def _arm(self, time, event):
        job = self._job(event)
        job.arm = time
        job.client = event.number("client")
        job.credits = event.number("credits")
        job.process, job.pid = f"{event.comm}-{event.pid}", event.pid

    def _dep(self, _, event):
        self._job(event).deps.append(event.fence("dep_"))

    def _run(self, time, event):
        self._job(event).run = time

    def _done(self, time, event):
        job = self._job(event)
        job.done, job.error = time, event.number("error")

    def _timeout(self, time, event):
        job = self._job(event)
        self.marks.append(Mark(time, "timeout", f"timeout of {job.label}",
                               f"fence {job.fence}"))

    def _kill(self, time, event):
        self.killed.append((time, event.number("context"), event.number("error")))

    def _submit(self, _, event):
        job = self.jobs.get(event.fence())
        if job:
            job.queue.group = event.number("group")
            job.queue.index = event.number("queue")
            job.stream, job.size = event.number("stream"), event.number("size")

    def _init(self, time, event):
        key = event.fence()
        # Job queues set the sequence number later, chains are looked through.
        if key[1] and event.text("driver") != "dma_fence_chain":
            self.fences[key] = Fence(key, event.text("driver"), event.text("timeline"), time)

    def _signal(self, time, event):
        key = event.fence()
        fence = self.fences.get(key)
        if fence is None and key not in self.jobs:
            fence = self.fences[key] = Fence(key, event.text("driver"),
                                             event.text("timeline"))
        if fence:
            fence.signalled = time
            fence.signaller = f"{event.comm}-{event.pid}"

    def find(self, key):
        """Return the Job or Fence of KEY, None if the trace has neither."""
        return self.jobs.get(key) or self.fences.get(key)


def signal_time(item):
    """Return when the Job or Fence ITEM signalled, None if it did not."""
    return item.done if isinstance(item, Job) else item.signalled


def _wait(job, kind, start, end, text, on=None):
    if end > start:
        job.waits.append(Wait(kind, start, end, text, on))


def _wait_for_deps(job, found, end):
    """Append the waits for dependencies, in the order in which these signalled."""
    at = job.arm
    last = [(end if signal_time(item) is None else signal_time(item), item)
            for item in found]
    for time, item in sorted(last, key=lambda pair: pair[0]):
        _wait(job, "dependency", at, min(time, end), item.label, item)
        at = max(at, min(time, end))
    return at


def explain(job, find, end):
    """Compute the waits of JOB; FIND is Jobs.find, END the end of the trace."""
    if job.arm is None:
        # The trace begins within the life of this job.
        job.arm = next((time for time in (job.run, job.done) if time is not None), end)
    done = end if job.done is None else job.done
    run = done if job.run is None else job.run
    ready = min(_wait_for_deps(job, list(filter(None, map(find, job.deps))), run), run)
    at = ready
    before = job.previous
    if before:
        turn = run if before.run is None else min(max(before.run, ready), run)
        _wait(job, "order", at, turn, f"{before.label} to run first", before)
        at = max(at, turn)
    _wait(job, "handover", at, run, "credits, or a worker to run it")
    job.begin = run
    if before:
        free = done if before.done is None else min(before.done, done)
        if free > run:
            _wait(job, "ring", run, free, f"{before.label} to finish", before)
            job.begin = free


class Intervals:
    """Times in which something was on: looked up by time."""

    def __init__(self, spans):
        self.spans = sorted(spans)
        self.starts = [span[0] for span in self.spans]

    def within(self, start, end):
        """Yield the parts of the spans that are between START and END."""
        i = max(0, bisect_right(self.starts, start) - 1)
        while i < len(self.spans) and self.spans[i][0] < end:
            begin, stop = self.spans[i][:2]
            if stop > start:
                yield max(begin, start), min(stop, end), self.spans[i]
            i += 1


def explain_on_gpu(job, on_slot, states, end):
    """Add the waits of JOB after its begin: for a slot, and of its stream.

    ON_SLOT has the times of its group on slots, as (start, end, slot); STATES those of
    streams, {(slot, stream): Intervals of (start, end, state)}.
    """
    done = end if job.done is None else job.done
    at = job.begin
    for begin, stop, (_, _, slot) in on_slot.within(job.begin, done):
        _wait(job, "noslot", at, begin, f"a slot for group {job.queue.group}")
        at = stop
        stream = states.get((slot, job.queue.index))
        for start, to, (_, _, state) in stream.within(begin, stop) if stream else ():
            if state in names.STREAM_WAITS:
                _wait(job, "wait", start, to, names.STREAM_WAITS[state])
    _wait(job, "noslot", at, done, f"a slot for group {job.queue.group}")


def _pieces(job, end):
    """Slices of JOB before its begin; together without gaps."""
    for wait in job.waits:
        if wait.end <= job.begin:
            yield Slice(wait.start, wait.end, job.name, wait.kind, wait.text, job)


def _free_lane(track, start, used):
    """Return the first lane of TRACK from USED on that is free at START."""
    for number in range(used, len(track.lanes)):
        if track.lanes[number].end <= start:
            return number
    track.lanes.append(type(track.lanes[0])())
    return len(track.lanes) - 1


def queue_track(queue, end, lanes):
    """Return the Track of QUEUE: running jobs, then waiting ones in up to LANES lanes.

    Jobs that find no lane are only in the counter of waiting jobs, the second result.
    """
    track = Track(QUEUES, queue.label, key=("queue", queue.context))
    depth = Counter(QUEUES, f"{queue.label} waiting", "jobs")
    changes = []
    for job in queue.jobs:
        done = end if job.done is None else job.done
        kind = "failed" if job.error else "run"
        track.add(Slice(job.begin, done, job.name, kind,
                        names.error(job.error) if job.error else "", job))
        if job.begin > job.arm:
            changes += [(job.arm, 1), (job.begin, -1)]
            lane = _free_lane(track, job.arm, 1)
            if lane > lanes:
                track.lanes.pop()
                continue
            for piece in _pieces(job, end):
                track.add(piece, lane)
    for time, by in sorted(changes):
        depth.step(time, by)
    return track, depth


def fence_tracks(jobs, end):
    """Return the tracks of fences that jobs wait for and other drivers signal."""
    wanted = {key for job in jobs.jobs.values() for key in job.deps
              if key not in jobs.jobs}
    tracks = {}
    for key in sorted(wanted & set(jobs.fences),
                      key=lambda key: jobs.fences[key].created or 0):
        fence = jobs.fences[key]
        name = f"{fence.driver or 'unknown'} {fence.timeline} ({key[0]})"
        track = tracks.setdefault(key[0], Track(FENCES, name, key=("fence", key[0])))
        item = Slice(fence.created or 0, end if fence.signalled is None else fence.signalled,
                     fence.label, "fence",
                     f"signalled by {fence.signaller}" if fence.signaller else "")
        place = _free_lane(track, item.start, 0)
        track.add(item, place)
    return list(tracks.values())
