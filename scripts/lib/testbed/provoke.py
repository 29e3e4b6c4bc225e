# SPDX-License-Identifier: GPL-2.0 OR MIT
"""drm_jobqueue reports misuse by a driver once and stays intact.

Each test loads the module jobqueue_provoke with another mistake. The kernel must
complain with the words given here, and the module must still complete its job.

Two tests that need user space are here, too: trace events have the documented format,
and a module with live fences cannot be unloaded.
"""

import re

from . import TOP
from .guest import Guest, GuestError
from .results import FAIL, PASS

MODULE = "jobqueue_provoke"

# Messages of drm_jobqueue, which include the name of the queue.
_MISUSE = {
    "arm-twice": "job armed twice",
    "push-unarmed": "job pushed that is not armed",
    "depend-late": "dependency of an armed job",
    "race16-complete-unarmed": "job completed that is not running",
    "complete-with-nonsense": "error that is no errno",
    "run-returns-own-fence": "a job's own fence came back from it",
    "put-armed": "last reference to a job on its way dropped",
    "arm-too-early": "job armed before its prerequisite",
    "start-unstopped": "started more than stopped",
    "resume-unsuspended": "time resumed more often than suspended",
    "requeue-unstopped": "requeue of a queue that is not stopped",
    "look-unstopped": "look at the ring of a queue that is not stopped",
    "gang-member-alone": "member of a gang armed by itself",
    "gang-not-whole": "gang armed that is not whole, or twice",
    "gang-push-unarmed": "gang pushed that is not armed",
    "gang-abort-unarmed": "gang aborted that is not armed",
}
# The same messages for other mistakes; each is printed once per boot.
_MISUSE_AGAIN = {
    "gang-depends-on-member": "job armed before its prerequisite",
    "gang-arm-twice": "gang armed that is not whole, or twice",
}
# Messages of lockdep, which reports only once per boot: each needs a boot of its own.
_LOCKDEP = {
    "race19-allocate-in-run": "fs_reclaim",
    "race19-reserve-in-run": "reservation_ww_class",
    "race19-stop-under-lock": "drm_jobqueue_run",
}
# Messages of KCSAN.
_RACE = {"race": "KCSAN: data-race"}


def _provoke(report, guest, what, expected):
    result = guest.run("echo 1 >/sys/kernel/debug/clear_warn_once;"
                       f" modprobe {MODULE} what={what} && rmmod {MODULE}", 120)
    log = "\n".join(result.log)
    missing = [text for text in (expected, f"provoke: {what}: done")
               if text not in log]
    if not result.reason:
        missing.append("any complaint")
    report.add(f"provoke {what}", FAIL if missing else PASS,
               "the kernel does not say: " + ", ".join(missing) if missing else "",
               result.seconds, log if missing else "")


_MANUAL = TOP / "Documentation/jobqueue.rst"
_TRACING = "/sys/kernel/tracing"
_LIKE_ARM = ("job_run", "job_done", "timeout")
_FIELDS = {"NAME": r"\S+", "CONTEXT": r"\d+", "SEQNO": r"\d+", "ID": r"\d+",
           "N": r"\d+", "E": r"-?\d+"}
# Events of jobqueue_provoke with what=traces. A and B are the queues' contexts.
_TRACES = """
job_arm: fence=B:1 client=41 credits=1 error=0
job_arm: fence=A:1 client=42 credits=1 error=0
job_dep: fence=A:1 client=42 depends on fence=B:1
job_run: fence=B:1 client=41 credits=1 error=0
job_done: fence=B:1 client=41 credits=1 error=0
job_run: fence=A:1 client=42 credits=1 error=0
job_done: fence=A:1 client=42 credits=1 error=0
kill: context=A error=-5
job_arm: fence=A:2 client=43 credits=1 error=0
job_done: fence=A:2 client=43 credits=0 error=-5
""".strip().splitlines()


