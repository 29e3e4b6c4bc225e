# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of what the test bed makes of the fuzzer's results."""

import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from lib.testbed import fuzz
from lib.testbed.guest import Result
from lib.testbed.results import FAIL, PASS, Report

_SUMMARY = "fuzz:   40 s: 66 programs, 628 calls, 78% succeeded, corpus 40\n"
_WARN = ["[ 1.0] vpanthor: before", "[ 1.1] WARNING: CPU: 0 PID: 77 at drivers/x.c:12",
         "[ 1.2] after"]


class Shorten(unittest.TestCase):
    """Removal of lines that a failure does not need."""

    def test_keeps_what_is_needed(self):
        """Two lines of twenty are needed."""
        lines = [f"line {i}" for i in range(20)]
        short = fuzz._shorten(lines, lambda text: "line 3\n" in text and "line 17\n" in text)
        self.assertEqual(short, ["line 3", "line 17"])

    def test_keeps_all(self):
        """Nothing can be removed."""
        lines = ["a", "b", "c"]
        self.assertEqual(fuzz._shorten(lines, lambda text: False), lines)

    def test_one_line(self):
        """The last line stays."""
        self.assertEqual(fuzz._shorten(["a", "b"], lambda text: True), ["b"])


class Verdicts(unittest.TestCase):
    """The result of a run."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.share = self.folder / "share"
        (self.share / "fuzz").mkdir(parents=True)
        for name, value in (("OUT", self.folder), ("TOP", self.folder)):
            patch = mock.patch.object(fuzz, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def _run(self, result):
        report = Report("test")
        with mock.patch("builtins.print"):
            good = fuzz._verdict(report, "fuzz", "fuzz --seed=5", result, self.share)
        self.assertEqual(report.tests[0].status, PASS if good else FAIL)
        return report.tests[0]

    def test_pass(self):
        """A summary and no complaint."""
        self.assertEqual(self._run(Result(0, _SUMMARY)).status, PASS)
        self.assertFalse(list(self.folder.glob("finding-*")))

    def test_no_summary(self):
        """The exit status alone is no proof."""
        self.assertEqual(self._run(Result(0, "")).status, FAIL)

    def test_exit_status(self):
        """The GPU does not work any longer."""
        test = self._run(Result(1, _SUMMARY))
        self.assertEqual((test.status, test.reason), (FAIL, "exit status 1"))

    def test_complaint_is_kept(self):
        """A report of the kernel leaves log, command and the last programs."""
        for number in (8, 9, 10):
            (self.share / f"fuzz/last-{number % 8}").write_text(
                f"# program {number}\n0 open f0 {number % 2}\n")
        self.assertEqual(self._run(Result("died", _SUMMARY, _WARN)).status, FAIL)
        folder = self.folder / "finding-1"
        self.assertIn("WARNING", (folder / "log").read_text())
        self.assertIn("--seed=5", (folder / "command").read_text())
        self.assertIn("# program 10\n", (folder / "program-0").read_text())
        self.assertIn("# program 8\n", (folder / "program-2").read_text())
        self._run(Result(1, _SUMMARY))
        self.assertTrue((self.folder / "finding-2").is_dir())

    def test_signature(self):
        """Equal failures differ in numbers only."""
        one = Result("died", "", _WARN)
        two = Result("died", "", [line.replace("77", "123") for line in _WARN])
        other = Result("died", "", ["[ 1.1] BUG: KASAN: slab-use-after-free in f+0x1/0x2"])
        self.assertEqual(fuzz._signature(one), fuzz._signature(two))
        self.assertNotEqual(fuzz._signature(one), fuzz._signature(other))
        self.assertEqual(fuzz._signature(Result(0, "")), "")


class Short(unittest.TestCase):
    """The part of "make check"."""

    def test_five_minutes(self):
        """The corpus repeatedly, then random programs."""
        session = mock.MagicMock()
        run = session.return_value.__enter__.return_value.run
        run.return_value = Result(0, "fuzz: ran 1 programs of files\n" + _SUMMARY)
        with mock.patch.object(fuzz, "Session", session), \
             mock.patch.object(fuzz, "_folder", return_value=Path("/nonexistent")), \
             mock.patch.object(fuzz.kunit, "leaks"), mock.patch("builtins.print"):
            fuzz.short(Report("test"), mock.Mock())
        command = run.call_args.args[0]
        repeat, more = (int(re.search(rf"--{name}=(\d+)", command)[1])
                        for name in ("repeat", "seconds"))
        self.assertEqual(repeat + more, 300)
        self.assertLess(more, repeat)


class Coverage(unittest.TestCase):
    """Points of several guests."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.share = self.folder / "share"
        (self.share / "fuzz").mkdir(parents=True)
        patch = mock.patch.object(fuzz, "OUT", self.folder / "out")
        patch.start()
        self.addCleanup(patch.stop)
        for name in fuzz.MODULES:
            (self.folder / f"{name}.ko").write_text("first build")

    def _points(self, text):
        """The points after a guest passed those in TEXT."""
        (self.share / "fuzz/points").write_text(text)
        return fuzz._points(fuzz._build(mock.Mock(build=self.folder)), self.share)

    def test_points_add_up(self):
        """The union counts, in the order of no guest."""
        self._points("vcsf 0x10\nvpanthor 0x20\n")
        points = self._points("vcsf 0x10\nvcsf 0x18\n")
        self.assertEqual(points["vcsf"], {0x10, 0x18})
        self.assertEqual(points["vpanthor"], {0x20})
        self.assertEqual(points["drm_jobqueue"], set())

    def test_points_of_another_build(self):
        """Points of modules that were built anew are counted from zero."""
        self._points("vcsf 0x10\n")
        (self.folder / "vpanthor.ko").write_text("second build")
        self.assertEqual(self._points("vcsf 0x18\n")["vcsf"], {0x18})
        (self.folder / "vpanthor.ko").write_text("first build")
        self.assertEqual(self._points("vcsf 0x20\n")["vcsf"], {0x10, 0x20})


if __name__ == "__main__":
    unittest.main()
