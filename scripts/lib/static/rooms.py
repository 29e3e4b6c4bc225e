# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Layering inside the modules: rooms and the direction of their dependencies.

Documentation/rooms.csv lists the rooms of each module from top to bottom. A room is
a folder ("sched/") or a few files of the module's top folder, without their suffixes
("main device"). It may use itself and the rooms in its last column, all of which lie further down;
"below" stands for all of them. A row "FROM -> TO" is an exception, whose reason is in
the column of the job; FROM is a room, a file or "any", TO is a room or a file.

To use a room is to include a header of it or to refer to a symbol that one of its
object files defines. The second catches what a forward declaration hides. Trace
points are not counted.
"""

import csv
import re
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import PurePosixPath

FILES_PER_FOLDER = 25
FILES_PER_CIRCLE = 3

_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
_TRACE = ("__tracepoint_", "__traceiter_", "__probestub_", "__SCT__", "__SCK__")
_DEFINED = "TDBRWVGSC"


@dataclass
class Room:
    """A row of the table."""

    name: str
    job: str
    may: list
    files: list = field(default_factory=list)


@dataclass
class Exemption:
    """A row "FROM -> TO", and whether anything needs it."""

    giver: str
    taker: str
    used: bool = False


class Module:
    """The rooms of one module, and what is wrong with them."""

    def __init__(self, name, source, objects):
        self.name = name
        self.source = source
        self.objects = objects
        self.rooms = []
        self.exceptions = []
        self.problems = []
        self.arrows = defaultdict(set)
        self.circles = []
        self.largest = 1

    # The table

    def add_row(self, name, job, may):
        """Take in a row of the table."""
        if "->" in name:
            giver, taker = (part.strip() for part in name.split("->"))
            self.exceptions.append(Exemption(giver, taker))
            if not job:
                self._bad(f"exception {name} has no reason")
        else:
            self.rooms.append(Room(name, job, may.split()))

    def _check_table(self):
        names = [room.name for room in self.rooms]
        for i, room in enumerate(self.rooms):
            below = names[i + 1:]
            if not room.job:
                self._bad(f"room {room.name} has no job")
            if room.may == ["below"]:
                room.may = below
            wanted = [self._named(word) for word in room.may]
            for word, other in zip(room.may, wanted):
                if other is None:
                    self._bad(f"room {room.name} may use {word}, which is no room")
                elif other not in below:
                    self._bad(f"room {room.name} may use {word}, which is not below it")
            room.may = wanted

    def _named(self, word):
        """The room that WORD, its name or a part of it, stands for."""
        return next((room.name for room in self.rooms
                     if word in (room.name, *room.name.split())), None)

    # Files

    def room_of(self, file):
        """The room of FILE, a path below the module's folder; None if it has none."""
        path = PurePosixPath(file)
        top = str(path.parent) == "."
        for room in self.rooms:
            if room.name == f"{path.parent}/" or (top and path.stem in room.name.split()):
                return room
        return None

    def _sort_files(self):
        count = Counter()
        for path in sorted(self.source.rglob("*.[ch]")):
            file = path.relative_to(self.source).as_posix()
            count[str(PurePosixPath(file).parent)] += 1
            room = self.room_of(file)
            if room:
                room.files.append(file)
            else:
                self._bad(f"{file}: is in no room that the table lists")
        for folder, number in count.items():
            if number > FILES_PER_FOLDER:
                self._bad(f"folder {folder} has {number} files,"
                          f" more than {FILES_PER_FOLDER}")
        for room in self.rooms:
            if not room.files:
                self._bad(f"room {room.name} has no files")

    # Arrows

    def _use(self, file, other, how):
        """FILE includes a header OTHER, or calls into the file OTHER."""
        giver, taker = self.room_of(file), self.room_of(other)
        if not giver or not taker or giver is taker:
            return
        for exception in self.exceptions:
            if (_matches(exception.giver, giver, file)
                    and _matches(exception.taker, taker, other)):
                exception.used = True
                return
        self.arrows[giver.name].add(taker.name)
        if taker.name not in giver.may:
            self._bad(f"{how}: {giver.name} may not use {taker.name}")

    def _includes(self):
        for room in self.rooms:
            for file in room.files:
                text = (self.source / file).read_text()
                for number, line in enumerate(text.splitlines(), 1):
                    match = _INCLUDE.match(line)
                    other = match and self._header(file, match.group(1))
                    if other:
                        self._use(file, other, f"{file}:{number}: includes {other}")

    def _header(self, file, name):
        """The header of this module that FILE means by NAME; None if it has none."""
        for folder in (PurePosixPath(file).parent, PurePosixPath()):
            path = folder / name
            if ".." not in path.parts and (self.source / path).is_file():
                return path.as_posix()
        return None

    def _calls(self):
        """{file: {file that it refers to: [symbols]}}, by the object files."""
        files = {}
        for room in self.rooms:
            for file in room.files:
                if file.endswith(".c"):
                    path = self.objects / (file[:-2] + ".o")
                    files[str(path)] = file
                    if not path.is_file():
                        self._bad(f"{file}: is not built")
        files = {path: file for path, file in files.items()
                 if (self.objects / (file[:-2] + ".o")).is_file()}
        defined, used = {}, []
        for path, kind, symbol in _symbols(list(files)):
            if kind == "U":
                used.append((files[path], symbol))
            elif kind in _DEFINED:
                defined[symbol] = files[path]
        calls = defaultdict(lambda: defaultdict(list))
        for file, symbol in used:
            other = defined.get(symbol)
            if other and other != file and not symbol.startswith(_TRACE):
                calls[file][other].append(symbol)
        return calls

    def _follow_calls(self):
        calls = self._calls()
        for file, others in sorted(calls.items()):
            for other, symbols in sorted(others.items()):
                self._use(file, other, f"{file}: refers to {symbols[0]} in {other}")
        for room in self.rooms:
            inside = {file: [other for other in calls.get(file, ()) if other in room.files]
                      for file in room.files}
            for circle in circles(inside):
                self.largest = max(self.largest, len(circle))
                if len(circle) > FILES_PER_CIRCLE:
                    self._bad(f"{len(circle)} files of {room.name} form a circle, more than"
                              f" {FILES_PER_CIRCLE}: {' '.join(circle)}")
        self.circles = circles(self.arrows)
        for circle in self.circles:
            self._bad("circle of rooms: " + " ".join(circle))

    def check(self):
        """Fill problems and arrows."""
        self._check_table()
        self._sort_files()
        self._includes()
        self._follow_calls()
        for exception in self.exceptions:
            if not exception.used:
                self._bad(f"nothing needs the exception {exception.giver} ->"
                          f" {exception.taker}")

    def _bad(self, text):
        self.problems.append(f"{self.name}: {text}")

    def lines(self):
        """Rooms and arrows for people."""
        yield (f"{self.name}: {len(self.rooms)} rooms, {len(self.circles)} circles between"
               f" rooms, {len(self.exceptions)} exceptions; largest circle of files within"
               f" a room: {self.largest if self.largest > 1 else 'none'}")
        for room in self.rooms:
            order = [other.name for other in self.rooms if other.name in
                     self.arrows.get(room.name, ())]
            yield (f"  {room.name} ({len(room.files)})"
                   + (" -> " + ", ".join(order) if order else ""))


