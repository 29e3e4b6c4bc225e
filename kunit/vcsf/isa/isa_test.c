// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Instructions one by one: registers, flow of control, memory, state of the stream.
 *
 * Each case runs a few words in a stream without firmware (see stream.h) and checks
 * registers, memory and the fault. How streams run side by side is in run_test.c.
 */

#include <linux/bitfield.h>

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "isa/isa.h"
#include "mmu/mmu.h"
#include "regs/ctl.h"
#include "stream.h"

static void vcsf_isa_move(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_move48(94, 0xa1b2c3d4e5f6), csf_move32(0, 0xdeadbeef),
	    csf_nop());
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 0xc3d4e5f6, f.cs->regs[94]);
	KUNIT_EXPECT_EQ(test, 0xa1b2, f.cs->regs[95]);
	KUNIT_EXPECT_EQ(test, 0xdeadbeef, f.cs->regs[0]);
}

static void vcsf_isa_add(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_move32(1, 5), csf_add_imm32(2, 1, -7),
	    csf_move48(4, 0xffffffff), csf_add_imm64(6, 4, 1),
	    csf_add_imm64(8, 6, -2));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, (u32)-2, f.cs->regs[2]);
	KUNIT_EXPECT_EQ(test, 0, f.cs->regs[6]);
	KUNIT_EXPECT_EQ(test, 1, f.cs->regs[7]);
	KUNIT_EXPECT_EQ(test, 0xfffffffe, f.cs->regs[8]);
	KUNIT_EXPECT_EQ(test, 0, f.cs->regs[9]);
}

static void vcsf_isa_umin(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_move32(1, 0xffffffff), csf_move32(2, 3),
	    csf_umin32(3, 1, 2), csf_umin32(4, 2, 1));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 3, f.cs->regs[3]);
	KUNIT_EXPECT_EQ(test, 3, f.cs->regs[4]);
}

static void vcsf_isa_operands(struct kunit *test)
{
	static const u64 bad[] = {
		(u64)CSF_OP_MOVE48 << 56 | 1ULL << 48,	/* odd pair */
		(u64)CSF_OP_MOVE48 << 56 | 96ULL << 48,	/* no such register */
		(u64)CSF_OP_MOVE32 << 56 | 96ULL << 48,
		(u64)CSF_OP_ADD_IMM32 << 56 | 200ULL << 40,
		(u64)CSF_OP_ADD_IMM64 << 56 | 3ULL << 40,
		(u64)CSF_OP_UMIN32 << 56 | 96ULL << 32,
		(u64)CSF_OP_BRANCH << 56 | 96ULL << 40,
		(u64)CSF_OP_SYNC_ADD64 << 56 | 1ULL << 32,
		(u64)CSF_OP_LOAD_MULTIPLE << 56 | 95ULL << 48 | 3 << 16,
		(u64)CSF_OP_STORE_MULTIPLE << 56 | 81ULL << 48 | 0x8001U << 16,
		(u64)CSF_OP_SET_SB_ENTRY << 56 | 8,
		(u64)CSF_OP_RUN_FULLSCREEN << 56 | 1ULL << 40,
		(u64)CSF_OP_RUN_FULLSCREEN << 56 | 96ULL << 40,
		(u64)CSF_OP_RUN_IDVS << 56 | 96ULL << 40 | CSF_F_IDVS_DRAW_ID,
		(u64)CSF_OP_FINISH_FRAGMENT << 56 | 1ULL << 40,
		(u64)CSF_OP_FINISH_FRAGMENT << 56 | 96ULL << 32,
		(u64)CSF_OP_TRACE_POINT << 56 | 95ULL << 32 | 2ULL << 40,
		(u64)CSF_OP_TRACE_POINT << 56 | 96ULL << 32,
		(u64)CSF_OP_HEAP_OPERATION << 56 | 1ULL << 48 | 2 << 16,
	};
	struct vcsf_stream f;
	unsigned int i;

	vcsf_stream_setup(test, &f);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		RUN(&f, csf_nop(), bad[i]);
		vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
		KUNIT_EXPECT_EQ(test, bad[i], f.cs->fatal.info);
		KUNIT_EXPECT_EQ(test, CODE + 8, f.cs->frame->pc);
	}
}

/* Opcodes that are not in the table are invalid instructions. */
static void vcsf_isa_undefined(struct kunit *test)
{
	static const u8 defined[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 17,
				      18, 20, 21, 22, 23, 24, 25, 32, 33, 34,
				      36, 37, 38, 39, 40, 41, 42, 43, 44, 47,
				      48, 49, 50, 51, 52, 53 };
	struct vcsf_stream f;
	unsigned int op, i = 0;

	vcsf_stream_setup(test, &f);
	for (op = 0; op < 256; op++) {
		if (i < ARRAY_SIZE(defined) && defined[i] == op) {
			i++;
			continue;
		}
		RUN(&f, (u64)op << 56);
		vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
	}
}

