# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Names of the tests, read from their sources, so that a name can be checked before a build.

KUnit's are exact. An IGT program can compute the names of its subtests; then this module
offers more names than there are: every string of that source file in the place of the
computed part.
"""

import functools
import itertools
import re
from fnmatch import fnmatchcase

from ..testbed import TOP, igt
from .arguments import Mistake, expression, nearest

_KUNIT = TOP / "kunit"
_IGT = TOP / "userspace/igt"
# Objects that a Kbuild file links to a test module: "vcsf_test-y := a.o b/c.o"
_MODULE = re.compile(r"^(\w+_test)-y [:+]?= ((?:.*\\\n)*.*)$", re.M)
_SUITE = re.compile(r"struct kunit_suite \w+ = \{(.*?)\n\};", re.S)
_CASES = re.compile(r"struct kunit_case (\w+)\[\] = \{(.*?)\n\};", re.S)
_CASE = re.compile(r"\bKUNIT_CASE\w*\((\w+)")
_SUBTEST = re.compile(r"\bigt_subtest(?:_f)?\(\s*(?:\"([^\"]*)\"|\w)")
_STRING = re.compile(r"\"([a-z0-9][a-z0-9-]*)\"")
_SUBSTITUTE = re.compile(r"%\w+")


@functools.lru_cache(maxsize=None)
def kunit():
    """All cases as {module: {suite: [case]}}."""
    modules = {}
    for kbuild in sorted(_KUNIT.glob("*/Kbuild")):
        for module, objects in _MODULE.findall(kbuild.read_text()):
            suites = modules.setdefault(module, {})
            for name in re.findall(r"(\S+)\.o\b", objects):
                path = kbuild.parent / f"{name}.c"
                suites.update(_suites(path.read_text()) if path.exists() else {})
    return modules


def _suites(text):
    cases = {name: _CASE.findall(body) for name, body in _CASES.findall(text)}
    found = {}
    for body in _SUITE.findall(text):
        name = re.search(r"\.name = \"(\w+)\"", body)
        table = re.search(r"\.test_cases = (\w+)", body)
        if name and table:
            found[name.group(1)] = cases.get(table.group(1), [])
    return found


def _fits(suites, pattern):
    """Whether a suite or a case of SUITES matches KUnit's glob PATTERN."""
    suite, dot, case = pattern.partition(".")
    return any(fnmatchcase(name, suite) and
               (not dot or any(fnmatchcase(each, case) for each in cases))
               for name, cases in suites.items())


def choose_kunit(words):
    """Runs for WORDS: pairs of a module and a glob ("" for all of the module).

    A word is a module, a suite, SUITE.CASE or such a glob, or SUITE.CASE.PARAMETER as
    in a result: then all parameters of the case run. Raises Mistake.
    """
    modules, runs = kunit(), []
    for word in words:
        if word in modules:
            runs.append((word, ""))
            continue
        glob = ".".join(word.split(".")[:2])
        found = [(module, glob) for module, suites in modules.items()
                 if _fits(suites, glob)]
        if not found:
            raise Mistake(_no_kunit(word))
        runs += found
    return list(dict.fromkeys(runs))


def kunit_cases(runs):
    """SUITE.CASE of all that RUNS, pairs of a module and a glob, will run."""
    every = {module: [f"{suite}.{case}" for suite, cases in suites.items() for case in cases]
             for module, suites in kunit().items()}
    return {name for module, glob in runs for name in every.get(module, ())
            if not glob or fnmatchcase(name, glob if "." in glob else f"{glob}.*")}


def _no_kunit(word):
    """Message: nothing of KUnit has the name WORD."""
    suites = {name: cases for group in kunit().values() for name, cases in group.items()}
    suite, dot, case = word.partition(".")
    if dot and suite in suites:
        near = nearest(case, suites[suite]) or suites[suite]
        return (f"no case '{case}' in the suite {suite}; nearest: "
                + " ".join(f"{suite}.{each}" for each in near[:8]))
    every = [f"{name}.{each}" for name, cases in suites.items() for each in cases]
    near = nearest(word, [*kunit(), *suites]) or nearest(word, every)
    near = [name for name in [f"{name}.{word}" for name, cases in suites.items()
                              if word in cases] or near]
    text = f"no KUnit module, suite or suite.case '{word}'"
    if near:
        text += f"; nearest: {' '.join(near)}"
    return text + f"; modules: {' '.join(kunit())}"


@functools.lru_cache(maxsize=None)
def igt_subtests():
    """Names PROGRAM@SUBTEST of all IGT subtests, and some that do not exist."""
    found = []
    narrow = {name.split("/")[-1] for name in igt.programs_i386()}
    for path in sorted(_IGT.glob("*/panthor_*.c")):
        text = path.read_text()
        names = list(dict.fromkeys(_expand(text)))
        found += [f"{path.stem}@{name}" for name in names]
        if path.stem in narrow:
            found += [f"i386/{path.stem}@{name}" for name in names]
    return found


def _expand(text):
    for match in _SUBTEST.finditer(text):
        form = match.group(1) or "%s"
        if "%" not in form:
            yield form
            continue
        words = [*_STRING.findall(text), *map(str, range(64))]
        places = len(_SUBSTITUTE.findall(form))
        for values in itertools.product(words, repeat=min(places, 1)):
            yield _SUBSTITUTE.sub(lambda _, value=values: value[0], form)


class Subtests:
    """Chooses subtests by names and regular expressions, as re.Pattern.search() does.

    A pattern that is a whole name, such as panthor_vm@range, chooses this subtest alone.
    """

    def __init__(self, patterns):
        self.patterns = [(text, expression(text)) for text in patterns]
        self.exact = set()

    def search(self, name):
        """Whether the subtest NAME is chosen."""
        return any(self._one(pattern, name) for pattern in self.patterns)

    def _one(self, pattern, name):
        text, compiled = pattern
        return name == text if text in self.exact else compiled.search(name)

    def check(self, names, listed=False):
        """Raise Mistake if a pattern chooses none of NAMES.

        LISTED: the programs were asked for NAMES, so that all of them exist.
        """
        self.exact |= {text for text, _ in self.patterns if text in names}
        for pattern in self.patterns:
            if not any(self._one(pattern, name) for name in names):
                raise Mistake(_no_subtest(pattern[0], names, listed))


def _no_subtest(text, names, listed):
    """Message: the pattern TEXT matches none of NAMES."""
    program = text.partition("@")[0]
    programs = list(dict.fromkeys(name.partition("@")[0] for name in names))
    if program in programs:
        near = nearest(text, [name for name in names if name.startswith(f"{program}@")])
    else:
        near = [f"{name}@" for name in nearest(program, programs)]
    text = f"no subtest matches '{text}'"
    if near:
        text += f"; nearest: {' '.join(near)}"
    elif listed or program not in programs:
        text += f"; a pattern is for PROGRAM@SUBTEST, such as {programs[0]}@"
    return text
