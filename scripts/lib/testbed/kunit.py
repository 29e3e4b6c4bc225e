# SPDX-License-Identifier: GPL-2.0 OR MIT
"""KUnit suites: modules that run tests when they are loaded and report KTAP.

The kernel's own kunit.py reads the results. As there, each parameter of a parametrised
test counts as a case.
"""

import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from . import TOP, complaints, kernels, provoke
from .guest import GuestError
from .results import FAIL, PASS, SKIP
from .session import Session

_MODULES = TOP / "scripts/lib/guest/modules"
_GLOB = "/sys/module/kunit/parameters/filter_glob"
_LIMIT = 600
_STATUS = {"PASS": PASS, "SKIP": SKIP}
# A report that does not keep to KTAP: the tool prints this and counts the cases as usual.
_ERROR = re.compile(r"^\[[\d:]+\] \[ERROR\] Test: (.*)$", re.M)
# Lines of the outermost level of KTAP
_VERSION = re.compile(r"KTAP version \d+$")
_PLAN = re.compile(r"1\.\.(\d+)$")
_RESULT = re.compile(r"(?:not )?ok (\d+) (\S+)")
# Of a suite: its name, and a case that has ended
_INNER = re.compile(r" {4}(?:# Subtest: (\S+)|(?:not )?ok \d+ (\S+))")


def modules(kernel):
    """The suites that were built for KERNEL."""
    return sorted(path.stem for path in (kernel.build / "kunit").glob("*.ko")
                  if path.stem != provoke.MODULE)


class Parser:
    """The kernel's kunit.py."""

    def __init__(self):
        self.tool = Path(kernels.variables("source")["source"],
                         "tools/testing/kunit/kunit.py")

    def parse(self, log):
        """Return the cases in the kernel LOG as (name, status), and the tool's output."""
        with tempfile.TemporaryDirectory() as name:
            raw, cases = Path(name) / "raw", Path(name) / "json"
            raw.write_text("\n".join(log) + "\n")
            words = subprocess.run(
                [sys.executable, self.tool, "parse", f"--json={cases}", raw],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            ).stdout
            if not cases.exists():
                return [], words
            return list(_leaves(json.loads(cases.read_text()), [])), words


def errors(log, words):
    """What is wrong with the report in the kernel LOG, if the tool said WORDS of it.

    The tool stops reading at the end of the outermost plan; results after it, a plan that
    is missing and a second report are found here.
    """
    found = _ERROR.findall(words)
    lines = [complaints.bare(line) for line in log]
    reports = sum(bool(_VERSION.match(line)) for line in lines)
    if reports > 1:
        return [*found, f"{reports} reports instead of one"]
    plan, results = None, 0
    for line in lines:
        match = _PLAN.match(line)
        if match and plan is None:
            plan = int(match.group(1))
        match = _RESULT.match(line)
        if match:
            results += 1
            if plan is not None and results > plan:
                found.append(f"{match.group(2)}: result {match.group(1)} of a plan of {plan}")
    if reports and plan is None:
        found.append("no plan")
    return found


class _Watch:
    """Tells REPORT of each case of KIND as soon as the kernel's log has it."""

    def __init__(self, report, kind):
        self.report = report
        self.kind = kind
        self.suite = ""
        self.rest = b""

    def write(self, data):
        """More of the log."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            match = _INNER.match(complaints.bare(line.decode(errors="replace").rstrip()))
            if match and match.group(1):
                self.suite = match.group(1)
            elif match:
                self.report.seen(f"{self.kind} {self.suite}.{match.group(2)}")

    def flush(self):
        """As of a file."""


def _leaves(group, path):
    for case in group.get("test_cases", []):
        yield ".".join([*path, case["name"]]), case["status"]
    for sub in group.get("sub_groups", []):
        yield from _leaves(sub, [*path, sub["name"]])


def _skip_reasons(log):
    found = (re.search(r"ok \d+ (\S+) # SKIP ?(.*)", line) for line in log)
    return {match.group(1): match.group(2) for match in found if match}


def _expectations(log):
    """Messages of failed cases, which the tool does not print."""
    said = False
    for line in log:
        if re.search(r"\b(not )?ok \d+ ", line):
            said = False
        if re.search(r"# \S+: (EXPECTATION|ASSERTION) FAILED", line):
            said = True
        if said:
            yield line


def _note(report, module, result, parser, label):
    """Add the results of one MODULE to REPORT."""
    cases, words = parser.parse(result.log)
    reasons = _skip_reasons(result.log)
    for name, status in cases:
        if result.reason and (not name or name.endswith(".")):
            continue  # cut off by the end of the guest, which is reported below
        status = _STATUS.get(status, FAIL)
        reason = reasons.get(name.split(".")[-1], "") if status == SKIP else ""
        report.add(f"{label} {name}", status, reason)
    detail = "\n".join([result.output, *_expectations(result.log),
                        *(result.complaint or [words])])
    if result.reason or result.status:
        report.add(f"{label} {module} module", FAIL,
                   result.reason or f"status {result.status}", result.seconds, detail)
    elif not cases:
        report.add(f"{label} {module} module", FAIL, "no test result in the kernel log",
                   detail="\n".join(result.log))
    elif any(_STATUS.get(status, FAIL) == FAIL for _, status in cases):
        print(detail)
    # A guest that died has cut its report off.
    wrong = [] if result.reason or not cases else errors(result.log, words)
    if wrong:
        report.add(f"{label} {module} report", FAIL, wrong[0], result.seconds,
                   "\n".join([*wrong, words]))


def run(report, kernel, chosen=None, glob="", params=("",), label="kunit", show=None):
    """Run the CHOSEN modules, or all.

    A chosen module is a name, or a pair of a name and a glob. GLOB is for the others; a
    glob selects suites and cases, as KUnit's filter_glob does. PARAMS has the modules'
    parameters, one entry per run. LABEL begins the name of each result. SHOW is a
    regular expression for lines of the kernel log to print.
    """
    parser = Parser()
    built = modules(kernel)
    chosen = [each if isinstance(each, tuple) else (each, glob)
              for each in chosen or built]
    for name in sorted({name for name, _ in chosen} - set(built)):
        report.add(f"{label} {name} module", FAIL,
                   f"not built; run: scripts/build {kernel.name}")
    if not built:
        report.add(label, FAIL, "no test module was built")
    chosen = [each for each in chosen if each[0] in built]
    if not chosen:
        return
    filtered = any(part for _, part in chosen)
    with Session(kernel, load=["kunit"]) as session:
        for args in params:
            for name, part in chosen:
                try:
                    select = (f"echo -n {shlex.quote(part or '*')} >{_GLOB} && "
                              if filtered else "")
                    result = session.run(
                        f"{select}modprobe {name} {args} && {_MODULES} unload", _LIMIT,
                        watch=_Watch(report, label))
                    if show:
                        print(*(line for line in result.log if re.search(show, line)),
                              sep="\n", flush=True)
                    _note(report, name, result, parser, f"{label} {args}".rstrip())
                except GuestError as error:
                    report.add(f"{label} {name} module", FAIL,
                               str(error).splitlines()[0], detail=str(error))
        leaks(report, label, session)


def leaks(report, what, session):
    """End SESSION; a test that the modules unload and leave no leak."""
    result = session.finish()
    if result is None:
        return
    bad = result.reason or (f"status {result.status}" if result.status else "")
    report.add(f"{what} {session.kernel.name} unload, no leak",
               FAIL if bad else PASS, bad, result.seconds, result.detail)
