# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of mkfw: the image is valid, and the built-in image is current."""

import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
MKFW = TOP / "scripts/lib/mkfw"
DEFAULT = TOP / "include/vcsf/csf_default_image.h"


def image(*options):
    """Return the image that mkfw writes."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "fw"
        subprocess.run([MKFW, "--output", path, *options], check=True)
        return path.read_bytes()


class Mkfw(unittest.TestCase):
    """See above."""

    def test_default_is_current(self):
        """The committed header equals the output of mkfw."""
        subprocess.run([MKFW, "--check", DEFAULT], check=True)

    def test_check_notices(self):
        """A header with other contents is refused."""
        done = subprocess.run([MKFW, "--interface", "0x01050000", "--check", DEFAULT],
                              check=False, stderr=subprocess.DEVNULL)
        self.assertNotEqual(done.returncode, 0)

    def test_container(self):
        """Entries fill the space that the header declares; all data is in the file."""
        data = image()
        magic, _, major, _, _, _, size = struct.unpack_from("<IBBHIII", data)
        self.assertEqual((magic, major), (0xC3F13A6E, 0))
        at, sections = 20, {}
        while at < size:
            word, = struct.unpack_from("<I", data, at)
            self.assertEqual((word >> 8 & 0xFF) % 4, 0)
            if word & 0xFF == 0:
                flags, start, end, first, last = struct.unpack_from("<5I", data, at + 4)
                sections[start] = flags
                self.assertLessEqual(last - first, end - start)
                self.assertLessEqual(last, len(data))
            at += word >> 8 & 0xFF
        self.assertEqual(at, size)
        self.assertTrue(sections[0x04000000] & 1 << 30)
        self.assertTrue(sections[0] & 1 << 2)


    def test_adjacent(self):
        """A section follows the program's without a gap."""
        self.assertEqual(image("--adjacent").count(struct.pack("<2I", 0x1000, 0x2000)), 1)
        self.assertEqual(image().count(struct.pack("<2I", 0x1000, 0x2000)), 0)


if __name__ == "__main__":
    unittest.main()