static void vcsf_isa_load_store(struct kunit *test)
{
	struct vcsf_stream f;
	unsigned int i;

	vcsf_stream_setup(test, &f);
	for (i = 0; i < 16; i++)
		f.data[i] = 100 + i;
	RUN(&f, csf_move48(10, DATA + 0x20),
	    csf_load_multiple(20, 10, 0xffff, -0x20),
	    csf_store_multiple(20, 10, 0x8005, 0x20), csf_wait(0xff));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 100, f.cs->regs[20]);
	KUNIT_EXPECT_EQ(test, 115, f.cs->regs[35]);
	/* Registers that the mask leaves out have a place in memory, too. */
	KUNIT_EXPECT_EQ(test, 100, f.data[16]);
	KUNIT_EXPECT_EQ(test, 0, f.data[17]);
	KUNIT_EXPECT_EQ(test, 102, f.data[18]);
	KUNIT_EXPECT_EQ(test, 115, f.data[31]);
}

static void vcsf_isa_load_own_address(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	f.data[0] = 1;
	f.data[1] = 2;
	f.data[2] = 3;
	RUN(&f, csf_move48(10, DATA), csf_load_multiple(10, 10, 7, 0));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 1, f.cs->regs[10]);
	KUNIT_EXPECT_EQ(test, 2, f.cs->regs[11]);
	KUNIT_EXPECT_EQ(test, 3, f.cs->regs[12]);
}

static void vcsf_isa_memory_faults(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_move48(10, NOWHERE), csf_load_multiple(0, 10, 1, 0));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_CS_BUS_FAULT);
	KUNIT_EXPECT_EQ(test, NOWHERE, f.cs->fault.info);
	KUNIT_EXPECT_EQ(test, NOWHERE,
			vcsf_read64(f.host->win, CSF_AS_FAULTADDRESS(1)));
	RUN(&f, csf_move48(10, NOWHERE), csf_store_multiple(0, 10, 1, 0));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_CS_BUS_FAULT);
	RUN(&f, csf_move48(10, DATA), csf_store_multiple(0, 10, 1, 2));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_ADDR_RANGE_FAULT);
	RUN(&f, csf_move48(10, DATA + 4),
	    csf_sync_add64(10, 12, 0, CSF_SYNC_SCOPE_GROUP, 0, 0));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_ADDR_RANGE_FAULT);
}

static void vcsf_isa_branch_conditions(struct kunit *test)
{
	static const s32 values[] = { -1, 0, 1 };
	/* Branch taken for the values -1, 0, 1 */
	static const bool taken[][3] = {
		[CSF_COND_LE] = { true, true, false },
		[CSF_COND_GT] = { false, false, true },
		[CSF_COND_EQ] = { false, true, false },
		[CSF_COND_NE] = { true, false, true },
		[CSF_COND_LT] = { true, false, false },
		[CSF_COND_GE] = { false, true, true },
		[CSF_COND_ALWAYS] = { true, true, true },
	};
	struct vcsf_stream f;
	unsigned int cond, i;

	vcsf_stream_setup(test, &f);
	for (cond = 0; cond <= CSF_COND_ALWAYS; cond++) {
		for (i = 0; i < 3; i++) {
			RUN(&f, csf_move32(0, values[i]), csf_move32(1, 0),
			    csf_branch(cond, 0, 1), csf_move32(1, 1));
			vcsf_stream_expect_done(test, &f);
			KUNIT_EXPECT_EQ(test, !taken[cond][i], f.cs->regs[1]);
		}
	}
	RUN(&f, csf_branch(7, 0, 0));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
}

static void vcsf_isa_branch_loop(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_move32(0, 3000), csf_move32(1, 0), csf_add_imm32(1, 1, 2),
	    csf_add_imm32(0, 0, -1), csf_branch(CSF_COND_GT, 0, -3));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 6000, f.cs->regs[1]);
}

static void vcsf_isa_branch_out(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_branch(CSF_COND_ALWAYS, 0, -2));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_PC);
	/* After recovery, the stream continues after the branch. */
	KUNIT_EXPECT_EQ(test, f.cs->frame->end, f.cs->frame->pc);
	RUN(&f, csf_branch(CSF_COND_ALWAYS, 0, 1));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_PC);
	KUNIT_EXPECT_EQ(test, f.cs->frame->end, f.cs->frame->pc);
	/* The end of the buffer is a valid target. */
	RUN(&f, csf_branch(CSF_COND_ALWAYS, 0, 0));
	vcsf_stream_expect_done(test, &f);
}

