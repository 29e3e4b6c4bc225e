// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * All opcodes: for each, an instruction with its disassembly and its effects.
 *
 * A row sets all fields of an instruction and lists the registers, stream state and
 * memory to examine after it. The test fails for an opcode, or a field of one, that
 * no row covers.
 */

#include <linux/bitfield.h>

#include <vcsf/csf_desc.h>
#include <vcsf/csf_disasm.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "isa/exec.h"
#include "regs/ctl.h"
#include "stream.h"

/* Registers with the address of data, address and size of a buffer to call, a value */
#define ADDR		10
#define CALLEE		12
#define CALLEE_SIZE	14
#define VALUE		16
#define VALUE_64	(0x11100000110ULL)

/* All other registers, and the words of the data page, are set from their index. */
#define REG_VALUE(n)	(0x100 + (n))
#define PAIR(value)	((value) * 0x100000001ULL + BIT_ULL(32))

/* Offsets in the data page */
#define HEAP		0x100
#define TILER		0x400
#define CALLED		0x800

#define PROGRESS	0x123456789ULL
#define FLUSH_ID	10

/* Number of workgroups and of vertices, from the registers that hold the factors */
#define GROUPS		((u64)REG_VALUE(37) * REG_VALUE(38) * REG_VALUE(39))
#define VERTICES	((u64)REG_VALUE(33) * REG_VALUE(34))

/**
 * struct vcsf_opcode_expect - expected value in a place
 * @at: offset in the stream, in the data page (IN_MEMORY) or in the GPU (IN_GPU)
 * @size: size in bytes, zero for an unused entry
 * @value: expected value
 */
struct vcsf_opcode_expect {
	u32 at;
	u32 size;
	u64 value;
};

#define IN_MEMORY	BIT(28)
#define IN_CTL		BIT(29)

#define REG(n, _value) \
	{ offsetof(struct vcsf_cs, regs) + 4 * (n), 4, (_value) }
#define CS(member, size, _value) \
	{ offsetof(struct vcsf_cs, member), (size), (_value) }
#define CS8(member, _value)	CS(member, 1, _value)
#define CS16(member, _value)	CS(member, 2, _value)
#define CS32(member, _value)	CS(member, 4, _value)
#define CS64(member, _value)	CS(member, 8, _value)
#define JOB8(member, _value)	CS8(deferred[0].member, _value)
#define JOB64(member, _value)	CS64(deferred[0].member, _value)
#define MEM32(offset, _value)	{ IN_MEMORY | (offset), 4, (_value) }
#define MEM64(offset, _value)	{ IN_MEMORY | (offset), 8, (_value) }
#define CTL32(member, _value) \
	{ IN_CTL | offsetof(struct vcsf_ctl, member), 4, (_value) }

/**
 * struct vcsf_opcode_row - test of an instruction
 * @ins: instruction word
 * @text: expected disassembly
 * @before: preceding instructions, zero is NOP
 * @after: following instructions
 * @error: pending error of the stream
 * @state: expected state of the stream at the end
 * @expect: other expected values
 */
struct vcsf_opcode_row {
	u64 ins;
	const char *text;
	u64 before[4];
	u64 after[2];
	u8 error;
	enum vcsf_cs_state state;
	struct vcsf_opcode_expect expect[6];
};

struct vcsf_opcodes {
	struct kunit *test;
	struct vcsf_stream f;
	/* For each opcode, all bits that are set in any tested word of it */
	u64 bits[256];
	u64 seen[4];
};

