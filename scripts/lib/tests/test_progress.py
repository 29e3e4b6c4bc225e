# SPDX-License-Identifier: GPL-2.0 OR MIT
"""What a command prints while it works."""

import contextlib
import io
import os
import pathlib
import subprocess
import tempfile
import unittest
from unittest import mock

from lib import progress
from lib.testbed import TOP, kunit, results
from lib.testbed.results import FAIL, PASS, SKIP

MANY = [f"p@{number}" for number in range(100)]


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self):
        """As of a file."""
        return True


class Clock:
    """A clock that the test sets."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@contextlib.contextmanager
def streams(kind, **env):
    """stdout and stderr of KIND, with only these variables of the environment."""
    out, err = kind(), kind()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), \
            mock.patch.dict(os.environ, {"TERM": "xterm", "COLUMNS": "40", **env}, clear=True):
        yield out, err


class Status(unittest.TestCase):
    """progress.Line"""

    def test_terminal(self):
        """The status changes in place, and is erased before a line."""
        with streams(Terminal) as (out, err):
            line = progress.Line()
            line.show("one")
            line.show("x" * 100)
            line.result("a result")
            line.clear()
        self.assertEqual(out.getvalue(), "a result\n")
        shown = err.getvalue().replace("\x1b[36m", "").replace("\x1b[0m", "")
        self.assertEqual(shown, "\rone\x1b[K\r" + "x" * 39 + "\x1b[K\r\x1b[K")

    def test_file(self):
        """Without a terminal a status is a line, but not before half a minute is over."""
        clock = Clock()
        with streams(io.StringIO) as (out, err):
            line = progress.Line(clock)
            line.step("a step")
            line.step("a step")
            for seconds in (1, 28, 2, 29):
                clock.now += seconds
                line.show(f"at {clock.now:.0f}")
            line.result("a result")
        self.assertEqual(err.getvalue(), "a step\nat 1031\n")
        self.assertEqual(out.getvalue(), "a result\n")

    def test_verbose(self):
        """V=1 replaces the status by all results."""
        with streams(Terminal, V="1") as (_, err):
            progress.Line().show("one")
        self.assertEqual(err.getvalue(), "")

    def test_colour(self):
        """Only on a terminal that has colours, and not with NO_COLOR."""
        for kind, env, expected in ((Terminal, {}, "\x1b[31mx\x1b[0m"),
                                    (Terminal, {"NO_COLOR": "1"}, "x"),
                                    (Terminal, {"TERM": "dumb"}, "x"), (io.StringIO, {}, "x")):
            with self.subTest(env=env), streams(kind, **env):
                self.assertEqual(progress.colour("x", "red"), expected)


class Countdown(unittest.TestCase):
    """progress.Countdown"""

    def test_line(self):
        """The last whole line of a kind, with the time left."""
        with streams(Terminal, COLUMNS="80") as (_, err), \
                mock.patch.object(progress, "line", progress.Line()):
            shown = progress.Countdown("soak short", 600, "soak ")
            for piece in (b"", b"seed 1\nsoak 0:10  jobs", b" 5\nsoak 0:2", b""):
                shown.write(piece)
            progress.Countdown("fuzz", 0).write(b"")
        said = err.getvalue().replace("\x1b[36m", "").replace("\x1b[0m", "")
        self.assertEqual([text.rstrip("\x1b[K") for text in said.split("\r")[1:]],
                         ["about 10 min left: soak short", "about 10 min left: soak short",
                          *["about 10 min left: soak 0:10  jobs 5"] * 2, "ending: fuzz"])


class Counted(unittest.TestCase):
    """progress.Counts"""

    def setUp(self):
        self.clock = Clock()
        self.counts = progress.Counts(self.clock)

    def test_kinds(self):
        """Each kind by itself; a finished one is left out."""
        self.counts.expect("igt", ["a@b"])
        self.counts.expect("igt stock", ["a@b", "a@c"])
        self.counts.count("igt stock a@b")
        self.counts.count("igt stock a@b")
        self.counts.count("igt stock device")
        self.counts.count("demo stock")
        self.assertEqual(self.counts.text(), "igt 0/1, igt stock 1/2")
        self.counts.count("igt a@b")
        self.assertEqual(self.counts.text(), "igt stock 1/2")
        self.counts.count("igt stock a@c")
        self.assertEqual(self.counts.text(), "")

    def test_parameters(self):
        """A case with parameters counts once, and a dot in one does not matter."""
        self.counts.expect("kunit", ["s.c", "s.d"])
        for name in ("s.c.a=1", "s.c.a=2.5", "t.c"):
            self.counts.count(f"kunit {name}")
        self.assertEqual(self.counts.text(), "kunit 1/2")

    def test_left(self):
        """From the tests that are done, or from the last run of the same command."""
        self.counts.expect("igt", MANY)
        for name in MANY[:9]:
            self.counts.count(f"igt {name}")
        self.clock.now += 100
        self.assertEqual(self.counts.text(), "igt 9/100")
        self.counts.count(f"igt {MANY[9]}")
        self.assertEqual(self.counts.text(), "igt 10/100, about 15 min left")
        self.counts.usual = 130
        self.assertEqual(self.counts.text(), "igt 10/100, less than a minute left")
        self.counts.usual = 90
        self.assertEqual(self.counts.text(), "igt 10/100")

    def test_usual(self):
        """What a command took is kept beside that of others; a damaged file is none."""
        with tempfile.TemporaryDirectory() as name:
            path = pathlib.Path(name) / "new/times.json"
            self.assertIsNone(progress.usual(path, "igt"))
            progress.usual(path, "igt", 12.4)
            progress.usual(path, "kunit", 7)
            self.assertEqual(progress.usual(path, "igt"), 12)
            path.write_text("{")
            self.assertIsNone(progress.usual(path, "igt"))


class Quiet(unittest.TestCase):
    """Which results a report prints"""

    def run_report(self, names, **env):
        """The lines of a report that expects the tests NAMES of igt."""
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.object(results, "BUILD", pathlib.Path(folder)), \
                streams(io.StringIO, **env) as (out, _):
            report = results.Report("x")
            report.expect("igt stock", names)
            report.add("igt stock p@1", PASS)
            report.add("igt stock p@2", SKIP, "why")
            report.add("igt stock p@3", FAIL, "bad")
            report.add("demo", PASS)
            report.finish()
        return [text for text in out.getvalue().splitlines() if "repeat: " not in text]

    def test_many(self):
        """Of many tests only those that fail or are skipped; the last line has totals."""
        lines = self.run_report(MANY)
        self.assertEqual(lines[:4], ["skip  igt stock p@2: why", "FAIL  igt stock p@3: bad",
                                     "pass  demo", "failed: igt stock p@3: bad"])
        self.assertRegex(lines[4], r"^results: .*/results/x\.json$")
        self.assertEqual(lines[5:], ["2 passed, 1 failed, 1 skipped"])

    def test_all(self):
        """Of few tests all, and of many with V=1."""
        for names, env in ((MANY[:4], {}), (MANY, {"V": "1"})):
            with self.subTest(env=env):
                self.assertEqual(self.run_report(names, **env)[0], "pass  igt stock p@1")

    def test_log(self):
        """Cases of KUnit count as soon as the log has them, in whatever pieces it comes."""
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.object(results, "BUILD", pathlib.Path(folder)), \
                streams(io.StringIO):
            report = results.Report("x")
            report.expect("kunit", ["s.a", "s.b", "s.c", "t.a"])
            watch = kunit._Watch(report, "kunit")  # pylint: disable=protected-access
            for piece in (b"[    1.000000]     KTAP version 1\r\n[    1.0",
                          b"00000]     # Subtest: s\r\n[    1.1]     ok 1 a\r\n",
                          b"[    1.200000]         # Subtest: b\n"
                          b"[    1.200000]         ok 1 x=1\n[    1.300000]     not ok 2 b\n",
                          b"[    1.300000] not ok 1 s\n[    1.300000]     ok 3 c"):
                watch.write(piece)
            self.assertEqual(report.counts.text(), "kunit 2/4")


class Built(unittest.TestCase):
    """scripts/lib/built"""

    LINES = ("  CC [M]  /x/a.o", "  CC    obj/b.o", "  LD [M]  /x/a.ko",
             "warning: the compiler differs from the one", "  You are using:  gcc",
             "make[2]: Entering directory", "make: Nothing to be done for 'programs'.",
             "a.c:3: warning: unused", "make[1]: *** [Makefile:3: a.o] Error 1",
             "make[1]: *** wait: No child processes.  Stop.",
             "make[2]: *** Waiting for unfinished jobs....",
             "make: *** [Makefile:9: all] Error 2")

    def read(self, *arguments, lines=LINES, **env):
        """stdout and stderr for LINES."""
        done = subprocess.run([TOP / "scripts/lib/built", *arguments], text=True, check=True,
                              input="\n".join(lines) + "\n",
                              env={"PATH": os.environ["PATH"], **env},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout.splitlines(), done.stderr.splitlines()

    def test_quiet(self):
        """A line for the step, and what the compiler has to say."""
        self.assertEqual(self.read("the stock kernel", "97"),
                         ([self.LINES[7], self.LINES[-1]],
                          ["building 97 files for the stock kernel"]))
        self.assertEqual(self.read("user space")[1], ["building for user space"])

    def test_ninja(self):
        """ninja numbers its steps."""
        lines = ("[1/44] Compiling C object a.o", "[2/44] Linking b.so", "a.c:3: error: unknown")
        self.assertEqual(self.read("Mesa", lines=lines),
                         ([lines[-1]], ["building 44 files for Mesa"]))
        self.assertEqual(self.read("Mesa", lines=lines, V="1"), ([*lines], []))

    def test_verbose(self):
        """V=1: all that make prints."""
        self.assertEqual(self.read("user space", V="1"), ([*self.LINES], []))

    def test_times(self):
        """TIMES=1: how long it took."""
        self.assertRegex(self.read("user space", TIMES="1")[1][1],
                         r"^time +\d+\.\d\d s  make for user space, 2 files$")


if __name__ == "__main__":
    unittest.main()
