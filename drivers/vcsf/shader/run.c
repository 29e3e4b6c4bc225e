// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Runs workgroups: warps, divergence, waits, barriers.
 *
 * The lanes of a warp that are at the same address execute together. Lanes
 * part at a branch; after an instruction whose flow is "reconverge", the warp
 * goes on with all lanes that are at the lowest address. Structured control
 * flow thereby executes each block once for all lanes that enter it, and the
 * lanes of a loop wait behind it for those that still iterate.
 *
 * Messages are executed when they are issued. So that a program without the
 * waits that hardware needs is noticed, the registers that a message writes
 * count as busy, lane by lane, until a wait for its slot; see
 * &vsh_group.check_waits.
 *
 * Warps take turns of a fixed number of instructions. A barrier stops a warp
 * until all warps that have not ended are stopped by one.
 */

#include "shader/exec.h"

/* Instructions that a warp executes before another one has its turn */
#define VSH_TURN	64

/**
 * vsh_icache_size - get the size of an instruction cache
 *
 * Return: the bytes that the caller allocates for a &struct vsh_icache.
 */
size_t vsh_icache_size(void)
{
	return sizeof(struct vsh_icache);
}

/**
 * vsh_icache_init - initialise an instruction cache
 * @icache: the instruction cache
 */
void vsh_icache_init(struct vsh_icache *icache)
{
	unsigned int i;

	icache->generation = 0;
	for (i = 0; i < VSH_ICACHE_ENTRIES; i++) {
		icache->insn[i].pc = 1;
		icache->insn[i].generation = ~0ULL;
	}
}

/**
 * vsh_icache_invalidate - compare decoded instructions with memory again
 * @icache: the instruction cache
 *
 * To be called when instructions may have changed or another address space is
 * used. Each instruction is fetched again when it is executed next, and is
 * decoded again only if its encoding has changed: a caller that is made to
 * invalidate often loses little.
 */
void vsh_icache_invalidate(struct vsh_icache *icache)
{
	icache->generation++;
}

/**
 * vsh_group_start - set a workgroup to the beginning of a program
 * @g: the workgroup, with everything but the warps filled in
 * @pc: address of the program
 * @lanes: number of lanes, up to 16 for each warp
 *
 * Registers become zero. The caller writes the preloaded ones afterwards.
 */
void vsh_group_start(struct vsh_group *g, u64 pc, unsigned int lanes)
{
	unsigned int i;

	if (lanes > VSH_MAX_WARPS * VSH_LANES)
		lanes = VSH_MAX_WARPS * VSH_LANES;
	g->warp_count = (lanes + VSH_LANES - 1) / VSH_LANES;
	memset(g->warps, 0, g->warp_count * sizeof(*g->warps));
	for (i = 0; i < g->warp_count; i++, lanes -= VSH_LANES) {
		struct vsh_warp *w = &g->warps[i];

		w->pc = pc;
		w->live = lanes >= VSH_LANES ? VSH_ALL_LANES :
					       (1u << lanes) - 1;
		w->active = w->live;
		w->state = VSH_WARP_READY;
		if (lanes < VSH_LANES)
			break;
	}
	g->current_warp = 0;
	g->executed = 0;
	g->cost = 0;
	memset(&g->fault, 0, sizeof(g->fault));
}

/* The decoded instruction at the warp's address; NULL with *@ret set */
static const struct vsh_insn *vsh_insn_at(struct vsh_group *g, u64 pc, int *ret)
{
	struct vsh_insn *insn = &g->icache->insn[pc / 8 % VSH_ICACHE_ENTRIES];
	u64 generation = g->icache->generation, word;

	if (insn->pc == pc && insn->generation == generation)
		return insn;
	g->cost++;
	*ret = pc % 8 ? -EFAULT : g->ops->fetch(g->data, pc, &word);
	if (*ret == -EAGAIN)
		return NULL;
	if (*ret) {
		*ret = vsh_fail(g, VSH_FAULT_FETCH, 0, pc);
		return NULL;
	}
	if (insn->pc != pc || insn->word != word) {
		vsh_decode(insn, word);
		insn->pc = pc;
		g->decoded++;
	}
	insn->generation = generation;

	return insn;
}

