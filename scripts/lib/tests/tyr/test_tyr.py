# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of the run of the kernel's Tyr driver: its trees, its errors, its table."""

import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from random import Random
from unittest import mock

from lib.ask import arguments
from lib.testbed import TOP, panthor_tests
from lib.testbed.results import FAIL, PASS, SKIP
from lib.tyr import build, tests

MAKEFILE = "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n"
DRIVER = "drivers/gpu/drm/tyr"
ROW = panthor_tests.Row("rebind", "7.3", "fails", "does not clear")

# What rustc, gcc and modpost print
RUSTC = """\
  RUSTC [M] driver/tyr.o
error[E0425]: cannot find function `power_on` in module `gpu`
   --> driver/driver.rs:139:14
    |
139 |         gpu::power_on(pdev.as_ref(), &iomem)?;
    |              ^^^^^^^^ help: a function with a similar name exists: `l2_power_on`

error: unused variable: `x`
  --> /top/build/tyr/rust/src/driver/fw/parser.rs:7:9
   |

error: aborting due to 2 previous errors
"""
MODPOST = """\
  MODPOST Module.symvers
ERROR: modpost: "drm_new_helper" [/top/build/tyr/rust/src/tyr.ko] undefined!
"""


class Errors(unittest.TestCase):
    """The errors of a build that does not succeed."""

    def errors(self, output):
        """The errors of OUTPUT."""
        return build.errors(output, Path("/top/build/tyr/rust/src"), Path("/home/me/linux"))

    def test_rustc(self):
        """They name the symbol, and the file of the tree, not the link to it."""
        self.assertEqual(self.errors(RUSTC), [
            f"/home/me/linux/{DRIVER}/driver.rs:139:14: error[E0425]: cannot find function "
            "`power_on` in module `gpu`",
            f"/home/me/linux/{DRIVER}/fw/parser.rs:7:9: error: unused variable: `x`"])

    def test_modpost(self):
        """A symbol that the guest's kernel does not have."""
        self.assertEqual(len(self.errors(MODPOST)), 1)
        self.assertIn('"drm_new_helper"', self.errors(MODPOST)[0])

    def test_none(self):
        """Output without an error that is known."""
        self.assertEqual(self.errors("make: *** [Makefile:2: all] Killed\n"), [])


class Helpers(unittest.TestCase):
    """Functions that reach a board's registers, and that shim/tyr does not replace."""

    def test_missed(self):
        """Those that would not go to the GPU's window."""
        self.assertEqual(
            build.missed(["U rust_helper_readb", "U rust_helper_mutex_lock", "U ioremap_wc",
                          "U rust_helper_memcpy_fromio", "U _printk", "T rust_helper_readl"]),
            ["ioremap_wc", "rust_helper_memcpy_fromio", "rust_helper_readb"])

    def test_shim(self):
        """All that the shim defines is among those that are looked for."""
        text = (TOP / "shim/tyr/window.c").read_text(encoding="utf-8")
        for name in ("rust_helper_readl", "rust_helper_writeq_relaxed", "rust_helper_ioremap"):
            self.assertIn(f"{name}(", text)
            self.assertEqual(build.missed([f"U {name}"]), [name])


