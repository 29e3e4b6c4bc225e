// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fixture with one group whose eight streams hold every kind of state that a suspend
 * buffer can contain. See the header for what each stream does.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "full_state.h"

/* Words of the data page: gate, object that COMPUTE writes, error, sync objects */
#define GATE		0
#define OBJECT		4
#define ERROR		8
#define SEQNO(stream)	(16 + 2 * (stream))

/* Streams wait until the gate's value is above this. */
#define SHUT		41

/* A page for each stream: its code, then data, at these offsets in words */
#define PAGE_VA(stream)	(0x3000000ULL + (stream) * 0x10000)
#define CODE_MAX	320
#define HEAP		320
#define TILER		336
#define DESCRIPTOR	368
#define FBD		384
#define DUMP		416

#define WORD_VA(stream, word)	(PAGE_VA(stream) + 8 * (word))

#define CHUNK(stream, n) \
	csf_chunk(0x2000000ULL + (stream) * 0x10000 + (n) * 0x1000, 0x1000)
#define PER_CHUNK	((0x1000 - CSF_CHUNK_HEADER_SIZE) / 64)

/* Render target of 256x256 pixels */
#define TARGET		0x5000000ULL
#define TARGET_SIZE	256

#define NOWHERE		0x6000000ULL

/* Registers for addresses and sizes of calls, not preserved */
#define CALL_ADDR	92
#define CALL_SIZE	94

static void *vcsf_full_map(struct vcsf_full *s, u64 va)
{
	void *page = vcsf_host_map_new(&s->vm, va);

	s->pages[s->page_count++] = page;

	return page;
}

/* --- Code ------------------------------------------------------------------------ */

static void vcsf_full_add(struct vcsf_full_code *c, const u64 *words,
			  unsigned int count)
{
	memcpy(&c->words[c->count], words, count * sizeof(*words));
	c->count += count;
}

#define CODE(c, ...) \
	vcsf_full_add(c, ((const u64[]){ __VA_ARGS__ }), \
		       sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64))

static void vcsf_full_add_gate(struct vcsf_full_code *c)
{
	CODE(c, csf_move48(68, DATA + 8 * GATE), csf_move48(70, SHUT),
	     csf_sync_wait64(68, 70, CSF_COND_GT, 0));
}

/* Make the ring call the code that was added since the last call. */
static void vcsf_full_call(struct vcsf_full *s, unsigned int stream)
{
	struct vcsf_full_code *c = &s->code[stream];

	EMIT(&s->group, stream, csf_move48(CALL_ADDR, c->va + 8 * c->start),
	     csf_move32(CALL_SIZE, 8 * (c->count - c->start)),
	     csf_call(CALL_ADDR, CALL_SIZE));
	c->start = c->count;
}

/* Give each register a value that is unique among all streams. */
static void vcsf_full_registers(struct vcsf_full *s, unsigned int stream)
{
	unsigned int i;

	for (i = 0; i < CALL_ADDR; i++)
		CODE(&s->code[stream],
		     csf_move32(i, (stream + 1) << 28 | (i + 1) * 0x10203));
	CODE(&s->code[stream], csf_set_sb_entry(3, 1 + stream % 2),
	     csf_req_resource(CSF_RESOURCE_COMPUTE | CSF_RESOURCE_FRAGMENT |
			      CSF_RESOURCE_TILER | CSF_RESOURCE_IDVS));
	vcsf_full_call(s, stream);
}

static void vcsf_full_end(struct vcsf_full *s, unsigned int stream)
{
	unsigned int i;

	EMIT(&s->group, stream, csf_move48(CALL_ADDR, WORD_VA(stream, DUMP)));
	for (i = 0; i < CSF_CS_REG_COUNT; i += 16)
		EMIT(&s->group, stream,
		     csf_store_multiple(i, CALL_ADDR, 0xffff, 4 * i));
	vcsf_group_emit_signal(&s->group, stream, SEQNO(stream));
}

/* --- Streams ----------------------------------------------------------------------- */

/*
 * Code of the deepest buffer of COMPUTE: a short job, a chain of deferred instructions
 * that begins with a wait for the job's scoreboard entry, and a long job on the same
 * entry, for which the chain therefore waits, too. Then wait for the gate, and for all
 * entries.
 */
