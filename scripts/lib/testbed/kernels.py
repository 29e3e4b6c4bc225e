# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The kernels that scripts/kernel prepares."""

import functools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import BUILD, TOP

NAMES = ("stock", "rt", "next", "debug", "debug-next", "race")
# Their guests have a root file system of their own, and the test bed no KUnit.
ARM64 = ("arm64", "arm64-16k")


@dataclass(frozen=True)
class Kernel:
    """One kernel, ready to boot."""

    name: str
    release: str
    image: Path
    root: Path
    uapi: Path = None  # of a packaged kernel: headers for user space
    system: Path = None  # root file system of its guests, None for the machine's

    @property
    def packaged(self):
        """Whether Debian built it."""
        return self.uapi is not None

    @property
    def title(self):
        """What people call it."""
        if self.packaged:
            return f"Debian's {self.release}"
        return f"the {self.name} kernel, {self.release}"

    @property
    def arm64(self):
        """Whether it is for arm64."""
        return self.name in ARM64

    @property
    def programs(self):
        """Folder with our programs for its guests."""
        return BUILD / ("user-arm64" if self.arm64 else "user")

    @property
    def build(self):
        """Folder with our modules for this kernel."""
        return BUILD / self.name

    @property
    def modules(self):
        """Folder that has lib/modules/RELEASE, with ours in it if built."""
        ours = self.build / "root"
        return ours if (ours / "lib/modules" / self.release).is_dir() else self.root

    def module_file(self, name):
        """Path of one of the kernel's own modules, None if built in."""
        folder = self.root / "lib/modules" / self.release / "kernel"
        return next(folder.rglob(name + ".ko*"), None)


@functools.lru_cache(maxsize=None)
def variables(name):
    """What scripts/kernel says of the kernel NAME, prepared if need be: {name: value}.

    If it fails it has printed the reason, and this program ends.
    """
    done = subprocess.run([TOP / "scripts/kernel", name], check=False,
                          stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def source(name):
    """Debian's source of the kernel NAME, unpacked if need be."""
    # Kernels that are built have it.
    own = variables(name).get("source")
    return Path(own or variables("source-next" if name == "next" else "source")["source"])


def prepare(name):
    """The kernel NAME, prepared if need be."""
    var = variables(name)
    return Kernel(name, var["release"], Path(var["image"]), Path(var["root"]),
                  *(Path(var[name]) if name in var else None
                    for name in ("uapi", "system")))
