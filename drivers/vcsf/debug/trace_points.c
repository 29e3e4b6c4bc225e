// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Definitions of the trace points. Their header only names the types, so that
 * all rooms can include it; the code here reads the GPU's state.
 */

#include "base/vcsf.h"
#include "cores/cores.h"
#include "group/group.h"
#include "group/stream.h"
#include "regs/irq.h"

#define CREATE_TRACE_POINTS
#include "trace/trace.h"
