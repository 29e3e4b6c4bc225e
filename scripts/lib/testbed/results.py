# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Results of tests: one line each as they come, a JSON file, the totals."""

import json
import os
import shlex
import sys
import threading
from dataclasses import asdict, dataclass

from .. import progress
from ..ask import repeat
from . import BUILD

PASS, FAIL, SKIP = "pass", "fail", "skip"
_COLOURS = {PASS: "green", FAIL: "red", SKIP: "yellow"}


@dataclass
class Test:
    """Outcome of one test."""

    name: str
    status: str
    reason: str = ""
    seconds: float = 0.0
    detail: str = ""


class Report:
    """Collects results and prints them immediately, or how many there are: see progress.py."""

    def __init__(self, name):
        self.name = name
        self.tests = []
        self.lock = threading.Lock()
        self.steps = []
        self.counts = progress.Counts()
        self.command = shlex.join([os.path.basename(sys.argv[0]), *sys.argv[1:]])
        self.counts.usual = progress.usual(self._times(), self.command)

    def expect(self, kind, names):
        """The results "KIND NAME" with these NAMES are to come."""
        with self.lock:
            self.counts.expect(kind, names)

    def seen(self, name):
        """The test NAME has ended; its result follows."""
        with self.lock:
            self.counts.count(name)
            progress.line.show(self._status())

    def add(self, name, status, reason="", seconds=0.0, detail=""):
        """Add one result. DETAIL is printed only for a failure."""
        word = "FAIL" if status == FAIL else status
        text = progress.colour(word, _COLOURS[status]) + f"  {name}"
        text += f"  ({seconds:.1f} s)" if seconds else ""
        text += f": {reason}" if reason else ""
        if status == FAIL:
            text += "".join(f"\n      | {line}"
                            for line in detail.rstrip().splitlines()[-60:])
            again = repeat.command(name)
            text += f"\n      repeat: {again}" if again else ""
        with self.lock:
            self.tests.append(Test(name, status, reason, round(seconds, 2), detail))
            self.counts.count(name)
            if status != PASS or progress.verbose() or self.counts.few(name):
                progress.line.result(text)
            progress.line.show(self._status())

    def spent(self, name, seconds):
        """The step NAME has taken SECONDS."""
        with self.lock:
            self.steps.append((name, seconds))

    def print_steps(self):
        """Print what the steps took, the longest first. Guests run in parallel."""
        progress.line.clear()
        print("min:s  step")
        for name, seconds in sorted(self.steps, key=lambda step: -step[1]):
            minutes, seconds = divmod(round(seconds), 60)
            print(f"{minutes:3}:{seconds:02} {name}")

    def count(self, status):
        """Number of tests with STATUS."""
        return sum(test.status == status for test in self.tests)

    def write(self):
        """Write build/results/NAME.json; returns its path."""
        path = BUILD / f"results/{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(test) for test in self.tests], indent=1)
        path.write_text(text + "\n")
        return path

    def finish(self):
        """Write the file, print the totals; returns the exit status."""
        path = self.write()
        progress.usual(self._times(), self.command, progress.since_start())
        progress.line.clear()
        for test in self.tests:
            if test.status == FAIL:
                print(f"{progress.colour('failed', 'red')}: {test.name}: {test.reason}")
                again = repeat.command(test.name)
                if again:
                    print(f"  repeat: {again}")
        print(f"results: {os.path.relpath(path)}")
        print(f"{self.count(PASS)} passed, {self.count(FAIL)} failed, "
              f"{self.count(SKIP)} skipped")
        return 1 if self.count(FAIL) or not self.count(PASS) else 0

    @staticmethod
    def _times():
        return BUILD / "times.json"

    def _status(self):
        """How far the run is, with what has failed."""
        text, failed = self.counts.text(), self.count(FAIL)
        return f"{failed} failed, {text}" if text and failed else text