static void vcsf_full_deepest(struct vcsf_full_code *c)
{
	CODE(c, csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), 8),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(1), 1),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(2), 1),
	     csf_run_compute(1, 0, 0),
	     csf_move48(60, DATA + 8 * OBJECT), csf_move48(62, 5),
	     csf_sync_add64(60, 62, 1, CSF_SYNC_SCOPE_GROUP, BIT(3), 5),
	     csf_move32(CSF_REG_COMPUTE_WG_COUNT(0), 80),
	     csf_run_compute(1, 0, 1),
	     csf_move32(64, 0), csf_flush_cache2(3, 3, 2, 64, BIT(5), 6),
	     csf_store_state(60, 16, CSF_STATE_ERROR, BIT(6), 7),
	     csf_move48(62, 6),
	     csf_sync_add64(60, 62, 1, CSF_SYNC_SCOPE_GROUP, BIT(7) | BIT(3),
			    0));
	vcsf_full_add_gate(c);
	CODE(c, csf_wait(0xff), csf_progress_load(72),
	     csf_load_multiple(74, 60, 3, 0));
}

static void vcsf_full_compute(struct vcsf_full *s)
{
	struct vcsf_full_code *c = &s->code[FULL_COMPUTE];
	unsigned int level;
	u64 va = 0;

	CODE(c, csf_move48(80, 0x77), csf_progress_store(80),
	     csf_move48(82, 0xabcdef000), csf_heap_set(82),
	     csf_move32(84, 0x48),
	     csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, 82, 84));
	vcsf_full_call(s, FULL_COMPUTE);
	for (level = FULL_DEPTH; level; level--) {
		unsigned int size = 8 * (c->count - c->start);

		c->start = c->count;
		CODE(c, csf_add_imm32(level, level, 0x100));
		if (level == FULL_DEPTH)
			vcsf_full_deepest(c);
		else
			CODE(c, csf_move48(CALL_ADDR, va),
			     csf_move32(CALL_SIZE, size),
			     csf_call(CALL_ADDR, CALL_SIZE));
		CODE(c, csf_add_imm32(10 + level, level, 1));
		va = c->va + 8 * c->start;
	}
	vcsf_full_call(s, FULL_COMPUTE);
}

static void vcsf_full_heap(struct vcsf_full *s, unsigned int stream)
{
	u64 *page = s->code[stream].words, base = CHUNK(stream, 0) & ~0xfffULL;
	struct csf_heap_descriptor *d = (void *)&page[DESCRIPTOR];
	struct csf_tiler_context *t = (void *)&page[TILER];
	unsigned int i;

	for (i = 0; i < FULL_CHUNKS; i++)
		vcsf_full_map(s, CHUNK(stream, i) & ~0xfffULL);
	t->heap = WORD_VA(stream, DESCRIPTOR);
	d->size = 0x1000;
	d->base = base;
	d->bottom = base + CSF_CHUNK_HEADER_SIZE;
	d->top = base + 0x1000;
	CODE(&s->code[stream], csf_move48(60, WORD_VA(stream, HEAP)),
	     csf_heap_set(60),
	     csf_move48(CSF_REG_TILER_CONTEXT, WORD_VA(stream, TILER)));
}

static void vcsf_full_tile(struct vcsf_full *s, unsigned int stream,
			   unsigned int chunks)
{
	CODE(&s->code[stream], csf_heap_operation(CSF_HEAP_VT_START, 0, 0),
	     csf_move32(CSF_REG_IDVS_INDEX_COUNT, chunks * PER_CHUNK),
	     csf_move32(CSF_REG_IDVS_INSTANCE_COUNT, 1), csf_run_idvs(0, 0, 1),
	     csf_finish_tiling(0), csf_wait(BIT(3)),
	     csf_heap_operation(CSF_HEAP_VT_COMPLETE, 0, 0));
	vcsf_full_call(s, stream);
}

static void vcsf_full_tiler(struct vcsf_full *s)
{
	vcsf_full_heap(s, FULL_TILER);
	vcsf_full_tile(s, FULL_TILER, FULL_CHUNKS);
}

