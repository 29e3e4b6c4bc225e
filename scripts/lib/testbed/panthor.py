# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The kernel's own panthor driver, built for the software GPU without a change.

A folder of links to the sources of a kernel tree and to shim/panthor is compiled as one
module. Nothing of panthor is in this tree.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import BUILD, TOP, kernels

# Modules to load. The guest's set-up binds panthor to the GPU of vcsf.
LOAD = ("vgem", "vcsf", "panthor")
# panthor resets a GPU that has not answered for 100 ms. Hardware does not wait for its turn
# on a processor of a busy host.
OPTIONS = {"append": "vcsf.nice=-20"}
_SHIM = TOP / "shim/panthor"
DRIVER = "drivers/gpu/drm/panthor"
_PGTABLE = ("io-pgtable.c", "io-pgtable-arm.c", "io-pgtable-arm.h", "iommu-pages.h")
_UAPI = "include/uapi/drm/panthor_drm.h"
FIRMWARE = BUILD / "panthor/mali_csffw.bin"
BIND = f"{TOP}/scripts/lib/guest/panthor-bind {FIRMWARE}"


class TreeError(Exception):
    """The kernel tree or its panthor does not fit."""


@dataclass(frozen=True)
class Kernel(kernels.Kernel):
    """A kernel whose module tree has vcsf and panthor, and not our driver."""

    @property
    def build(self):
        return BUILD / "panthor" / self.name


def series(tree):
    """Version of the kernel TREE as (VERSION, PATCHLEVEL)."""
    try:
        text = (tree / "Makefile").read_text()
        return tuple(int(re.search(rf"^{name} = (\d+)$", text, re.M).group(1))
                     for name in ("VERSION", "PATCHLEVEL"))
    except (OSError, AttributeError) as error:
        raise TreeError(f"{tree} is no Linux source tree: no version in its Makefile") \
            from error


def check_driver(tree):
    """Raise TreeError unless TREE is a kernel tree with panthor; returns its series."""
    have = ".".join(map(str, series(tree)))
    for name, path in ((DRIVER, f"{DRIVER}/Makefile"), (_UAPI, _UAPI)):
        if not (tree / path).is_file():
            raise TreeError(f"{tree}: Linux {have} has no {name}")
    return have


def sources(tree):
    """Paths in TREE of all that is read of it."""
    found = [tree / "Makefile", *sorted((tree / DRIVER).iterdir()), tree / _UAPI,
             *(tree / "drivers/iommu" / name for name in _PGTABLE)]
    return [path.relative_to(tree) for path in found if path.is_file()]


def check(tree, release):
    """Raise TreeError unless panthor of TREE can be built for the kernel RELEASE."""
    have = check_driver(tree)
    if not release.startswith(f"{have}."):
        raise TreeError(
            f"{tree} is Linux {have}, and the kernel to run is {release}: a driver "
            "builds only for its own series. Choose another one by KERNEL=")


def links(folder, wanted):
    """Make FOLDER hold links WANTED, {name: file}; keeps what kbuild made."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_symlink() and wanted.get(path.name) != Path(os.readlink(path)):
            path.unlink()
    for name, file in wanted.items():
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(file)


def start_over(source, tree):
    """Remove the folder SOURCE if what is in it was compiled from another tree than TREE.

    make looks at times only: a file of TREE that is older than its object would not be
    compiled again.
    """
    link = source / "tree"
    if source.is_dir() and not (link.is_symlink() and Path(os.readlink(link)) == tree):
        shutil.rmtree(source)


def mirror(source, tree):
    """Make SOURCE a folder of links to panthor of TREE, to the shim and to its Kbuild."""
    start_over(source, tree)
    links(source / "panthor", {path.name: path
                                for path in sorted((tree / DRIVER).iterdir())
                                if path.suffix in (".c", ".h") or path.name == "Makefile"})
    links(source / "iommu", {name: tree / "drivers/iommu" / name for name in _PGTABLE
                              if (tree / "drivers/iommu" / name).is_file()})
    links(source / "uapi", {Path(_UAPI).name: tree / _UAPI})
    links(source / "shim", {path.name: path for path in sorted(_SHIM.glob("*.[ch]"))})
    links(source, {"Kbuild": _SHIM / "Kbuild", "tree": tree})


def _compile(source, variables, tree):
    root = variables.get("compiler", "")
    done = subprocess.run(
        [TOP / "scripts/lib/in-root", root, TOP, variables["root"], tree, "--",
         "make", "-C", variables["kdir"], f"M={source}", f"SHIM_TOP={TOP}", "--no-print-directory",
         f"-j{os.environ.get('JOBS') or os.cpu_count()}", "modules"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    (source.parent / "build.log").write_text(done.stdout)
    if not done.returncode:
        return
    # Name the files of the tree, not the links.
    text = done.stdout.replace(f"{source}/panthor/", f"{tree}/{DRIVER}/")
    found = re.findall(r"^.*(?:\berror: |undefined!|undefined reference).*$", text, re.M)
    raise TreeError("\n".join(
        [f"panthor of {tree} does not build for this kernel:",
         *(found or text.splitlines()[-20:]),
         f"The whole output is in {source.parent / 'build.log'}. What a board provides "
         f"is replaced in {_SHIM.relative_to(TOP)}/redirect.h."]))


def modules(kernel, files):
    """The tree for modprobe: the kernel's modules, and FILES in updates."""
    tree = kernel.build / "root/lib/modules" / kernel.release
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "updates").mkdir(parents=True)
    for path in files:
        shutil.copy(path, tree / "updates")
    own = kernel.root / "lib/modules" / kernel.release
    (tree / "kernel").symlink_to(own / "kernel")
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copy(own / name, tree)
    subprocess.run(["/sbin/depmod", "-b", kernel.build / "root", kernel.release],
                   check=True)


def prepare(name, tree=None):
    """Build panthor of the kernel TREE (default: Debian's source) for the kernel NAME.

    vcsf must be built for it. Returns (kernel, tree). Raises TreeError.
    """
    base = kernels.prepare(name)
    kernel = Kernel(base.name, base.release, base.image, base.root, base.uapi)
    tree = (Path(tree) if tree else kernels.source(name)).resolve()
    check(tree, kernel.release)
    source = kernel.build / "src"
    mirror(source, tree)
    _compile(source, kernels.variables(name), tree)
    modules(kernel, [BUILD / name / "vcsf.ko", source / "panthor.ko"])
    subprocess.run([TOP / "scripts/lib/mkfw", "--output", FIRMWARE], check=True)
    return kernel, tree