class Trees(unittest.TestCase):
    """Kernel trees, before anything is built."""

    def tree(self, folder, makefile=MAKEFILE, files=("tyr.rs", "fw/parser.rs", "Kconfig")):
        """A tree in FOLDER with FILES of the driver."""
        tree = Path(folder)
        (tree / "Makefile").write_text(makefile)
        for name in files:
            path = tree / DRIVER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        return tree

    def test_good(self):
        """A tree of the kernel's series."""
        with tempfile.TemporaryDirectory() as folder:
            build.check(self.tree(folder), "7.3.4-test")

    def test_wrong(self):
        """Another series, a tree without Tyr, no tree."""
        for wrong, reason in (({"makefile": MAKEFILE.replace("3", "4")}, "and the kernel to run"),
                              ({"files": ("Kconfig",)}, "has no drivers/gpu/drm/tyr/tyr.rs"),
                              ({"makefile": "all:\n"}, "no Linux source")):
            with tempfile.TemporaryDirectory() as folder:
                self.assertRaisesRegex(build.TreeError, reason, build.check,
                                       self.tree(folder, **wrong), "7.3.4-test")

    def test_mirror(self):
        """Links to the Rust files with their folders; a link to a file that left goes, too."""
        with tempfile.TemporaryDirectory() as folder:
            tree, source = self.tree(folder), Path(folder) / "src"
            build.mirror(source, tree)
            self.assertEqual(sorted(str(path.relative_to(source / "driver"))
                                    for path in source.glob("driver/**/*.*")),
                             ["fw/parser.rs", "tyr.rs"])
            self.assertTrue((source / "Kbuild").is_symlink())
            self.assertTrue((source / "shim/window.c").is_symlink())
            (tree / DRIVER / "new.rs").write_text("")
            build.mirror(source, tree)
            self.assertTrue((source / "driver/new.rs").is_symlink())
            (tree / DRIVER / "new.rs").unlink()
            build.mirror(source, tree)
            self.assertFalse((source / "driver/new.rs").is_symlink())


class Table(unittest.TestCase):
    """Verdicts by the table of known faults."""

    def test_verdict(self):
        """A known failure is skipped; if it passes, the row is wrong."""
        judge = tests.Judge([ROW], "7.3")
        self.assertEqual(judge("rebind", FAIL, "70 of 100")[0], SKIP)
        self.assertEqual(judge("rebind", PASS, "")[0], FAIL)
        self.assertEqual(judge("bind", FAIL, "x"), (FAIL, "x"))
        self.assertEqual(tests.Judge([ROW], "7.4")("rebind", FAIL, "x"), (FAIL, "x"))

    def test_own(self):
        """Each row of the table of this tree names a test that exists."""
        names = {test.name for each in tests.groups(["g610"], 1).values() for test in each}
        names |= {f"leaks@{group}" for group in tests.groups(["g610"], 1)}
        for row in panthor_tests.read(tests.TABLE):
            self.assertTrue(any(row.fits(name, row.series.split()[0]) for name in names),
                            row.subtest)


class Guest(unittest.TestCase):
    """The program of the guest."""

    def setUp(self):
        loader = SourceFileLoader("guest_tyr", str(TOP / "scripts/lib/guest/tyr"))
        self.guest = module_from_spec(spec_from_loader(loader.name, loader))
        loader.exec_module(self.guest)

    def test_tests(self):
        """It has each test that the host asks for."""
        for group in tests.groups(["g610"], 1).values():
            for test in group:
                name = test.arguments.split()[0].replace("-", "_")
                self.assertTrue(callable(getattr(self.guest, f"test_{name}", None)), name)

    def test_layout(self):
        """GPU_INFO has a name for each number."""
        self.assertEqual(len(self.guest.FIELDS),
                         len(self.guest.INFO.unpack(bytes(self.guest.INFO.size))))
        self.assertEqual(self.guest.INFO.size, 112)

    def test_mutations(self):
        """A seed gives the same images again, and almost all differ from the original."""
        image = bytes(range(256)) * 8
        first = [self.guest.mutated(image, rng) for rng in [Random(5)] for _ in range(50)]
        again = [self.guest.mutated(image, rng) for rng in [Random(5)] for _ in range(50)]
        self.assertEqual(first, again)
        self.assertGreater(sum(each != image for each in first), 45)
        self.assertTrue(all(first))


class Models(unittest.TestCase):
    """Names of the GPU models, which the module has."""

    def test_not_built(self):
        """It is said what to do, before a guest boots."""
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.object(tests, "BUILD", Path(folder)), \
                self.assertRaisesRegex(arguments.Mistake, "run: scripts/build rust"):
            tests.models()


if __name__ == "__main__":
    unittest.main()