static void vcsf_isa_call(struct kunit *test)
{
	struct vcsf_stream f;
	u64 *callee;

	vcsf_stream_setup(test, &f);
	callee = (u64 *)f.data;
	callee[0] = csf_move32(30, 1);
	callee[1] = csf_move32(31, 2);
	RUN(&f, csf_move48(10, DATA), csf_move32(12, 8), csf_call(10, 12),
	    csf_move32(32, 3));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 1, f.cs->regs[30]);
	KUNIT_EXPECT_EQ(test, 0, f.cs->regs[31]);
	KUNIT_EXPECT_EQ(test, 3, f.cs->regs[32]);
	/* A jump does not return. */
	RUN(&f, csf_move32(32, 0), csf_move32(12, 16), csf_jump(10, 12),
	    csf_move32(32, 3));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 2, f.cs->regs[31]);
	KUNIT_EXPECT_EQ(test, 0, f.cs->regs[32]);
}

static void vcsf_isa_call_errors(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	/* Endless recursion */
	RUN(&f, csf_move48(10, CODE), csf_move32(12, 24), csf_call(10, 12));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_CALL_STACK_OVERFLOW);
	KUNIT_EXPECT_PTR_EQ(test, &f.cs->frames[CSF_CS_CALL_DEPTH - 1],
			    f.cs->frame);
	RUN(&f, csf_move48(10, DATA), csf_move32(12, 4), csf_call(10, 12));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
	RUN(&f, csf_move48(10, DATA + 4), csf_move32(12, 8), csf_call(10, 12));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
	RUN(&f, csf_move48(10, NOWHERE), csf_move32(12, 8), csf_call(10, 12));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_BUS_FAULT);
	/* An empty buffer is not an error. */
	RUN(&f, csf_move48(10, NOWHERE), csf_move32(12, 0), csf_call(10, 12));
	vcsf_stream_expect_done(test, &f);
}

static void vcsf_isa_jump_in_ring(struct kunit *test)
{
	struct vcsf_stream f;
	struct vcsf_cs *cs;
	unsigned long flags;

	vcsf_stream_setup(test, &f);
	cs = f.cs;
	f.code[511] = csf_nop();
	f.code[0] = csf_jump(0, 2);
	cs->frame = cs->frames;
	*cs->frame = (struct vcsf_frame){
		.pc = 0x5ff8, .start = 0x5008, .end = 0x6008, .base = CODE,
		.mask = 0xfff,
	};
	cs->state = VCSF_CS_READY;
	raw_spin_lock_irqsave(&f.host->hw->mmu->lock, flags);
	vcsf_cs_run(cs, 10);
	raw_spin_unlock_irqrestore(&f.host->hw->mmu->lock, flags);
	/* The address wraps around in the ring, the position does not. */
	KUNIT_EXPECT_EQ(test, 0x6000, cs->frame->pc);
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
}

static void vcsf_isa_flush_id(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	/* A flush after the stream was built makes this one unnecessary. */
	f.host->hw->ctl->flush_id = 10;
	RUN(&f, csf_move32(14, 9), csf_flush_cache2(3, 3, 2, 14, 0, 0));
	KUNIT_EXPECT_EQ(test, 10, vcsf_host_read(f.host, CSF_LATEST_FLUSH_ID));
	RUN(&f, csf_move32(14, 10), csf_flush_cache2(3, 3, 2, 14, 0, 0));
	KUNIT_EXPECT_EQ(test, 11, vcsf_host_read(f.host, CSF_LATEST_FLUSH_ID));
	/* Flush IDs count modulo 2^24. */
	f.host->hw->ctl->flush_id = 2;
	RUN(&f, csf_move32(14, 0xfffff0), csf_flush_cache2(3, 3, 2, 14, 0, 0));
	KUNIT_EXPECT_EQ(test, 2, vcsf_host_read(f.host, CSF_LATEST_FLUSH_ID));
}

static void vcsf_isa_store_state(struct kunit *test)
{
	struct vcsf_stream f;
	u64 *out;

	vcsf_stream_setup(test, &f);
	out = (u64 *)f.data;
	out[3] = ~0ULL;
	vcsf_host_write(f.host, CSF_L2_PWRON, 1);
	RUN(&f, csf_move48(10, DATA),
	    csf_store_state(10, 0, CSF_STATE_TIMESTAMP, 0, 0),
	    csf_store_state(10, 8, CSF_STATE_CYCLES, 0, 0),
	    csf_store_state(10, 24, CSF_STATE_ERROR, 0, 0),
	    csf_store_state(10, 16, CSF_STATE_TIMESTAMP, 0, 0));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_NE(test, 0, out[0]);
	KUNIT_EXPECT_NE(test, 0, out[1]);
	KUNIT_EXPECT_GE(test, out[2], out[0]);
	KUNIT_EXPECT_EQ(test, 0, out[3]);
	RUN(&f, csf_store_state(10, 4, CSF_STATE_TIMESTAMP, 0, 0));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_ADDR_RANGE_FAULT);
}

