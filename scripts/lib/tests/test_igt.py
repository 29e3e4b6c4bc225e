# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Verdicts on IGT subtests."""

import re
import types
import unittest
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
