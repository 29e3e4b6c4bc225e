# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Bugs that scripts/mutants plants.

Name: file, original text, text of the mutant; IGT tests to run instead of KUnit.
"""

from . import jobqueue, vcsf, vpanthor

MUTANTS = {**jobqueue.MUTANTS, **vcsf.MUTANTS, **vpanthor.MUTANTS}
