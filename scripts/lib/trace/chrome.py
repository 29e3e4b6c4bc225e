# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Write a Trace in the Trace Event Format, which Perfetto and Chrome read.

Each group of tracks is a process, each lane of a track a thread of it; processes of the
guest keep their own numbers. Waits of jobs, which overlap, are asynchronous events of the
process: without a local number Perfetto shows them outside of their group. A flow goes from
the end of each fence to the job that waited for it.
"""

import json

from . import critical, names
from .model import GROUPS, PROCESSES, QUEUES

# Numbers of the groups, from the limit of the numbers of processes on
_FIRST = 1 << 22
_MARKS = "Faults and resets"


def _us(time):
    """Return a time in µs; the format counts in those."""
    return time / 1000


def job_args(job):
    """Return what to say of JOB, in JSON's types."""
    args = {"job": job.label, "fence": job.fence, "process": job.process,
            "client": job.client, "credits": job.credits,
            "waited for": [f"{wait.text}: {_us(wait.end - wait.start):.1f} us"
                           for wait in job.waits],
            "began when": critical.TEXTS[job.limit.reason]
            + (f" ({job.limit.item.label})" if job.limit.item else ""),
            "critical path": job.critical}
    if job.stream:
        args["stream"] = f"0x{job.stream:x}, {job.size} bytes"
    if job.error:
        args["error"] = names.error(job.error)
    return args


class Writer:
    """Writes one file."""

    def __init__(self, trace, file):
        self.trace = trace
        self.file = file
        self.first = True
        self.places = {}  # key of a job or fence: (pid, tid, start, end)
        self.ids = 0

    def write(self):
        """Write all of it."""
        self.file.write('{"displayTimeUnit":"ns","traceEvents":[\n')
        self._names()
        for number, track, lanes in self._threads():
            self._track(number, track, lanes)
        self._counters()
        self._marks()
        self._flows()
        trace = self.trace
        self.file.write('\n],"otherData":' + json.dumps({
            "command": trace.command, "kernel": trace.kernel, "events": trace.events,
            "lost events": trace.lost, "start (ns, CLOCK_MONOTONIC)": trace.start}) + "}\n")

    def _put(self, **event):
        self.file.write(("" if self.first else ",\n")
                        + json.dumps(event, separators=(",", ":")))
        self.first = False

    def _pid(self, item):
        return item.pid or _FIRST + GROUPS.index(item.group)

    def _threads(self):
        """Yield each track with its lanes that are threads, and the number of the first."""
        number = 1
        for track in self.trace.tracks:
            # The lanes of a queue below the first are waits.
            lanes = track.lanes[:1] if track.group == QUEUES else track.lanes
            yield number, track, lanes
            number += len(lanes)

    def _names(self):
        for number, group in enumerate(GROUPS):
            if group != PROCESSES:
                self._put(ph="M", pid=_FIRST + number, name="process_name",
                          args={"name": group})
                self._put(ph="M", pid=_FIRST + number, name="process_sort_index",
                          args={"sort_index": number})
        for first, track, lanes in self._threads():
            pid = self._pid(track)
            if track.pid:
                self._put(ph="M", pid=pid, name="process_name",
                          args={"name": track.name.rsplit(" ", 1)[0]})
                self._put(ph="M", pid=pid, name="process_sort_index",
                          args={"sort_index": -1})
            for number in range(len(lanes)):
                name = f"{track.name} ({number + 1})" if number else track.name
                self._put(ph="M", pid=pid, tid=first + number, name="thread_name",
                          args={"name": name})
                self._put(ph="M", pid=pid, tid=first + number, name="thread_sort_index",
                          args={"sort_index": first + number})

    def _track(self, first, track, lanes):
        pid = self._pid(track)
        for tid, lane in enumerate(lanes, first):
            for item in lane.slices:
                self._slice(track, pid, tid, item)
        if track.group == QUEUES:
            # Perfetto has rows for all waits at a time: no more of them than elsewhere
            shown = {item.job.key for lane in track.lanes[1:] for item in lane.slices}
            for item in lanes[0].slices:
                if item.job.key in shown:
                    self._waits(pid, first, track, item.job)

    def _slice(self, track, pid, tid, item):
        common = {"pid": pid, "tid": tid, "ts": _us(item.start), "name": item.name,
                  "cat": item.kind}
        args = {"detail": item.detail} if item.detail else {}
        if item.job and track.group == QUEUES:
            args.update(job_args(item.job))
            self.places[item.job.key] = pid, tid, item.start, item.end
        elif track.key[0] == "fence":
            key = track.key[1], int(item.name.rsplit(":", 1)[1])
            self.places[key] = pid, tid, item.start, item.end
        if item.end > item.start or item.kind in ("run", "failed"):
            self._put(ph="X", dur=_us(max(1, item.end - item.start)), args=args, **common)
        else:
            self._put(ph="i", s="t", args=args, **common)

    def _waits(self, pid, tid, track, job):
        """Write the waits of JOB before its begin, nested in one event."""
        waits = [wait for wait in job.waits if wait.end <= job.begin]
        if not waits:
            return
        self.ids += 1
        common = {"cat": "wait", "id2": {"local": f"0x{self.ids:x}"}, "pid": pid, "tid": tid}
        name = f"{track.name} waiting"
        self._put(ph="b", ts=_us(waits[0].start), name=name, args={"job": job.label},
                  **common)
        for wait in waits:
            self._put(ph="b", ts=_us(wait.start), name=wait.text,
                      args={"kind": wait.kind}, **common)
            self._put(ph="e", ts=_us(wait.end), name=wait.text, **common)
        self._put(ph="e", ts=_us(waits[-1].end), name=name, **common)

    def _counters(self):
        for counter in self.trace.counters:
            for time, value in counter.points:
                self._put(ph="C", pid=self._pid(counter), name=counter.name,
                          ts=_us(time), args={counter.unit or "value": value})

    def _marks(self):
        """Write the marks, on a track: Perfetto shows global instants on one without a name."""
        if self.trace.marks:
            self._put(ph="M", pid=_FIRST, name="process_name", args={"name": _MARKS})
            self._put(ph="M", pid=_FIRST, name="process_sort_index", args={"sort_index": -2})
            self._put(ph="M", pid=_FIRST, tid=_FIRST, name="thread_name",
                      args={"name": _MARKS})
        for mark in self.trace.marks:
            self._put(ph="i", s="t", pid=_FIRST, tid=_FIRST, cat=mark.kind, name=mark.name,
                      ts=_us(mark.time), args={"detail": mark.detail})

    def _flows(self):
        """Write the dependencies; both ends must lie within a slice."""
        number = 0
        for job in self.trace.jobs.values():
            for key in dict.fromkeys(job.deps):
                if key not in self.places or job.key not in self.places:
                    continue
                number += 1
                pid, tid, start, end = self.places[key]
                kind = "dependency" if key in self.trace.jobs else "fence"
                flow = {"cat": kind, "name": kind, "id": number}
                self._put(ph="s", pid=pid, tid=tid, ts=_us(max(start, end - 1)), **flow)
                pid, tid, start, end = self.places[job.key]
                self._put(ph="f", bp="e", pid=pid, tid=tid, ts=_us(start), **flow)


def write(trace, path):
    """Write TRACE to the file PATH."""
    with open(path, "w", encoding="utf-8") as file:
        Writer(trace, file).write()
