# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The test bed detects failures.

Each test provokes a failure in a guest, with modules of the kernel that misbehave on
request, and passes only if the test bed reports that failure.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from . import BUILD, TOP
from ..ask import root
from .guest import Guest, GuestError
from .results import FAIL, PASS
from .session import Session

_CRASH = "modprobe lkdtm && echo {} >/sys/kernel/debug/provoke-crash/DIRECT"

# Command, and text that the reason for the failure must contain. The commands of the
# first table do not end a guest in which a WARN is no panic.
_SURVIVED = {
    "WARN": (_CRASH.format("WARNING"), "WARNING: "),
    "use after free": (_CRASH.format("READ_AFTER_FREE"), "KASAN: "),
    "array bounds": (_CRASH.format("ARRAY_BOUNDS"), "UBSAN: "),
    "list corruption": (_CRASH.format("CORRUPT_LIST_ADD"), "list_add"),
    "refcount": (_CRASH.format("REFCOUNT_DEC_ZERO"), "refcount_t: "),
    "time limit": ("sleep 60", "time limit"),
}
_DEADLY = {
    "panic on WARN": (_CRASH.format("WARNING"), "WARNING: "),
    "null pointer": (_CRASH.format("EXCEPTION"), "Oops: "),
    "death without a word": ("echo b >/proc/sysrq-trigger; sleep 90", "died"),
}
_LEAK = ("echo clear >/sys/kernel/debug/kmemleak;"
         "modprobe kmemleak-test && rmmod kmemleak-test")


def _note(report, what, result, good):
    report.add(f"selftest {what}", PASS if good else FAIL,
               "" if good else f"not noticed: {result.reason!r}, {result.status!r}",
               result.seconds, "\n".join([result.output, *result.log]))


def _in_root(report, guest):
    """A command in a root file system that has nothing but a shell."""
    with tempfile.TemporaryDirectory(dir=BUILD) as name:
        top = Path(name)
        (top / "bin").mkdir()
        shutil.copy(shutil.which("busybox"), top / "bin/busybox")
        (top / "bin/sh").symlink_to("busybox")
        line = (f'[ "$PWD" = "{TOP}" ] && [ -e Makefile ] && [ ! -e /bin/bash ] &&'
                " [ -d /proc/self ] && [ -d /sys/kernel ] && [ -c /dev/kmsg ] &&"
                " >/written && echo inside; exit 5")
        result = guest.run(root.command(root.check(name), line), 300)
        good = result.status == 5 and result.output == "inside\n" and not result.reason
        _note(report, "root file system", result, good and not (top / "written").exists())


def _survived(report, kernel):
    with Guest(kernel, panic_on_warn=False) as guest:
        result = guest.run("exit 3")
        _note(report, "exit status", result, result.status == 3 and not result.reason)
        _in_root(report, guest)
        for what, (command, expected) in _SURVIVED.items():
            result = guest.run(command, 5 if expected == "time limit" else 60)
            _note(report, what, result, expected in result.reason)


def _deadly(report, kernel):
    with Session(kernel, load=()) as session:
        for what, (command, expected) in _DEADLY.items():
            result = session.run(command, 60)
            _note(report, what, result,
                  expected in result.reason and result.status == "died")
        result = session.run("true")
        _note(report, "a new guest after a dead guest", result, result.status == 0)
        session.run(_LEAK)
        result = session.finish()
        _note(report, "leak", result,
              result.status == 1 and "unreferenced object" in result.output)


def _processes(text):
    """Numbers of the processes with TEXT in their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text in path.read_text(errors="replace"):
                found.append(path.parent.name)
        except OSError:
            pass  # it has ended
    return found


def _interrupted(report, kernel):
    """Ctrl-C ends a command and its guest with one line."""
    env = {name: value for name, value in os.environ.items()
           if name not in ("MAKELEVEL", "FIRST_COMMAND", "TIMES")}
    with tempfile.TemporaryDirectory() as name, subprocess.Popen(
            # A shell starts background commands with this signal ignored.
            ["env", "--default-signal=INT", TOP / "scripts/vm", "--kernel", kernel.name,
             "--load", "", "--folder", name, "echo up; sleep 600"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=env, start_new_session=True) as process:
        boot = process.stderr.readline()
        up = process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        rest, errors = process.communicate()
        left = _processes(f"path={name}/")
    said = (boot, up, rest, errors, process.returncode, left)
    good = said == (f"booting {kernel.title}\n", "up\n", "", "vm: interrupted\n", 130, [])
    report.add("selftest Ctrl-C", PASS if good else FAIL, "" if good else repr(said))


def run(report, kernel):
    """Run all on KERNEL, which should be the debug kernel."""
    for part in (_survived, _deadly, _interrupted):
        try:
            part(report, kernel)
        except GuestError as error:
            report.add(f"selftest {part.__name__[1:]}", FAIL, str(error).splitlines()[0],
                       detail=str(error))
