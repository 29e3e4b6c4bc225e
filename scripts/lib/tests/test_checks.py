# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The checks of wording, references, kernel names and links find what they are for."""

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
SITE_PAGE = """<html><head><link href="site.css" rel="stylesheet"></head><body>
<div class="sidebar"><a href="index.html">first</a><a href="other.html">other</a></div>
<article role="main"><div><section id="part">{}</section></div></article></body></html>
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


class Links(unittest.TestCase):
    """A site of two pages, each of which the theme links everywhere."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.site = Path(self.folder.name)
        (self.site / "site.css").write_text("")
        self.page("other", "")

    def page(self, name, text):
        """Write a page with TEXT in its main part."""
        (self.site / f"{name}.html").write_text(SITE_PAGE.format(text))

    def check(self, *expected):
        """Compare the lines that the check prints; the exit status matches."""
        done = subprocess.run([CHECKS / "links", self.site], stdout=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual(done.stdout.splitlines(), list(expected))
        self.assertEqual(done.returncode, 1 if expected else 0)

    def test_good(self):
        """Files, anchors, pictures of the site; other sites are not opened."""
        (self.site / "a b.png").write_text("")
        self.page("index", '<a href="other.html#part">a</a><a href="#part">b</a>'
                           '<img src="a%20b.png"><a href="https://example.org/x#y">c</a>')
        self.check()

    def test_broken(self):
        """One line for each link, with its place."""
        self.page("index", '<a href="other.html#none">a</a><a href="gone.html">b</a>\n'
                           '<img src="gone.png"><a href="../outside">c</a>\n'
                           '<a href="http:///">d</a>')
        self.check("index.html:3: other.html#none: the page has no such anchor",
                   "index.html:3: gone.html: there is no such file",
                   "index.html:4: gone.png: there is no such file",
                   "index.html:4: ../outside: there is no such file",
                   "index.html:5: http:///: no address")

    def test_picture(self):
        """A link in a diagram is relative to the pages."""
        (self.site / "_images").mkdir()
        (self.site / "_images/graph.svg").write_text('<a xlink:href="gone.html"/>')
        self.page("index", '<a href="other.html">a</a>')
        self.check("_images/graph.svg: gone.html: there is no such file")

    def test_lonely(self):
        """Links that the theme adds to each page do not count."""
        self.page("index", "")
        self.check("other.html: no other page's text links it")

    def test_empty(self):
        """A folder without a site is an error, not a site without errors."""
        self.check(f"{self.site.resolve()}: there is no index.html")


if __name__ == "__main__":
    unittest.main()
