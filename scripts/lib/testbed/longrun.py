# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Long runs: races, failing allocations, stress over time.

"make check" has a short form of each.
"""

import random
import re
import sys
import time
from functools import partial

from .. import progress
from . import BUILD, TOP, igt, kunit, pool, programs, provoke, sleep
from .guest import Guest, GuestError
from .ramguest import RamGuest
from .results import FAIL, PASS
from .session import Session


def _stress(report, kernel, label, rounds, jobs):
    """The job queue's stress suites; each result names its seed."""
    kunit.run(report, kernel, ["jobqueue_test"], "drm_jobqueue_stress*",
              [f"seed={random.randrange(1, 1 << 31)} jobs={jobs}"
               for _ in range(rounds)], label)


def race_short(report, kernel):
    """The part that every "make check" runs on the race kernel."""
    _stress(report, kernel, "race", 1, 400)
    provoke.race(report, kernel)
    programs.sample(report, kernel)


# Not vcsf_test: its suites step streams in the test's thread in parallel to the engine's
# thread, which is a race of the tests. IGT and the demo cover races in vcsf.
_RACE_SUITES = ["jobqueue_test", "vpanthor_test"]


# Several threads in one address space or group, memory that others take, jobs that end in
# other threads' resets. Not the measurements among them.
_RACE_IGT = (r"^panthor_((stress|sync|cs_sync|submit|lifetime|vm_bind_async|vm_race|shrink|heap|"
             r"recovery|rotation(?!@(late|fair-many)))@|compute@(store|evicted))")


def race(report, kernel, amount):
    """Everything that has several threads, on the race kernel, for AMOUNT minutes.

    Each part runs once, and then the stress suites until the time is over.
    """
    end = time.monotonic() + 60 * amount
    pool.run(report, [
        ("the KUnit suites", partial(kunit.run, report, kernel, _RACE_SUITES,
                                     label="race kunit")),
        *igt.tasks(report, kernel, _RACE_IGT),
        ("the kernel notices a race", partial(provoke.race, report, kernel)),
        ("the sample driver", partial(programs.sample, report, kernel)),
        ("the demo", partial(programs.demo, report, kernel)),
    ])
    _stress(report, kernel, "race", 1, 2000)
    while time.monotonic() < end and not report.count(FAIL):
        pool.step(f"race: {int((end - time.monotonic()) / 60) + 1} minutes left")
        _stress(report, kernel, "race", 2, 2000)


# Programs that make allocations fail one by one, and record how many per call
_FAULT_PROGRAMS = ("panthor_alloc_fail", "panthor_fault_calls", "panthor_fault_device",
                   "panthor_fault_probe")
_POINTS = "points"
# All points of a call, on a slow machine
_FAULT_LIMIT = 1200


def _sweeps(report, kernel, amount):
    """The sweeps of system calls, with a table of the points that they hit."""
    env = {"PANTHOR_POINTS": f"/run/testbed/{_POINTS}", "PANTHOR_FAULTS": str(amount)}
    points = ""
    with Session(kernel, load=igt.LOAD, setup=igt.setup(kernel, _FAULT_PROGRAMS)) as session:
        for program in _FAULT_PROGRAMS:
            try:
                igt.run_program(report, session, program, env=env,
                                limit=_FAULT_LIMIT)
            except (GuestError, ValueError) as error:
                report.add(f"igt {kernel.name} {program}", FAIL, str(error).splitlines()[0],
                           detail=str(error))
            points += session.guest.take(_POINTS) if session.guest else ""
        kunit.leaks(report, "igt", session)
    print(f"{'call':24}{'points':>10}{'injected':>10}{'calls failed':>14}")
    for name, hit, injected, failed in map(str.split, points.splitlines()):
        print(f"{name:24}{hit:>10}{injected:>10}{failed:>14}")


def faults(report, kernel, amount):
    """Every suite in which allocations fail one by one."""
    pool.run(report, [
        ("KUnit", partial(kunit.run, report, kernel, ["jobqueue_test"], "*alloc*",
                          label="faults kunit", show="allocations failed")),
        ("system calls", partial(_sweeps, report, kernel, amount)),
    ])


# Streams per command, which keeps a command within its time limit.
_FUZZ_STREAMS = 100000


def fuzz_cs(report, kernel, amount, seed=None):
    """Random command streams; each part prints statistics."""
    seed = random.randrange(1, 1 << 31) if seed is None else seed
    parts = [(number, min(_FUZZ_STREAMS, amount - number))
             for number in range(0, amount, _FUZZ_STREAMS)]
    kunit.run(report, kernel, ["vcsf_test"], "vcsf_fuzz",
              [f"fuzz_seed={seed} fuzz_first={first} fuzz_streams={count}"
               for first, count in parts],
              "fuzz-cs", r"# vcsf_fuzz_streams: ")


