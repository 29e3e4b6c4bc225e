# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Ctrl-C, SIGTERM and SIGHUP end a command with one line, and all that it has started."""

import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

from lib.testbed import TOP

# Seconds in which all has ended for sure
LIMIT = 120
# It looks for signals again and again: a signal that comes just before a system call that
# waits for ever does not end the call.
ALONE = """\
from lib.ask import arguments
import time
def main():
    print("up", flush=True)
    while True:
        time.sleep(0.1)
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
# Two shells below each other that wait, neither of which make or a terminal knows
DEEP = """\
import subprocess
from lib.ask import arguments
arguments.run(lambda: subprocess.run(
    ["bash", "-c", "bash -c 'echo $$ up; sleep 600; :'; :"]).returncode)
"""
DEEP_SCRIPT = """\
import os
os.execvp("bash", ["bash", "-c", '. {top}/scripts/lib/interrupt;'
                   " bash -c 'echo $$ up; sleep 600; :'; :", "x"])
"""
# A process that does not end when it is told to
STUBBORN = """\
import subprocess
from lib.ask import arguments, ending
ending.SECONDS = 1
arguments.run(lambda: subprocess.Popen(
    ["bash", "-c", "trap 'echo told' TERM; echo $$ up; while :; do sleep 0.05; done"]).wait())
"""
# make tells its shell only, which does not wait for the end of the command.
MADE = """\
import os, sys, tempfile
from pathlib import Path
name = tempfile.mkdtemp()
Path(name, "code").write_text(os.environ["CODE"])
Path(name, "Makefile").write_text(f"all:\\n\\t@:; {{sys.executable}} {{name}}/code; :\\n")
os.environ["PYTHONPATH"] = "{top}/scripts"
os.execvp("make", ["make", "-s", "-C", name])
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

    def interrupt(self, code, by=signal.SIGINT, again=None, **env):
        """Status, output and stderr of Python CODE, sent a signal once it has said "up".

        AGAIN is sent once what it has started was told to end, and has said so.
        """
        env = {**{name: value for name, value in os.environ.items()
                  if name not in ("MAKELEVEL", "FIRST_COMMAND", "TIMES")}, **env}
        # A shell starts background commands with the one ignored, nohup with the other.
        with subprocess.Popen(["env", "--default-signal=INT,HUP", sys.executable, "-c", code],
                              text=True, cwd=TOP / "scripts", env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            said = ""
            while not said.endswith("up\n"):
                line = process.stdout.readline()
                self.assertTrue(line, "the command has ended")
                said += line
            self.said = said
            process.send_signal(by)
            if again:
                self.assertEqual(process.stdout.readline(), "told\n")
                process.send_signal(again)
            try:
                rest, errors = process.communicate(timeout=LIMIT)
            except subprocess.TimeoutExpired:
                # What still has the pipes; it says its number first.
                if said.split()[0].isdigit():
                    os.kill(int(said.split()[0]), signal.SIGKILL)
                process.kill()
                self.fail("what the command has started goes on")
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

    def gone(self):
        """Fail unless the process that has said "up" ends."""
        stat = Path(f"/proc/{self.said.split()[0]}/stat")
        try:
            end = time.monotonic() + LIMIT
            while ") Z " not in stat.read_text():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
        except (FileNotFoundError, ProcessLookupError):
            pass

    def test_other_signals(self):
        """A command ends with one line that says why."""
        for number, text in ((signal.SIGTERM, "terminated"),
                             (signal.SIGHUP, "terminal closed")):
            for code, name in ((ALONE, "-c"), (SCRIPT.format(top=TOP), "x"), (POOL, "-c")):
                with self.subTest(text, code=code):
                    self.assertEqual(self.interrupt(code, number),
                                     (128 + number, "", f"{name}: {text}\n"))

    def test_descendants(self):
        """What a command has started, and what that has started, ends with it."""
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            for code in (DEEP, DEEP_SCRIPT.format(top=TOP), NESTED):
                with self.subTest(number, code=code):
                    status, rest, _ = self.interrupt(code, number)
                    self.assertEqual((status, rest), (128 + number, ""))
                    self.gone()

    def test_twice(self):
        """A second signal does not keep the first one from ending all."""
        for first, second in ((signal.SIGINT, signal.SIGINT), (signal.SIGINT, signal.SIGTERM),
                              (signal.SIGTERM, signal.SIGINT),
                              (signal.SIGTERM, signal.SIGTERM)):
            with self.subTest(first=first, second=second):
                status, _, errors = self.interrupt(STUBBORN, first, again=second)
                self.assertEqual(status, 128 + first, errors)
                # Bash says that its command was terminated, too.
                self.assertTrue(errors.splitlines()[-1].startswith("-c: "), errors)
                self.assertNotIn("Traceback", errors)
                self.gone()

    def test_below_make(self):
        """make ends, and then what its shells have started."""
        for code in (DEEP, DEEP_SCRIPT.format(top=TOP)):
            with self.subTest(code):
                status, _, errors = self.interrupt(MADE.format(top=TOP), signal.SIGTERM,
                                                   CODE=code)
                self.assertNotEqual(status, 0)
                self.assertNotIn("Traceback", errors)
                self.gone()

    def test_nohup(self):
        """A signal that is ignored stays so."""
        code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + \
            ALONE.replace("    while True:", "    for _ in range(5):").replace(
                "arguments.run", "    return 3\narguments.run")
        self.assertEqual(self.interrupt(code, signal.SIGHUP), (3, "", ""))

    def test_make(self):
        """make prints the line for the commands that it has started."""
        self.assertEqual(self.interrupt(ALONE, MAKELEVEL="1"), (130, "", ""))

    def test_pool(self):
        """Threads whose guests are ended report nothing."""
        self.assertEqual(self.interrupt(POOL), (130, "", "-c: interrupted\n"))


if __name__ == "__main__":
    unittest.main()
