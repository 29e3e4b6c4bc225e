# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The page of the sample in a headless Chromium, used by mouse and keyboard."""

import re
import tempfile
import unittest
from pathlib import Path

from lib.trace import browser, page

from . import trace_sample


class Text(unittest.TestCase):
    """page.render() without a browser"""

    def test_no_network(self):
        """The page refers to nothing outside of itself; the command is no markup."""
        text = page.render(page.Encoder(trace_sample.trace()).data(), "a <b> & @DATA@")
        self.assertNotRegex(text, r"""(src|href)=|url\(|@import|fetch\(|XMLHttpRequest""")
        self.assertIn("default-src 'none'", text)
        self.assertIn("<title>a &lt;b&gt; &amp; @DATA@</title>", text)
        self.assertEqual(re.findall(r"https?://[^\"' ]+", text), [])


@unittest.skipUnless(browser.find(), "Chromium is not installed")
class Page(unittest.TestCase):
    """The page in a browser"""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        path = Path(cls.folder.name) / "trace.html"
        page.write(trace_sample.trace(), path)
        cls.page = cls.enterClassContext(browser.Page(path.as_uri()))
        cls.page.wait("window.traceReadyMs")

    def setUp(self):
        self.page.run("select(null); showJobs(); V.top = 0; V.hits = []; V.hit = -1; 0")
        self.draw()

    def tearDown(self):
        self.assertEqual(self.page.errors, [])

    def draw(self):
        """Wait for the next picture."""
        self.page.run("new Promise(r => requestAnimationFrame(() =>"
                      " requestAnimationFrame(r)))")

    def place(self, job, lane=0):
        """Point in the window of a slice of the job with this label."""
        return self.page.run(f"""(() => {{
            const job = T.jobs.find(job => job.label === {job!r});
            const track = job.place.track, lane = track.lanes[{lane}];
            const i = [...lane.job].indexOf(job.number);
            const box = canvas.getBoundingClientRect(), [top, height] = laneBox({lane});
            return [box.left + xOf((lane.start[i] + lane.end[i]) / 2),
                    box.top + AXIS - V.top + track.y + top + height / 2];
        }})()""")

    def text(self, name):
        """Visible text of the element NAME, "" if it is hidden."""
        return self.page.run(f"document.getElementById({name!r}).innerText")

    def test_hover(self):
        """The tooltip says what a job waited for and how long."""
        self.page.mouse("mouseMoved", *self.place("group 2 queue 0 job 1"))
        tip = self.text("tip").splitlines()
        self.assertEqual(tip[:4], [
            "group 2 queue 0 job 1", "on the GPU for 21.00 µs, ended with ECANCELED",
            "50.00 µs: waited for the dependency group 1 queue 1 job 1",
            "10.00 µs: waited for the dependency vgem fence 50:1"])
        self.page.mouse("mouseMoved", *self.place("group 1 queue 1 job 2", 2))
        self.assertEqual(self.text("tip").splitlines()[:2], [
            "group 1 queue 1 job 2 waits for group 1 queue 1 job 1 to run first",
            "for 19.00 µs"])

    def test_click(self):
        """A click selects a job; its dependency is a link that selects that one."""
        self.page.click(*self.place("group 1 queue 1 job 1"))
        panel = self.text("panel")
        self.assertTrue(panel.startswith("group 1 queue 1 job 1"), panel)
        self.assertRegex(panel, r"20\.00 µs\s+waited for the dependency\s+group 1 queue 0 job 1")
        self.assertRegex(panel, r"10\.00 µs\s+waited for a slot for group 1")
        self.assertIn("Jobs that waited for it (1)", panel)
        self.page.run("[...document.querySelectorAll('#panel .link')].find(link =>"
                      " link.textContent === 'group 1 queue 0 job 1').click()")
        self.assertTrue(self.text("panel").startswith("group 1 queue 0 job 1"))

    def test_zoom(self):
        """Keys, wheel and buttons zoom and move; 0 shows all."""
        whole = self.page.run("V.to - V.from")
        self.page.key("+")
        first = self.page.run("V.to - V.from")
        self.assertAlmostEqual(first / whole, 0.7)
        x, y = self.place("group 1 queue 1 job 2")
        under = self.page.run(f"timeOf({x} - canvas.getBoundingClientRect().left)")
        self.page.mouse("mouseWheel", x, y, deltaX=0, deltaY=-200, modifiers=2)
        self.page.wait(f"V.to - V.from < {first} * 0.9")
        self.assertAlmostEqual(self.page.run(
            f"timeOf({x} - canvas.getBoundingClientRect().left)") / under, 1, 3)
        before = self.page.run("V.from")
        self.page.key("ArrowRight")
        self.assertGreater(self.page.run("V.from"), before)
        self.page.key("0")
        self.assertAlmostEqual(self.page.run("V.to - V.from"),
                               self.page.run("T.length * 1.04"), 3)

    def test_drag(self):
        """A drag moves the view and selects nothing."""
        self.page.key("+")
        before = self.page.run("V.from")
        x, y = self.place("group 1 queue 1 job 1")
        self.page.mouse("mousePressed", x, y, button="left", clickCount=1)
        self.page.mouse("mouseMoved", x - 60, y, button="left", buttons=1)
        self.page.mouse("mouseReleased", x - 60, y, button="left", clickCount=1)
        self.assertGreater(self.page.run("V.from"), before)
        self.assertIsNone(self.page.run("V.selected"))

    def test_search(self):
        """The search finds processes, states and fences, and steps through the hits."""
        self.page.key("/")
        self.page.call("Input.insertText", text="beta-200")
        self.assertEqual(self.text("hits"), "1 of 2")
        self.assertTrue(self.page.run("V.selected !== null"))
        self.page.run("document.getElementById('search').value = ''; search('wait_sync')")
        self.assertEqual(self.text("hits"), "1 of 1")
        self.assertIn("wait_sync", self.text("panel"))
        self.page.run("search('no such thing')")
        self.assertEqual(self.text("hits"), "no hit")
        self.page.key("Escape")

    def test_path(self):
        """The critical path of the last job, and of a selected one."""
        self.page.key("c")
        self.assertIn("Critical path of group 2 queue 0 job 1: 2 steps", self.text("panel"))
        self.page.click(*self.place("group 1 queue 1 job 2"))
        self.assertRegex(self.text("panel"), "Critical path of group 1 queue 1 job 2: 3 steps")
        self.page.key("c")
        self.assertNotIn("Critical path", self.text("panel"))

    def test_keyboard(self):
        """Jobs can be reached without a mouse."""
        self.page.key("n")
        self.assertTrue(self.text("panel").startswith("group 1 queue 0 job 1"))
        self.page.key("k")
        self.assertTrue(self.text("panel").startswith("group 1 queue 1 job 1"))
        self.page.key("n")
        self.assertTrue(self.text("panel").startswith("group 1 queue 1 job 2"))
        self.page.key("Escape")
        self.assertNotIn("group 1", self.text("panel").splitlines()[0])

    def test_theme(self):
        """The colours follow the system at first, then the button."""
        light = self.page.run("getComputedStyle(document.body).backgroundColor")
        self.page.key("t")
        dark = self.page.run("getComputedStyle(document.body).backgroundColor")
        self.assertEqual((light, dark), ("rgb(255, 255, 255)", "rgb(20, 23, 27)"))
        self.draw()
        chart = self.page.run("[...pen.getImageData(2, 2, 1, 1).data]")
        self.assertEqual(chart[:3], [20, 23, 27])
        self.page.key("t")

    def test_drawn(self):
        """A job is really drawn, in the colour of its kind."""
        x, y = self.place("group 1 queue 1 job 1")
        colour = self.page.run(f"""(() => {{
            const box = canvas.getBoundingClientRect();
            return [...pen.getImageData({x} - box.left, {y} + 6 - box.top, 1, 1).data];
        }})()""")
        self.assertEqual(colour[:3], [0x2e, 0x7d, 0x5b])

    def test_summary(self):
        """Lost events are told, and are no faults."""
        self.assertIn("9 faults, resets and injections", self.text("summary"))
        self.assertIn("15 events lost", self.text("summary"))
