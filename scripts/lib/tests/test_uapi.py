# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The check of the table of errors finds missing entries."""

import unittest

from lib.testbed import uapi

PAGE = """
Errors
======

ONE, TWO
--------

======= ====
EINVAL  bad
EBUSY   too
        many
======= ====

Which test shows it
===================

====== ====== ===========================
Call   errno  Tests
====== ====== ===========================
ONE    EINVAL ``prog@one``, ``@two``,
              ``other@three``
TWO    EBUSY  ``prog@two``
any    ENODEV ``prog@one``
====== ====== ===========================
"""
TESTS = {"prog@one", "prog@two", "other@three"}


class UapiTable(unittest.TestCase):
    """complaints()"""

    def test_good(self):
        self.assertEqual(uapi.complaints(PAGE, TESTS, ["ONE", "TWO"]), [])

    def test_rows(self):
        self.assertEqual(uapi.table(PAGE)[0],
                         ("ONE", "EINVAL", ["prog@one", "prog@two", "other@three"]))

    def test_no_such_test(self):
        self.assertEqual(uapi.complaints(PAGE, TESTS - {"other@three"}, []),
                         ["ONE EINVAL: there is no test other@three"])

    def test_error_without_test(self):
        page = PAGE.replace("EBUSY  ``prog@two``", "EINVAL ``prog@two``")
        self.assertEqual(uapi.complaints(page, TESTS, []),
                         ["ONE, TWO: no test of EBUSY"])

    def test_call_without_section(self):
        self.assertEqual(uapi.complaints(PAGE, TESTS, ["THREE"]),
                         ["THREE: has no section", "THREE: no error of it has a test"])

    def test_section_gone(self):
        page = PAGE.replace("ONE, TWO\n--------", "ONE\n---")
        self.assertEqual(uapi.complaints(page, TESTS, []),
                         ["ONE: no test of EBUSY", "TWO: has tests, but no section"])


class UapiRecord(unittest.TestCase):
    """unseen()"""

    rows = {"prog@one": [("ONE", "EINVAL"), ("VM", "ECANCELED"), ("any", "ENODEV")]}
    record = "ONE EINVAL\nONE ENOENT\nfence ECANCELED\nTWO ENODEV\n"

    def check(self, without, expected):
        """Check what is missing if the record lacks one line."""
        self.assertEqual(uapi.unseen("prog@one", self.record.replace(without, ""),
                                     self.rows), expected)

    def test_good(self):
        self.check("ONE ENOENT\n", [])

    def test_unseen(self):
        self.check("ONE EINVAL\n", [("ONE", "EINVAL")])
        self.check("fence ECANCELED\n", [("VM", "ECANCELED")])
        self.check("TWO ENODEV\n", [("any", "ENODEV")])

    def test_another_call(self):
        """The same errno from another call does not count."""
        self.assertEqual(uapi.unseen("prog@one", self.record.replace("ONE E", "TWO E"),
                                     self.rows), [("ONE", "EINVAL")])

    def test_promises_nothing(self):
        self.assertEqual(uapi.unseen("prog@two", "", self.rows), [])
