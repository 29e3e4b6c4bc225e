# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Mistakes of a driver are told, once, and change nothing.

Each test loads the module jobqueue_provoke with another mistake to make. The
kernel must complain with the words given here, and the module must have got
its job done all the same.
"""

from .guest import Guest, GuestError
from .results import FAIL, PASS

MODULE = "jobqueue_provoke"

# What drm_jobqueue itself says, with the name of the queue.
_MISUSE = {
    "arm-twice": "job armed twice",
    "push-unarmed": "job pushed that is not armed",
    "depend-late": "dependency of an armed job",
    "complete-unarmed": "job completed that is not running",
    "complete-with-nonsense": "error that is no errno",
    "put-armed": "last reference to a job on its way dropped",
    "arm-too-early": "job armed before one that it waits for",
    "start-unstopped": "started more than stopped",
    "resume-unsuspended": "time resumed more often than suspended",
    "requeue-unstopped": "requeue of a queue that is not stopped",
    "look-unstopped": "look at the ring of a queue that is not stopped",
}
# What lockdep says. It does so only once, so each needs a kernel of its own.
_LOCKDEP = {
    "allocate-in-run": "fs_reclaim",
    "reserve-in-run": "reservation_ww_class",
    "stop-under-lock": "drm_jobqueue_run",
}


def _provoke(report, guest, what, expected):
    result = guest.run(f"modprobe {MODULE} what={what} && rmmod {MODULE}", 120)
    log = "\n".join(result.log)
    missing = [text for text in (expected, f"provoke: {what}: done")
               if text not in log]
    if not result.reason:
        missing.append("any complaint")
    report.add(f"provoke {what}", FAIL if missing else PASS,
               "the kernel does not say: " + ", ".join(missing) if missing else "",
               result.seconds, log if missing else "")


def run(report, kernel):
    """Run all on KERNEL, which must have lockdep."""
    lots = [{what: text} for what, text in _LOCKDEP.items()] + [_MISUSE]
    for lot in lots:
        try:
            with Guest(kernel, panic_on_warn=False) as guest:
                guest.run("modprobe drm_jobqueue", 60)
                for what, expected in lot.items():
                    _provoke(report, guest, what, expected)
        except GuestError as error:
            report.add("provoke guest", FAIL, "no guest", detail=str(error))
