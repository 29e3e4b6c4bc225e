# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The fuzzer of the uAPI (userspace/fuzz) in guests.

New programs are collected in build/fuzz-results/corpus, findings in
build/fuzz-results/finding-N.
"""

import hashlib
import json
import random
import re
import shutil
import subprocess
import time
from pathlib import Path

from .. import progress
from . import BUILD, TOP, kunit, pool
from .guest import GuestError
from .results import FAIL, PASS
from .session import Session

PROGRAM = BUILD / "user/fuzz/fuzz"
CORPUS = TOP / "userspace/fuzz/corpus"
OUT = BUILD / "fuzz-results"
FOUND = OUT / "corpus"
_OUT = "/run/testbed/fuzz"
# In two parts, as reuse would read it as the tag of this file.
_TAG = "# SPDX-License-" "Identifier: GPL-2.0 OR MIT\n"
# Guests are slow, programs are not allowed to hang: see LIMIT_S in run.c.
_GRACE = 900
# Programs of "make check": the corpus again and again, then random programs, the same ones
# each time, so that a change answers for what it changes. "make fuzz" looks for new ones.
_SHORT_SECONDS = 300
_SHORT_RANDOM = 40
_SHORT_SEED = 1
# One guest of a long run
_PART_SECONDS = 600
MODULES = ("drm_jobqueue", "vcsf", "vpanthor")


def _folder():
    """The folder of a guest, without the files of the one before."""
    folder = OUT / "guest"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _corpora():
    return [path for path in (CORPUS, FOUND) if path.is_dir() and any(path.iterdir())]


def _last(share):
    """The last programs, oldest first."""
    texts = [path.read_text() for path in share.glob("fuzz/last-*")]
    number = re.compile(r"# program (\d+)")
    return sorted(texts, key=lambda text: int((number.match(text) or [0, 0])[1]))


def _finding(command, result, share):
    """Keep what is needed to repeat a failure; returns the folder."""
    number = 1 + max((int(path.name.split("-")[1]) for path in OUT.glob("finding-*")),
                     default=0)
    folder = OUT / f"finding-{number}"
    folder.mkdir()
    (folder / "command").write_text(command + "\n")
    (folder / "output").write_text(result.output)
    (folder / "log").write_text("\n".join(result.log) + "\n")
    for i, text in enumerate(reversed(_last(share))):
        (folder / f"program-{i}").write_text(_TAG + text)
    return folder


def _write(path, text):
    """Write a file so that an interruption leaves the old one or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = OUT / "part"
    part.write_text(text)
    part.replace(path)


def _harvest(share):
    """Copy new programs of a guest; returns their number."""
    FOUND.mkdir(parents=True, exist_ok=True)
    count = 0
    for path in share.glob("fuzz/new-*"):
        target = FOUND / path.name.split("-", 1)[1]
        if not target.exists() and not (CORPUS / target.name).exists():
            _write(target, path.read_text())
            count += 1
    return count


def _build(kernel):
    """The folder for the coverage of one build of the modules.

    Another build has other points at the same offsets, and other lines.
    """
    build = hashlib.sha256()
    for name in MODULES:
        build.update((kernel.build / f"{name}.ko").read_bytes())
    return OUT / f"coverage-{build.hexdigest()[:16]}"


def _points(folder, share):
    """Add the points that a guest passed to those in FOLDER; returns {module: offsets}."""
    known = folder / "points.json"
    points = {name: set() for name in MODULES}
    if known.exists():
        points.update({name: set(offsets)
                       for name, offsets in json.loads(known.read_text()).items()})
    path = share / "fuzz/points"
    for line in path.read_text().splitlines() if path.exists() else ():
        name, offset = line.split()
        points[name].add(int(offset, 0))
    _write(known, json.dumps({name: sorted(offsets) for name, offsets in points.items()}))
    return points