def _documented():
    """Patterns of trace lines by event, from the documentation."""
    found = dict(re.findall(r"^    drm_jobqueue_(\w+): (.*)$", _MANUAL.read_text(), re.M))
    found.update((name, found["job_arm"]) for name in _LIKE_ARM)
    return {name: re.sub(r"\b(" + "|".join(_FIELDS) + r")\b",
                         lambda match: _FIELDS[match.group()], text)
            for name, text in found.items()}


def _trace_faults(output):
    """Differences of the trace in OUTPUT from the expected one."""
    documented, contexts, seen = _documented(), {}, []
    for name, text in re.findall(r": drm_jobqueue_(\w+): (.*)$", output, re.M):
        if not re.fullmatch(documented.get(name, ""), text):
            yield f"not as documented: {name}: {text}"
        if not text.startswith("dev=provoke queue=provoke "):
            yield f"names another queue: {text}"
        text = text.removeprefix("dev=provoke queue=provoke ")
        for context in re.findall(r"(?:fence|context)=(\d+)", text):
            contexts.setdefault(context, "BA"[len(contexts) % 2])
        seen.append(f"{name}: " + re.sub(
            r"(fence|context)=(\d+)",
            lambda match: f"{match.group(1)}={contexts[match.group(2)]}", text))
    if len(contexts) != 2:
        yield f"{len(contexts)} fence contexts"
    for missing in sorted(set(_TRACES) - set(seen)):
        yield f"missing: {missing}"
    for extra in sorted(set(seen) - set(_TRACES)):
        yield f"not expected: {extra}"
    # Events of one job, and of a job and its dependency, are in order.
    of_job = [line for line in seen if "=A:1 " in line or "_done: fence=B:1" in line]
    if of_job != [line for line in _TRACES if line in of_job]:
        yield "order: " + "; ".join(of_job)


def _traces(report, guest):
    """Trace events have the documented format and order."""
    result = guest.run(
        f"set -e; echo >{_TRACING}/trace; echo 1 >{_TRACING}/events/drm_jobqueue/enable;"
        f" modprobe {MODULE} what=traces; rmmod {MODULE};"
        f" echo 0 >{_TRACING}/events/drm_jobqueue/enable; cat {_TRACING}/trace", 60)
    faults = list(_trace_faults(result.output))
    bad = result.reason or (faults[0] if faults else "")
    report.add("jobqueue traces as documented", FAIL if bad else PASS, bad, result.seconds,
               "\n".join([*faults, result.output]) if bad else "")


def _live_fence(report, guest):
    """A fence held by user space outlives its driver and pins drm_jobqueue."""
    result = guest.run(f"modprobe {MODULE} && {TOP}/scripts/lib/guest/keep-fence {MODULE}", 60)
    bad = result.reason or (f"status {result.status}" if result.status else "")
    report.add("jobqueue race12_module_stays_for_a_fence", FAIL if bad else PASS, bad,
               result.seconds, result.output if bad else "")


def run(report, kernel):
    """Run all on KERNEL, which must have lockdep."""
    try:
        with Guest(kernel) as guest:
            guest.run("modprobe drm_jobqueue", 60)
            _traces(report, guest)
            _live_fence(report, guest)
    except GuestError as error:
        report.add("jobqueue guest", FAIL, str(error).splitlines()[0], detail=str(error))
    _run(report, kernel, [{what: text} for what, text in _LOCKDEP.items()]
         + [_MISUSE, _MISUSE_AGAIN])


def race(report, kernel):
    """The race kernel notices a race."""
    _run(report, kernel, [_RACE])


def _run(report, kernel, lots):
    for lot in lots:
        try:
            with Guest(kernel, panic_on_warn=False) as guest:
                guest.run("modprobe drm_jobqueue", 60)
                for what, expected in lot.items():
                    _provoke(report, guest, what, expected)
        except GuestError as error:
            report.add("provoke guest", FAIL, str(error).splitlines()[0], detail=str(error))
