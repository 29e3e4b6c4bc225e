# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Names of the numbers in trace events. A test compares them with the sources."""

import errno

STREAM_STATES = ("stopped", "ready", "empty", "wait_sb", "wait_sync", "wait_progress",
                 "wait_protm", "wait_resource", "stalled", "hung", "faulted", "fatal")
# What a stream in one of these states waits for
STREAM_WAITS = {
    "wait_sb": "scoreboards (work in flight)",
    "wait_sync": "a sync object",
    "wait_progress": "the progress counter of another stream",
    "wait_protm": "protected mode",
    "wait_resource": "power of the cores",
    "stalled": "a locked region of the MMU",
    "hung": "nothing: an injected hang",
    "faulted": "the driver, after a fault",
}
# What a shader core or a tiler executes
UNITS = ("none", "compute", "fragment", "tiler")
CSG_STATES = ("terminate", "start", "suspend", "resume")
CS_STATES = ("stop", "start")
GROUP_FLAGS = ("kicked", "idle", "blocked", "starved", "timedout", "fatal", "destroyed",
               "stuck", "lost", "dead", "dumped")
PROT_FLAGS = ("readonly", "noexec", "uncached")
POWER_EVENTS = ("suspend", "resume", "restart")
IRQ_LINES = ("job", "mmu", "gpu")
AS_COMMANDS = {0: "nop", 1: "update", 2: "lock", 3: "unlock", 4: "flush_pt", 5: "flush_mem"}

ACCESSES = ("atomic", "execute", "read", "write")

# Bits of the request and acknowledge words
GLB_BITS = {0: "halt", 1: "cfg_progress_timer", 2: "cfg_alloc_en", 3: "cfg_poweroff_timer",
            4: "protm_enter", 5: "perfcnt_en", 6: "perfcnt_sample", 7: "counter_en",
            8: "ping", 9: "fwcfg_update", 10: "idle_en", 12: "sleep", 20: "inactive_compute",
            21: "inactive_fragment", 22: "inactive_tiler", 23: "protm_exit",
            24: "perfcnt_threshold", 25: "perfcnt_overflow", 26: "idle"}
CSG_BITS = {4: "ep_cfg", 5: "status_update", 28: "sync_update", 29: "idle", 30: "doorbell",
            31: "progress_timer"}
CS_BITS = {4: "extract_event", 8: "idle_sync_wait", 9: "idle_protm_pending",
           10: "idle_empty", 11: "idle_resource_req", 26: "tiler_oom", 27: "protm_pending",
           30: "fatal", 31: "fault"}
# The three lowest bits of the words of a group and of a stream are a state.
STATE_MASK = 7

EXCEPTIONS = {
    0x00: "OK", 0x04: "TERMINATED", 0x05: "KABOOM", 0x06: "EUREKA", 0x08: "ACTIVE",
    0x0f: "CS_RES_TERM", 0x40: "CS_CONFIG_FAULT", 0x41: "CS_UNRECOVERABLE",
    0x44: "CS_ENDPOINT_FAULT", 0x48: "CS_BUS_FAULT", 0x49: "CS_INSTR_INVALID",
    0x4a: "CS_CALL_STACK_OVERFLOW", 0x4b: "CS_INHERIT_FAULT", 0x50: "INSTR_INVALID_PC",
    0x51: "INSTR_INVALID_ENC", 0x55: "INSTR_BARRIER_FAULT", 0x58: "DATA_INVALID_FAULT",
    0x59: "TILE_RANGE_FAULT", 0x5a: "ADDR_RANGE_FAULT", 0x5b: "IMPRECISE_FAULT", 0x60: "OOM",
    0x68: "CSF_FW_INTERNAL_ERROR", 0x69: "CSF_RES_EVICTION_TIMEOUT", 0x80: "GPU_BUS_FAULT",
    0x88: "GPU_SHAREABILITY_FAULT", 0x89: "SYS_SHAREABILITY_FAULT",
    0x8a: "GPU_CACHEABILITY_FAULT", 0xc0: "TRANSLATION_FAULT_0", 0xc1: "TRANSLATION_FAULT_1",
    0xc2: "TRANSLATION_FAULT_2", 0xc3: "TRANSLATION_FAULT_3", 0xc4: "TRANSLATION_FAULT_4",
    0xc8: "PERM_FAULT_0", 0xc9: "PERM_FAULT_1", 0xca: "PERM_FAULT_2", 0xcb: "PERM_FAULT_3",
    0xd9: "ACCESS_FLAG_1", 0xda: "ACCESS_FLAG_2", 0xdb: "ACCESS_FLAG_3",
    0xe0: "ADDR_SIZE_FAULT_IN", 0xe4: "ADDR_SIZE_FAULT_OUT0", 0xe5: "ADDR_SIZE_FAULT_OUT1",
    0xe6: "ADDR_SIZE_FAULT_OUT2", 0xe7: "ADDR_SIZE_FAULT_OUT3", 0xe8: "MEM_ATTR_FAULT_0",
    0xe9: "MEM_ATTR_FAULT_1", 0xea: "MEM_ATTR_FAULT_2", 0xeb: "MEM_ATTR_FAULT_3",
}


def error(number):
    """Return the name of a negative errno, "0" for none."""
    return errno.errorcode.get(-number, str(number)) if number else "0"


def of(table, number):
    """Return the name of NUMBER in a tuple or dict, the number as text without one."""
    if isinstance(table, dict):
        return table.get(number, str(number))
    return table[number] if 0 <= number < len(table) else str(number)


def flags(table, number):
    """Return the names of the bits of NUMBER, joined by "|"."""
    return "|".join(of(table, bit) for bit in range(number.bit_length())
                    if number >> bit & 1)
