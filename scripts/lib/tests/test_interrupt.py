# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Ctrl-C ends a command with one line."""

import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from lib.testbed import TOP

ALONE = """\
from lib.ask import arguments
import select
def main():
    print("up", flush=True)
    select.select([], [], [])
arguments.run(main)
"""
SCRIPT = """\
import os
os.execvp("bash", ["bash", "-c", '. {top}/scripts/lib/interrupt; echo up;'
                   ' while :; do sleep 0.1; done', "x"])
"""
NESTED = """\
import os, tempfile
from pathlib import Path
from lib.ask import affected, arguments
with tempfile.TemporaryDirectory() as name:
    Path(name, "Makefile").write_text("all:\\n\\t@echo $$$$ up; exec sleep 600\\n")
    arguments.run(lambda: affected.run(["make", "-s", "-C", name], os.environ))
"""
POOL = """\
import threading
from lib.ask import arguments
from lib.testbed import pool
from lib.testbed.results import FAIL, Report
report, gone, reported = Report("x"), threading.Event(), threading.Event()
def end_all():
    gone.set()
    reported.wait(0.5)
pool.guest.end_all = end_all
def task():
    print("up", flush=True)
    gone.wait()
    report.add("t", FAIL, "the guest died")
    reported.set()
arguments.run(lambda: pool.run(report, [("a task", task)]))
"""


class Interrupt(unittest.TestCase):
    """A command that waits, and is interrupted"""

    said = ""

    def interrupt(self, code, **env):
        """Status, output and stderr of Python CODE, interrupted once it has said "up"."""
        env = {**{name: value for name, value in os.environ.items()
                  if name not in ("MAKELEVEL", "FIRST_COMMAND")}, **env}
        # A shell starts background commands with this signal ignored.
        with subprocess.Popen(["env", "--default-signal=INT", sys.executable, "-c", code],
                              text=True, cwd=TOP / "scripts", env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            said = ""
            while not said.endswith("up\n"):
                line = process.stdout.readline()
                self.assertTrue(line, "the command has ended")
                said += line
            self.said = said
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate()
        return process.returncode, rest, errors

    def test_alone(self):
        """A command by itself."""
        self.assertEqual(self.interrupt(ALONE), (130, "", "-c: interrupted\n"))

    def test_first(self):
        """The first of nested commands prints the line."""
        self.assertEqual(self.interrupt(ALONE, FIRST_COMMAND="igt"), (130, "", ""))

    def test_script(self):
        """A shell script, and a script within another."""
        for first, said in (("", "x: interrupted\n"), ("build", "")):
            with self.subTest(first):
                code = SCRIPT.format(top=TOP)
                self.assertEqual(self.interrupt(code, FIRST_COMMAND=first), (130, "", said))

    def test_affected(self):
        """What make has started ends, and no make but the outermost prints a line."""
        self.assertEqual(self.interrupt(NESTED), (130, "", "-c: interrupted\n"))
        stat = Path(f"/proc/{self.said.split()[0]}/stat")
        # init need not have reaped it yet.
        self.assertTrue(not stat.exists() or ") Z " in stat.read_text())

    def test_make(self):
        """make prints the line for the commands that it has started."""
        self.assertEqual(self.interrupt(ALONE, MAKELEVEL="1"), (130, "", ""))

    def test_pool(self):
        """Threads whose guests are ended report nothing."""
        self.assertEqual(self.interrupt(POOL), (130, "", "-c: interrupted\n"))


if __name__ == "__main__":
    unittest.main()
