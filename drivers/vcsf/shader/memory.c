// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Messages to the load/store unit: loads, stores, buffers and atomics.
 *
 * Lanes have their access one after the other, from lane 0. A lane that has
 * had it is marked in &vsh_warp.done, so that the instruction can stop at one
 * that must be tried again and go on there.
 */

#include "shader/exec.h"

/* Descriptor types and fields */
#define VSH_RESOURCE_DESCRIPTORS	0x1000000	/* in word 1 */
#define VSH_RESOURCE_ADDRESS		((1ULL << 56) - 1)
#define VSH_DESC_BUFFER			9
#define VSH_BUFFER_SIMPLE		1
#define VSH_BUFFER_STRUCTURE		3

/**
 * vsh_access - report the result of an access to memory
 * @g: the workgroup
 * @ret: what the access returned
 * @lane: the lane
 * @va: the address
 *
 * Return: 0, -EAGAIN, or -EFAULT with the fault recorded.
 */
int vsh_access(struct vsh_group *g, int ret, unsigned int lane, u64 va)
{
	if (ret == -EAGAIN)
		return ret;

	return ret ? vsh_fail(g, VSH_FAULT_ACCESS, lane, va) : 0;
}

/* --- Loads --------------------------------------------------------------- */

static void vsh_write_part(u32 *reg, u32 value, unsigned int bits,
			   unsigned int i)
{
	u32 mask = ((1u << bits) - 1) << (bits * i);

	*reg = (*reg & ~mask) | (value << (bits * i) & mask);
}

/* Put a value of up to 8 bytes into the registers of a lane */
static void vsh_write_small(struct vsh_warp *w, const struct vsh_insn *insn,
			    unsigned int lane, u64 value)
{
	u32 *reg = &w->r[insn->sr][lane];
	unsigned int part = insn->lane;

	if (!vsh_mod(insn->word, VSH_MOD_UNSIGNED))
		value = vsh_sext(value, 8 * insn->size);
	if (insn->size == 1 && part < 6) {
		if (part < 4)
			vsh_write_part(reg, value, 8, part);
		else
			vsh_write_part(reg, value, 16, part - 4);
		return;
	}
	if (insn->size == 2 && part < 2) {
		vsh_write_part(reg, value, 16, part);
		return;
	}
	*reg = value;
	if (insn->sr_count > 1)
		w->r[insn->sr + 1][lane] = value >> 32;
}

static void vsh_write_loaded(struct vsh_warp *w, const struct vsh_insn *insn,
			     unsigned int lane, const u32 *words)
{
	unsigned int i;

	if (insn->size < 8) {
		vsh_write_small(w, insn, lane, words[0] | (u64)words[1] << 32);
		return;
	}
	for (i = 0; i < insn->size / 4u; i++)
		w->r[insn->sr + i][lane] = words[i];
}

static __always_inline int vsh_load(struct vsh_group *g, struct vsh_warp *w,
				    const struct vsh_insn *insn,
				    unsigned int lane, u64 va)
{
	u32 words[4] VSH_UNCLEARED;
	int ret;

	/* What is not loaded of a part is zero. */
	words[0] = 0;
	words[1] = 0;
	ret = vsh_load_bytes(g, va, words, insn->size);
	if (ret)
		return vsh_access(g, ret, lane, va);
	if (insn->size == 4 && insn->sr_count == 1) {
		w->r[insn->sr][lane] = words[0];
		return 0;
	}
	vsh_write_loaded(w, insn, lane, words);

	return 0;
}

static __always_inline int vsh_store(struct vsh_group *g, struct vsh_warp *w,
				     const struct vsh_insn *insn,
				     unsigned int lane, u64 va)
{
	u32 words[4] VSH_UNCLEARED;
	unsigned int i;
	int ret;

	for (i = 0; i < insn->sr_count; i++)
		words[i] = w->r[insn->sr + i][lane];
	ret = vsh_store_bytes(g, va, words, insn->size);

	return ret ? vsh_access(g, ret, lane, va) : 0;
}

/* --- Buffers ------------------------------------------------------------- */

