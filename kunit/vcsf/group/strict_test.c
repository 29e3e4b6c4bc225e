// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Use of stale translations, and the strict mode that reports them or faults.
 *
 * The cases change page tables without the flush that a driver owes the hardware,
 * access the page, and check the result and the number of stale uses. The last one
 * changes tables during walks.
 */

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mm.h>

#include "base/vcsf.h"
#include "group/stream.h"
#include "mmu/mmu.h"
#include "stream.h"

#define VA	0x123456789000ULL

struct vcsf_strict_fixture {
	struct vcsf_host *host;
	struct vcsf_host_vm vm;
	struct page *page;
};

/* Set the strict mode and map a page. */
static struct vcsf_strict_fixture vcsf_strict_fixture(struct kunit *test,
						      u64 mode)
{
	struct vcsf_strict_fixture f = { .host = test->priv };

	KUNIT_ASSERT_EQ(test, 0, vcsf_mmu_set_strict(f.host->hw, mode));
	vcsf_host_vm_init(f.host, &f.vm, 1);
	f.page = vcsf_host_page(f.host);
	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE);
	vcsf_host_enable(&f.vm);

	return f;
}

static int vcsf_strict_access(struct vcsf_host *host, unsigned int access,
			      struct page **page)
{
	unsigned long flags;
	void *p = NULL;
	int ret;

	raw_spin_lock_irqsave(&host->hw->mmu->lock, flags);
	ret = vcsf_mmu_page(host->hw, 1, VA, access, &p);
	raw_spin_unlock_irqrestore(&host->hw->mmu->lock, flags);
	*page = p ? virt_to_page(p) : NULL;

	return ret;
}

/* Check the page that an access gets and the number of stale uses up to now. */
static void vcsf_strict_expect(struct kunit *test, unsigned int access,
			       struct page *page, u64 stale)
{
	struct vcsf_host *host = test->priv;
	struct page *got;

	KUNIT_EXPECT_EQ(test, 0, vcsf_strict_access(host, access, &got));
	KUNIT_EXPECT_PTR_EQ(test, page, got);
	KUNIT_EXPECT_EQ(test, stale, vcsf_mmu_stale(host->hw));
}

static void vcsf_strict_expect_fault(struct kunit *test, unsigned int access,
				     unsigned int type, u64 stale)
{
	struct vcsf_host *host = test->priv;
	struct page *got;

	vcsf_host_write(host, CSF_MMU_IRQ_CLEAR, CSF_MMU_IRQ_FAULT(1));
	KUNIT_EXPECT_EQ(test, -EFAULT, vcsf_strict_access(host, access, &got));
	KUNIT_EXPECT_EQ(test, type,
			FIELD_GET(CSF_AS_FAULTSTATUS_TYPE,
				  vcsf_host_read(host, CSF_AS_FAULTSTATUS(1))));
	KUNIT_EXPECT_EQ(test, VA,
			vcsf_read64(host->win, CSF_AS_FAULTADDRESS(1)));
	KUNIT_EXPECT_EQ(test, stale, vcsf_mmu_stale(host->hw));
}

/* With strict mode off, the stale translation is used and not counted. */
static void vcsf_strict_off(struct kunit *test)
{
	struct vcsf_strict_fixture f = vcsf_strict_fixture(test, 0);

	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 0);
	*vcsf_host_entry(&f.vm, VA, 3) = 0;
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 0);
}

static void vcsf_strict_modes(struct kunit *test)
{
	struct vcsf_host *host = test->priv;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			vcsf_mmu_set_strict(host->hw, VCSF_STRICT_COUNT));
	KUNIT_EXPECT_EQ(test, VCSF_STRICT_OFF, host->hw->mmu->strict);
}

static void vcsf_strict_unmapped(struct kunit *test)
{
	struct vcsf_strict_fixture f =
		vcsf_strict_fixture(test, VCSF_STRICT_REPORT);

	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 0);
	*vcsf_host_entry(&f.vm, VA, 3) = 0;
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 1);
	vcsf_strict_expect(test, CSF_AS_ACCESS_WRITE, f.page, 2);
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(f.host, CSF_MMU_IRQ_RAWSTAT) &
				 CSF_MMU_IRQ_FAULTS);
	KUNIT_ASSERT_EQ(test, 0,
			vcsf_mmu_set_strict(f.host->hw, VCSF_STRICT_FAULT));
	vcsf_strict_expect_fault(test, CSF_AS_ACCESS_READ,
				 CSF_EXC_TRANSLATION_FAULT(3), 3);
	/* A table that was removed */
	*vcsf_host_entry(&f.vm, VA, 1) = 0;
	vcsf_strict_expect_fault(test, CSF_AS_ACCESS_READ,
				 CSF_EXC_TRANSLATION_FAULT(1), 4);
}

