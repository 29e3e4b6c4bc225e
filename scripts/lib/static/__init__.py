# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests that need no guest: checks of the sources, the model, programs of this machine."""
