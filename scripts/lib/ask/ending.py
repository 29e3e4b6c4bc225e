# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The end of a command by a signal: all that it has started ends with it.

Ctrl-C reaches all processes of a terminal, but SIGTERM and SIGHUP the command alone. They
raise KeyboardInterrupt as Ctrl-C does, so that the same code cleans up. What is left of the
command's descendants after that is ended here. A command that make has started gets SIGTERM
when its shell ends: make tells the shell only.
"""

import ctypes
import os
import signal
import time
from pathlib import Path

_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36
_NAMES = {signal.SIGTERM: "terminated", signal.SIGHUP: "terminal closed"}
# Time for descendants to end by themselves
SECONDS = 10


class _Signal:
    """The signal that ends the command."""

    number = signal.SIGINT


def text():
    """What to say of the end."""
    return _NAMES.get(_Signal.number, "interrupted")


def status():
    """Exit status after it."""
    return 128 + _Signal.number


def hold():
    """Let no further signal interrupt the end, which another one has begun."""
    for each in (signal.SIGINT, *_NAMES):
        signal.signal(each, lambda *_: None)


def _raise(number, _):
    hold()
    _Signal.number = number
    # Not a class of its own: Popen waits for its process at the end of a "with" unless
    # the exception is this one.
    raise KeyboardInterrupt


def watch():
    """Raise KeyboardInterrupt for these signals from here on, and become the parent of all descendants."""
    for number in _NAMES:
        # nohup ignores one of them.
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _raise)
    prctl = ctypes.CDLL(None).prctl
    prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.environ.get("MAKELEVEL"):
        prctl(_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _descendants():
    """Numbers of the processes that descend from this one and run, parents first."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        parents[int(path.parent.name)] = int(parent), state
    found, new = [], {os.getpid()}
    while new:
        new = {number for number, (parent, _) in parents.items() if parent in new}
        found += sorted(new)
    return [number for number in found if parents[number][1] != "Z"]


def _send(numbers, what):
    for number in numbers:
        try:
            os.kill(number, what)
        except (ProcessLookupError, PermissionError):
            pass


def end_children():
    """End all descendants: at first by SIGTERM, after SECONDS by SIGKILL.

    Parents are told first: a make whose child has ended by a signal says so, unless it knows
    that it is to end as well.
    """
    hold()
    end, told = time.monotonic() + SECONDS, set()
    while left := _descendants():
        if time.monotonic() > end:
            _send(left, signal.SIGKILL)
            return
        _send([number for number in left if number not in told], signal.SIGTERM)
        told.update(left)
        time.sleep(0.05)
