# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Sphinx configuration for the manual pages of the programs alone.

Unlike Documentation/conf.py it needs no source of the kernel. References to other pages
become names of their files.
"""

import os
import runpy
from pathlib import Path

from docutils import nodes

# The package's sources have this folder in another place.
_DOCS = next(folder / "Documentation" for folder in Path(__file__).resolve().parents
             if (folder / "Documentation").is_dir())
os.environ.setdefault("KERNEL_SOURCE", "/nonexistent")
_ALL = runpy.run_path(str(_DOCS / "conf.py"))

project = _ALL["project"]
release = _ALL["release"]
smartquotes = False
extensions = ["helptext"]
include_patterns = ["man/*.rst"]
root_doc = "man/csdis"
man_pages = [page for page in _ALL["man_pages"] if page[0].startswith("man/")]
man_show_urls = False


def _name_file(_app, _env, node, _content):
    if node["reftype"] != "doc":
        return None
    return nodes.literal("", "Documentation/" + Path(node["reftarget"]).name + ".rst")


def _allow_alone(_app, _name, source):
    source[0] = ":orphan:\n\n" + source[0]


def setup(app):
    """Resolve references to pages that are not part of this set, which has no contents."""
    app.connect("source-read", _allow_alone)
    app.connect("missing-reference", _name_file)
