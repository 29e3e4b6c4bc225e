# SPDX-License-Identifier: GPL-2.0 OR MIT
"""What of a KUnit report is a failure although each of its lines says "ok"."""

import contextlib
import io
import unittest

from lib.testbed import kunit
from lib.testbed.guest import Result
from lib.testbed.results import FAIL, PASS

GOOD = """\
testbed: job 1: begin
KTAP version 1
1..2
    KTAP version 1
    # Subtest: vcsf_a
    # module: vcsf_test
    1..2
    # one: a message
    ok 1 one
    ok 2 two
# vcsf_a: pass:2 fail:0 skip:0 total:2
# Totals: pass:2 fail:0 skip:0 total:2
ok 1 vcsf_a
    KTAP version 1
    # Subtest: vcsf_b
    1..1
        KTAP version 1
        # Subtest: each
        ok 1 x
        ok 2 y
    # each: pass:2 fail:0 skip:0 total:2
    ok 1 each
ok 2 vcsf_b
testbed: job 1: end
"""
SUITE = "ok 2 vcsf_b\n"
CASE = "    ok 2 two\n"


class Reports:
    """Collects what is added."""

    def __init__(self):
        self.bad = []
        self.good = 0

    def add(self, name, status, reason="", *_, **__):
        """As in results.Report."""
        self.good += status == PASS
        if status == FAIL:
            self.bad.append(f"{name}: {reason}")


class Errors(unittest.TestCase):
    """kunit.errors(), by way of the function that judges a module"""

    @classmethod
    def setUpClass(cls):
        cls.parser = kunit.Parser()

    def check(self, text, expected, status=0):
        """The failures for a kernel log with TEXT."""
        log = [f"[    {i}.000000] {line}" for i, line in enumerate(text.splitlines())]
        reports = Reports()
        with contextlib.redirect_stdout(io.StringIO()):
            kunit._note(reports, "vcsf_test",  # pylint: disable=protected-access
                        Result(status, "", log), self.parser, "kunit")
        self.assertEqual(reports.bad, expected)
        return reports

    def test_good(self):
        """A report without errors."""
        self.assertEqual(self.check(GOOD, []).good, 4)

    def test_order(self):
        """Results out of order."""
        self.check(GOOD.replace(CASE, CASE.replace("2", "3")),
                   ["kunit vcsf_test report: two: Expected test number 2 but found 3"])

    def test_twice(self):
        """A case or a suite that reports twice."""
        self.check(GOOD.replace(CASE, 2 * CASE),
                   ["kunit vcsf_test report: vcsf_a: missing subtest result line!"])
        self.check(GOOD.replace(SUITE, 2 * SUITE),
                   ["kunit vcsf_test report: vcsf_b: result 2 of a plan of 2"])

    def test_beyond(self):
        """More results than planned."""
        self.check(GOOD.replace(CASE, CASE + "    ok 3 three\n"),
                   ["kunit vcsf_test report: vcsf_a: missing subtest result line!"])
        self.check(GOOD.replace(SUITE, SUITE + "ok 3 vcsf_c\n"),
                   ["kunit vcsf_test report: vcsf_c: result 3 of a plan of 2"])

    def test_missing(self):
        """A suite without its result, a report without a plan, a suite without cases."""
        self.check(GOOD.replace(SUITE, ""),
                   ["kunit vcsf_test report: vcsf_b: missing subtest result line!"])
        self.check(GOOD.replace("\n1..2\n", "\n"), ["kunit vcsf_test report: no plan"])
        empty = GOOD.replace("    1..2\n", "    1..0\n").replace("    ok 1 one\n", "")
        self.check(empty.replace(CASE, ""),
                   ["kunit vcsf_a: ", "kunit vcsf_test report: vcsf_a: 0 tests run!"])

    def test_second(self):
        """A second report, which the tool does not read."""
        self.check(GOOD + GOOD.replace("ok 2 two", "not ok 2 two"),
                   ["kunit vcsf_test report: 2 reports instead of one"])

    def test_dead(self):
        """The report of a guest that died is cut off: one failure, its reason."""
        self.check(GOOD.replace(SUITE, ""),
                   ["kunit vcsf_test module: the guest died or does not answer"], "died")


if __name__ == "__main__":
    unittest.main()
