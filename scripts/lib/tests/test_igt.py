# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Verdicts on IGT subtests."""

import unittest

from lib.testbed import igt
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
