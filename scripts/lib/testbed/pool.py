# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Several guests at a time.

A guest has two virtual cores, but most tests keep one busy; so there are as many
guests as the machine has cores, four at most. GUESTS says otherwise.
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
    """Say what comes next, and when."""
    minutes, seconds = divmod(int(time.monotonic() - START), 60)
    print(f"=== {minutes:02}:{seconds:02} {text}", flush=True)


def _work(report, name, function):
    step(name)
    try:
        function()
    except Exception as error:  # the test bed's own fault; the others go on
        report.add(name, FAIL, f"{type(error).__name__}: {error}",
                   detail=traceback.format_exc())


def run(report, tasks):
    """Run TASKS, pairs of a name and a function, GUESTS of them at a time."""
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
