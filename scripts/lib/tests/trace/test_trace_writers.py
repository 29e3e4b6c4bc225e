# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The JSON for Perfetto and the SVG of the sample."""

import collections
import json
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

from lib.trace import chrome, critical, jobs, model, record, svg

from . import trace_sample


def chrome_events(trace):
    """Return the document and its events, all times in ns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        chrome.write(trace, path)
        document = json.loads(path.read_text())
    for event in document["traceEvents"]:
        for name in ("ts", "dur"):
            if name in event:
                event[name] = round(event[name] * 1000)
    return document, document["traceEvents"]


class Chrome(unittest.TestCase):
    """chrome.write()"""

    @classmethod
    def setUpClass(cls):
        cls.document, cls.events = chrome_events(trace_sample.trace())

    def of(self, *phases):
        """Events of these phases."""
        return [event for event in self.events if event["ph"] in phases]

    def test_slices(self):
        """Complete events of one thread do not overlap, and each thread has a name."""
        named = {(event["pid"], event["tid"]) for event in self.of("M")
                 if event["name"] == "thread_name"}
        ends = collections.defaultdict(int)
        self.assertGreater(len(self.of("X")), 10)
        for event in sorted(self.of("X"), key=lambda event: event["ts"]):
            place = event["pid"], event["tid"]
            self.assertIn(place, named)
            self.assertGreaterEqual(event["ts"], ends[place], event)
            self.assertGreater(event["dur"], 0)
            ends[place] = event["ts"] + event["dur"]

    def test_async(self):
        """Begins and ends of asynchronous events nest; they belong to their process."""
        open_ = collections.defaultdict(list)
        for event in self.of("b", "e"):
            stack = open_[event["pid"], event["cat"], event["id2"]["local"]]
            if event["ph"] == "b":
                stack.append(event)
            else:
                begin = stack.pop()
                self.assertEqual(begin["name"], event["name"])
                self.assertLessEqual(begin["ts"], event["ts"])
        self.assertTrue(open_)
        self.assertFalse(any(open_.values()))

    def test_flows(self):
        """Each dependency is a flow from within one slice to within another."""
        found = []
        for begin in self.of("s"):
            ends = [event for event in self.of("f") if event["id"] == begin["id"]]
            self.assertEqual(len(ends), 1)
            found.append([next(item["name"] for item in self.of("X")
                               if (item["pid"], item["tid"]) == (event["pid"], event["tid"])
                               and item["ts"] <= event["ts"] < item["ts"] + item["dur"])
                          for event in (begin, ends[0])])
        self.assertEqual(sorted(found), [["#1", "#1"], ["#1", "#1"],
                                         ["vgem fence 50:1", "#1"]])

    def test_many(self):
        """Of many jobs that wait, those are shown that have a lane of the track."""
        queue = model.Queue(7, "queue0", group=1, index=0)
        for number in range(1, 21):
            queue.jobs.append(model.Job((7, number), queue, arm=number, run=50, done=60,
                                        begin=50, limit=critical.Limit(0, critical.START),
                                        waits=[model.Wait("handover", number, 50, "credits")]))
        track = jobs.queue_track(queue, 100, 6)[0]
        events = chrome_events(model.Trace(tracks=[track]))[1]
        self.assertEqual([event["name"] for event in events if event["ph"] == "b"],
                         ["group 1 queue 0 waiting", "credits"] * 6)
        self.assertEqual(len([event for event in events if event["ph"] == "X"]), 20)

    def test_lanes(self):
        """Fences that overlap have a thread each, and each of them has its flow."""
        fences = [model.Slice(0, 20, "vgem fence 5:1", "fence"),
                  model.Slice(10, 30, "vgem fence 5:2", "fence")]
        lanes = [model.Lane([item]) for item in fences]
        queue = model.Queue(7, "queue0", group=1, index=0)
        job = model.Job((7, 1), queue, deps=[(5, 1), (5, 2)], begin=30,
                        limit=critical.Limit(0, critical.START))
        run = model.Lane([model.Slice(30, 40, "#1", "run", job=job)])
        trace = model.Trace(jobs={job.key: job}, tracks=[
            model.Track(model.FENCES, "vgem", lanes, key=("fence", 5)),
            model.Track(model.QUEUES, "queue", [run], key=("queue", 7))])
        events = chrome_events(trace)[1]
        threads = {event["tid"]: event["args"]["name"] for event in events
                   if event["name"] == "thread_name"}
        self.assertEqual(threads, {1: "vgem", 2: "vgem (2)", 3: "queue"})
        self.assertEqual([(event["tid"], event["name"]) for event in events
                          if event["ph"] == "X"],
                         [(1, "vgem fence 5:1"), (2, "vgem fence 5:2"), (3, "#1")])
        self.assertEqual([(event["tid"], event["ts"]) for event in events
                          if event["ph"] == "s"], [(1, 19), (2, 29)])

    def test_groups(self):
        """The groups of tracks are processes; those of the guest keep their numbers."""
        names = {event["args"]["name"]: event["pid"] for event in self.of("M")
                 if event["name"] == "process_name"}
        self.assertLessEqual({"Queues", "Slots", "Streams", "Cores", "Firmware", "Address spaces",
                              "Power and clock", "Fences of other drivers"}, set(names))
        self.assertEqual(names["alpha"], 100)
        clock = [event["args"] for event in self.of("C") if event["name"] == "clock"]
        self.assertEqual(clock, [{"MHz": 200}, {"MHz": 1000}])

    def test_job(self):
        """A job says what it waited for; a failed one has its error."""
        job = next(event for event in self.of("X")
                   if event["args"].get("job") == "group 2 queue 0 job 1")
        self.assertEqual(job["args"]["waited for"][:2],
                         ["group 1 queue 1 job 1: 50.0 us", "vgem fence 50:1: 10.0 us"])
        self.assertEqual(job["args"]["error"], "ECANCELED")
        self.assertEqual(job["cat"], "failed")

    def test_marks(self):
        """Faults and resets have a track with a name; lost events are told."""
        pid, tid = next((event["pid"], event["tid"]) for event in self.of("M")
                        if event["args"].get("name") == "Faults and resets"
                        and event["name"] == "thread_name")
        marks = [event["name"] for event in self.of("i")
                 if (event["pid"], event["tid"], event["s"]) == (pid, tid, "t")]
        self.assertIn("GPU reset begins", marks)
        self.assertIn("TRANSLATION_FAULT_1 in address space 2", marks)
        self.assertEqual(self.document["otherData"]["lost events"], 15)


class Svg(unittest.TestCase):
    """svg.write()"""

    def test_picture(self):
        """It is XML with the rows and slices of queues; the command is no markup."""
        picture = svg.Picture(trace_sample.trace()).render()
        root = ElementTree.fromstring(picture)
        space = "{http://www.w3.org/2000/svg}"
        self.assertEqual(root.find(f"{space}title").text,
                         'Timeline of sample <run> & "x"')
        texts = [node.text for node in root.iter(f"{space}text")]
        for text in ("group 1 queue 1", "slot 0", "slot 0 stream 1", "core 16", "tiler 0",
                     "vgem unbound (50)"):
            self.assertIn(text, texts)
        kinds = collections.Counter(node.get("class") for node in root.iter(f"{space}rect"))
        # One of each is in the legend.
        self.assertEqual((kinds["run"], kinds["failed"], kinds["dependency"]), (4, 2, 4))
        self.assertEqual(kinds["path"], 2)
        for node in root.iter(f"{space}rect"):
            self.assertGreaterEqual(float(node.get("width", 0)), 0)

    def test_size(self):
        """The size does not grow with the number of slices of a pixel."""
        trace = trace_sample.trace()
        before = len(svg.Picture(trace).render())
        lane = next(track for track in trace.tracks if track.name == "slot 0").lanes[0]
        last = lane.slices[0]
        lane.slices[:1] = [type(last)(15000 + i, 15001 + i, "x", "group")
                           for i in range(30000)]
        self.assertLess(len(svg.Picture(trace).render()), before + 300000)


class Files(unittest.TestCase):
    """record.load() and record.write()"""

    def test_convert(self):
        """The text of trace-cmd gives three files."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = folder / "text"
            source.write_text("\n".join(trace_sample.lines()))
            trace = record.load(source, "x")
            self.assertEqual(trace.lost, 15)
            paths = record.write(trace, "n", folder / "results")
            self.assertEqual([path.name for path in paths], ["n.html", "n.json", "n.svg"])
            self.assertTrue(all(path.stat().st_size > 2000 for path in paths))

    def test_errors(self):
        """No event, and a text that is no trace, are errors that say so."""
        with tempfile.TemporaryDirectory() as name:
            source = Path(name) / "text"
            for text, reason in (("cpus=2\n", "no event was recorded"),
                                 ("nonsense\n" * 50, "not the output")):
                source.write_text(text)
                with self.assertRaisesRegex(record.TraceError, reason):
                    record.load(source)
