# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Which commands test a change: the table Documentation/affected.csv."""

import csv
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from ..testbed import TOP
from .arguments import Mistake

TABLE = TOP / "Documentation/affected.csv"
# The last commit that others have, if the branch has no upstream.
_BASES = ("@{upstream}", "origin/main", "main")


@dataclass(frozen=True)
class Row:
    """A row of the table: paths, and the command that tests them."""

    patterns: tuple
    run: str
    minutes: int

    def fits(self, path):
        """Whether the row is about the file PATH."""
        return any(_below(path, pattern) for pattern in self.patterns)

    def command(self, path):
        """The command for the file PATH."""
        return self.run.replace("{stem}", PurePath(path).stem)


def _below(path, pattern):
    """Whether PATH is in the folder PATTERN, which ends in /, or matches the glob PATTERN.

    As in the shell, * does not match a /, but alone it matches all.
    """
    if pattern.endswith("/"):
        return fnmatchcase(path, pattern + "*")
    return pattern == "*" or (path.count("/") == pattern.count("/")
                              and fnmatchcase(path, pattern))


def rows():
    """The rows of the table."""
    with open(TABLE, newline="", encoding="utf-8") as file:
        return [Row(tuple(line["Changed"].split()), line["Run"], int(line["Minutes"]))
                for line in csv.DictReader(file)]


def commands(paths):
    """Triples of command, minutes and the changed files of PATHS that it tests."""
    found = {}
    for row in rows():
        for path in paths:
            if row.fits(path):
                command = row.command(path)
                found.setdefault(command, (row.minutes, []))[1].append(path)
    return [(command, minutes, names) for command, (minutes, names) in found.items()]


def _git(*words):
    done = subprocess.run(["git", "-c", "safe.directory=*", "-C", TOP, *words],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False)
    return done.stdout.splitlines() if done.returncode == 0 else None


def files():
    """All files of this tree."""
    return subprocess.run([TOP / "scripts/lib/checks/files"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.splitlines()


def changed(since=None):
    """Files that git says have changed. Raises Mistake."""
    if since:
        found = _git("diff", "--name-only", since, "--")
        if found is None:
            raise Mistake(f"git knows no commit '{since}'")
        return sorted({*found, *_git("ls-files", "-o", "--exclude-standard")})
    found = _git("diff", "--name-only", "HEAD", "--")
    if found is None:
        raise Mistake("this is no git checkout; name the changed files")
    found += _git("ls-files", "-o", "--exclude-standard")
    bases = iter(_BASES)
    while not found:
        base = next(bases, None)
        if base is None:
            return []
        found = _git("diff", "--name-only", f"{base}...HEAD", "--") or []
    return sorted(set(found))


def run(command, env):
    """Run the words of a COMMAND; returns its exit status.

    An interrupt ends all that it has started. A make among that would print a line of its
    own about it, and each make above another one.
    """
    with subprocess.Popen(command, cwd=TOP, env=env, start_new_session=True) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.kill()
            _end_group(process.pid)
            raise


def _end_group(group):
    """Interrupt the processes of a GROUP, and kill those that do not end."""
    for number, tries in ((signal.SIGINT, 100), (signal.SIGKILL, 10)):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            return
        while tries and _runs(group):
            tries -= 1
            time.sleep(0.1)


def _runs(group):
    """Whether a process of a GROUP runs: those of make are init's, which may not reap them."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of) == group and state != "Z":
            return True
    return False
