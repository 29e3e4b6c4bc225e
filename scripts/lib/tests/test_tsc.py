# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The rate of the time stamp counter, with counters of a known rate."""

import time
import unittest
from unittest import mock

from lib import tsc
from lib.testbed import accel


def rate(read):
    """What tsc.khz() finds for the counter READ."""
    tsc.khz.cache_clear()
    with mock.patch.object(tsc, "_reader", lambda: read):
        try:
            return tsc.khz()
        finally:
            tsc.khz.cache_clear()


class Rate(unittest.TestCase):
    """tsc.khz()"""

    def test_known(self):
        """A counter of 3 GHz"""
        self.assertAlmostEqual(rate(lambda: 3 * time.monotonic_ns()), 3000000, delta=3000)

    def test_preempted(self):
        """Readings after which the process stood still do not count."""
        reads = iter(range(1 << 30))

        def read():
            count = 3 * time.monotonic_ns()
            if next(reads) % tsc._TRIES < 3:
                time.sleep(0.02)
            return count

        self.assertAlmostEqual(rate(read), 3000000, delta=3000)

    def test_unknown(self):
        """Without a counter the kernel is told nothing."""
        self.assertIsNone(rate(None))
        with mock.patch.object(accel, "choose", lambda kernel: accel.TCG), \
                mock.patch.object(tsc, "khz", lambda: None):
            self.assertEqual(accel.counter_rate(None), "")

    def test_argument(self):
        """The emulator gets the rate, a virtual machine does not."""
        with mock.patch.object(tsc, "khz", lambda: 2596096):
            with mock.patch.object(accel, "choose", lambda kernel: accel.TCG):
                self.assertEqual(accel.counter_rate(None), "tsc_early_khz=2596096 ")
            with mock.patch.object(accel, "choose", lambda kernel: accel.KVM):
                self.assertEqual(accel.counter_rate(None), "")


if __name__ == "__main__":
    unittest.main()
