# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests that need no guest: the test bed's own and user space's."""

import re
import subprocess
import unittest

from lib.testbed import BUILD, TOP
from lib.testbed.results import FAIL, PASS, SKIP

_KTAP = re.compile(r"^(not )?ok (\d+) (?:- )?([^#]*)(?:# (SKIP)\s*(.*))?")


def _name(test):
    return test.id().split(".", 2)[-1]


def _each(suite):
    """The tests of a SUITE of suites."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _each(test)
        else:
            yield test


class _Collector(unittest.TestResult):
    def __init__(self, report):
        super().__init__()
        self.report = report

    def addSuccess(self, test):
        super().addSuccess(test)
        self.report.add(f"testbed {_name(test)}", PASS)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        text = self._exc_info_to_string(err, test)
        self.report.add(f"testbed {_name(test)}", FAIL, str(err[1]).splitlines()[0],
                        detail=text)

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        # A test with a failed part gets none of the other calls.
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.report.add(f"testbed {_name(test)}", FAIL, subtest._subDescription(),
                            detail=self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.report.add(f"testbed {_name(test)}", SKIP, reason)


def testbed(report):
    """The unit tests in scripts/lib/tests."""
    folder = TOP / "scripts/lib/tests"
    suite = unittest.defaultTestLoader.discover(str(folder), top_level_dir=str(TOP / "scripts"))
    report.expect("testbed", [_name(test) for test in _each(suite)])
    suite.run(_Collector(report))


def userspace(report, uapi):
    """The tests of userspace/ that need no GPU; they report KTAP."""
    done = subprocess.run(
        ["make", "-s", "--no-print-directory", "-C", TOP / "userspace", "check-host",
         f"OUT={BUILD / 'user'}", f"UAPI={uapi}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    results = [match for match in map(_KTAP.match, done.stdout.splitlines()) if match]
    report.expect("user", [match.group(3).strip() for match in results])
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
