# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Which kernel log lines are complaints."""

import unittest

from lib.testbed import complaints

BAD = """\
[    3.1] WARNING: CPU: 1 PID: 77 at drivers/gpu/drm/drm_gem.c:12 drm_gem_x+0x1/0x2 [drm]
[    3.1] WARNING: possible circular locking dependency detected
[    3.1] WARNING: possible recursive locking detected
[    3.1] WARNING: inconsistent lock state
[    3.1] WARNING: suspicious RCU usage
[    3.1] WARNING: bad unlock balance detected!
[    3.1] WARNING: kmalloc bug in x
[    3.1] BUG: KASAN: slab-use-after-free in x+0x1/0x2 [vcsf]
[    3.1] BUG: KCSAN: data-race in x / y
[    3.1] BUG: kernel NULL pointer dereference, address: 0000000000000000
[    3.1] BUG: unable to handle page fault for address: ffffc90000
[    3.1] BUG: sleeping function called from invalid context at mm/slab.h:1
[    3.1] BUG: scheduling while atomic: kworker/0:1/12/0x00000002
[    3.1] BUG: Invalid wait context
[    3.1] [ BUG: Invalid wait context ]
[    3.1] BUG: workqueue lockup - pool cpus=0
[    3.1] BUG kmalloc-64 (Tainted: G           O      ): Poison overwritten
[    3.1] BUG vcsf_job (Tainted: G O): Objects remaining in vcsf_job on __kmem_cache_shutdown()
[    3.1] kernel BUG at lib/list_debug.c:29!
[    3.1] Oops: general protection fault, probably for non-canonical address
[    3.1] Oops: 0002 [#1] PREEMPT SMP
[    3.1] general protection fault: 0000 [#1]
[    3.1] Kernel panic - not syncing: panic_on_warn set ...
[    3.1] UBSAN: array-index-out-of-bounds in drivers/x.c:1:2
[    3.1] INFO: task igt:55 blocked for more than 60 seconds.
[    3.1] INFO: trying to register non-static key.
[    3.1] rcu: INFO: rcu_preempt self-detected stall on CPU
[    3.1] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
[    3.1] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [x:1]
[    3.1] ODEBUG: free active (active state 0) object: 00 object type: timer_list
[    3.1] DMA-API: pci 0000: device driver frees DMA memory with wrong function
[    3.1] kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
[    3.1] list_add corruption. prev->next should be next
[    3.1] list_del corruption, ffff888 is LIST_POISON1
[    3.1] refcount_t: underflow; use-after-free.
[    3.1] refcount_t: addition on 0; use-after-free.
[    3.1] usercopy: Kernel memory exposure attempt detected from SLUB object
[    3.1] vcsf-mali: stale translation: AS1, read at 0x1000: unmapped, and no lock and flush of it since
"""

GOOD = """\
[    3.1] drm_jobqueue: loading out-of-tree module taints kernel.
[    3.1] vcsf: module verification failed: signature and/or required key missing
[    3.1] KTAP version 1
[    3.1]     # Subtest: warnings
[    3.1]     ok 1 no WARNING: is printed for a BUG: in user space
[    3.1] [drm] Initialized panthor 1.2.0 for vcsf-mali.0 on minor 0
[    3.1] Call Trace:
[    3.1] FAULT_INJECTION: forcing a failure.
[    3.1] sysrq: Show Blocked State
[    3.1] testbed: job 3: begin
[    3.1] clocksource: tsc: mask: 0xffffffffffffffff
[    3.1] vpanthor vcsf-mali.0: AS0 fault at 0x1000: translation fault
"""


RACE = """\
[   82.0] ==================================================================
[   82.0] BUG: KCSAN: data-race in {0} / {1}
[   82.0]
[   82.0] write to 0xffff88807dd1f398 of 4 bytes by interrupt on cpu 1:
[   82.0]  {0}+0xcd/0x210{2}
[   82.0]  worker_thread+0x395/0x610
[   82.0]
[   82.0] read (marked, reordered) to 0xffff88807dd1f398 of 4 bytes by task 0 on cpu 1:
[   82.0]  {1}+0x2e/0x60{3}
[   82.0]  drm_jobqueue_queue_work+0x46/0x110 [drm_jobqueue]
[   82.0]
[   82.0] Workqueue: jobqueue-mock queue_work_func [drm_jobqueue]
[   82.0] ==================================================================
"""


class Complaints(unittest.TestCase):
    """One line at a time."""

    def test_bad(self):
        """Reports of the kernel's checkers are complaints."""
        for line in BAD.splitlines():
            self.assertEqual(complaints.find([line]), [0], line)

    def test_good(self):
        """Messages of a healthy kernel are not."""
        for line in GOOD.splitlines():
            self.assertEqual(complaints.find([line]), [], line)

    def test_races(self):
        """A race counts if one access is in our modules."""
        for names, count in ((("process_one_work", "tick", "", ""), 0),
                             (("take", "tick", " [drm_jobqueue]", ""), 1),
                             (("tick", "count_thread", "", " [jobqueue_provoke]"), 1),
                             (("tick", "dma_fence_signal", "", ""), 1)):
            log = RACE.format(*names).splitlines()
            self.assertEqual(len(complaints.find(log)), count, names)
            self.assertEqual(len(complaints.find(log[:6])), 1, "a torn report counts")

    def test_excerpt(self):
        """The excerpt starts a little before the first complaint."""
        log = [f"[ {i}.0] line" for i in range(10)] + ["[ 10.0] BUG: KASAN: x"]
        self.assertEqual(complaints.excerpt(log), log[7:])
        self.assertEqual(complaints.excerpt(log[:10]), [])

    def test_said(self):
        """The last messages of the driver and the GPU."""
        ours = ["[   89.2] vpanthor vcsf-mali: [drm] *ERROR* firmware does not answer",
                "[   90.1] vpanthor: unknown parameter"]
        log = ["[   88.0] vpanthor vcsf-mali: before", "[   89.0] Mem-Info:", ours[0],
               "[   89.5] [   549]     0   549    30997 panthor_oom", ours[1]]
        self.assertEqual(complaints.said(log, 2), ours)
        self.assertEqual(complaints.said(log[3:4]), [])