static void vcsf_opcode_prepare(struct vcsf_opcodes *o,
				const struct vcsf_opcode_row *row)
{
	struct vcsf_cs *cs = o->f.cs;
	unsigned int i;

	vcsf_cs_reset(cs);
	for (i = 0; i < CSF_CS_REG_COUNT; i++)
		cs->regs[i] = REG_VALUE(i);
	cs->regs[ADDR] = DATA;
	cs->regs[ADDR + 1] = 0;
	cs->regs[CALLEE] = DATA + CALLED;
	cs->regs[CALLEE + 1] = 0;
	cs->regs[CALLEE_SIZE] = 8;
	cs->regs[CSF_REG_TILER_CONTEXT] = DATA + TILER;
	cs->regs[CSF_REG_TILER_CONTEXT + 1] = 0;
	cs->progress = PROGRESS;
	cs->error = row->error;
	o->f.host->hw->ctl->flush_id = FLUSH_ID;
	for (i = 0; i < PAGE_SIZE / 4; i++)
		o->f.data[i] = i;
	((u64 *)o->f.data)[CALLED / 8] = csf_move32(60, 1);
}

static u64 vcsf_opcode_read(struct vcsf_opcodes *o,
			    const struct vcsf_opcode_expect *e)
{
	u32 at = e->at & (IN_MEMORY - 1);
	const void *p = (void *)o->f.cs + at;

	if (e->at & IN_MEMORY)
		p = (void *)o->f.data + at;
	if (e->at & IN_CTL)
		p = (void *)o->f.host->hw->ctl + at;
	switch (e->size) {
	case 1:
		return *(u8 *)p;
	case 2:
		return *(u16 *)p;
	case 4:
		return *(u32 *)p;
	default:
		return *(u64 *)p;
	}
}

static void vcsf_opcode_check(struct vcsf_opcodes *o,
			      const struct vcsf_opcode_row *row)
{
	unsigned int op = csf_get(row->ins, CSF_F_OPCODE), i;
	char text[CSF_DISASM_TEXT_MAX];

	csf_disasm(row->ins, text, sizeof(text));
	KUNIT_EXPECT_STREQ(o->test, row->text, text);
	KUNIT_EXPECT_EQ_MSG(o->test, 0, csf_instr_reserved(row->ins), "%s",
			    text);
	KUNIT_EXPECT_TRUE_MSG(o->test, csf_instr_operands_valid(row->ins),
			      "%s", text);
	o->seen[op / 64] |= BIT_ULL(op % 64);
	o->bits[op] |= row->ins;

	vcsf_opcode_prepare(o, row);
	RUN(&o->f, row->before[0], row->before[1], row->before[2],
	    row->before[3], row->ins, row->after[0], row->after[1]);
	KUNIT_EXPECT_EQ_MSG(o->test, row->state, o->f.cs->state, "%s", text);
	for (i = 0; i < ARRAY_SIZE(row->expect); i++)
		if (row->expect[i].size)
			KUNIT_EXPECT_EQ_MSG(o->test, row->expect[i].value,
					    vcsf_opcode_read(o, &row->expect[i]),
					    "%s: %u", text, i);
}

#define CHECK_ENDS(o, _state, ...) do { \
	const struct vcsf_opcode_row row_ = { \
		.state = VCSF_CS_##_state, __VA_ARGS__ \
	}; \
	vcsf_opcode_check(o, &row_); \
} while (0)
#define CHECK(o, ...)	CHECK_ENDS(o, EMPTY, __VA_ARGS__)

/* Scoreboard entry 5 for jobs, and all resources */
#define READY_FOR_JOBS	{ csf_set_sb_entry(5, 1), csf_req_resource(0xf) }

