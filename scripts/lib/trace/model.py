# SPDX-License-Identifier: GPL-2.0 OR MIT
"""What a trace shows: tracks with slices, counters, marks, and jobs with their waits.

Times are in ns since the first event.
"""

from dataclasses import dataclass, field

# Groups of tracks, from top to bottom
PROCESSES, QUEUES, FENCES, SLOTS, STREAMS, CORES, MMU, FIRMWARE, POWER = (
    "Processes", "Queues", "Fences of other drivers", "Slots", "Streams", "Cores",
    "Address spaces", "Firmware", "Power and clock")
GROUPS = (PROCESSES, QUEUES, FENCES, SLOTS, STREAMS, CORES, MMU, FIRMWARE, POWER)

# Kinds of slices; the writers have a colour for each.
KINDS = ("run", "dependency", "order", "handover", "ring", "noslot", "failed", "group",
         "ready", "empty", "wait", "fault", "message", "event", "vm", "power", "process",
         "fence", "core")


@dataclass
class Slice:
    """A time in which a track is in one state; an instant if it has no length."""

    start: int
    end: int
    name: str
    kind: str
    detail: str = ""
    job: object = None  # the Job that the slice is a part of


@dataclass
class Lane:
    """Slices in the order of time that do not overlap."""

    slices: list = field(default_factory=list)

    @property
    def end(self):
        """End of the last slice."""
        return self.slices[-1].end if self.slices else -1


@dataclass
class Track:
    """Lanes, one below the other, with a common name."""

    group: str
    name: str
    lanes: list = field(default_factory=lambda: [Lane()])
    key: object = None
    # A second name for other tools: the process of a track of PROCESSES
    pid: int = 0
    owner: str = ""  # process that a queue belongs to

    def add(self, item, lane=0):
        """Append the Slice ITEM."""
        self.lanes[lane].slices.append(item)

    def empty(self):
        """Whether there is nothing to show."""
        return not any(lane.slices for lane in self.lanes)


@dataclass
class Counter:
    """A value that changes at the times of POINTS, pairs of time and value."""

    group: str
    name: str
    unit: str = ""
    points: list = field(default_factory=list)
    pid: int = 0

    def set(self, time, value):
        """Append a value; a second one at the same time replaces the first."""
        if self.points and self.points[-1][0] == time:
            self.points[-1] = (time, value)
        elif not self.points or self.points[-1][1] != value:
            self.points.append((time, value))

    def step(self, time, by):
        """Append the last value plus BY."""
        self.set(time, (self.points[-1][1] if self.points else 0) + by)


@dataclass
class Mark:
    """Something that stands out: a fault, a reset, a timeout."""

    time: int
    kind: str  # "fault", "reset", "timeout", "inject", "lost"
    name: str
    detail: str = ""


@dataclass
class Fence:
    """A fence that a job waits for and that is no job of the trace."""

    key: tuple
    driver: str = ""
    timeline: str = ""
    created: int = None
    signalled: int = None
    signaller: str = ""

    @property
    def label(self):
        """Name for people."""
        where = f"{self.driver} " if self.driver else ""
        return f"{where}fence {self.key[0]}:{self.key[1]}"


@dataclass
class Wait:
    """A part of a job's life in which it did not run."""

    kind: str
    start: int
    end: int
    text: str
    on: object = None  # Job or Fence that it ended with


@dataclass
class Job:
    """A job of a queue."""

    key: tuple  # (context, seqno)
    queue: object
    arm: int = None
    run: int = None
    done: int = None
    error: int = 0
    credits: int = 0
    client: int = 0
    process: str = ""
    pid: int = 0
    stream: int = 0
    size: int = 0
    deps: list = field(default_factory=list)  # keys of fences
    previous: object = None  # Job before it in its queue
    # From here on: see jobs.explain()
    begin: int = None  # on the GPU
    waits: list = field(default_factory=list)
    critical: bool = False
    limit: object = None  # critical.Limit

    @property
    def name(self):
        """Name for people, within its queue."""
        return f"#{self.key[1]}"

    @property
    def label(self):
        """Name for people."""
        return f"{self.queue.label} job {self.key[1]}"

    @property
    def fence(self):
        """Its fence, as in trace events and debugfs."""
        return f"{self.key[0]}:{self.key[1]}"


@dataclass
class Queue:
    """A queue; group and index if it is a ring of a GPU group."""

    context: int
    name: str
    client: int = 0
    group: int = None
    index: int = None
    jobs: list = field(default_factory=list)

    @property
    def label(self):
        """Name for people, unique in the trace."""
        if self.group is not None:
            return f"group {self.group} queue {self.index}"
        return f"{self.name} ({self.context})"


@dataclass
class Trace:
    """All of it."""

    start: int = 0  # of the clock of the trace, in ns
    length: int = 0
    events: int = 0
    lost: int = 0
    unknown: int = 0  # lines that are no event
    command: str = ""
    kernel: str = ""
    tracks: list = field(default_factory=list)
    counters: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    jobs: dict = field(default_factory=dict)  # key: Job
    fences: dict = field(default_factory=dict)  # key: Fence
    path: list = field(default_factory=list)  # see critical.py
