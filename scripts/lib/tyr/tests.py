# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The tests of Tyr on the software GPU, judged by a table of its known faults.

Documentation/tyr-faults.csv has a row for each test that Tyr does not pass: in which series,
and why. Such a test counts as skipped; if it passes, that is a failure, unless the row says
that it may do either. A complaint of the kernel, a time limit or the end of the guest is a
failure with or without a row.
"""

import random
import re
import subprocess
from dataclasses import dataclass

from ..ask import arguments
from ..testbed import BUILD, TOP, panthor, panthor_tests
from ..testbed.guest import GuestError
from ..testbed.results import FAIL, PASS
from ..testbed.session import Session
from . import build

TABLE = TOP / "Documentation/tyr-faults.csv"
LOAD = ("drm_jobqueue", "vcsf", "vpanthor", "tyr")
# A translation that Tyr forgot to flush is a fault of the GPU. Tyr waits for 100 ms at most,
# and hardware does not wait for its turn on a processor of a busy host: time in the guest
# counts instructions, and the GPU's thread comes first. The checks of the DMA
# API are off: on x86 the kernel's allocator of page tables flushes without the API, and its
# page-table library, which Tyr uses, synchronises with it.
_APPEND = "vcsf.board=1 vcsf.strict_tlb=2 vcsf.nice=-20 dma_debug=off"
# Time of the guest, which runs fast while the guest waits
LIMIT = 10 ** 8
REBINDS, IMAGES = 100, 300
_GUEST = TOP / "scripts/lib/guest/tyr"
# Of commands to an address space, those that this Tyr uses, with their bit in "only"
_COMMANDS = {"update": "as-stuck 0x2", "lock": "as-stuck 0x4", "flush-pt": "as-stuck 0x10",
             "flush-mem": "as-stuck-unbind 0x20"}


@dataclass(frozen=True)
class Test:
    """A test of the guest's program: its name, and what the program gets."""

    name: str
    arguments: str

    @property
    def command(self):
        """The command for the guest."""
        return f"{_GUEST} {build.FIRMWARE} {self.arguments}"


def guest(real_time):
    """Options of a guest: whether it has two processors, and time passes as on the host."""
    return {"append": _APPEND, "icount": not real_time}


def models():
    """Names of the GPU models of vcsf. Raises Mistake if that is not built."""
    module = BUILD / build.NAME / "vcsf.ko"
    if not module.exists():
        raise arguments.Mistake(f"{module.name} is not built; run: scripts/build {build.NAME}")
    done = subprocess.run(["/sbin/modinfo", "-p", module],
                          stdout=subprocess.PIPE, text=True, check=True)
    text = re.search(r"^model:(.*)$", done.stdout, re.M).group(1)
    return sorted(set(re.findall(r"\bg\d+\b", text)))


def groups(names, seed):
    """The tests as {group: [Test]}: each group runs in a guest of its own.

    NAMES are GPU models, SEED is for the mutated firmware.
    """
    plain = ("bind", "unbind", "query-size", "query-short", "query-long", "query-bad",
             "coherency", "no-image", "foreign-image")
    return {
        "driver": [Test(name, name) for name in plain] + [
            Test("rebind", f"rebind {REBINDS}"),
            Test("rebind-power", f"rebind-power {REBINDS}"),
            Test("unbind-open", "unbind-open 10"),
            Test("remove-open", "remove-open 10")],
        "models": [Test(f"gpu-info@{name}", f"gpu-info {name}") for name in names],
        "inject": [Test(f"inject@{name}", name) for name in
                   ("reset-fail", "reset-fail-again", "power-fail", "mcu-crash", "lost-irq")]
                  + [Test("clock", "clock")],
        "as": [Test(f"inject@as-{name}", arguments)
               for name, arguments in _COMMANDS.items()],
        "images": [Test(f"images@{seed}", f"images {IMAGES} {seed}")],
    }


class Judge:
    """Verdicts by the table of known faults."""

    def __init__(self, rows, series):
        self.rows = rows
        self.series = series

    def __call__(self, name, status, reason):
        row = next((row for row in self.rows if row.fits(name, self.series)), None)
        return panthor_tests.verdict(row, status, reason)


def _outcome(result):
    """(status, reason) of a test that the guest's program ran."""
    if result.status == 0:
        return PASS, ""
    lines = result.output.strip().splitlines()
    return FAIL, lines[-1] if lines else f"status {result.status}"


def _add(report, judge, name, result):
    if result.reason:
        status, reason = FAIL, result.reason
    else:
        status, reason = judge(name, *_outcome(result))
    report.add(f"tyr {name}", status, reason, result.seconds, result.detail)


def _group(report, kernel, judge, name, tests, options):
    """Run TESTS in one guest; then unload the modules and look for leaks."""
    with Session(kernel, load=LOAD, **options) as session:
        for test in tests:
            try:
                _add(report, judge, test.name, session.run(test.command, LIMIT))
            except GuestError as error:
                report.add(f"tyr {test.name}", FAIL, str(error).splitlines()[0],
                           detail=str(error))
        result = session.finish()
        if result is not None:
            _add(report, judge, f"leaks@{name}", result)


def run(report, kernel, tree, args):
    """Run the tests whose name matches ARGS.test on Tyr of the kernel TREE."""
    series = ".".join(map(str, panthor.series(tree)))
    judge = Judge(panthor_tests.read(TABLE), series)
    wanted = re.compile(args.test)
    seed = args.seed or random.randrange(1, 1 << 31)
    for name, tests in groups(models(), seed).items():
        # The search for leaks is a test of the group, and needs the others.
        if not wanted.search(f"leaks@{name}"):
            tests = [test for test in tests if wanted.search(test.name)]
        if tests:
            _group(report, kernel, judge, name, tests, guest(args.real_time))
