# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Results of tests: one line each as they come, a JSON file, the totals."""

import json
import threading
from dataclasses import asdict, dataclass

from ..ask import repeat
from . import BUILD

PASS, FAIL, SKIP = "pass", "fail", "skip"


@dataclass
class Test:
    """Outcome of one test."""

    name: str
    status: str
    reason: str = ""
    seconds: float = 0.0
    detail: str = ""


class Report:
    """Collects results and prints each immediately."""

    def __init__(self, name):
        self.name = name
        self.tests = []
        self.lock = threading.Lock()

    def add(self, name, status, reason="", seconds=0.0, detail=""):
        """Add one result. DETAIL is printed only for a failure."""
        word = "FAIL" if status == FAIL else status
        text = f"{word}  {name}"
        text += f"  ({seconds:.1f} s)" if seconds else ""
        text += f": {reason}" if reason else ""
        if status == FAIL:
            text += "".join(f"\n      | {line}"
                            for line in detail.rstrip().splitlines()[-60:])
            again = repeat.command(name)
            text += f"\n      repeat: {again}" if again else ""
        with self.lock:
            self.tests.append(Test(name, status, reason, round(seconds, 2), detail))
            print(text, flush=True)

    def count(self, status):
        """Number of tests with STATUS."""
        return sum(test.status == status for test in self.tests)

    def write(self):
        """Write build/results/NAME.json."""
        folder = BUILD / "results"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(test) for test in self.tests], indent=1)
        (folder / f"{self.name}.json").write_text(text + "\n")

    def finish(self):
        """Write the file, print the totals; returns the exit status."""
        self.write()
        for test in self.tests:
            if test.status == FAIL:
                print(f"failed: {test.name}: {test.reason}")
                again = repeat.command(test.name)
                if again:
                    print(f"  repeat: {again}")
        print(f"{self.count(PASS)} passed, {self.count(FAIL)} failed, "
              f"{self.count(SKIP)} skipped")
        return 1 if self.count(FAIL) or not self.count(PASS) else 0
