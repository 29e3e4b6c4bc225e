# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The initramfs: busybox, an init script, the modules that reach the root."""

import gzip
import lzma
import stat

from . import TOP

BUSYBOX = "/bin/busybox"
APPLETS = ("sh", "cat", "insmod", "mkdir", "mount", "reboot", "switch_root", "poweroff")
# In this order. A kernel that has one built in, or does not know it, is fine.
MODULES = (
    "virtio", "virtio_ring", "virtio_pci_legacy_dev", "virtio_pci_modern_dev",
    "virtio_pci", "fscache", "netfs", "9pnet", "9pnet_virtio", "9p", "overlay",
)


class Cpio:
    """Writer of the "newc" format, which needs no privileges."""

    def __init__(self):
        self.data = bytearray()
        self.inode = 0

    def add(self, name, mode, content=b"", device=(0, 0)):
        """Add one entry. MODE has the file type."""
        self.inode += 1
        fields = (self.inode, mode, 0, 0, 1, 0, len(content), 0, 0, *device,
                  len(name) + 1, 0)
        self.data += b"070701" + b"".join(b"%08x" % field for field in fields)
        self._padded(name.encode() + b"\0")
        self._padded(content)

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


def build(kernel, init=TOP / "scripts/guest/init"):
    """The compressed initramfs for KERNEL, whose /init is the file INIT."""
    cpio = Cpio()
    for folder in ("bin", "dev", "proc", "sys", "modules"):
        cpio.add(folder, stat.S_IFDIR | 0o755)
    cpio.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    with open(BUSYBOX, "rb") as file:
        cpio.add("bin/busybox", stat.S_IFREG | 0o755, file.read())
    for applet in APPLETS:
        cpio.add("bin/" + applet, stat.S_IFLNK | 0o777, b"busybox")
    order = []
    for name in MODULES:
        path = kernel.module_file(name)
        if path:
            order.append(name + ".ko")
            cpio.add("modules/" + order[-1], stat.S_IFREG | 0o644, _unpacked(path))
    cpio.add("modules/order", stat.S_IFREG | 0o644, "".join(f"{name}\n" for name in order).encode())
    cpio.add("init", stat.S_IFREG | 0o755, init.read_bytes())
    return gzip.compress(cpio.finish(), compresslevel=1, mtime=0)
