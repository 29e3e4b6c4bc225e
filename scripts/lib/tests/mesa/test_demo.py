# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of the demo that computes: the comparison of frames, the picture, the options."""

import struct
import subprocess
import unittest
import zlib

from lib.mesa import demo, png
from lib.testbed import TOP


class Frames(unittest.TestCase):
    """Whether the frames are those that are expected."""

    scene = demo.Scene(width=4, height=2, frames=2, iterations=9)

    def test_equal(self):
        """The same bytes are no difference."""
        data = bytes(range(64))
        self.assertEqual(demo.difference(self.scene, data, data), "")

    def test_pixel(self):
        """One bit of one pixel is found, and its place named."""
        data = bytes(64)
        other = bytearray(data)
        # Frame 2, row 1, column 2
        other[32 + 4 * (4 + 2) + 1] = 1
        self.assertEqual(demo.difference(self.scene, data, bytes(other)),
                         "1 of 16 pixels differ, the first one in frame 2, row 1, column 2")

    def test_length(self):
        """Frames that are missing are a difference, whatever the others are."""
        self.assertIn("32 bytes instead of 2 frames of 32",
                      demo.difference(self.scene, bytes(64), bytes(32)))
        self.assertIn("0 bytes", demo.difference(self.scene, bytes(64), b""))
        # So are those of the reference.
        self.assertIn("32 bytes", demo.difference(self.scene, bytes(32), bytes(64)))
        self.assertIn("0 bytes", demo.difference(self.scene, b"", bytes(64)))

    def test_rate(self):
        """The program's line of its speed."""
        text = "frame 1 of 2: 4.64 s\n2 frames of 4x2 in 9.95 s: 0.201 frames/s, 3 pixels/s\n"
        self.assertEqual(demo.rate(text), 0.201)
        self.assertEqual(demo.rate("error"), 0)


class Picture(unittest.TestCase):
    """The file of a picture."""

    def test_png(self):
        """A reader of the format finds the pixels, and all checksums are right."""
        data = png.encode(2, 2, bytes((1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 0, 0, 0, 255)))
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        at, chunks = 8, {}
        while at < len(data):
            size, kind = struct.unpack(">I4s", data[at:at + 8])
            body = data[at + 8:at + 8 + size]
            check, = struct.unpack(">I", data[at + 8 + size:at + 12 + size])
            self.assertEqual(check, zlib.crc32(kind + body))
            chunks[kind] = body
            at += 12 + size
        self.assertEqual(list(chunks), [b"IHDR", b"IDAT", b"IEND"])
        self.assertEqual(chunks[b"IHDR"], struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
        self.assertEqual(zlib.decompress(chunks[b"IDAT"]),
                         bytes((0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0)))

    def test_size(self):
        """A picture of another size is an error."""
        self.assertRaises(ValueError, png.encode, 2, 2, bytes(12))


class Options(unittest.TestCase):
    """The command line, before anything is built or booted."""

    def refused(self, text, *words):
        """The options WORDS are refused, and the message has TEXT."""
        done = subprocess.run([TOP / "scripts/demo-compute", *words], check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn(text, done.stdout)

    def test_refused(self):
        """Sizes and numbers out of range."""
        self.refused("'320' is not a size", "--size", "320")
        self.refused("'0x5' is not a size", "--size", "0x5")
        self.refused("--frames 0 is not from 1 to 100", "--frames", "0")
        self.refused("--iterations 20000 is not", "--iterations", "20000")
        self.refused("--queues 9 is not from 1 to 8", "--queues", "9")
        self.refused("nearest", "--frame-count", "9")


if __name__ == "__main__":
    unittest.main()
