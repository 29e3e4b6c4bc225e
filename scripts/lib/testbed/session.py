# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A sequence of commands on one kernel, with a new guest when one is lost."""

import sys

from .. import progress
from . import TOP, complaints
from .guest import Guest, GuestError

PRODUCT = ("drm_jobqueue", "vcsf", "vpanthor")
_MODULES = TOP / "scripts/lib/guest/modules"


def _say_again(fault):
    progress.line.clear()
    print(f"note  once more in a new guest, the emulator failed: {fault}",
          file=sys.stderr, flush=True)


class Session:
    """Runs commands one after the other in a guest with modules loaded.

    If a command kills or hangs the guest, or its kernel complains, the next command runs
    in a new guest. A command that fails by a fault of the emulator is repeated once in a
    new guest, with a note; the second result counts, whatever the cause.
    SETUP is a command to run in each guest after the modules are loaded. KIND is the
    class of the guests, OPTIONS are for its constructor.
    """

    def __init__(self, kernel, load=PRODUCT, setup="", kind=Guest, **options):
        self.kernel = kernel
        self.kind = kind
        self.load = tuple(load)
        self.setup = setup
        self.options = options
        self.guest = None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is KeyboardInterrupt and self.guest:
            self.guest.kill()
        self._drop()

    def run(self, command, limit=60, env=None, show=None, watch=None):
        """Run COMMAND as Guest.run() does; returns its Result.

        Raises GuestError if no guest boots.
        """
        result = self._run(command, limit, env, show, watch)
        fault = complaints.emulator(result.log)
        if fault:
            _say_again(fault)
            result = self._run(command, limit, env, show, watch)
        return result

    def shell(self):
        """Give the terminal a shell in the guest until it is left."""
        if self.guest is None:
            self._boot()
        self.guest.shell()

    def end(self):
        """End the guest, if there is one: the next command runs in a new one."""
        self._drop()

    def finish(self):
        """Unload the modules and look for leaks; a guest.Result or None.

        None means that no guest was running.
        """
        if self.guest is None:
            return None
        with progress.timed("unloading the modules, search for leaks"):
            result = self.guest.run(f"{_MODULES} unload && {_MODULES} leaks",
                                    self._limit(240))
        with progress.timed("end of the guest"):
            tail = self.guest.stop()
        result.log += tail
        self.guest = None
        return result

    def _run(self, command, limit, env, show, watch):
        if self.guest is None:
            self._boot()
        result = self.guest.run(command, limit, env, show, watch)
        if result.reason:
            self._drop()
        return result

    def _boot(self):
        for again in (True, False):
            try:
                self._prepare()
                return
            except GuestError as error:
                self._drop()
                fault = complaints.emulator(str(error).splitlines())
                if not (again and fault):
                    raise
            _say_again(fault)

    def _prepare(self):
        progress.line.step(f"booting {self.kernel.title}")
        self.guest = self.kind(self.kernel, **self.options)
        with progress.timed(f"boot of the {self.kernel.name} kernel"):
            self.guest.start()
        if self.load:
            with progress.timed(f"modules {' '.join(self.load)}"):
                self._must(f"{_MODULES} load {' '.join(self.load)}",
                           "the modules do not load")
        if self.setup:
            with progress.timed("set-up of the guest"):
                self._must(self.setup, "the guest cannot be set up")

    def _limit(self, seconds):
        # With -icount guest time runs fast when the guest waits for the host.
        return 10 ** 8 if self.options.get("icount") else seconds

    def _must(self, command, otherwise):
        result = self.guest.run(command, self._limit(600))
        if result.status or result.reason:
            why = result.reason or f"status {result.status}"
            raise GuestError("\n".join(
                [f"{self.kernel.name} kernel: {otherwise}: {why}", result.output,
                 *(result.complaint or result.log[-25:])]))

    def _drop(self):
        if self.guest:
            self.guest.stop()
            self.guest = None
