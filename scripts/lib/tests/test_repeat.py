# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The command after a failure repeats that test."""

import contextlib
import io
import os
import shlex
import subprocess
import unittest

from lib.testbed import TOP, results
from lib.ask.repeat import command

COMMANDS = {
    "igt stock panthor_vm@range": "make igt TEST=panthor_vm@range KERNEL=stock",
    "igt debug i386/panthor_vm@range": "make igt TEST=i386/panthor_vm@range KERNEL=debug",
    "igt stock panthor_vm": "make igt TEST=panthor_vm@ KERNEL=stock",
    "igt stock device": "make igt KERNEL=stock",
    "igt stock unload, no leak": "make igt KERNEL=stock",
    "kunit vcsf_mmu.vcsf_mmu_readonly": "make kunit TEST=vcsf_mmu.vcsf_mmu_readonly",
    "kunit vcsf_mmu.vcsf_mmu_readonly.a=1: x y":
        "make kunit TEST=vcsf_mmu.vcsf_mmu_readonly",
    "kunit vcsf_test module": "make kunit TEST=vcsf_test",
    "kunit vcsf_test report": "make kunit TEST=vcsf_test",
    "kunit debug unload, no leak": "make kunit",
    "kunit seed=7 jobs=5 drm_jobqueue_stress.stress":
        "scripts/kunit -p 'seed=7 jobs=5' drm_jobqueue_stress.stress",
    "race seed=3 jobs=400 drm_jobqueue_stress.stress":
        "scripts/kunit -k race -p 'seed=3 jobs=400' drm_jobqueue_stress.stress",
    "race kunit vpan_ring.x": "make kunit TEST=vpan_ring.x KERNEL=race",
    "faults kunit drm_jobqueue_alloc.x": "make kunit TEST=drm_jobqueue_alloc.x",
    "fuzz-cs fuzz_seed=3 fuzz_first=0 fuzz_streams=9 vcsf_fuzz.vcsf_fuzz_streams":
        "scripts/kunit -k debug -p 'fuzz_seed=3 fuzz_first=0 fuzz_streams=9'"
        " vcsf_fuzz.vcsf_fuzz_streams",
    "panthor stock panthor_vm@range": "make panthor TEST='^panthor_vm@range$' KERNEL=stock",
    "panthor stock demo": "make panthor KERNEL=stock",
    "build tyr": "scripts/tyr --build",
    "build modules rust": "scripts/build rust",
    "tyr rebind": "make tyr TEST='^rebind$'",
    "tyr inject@as-lock": "make tyr TEST='^inject@as-lock$'",
    "tyr images@77": "make tyr TEST=images ARGS=--seed=77",
    "mesa trixie int32-add": "make mesa TEST=int32-add ARGS=--mesa=trixie",
    "mesa testing int32-add": "make mesa TEST=int32-add ARGS=--mesa=testing",
    "mesa trixie-amd64 int32-add": "make mesa TEST=int32-add ARCH=amd64",
    "mesa trixie-amd64": "make mesa ARCH=amd64",
    "mesa trixie unload, no leak": "make mesa ARGS=--mesa=trixie",
    "lint words": "make lint TEST=words",
    "model bug NO_DEFER": "make model TEST=NO_DEFER",
    "model inline, a job kept": "make model",
    "demo debug": "make demo KERNEL=debug",
    "testbed test_igt.Judge.test_pass":
        "cd scripts && python3 -m unittest lib.tests.test_igt.Judge.test_pass",
    "user graph": "scripts/check host",
    "uapi.rst names a test for each error": "scripts/check host",
    "build modules race": "scripts/build race",
    "build programs": "make programs",
    "build modules arm64-16k": "scripts/build arm64-16k",
    "build programs arm64": "make programs ARCH=arm64",
    "igt arm64-16k panthor_vm@range": "make igt TEST=panthor_vm@range KERNEL=arm64-16k",
    "build by DKMS": "scripts/dkms --try",
    "build of the Debian package": "scripts/deb --lint",
    "sleep stock panthor_sleep@jobs": "scripts/check sleep",
    "soak debug short seed 3": "scripts/check soak",
    "reload 20 times debug": "scripts/check reload",
    "provoke a": "scripts/check provoke",
    "igt": "",
    "t": "",
}


class Command(unittest.TestCase):
    """repeat.command()"""

    def test_commands(self):
        """For all kinds of results."""
        for name, expected in COMMANDS.items():
            with self.subTest(name):
                self.assertEqual(command(name), expected)

    def test_valid(self):
        """The commands for existing tests select exactly that test."""
        for name in ("igt stock panthor_vm@range", "igt debug i386/panthor_vm@range",
                     "kunit vcsf_mmu.vcsf_mmu_readonly", "kunit vcsf_test module",
                     "lint words", "model bug NO_DEFER"):
            _, goal, *words = shlex.split(command(name))
            test = words[0].removeprefix("TEST=")
            done = subprocess.run([TOP / "scripts" / goal, test], capture_output=True,
                                  env={**os.environ, "ARGUMENTS_ONLY": "1"}, text=True,
                                  check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)

    def test_printed(self):
        """A failure prints it at once; a success does not."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            report = results.Report("x")
            report.add("lint words", results.FAIL, "2 lines", detail="a\nb")
            report.add("lint lengths", results.PASS)
        self.assertEqual(said.getvalue().splitlines(), [
            "FAIL  lint words: 2 lines", "      | a", "      | b",
            "      repeat: make lint TEST=words", "pass  lint lengths"])


if __name__ == "__main__":
    unittest.main()
