# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The directive help-text: what a command prints for --help, as sections of a page.

Its argument is a C file with the text in ``help[]``, or a script, which is run. The text is
the only source: the page, the manual page and --help cannot differ. It is read thus:

- "Usage:" begins the synopsis; a line that ends with a colon, after an empty line or "Exit
  status:", a section;
- an indented line with two or more spaces between two parts is a term and its description,
  and so is an option; lines that are indented further continue the description;
- other indented lines are literal, such as examples;
- the rest are paragraphs.
"""

import os
import re
import subprocess
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.util.nodes import nested_parse_with_titles

TOP = Path(__file__).resolve().parents[2]
_STRING = r'"(?:[^"\\]|\\.)*"'
_HELP = re.compile(rf"\bhelp\[\]\s*=\s*((?:{_STRING}\s*)+);")
_TERM = re.compile(r"( +)(\S(?:.*?\S)?) {2,}(\S.*)")
_OPTION = re.compile(r"( +)(-\S.*)")
_SECTION = re.compile(r"([A-Za-z][\w ,]*):")


def text_of(path):
    """Return the help text of the command with the source PATH."""
    if path.suffix == ".c":
        literal = _HELP.search(path.read_text(encoding="utf-8")).group(1)
        joined = "".join(part[1:-1] for part in re.findall(_STRING, literal))
        return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match.group(1),
                                                                       match.group(1)), joined)
    return subprocess.run([path, "--help"], check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "COLUMNS": "90"}).stdout


def _escape(text):
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def _literal(text):
    return f"``{text}``"


class _Writer:
    """Converts a help text to lines of reStructuredText."""

    def __init__(self, mark):
        self.mark = mark
        self.lines = []
        self.kind = None
        self.described = True

    def put(self, kind, line):
        """Add LINE; an empty line separates kinds."""
        if kind != self.kind:
            self.lines.append("")
            if kind == "literal":
                self.lines += ["::", ""]
        self.kind = kind
        self.lines.append(line)

    def section(self, title):
        """Begin a section."""
        title = title[0].upper() + title[1:]
        self.put("section", title)
        self.lines.append(self.mark * len(title))
        self.kind = None

    def term(self, term, text):
        """Begin a term with its description."""
        self.kind = None
        self.put("term", _literal(term))
        if text:
            self.lines.append("    " + _escape(text))

    def convert(self, text):
        """Return the lines for the help text TEXT."""
        before, indent, usage = "", 0, False
        for line in text.expandtabs().splitlines():
            usage = self._line(line, before, indent, usage)
            match = _TERM.fullmatch(line) or _OPTION.fullmatch(line)
            if match and not usage:
                indent = len(match.group(1))
            before = line
        return self.lines

    def _line(self, line, before, indent, usage):
        """Convert one line; returns true within the synopsis."""
        if not line.strip():
            if self.kind != "literal":
                self.kind = None
            else:
                self.lines.append("")
            return False
        if line.lower().startswith("usage:"):
            self.section("Synopsis")
            self.described = False
            self.put("literal", "    " + line[7:])
            return True
        if usage:
            self.lines.append("    " + line[min(7, len(line) - len(line.lstrip())):])
            return True
        section = _SECTION.fullmatch(line)
        deep = len(line) - len(line.lstrip())
        match = _TERM.fullmatch(line)
        option = _OPTION.fullmatch(line)
        if section and not before.strip():
            self.section(section.group(1))
        elif line.startswith("Exit status: "):
            self.section("Exit status")
            self.put("text", _escape(line.partition(": ")[2][0].upper() + line[14:]))
        elif not deep:
            if not self.described:
                self.described = True
                self.section("Description")
            self.put("text", _escape(line))
        elif self.kind == "term" and deep > indent:
            self.lines.append("    " + _escape(line.strip()))
        elif match:
            self.term(match.group(2), match.group(3))
        elif option:
            self.term(option.group(2), "")
        else:
            self.put("literal", "    " + line)
        return False


class HelpText(Directive):
    """.. help-text:: FILE"""

    required_arguments = 1
    optional_arguments = 0
    option_spec = {"under": lambda value: value.strip()}

    def run(self):
        """Return the sections."""
        path = TOP / self.arguments[0]
        self.state.document.settings.env.note_dependency(str(path))
        lines = _Writer(self.options.get("under", "=")).convert(text_of(path))
        node = nodes.section()
        node.document = self.state.document
        nested_parse_with_titles(self.state, StringList(lines, source=str(path)), node)
        return node.children


def setup(app):
    """Register the directive."""
    app.add_directive("help-text", HelpText)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