static void vcsf_opcodes_registers(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_nop(), .text = "NOP",
	      .expect = { REG(20, REG_VALUE(20)), CS64(progress, PROGRESS) });
	CHECK(o, .ins = csf_move48(20, 0x123456789abc),
	      .text = "MOVE48 dst=r20:r21 imm=0x123456789abc",
	      .expect = { REG(20, 0x56789abc), REG(21, 0x1234),
			  REG(22, REG_VALUE(22)) });
	CHECK(o, .ins = csf_move32(23, 0xdeadbeef),
	      .text = "MOVE32 dst=r23 imm=0xdeadbeef",
	      .expect = { REG(23, 0xdeadbeef), REG(24, REG_VALUE(24)) });
	CHECK(o, .ins = csf_add_imm32(23, 25, -2),
	      .text = "ADD_IMM32 dst=r23 src=r25 imm=-2",
	      .expect = { REG(23, REG_VALUE(25) - 2),
			  REG(25, REG_VALUE(25)) });
	CHECK(o, .ins = csf_add_imm64(20, VALUE, -0x111),
	      .text = "ADD_IMM64 dst=r20:r21 src=r16:r17 imm=-273",
	      .expect = { REG(20, 0xffffffff), REG(21, 0x110) });
	CHECK(o, .ins = csf_umin32(23, 31, 30),
	      .text = "UMIN32 dst=r23 src0=r31 src1=r30",
	      .expect = { REG(23, REG_VALUE(30)) });
}

static void vcsf_opcodes_memory(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_load_multiple(20, ADDR, 0x8005, 0x40),
	      .text = "LOAD_MULTIPLE base=r20 mask=0x8005 addr=r10:r11 off=+64",
	      .expect = { REG(20, 16), REG(21, REG_VALUE(21)), REG(22, 18),
			  REG(35, 31) });
	CHECK(o, .ins = csf_store_multiple(20, CALLEE, 0x3, -0x40),
	      .text = "STORE_MULTIPLE base=r20 mask=0x3 addr=r12:r13 off=-64",
	      .expect = { MEM64(CALLED - 0x40, PAIR(REG_VALUE(20))),
			  MEM32(CALLED - 0x38, (CALLED - 0x38) / 4) });
	CHECK(o, .ins = csf_flush_cache2(3, 3, 2, 94, 0x80, 5),
	      .text = "FLUSH_CACHE2 l2=clean_inv lsc=clean_inv other=inv id=r94 wait=0x80 slot=5",
	      .expect = { CTL32(flush_id, FLUSH_ID + 1), CS16(busy, 0) });
	CHECK(o, .ins = csf_store_state(ADDR, 0x18, CSF_STATE_ERROR, 0x80, 5),
	      .text = "STORE_STATE state=error addr=r10:r11 off=+24 wait=0x80 slot=5",
	      .error = CSF_EXC_CS_BUS_FAULT,
	      .expect = { MEM64(0x18, CSF_EXC_CS_BUS_FAULT),
			  MEM32(0x20, 8), CS16(busy, 0) });
}

static void vcsf_opcodes_flow(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_wait(0xf0) | CSF_F_PROGRESS_INC,
	      .text = "WAIT mask=0xf0 progress_inc",
	      .expect = { CS64(progress, PROGRESS + 1) });
	CHECK(o, .ins = csf_branch(CSF_COND_NE, 20, 1),
	      .text = "BRANCH cond=ne reg=r20 off=+1",
	      .after = { csf_move32(30, 1), csf_move32(31, 1) },
	      .expect = { REG(30, REG_VALUE(30)), REG(31, 1) });
	CHECK(o, .ins = csf_call(CALLEE, CALLEE_SIZE),
	      .text = "CALL addr=r12:r13 len=r14",
	      .after = { csf_move32(31, 1) },
	      .expect = { REG(60, 1), REG(31, 1) });
	CHECK(o, .ins = csf_jump(CALLEE, CALLEE_SIZE),
	      .text = "JUMP addr=r12:r13 len=r14",
	      .after = { csf_move32(31, 1) },
	      .expect = { REG(60, 1), REG(31, REG_VALUE(31)) });
	CHECK(o, .ins = csf_set_sb_entry(2, 7),
	      .text = "SET_SB_ENTRY endpoint=2 other=7",
	      .expect = { CS8(sb_endpoint, 2), CS8(sb_other, 7) });
}

