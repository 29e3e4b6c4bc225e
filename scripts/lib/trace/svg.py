# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Write a Trace as an SVG for documents: queues, slots and streams over time.

Of slices that are close together one is drawn, so that the size of the picture does not
grow with the length of the trace.
"""

from html import escape

from .model import CORES, FENCES, QUEUES, SLOTS, STREAMS

WIDTH, LABELS, LANE, EXTRA, HEAD, AXIS = 1000, 200, 16, 8, 20, 22
_GROUPS = (QUEUES, FENCES, SLOTS, STREAMS, CORES)
# Rows of a group beyond these are left out, and counted.
_ROWS = 40
# About so many slices at most
_SLICES = 8000

_LIGHT = {"back": "#ffffff", "text": "#1b1f24", "dim": "#5d6670", "line": "#d8dce2",
          "strong": "#c2185b", "run": "#2e7d5b", "dependency": "#c9a227",
          "order": "#a8937a", "handover": "#d98e4a", "ring": "#8fa3b8",
          "failed": "#c62828", "group": "#4a78b5", "ready": "#3d9970", "empty": "#dfe3e8",
          "wait": "#d4a72c", "fault": "#c62828", "fence": "#b07d3c", "core": "#6a5aa8", "event": "#77808a",
          "onbar": "#ffffff"}
_DARK = {"back": "#14171b", "text": "#e4e8ec", "dim": "#9aa5b1", "line": "#323942",
         "strong": "#ff5c93", "empty": "#2b323a", "onbar": "#ffffff"}
_LEGEND = (("run", "job on the GPU"), ("dependency", "waits for a dependency"),
           ("order", "waits for an earlier job"), ("ring", "in the ring behind others"),
           ("failed", "job with an error"), ("ready", "stream executes"),
           ("path", "critical path"))


def _rules(colours):
    rules = [f".{name}{{fill:{value}}}" for name, value in colours.items()]
    rules.append(f".path{{fill:none;stroke:{colours['strong']};stroke-width:1.5}}")
    rules.append(f".rule{{stroke:{colours['line']}}}.mark{{stroke:{colours.get('fault', '#ef5350')}}}")
    return "".join(rules)


def _unit(span):
    for size, unit in ((10 ** 9, "s"), (10 ** 6, "ms"), (10 ** 3, "µs")):
        if span >= 2 * size:
            return size, unit
    return 1, "ns"


class Picture:
    """Collects the elements of one picture."""

    def __init__(self, trace):
        self.trace = trace
        self.parts = []
        self.y = AXIS + 4
        lanes = sum(len(track.lanes) for track in trace.tracks if track.group in _GROUPS)
        # Width that each slice but the first one needs to be drawn
        self.least = max(0.5, lanes * (WIDTH - LABELS) / _SLICES)
        jobs = trace.jobs.values()
        self.start = min((job.arm for job in jobs), default=0)
        self.end = max((trace.length if job.done is None else job.done for job in jobs),
                       default=trace.length)
        margin = max(1, (self.end - self.start) // 50)
        self.start -= margin
        self.end += margin

    def x(self, time):
        """Return the place of TIME."""
        part = (time - self.start) / (self.end - self.start)
        return LABELS + part * (WIDTH - LABELS)

    def text(self, x, y, text, kind="text", size=11, more=""):
        """Append a text."""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}"'
                          f' font-size="{size}"{more}>{escape(text)}</text>')

    def _lane(self, lane, top, height, texts):
        """Append the slices of LANE; of those that are close together one."""
        last = -1.0
        for item in lane.slices:
            left = max(self.x(item.start), LABELS)
            right = min(self.x(item.end), WIDTH)
            if right < LABELS or left > WIDTH or right - last < self.least:
                continue
            last = right
            kind = item.kind if item.kind in _LIGHT else "event"
            title = f"{item.name}: {(item.end - item.start) / 1000:.1f} µs"
            title += f", {item.detail}" if item.detail else ""
            self.parts.append(
                f'<rect x="{left:.1f}" y="{top}" width="{max(right - left, 0.6):.1f}"'
                f' height="{height}" class="{kind}"><title>{escape(title)}</title></rect>')
            if item.job and item.job.critical and texts and item.kind in ("run", "failed"):
                self.parts.append(
                    f'<rect x="{left:.1f}" y="{top}" width="{max(right - left, 1):.1f}"'
                    f' height="{height}" class="path"/>')
            if texts and right - left > 7 * len(item.name) + 4:
                kind = "text" if item.kind in ("empty", "wait", "dependency") else "onbar"
                self.text(left + 3, top + height - 4, item.name, kind, 10)

    def _track(self, track):
        self.text(12, self.y + LANE - 4, track.name)
        self._lane(track.lanes[0], self.y, LANE - 2, True)
        self.y += LANE
        for lane in track.lanes[1:]:
            self._lane(lane, self.y, EXTRA - 2, False)
            self.y += EXTRA
        self.y += 4

    def _axis(self):
        rough = (self.end - self.start) / 7
        step = 1
        while step < rough:
            step *= 10
        for part in (5, 2):
            if step // part >= rough and step % part == 0:
                step //= part
                break
        size, unit = _unit(step * 5)
        time = -(-self.start // step) * step
        while time <= self.end:
            x = self.x(time)
            self.parts.append(f'<line x1="{x:.1f}" y1="{AXIS - 6}" x2="{x:.1f}"'
                              f' y2="{self.y}" class="rule"/>')
            self.text(x + 3, AXIS - 8, f"{time / size:g} {unit}", "dim", 10)
            time += step

    def _legend(self):
        x = LABELS
        for kind, text in _LEGEND:
            self.parts.append(f'<rect x="{x}" y="{self.y + 8}" width="10" height="10"'
                              f' class="{kind}"/>')
            self.text(x + 14, self.y + 17, text, "dim", 10)
            x += 24 + int(5.4 * len(text))
        self.y += 26

    def _rows(self):
        for group in _GROUPS:
            tracks = [track for track in self.trace.tracks if track.group == group
                      and track.key[0] != "instructions"]
            if not tracks:
                continue
            self.text(4, self.y + HEAD - 7, group, more=' font-weight="600"')
            self.y += HEAD
            for track in tracks[:_ROWS]:
                self._track(track)
            if len(tracks) > _ROWS:
                self.text(12, self.y + 10, f"and {len(tracks) - _ROWS} more", "dim")
                self.y += LANE

    def render(self):
        """Return the picture as text."""
        self._rows()
        rows, self.parts = self.parts, []
        self._axis()
        self.parts += rows
        marks = [mark for mark in self.trace.marks if mark.kind != "lost"]
        for mark in marks[:500]:
            if self.start <= mark.time <= self.end:
                x = self.x(mark.time)
                title = escape(f"{mark.name} {mark.detail}".strip())
                self.parts.append(f'<line x1="{x:.1f}" y1="{AXIS}" x2="{x:.1f}"'
                                  f' y2="{self.y}" class="mark"><title>{title}</title></line>')
        self._legend()
        name = escape(f"Timeline of {self.trace.command or 'a trace'}")
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y}"'
                f' role="img" font-family="system-ui, sans-serif"><title>{name}</title>'
                f"<style>{_rules(_LIGHT)}@media(prefers-color-scheme:dark)"
                f"{{{_rules(_DARK)}}}</style>"
                f'<rect width="{WIDTH}" height="{self.y}" class="back"/>\n'
                + "\n".join(self.parts) + "\n</svg>\n")


def write(trace, path):
    """Write TRACE to the file PATH."""
    path.write_text(Picture(trace).render(), encoding="utf-8")
