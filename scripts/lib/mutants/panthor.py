# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Bugs for a copy of the kernel's panthor: see scripts/panthor-bugs.

By name: the file in drivers/gpu/drm/panthor, what to replace in it, by what, a pattern of
the tests to run, and the kernel on which they show it.
"""

BUGS = {
    "lost-doorbell": (
        "panthor_sched.c",
        "\t\tgpu_write(ptdev, CSF_DOORBELL(queue->doorbell_id), 1);",
        "",
        "panthor_submit@(single|nothing)$", "stock"),
    "missing-flush": (
        "panthor_mmu.c",
        "ret = mmu_hw_do_operation(vm, iova, size, AS_COMMAND_FLUSH_PT);",
        "ret = 0;",
        "panthor_vm_access@(remap|unmap|isolation)$", "stock"),
    "leaked-group": (
        "panthor_sched.c",
        "\tmutex_unlock(&sched->reset.lock);\n\n\tgroup_put(group);\n\treturn 0;",
        "\tmutex_unlock(&sched->reset.lock);\n\n\treturn 0;",
        "panthor_lifetime@close-(idle|busy)$", "debug"),
    "lost-dependency": (
        "panthor_drv.c",
        "\t\tret = drm_sched_job_add_dependency(job, fence);\n",
        "\t\tdma_fence_put(fence);\n\t\tret = 0;\n",
        "panthor_sync@(across-queues-binary|in-batch-binary|chain)$", "stock"),
}