/* Read an entry of the resource table */
static int vsh_resource(struct vsh_group *g, u32 table, unsigned int lane,
			u64 *words)
{
	u64 entry = (g->resources & ~0x3fULL) +
		    (u64)table * VSH_RESOURCE_SIZE;
	int ret;

	if (table >= (g->resources & 0x3f))
		return vsh_fail(g, VSH_FAULT_DESCRIPTOR, lane, entry);
	ret = vsh_read(g, entry, words, VSH_RESOURCE_SIZE);

	return ret ? vsh_access(g, ret, lane, entry) : 0;
}

/**
 * vsh_descriptor - find the descriptor that a handle names
 * @g: the workgroup
 * @handle: a table and an index
 * @lane: the lane that asks
 * @address: where to store the address
 *
 * Return: 0, -EAGAIN, or -EFAULT with the fault recorded.
 */
int vsh_descriptor(struct vsh_group *g, u32 handle, unsigned int lane,
		   u64 *address)
{
	u32 index = handle & ((1u << VSH_HANDLE_TABLE) - 1);
	u64 words[2];
	int ret = vsh_resource(g, handle >> VSH_HANDLE_TABLE, lane, words);

	if (ret)
		return ret;
	*address = (words[0] & VSH_RESOURCE_ADDRESS) +
		   (u64)index * VSH_DESCRIPTOR_SIZE;
	if (!(words[0] >> 32 & VSH_RESOURCE_DESCRIPTORS) ||
	    ((u64)index + 1) * VSH_DESCRIPTOR_SIZE > words[1])
		return vsh_fail(g, VSH_FAULT_DESCRIPTOR, lane, *address);

	return 0;
}

static int vsh_buffer(struct vsh_group *g, u32 handle, unsigned int lane,
		      u64 *address, u32 *size)
{
	u64 descriptor = 0, words[2];
	int ret;

	if (handle >> VSH_HANDLE_TABLE == VSH_TABLE_RESOURCES) {
		ret = vsh_resource(g, handle & ((1u << VSH_HANDLE_TABLE) - 1),
				   lane, words);
		if (ret)
			return ret;
		*size = words[1] < ~0u ? words[1] : ~0u;
		*address = words[0] & VSH_RESOURCE_ADDRESS;
		return 0;
	}
	ret = vsh_descriptor(g, handle, lane, &descriptor);
	if (ret)
		return ret;
	ret = vsh_read(g, descriptor, words, sizeof(words));
	if (ret)
		return vsh_access(g, ret, lane, descriptor);
	if ((words[0] & 0xff) != (VSH_DESC_BUFFER | VSH_BUFFER_SIMPLE << 4))
		return vsh_fail(g, VSH_FAULT_DESCRIPTOR, lane, descriptor);
	*size = words[0] >> 32;
	*address = words[1];

	return 0;
}

static int vsh_ld_buffer(struct vsh_group *g, struct vsh_warp *w,
			 const struct vsh_insn *insn, unsigned int lane,
			 u32 offset, u32 handle)
{
	u32 words[4] = { 0 }, size = 0;
	u64 address = 0;
	int ret = vsh_buffer(g, handle, lane, &address, &size);

	if (ret)
		return ret;
	/* Reads beyond the end of a buffer give zero. */
	if ((u64)offset + insn->size <= size)
		return vsh_load(g, w, insn, lane, address + offset);
	vsh_write_loaded(w, insn, lane, words);

	return 0;
}

static int vsh_lea_buffer(struct vsh_group *g, struct vsh_warp *w,
			  const struct vsh_insn *insn, unsigned int lane,
			  u32 offset, u32 handle)
{
	u64 address = 0;
	u32 size = 0;
	int ret = vsh_buffer(g, handle, lane, &address, &size);

	if (ret)
		return ret;
	address += offset;
	if (offset >= size)
		address |= VSH_NOWHERE;
	w->r[insn->sr][lane] = address;
	w->r[insn->sr + 1][lane] = address >> 32;

	return 0;
}

