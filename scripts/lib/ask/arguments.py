# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Command lines: checked before anything is built or booted.

A mistake is one line on stderr that names the wrong word and the nearest valid ones, and
exit status 2. The Makefile runs each command once with ARGUMENTS_ONLY in the environment
before it builds: then done(), which follows the checks, ends the command.
"""

import argparse
import difflib
import os
import re
import shlex
import sys

from . import ending
from .. import progress
from ..testbed import TOP
from ..testbed.guest import GuestError

_ONLY = "ARGUMENTS_ONLY"
# Set for the commands that this one starts: see scripts/lib/interrupt.
_FIRST = "FIRST_COMMAND"
# More names than this are not listed.
_MANY = 24
_ACCELS = ("tcg", "kvm")
WRONG, BROKEN = 2, 126


class Mistake(Exception):
    """An invalid argument; the text is the message."""


def nearest(name, names):
    """Up to three of NAMES that resemble NAME."""
    names = list(names)
    lower = {each.lower(): each for each in names}
    found = [lower[each] for each in
             difflib.get_close_matches(name.lower(), lower, 3, 0.5)]
    return found or [each for each in names if name and name.lower() in each.lower()][:3]


def unknown(what, name, names):
    """Message: there is no WHAT called NAME; with the nearest of NAMES, or all."""
    names = list(names)
    text = f"no {what} '{name}'"
    near = nearest(name, names)
    if near:
        text += f"; nearest: {' '.join(near)}"
    if len(names) <= _MANY:
        text += f"; there are: {' '.join(names)}"
    elif not near:
        text += f"; --help lists all {len(names)}"
    return text


def check(what, given, names):
    """Raise Mistake unless each of GIVEN is one of NAMES."""
    names = list(names)
    for name in given:
        if name not in names:
            raise Mistake(unknown(what, name, names))


def expression(text):
    """TEXT as a compiled regular expression; raises Mistake if it is malformed."""
    try:
        return re.compile(text)
    except re.error as error:
        raise Mistake(f"'{text}' is no regular expression: {error}") from error


def positive(text):
    """An option's number above 0."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number above 0")
    return number


def duration(text):
    """An option's number of minutes, which may have a fraction."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of minutes above 0")
    return number


def file(text):
    """An option's path of an existing file."""
    if not os.path.isfile(text):
        raise argparse.ArgumentTypeError(f"there is no file '{text}'")
    return text


def environment():
    """Check the variables that all commands read; raises Mistake."""
    for name in ("JOBS", "GUESTS"):
        value = os.environ.get(name)
        if value and not (value.isascii() and value.isdigit() and int(value)):
            raise Mistake(f"{name}='{value}' is no whole number above 0")
    accel = os.environ.get("ACCEL")
    if accel:
        check("ACCEL", [accel], _ACCELS)


class Parser(argparse.ArgumentParser):
    """Reports a mistake in one line with the nearest valid words."""

    def __init__(self, **options):
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter,
                         allow_abbrev=False, **options)

    def parse_args(self, args=None, namespace=None):
        """As in argparse."""
        try:
            environment()
        except Mistake as mistake:
            self.error(str(mistake))
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            options = [word for word in rest if word.startswith("-")]
            if options:
                self.error(unknown("option", options[0].split("=")[0], self._options()))
            self.error(f"'{rest[0]}' is one argument too many")
        return found

    def error(self, message):
        """Print MESSAGE and exit."""
        print(f"{self.prog}: error: {message} (see {self._script()} --help)",
              file=sys.stderr)
        sys.exit(WRONG)

    def _options(self):
        return [text for action in self._actions for text in action.option_strings
                if text.startswith("--")]

    def _script(self):
        return os.path.relpath(sys.argv[0], TOP)

    def _check_value(self, action, value):
        if action.choices is not None and value not in action.choices:
            what = action.dest.replace("_", " ")
            raise argparse.ArgumentError(None, unknown(what, value, action.choices))


def done():
    """End the command if only its arguments were to be checked, or shown."""
    only = os.environ.get(_ONLY)
    if only == "show":
        print(shlex.join([_name(), *sys.argv[1:]]))
    if only:
        sys.exit(0)


def _name():
    return os.path.basename(sys.argv[0])


def interrupted(name=None):
    """Print the line of an interrupt unless make or the first command does."""
    name = name or _name()
    progress.line.clear()
    if not os.environ.get("MAKELEVEL") and os.environ.get(_FIRST) in (None, name):
        print(f"{name}: {ending.text()}", file=sys.stderr, flush=True)


def run(main, prog=None, name=None):
    """Exit with the status that MAIN returns.

    A Mistake and an end by a signal (Ctrl-C, SIGTERM, SIGHUP) end with one line, which
    begins with PROG (default: NAME, which is the command's unless it stands for another
    one). make prints the line of an end itself. A guest that does not boot is reported
    without a trace of the calls.
    """
    prog = prog or _name()
    os.environ.setdefault(_FIRST, _name())
    ending.watch()
    try:
        status = main()
        progress.took(f"{_name()} in all", progress.since_start())
        sys.exit(status)
    except Mistake as mistake:
        print(f"{prog}: error: {mistake}", file=sys.stderr)
        sys.exit(WRONG)
    except GuestError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        sys.exit(BROKEN)
    except KeyboardInterrupt:
        ending.end_children()
        interrupted(name)
        sys.exit(ending.status())
