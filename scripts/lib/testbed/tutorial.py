# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The modules of Documentation/tutorial.rst, built by the commands of that page and run."""

import os
import re
import shutil
import subprocess

from . import BUILD, TOP, kernels, programs
from .results import FAIL, PASS

_PAGE = TOP / "Documentation/tutorial.rst"
_FILES = TOP / "samples/tutorial"
_GUEST = TOP / "scripts/lib/guest/tutorial"
STEPS = (1, 2, 3, 4)


def commands(page):
    """The commands of a page that build: [line], of the module against the package, of the
    module against the source tree, and of the program."""
    return re.findall(r"^    ((?:make|cc) .*)$", page, re.M)


def _shell(command, folder, **variables):
    """Run a command of the page; returns (good, output)."""
    done = subprocess.run(["bash", "-euc", command], cwd=folder, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, **variables})
    # With a warning the page would not be an example to follow.
    return done.returncode == 0 and "warning:" not in done.stdout, done.stdout


def _folder(out, step):
    """A folder with what the page says is in it at a step."""
    folder = out / str(step)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("Kbuild", "Makefile", "toy_hw.h", "toy_drm.h", "toy_client.c"):
        shutil.copy(_FILES / name, folder)
    shutil.copy(_FILES / f"toy{step}.c", folder / "toy.c")
    return folder


def build(report, kernel):
    """Build all steps for a kernel; returns the folder of them, None if one failed."""
    out = BUILD / "tutorial" / kernel.name
    _, module, program = commands(_PAGE.read_text(encoding="utf-8"))
    variables = {"JOBQUEUE": str(kernel.build / "src"),
                 "KDIR": kernels.variables(kernel.name)["kdir"]}
    for step in STEPS:
        folder = _folder(out, step)
        good, output = _shell(module, folder, **variables)
        if good and step == STEPS[-1]:
            good, output = _shell(program, folder)
        report.add(f"tutorial {kernel.name} step {step} builds", PASS if good else FAIL,
                   "" if good else "see its output", 0.0, output)
        if not good:
            return None
    return out


def run(report, kernel):
    """Build the modules of all steps, load and use them."""
    folder = build(report, kernel)
    if folder:
        programs.run_one(report, kernel, f"tutorial {kernel.name}", f"{_GUEST} {folder}",
                         re.compile("step 4: all results correct"), ("drm_jobqueue",))
