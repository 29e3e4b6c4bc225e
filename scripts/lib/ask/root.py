# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A root file system of the user's own, in which a command runs in the guest."""

import shlex
from pathlib import Path

from ..testbed import BUILD, TOP
from .arguments import Mistake

_SCRIPT = TOP / "scripts/lib/guest/in-root"
# File systems of the guest's own, on top of the machine's
_OWN = ("dev", "proc", "run", "sys")
_AMD64, _I386 = 62, 3
_MACHINES = {2: "sparc", 8: "mips", 20: "powerpc", 21: "ppc64", 22: "s390x", 40: "arm",
             183: "arm64", 243: "riscv", 258: "loongarch64"}
_LINKS = 40


def check(text):
    """Return the folder TEXT as an absolute path; raises Mistake if no command can run in it."""
    root = Path(text)
    if root.is_file():
        raise Mistake(f"ROOT={text} is a file; unpack or mount the image and name the folder")
    if not root.is_dir():
        raise Mistake(f"ROOT={text}: there is no such folder")
    root = root.resolve()
    if root == Path("/"):
        raise Mistake(f"ROOT={text}: commands run in the machine's own root without ROOT")
    if root.parts[1] in _OWN:
        raise Mistake(f"ROOT={text}: the guest has a /{root.parts[1]} of its own")
    shell = _inside(root, "bin/sh")
    if shell is None:
        raise Mistake(f"ROOT={text} is no root file system: it has no /bin/sh")
    machine = _machine(shell)
    if machine not in (_AMD64, _I386):
        what = _MACHINES.get(machine, f"machine {machine}") if machine else "no architecture"
        raise Mistake(f"ROOT={text}: its /bin/sh is of {what}, the guest is of amd64")
    return root


def command(root, line):
    """Return the command for the guest that runs LINE in ROOT; LINE if ROOT is None."""
    return shlex.join([str(_SCRIPT), str(root), line]) if root else line


def keep_dump(share, say):
    """Copy a device dump from the SHARE of a guest to the results, and SAY so."""
    if share is None or not (share / "dump.txt").exists():
        return
    results = BUILD / "results"
    results.mkdir(parents=True, exist_ok=True)
    (results / "dump.txt").write_bytes((share / "dump.txt").read_bytes())
    say("the driver recorded an error of the GPU; run: build/user/tools/vpan-dump"
        " build/results/dump.txt")


def _inside(root, name):
    """Return the file NAME of ROOT; links are those of ROOT. None if there is none."""
    todo, at, links = name.split("/"), root, 0
    while todo:
        part = todo.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            at = at.parent if at != root else root
            continue
        path = at / part
        if not path.is_symlink():
            at = path
            continue
        links += 1
        if links > _LINKS:
            return None
        target = str(path.readlink())
        todo = target.split("/") + todo
        if target.startswith("/"):
            at = root
    return at if at.is_file() else None


def _machine(path):
    """Return the machine in the ELF header of a program, 0 if it is none."""
    with path.open("rb") as file:
        header = file.read(20)
    if len(header) < 20 or header[:4] != b"\x7fELF":
        return 0
    return int.from_bytes(header[18:20], "little" if header[5] == 1 else "big")
