# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Writes PNG files, of which Python's library has all but the frame."""

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB = 2


def _chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def encode(width, height, rgba):
    """The file of a picture that RGBA has row by row, 4 bytes a pixel; A is left out."""
    if len(rgba) != 4 * width * height:
        raise ValueError(f"{len(rgba)} bytes are no picture of {width}x{height}")
    rgb = bytearray(3 * width * height)
    for channel in range(3):
        rgb[channel::3] = rgba[channel::4]
    # The filter 0 before each row: bytes as they are
    rows = b"".join(b"\0" + rgb[at:at + 3 * width] for at in range(0, len(rgb), 3 * width))
    header = struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)
    return (_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) +
            _chunk(b"IEND", b""))
