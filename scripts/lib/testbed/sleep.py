# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Suspend and resume the whole guest, with and without jobs."""

from . import igt, kunit
from .guest import GuestError
from .ramguest import RamGuest
from .results import FAIL, SKIP
from .session import Session

_PROGRAM = "panthor_sleep"
# The state that panthor_sleep writes to /sys/power/state: suspend to RAM.
_ENV = {"PANTHOR_SLEEP": "mem"}
# Without an alarm of the clock the kernel aborts the suspend at the last step before the
# firmware would cut the power: processors, interrupts and devices are off.
SETUP = ("[ -e /sys/class/rtc/rtc0/wakealarm ] ||"
          " { echo core >/sys/power/pm_test &&"
          " echo 0 >/sys/module/suspend/parameters/pm_test_delay; }")


def run(report, kernel):
    """Run panthor_sleep in a guest that can suspend."""
    name = f"sleep {kernel.name}"
    with Session(kernel, load=igt.LOAD, setup=SETUP, kind=RamGuest,
                 modules=igt.LOAD, programs=[igt.FOLDER / _PROGRAM]) as session:
        try:
            if not igt.has_device(report, session, "sleep"):
                return
            igt.run_program(report, session, _PROGRAM, kind="sleep", env=_ENV)
        except (GuestError, ValueError) as error:
            report.add(name, FAIL, str(error).splitlines()[0], detail=str(error))
            return
        kunit.leaks(report, "sleep", session)
    # This guest can suspend, so a skipped test is a failure.
    for test in list(report.tests):
        if test.name.startswith(f"{name} {_PROGRAM}@") and test.status == SKIP:
            report.add(f"{test.name} is run", FAIL, test.reason)
