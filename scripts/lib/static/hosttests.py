# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests that need no guest: the test bed's own and user space's."""

import re
import subprocess
import unittest

from lib.testbed import BUILD, TOP
from lib.testbed.results import FAIL, PASS, SKIP

_KTAP = re.compile(r"^(not )?ok (\d+) (?:- )?([^#]*)(?:# (SKIP)\s*(.*))?")


class _Collector(unittest.TestResult):
    def __init__(self, report):
        super().__init__()
        self.report = report

    def _name(self, test):
        return "testbed " + test.id().split(".", 2)[-1]

    def addSuccess(self, test):
        super().addSuccess(test)
        self.report.add(self._name(test), PASS)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        text = self._exc_info_to_string(err, test)
        self.report.add(self._name(test), FAIL, str(err[1]).splitlines()[0], detail=text)

    addError = addFailure

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.report.add(self._name(test), SKIP, reason)


def testbed(report):
    """The unit tests in scripts/lib/tests."""
    folder = TOP / "scripts/lib/tests"
    suite = unittest.defaultTestLoader.discover(str(folder), top_level_dir=str(TOP / "scripts"))
    suite.run(_Collector(report))


def userspace(report, uapi):
    """The tests of userspace/ that need no GPU; they report KTAP."""
    done = subprocess.run(
        ["make", "-s", "--no-print-directory", "-C", TOP / "userspace", "check-host",
         f"OUT={BUILD / 'user'}", f"UAPI={uapi}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    results = [match for match in map(_KTAP.match, done.stdout.splitlines()) if match]
    for match in results:
        bad, _, name, skip, why = match.groups()
        status = FAIL if bad else SKIP if skip else PASS
        report.add(f"user {name.strip()}", status, why or "")
    failed = any(match.group(1) for match in results)
    if (done.returncode and not failed) or not results:
        report.add("user", FAIL, f"make check-host: status {done.returncode}",
                   detail=done.stdout)
    elif failed:
        print(done.stdout)
