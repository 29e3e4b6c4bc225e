# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A guest that has its root in memory and nothing else, so that it can sleep.

Devices of a virtual machine that do not come back from a system suspend (9p on
virtio) are not there. Commands and what they print go by the serial port.
"""

import base64

from . import TOP, initramfs
from .guest import GRACE_SECONDS, Guest
from .session import PRODUCT

_SHARE = "/run/testbed"
_SCRIPTS = (TOP / "scripts/lib/guest/modules",)


class RamGuest(Guest):
    """One boot of one kernel with MODULES and PROGRAMS, and no others."""

    def __init__(self, kernel, *, modules=PRODUCT, programs=(), append="", **options):
        # What is said on the way to sleep and back is wanted, too.
        super().__init__(kernel, append=f"no_console_suspend {append}", **options)
        self.modules = modules
        self.programs = programs

    def _fill_folder(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        texts = {f"{_SHARE}/agent": (TOP / "scripts/lib/guest/agent").read_bytes(),
                 f"{_SHARE}/config": self._config("").encode()}
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
