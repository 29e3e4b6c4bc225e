# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A session repeats a command after a fault of the emulator, and only then."""

import contextlib
import io
import os
import types
import unittest
from unittest import mock

from lib.testbed.guest import GuestError, Result
from lib.testbed.session import Session

STEPPED = [
    "[    5.978509] Enabling non-boot CPUs ...",
    "[    6.004674] ------------[ cut here ]------------",
    "[    6.025836] WARNING: CPU: 0 PID: 197 at arch/x86/kernel/traps.c:1120"
    " exc_debug_kernel+0xca/0x160",
    "[    6.072847] Modules linked in: vpanthor(OE) vcsf(OE)",
]
POKED = [
    "[    1.834283] pnp: PnP ACPI: found 6 devices",
    "[    1.872878] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI",
    "[    1.873323] RIP: 0010:run_timer_softirq+0xd7/0xf0",
]
OURS = [
    "[    6.025836] WARNING: CPU: 0 PID: 197 at drivers/vcsf/engine/engine.c:12 vcsf_x+0x1/0x2",
    "[    6.025839] WARNING: CPU: 0 PID: 197 at arch/x86/kernel/traps.c:1120"
    " exc_debug_kernel+0xca/0x160",
]


class Machine:
    """Fake guests with a given log for each boot and each command."""

    def __init__(self, boots, commands):
        self.boots = list(boots)
        self.commands = list(commands)
        self.booted = 0
        self.ran = 0

    def __call__(self, _kernel):
        return self

    def start(self):
        """Boot."""
        self.booted += 1
        log = self.boots.pop(0) if self.boots else []
        if log:
            raise GuestError("\n".join(["the stock kernel did not boot:", *log]))

    def run(self, _command, *_):
        """Run a command."""
        self.ran += 1
        log = self.commands.pop(0) if self.commands else []
        return Result("died" if log else 0, "", log)

    def stop(self):
        """Power off."""
        return []


def play(boots=(), commands=()):
    """Run one command; returns result, machine and messages."""
    machine = Machine(boots, commands)
    said = io.StringIO()
    with contextlib.redirect_stderr(said), mock.patch.dict(os.environ, {"TIMES": ""}):
        kernel = types.SimpleNamespace(name="stock", title="a kernel")
        with Session(kernel, load=(), kind=machine) as session:
            try:
                result = session.run("true")
            except GuestError as error:
                result = error
    # A process says once which kernel it boots.
    return result, machine, said.getvalue().replace("booting a kernel\n", "")


class SessionTest(unittest.TestCase):
    """Repetitions and their limit."""

    def test_well(self):
        """A successful command is not repeated."""
        result, machine, said = play()
        self.assertEqual((result.status, machine.booted, machine.ran, said), (0, 1, 1, ""))

    def test_command(self):
        """A command is repeated in a new guest after a fault of the emulator."""
        for log in STEPPED, POKED:
            result, machine, said = play(commands=[log])
            self.assertEqual((result.status, machine.booted, machine.ran), (0, 2, 2))
            self.assertIn("note  once more", said)

    def test_command_twice(self):
        """A second fault is a failure."""
        result, machine, _ = play(commands=[STEPPED, STEPPED])
        self.assertIn("exc_debug_kernel", result.reason)
        self.assertEqual(machine.ran, 2)

    def test_command_ours(self):
        """A complaint before the fault of the emulator is a failure."""
        result, machine, said = play(commands=[OURS])
        self.assertIn("vcsf_x", result.reason)
        self.assertEqual((machine.ran, said), (1, ""))

    def test_boot(self):
        """The same for a guest that does not boot."""
        result, machine, _ = play(boots=[POKED])
        self.assertEqual((result.status, machine.booted), (0, 2))
        result, machine, _ = play(boots=[POKED, POKED])
        self.assertIsInstance(result, GuestError)
        self.assertEqual(machine.booted, 2)
        result, machine, _ = play(boots=[OURS])
        self.assertIsInstance(result, GuestError)
        self.assertEqual(machine.booted, 1)


if __name__ == "__main__":
    unittest.main()
