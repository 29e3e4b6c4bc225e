# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Slots, streams, address spaces, firmware, power and clock."""

from . import names
from .events import GAP
from .model import (CORES, FIRMWARE, MMU, POWER, SLOTS, STREAMS, Counter, Mark, Slice, Track)

_STREAM_KINDS = {"ready": "ready", "empty": "empty", "stopped": None, "faulted": "fault",
                 "fatal": "fault", "hung": "fault"}

# What a job has not begun while a core works on a part of it
_CORE_LEFT = {"compute": "workgroups", "fragment": "tiles", "tiler": "bytes of geometry"}


class Spans:
    """Tracks whose state changes: a slice ends where the next one begins."""

    def __init__(self):
        self.tracks = {}
        self.open = {}  # key of a track: Slice

    def track(self, key, group, name):
        """Return the track KEY, new if there is none."""
        if key not in self.tracks:
            self.tracks[key] = Track(group, name, key=key)
        return self.tracks[key]

    def begin(self, track, time, name, kind, detail=""):
        """End the open slice of TRACK and begin one."""
        self.finish(track, time)
        self.open[track.key] = Slice(time, time, name, kind, detail)

    def finish(self, track, time):
        """End the open slice of TRACK, if it has one."""
        item = self.open.pop(track.key, None)
        if item:
            item.end = time
            track.add(item)

    def close(self, time):
        """End all open slices."""
        for key in list(self.open):
            self.finish(self.tracks[key], time)


