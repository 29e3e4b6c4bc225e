# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Debian's own Mesa on the software GPU.

run.py prepares root file systems and programs, runs the checks in a guest and on the machine,
and judges them; compare.py compares what they left.
"""
