// SPDX-License-Identifier: GPL-2.0 OR MIT

#include "device/device.h"

#define CREATE_TRACE_POINTS
#include "debug/trace.h"
