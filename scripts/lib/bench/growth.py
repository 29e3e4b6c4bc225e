# SPDX-License-Identifier: GPL-2.0 OR MIT
"""How the costs of our driver and of the kernel's own panthor grow.

The figures are those of userspace/bench/growth_cost.c: the cost of doing something once, 4,
16, ... times, for both drivers. The chart has a panel for each, with the cost of one of them
as lines over their number.
"""

from html import escape
from math import log

from .compare import OURS, THEIRS

TEXTS = {
    "submit": "jobs of one GROUP_SUBMIT, behind a fence",
    "signal": "jobs, from that fence's signal to the last one's",
    "map-ops": "operations of one VM_BIND that map a page",
    "unmap-ops": "operations of one VM_BIND that unmap a page",
    "map-pages": "pages of one operation that maps them",
    "unmap-pages": "pages of one operation that unmaps them",
    "bo-create": "buffers that are created",
    "bo-destroy": "buffers that are closed",
    "group-create": "groups that are created",
    "group-destroy": "groups that are destroyed",
    "vm-create": "address spaces that are created",
    "vm-destroy": "address spaces that are destroyed",
}
COLOURS = {THEIRS: "#888", OURS: "#2a7"}
COLUMNS, WIDTH, HEIGHT, PLOT_WIDTH, PLOT_HEIGHT = 3, 360, 190, 250, 110
STEP, MOST = 4, 4096


def results(lines):
    """{what: {n: {driver: cost of one}}} from LINES, the output for each driver.

    Raises KeyError if a driver does not report what the other one does.
    """
    table = {what: {} for what in TEXTS}
    for driver, fields in lines.items():
        for line in fields:
            n = int(line["n"])
            table[line["what"]].setdefault(n, {})[driver] = float(line["cost"]) / n
    for what, by_number in table.items():
        for n, costs in by_number.items():
            missing = {OURS, THEIRS} - set(costs)
            if missing:
                raise KeyError(f"{what} of {n}: nothing from {', '.join(missing)}")
    return table


def show(table):
    """Print the cost of one of them for the least, a middle and the largest number."""
    print(f"\n{'instructions for each of':50}{'number':>8}{THEIRS:>12}{OURS:>12}{'ratio':>8}")
    for what, by_number in table.items():
        numbers = sorted(by_number)
        for n in sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]}):
            theirs, ours = by_number[n][THEIRS], by_number[n][OURS]
            text = TEXTS[what] if n == numbers[0] else ""
            print(f"  {text:48}{n:8,}{theirs:12,.0f}{ours:12,.0f}"
                  f"{theirs / max(ours, 1):8.2f}")


def _panel(what, by_number, left, top):
    """The plot of one measurement with its upper left corner at LEFT, TOP."""
    most = max(max(costs.values()) for costs in by_number.values()) or 1
    x0, y0 = left + 80, top + 30 + PLOT_HEIGHT

    def place(n, cost):
        return (x0 + PLOT_WIDTH * log(n, STEP) / log(MOST, STEP),
                y0 - PLOT_HEIGHT * max(cost, 0) / most)

    parts = [f'<text x="{left + 10}" y="{top + 18}">{escape(TEXTS[what])}</text>',
             f'<path d="M{x0} {y0 - PLOT_HEIGHT}V{y0}H{x0 + PLOT_WIDTH}" fill="none"'
             ' stroke="#000"/>',
             f'<text x="{x0 - 6}" y="{y0 - PLOT_HEIGHT + 8}" text-anchor="end">{most:,.0f}'
             f'</text><text x="{x0 - 6}" y="{y0}" text-anchor="end">0</text>']
    parts += [f'<text x="{place(n, 0)[0]:.1f}" y="{y0 + 14}" text-anchor="middle">{n:,}</text>'
              for n in sorted(by_number) if n in (1, 16, 256, 4096)]
    for driver, colour in COLOURS.items():
        points = [place(n, by_number[n][driver]) for n in sorted(by_number)]
        parts.append('<polyline points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
                     + f'" fill="none" stroke="{colour}" stroke-width="2"/>')
    return parts


def draw(table, path):
    """Write the chart."""
    parts, shown = [], [what for what in TEXTS if table[what]]
    for i, what in enumerate(shown):
        parts += _panel(what, table[what], i % COLUMNS * WIDTH, 40 + i // COLUMNS * HEIGHT)
    width, height = COLUMNS * WIDTH, 50 + -(-len(shown) // COLUMNS) * HEIGHT
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="11">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        '<text x="10" y="22" font-size="15">Guest instructions for each one, by their number:'
        " vpanthor (green) and the kernel's panthor (grey)</text>"
        + "".join(parts) + "</svg>\n", encoding="utf-8")
