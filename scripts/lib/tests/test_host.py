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
        self.program("apt-cache", f"case \"$*\" in {cases} "
                     " *) echo 'E: No packages found' >&2; exit 100;; esac")
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


    def test_broken_apt(self):
        """An error of apt is neither taken nor kept for an answer."""
        self.program("apt-cache", "echo 'E: Write error - write (28: No space left)' >&2;"
                                  " exit 100")
        self.program("dpkg", "echo amd64")
        done = self.run_script(KERNEL, "host")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("No space left", done.stderr)
        done = self.host({"linux-image-amd64": "6.12.118+deb13-amd64"})
        self.assertEqual(done.returncode, 0)


class Next(Programs):
    """scripts/kernel next, whose packages stand-ins download and unpack"""

    def setUp(self):
        super().setUp()
        self.program("id", "echo 0")
        self.program("depmod", "exit 0")
        # Each update of the lists has a newer version.
        count = self.folder / "count"
        ver = f"$(wc -l <{count}).0"
        self.program("apt-get", f"""
case "$*" in
*indextargets*) echo 'Debian bookworm http://archive.example' ;;
*update*) echo x >>{count} ;;
*download*) [ ! -e {self.folder}/no-$(wc -l <{count}) ] || exit 100
	touch "$(echo "$5" | tr = _)_amd64.deb" ;;
esac""")
        self.program("apt-cache", f"""
case "$*" in
*madison*) echo " linux-image-amd64 | {ver} | http://archive.example sid/main amd64 Packages" ;;
*linux-headers-amd64=*) echo "Depends: linux-headers-7-amd64" ;;
*) echo 'E: No packages found' >&2; exit 100 ;;
esac""")

    def dpkg(self, unpack):
        """Let dpkg unpack a package DEB to the folder DIR by the commands UNPACK."""
        self.program("dpkg", f"""
case "$1" in
-x) DEB=$2 DIR=$3; {unpack} ;;
--compare-versions) exit 1 ;;
esac""")

    def test_full_disk(self):
        """A kernel of which a package cannot be unpacked is not ready."""
        self.dpkg("mkdir -p $DIR/lib/modules/7-amd64; case $DEB in *kbuild*) exit 2;; esac")
        done = self.run_script(KERNEL, "next")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        self.assertEqual(list(self.folder.glob("cache/**/ready")), [])

    def test_version_is_gone(self):
        """If a version was removed from the archive, the next attempt takes another."""
        (self.folder / "no-1").touch()
        self.dpkg("echo unpacking ${DEB##*/} >&2; exit 2")
        done = self.run_script(KERNEL, "next")
        self.assertIn("unpacking linux-image-7-amd64_3.0_amd64.deb", done.stderr)


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
