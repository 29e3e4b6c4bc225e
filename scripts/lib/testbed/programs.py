# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Runs of the demo, the sample driver, module reloads, GPU models and firmware files."""

import re

from . import BUILD, TOP, kunit
from .guest import GuestError
from .igt import LOAD
from .results import FAIL, PASS
from .session import Session

DEMO = BUILD / "user/demo/vpan-demo"
_FIRMWARE = TOP / "scripts/lib/guest/firmware"
_MODELS = TOP / "scripts/lib/guest/models"
_PARAMETERS = TOP / "scripts/lib/guest/parameters"
_RECORD = TOP / "scripts/lib/guest/record"
_RELOAD = TOP / "scripts/lib/guest/reload"
_LIMITS = {"stock": 120, "rt": 120, "next": 120, "debug": 300, "debug-next": 300, "race": 300,
           "arm64": 300, "arm64-16k": 300}
_CORRECT = re.compile("all results correct", re.I)
TIMES = 20


def _judge(result, expect):
    if result.reason:
        return FAIL, result.reason
    if result.status:
        return FAIL, f"exit status {result.status}"
    if not expect.search(result.output):
        return FAIL, f"exit status 0, but '{expect.pattern}' is missing in the output"
    return PASS, ""


def _one(report, kernel, name, command, limit, expect, load=LOAD):
    with Session(kernel, load=load) as session:
        try:
            result = session.run(command, limit)
        except GuestError as error:
            report.add(name, FAIL, str(error).splitlines()[0], detail=str(error))
            return
        status, reason = _judge(result, expect)
        report.add(name, status, reason, result.seconds, result.detail)
        kunit.leaks(report, name.rsplit(" ", 1)[0], session)


def run_one(report, kernel, name, command, expect, load):
    """Run one command in a guest, whose output must contain what EXPECT finds."""
    _one(report, kernel, name, command, _LIMITS[kernel.name], expect, load)


def _demo(kernel):
    return kernel.programs / "demo/vpan-demo"


def demo(report, kernel):
    """The demo with its default options."""
    _one(report, kernel, f"demo {kernel.name}", str(_demo(kernel)),
         _LIMITS[kernel.name], _CORRECT)


def record(report, kernel):
    """Record programs with vpan-record, and replay the records."""
    _one(report, kernel, f"record {kernel.name}", f"{_RECORD} {kernel.programs}",
         _LIMITS[kernel.name], re.compile("record: all replays as expected"))


def sample(report, kernel):
    """The sample driver, which fails to load if its jobs fail."""
    _one(report, kernel, f"sample {kernel.name}",
         "modprobe jq_sample && rmmod jq_sample && dmesg | grep jq_sample:",
         _LIMITS[kernel.name],
         re.compile("10000 jobs, 10000 freed, result 0"), load=("drm_jobqueue",))


def sample_native(report, kernel):
    """The sample whose rings wait for each other, the first of which is killed."""
    _one(report, kernel, f"sample native {kernel.name}",
         "modprobe jq_native && rmmod jq_native && dmesg | grep jq_native:",
         _LIMITS[kernel.name],
         re.compile("2000 jobs, [0-9]+ waits of rings, result 0"),
         load=("drm_jobqueue",))


def sample_gang(report, kernel):
    """The sample whose jobs come in pairs, the first ring of which is killed."""
    _one(report, kernel, f"sample gang {kernel.name}",
         "modprobe jq_gang && rmmod jq_gang && dmesg | grep jq_gang:",
         _LIMITS[kernel.name],
         re.compile("1000 pairs ran, 0 without a partner, result 0"),
         load=("drm_jobqueue",))


def reload(report, kernel):
    """Unload and load the modules repeatedly, with the demo in between."""
    _one(report, kernel, f"reload {TIMES} times {kernel.name}",
         f"{_RELOAD} {TIMES} {DEMO}", TIMES * 60,
         re.compile(f"reload {TIMES} of {TIMES}"))


def models(report, kernel):
    """The demo on every GPU model of vcsf."""
    _one(report, kernel, f"models {kernel.name}", f"{_MODELS} {DEMO} --frames=1",
         _LIMITS[kernel.name], re.compile(r"models: all \d\d"))


def parameters(report, kernel):
    """Values of vcsf's parameters that it must refuse."""
    _one(report, kernel, f"parameters {kernel.name}", str(_PARAMETERS), _LIMITS[kernel.name],
         re.compile(r"parameters: \d\d values refused"))


def firmware(report, kernel):
    """The demo with different files in place of the GPU's firmware."""
    _one(report, kernel, f"firmware {kernel.name}", f"{_FIRMWARE} {_demo(kernel)} --frames=1",
         _LIMITS[kernel.name], re.compile("firmware: all 6"))
