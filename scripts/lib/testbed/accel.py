# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Choose the machine and the accelerator for QEMU.

A /dev/kvm that opens proves nothing: under nested virtualisation without
support for it, guests die in instruction emulation or hang. So KVM is used
only if the processor reports virtualisation and a guest has really booted with
it. That result is kept until the next boot of the machine.
"""

import os
import platform
import re
import subprocess
import tempfile
from pathlib import Path

from .. import tsc
from . import CACHE, initramfs

TCG = ["-accel", "tcg,thread=multi", "-cpu", "max"]
# The newest features of "max", which are slow to emulate, are not needed.
TCG_ARM64 = ["-accel", "tcg,thread=multi", "-cpu", "cortex-a76"]
KVM = ["-accel", "kvm", "-cpu", "host"]
_COUNT = ["-icount", "shift=0,sleep=off"]

_PROBE_INIT = b"""#!/bin/sh
/bin/mount -t devtmpfs dev /dev
echo kvm-works >/dev/ttyS1
/bin/poweroff -f
"""
_PROBE_SECONDS = 20


def machine(kernel):
    """Return QEMU and its arguments for the machine to boot KERNEL on."""
    if kernel.arm64:
        return ["qemu-system-aarch64", "-machine", "virt,gic-version=max"]
    return ["qemu-system-x86_64", "-machine", "q35"]


def _possible(kernel):
    if kernel.arm64 != (platform.machine() == "aarch64"):
        return False
    if kernel.arm64:
        return os.access("/dev/kvm", os.R_OK | os.W_OK)
    flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    if not flags or not {"vmx", "svm"} & set(flags.group(1).split()):
        return False
    return os.access("/dev/kvm", os.R_OK | os.W_OK)


def _boots(kernel):
    with tempfile.TemporaryDirectory(prefix="kvm-probe-") as name:
        folder = Path(name)
        (folder / "init").write_bytes(_PROBE_INIT)
        (folder / "initramfs").write_bytes(initramfs.build(kernel, folder / "init"))
        command = [
            *machine(kernel), *KVM, "-smp", "2", "-m", "512", "-nodefaults",
            "-display", "none", "-no-reboot", "-kernel", kernel.image,
            "-initrd", folder / "initramfs", "-append", "console=ttyS0 panic=-1",
            "-chardev", "null,id=console",
            "-chardev", f"file,id=answer,path={folder / 'answer'}",
            *serial(kernel, "console"), *serial(kernel, "answer"),
        ]
        try:
            subprocess.run(command, timeout=_PROBE_SECONDS, check=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            return "kvm-works" in (folder / "answer").read_text()
        except (OSError, subprocess.SubprocessError):
            return False


def serial(kernel, chardev):
    """Return QEMU's arguments for the next serial port, /dev/ttyS0 first."""
    # The machine "virt" has a serial port of another kind, and only one.
    return (["-device", f"pci-serial,chardev={chardev}"] if kernel.arm64 else
            ["-serial", f"chardev:{chardev}"])


def choose(kernel):
    """Return QEMU's arguments for the accelerator to boot KERNEL with."""
    forced = os.environ.get("ACCEL")
    emulated = TCG_ARM64 if kernel.arm64 else TCG
    if forced:
        return {"tcg": emulated, "kvm": KVM}[forced]
    if not _possible(kernel):
        return emulated
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    verdict = CACHE / f".kvm-{boot}-{os.getuid()}"
    if not verdict.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        verdict.write_text("works" if _boots(kernel) else "broken")
    return KVM if verdict.read_text() == "works" else emulated


def counted(kernel):
    """Return QEMU's arguments for a guest of KERNEL whose time counts instructions."""
    cpu = (TCG_ARM64 if kernel.arm64 else TCG)[-2:]
    return ["-accel", "tcg", *cpu, *_COUNT]


def counter_rate(kernel):
    """Return the argument that tells an emulated KERNEL the rate of its counter, or "".

    The counter of arm64 tells its rate itself.
    """
    rate = tsc.khz() if choose(kernel) == TCG else None
    return f"tsc_early_khz={rate} " if rate else ""
