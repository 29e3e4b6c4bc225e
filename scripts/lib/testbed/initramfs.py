# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The initramfs: busybox, an init script and the modules to mount the root; or the whole
root of a guest that has no other."""

import gzip
import lzma
import re
import stat
import subprocess
from pathlib import Path

from . import TOP

BUSYBOX = Path("bin/busybox")
APPLETS = ("sh", "cat", "insmod", "ln", "mkdir", "mount", "reboot", "switch_root", "poweroff")
# Programs that the agent and scripts/lib/guest/modules call.
_MORE_APPLETS = ("base64", "cut", "grep", "rm", "rmmod", "sed", "setsid", "sleep",
                 "stty", "tr", "uname")
_KMOD = Path("/bin/kmod")
# In this order. A module that is built in or that the kernel lacks is left out.
MODULES = (
    "virtio", "virtio_ring", "virtio_pci_legacy_dev", "virtio_pci_modern_dev",
    "virtio_pci", "fscache", "netfs", "9pnet", "9pnet_virtio", "9p", "overlay",
)


class Cpio:
    """Writer of the "newc" format, which needs no privileges."""

    def __init__(self):
        self.data = bytearray()
        self.inode = 0
        self.folders = set()

    def add(self, name, mode, content=b"", device=(0, 0)):
        """Add one entry. MODE has the file type."""
        self.inode += 1
        fields = (self.inode, mode, 0, 0, 1, 0, len(content), 0, 0, *device,
                  len(name) + 1, 0)
        self.data += b"070701" + b"".join(b"%08x" % field for field in fields)
        self._padded(name.encode() + b"\0")
        self._padded(content)

    def add_folder(self, name):
        """Add a folder unless it exists."""
        if name not in self.folders:
            self.folders.add(name)
            self.add(name, stat.S_IFDIR | 0o755)

    def add_link(self, name, to):
        """Add a symbolic link."""
        self.add(name, stat.S_IFLNK | 0o777, str(to).encode())

    def add_with_folders(self, path, content):
        """Add a program or other file whose absolute PATH is the same in the guest."""
        name = path.relative_to("/")
        for parent in reversed(name.parents[:-1]):
            self.add_folder(str(parent))
        self.add(str(name), stat.S_IFREG | 0o755, content)

    def _padded(self, content):
        self.data += content
        self.data += bytes(-len(self.data) % 4)

    def finish(self):
        """The archive."""
        self.add("TRAILER!!!", 0)
        return bytes(self.data)


def _unpacked(path):
    raw = path.read_bytes()
    return lzma.decompress(raw) if path.suffix == ".xz" else raw


def _libraries(program):
    """Paths of the libraries that the dynamic PROGRAM loads."""
    out = subprocess.run(["ldd", program], check=True, stdout=subprocess.PIPE,
                         text=True).stdout
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", out)]


def _modules(kernel, names):
    """Files of the modules NAMES, of their dependencies and of modprobe's tables."""
    out = subprocess.run(
        ["/sbin/modprobe", "-d", kernel.modules, "-S", kernel.release, "--show-depends",
         "-a", *names], check=True, stdout=subprocess.PIPE, text=True).stdout
    folder = kernel.modules / "lib/modules" / kernel.release
    return [*{Path(path) for path in re.findall(r"^insmod (\S+)", out, re.M)},
            *folder.glob("modules.*")]


def whole(kernel, modules, programs, texts, init=TOP / "scripts/lib/guest/init"):
    """Build an initramfs that is the guest's final root.

    MODULES are names; PROGRAMS are files, which have the same paths in the guest as on
    the machine, and bring their libraries. TEXTS are more files: {path: bytes}.
    """
    cpio = _basis(kernel, _MORE_APPLETS)
    files = {Path("/bin/bash"), _KMOD, *map(Path, programs)}
    for program in list(files):
        if program.read_bytes()[:4] == b"\x7fELF":
            files.update(_libraries(program))
    content = {path: path.read_bytes() for path in files}
    for path in _modules(kernel, modules):
        content[Path("/") / path.relative_to(kernel.modules)] = path.read_bytes()
    content.update((Path(path), text) for path, text in texts.items())
    for path in sorted(content):
        cpio.add_with_folders(path, content[path])
    cpio.add_link("sbin/modprobe", _KMOD)
    return _finish(cpio, init)


def _basis(kernel, applets=()):
    cpio = Cpio()
    for folder in ("bin", "dev", "proc", "sys", "sbin", "tmp", "modules"):
        cpio.add_folder(folder)
    cpio.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    busybox = (kernel.system or Path("/")) / BUSYBOX
    cpio.add("bin/busybox", stat.S_IFREG | 0o755, busybox.read_bytes())
    for applet in (*APPLETS, *applets):
        cpio.add_link("bin/" + applet, "busybox")
    return cpio


def _finish(cpio, init):
    cpio.add("init", stat.S_IFREG | 0o755, init.read_bytes())
    return gzip.compress(cpio.finish(), compresslevel=1, mtime=0)


def build(kernel, init=TOP / "scripts/lib/guest/init", folders=()):
    """The compressed initramfs for KERNEL, whose /init is the file INIT.

    FOLDERS are those of the machine that its root file system lacks: pairs of the tag to
    mount and the path.
    """
    cpio = _basis(kernel)
    order = []
    for name in MODULES:
        path = kernel.module_file(name)
        if path:
            order.append(name + ".ko")
            cpio.add("modules/" + order[-1], stat.S_IFREG | 0o644, _unpacked(path))
    cpio.add("modules/order", stat.S_IFREG | 0o644, "".join(f"{name}\n" for name in order).encode())
    cpio.add("folders", stat.S_IFREG | 0o644,
             "".join(f"{tag} {path}\n" for tag, path in folders).encode())
    return _finish(cpio, init)
