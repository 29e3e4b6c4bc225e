# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of what the scripts ask apt: is this machine supported, is another apt running."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from .. import testbed

KERNEL = testbed.TOP / "scripts/kernel"
APT_WAIT = testbed.TOP / "scripts/lib/apt-wait"


class Programs(unittest.TestCase):
    """Runs scripts with stand-ins for programs of apt."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def program(self, name, text):
        """Put a shell script into the PATH of run()."""
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run_script(self, *command):
        """Run COMMAND with the stand-ins; returns the finished process."""
        env = dict(os.environ, PATH=f"{self.folder}:{os.environ['PATH']}",
                   XDG_CACHE_HOME=str(self.folder / "cache"))
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


class Host(Programs):
    """scripts/kernel host"""

    def host(self, packages):
        """Run it with an apt that has PACKAGES: {metapackage: release of its kernel}."""
        cases = "".join(f"*' {meta}') echo 'Depends: linux-base, linux-image-{release} (= 1)';;"
                        for meta, release in packages.items())
        self.program("apt-cache", f"case \"$*\" in {cases} *) exit 100;; esac")
        self.program("dpkg", "echo amd64")
        return self.run_script(KERNEL, "host")

    def test_name_of_its_own(self):
        """The kernel is not the release's own, as in Debian 12."""
        done = self.host({"linux-image-amd64": "6.1.0-56-amd64",
                          "linux-image-6.12-amd64": "6.12.117+deb12-amd64"})
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^.+, kernel 6\.12\.117: supported\n$")

    def test_release_kernel(self):
        """It is, as in Debian 13."""
        done = self.host({"linux-image-amd64": "6.12.118+deb13-amd64"})
        self.assertEqual(done.returncode, 0)
        self.assertIn("kernel 6.12.118: supported", done.stdout)

    def test_unsupported(self):
        """No package has such a kernel: the message says what would help."""
        done = self.host({"linux-image-amd64": "7.2.13+deb14-amd64"})
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "")
        self.assertIn("apt has no kernel 6.12", done.stderr)
        self.assertIn("debootstrap", done.stderr)


class AptWait(Programs):
    """scripts/lib/apt-wait"""

    def test_lock(self):
        """A command that finds a lock taken is repeated until it succeeds."""
        count = self.folder / "count"
        self.program("apt-get", f"echo x >>{count}; [ $(wc -l <{count}) -ge 3 ] ||"
                                " { echo 'E: Could not get lock /x/lock' >&2; exit 100; };"
                                " echo \"$@\"")
        done = self.run_script(APT_WAIT, "apt-get", "update")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(count.read_text(), "x\n" * 3)
        self.assertIn("DPkg::Lock::Timeout=", done.stdout)
        self.assertEqual(done.stderr.count("another apt is running"), 1)

    def test_other_failure(self):
        """Other failures are reported at once."""
        count = self.folder / "count"
        self.program("apt-get", f"echo x >>{count}; echo 'E: no network' >&2; exit 7")
        done = self.run_script(APT_WAIT, "apt-get", "update")
        self.assertEqual(done.returncode, 7)
        self.assertEqual(count.read_text(), "x\n")
        self.assertIn("no network", done.stderr)


if __name__ == "__main__":
    unittest.main()