static void vcsf_strict_moved(struct kunit *test)
{
	struct vcsf_strict_fixture f =
		vcsf_strict_fixture(test, VCSF_STRICT_REPORT);
	struct page *other = vcsf_host_page(f.host);

	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 0);
	vcsf_host_map(&f.vm, VA, other, VCSF_HOST_PTE);
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 1);
	KUNIT_ASSERT_EQ(test, 0,
			vcsf_mmu_set_strict(f.host->hw, VCSF_STRICT_FAULT));
	vcsf_strict_expect_fault(test, CSF_AS_ACCESS_READ,
				 CSF_EXC_TRANSLATION_FAULT_4, 2);
	/* An entry that points outside of memory */
	*vcsf_host_entry(&f.vm, VA, 3) =
		0xfee00000 | VCSF_HOST_PTE | CSF_PTE_TYPE_PAGE;
	vcsf_strict_expect_fault(test, CSF_AS_ACCESS_READ,
				 CSF_EXC_TRANSLATION_FAULT_4, 3);
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(f.host, CSF_GPU_FAULT_STATUS));
}

/* A removed permission makes the translation stale only for accesses that need it. */
static void vcsf_strict_permission(struct kunit *test)
{
	struct vcsf_strict_fixture f =
		vcsf_strict_fixture(test, VCSF_STRICT_FAULT);

	vcsf_strict_expect(test, CSF_AS_ACCESS_WRITE, f.page, 0);
	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE | CSF_PTE_READONLY);
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 0);
	vcsf_strict_expect_fault(test, CSF_AS_ACCESS_WRITE,
				 CSF_EXC_PERMISSION_FAULT(3), 1);
	vcsf_host_flush(&f.vm, VA, 15);
	/* An added permission needs no flush. */
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 1);
	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE);
	vcsf_strict_expect(test, CSF_AS_ACCESS_WRITE, f.page, 1);
}

/* UPDATE drops translations, so none is stale after it. */
static void vcsf_strict_switched(struct kunit *test)
{
	struct vcsf_strict_fixture f =
		vcsf_strict_fixture(test, VCSF_STRICT_REPORT);
	u64 transcfg = vcsf_read64(f.host->win, CSF_AS_TRANSCFG(1));
	struct page *other = vcsf_host_page(f.host);

	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 0);
	vcsf_write64(f.host->win, CSF_AS_TRANSCFG(1), CSF_AS_MODE_UNMAPPED);
	/* The new configuration takes effect with UPDATE. */
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 0);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_strict_expect_fault(test, CSF_AS_ACCESS_READ,
				 CSF_EXC_TRANSLATION_FAULT_4, 0);
	vcsf_write64(f.host->win, CSF_AS_TRANSCFG(1), transcfg);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, f.page, 0);
	/* Tables that change before an UPDATE need no flush. */
	vcsf_host_map(&f.vm, VA, other, VCSF_HOST_PTE);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, other, 0);
}

/* The flush sequences of drivers are sufficient, a flush of another region is not. */
static void vcsf_strict_sequence(struct kunit *test)
{
	static const u32 commands[] = { CSF_AS_COMMAND_UNLOCK,
					CSF_AS_COMMAND_FLUSH_PT,
					CSF_AS_COMMAND_FLUSH_MEM };
	struct vcsf_strict_fixture f =
		vcsf_strict_fixture(test, VCSF_STRICT_REPORT);
	struct page *page = f.page, *got;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		vcsf_strict_expect(test, CSF_AS_ACCESS_READ, page, 0);
		vcsf_host_lock(&f.vm, VA, 15);
		page = vcsf_host_page(f.host);
		vcsf_host_map(&f.vm, VA, page, VCSF_HOST_PTE);
		KUNIT_EXPECT_EQ(test, -EAGAIN,
				vcsf_strict_access(f.host, CSF_AS_ACCESS_READ,
						   &got));
		vcsf_host_command(&f.vm, commands[i]);
		vcsf_strict_expect(test, CSF_AS_ACCESS_READ, page, 0);
	}
	vcsf_host_lock(&f.vm, VA + 0x8000, 15);
	*vcsf_host_entry(&f.vm, VA, 3) = 0;
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, page, 1);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_FLUSH_PT);
	vcsf_strict_expect(test, CSF_AS_ACCESS_READ, page, 2);
	vcsf_host_flush(&f.vm, VA, 15);
	KUNIT_EXPECT_EQ(test, -EFAULT,
			vcsf_strict_access(f.host, CSF_AS_ACCESS_READ, &got));
	KUNIT_EXPECT_EQ(test, 2, vcsf_mmu_stale(f.host->hw));
}

