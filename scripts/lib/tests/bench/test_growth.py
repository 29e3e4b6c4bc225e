# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of the growth that scripts/bench --panthor shows."""

import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

from lib.bench import compare, growth

SVG = "{http://www.w3.org/2000/svg}"


def _lines(cost):
    return [{"what": what, "n": str(n), "cost": str(cost(n))}
            for what in growth.TEXTS for n in (1, 4, 4096)]


def _both():
    return {compare.OURS: _lines(lambda n: 100 * n),
            compare.THEIRS: _lines(lambda n: 100 * n * n)}


class Growth(unittest.TestCase):
    """Costs of each, and the chart."""

    def test_cost_of_each(self):
        """The cost of all is divided by their number."""
        table = growth.results(_both())
        self.assertEqual(table["submit"][4096], {compare.OURS: 100.0,
                                                 compare.THEIRS: 409600.0})

    def test_missing_figure(self):
        """A driver that does not report a figure is no result."""
        lines = _both()
        del lines[compare.THEIRS][0]
        with self.assertRaises(KeyError):
            growth.results(lines)

    def test_chart(self):
        """The chart is XML with two lines in each panel, none beyond its edges."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "chart.svg"
            growth.draw(growth.results(_both()), path)
            tree = xml.parse(path).getroot()
        lines = list(tree.iter(SVG + "polyline"))
        self.assertEqual(len(lines), 2 * len(growth.TEXTS))
        points = [tuple(map(float, point.split(",")))
                  for line in lines for point in line.get("points").split()]
        self.assertTrue(all(0 <= x <= float(tree.get("width"))
                            and 0 <= y <= float(tree.get("height")) for x, y in points))


if __name__ == "__main__":
    unittest.main()
