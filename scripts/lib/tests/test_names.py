# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Names of tests: which exist, which are chosen, what a wrong one is told."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from lib.ask import names
from lib.ask.arguments import Mistake

MMU = """\
static struct kunit_case mmu_cases[] = {
\tKUNIT_CASE(mmu_walk),
\tKUNIT_CASE_PARAM(mmu_each, mmu_gen_params),
\t{}
};

static struct kunit_suite mmu_suite = {
\t.name = "gpu_mmu",
\t.init = mmu_init,
\t.test_cases = mmu_cases,
};
"""
KBUILD = """\
obj-m += gpu_test.o
gpu_test-y := \\
\tmmu_test.o \\
\tlib/run.o
obj-m += gpu_provoke.o
gpu_provoke-y := provoke.o
"""
PROGRAM = """\
static const char * const kinds[] = { "near", "far-off" };
igt_main
{
\tigt_subtest("basic")
\t\tbasic();
\tigt_subtest_f("go-%s", kinds[i])
\t\tgo(i);
\tigt_subtest_f("at-%d", i)
\t\tat(i);
}
"""


class Sources(unittest.TestCase):
    """A tree with a test module and a program."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        top = Path(folder.name)
        self.write(top / "gpu/Kbuild", KBUILD)
        self.write(top / "gpu/mmu_test.c", MMU)
        self.write(top / "gpu/lib/run.c", "int x;\n")
        self.write(top / "device/panthor_x.c", PROGRAM)
        self.write(top / "device/panthor_xy.c", 'igt_subtest("other")\n')
        for patch in (mock.patch.object(names, "_KUNIT", top),
                      mock.patch.object(names, "_IGT", top),
                      mock.patch.object(names.igt, "programs_i386",
                                        lambda: ["i386/panthor_xy"])):
            patch.start()
            self.addCleanup(patch.stop)
        for function in (names.kunit, names.igt_subtests):
            function.cache_clear()
            self.addCleanup(function.cache_clear)

    @staticmethod
    def write(path, text):
        """Make a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def message(self, function, *given):
        """The text of the mistake in GIVEN."""
        with self.assertRaises(Mistake) as caught:
            function(*given)
        return str(caught.exception)

    def test_kunit(self):
        """Modules, suites and cases by the sources."""
        self.assertEqual(names.kunit(), {"gpu_test": {"gpu_mmu": ["mmu_walk", "mmu_each"]}})

    def test_choose_kunit(self):
        """A module, a suite, a case, one with a parameter, a glob."""
        for word, glob in {"gpu_test": "", "gpu_mmu": "gpu_mmu",
                           "gpu_mmu.mmu_walk": "gpu_mmu.mmu_walk",
                           "gpu_mmu.mmu_each.a.b": "gpu_mmu.mmu_each",
                           "*.mmu_w*": "*.mmu_w*"}.items():
            self.assertEqual(names.choose_kunit([word, word]), [("gpu_test", glob)])

    def test_wrong_kunit(self):
        """The message has the nearest name."""
        for word, near in {"gpu_tset": "nearest: gpu_test", "gpu_mmu.walk": "gpu_mmu.mmu_walk",
                           "gpu_mmu.zzz": "gpu_mmu.mmu_each", "gpu_mmmu": "nearest: gpu_mmu",
                           "mmu_walk": "nearest: gpu_mmu.mmu_walk",
                           "nonsense": "modules: gpu_test", "gpu_provoke": "gpu_test"}.items():
            text = self.message(names.choose_kunit, [word])
            self.assertIn(f"'{word.split('.')[-1]}'", text)
            self.assertIn(near, text)

    def test_igt(self):
        """Computed names are among those found."""
        found = names.igt_subtests()
        for name in ("panthor_x@basic", "panthor_x@go-near", "panthor_x@go-far-off",
                     "panthor_x@at-3", "panthor_xy@other", "i386/panthor_xy@other"):
            self.assertIn(name, found)
        self.assertNotIn("i386/panthor_x@basic", found)

    def chosen(self, *patterns):
        """The subtests that PATTERNS choose."""
        tests = names.Subtests(patterns)
        tests.check(names.igt_subtests())
        return [name for name in names.igt_subtests() if tests.search(name)]

    def test_choose_igt(self):
        """A whole name is only this one; patterns add up; any character is allowed."""
        self.assertEqual(self.chosen("panthor_xy@other"), ["panthor_xy@other"])
        self.assertEqual(self.chosen("xy@"), ["panthor_xy@other", "i386/panthor_xy@other"])
        self.assertEqual(self.chosen(r"panthor_(x|zz)@b\w+$", "i386"),
                         ["panthor_x@basic", "i386/panthor_xy@other"])

    def test_wrong_igt(self):
        """The message has the nearest name."""
        for word, near in {"panthor_x@bsaic": "nearest: panthor_x@basic",
                           "panthor_z@": "nearest: panthor_x@", "(": "no regular expression",
                           "gadget": "such as panthor_x@"}.items():
            self.assertIn(near, self.message(self.chosen, word))
        # One wrong name among good ones
        self.assertIn("'gadget'", self.message(self.chosen, "panthor_x@", "gadget"))

    def test_listed(self):
        """What a program lists decides in the end."""
        tests = names.Subtests(["panthor_x@go-basic"])
        tests.check(names.igt_subtests())
        with self.assertRaises(Mistake):
            tests.check({"panthor_x@go-near", "panthor_x@basic"}, listed=True)


class Tree(unittest.TestCase):
    """The names in this tree"""

    def test_kunit(self):
        """Every suite has cases, and every test module has suites."""
        for module, suites in names.kunit().items():
            self.assertTrue(suites, module)
            for suite, cases in suites.items():
                self.assertTrue(cases, suite)


if __name__ == "__main__":
    unittest.main()