static void vcsf_isa_stream_state(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	f.cs->csg->endpoint_req = FIELD_PREP(CSF_CSG_EP_COMPUTE, 1) |
				  FIELD_PREP(CSF_CSG_EP_FRAGMENT, 1) |
				  FIELD_PREP(CSF_CSG_EP_TILER, 1);
	memset(f.cs->csg->allow, 0xff, sizeof(f.cs->csg->allow));
	RUN(&f, csf_set_sb_entry(3, 5), csf_req_resource(0xb),
	    csf_move48(10, 0xabcdef000), csf_heap_set(10), csf_move32(12, 64),
	    csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, 10, 12),
	    csf_move48(14, 77), csf_progress_store(14), csf_progress_load(16));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 3, f.cs->sb_endpoint);
	KUNIT_EXPECT_EQ(test, 5, f.cs->sb_other);
	KUNIT_EXPECT_EQ(test, 0xb, f.cs->resources);
	KUNIT_EXPECT_EQ(test, 0xabcdef000, f.cs->heap);
	KUNIT_EXPECT_EQ(test, 0xabcdef000, f.cs->oom_handler);
	KUNIT_EXPECT_EQ(test, 64, f.cs->oom_handler_size);
	KUNIT_EXPECT_EQ(test, 77, f.cs->regs[16]);
	RUN(&f, csf_set_exception_handler(1, 10, 12));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_INSTR_INVALID_ENC);
	RUN(&f, csf_move32(12, 4),
	    csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, 10, 12));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_INVALID_INSTRUCTION);
	RUN(&f, csf_move48(10, 0xabcdef010), csf_heap_set(10));
	vcsf_stream_expect_fault(test, &f, CSF_EXC_ADDR_RANGE_FAULT);
}

/* TRACE_POINT records nothing, but takes part in the scoreboard order. */
static void vcsf_isa_trace_point(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_trace_point(0, 96, 0, 0), csf_trace_point(95, 1, 0, 0),
	    csf_flush_cache2(3, 3, 2, 20, 0, 1),
	    csf_trace_point(0, 1, BIT(1), 2), csf_wait(BIT(2)));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 0, f.cs->busy);
}

/* Protected mode is not supported: the host gets an event, and the stream waits. */
static void vcsf_isa_prot_region(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_prot_region(0));
	vcsf_stream_expect_done(test, &f);
	RUN(&f, csf_prot_region(1), csf_move32(0, 1));
	KUNIT_EXPECT_EQ(test, VCSF_CS_WAIT_PROTM, f.cs->state);
	KUNIT_EXPECT_EQ(test, CSF_CS_PROTM_PENDING, f.cs->events);
	KUNIT_EXPECT_EQ(test, CSF_CS_WAIT_PROTM, f.cs->wait.status);
	KUNIT_EXPECT_EQ(test, 0, f.cs->regs[0]);
}

static int vcsf_isa_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_isa_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_isa_cases[] = {
	KUNIT_CASE(vcsf_isa_move),
	KUNIT_CASE(vcsf_isa_add),
	KUNIT_CASE(vcsf_isa_umin),
	KUNIT_CASE(vcsf_isa_operands),
	KUNIT_CASE(vcsf_isa_undefined),
	KUNIT_CASE(vcsf_isa_load_store),
	KUNIT_CASE(vcsf_isa_load_own_address),
	KUNIT_CASE(vcsf_isa_memory_faults),
	KUNIT_CASE(vcsf_isa_branch_conditions),
	KUNIT_CASE(vcsf_isa_branch_loop),
	KUNIT_CASE(vcsf_isa_branch_out),
	KUNIT_CASE(vcsf_isa_call),
	KUNIT_CASE(vcsf_isa_call_errors),
	KUNIT_CASE(vcsf_isa_jump_in_ring),
	KUNIT_CASE(vcsf_isa_flush_id),
	KUNIT_CASE(vcsf_isa_store_state),
	KUNIT_CASE(vcsf_isa_stream_state),
	KUNIT_CASE(vcsf_isa_trace_point),
	KUNIT_CASE(vcsf_isa_prot_region),
	{}
};

static struct kunit_suite vcsf_isa_suite = {
	.name = "vcsf_isa",
	.init = vcsf_isa_init_case,
	.exit = vcsf_isa_exit_case,
	.test_cases = vcsf_isa_cases,
};

kunit_test_suite(vcsf_isa_suite);
