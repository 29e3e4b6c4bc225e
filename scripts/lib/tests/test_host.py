# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of what is said before the work: is this machine supported, is another apt running,
are there room and a network."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from .. import testbed

KERNEL = testbed.TOP / "scripts/kernel"
APT_WAIT = testbed.TOP / "scripts/lib/apt-wait"
PLACE = testbed.TOP / "scripts/lib/place"
# In place of df: megabytes that are free, for any folder
_DF = """#!/bin/sh
echo "Filesystem 1024-blocks Used Available Capacity Mounted"
echo "disk 0 0 $((FREE * 1024)) 0 /"
"""
# In place of apt-get: an archive without an address, and what an installation takes
_APT = """#!/bin/sh
case $1 in
indextargets) echo "Debian http://archive.invalid http://archive.invalid/debian/ stable" ;;
*) echo "Need to get 60.5 MB of archives."
   echo "After this operation, 1,302 MB of additional disk space will be used." ;;
esac
"""



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
*linux-headers-amd64=*) echo "Depends: linux-headers-7.3.4-amd64" ;;
*linux-source-7.3*) echo "Version: $(cat {self.folder}/source 2>/dev/null || echo {ver})" ;;
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
        self.dpkg("mkdir -p $DIR/lib/modules/7.3.4-amd64; case $DEB in *kbuild*) exit 2;; esac")
        done = self.run_script(KERNEL, "next")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        self.assertEqual(list(self.folder.glob("cache/**/ready")), [])

    def test_version_is_gone(self):
        """If a version was removed from the archive, the next attempt takes another."""
        (self.folder / "no-1").touch()
        self.dpkg("echo unpacking ${DEB##*/} >&2; exit 2")
        done = self.run_script(KERNEL, "next")
        self.assertIn("unpacking linux-image-7.3.4-amd64_3.0_amd64.deb", done.stderr)

    def test_source(self):
        """source-next unpacks the source of that kernel, once."""
        package = "linux-source-7.3"
        self.dpkg(f"cd {self.folder}; mkdir -p linux $DIR/usr/src; touch linux/Makefile;"
                  f" tar -cJf $DIR/usr/src/{package}.tar.xz linux")
        for said in (f"downloading {package} 1.0", ""):
            done = self.run_script(KERNEL, "source-next")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(said, done.stderr)
            tree = Path(done.stdout.removeprefix("source=").strip())
            self.assertEqual(tree, self.folder / "cache/drm-jobqueue/source-1.0")
            self.assertTrue((tree / "Makefile").is_file())
        self.assertNotIn("downloading", done.stderr)

    def test_source_of_another_version(self):
        """A suite may have the kernel before it has the source: no other one is taken."""
        (self.folder / "source").write_text("0.9")
        self.dpkg("exit 2")
        done = self.run_script(KERNEL, "source-next")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("sid has no linux-source-7.3 of the version 1.0", done.stderr)


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


class Place(unittest.TestCase):
    """A copy of scripts/lib/place in a tree of its own, with kernels or without."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name) / "tree"
        self.cache = Path(folder.name) / "cache"
        self.bin = Path(folder.name) / "bin"
        self.bin.mkdir()
        for name, text in (("df", _DF), ("apt-get", _APT)):
            (self.bin / name).write_text(text)
            (self.bin / name).chmod(0o755)
        self.copy(self.top)

    @staticmethod
    def copy(top):
        """Make the tree TOP."""
        (top / "scripts/lib").mkdir(parents=True)
        shutil.copy(PLACE, top / "scripts/lib")

    def kernels(self, *names):
        """Let the kernels NAMES be there already."""
        for name in names:
            (self.cache / "drm-jobqueue" / name).mkdir(parents=True)
            (self.cache / "drm-jobqueue" / name / "ready").touch()

    def ask(self, *args, free=100000, top=None):
        """Return what place prints, without the paths' beginning."""
        top = top or self.top
        done = subprocess.run([top / "scripts/lib/place", *args], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, "FREE": str(free),
                                   "XDG_CACHE_HOME": str(self.cache),
                                   "PATH": f"{self.bin}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 1 if done.stdout else 0)
        return done.stdout.replace(str(self.top.parent), "")

    def test_good(self):
        """With all kernels little room and no network is needed."""
        self.kernels("stock-1", "debug-1")
        self.assertEqual(self.ask("build", "debug", "lint", free=500), "")
        self.assertEqual(list((self.top / "build").iterdir()), [])

    def test_disk(self):
        """The size is that of the kernels that are not there, and of the modules."""
        say = "place: error: {} MB of free space are needed in /tree, there are {} MB\n"
        self.assertEqual(self.ask("build", "debug", free=3699), say.format(3700, 3699))
        self.kernels("stock-1", "debug-1")
        self.assertEqual(self.ask("build", "debug", free=499), say.format(500, 499))
        (self.top / "build/stock").mkdir(parents=True)
        self.assertEqual(self.ask("build", "debug", free=49), say.format(50, 49))
        self.assertEqual(self.ask("build", "debug", free=50), "")

    def test_path(self):
        """A path that kbuild cannot handle."""
        for name, bad in (("a tree", "space"), ("a:tree", "':'"), ("50%", "'%'")):
            with self.subTest(name):
                top = self.top.parent / name
                self.copy(top)
                self.assertRegex(self.ask("build", top=top),
                                 f"^place: error: the path '/{name}' has a {bad}, with which")

    def test_write(self):
        """A tree in which nothing can be written; root can write to all files."""
        (self.top / "build").touch()
        self.assertEqual(self.ask("build"), "place: error: the tree (/tree/build) is not"
                         " writable: File exists\n")

    def test_network(self):
        """A kernel or packages to download, and no network."""
        said = self.ask("build")
        self.assertRegex(said, r"^place: error: packages must be downloaded, and there is no"
                         r" network: http://archive.invalid/debian/dists/stable/InRelease: .+\n$")
        self.assertEqual(self.ask("--packages", "gcc"), said)

    def test_packages(self):
        """What apt needs for packages."""
        self.assertEqual(self.ask("--packages", "gcc", free=1363), "place: error: 1364 MB of"
                         " free space are needed in / for packages, there are 1363 MB\n")


if __name__ == "__main__":
    unittest.main()
