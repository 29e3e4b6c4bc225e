# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of the comparison that scripts/bench --panthor makes."""

import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

from lib.bench import compare


def _costs(**ours):
    names = [*compare.ROWS, *compare.ALSO]
    theirs = dict.fromkeys(names, 3000.0)
    return {compare.THEIRS: theirs, compare.OURS: {**dict.fromkeys(names, 1000.0), **ours}}


class Compare(unittest.TestCase):
    """Rows, verdicts and the chart."""

    def test_ratio_and_target(self):
        """The ratio is panthor / vpanthor, and is held against the target."""
        found = {row.what: row for row in compare.rows(_costs(submit=2500.0))}
        self.assertEqual(found["submit"].ratio, 1.2)
        self.assertEqual(found["submit"].target, 1.5)
        self.assertFalse(found["submit"].met)
        self.assertEqual(found["map-4k"].ratio, 3.0)
        self.assertTrue(found["map-4k"].met)

    def test_no_target(self):
        """A row without a target of its own must not be slower than panthor's."""
        found = {row.what: row for row in compare.rows(_costs(**{"vm-create": 3100.0}))}
        self.assertFalse(found["vm-create"].met)
        found = {row.what: row for row in compare.rows(_costs(**{"vm-create": 3010.0}))}
        self.assertTrue(found["vm-create"].met)

    def test_missing_figure(self):
        """A program that does not report a row is no result."""
        costs = _costs()
        del costs[compare.THEIRS]["submit"]
        with self.assertRaises(KeyError):
            compare.rows(costs)

    def test_nothing_measured(self):
        """A cost of zero does not end the run."""
        name = "tables-64m-by-4k-bytes"
        found = {row.what: row for row in compare.rows(_costs(**{name: 0.0}))}
        self.assertTrue(found[name].met)

    def test_results(self):
        """The results have all rows, and what was deducted."""
        costs = _costs()
        out = compare.results(compare.rows(costs), costs)
        self.assertEqual([row["what"] for row in out["rows"]], list(compare.ROWS))
        self.assertEqual(list(out["also"][compare.OURS]), list(compare.ALSO))

    def test_chart(self):
        """The chart is XML with a bar for each row, and none beyond its width."""
        found = compare.rows(_costs(submit=10 ** 6))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "chart.svg"
            compare.draw(found, path)
            tree = xml.parse(path).getroot()
        bars = [e for e in tree.iter("{http://www.w3.org/2000/svg}rect")][1:]
        self.assertEqual(len(bars), 2 * len(found))
        self.assertTrue(all(float(e.get("x")) + float(e.get("width")) <= 1080
                            for e in bars))


if __name__ == "__main__":
    unittest.main()
