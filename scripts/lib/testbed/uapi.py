# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Check Documentation/uapi.rst: each documented error has an existing test, which gets
that error.
"""

import functools
import re

from . import TOP
from .results import FAIL, PASS

_PAGE = TOP / "Documentation/uapi.rst"
_IOCTLS = TOP / "drivers/vpanthor/uapi/ioctl.c"
_TABLE = re.compile(r"^=+ =+(?: =+)?$", re.M)
_ERRNO = re.compile(r"^(E[A-Z0-9]+)  ", re.M)
# Errors that any call may return, see the top of the page.
_COMMON = "any"
_BY_FENCE = ("ECANCELED",)


def sections(text):
    """Pairs (title, text) of the sections of the part "Errors"."""
    part = text.split("\nErrors\n======\n", 1)[1].split("\nWhich test shows it\n", 1)[0]
    pieces = re.split(r"^(.+)\n-{3,}\n", part, flags=re.M)[1:]
    return list(zip(pieces[::2], pieces[1::2]))


def promised(text):
    """For each section: its calls and the errors that its table lists."""
    return [(re.split(r",\s*", title), _ERRNO.findall(body))
            for title, body in sections(text)]


def table(text):
    """Rows (call, errno, [tests]) of the table of tests, with full names of tests."""
    part = text.split("\nWhich test shows it\n", 1)[1]
    start, end = [match.end() for match in _TABLE.finditer(part)][1:3]
    rows = []
    for line in part[start:end].splitlines():
        cells = line.split(None, 2) if line[:1] not in ("", " ", "=") else None
        if cells:
            rows.append([*cells[:2], cells[2]])
        elif line.startswith(" "):
            rows[-1][2] += " " + line.strip()
    return [(call, errno, _tests(names)) for call, errno, names in rows]


def _tests(names):
    program, tests = "", []
    for name in re.findall(r"``([^`]+)``", names):
        program = name.split("@")[0] or program
        tests.append(program + "@" + name.split("@", 1)[1])
    return tests


def complaints(text, existing, calls):
    """Errors in the page's TEXT, as lines.

    EXISTING are all subtests, CALLS the names of the ioctls.
    """
    rows = table(text)
    found = []
    for call, errno, tests in rows:
        found += [f"{call} {errno}: there is no test {test}"
                  for test in tests if test not in existing]
        if not tests:
            found.append(f"{call} {errno}: no test is named")
    told = {(call, errno) for call, errno, _ in rows}
    titles = [call for names, _ in promised(text) for call in names]
    for names, errors in promised(text):
        for errno in errors:
            if not told & {(call, errno) for call in names}:
                found.append(f"{', '.join(names)}: no test of {errno}")
    for call, errno in sorted(told):
        if call != _COMMON and call not in titles:
            found.append(f"{call}: has tests, but no section")
    for call in calls:
        if call not in titles:
            found.append(f"{call}: has no section")
        if not any(call == row[0] for row in rows):
            found.append(f"{call}: no error of it has a test")
    return found


def ioctls():
    """Names of all ioctls of the driver."""
    return re.findall(r"VPAN_IOCTL\(([A-Z_]+),", _IOCTLS.read_text())


@functools.lru_cache(maxsize=None)
def _shown():
    rows = {}
    for call, errno, tests in table(_PAGE.read_text()):
        for test in tests:
            rows.setdefault(test, []).append((call, errno))
    return rows


def unseen(test, record, rows=None):
    """Errors (call, errno) that the page lists for TEST, but that it did not get.

    RECORD is what it got, as lines of userspace/igt/lib/test_record.c. ROWS is what to
    compare with: {test: [(call, errno)]}, the page's by default.
    """
    seen = {tuple(line.split()) for line in record.splitlines()}
    errnos = {errno for _, errno in seen}
    return [(call, errno) for call, errno in (rows or _shown()).get(test, ())
            if (call, errno) not in seen
            # Errors after the call are reported by its fences.
            and ("fence" if errno in _BY_FENCE else call, errno) not in seen
            and not (call == _COMMON and errno in errnos)]


def run(report, existing):
    """Add the verdict; EXISTING are all subtests."""
    text = "\n".join(complaints(_PAGE.read_text(), existing, ioctls()))
    report.add("uapi.rst names a test for each error", FAIL if text else PASS,
               text.splitlines()[0] if text else "", detail=text)
