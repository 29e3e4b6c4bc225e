# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Debian's own Mesa on the software GPU, judged by its software renderer.

The programs of userspace/mesa run twice: in a guest on PanVK and panfrost, and on this
machine on lavapipe and llvmpipe of the same version. What they leave in files must be equal.
The guest is of arm64, with the drivers of Debian's packages, or of amd64, with those that
scripts/lib/mesa-build has built.
Documentation/mesa-differences.csv has a row for each check that does not pass, by version.
"""

import csv
import dataclasses
import hashlib
import json
import os
import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

from ..testbed import BUILD, TOP, kernels, kunit, pool
from ..testbed.guest import GuestError
from ..testbed.panthor_tests import Row, verdict
from ..testbed.results import FAIL, PASS, SKIP
from ..testbed.session import Session
from . import compare, models

SUITES = ("trixie", "testing", "sid")
# Kernel of the guests, by architecture
KERNELS = {"arm64": "arm64", "amd64": "stock"}
TABLE = TOP / "Documentation/mesa-differences.csv"
SOURCES = TOP / "userspace/mesa"
PROGRAMS = SOURCES / "programs.csv"
LOAD = ("drm_jobqueue", "vcsf", "vpanthor")
_RESULT = re.compile(r"^(pass|fail|skip) (\S+?)(?:: (.*))?$")
_MARK = re.compile(r"mesa: check (\S+)")
_FAULT = re.compile(r"vcsf-mali: .*fault|vpanthor .*(fault|timeout|reset)", re.I)
# Those of "make check", on one Mesa: synchronization, and clears that are read back
SHORT = ("sync-*", "clear-*", "gl-*")
# All checks of a guest, on a slow machine
_LIMIT = 3600
_BOTH = {"XDG_RUNTIME_DIR": "/tmp", "MESA_SHADER_CACHE_DISABLE": "true", "HOME": "/tmp"}


@dataclasses.dataclass(frozen=True)
class System:
    """A root file system with Mesa, and the programs that were compiled for it."""

    suite: str
    arch: str
    root: Path
    version: str
    drivers: Path = None  # what mesa-build has installed, None for the drivers of the root

    @property
    def label(self):
        """The first word of results about it, after "mesa"."""
        return label(self.suite, self.arch)

    @property
    def guest(self):
        """Environment of programs in a guest, for the drivers of the GPU."""
        if not self.drivers:
            return {**_BOTH, "VK_DRIVER_FILES": "/usr/share/vulkan/icd.d/panfrost_icd.json"}
        icd = "share/vulkan/icd.d/panfrost_icd.x86_64.json"
        return {**_BOTH, "VK_DRIVER_FILES": str(self.drivers / icd),
                "LD_LIBRARY_PATH": str(self.drivers / "lib"),
                "__EGL_VENDOR_LIBRARY_DIRS": str(self.drivers / "share/glvnd/egl_vendor.d")}

    @property
    def build(self):
        """Folder with its programs."""
        return BUILD / "mesa" / f"{self.suite}-{self.arch}"

    @property
    def short(self):
        """The version of Mesa: "25.0"."""
        return ".".join(self.version.split(".")[:2])

    @property
    def triplet(self):
        """Name of the folder with its libraries."""
        return {"amd64": "x86_64", "arm64": "aarch64"}[self.arch] + "-linux-gnu"

    def here(self, program):
        """(command, environment) to run a PROGRAM of this architecture on this machine.

        Its libraries are those of the root. This takes no rights.
        """
        library = self.root / "usr/lib" / self.triplet
        loader = next(path for path in (self.root / "lib64/ld-linux-x86-64.so.2",
                                        self.root / "lib/ld-linux-aarch64.so.1")
                      if path.exists())
        share = self.root / "usr/share"
        return ([loader, "--library-path", library, program],
                {**os.environ, **_BOTH, "LIBGL_DRIVERS_PATH": str(library / "dri"),
                 "GBM_BACKENDS_PATH": str(library / "gbm"), "LIBGL_ALWAYS_SOFTWARE": "1",
                 "VK_DRIVER_FILES": str(share / "vulkan/icd.d/lvp_icd.json"),
                 "VK_LOADER_LAYERS_DISABLE": "~all~",
                 "__EGL_VENDOR_LIBRARY_DIRS": str(share / "glvnd/egl_vendor.d")})


class MesaError(Exception):
    """A root file system or a program cannot be made; the text gives the reason."""


def label(suite, arch):
    """A word for Mesa of SUITE for ARCH in names of results."""
    return suite if arch == "arm64" else f"{suite}-{arch}"


def machine():
    """Debian's name of this machine's architecture."""
    return "arm64" if os.uname().machine == "aarch64" else "amd64"


def prepare(suite, arch):
    """The System of a Debian SUITE, downloaded if need be. Raises MesaError."""
    done = subprocess.run([TOP / "scripts/lib/mesa-system", suite, arch], check=False,
                          stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise MesaError(f"Mesa of {suite} for {arch} is not available")
    var = dict(line.split("=", 1) for line in done.stdout.splitlines())
    return System(suite, arch, Path(var["system"]), var["version"])


def built(system):
    """SYSTEM, whose packages lack the drivers, with those of mesa-build. Raises MesaError."""
    done = subprocess.run([TOP / "scripts/lib/mesa-build"], check=False, text=True,
                          stdout=subprocess.PIPE, env={**os.environ, "PREPARED_ONLY": "1"})
    if done.returncode == 3:
        raise MesaError(f"Mesa {system.version} for {system.arch} is not built; run: "
                        "make mesa-build")
    if done.returncode:
        raise MesaError("mesa-build failed")
    return dataclasses.replace(system, drivers=Path(done.stdout.strip().removeprefix("prefix=")))


def targets(suite, arch):
    """(the System of the guests, that of this machine). Raises MesaError."""
    host = prepare(suite, machine())
    target = built(host) if arch == "amd64" else prepare(suite, arch)
    return target, host


def programs():
    """The compute programs: their names and the files that have them."""
    with open(PROGRAMS, newline="", encoding="utf-8") as file:
        return {row["Name"]: row["File"] for row in csv.DictReader(file)}


def _make(command, env=None):
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=env)
    if done.returncode:
        raise MesaError(f"{' '.join(map(str, command[:1]))} failed:\n{done.stdout}")


def build(system):
    """Compile the programs for SYSTEM. Raises MesaError."""
    compiler = "gcc" if system.arch == machine() else "aarch64-linux-gnu-gcc"
    system.build.mkdir(parents=True, exist_ok=True)
    _make(["make", "-s", "--no-print-directory", "-C", SOURCES, f"OUT={system.build}",
           f"SYSROOT={system.root}", f"CC={compiler}"])


def shaders(system):
    """Compile the shaders with glslang of SYSTEM; returns their folder. Raises MesaError."""
    folder = BUILD / "mesa" / f"{system.suite}-spirv"
    folder.mkdir(parents=True, exist_ok=True)
    common = (SOURCES / "shaders/common.glsl").stat().st_mtime
    for name, file in programs().items():
        source, binary = SOURCES / f"shaders/{file}.comp", folder / f"{name}.spv"
        if binary.exists() and binary.stat().st_mtime > max(common, source.stat().st_mtime):
            continue
        compile_shader(system, source, binary, f"-D{name.replace('-', '_')}")
    return folder


def compile_shader(system, source, binary, *options):
    """Compile GLSL to SPIR-V. Raises MesaError."""
    command, env = system.here(system.root / "usr/bin/glslangValidator")
    _make([*command, "--quiet", "-V", "--target-env", "vulkan1.1", *options, source, "-o",
           binary], env)


def read(path=TABLE):
    """The rows of the table. Raises ValueError if a row is malformed."""
    rows = []
    with open(path, newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            row = Row(line["Check"], line["Mesa"], line["Result"], line["Reason"])
            if row.result not in ("fails", "either") or not row.reason:
                raise ValueError(f"{path.name}: {row.subtest}: result {row.result!r}, "
                                 f"reason {row.reason!r}")
            rows.append(row)
    return rows


class Judge:
    """Compares a run of the checks with that of the reference, by the table."""

    def __init__(self, report, mesa, reference, folder):
        self.report = report
        self.mesa = mesa
        self.reference = reference  # {name: [status, reason]}
        self.folder = folder
        self.rows = read()

    def add(self, name, status, reason="", seconds=0.0, detail=""):
        """Add the result of the check NAME, in view of the table."""
        row = next((row for row in self.rows if row.fits(name, self.mesa.short)), None)
        status, reason = verdict(row, status, reason)
        self.report.add(f"mesa {self.mesa.label} {name}", status, reason, seconds, detail)

    def fail(self, name, reason, detail=""):
        """Add a failure that no row of the table excuses."""
        self.report.add(f"mesa {self.mesa.label} {name}", FAIL, reason, detail=detail)

    def judge(self, name, result, folder, faults):
        """A check of the guest that ended so, with its data in FOLDER."""
        status, reason = result
        expected, why = self.reference.get(name, (None, "there is no such check"))
        if expected == FAIL or expected is None:
            status, reason = FAIL, f"on the reference: {why}"
        elif status == PASS and (folder / name).exists():
            # A driver that has less than this one does not judge it.
            if expected == SKIP:
                status, reason = SKIP, f"nothing to compare with: {why}"
            else:
                different = compare.files(self.folder / name, folder / name)
                status, reason = (FAIL, different) if different else (PASS, "")
        if status == FAIL and faults:
            reason += f"; {faults[0]}"
        self.add(name, status, reason, detail="\n".join(faults))


def _parse(text):
    """Results of a program: {name: (status, reason)}."""
    found = {}
    for line in text.splitlines():
        match = _RESULT.match(line)
        if match:
            found[match.group(2)] = (match.group(1), match.group(3) or "")
    return found


def _faults(log):
    """The GPU's faults in a kernel log, by check."""
    found, name = {}, ""
    for line in log:
        mark = _MARK.search(line)
        if mark:
            name = mark.group(1)
        elif _FAULT.search(line):
            found.setdefault(name, []).append(re.sub(r"^\[[ .\d]+\] ", "", line))
    # The interpreter's line says more than the driver's.
    return {name: sorted(lines, key=lambda line: "shader fault" not in line)
            for name, lines in found.items()}


