# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The results of the tests of the test bed reach the report."""

import unittest

from lib.static import hosttests
from lib.testbed.results import FAIL, PASS


class _Report:
    def __init__(self):
        self.tests = []

    def add(self, name, status, reason="", detail=""):
        """As Report.add()."""
        self.tests.append((name, status, reason, bool(detail)))


class _Parts(unittest.TestCase):
    def good(self):
        """Parts that are all good."""
        with self.subTest("first"):
            pass

    def bad(self):
        """The second of three parts fails."""
        for part in ("first", "second", "third"):
            with self.subTest(part):
                self.assertNotEqual(part, "second")


def _run(name):
    report = _Report()
    _Parts(name).run(hosttests._Collector(report))  # pylint: disable=protected-access
    return [(status, reason, detail) for _, status, reason, detail in report.tests]


class Parts(unittest.TestCase):
    """Tests that consist of parts"""

    def test_good(self):
        """One result for all parts."""
        self.assertEqual(_run("good"), [(PASS, "", False)])

    def test_bad(self):
        """The failed part is reported, and the test does not count as passed."""
        self.assertEqual(_run("bad"), [(FAIL, "[second]", True)])


if __name__ == "__main__":
    unittest.main()
