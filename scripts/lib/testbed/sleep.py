# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The whole guest goes to sleep, with jobs and without, and wakes up again."""

from . import igt, kunit
from .guest import GuestError
from .ramguest import RamGuest
from .results import FAIL, SKIP
from .session import Session

_PROGRAM = "panthor_sleep"
# What panthor_sleep tells /sys/power/state: suspend to RAM.
_ENV = {"PANTHOR_SLEEP": "mem"}
# A kernel whose clock has no alarm turns back when all is ready for the firmware to
# cut the power: processors, interrupts and devices are off.
_SETUP = ("[ -e /sys/class/rtc/rtc0/wakealarm ] ||"
          " { echo core >/sys/power/pm_test &&"
          " echo 0 >/sys/module/suspend/parameters/pm_test_delay; }")


def run(report, kernel):
    """Run panthor_sleep in a guest that can sleep."""
    name = f"sleep {kernel.name}"
    with Session(kernel, load=igt.LOAD, setup=_SETUP, kind=RamGuest,
                 modules=igt.LOAD, programs=[igt.FOLDER / _PROGRAM]) as session:
        try:
            if not igt.has_device(report, session, "sleep"):
                return
            igt.run_program(report, session, _PROGRAM, kind="sleep", env=_ENV)
        except (GuestError, ValueError) as error:
            report.add(name, FAIL, str(error).splitlines()[0], detail=str(error))
            return
        kunit.leaks(report, "sleep", session)
    # This guest is one that can sleep: nothing has a reason not to be tested.
    for test in list(report.tests):
        if test.name.startswith(f"{name} {_PROGRAM}@") and test.status == SKIP:
            report.add(f"{test.name} is run", FAIL, test.reason)
