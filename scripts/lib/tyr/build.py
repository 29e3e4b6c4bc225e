# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tyr of a kernel tree, built for the software GPU without a change.

A folder of links to the sources of the driver and to shim/tyr is compiled as one module for
the kernel with Rust. Nothing of Tyr is in this tree.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..testbed import BUILD, CACHE, TOP, kernels, panthor
from ..testbed.panthor import TreeError

NAME = "rust"
FIRMWARE = BUILD / "tyr/mali_csffw.bin"
_SHIM = TOP / "shim/tyr"
_DRIVER = "drivers/gpu/drm/tyr"
_ROOT_FILE = "tyr.rs"


@dataclass(frozen=True)
class Kernel(kernels.Kernel):
    """The kernel with Rust, whose module tree has Tyr and ours."""

    @property
    def build(self):
        return BUILD / "tyr" / self.name


def check_driver(tree):
    """Raise TreeError unless TREE is a kernel tree with Tyr; returns its series."""
    have = ".".join(map(str, panthor.series(tree)))
    if not (tree / _DRIVER / _ROOT_FILE).is_file():
        raise TreeError(f"{tree}: Linux {have} has no {_DRIVER}/{_ROOT_FILE}")
    return have


def check(tree, release):
    """Raise TreeError unless Tyr of TREE can be built for the kernel RELEASE."""
    have = check_driver(tree)
    if not release.startswith(f"{have}."):
        raise TreeError(f"{tree} is Linux {have}, and the kernel to run is {release}: a "
                        "driver builds only for its own series")


def mirror(source, tree):
    """Make SOURCE a folder of links to Tyr of TREE, to the shim and to its Kbuild."""
    panthor.start_over(source, tree)
    driver = tree / _DRIVER
    folders = {}
    for path in sorted(driver.rglob("*.rs")):
        folders.setdefault(path.parent.relative_to(driver), {})[path.name] = path
    for folder, files in folders.items():
        panthor.links(source / "driver" / folder, files)
    panthor.links(source / "shim", {path.name: path for path in sorted(_SHIM.glob("*.[ch]"))})
    panthor.links(source, {"Kbuild": _SHIM / "Kbuild", "tree": tree})


# A message of rustc, with the place in the line below; of gcc; of modpost or the linker
_RUST = re.compile(r"^(error(?:\[E\d+\])?: .*)\n +--> (.*)$", re.M)
_OTHER = re.compile(r"^.*(?:: error: |undefined!|undefined reference).*$", re.M)


def errors(output, source, tree):
    """The errors in the OUTPUT of a build in SOURCE, as lines that name files of TREE."""
    # rustc names files as they were given to it, or relative to the folder of the build.
    output = re.sub(rf"(?:{re.escape(str(source))}/|(?<= ))driver/",
                    lambda _: f"{tree}/{_DRIVER}/", output)
    return ([f"{place}: {text}" for text, place in _RUST.findall(output)] +
            _OTHER.findall(output))


# Functions of the kernel that reach a board's registers
_REGISTERS = re.compile(r"^(?:rust_helper_)?(?:(?:read|write)[bwlq](?:_relaxed)?|"
                        r"memcpy_(?:from|to)io|ioremap\w*|iounmap)$")


def missed(lines):
    """Functions in LINES of nm that would reach registers past the GPU's window."""
    words = [line.split() for line in lines]
    return sorted(name for kind, name in words if kind == "U" and _REGISTERS.match(name))


def _check_symbols(module, tree):
    done = subprocess.run(["nm", "--undefined-only", "--format=posix", module],
                          stdout=subprocess.PIPE, text=True, check=True)
    lines = [" ".join(reversed(line.split()[:2])) for line in done.stdout.splitlines()]
    if missed(lines):
        raise TreeError("\n".join(
            [f"tyr of {tree} accesses registers by functions that "
             f"{_SHIM.relative_to(TOP)}/window.c does not redirect:", *missed(lines)]))


def _compile(source, variables, tree):
    done = subprocess.run(
        [TOP / "scripts/lib/in-root", variables["compiler"], TOP, variables["root"],
         variables["source"], tree, "--",
         "make", "-C", variables["kdir"], f"M={source}", f"SHIM_TOP={TOP}",
         "--no-print-directory", f"-j{os.environ.get('JOBS') or os.cpu_count()}", "modules"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    (source.parent / "build.log").write_text(done.stdout)
    if not done.returncode:
        return
    raise TreeError("\n".join(
        [f"tyr of {tree} does not build for this kernel:",
         *(errors(done.stdout, source, tree) or done.stdout.splitlines()[-20:]),
         f"The whole output is in {source.parent / 'build.log'}. What a board provides "
         f"is replaced in {_SHIM.relative_to(TOP)}/window.c."]))


def available():
    """Whether the kernel with Rust has been built: its first build takes long."""
    if not any(CACHE.glob(f"{NAME}-*/ready")):
        return False
    done = subprocess.run([TOP / "scripts/kernel", NAME], check=False,
                          env={**os.environ, "PREPARED_ONLY": "1"},
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0


def prepare(tree=None):
    """Build Tyr of the kernel TREE (default: Debian's source) for the kernel with Rust.

    Our modules must be built for it. Returns (kernel, tree). Raises TreeError.
    """
    base = kernels.prepare(NAME)
    variables = kernels.variables(NAME)
    kernel = Kernel(base.name, base.release, base.image, base.root)
    tree = Path(tree or variables["source"]).resolve()
    check(tree, kernel.release)
    source = kernel.build / "src"
    mirror(source, tree)
    _compile(source, variables, tree)
    _check_symbols(source / "tyr.ko", tree)
    panthor.modules(kernel, [*sorted((BUILD / NAME).glob("*.ko")), source / "tyr.ko"])
    subprocess.run([TOP / "scripts/lib/mkfw", "--output", FIRMWARE], check=True)
    return kernel, tree
