// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fault injection in debugfs: inject/seed, and a file for each point that shows
 * and sets its setting.
 *
 * The points themselves are in inject/, which other rooms test. A setting takes
 * effect under &vcsf_engine.lock and &vcsf_inject.lock, so a step of the engine
 * sees the old or the new one.
 */

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include "base/event.h"
#include "base/vcsf.h"
#include "debug/debugfs.h"
#include "engine/engine.h"
#include "inject/inject.h"
#include "mmu/mmu.h"

#define VCSF_INJECT_TEXT_MAX	256

/**
 * vcsf_inject_set - arm or disarm the injection of a fault
 * @hw: the GPU
 * @point: kind of fault
 * @setting: when and how to inject it; a count of zero disarms
 *
 * Context: any.
 */
void vcsf_inject_set(struct vcsf *hw, enum vcsf_inject_point point,
		     const struct vcsf_inject_setting *setting)
{
	unsigned long flags;

	/* An interrupt that acts for the thread must not see half of a change. */
	raw_spin_lock_irqsave(&hw->engine->lock, flags);
	vcsf_inject_apply(hw, point, setting);
	raw_spin_unlock_irqrestore(&hw->engine->lock, flags);

	/* A translation in a TLB would not be looked up. */
	if (setting->count && point == VCSF_INJECT_PAGE_FAULT)
		vcsf_mmu_invalidate(hw);
	vcsf_event_raise(hw, VCSF_EVENT_INJECT);
}
EXPORT_SYMBOL_IF_KUNIT(vcsf_inject_set);

static int vcsf_inject_show(struct seq_file *m, void *unused)
{
	const struct vcsf_inject_file *file = m->private;
	struct vcsf_inject *inject = file->hw->inject;
	struct vcsf_inject_setting setting;
	unsigned long flags;
	u32 hits;

	raw_spin_lock_irqsave(&inject->lock, flags);
	setting = inject->points[file->point];
	hits = inject->hits[file->point];
	raw_spin_unlock_irqrestore(&inject->lock, flags);

	if (setting.count == VCSF_INJECT_ALWAYS)
		seq_puts(m, "count=always");
	else
		seq_printf(m, "count=%u", setting.count);
	seq_printf(m, " skip=%u one_in=%u only=%#x arg=%u hits=%u\n",
		   setting.skip, setting.one_in, setting.only, setting.arg,
		   hits);

	return 0;
}

static int vcsf_inject_open(struct inode *inode, struct file *file)
{
	return single_open(file, vcsf_inject_show, inode->i_private);
}

static ssize_t vcsf_inject_write(struct file *file, const char __user *from,
				 size_t size, loff_t *pos)
{
	const struct vcsf_inject_file *point = file_inode(file)->i_private;
	struct vcsf_inject_setting setting;
	char *text;
	int ret;

	if (size > VCSF_INJECT_TEXT_MAX)
		return -E2BIG;
	text = memdup_user_nul(from, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = vcsf_inject_parse(point->point, text, &setting);
	kfree(text);
	if (ret)
		return ret;
	vcsf_inject_set(point->hw, point->point, &setting);

	return size;
}

static const struct file_operations vcsf_inject_fops = {
	.owner = THIS_MODULE,
	.open = vcsf_inject_open,
	.read = seq_read,
	.write = vcsf_inject_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int vcsf_inject_seed_write(void *data, u64 seed)
{
	vcsf_inject_seed(data, seed);

	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(vcsf_inject_seed_fops, NULL, vcsf_inject_seed_write,
			 "%llu\n");

/**
 * vcsf_inject_debugfs - create the files of fault injection
 * @hw: the GPU
 * @parent: directory of the device
 */
void vcsf_inject_debugfs(struct vcsf *hw, struct dentry *parent)
{
	struct dentry *folder = debugfs_create_dir("inject", parent);
	unsigned int i;

	debugfs_create_file_unsafe("seed", 0200, folder, hw,
				   &vcsf_inject_seed_fops);
	for (i = 0; i < VCSF_INJECT_COUNT; i++)
		debugfs_create_file(vcsf_inject_name(i), 0600, folder,
				    &hw->inject->files[i], &vcsf_inject_fops);
}
