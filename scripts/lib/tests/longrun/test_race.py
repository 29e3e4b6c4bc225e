# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of how long runs use their time."""

import unittest
from unittest import mock

from lib.testbed import longrun
from lib.testbed.results import FAIL, PASS, Report


class Race(unittest.TestCase):
    """Which parts a run for some minutes has, and how often."""

    def _run(self, minutes, parts_take, stress_takes, fails_at=0):
        """Run race() by a clock of its own; returns the rounds of each stress task."""
        now, rounds = [1000], []
        report = Report("test")

        def parts(_report, tasks):
            self.assertEqual([name for name, _ in tasks][:2], ["the KUnit suites", "IGT"])
            now[0] += parts_take

        def stress(report, _kernel, _label, count, _jobs):
            rounds.append(count)
            now[0] += stress_takes
            report.add(f"stress {len(rounds)}", FAIL if len(rounds) == fails_at else PASS)

        with mock.patch.object(longrun.time, "monotonic", lambda: now[0]), \
             mock.patch.object(longrun.pool, "run", parts), \
             mock.patch.object(longrun.pool, "step"), \
             mock.patch.object(longrun.igt, "tasks", lambda *_: [("IGT", None)]), \
             mock.patch.object(longrun, "_stress", stress), mock.patch("builtins.print"):
            longrun.race(report, mock.Mock(), minutes)
        return rounds

    def test_until_the_time_is_over(self):
        """The stress suites fill what the other parts leave of the time."""
        self.assertEqual(self._run(30, 600, 400), [1, 2, 2])

    def test_at_least_once(self):
        """Also if the other parts have taken all of the time."""
        self.assertEqual(self._run(5, 600, 400), [1])

    def test_ends_with_a_failure(self):
        """A failed round is the last one."""
        self.assertEqual(self._run(600, 60, 60, fails_at=3), [1, 2, 2])


class RacePrograms(unittest.TestCase):
    """The IGT subtests that the race kernel runs."""

    def test_pattern(self):
        """Scheduling and memory, but no measurement and no siege."""
        for name in ("panthor_vm_race@split", "panthor_shrink@x", "panthor_heap@grow",
                     "panthor_rotation@chain", "panthor_recovery@x", "panthor_sync@x",
                     "panthor_compute@store"):
            self.assertRegex(name, longrun._RACE_IGT)
        for name in ("panthor_siege_memory@heap-bounded", "panthor_rotation@late",
                     "panthor_compute@fair", "i386/panthor_sync@x"):
            self.assertNotRegex(name, longrun._RACE_IGT)


if __name__ == "__main__":
    unittest.main()
