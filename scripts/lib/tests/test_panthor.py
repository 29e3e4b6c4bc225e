# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of the run of the kernel's panthor driver: its table, and what trees it takes."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from lib.testbed import kernels, panthor, panthor_tests
from lib.testbed.results import FAIL, PASS, SKIP

MAKEFILE = "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n"
ROW = panthor_tests.Row("panthor_vm@limit", "6.12", "fails", "rounds up")


class Verdicts(unittest.TestCase):
    """What becomes of the result of a subtest."""

    def test_without_row(self):
        """It does not change."""
        for status in (PASS, FAIL, SKIP):
            self.assertEqual(panthor_tests.verdict(None, status, "why"), (status, "why"))

    def test_known(self):
        """A failure that the table has is no failure, and not passed either."""
        self.assertEqual(panthor_tests.verdict(ROW, FAIL, "x"), (SKIP, "differs (x): rounds up"))

    def test_unexpected(self):
        """A row whose subtest passes, or does not run, is wrong."""
        for status in (PASS, SKIP):
            self.assertEqual(panthor_tests.verdict(ROW, status, "")[0], FAIL)

    def test_either(self):
        """A subtest whose outcome is a race on panthor."""
        row = panthor_tests.Row("a@b", "all", "either", "a race")
        self.assertEqual(panthor_tests.verdict(row, PASS, ""), (PASS, ""))
        self.assertEqual(panthor_tests.verdict(row, FAIL, "x"), (SKIP, "differs (x): a race"))


class Table(unittest.TestCase):
    """The table of differences."""

    def read(self, text):
        """The rows of a table with TEXT."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.csv"
            path.write_text("Subtest,Series,Result,Reason\n" + text)
            return panthor_tests.read(path)

    def test_fits(self):
        """A row names subtests by pattern, and series."""
        row = self.read("panthor_a@*,6.12 7.2,fails,because\n")[0]
        self.assertTrue(row.fits("panthor_a@b", "7.2"))
        self.assertFalse(row.fits("panthor_a@b", "7.3"))
        self.assertFalse(row.fits("panthor_b@b", "7.2"))

    def test_malformed(self):
        """A result that does not exist and an empty reason are errors."""
        for text in ("a@b,all,unknown,because\n", "a@b,all,fails,\n"):
            self.assertRaises(ValueError, self.read, text)

    def test_own(self):
        """The table of this tree can be read."""
        self.assertTrue(panthor_tests.read())


def make_tree(tree, makefile=MAKEFILE, driver=True, uapi=True):
    """Make the folder TREE look like a kernel tree with panthor."""
    files = {"Makefile": makefile}
    if driver:
        files["drivers/gpu/drm/panthor/Makefile"] = files["drivers/gpu/drm/panthor/a.c"] = ""
    if uapi:
        files["include/uapi/drm/panthor_drm.h"] = ""
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)


class LeftOut(unittest.TestCase):
    """Subtests that are not run."""

    def test_counted(self):
        """Each that is wanted and left out is counted by its own name."""
        rows = [panthor_tests.Row("panthor_a@*", "all", "left out", "stops the guest"), ROW]
        wanted = panthor_tests.Wanted(panthor_tests.Judge(rows, "6.12"), "panthor_(a|vm)@[l-o]")
        names = ("panthor_a@one", "panthor_a@many", "panthor_a@all", "panthor_vm@limit")
        self.assertEqual([name for name in names if wanted.search(name)], ["panthor_vm@limit"])
        self.assertEqual(wanted.left_out, {"panthor_a@one": "stops the guest",
                                           "panthor_a@many": "stops the guest"})


class Trees(unittest.TestCase):
    """Kernel trees that are refused, before anything is built."""

    def check(self, release="6.12.3", **tree):
        """Check a tree for the kernel RELEASE."""
        with tempfile.TemporaryDirectory() as folder:
            make_tree(Path(folder), **tree)
            panthor.check(Path(folder), release)

    def test_good(self):
        """A tree of the kernel's series."""
        self.check()

    def test_series(self):
        """The next series begins with the same characters."""
        for release in ("6.1.12", "6.121.0", "7.2.1"):
            self.assertRaisesRegex(panthor.TreeError, "6.12, and the kernel to run",
                                   self.check, release)

    def test_no_kernel(self):
        """No version, no driver."""
        self.assertRaisesRegex(panthor.TreeError, "no Linux source", self.check,
                               makefile="all:\n")
        self.assertRaisesRegex(panthor.TreeError, "has no drivers", self.check, driver=False)
        self.assertRaisesRegex(panthor.TreeError, "has no include", self.check, uapi=False)


class DefaultTree(unittest.TestCase):
    """Debian's source that is taken if no tree is named."""

    def source(self, name, own=None):
        """What is taken for the kernel NAME, which has its OWN source or not."""
        answers = {name: {"source": own} if own else {}, "source": {"source": "/linux-6.12"},
                   "source-next": {"source": "/linux-7.3"}}
        with mock.patch.object(kernels, "variables", answers.get):
            return str(kernels.source(name))

    def test_series(self):
        """It is of the kernel's series."""
        for name in ("stock", "rt"):
            self.assertEqual(self.source(name), "/linux-6.12")
        self.assertEqual(self.source("next"), "/linux-7.3")

    def test_built(self):
        """A kernel that is built has its source."""
        for name in ("debug", "debug-next"):
            self.assertEqual(self.source(name, "/own"), "/own")


class Sources(unittest.TestCase):
    """What a copy of panthor's sources has."""

    def test_relative(self):
        """The driver, its interface, and the kernel's version; no other files."""
        with tempfile.TemporaryDirectory() as name:
            tree = Path(name)
            files = ["Makefile", "drivers/gpu/drm/panthor/Makefile",
                     "drivers/gpu/drm/panthor/panthor_drv.c", "include/uapi/drm/panthor_drm.h",
                     "drivers/iommu/io-pgtable.c"]
            for path in [*files, "drivers/iommu/iommu.c", "README"]:
                (tree / path).parent.mkdir(parents=True, exist_ok=True)
                (tree / path).touch()
            self.assertEqual(sorted(map(str, panthor.sources(tree))), sorted(files))


class Mirror(unittest.TestCase):
    """The folder of links in which a tree's driver is compiled."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.source = Path(folder.name) / "src"
        self.trees = [Path(folder.name) / name for name in ("one", "two")]
        for tree in self.trees:
            make_tree(tree)
        panthor.mirror(self.source, self.trees[0])
        self.object = self.source / "panthor/a.o"
        self.object.write_text("")

    def test_links(self):
        """The files are those of the tree, its interface included."""
        for name in ("panthor/a.c", "uapi/panthor_drm.h"):
            self.assertTrue((self.source / name).resolve().is_relative_to(self.trees[0]))

    def test_same_tree(self):
        """What was compiled from the same tree stays."""
        panthor.mirror(self.source, self.trees[0])
        self.assertTrue(self.object.exists())

    def test_other_tree(self):
        """Nothing that was compiled from another tree stays: its files may be newer."""
        panthor.mirror(self.source, self.trees[1])
        self.assertFalse(self.object.exists())
        self.assertTrue((self.source / "panthor/a.c").resolve().is_relative_to(self.trees[1]))


if __name__ == "__main__":
    unittest.main()