/* The address of a structure. The number of structures is not looked at. */
static int vsh_lea_buf(struct vsh_group *g, struct vsh_warp *w,
		       const struct vsh_insn *insn, unsigned int lane,
		       u32 index, u32 handle)
{
	u64 descriptor = 0, words[3] = { 0 }, address;
	int ret = vsh_descriptor(g, handle, lane, &descriptor);

	if (ret)
		return ret;
	ret = vsh_read(g, descriptor, words, 2 * sizeof(u64));
	if (!ret)
		ret = vsh_read(g, descriptor + 16, words + 2, sizeof(u64));
	if (ret)
		return vsh_access(g, ret, lane, descriptor);
	if ((words[0] & 0xff) != (VSH_DESC_BUFFER | VSH_BUFFER_STRUCTURE << 4))
		return vsh_fail(g, VSH_FAULT_DESCRIPTOR, lane, descriptor);
	address = words[1] + index * (words[2] & 0xffffffff);
	w->r[insn->sr][lane] = address;
	w->r[insn->sr + 1][lane] = address >> 32;

	return 0;
}

/* --- Atomics ------------------------------------------------------------- */

/**
 * vsh_atomic_result - compute the new value of an atomic operation
 * @op: the operation
 * @size: size of the value, 4 or 8 bytes
 * @old: value in memory
 * @operand: operand
 * @compare: value to compare with, for VSH_ATOMIC_CMPXCHG
 *
 * Return: the new value.
 */
u64 vsh_atomic_result(enum vsh_atomic op, unsigned int size, u64 old,
		      u64 operand, u64 compare)
{
	s64 a = vsh_sext(old, 8 * size), b = vsh_sext(operand, 8 * size);

	switch (op) {
	case VSH_ATOMIC_ADD:
		return old + operand;
	case VSH_ATOMIC_SMIN:
		return a < b ? old : operand;
	case VSH_ATOMIC_SMAX:
		return a > b ? old : operand;
	case VSH_ATOMIC_UMIN:
		return old < operand ? old : operand;
	case VSH_ATOMIC_UMAX:
		return old > operand ? old : operand;
	case VSH_ATOMIC_AND:
		return old & operand;
	case VSH_ATOMIC_OR:
		return old | operand;
	case VSH_ATOMIC_XOR:
		return old ^ operand;
	case VSH_ATOMIC_XCHG:
		return operand;
	case VSH_ATOMIC_CMPXCHG:
		return old == compare ? operand : old;
	}

	return old;
}

static const struct {
	u8 op;
	s8 operand;
} vsh_atomics_with_1[] = {
	{ VSH_ATOMIC_ADD, 1 },
	{ VSH_ATOMIC_ADD, -1 },
	{ VSH_ATOMIC_UMAX, 1 },
	{ VSH_ATOMIC_SMAX, 1 },
	{ VSH_ATOMIC_OR, 1 },
};

static u64 vsh_staging_value(const struct vsh_warp *w, unsigned int reg,
			     unsigned int size, unsigned int lane)
{
	u64 value = w->r[reg][lane];

	if (size == 8)
		value |= (u64)w->r[reg + 1][lane] << 32;

	return value;
}

static int vsh_atomic(struct vsh_group *g, struct vsh_warp *w,
		      const struct vsh_insn *insn, unsigned int lane, u64 va)
{
	u64 operand, compare = 0, old = 0;
	unsigned int to = insn->sr2, count = insn->size / 4;
	enum vsh_atomic op;
	int ret;

	if (insn->op == VSH_OP_ATOM1) {
		u32 value = vsh_mod(insn->word, VSH_MOD_ATOMIC1);

		op = vsh_atomics_with_1[value].op;
		operand = (s64)vsh_atomics_with_1[value].operand;
		if (insn->size == 4)
			operand = (u32)operand;
		to = insn->sr;
		count = insn->sr_count;
	} else {
		op = vsh_mod(insn->word, VSH_MOD_ATOMIC);
		operand = vsh_staging_value(w, insn->sr, insn->size, lane);
	}
	if (insn->op == VSH_OP_ATOM)
		count = 0;
	if (insn->op == VSH_OP_ATOM_RETURN &&
	    vsh_mod(insn->word, VSH_MOD_COMPARE)) {
		op = VSH_ATOMIC_CMPXCHG;
		compare = vsh_staging_value(w, insn->sr + insn->size / 4,
					    insn->size, lane);
	}
	if (va % insn->size && !(va & VSH_NOWHERE))
		return vsh_fail(g, VSH_FAULT_ALIGNMENT, lane, va);
	g->cost++;
	ret = va & VSH_NOWHERE ? 0 :
	      g->ops->atomic(g->data, va, op, insn->size, operand, compare, &old);
	if (ret)
		return vsh_access(g, ret, lane, va);
	if (count > 0)
		w->r[to][lane] = old;
	if (count > 1)
		w->r[to + 1][lane] = old >> 32;

	return 0;
}