static void vcsf_opcodes_state(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_req_resource(0xf),
	      .text = "REQ_RESOURCE compute fragment tiler idvs",
	      .expect = { CS8(resources, 0xf) });
	CHECK(o, .ins = csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM,
						  CALLEE, CALLEE_SIZE),
	      .text = "SET_EXCEPTION_HANDLER type=2 addr=r12:r13 len=r14",
	      .expect = { CS64(oom_handler, DATA + CALLED),
			  CS32(oom_handler_size, 8) });
	CHECK(o, .ins = csf_error_barrier(), .text = "ERROR_BARRIER",
	      .error = CSF_EXC_CS_BUS_FAULT, .expect = { CS8(error, 0) });
	CHECK(o, .ins = csf_trace_point(20, 6, 0x80, 5),
	      .text = "TRACE_POINT base=r20 count=6 wait=0x80 slot=5",
	      .expect = { CS16(busy, 0), CS8(deferred_count, 0) });
	CHECK_ENDS(o, WAIT_PROTM,
		   .ins = csf_prot_region(7),
		   .text = "PROT_REGION size=7",
		   .expect = { CS32(wait.status, CSF_CS_WAIT_PROTM),
			       CS32(events, CSF_CS_PROTM_PENDING) });
}

static void vcsf_opcodes_progress(struct vcsf_opcodes *o)
{
	CHECK_ENDS(o, WAIT_PROGRESS,
		   .ins = csf_progress_wait(3, VALUE),
		   .text = "PROGRESS_WAIT queue=3 src=r16:r17",
		   .expect = { CS64(wait.value, VALUE_64),
			       CS32(wait.status, CSF_CS_WAIT_PROGRESS) });
	CHECK(o, .ins = csf_progress_store(VALUE),
	      .text = "PROGRESS_STORE src=r16:r17",
	      .expect = { CS64(progress, VALUE_64) });
	CHECK(o, .ins = csf_progress_load(20),
	      .text = "PROGRESS_LOAD dst=r20:r21",
	      .expect = { REG(20, lower_32_bits(PROGRESS)),
			  REG(21, upper_32_bits(PROGRESS)) });
}

static void vcsf_opcodes_sync32(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_sync_add32(CALLEE, VALUE, 1, CSF_SYNC_SCOPE_GROUP,
				       0x80, 5),
	      .text = "SYNC_ADD32 addr=r12:r13 data=r16 scope=group propagate wait=0x80 slot=5",
	      .expect = { MEM32(CALLED + 4, 0), CS16(busy, 0),
			  MEM32(CALLED, lower_32_bits(csf_move32(60, 1)) +
					REG_VALUE(VALUE)) });
	CHECK(o, .ins = csf_sync_set32(ADDR, VALUE, 1, CSF_SYNC_SCOPE_GROUP,
				       0x80, 5),
	      .text = "SYNC_SET32 addr=r10:r11 data=r16 scope=group propagate wait=0x80 slot=5",
	      .error = CSF_EXC_CS_BUS_FAULT,
	      .expect = { MEM32(0, REG_VALUE(VALUE)), MEM32(4, 1),
			  MEM32(8, 2), CS16(busy, 0) });
	CHECK_ENDS(o, WAIT_SYNC,
		   .ins = csf_sync_wait32(ADDR, VALUE, CSF_COND_GT, 1),
		   .text = "SYNC_WAIT32 addr=r10:r11 cond=gt data=r16 reject",
		   .expect = { CS64(wait.addr, DATA),
			       CS64(wait.value, REG_VALUE(VALUE)),
			       CS32(wait.status, CSF_CS_WAIT_SYNC |
				  FIELD_PREP(CSF_CS_WAIT_SYNC_COND, 1)) });
	/* The condition holds, so that the status of the object is checked. */
	CHECK_ENDS(o, FAULTED,
		   .ins = csf_sync_wait32(ADDR, VALUE, CSF_COND_LE, 0),
		   .text = "SYNC_WAIT32 addr=r10:r11 cond=le data=r16",
		   .expect = { CS8(error, CSF_EXC_CS_INHERIT_FAULT) });
}

