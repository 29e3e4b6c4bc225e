# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Check the models of protocols by spin.

Each model in Documentation/models is explored exhaustively for several kinds of what it
models: jobqueue.pml a queue, native.pml two queues that wait for each other, gang.pml gangs
over three queues, recovery.pml resets and timeouts, slots.pml the scheduler of vpanthor. Each line of a model must be reached
in at least one search, and spin must find each mistake that can be planted. Before that the
models are compared with the source: names of states and of the functions that they model.
"""

import os
import re
import resource
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from lib.testbed import TOP, pool
from lib.testbed.results import FAIL, PASS


class Model(NamedTuple):
    """A model.

    KINDS are flags for spin by the name of what is explored; BUGS are mistakes: flags of a
    kind that shows each, and the error that spin must report.
    """

    path: Path
    source: Path
    kinds: dict
    bugs: dict


_MODELS = TOP / "Documentation/models"
_HEADER = TOP / "include/drm/drm_jobqueue.h"
_LOST = "invalid end state"
_GONE = r"assertion violated.*(released|qref)"

QUEUE = Model(
    path=_MODELS / "jobqueue.pml",
    source=TOP / "drivers/jobqueue",
    kinds={
        "worker, killed": "-DKILL",
        "inline, killed, jobs done within run": "-DINLINE -DKILL -DEARLY",
        "any context, killed, a job kept": "-DANY -DFREE_ANY -DKILL -DHOLDER",
        "inline, a job kept": "-DINLINE -DHOLDER",
        "worker, stopped and started": "-DRESET",
        "worker, fewer credits": "-DRESIZE -DCREDITS=2",
        "any context, fewer credits": "-DANY -DRESIZE -DCREDITS=2",
        "irq_work on two CPUs": "-DANY -DCPUS=2",
        "hardware fence": "-DHW_FENCE -DCREDITS=2",
        "three jobs, any context": "-DNJOBS=3 -DCREDITS=3 -DANY -DFREE_ANY",
        "three jobs, worker":
            "-DNJOBS=3 -DCREDITS=2 -DBATCH=1 -DBATCHES=2 -DBUDGET=2 -DFREE_ANY",
    },
    bugs={
        "RUN_NO_RECHECK": ("-DBUDGET=2", _LOST),
        "RETIRE_NO_RECHECK": ("-DINLINE -DKILL", _LOST),
        "NO_DEFER": ("", _LOST),
        "WAIT_NO_RECHECK": ("-DRESET", _LOST),
        "NO_RUN_TOKEN": ("-DANY -DEARLY", r"assertion violated.*in_run"),
        "NO_RETIRE_TOKEN": ("-DANY -DFREE_ANY -DCREDITS=2",
                            r"assertion violated.*nsignalled"),
        "ARM_UNLOCKED": ("", r"assertion violated.*last_run"),
        "PUSHED_BEFORE_ATTACHED": ("", r"assertion violated.*signalled"),
        "KILL_OVERTAKES": ("-DKILL", r"assertion violated.*signalled"),
        "KILL_SIGNALS": ("-DKILL", r"assertion violated.*nsignalled"),
        "NO_BIAS": ("", "assertion violated"),
        "WORK_NO_REF": ("", "assertion violated"),
        "KICK_NO_REF": ("", _GONE),
        "PUSH_NO_REF": ("-DINLINE", _GONE),
        "REAP_NO_REF": ("-DHOLDER", _GONE),
        "LARGER_JOB_WAITS": ("-DRESIZE", _LOST),
        "IRQ_WORK_SYNC": ("-DANY -DCPUS=2", _GONE),
        "IRQ_WORK_NO_WAIT": ("", _GONE),
        "HW_FENCE_NOT_FORGOTTEN": ("-DHW_FENCE -DCREDITS=2",
                                   r"assertion violated.*freed"),
    })

# Rings that wait for each other
NATIVE = Model(
    path=_MODELS / "native.pml",
    source=TOP / "drivers/jobqueue",
    kinds={
        "native waits": "",
        "native waits, the first queue killed": "-DKILL=0 -DLEFT_OVER",
        "native waits, the second queue killed": "-DKILL=1",
        "native waits, a reset": "-DRESET",
        "native waits, a reset, then the first queue killed": "-DRESET -DKILL=0",
    },
    bugs={
        "NOT_LOOKED_AGAIN": ("", r"assertion violated.*in_tree"),
        "WAIT_AND_LEAVE": ("", _LOST),
        "KICK_BEFORE_DISARM": ("-DKILL=0", _LOST),
        "SUBMITTED_BEFORE_RUN": ("", r"assertion violated.*ring_last"),
        "SKIPPED_IS_IN_RING": ("-DKILL=0", r"assertion violated.*ring_last"),
        "RETIRED_EARLY": ("", r"assertion violated.*signalled"),
        "WAIT_NO_REF": ("", r"assertion violated.*released"),
        "WORD_NOT_WRITTEN": ("-DKILL=0", _LOST),
        "REQUEUE_KEEPS_SUBMITTED": ("-DRESET", r"assertion violated.*ring_last"),
        "REQUEUE_KEEPS_WAIT": ("-DRESET", _LOST),
    })

# Jobs of several queues that enter their rings together
GANG = Model(
    path=_MODELS / "gang.pml",
    source=TOP / "drivers/jobqueue",
    kinds={
        "gangs": "",
        "gangs, the first queue stopped": "-DSTOP=0",
        "gangs, the last queue stopped": "-DSTOP=2",
        "gangs, the first queue killed": "-DKILL=0 -DSTOP=1",
        "gangs, the second queue killed": "-DKILL=1 -DSTOP=2",
        "gangs, the last queue killed": "-DKILL=2 -DSTOP=0",
        "gangs, other jobs armed": "-DOTHERS",
        "gangs, other jobs armed, the first queue killed": "-DOTHERS -DKILL=0",
    },
    bugs={
        "ARM_UNORDERED": ("", _LOST),
        "ARM_BETWEEN": ("-DOTHERS", _LOST),
        "NOT_LOOKED_AT_AGAIN": ("-DSTOP=2", r"assertion violated.*halted"),
        "FIRST_NOT_KICKED": ("", _LOST),
        "MISSING_NOT_LOCKED": ("", _LOST),
        "OTHERS_NOT_SKIPPED": ("-DKILL=2", _LOST),
        "OTHERS_NOT_KICKED": ("-DKILL=2", _LOST),
        "UNCLAIM_NO_KICK": ("-DKILL=1 -DSTOP=2", _LOST),
        "LEAVES_WITHOUT_LOOK": ("", _LOST),
    })

# Stops, resets and late jobs
RECOVERY = Model(
    path=_MODELS / "recovery.pml",
    source=TOP / "drivers/jobqueue",
    kinds={
        "requeue": "",
        "requeue, the first job by a hardware fence": "-DHW_FENCE=0 -DABORT",
        "requeue, the second job by a hardware fence": "-DHW_FENCE=1 -DANY",
        "requeue, a job done behind others": "-DFAILS=1",
        "requeue, stops that nest": "-DNJOBS=2 -DHW_FENCE=0 -DNESTED",
        "requeue, a call under the run token": "-DCALL -DORDERED -DANY",
        "given up": "-DGIVE_UP -DHW_FENCE=0 -DFAILS=1",
        "requeue, a late job": "-DNJOBS=2 -DTIMEOUT -DANY",
        "given up, a late job": "-DNJOBS=2 -DTIMEOUT -DGIVE_UP -DHW_FENCE=0",
    },
    bugs={
        "KICK_TO_NOBODY": ("", _LOST),
        "START_NO_WORK": ("", _LOST),
        "IRQ_NOT_WAITED_FOR": ("", r"assertion violated.*executed"),
        "REQUEUE_KEEPS_LAST": ("", r"assertion violated.*hw_last"),
        "STOP_DOES_NOT_NEST": ("-DNJOBS=2 -DNESTED", r"assertion violated.*must_not_run"),
        "DONE_RUNS_AGAIN": ("-DFAILS=1", r"assertion violated.*not_run"),
        "LOOK_BEFORE_FORGET": ("-DNJOBS=2 -DHW_FENCE=0", r"assertion violated.*hw_fence"),
        "PENDING_NOT_RESET": ("-DNJOBS=2 -DHW_FENCE=0", _LOST),
        "GIVE_UP_MORE": ("-DGIVE_UP", r"assertion violated.*given_up"),
        "CALL_NO_WAKE": ("-DCALL -DORDERED", _LOST),
        "KILL_WITHOUT_STOP": ("-DNJOBS=2 -DTIMEOUT", r"assertion violated.*in_run"),
    })

# Groups that come onto slots, and power that comes and goes
SLOTS = Model(
    path=_MODELS / "slots.pml",
    source=TOP / "drivers/vpanthor",
    kinds={
        "slots": "-DJOBS=2",
        "slots, as many as groups": "-DSLOTS=2",
        "slots, power lost twice": "-DGROUPS=1 -DJOBS=3 -DSUSPENDS=2",
        "slots, three groups": "-DGROUPS=3 -DSUSPENDS=0",
    },
    bugs={
        "KICKED_BEHIND_REST": ("-DGROUPS=3 -DSUSPENDS=0", _LOST),
        "KICK_NOT_CLEARED_FIRST": ("-DGROUPS=1 -DJOBS=3 -DSUSPENDS=2", _LOST),
        "LOOK_BEFORE_LEAVE": ("-DJOBS=2", _LOST),
        "LOOK_BEFORE_WRITE": ("-DJOBS=2", _LOST),
        "RESUME_WITHOUT_DOORBELL": ("-DGROUPS=1 -DJOBS=2", _LOST),
        "LEAVING_WITHOUT_POWER": ("-DGROUPS=1 -DJOBS=2", _LOST),
        "NO_GRACE_PERIOD": ("-DGROUPS=1 -DJOBS=2", r"assertion violated.*powered"),
    })

MODELS = (QUEUE, NATIVE, GANG, RECOVERY, SLOTS)

# Kinds of QUEUE for the search for cycles, which costs more
ENDLESS = {
    "worker": "",
    "any context": "-DANY -DFREE_ANY",
}

# The part that "make check" runs: half a minute.
SHORT = ("inline, a job kept", "RUN_NO_RECHECK", "RETIRE_NO_RECHECK", "NO_RUN_TOKEN",
         "requeue, a job done behind others", "IRQ_NOT_WAITED_FOR",
         "slots, power lost twice", "KICK_NOT_CLEARED_FIRST")

# These functions contain all of the model; to optimise them takes a minute.
_ATTRIBUTES = """
struct Trans;
typedef struct Trans Trans;
unsigned char do_transit(Trans *, short) __attribute__((optimize("O0")));
void settable(void) __attribute__((optimize("O0")));
"""
_CC = ("gcc", "-w", "-DCOLLAPSE", "-DVECTORSZ=1024", "-DNOFAIR", "-DMEMLIM=3000")
_LIMIT = 900


class Run:
    """Outcome of one search."""

    def __init__(self, path, flags, optimise="-O2", cycles=False):
        begin = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="model.") as folder:
            self._folder = Path(folder)
            (self._folder / "attributes.h").write_text(_ATTRIBUTES)
            self._do("spin", *flags.split(), "-a", path)
            self._do(*_CC, optimise, "-include", "attributes.h",
                     "-DNP" if cycles else "-DSAFETY", "-o", "pan", "pan.c")
            self.text = self._do("./pan", "-m100000", *(["-l"] if cycles else []))
            self._code = (self._folder / "pan.m").read_text()
        self.seconds = time.monotonic() - begin

    def _do(self, *command):
        done = subprocess.run(command, cwd=self._folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=_LIMIT)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: status {done.returncode}\n{done.stdout}")
        return done.stdout

    @property
    def error(self):
        """The error that spin reports, "" if there is none."""
        found = re.search(r"^pan:1: (.*) \(at depth", self.text, re.M)
        return found.group(1) if found else ""

    @property
    def complete(self):
        """Whether all states were seen without an error."""
        return (re.search(r"errors: 0$", self.text, re.M)
                and "Search not completed" not in self.text
                and "max search depth too small" not in self.text)

    @property
    def size(self):
        """Numbers of states and memory as text."""
        states = re.search(r"^\s*(\d+) states, stored", self.text, re.M)
        memory = re.search(r"^\s*(\d+)\.\d+\s+total actual", self.text, re.M)
        if not states or not memory:
            return "no figures"
        return f"{int(states.group(1)):,} states, {memory.group(1)} MB"

    def reached(self):
        """Triples of process, line and statement: (all, those reached)."""
        process, line, text, every = "", 0, "", {}
        for found in re.finditer(r"/\* PROC (\w+) \*/"
                                 r"|// STATE \d+ - \S+\.pml:(\d+) - \[(.*)\] \("
                                 r"|/\* merge: (.*)\(\d+, \d+, \d+\) \*/"
                                 r"|\breached\[\d+\]\[(\d+)\] = 1;", self._code):
            process = found.group(1) or process
            line = int(found.group(2) or line)
            text = found.group(3) or found.group(4) or text
            if found.group(5) and text not in ("-end-", "break") and "goto" not in text:
                every[process, found.group(5)] = (process, line,
                                                  re.sub(r"\d+", "N", text))
        never = set()
        for found in re.finditer(r"unreached in proctype (\w+)"
                                 r"|\.pml:\d+, state (\d+),", self.text):
            process = found.group(1) or process
            never.add((process, found.group(2)))
        return (set(every.values()),
                {where for key, where in every.items() if key not in never})


def _states(report):
    """Check that the states of a job have the names and the order of the C enum."""
    def names(text, begin):
        body = re.search(begin + r"\s*{(.*?)}", text, re.S).group(1)
        return re.findall(r"\bDRM_JOBQUEUE_JOB_\w+", body)

    ours = names(QUEUE.path.read_text(), "mtype:job_state =")
    theirs = names(_HEADER.read_text(), r"\nenum drm_jobqueue_job_state")
    report.add("model states", PASS if ours == theirs and ours else FAIL,
               f"{len(ours)} names" if ours == theirs
               else f"model: {ours}, header: {theirs}")


def _functions(report, model):
    """Check that the functions named in the model exist."""
    text = re.sub(r"\s+(\* )?", " ", model.path.read_text())
    text = text[text.index("--- State."):]
    missing, count = [], 0
    for name, functions in re.findall(r"\b(\w+\.[ch]): ((?:\w+\(\)(?:, )?)+)", text):
        source = "".join(path.read_text() for path in model.source.rglob(name))
        for function in re.findall(r"\w+", functions):
            count += 1
            if not re.search(rf"^(\w[^;\n]*\b)?{function}\([^;]*?\)[^;]*?^{{", source,
                             re.M | re.S):
                missing.append(f"{name}: {function}()")
    report.add(f"model functions {model.path.stem}", FAIL if missing or not count else PASS,
               f"{count} functions" if not missing else "not there: " + ", ".join(missing))


def _coverage(report, model, runs):
    """Check that no line of the model is unreachable."""
    every, seen = set(), set()
    for run in runs:
        there, reached = run.reached()
        every |= {where[1:] for where in there}
        seen |= reached
    dead = sorted(every - {where[1:] for where in seen})
    report.add(f"model coverage {model.path.stem}", PASS if every and not dead else FAIL,
               f"{len(every)} statements reached" if not dead else f"{len(dead)} not reached",
               detail="\n".join(f"line {line}: {text}" for line, text in dead))
    if model is not QUEUE:
        return
    last = sorted({process for process, _, text in seen if text == "releasing = N"})
    report.add("model last reference", PASS if len(last) > 5 else FAIL,
               "put by " + ", ".join(last))


def _bug(report, model, name):
    flags, wanted = model.bugs[name]
    if f"BUG_{name}" not in model.path.read_text():
        report.add(f"model bug {name}", FAIL, "not in the model")
        return
    run = Run(model.path, f"-DBUG_{name} {flags}", "-O0")
    found = re.search(wanted, run.error)
    report.add(f"model bug {name}", PASS if found else FAIL,
               ("found: " if found else "NOT found: ") + (run.error[:100] or run.size),
               run.seconds)


def _explore(report, model, kind):
    done = Run(model.path, model.kinds[kind])
    report.add(f"model {kind}", PASS if done.complete else FAIL,
               done.error or done.size, done.seconds, done.text)
    return done


def _endless(report, kind):
    done = Run(QUEUE.path, ENDLESS[kind], cycles=True)
    report.add(f"model endless {kind}", PASS if done.complete else FAIL,
               done.error or done.size, done.seconds, done.text)


def names():
    """Names of the checks from which to choose some."""
    return [*(kind for model in MODELS for kind in model.kinds),
            *(f"endless {kind}" for kind in ENDLESS),
            *(name for model in MODELS for name in model.bugs)]


def run(report, parts=()):
    """Run all checks, or those with one of PARTS in their name."""
    def wanted(name):
        return not parts or any(part in name for part in parts)

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _states(report)
    for model in MODELS:
        _functions(report, model)
    threads = ThreadPoolExecutor(min(os.cpu_count(), 4))
    runs = {}
    try:
        searches = {kind: threads.submit(_explore, report, model, kind)
                    for model in MODELS for kind in model.kinds if wanted(kind)}
        others = [threads.submit(_endless, report, kind) for kind in ENDLESS
                  if wanted("endless " + kind)]
        others += [threads.submit(_bug, report, model, name)
                   for model in MODELS for name in model.bugs if wanted(name)]
        runs = {kind: search.result() for kind, search in searches.items()}
        for other in others:
            other.result()
    except KeyboardInterrupt:
        pool.abandon(report)
    threads.shutdown()
    for model in MODELS:
        if all(kind in runs for kind in model.kinds):
            _coverage(report, model, [runs[kind] for kind in model.kinds])
