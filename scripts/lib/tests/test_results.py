# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Totals and exit status, and the table of kernels in the documentation."""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest
from unittest import mock

from lib import table
from lib.testbed import TOP, kernels, pool, results
from lib.testbed.results import FAIL, PASS, SKIP, Test

STOCK = kernels.Kernel("stock", "6.12.1-amd64", TOP, TOP)
ARM64 = kernels.Kernel("arm64-16k", "6.12.1-arm64-16k", TOP, TOP)


class Totals(unittest.TestCase):
    """Report.finish()"""

    def finish(self, *statuses):
        """Exit status, last line and JSON of a report with these results."""
        text = io.StringIO()
        with tempfile.TemporaryDirectory() as name, \
                mock.patch.object(results, "BUILD", pathlib.Path(name)), \
                contextlib.redirect_stdout(text):
            report = results.Report("x")
            for status in statuses:
                report.add("t", status)
            code = report.finish()
            data = json.loads((pathlib.Path(name) / "results/x.json").read_text())
        return code, text.getvalue().splitlines()[-1], data

    def test_pass(self):
        """Skips count neither as passed nor as failed."""
        code, line, data = self.finish(results.PASS, results.PASS, results.SKIP)
        self.assertEqual(code, 0)
        self.assertEqual(line, "2 passed, 0 failed, 1 skipped")
        self.assertEqual(len(data), 3)

    def test_fail(self):
        """One failure is enough."""
        code, line, _ = self.finish(results.PASS, results.FAIL)
        self.assertEqual(code, 1)
        self.assertEqual(line, "1 passed, 1 failed, 0 skipped")

    def test_nothing(self):
        """A run without a passed test is a failure."""
        self.assertEqual(self.finish()[0], 1)
        self.assertEqual(self.finish(results.SKIP)[0], 1)


class Steps(unittest.TestCase):
    """Report.print_steps()"""

    def test_longest_first(self):
        """A step that pool.work() does is in the list."""
        text = io.StringIO()
        report = results.Report("x")
        with contextlib.redirect_stdout(text):
            pool.work(report, "short", lambda: None)
            report.spent("long", 125.4)
            report.print_steps()
        self.assertEqual(text.getvalue().splitlines()[-3:],
                         ["min:s  step", "  2:05 long", "  0:00 short"])


class Run:
    """Results of a run."""

    def __init__(self, *tests):
        self.tests = [Test(*test) for test in tests]


class Table(unittest.TestCase):
    """table.write()"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "kernels.csv"

    def read(self):
        """The columns of this host by kernel."""
        return {name: column for (name, host), column in table.read(self.path).items()
                if host == table.host()}

    def test_hosts(self):
        """A kernel has a column for each host that it was built on."""
        for host, status in ("Debian 12", PASS), ("Debian 13", FAIL):
            with mock.patch.object(table, "host", lambda host=host: host):
                table.write(Run(("demo stock", status)), [STOCK], self.path)
        cells = table.read(self.path)
        self.assertEqual(cells["stock", "Debian 12"]["demo"], "1 of 1")
        self.assertEqual(cells["stock", "Debian 13"]["demo"], "0 of 1")

    def test_columns(self):
        """Each result counts for its kernel; subtests, KUnit and the demo count."""
        report = Run(("igt stock panthor_vm@range", PASS), ("igt stock device", PASS),
                        ("igt arm64-16k panthor_vm@range", FAIL), ("demo stock", PASS),
                        ("igt arm64-16k panthor_vm@pad", PASS), ("lint words", PASS),
                        ("igt stock i386/panthor_vm@range", PASS),
                        ("igt arm64 panthor_vm@pad", PASS),
                        ("igt arm64-16k panthor_vm@limit", SKIP))
        table.write(report, [STOCK, ARM64], self.path)
        cells = self.read()
        self.assertEqual(cells["stock"]["panthor_vm"], "2 of 2")
        self.assertEqual(cells["stock"]["demo"], "1 of 1")
        self.assertEqual(cells["arm64-16k"]["panthor_vm"], "1 of 3, 1 skipped")
        self.assertEqual(cells["arm64-16k"]["CPU pages"], "16 KiB")
        self.assertEqual(set(cells), {"stock", "arm64-16k"})

    def test_whole(self):
        """A whole run leaves no cell of an earlier one."""
        table.write(Run(("igt stock panthor_cs@a", PASS)), [STOCK], self.path)
        table.write(Run(("igt stock panthor_vm@a", PASS)), [STOCK], self.path, whole=True)
        self.assertNotIn("panthor_cs", self.read()["stock"])

    def test_kunit(self):
        """Cases of KUnit are counted, what else its run reports is not."""
        report = Run(("kunit vcsf_mmu.vcsf_mmu_walk", PASS), ("kunit stock device", PASS),
                     ("kunit vcsf_mmu.vcsf_mmu_map.part 0", FAIL),
                     ("kunit stock unload, no leak", PASS))
        packaged = kernels.Kernel("next", "7.3.1-amd64", TOP, TOP, TOP)
        table.write(report, [STOCK, packaged], self.path)
        self.assertEqual(self.read()["stock"]["kunit"], "1 of 2")
        self.assertNotIn("kunit", self.read()["next"])

    def test_parts(self):
        """Another run replaces the cells of the programs that it ran."""
        table.write(Run(("igt stock panthor_vm@a", FAIL), ("igt stock panthor_cs@a", PASS)),
                    [STOCK], self.path)
        table.write(Run(("igt stock panthor_vm@a", PASS)), [STOCK], self.path)
        table.write(Run(("igt arm64-16k panthor_vm@a", PASS)), [ARM64], self.path)
        cells = self.read()
        self.assertEqual(cells["stock"]["panthor_vm"], "1 of 1")
        self.assertEqual(cells["stock"]["panthor_cs"], "1 of 1")
        self.assertEqual(cells["arm64-16k"]["panthor_vm"], "1 of 1")
        self.assertNotIn("panthor_cs", cells["arm64-16k"])
