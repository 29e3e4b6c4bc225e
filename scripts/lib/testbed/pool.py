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

from . import guest
from .results import FAIL

START = time.monotonic()
GUESTS = int(os.environ.get("GUESTS") or min(4, os.cpu_count()))


def step(text):
    """Print the time and the next step."""
    minutes, seconds = divmod(int(time.monotonic() - START), 60)
    print(f"=== {minutes:02}:{seconds:02} {text}", flush=True)


def _work(report, name, function):
    step(name)
    try:
        function()
    except Exception as error:  # a bug of the test bed; the other tasks continue
        report.add(name, FAIL, f"{type(error).__name__}: {error}",
                   detail=traceback.format_exc())


def run(report, tasks):
    """Run TASKS, pairs of a name and a function, GUESTS of them in parallel."""
    pool = ThreadPoolExecutor(GUESTS)
    futures = [pool.submit(_work, report, *task) for task in tasks]
    try:
        for future in futures:
            future.result()
    except KeyboardInterrupt:
        guest.end_all()
        sys.stdout.flush()
        os._exit(130)
    pool.shutdown()
