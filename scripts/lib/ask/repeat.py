# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The command that repeats one test, from the name of its result."""

import itertools
import re
import shlex

# Results whose first word is the name of a stage of "make check", or belongs to one.
_STAGES = {"dkms": "dkms", "selftest": "selftest", "provoke": "provoke",
           "jobqueue": "provoke", "sample": "sample", "reload": "reload",
           "models": "models", "tutorial": "tutorial", "record": "demo",
           "firmware": "firmware", "uapi.rst": "host"}
_LONG = {"race": "race", "stress": "debug", "fuzz-cs": "debug"}


def _word(text):
    """TEST=TEXT as a word for the shell."""
    plain = re.fullmatch(r"[\w@%+:,./-]+", text)
    return f"TEST={text}" if plain else f"TEST={shlex.quote(text)}"


def _igt(kernel, test):
    if "@" in test:
        return f"make igt {_word(test)} KERNEL={kernel}"
    if test.startswith("panthor_"):
        return f"make igt {_word(test + '@')} KERNEL={kernel}"
    return f"make igt KERNEL={kernel}"


def _case(name):
    """What selects the KUnit result NAME: SUITE.CASE, without a parameter of the case."""
    return ".".join(name.split(".")[:2])


def _kunit(words):
    """For the words of a KUnit result after its label."""
    if not words or words[-1] == "leak":
        return ""
    return _case(words[0])


def _split(text):
    """Parameters of a module, and the rest, as lists of words."""
    words = text.split()
    params = list(itertools.takewhile(re.compile(r"\w+=").match, words))
    return params, words[len(params):]


def _run(label, text):
    """A result of a stress suite or of random streams: PARAMETERS SUITE.CASE."""
    params, words = _split(text)
    case = _kunit(words)
    if not params or not case:
        return ""
    return (f"scripts/kunit -k {_LONG[label]} -p {shlex.quote(' '.join(params))}"
            f" {shlex.quote(case)}")


def command(name):
    """The command that repeats the test NAME, or the smallest part that has it; or ""."""
    first, _, rest = name.partition(" ")
    words = rest.split()
    if not words:
        return ""
    if first in ("race", "faults") and words[0] == "kunit":
        test = _kunit(words[1:])
        kernel = " KERNEL=race" if first == "race" else ""
        return f"make kunit {_word(test)}{kernel}" if test else ""
    if first in _LONG:
        return _run(first, rest)
    if first == "igt":
        return _igt(words[0], words[1])
    if first == "kunit":
        params, words = _split(rest)
        test = _kunit(words)
        if test and params and "." in test:
            return f"scripts/kunit -p {shlex.quote(' '.join(params))} {shlex.quote(test)}"
        return f"make kunit {_word(test)}" if test else "make kunit"
    if first == "panthor":
        if not words[1].startswith("panthor_"):
            return f"make panthor KERNEL={words[0]}"
        return f"make panthor {_word('^' + words[1] + '$')} KERNEL={words[0]}"
    if first == "tyr":
        name, _, seed = rest.partition("@")
        if name == "images":
            return f"make tyr TEST=images ARGS=--seed={seed}"
        return f"make tyr {_word('^' + rest + '$')}"
    if first == "mesa":
        return _mesa(words)
    if first == "demo":
        return f"make demo KERNEL={words[0]}"
    if first == "testbed":
        return f"cd scripts && python3 -m unittest lib.tests.{rest}"
    return _stage(first, rest)


def _mesa(words):
    """For the words of a result of make mesa: SUITE or SUITE-ARCH, and the check."""
    suite, _, arch = words[0].partition("-")
    test = f" {_word(words[1])}" if len(words) == 2 else ""
    more = f" ARCH={arch}" if arch else f" ARGS=--mesa={suite}"
    return f"make mesa{test}{more}"


def _stage(first, rest):
    if first == "lint":
        return f"make lint {_word(rest)}"
    if first == "model":
        part = re.sub("^bug ", "", rest)
        whole = part in ("states", "functions", "coverage", "last reference")
        return "make model" if whole or " " in part else f"make model {_word(part)}"
    if first == "user":
        return "scripts/check host"
    if first == "build":
        return {"programs": "make programs", "programs arm64": "make programs ARCH=arm64",
                "by DKMS": "scripts/dkms --try",
                "tyr": "scripts/tyr --build",
                "of the Debian package": "scripts/deb --lint"}.get(
            rest, f"scripts/build {rest.split()[-1]}")
    if first in ("sleep", "soak", "fuzz"):
        return f"scripts/check {first}"
    return f"scripts/check {_STAGES[first]}" if first in _STAGES else ""
