# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Verdicts on IGT subtests."""

import re
import tempfile
import types
import unittest
from pathlib import Path
from unittest import mock

from lib.testbed import igt, kernels
from lib.testbed.guest import Result
from lib.testbed.results import FAIL, PASS, SKIP, Test


class Judge(unittest.TestCase):
    """igt.judge()"""

    def check(self, status, output, verdict, log=()):
        """The verdict on one outcome."""
        result = Result(status, output, list(log))
        self.assertEqual(igt.judge(result, "basic")[0], verdict)

    def test_pass(self):
        """Exit status 0 and a line with SUCCESS."""
        self.check(0, "Starting subtest: basic\nSubtest basic: SUCCESS (0.1s)\n", PASS)

    def test_silent(self):
        """An exit status of 0 alone is a failure."""
        self.check(0, "", FAIL)

    def test_other(self):
        """The success of another subtest does not count."""
        self.check(0, "Subtest basic-2: SUCCESS (0.1s)\n", FAIL)

    def test_skip(self):
        """A skip is neither, and has IGT's reason."""
        out = ("Test requirement not met in function f, file t.c:3:\n"
               "Test requirement: has_it()\nSubtest basic: SKIP (0.0s)\n")
        self.check(77, out, SKIP)
        self.assertEqual(igt.judge(Result(77, out), "basic")[1], "has_it()")

    def test_fail(self):
        """Every other status is a failure."""
        for status in (1, 79, 98, 99, 112, 134, 139):
            self.check(status, "Subtest basic: FAIL (0.0s)\n", FAIL)

    def test_guest(self):
        """A complaint of the guest overrides the result of the test."""
        out = "Subtest basic: SUCCESS (0.1s)\n"
        self.check("timeout", out, FAIL)
        self.check("died", out, FAIL)
        self.check(0, out, FAIL, ["[    1.0] WARNING: CPU: 0 PID: 1 at x"])
        self.check(77, out, FAIL, ["[    1.0] BUG: KASAN: x"])


class Split(unittest.TestCase):
    """igt.split() and what it uses"""

    OUTPUT = ("\n=== subtest a\nStarting subtest: a\nSubtest a: SUCCESS (0.1s)\n"
              "\n=== status 0 after 0.250 s\n"
              "\n=== subtest b\nSubtest b: SKIP (0.0s)\n\n=== status 77 after 0.100 s\n")
    C = "\n=== subtest c\nStarting subtest: c\n"
    LOG = ["[    1.0] testbed: job 3: begin", "[    1.1] testbed: subtest a",
           "[    1.2] of a", "[    1.3] testbed: subtest b", "[    1.4] testbed: subtest c",
           "[    1.5] of c"]
    BUG = "[    1.45] BUG: KASAN: x"

    def split(self, status, output, log=()):
        """[(name, status, reason)] of a result."""
        parts = igt.split(Result(status, output, list(log), 9.0), ["a", "b", "c"])
        return [(name, part.status, part.reason) for name, part in parts]

    def test_good(self):
        """Each has its own status, time, output and log."""
        output = f"{self.OUTPUT}{self.C}\n=== status 0 after 2.000 s\n"
        parts = igt.split(Result(0, output, self.LOG, 9.0), ["a", "b", "c"])
        self.assertEqual([(name, part.status, part.seconds) for name, part in parts],
                         [("a", 0, 0.25), ("b", 77, 0.1), ("c", 0, 2.0)])
        self.assertIn("Subtest a: SUCCESS", parts[0][1].output)
        self.assertNotIn("Subtest b", parts[0][1].output)
        self.assertEqual(parts[0][1].log, self.LOG[:3])
        self.assertEqual(parts[2][1].log, self.LOG[4:])

    def test_failure(self):
        """What follows the first failure does not count."""
        output = self.OUTPUT.replace("status 0", "status 98")
        self.assertEqual(self.split(1, output), [("a", 98, "")])

    def test_complaint(self):
        """It belongs to the subtest that ran."""
        output = f"{self.OUTPUT}{self.C}\n=== status 0 after 2.000 s\n"
        log = [*self.LOG[:3], self.BUG, *self.LOG[3:]]
        self.assertEqual([name for name, *_ in self.split(0, output, log)], ["a"])
        log = [*self.LOG, self.BUG]
        found = self.split(0, output, log)
        self.assertEqual([bool(reason) for *_, reason in found], [False, False, True])

    def test_death(self):
        """The subtest during which the guest dies or the limit is reached fails."""
        for status in ("died", "timeout"):
            found = self.split(status, self.OUTPUT + self.C, self.LOG)
            self.assertEqual([(name, status) for name, status, _ in found],
                             [("a", 0), ("b", 77), ("c", status)])
            self.assertTrue(found[2][2])
        found = self.split(1, f"{self.OUTPUT}{self.C}\n=== limit after 240.000 s\n")
        self.assertEqual(found[2][:2], ("c", "timeout"))
        self.assertIn("240 s", found[2][2])

    def test_between(self):
        """After the last line of a subtest, the subtest is to blame."""
        found = self.split("died", self.OUTPUT, self.LOG[:4])
        self.assertEqual([(name, status) for name, status, _ in found],
                         [("a", 0), ("b", "died")])

    def test_silent(self):
        """Without any line the first one is to blame."""
        self.assertEqual(self.split("died", "")[0][:2], ("a", "died"))
        self.assertEqual(self.split(127, "not found")[0][:2], ("a", 127))
        self.assertEqual(self.split("died", "", self.LOG[:5])[0][:2], ("c", "died"))

    def test_orphan(self):
        """A subtest without an end fails, whatever the status of its parent."""
        found = self.split(137, self.OUTPUT + self.C, self.LOG)
        self.assertEqual(found[2][:2], ("c", "died"))

    def test_record(self):
        """Errors by subtest."""
        record = "subtest a\nVM_BIND EINVAL\nsubtest b\nsubtest c\nmmap() EACCES\n"
        self.assertEqual(igt.by_subtest(record, "a"),
                         {"a": "VM_BIND EINVAL\n", "c": "mmap() EACCES\n"})
        self.assertEqual(igt.by_subtest("fence ETIME\n", "x"), {"x": "fence ETIME\n"})


