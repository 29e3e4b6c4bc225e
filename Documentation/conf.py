# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Sphinx configuration: a site and manual pages, with the kernel's kernel-doc.

scripts/docs is the command. The theme is furo if it is installed, else Sphinx's own.
"""

import importlib.util
import os
import re
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_KERNEL = Path(os.environ["KERNEL_SOURCE"])
sys.path[:0] = [str(_HERE / "sphinx"), str(_KERNEL / "Documentation/sphinx")]

project = "drm_jobqueue, vcsf, vpanthor"
release = re.search(r"^DRM_JOBQUEUE_VERSION := (.*)$", (_HERE.parent / "Kbuild").read_text(),
                    re.M).group(1)
extensions = ["kerneldoc", "helptext", "links", "sphinx.ext.graphviz"]
graphviz_output_format = "svg"
kerneldoc_bin = str(_KERNEL / "scripts/kernel-doc")
kerneldoc_srctree = str(_HERE.parent)

primary_domain = "c"
highlight_language = "none"
smartquotes = False
# References to the kernel and to internal structures lead nowhere; those to the public
# headers must lead somewhere.
nitpick_ignore_regex = [("c:.*", r"(?!drm_jobqueue|vcsf_window|csf_)[\w.]+")]

html_theme = "furo" if importlib.util.find_spec("furo") else "alabaster"
html_theme_options = {} if html_theme == "furo" else {"page_width": "72em",
                                                      "description": "job queue, GPU, driver"}
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False

man_pages = [
    ("man/jq-top", "jq-top", "show job queues live", [], 8),
    ("man/jq-why", "jq-why", "print what GPU jobs wait for", [], 8),
    ("man/vpan-dump", "vpan-dump", "print a device coredump of vpanthor", [], 1),
    ("man/vpan-record", "vpan-record", "record what a program does with the GPU", [], 1),
    ("man/vpan-replay", "vpan-replay", "do with the GPU what a program did", [], 1),
    ("man/vpan-hang", "vpan-hang", "let a GPU job hang beside others", [], 1),
    ("man/csdis", "csdis", "disassemble command streams of a Mali CSF GPU", [], 1),
    ("man/vpan-demo", "vpan-demo", "run a graph of dependent GPU jobs", [], 1),
    ("commands", "drm-jobqueue", "commands of the source tree", [], 7),
]
man_show_urls = False
