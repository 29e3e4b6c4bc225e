# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Long runs: races, failing allocations, stress over time.

"make check" has a short form of each.
"""

import random
import time
from functools import partial

from . import igt, kunit, pool, programs, provoke
from .results import FAIL


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


def race(report, kernel, amount):
    """Everything that has several threads, on the race kernel."""
    pool.run(report, [
        ("the stress suites", partial(_stress, report, kernel, "race", amount, 2000)),
        ("the KUnit suites", partial(kunit.run, report, kernel, _RACE_SUITES,
                                     label="race kunit")),
        *igt.tasks(report, kernel, "stress|sync|submit|lifetime"),
        ("the kernel notices a race", partial(provoke.race, report, kernel)),
        ("the sample driver", partial(programs.sample, report, kernel)),
        ("the demo", partial(programs.demo, report, kernel)),
    ])


def faults(report, kernel, _):
    """Every suite in which allocations fail one by one."""
    pool.run(report, [
        ("KUnit", partial(kunit.run, report, kernel, None, "*alloc*",
                          label="faults kunit")),
        *igt.tasks(report, kernel, "alloc"),
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


def soak(report, kernel, amount):
    """Repeat stress tests until the time is over or a test fails."""
    end = time.monotonic() + 60 * amount
    while time.monotonic() < end and not report.count(FAIL):
        pool.step(f"soak: {int((end - time.monotonic()) / 60) + 1} minutes left")
        pool.run(report, [
            ("the stress suites", partial(_stress, report, kernel, "soak", 2, 20000)),
            *igt.tasks(report, kernel, "stress|lifetime"),
            ("modules out and in again", partial(programs.reload, report, kernel)),
        ])
