# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Compares what a check left on two drivers.

The file NAME.kind beside the data says how: "bits", all bytes are equal; "bytes off=N", each
byte differs by N at most; "float LIMITS", each 32-bit word is equal, or as two floats within
one of the limits ulp=N (units in the last place), abs=X (difference), rel=X (of the value).
NaNs are equal to each other, and so are numbers too small for a normal float.
"""

import math
import struct

_SMALLEST = 1.17549435e-38


def _float(word):
    return struct.unpack("<f", struct.pack("<I", word))[0]


def _order(word):
    """A number whose differences are units in the last place."""
    return word if word < 1 << 31 else (1 << 31) - word


def _close(one, two, limits):
    """Whether the words ONE and TWO are floats that are equal within LIMITS."""
    if one == two:
        return True
    first, second = _float(one), _float(two)
    if math.isnan(first) or math.isnan(second):
        return math.isnan(first) and math.isnan(second)
    if abs(first) <= _SMALLEST and abs(second) <= _SMALLEST:
        return True
    difference = abs(first - second)
    return (abs(_order(one) - _order(two)) <= limits.get("ulp", 0) or
            difference <= limits.get("abs", 0) or
            difference <= limits.get("rel", 0) * abs(first))


def words(kind, want, have):
    """Reason for which HAVE differs from WANT, both bytes, "" if it does not."""
    if len(want) != len(have):
        return f"{len(have)} bytes instead of {len(want)}"
    if want == have:
        return ""
    name, *options = kind.split()
    limits = {key: float(value) for key, value in (word.split("=") for word in options)}
    if name == "float":
        size, texts = 4, "0x{:08x}"
        ones, twos = (struct.unpack(f"<{len(data) // 4}I", data) for data in (want, have))
        bad = [at for at, pair in enumerate(zip(ones, twos)) if not _close(*pair, limits)]
    else:
        size, texts = 1, "0x{:02x}"
        ones, twos = want, have
        off = limits.get("off", 0) if name == "bytes" else 0
        bad = [at for at, (one, two) in enumerate(zip(ones, twos)) if abs(one - two) > off]
    if not bad:
        return ""
    at = bad[0]
    what = "words" if size == 4 else "bytes"
    text = (f"{len(bad)} of {len(ones)} {what} differ, the first at {at * size}: "
            f"{texts.format(twos[at])} instead of {texts.format(ones[at])}")
    if size == 4:
        text += f" ({_float(twos[at]):.9g}, {_float(ones[at]):.9g})"
    return text


def files(want, have):
    """As words(), for the data in two files."""
    kind = have.with_name(have.name + ".kind").read_text()
    return words(kind, want.read_bytes(), have.read_bytes())
