# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A guest whose root is in memory, so that it can suspend.

It has no device that fails to resume from a system suspend (9p on virtio). Commands and
their output are transferred over the serial port.
"""

import base64

from . import TOP, initramfs
from .guest import GRACE_SECONDS, Guest
from .session import PRODUCT

_SHARE = "/run/testbed"
_SCRIPTS = (TOP / "scripts/lib/guest/modules",)


class RamGuest(Guest):
    """One boot of one kernel with only MODULES and PROGRAMS."""

    def __init__(self, kernel, *, modules=PRODUCT, programs=(), append="", **options):
        # Messages during suspend and resume are checked, too.
        super().__init__(kernel, append=f"no_console_suspend {append}", **options)
        self.modules = modules
        self.programs = programs

    def _fill_folder(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        texts = {f"{_SHARE}/{name}": (TOP / "scripts/lib/guest" / name).read_bytes()
                 for name in ("agent", "mounts")}
        texts[f"{_SHARE}/config"] = self._config("").encode()
        (self.folder / "initramfs").write_bytes(initramfs.whole(
            self.kernel, self.modules, [*self.programs, *_SCRIPTS], texts))

    def _devices(self):
        return []

    def _put(self, name, text):
        code = base64.b64encode(text.encode()).decode()
        self._control.sendall(f"put {name} {code}\n".encode())

    def _get(self, name):
        if not self.alive():
            return ""
        self._control.sendall(f"get {name}\n".encode())
        answer = (self._answer(GRACE_SECONDS) or "").split()
        return base64.b64decode(answer[1]).decode(errors="replace") if answer[1:] else ""
