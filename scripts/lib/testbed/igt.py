# SPDX-License-Identifier: GPL-2.0 OR MIT
"""IGT tests: each subtest runs by itself, with its own time limit and log check."""

import functools
import re
import subprocess

from .. import progress
from . import BUILD, TOP, kunit, uapi
from .guest import GuestError, Result
from .pool import GUESTS
from .results import FAIL, PASS, SKIP
from .session import PRODUCT, Session

FOLDER = BUILD / "user/igt"
LIMITS = {"stock": 120, "rt": 120, "next": 120, "debug": 240, "debug-next": 240, "race": 240,
          "arm64": 240, "arm64-16k": 240}
# All subtests but those that "make siege" has: half a minute to several minutes each, and
# their results depend on how much time the guest's CPUs get.
SHORT = (r"^(?!panthor_(siege_(cpu|leave|share@(fair|unmap)|kill@kill-timeline)|"
         r"compute@fair))")
# Those of SHORT for a debug kernel: not those for i386, whose calls have the same code from
# the copy of their arguments on, and none of a quarter of a minute that is about a bound, a
# share or a secret. "make check" has them on the stock kernel, "make igt" on any.
SHORT_DEBUG = (SHORT + r"(?!i386/|panthor_(secret@unmapped|siege_memory@heap-bounded|"
               r"siege_share@groups|siege_depth@binds-(killed|bounded|ended)|"
               r"rotation@(late|fair-many)|heap@grow-no-room|models@|"
               r"siege_limits@(shared-buffers|mmap-user$)|siege_longest@))")
# vgem gives tests fences that the CPU signals.
LOAD = ("vgem", *PRODUCT)

# A program starts in a third of the time with its 43 libraries outside of the 9p root, but
# to copy them takes as long as a few starts. All programs have the same.
_FEW = 4
_SETUP = ("mkdir /run/igt && cp -L $(ldd {} | sed -n 's/.*=> \\(.*\\) (.*/\\1/p'"
          " | sort -u) /run/igt")
# Seconds for the start of a program
_START = 60
# Subtests of a program that may reach their time limit, as a limit of all of them
_TOGETHER = 16
# Last line of a subtest's output: userspace/igt/lib/test_each.c
_ENDED = re.compile(r"^=== (status (\d+)|limit) after ([\d.]+) s$", re.M)
# The GPU reports the use of a translation that the driver did not flush. Only on the
# stock kernel: on the others this costs most of the GPU's speed.
_STRICT = "echo 1 >/sys/kernel/debug/vcsf-mali/strict_tlb"
_DISARM = ("for f in /sys/kernel/debug/vcsf-mali/inject/*; do [ ${f##*/} = seed ] ||"
           " echo 0 >$f; done")
# There is no KASAN on arm64: red zones show writes beyond an object.
_ARM64 = "slab_debug=FZ"
_ENV = {"LD_LIBRARY_PATH": "/run/igt"}
# In the share: errors that the test got, see userspace/igt/lib/test_record.c.
_RECORD = "record"
_RECORD_ENV = {"PANTHOR_RECORD": f"/run/testbed/{_RECORD}"}
# debugfs: the line of each DRM device starts with its driver's name.
_DEVICE = "grep -q '^panthor ' /sys/kernel/debug/dri/*/name"

# lib/igt_core.h
_EXIT_SUCCESS, _EXIT_SKIP, _EXIT_INVALID, _EXIT_FAILURE, _EXIT_ABORT = 0, 77, 79, 98, 112
_MEANING = {
    _EXIT_INVALID: "igt: invalid options or no such subtest",
    _EXIT_FAILURE: "failed",
    _EXIT_ABORT: "aborted",
    99: "failed",
}