class Program(unittest.TestCase):
    """igt.run_program()"""

    def run_program(self, results):
        """Names and verdicts, with a session that gives RESULTS one after the other."""
        guest = types.SimpleNamespace(take=lambda name: "")
        session = types.SimpleNamespace(
            kernel=types.SimpleNamespace(name="debug", arm64=False), guest=guest,
            ran=[], end=lambda: None)

        def run(command, limit, env):
            session.ran.append(env.get("PANTHOR_SUBTESTS", command.split()[-1]))
            result = results.pop(0)
            session.guest = None if result.reason else guest
            return result

        session.run = run
        found = []
        report = types.SimpleNamespace(
            add=lambda name, status, *_: found.append((name.partition("@")[2], status)))
        with mock.patch.object(igt, "_subtests", return_value=["a", "b", "c"]), \
                mock.patch.object(igt, "folder", return_value=igt.FOLDER):
            igt.run_program(report, session, "panthor_x", env={"PANTHOR_RECORD": "r"})
        return session.ran, found

    def test_death(self):
        """What ran before the guest died runs again, since its record is lost."""
        good = "\n=== subtest {0}\nSubtest {0}: SUCCESS (0s)\n\n=== status 0 after 1.0 s\n"
        ran, found = self.run_program([
            Result("died", good.format("a") + "\n=== subtest b\n"),
            Result(0, good.format("a") + good.format("c"))])
        self.assertEqual(ran, ["a b c", "a c"])
        self.assertEqual(found, [("b", FAIL), ("a", PASS), ("c", PASS)])


class Areas(unittest.TestCase):
    """igt.areas()"""

    def test_counts(self):
        """By program, kernel and width, without results of other kinds."""
        tests = [
            Test("igt stock device", PASS),
            Test("igt stock panthor_vm@range", PASS),
            Test("igt stock panthor_vm@pad", FAIL),
            Test("igt debug panthor_vm@range", PASS),
            Test("igt stock i386/panthor_vm@range", SKIP),
            Test("igt debug panthor_vm_race@split", PASS),
        ]
        self.assertEqual(igt.areas(tests), [
            "area                     debug         stock    stock i386",
            "vm                      1 of 1        1 of 2        0 of 1",
            "vm_race                 1 of 1"])


class Guest(unittest.TestCase):
    """What a guest is prepared for"""

    PROGRAMS = {"panthor_a": [f"panthor_a@{number}" for number in range(8)],
                "panthor_b": ["panthor_b@x"]}

    def setUp(self):
        patch = mock.patch.object(igt, "_subtests_here", self.PROGRAMS.get)
        patch.start()
        self.addCleanup(patch.stop)

    def few(self, wanted, arch="stock"):
        """igt._few() for all programs."""
        kernel = kernels.Kernel(arch, "6.12", None, None)
        return igt._few(kernel, list(self.PROGRAMS),  # pylint: disable=protected-access
                        wanted and re.compile(wanted))

    def test_few(self):
        """Libraries are copied for more than a few starts."""
        self.assertTrue(self.few("panthor_b@"))
        self.assertTrue(self.few("@[0-3]$"))
        self.assertFalse(self.few("@[0-4]$"))
        self.assertFalse(self.few(None))
        self.assertFalse(self.few("panthor_b@", "arm64"))

    def test_list_i386(self):
        """Machines that run no 32-bit programs know their subtests, too."""
        mock.patch.stopall()
        with tempfile.TemporaryDirectory() as folder, \
             mock.patch.object(igt, "FOLDER", Path(folder)):
            program = Path(folder) / "panthor_a"
            program.write_text("#!/bin/sh\necho x\necho y\n")
            program.chmod(0o755)
            self.assertEqual(igt.subtests(["i386/panthor_a", "panthor_a"]),
                             {"i386/panthor_a@x", "i386/panthor_a@y",
                              "panthor_a@x", "panthor_a@y"})

    def test_expect(self):
        """A report counts 64-bit and 32-bit subtests, unless the programs are not here."""
        report = types.SimpleNamespace(expect=mock.Mock())
        kernel = kernels.Kernel("stock", "6.12", None, None)
        with mock.patch.object(igt, "FOLDER", mock.MagicMock()) as folder:
            folder.__truediv__.return_value.exists.return_value = True
            igt.expect(report, kernel, list(self.PROGRAMS), ["i386/panthor_b"],
                       re.compile("b@|a@7"))
            folder.__truediv__.return_value.exists.return_value = False
            igt.expect(report, kernel, list(self.PROGRAMS), [], None)
        report.expect.assert_called_once_with(
            "igt stock", {"panthor_a@7", "panthor_b@x", "i386/panthor_b@x"})
