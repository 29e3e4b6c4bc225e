// SPDX-License-Identifier: GPL-2.0 OR MIT

#include "device.h"

#define CREATE_TRACE_POINTS
#include "trace.h"
