// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fetches operands: registers, constants, uniforms and special values, whole
 * or in parts.
 *
 * Values that are the same in all lanes are shaped once and then copied.
 */

#include "shader/exec.h"

static u32 vsh_byte(u32 value, unsigned int i)
{
	return value >> (8 * i) & 0xff;
}

static u32 vsh_part_of(const struct vsh_operand *o, u32 value)
{
	u32 part = value << (32 - o->first - o->bits);

	return o->sign ? (u32)((s32)part >> (32 - o->bits)) :
			 part >> (32 - o->bits);
}

static u32 vsh_extend_byte(const struct vsh_operand *o, u32 value)
{
	return (o->sign ? (u32)(s8)value : value) & 0xffff;
}

/**
 * vsh_shape_word - apply what an operand asks for to a 32-bit value
 * @o: the operand
 * @value: the value
 *
 * Return: the value that the instruction works on.
 */
u32 vsh_shape_word(const struct vsh_operand *o, u32 value)
{
	switch (o->shape) {
	case VSH_SHAPE_PART:
	case VSH_SHAPE_WIDE:
		value = vsh_part_of(o, value);
		break;
	case VSH_SHAPE_BYTES:
		value = vsh_byte(value, o->sel[0]) |
			vsh_byte(value, o->sel[1]) << 8 |
			vsh_byte(value, o->sel[2]) << 16 |
			vsh_byte(value, o->sel[3]) << 24;
		break;
	case VSH_SHAPE_HALVES:
		value = vsh_extend_byte(o, vsh_byte(value, o->sel[0])) |
			vsh_extend_byte(o, vsh_byte(value, o->sel[1])) << 16;
		break;
	case VSH_SHAPE_FLOAT:
		value = vsh_half_to_float(value >> o->first & 0xffff);
		break;
	}

	return (value & o->and_mask) ^ o->xor_mask;
}

static void vsh_splat(u32 *to, u32 value)
{
	u64 pair = value * 0x100000001ULL;
	unsigned int l;

	for (l = 0; l < VSH_LANES; l += 2)
		memcpy(to + l, &pair, sizeof(pair));
}

/* Word @i of a special value in all lanes */
static void vsh_special(const struct vsh_group *g, const struct vsh_warp *w,
			unsigned int special, unsigned int i, u32 *to)
{
	unsigned int first = (w - g->warps) * VSH_LANES, l;

	switch (special) {
	case VSH_SPECIAL_TLS:
		for (l = 0; l < VSH_LANES; l++)
			to[l] = (g->tls + (u64)(first + l) * g->tls_size) >>
				(32 * i);
		return;
	case VSH_SPECIAL_WLS:
		vsh_splat(to, g->wls >> (32 * i));
		return;
	case VSH_SPECIAL_RESOURCES:
		vsh_splat(to, g->resources >> (32 * i));
		return;
	case VSH_SPECIAL_LANE:
		for (l = 0; l < VSH_LANES; l++)
			to[l] = l;
		return;
	case VSH_SPECIAL_CORE:
		vsh_splat(to, g->core);
		return;
	case VSH_SPECIAL_PC:
		vsh_splat(to, (w->pc + 8) >> (32 * i));
		return;
	}
}

/* Word @i of an operand in all lanes, before it is shaped */
static int vsh_fetch_raw(struct vsh_group *g, struct vsh_warp *w,
			 const struct vsh_operand *o, unsigned int i, u32 *to)
{
	switch (o->from) {
	case VSH_FROM_REG:
		memcpy(to, w->r[o->index + i], sizeof(w->r[0]));
		return 0;
	case VSH_FROM_CONST:
		vsh_splat(to, i ? 0 : o->value);
		return 0;
	case VSH_FROM_UNIFORM:
		if (o->index + i >= g->uniform_count)
			return vsh_fail(g, VSH_FAULT_UNIFORM, 0, 0);
		vsh_splat(to, g->uniforms[o->index + i]);
		return 0;
	default:
		vsh_special(g, w, o->index / 2, o->index % 2 + i, to);
		return 0;
	}
}

/**
 * vsh_fetch_word - fetch a 32-bit operand of all lanes
 * @g: the workgroup
 * @w: the warp
 * @o: the operand
 * @to: where to store it
 *
 * Return: 0, or -EFAULT with the fault recorded.
 */
int vsh_fetch_word(struct vsh_group *g, struct vsh_warp *w,
		   const struct vsh_operand *o, u32 *to)
{
	unsigned int l;
	int ret;

	if (o->from == VSH_FROM_CONST) {
		vsh_splat(to, o->value);
		return 0;
	}
	if (o->from == VSH_FROM_UNIFORM && o->index < g->uniform_count) {
		vsh_splat(to, vsh_shape_word(o, g->uniforms[o->index]));
		return 0;
	}
	ret = vsh_fetch_raw(g, w, o, 0, to);
	if (ret)
		return ret;
	if (o->shape == VSH_SHAPE_PART) {
		for (l = 0; l < VSH_LANES; l++)
			to[l] = (vsh_part_of(o, to[l]) & o->and_mask) ^
				o->xor_mask;
		return 0;
	}
	if (o->shape == VSH_SHAPE_WORD) {
		for (l = 0; l < VSH_LANES; l++)
			to[l] = (to[l] & o->and_mask) ^ o->xor_mask;
		return 0;
	}
	for (l = 0; l < VSH_LANES; l++)
		to[l] = vsh_shape_word(o, to[l]);

	return 0;
}

/**
 * vsh_fetch_wide - fetch a 64-bit operand of all lanes
 * @g: the workgroup
 * @w: the warp
 * @o: the operand, of the shape pair or wide
 * @lo: where to store the lower halves
 * @hi: where to store the upper halves
 *
 * Return: 0, or -EFAULT with the fault recorded.
 */
int vsh_fetch_wide(struct vsh_group *g, struct vsh_warp *w,
		   const struct vsh_operand *o, u32 *lo, u32 *hi)
{
	int ret = vsh_fetch_raw(g, w, o, 0, lo);
	unsigned int l;

	if (ret)
		return ret;
	if (o->shape == VSH_SHAPE_PAIR) {
		ret = vsh_fetch_raw(g, w, o, 1, hi);
		if (!o->xor_mask)
			return ret;
		for (l = 0; l < VSH_LANES; l++) {
			lo[l] ^= o->xor_mask;
			hi[l] ^= o->xor_mask;
		}
		return ret;
	}
	for (l = 0; l < VSH_LANES; l++) {
		lo[l] = vsh_part_of(o, lo[l]);
		hi[l] = o->sign ? (u32)((s32)lo[l] >> 31) : 0;
	}

	return 0;
}