/* --- All of them --------------------------------------------------------- */

typedef int (*vsh_lane_fn)(struct vsh_group *g, struct vsh_warp *w,
			   const struct vsh_insn *insn, unsigned int lane,
			   u32 lo, u32 hi);

static __always_inline u64 vsh_address(const struct vsh_insn *insn, u32 lo,
				       u32 hi)
{
	return (lo | (u64)hi << 32) + (s64)insn->imm;
}

static __always_inline int vsh_lane_load(struct vsh_group *g,
					 struct vsh_warp *w,
					 const struct vsh_insn *insn,
					 unsigned int lane, u32 lo, u32 hi)
{
	return vsh_load(g, w, insn, lane, vsh_address(insn, lo, hi));
}

static __always_inline int vsh_lane_store(struct vsh_group *g,
					  struct vsh_warp *w,
					  const struct vsh_insn *insn,
					  unsigned int lane, u32 lo, u32 hi)
{
	return vsh_store(g, w, insn, lane, vsh_address(insn, lo, hi));
}

static __always_inline int vsh_lane_atomic(struct vsh_group *g,
					   struct vsh_warp *w,
					   const struct vsh_insn *insn,
					   unsigned int lane, u32 lo, u32 hi)
{
	return vsh_atomic(g, w, insn, lane, vsh_address(insn, lo, hi));
}

/* All active lanes that have not had their access */
static __always_inline int vsh_for_lanes(struct vsh_group *g,
					 struct vsh_warp *w,
					 const struct vsh_insn *insn,
					 const u32 *lo, const u32 *hi,
					 vsh_lane_fn fn)
{
	unsigned int lanes = w->active & ~w->done;
	int ret;

	for (; lanes; lanes &= lanes - 1) {
		unsigned int l = __builtin_ctz(lanes);

		ret = fn(g, w, insn, l, lo[l], hi[l]);
		if (ret) {
			w->done = w->active & ~lanes;
			return ret;
		}
	}
	w->done = w->active;

	return 0;
}

/* Accesses of lanes to words of a known page that cost as much as an instruction */
#define VSH_WORDS_PER_COST	4

/**
 * struct vsh_window - a page that lanes of an instruction access directly
 * @page: its address
 * @host: where it is, NULL if there is none
 */
struct vsh_window {
	u64 page;
	u8 *host;
};

/* Whether the aligned word at @va can be accessed without a callback */
static __always_inline bool vsh_window(struct vsh_group *g,
				       struct vsh_window *window, u64 va,
				       bool write)
{
	if (va & 3)
		return false;
	if (va - window->page < VSH_PAGE && window->host)
		return true;
	window->page = va & ~(u64)(VSH_PAGE - 1);
	window->host = g->ops->page(g->data, va, write);

	return window->host;
}

static int
vsh_other_word(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
	       unsigned int lane, u64 va, bool write)
{
	return write ? vsh_store(g, w, insn, lane, va) : vsh_load(g, w, insn, lane, va);
}

/*
 * Load or store a word in each lane, in a loop of its own: that is the most
 * frequent message.
 */
static __always_inline int vsh_words(struct vsh_group *g, struct vsh_warp *w,
				     const struct vsh_insn *insn, const u32 *lo,
				     const u32 *hi, bool write)
{
	struct vsh_window window = { 0 };
	unsigned int lanes = w->active & ~w->done, direct = 0;
	u32 *r = w->r[insn->sr];
	s64 imm = insn->imm;
	u32 *word;
	int ret = 0;

	for (; lanes; lanes &= lanes - 1) {
		unsigned int l = __builtin_ctz(lanes);
		u64 va = (lo[l] | (u64)hi[l] << 32) + imm;

		if (!vsh_window(g, &window, va, write)) {
			ret = vsh_other_word(g, w, insn, l, va, write);
			if (ret)
				break;
			continue;
		}
		direct++;
		word = (u32 *)(window.host + (va - window.page));
		if (write)
			__atomic_store_n(word, r[l], __ATOMIC_RELAXED);
		else
			r[l] = __atomic_load_n(word, __ATOMIC_RELAXED);
	}
	w->done = w->active & ~lanes;
	g->cost += (direct + VSH_WORDS_PER_COST - 1) / VSH_WORDS_PER_COST;

	return ret;
}

