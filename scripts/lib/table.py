# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The table of kernels in the documentation: what ran on which of them, with what result."""

import csv
import io
import re
from pathlib import Path

from .testbed import TOP
from .testbed.results import PASS, SKIP

FILE = TOP / "Documentation/kernels.csv"
_HOST = "build host"
_FIRST = ("release", "architecture", "CPU pages", _HOST)
_ORDER = ("stock", "rt", "debug", "race", "next", "debug-next", "arm64", "arm64-16k")


def read(path=FILE):
    """The cells: {(kernel, build host): {row: text}}."""
    lines = path.read_text().splitlines() if path.exists() else []
    if not lines:
        return {}
    head, *rows = csv.reader(lines)
    columns = [(kernel, {row[0]: row[i] for row in rows if row[i]})
               for i, kernel in enumerate(head) if i]
    return {(kernel, column.get(_HOST, "")): column for kernel, column in columns}


def text(cells):
    """The file with CELLS: facts of the kernels first, then the programs by name."""
    kernels = sorted(cells, key=lambda key: (_ORDER.index(key[0]), key[1]))
    programs = {row for column in cells.values() for row in column} - {*_FIRST}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["", *(name for name, _ in kernels)])
    for row in (*_FIRST, *sorted(programs)):
        writer.writerow([row, *(cells[kernel].get(row, "") for kernel in kernels)])
    return out.getvalue()


def host():
    """The name of this machine's system: "Debian 12"."""
    system = Path("/etc/os-release").read_text()
    name = re.search(r'^PRETTY_NAME="?([^"(\n]*)', system, re.M)
    return (name.group(1) if name else "unknown").replace("GNU/Linux ", "").strip()


def facts(kernel):
    """The first rows of KERNEL's column."""
    pages = "16 KiB" if kernel.name.endswith("-16k") else "4 KiB"
    return dict(zip(_FIRST, (kernel.release, "arm64" if kernel.arm64 else "amd64", pages,
                             host())))


def results(kernel, tests):
    """Rows with the results of KERNEL among TESTS: {program: "P of N"}."""
    found = {}
    for test in tests:
        name = re.escape(kernel.name)
        if kernel.packaged and test.name.startswith("kunit "):
            # A run on several kernels: Debian's are built without KUnit.
            continue
        match = re.fullmatch(rf"igt {name} (?:i386/)?(\w+)@.*|"
                             rf"(demo|sample|sample native|sample gang) {name}|"
                             rf"(kunit) \S+\..*", test.name)
        if match:
            found.setdefault(match.group(match.lastindex), []).append(test.status)
    rows = {}
    for program, states in found.items():
        skipped = states.count(SKIP)
        rows[program] = f"{states.count(PASS)} of {len(states)}"
        rows[program] += f", {skipped} skipped" if skipped else ""
    return rows


def write(report, kernels, path=FILE, whole=False):
    """Write the results in REPORT to the columns of KERNELS, as built on this host.

    Other cells of a column stay, unless the results are those of a WHOLE run.
    """
    cells = read(path)
    for kernel in kernels:
        key = kernel.name, host()
        column = {} if whole else cells.get(key, {})
        cells[key] = {**column, **facts(kernel), **results(kernel, report.tests)}
    path.write_text(text(cells))
