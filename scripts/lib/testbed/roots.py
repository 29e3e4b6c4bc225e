# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A root file system of a newer Debian, with programs that this machine's Debian lacks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SUITE = "testing"
PACKAGES = ("igt-gpu-tools", "nvtop")
_PROGRAMS = ("igt_runner", "gputop", "nvtop")


class RootError(Exception):
    """The root file system cannot be created; the text gives the reason."""


def _mirror():
    """Return the address of the Debian archive that this machine uses."""
    lines = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(REPO_URI)",
         "Created-By: Packages"],
        check=True, capture_output=True, text=True).stdout.splitlines()
    for line in lines:
        origin, codename, uri = line.split(" ", 2)
        # Not security or updates, which are no complete suites
        if origin == "Debian" and "-" not in codename:
            return uri
    raise RootError("apt knows no Debian archive; run apt-get update")


def prepare(say=lambda text: print(text, file=sys.stderr)):
    """Return the folder of the root file system; creates it if it is missing.

    It is kept beside the kernels. Only root can create it. Raises RootError.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "drm-jobqueue" / f"root-{SUITE}-{'-'.join(PACKAGES)}"
    if all((folder / "usr/bin" / name).exists() for name in _PROGRAMS):
        return folder
    say(f"creating {folder}")
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["debootstrap", "--variant=minbase",
                           f"--include={','.join(PACKAGES)}", SUITE, unfinished, _mirror()],
                          check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise RootError("debootstrap failed:\n" + "\n".join(done.stdout.splitlines()[-5:]))
    unfinished.rename(folder)
    return folder


def enter(folder):
    """A line for the shell of a guest: mount what programs need after chroot to FOLDER."""
    return f"cd {folder} && for fs in proc sys dev; do mount --rbind /$fs $fs; done"