/* --- Waits --------------------------------------------------------------- */

static bool vsh_lane_waits(const struct vsh_warp *w, u64 touched,
			   unsigned int *lane)
{
	unsigned int s, l;

	for (s = 0; s < VSH_SLOTS; s++) {
		if (!(w->busy[s] & touched))
			continue;
		for (l = 0; l < VSH_LANES; l++) {
			if (!(w->active & 1u << l) ||
			    !(w->lane_busy[s][l] & touched))
				continue;
			*lane = l;
			return true;
		}
	}

	return false;
}

static void vsh_set_busy(struct vsh_warp *w, const struct vsh_insn *insn)
{
	unsigned int l;

	/* A wait that follows at once leaves nothing to remember. */
	if (insn->waits & 1u << insn->slot)
		return;
	w->busy[insn->slot] |= insn->written;
	for (l = 0; l < VSH_LANES; l++)
		if (w->active & 1u << l)
			w->lane_busy[insn->slot][l] |= insn->written;
}

static void vsh_wait(struct vsh_warp *w, unsigned int slots)
{
	unsigned int s;

	if (!slots)
		return;
	for (s = 0; s < VSH_SLOTS; s++) {
		if (!(slots & 1u << s) || !w->busy[s])
			continue;
		w->busy[s] = 0;
		memset(w->lane_busy[s], 0, sizeof(w->lane_busy[s]));
	}
}

/* --- Flow ---------------------------------------------------------------- */

/* Go on with the live lanes that are at the lowest address */
static void vsh_reconverge(struct vsh_warp *w)
{
	u64 lowest = ~0ULL;
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		if (w->live & 1u << l && w->lane_pc[l] < lowest)
			lowest = w->lane_pc[l];
	w->active = 0;
	for (l = 0; l < VSH_LANES; l++)
		if (w->live & 1u << l && w->lane_pc[l] == lowest)
			w->active |= 1u << l;
	w->pc = lowest;
}

static void vsh_park(struct vsh_warp *w, unsigned int lanes, u64 pc)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		if (lanes & 1u << l)
			w->lane_pc[l] = pc;
}

/*
 * Go on behind an instruction: @taken lanes at @target, the other active ones
 * at the next instruction.
 */
static int vsh_advance(struct vsh_group *g, struct vsh_warp *w,
		       const struct vsh_insn *insn, unsigned int taken,
		       u64 target)
{
	vsh_wait(w, insn->waits);
	if (insn->flow == VSH_FLOW_END) {
		w->live &= ~w->active;
		if (!w->live) {
			w->active = 0;
			w->state = VSH_WARP_ENDED;
			return 0;
		}
		vsh_reconverge(w);
		return 0;
	}
	if (taken && taken != w->active) {
		if (insn->flow != VSH_FLOW_RECONVERGE)
			return vsh_fail(g, VSH_FAULT_DIVERGENCE,
					__builtin_ctz(taken), 0);
		vsh_park(w, w->active & ~taken, w->pc + 8);
		vsh_park(w, taken, target);
		vsh_reconverge(w);
		return 0;
	}
	w->pc = taken ? target : w->pc + 8;
	if (insn->flow == VSH_FLOW_RECONVERGE && w->active != w->live) {
		vsh_park(w, w->active, w->pc);
		vsh_reconverge(w);
	}

	return 0;
}

/* Go on behind an instruction that does not branch */
static __always_inline int vsh_next(struct vsh_group *g, struct vsh_warp *w,
				    const struct vsh_insn *insn)
{
	if (!insn->plain)
		return vsh_advance(g, w, insn, 0, 0);
	w->pc += 8;

	return 0;
}

static int vsh_branch(struct vsh_group *g, struct vsh_warp *w,
		      const struct vsh_insn *insn)
{
	bool zero = vsh_mod(insn->word, VSH_MOD_EQ);
	unsigned int taken = 0, l;
	u32 cond[VSH_LANES] VSH_UNCLEARED;
	int ret = vsh_fetch_word(g, w, &insn->src[0], cond);

	if (ret)
		return ret;
	for (l = 0; l < VSH_LANES; l++)
		if (!cond[l] == zero)
			taken |= 1u << l;

	return vsh_advance(g, w, insn, taken & w->active,
			   w->pc + 8 + (s64)insn->imm * 8);
}

