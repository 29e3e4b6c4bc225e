// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * debugfs interface: a folder per back end with a file per case. Reading a file
 * runs the case and returns one line of figures. The file wakeup has no back end.
 */

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>

#include "bench.h"

static const struct bench_backend * const backends[] = {
	&bench_floor,
	&bench_floor_worker,
	&bench_sched,
	&bench_sched_shared,
	&bench_jobqueue,
	&bench_jobqueue_worker,
	&bench_jobqueue_any,
};

static DEFINE_MUTEX(one_at_a_time);
static struct dentry *root;

static const struct bench_backend *backend_of(struct seq_file *s)
{
	const char *name = s->file->f_path.dentry->d_parent->d_name.name;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(backends) - 1; i++)
		if (!strcmp(backends[i]->name, name))
			break;
	return backends[i];
}

static int case_show(struct seq_file *s, void *unused)
{
	int ret;

	mutex_lock(&one_at_a_time);
	ret = bench_measure(backend_of(s), s->private, s);
	mutex_unlock(&one_at_a_time);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(case);

static int latency_show(struct seq_file *s, void *unused)
{
	int ret;

	mutex_lock(&one_at_a_time);
	ret = bench_latency(backend_of(s), s);
	mutex_unlock(&one_at_a_time);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(latency);

static int wakeup_show(struct seq_file *s, void *unused)
{
	return bench_wakeup(s);
}
DEFINE_SHOW_ATTRIBUTE(wakeup);

static int __init bench_init(void)
{
	unsigned int i, j;

	root = debugfs_create_dir("drm_jobqueue_bench", NULL);
	if (IS_ERR(root))
		return PTR_ERR(root);

	for (i = 0; i < ARRAY_SIZE(backends); i++) {
		struct dentry *dir =
			debugfs_create_dir(backends[i]->name, root);

		for (j = 0; j < bench_num_cases; j++)
			if (bench_cases[j].floor || !backends[i]->floor)
				debugfs_create_file(bench_cases[j].name, 0400,
						    dir,
						    (void *)&bench_cases[j],
						    &case_fops);
		debugfs_create_file("latency", 0400, dir, NULL, &latency_fops);
	}
	debugfs_create_file("wakeup", 0400, root, NULL, &wakeup_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove_recursive(root);
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_AUTHOR("drm-jobqueue contributors");
MODULE_DESCRIPTION("Benchmark of drm_jobqueue and drm_gpu_scheduler");
MODULE_LICENSE("Dual MIT/GPL");