def _listed(goal):
    out = subprocess.run(
        ["make", "-s", "--no-print-directory", "-C", TOP / "userspace", goal],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    return out.split()


def programs():
    """Names of the test programs."""
    return _listed("list-igt")


def programs_i386():
    """Names of the test programs that also exist as 32-bit programs."""
    return _listed("list-igt-i386")


def _reason(result):
    """Reason for which a subtest did not pass, from its output."""
    for pattern in (r"^Test requirement not met in .*\n(?:Test requirement: )?(.*)$",
                    r"^(?:\(\S+\) )?.*CRITICAL: (Failed assertion: .*)$",
                    r"^(Failed assertion: .*)$",
                    r"^Subtest \S+ failed\.?$",
                    r"^SKIP: (.*)$"):
        match = re.search(pattern, result.output, re.M)
        if match and match.groups():
            return match.group(1)
    if result.status in _MEANING:
        return _MEANING[result.status]
    if isinstance(result.status, int) and result.status > 128:
        return f"killed by signal {result.status - 128}"
    return f"exit status {result.status}"


def folder(kernel):
    """Folder with the test programs for guests of KERNEL."""
    return kernel.programs / "igt"


def setup(kernel, names):
    """Command that prepares a guest of KERNEL for the programs NAMES."""
    return _SETUP.format(folder(kernel) / names[0])


@functools.lru_cache(maxsize=None)
def _list(program, _built):
    out = subprocess.run([FOLDER / program, "--list-subtests"], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return out.split()


def _subtests_here(program):
    """Raises ValueError if the program does not tell."""
    # The 32-bit program is the same test, which not every machine can run.
    native = program.removeprefix("i386/")
    try:
        # A program may be built again between two calls.
        names = _list(native, (FOLDER / native).stat().st_mtime_ns)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ValueError(f"{native} --list-subtests: {error}") from error
    return [f"{program}@{name}" for name in names]


def subtests(chosen=None):
    """All subtests, or those of the programs CHOSEN, as PROGRAM@SUBTEST.

    The programs run here, so they are those for the machine.
    """
    return {name for program in (programs() if chosen is None else chosen)
            for name in _subtests_here(program)}


def expect(report, kernel, native, narrow, wanted):
    """Tell REPORT which subtests are to come, if the machine can run the programs.

    NATIVE are programs, NARROW those as 32-bit programs.
    """
    here = [name for name in native if (FOLDER / name).exists()]
    if len(here) < len(native) or not native:
        return
    try:
        names = subtests(native)
    except ValueError:
        # They are about to be built, or fail when they run.
        return
    programs_32 = {name.removeprefix("i386/") for name in narrow}
    names |= {f"i386/{name}" for name in names if name.partition("@")[0] in programs_32}
    report.expect(f"igt {kernel.name}",
                  {name for name in names if not wanted or wanted.search(name)})


def judge(result, subtest):
    """Verdict (status, reason) on the run of one subtest.

    An exit status of 0 counts only together with the subtest's own line.
    """
    if result.reason:
        return FAIL, result.reason
    if result.status == _EXIT_SKIP:
        return SKIP, _reason(result)
    if result.status != _EXIT_SUCCESS:
        return FAIL, _reason(result)
    if subtest and not re.search(rf"^Subtest {re.escape(subtest)}: SUCCESS",
                                 result.output, re.M):
        return FAIL, "exit status 0, but no line with SUCCESS"
    return PASS, ""


def _subtests(session, program):
    """Names of a program's subtests; [""] for a test without subtests.

    This machine lists those of its own programs, which takes no time of the guest.
    """
    if "/" not in program and not session.kernel.arm64 and (FOLDER / program).exists():
        return [name.partition("@")[2] for name in _subtests_here(program)]
    result = session.run(f"{folder(session.kernel) / program} --list-subtests", 120,
                         _ENV)
    if result.status == _EXIT_INVALID and not result.reason:
        return [""]
    if result.status or result.reason or not result.output.split():
        raise ValueError(result.reason or f"--list-subtests: status {result.status}\n"
                         + result.output)
    return result.output.split()


def run_program(report, session, program, wanted=None, kind="igt", env=None,
                amend=None, limit=None):
    """Run a program's subtests, or those whose PROGRAM@SUBTEST is WANTED.

    KIND begins the names of the results, ENV is more for the environment. LIMIT in
    seconds is for each subtest, unless it is the kernel's.
    AMEND(test, status, reason) changes the verdict of a subtest that came to its end
    without a complaint of the kernel. Raises GuestError or ValueError if they cannot be
    run.
    """
    limit = limit or LIMITS[session.kernel.name]
    env = {**_ENV, **(env or {})}
    with progress.timed(f"list of {program}'s subtests"):
        found = _subtests(session, program)
    left = [name for name in found if not wanted or wanted.search(f"{program}@{name}")]
    while left:
        failed = False
        for subtest, result, record in _run_some(session, program, left, limit, env):
            left.remove(subtest)
            status, reason = judge(result, subtest)
            failed |= status == FAIL
            if status == PASS and record is not None:
                status, reason = _compare(f"{program}@{subtest}", record)
            if amend and not result.reason:
                status, reason = amend(f"{program}@{subtest}", status, reason)
            report.add(f"{kind} {session.kernel.name} {program}@{subtest}".rstrip("@"),
                       status, reason, result.seconds, result.detail)
        if failed and session.guest:
            # It may have left a fault armed, for the next subtest.
            session.run(_DISARM)


def _run_some(session, program, names, limit, env):
    """Run the subtests NAMES up to the first that fails: [(name, Result, record)].

    A record is None without PANTHOR_RECORD in ENV.
    """
    command = str(folder(session.kernel) / program)
    if len(names) > 1:
        each = {"PANTHOR_SUBTESTS": " ".join(names), "PANTHOR_LIMIT": limit}
        result = session.run(f"{command} --run-subtest each",
                             _START + limit * min(len(names), _TOGETHER), {**env, **each})
        parts = split(result, names)
    else:
        option = f" --run-subtest '{names[0]}'" if names[0] else ""
        result = session.run(command + option, limit, env)
        parts = [(names[0], result)]
    if "PANTHOR_RECORD" not in env:
        records = {name: None for name, _ in parts}
    elif session.guest:
        records = by_subtest(session.guest.take(_RECORD), names[0])
    else:
        # The records are lost with the guest: those before the last run again.
        parts = parts[-1:]
        records = {parts[0][0]: None}
    if parts[-1][1].reason:
        session.end()
    return [(name, part, records.get(name, "")) for name, part in parts]


def split(result, names):
    """The RESULT of several subtests, NAMES, as [(name, Result)].

    Its format is that of userspace/igt/lib/test_each.c. The list ends with the first
    subtest that failed, or during which the kernel complained.
    """
    parts = []
    logs = by_mark(result.log)
    sections = re.split(r"^=== subtest (\S+)\n", result.output, flags=re.M)[1:]
    for name, text in zip(sections[::2], sections[1::2]):
        parts.append((name, _section(text, logs.get(name, []), result)))
        if parts[-1][1].reason or parts[-1][1].status not in (_EXIT_SUCCESS, _EXIT_SKIP):
            return parts
    if not parts:
        # The output is lost with some guests. The log has the last one's begin.
        begun = [name for name in logs if name in names]
        return [((begun or names)[-1 if begun else 0], result)]
    if result.reason:
        # Between two subtests, or after the last: the log says more.
        name, last = parts[-1]
        parts[-1] = (name, Result(result.status, last.output, result.log, last.seconds))
    return parts


def _section(text, log, result):
    """The Result of one subtest: TEXT and LOG are its parts of RESULT."""
    end = _ENDED.search(text)
    if not end:
        # Without its parent it may be running still.
        status = "timeout" if result.status == "timeout" else "died"
        return Result(status, text, log, result.seconds)
    status = "timeout" if end[1] == "limit" else int(end[2])
    return Result(status, text[:end.start()], log, float(end[3]))


def by_mark(log):
    """The lines of a kernel LOG by subtest; what precedes the first is the first's."""
    found, name, early = {}, None, []
    for line in log:
        match = re.search(r"\] testbed: subtest (\S+)$", line)
        if match:
            name = match[1]
            found[name], early = early, []
        (early if name is None else found[name]).append(line)
    return found


def by_subtest(record, first):
    """The lines of a RECORD of errors by subtest; FIRST is the first one's name."""
    found, name = {}, first
    for line in record.splitlines(keepends=True):
        if line.startswith("subtest "):
            name = line.split()[1]
        else:
            found[name] = found.get(name, "") + line
    return found


def _compare(test, record):
    """Verdict on the errors that a test got, compared with the documentation."""
    unseen = uapi.unseen(test, record)
    if not unseen:
        return PASS, ""
    return FAIL, "not seen, but in uapi.rst: " + ", ".join(map(" ".join, unseen))


def has_device(report, session, kind="igt"):
    """Check that the device exists; otherwise every test would be skipped.

    KIND begins the name of the result.
    """
    result = session.run(_DEVICE)
    good = not result.reason and result.status == 0
    report.add(f"{kind} {session.kernel.name} device", PASS if good else FAIL,
               "" if good else result.reason or "no DRM device of a driver panthor",
               detail="\n".join(result.complaint))
    return good


def run(report, kernel, names, wanted=None):
    """Run all subtests of the programs NAMES, or those whose PROGRAM@SUBTEST is WANTED."""
    native = [name for name in names if "/" not in name]
    commands = setup(kernel, native) if native and not _few(kernel, native, wanted) else "true"
    if kernel.packaged:
        commands += f" && {_STRICT}"
    append = _ARM64 if kernel.arm64 else ""
    with Session(kernel, load=LOAD, setup=commands, append=append) as session:
        try:
            if not has_device(report, session):
                return
        except GuestError as error:
            report.add(f"igt {kernel.name} device", FAIL,
                       str(error).splitlines()[0], detail=str(error))
            return
        for program in names:
            try:
                run_program(report, session, program, wanted, env=_RECORD_ENV)
            except (GuestError, ValueError) as error:
                report.add(f"igt {kernel.name} {program}", FAIL,
                           str(error).splitlines()[0], detail=str(error))
        kunit.leaks(report, "igt", session)


def _few(kernel, native, wanted):
    """Whether only a few of the subtests of the programs NATIVE are WANTED."""
    if not wanted or kernel.arm64:
        return False
    return sum(bool(wanted.search(name)) for name in subtests(native)) <= _FEW


def areas(tests):
    """Lines of a table: number of passed subtests and of all subtests, by program."""
    counts = {}
    for test in tests:
        match = re.fullmatch(r"igt (\S+) (?:(i386)/)?panthor_(\w+)@.*", test.name)
        if match:
            kernel, i386, area = match.groups("")
            passed, ran = counts.setdefault(area, {}).get((kernel, i386), (0, 0))
            counts[area][kernel, i386] = (passed + (test.status == PASS), ran + 1)
    columns = sorted({column for row in counts.values() for column in row})
    heads = [" ".join(column).rstrip() for column in columns]
    lines = [f"{'area':16}" + "".join(f"{head:>14}" for head in heads)]
    for area, row in sorted(counts.items()):
        cells = ["{} of {}".format(*row[column]) if column in row else ""
                 for column in columns]
        lines.append((f"{area:16}" + "".join(f"{cell:>14}" for cell in cells)).rstrip())
    return lines


def tasks(report, kernel, wanted=None, chosen=None):
    """Tasks for pool.run(): the programs in one part per guest.

    WANTED is a regular expression for PROGRAM@SUBTEST, or an object with its search().
    CHOSEN has the programs to run; default: all.
    """
    if isinstance(wanted, str):
        wanted = re.compile(wanted)
    native = [name for name in programs() if chosen is None or name in chosen]
    narrow = [name for name in programs_i386()
              if (chosen is None or name in chosen) and not kernel.arm64]
    expect(report, kernel, native, narrow, wanted)
    parts = max(1, min(GUESTS, max(len(native), len(narrow))))
    return [(f"IGT on the {kernel.name} kernel"
             + (f", part {i + 1} of {parts}" if parts > 1 else ""),
             functools.partial(run, report, kernel, native[i::parts] + narrow[i::parts],
                               wanted))
            for i in range(parts)]