/* --- Arithmetic ---------------------------------------------------------- */

static void vsh_write(struct vsh_warp *w, unsigned int reg, unsigned int mask,
		      const u32 *from)
{
	static const u32 halves[] = { 0, 0xffff, 0xffff0000, ~0u };
	u32 *to = w->r[reg];
	u32 keep = ~halves[mask];
	unsigned int l;

	if (w->active == VSH_ALL_LANES && !keep) {
		memcpy(to, from, sizeof(w->r[0]));
		return;
	}
	for (l = 0; l < VSH_LANES; l++)
		if (w->active & 1u << l)
			to[l] = (to[l] & keep) | (from[l] & ~keep);
}

/* Replace the subnormal floats of all lanes by zeroes of the same sign */
static void vsh_flush_lanes(u32 *to, const u32 *from, unsigned int format)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++) {
		u32 v = from[l];

		if (format == VSH_FTZ_32) {
			if (!(v & 0x7f800000))
				v &= 0x80000000;
		} else {
			if (!(v & 0x7c00))
				v &= 0xffff8000;
			if (!(v & 0x7c000000))
				v &= 0x8000ffff;
		}
		to[l] = v;
	}
}

/* Store the results of all active lanes */
static __always_inline void vsh_results(struct vsh_warp *w,
					const struct vsh_insn *insn, u32 *d,
					const u32 *d_hi)
{
	unsigned int l;

	for (l = 0; insn->halve && l < VSH_LANES; l++)
		d[l] = vsh_halve(d[l]) * 0x10001;
	vsh_write(w, insn->dest, insn->dest_mask, d);
	if (insn->wide)
		vsh_write(w, insn->dest + 1, insn->dest_mask, d_hi);
}

static int vsh_alu(struct vsh_group *g, struct vsh_warp *w,
		   const struct vsh_insn *insn)
{
	u32 lo[VSH_MAX_SRC][VSH_LANES] VSH_UNCLEARED;
	u32 hi[3][VSH_LANES] VSH_UNCLEARED;
	u32 d[VSH_LANES] VSH_UNCLEARED, d_hi[VSH_LANES] VSH_UNCLEARED;
	bool flush = insn->format & g->ftz;
	bool in_place = insn->in_place && w->active == VSH_ALL_LANES && !flush;
	struct vsh_alu x VSH_UNCLEARED;
	unsigned int i;
	int ret;

	x.d = in_place ? w->r[insn->dest] : d;
	x.d_hi = d_hi;
	x.word = insn->word;
	x.active = w->active;
	x.s[3] = NULL;
	for (i = 0; i < insn->sources; i++) {
		const struct vsh_operand *o = &insn->src[i];

		if (o->direct) {
			x.s[i] = w->r[o->index];
			continue;
		}
		x.s[i] = lo[i];
		if (o->shape == VSH_SHAPE_PAIR || o->shape == VSH_SHAPE_WIDE) {
			x.hi[i] = hi[i];
			ret = vsh_fetch_wide(g, w, o, lo[i], hi[i]);
		} else {
			ret = vsh_fetch_word(g, w, o, lo[i]);
		}
		if (ret)
			return ret;
	}
	for (i = 0; flush && i < VSH_MAX_SRC; i++) {
		if (!(insn->floats & 1u << i))
			continue;
		vsh_flush_lanes(lo[i], x.s[i], insn->format);
		x.s[i] = lo[i];
	}
	insn->alu(&x);
	if (flush)
		vsh_flush_lanes(d, d, insn->format);
	if (!in_place)
		vsh_results(w, insn, d, d_hi);

	return vsh_next(g, w, insn);
}

/* --- Execution ----------------------------------------------------------- */

