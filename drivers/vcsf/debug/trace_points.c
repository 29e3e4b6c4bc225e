// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The code of the trace points. Their header declares them for all rooms and
 * knows no type; what they record is taken from the GPU's state here.
 */

#include "base/vcsf.h"
#include "group/group.h"
#include "group/stream.h"
#include "regs/irq.h"

#define CREATE_TRACE_POINTS
#include "trace/trace.h"
