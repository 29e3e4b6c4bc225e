# SPDX-License-Identifier: GPL-2.0 OR MIT
"""What wrong command lines are told, and that nothing is built or booted for them."""

import os
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

from lib.ask import arguments, root
from lib.testbed import TOP

# A command line, and all that it prints but the line of make's own. "..." is any text.
WRONG = r"""
$ make ingt
make: error: no goal 'ingt'; nearest: igt lint

$ make igt typo
make: error: no goal 'typo'; nearest: tyr

$ make igt TETS=panthor_vm@
make: error: no variable 'TETS'; nearest: TEST TIMES GUESTS; there are: ARCH KERNEL TEST JOBS ...

$ make demo TEST=panthor_vm@
make: error: demo does not use TEST; it uses: ARCH ARGS KERNEL

$ make demo KERNEL=
make: error: KERNEL= is empty

$ make modules KERNEL=stok
build: error: no kernel 'stok'; there are: stock rt next debug debug-next race fuzz rust ...

$ make igt KERNEL=stok
igt: error: no kernel 'stok'; nearest: stock; there are: stock rt next debug debug-next race ... (see ...)

$ make demo JOBS=many
make: error: JOBS='many' is no whole number above 0 (see scripts/lib/goals --help)

$ make demo ACCEL=kmv
make: error: no ACCEL 'kmv'; nearest: kvm; there are: tcg kvm (see ...)

$ make demo ARGS=--farmes=3
vpan-demo: error: no option '--farmes'; nearest: --frames ...

$ make demo ARGS='-f'
vpan-demo: error: -f requires a value

$ make demo ARGS='--frames "3'
make: error: ARGS='--frames "3': No closing quotation

$ make run
vm: error: no command to run, such as CMD='ls /sys/module/vcsf' for make run (see ...)

$ make run ROOT=/nowhere CMD=ls
vm: error: ROOT=/nowhere: there is no such folder

$ make run ROOT=README.md CMD=ls
vm: error: ROOT=README.md is a file; unpack or mount the image and name the folder

$ make trace ROOT=drivers
trace: error: ROOT=drivers is no root file system: it has no /bin/sh

$ make run ROOT= CMD=ls
make: error: ROOT= is empty

$ make trace CMD=
make: error: CMD= is empty

$ make kunit TEST=vcsf_mmu.
kunit: error: no case '' in the suite vcsf_mmu; nearest: ...

$ make trace ARGS=--buffer=0
trace: error: argument --buffer: '0' is no whole number above 0 (see scripts/trace --help)

$ make demo ROOT=/srv
make: error: demo does not use ROOT; it uses: ARCH ARGS KERNEL

$ make shell CMD=ls
make: error: shell does not use CMD; it uses: ARCH KERNEL

$ make demo ARCH=arm
make: error: no ARCH 'arm'; nearest: arm64 amd64; there are: amd64 arm64

$ make demo ARCH=arm64 KERNEL=debug
vm: error: no kernel 'arm64-debug'; nearest: ... arm64 arm64-16k; there are: ...

$ scripts/igt --arch arm
igt: error: no arch 'arm'; nearest: arm64 amd64; there are: amd64 arm64 (see ...)

$ make panthor KSRC=/nowhere
panthor: error: /nowhere is no Linux source tree: no version in its Makefile (see ...)

$ make kunit TEST=vcsf_tset
kunit: error: no KUnit module, suite or suite.case 'vcsf_tset'; nearest: vcsf_test ...

$ make kunit TEST=vcsf_mmu.readonly
kunit: error: no case 'readonly' in the suite vcsf_mmu; nearest: ...vcsf_mmu_readonly...

$ make igt TEST=panthor_vmm@
igt: error: no subtest matches 'panthor_vmm@'; nearest: panthor_vm@ ...

$ make igt TEST='panthor_(submit|sync@'
igt: error: 'panthor_(submit|sync@' is no regular expression: missing ), ...

$ make igt TEST='panthor_vm@ $(touch x) "'
igt: error: '$(touch' is no regular expression: missing ), ...

$ make igt-runner TEST=panthor_vn@
igt-runner: error: no subtest matches 'panthor_vn@'; ...

$ make check TEST=dmo
check: error: no stage 'dmo'; nearest: demo dkms model; there are: build lint host ...

$ make lint TEST=word
lint: error: no check 'word'; nearest: words; there are: checkpatch kernel_doc ...

$ make model TEST=nonsense
model: error: no check 'nonsense'; nearest: ...

$ make bench ARGS='--case A'
bench: error: no option '--case'; nearest: --cases ...

$ make soak ARGS=0
long: error: argument amount: '0' is no whole number above 0 (see scripts/long --help)

$ make fuzz ARGS='--replay nothing'
fuzz: error: argument --replay: there is no file 'nothing' (see scripts/fuzz --help)

$ make affected ARGS='drivers/vcsf/mmu/wlak.c'
affected: error: no file 'drivers/vcsf/mmu/wlak.c'; nearest: drivers/vcsf/mmu/walk.c ...

$ scripts/vm --load vcfs --limit 1m ls
vm: error: argument --limit: '1m' is no whole number above 0 (see scripts/vm --help)

$ scripts/mutants credit-lost
mutants: error: no mutant 'credit-lost'; nearest: credits-lost ...

$ scripts/kernel debig
kernel: error: no kernel 'debig'; there are: stock rt next debug debug-next race fuzz rust ...

$ scripts/dkms --apt bookwrom
dkms: error: no release 'bookwrom'; there are: bookworm trixie

$ scripts/deb --test bookwrom
deb: error: no release 'bookwrom'; there are: bookworm trixie

$ scripts/deb --lnit
deb: error: no option '--lnit'; there are: --lint --test --help

$ scripts/lib/deps biuld
deps: error: no group 'biuld'; there are: ...

$ GUESTS=none scripts/igt
igt: error: GUESTS='none' is no whole number above 0 (see scripts/igt --help)

$ scripts/lib/with-args
make: error: with-args: no command to run

$ make trace ARGS=--bufer=1
trace: error: no option '--bufer'; nearest: --buffer ...

$ scripts/trace --convert nothing.dat
trace: error: argument --convert: there is no file 'nothing.dat' (see scripts/trace --help)

$ make mesa ARGS='--mesa potato'
mesa: error: no mesa 'potato'; there are: trixie testing sid both (see scripts/mesa --help)

$ make mesa ARCH=amd64 ARGS=--mesa=testing
mesa: error: --arch amd64 is for Mesa of trixie, not for --mesa testing (see scripts/mesa --help)

$ make mesa-build TEST=int32-add
make: error: mesa-build does not use TEST

$ scripts/lib/mesa-build testing
mesa-build: error: 'testing' is one argument too many

$ scripts/kunit -f 'nothing*' vcsf_test
kunit: error: no KUnit module, suite or suite.case 'nothing*'; ...

$ scripts/long soak --seed 3
long: error: --seed is for fuzz-cs, not for soak (see scripts/long --help)

$ scripts/affected --since nothing
affected: error: git knows no commit 'nothing'

$ make deb-test ARGS=trixie
make: error: deb-test does not use ARGS

$ scripts/docs html
docs: error: 'html' is one argument too many (see scripts/docs --help)

$ scripts/docs --chek
docs: error: no option '--chek'; there is: --check (see scripts/docs --help)
"""

