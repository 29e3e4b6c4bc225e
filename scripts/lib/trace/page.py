# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Write a Trace as one HTML file that needs no network.

The data is JSON, compressed with gzip and encoded in base64; web/ has the program that
shows it. Slices are stored as columns, starts as differences: that compresses well.
"""

import base64
import gzip
import html
import json
import re
from pathlib import Path

from . import critical, names
from .model import GROUPS, KINDS, Job

WEB = Path(__file__).parent / "web"


class _Texts:
    """Numbers for texts that occur often."""

    def __init__(self):
        self.numbers = {"": 0}

    def __call__(self, text):
        return self.numbers.setdefault(text, len(self.numbers))

    def list(self):
        """Return the texts in the order of their numbers."""
        return list(self.numbers)


def _deltas(numbers):
    last, out = 0, []
    for number in numbers:
        out.append(number - last)
        last = number
    return out


class Encoder:
    """Makes the data of a page of a Trace."""

    def __init__(self, trace):
        self.trace = trace
        self.texts = _Texts()
        self.jobs = list(trace.jobs.values())
        self.number = {job.key: i for i, job in enumerate(self.jobs)}
        # Of the other fences only those that a job refers to
        wanted = {key: trace.fences[key] for job in self.jobs for key in job.deps
                  if key not in trace.jobs and key in trace.fences}
        self.fences = list(wanted.values())
        self.fence_number = {fence.key: i for i, fence in enumerate(self.fences)}

    def _ref(self, item):
        """Return the number of a Job; for a Fence, -2 less its number; -1 for none."""
        if item is None:
            return -1
        if isinstance(item, Job):
            return self.number[item.key]
        return -2 - self.fence_number[item.key] if item.key in self.fence_number else -1

    def _lane(self, lane):
        slices = lane.slices
        return {"s": _deltas(item.start for item in slices),
                "d": [item.end - item.start for item in slices],
                "n": [self.texts(item.name) for item in slices],
                "k": [KINDS.index(item.kind) for item in slices],
                "x": [self.texts(item.detail) for item in slices],
                "j": [self.number[item.job.key] if item.job else -1 for item in slices]}

    def _track(self, track):
        return {"group": GROUPS.index(track.group), "name": track.name,
                "owner": track.owner, "lanes": [self._lane(lane) for lane in track.lanes]}

    def _wait(self, wait):
        return [KINDS.index(wait.kind), wait.start, wait.end - wait.start,
                self.texts(wait.text), self._ref(wait.on)]

    def _job(self, job):
        deps = [self._ref(self.trace.jobs.get(key) or self.trace.fences.get(key))
                for key in job.deps]
        stream = f"0x{job.stream:x}, {job.size} bytes" if job.stream else ""
        return [self.texts(job.label), self.texts(job.fence), self.texts(job.process),
                job.arm, job.run, job.begin, job.done, names.error(job.error), job.credits,
                deps, [self._wait(wait) for wait in job.waits],
                [job.limit.at, self.texts(job.limit.reason), self._ref(job.limit.item)],
                stream]

    def data(self):
        """Return the data of the page."""
        trace = self.trace
        data = {
            "length": trace.length, "events": trace.events, "lost": trace.lost,
            "command": trace.command, "kernel": trace.kernel, "groups": GROUPS,
            "kinds": KINDS, "reasons": critical.TEXTS,
            "tracks": [self._track(track) for track in trace.tracks],
            "counters": [{"group": GROUPS.index(counter.group), "name": counter.name,
                          "unit": counter.unit,
                          "t": _deltas(point[0] for point in counter.points),
                          "v": [point[1] for point in counter.points]}
                         for counter in trace.counters],
            "marks": [[mark.time, mark.kind, mark.name, mark.detail]
                      for mark in trace.marks],
            "jobs": [self._job(job) for job in self.jobs],
            "fences": [[fence.label, fence.created, fence.signalled, fence.signaller]
                       for fence in self.fences],
            "path": [self._ref(item) for item in trace.path],
        }
        data["texts"] = self.texts.list()
        return data


def render(data, title):
    """Return the page with DATA as text."""
    packed = gzip.compress(json.dumps(data, separators=(",", ":")).encode(), 6, mtime=0)
    scripts = [(WEB / name).read_text() for name in
               ("data.js", "view.js", "draw.js", "panel.js", "main.js")]
    parts = {"TITLE": html.escape(title), "STYLE": (WEB / "style.css").read_text(),
             "SCRIPT": "\n".join(scripts), "DATA": base64.b64encode(packed).decode()}
    return re.sub("@([A-Z]+)@", lambda match: parts[match.group(1)],
                  (WEB / "page.html").read_text())


def write(trace, path):
    """Write TRACE to the file PATH."""
    title = f"Trace of {trace.command}" if trace.command else "Trace"
    path.write_text(render(Encoder(trace).data(), title), encoding="utf-8")
