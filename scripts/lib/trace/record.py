# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Record a command in a guest, and convert what trace-cmd has recorded."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from ..testbed import BUILD
from . import build, chrome, events, page, svg

MODULES = ("vgem", "drm_jobqueue", "vcsf", "vpanthor")
_GUEST = Path(__file__).resolve().parents[1] / "guest/trace"
# Status of the guest's script if nothing could be recorded, and of timeout(1)
NOTHING, LATE = 125, 124
# So many events take some time to convert.
_LONG = 100000
# Time to stop trace-cmd and copy its file
_GRACE = 120


class TraceError(Exception):
    """There is no trace; the text says what to do."""


def say(text):
    """Print to stderr."""
    print("trace: " + text, file=sys.stderr, flush=True)


class Progress:
    """Prints how far a long step is: not before two seconds, then every five."""

    def __init__(self, what):
        self.what = what
        self.next = time.monotonic() + 2

    def __call__(self, done):
        if time.monotonic() >= self.next:
            self.next = time.monotonic() + 5
            say(f"{self.what}: {done}")


def need_trace_cmd():
    """Raise TraceError if trace-cmd is not installed."""
    if not shutil.which("trace-cmd"):
        raise TraceError("trace-cmd is not installed; as root: apt-get install trace-cmd")


def record(session, command, limit, kib=16384, instructions=False, show=None):
    """Run COMMAND in SESSION, which has a folder; returns its Result and the file.

    The file is None if there is none: then the result has a reason, or the status
    NOTHING. KIB is the size of the buffer of each CPU.
    """
    # pylint: disable=too-many-arguments
    share = Path(session.options["folder"]) / "share"
    share.mkdir(parents=True, exist_ok=True)
    (share / "traced").write_text(command + "\n")
    data = share / "trace.dat"
    data.unlink(missing_ok=True)
    result = session.run(f"{_GUEST} /run/testbed {kib} {int(instructions)} {limit}",
                         limit + _GRACE, show=show)
    return result, data if data.exists() and result.status != NOTHING else None


def lines(path):
    """Yield the lines of "trace-cmd report" for the trace PATH, or of a text."""
    with open(path, "rb") as file:
        binary = file.read(10).startswith(b"\x17\x08\x44tracing")
    if not binary:
        with open(path, encoding="utf-8", errors="replace") as file:
            yield from file
        return
    need_trace_cmd()
    with subprocess.Popen(["trace-cmd", "report", "-t", "-R", "-N", "-i", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace") as child:
        yield from child.stdout
        errors = child.stderr.read().strip().splitlines()
    if child.returncode:
        raise TraceError(f"trace-cmd cannot read {path}: " + " ".join(errors[-1:]))


def _counted(reader, progress):
    for event in reader:
        if reader.count % 10000 == 0:
            progress(reader.count)
        yield event


def load(path, command="", kernel=""):
    """Return the model.Trace of a file of trace-cmd, or of the text it prints with -t -R."""
    reader = events.Reader(lines(path))
    try:
        trace = build.build(_counted(reader, Progress("events read")))
    except events.FormatError as error:
        raise TraceError(f"{path}: {error}") from error
    except build.NoEvents as error:
        raise TraceError("no event was recorded: does the command use the GPU?"
                         ) from error
    trace.events, trace.lost, trace.unknown = reader.count, reader.lost, reader.unknown
    trace.command, trace.kernel = command, kernel
    if trace.lost:
        say(f"{trace.lost} events were lost and the picture has gaps: use a larger --buffer")
    return trace


def write(trace, name="trace", folder=BUILD / "results"):
    """Write all files of TRACE; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.{kind}" for kind in ("html", "json", "svg")]
    for path, function in zip(paths, (page.write, chrome.write, svg.write)):
        if trace.events >= _LONG:
            say(f"writing {path.name}")
        function(trace, path)
    return paths
