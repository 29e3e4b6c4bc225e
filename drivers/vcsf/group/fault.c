// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Exceptions of a stream: what is pending for its instructions, and the words of
 * the event that reports it to the host.
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
 * vcsf_cs_fault - a recoverable error
 * @cs: the stream; it goes on when the host has seen the event, unless it was
 *	hung or at its end before
 * @type: CSF_EXC_*
 * @info: for the fault_info word
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
 * vcsf_cs_fatal - an error that ends the stream
 * @cs: the stream
 * @type: CSF_EXC_*
 * @info: for the fatal_info word
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
 * vcsf_exception - what an error is reported as
 * @error: result of an access or of a job
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
	case -ENOEXEC:
		return CSF_EXC_INSTR_INVALID_ENC;
	case -ENOSPC:
		return CSF_EXC_OOM;
	default:
		return CSF_EXC_CS_BUS_FAULT;
	}
}

/**
 * vcsf_cs_mem_error - an access of a stream did not work
 * @cs: the stream
 * @error: result of the access, not zero
 * @va: its address
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
