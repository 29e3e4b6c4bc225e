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
        """A device of another name or driver is a failure that no row excuses."""
        text = _DEVICE.format(name="Mali-G310 MC1", driver="DRIVER_ID_MESA_PANVK")
        self.assertIsNone(models.outcome("g31", text)[0])
        self.assertIsNone(models.outcome("g610", text)[0])
        text = _DEVICE.format(name="Mali-G310", driver="DRIVER_ID_MESA_LLVMPIPE")
        self.assertEqual(models.outcome("g310", text), (None, "no device of PanVK"))
        self.assertIsNone(models.outcome("g310", "Segmentation fault\n")[0])

    def test_refused(self):
        """The reason is what PanVK prints."""
        text = ("x\nWARNING: [../src/panvk_physical_device.c:944] Code 0 : Unknown gpu_id "
                "(0xa862)\nERROR: failed\n")
        self.assertEqual(models.outcome("g710", text), (FAIL, "Unknown gpu_id (0xa862)"))


if __name__ == "__main__":
    unittest.main()
