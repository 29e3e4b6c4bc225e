# SPDX-License-Identifier: GPL-2.0 OR MIT
"""What a command prints while it works: its steps, how far it is, the time left.

A step is a line. Below it, a terminal has a status that changes in place and is erased
before any other line; elsewhere the status is a line of its own, at most one in half a
minute. All of it goes to stderr, so that stdout has results only. Two variables of the
environment change it: V=1 prints each result and no status, TIMES=1 prints what each part
has taken.
"""

import contextlib
import json
import os
import shutil
import sys
import threading
import time

PERIOD = 30
# A run of more tests counts those that pass and does not list them.
FEW = 20
_COLOURS = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}
_START = time.monotonic()


def verbose():
    """Whether all results and commands are printed."""
    return os.environ.get("V", "") not in ("", "0")


def _terminal(stream):
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def colour(text, name, stream=None):
    """TEXT in a colour if STREAM, by default stdout, is a terminal that has any."""
    stream = stream or sys.stdout
    if not _terminal(stream) or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m"


def left(seconds):
    """The time left as a text."""
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes < 100 else f"about {minutes / 60:.0f} h left"


class Line:
    """The steps and the status of this process."""

    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.lock = threading.RLock()
        self.printed = None  # time of the last line that is no result
        self.shown = False
        self.steps = set()

    def step(self, text):
        """Begin a step: print TEXT, once."""
        with self.lock:
            if text in self.steps:
                return
            self.steps.add(text)
            self._line(text)

    def show(self, text):
        """Set the status to TEXT."""
        with self.lock:
            if verbose() or not text:
                return
            if not _terminal(sys.stderr):
                if self.printed is None:
                    self.printed = self.clock()
                elif self.clock() - self.printed >= PERIOD:
                    self._line(text)
                return
            width = shutil.get_terminal_size().columns - 1
            self._write("\r" + colour(text[:width], "cyan", sys.stderr) + "\x1b[K")
            self.shown = True

    def clear(self):
        """Erase the status."""
        with self.lock:
            if self.shown:
                self._write("\r\x1b[K")
                self.shown = False

    def result(self, text):
        """Print TEXT to stdout, which may be the same terminal."""
        with self.lock:
            self.clear()
            print(text, flush=True)

    def _line(self, text):
        self.clear()
        self.printed = self.clock()
        self._write(text + "\n")

    @staticmethod
    def _write(text):
        sys.stderr.write(text)
        sys.stderr.flush()


line = Line()


class Countdown:
    """Gets what a command prints that runs for SECONDS: shows the time left.

    With MARK, also the last line that begins with it.
    """

    def __init__(self, what, seconds, mark=None):
        self.what = what
        self.mark = mark and mark.encode()
        self.rest = b""
        self.end = time.monotonic() + seconds

    def write(self, data):
        """Called regularly, often without data."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for text in lines:
            if self.mark and text.startswith(self.mark):
                self.what = text.decode(errors="replace")
        seconds = self.end - time.monotonic()
        line.show(f"{left(seconds) if seconds > 0 else 'ending'}: {self.what}")

    def flush(self):
        """As of a file."""


class Counts:
    """How many of the tests that a run has are done.

    Tests are named KIND NAME; a kind may have several words.
    """

    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.begin = clock()
        self.expected = {}
        self.done = {}
        self.usual = None  # seconds of the whole run the last time

    def expect(self, kind, names):
        """The tests NAMES of KIND are to come."""
        self.expected.setdefault(kind, set()).update(names)
        self.done.setdefault(kind, set())

    def few(self, name):
        """Whether the test NAME is one of few, or of none that is expected."""
        kind = self._kind(name)
        return kind is None or len(self.expected[kind]) <= FEW

    def count(self, name):
        """The test NAME is done."""
        kind = self._kind(name)
        if kind is None:
            return
        name = name[len(kind) + 1:]
        # A case of KUnit with parameters has one result for each.
        for each in (name, ".".join(name.split(".")[:2])):
            if each in self.expected[kind]:
                self.done[kind].add(each)

    def text(self):
        """The status, "" if nothing is expected."""
        parts = [f"{kind} {len(self.done[kind])}/{len(names)}"
                 for kind, names in self.expected.items()
                 if len(self.done[kind]) < len(names)]
        return ", ".join(parts + self._left() * bool(parts))

    def _left(self):
        passed = self.clock() - self.begin
        if self.usual:
            return [left(self.usual - passed)] if passed < self.usual else []
        total = sum(map(len, self.expected.values()))
        done = sum(map(len, self.done.values()))
        # Little is known from few tests.
        if done < 10 or total <= FEW:
            return []
        return [left(passed * (total - done) / done)]

    def _kind(self, name):
        fits = [kind for kind in self.expected if name.startswith(kind + " ")]
        return max(fits, key=len, default=None)


def usual(path, command, seconds=None):
    """Seconds that COMMAND took according to the file PATH, None if unknown.

    With SECONDS, note them for the next time.
    """
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        known = {}
    if seconds is not None:
        known[command] = round(seconds)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(known, indent=1) + "\n")
    return known.get(command)


@contextlib.contextmanager
def timed(what):
    """Print what a part of the work takes, if the environment asks for it."""
    begin = time.monotonic()
    try:
        yield
    finally:
        took(what, time.monotonic() - begin)


def took(what, seconds):
    """Print that WHAT took SECONDS, if the environment asks for it."""
    if os.environ.get("TIMES", "") not in ("", "0"):
        with line.lock:
            line.clear()
            print(f"time  {seconds:6.2f} s  {what}", file=sys.stderr, flush=True)


def since_start():
    """Seconds since this module was loaded."""
    return time.monotonic() - _START
