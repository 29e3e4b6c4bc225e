// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Instances of the trace points in trace.h and trace_panthor.h, which other files
 * only declare. The headers come first: the events read their structures.
 */

#include "device/device.h"
#include "hw/hw.h"
#include "mm/gem.h"
#include "mm/vm.h"
#include "mm/vm_bind.h"
#include "power/pm.h"
#include "sched/group.h"
#include "sched/job.h"
#include "sched/queue.h"

#define CREATE_TRACE_POINTS
#include "debug/trace.h"
#include "debug/trace_panthor.h"
