# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The IGT tests on the kernel's own panthor driver, judged by a table of differences.

Documentation/panthor-differences.csv has a row for each subtest, or pattern of them, that
does not pass on panthor: in which series, what happens there, and why. A subtest that
differs without a row is a failure, and so is a row whose subtest passes, unless the row says
that it may do either. A complaint of the kernel, a time limit or the end of the guest is a
failure with or without a row.
"""

import csv
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from . import TOP, igt, kunit, panthor
from .guest import GuestError
from .results import FAIL, PASS, SKIP
from .session import Session

TABLE = TOP / "Documentation/panthor-differences.csv"
FAILS, EITHER, LEFT_OUT = "fails", "either", "left out"


@dataclass
class Row:
    """A row of the table."""

    subtest: str
    series: str
    result: str
    reason: str

    def fits(self, name, series):
        """Whether the row is about the subtest NAME on a kernel of SERIES."""
        return (fnmatchcase(name, self.subtest) and
                (self.series == "all" or series in self.series.split()))


def read(path=TABLE):
    """The rows of the table. Raises ValueError if a row is malformed."""
    rows = []
    with open(path, newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            row = Row(line["Subtest"], line["Series"], line["Result"], line["Reason"])
            if row.result not in (FAILS, EITHER, LEFT_OUT) or not row.reason:
                raise ValueError(f"{path.name}: {row.subtest}: result {row.result!r}, "
                                 f"reason {row.reason!r}")
            rows.append(row)
    return rows


def verdict(row, status, reason):
    """(status, reason) of a subtest that ended so, in view of its ROW or None."""
    if row is None or (row.result == EITHER and status != FAIL):
        return status, reason
    if status == PASS:
        return FAIL, f"passes, but the table has: {row.reason}"
    if status == SKIP:
        return FAIL, f"is skipped ({reason}), but the table has: {row.reason}"
    return SKIP, f"differs ({reason}): {row.reason}"


class Judge:
    """Judges each subtest by the table."""

    def __init__(self, rows, series):
        self.rows = rows
        self.series = series

    def row(self, name):
        """The row for the subtest NAME, or None."""
        return next((row for row in self.rows if row.fits(name, self.series)), None)

    def amend(self, name, status, reason):
        """The verdict on the subtest NAME, which ended so."""
        return verdict(self.row(name), status, reason)


class Wanted:
    """The subtests to run: wanted by the user, and not left out.

    left_out: reasons of those that are wanted and left out, by name.
    """

    def __init__(self, judge, pattern):
        self.judge = judge
        self.pattern = re.compile(pattern)
        self.left_out = {}

    def search(self, name):
        """Whether to run the subtest NAME."""
        if not self.pattern.search(name):
            return False
        row = self.judge.row(name)
        if row is None or row.result != LEFT_OUT:
            return True
        self.left_out[name] = row.reason
        return False


def run(report, kernel, tree, pattern=""):
    """Run the subtests that match PATTERN on panthor of the kernel TREE."""
    series = ".".join(map(str, panthor.series(tree)))
    judge = Judge(read(), series)
    wanted = Wanted(judge, pattern)
    names = igt.programs()
    setup = f"{igt.setup(kernel, names)} && {panthor.BIND}"
    with Session(kernel, load=panthor.LOAD, setup=setup, **panthor.OPTIONS) as session:
        for program in names:
            try:
                igt.run_program(report, session, program, wanted, kind="panthor",
                                amend=judge.amend)
            except (GuestError, ValueError) as error:
                report.add(f"panthor {kernel.name} {program}", FAIL,
                           str(error).splitlines()[0], detail=str(error))
        kunit.leaks(report, "panthor", session)
    for name, reason in wanted.left_out.items():
        report.add(f"panthor {kernel.name} {name}", SKIP, f"left out: {reason}")