static int vsh_execute(struct vsh_group *g, struct vsh_warp *w,
		       const struct vsh_insn *insn)
{
	unsigned int lane = 0;
	int ret;

	if (insn->fault)
		return vsh_fail(g, insn->fault, 0, 0);
	if (insn->touched & ~g->registers)
		return vsh_fail(g, VSH_FAULT_REGISTER, 0, 0);
	if ((w->busy[0] | w->busy[1] | w->busy[2]) & insn->touched &&
	    vsh_lane_waits(w, insn->touched, &lane))
		return vsh_fail(g, VSH_FAULT_WAIT, lane, 0);
	switch (insn->op) {
	case VSH_OP_ALU:
		return vsh_alu(g, w, insn);
	case VSH_OP_NOP:
		return vsh_next(g, w, insn);
	case VSH_OP_BRANCHZ:
		return vsh_branch(g, w, insn);
	case VSH_OP_BARRIER:
		ret = vsh_advance(g, w, insn, 0, 0);
		if (w->state == VSH_WARP_READY)
			w->state = VSH_WARP_BARRIER;
		return ret;
	default:
		ret = vsh_message(g, w, insn);
		if (ret)
			return ret;
		w->done = 0;
		if (g->check_waits && insn->written)
			vsh_set_busy(w, insn);
		return vsh_next(g, w, insn);
	}
}

static void vsh_record(struct vsh_group *g, const struct vsh_warp *w,
		       const struct vsh_insn *insn)
{
	g->fault.pc = w->pc;
	g->fault.warp = w - g->warps;
	g->fault.word = insn ? insn->word : 0;
	g->fault.name = insn && insn->form ? insn->form->name : NULL;
}

/* One turn of a warp, up to a cost. Return: 0, -EAGAIN or -EFAULT */
static int vsh_turn(struct vsh_group *g, struct vsh_warp *w, u64 end)
{
	const struct vsh_insn *insn;
	unsigned int left;
	int ret = 0;

	for (left = VSH_TURN; left && g->cost < end &&
	     w->state == VSH_WARP_READY; left--) {
		insn = vsh_insn_at(g, w->pc, &ret);
		if (insn)
			ret = vsh_execute(g, w, insn);
		if (ret == -EAGAIN)
			return ret;
		if (ret) {
			vsh_record(g, w, insn);
			return ret;
		}
		g->executed++;
		g->cost += insn->weight;
	}

	return 0;
}

/* Find the next warp that can execute, and open the barrier if none can */
static struct vsh_warp *vsh_next_warp(struct vsh_group *g)
{
	bool stopped = false;
	unsigned int i;

	for (i = 0; i < g->warp_count; i++) {
		unsigned int n = (g->current_warp + i) % g->warp_count;

		if (g->warps[n].state == VSH_WARP_READY) {
			g->current_warp = n;
			return &g->warps[n];
		}
		stopped |= g->warps[n].state == VSH_WARP_BARRIER;
	}
	if (!stopped)
		return NULL;
	for (i = 0; i < g->warp_count; i++)
		if (g->warps[i].state == VSH_WARP_BARRIER)
			g->warps[i].state = VSH_WARP_READY;

	return vsh_next_warp(g);
}

/**
 * vsh_run - execute a workgroup
 * @g: the workgroup
 * @max: largest cost, over all warps; the last instruction may exceed it
 *
 * An instruction costs 1 or, if it takes the host long, 8. Each access of a lane
 * to memory costs 1, or four of them if they are to words of a page that is known.
 * The fetch of an instruction that is not in the cache costs 1.
 *
 * Return: VSH_DONE when all lanes have ended, VSH_FAULTED with the fault
 * recorded; VSH_BUDGET or VSH_STALLED if the caller is to call again.
 */
enum vsh_result vsh_run(struct vsh_group *g, unsigned int max)
{
	u64 end = g->cost + max;
	struct vsh_warp *w;
	int ret;

	if (g->fault.type)
		return VSH_FAULTED;
	while ((w = vsh_next_warp(g))) {
		if (g->cost >= end)
			return VSH_BUDGET;
		ret = vsh_turn(g, w, end);
		if (ret == -EAGAIN)
			return VSH_STALLED;
		if (ret)
			return VSH_FAULTED;
		g->current_warp = (g->current_warp + 1) % g->warp_count;
	}

	return VSH_DONE;
}
