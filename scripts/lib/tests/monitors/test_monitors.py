# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The text of a terminal, and what is read from the screens of nvtop and gputop."""

import unittest

from lib import monitors
from lib.monitors.screen import Screen

NVTOP = """\
 Device 0 [g610] Integrated GPU RX: N/A TX: N/A
    PID USER DEV     TYPE  GPU        GPU MEM    CPU  HOST MEM Command
    192 root   0  Graphic {}     {}MiB   1%    10%      1MiB /tmp/build/user/bench/queue-load
    193 root   0  Graphic  99%     70MiB   1%    10%      1MiB /bin/other
"""
GPUTOP = """\
DRM minor 128
PID      MEM      RSS                       panthor                NAME
197      16M     {} |{}% ██████████▍                             | queue-load
"""


def program(**changes):
    """What the guest returns for nvtop, without the screens."""
    return {"status": 0, "load_status": 0, "load": "60", "during": "3", "after": "3", **changes}


def failed(name, texts, **changes):
    """The checks that fail."""
    found = monitors.judge(name, program(**changes), texts)
    return [check for check, reason in found.items() if reason]


class TerminalTest(unittest.TestCase):
    """Sequences move the cursor and clear parts of the screen."""

    def show(self, *parts):
        """The text of a small terminal after PARTS."""
        screen = Screen(10, 3)
        for part in parts:
            screen.feed(part)
        return screen.text()

    def test_text(self):
        """Characters, lines, and what leaves the screen at its top."""
        self.assertEqual(self.show("one\r\ntwo"), "one\ntwo\n")
        self.assertEqual(self.show("1\r\n2\r\n3\r\n4"), "2\n3\n4\n")
        self.assertEqual(self.show("0123456789ab"), "0123456789\nab\n")

    def test_cursor(self):
        """Positions count from 1; a sequence may come in two parts."""
        self.assertEqual(self.show("\x1b[2;3Hx\x1b[Hy"), "y\n  x\n")
        self.assertEqual(self.show("\x1b[2;", "3Hx"), "\n  x\n")
        self.assertEqual(self.show("abc\x1b[2Dx\by\rz"), "zyc\n")

    def test_clear(self):
        """To the end, from the begin, all; of the line and of the screen."""
        self.assertEqual(self.show("abcd\x1b[1;3H\x1b[K"), "ab\n")
        self.assertEqual(self.show("abcd\x1b[1;3H\x1b[1K"), "   d\n")
        self.assertEqual(self.show("ab\r\ncd\x1b[1;2H\x1b[J"), "a\n")
        self.assertEqual(self.show("abcd\x1b[1;2H\x1b[2X"), "a  d\n")
        self.assertEqual(self.show("ab\x1b[2J"), "\n")

    def test_other(self):
        """Colours do not show; lines of the alternate character set do."""
        self.assertEqual(self.show("\x1b[7ma\x1b[0m\x1b[?25lb\x1b(B"), "ab\n")
        self.assertEqual(self.show("\x0elqx\x0fq"), "+-|q\n")


class ReadingTest(unittest.TestCase):
    """Which numbers are found in a screen."""

    def test_nvtop(self):
        """Of the load only; a percentage may be missing."""
        self.assertEqual(monitors.readings("nvtop", [NVTOP.format(" 56%", 16)]),
                         [(56.0, 16 << 20)])
        self.assertEqual(monitors.readings("nvtop", [NVTOP.format("N/A ", 0)]), [(None, 0)])
        self.assertEqual(monitors.readings("nvtop", ["", "queue-load"]), [])

    def test_gputop(self):
        """The percentage and the resident memory."""
        self.assertEqual(monitors.readings("gputop", [GPUTOP.format("16M", " 54.0")]),
                         [(54.0, 16 << 20)])

    def test_screens(self):
        """A screen is complete when the program pauses."""
        parts = [(0.0, b"a".hex()), (0.1, b"b".hex()), (2.0, b"c".hex()), (4.0, b"d".hex())]
        self.assertEqual(monitors.screens({"columns": 10, "rows": 1, "parts": parts}),
                         ["ab\n", "abc\n"])


class VerdictTest(unittest.TestCase):
    """Each check fails for its reason."""

    good = [NVTOP.format(" 56%", 16)] * 4

    def test_good(self):
        """Also if the first reading has no percentage."""
        self.assertEqual(failed("nvtop", self.good), [])
        self.assertEqual(failed("nvtop", [NVTOP.format("N/A ", 16), *self.good]), [])

    def test_busy(self):
        """Too few percentages; more than in which jobs were pending, or far less."""
        self.assertEqual(failed("nvtop", [NVTOP.format("N/A ", 16)] * 4), ["busy"])
        self.assertEqual(failed("nvtop", [NVTOP.format("100%", 16)] * 4), ["busy"])
        self.assertEqual(failed("nvtop", [NVTOP.format("  0%", 16)] * 4), ["busy"])
        self.assertEqual(failed("nvtop", [NVTOP.format("  9%", 16)] * 4), ["busy"])
        self.assertEqual(failed("nvtop", [*self.good, NVTOP.format("101%", 16)]), ["busy"])

    def test_memory(self):
        """The buffer of the load is missing."""
        self.assertEqual(failed("nvtop", [NVTOP.format(" 56%", 0)] * 4), ["memory"])

    def test_others(self):
        """Another process only; errors; another value of profiling."""
        self.assertEqual(failed("nvtop", ["no line"]), ["lists the process", "busy", "memory"])
        self.assertEqual(failed("nvtop", self.good, status=1), ["ends"])
        self.assertEqual(failed("nvtop", self.good, load_status=-9), ["ends"])
        self.assertEqual(failed("nvtop", self.good, load=""), ["busy"])
        self.assertEqual(failed("nvtop", self.good, after="0"), ["profiling"])
        both = {"during": "1", "after": "0"}
        shown = [GPUTOP.format("16M", " 54.0")] * 4
        self.assertEqual(failed("gputop", shown, **both), [])
        self.assertEqual(failed("gputop", shown), ["profiling"])


if __name__ == "__main__":
    unittest.main()
