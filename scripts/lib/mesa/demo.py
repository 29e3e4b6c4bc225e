# SPDX-License-Identifier: GPL-2.0 OR MIT
"""PanVK computes a zoom into the Mandelbrot set on the software GPU.

The program userspace/mesa/demo runs in a guest on PanVK, and on this machine in plain C:
both pictures must be the same, bit by bit.
"""

import dataclasses
import re
import subprocess

from ..testbed import BUILD, kernels
from ..testbed.guest import GuestError
from ..testbed.results import FAIL, PASS
from ..testbed.session import Session
from . import png, run as mesa

PICTURE = BUILD / "results/demo-compute.png"
_PROGRAMS = ("iterate", "colour")
_RATE = re.compile(r"^\d+ frames of .*: ([\d.]+) frames/s", re.M)
_FRAMES = "/run/testbed/frames"
# A guest is emulated, and may share its processors with others.
_LIMIT = 3600
# The whole GPU is a thread of the guest: a job may take longer than on a board.
_SETUP = "echo 1200000 >/sys/module/vpanthor/parameters/job_timeout_ms"


@dataclasses.dataclass(frozen=True)
class Scene:
    """What is computed: options of the program."""

    width: int = 320
    height: int = 200
    frames: int = 6
    iterations: int = 256

    @property
    def options(self):
        """The command line, without the program."""
        return ["-s", f"{self.width}x{self.height}", "-f", str(self.frames),
                "-i", str(self.iterations)]

    @property
    def size(self):
        """Bytes of a frame."""
        return 4 * self.width * self.height


def difference(scene, want, have):
    """Reason for which the frames HAVE are not those of WANT, both bytes; "" if they are."""
    for frames in (have, want):
        if len(frames) != scene.frames * scene.size:
            return f"{len(frames)} bytes instead of {scene.frames} frames of {scene.size}"
    wrong = [at for at in range(0, len(want), 4) if want[at:at + 4] != have[at:at + 4]]
    if not wrong:
        return ""
    frame, pixel = divmod(wrong[0] // 4, scene.width * scene.height)
    return (f"{len(wrong)} of {len(want) // 4} pixels differ, the first one in frame "
            f"{frame + 1}, row {pixel // scene.width}, column {pixel % scene.width}")


def rate(output):
    """Frames per second in the OUTPUT of the program; 0 if it has none."""
    match = _RATE.search(output)
    return float(match.group(1)) if match else 0.0


def _programs(system):
    folder = BUILD / "mesa" / f"{system.suite}-demo-spirv"
    folder.mkdir(parents=True, exist_ok=True)
    for name in _PROGRAMS:
        mesa.compile_shader(system, mesa.SOURCES / f"demo/{name}.comp", folder / f"{name}.spv")
    return folder


def _expected(host, scene, spirv):
    """The frames, computed on this machine without Vulkan."""
    path = BUILD / "mesa/demo-expected"
    command, env = host.here(host.build / "mesa-demo")
    subprocess.run([*command, "-c", *scene.options, "-o", path, spirv], check=True, env=env,
                   stdout=subprocess.DEVNULL)
    return path.read_bytes()


def _line(target, variables, options, spirv):
    words = " ".join(f"{name}='{value}'" for name, value in variables.items())
    return f"{words} {target.build}/mesa-demo {' '.join(options)} -o {_FRAMES} {spirv}"


def _frames(session):
    """The frames that the program has left, b"" if there are none."""
    path = session.guest.share / "frames" if session.guest else None
    return path.read_bytes() if path and path.exists() else b""


def _judge(report, name, scene, want, result, have):
    reason = result.reason or (f"status {result.status}" if result.status else "")
    reason = reason or difference(scene, want, have)
    log = result.detail or "\n".join(result.log[-25:])
    report.add(f"demo-compute {name}", FAIL if reason else PASS,
               reason or f"all {scene.frames * scene.width * scene.height} pixels are those "
               "that this machine computes", result.seconds, log if reason else "")
    return not reason


def _renderer(target):
    """Environment for Mesa's software renderer in the guest."""
    icd = "/usr/share/vulkan/icd.d/lvp_icd.json"
    return {**target.guest, "VK_DRIVER_FILES": icd}


def _in_guest(report, target, scene, queues, want, spirv, ratio):
    kernel = dataclasses.replace(kernels.prepare("arm64"), system=target.root)
    print(f"Debian's Mesa {target.version} ({target.suite}, arm64) on Linux {kernel.release}",
          flush=True)
    with Session(kernel, load=mesa.LOAD, setup=_SETUP) as session:
        line = _line(target, target.guest, ["-q", str(queues), *scene.options], spirv)
        result = session.run(line, _LIMIT, show=mesa.Show())
        have = _frames(session)
        if _judge(report, "panvk", scene, want, result, have):
            PICTURE.parent.mkdir(parents=True, exist_ok=True)
            PICTURE.write_bytes(png.encode(scene.width, scene.height, have[-scene.size:]))
            print(f"the last frame: {PICTURE.relative_to(BUILD.parent)}")
        if not ratio:
            return
        ours = rate(result.output)
        line = _line(target, _renderer(target), ["-q", "1", *scene.options], spirv)
        result = session.run(line, _LIMIT, show=mesa.Show())
        _judge(report, "lavapipe", scene, want, result, _frames(session))
        if ours and rate(result.output):
            print(f"lavapipe in the same guest computes {rate(result.output) / ours:.1f} "
                  "times as many frames per second")


def run(report, suite, scene, queues, ratio):
    """Run the demo on Mesa of SUITE, and compare its frames."""
    try:
        target, host = mesa.prepare(suite, "arm64"), mesa.prepare(suite, mesa.machine())
        mesa.build(target)
        mesa.build(host)
        spirv = _programs(host)
        want = _expected(host, scene, spirv)
        _in_guest(report, target, scene, queues, want, spirv, ratio)
    except (mesa.MesaError, GuestError) as error:
        report.add(f"demo-compute {suite}", FAIL, str(error).splitlines()[0], detail=str(error))
