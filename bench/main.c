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

static int contention_show(struct seq_file *s, void *unused)
{
	int ret;

	mutex_lock(&one_at_a_time);
	ret = bench_contention(backend_of(s), s);
	mutex_unlock(&one_at_a_time);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(contention);

static int fifo_show(struct seq_file *s, void *unused)
{
	int ret;

	mutex_lock(&one_at_a_time);
	ret = bench_fifo(backend_of(s), s);
	mutex_unlock(&one_at_a_time);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(fifo);

static bool applies(const struct bench_case *bc, const struct bench_backend *be)
{
	switch (bc->on) {
	case BENCH_ON_QUEUES:
		return !be->floor;
	case BENCH_ON_ALL:
		return true;
	case BENCH_ON_JOBQUEUE:
		return be->requeue;
	case BENCH_ON_FLOOR:
		return be == &bench_floor;
	}
	return false;
}

static void create_files(const struct bench_case *cases, unsigned int n,
			 const struct bench_backend *be, struct dentry *dir)
{
	for (; n--; cases++)
		if (applies(cases, be))
			debugfs_create_file(cases->name, 0400, dir,
					    (void *)cases, &case_fops);
}

static int __init bench_init(void)
{
	unsigned int i;

	root = debugfs_create_dir("drm_jobqueue_bench", NULL);
	if (IS_ERR(root))
		return PTR_ERR(root);

	for (i = 0; i < ARRAY_SIZE(backends); i++) {
		struct dentry *dir =
			debugfs_create_dir(backends[i]->name, root);

		create_files(bench_cases, bench_num_cases, backends[i], dir);
		create_files(bench_bounds, bench_num_bounds, backends[i], dir);
		debugfs_create_file("contention", 0400, dir, NULL,
				    &contention_fops);
		debugfs_create_file("fifo", 0400, dir, NULL, &fifo_fops);
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