# A command line of make, and the last arguments that the script gets: all characters are
# allowed.
RIGHT = {
    "kunit TEST='vcsf_mmu.* *alloc*'": ["kunit", "vcsf_mmu.*", "*alloc*"],
    "igt TEST='panthor_(submit|sync)@ ^panthor_vm@[a-z]+$' KERNEL=stock":
        ["igt", "--kernel", "stock", "panthor_(submit|sync)@", "^panthor_vm@[a-z]+$"],
    r"igt TEST='panthor_vm@\w+|[\"`$(]'": ["igt", r"panthor_vm@\w+|[\"`$(]"],
    "panthor TEST='panthor_(vm|gem)@'": ["--test", "panthor_(vm|gem)@"],
    r"""run CMD='echo "$HOME" `id` $(uname -r) | cat; # 100%'""":
        ["600", 'echo "$HOME" `id` $(uname -r) | cat; # 100%'],
    "run CMD='a\nb'": ["600", "a\nb"],
    r"""run CMD="echo ' \$(a" """: ["600", "echo ' $(a"],
    r"""demo ARGS='--frames=3 --graph "a $(b; c"'""":
        ["build/user/demo/vpan-demo", "--frames=3", "--graph", "a $(b; c"],
    "bench ARGS='--cases A B --no-times'": ["bench", "--cases", "A", "B", "--no-times"],
    "lint": ["lint"],
    "modules KERNEL=debug": [],
    "demo ARCH=amd64": ["build/user/demo/vpan-demo"],
    "demo ARCH=arm64": ["--limit", "600", "build/user-arm64/demo/vpan-demo"],
    "igt ARCH=arm64 KERNEL=16k": ["igt", "--kernel", "arm64-16k"],
    "igt ARCH=arm64 TEST=panthor_vm@": ["igt", "--kernel", "arm64", "panthor_vm@"],
    "mesa TEST='int* shared-sort'": ["mesa", "int*", "shared-sort"],
    "mesa ARCH=arm64 TEST=int32-add": ["mesa", "int32-add"],
    "mesa ARCH=amd64 TEST=int32-add ARGS=--record":
        ["mesa", "--arch=amd64", "int32-add", "--record"],
    "kunit KERNEL=race": ["kunit", "--kernel", "race"],
}