static void vcsf_opcodes_sync64(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_sync_add64(ADDR, VALUE, 1, CSF_SYNC_SCOPE_GROUP,
				       0x80, 5),
	      .text = "SYNC_ADD64 addr=r10:r11 data=r16:r17 scope=group propagate wait=0x80 slot=5",
	      .error = CSF_EXC_CS_BUS_FAULT,
	      .expect = { MEM64(0, PAIR(0) + VALUE_64), MEM32(8, 1),
			  MEM32(12, 3), CS16(busy, 0) });
	CHECK(o, .ins = csf_sync_set64(ADDR, VALUE, 1, CSF_SYNC_SCOPE_GROUP,
				       0x80, 5),
	      .text = "SYNC_SET64 addr=r10:r11 data=r16:r17 scope=group propagate wait=0x80 slot=5",
	      .expect = { MEM64(0, VALUE_64), MEM32(8, 0), MEM32(12, 3),
			  CS16(busy, 0) });
	CHECK_ENDS(o, WAIT_SYNC,
		   .ins = csf_sync_wait64(ADDR, VALUE, CSF_COND_GT, 1),
		   .text = "SYNC_WAIT64 addr=r10:r11 cond=gt data=r16:r17 reject",
		   .expect = { CS64(wait.addr, DATA), CS64(wait.value, VALUE_64),
			       CS32(wait.status, CSF_CS_WAIT_SYNC |
				  CSF_CS_WAIT_SYNC_64B |
				  FIELD_PREP(CSF_CS_WAIT_SYNC_COND, 1)) });
	CHECK_ENDS(o, FAULTED,
		   .ins = csf_sync_wait64(ADDR, VALUE, CSF_COND_LE, 0),
		   .text = "SYNC_WAIT64 addr=r10:r11 cond=le data=r16:r17",
		   .expect = { CS8(error, CSF_EXC_CS_INHERIT_FAULT) });
}

static void vcsf_opcodes_heap(struct vcsf_opcodes *o)
{
	const u64 chunk = csf_chunk(DATA, 0x1000);

	CHECK(o, .ins = csf_heap_set(ADDR), .text = "HEAP_SET addr=r10:r11",
	      .expect = { CS64(heap, DATA) });
	CHECK(o, .ins = csf_heap_operation(CSF_HEAP_VT_START, 0, 0),
	      .text = "HEAP_OPERATION op=vt_start",
	      .before = { csf_move48(50, DATA + HEAP), csf_heap_set(50) },
	      .expect = { MEM32(HEAP + 8, HEAP / 4 + 3) });
	CHECK(o, .ins = csf_heap_operation(CSF_HEAP_VT_COMPLETE, 0, 0),
	      .text = "HEAP_OPERATION op=vt_complete",
	      .before = { csf_move48(50, DATA + HEAP), csf_heap_set(50) },
	      .expect = { MEM32(HEAP + 12, HEAP / 4 + 4) });
	CHECK(o, .ins = csf_heap_operation(CSF_HEAP_FRAG_COMPLETE, 0x80, 5),
	      .text = "HEAP_OPERATION op=frag_complete wait=0x80 slot=5",
	      .before = { csf_move48(50, DATA + HEAP), csf_heap_set(50) },
	      .expect = { MEM32(HEAP + 16, HEAP / 4 + 5), CS16(busy, 0) });
	CHECK(o, .ins = csf_finish_fragment(1, 52, 54, 0x80, 5),
	      .text = "FINISH_FRAGMENT first=r52:r53 last=r54:r55 wait=0x80 slot=5 inc",
	      .before = { csf_move48(50, DATA + HEAP), csf_heap_set(50),
			  csf_move48(52, chunk), csf_move48(54, chunk) },
	      .expect = { MEM64(HEAP, chunk), MEM64(0, PAIR(HEAP / 4)),
			  MEM32(HEAP + 16, HEAP / 4 + 5), CS16(busy, 0) });
}