static int
vsh_load_words(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
	       const u32 *lo, const u32 *hi)
{
	return vsh_words(g, w, insn, lo, hi, false);
}

static int
vsh_store_words(struct vsh_group *g, struct vsh_warp *w, const struct vsh_insn *insn,
		const u32 *lo, const u32 *hi)
{
	return vsh_words(g, w, insn, lo, hi, true);
}

static bool vsh_is_word(const struct vsh_insn *insn)
{
	return insn->size == 4 && insn->sr_count == 1 &&
	       (insn->op == VSH_OP_LOAD || insn->op == VSH_OP_STORE);
}

static int vsh_word_message(struct vsh_group *g, struct vsh_warp *w,
			    const struct vsh_insn *insn, const u32 *lo, const u32 *hi)
{
	return insn->op == VSH_OP_LOAD ? vsh_load_words(g, w, insn, lo, hi) :
					 vsh_store_words(g, w, insn, lo, hi);
}

/* The handle of LEA_BUF_IMM, the same for all lanes */
static void vsh_immediate_handle(const struct vsh_insn *insn, u32 *handles)
{
	unsigned int l;

	for (l = 0; l < VSH_LANES; l++)
		handles[l] = vsh_narrow_handle(vsh_imm_value(insn->word, VSH_IMM_TABLE8),
					       vsh_imm_value(insn->word, VSH_IMM_INDEX12));
}

/**
 * vsh_message - execute a message for all active lanes
 * @g: the workgroup
 * @w: the warp
 * @insn: the message
 *
 * Return: 0, -EAGAIN with &vsh_warp.done up to date, or -EFAULT with the
 * fault recorded.
 */
int vsh_message(struct vsh_group *g, struct vsh_warp *w,
		const struct vsh_insn *insn)
{
	u32 lo[VSH_LANES] VSH_UNCLEARED, hi[VSH_LANES] VSH_UNCLEARED;
	const struct vsh_operand *o = &insn->src[0];
	bool word = vsh_is_word(insn);
	int ret;

	if (insn->op >= VSH_OP_TEX_FETCH)
		return vsh_image_message(g, w, insn);
	/* A lane's address has been read when its register is written. */
	if (word && o->from == VSH_FROM_REG && o->shape == VSH_SHAPE_PAIR && !o->xor_mask)
		return vsh_word_message(g, w, insn, w->r[o->index], w->r[o->index + 1]);
	if (insn->src[0].shape == VSH_SHAPE_PAIR) {
		ret = vsh_fetch_wide(g, w, &insn->src[0], lo, hi);
	} else {
		ret = vsh_fetch_word(g, w, &insn->src[0], lo);
		/* An immediate handle is the only second source that is not there. */
		if (!ret && !insn->src[1].from)
			vsh_immediate_handle(insn, hi);
		else if (!ret)
			ret = vsh_fetch_word(g, w, &insn->src[1], hi);
	}
	if (ret)
		return ret;
	if (word)
		return vsh_word_message(g, w, insn, lo, hi);
	switch (insn->op) {
	case VSH_OP_LOAD:
		return vsh_for_lanes(g, w, insn, lo, hi, vsh_lane_load);
	case VSH_OP_STORE:
		return vsh_for_lanes(g, w, insn, lo, hi, vsh_lane_store);
	case VSH_OP_LD_BUFFER:
		return vsh_for_lanes(g, w, insn, lo, hi, vsh_ld_buffer);
	case VSH_OP_LEA_BUFFER:
		return vsh_for_lanes(g, w, insn, lo, hi, vsh_lea_buffer);
	case VSH_OP_LEA_BUF:
		return vsh_for_lanes(g, w, insn, lo, hi, vsh_lea_buf);
	default:
		return vsh_for_lanes(g, w, insn, lo, hi, vsh_lane_atomic);
	}
}
