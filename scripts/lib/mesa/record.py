# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Programs that Mesa's compiler made, as input of the fuzzer of the shader interpreter.

With BIFROST_MESA_DEBUG=shaders, Mesa prints the machine code of each shader as text. Mesa 26.1
writes a last use behind a register, and names some instructions and the memory they access in
another way than 25.0, whose syntax the assembler of userspace/tests has.
"""

import re

from ..testbed import BUILD

ENV = {"BIFROST_MESA_DEBUG": "shaders"}
# Three spaces, the instruction, and nothing that only the compiler's own notation has
_INSTRUCTION = re.compile(r"^   ([A-Z][A-Z0-9_]*(?:\.[\w.]+)?(?: .*)?)$")
_LAST_USE = re.compile(r"\b(r\d+)\^")
_NAMES = {"LEA_PKA": "LEA_BUFFER", "LD_PKA": "LD_BUFFER"}


def path(suite):
    """The file with the programs of Mesa of SUITE."""
    return BUILD / "mesa" / f"{suite}-programs.txt"


def _assembly(line):
    name, dot, rest = line.partition(".")
    line = _NAMES.get(name, name) + dot + rest
    return _LAST_USE.sub(r"^\1", line).rstrip()


def programs(output):
    """The programs in the OUTPUT of checks: lists of instructions."""
    found, current = [], []
    for line in output.splitlines():
        match = _INSTRUCTION.match(line)
        if match:
            current.append(_assembly(match.group(1)))
            if re.match(r"\S+\.end\b", current[-1]):
                found.append(current)
                current = []
        elif line.strip():
            current = []
    return found


class Recorder:
    """Collects programs of several guests, each once."""

    def __init__(self, suite):
        self.suite = suite
        self.found = {}

    def add(self, output):
        """Keep the programs in OUTPUT."""
        for program in programs(output):
            self.found.setdefault("\n".join(program))

    def write(self):
        """Write the file; returns its path and the number of programs."""
        file = path(self.suite)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"# {number}\n{text}\n"
                                for number, text in enumerate(self.found, 1)))
        return file, len(self.found)
