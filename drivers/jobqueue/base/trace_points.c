// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Instantiates the trace events of trace.h. */

#define CREATE_TRACE_POINTS
#include "base/trace.h"