#define SELECT(srt, spd, tsd, fau) \
	(csf_put(CSF_F_SRT_SELECT, srt) | csf_put(CSF_F_SPD_SELECT, spd) | \
	 csf_put(CSF_F_TSD_SELECT, tsd) | csf_put(CSF_F_FAU_SELECT, fau))

/* An error reports the selected shader (addr). The other selections are not used. */
static void vcsf_opcodes_compute(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_run_compute(3, 1, 1) | SELECT(1, 2, 3, 1),
	      .text = "RUN_COMPUTE task_inc=3 axis=y srt=1 spd=2 tsd=3 fau=1 progress",
	      .before = READY_FOR_JOBS,
	      .expect = { CS16(busy, BIT(5)), JOB8(unit, VCSF_UNIT_COMPUTE),
			  JOB64(addr, PAIR(REG_VALUE(20))),
			  JOB64(work, GROUPS * 1000 * VCSF_WORK_PER_NS),
			  JOB8(width, DIV_ROUND_UP(REG_VALUE(38), 3)),
			  JOB8(slot, 5) });
	CHECK(o, .ins = csf_run_compute_indirect(300, 1) | SELECT(3, 3, 1, 2),
	      .text = "RUN_COMPUTE_INDIRECT wg_per_task=300 srt=3 spd=3 tsd=1 fau=2 progress",
	      .before = READY_FOR_JOBS,
	      .expect = { CS16(busy, BIT(5)), JOB8(unit, VCSF_UNIT_COMPUTE),
			  JOB64(addr, PAIR(REG_VALUE(22))),
			  JOB64(work, GROUPS * 1000 * VCSF_WORK_PER_NS),
			  JOB8(width, U8_MAX), JOB8(slot, 5) });
	CHECK_ENDS(o, FAULTED,
		   .ins = csf_run_compute(1, 3, 0),
		   .text = "RUN_COMPUTE task_inc=1 axis=3",
		   .before = READY_FOR_JOBS,
		   .expect = { CS8(error, CSF_EXC_INSTR_INVALID_ENC) });
}

static void vcsf_opcodes_tiler(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_run_tiling(0x1234, 1) | SELECT(1, 2, 3, 1),
	      .text = "RUN_TILING override=0x1234 srt=1 spd=2 tsd=3 fau=1 progress",
	      .before = READY_FOR_JOBS,
	      .expect = { JOB8(unit, VCSF_UNIT_TILER), JOB8(slot, 5),
			  JOB64(addr, DATA + TILER), JOB64(left, 64 * VERTICES) });
	CHECK(o, .ins = csf_run_idvs(0x1234, 1, 1) | CSF_F_IDVS_DRAW_ID |
			csf_put(CSF_F_SRC, 50) | CSF_F_IDVS_VARYING_TSD,
	      .text = "RUN_IDVS override=0x1234 drawid=r50 progress malloc drawid_en varying_tsd",
	      .before = READY_FOR_JOBS,
	      .expect = { JOB8(unit, VCSF_UNIT_TILER), JOB8(slot, 5),
			  JOB64(addr, DATA + TILER),
			  JOB64(left, 64 * VERTICES) });
	CHECK(o, .ins = csf_run_idvs(1, 0, 0) | CSF_F_IDVS_VARYING_SRT |
			CSF_F_IDVS_VARYING_FAU | CSF_F_IDVS_FRAGMENT_SRT |
			CSF_F_IDVS_FRAGMENT_TSD,
	      .text = "RUN_IDVS override=0x1 drawid=r0 varying_srt varying_fau frag_srt frag_tsd",
	      .before = READY_FOR_JOBS,
	      .expect = { JOB8(unit, VCSF_UNIT_TILER),
			  JOB64(left, 64 * VERTICES) });
	CHECK(o, .ins = csf_run_fullscreen(0x1234, 50, 1),
	      .text = "RUN_FULLSCREEN override=0x1234 dcd=r50:r51 progress",
	      .before = READY_FOR_JOBS,
	      .expect = { JOB8(unit, VCSF_UNIT_TILER), JOB8(slot, 5),
			  JOB64(addr, DATA + TILER), JOB64(left, 64 * 4) });
	CHECK(o, .ins = csf_finish_tiling(1), .text = "FINISH_TILING progress",
	      .before = READY_FOR_JOBS,
	      .expect = { JOB8(unit, VCSF_UNIT_TILER), JOB8(slot, 5),
			  JOB64(left, 0) });
}

