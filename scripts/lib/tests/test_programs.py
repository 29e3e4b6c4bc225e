# SPDX-License-Identifier: GPL-2.0 OR MIT
"""userspace/Makefile: builds after a source has moved."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from lib.testbed import TOP


class Moved(unittest.TestCase):
    """An object whose dependencies name a former place of its source"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)
        (self.out / "drm").mkdir()
        (self.out / "drm/panthor_drm.h").touch()
        (self.out / "obj/igt").mkdir(parents=True)
        self.object = self.out / "obj/igt/panthor_vm.o"

    def make(self, source):
        """What make would run for the object, if it was made of SOURCE."""
        self.object.touch()
        self.object.with_suffix(".d").write_text(f"{self.object}: {source} \\\n lib/panthor.h\n")
        env = {name: value for name, value in os.environ.items()
               if name not in ("MAKEFLAGS", "MAKELEVEL")} | {"LC_ALL": "C"}
        done = subprocess.run(["make", "-n", "-C", TOP / "userspace", f"OUT={self.out}",
                               f"UAPI={self.out}", self.object], env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_moved(self):
        """It is made again, of the source at its new place."""
        self.assertIn(" igt/memory/panthor_vm.c\n", self.make("igt/panthor_vm.c"))

    def test_same(self):
        """It is up to date if the source has not moved."""
        self.assertIn("up to date", self.make("igt/memory/panthor_vm.c"))


if __name__ == "__main__":
    unittest.main()
