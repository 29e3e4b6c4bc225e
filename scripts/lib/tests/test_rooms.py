# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The check of the layers finds each kind of violation."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from lib.static import rooms

TABLE = """\
Module,Room,Job,May use
gpu,main,entry points,below
gpu,top/,decides,low/
gpu,low/,does,
gpu,trace/,reports,
gpu,any -> trace/trace.h,every room may be traced,
"""
# Two rooms, one arrow, a trace point
GOOD = {
    "main.c": '#include "top/top.h"\nint main_init(void) { return top(); }\n',
    "top/top.h": '#include "low/low.h"\nint top(void);\n',
    "top/top.c": '#include "top/top.h"\nint top(void) { return low(); }\n',
    "low/low.h": "int low(void);\n",
    "low/low.c": '#include "low/low.h"\n#include "trace/trace.h"\n'
                 "int low(void) { return __tracepoint_low; }\n",
    "trace/trace.h": "extern int __tracepoint_low;\n",
    "trace/trace_points.c": "int __tracepoint_low;\n",
}


class Rooms(unittest.TestCase):
    """A small module with one mistake at a time."""

    def check(self, expected, files=None, table=TABLE, leave_out=(), module="gpu"):
        """Problems of the good tree with FILES added contain the texts EXPECTED, and
        there are as many of them; returns the module."""
        with tempfile.TemporaryDirectory() as name:
            top = Path(name)
            tree = {**GOOD, **(files or {})}
            for file, text in tree.items():
                path = top / "drivers" / module / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            for file in tree:
                if file.endswith(".c") and file not in leave_out:
                    path = top / "drivers" / module / file
                    out = top / "objects" / module / (file[:-2] + ".o")
                    out.parent.mkdir(parents=True, exist_ok=True)
                    subprocess.run(["gcc", "-I", top / "drivers" / module, "-c", "-o", out,
                                    path], check=True)
            (top / "rooms.csv").write_text(table)
            found = rooms.read(top / "rooms.csv", top / "drivers", top / "objects")
        problems = [problem for module in found for problem in module.problems]
        for text in expected:
            self.assertTrue(any(text in problem for problem in problems),
                            f"not {text!r} in {problems}")
        self.assertEqual(len(problems), len(expected), problems)
        return found[0]

    def test_good(self):
        """No problem; rooms and arrows are listed."""
        gpu = self.check([])
        self.assertEqual(list(gpu.lines()), [
            "gpu: 4 rooms, 0 circles between rooms, 1 exceptions; largest circle of"
            " files within a room: none",
            "  main (1) -> top/", "  top/ (2) -> low/", "  low/ (2)", "  trace/ (2)"])

    def test_include_up(self):
        """A low room includes a header of a high one, which closes a circle."""
        self.check(["low/up.h:1: includes top/top.h: low/ may not use top/",
                    "circle of rooms: low/ top/"],
                   {"low/up.h": '#include "top/top.h"\n'})

    def test_include_relative(self):
        """The same with a path that begins beside the file."""
        self.check(["low/low.c:1: includes trace/other.h: low/ may not use trace/"],
                   {"low/low.c": '#include "trace/other.h"\n'
                                 "int low(void) { return __tracepoint_low; }\n",
                    "trace/other.h": '#include "trace.h"\n'},
                   TABLE.replace("gpu,any -> trace/trace.h,every room may be traced,\n", ""))

    def test_call_up(self):
        """A forward declaration hides nothing."""
        self.check(["low/up.c: refers to top in top/top.c: low/ may not use top/",
                    "circle of rooms: low/ top/"],
                   {"low/up.c": "int top(void);\nint up(void) { return top(); }\n"})

    def test_data_up(self):
        """References to data of a high room count, too."""
        self.check(["low/up.c: refers to state in top/state.c", "circle of rooms"],
                   {"low/up.c": "extern int state;\nint up(void) { return state; }\n",
                    "top/state.c": "int state = 1;\n"})

    def test_unlisted_arrow(self):
        """The table lists the rooms that a room may use."""
        self.check(["main may not use low/"],
                   {"main.c": "int low(void);\nint main_init(void) { return low(); }\n"},
                   TABLE.replace("below", "top/"))

    def test_unlisted_folder(self):
        """A folder or a file that the table does not have."""
        self.check(["gpu: new/new.h: is in no room", "gpu: other.h: is in no room"],
                   {"new/new.h": "", "other.h": ""})

    def test_unlisted_module(self):
        """A module that the table does not have."""
        self.check(["gpu: main.c: is in no room", "gpu: top/top.h", "gpu: top/top.c",
                    "gpu: low/low.h", "gpu: low/low.c", "gpu: trace/trace.h",
                    "gpu: trace/trace_points.c"], table=TABLE.splitlines()[0] + "\n")

    def test_full_folder(self):
        """25 files in a folder are enough."""
        more = {f"low/{i}.h": "" for i in range(23)}
        self.check([], more)
        self.check(["folder low has 26 files, more than 25"], {**more, "low/x.h": ""})

    @staticmethod
    def ring(count):
        """COUNT files that call each other in a circle."""
        return {f"low/f{i}.c": f"int f{(i + 1) % count}(void);\n"
                               f"int f{i}(void) {{ return f{(i + 1) % count}(); }}\n"
                for i in range(count)}

    def test_circle_of_files(self):
        """Three files of a room may call each other crosswise, four may not."""
        self.assertEqual(self.check([], self.ring(3)).largest, 3)
        self.check(["4 files of low/ form a circle, more than 3: low/f0.c low/f1.c"],
                   self.ring(4))

    def test_not_built(self):
        """A file that no object stands for could hide anything."""
        self.check(["low/dead.c: is not built"], {"low/dead.c": ""}, leave_out=["low/dead.c"])

    def test_table_direction(self):
        """The table itself goes one way."""
        self.check(["room low/ may use top/, which is not below it"],
                   table=TABLE.replace("low/,does,", "low/,does,top/"))
        self.check(["room low/ may use attic/, which is no room"],
                   table=TABLE.replace("low/,does,", "low/,does,attic/"))

    def test_table_words(self):
        """Each room has a job and files, each exception a reason and a use."""
        self.check(["room low/ has no job"], table=TABLE.replace("does", ""))
        self.check(["room attic/ has no files"], table=TABLE + "gpu,attic/,keeps,\n")
        self.check(["exception any -> trace/trace.h has no reason"],
                   table=TABLE.replace("every room may be traced", ""))
        self.check(["nothing needs the exception low/ -> top/"],
                   table=TABLE + "gpu,low/ -> top/,a reason,\n")

    def test_exception(self):
        """An exception allows what it names, and only that."""
        up = {"low/up.c": "int top(void);\nint up(void) { return top(); }\n"}
        for giver, taker in (("low/up.c", "top/top.c"), ("low/up.c", "top/"),
                             ("low/", "top/top.h")):
            self.check([], up, TABLE + f"gpu,{giver} -> {taker},a reason,\n")
        self.check(["low/other.c: refers to top", "circle of rooms"],
                   {**up, "low/other.c": up["low/up.c"].replace("up", "other")},
                   TABLE + "gpu,low/up.c -> top/,a reason,\n")


if __name__ == "__main__":
    unittest.main()
