# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Parsing of what trace-cmd prints, and the names of numbers."""

import re
import unittest

from lib.testbed import TOP
from lib.trace import events, names

from . import trace_sample


class Lines(unittest.TestCase):
    """events.parse_line() and events.Reader"""

    def test_line(self):
        """All parts of a line; numbers in the bases that the formats use."""
        event = events.parse_line(
            "       vcsf-mali-178   [001]    16.610074055: vcsf_stream:   device=vcsf-mali"
            " csg=0 cs=1 from=0 to=1 pc=800000002000")
        self.assertEqual((event.comm, event.pid, event.cpu), ("vcsf-mali", 178, 1))
        self.assertEqual(event.time, 16610074055)
        self.assertEqual(event.name, "vcsf_stream")
        self.assertEqual(event.number("to"), 1)
        self.assertEqual(event.number("pc"), 0x800000002000)
        self.assertEqual(event.number("missing", 7), 7)

    def test_spaces(self):
        """Names of programs and values may have spaces, dashes and flags before the time."""
        event = events.parse_line(
            " my prog-x-300 [000] d..1. 100.000001: dma_fence_init: driver=a b timeline="
            "of c context=5 seqno=0x10")
        self.assertEqual((event.comm, event.pid), ("my prog-x", 300))
        self.assertEqual(event.time, 100000001000)
        self.assertEqual(event.text("driver"), "a b")
        self.assertEqual(event.text("timeline"), "of c")
        self.assertEqual(event.fence(), (5, 16))

    def test_lost(self):
        """Lost events are counted, lines without an event are passed over."""
        lines = trace_sample.lines()
        reader = events.Reader([*lines, "CPU:0 [EVENTS DROPPED]", "CPU 1 is empty", "?"])
        found = list(reader)
        self.assertEqual((reader.lost, reader.unknown), (16, 1))
        self.assertEqual(reader.count, len(lines) - 3)
        gaps = [(event.cpu, event.number("count")) for event in found
                if event.name == events.GAP]
        # Not the first one, which is before all events
        self.assertEqual(gaps, [(0, 3), (0, 1)])

    def test_other_text(self):
        """A text that is no trace is refused, not shown as an empty one."""
        with self.assertRaises(events.FormatError):
            list(events.Reader(["int main(void)"] * 100))


def _enum(path, prefix):
    """Names of the enumerators with PREFIX in the source PATH, in order."""
    text = (TOP / path).read_text()
    return [name.lower() for name in re.findall(rf"^\t{prefix}(\w+)(?:,| = 1 <<)", text, re.M)]


class Names(unittest.TestCase):
    """The tables of names agree with the sources."""

    def test_enums(self):
        """States of streams, power changes, protection, interrupt lines, in their order."""
        self.assertEqual(list(names.STREAM_STATES),
                         _enum("drivers/vcsf/group/stream.h", "VCSF_CS_"))
        self.assertEqual(list(names.UNITS),
                         _enum("drivers/vcsf/group/stream.h", "VCSF_UNIT_")[:-1])
        self.assertEqual(list(names.POWER_EVENTS),
                         _enum("drivers/vpanthor/power/pm.h", "VPAN_POWER_"))
        self.assertEqual(list(names.PROT_FLAGS),
                         _enum("drivers/vpanthor/pt/pgtable.h", "VPAN_PROT_"))
        self.assertLessEqual(set(names.STREAM_WAITS), set(names.STREAM_STATES))

    def test_group_flags(self):
        """Flags of groups have the names that the driver prints, if it prints them."""
        printed = dict(re.findall(r"\{ BIT\(VPAN_GROUP_(\w+)\), \"(\w+)\" \}",
                                  (TOP / "drivers/vpanthor/debug/trace.h").read_text()))
        self.assertTrue(printed)
        flags = _enum("drivers/vpanthor/sched/group.h", "VPAN_GROUP_")
        self.assertEqual(list(names.GROUP_FLAGS),
                         [printed.get(flag.upper(), flag) for flag in flags])

    def test_bits(self):
        """All requests and events of the firmware interface."""
        text = (TOP / "include/vcsf/csf_fw.h").read_text()
        # Bits of other words of the interface
        other = re.compile(r"TIMER_SOURCE_.*|EP_EXCLUSIVE_.*|STATUS_IDLE|FEATURES_.*|WAIT_.*")
        for table, prefix in ((names.GLB_BITS, "CSF_GLB_"), (names.CSG_BITS, "CSF_CSG_"),
                              (names.CS_BITS, "CSF_CS_")):
            found = re.findall(rf"^#define {prefix}(\w+)\s+BIT\((\d+)\)", text, re.M)
            self.assertEqual(table, {int(bit): name.lower() for name, bit in found
                                     if not other.fullmatch(name)})

    def test_registers(self):
        """Commands and accesses of the MMU."""
        text = (TOP / "include/vcsf/csf_regs.h").read_text()
        for number, name in names.AS_COMMANDS.items():
            self.assertRegex(text, rf"CSF_AS_COMMAND_{name.upper()}\s+{number}\n")
        for number, name in enumerate(names.ACCESSES):
            self.assertRegex(text, rf"CSF_AS_ACCESS_{name.upper()}\s+{number}\n")

    def test_exceptions(self):
        """Each exception that the GPU prints has that name here."""
        text = (TOP / "include/vcsf/csf_regs.h").read_text()
        numbers = {name: int(value, 16) for name, value in re.findall(
            r"#define (CSF_EXC_\w+)(?:\(level\))?\s+\(?(0x[0-9a-f]+)", text)}
        shown = re.findall(r"\{ (CSF_EXC_\w+)(?:\((\d)\))?, \"(\w+)\" \}",
                           (TOP / "drivers/vcsf/trace/exception.h").read_text())
        expected = {numbers[name] + int(level or 0): text for name, level, text in shown}
        self.assertGreater(len(expected), 40)
        self.assertEqual(names.EXCEPTIONS, expected)

    def test_unknown(self):
        """Numbers without a name stay numbers."""
        self.assertEqual(names.of(names.STREAM_STATES, 99), "99")
        self.assertEqual(names.of(names.AS_COMMANDS, 9), "9")
        self.assertEqual(names.flags(names.PROT_FLAGS, 0x21), "readonly|5")
        self.assertEqual(names.error(-125), "ECANCELED")
