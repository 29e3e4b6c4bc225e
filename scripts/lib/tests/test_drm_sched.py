# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The semantic patch converts a user of drm_gpu_scheduler, and the result compiles."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from lib.testbed import TOP, kernels

# What the manual says is left, by hand: the benchmark waits for the scheduler's workqueue.
LEFT = {"submit_wq"}
_NAMES = re.compile(r"\b(?:drm_(?:gpu_)?sched\w*|DRM_(?:GPU_)?SCHED\w*|s_fence|submit_wq)\b")


def convert(source):
    """The C text SOURCE after scripts/drm_sched.cocci."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "driver.c"
        path.write_text(source)
        subprocess.run(["spatch", "--very-quiet", "--sp-file", TOP / "scripts/drm_sched.cocci",
                        "--in-place", path], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return path.read_text()


@unittest.skipUnless(shutil.which("spatch"), "coccinelle is not installed")
class Convert(unittest.TestCase):
    """scripts/drm_sched.cocci"""

    @classmethod
    def setUpClass(cls):
        cls.text = convert((TOP / "bench/backend_sched.c").read_text())

    def test_names(self):
        """Only what the manual names is left."""
        code = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", self.text, flags=re.S)
        self.assertEqual(set(_NAMES.findall(code)), LEFT)

    def test_compiles(self):
        """The result compiles for the stock kernel, without the name that is left."""
        kdir = kernels.variables("stock")["kdir"]
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            shutil.copy(TOP / "bench/bench.h", here)
            # As if the kernel had nothing of what drivers/compat looks for
            (here / "generated").mkdir()
            (here / "generated/features.h").write_text("")
            (here / "Kbuild").write_text(f"ccflags-y := -I{TOP}/include -I{here}\n"
                                         "obj-m := driver.o\n")
            (here / "driver.c").write_text(self.text.replace("submit_wq", "wq"))
            done = subprocess.run(["make", "-C", kdir, f"M={here}", "driver.o"], text=True,
                                  check=False, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_cleanup(self):
        """A job that was not armed is freed by its put: the call is left for the author."""
        source = ("static void back_out(struct job *job)\n{\n"
                  "\tdrm_sched_job_cleanup(&job->base);\n\tkfree(job);\n}\n")
        self.assertIn("drm_sched_job_cleanup", convert(source))

    def test_resume(self):
        """The clock goes on after a reset within timedout()."""
        source = ("static enum drm_gpu_sched_stat late(struct drm_sched_job *job)\n{\n"
                  "\tstruct ring *ring = to_ring(job);\n\n"
                  "\tdrm_sched_stop(&ring->sched, job);\n\treset(ring);\n"
                  "\tdrm_sched_start(&ring->sched, 0);\n"
                  "\treturn DRM_GPU_SCHED_STAT_NOMINAL;\n}\n"
                  "static const struct drm_sched_backend_ops ops = {\n"
                  "\t.timedout_job = late,\n};\n")
        self.assertIn("\tdrm_jobqueue_timeout_resume(&ring->sched);\n"
                      "\tdrm_jobqueue_start(&ring->sched);\n"
                      "\treturn DRM_JOBQUEUE_TIMEOUT_RESET;\n", convert(source))

    def test_clock(self):
        """The remaining time is the queue's own affair."""
        source = ("struct ring { struct drm_gpu_scheduler sched; long left; };\n"
                  "void stop(struct ring *ring)\n{\n"
                  "\tring->left = drm_sched_suspend_timeout(&ring->sched);\n}\n")
        self.assertIn("\tdrm_jobqueue_timeout_suspend(&ring->sched);\n", convert(source))


if __name__ == "__main__":
    unittest.main()
