# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Sphinx configuration: HTML, with the kernel's kernel-doc. See scripts/docs."""

import os
import sys
from pathlib import Path

_KERNEL = Path(os.environ["KERNEL_SOURCE"])
sys.path.insert(0, str(_KERNEL / "Documentation/sphinx"))

project = "drm_jobqueue, vcsf, vpanthor"
extensions = ["kerneldoc", "sphinx.ext.graphviz"]
graphviz_output_format = "svg"
kerneldoc_bin = str(_KERNEL / "scripts/kernel-doc")
kerneldoc_srctree = str(Path(__file__).resolve().parent.parent)

primary_domain = "c"
highlight_language = "none"
html_theme = "alabaster"
html_copy_source = False
