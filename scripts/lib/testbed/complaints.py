# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Lines of a kernel log that fail a test run, whatever the tests report."""

import re

# Each pattern matches the first line of a report. Call traces alone do not count: fault
# injection and sysrq print them on request.
_PATTERNS = (
    r"WARNING: ",
    r"BUG: ",
    r"BUG [\w:.-]+ ?\(",
    r"kernel BUG at ",
    r"Oops(:| - )",
    r"general protection fault",
    r"unable to handle ",
    r"Kernel panic - ",
    r"divide error:",
    r"double fault:",
    r"stack segment:",
    r"invalid opcode:",
    r"INFO: possible .* detected",
    r"INFO: inconsistent lock state",
    r"INFO: trying to register non-static key",
    r"INFO: lockdep is turned off",
    r"INFO: task .* blocked for more than",
    r"INFO: rcu_\w+ (self-)?detected",
    r"rcu: .*(self-)?detected (expedited )?stalls?",
    r"possible circular locking dependency",
    r"possible recursive locking",
    r"possible irq lock inversion",
    r"inconsistent lock state",
    r"\[ BUG: ",
    r"suspicious RCU usage",
    r"sleeping function called from",
    r"scheduling while atomic",
    r"(soft|hard) lockup",
    r"workqueue lockup",
    r"KASAN: ",
    r"KCSAN: ",
    r"UBSAN: ",
    r"ODEBUG: ",
    r"DMA-API: .*(device driver|cacheline|overlapping|exceeded)",
    r"kmemleak: \d+ new suspected",
    r"kmemleak: .*(disabled|Cannot)",
    r"unreferenced object 0x",
    r"(list_add|list_del|refcount_t|usercopy):? .*(corruption|saturated|underflow|use-after-free|leak|attempt)",
    r"Slab corruption",
    r"Objects remaining in ",
    r"bad page state|Bad page ",
    r"Bad rss-counter",
    r"Fixing recursive fault",
    r"unregister_netdevice: waiting",
    r"huh, entered .* with preempt_count",
    r"leaked lock|lock held when returning",
    r"vcsf-mali: stale translation: ",
    r"mutex_destroy|DEBUG_LOCKS_WARN_ON",
)
_COMPLAINT = re.compile("|".join(_PATTERNS))
_BENIGN = re.compile(
    # Printed once by any kernel that loads an out-of-tree module.
    r"loading out-of-tree module taints kernel"
    r"|module verification failed"
    # Debugging aids continue without memory that a test's fault injection denies.
    r"|kmemleak: Cannot allocate a scan area"
    r"|DMA-API: cacheline tracking ENOMEM"
    # KTAP lines of KUnit.
    r"|^\s*(# |ok \d|not ok \d)"
)
_STAMP = re.compile(r"^(<\d+>)?\[ *\d+\.\d+\](\[ *[TC]\d+\])? ?")


def bare(line):
    """Return LINE without printk's time stamp."""
    return _STAMP.sub("", line)


# A race counts if one of the two accesses is in one of our modules or in dma_fence,
# which our modules must call correctly. The kernel has races of its own, mostly in
# statistics.
_RACE = re.compile(r"BUG: KCSAN: (data-race|assert)")
_RACE_END = re.compile(r"^=+$")
_ACCESS = re.compile(r"^[a-z-]*(read|write)[a-z(), -]* 0x[0-9a-f]+ of .* by ")
_OURS = re.compile(r"^ *(dma_fence\w*\+|.* \[(drm_jobqueue|jobqueue|jq|vcsf|vpanthor)\w*\]$)")


def _not_our_race(log, i):
    """Whether line I of LOG begins a report about code of the kernel."""
    if not _RACE.search(log[i]):
        return False
    lines = [bare(line) for line in log[i + 1:i + 80]]
    where = []
    for line, following in zip(lines, lines[1:]):
        if _RACE_END.match(line):
            break
        if _ACCESS.match(line):
            where.append(following)
    return len(where) == 2 and not any(_OURS.match(frame) for frame in where)


def find(log):
    """Return the indices of the lines of LOG that are complaints."""
    return [
        i for i, line in enumerate(log)
        if _COMPLAINT.search(line) and not _BENIGN.search(bare(line))
        and not _not_our_race(log, i)
    ]


# Faults of the emulator, seen with QEMU 7.2 on busy machines: a processor executes the
# breakpoint that the kernel places in its own code during a patch, after the patch is
# complete; or a processor single-steps kernel code, for which the kernel's comment at
# that place suspects QEMU, too. Neither our code nor the tests have an INT3 or set the
# trap flag.
_EMULATOR = re.compile(r"Oops: int3: |WARNING: .* exc_debug_kernel\+")


def emulator(log):
    """Return the first complaint in LOG if the emulator caused it, else ""."""
    found = find(log)
    first = bare(log[found[0]]).strip() if found else ""
    return first if _EMULATOR.search(first) else ""


def excerpt(log, before=3, after=45):
    """Return the first complaint in LOG with its context, [] if there is none."""
    found = find(log)
    if not found:
        return []
    return log[max(0, found[0] - before):found[0] + after]


# Messages carry the name of the device or of a module.
_SAID = re.compile(r" vcsf-mali: |\b(drm_jobqueue|vcsf|vpanthor): ")


def said(log, last=20):
    """Return the LAST messages of the modules in LOG.

    A GPU reset, for example, is no complaint, but it may explain why a test failed.
    """
    return [line for line in log if _SAID.search(line)][-last:]
