# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The text that a terminal shows, from what a program has written to it."""

import re

# What programs use with TERM=vt100 and a few more; colours and modes do not show.
_SEQUENCE = re.compile(r"\x1b(?:\[([?>]?[\d;]*)([@-~])|[()*+](.)|([78=>McDE]))", re.S)
# A sequence of which the rest has not arrived
_PART = re.compile(r"\x1b(?:\[[?>]?[\d;]*|[()*+])?\Z")
# Lines and corners of the alternate character set
_DRAW = {**dict.fromkeys("lkmjtuwvn", "+"), "q": "-", "x": "|", "a": "#", "0": "#"}


class Screen:
    """A terminal: feed() it, then read its text()."""

    def __init__(self, columns, rows):
        self.columns = columns
        self.rows = rows
        self.cells = {}
        self.row = self.column = 0
        self.drawing = False
        self.rest = ""

    def text(self):
        """The lines, without spaces at their ends and empty lines at the end."""
        lines = ["".join(self.cells.get((row, column), " ")
                         for column in range(self.columns)).rstrip()
                 for row in range(self.rows)]
        return "\n".join(lines).rstrip() + "\n"

    def feed(self, data):
        """The program writes the text DATA."""
        data = self.rest + data
        part = _PART.search(data)
        self.rest = part.group() if part else ""
        data = data[:len(data) - len(self.rest)]
        at = 0
        while at < len(data):
            match = _SEQUENCE.match(data, at)
            if match:
                self._sequence(match)
                at = match.end()
            else:
                self._character(data[at])
                at += 1

    def _character(self, char):
        if char in "\x0e\x0f":
            self.drawing = char == "\x0e"
        elif char == "\r":
            self.column = 0
        elif char == "\n":
            self._down()
        elif char == "\b":
            self.column = max(0, self.column - 1)
        elif char == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif char >= " ":
            if self.column == self.columns:
                self.column = 0
                self._down()
            self.cells[self.row, self.column] = (_DRAW.get(char, char) if self.drawing
                                                 else char)
            self.column += 1

    def _down(self):
        if self.row < self.rows - 1:
            self.row += 1
            return
        self.cells = {(row - 1, column): char for (row, column), char in self.cells.items()
                      if row}

    def _clear(self, keep):
        self.cells = {at: char for at, char in self.cells.items() if keep(*at)}

    def _sequence(self, match):
        text, kind = match.group(1, 2)
        if kind is None or text[:1] in ("?", ">"):
            return
        numbers = [int(number or 0) for number in text.split(";")]
        count = max(1, numbers[0])
        here = (self.row, self.column)
        if kind in "Hf":
            self.row = min(self.rows, count) - 1
            self.column = min(self.columns, max(1, (numbers + [0])[1])) - 1
        elif kind == "d":
            self.row = min(self.rows, count) - 1
        elif kind == "G":
            self.column = min(self.columns, count) - 1
        elif kind in "AB":
            self.row = min(self.rows - 1, max(0, self.row + (count if kind == "B" else -count)))
        elif kind in "CD":
            self.column = min(self.columns - 1,
                              max(0, self.column + (count if kind == "C" else -count)))
        elif kind == "X":
            self._clear(lambda row, column: row != here[0] or
                        not here[1] <= column < here[1] + count)
        elif kind == "J":
            self._clear(lambda *at: (at < here, at > here, False)[min(2, numbers[0])])
        elif kind == "K":
            self._clear(lambda row, column: row != here[0] or
                        (column < here[1], column > here[1], False)[min(2, numbers[0])])