def _all_points(kernel, module):
    """Number of points in a module: calls of the tracer outside of .init.text."""
    out = subprocess.run(["readelf", "-rW", kernel.build / f"{module}.ko"], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    parts = re.split(r"^Relocation section '([^']+)'", out, flags=re.M)[1:]
    return sum(text.count("__sanitizer_cov_trace_pc") for name, text
               in zip(parts[::2], parts[1::2]) if ".init" not in name)


_GCOV = f"{TOP}/scripts/lib/guest/gcov {_OUT}/gcov"


def _lines(folder, share):
    """Add the lines that a guest executed to those in FOLDER; {file: {line: executed}}."""
    known = folder / "lines.json"
    lines = json.loads(known.read_text()) if known.exists() else {}
    for path in sorted(share.glob("fuzz/gcov/*.gcda")):
        target = Path("/" + path.name.replace("%", "/"))
        if not target.with_suffix(".gcno").exists():
            continue
        shutil.copy(path, target)
        out = subprocess.run(["gcov", "--json-format", "--stdout", target],
                             cwd=OUT, stdout=subprocess.PIPE, text=True,
                             stderr=subprocess.DEVNULL).stdout
        for record in json.loads(out or "{}").get("files", ()):
            match = re.search(r"(?:^|/)(drivers/\w+/.*\.c)$", record["file"])
            if match:
                entry = lines.setdefault(match[1], {})
                for line in record["lines"]:
                    number = str(line["line_number"])
                    entry[number] = entry.get(number, 0) or int(line["count"] > 0)
    _write(known, json.dumps(lines))
    return lines


def coverage(kernel, share=None):
    """Lines of a table: points and lines of each module that programs reached."""
    share = share or Path("/nonexistent")
    folder = _build(kernel)
    points, lines = _points(folder, share), _lines(folder, share)
    table = [f"{'module':14}{'points':>16}{'%':>7}{'lines':>16}{'%':>7}"]
    for name in MODULES:
        total = _all_points(kernel, name)
        sources = f"drivers/{name.removeprefix('drm_')}/"
        own = [hit for file, entry in lines.items() if file.startswith(sources)
               for hit in entry.values()]
        table.append(f"{name:14}{f'{len(points[name])} of {total}':>16}"
                     f"{100 * len(points[name]) / max(total, 1):7.1f}"
                     f"{f'{sum(own)} of {len(own)}':>16}"
                     f"{100 * sum(own) / max(len(own), 1):7.1f}")
    return table


def _command(options, paths):
    return f"{PROGRAM} --out={_OUT} {options} {' '.join(map(str, paths))}"


def _verdict(report, name, command, result, share):
    """Add the result of a run of the fuzzer; returns whether it passed."""
    reason = result.reason
    if not reason and result.status:
        reason = f"exit status {result.status}"
    summary = re.findall(r"^fuzz: .*programs,.*$", result.output, re.M)[-1:]
    if not reason and not summary:
        reason = "no summary in the output"
    detail = result.detail
    if reason:
        detail += f"\nprograms: {_finding(command, result, share).relative_to(TOP)}"
    report.add(name, FAIL if reason else PASS, reason, result.seconds, detail)
    return not reason


def short(report, kernel):
    """The corpus repeatedly, and random programs for a while, without coverage."""
    folder = _folder()
    command = _command(f"--repeat={_SHORT_SECONDS - _SHORT_RANDOM}"
                       f" --seconds={_SHORT_RANDOM} --seed={_SHORT_SEED}", [CORPUS])
    with Session(kernel, folder=folder) as session:
        try:
            result = session.run(command, _SHORT_SECONDS + _GRACE)
        except GuestError as error:
            report.add("fuzz", FAIL, "no guest", detail=str(error))
            return
        ran = re.search(r"^fuzz: ran (\d+) programs of files$", result.output, re.M)
        kept = len(list(CORPUS.iterdir()))
        if _verdict(report, f"fuzz {kernel.name} seed={_SHORT_SEED}", command,
                    result, folder / "share"):
            report.add(f"fuzz {kernel.name} ran all programs of the corpus",
                       PASS if ran and int(ran[1]) == kept > 0 else FAIL, detail=result.output)
        kunit.leaks(report, "fuzz", session)


def _part(report, kernel, seconds, seed):
    """One guest of a long run; returns whether it passed."""
    folder = _folder()
    command = _command(f"--seconds={seconds} --seed={seed}", _corpora())
    with Session(kernel, folder=folder) as session:
        result = session.run(command, seconds + _GRACE,
                             watch=progress.Countdown(f"fuzz, seed {seed}", seconds))
        good = _verdict(report, f"fuzz {kernel.name} seed={seed}", command, result,
                        folder / "share")
        print("\n".join(re.findall(r"^fuzz: .*$", result.output, re.M)[-2:]))
        if good:
            session.run(_GCOV, _GRACE)
        print(f"{_harvest(folder / 'share')} new programs")
        if kernel.name == "fuzz":
            print("\n".join(coverage(kernel, folder / "share")), flush=True)
        kunit.leaks(report, f"fuzz seed={seed}", session)
    return good


def run(report, kernel, minutes, seed=None):
    """Random programs for MINUTES; each guest has a seed of its own."""
    seed = random.randrange(1, 1 << 31) if seed is None else seed
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end - 10:
        left = int(end - time.monotonic())
        pool.step(f"fuzz: seed {seed}, {left} s left")
        try:
            _part(report, kernel, min(left, _PART_SECONDS), seed)
        except GuestError as error:
            report.add("fuzz", FAIL, "no guest", detail=str(error))
            return
        seed += 1


# --- Findings ---------------------------------------------------------------------

def _signature(result):
    """What is equal for equal failures: the complaint without numbers."""
    reason = result.reason or (f"status {result.status}" if result.status else "")
    return re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{8,}\b|\d+", "N", reason)


class _Trial:
    """Runs texts of programs in guests until one fails."""

    def __init__(self, kernel, repeat):
        self.session = Session(kernel, folder=_folder())
        self.repeat = repeat
        self.runs = 0

    def fails(self, text):
        """The signature of the failure of the program TEXT, "" if it passes."""
        path = OUT / "candidate"
        path.write_text(_TAG + text)
        self.runs += 1
        result = self.session.run(f"cp {path} /run/candidate && "
                                  + _command("", ["/run/candidate"] * self.repeat), _GRACE)
        return _signature(result)


def _shorten(lines, fails):
    """Remove chunks of LINES while FAILS(text)."""
    size = max(1, len(lines) // 2)
    while True:
        at = 0
        while at < len(lines):
            shorter = lines[:at] + lines[at + size:]
            if shorter and fails("\n".join(shorter) + "\n"):
                lines = shorter
            else:
                at += size
        if size == 1:
            return lines
        size = max(1, size // 2)


def reduce(kernel, path, repeat):
    """Print the shortest program found that fails as the one in PATH does."""
    lines = [line for line in Path(path).read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    trial = _Trial(kernel, repeat)
    with trial.session:
        wanted = trial.fails("\n".join(lines) + "\n")
        if not wanted:
            print(f"does not fail when run {repeat} times")
            return 1
        print(f"fails: {wanted}", flush=True)

        def fails(text):
            good = trial.fails(text) == wanted
            if good:
                print(f"{text.count(chr(10))} lines fail", flush=True)
            return good

        lines = _shorten(lines, fails)
    (OUT / "reduced").write_text(_TAG + "\n".join(lines) + "\n")
    print("\n".join(lines))
    print(f"{trial.runs} runs; the program is {(OUT / 'reduced').relative_to(TOP)}")
    return 0


def replay(kernel, paths):
    """Run programs once and print the result of each call; the exit status."""
    with Session(kernel, folder=_folder()) as session:
        result = session.run(_command("--verbose", [Path(path).resolve() for path in paths]),
                             _GRACE)
        print(result.output)
        last = session.finish()
    for part in filter(None, (result, last)):
        if part.reason or part.status:
            print(part.reason or f"status {part.status}", *part.complaint, sep="\n")
            return 1
    return 0


def keep(kernel):
    """Choose programs that reach all that the corpora reach, for userspace/fuzz/corpus."""
    texts = {path.name: path.read_text() for folder in _corpora()
             for path in folder.iterdir()}
    chosen = OUT / "choice"
    shutil.rmtree(chosen, ignore_errors=True)
    chosen.mkdir(parents=True)
    for i, name in enumerate(sorted(texts, key=lambda name: len(texts[name]))):
        (chosen / f"{i:05}-{name}").write_text(texts[name])
    with Session(kernel, folder=_folder()) as session:
        result = session.run(_command("--select", [chosen]), 2 * _GRACE)
    if result.reason or result.status:
        print(result.output, result.reason, *result.complaint, sep="\n")
        return 1
    names = re.findall(r"^keep \S+/\d+-(\S+) ", result.output, re.M)
    if not names:
        print("no program reaches anything: has this kernel KCOV? Nothing is changed.")
        return 1
    for name in names:
        _write(CORPUS / name, texts[name])
    for path in CORPUS.iterdir():
        if path.name not in names:
            path.unlink()
    size = sum(len(texts[name]) for name in names)
    print(f"{len(names)} of {len(texts)} programs, {size >> 10} KiB")
    return 0
