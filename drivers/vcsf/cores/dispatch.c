// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Compute jobs: their descriptors, and the launch of a workgroup.
 *
 * vcsf_dispatch_load() reads the descriptors of a job and its uniforms from
 * memory before the first workgroup, and again when the slot's context has
 * executed another job in between. Descriptors are written by clients and may
 * hold anything; a value whose meaning is not known is an error.
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>

#include <vcsf/csf_desc.h>

#include "base/vcsf.h"
#include "cores/compute.h"
#include "group/stream.h"
#include "shader/shader.h"

/* The first register that can be preloaded, and those of compute shaders */
#define VCSF_PRELOAD_FIRST	48
#define VCSF_PRELOAD_LOCAL_XY	55
#define VCSF_PRELOAD_LOCAL_Z	56
#define VCSF_PRELOAD_GROUP	57
#define VCSF_PRELOAD_GLOBAL	60
#define VCSF_PRELOAD_END	63

#define VCSF_LANES_MAX		(VSH_MAX_WARPS * VSH_LANES)
#define VCSF_TLS_UNIT		16
#define VCSF_TLS_PACKED_SHIFT	8

static int vcsf_dispatch_read(struct vcsf_compute *c, u64 va, void *to,
			      unsigned int size)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < size; i += sizeof(u64))
		ret = c->group.ops->load(c, va + i, to + i, sizeof(u64));

	return ret;
}

static int vcsf_dispatch_program(struct vcsf_compute *c, u64 va)
{
	static const u8 ftz[] = {
		[CSF_FTZ_PRESERVE] = 0,
		[CSF_FTZ_DX11] = VSH_FTZ_32,
		[CSF_FTZ_ALWAYS] = VSH_FTZ_32 | VSH_FTZ_16,
	};
	struct csf_shader shader;
	unsigned int mode, registers;
	int ret;

	if (!IS_ALIGNED(va, CSF_SHADER_ALIGN))
		return -EINVAL;
	ret = vcsf_dispatch_read(c, va, &shader, sizeof(shader));
	if (ret)
		return ret;
	mode = FIELD_GET(CSF_SHADER_FTZ, shader.flags);
	registers = FIELD_GET(CSF_SHADER_REGISTERS, shader.flags);
	if (FIELD_GET(CSF_SHADER_TYPE, shader.flags) != CSF_DESCRIPTOR_SHADER ||
	    FIELD_GET(CSF_SHADER_STAGE, shader.flags) != CSF_STAGE_COMPUTE ||
	    shader.flags & (CSF_SHADER_SUPPRESS_NAN | CSF_SHADER_SUPPRESS_INF) ||
	    mode >= ARRAY_SIZE(ftz) ||
	    (registers != CSF_REGISTERS_64 && registers != CSF_REGISTERS_32))
		return -EINVAL;
	c->preload = FIELD_GET(CSF_SHADER_PRELOAD, shader.preload);
	if (c->preload & ~(CSF_SHADER_PRELOAD_REG(VCSF_PRELOAD_END) -
			   CSF_SHADER_PRELOAD_REG(VCSF_PRELOAD_LOCAL_XY)))
		return -EINVAL;
	c->pc = shader.binary;
	c->group.ftz = ftz[mode];
	c->group.registers = registers == CSF_REGISTERS_64 ? VSH_REGS_64 :
							     VSH_REGS_32;

	return 0;
}

static int vcsf_dispatch_storage(struct vcsf_compute *c, u64 va)
{
	struct csf_local_storage storage;
	u64 base;
	int ret;

	if (!IS_ALIGNED(va, CSF_LOCAL_STORAGE_ALIGN))
		return -EINVAL;
	ret = vcsf_dispatch_read(c, va, &storage,
				 offsetof(struct csf_local_storage, rsvd));
	if (ret)
		return ret;
	base = FIELD_GET(CSF_LOCAL_TLS_BASE, storage.tls_base);
	switch (FIELD_GET(CSF_LOCAL_TLS_MODE, storage.tls_base)) {
	case CSF_TLS_FLAT:
		break;
	case CSF_TLS_PACKED:
		base <<= VCSF_TLS_PACKED_SHIFT;
		break;
	default:
		return -EINVAL;
	}
	c->group.tls = base;
	c->group.tls_size = (u32)VCSF_TLS_UNIT <<
		min(FIELD_GET(CSF_LOCAL_TLS_SIZE, storage.tls), 27U);
	/* A group executes one workgroup at a time: it has the first instance. */
	c->group.wls = 0;
	if (FIELD_GET(CSF_LOCAL_WLS_INSTANCES, storage.wls) != CSF_LOCAL_WLS_NONE)
		c->group.wls = storage.wls_base;

	return 0;
}

static int vcsf_dispatch_uniforms(struct vcsf_compute *c, u64 uniforms)
{
	unsigned int count = 2 * FIELD_GET(CSF_FAU_COUNT, uniforms);

	if (count > VCSF_UNIFORMS_MAX)
		return -EINVAL;
	c->group.uniform_count = count;

	return vcsf_dispatch_read(c, FIELD_GET(CSF_FAU_ADDRESS, uniforms),
				  c->uniforms, count * sizeof(u32));
}

