# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Run several guests in parallel.

A guest has two virtual cores, but most tests keep one busy; so there is one guest per
core of the machine, up to four. The environment variable GUESTS overrides that.
"""

import os
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

from .. import progress
from ..ask import arguments, ending
from . import guest
from .results import FAIL


def _guests(text):
    # The check of the arguments reports what is no number.
    return int(text) if text.isdecimal() and int(text) else min(4, os.cpu_count())


GUESTS = _guests(os.environ.get("GUESTS", ""))


def step(text):
    """Print the time and the next step."""
    minutes, seconds = divmod(int(progress.since_start()), 60)
    progress.line.result(f"=== {minutes:02}:{seconds:02} {text}")


def work(report, name, function):
    """Do a step, and note how long it takes."""
    step(name)
    begin = time.monotonic()
    function()
    report.spent(name, time.monotonic() - begin)


def _work(report, name, function):
    try:
        work(report, name, function)
    except Exception as error:  # a bug of the test bed; the other tasks continue
        report.add(name, FAIL, f"{type(error).__name__}: {error}",
                   detail=traceback.format_exc())


def run(report, tasks):
    """Run TASKS, pairs of a name and a function, GUESTS of them in parallel."""
    pool = ThreadPoolExecutor(GUESTS)
    try:
        for future in [pool.submit(_work, report, *task) for task in tasks]:
            future.result()
    except KeyboardInterrupt:
        abandon(report)
    pool.shutdown()


def abandon(report):
    """End this program after a KeyboardInterrupt, whatever its threads do."""
    ending.hold()
    # They must not report what the end of their guests looks like.
    report.lock.acquire()
    guest.end_all()
    ending.end_children()
    arguments.interrupted()
    sys.stdout.flush()
    os._exit(ending.status())