/* Instruction fetches use translations, too. */
static void vcsf_strict_fetch(struct kunit *test)
{
	struct vcsf_stream f;

	vcsf_stream_setup(test, &f);
	RUN(&f, csf_move32(0, 1));
	*vcsf_host_entry(&f.vm, CODE, 3) = 0;
	RUN(&f, csf_move32(0, 2));
	vcsf_stream_expect_done(test, &f);
	KUNIT_ASSERT_EQ(test, 0, vcsf_mmu_set_strict(f.host->hw,
						     VCSF_STRICT_REPORT));
	RUN(&f, csf_move32(0, 3));
	vcsf_stream_expect_done(test, &f);
	KUNIT_EXPECT_EQ(test, 3, f.cs->regs[0]);
	KUNIT_EXPECT_EQ(test, 1, vcsf_mmu_stale(f.host->hw));
	KUNIT_ASSERT_EQ(test, 0, vcsf_mmu_set_strict(f.host->hw,
						     VCSF_STRICT_FAULT));
	RUN(&f, csf_move32(0, 4));
	vcsf_stream_expect_fatal(test, &f, CSF_EXC_CS_BUS_FAULT);
	KUNIT_EXPECT_EQ(test, 3, f.cs->regs[0]);
}

/* --- Tables that change while they are walked ----------------------------------- */

#define VCSF_STRICT_WALKS	20000

struct vcsf_strict_editor {
	u64 *entry;
	u64 values[3];
};

static int vcsf_strict_edit(void *data)
{
	struct vcsf_strict_editor *e = data;
	unsigned int i;

	for (i = 0; !kthread_should_stop(); i++) {
		WRITE_ONCE(*e->entry, e->values[i % ARRAY_SIZE(e->values)]);
		cond_resched();
	}

	return 0;
}

/* A walk must find one of the two pages, or fault on that level. */
static void vcsf_strict_race(struct kunit *test, unsigned int level,
			     struct vcsf_strict_fixture *f,
			     struct vcsf_strict_editor *e, struct page *other)
{
	struct task_struct *editor = kthread_run(vcsf_strict_edit, e,
						 "vcsf-editor");
	unsigned int i, seen[3] = {};

	KUNIT_ASSERT_FALSE(test, IS_ERR(editor));
	for (i = 0; i < VCSF_STRICT_WALKS; i++) {
		struct page *got;
		int ret;

		vcsf_host_flush(&f->vm, VA, 15);
		vcsf_host_write(f->host, CSF_MMU_IRQ_CLEAR,
				CSF_MMU_IRQ_FAULT(1));
		ret = vcsf_strict_access(f->host, CSF_AS_ACCESS_WRITE, &got);
		if (ret && FIELD_GET(CSF_AS_FAULTSTATUS_TYPE,
				     vcsf_host_read(f->host,
						    CSF_AS_FAULTSTATUS(1))) !=
			   CSF_EXC_TRANSLATION_FAULT(level))
			break;
		if (!ret && got != f->page && got != other)
			break;
		seen[ret ? 2 : got == other]++;
		cond_resched();
	}
	kthread_stop(editor);
	KUNIT_EXPECT_EQ(test, VCSF_STRICT_WALKS, i);
	kunit_info(test, "level %u: %u walks to the first page, %u to the second, %u faults",
		   level, seen[0], seen[1], seen[2]);
}

static void vcsf_strict_walk_race(struct kunit *test)
{
	struct vcsf_strict_fixture f = vcsf_strict_fixture(test, 0);
	struct page *other = vcsf_host_page(f.host);
	struct vcsf_strict_editor e = {
		.entry = vcsf_host_entry(&f.vm, VA, 3),
	};
	u64 elsewhere = VA ^ BIT_ULL(CSF_PTE_LEVEL_SHIFT(1));

	e.values[0] = *e.entry;
	vcsf_host_map(&f.vm, VA, other, VCSF_HOST_PTE);
	e.values[1] = *e.entry;
	vcsf_strict_race(test, 3, &f, &e, other);

	/* The same one table up: the other tree maps the other page. */
	*e.entry = e.values[0];
	vcsf_host_map(&f.vm, elsewhere, other, VCSF_HOST_PTE);
	e.entry = vcsf_host_entry(&f.vm, VA, 1);
	e.values[0] = *e.entry;
	e.values[1] = *vcsf_host_entry(&f.vm, elsewhere, 1);
	vcsf_strict_race(test, 1, &f, &e, other);
}

static int vcsf_strict_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_strict_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_strict_cases[] = {
	KUNIT_CASE(vcsf_strict_off),
	KUNIT_CASE(vcsf_strict_modes),
	KUNIT_CASE(vcsf_strict_unmapped),
	KUNIT_CASE(vcsf_strict_moved),
	KUNIT_CASE(vcsf_strict_permission),
	KUNIT_CASE(vcsf_strict_switched),
	KUNIT_CASE(vcsf_strict_sequence),
	KUNIT_CASE(vcsf_strict_fetch),
	KUNIT_CASE(vcsf_strict_walk_race),
	{}
};

static struct kunit_suite vcsf_strict_suite = {
	.name = "vcsf_strict",
	.init = vcsf_strict_init_case,
	.exit = vcsf_strict_exit_case,
	.test_cases = vcsf_strict_cases,
};

kunit_test_suite(vcsf_strict_suite);
