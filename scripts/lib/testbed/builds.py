# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Builds, each of which counts as a test."""

import subprocess
import time

from . import BUILD, TOP, kernels
from .results import FAIL, PASS


def step(report, name, command):
    """Run COMMAND, with the result "build NAME"."""
    begin = time.monotonic()
    done = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.STDOUT, text=True)
    good = done.returncode == 0
    report.add(f"build {name}", PASS if good else FAIL,
               "" if good else f"status {done.returncode}",
               time.monotonic() - begin, done.stdout)


def modules(report, kernel):
    """Build the modules for the kernel of this name."""
    step(report, f"modules {kernel}", [TOP / "scripts/build", kernel])


def programs(report, uapi):
    """Build the programs for this machine's guests with the kernel's headers UAPI."""
    step(report, "programs", ["make", "-C", "userspace", "--no-print-directory",
                              f"OUT={BUILD / 'user'}", f"UAPI={uapi}"])


def programs_arm64(report):
    """Build the programs for guests of arm64."""
    step(report, "programs arm64", [TOP / "scripts/lib/programs", kernels.ARM64[0]])
