# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The places in the sources where scripts/mutants plants bugs exist."""

import unittest

from lib.mutants import MUTANTS
from lib.testbed import TOP


class Places(unittest.TestCase):
    """The original texts of the mutants"""

    def test_once(self):
        """Each is in its file, exactly once, and the mutant differs from it."""
        for name, (file, old, new, *_) in MUTANTS.items():
            with self.subTest(name):
                self.assertEqual((TOP / file).read_text().count(old), 1)
                self.assertNotEqual(old, new)


if __name__ == "__main__":
    unittest.main()
