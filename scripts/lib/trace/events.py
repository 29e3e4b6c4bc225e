# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Parse the output of "trace-cmd report -t -R".

With -R trace-cmd ignores the print formats of the events and prints each field as
NAME=VALUE. Numbers are therefore never names of enumerators, resolved or not.
"""

import re

# comm-pid [cpu] (flags) seconds.fraction: event: fields
_LINE = re.compile(r"\s*(.*)-(\d+)\s+\[(\d+)\]\s+(?:[^\s\d]\S*\s+)?(\d+)\.(\d+):\s+(\w+):\s*(.*)")
_FIELD = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|\s*$)")
_LOST = re.compile(r"CPU:\s*(\d+) \[(?:(\d+) )?EVENTS DROPPED\]")
_HEADER = re.compile(r"cpus=|version =|CPU \d+ is empty|\s*$")
# trace-cmd prints these in hexadecimal without a prefix, as their formats say.
_HEX = frozenset(("pc", "changed", "word", "causes", "mask", "ins"))


class Event:
    """One trace event."""

    __slots__ = ("time", "cpu", "comm", "pid", "name", "fields")

    def __init__(self, time, cpu, comm, pid, name, fields):
        self.time = time  # in ns
        self.cpu = cpu
        self.comm = comm
        self.pid = pid
        self.name = name
        self.fields = fields  # name: text

    def text(self, field):
        """Return the text of FIELD, "" if the event has none."""
        return self.fields.get(field, "")

    def number(self, field, default=0):
        """Return the value of FIELD; DEFAULT if it is missing or no number."""
        text = self.fields.get(field)
        if text is None:
            return default
        try:
            return int(text, 16 if field in _HEX else 0)
        except ValueError:
            return default

    def fence(self, prefix=""):
        """Return the fence that the event names, as (context, seqno)."""
        return self.number(prefix + "context"), self.number(prefix + "seqno")


# Name of an event that stands for lost ones; its field "count" says how many.
GAP = "events_lost"


class FormatError(Exception):
    """The text is no output of trace-cmd report."""


def _fields(text):
    parts = text.split()
    if all("=" in part for part in parts):
        return dict(part.split("=", 1) for part in parts)
    # A value has spaces.
    return {name: value.strip('"') for name, value in _FIELD.findall(text)}


def parse_line(line):
    """Return the Event of LINE, None if it has none."""
    match = _LINE.match(line)
    if not match:
        return None
    comm, pid, cpu, seconds, fraction, name, fields = match.groups()
    time = int(seconds) * 10 ** 9 + int(fraction.ljust(9, "0")[:9])
    return Event(time, int(cpu), comm.strip(), int(pid), name, _fields(fields))


class Reader:
    """Iterate over the events of lines of text, in the order of time.

    Where the buffer of a CPU had no room, there is an event GAP, after an event of its time.
    LOST counts the events that the buffers had no room for, as far as trace-cmd says;
    UNKNOWN the other lines that have no event.
    """

    def __init__(self, lines):
        self.lines = lines
        self.lost = 0
        self.count = 0
        self.unknown = 0

    def __iter__(self):
        last = None
        for line in self.lines:
            event = parse_line(line)
            if event:
                self.count += 1
                last = event.time
                yield event
                continue
            lost = _LOST.match(line)
            if lost:
                # Without a number at least one.
                count = lost.group(2) or "1"
                self.lost += int(count)
                if last is not None:
                    yield Event(last, int(lost.group(1)), "", 0, GAP, {"count": count})
            elif not _HEADER.match(line):
                self.unknown += 1
                if self.unknown > 20 and not self.count:
                    raise FormatError('this is not the output of "trace-cmd report -t -R":'
                                      f" {line.strip()[:60]}")
