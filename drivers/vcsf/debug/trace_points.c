// SPDX-License-Identifier: GPL-2.0 OR MIT

#include "internal.h"

#define CREATE_TRACE_POINTS
#include "debug/trace.h"
