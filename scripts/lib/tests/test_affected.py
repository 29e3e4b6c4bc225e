# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The table of tests for changes fits the tree and the commands."""

import os
import re
import shlex
import subprocess
import unittest

from lib.ask import affected, names
from lib.testbed import TOP

# Goals of make whose arguments are checked by the script of that name
_CHECKED = ("kunit", "igt", "lint", "check", "bench", "model")
_PLAIN = ("make demo", "make demo-compute", "make mesa", "make mesa-build", "make model",
          "make monitors", "make panthor", "make tyr")


def _files():
    out = subprocess.run([TOP / "scripts/lib/checks/files"], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return out.splitlines()


class Table(unittest.TestCase):
    """Documentation/affected.csv"""

    def test_patterns(self):
        """Each pattern matches a file of the tree."""
        files = _files()
        dead = [pattern for row in affected.rows() for pattern in row.patterns
                if not any(affected.Row((pattern,), "", 0).fits(name) for name in files)]
        self.assertEqual(dead, [])

    def test_sources(self):
        """Each source file has a test that runs something, not only a check of the text."""
        folders = ("drivers/", "kunit/", "include/", "userspace/", "scripts/", "samples/",
                   "bench/", "shim/")
        untested = [name for name in _files() if name.startswith(folders) and
                    all(command.startswith("make lint")
                        for command, *_ in affected.commands([name]))]
        self.assertEqual(untested, [])

    def test_commands(self):
        """Each command has valid arguments."""
        for command, *_ in affected.commands(_files()):
            with self.subTest(command):
                make, goal, *words = shlex.split(command)
                self.assertEqual(make, "make")
                if command in _PLAIN:
                    continue
                self.assertIn(goal, _CHECKED)
                self.assertEqual(len(words), 1)
                variable, _, value = words[0].partition("=")
                self.assertEqual(variable, "ARGS" if goal == "bench" else "TEST")
                self.valid(goal, value.split())

    def valid(self, goal, words):
        """The script of GOAL accepts WORDS."""
        if goal == "kunit":
            names.choose_kunit(words)
        elif goal == "igt":
            # Each of "panthor_(a|b)@" by itself
            for word in words:
                match = re.fullmatch(r"panthor_\((.*)\)@", word)
                parts = [f"^panthor_{part}@" for part in match.group(1).split("|")] \
                    if match else [word]
                names.Subtests(parts).check(names.igt_subtests())
        else:
            done = subprocess.run([TOP / "scripts" / goal, *words], text=True, check=False,
                                  env={**os.environ, "ARGUMENTS_ONLY": "1"},
                                  capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


class Commands(unittest.TestCase):
    """affected.commands()"""

    def chosen(self, *paths):
        """The commands for PATHS."""
        return [command for command, *_ in affected.commands(paths)]

    def test_program(self):
        """The test of an IGT program is that program."""
        self.assertIn("make igt TEST=panthor_vm@",
                      self.chosen("userspace/igt/memory/panthor_vm.c"))

    def test_once(self):
        """A command appears once, with all files that it tests, in the table's order."""
        found = affected.commands(["kunit/vcsf/isa/run_test.c", "drivers/vcsf/mmu/walk.c"])
        order = [command for command, *_ in found]
        self.assertEqual(len(order), len(set(order)))
        self.assertEqual({name: files for name, _, files in found}["make kunit TEST=vcsf_test"],
                         ["kunit/vcsf/isa/run_test.c", "drivers/vcsf/mmu/walk.c"])
        self.assertLess(order.index("make kunit TEST=vcsf_test"), order.index("make demo"))

    def test_folders(self):
        """A glob stays in its folder, a folder includes those below."""
        power = "make igt TEST='panthor_(power|devfreq|fault|lifetime|flush_id)@'"
        self.assertIn(power, self.chosen("drivers/vpanthor/drv.c"))
        self.assertNotIn(power, self.chosen("drivers/vpanthor/mm/vm.c"))
        self.assertIn("make kunit TEST=vcsf_test", self.chosen("drivers/vcsf/mmu/walk.c"))


if __name__ == "__main__":
    unittest.main()
