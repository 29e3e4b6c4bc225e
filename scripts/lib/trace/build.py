# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Make a model.Trace of events."""

from . import critical, hardware, jobs, processes
from .model import GROUPS, QUEUES, Fence, Trace

# Rows for waiting jobs of one queue; the rest is only in the counter.
LANES = 6


class NoEvents(Exception):
    """The trace has no event."""


def _groups(found):
    """Name the process on the tracks of its groups: {group: process}."""
    return {queue.group: job.process for queue in found.queues.values()
            for job in queue.jobs[:1] if queue.group is not None}


def _feed(events, handlers):
    """Pass EVENTS to HANDLERS; returns the times of the first and the last one.

    The buffers of two CPUs can have events of one instant in either order; times never
    go back here.
    """
    start = last = None
    for event in events:
        if start is None:
            start = last = event.time
        last = max(last, event.time)
        handler = handlers.get(event.name)
        if handler:
            handler(last - start, event)
    if start is None:
        raise NoEvents()
    return start, last


def _explain(trace, found, gpu, find):
    end = trace.length
    spans = {group: jobs.Intervals(spans) for group, spans in gpu.on_slot.items()}
    states = {key: jobs.Intervals(list_) for key, list_ in gpu.stream_states().items()}
    for job in found.jobs.values():
        for key in job.deps:
            if find(key) is None:
                found.fences[key] = Fence(key)
        jobs.explain(job, find, end)
        if job.queue.group in spans and job.run is not None:
            jobs.explain_on_gpu(job, spans[job.queue.group], states, end)


def _order(trace):
    """Sort tracks by group, and by name within it as people count."""
    def key(item):
        parts = [part.zfill(12) if part.isdigit() else part for part in item.name.split()]
        return GROUPS.index(item.group), parts

    trace.tracks.sort(key=key)
    trace.counters.sort(key=key)


def build(events, lanes=LANES):
    """Return the Trace of EVENTS, an iterable of events.Event in the order of time."""
    found, people = jobs.Jobs(), processes.Processes()
    gpu = hardware.Hardware()
    handlers = {**gpu.handlers(), **found.handlers(), **people.handlers()}
    start, last = _feed(events, handlers)
    trace = Trace(start, max(1, last - start))
    end = trace.length
    trace.tracks = gpu.finish(end)
    _explain(trace, found, gpu, found.find)
    trace.jobs, trace.fences = found.jobs, found.fences
    critical.limits(trace.jobs.values(), found.find)
    trace.path = critical.path(trace.jobs.values())
    for queue in found.queues.values():
        track, depth = jobs.queue_track(queue, end, lanes)
        trace.tracks.append(track)
        # Without it all waits are to be seen.
        if max((point[1] for point in depth.points), default=0) > lanes:
            trace.counters.append(depth)
    tracks, counters = people.tracks(trace.jobs.values(), end)
    trace.tracks += tracks + jobs.fence_tracks(found, end)
    trace.counters += counters
    if gpu.clock.points:
        trace.counters.append(gpu.clock)
    owners = _groups(found)
    for track in trace.tracks:
        if track.key[0] == "slot":
            for item in track.lanes[0].slices:
                owner = owners.get(int(item.name.split()[1]))
                item.detail += f", of {owner}" if owner else ""
        elif track.group == QUEUES:
            jobs_of = found.queues[track.key[1]].jobs
            track.owner = jobs_of[0].process if jobs_of else ""
    trace.marks = sorted(gpu.marks + found.marks, key=lambda mark: mark.time)
    _order(trace)
    return trace
