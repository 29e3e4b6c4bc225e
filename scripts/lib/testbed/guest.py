# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A guest that runs commands, and the messages of its kernel during each of them."""

import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import CACHE, TOP, accel, complaints, initramfs

BOOT_SECONDS = 180
# Time for the agent beyond a command's own limit, to report a hang and to answer, before
# the whole guest is ended.
GRACE_SECONDS = 30

# Folders of the machine, by mount tag, for guests whose root is not the machine's
_FOLDERS = (("tree", TOP), ("cache", CACHE))

_APPEND = (
    "console=ttyS0 loglevel=7 printk.devkmsg=on panic=-1 oops=panic"
    " sysctl.kernel.hung_task_timeout_secs=60 sysctl.kernel.hung_task_panic=1"
    " sysctl.kernel.watchdog_thresh=60"
    " rcupdate.rcu_cpu_stall_timeout=120 workqueue.watchdog_thresh=120"
    " tsc=reliable no_timer_check mitigations=off random.trust_cpu=on kunit.enable=1"
)


@dataclass
class Result:
    """Outcome of one command."""

    status: object  # exit status, or "timeout" or "died"
    output: str
    log: list = field(default_factory=list)
    seconds: float = 0.0

    @property
    def complaint(self):
        """Excerpt of the kernel log around the first complaint, or []."""
        return complaints.excerpt(self.log)

    @property
    def detail(self):
        """Output, and the part of the kernel log that may explain a failure."""
        return "\n".join([self.output,
                          *(self.complaint or complaints.said(self.log))])

    @property
    def reason(self):
        """Reason for which the guest makes this a failure, "" if there is none.

        The command's own exit status is not considered.
        """
        found = complaints.find(self.log)
        if found:
            return "kernel: " + complaints.bare(self.log[found[0]]).strip()
        if self.status == "timeout":
            return f"time limit reached after {self.seconds:.0f} s"
        if self.status == "died":
            return "the guest died or does not answer"
        return ""


class _Follower:
    """Copies data that is appended to a file, which may not exist yet."""

    def __init__(self, path, to):
        self.path = path
        self.to = to
        self.file = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.poll()
        if self.file:
            self.file.close()

    def poll(self):
        """Copy new data."""
        if self.to is None:
            return
        if self.file is None:
            if not self.path.exists():
                return
            self.file = open(self.path, "rb")
        self.to.write(self.file.read())
        self.to.flush()


class GuestError(Exception):
    """The guest cannot be used; the text gives the reason."""


