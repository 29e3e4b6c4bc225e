# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A guest that does not boot is the reason of the failure, in one line."""

import subprocess
import sys
import unittest
from unittest import mock

from lib.testbed import TOP, guest, igt, kernels, kunit
from lib.testbed.results import FAIL

KERNEL = kernels.Kernel("stock", "6.12", TOP, TOP)

ASK = """\
from lib.ask import arguments
from lib.testbed.guest import GuestError
def main():
    raise GuestError("the stock kernel did not boot: why")
arguments.run(main)
"""


class Report:
    """Collects names and reasons of failures."""

    def __init__(self):
        self.failed = []

    def add(self, name, status, reason="", *_, **__):
        """As in results.Report."""
        assert status == FAIL
        self.failed.append((name, reason))


class Boot(unittest.TestCase):
    """Guests with another program in the place of QEMU"""

    def setUp(self):
        patch = mock.patch.object(guest.Guest, "_fill_folder",
                                  lambda self: self.share.mkdir(parents=True))
        patch.start()
        self.addCleanup(patch.stop)

    def boot(self, program, reason, run):
        """RUN with PROGRAM as QEMU reports one failure, with REASON."""
        report = Report()
        with mock.patch.object(guest.Guest, "_command", lambda *_: ["sh", "-c", program]), \
                mock.patch.object(guest, "BOOT_SECONDS", 1):
            run(report)
        self.assertEqual([reason], [text for _, text in report.failed])
        return report.failed[0][0]

    def igt(self, report):
        """Run an IGT program."""
        igt.run(report, KERNEL, ["panthor_vm"])

    def kunit(self, report):
        """Run a KUnit module."""
        with mock.patch.object(kunit, "modules", lambda _: ["vcsf_test"]), \
                mock.patch.object(kunit, "Parser"):
            kunit.run(report, KERNEL)

    def test_refuses(self):
        """QEMU does not start."""
        why = "the stock kernel did not boot: QEMU ended with status 3"
        self.assertEqual(self.boot("exit 3", why, self.igt), "igt stock device")
        self.assertEqual(self.boot("exit 3", why, self.kunit), "kunit vcsf_test module")

    def test_silent(self):
        """The guest does not answer."""
        why = "the stock kernel did not boot: no answer within 1 s"
        self.boot("exec sleep 600", why, self.igt)

    def test_command(self):
        """A command that needs one guest ends with the reason."""
        done = subprocess.run([sys.executable, "-c", ASK], cwd=TOP / "scripts", text=True,
                              stderr=subprocess.PIPE, check=False)
        self.assertEqual((done.returncode, done.stderr),
                         (126, "-c: the stock kernel did not boot: why\n"))

    def test_restarts(self):
        """The guest panics, which ends QEMU."""
        why = "the stock kernel did not boot: the guest powered off or restarted"
        self.boot("exit 0", why, self.igt)


if __name__ == "__main__":
    unittest.main()
