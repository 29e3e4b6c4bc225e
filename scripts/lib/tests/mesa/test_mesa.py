# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of the run of Debian's Mesa: comparison of results, the table, names, the log."""

import struct
import tempfile
import unittest
from pathlib import Path

from lib.mesa import compare, run as mesa
from lib.testbed.results import FAIL, PASS, SKIP


def floats(*values):
    """VALUES as 32-bit floats."""
    return struct.pack(f"<{len(values)}f", *values)


def word(value):
    """VALUE as 32 bits."""
    return struct.pack("<I", value)


class Compare(unittest.TestCase):
    """Whether data of two drivers is the same."""

    def same(self, kind, want, have):
        """The data does not differ."""
        self.assertEqual(compare.words(kind, want, have), "")

    def differs(self, kind, want, have, text=""):
        """The data differs, and the reason has TEXT."""
        self.assertIn(text or "differ", compare.words(kind, want, have))

    def test_bits(self):
        """Every byte counts, and so does the length."""
        self.same("bits", b"abc", b"abc")
        self.differs("bits", b"abc", b"abd", "1 of 3 bytes differ, the first at 2: 0x64 instead")
        self.differs("bits", b"abc", b"ab", "2 bytes instead of 3")

    def test_bytes(self):
        """Rounding of a channel."""
        self.same("bytes off=1", b"\x10\x20", b"\x11\x1f")
        self.differs("bytes off=1", b"\x10\x20", b"\x12\x20")

    def test_ulp(self):
        """Units in the last place, across a power of two and zero."""
        self.same("float ulp=1", word(0x3f800000), word(0x3f7fffff))
        self.differs("float ulp=1", word(0x3f800000), word(0x3f7ffffe))
        self.differs("float ulp=0", word(0x3f800000), word(0x3f800001))
        self.differs("float ulp=100", floats(1.0), floats(-1.0))

    def test_special(self):
        """All NaNs are equal, and so are numbers too small; nothing else is."""
        self.same("float ulp=0", word(0x7fc00000), word(0xffc00001))
        self.differs("float ulp=9 abs=9", word(0x7fc00000), floats(1.0))
        self.differs("float ulp=9 abs=9", floats(1.0), word(0x7fc00000))
        self.same("float ulp=0", word(0x00000001), word(0x80000000))
        self.differs("float abs=5", word(0x7f800000), floats(3e38))
        self.differs("float ulp=0", word(0x7f800000), word(0xff800000))

    def test_limits(self):
        """A difference, and one in proportion."""
        self.same("float abs=0.5", floats(10, 0), floats(10.5, -0.5))
        self.differs("float abs=0.5", floats(10), floats(10.6))
        self.same("float rel=0.01", floats(100), floats(101))
        self.differs("float rel=0.01", floats(100), floats(101.5))


class Table(unittest.TestCase):
    """The table of what does not pass."""

    def test_rows(self):
        """Each row of the table is about a check that exists."""
        names = ["vulkaninfo", *mesa.source_names()]
        for row in mesa.read():
            self.assertTrue(any(row.fits(name, version) for name in names
                                for version in ("25.0", "26.1")), row.subtest)

    def test_malformed(self):
        """A result that does not exist and an empty reason are errors."""
        for text in ("a,all,unknown,because\n", "a,all,fails,\n"):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "table.csv"
                path.write_text("Check,Mesa,Result,Reason\n" + text)
                self.assertRaises(ValueError, mesa.read, path)


class Systems(unittest.TestCase):
    """What programs in a guest find the drivers by."""

    def test_packages(self):
        """The drivers of Debian's packages are in the root file system of the guest."""
        system = mesa.System("testing", "arm64", Path("/root"), "26.1.6-1")
        self.assertEqual(system.label, "testing")
        self.assertEqual(system.guest["VK_DRIVER_FILES"],
                         "/usr/share/vulkan/icd.d/panfrost_icd.json")
        self.assertNotIn("LD_LIBRARY_PATH", system.guest)

    def test_built(self):
        """Those that were built come before the libraries of the root."""
        system = mesa.System("trixie", "amd64", Path("/root"), "25.0.7-2", Path("/mesa"))
        self.assertEqual(system.label, "trixie-amd64")
        self.assertEqual(system.guest["LD_LIBRARY_PATH"], "/mesa/lib")
        for name in ("VK_DRIVER_FILES", "__EGL_VENDOR_LIBRARY_DIRS"):
            self.assertTrue(system.guest[name].startswith("/mesa/share/"), system.guest)


class Programs(unittest.TestCase):
    """The compute programs."""

    def test_sources(self):
        """Each program of the table is in its file, and each in a file in the table."""
        listed = {(file, name.replace("-", "_")) for name, file in mesa.programs().items()}
        found = set()
        for path in (mesa.SOURCES / "shaders").glob("*.comp"):
            found |= {(path.stem, line.split()[1]) for line in path.read_text().splitlines()
                      if line.startswith("#ifdef")}
        self.assertEqual(listed, found)
        self.assertGreaterEqual(len(listed), 60)


class Judging(unittest.TestCase):
    """What becomes of a result."""

    class Report:
        """Keeps the results."""

        def __init__(self):
            self.results = {}

        def add(self, name, status, reason="", *_, **__):
            """Keep a result."""
            self.results[name] = (status, reason)

    def judged(self, status, expected=PASS, ours=b"one", theirs=b"one", rows=()):
        """The verdict on a check with STATUS whose reference is EXPECTED."""
        report = self.Report()
        system = mesa.System("trixie", "arm64", Path("/"), "25.0.7-2")
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            judge = mesa.Judge(report, system, {"a": (expected, "why")}, Path(one))
            judge.rows = [mesa.Row("a", *row) for row in rows]
            (Path(one) / "a").write_bytes(theirs)
            (Path(two) / "a").write_bytes(ours)
            (Path(two) / "a.kind").write_text("bits")
            judge.judge("a", (status, "it"), Path(two), ["vcsf-mali: shader fault"])
        return report.results["mesa trixie a"]

    def test_verdicts(self):
        """A check passes if it and its reference do, with the same data."""
        self.assertEqual(self.judged(PASS)[0], PASS)
        self.assertEqual(self.judged(FAIL), (FAIL, "it; vcsf-mali: shader fault"))
        self.assertEqual(self.judged(PASS, ours=b"two")[0], FAIL)
        self.assertEqual(self.judged(PASS, expected=FAIL)[0], FAIL)
        self.assertEqual(self.judged(PASS, expected=SKIP)[0], SKIP)
        self.assertEqual(self.judged(SKIP)[0], SKIP)

    def test_table(self):
        """A failure that the table has is none; a row whose check passes is one."""
        row = ("25.0 26.1", "fails", "known")
        self.assertEqual(self.judged(FAIL, rows=[row])[0], SKIP)
        self.assertEqual(self.judged(PASS, rows=[row])[0], FAIL)
        self.assertEqual(self.judged(FAIL, rows=[("26.1", "fails", "known")])[0], FAIL)


if __name__ == "__main__":
    unittest.main()