static void vcsf_full_handler(struct vcsf_full *s)
{
	struct vcsf_full_code *c = &s->code[FULL_HANDLER];
	u64 va = c->va + 8 * c->count;
	unsigned int size;

	CODE(c, csf_add_imm32(58, 58, 1));
	vcsf_full_add_gate(c);
	CODE(c, csf_move48(64, CHUNK(FULL_HANDLER, 2)),
	     csf_finish_fragment(0, 64, 64, 0, 0));
	size = 8 * (c->count - c->start);
	c->start = c->count;
	CODE(c, csf_move48(50, va), csf_move32(52, size),
	     csf_set_exception_handler(CSF_EXCEPTION_TILER_OOM, 50, 52));
	vcsf_full_heap(s, FULL_HANDLER);
	vcsf_full_tile(s, FULL_HANDLER, 2);
}

static void vcsf_full_progress(struct vcsf_full *s)
{
	EMIT(&s->group, FULL_PROGRESS, csf_move48(50, 0x78),
	     csf_progress_wait(FULL_COMPUTE, 50));
}

/* A fault whose error goes into a sync object and ends with the barrier */
static void vcsf_full_fault(struct vcsf_full *s)
{
	struct vcsf_full_code *c = &s->code[FULL_FAULT];

	CODE(c, csf_move48(60, NOWHERE), csf_load_multiple(0, 60, 1, 0));
	vcsf_full_add_gate(c);
	CODE(c, csf_run_compute(1, 0, 0), csf_move48(60, DATA + 8 * ERROR),
	     csf_move32(62, 7),
	     csf_sync_set32(60, 62, 1, CSF_SYNC_SCOPE_SYSTEM, 0, 0),
	     csf_store_state(60, 8, CSF_STATE_ERROR, 0, 0),
	     csf_error_barrier());
	vcsf_full_call(s, FULL_FAULT);
}

static void vcsf_full_loop(struct vcsf_full *s)
{
	struct vcsf_full_code *c = &s->code[FULL_LOOP];

	CODE(c, csf_move32(50, 20000), csf_move32(52, 1),
	     csf_add_imm32(52, 52, 0x12345), csf_umin32(54, 52, 53),
	     csf_add_imm64(56, 56, -3), csf_add_imm32(50, 50, -1),
	     csf_branch(CSF_COND_GT, 50, -5));
	vcsf_full_add_gate(c);
	vcsf_full_call(s, FULL_LOOP);
}

static void vcsf_full_fragment(struct vcsf_full *s)
{
	struct vcsf_full_code *c = &s->code[FULL_FRAGMENT];
	struct csf_fbd *fbd = (void *)&c->words[FBD];
	struct csf_render_target *rt = (void *)(fbd + 1);
	u32 last = (TARGET_SIZE - 1) << 16 | (TARGET_SIZE - 1);
	unsigned int i;

	for (i = 0; i < FULL_TARGET_PAGES; i++)
		vcsf_full_map(s, TARGET + i * PAGE_SIZE);
	fbd->size = last;
	fbd->bound_max = last;
	rt->internal = FIELD_PREP(CSF_RT_INTERNAL_FORMAT, CSF_INTERNAL_RGBA8);
	rt->writeback = CSF_RT_WRITE | CSF_RT_CLEAN_PIXEL_WRITE |
			FIELD_PREP(CSF_RT_FORMAT, CSF_FORMAT_RGBA8) |
			FIELD_PREP(CSF_RT_BLOCK, CSF_BLOCK_LINEAR) |
			FIELD_PREP(CSF_RT_SWIZZLE, CSF_SWIZZLE_RGBA);
	rt->base = TARGET;
	rt->row_stride = 4 * TARGET_SIZE;
	rt->clear[0] = 0x44332211;
	CODE(c, csf_move48(CSF_REG_FRAGMENT_FBD,
			   WORD_VA(FULL_FRAGMENT, FBD) | CSF_FBD_POINTER_VALID),
	     csf_move32(CSF_REG_FRAGMENT_MIN, 0),
	     csf_move32(CSF_REG_FRAGMENT_MAX, last),
	     csf_run_fragment(0, 0, 0), csf_wait(BIT(3)));
	vcsf_full_call(s, FULL_FRAGMENT);
}

static void vcsf_full_protected(struct vcsf_full *s)
{
	EMIT(&s->group, FULL_PROTECTED, csf_prot_region(1));
}

/* --- Interface to the tests --------------------------------------------------- */

