/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_ISA_EXEC_H_
#define _VCSF_ISA_EXEC_H_

#include <linux/types.h>
#include <linux/wordpart.h>

#include <vcsf/csf_isa.h>

#include "group/stream.h"

/*
 * One function per instruction. The interpreter calls it with &vcsf_mmu.lock
 * held, the program counter behind the instruction and the register operands
 * checked.
 */
typedef enum vcsf_step (*vcsf_exec_fn)(struct vcsf_cs *cs, u64 ins);

/* Registers: isa_alu.c */
enum vcsf_step vcsf_exec_nop(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_move48(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_move32(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_add_imm32(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_add_imm64(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_umin32(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_set_sb_entry(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_error_barrier(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_trace_point(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_prot_region(struct vcsf_cs *cs, u64 ins);

/* Flow of control: isa_flow.c */
bool vcsf_cs_return(struct vcsf_cs *cs);
enum vcsf_step vcsf_exec_branch(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_call(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_jump(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_wait(struct vcsf_cs *cs, u64 ins);

/* Memory: isa_mem.c */
enum vcsf_step vcsf_exec_load_multiple(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_store_multiple(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_flush_cache2(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_store_state(struct vcsf_cs *cs, u64 ins);

/* Work for cores: isa_run.c */
enum vcsf_step vcsf_exec_req_resource(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_run_compute(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_run_fragment(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_run_idvs(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_run_fullscreen(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_finish_tiling(struct vcsf_cs *cs, u64 ins);

/* Tiler heap: isa_heap.c */
enum vcsf_step vcsf_exec_heap_set(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_heap_operation(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_finish_fragment(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_set_exception_handler(struct vcsf_cs *cs, u64 ins);

/* Synchronisation: isa_sync.c */
enum vcsf_step vcsf_exec_sync_write(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_sync_wait(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_progress_store(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_progress_load(struct vcsf_cs *cs, u64 ins);
enum vcsf_step vcsf_exec_progress_wait(struct vcsf_cs *cs, u64 ins);

static inline enum csf_opcode vcsf_opcode(u64 ins)
{
	return csf_get(ins, CSF_F_OPCODE);
}

static inline unsigned int vcsf_dst(u64 ins)
{
	return csf_get(ins, CSF_F_DST);
}

static inline unsigned int vcsf_src(u64 ins)
{
	return csf_get(ins, CSF_F_SRC);
}

static inline unsigned int vcsf_src2(u64 ins)
{
	return csf_get(ins, CSF_F_SRC2);
}

static inline s64 vcsf_offset16(u64 ins)
{
	return (s16)csf_get(ins, CSF_F_OFFSET16);
}

static inline u64 vcsf_reg64(const struct vcsf_cs *cs, unsigned int reg)
{
	return cs->regs[reg] | (u64)cs->regs[reg + 1] << 32;
}

static inline void vcsf_set_reg64(struct vcsf_cs *cs, unsigned int reg,
				  u64 value)
{
	cs->regs[reg] = lower_32_bits(value);
	cs->regs[reg + 1] = upper_32_bits(value);
}

static inline bool vcsf_sync_is64(u64 ins)
{
	return vcsf_opcode(ins) >= CSF_OP_SYNC_ADD64;
}

static inline u64 vcsf_sync_status_addr(u64 ins, u64 addr)
{
	return addr + (vcsf_sync_is64(ins) ?
			       offsetof(struct csf_sync64, status) :
			       offsetof(struct csf_sync32, status));
}

static inline enum vcsf_step vcsf_invalid(struct vcsf_cs *cs, u64 ins)
{
	return vcsf_cs_fatal(cs, CSF_EXC_CS_INVALID_INSTRUCTION, ins);
}

#endif /* _VCSF_ISA_EXEC_H_ */
