# SPDX-License-Identifier: GPL-2.0 OR MIT
"""nvtop and gputop of Debian watch a process in a guest; what they print is checked.

The guest's part is scripts/lib/guest/monitors. It returns what the programs have written to
their terminals, from which screen.Screen makes the text that a user sees. The load is
userspace/bench/queue_load.c: jobs side by side on four queues.
"""

import codecs
import json
import re
import statistics

from ..testbed import BUILD, TOP, roots
from ..testbed.results import FAIL, PASS
from ..testbed.session import Session
from .screen import Screen

LOAD = BUILD / "user/bench/queue-load"
_RESULTS = BUILD / "results"
_LIMIT = 300
# Lines of the process: percent of the GPU, a number and unit of memory
_ROWS = {
    "nvtop": re.compile(r"^ *\d+ +\S+ +\d+ +\S+ +(?:(\d+)%|N/A) +(\d+)(MiB) .*queue-load", re.M),
    "gputop": re.compile(r"^ *\d+ +\d+[BKMG] +(?=.*?\| *([\d.]+)%)(\d+)([BKMG]) .*queue-load",
                         re.M),
}
_UNITS = {"B": 1, "K": 1 << 10, "M": 1 << 20, "MiB": 1 << 20, "G": 1 << 30}
# "profiling" while the program runs, and after that: gputop sets and restores it.
_PROFILING = {"nvtop": ("3", "3"), "gputop": ("1", "0")}
# The buffer of the load
_MEMORY = 16 << 20
# Seconds without output after which a screen is complete
_PAUSE = 0.3
# Readings that must have a percentage: nvtop leaves out the first, and those in which the GPU
# was busy for longer than the program has measured.
_READINGS = 3
# The percentage of an interval differs from that of the whole time.
_MARGIN = 15


def screens(found):
    """The texts of the terminal when a program paused, in order."""
    screen = Screen(found["columns"], found["rows"])
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    texts, parts = [], found["parts"]
    for number, (when, data) in enumerate(parts):
        screen.feed(decoder.decode(bytes.fromhex(data)))
        if number + 1 < len(parts) and parts[number + 1][0] - when > _PAUSE:
            texts.append(screen.text())
    return texts


def readings(name, texts):
    """(percentage or None, bytes of memory) of the load in each of TEXTS that lists it."""
    rows = [match for match in map(_ROWS[name].search, texts) if match]
    return [(float(row.group(1)) if row.group(1) else None,
             int(row.group(2)) * _UNITS[row.group(3)]) for row in rows]


def judge(name, found, texts):
    """{check: reason, "" if it passes} for what the program NAME has shown."""
    seen = readings(name, texts)
    percent = [value for value, _ in seen if value is not None]
    memory = max((size for _, size in seen), default=0)
    pending = int(found["load"]) if found["load"].isdigit() else 0
    usual = statistics.median(percent) if percent else 0
    wrong = [value for value in percent if not 0 <= value <= 100]
    both = (found["during"], found["after"])
    busy = ""
    if len(percent) < _READINGS:
        busy = f"a percentage in {len(percent)} of {len(seen)} readings"
    elif wrong:
        busy = f"{wrong[0]:.0f} %"
    elif not max(1, pending / 3) <= usual <= min(100, pending + _MARGIN):
        busy = f"usually {usual:.0f} %, and jobs were pending in {pending} % of the time"
    return {
        "ends": "" if found["status"] == found["load_status"] == 0 else
                f"exit status {found['status']}, that of the load {found['load_status']}",
        "lists the process": "" if seen else f"in none of {len(texts)} screens",
        "busy": busy,
        "memory": "" if memory >= _MEMORY else f"{memory} bytes, of {_MEMORY} at least",
        "profiling": "" if both == _PROFILING[name] else
                     f"{both[0]} while it runs, {both[1]} after that",
    }


def _keep(name, texts):
    """Write the last screen with a percentage of the load; returns it."""
    good = [text for text in texts
            if any(percent is not None for percent, _ in readings(name, [text]))]
    text = (good or texts or [""])[-1]
    _RESULTS.mkdir(parents=True, exist_ok=True)
    (_RESULTS / f"monitors-{name}.txt").write_text(text)
    return text


def run(report, kernel):
    """Let both programs watch the load on KERNEL. Raises roots.RootError or GuestError."""
    folder = roots.prepare()
    command = f"{roots.enter(folder)} && {TOP}/scripts/lib/guest/monitors {folder} {LOAD}"
    with Session(kernel) as session:
        result = session.run(command, _LIMIT)
        if result.reason or result.status:
            report.add("monitors", FAIL, result.reason or f"status {result.status}",
                       detail=result.output + "\n" + result.detail)
            return
        found = json.loads((session.guest.share / "monitors.json").read_text())
    for name, program in found.items():
        texts = screens(program)
        text = _keep(name, texts)
        print(text)
        for check, reason in judge(name, program, texts).items():
            report.add(f"monitors {name} {check}", FAIL if reason else PASS, reason,
                       detail=text)