def _matches(pattern, room, file):
    """Whether a side of an exception is about FILE in ROOM."""
    return (pattern in ("any", room.name, *room.name.split())
            or PurePosixPath(pattern).with_suffix("") == PurePosixPath(file).with_suffix(""))


def _symbols(paths):
    """(path, type, name) of the symbols in object files."""
    if not paths:
        return
    out = subprocess.run(["nm", "-A", *paths], check=True, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True).stdout
    for line in out.splitlines():
        path, rest = line.split(":", 1)
        words = rest.split()
        yield path, words[-2], words[-1]


def circles(graph):
    """Sets of two or more nodes of {node: nodes} that all reach each other."""
    def reach(node):
        seen, todo = set(), [node]
        while todo:
            for other in graph.get(todo.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    reached = {node: reach(node) for node in graph}
    found = {tuple(sorted(other for other in reached[node] | {node}
                          if node in reached.get(other, ())))
             for node in graph if node in reached[node]}
    return sorted(circle for circle in found if len(circle) > 1)


def read(table, source, objects):
    """The modules of the csv file TABLE, with their code below the folder SOURCE and
    their object files in the same places below the folder OBJECTS."""
    modules = {}
    with open(table, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = row["Module"]
            if name not in modules:
                modules[name] = Module(name, source / name, objects / name)
            modules[name].add_row(row["Room"], row["Job"], row["May use"])
    for folder in sorted(source.iterdir()):
        if folder.is_dir() and folder.name not in modules and any(folder.rglob("*.c")):
            modules[folder.name] = Module(folder.name, folder, objects / folder.name)
    for module in modules.values():
        module.check()
    return list(modules.values())