/* Number of workgroups, U64_MAX if it is larger */
static u64 vcsf_dispatch_groups(const struct vcsf_dispatch *d)
{
	u64 xy = mul_u32_u32(d->count[0], d->count[1]), groups;

	return check_mul_overflow(xy, (u64)d->count[2], &groups) ? U64_MAX :
								   groups;
}

/* The job may come from a suspend buffer, which the host can change. */
static int vcsf_dispatch_size(struct vcsf_compute *c,
			      const struct vcsf_dispatch *d,
			      const struct vcsf_deferred *op)
{
	u64 groups = vcsf_dispatch_groups(d), lanes;

	c->size[0] = FIELD_GET(CSF_WG_SIZE_X, d->size) + 1;
	c->size[1] = FIELD_GET(CSF_WG_SIZE_Y, d->size) + 1;
	c->size[2] = FIELD_GET(CSF_WG_SIZE_Z, d->size) + 1;
	lanes = (u64)c->size[0] * c->size[1] * c->size[2];
	/* With workgroups left, no count is zero. */
	if (lanes > VCSF_LANES_MAX || op->data > groups || !op->left ||
	    op->left > groups - op->data)
		return -EINVAL;
	c->lanes = lanes;

	return 0;
}

/**
 * vcsf_dispatch_load - load a job into the context of its slot
 * @c: the context, which has no workgroup
 * @cs: stream of the job
 * @op: the job; its address becomes that of what is invalid, if anything is
 *
 * Context: the engine's thread; holds &vcsf_mmu.lock.
 * Return: 0, -EINVAL for an invalid descriptor, or the error of an access.
 */
int vcsf_dispatch_load(struct vcsf_compute *c, const struct vcsf_cs *cs,
		       struct vcsf_deferred *op)
{
	const struct vcsf_dispatch *d = &cs->dispatch[op->aux];
	int ret;

	op->addr = d->size;
	ret = vcsf_dispatch_size(c, d, op);
	if (ret)
		return ret;
	op->addr = d->storage;
	ret = vcsf_dispatch_storage(c, d->storage);
	if (ret)
		return ret;
	op->addr = d->uniforms;
	ret = vcsf_dispatch_uniforms(c, d->uniforms);
	if (ret)
		return ret;
	op->addr = d->program;
	ret = vcsf_dispatch_program(c, d->program);
	if (ret)
		return ret;
	c->group.resources = d->resources;
	vsh_icache_invalidate(c->group.icache);

	return 0;
}

/**
 * struct vcsf_places - where the lanes of a warp are
 * @at: place in the workgroup, by axis and lane
 */
struct vcsf_places {
	u32 at[3][VSH_LANES];
};

/* Write the preloaded registers of a warp. */
static void vcsf_dispatch_preload(const struct vcsf_compute *c,
				  struct vsh_warp *w,
				  const struct vcsf_places *p,
				  const u32 *group, const u32 *first)
{
	unsigned int r, l;

	for (r = VCSF_PRELOAD_LOCAL_XY; r < VCSF_PRELOAD_END; r++) {
		u32 *to = w->r[r];

		if (!(c->preload & CSF_SHADER_PRELOAD_REG(r)))
			continue;
		for (l = 0; l < VSH_LANES; l++) {
			if (r == VCSF_PRELOAD_LOCAL_XY)
				to[l] = p->at[0][l] | p->at[1][l] << 16;
			else if (r == VCSF_PRELOAD_LOCAL_Z)
				to[l] = p->at[2][l];
			else if (r < VCSF_PRELOAD_GLOBAL)
				to[l] = group[r - VCSF_PRELOAD_GROUP];
			else
				to[l] = first[r - VCSF_PRELOAD_GLOBAL] +
					p->at[r - VCSF_PRELOAD_GLOBAL][l];
		}
	}
}

/**
 * vcsf_dispatch_launch - launch the next workgroup of a job
 * @c: the context of the slot, with the job loaded
 * @cs: stream of the job
 * @op: the job, which has a workgroup left
 *
 * Context: the engine's thread.
 */
void vcsf_dispatch_launch(struct vcsf_compute *c, const struct vcsf_cs *cs,
			  struct vcsf_deferred *op)
{
	const struct vcsf_dispatch *d = &cs->dispatch[op->aux];
	u32 group[3], first[3], at[3] = { 0 };
	unsigned int i, l, axis;
	u64 rest;

	rest = div_u64_rem(op->data, d->count[0], &group[0]);
	group[2] = div_u64_rem(rest, d->count[1], &group[1]);
	for (axis = 0; axis < ARRAY_SIZE(first); axis++)
		first[axis] = d->offset[axis] + group[axis] * c->size[axis];

	vsh_group_start(&c->group, c->pc, c->lanes);
	for (i = 0; i < c->group.warp_count; i++) {
		struct vcsf_places p;

		for (l = 0; l < VSH_LANES; l++) {
			for (axis = 0; axis < ARRAY_SIZE(at); axis++)
				p.at[axis][l] = at[axis];
			if (++at[0] < c->size[0])
				continue;
			at[0] = 0;
			if (++at[1] < c->size[1])
				continue;
			at[1] = 0;
			at[2]++;
		}
		vcsf_dispatch_preload(c, &c->warps[i], &p, group, first);
	}
	op->data++;
	op->left--;
}
