# SPDX-License-Identifier: GPL-2.0 OR MIT
"""What is asked of the commands: arguments, names of tests, and which tests to run."""
