# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The kernel's Rust driver Tyr on the software GPU: its build and its tests."""
