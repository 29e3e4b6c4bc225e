// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <linux/seq_file.h>

#include "bench.h"

int bench_latency(const struct bench_backend *be, struct seq_file *s)
{
	return -ENODEV;
}
