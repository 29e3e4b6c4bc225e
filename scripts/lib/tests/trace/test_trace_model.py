# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tracks, waits and critical path of the sample."""

import unittest

from lib.trace import build, events
from lib.trace.model import CORES

from . import trace_sample


def _us(time):
    return time // 1000


class Sample(unittest.TestCase):
    """build.build()"""

    @classmethod
    def setUpClass(cls):
        cls.trace = trace_sample.trace()

    def slices(self, name, lane=0):
        """(start, end, name) of the slices of the track NAME."""
        track = next(track for track in self.trace.tracks if track.name == name)
        return [(_us(item.start), _us(item.end), item.name)
                for item in track.lanes[lane].slices]

    def waits(self, key):
        """(kind, start, end, text) of the waits of a job."""
        return [(wait.kind, _us(wait.start), _us(wait.end), wait.text)
                for wait in self.trace.jobs[key].waits]

    def test_dependency(self):
        """A job waits for its dependency, its slot and its stream."""
        self.assertEqual(self.waits((11, 1)), [
            ("dependency", 20, 40, "group 1 queue 0 job 1"),
            ("handover", 40, 41, "credits, or a worker to run it"),
            ("noslot", 50, 60, "a slot for group 1"),
            ("wait", 65, 70, "a sync object")])

    def test_order(self):
        """A job waits for the one before it: to run first, and in the ring."""
        self.assertEqual(self.waits((11, 2)), [
            ("order", 22, 41, "group 1 queue 1 job 1 to run first"),
            ("handover", 41, 42, "credits, or a worker to run it"),
            ("ring", 42, 80, "group 1 queue 1 job 1 to finish")])
        self.assertEqual(_us(self.trace.jobs[11, 2].begin), 80)

    def test_two_dependencies(self):
        """The wait is divided among the fences in the order in which they signal."""
        self.assertEqual(self.waits((20, 1))[:3], [
            ("dependency", 30, 80, "group 1 queue 1 job 1"),
            ("dependency", 80, 90, "vgem fence 50:1"),
            ("handover", 90, 91, "credits, or a worker to run it")])
        self.assertEqual(self.waits((20, 1))[3], ("noslot", 91, 93, "a slot for group 2"))

    def test_queue_track(self):
        """Running jobs are in the first lane, waiting ones below."""
        self.assertEqual(self.slices("group 1 queue 1"), [(41, 80, "#1"), (80, 95, "#2")])
        self.assertEqual(self.slices("group 1 queue 1", 1), [(20, 40, "#1"), (40, 41, "#1")])
        self.assertEqual([item[:2] for item in self.slices("group 1 queue 1", 2)],
                         [(22, 41), (41, 42), (42, 80)])
        item = self.trace.jobs[20, 1]
        self.assertEqual((item.error, item.process), (-125, "beta-200"))

    def test_lanes(self):
        """Beyond the last lane jobs are only counted."""
        made = build.build(events.Reader(trace_sample.lines()), lanes=1)
        track = next(track for track in made.tracks if track.name == "group 1 queue 1")
        self.assertEqual(len(track.lanes), 2)
        counter = next(counter for counter in made.counters
                       if counter.name == "group 1 queue 1 waiting")
        self.assertEqual(max(value for _, value in counter.points), 2)

    def test_hardware(self):
        """Slots, streams, address spaces, power, reset, and requests of the firmware."""
        self.assertEqual(self.slices("slot 0"), [(15, 50, "group 1"), (60, 120, "group 1")])
        self.assertEqual(self.slices("slot 1"), [(93, 111, "group 2")])
        self.assertEqual(self.slices("slot 0 stream 1"), [
            (17, 43, "empty"), (43, 65, "ready"), (65, 70, "wait_sync"),
            (70, 120, "ready")])
        self.assertEqual(self.slices("address space 1"), [(6, 120, "VM 2")])
        self.assertEqual(self.slices("power"), [(5, 120, "on"), (120, 120, "off")])
        self.assertEqual(self.slices("reset"), [(102, 110, "reset")])
        self.assertEqual(self.slices("interface of slot 0"), [
            (13, 14, "start ep_cfg"), (38, 38, "sync_update")])
        self.assertEqual(self.slices("VM_BIND"), [(8, 8, "map")])
        self.assertEqual(self.slices("MMU commands"), [(7, 7, "lock")])

    def test_cores(self):
        """What each core executes; an end of what began before the trace is none."""
        self.assertEqual(self.slices("core 0"), [
            (44, 46, "slot 0 stream 1"), (46, 49, "slot 0 stream 1")])
        self.assertEqual(self.slices("core 16"), [(44, 48, "slot 0 stream 1")])
        self.assertEqual(self.slices("tiler 0"), [(45, 47, "slot 0 stream 1")])
        details = {track.name: track.lanes[0].slices[0].detail for track in self.trace.tracks
                   if track.group == CORES}
        self.assertEqual(details, {"core 0": "compute, 2 workgroups not begun yet",
                                   "core 16": "compute, 2 workgroups not begun yet",
                                   "tiler 0": "tiler, 4096 bytes of geometry not begun yet"})

    def test_processes(self):
        """Submissions, waits for fences, jobs in flight."""
        self.assertEqual(self.slices("my prog-x 300"), [(32, 81, "waits for a fence")])
        self.assertEqual([item[0] for item in self.slices("alpha 100")], [10, 20, 22])
        counter = next(counter for counter in self.trace.counters
                       if counter.name == "alpha 100 in flight")
        self.assertEqual([(_us(time), value) for time, value in counter.points],
                         [(10, 1), (20, 2), (22, 3), (40, 2), (80, 1), (95, 0)])
        self.assertEqual(self.trace.counters[-1].points, [(0, 200), (85000, 1000)])

    def test_marks(self):
        """Faults, the timeout, the injection and the reset stand out."""
        marks = [(_us(mark.time), mark.kind, mark.name) for mark in self.trace.marks]
        self.assertEqual(marks, [
            (96, "inject", "injected: as_stuck"),
            (97, "fault", "TRANSLATION_FAULT_1 in address space 2"),
            (98, "fault", "CS_BUS_FAULT of slot 1 stream 0"),
            (99, "fault", "MMU fault in address space 2"),
            (100, "fault", "CS_BUS_FAULT of group 2 queue 0"),
            (101, "timeout", "timeout of group 2 queue 0 job 1"),
            (102, "reset", "GPU reset begins"),
            (110, "reset", "GPU reset ends"),
            (113, "fault", "group 2 ends: fatal, timedout"),
            (113, "lost", "3 events of CPU 0 lost")])

    def test_path(self):
        """The last job began with the vgem fence; the one before it with its dependency."""
        self.assertEqual([item.key for item in self.trace.path], [(50, 1), (20, 1)])
        limit = self.trace.jobs[11, 1].limit
        self.assertEqual((limit.reason, limit.item.key, _us(limit.at)),
                         ("dependency", (10, 1), 40))
        limit = self.trace.jobs[11, 2].limit
        self.assertEqual((limit.reason, limit.item.key), ("ring", (11, 1)))
        self.assertEqual(self.trace.jobs[10, 1].limit.reason, "submission")

    def test_cut(self):
        """A trace that begins and ends within the life of jobs is no error."""
        lines = trace_sample.lines()
        for begin in range(2, len(lines) - 1):
            for end in (len(lines), (begin + len(lines)) // 2 + 1):
                made = build.build(events.Reader(lines[begin:end]))
                for job in made.jobs.values():
                    done = made.length if job.done is None else job.done
                    self.assertLessEqual(job.arm, job.begin)
                    self.assertLessEqual(job.begin, done)

    def test_nothing(self):
        """A trace without events is an error."""
        with self.assertRaises(build.NoEvents):
            build.build(events.Reader(["cpus=2"]))
