# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Totals and exit status."""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest
from unittest import mock

from lib.testbed import results


class Totals(unittest.TestCase):
    """Report.finish()"""

    def finish(self, *statuses):
        """Exit status, last line and JSON of a report with these results."""
        text = io.StringIO()
        with tempfile.TemporaryDirectory() as name, \
                mock.patch.object(results, "BUILD", pathlib.Path(name)), \
                contextlib.redirect_stdout(text):
            report = results.Report("x")
            for status in statuses:
                report.add("t", status)
            code = report.finish()
            data = json.loads((pathlib.Path(name) / "results/x.json").read_text())
        return code, text.getvalue().splitlines()[-1], data

    def test_pass(self):
        """Skips count neither as passed nor as failed."""
        code, line, data = self.finish(results.PASS, results.PASS, results.SKIP)
        self.assertEqual(code, 0)
        self.assertEqual(line, "2 passed, 0 failed, 1 skipped")
        self.assertEqual(len(data), 3)

    def test_fail(self):
        """One failure is enough."""
        code, line, _ = self.finish(results.PASS, results.FAIL)
        self.assertEqual(code, 1)
        self.assertEqual(line, "1 passed, 1 failed, 0 skipped")

    def test_nothing(self):
        """A run without a passed test is a failure."""
        self.assertEqual(self.finish()[0], 1)
        self.assertEqual(self.finish(results.SKIP)[0], 1)
