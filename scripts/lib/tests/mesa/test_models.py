# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Tests of the checks of GPU models: their names, and what vulkaninfo says of one."""

import unittest

from lib.mesa import models
from lib.testbed.results import FAIL, PASS

_DEVICE = """Devices:
========
GPU0:
	apiVersion         = 1.1.305
	deviceName         = {name}
	driverID           = {driver}
	driverInfo         = Mesa 25.0.7-2
"""


class Outcome(unittest.TestCase):
    """What a check says."""

    def test_names(self):
        """There is a check for each model that vcsf lists."""
        self.assertIn("model-g610", models.names())
        self.assertGreater(len(models.names()), 5)

    def test_accepted(self):
        """The device has the model's name."""
        text = _DEVICE.format(name="Mali-G310 MC1", driver="DRIVER_ID_MESA_PANVK")
        self.assertEqual(models.outcome("g310", text),
                         (PASS, "Mali-G310 MC1, Mesa 25.0.7-2"))

    def test_variant(self):
        """A name may have the variant."""
        text = _DEVICE.format(name="Mali-G310v1 MC1", driver="DRIVER_ID_MESA_PANVK")
        self.assertEqual(models.outcome("g310", text)[0], PASS)

    def test_other(self):
        """A device of another name or driver does not pass."""
        text = _DEVICE.format(name="Mali-G310 MC1", driver="DRIVER_ID_MESA_PANVK")
        self.assertEqual(models.outcome("g31", text)[0], FAIL)
        self.assertEqual(models.outcome("g610", text)[0], FAIL)
        text = _DEVICE.format(name="Mali-G310", driver="DRIVER_ID_MESA_LLVMPIPE")
        self.assertEqual(models.outcome("g310", text), (FAIL, "no device of PanVK"))

    def test_refused(self):
        """The reason is what Mesa or the loader prints."""
        text = "x\nWARNING: [file.c:944] Code 0 : Unknown gpu_id (0xa862)\nERROR_X\n"
        self.assertEqual(models.outcome("g710", text), (FAIL, "Unknown gpu_id (0xa862)"))
        self.assertEqual(models.outcome("g710", "a\nfailed with ERROR_X\n"),
                         (FAIL, "failed with ERROR_X"))


if __name__ == "__main__":
    unittest.main()
