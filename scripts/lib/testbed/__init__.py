# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The test bed: kernels, guests, and the verdict on the commands that run in them."""

import os
import pathlib

TOP = pathlib.Path(__file__).resolve().parents[3]
BUILD = TOP / "build"
CACHE = pathlib.Path(
    os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
) / "drm-jobqueue"
