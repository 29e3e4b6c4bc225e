// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Faults: what ends a workgroup early.
 *
 * The functions that execute an instruction record the kind of the fault here;
 * run.c adds the instruction, its address and the warp.
 */

#include "shader/exec.h"

/**
 * vsh_fail - record a fault of the current instruction
 * @g: the workgroup
 * @type: kind of fault
 * @lane: first lane that is concerned
 * @address: address of the memory access, zero if there was none
 *
 * Return: -EFAULT.
 */
int vsh_fail(struct vsh_group *g, enum vsh_fault_type type, unsigned int lane,
	     u64 address)
{
	g->fault.type = type;
	g->fault.lane = lane;
	g->fault.address = address;

	return -EFAULT;
}

/**
 * vsh_fault_name - get the name of a kind of fault
 * @type: the kind
 *
 * Return: the name.
 */
const char *vsh_fault_name(enum vsh_fault_type type)
{
	static const char *const names[VSH_FAULT_COUNT] = {
		[VSH_FAULT_NONE] = "none",
		[VSH_FAULT_FETCH] = "instruction fetch",
		[VSH_FAULT_ENCODING] = "invalid encoding",
		[VSH_FAULT_UNSUPPORTED] = "unsupported instruction",
		[VSH_FAULT_REGISTER] = "register not allocated",
		[VSH_FAULT_UNIFORM] = "uniform not given",
		[VSH_FAULT_WAIT] = "register used without a wait",
		[VSH_FAULT_DIVERGENCE] = "divergence without reconvergence",
		[VSH_FAULT_ACCESS] = "memory access",
		[VSH_FAULT_ALIGNMENT] = "alignment",
		[VSH_FAULT_DESCRIPTOR] = "invalid descriptor",
	};

	return type < VSH_FAULT_COUNT ? names[type] : "unknown";
}
