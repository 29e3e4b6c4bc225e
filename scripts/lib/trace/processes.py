# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Processes: submissions, jobs in flight, and waits for fences in the kernel."""

from .model import PROCESSES, Counter, Slice, Track


class Processes:
    """Takes the submissions and the waits of processes."""

    def __init__(self):
        self.waits = {}  # (pid, fence): time
        self.slices = {}  # pid: [Slice]
        self.names = {}  # pid: name

    def handlers(self):
        """Return {name of an event: function of time and event}."""
        return {"dma_fence_wait_start": self._wait_start,
                "dma_fence_wait_end": self._wait_end}

    def _wait_start(self, time, event):
        self.waits[event.pid, event.fence()] = time

    def _wait_end(self, time, event):
        key = event.pid, event.fence()
        if key in self.waits:
            self.names.setdefault(event.pid, event.comm)
            self.slices.setdefault(event.pid, []).append(
                Slice(self.waits.pop(key), time, "waits for a fence", "wait",
                      f"{event.text('driver')} fence {key[1][0]}:{key[1][1]}"))

    def tracks(self, jobs, end):
        """Return tracks and counters; JOBS are all jobs, END the end of the trace."""
        changes = {}
        for job in jobs:
            if not job.process:
                continue
            self.names[job.pid] = job.process.rsplit("-", 1)[0]
            self.slices.setdefault(job.pid, []).append(
                Slice(job.arm, job.arm, f"submit {job.label}", "process",
                      f"fence {job.fence}", job))
            changes.setdefault(job.pid, []).append((job.arm, 1))
            changes[job.pid].append((end if job.done is None else job.done, -1))
        tracks, counters = [], []
        for pid, slices in sorted(self.slices.items()):
            name = f"{self.names[pid]} {pid}"
            track = Track(PROCESSES, name, key=("process", pid), pid=pid)
            for item in sorted(slices, key=lambda item: item.start):
                # Instants within a wait stay visible: they are below it.
                lane = int(item.job is not None) if len(track.lanes) > 1 else 0
                if lane == 0 and item.start < track.lanes[0].end:
                    track.lanes.append(type(track.lanes[0])())
                    lane = 1
                track.add(item, lane)
            tracks.append(track)
            counter = Counter(PROCESSES, f"{name} in flight", "jobs", pid=pid)
            for time, by in sorted(changes.get(pid, ())):
                counter.step(time, by)
            if counter.points:
                counters.append(counter)
        return tracks, counters
