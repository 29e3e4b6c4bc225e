# SPDX-License-Identifier: GPL-2.0 OR MIT
"""What in a kernel log makes a test run fail, whatever the tests say."""

import re

# Each pattern is the first line of a report. Call traces alone are none: fault
# injection and sysrq print those by request.
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
    # Said once by any kernel that loads a module from elsewhere.
    r"loading out-of-tree module taints kernel"
    r"|module verification failed"
    # Debugging aids that do without, when a test lets their allocations fail.
    r"|kmemleak: Cannot allocate a scan area"
    r"|DMA-API: cacheline tracking ENOMEM"
    # The KUnit parser's own words for a passed case.
    r"|^\s*(# |ok \d|not ok \d)"
)
_STAMP = re.compile(r"^(<\d+>)?\[ *\d+\.\d+\](\[ *[TC]\d+\])? ?")


def bare(line):
    """LINE without the time stamp that printk puts before it."""
    return _STAMP.sub("", line)


# A race is ours if one of the two accesses is in a module of ours or, since it
# is ours to call it rightly, in dma_fence. The kernel has others of its own,
# above all where it counts things.
_RACE = re.compile(r"BUG: KCSAN: (data-race|assert)")
_RACE_END = re.compile(r"^=+$")
_ACCESS = re.compile(r"^[a-z-]*(read|write)[a-z(), -]* 0x[0-9a-f]+ of .* by ")
_OURS = re.compile(r"^ *(dma_fence\w*\+|.* \[(drm_jobqueue|jobqueue|jq|vcsf|vpanthor)\w*\]$)")


def _not_our_race(log, i):
    """Whether line I of LOG begins a report about others' code."""
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
    """Indices of the lines of LOG that are complaints."""
    return [
        i for i, line in enumerate(log)
        if _COMPLAINT.search(line) and not _BENIGN.search(bare(line))
        and not _not_our_race(log, i)
    ]


# What only the emulator can have done, seen with QEMU 7.2 on busy machines: a
# processor that runs the breakpoint which a patch of the kernel's code had in its
# place for a moment, after the patch was over; and one that single-steps kernel code,
# of which the kernel's own comment there suspects QEMU. No code of ours, and none that
# the tests run, has an INT3 or touches the trap flag.
_EMULATOR = re.compile(r"Oops: int3: |WARNING: .* exc_debug_kernel\+")


def emulator(log):
    """The first complaint in LOG if it is of the emulator's making, else ""."""
    found = find(log)
    first = bare(log[found[0]]).strip() if found else ""
    return first if _EMULATOR.search(first) else ""


def excerpt(log, before=3, after=45):
    """The first complaint in LOG with what surrounds it, [] if there is none."""
    found = find(log)
    if not found:
        return []
    return log[max(0, found[0] - before):found[0] + after]


# The GPU's name stands in what the driver says, the modules' in what they do.
_SAID = re.compile(r" vcsf-mali: |\b(drm_jobqueue|vcsf|vpanthor): ")


def said(log, last=20):
    """What the modules said in LOG, its LAST lines: a driver that resets its GPU
    has nothing to complain of, but who looks why a test failed wants to know."""
    return [line for line in log if _SAID.search(line)][-last:]
