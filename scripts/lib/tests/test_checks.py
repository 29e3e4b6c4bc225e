# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The checks of wording, references and kernel names find what they are for."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

CHECKS = Path(__file__).resolve().parents[1] / "checks"
PAGE = """\
``drivers/gpu/a.c``: ``gpu_start()``, ``gpu_stop()``; ``drivers/gpu/b.c``; ``kunit/``.
"""
CODE = """\
static int
gpu_start(struct gpu *gpu)
{
\treturn gpu_reset(gpu);
}

void gpu_stop(struct gpu *gpu)
{
}
"""


class Checks(unittest.TestCase):
    """A tree with copies of the checks."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.top = Path(self.folder.name)
        self.checks = self.top / "scripts/lib/checks"
        self.checks.mkdir(parents=True)
        for name in ("compat", "files", "words", "references"):
            shutil.copy(CHECKS / name, self.checks)
        self.write("scripts/lib/checks/words-allowed", "scripts/lib/checks/words *\n")

    def write(self, name, text):
        """Make a file of the tree."""
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, name, expected):
        """The lines that a check prints; its exit status matches."""
        done = subprocess.run([self.checks / name], stdout=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual(done.stdout.splitlines(), expected)
        self.assertEqual(done.returncode, 1 if expected else 0)

    def test_words(self):
        """Words as such, not parts of others."""
        self.write("a.c", "/* The queue knows who owns it, and anyone that asks. */\n"
                          "/* " + "Who" + "ever asks. */\n")
        self.check("words", ['a.c:2: "Who' 'ever": /* Who' 'ever asks. */'])

    def test_words_allowed(self):
        """An exception applies to its file and text, and must be needed."""
        rule = "scripts/lib/checks/words *\n*.rst some" + "body else\n"
        self.write("scripts/lib/checks/words-allowed", rule)
        text = "For some" + "body else.\n"
        self.write("Documentation/a.rst", text)
        self.write("b.c", text)
        self.check("words", ['b.c:1: "some' + f'body": {text.strip()}'])
        (self.top / "Documentation/a.rst").unlink()
        self.check("words", ['b.c:1: "some' + f'body": {text.strip()}',
                             "words-allowed: nothing needs *.rst some" + "body else"])

    def test_references(self):
        """Files and functions exist; rooms in picture and table are the same."""
        self.write("Documentation/architecture.rst", PAGE)
        self.write("Documentation/architecture.dot",
                   "<tr><td>top/</td><td align></td></tr><tr><td>a<br/>b</td><td align>")
        self.write("Documentation/rooms.csv", "Module,Room,Job,May use\ngpu,top/,x,\n"
                   "gpu,a b,y,\ngpu,any -> top/t.h,z,\n")
        self.write("drivers/gpu/a.c", CODE)
        self.write("drivers/gpu/b.c", "")
        (self.top / "kunit").mkdir()
        self.check("references", [])

        self.write("drivers/gpu/a.c", CODE.replace("void gpu_stop", "void gpu_halt"))
        (self.top / "drivers/gpu/b.c").unlink()
        self.write("Documentation/architecture.dot", "<tr><td>top/</td><td align></td></tr>")
        self.check("references", [
            "architecture.rst:1: there is no gpu_stop() in drivers/gpu/a.c",
            "architecture.rst:1: there is no drivers/gpu/b.c",
            "architecture.dot and rooms.csv differ in the room a b"])

    def test_compat(self):
        """Names that drivers/compat replaces, except there and in comments on functions."""
        self.write("drivers/compat/hrtimer.h", "hrtimer_init(timer, clock, mode);\n")
        self.write("drivers/gpu/a.c", "/* as of hrtimer_init() */\nhrtimer_setup(&timer);\n")
        self.check("compat", [])
        self.write("kunit/gpu/b.c", "\nhrtimer_init(&timer);\n")
        self.check("compat", ["kunit/gpu/b.c:2: hrtimer_init: use hrtimer_setup of "
                              "drivers/compat/hrtimer.h"])


if __name__ == "__main__":
    unittest.main()
