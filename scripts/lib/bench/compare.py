# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The costs of our driver and of the kernel's own panthor, side by side.

Both drive the software GPU on the same kernel, each in a boot of its own, for the same
programs (userspace/bench/compare_cost.c and growth_cost.c).
"""

from dataclasses import asdict, dataclass
from html import escape

from ..testbed import BUILD, kernels, panthor
from ..testbed.session import PRODUCT

PROGRAM = BUILD / "user/bench/compare-cost"
GROWTH = BUILD / "user/bench/growth-cost"
# A GPU does not take the processor from its driver: the thread that simulates it must not
# interrupt a call. panthor resets a GPU that does not answer for 100 ms, which does not
# happen on a processor with nothing else to do.
CONDITIONS = {"icount": True, "cpus": 1, "append": "vcsf.nice=19"}
OURS, THEIRS = "vpanthor", "panthor"
# What is measured: text and target of the ratio panthor / vpanthor, None if there is none.
ROWS = {
    "submit": ("GROUP_SUBMIT on the caller's thread", 1.5),
    "submit-to-signal": ("from GROUP_SUBMIT until the fence is seen", 2.5),
    "map-4k": ("map 4 KiB", 1.5),
    "unmap-4k": ("unmap 4 KiB", 1.5),
    "map-64m-by-4k": ("map 64 MiB by 4 KiB", 2.0),
    "unmap-64m-by-4k": ("unmap 64 MiB by 4 KiB", 1.0),
    "map-1g-by-2m": ("map 1 GiB by 2 MiB", None),
    "unmap-1g-by-2m": ("unmap 1 GiB by 2 MiB", 1.2),
    "tables-64m-by-4k-bytes": ("memory to map 64 MiB by 4 KiB, bytes", None),
    "vm-create": ("VM_CREATE", None),
    "vm-destroy": ("VM_DESTROY", 1.2),
    "group-create": ("GROUP_CREATE, one queue", 2.0),
    "group-destroy": ("GROUP_DESTROY", None),
    "bo-create": ("BO_CREATE, 4 KiB", None),
    "bo-destroy": ("GEM_CLOSE of it", None),
}
# Kept in the results, to show what was deducted.
ALSO = ("submit-with-irq", "submit-to-signal-with-idle")
# No row should be below this, target or not. Rows that do the same differ by some
# instructions.
LEAST = 0.98


@dataclass
class Row:
    """One row of the table."""

    what: str
    text: str
    panthor: float
    vpanthor: float
    ratio: float
    target: float
    met: bool


def sessions():
    """Options of Session for each driver, {driver: (kernel, options)}."""
    kernel, tree = panthor.prepare("stock")
    return tree, {
        THEIRS: (kernel, {"load": panthor.LOAD, "setup": panthor.BIND, **CONDITIONS}),
        OURS: (kernels.prepare("stock"), {"load": ("vgem", *PRODUCT), **CONDITIONS}),
    }


def rows(costs):
    """The rows of the table; COSTS is {driver: {what: cost}}."""
    found = []
    for what, (text, target) in ROWS.items():
        theirs, ours = costs[THEIRS][what], costs[OURS][what]
        # A mapping that takes no memory that can be measured
        ratio = theirs / max(ours, 1)
        found.append(Row(what, text, theirs, ours, round(ratio, 2), target or LEAST,
                         ratio >= (target or LEAST)))
    return found


def results(found, costs):
    """The object for bench-panthor.json."""
    return {"rows": [asdict(row) for row in found],
            "also": {driver: {what: costs[driver][what] for what in ALSO}
                     for driver in (THEIRS, OURS)}}


def show(found):
    """Print the table."""
    print(f"\n{'instructions':46}{THEIRS:>12}{OURS:>12}{'ratio':>8}{'target':>8}")
    for row in found:
        print(f"  {row.text:44}{row.panthor:12,.0f}{row.vpanthor:12,.0f}{row.ratio:8.2f}"
              f"{row.target:8.2f}  {'met' if row.met else 'MISSED'}")


def draw(found, path):
    """Write a bar chart: panthor's cost is 100 %, a mark shows the target."""
    y, bars, full = 44, [], 300
    for row in found:
        share = min(1 / row.ratio if row.ratio else 2, 2)
        colour = "#2a7" if row.ratio >= LEAST else "#c55"
        bars.append(
            f'<text x="290" y="{y + 11}" text-anchor="end">{escape(row.text)}</text>'
            f'<rect x="300" y="{y}" width="{full}" height="14" fill="#ddd"/>'
            f'<rect x="300" y="{y + 2}" width="{max(share * full, 1):.1f}" height="10"'
            f' fill="{colour}"/>'
            f'<line x1="{300 + full / row.target:.1f}" x2="{300 + full / row.target:.1f}"'
            f' y1="{y - 2}" y2="{y + 16}" stroke="#000"/>'
            f'<text x="{310 + max(share, 1) * full:.1f}" y="{y + 11}">'
            f'{row.vpanthor:,.0f} of {row.panthor:,.0f}</text>')
        y += 22
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="{y + 10}"'
        ' font-family="sans-serif" font-size="12">'
        f'<rect width="1080" height="{y + 10}" fill="#fff"/>'
        '<text x="10" y="22" font-size="15">Cost in vpanthor (coloured) and in the'
        " kernel's panthor (grey), in guest instructions; the line is the target"
        "</text>" + "".join(bars) + "</svg>\n", encoding="utf-8")