/* Boot a GPU and start the group on slot 0. Nothing runs before the first doorbell. */
void vcsf_full_setup(struct kunit *test, struct vcsf_full *s)
{
	static void (*const fill[FULL_STREAMS])(struct vcsf_full *s) = {
		[FULL_COMPUTE] = vcsf_full_compute,
		[FULL_TILER] = vcsf_full_tiler,
		[FULL_HANDLER] = vcsf_full_handler,
		[FULL_PROGRESS] = vcsf_full_progress,
		[FULL_FAULT] = vcsf_full_fault,
		[FULL_LOOP] = vcsf_full_loop,
		[FULL_FRAGMENT] = vcsf_full_fragment,
		[FULL_PROTECTED] = vcsf_full_protected,
	};
	struct vcsf_config config = vcsf_host_config;
	unsigned int i;

	config.virtual_clock = true;
	config.speed = 1;
	config.shaders = 0;
	memset(s, 0, sizeof(*s));
	s->host = vcsf_host_create_with(test, &config);
	vcsf_host_boot(s->host);
	s->data = vcsf_host_start_group(s->host, &s->vm, &s->group,
					FULL_STREAMS);
	s->pages[s->page_count++] = s->data;
	/* Leave cores for compute and fragment jobs at the same time. */
	s->group.cores = 2;
	vcsf_host_group_bind(&s->group, 0);
	vcsf_host_group_state(&s->group, CSF_CSG_STATE_START);
	for (i = 0; i < FULL_STREAMS; i++) {
		struct vcsf_full_code *c = &s->code[i];

		c->va = PAGE_VA(i);
		c->words = vcsf_full_map(s, c->va);
		vcsf_full_registers(s, i);
		fill[i](s);
		vcsf_full_end(s, i);
		KUNIT_ASSERT_LE(test, c->count, CODE_MAX);
	}
	KUNIT_ASSERT_EQ(test, FULL_PAGES, s->page_count);
	s->data[OBJECT + 2] = ~0ULL;
}

void vcsf_full_begin(struct vcsf_full *s)
{
	vcsf_host_kick(&s->group, 0);
}

void vcsf_full_open_gate(struct vcsf_full *s)
{
	/* Release: the streams see all earlier writes once they see this one. */
	smp_store_release(&s->data[GATE], SHUT + 1);
}

bool vcsf_full_done(const struct vcsf_full *s)
{
	unsigned int i;

	for (i = 0; i < FULL_PROTECTED; i++)
		if (!READ_ONCE(s->data[SEQNO(i)]))
			return false;

	return true;
}

/* Answer out-of-memory: chunks for TILER until they run out, none for HANDLER. */
static void vcsf_full_answer(struct vcsf_full *s, unsigned int stream)
{
	struct csf_cs_input *in = s->group.queues[stream].cs_in;

	in->heap_start = 0;
	if (stream == FULL_TILER && s->given + 1 < FULL_CHUNKS)
		in->heap_start = CHUNK(FULL_TILER, ++s->given);
	in->heap_end = in->heap_start;
}

/* Acknowledge events of @streams and wait until the firmware has taken notice. */
void vcsf_full_serve(struct kunit *test, struct vcsf_full *s, u32 streams)
{
	struct vcsf_host_group *g = &s->group;
	unsigned int i;

	WRITE_ONCE(g->in->cs_irq_ack, READ_ONCE(g->out->cs_irq_req));
	WRITE_ONCE(g->in->req, (g->in->req & ~CSF_CSG_EVENTS) |
			       (READ_ONCE(g->out->ack) & CSF_CSG_EVENTS));
	for (i = 0; i < FULL_STREAMS; i++) {
		struct vcsf_host_queue *q = &g->queues[i];
		u32 ack = READ_ONCE(q->cs_out->ack);

		if (!(streams & BIT(i)))
			continue;
		if ((ack ^ q->cs_in->req) & CSF_CS_TILER_OOM)
			vcsf_full_answer(s, i);
		WRITE_ONCE(q->cs_in->req, (q->cs_in->req & ~CSF_CS_EVENTS) |
					  (ack & CSF_CS_EVENTS));
	}
	vcsf_host_group_ring(g, streams);
	KUNIT_ASSERT_TRUE(test, vcsf_host_wait_engine(s->host));
}

/* Suspend the group and resume it on another slot. */
void vcsf_full_move(struct vcsf_full *s, unsigned int slot)
{
	vcsf_host_group_state(&s->group, CSF_CSG_STATE_SUSPEND);
	vcsf_host_group_bind(&s->group, slot);
	vcsf_host_group_state(&s->group, CSF_CSG_STATE_RESUME);
}