def _fits(line, expected):
    """Whether LINE is as EXPECTED, in which ... is any text."""
    parts = expected.split("...")
    if not line.startswith(parts[0]) or not line.endswith(parts[-1]):
        return False
    at = 0
    for part in parts:
        at = line.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


class Usage(unittest.TestCase):
    """The commands of this tree"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # Without apt, kernels and QEMU: what needs one of them fails at once.
        for name in ("apt-get", "apt-cache", "qemu-system-x86_64", "qemu-system-aarch64"):
            path = Path(folder.name) / name
            path.write_text(f"#!/bin/sh\necho {name} is called >&2\nexit 1\n")
            path.chmod(0o755)
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith("MAKE")}
        for name in ("TEST", "ARGS", "CMD", "KERNEL", "KSRC", "ROOT", "JOBS", "GUESTS", "ACCEL",
                     "TIMES"):
            self.env.pop(name, None)
        self.env["XDG_CACHE_HOME"] = folder.name
        self.env["PATH"] = f"{folder.name}:{self.env['PATH']}"

    def run_line(self, line):
        """Run LINE in the top folder; returns its status and what it prints."""
        done = subprocess.run(["bash", "-c", line], cwd=TOP, env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, check=False)
        return done.returncode, [each for each in done.stdout.splitlines()
                                 if not each.startswith("make: *** [")]

    def test_wrong(self):
        """One line each, and status 2."""
        for case in WRONG.strip().split("\n\n"):
            line, expected = case.splitlines()
            with self.subTest(line):
                status, said = self.run_line(line.removeprefix("$ "))
                self.assertEqual(status, 2)
                self.assertEqual(len(said), 1, said)
                self.assertTrue(_fits(said[0], expected), said[0])

    def test_right(self):
        """Arguments with special characters reach the scripts as they are."""
        self.env["ARGUMENTS_ONLY"] = "show"
        for line, expected in RIGHT.items():
            with self.subTest(line):
                status, said = self.run_line(f"make {line}")
                self.assertEqual(status, 0, said)
                words = shlex.split("\n".join(said))
                self.assertEqual(words[-len(expected):], expected)

    def test_no_kernel(self):
        """Without a kernel there is its reason, and no trace of calls of this program."""
        status, said = self.run_line("scripts/kunit vcsf_mmu")
        self.assertEqual(status, 1)
        self.assertTrue(said[0].startswith("kernel: error: "), said)
        self.assertNotIn("Traceback", "\n".join(said))

    def test_goals(self):
        """The command of each goal ends after the check of its arguments."""
        goals = re.findall(r"^run-(\S+) := ", (TOP / "Makefile").read_text(), re.M)
        self.assertGreater(len(goals), 20)
        self.env["ARGUMENTS_ONLY"] = "1"
        # Without an argument, the former is a mistake, and the latter depends on git.
        more = {"run": "CMD=true", "affected": "ARGS=README.md"}
        for goal in goals:
            with self.subTest(goal):
                self.assertEqual(self.run_line(f"make {goal} {more.get(goal, '')}"), (0, []))

    def test_help(self):
        """make help fits a screen and has all goals."""
        status, said = self.run_line("make help")
        self.assertEqual(status, 0)
        self.assertLessEqual(len(said), 24)
        self.assertLessEqual(max(map(len, said)), 80)
        words = set(re.findall(r"[\w.-]+\w", " ".join(said)))
        goals = re.search(r"^goals := ((?:.*\\\n)*.*)$", (TOP / "Makefile").read_text(), re.M)
        goals = set(goals.group(1).replace("\\", "").split())
        self.assertGreater(len(goals), 30)
        self.assertEqual(goals - words - {"deps", "help"}, set())


class Root(unittest.TestCase):
    """A root file system of the user's, checked before anything boots."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=TOP)
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        (self.top / "usr/bin").mkdir(parents=True)
        (self.top / "bin").symlink_to("usr/bin")
        (self.top / "usr/bin/sh").symlink_to("/bin/dash")

    def shell(self, machine, order="little"):
        """Write a shell for a MACHINE of ELF."""
        (self.top / "usr/bin/dash").write_bytes(
            b"\x7fELF\x02" + (b"\x01" if order == "little" else b"\x02") + bytes(12)
            + machine.to_bytes(2, order))

    def refused(self, expected):
        """The folder is refused with a message that ends as EXPECTED."""
        with self.assertRaises(arguments.Mistake) as caught:
            root.check(str(self.top))
        self.assertTrue(str(caught.exception).endswith(expected), caught.exception)

    def test_good(self):
        """Links are those of the root; 32-bit programs run as well."""
        for machine in (62, 3):
            self.shell(machine)
            self.assertEqual(root.check(os.path.relpath(self.top)), self.top)

    def test_no_shell(self):
        """A link to the machine's own shell does not count, nor does a circle."""
        self.refused("is no root file system: it has no /bin/sh")
        (self.top / "usr/bin/dash").symlink_to("sh")
        self.refused("is no root file system: it has no /bin/sh")

    def test_architecture(self):
        """The message names the architecture."""
        self.shell(183)
        self.refused("its /bin/sh is of arm64, the guest is of amd64")
        self.shell(22, "big")
        self.refused("its /bin/sh is of s390x, the guest is of amd64")
        self.shell(9999)
        self.refused("its /bin/sh is of machine 9999, the guest is of amd64")
        (self.top / "usr/bin/dash").write_text("#!/bin/bash\n" + "# none\n" * 9)
        self.refused("its /bin/sh is of no architecture, the guest is of amd64")

    def test_own(self):
        """The guest has file systems of its own on top of the machine's."""
        for name in ("/", "/proc/self", "/run"):
            with self.assertRaises(arguments.Mistake):
                root.check(name)

    def test_option(self):
        """make passes ROOT only if it is on the command line."""
        self.shell(62)
        # Of a make that runs this test: it would print its folder.
        env = {name: value for name, value in os.environ.items()
               if name not in ("MAKEFLAGS", "MAKELEVEL")}
        env.update(ARGUMENTS_ONLY="show", ROOT="/nowhere")
        for given, expected in ((f"ROOT={self.top}", ["--root", str(self.top), "ls"]),
                                ("KERNEL=debug", ["600", "ls"])):
            done = subprocess.run(["make", "run", "CMD=ls", given], cwd=TOP, env=env,
                                  stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual(shlex.split(done.stdout)[-len(expected):], expected)

    def test_command(self):
        """The command reaches the script in the guest as one word."""
        words = shlex.split(root.command(self.top, "a 'b' $c; d"))
        self.assertEqual(words[1:], [str(self.top), "a 'b' $c; d"])
        self.assertEqual(root.command(None, "ls"), "ls")


if __name__ == "__main__":
    unittest.main()
