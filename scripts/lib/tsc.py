# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The rate of the processor's time stamp counter.

QEMU's emulator shows the host's counter to the guest and says nothing of its rate. The
guest's kernel measures it during boot by the PIT. If the host is busy, the emulated
processor stands still during this: the kernel then finds a rate that is several times too
low ("PIT calibration deviates from HPET: 699504 2594511"), believes it, and all clocks and
time limits of the guest run several times too fast. So the rate is measured here, and the
kernel is told.
"""

import ctypes
import functools
import mmap
import platform
import time

# rdtsc; shl $32, %rdx; or %rdx, %rax; ret
_CODE = bytes.fromhex("0f31 48c1e220 4809d0 c3")
_SECONDS = 0.1
# Pairs of readings of which the closest one is used
_TRIES = 50


def _reader():
    """A function that reads the counter, None where that is not possible."""
    if platform.machine() != "x86_64":
        return None
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except OSError:
        return None
    page.write(_CODE)
    read = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    read.page = page
    return read


def _pair(read):
    """(time in ns, counter), read together: this process may be preempted in between."""
    best = None
    for _ in range(_TRIES):
        before = time.monotonic_ns()
        count = read()
        after = time.monotonic_ns()
        if best is None or after - before < best[0]:
            best = (after - before, (before + after) // 2, count)
    return best[1:]


@functools.cache
def khz():
    """The rate in kHz, None if it is unknown."""
    read = _reader()
    if not read:
        return None
    first = _pair(read)
    time.sleep(_SECONDS)
    last = _pair(read)
    return round((last[1] - first[1]) * 1000000 / (last[0] - first[0]))
