# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Mutants of the driver: see __init__.py."""

MUTANTS = {
    # The driver: page tables
    "page-read-only": (
        "drivers/vpanthor/pt/pgtable.c",
        "u64 entry = CSF_PTE_USER |",
        "u64 entry = CSF_PTE_READONLY | CSF_PTE_USER |"),
    "page-not-accessed": (
        "drivers/vpanthor/pt/pgtable.c",
        "CSF_PTE_USER | CSF_PTE_ACCESSED |",
        "CSF_PTE_USER |"),
    # The driver: what user space sees
    "mmap-counts-from-start": (
        "drivers/vpanthor/mm/gem.c",
        "= vmf->pgoff - drm_vma_node_start(&gem->vma_node);",
        "= (vmf->address - vma->vm_start) >> PAGE_SHIFT;",
        "panthor_gem@"),
    "batch-waits-for-others-only": (
        "drivers/vpanthor/uapi/sync.c",
        "\tif (signal)\n\t\treturn drm_jobqueue_job_add_job_dep(",
        "\tif (signal && !job)\n\t\treturn drm_jobqueue_job_add_job_dep(",
        "panthor_sync@"),
    "pad-is-ignored": (
        "drivers/vpanthor/sched/group_create.c",
        "\tif (args->pad || !args->queues.count ||",
        "\tif (!args->queues.count ||",
        "panthor_group@"),
    "innocent-is-guilty": (
        "drivers/vpanthor/sched/group_create.c",
        "DRM_PANTHOR_GROUP_STATE_TIMEDOUT |\n"
        "\t\t\t      DRM_PANTHOR_GROUP_STATE_INNOCENT;",
        "DRM_PANTHOR_GROUP_STATE_TIMEDOUT;",
        "panthor_recovery@"),
    "address-space-not-locked": (
        "drivers/vpanthor/mm/as_hw.c",
        "log2 = max_t(unsigned int, fls64(va ^ last), CSF_AS_LOCKADDR_MIN_LOG2);",
        "log2 = CSF_AS_LOCKADDR_MIN_LOG2;",
        "panthor_vm_access@"),
    "heap-grows-too-far": (
        "drivers/vpanthor/heap/heap.c",
        "\tif (in_flight <= heap->target_in_flight) {\n",
        "\tif (in_flight) {\n",
        "panthor_heap@"),
    "time-is-saved-up": (
        "drivers/vpanthor/sched/waiting.c",
        "\tshare->used = max(share->used, least);\n",
        "",
        "panthor_rotation@late"),
    "timeout-runs-without-slot": (
        "drivers/vpanthor/sched/waiting.c",
        "\t\tdrm_jobqueue_timeout_suspend(&group->queues[i]->jq);\n",
        "\t\tcontinue;\n",
        "panthor_(recovery|rotation)@"),
    "anybody-is-realtime": (
        "drivers/vpanthor/uapi/ioctl.c",
        "\tret = vpan_priority_permitted(file, args->priority);\n",
        "\tret = 0;\n",
        "panthor_group@"),
    "old-flush-id": (
        "drivers/vpanthor/hw/usermmio.c",
        "#define FLUSH_ID_NONE\t0\n",
        "#define FLUSH_ID_NONE\t1\n",
        "panthor_flush_id@"),
    "kicked-behind-rest-is-forgotten": (
        "drivers/vpanthor/sched/sched.c",
        "\tif (slots->updating || !llist_empty(&slots->kicked) ||",
        "\tif (slots->updating ||"),
    "ended-behind-rest-is-forgotten": (
        "drivers/vpanthor/sched/sched.c",
        "\t    slots->ending || !llist_empty(&slots->ended))",
        "\t    slots->ending)"),
}