class Hardware:
    """Takes the events of vpanthor and vcsf that are not about jobs."""

    def __init__(self):
        self.spans = Spans()
        self.marks = []
        self.clock = Counter(POWER, "clock", "MHz")
        self.pending = {}  # block of the firmware interface: {bit: time of request}
        self.on_slot = {}  # group: [(begin, end, slot)]
        self._slots = {}  # slot: (group, begin)

    def handlers(self):
        """Return {name of an event: function of time and event}."""
        found = {
            name: getattr(self, "_" + name.split("_", 1)[1]) for name in (
                "vpanthor_group_on", "vpanthor_group_off", "vpanthor_group_end",
                "vpanthor_as_on", "vpanthor_as_off", "vpanthor_as_command",
                "vpanthor_vm_bind", "vpanthor_heap_grow", "vpanthor_bo_evict",
                "vpanthor_bo_restore", "vpanthor_reset_begin", "vpanthor_reset_end",
                "vpanthor_power", "vpanthor_stream_error", "vcsf_doorbell",
                "vcsf_request", "vcsf_ack", "vcsf_irq", "vcsf_slot", "vcsf_stream",
                "vcsf_core_begin", "vcsf_core_end",
                "vcsf_instr", "vcsf_stale", "vcsf_injected", "devfreq_frequency")}
        found["vpanthor_mmu_fault"] = self._driver_mmu_fault
        found["vcsf_mmu_fault"] = self._gpu_mmu_fault
        found["vcsf_fault"] = self._gpu_fault
        found[GAP] = self._gap
        return found

    def finish(self, end):
        """End what is still open at the time END; returns the tracks."""
        self.spans.close(end)
        for slot, (group, begin) in self._slots.items():
            self.on_slot.setdefault(group, []).append((begin, end, slot))
        return [track for track in self.spans.tracks.values() if not track.empty()]

    def stream_states(self):
        """Return {(slot, stream): [(start, end, state)]}."""
        return {key[1:]: [(item.start, item.end, item.name)
                          for item in track.lanes[0].slices]
                for key, track in self.spans.tracks.items() if key[0] == "stream"}

    def _event(self, key, group, track, time, name, detail="", kind="event"):
        # pylint: disable=too-many-arguments
        self.spans.track(key, group, track).add(Slice(time, time, name, kind, detail))

    # Groups and slots

    def _slot_track(self, slot):
        return self.spans.track(("slot", slot), SLOTS, f"slot {slot}")

    def _group_on(self, time, event):
        slot, group = event.number("slot"), event.number("group")
        flags = names.flags(names.GROUP_FLAGS, event.number("flags"))
        self.spans.begin(self._slot_track(slot), time, f"group {group}", "group",
                         f"address space of VM {event.number('vm')}, priority"
                         f" {event.number('priority')}, flags {flags or 'none'}")
        self._leave(time, slot)
        self._slots[slot] = group, time

    def _leave(self, time, slot):
        if slot in self._slots:
            group, begin = self._slots.pop(slot)
            self.on_slot.setdefault(group, []).append((begin, time, slot))

    def _group_off(self, time, event):
        slot = event.number("slot")
        if slot in self._slots:
            self.spans.finish(self._slot_track(slot), time)
            self._leave(time, slot)

    def _group_end(self, time, event):
        flags = names.flags(names.GROUP_FLAGS, event.number("flags"))
        group = event.number("group")
        self._event("groups", SLOTS, "ends of groups", time, f"group {group} ends",
                    f"flags {flags or 'none'}")
        bad = set(flags.split("|")) & {"timedout", "fatal", "lost", "stuck"}
        if bad:
            self.marks.append(Mark(time, "fault", f"group {group} ends: "
                                   + ", ".join(sorted(bad)), f"flags {flags}"))

    def _slot(self, time, event):
        self._event("gpu-slots", SLOTS, "GPU", time,
                    f"slot {event.number('csg')}: "
                    + names.of(names.CSG_STATES, event.number("state")),
                    f"address space {event.number('as')}, priority"
                    f" {event.number('priority')}")

    def _stream(self, time, event):
        csg, cs = event.number("csg"), event.number("cs")
        track = self.spans.track(("stream", csg, cs), STREAMS, f"slot {csg} stream {cs}")
        state = names.of(names.STREAM_STATES, event.number("to"))
        if not track.lanes[0].slices and track.key not in self.spans.open:
            before = names.of(names.STREAM_STATES, event.number("from"))
            if _STREAM_KINDS.get(before, "wait"):
                self.spans.begin(track, 0, before, _STREAM_KINDS.get(before, "wait"))
        kind = _STREAM_KINDS.get(state, "wait")
        if kind:
            self.spans.begin(track, time, state, kind, f"pc 0x{event.number('pc'):x}")
        else:
            self.spans.finish(track, time)

    def _core_track(self, event):
        name = "tiler" if names.of(names.UNITS, event.number("unit")) == "tiler" else "core"
        number = event.number("core")
        return self.spans.track((name, number), CORES, f"{name} {number}")

    def _core_begin(self, time, event):
        unit = names.of(names.UNITS, event.number("unit"))
        csg, cs, left = (event.number(name) for name in ("csg", "cs", "left"))
        what = _CORE_LEFT.get(unit, "")
        self.spans.begin(self._core_track(event), time, f"slot {csg} stream {cs}", "core",
                         f"{unit}, {left} {what} not begun yet")

    def _core_end(self, time, event):
        self.spans.finish(self._core_track(event), time)

    def _instr(self, time, event):
        csg, cs = event.number("csg"), event.number("cs")
        self._event(("instructions", csg, cs), STREAMS, f"slot {csg} stream {cs}"
                    " instructions", time, f"{event.number('ins'):016x}",
                    f"pc 0x{event.number('pc'):x}")

    # Faults and injections

    def _mark(self, time, kind, name, detail):
        self.marks.append(Mark(time, kind, name, detail))

    def _stream_error(self, time, event):
        kind = names.of(names.EXCEPTIONS, event.number("type"))
        group, queue = event.number("group"), event.number("queue")
        fatal = "fatal error" if event.number("fatal") else "fault"
        self._mark(time, "fault", f"{kind} of group {group} queue {queue}",
                   f"{fatal} reported to the driver, info 0x{event.number('info'):x}")

    def _driver_mmu_fault(self, time, event):
        self._mark(time, "fault", f"MMU fault in address space {event.number('as')}",
                   f"status 0x{event.number('status'):x}, address"
                   f" 0x{event.number('address'):x}, read by the driver")

    def _gpu_mmu_fault(self, time, event):
        kind = names.of(names.EXCEPTIONS, event.number("type"))
        access = names.of(names.ACCESSES, event.number("access"))
        self._mark(time, "fault", f"{kind} in address space {event.number('as')}",
                   f"{access} of 0x{event.number('va'):x}, found by the GPU")

    def _gpu_fault(self, time, event):
        kind = names.of(names.EXCEPTIONS, event.number("type"))
        fatal = "fatal error" if event.number("fatal") else "fault"
        self._mark(time, "fault", f"{kind} of slot {event.number('csg')} stream"
                   f" {event.number('cs')}", f"{fatal}, info 0x{event.number('info'):x},"
                   f" pc 0x{event.number('pc'):x}")

    def _stale(self, time, event):
        self._mark(time, "fault", f"stale translation of 0x{event.number('va'):x}",
                   event.text("why"))

    def _injected(self, time, event):
        self._mark(time, "inject", f"injected: {event.text('name')}", "")

    def _gap(self, time, event):
        self._mark(time, "lost", f"{event.number('count')} events of CPU {event.cpu} lost",
                   "what is shown around here may be wrong")

    # Memory

    def _as_track(self, number):
        return self.spans.track(("as", number), MMU, f"address space {number}")

    def _as_on(self, time, event):
        self.spans.begin(self._as_track(event.number("as")), time,
                         f"VM {event.number('vm')}", "vm")

    def _as_off(self, time, event):
        self.spans.finish(self._as_track(event.number("as")), time)

    def _as_command(self, time, event):
        error = event.number("error")
        name = names.of(names.AS_COMMANDS, event.number("command"))
        self._event("as-commands", MMU, "MMU commands", time, name,
                    f"address space {event.number('as')}"
                    + (f", error {names.error(error)}" if error else ""),
                    "fault" if error else "event")

    def _vm_bind(self, time, event):
        error = event.number("error")
        prot = names.flags(names.PROT_FLAGS, event.number("prot"))
        self._event("vm-bind", MMU, "VM_BIND", time,
                    "map" if event.number("map") else "unmap",
                    f"VM {event.number('vm')}, address 0x{event.number('va'):x}, size"
                    f" 0x{event.number('size'):x}" + (f", {prot}" if prot else "")
                    + (f", error {names.error(error)}" if error else ""),
                    "fault" if error else "event")

    def _heap_grow(self, time, event):
        chunk = event.number("chunk")
        self._event("heaps", MMU, "tiler heaps", time, "chunk" if chunk else "refused",
                    f"VM {event.number('vm')}, heap 0x{event.number('heap'):x}")

    def _bo_evict(self, time, event):
        self._event("buffers", MMU, "buffers", time, "evict",
                    f"{event.number('size')} bytes")

    def _bo_restore(self, time, event):
        self._event("buffers", MMU, "buffers", time, "restore",
                    f"{event.number('size')} bytes")

    # Power and clock

    def _reset_begin(self, time, event):
        track = self.spans.track("reset", POWER, "reset")
        self.spans.begin(track, time, "reset", "fault")
        self._mark(time, "reset", "GPU reset begins", f"reset {event.number('count')}")

    def _reset_end(self, time, event):
        self.spans.finish(self.spans.track("reset", POWER, "reset"), time)
        error = event.number("error")
        self._mark(time, "reset", "GPU reset ends",
                   f"error {names.error(error)}, the GPU is lost" if error else "")

    def _power(self, time, event):
        track = self.spans.track("power", POWER, "power")
        name = names.of(names.POWER_EVENTS, event.number("event"))
        error = event.number("error")
        if error:
            self._event("power-failed", POWER, "failed power changes", time, name,
                        f"error {names.error(error)}")
        elif name == "suspend":
            self.spans.begin(track, time, "off", "empty")
        else:
            self.spans.begin(track, time, "on", "power", f"by {name}")

    def _frequency(self, time, event):
        if not self.clock.points:
            self.clock.set(0, event.number("prev_freq") // 10 ** 6)
        self.clock.set(time, event.number("freq") // 10 ** 6)

    # Firmware

    def _doorbell(self, time, event):
        number = event.number("doorbell")
        self._event("doorbells", FIRMWARE, "doorbells", time, f"doorbell {number}",
                    f"by {event.comm}-{event.pid}")

    def _irq(self, time, event):
        line = names.of(names.IRQ_LINES, event.number("line"))
        causes, mask = event.number("causes"), event.number("mask")
        self._event(("irq", line), FIRMWARE, f"{line} interrupt", time, f"{causes:08x}",
                    "" if causes & mask else "masked")

    def _block(self, event):
        """Return key, name and bits of the block of the interface that EVENT is about."""
        block, csg, cs = (event.number(name) for name in ("block", "csg", "cs"))
        if block == 0:
            return ("glb",), "interface", names.GLB_BITS
        if block == 1:
            return ("csg", csg), f"interface of slot {csg}", names.CSG_BITS
        return ("cs", csg, cs), f"interface of slot {csg} stream {cs}", names.CS_BITS

    @staticmethod
    def _words(key, event, bits):
        """Return the names of the changed parts of the word of EVENT."""
        changed, word = event.number("changed"), event.number("word")
        parts = []
        if key[0] != "glb" and changed & names.STATE_MASK:
            table = names.CSG_STATES if key[0] == "csg" else names.CS_STATES
            parts.append(names.of(table, word & names.STATE_MASK))
            changed &= ~names.STATE_MASK
        return parts + [names.of(bits, bit) for bit in range(32) if changed >> bit & 1]

    def _request(self, time, event):
        key, _, bits = self._block(event)
        state = self.pending.setdefault(key, [time, 0, []])
        if not state[1]:
            state[0], state[2] = time, []
        state[1] |= event.number("changed")
        state[2] += [name for name in self._words(key, event, bits)
                     if name not in state[2]]

    def _ack(self, time, event):
        key, label, bits = self._block(event)
        track = self.spans.track(("fw", *key), FIRMWARE, label)
        changed = event.number("changed")
        state = self.pending.get(key)
        asked = state[1] & changed if state else 0
        if asked:
            state[1] &= ~changed
            if not state[1]:
                track.add(Slice(max(state[0], track.lanes[0].end), time,
                                " ".join(state[2]), "message", "request until acknowledge"))
        else:
            track.add(Slice(time, time, " ".join(self._words(key, event, bits)), "event",
                            "reported by the firmware"))