# Evictions need swap.
_SWAP = ("modprobe -q zram && echo 256M >/sys/block/zram0/disksize &&"
         " mkswap -q /dev/zram0 && swapon /dev/zram0; true")
_CYCLES = TOP / "scripts/lib/guest/cycles"
_SOAK = BUILD / "user/soak/vpan-soak"
# With the ledger's own time limits, on a slow machine
_SOAK_EXTRA = 600


def _ledger(report, kernel, what, minutes, *options, kind=Guest, setup=_SWAP, **guest):
    """A mixed load; the ledger decides, and the kernel's complaints."""
    seed = random.randrange(1, 1 << 31)
    name = f"soak {kernel.name} {what} seed {seed}"
    command = " ".join([str(_SOAK), f"--minutes={minutes}", f"--seed={seed}", *options])
    with Session(kernel, load=igt.LOAD, setup=setup, kind=kind, **guest) as session:
        try:
            result = session.run(command, 60 * minutes + _SOAK_EXTRA,
                                 show=sys.stdout.buffer if progress.verbose() else
                                 progress.Countdown(f"soak {what}", 60 * minutes, "soak "))
        except GuestError as error:
            report.add(name, FAIL, str(error).splitlines()[0], detail=str(error))
            return
        lines = result.output.splitlines()
        if not progress.verbose():
            progress.line.result("\n".join(_summary(lines)))
        good = result.status == 0 and lines and lines[-1].startswith("ledger: ")
        reason = result.reason or ("" if good else f"exit status {result.status}")
        report.add(name, FAIL if reason else PASS, reason, result.seconds, result.detail)
        kunit.leaks(report, f"soak {what}", session)


def _summary(lines):
    """What vpan-soak prints at its end, without its regular lines before."""
    last = max((i for i, line in enumerate(lines) if line.startswith("soak ")), default=0)
    return lines[last:]


def soak_short(report, kernel):
    """The part that every "make check" runs."""
    _ledger(report, kernel, "short", 0.5, "--rebind=12")


def soak(report, kernel, amount):
    """The ledger for AMOUNT minutes; for a fifth of them the whole guest sleeps."""
    _ledger(report, kernel, "long", amount * 0.8)
    _ledger(report, kernel, "sleep", amount * 0.2, "--sleep=system", kind=RamGuest,
            setup=sleep.SETUP, modules=igt.LOAD, programs=[_SOAK])


def stress(report, kernel, amount):
    """Repeat stress tests until the time is over or a test fails."""
    end = time.monotonic() + 60 * amount
    while time.monotonic() < end and not report.count(FAIL):
        pool.step(f"stress: {int((end - time.monotonic()) / 60) + 1} minutes left")
        pool.run(report, [
            ("the stress suites", partial(_stress, report, kernel, "stress", 2, 20000)),
            *igt.tasks(report, kernel, "stress|lifetime"),
            ("modules out and in again", partial(programs.reload, report, kernel)),
        ])


class _Cycles:
    """Gets what the cycles print: shows how many are done."""

    def __init__(self, amount):
        self.amount = amount
        self.begin = time.monotonic()

    def write(self, data):
        """Some of the output."""
        done = re.findall(rb"cycle (\d+) of", data)
        if progress.verbose():
            sys.stdout.write(data.decode(errors="replace"))
        elif done:
            each = (time.monotonic() - self.begin) / int(done[-1])
            progress.line.show(f"cycle {int(done[-1])}/{self.amount}, "
                               + progress.left(each * (self.amount - int(done[-1]))))

    def flush(self):
        """As of a file."""


def cycles(report, kernel, amount):
    """Unload and load the modules AMOUNT times while clients work and are killed."""
    name = f"cycles {kernel.name} {amount} times"
    with Session(kernel, load=igt.LOAD) as session:
        try:
            result = session.run(f"{_CYCLES} {amount} {_SOAK}", 60 + 60 * amount,
                                 show=_Cycles(amount))
        except GuestError as error:
            report.add(name, FAIL, str(error).splitlines()[0], detail=str(error))
            return
        good = result.status == 0 and f"cycle {amount} of {amount}" in result.output
        reason = result.reason or ("" if good else f"exit status {result.status}")
        report.add(name, FAIL if reason else PASS, reason, result.seconds, result.detail)
        kunit.leaks(report, "cycles", session)
