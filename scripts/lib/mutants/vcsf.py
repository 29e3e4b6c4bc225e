# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Mutants of the GPU: see __init__.py."""

MUTANTS = {
    # The GPU: doorbells, time slices
    "doorbell-not-passed-on": (
        "drivers/vcsf/engine/doorbell.c",
        "\t} else {\n\t\tvcsf_engine_wake(hw);\n\t}\n",
        "\t}\n"),
    "doorbell-in-locked-region": (
        "drivers/vcsf/engine/doorbell.c",
        " &&\n\t       !hw->mmu->as[VCSF_MCU_AS].locked;",
        ";"),
    "watchdog-does-nothing": (
        "drivers/vcsf/engine/watchdog.c",
        "needed && engine->asleep_changes == engine->asleep_changes_seen &&",
        "needed && !hw->events.task &&"),
    "watchdog-for-events-only": (
        "drivers/vcsf/engine/thread.c",
        "\tvcsf_engine_wake(container_of(timer, struct vcsf_engine, alarm)->hw);\n",
        "\twake_up_process(container_of(timer, struct vcsf_engine, alarm)"
        "->hw->events.task);\n"),
    "watchdog-in-locked-region": (
        "drivers/vcsf/engine/watchdog.c",
        " && !hw->mmu->as[VCSF_MCU_AS].locked;",
        ";"),
    "watchdog-during-injection": (
        "drivers/vcsf/engine/watchdog.c",
        "!READ_ONCE(hw->inject->armed) && ",
        ""),
    "slice-for-the-first": (
        "drivers/vcsf/engine/slice.c",
        "bool fair = hw->engine->slices % VCSF_FAIR_SLICES == 0;",
        "bool fair = false;"),
    # The GPU: streams
    "call-one-less": (
        "drivers/vcsf/isa/isa_flow.c",
        "if (cs->frame >= &cs->frames[frames - 1])",
        "if (cs->frame >= &cs->frames[frames - 2])"),
    "wait-le-is-lt": (
        "drivers/vcsf/isa/isa_sync.c",
        ": seqno <= ref;",
        ": seqno < ref;"),
    "sync-without-status": (
        "drivers/vcsf/isa/deferred.c",
        "op->error != CSF_EXC_OK);",
        "0);"),
    "sync-wakes-own-group": (
        "drivers/vcsf/isa/deferred.c",
        "\t\tmcu->sync_wake = ~0U;\n",
        "\t\tmcu->sync_wake |= BIT(cs->csg->id);\n"),
    "scoreboard-does-not-count": (
        "drivers/vcsf/isa/scoreboard.c",
        "\tif (--cs->scoreboard[entry])\n\t\treturn;\n",
        "\tcs->scoreboard[entry] = 0;\n"),
    # The GPU: suspended groups
    "suspend-loses-progress": (
        "drivers/vcsf/fw/suspend.c",
        "\ts->progress = cs->progress;\n",
        ""),
    "suspend-loses-fault": (
        "drivers/vcsf/fw/suspend.c",
        "\t\tcs->events |= CSF_CS_FAULT;\n",
        "\t\treturn;\n"),
    "resume-loses-waits": (
        "drivers/vcsf/isa/scoreboard.c",
        "\t\tcs->deferred[i].wait = ops[i].wait & cs->busy;\n",
        "\t\tcs->deferred[i].wait &= cs->busy;\n"),
    # The GPU: memory, interrupts
    "read-only-is-writable": (
        "drivers/vcsf/mmu/walk.c",
        "bool readonly = (pte & CSF_PTE_READONLY) ||\n\t\t\t(limits &",
        "bool readonly = ((pte & 0) ||\n\t\t\tlimits &"),
    "unlock-keeps-tlb": (
        "drivers/vcsf/mmu/mmu.c",
        "\tvcsf_as_invalidate(as, as->lock_start, as->lock_last);\n",
        "\tvcsf_as_invalidate(as, 1, 0);\n"),
    "unlock-wakes-no-stream": (
        "drivers/vcsf/mmu/mmu.c",
        "\tif (as->locked)\n\t\tvcsf_event_raise(hw, VCSF_EVENT_UNLOCK);\n",
        ""),
    "level-is-an-edge": (
        "drivers/vcsf/regs/irq.c",
        "\tline->unmasked = unmasked;\n"
        "\tvcsf_line_update(line, line->rawstat, line->mask);\n",
        "\tline->unmasked = unmasked;\n"),
    # The semantics of shaders
    "shader-loses-carry": (
        "drivers/vcsf/shader/alu_add.c",
        "\t\tu64 a = vsh_get64(x, 0, l), sum = a + vsh_get64(x, 1, l);\n",
        "\t\tu64 a = vsh_get64(x, 0, l), b = vsh_get64(x, 1, l);\n"
        "\t\tu64 sum = ((a >> 32) + (b >> 32)) << 32 | (u32)(a + b);\n"),
    "shader-rounds-to-zero-downwards": (
        "drivers/vcsf/shader/fp.c",
        "(mode == VSH_ROUND_ZERO && value > 0);",
        "mode == VSH_ROUND_ZERO;"),
    "shader-rounds-twice": (
        "drivers/vcsf/shader/fp.c",
        "\tif (any[0] | any[1]) {\n",
        "\tif (false && any[0]) {\n"),
    "shader-alpha-is-srgb": (
        "drivers/vcsf/shader/texel.c",
        "\t\tif (t->srgb && i != t->order[3])\n",
        "\t\tif (t->srgb)\n"),
    "shader-buffer-has-no-end": (
        "drivers/vcsf/shader/memory.c",
        "\tif (offset >= size)\n\t\taddress |= VSH_NOWHERE;\n",
        ""),
    "shader-does-not-reconverge": (
        "drivers/vcsf/shader/run.c",
        "\tif (insn->flow == VSH_FLOW_RECONVERGE && w->active != w->live) {\n",
        "\tif (false) {\n"),
    "shader-ignores-barriers": (
        "drivers/vcsf/shader/run.c",
        "\t\tif (w->state == VSH_WARP_READY)\n\t\t\tw->state = VSH_WARP_BARRIER;\n",
        ""),
    "shader-address-has-32-bits": (
        "drivers/vcsf/shader/memory.c",
        "\treturn (lo | (u64)hi << 32) + (s64)insn->imm;\n",
        "\treturn (u64)hi << 32 | (u32)(lo + insn->imm);\n"),
    "shader-window-of-two-pages": (
        "drivers/vcsf/shader/memory.c",
        "\tif (va - window->page < VSH_PAGE && window->host)\n",
        "\tif (va - window->page < 2 * VSH_PAGE && window->host)\n"),
    "shader-result-reaches-other-lanes": (
        "drivers/vcsf/shader/decode.c",
        "\t\t\t insn->alu != vsh_clper_i32 && insn->alu != vsh_clper_s32 &&\n",
        ""),
    "shader-wait-is-skipped": (
        "drivers/vcsf/shader/decode.c",
        "\tinsn->plain = !flow;\n",
        "\tinsn->plain = flow <= VSH_FLOW_WAIT;\n"),
}