def arguments_of(program, spirv):
    """Arguments of a program of userspace/mesa before its options."""
    return [PROGRAMS, spirv] if program == "mesa-vk" else []


def source_names():
    """Names of all checks, read from the sources."""
    found = [*models.names(), *programs()]
    for path in sorted(SOURCES.glob("*.c")):
        text = path.read_text()
        found += re.findall(r'"((?:sync|clear|transfer|image|gl)-[a-z0-9-]*[a-z0-9])"', text)
        found += [f"clear-{name}" for name in re.findall(r'\bFORMAT\("([\w-]+)"', text)]
    return found


def names(system, spirv):
    """All checks: {name: program}, as the programs list them on this machine."""
    found = {}
    for program in ("mesa-vk", "mesa-gl"):
        command, env = system.here(system.build / program)
        out = subprocess.run([*command, *arguments_of(program, spirv), "-l"], check=True,
                             stdout=subprocess.PIPE, text=True, env=env).stdout
        found.update(dict.fromkeys(out.split(), program))
    return found


def _key(system, spirv):
    """A digest of all that the reference's results depend on."""
    digest = hashlib.sha256(str(system.root).encode())
    for path in (system.build / "mesa-vk", system.build / "mesa-gl", PROGRAMS,
                 *sorted(spirv.glob("*.spv"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def reference(system, spirv, chosen, complete):
    """Run the CHOSEN checks on this machine; returns (results, folder with their data).

    The results of all of them (COMPLETE) are kept, and used until something changes.
    """
    folder = BUILD / "mesa" / f"{system.suite}-reference"
    kept, key = folder / "results.json", _key(system, spirv)
    if kept.exists():
        found = json.loads(kept.read_text())
        if found["key"] == key:
            return found["results"], folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    results = {}
    for program in sorted(set(chosen.values())):
        command, env = system.here(system.build / program)
        wanted = [name for name, its in chosen.items() if its == program]
        out = subprocess.run([*command, *arguments_of(program, spirv), "-o", folder, *wanted],
                             check=False, stdout=subprocess.PIPE, text=True, env=env).stdout
        results.update(_parse(out))
    if complete:
        kept.write_text(json.dumps({"key": key, "results": results}) + "\n")
    return results, folder


def _words(env):
    return " ".join(f"{name}='{value}'" for name, value in env.items())


def _line(program, system, spirv, wanted, env):
    variables = _words({**system.guest, **env})
    words = " ".join(map(str, arguments_of(program, spirv)))
    return (f"{variables} {system.build / program} {words} -k -o /run/testbed/out "
            + " ".join(wanted))


def _guest(judge, kernel, system, spirv, chosen, env, recorder):
    """Run the CHOSEN checks in one guest."""
    with Session(kernel, load=LOAD) as session:
        for program in sorted(set(chosen.values())):
            wanted = [name for name, its in chosen.items() if its == program]
            line = _line(program, system, spirv, wanted, env)
            show = Show() if env and not recorder else None
            result = session.run(f"mkdir -p /run/testbed/out; {line}", _LIMIT, show=show)
            if recorder:
                recorder.add(result.output)
            results, faults = _parse(result.output), _faults(result.log)
            folder = session.guest.share / "out" if session.guest else Path("/nonexistent")
            for name in wanted:
                got = results.get(name, (FAIL, "no result"))
                judge.judge(name, got, folder, faults.get(name, []))
            if result.reason:
                judge.report.add(f"mesa {system.label} {program}", FAIL, result.reason,
                                 detail=result.detail)
        kunit.leaks(judge.report, f"mesa {system.label}", session)


class Show:
    """A binary file that writes to stdout."""

    def write(self, data):
        """Write a part of the output."""
        os.write(1, data)

    def flush(self):
        """Nothing is kept."""


def _info(judge, kernel, system):
    """The driver finds the GPU, and is the packaged one."""
    with Session(kernel, load=LOAD) as session:
        result = session.run(f"{_words(system.guest)} vulkaninfo --summary", 300)
    found = models.properties(result.output)
    good = (not result.reason and found.get("driverID") == "DRIVER_ID_MESA_PANVK" and
            found.get("deviceName", "").startswith("Mali-G610") and
            system.version in found.get("driverInfo", ""))
    text = ", ".join(found.get(name, "?") for name in ("deviceName", "driverInfo", "apiVersion"))
    judge.add("vulkaninfo", PASS if good else FAIL, text if good else result.reason or text,
              result.seconds, result.detail)


def _share(chosen, count):
    """Divide the checks among COUNT guests, each kind evenly."""
    items = list(chosen.items())
    return [dict(items[first::count]) for first in range(count) if items[first::count]]


@dataclasses.dataclass(frozen=True)
class Run:
    """What is needed to run checks on one Mesa."""

    judge: Judge
    kernel: kernels.Kernel
    system: System
    spirv: Path
    chosen: dict  # {name: program}


def _prepare(report, suite, arch, wanted):
    """Download, compile and run the reference; returns a Run. Raises MesaError."""
    target, host = targets(suite, arch)
    build(target)
    build(host)
    spirv = shaders(host)
    kernel = dataclasses.replace(kernels.prepare(KERNELS[arch]), system=target.root)
    print(f"Debian's Mesa {target.version} ({suite}, {arch}{', built here' * (arch == 'amd64')})"
          f" on Linux {kernel.release}, compared with its software renderer on this machine",
          flush=True)
    chosen = {name: program for name, program in names(host, spirv).items()
              if not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)}
    if not wanted and {*chosen, *models.names()} != set(source_names()):
        other = {*chosen, *models.names()} ^ set(source_names())
        report.add(f"mesa {target.label} names", FAIL,
                   f"only the sources or the programs have: {' '.join(sorted(other))}")
    judge = Judge(report, target, *reference(host, spirv, chosen, not wanted))
    return Run(judge, kernel, target, spirv, chosen)


def _unavailable(report, suite, arch, error):
    report.add(f"mesa {label(suite, arch)}", FAIL, str(error).splitlines()[0], detail=str(error))


def short(report):
    """The checks of "make check", in the guest of one task."""
    suite, arch = "trixie", "arm64"
    if not (BUILD / KERNELS[arch] / "vpanthor.ko").exists():
        report.add(f"mesa {suite}", FAIL, "the modules for arm64 are not built")
        return
    try:
        it = _prepare(report, suite, arch, SHORT)
    except MesaError as error:
        _unavailable(report, suite, arch, error)
        return
    _info(it.judge, it.kernel, it.system)
    _task(it, it.chosen, {}, None)()


def run(report, suite, arch, wanted=None, env=None, recorder=None):
    """Run the checks that match WANTED patterns, all by default, on Mesa of SUITE for ARCH.

    ENV is the environment of the checks, whose output is printed, or given to RECORDER.
    """
    guests = min(2, pool.GUESTS)
    try:
        it = _prepare(report, suite, arch, wanted)
    except MesaError as error:
        _unavailable(report, suite, arch, error)
        return
    tasks = [(f"Mesa of {suite}, guest {number + 1}", _task(it, part, env or {}, recorder))
             for number, part in enumerate(_share(it.chosen, guests))]
    if not wanted or any(fnmatchcase("vulkaninfo", pattern) for pattern in wanted):
        tasks.insert(0, ("vulkaninfo", lambda: _info(it.judge, it.kernel, it.system)))
    presented = [name for name in models.names()
                 if not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)]
    if presented:
        tasks.append(("GPU models", lambda: models.run(it.judge, it.kernel, LOAD,
                                                       _words(it.system.guest), presented)))
    pool.run(report, tasks)


def _task(it, part, env, recorder):
    def task():
        try:
            _guest(it.judge, it.kernel, it.system, it.spirv, part, env, recorder)
        except GuestError as error:
            _unavailable(it.judge.report, it.system.suite, it.system.arch, error)
    return task