class Guest:
    """One boot of one kernel."""

    running = set()

    def __init__(self, kernel, *, icount=False, memory=2048, cpus=2,
                 panic_on_warn=True, append="", folder=None, terminal=False):
        self.kernel = kernel
        self.folder = Path(folder or tempfile.mkdtemp(prefix="testbed-"))
        self.keep = folder is not None
        self.icount = icount
        self.memory = memory
        self.cpus = 1 if icount else cpus
        self.terminal = terminal
        # In a terminal only complaints are of interest, not the boot log.
        quiet = "loglevel=5 " if terminal else ""
        # KCSAN finds races of the kernel's own, which must not end the guest.
        panic_on_warn = panic_on_warn and kernel.name != "race"
        rate = "" if icount else accel.counter_rate(kernel)
        self.append = f"{_APPEND} panic_on_warn={int(panic_on_warn)} {rate}{quiet}{append}"
        self.share = self.folder / "share"
        self.console = self.folder / "console.log"
        self.jobs = 0
        self._qemu = None
        self._control = None
        self._pending = b""
        self._log_read = 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    # Life

    def start(self):
        """Boot until the agent answers."""
        self._fill_folder()
        Guest.running.add(self)
        ours, theirs = socket.socketpair()
        self._control = ours
        with theirs, open(self.folder / "qemu.log", "wb") as errors:
            self._qemu = subprocess.Popen(
                self._command(theirs.fileno()), pass_fds=[theirs.fileno()],
                stdin=None if self.terminal else subprocess.DEVNULL,
                stdout=None if self.terminal else errors, stderr=errors,
                # A Ctrl-C is for this program, which ends the guest.
                start_new_session=not self.terminal,
            )
        if self._answer(BOOT_SECONDS) != "ready":
            why = self._silence()
            self.kill()
            log = self.log()
            raise GuestError("\n".join(
                [f"the {self.kernel.name} kernel did not boot: {why}",
                 *(complaints.excerpt(log) or log[-25:]),
                 (self.folder / "qemu.log").read_text()]))
        log = self._slice("testbed: ready")
        if complaints.find(log):
            self.kill()
            raise GuestError("\n".join(
                [f"the {self.kernel.name} kernel complains during boot:",
                 *complaints.excerpt(log)]))

    def stop(self):
        """Power off; returns the kernel log since the last command.

        Deletes the guest's folder unless the caller chose it.
        """
        if self.alive():
            try:
                self._control.sendall(b"off\n")
                self._qemu.wait(10)
            except (OSError, subprocess.TimeoutExpired):
                pass
        self.kill()
        tail = self._slice(None)
        self._clean()
        return tail

    def kill(self):
        """End QEMU now."""
        if self._qemu:
            self._qemu.kill()
            self._qemu.wait()
        if self._control:
            self._control.close()

    def alive(self):
        """Whether QEMU runs."""
        return self._qemu is not None and self._qemu.poll() is None

    # Work

    def run(self, command, limit=60, env=None, show=None, watch=None):
        """Run the shell COMMAND, LIMIT seconds at most; returns a Result.

        SHOW, if given, is a binary file that gets the output as it appears; WATCH gets
        the kernel log in the same way.
        """
        self.jobs += 1
        n = self.jobs
        lines = [f"export {name}={value!r}" for name, value in (env or {}).items()]
        begin = time.monotonic()
        try:
            self._put(f"{n}.cmd", "\n".join([*lines, command, ""]))
            self._control.sendall(f"run {n} {limit}\n".encode())
            with (_Follower(self.share / f"{n}.out", show) as output,
                  _Follower(self.console, watch) as log):
                answer = self._answer(limit + GRACE_SECONDS,
                                      lambda: (output.poll(), log.poll()))
        except OSError:
            answer = None
        seconds = time.monotonic() - begin
        match = re.fullmatch(rf"done {n} (\d+|timeout)", answer or "")
        if match:
            status = match.group(1)
            status = int(status) if status.isdigit() else status
            log = self._slice(f"testbed: job {n}: end")
        else:
            time.sleep(0.2)
            self.kill()
            status = "died"
            log = self._slice(None)
        return Result(status, self._get(f"{n}.out"), log, seconds)

    def take(self, name):
        """Return and remove a file that a command wrote to the share."""
        text = self._get(name)
        (self.share / name).unlink(missing_ok=True)
        return text

    def shell(self):
        """Give the terminal a shell in the guest until it is left."""
        self._control.sendall(b"shell\n")
        self._answer(None)

    def log(self):
        """All of the kernel log so far."""
        try:
            text = self.console.read_bytes()
        except FileNotFoundError:
            return []
        return text.decode(errors="replace").replace("\r", "").splitlines()

    # Inside

    def _silence(self):
        """Reason for which a booting guest does not answer."""
        try:
            status = self._qemu.wait(1)
        except subprocess.TimeoutExpired:
            return f"no answer within {BOOT_SECONDS} s"
        return (f"QEMU ended with status {status}" if status else
                "the guest powered off or restarted")

    def _put(self, name, text):
        """Write a file for the agent."""
        (self.share / name).write_text(text)

    def _get(self, name):
        """Return the text of a file in the share, "" if there is none."""
        try:
            return (self.share / name).read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def _clean(self):
        Guest.running.discard(self)
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _fill_folder(self):
        self.share.mkdir(parents=True, exist_ok=True)
        for name in ("agent", "mounts", "shellrc"):
            shutil.copy(TOP / "scripts/lib/guest" / name, self.share)
        (self.share / "config").write_text(self._config(self.kernel.modules))
        (self.folder / "initramfs").write_bytes(
            initramfs.build(self.kernel, folders=_FOLDERS if self.kernel.system else ()))

    def _config(self, modules):
        """Return the agent's configuration; MODULES is the folder of lib/modules."""
        size = shutil.get_terminal_size()
        return (f"RELEASE='{self.kernel.release}'\nMODULES='{modules}'\n"
                f"WORKDIR='{TOP}'\nexport KERNEL='{self.kernel.name}'\n"
                f"ROWS={size.lines} COLS={size.columns}\n")

    def _command(self, control):
        mode = accel.counted(self.kernel) if self.icount else accel.choose(self.kernel)
        if self.terminal:
            console = f"stdio,id=console,signal=off,logfile={self.console}"
        else:
            console = f"file,id=console,path={self.console}"
        return [
            # The guest ends with this program, even if that is killed.
            "setpriv", "--pdeathsig", "KILL",
            *accel.machine(self.kernel), *mode, "-smp", str(self.cpus),
            "-m", str(self.memory), "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot",
            "-kernel", str(self.kernel.image),
            "-initrd", str(self.folder / "initramfs"), "-append", self.append,
            "-chardev", console, "-chardev", f"socket,id=control,fd={control}",
            *accel.serial(self.kernel, "console"), *accel.serial(self.kernel, "control"),
            *self._devices(),
        ]

    def _devices(self):
        """Return the options for the devices with the guest's root."""
        folders = [("root", self.kernel.system or "/"),
                   *(_FOLDERS if self.kernel.system else ())]
        options = []
        for tag, path in folders:
            options += [
                "-fsdev", f"local,id={tag},path={path},security_model=none,readonly=on,"
                          "multidevs=remap",
                "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]
        return [
            *options,
            "-fsdev", f"local,id=share,path={self.share},security_model=none",
            "-device", "virtio-9p-pci,fsdev=share,mount_tag=share",
        ]

    def _answer(self, seconds, idle=lambda: None):
        """Return the agent's next line; None if it dies or takes longer.

        IDLE is called regularly during the wait.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._pending:
            idle()
            if end is not None and time.monotonic() > end:
                return None
            if not select.select([self._control], [], [], 0.2)[0]:
                continue
            data = self._control.recv(4096)
            if not data:
                return None
            self._pending += data
        line, self._pending = self._pending.split(b"\n", 1)
        return line.decode(errors="replace").strip()

    def _slice(self, last):
        """Return the log lines since the previous slice, up to a line with LAST."""
        end = time.monotonic() + 10
        while True:
            lines = self.log()[self._log_read:]
            if last is None:
                break
            cut = next((i for i, line in enumerate(lines) if last in line), None)
            if cut is not None:
                lines = lines[:cut + 1]
                break
            if time.monotonic() > end or not self.alive():
                break
            time.sleep(0.02)
        self._log_read += len(lines)
        return lines


def end_all():
    """Kill all guests, from another thread."""
    for guest in list(Guest.running):
        guest.kill()
        guest._clean()  # pylint: disable=protected-access