static void vcsf_opcodes_fragment(struct vcsf_opcodes *o)
{
	CHECK(o, .ins = csf_run_fragment(0, 5, 1),
	      .text = "RUN_FRAGMENT order=rev_horizontal progress",
	      .before = READY_FOR_JOBS,
	      .expect = { JOB8(unit, VCSF_UNIT_FRAGMENT), JOB8(slot, 5),
			  JOB64(addr, DATA + TILER), JOB64(data, PAIR(REG_VALUE(42))),
			  JOB64(left, 1), CS16(busy, BIT(5)) });
	CHECK_ENDS(o, FAULTED,
		   .ins = csf_run_fragment(1, 2, 0),
		   .text = "RUN_FRAGMENT order=vertical tile_enable_map",
		   .before = READY_FOR_JOBS,
		   .expect = { CS8(error, CSF_EXC_INSTR_INVALID_ENC) });
}

/* Check that the rows cover all named opcodes and fields, and no other opcode. */
static void vcsf_opcodes_expect_all(struct vcsf_opcodes *o)
{
	const struct csf_instr *instr;
	const struct csf_field *field;
	unsigned int op, count = 0;

	for (op = 0; op < 256; op++) {
		bool seen = o->seen[op / 64] & BIT_ULL(op % 64);

		instr = csf_instr_find(csf_put(CSF_F_OPCODE, op));
		KUNIT_EXPECT_EQ_MSG(o->test, !instr->name, !seen, "opcode %u",
				    op);
		if (!instr->name)
			continue;
		count++;
		for (field = instr->fields; field->kind; field++)
			KUNIT_EXPECT_NE_MSG(o->test, 0,
					    o->bits[op] & field->mask,
					    "%s %s", instr->name, field->name);
	}
	KUNIT_EXPECT_EQ(o->test, 39, count);
}

static void vcsf_opcode_all(struct kunit *test)
{
	struct vcsf_opcodes *o;

	o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, o);
	o->test = test;
	vcsf_stream_setup(test, &o->f);
	o->f.host->hw->config.shaders = 0;
	o->f.host->hw->mcu->streams = 8;
	o->f.cs->csg->endpoint_req = FIELD_PREP(CSF_CSG_EP_COMPUTE, 4) |
				     FIELD_PREP(CSF_CSG_EP_FRAGMENT, 4) |
				     FIELD_PREP(CSF_CSG_EP_TILER, 1);
	memset(o->f.cs->csg->allow, 0xff, sizeof(o->f.cs->csg->allow));
	vcsf_opcodes_registers(o);
	vcsf_opcodes_memory(o);
	vcsf_opcodes_flow(o);
	vcsf_opcodes_state(o);
	vcsf_opcodes_progress(o);
	vcsf_opcodes_sync32(o);
	vcsf_opcodes_sync64(o);
	vcsf_opcodes_heap(o);
	vcsf_opcodes_compute(o);
	vcsf_opcodes_tiler(o);
	vcsf_opcodes_fragment(o);
	vcsf_opcodes_expect_all(o);
}

static int vcsf_opcode_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_opcode_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_opcode_cases[] = {
	KUNIT_CASE(vcsf_opcode_all),
	{}
};

static struct kunit_suite vcsf_opcode_suite = {
	.name = "vcsf_opcode",
	.init = vcsf_opcode_init_case,
	.exit = vcsf_opcode_exit_case,
	.test_cases = vcsf_opcode_cases,
};

kunit_test_suite(vcsf_opcode_suite);
