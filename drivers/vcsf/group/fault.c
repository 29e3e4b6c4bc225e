// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Exceptions of a stream.
 *
 * The instructions (isa/), the cores and the firmware report exceptions here.
 * An exception becomes the error that is pending for the stream's instructions
 * until ERROR_BARRIER, and an event with the words that describe it to the
 * host. The engine reports the event before the next stream runs. The functions
 * take no lock and may be called with &vcsf_mmu.lock held.
 */

#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/types.h>

#include <vcsf/csf_fw.h>
#include <vcsf/csf_regs.h>

#include "group/group.h"
#include "group/stream.h"
#include "trace/trace.h"

/**
 * vcsf_cs_fault - stop a stream because of a recoverable error
 * @cs: the stream; it continues when the host has acknowledged the event, unless it
 *	hangs or had a fatal error before
 * @type: CSF_EXC_*
 * @info: value of the fault_info word
 *
 * Context: the engine's thread; takes no lock.
 * Return: VCSF_STEP_STOP.
 */
enum vcsf_step vcsf_cs_fault(struct vcsf_cs *cs, unsigned int type, u64 info)
{
	trace_vcsf_fault(cs, false, type, info);
	cs->error = type;
	cs->fault.word = FIELD_PREP(CSF_CS_EXCEPTION_TYPE, type);
	cs->fault.info = info;
	cs->events |= CSF_CS_FAULT;
	vcsf_csg_raise_cs(cs->csg, cs->id);
	if (cs->state != VCSF_CS_FATAL && cs->state != VCSF_CS_HUNG)
		vcsf_cs_set_state(cs, VCSF_CS_FAULTED);

	return VCSF_STEP_STOP;
}

/**
 * vcsf_cs_fatal - end a stream because of a fatal error
 * @cs: the stream
 * @type: CSF_EXC_*
 * @info: value of the fatal_info word
 *
 * Context: the engine's thread; takes no lock.
 * Return: VCSF_STEP_STOP.
 */
enum vcsf_step vcsf_cs_fatal(struct vcsf_cs *cs, unsigned int type, u64 info)
{
	trace_vcsf_fault(cs, true, type, info);
	cs->error = type;
	cs->fatal.word = FIELD_PREP(CSF_CS_EXCEPTION_TYPE, type);
	cs->fatal.info = info;
	cs->events |= CSF_CS_FATAL;
	vcsf_csg_raise_cs(cs->csg, cs->id);
	vcsf_cs_set_state(cs, VCSF_CS_FATAL);

	return VCSF_STEP_STOP;
}

/**
 * vcsf_exception - convert an error code to an exception type
 * @error: result of an access or of a job, 0 or a negative errno
 *
 * Return: CSF_EXC_*
 */
unsigned int vcsf_exception(int error)
{
	switch (error) {
	case 0:
		return CSF_EXC_OK;
	case -EINVAL:
		return CSF_EXC_DATA_INVALID_FAULT;
	case -ERANGE:
		return CSF_EXC_ADDR_RANGE_FAULT;
	case -ENXIO:
		return CSF_EXC_INSTR_INVALID_PC;
	case -ENOEXEC:
		return CSF_EXC_INSTR_INVALID_ENC;
	case -ENOSPC:
		return CSF_EXC_OOM;
	default:
		return CSF_EXC_CS_BUS_FAULT;
	}
}

/**
 * vcsf_cs_mem_error - stall or stop a stream whose access has failed
 * @cs: the stream
 * @error: result of the access, a negative errno
 * @va: address of the access
 *
 * Context: the engine's thread.
 * Return: VCSF_STEP_RETRY if the access stalls, VCSF_STEP_STOP after a fault.
 */
enum vcsf_step vcsf_cs_mem_error(struct vcsf_cs *cs, int error, u64 va)
{
	if (error == -EAGAIN) {
		vcsf_cs_set_state(cs, VCSF_CS_STALLED);
		return VCSF_STEP_RETRY;
	}

	return vcsf_cs_fault(cs, vcsf_exception(error), va);
}
