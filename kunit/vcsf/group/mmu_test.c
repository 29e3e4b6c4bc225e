// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Address spaces: translation, faults, TLB, locked regions.
 *
 * Each case builds page tables, calls the walker as an access of the GPU does, and
 * checks the page that it finds or the fault registers.
 */

#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "base/vcsf.h"
#include "mmu/mmu.h"
#include "host.h"

#define VA	0x123456789000ULL

struct vcsf_mmu_fixture {
	struct vcsf_host *host;
	struct vcsf_host_vm vm;
	struct page *page;
};

static struct vcsf_mmu_fixture vcsf_mmu_fixture(struct kunit *test)
{
	struct vcsf_mmu_fixture f = { .host = test->priv };

	vcsf_host_vm_init(f.host, &f.vm, 1);
	f.page = vcsf_host_page(f.host);
	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE);
	vcsf_host_enable(&f.vm);

	return f;
}

static int vcsf_translate(struct vcsf_host *host, u64 va, unsigned int access,
			  void **page)
{
	unsigned long flags;
	int ret;

	*page = NULL;
	raw_spin_lock_irqsave(&host->hw->mmu->lock, flags);
	ret = vcsf_mmu_walk(host->hw, 1, va, access, page);
	raw_spin_unlock_irqrestore(&host->hw->mmu->lock, flags);

	return ret;
}

static void vcsf_expect_page(struct kunit *test, u64 va, unsigned int access,
			     struct page *page)
{
	void *p;

	KUNIT_EXPECT_EQ(test, 0, vcsf_translate(test->priv, va, access, &p));
	KUNIT_EXPECT_PTR_EQ(test, page_address(page), p);
}

static void vcsf_expect_fault(struct kunit *test, u64 va, unsigned int access,
			      unsigned int type)
{
	struct vcsf_host *host = test->priv;
	u32 status;
	void *p;

	vcsf_host_write(host, CSF_MMU_IRQ_CLEAR, CSF_MMU_IRQ_FAULT(1));
	KUNIT_EXPECT_EQ(test, -EFAULT, vcsf_translate(host, va, access, &p));
	KUNIT_EXPECT_TRUE(test, vcsf_host_read(host, CSF_MMU_IRQ_RAWSTAT) &
				CSF_MMU_IRQ_FAULT(1));
	status = vcsf_host_read(host, CSF_AS_FAULTSTATUS(1));
	KUNIT_EXPECT_EQ(test, type,
			FIELD_GET(CSF_AS_FAULTSTATUS_TYPE, status));
	KUNIT_EXPECT_EQ(test, access,
			FIELD_GET(CSF_AS_FAULTSTATUS_ACCESS, status));
	KUNIT_EXPECT_EQ(test, va,
			vcsf_read64(host->win, CSF_AS_FAULTADDRESS(1)));
}

static void vcsf_mmu_page_4k(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);

	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_expect_page(test, VA + 0xffc, CSF_AS_ACCESS_WRITE, f.page);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_ATOMIC, f.page);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_EXECUTE, f.page);
	vcsf_expect_fault(test, VA + 0x1000, CSF_AS_ACCESS_READ,
			  CSF_EXC_TRANSLATION_FAULT(3));
}

/* Map a block that contains the page, and access the page in it. */
static void vcsf_mmu_block(struct kunit *test, unsigned int level)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	u64 span = BIT_ULL(CSF_PTE_LEVEL_SHIFT(level));
	u64 pa = page_to_phys(f.page);
	u64 va = 0x400000000000ULL;

	*vcsf_host_entry(&f.vm, va, level) =
		(pa & ~(span - 1)) | VCSF_HOST_PTE | CSF_PTE_TYPE_BLOCK;
	vcsf_expect_page(test, va + (pa & (span - 1)) + 8, CSF_AS_ACCESS_WRITE,
			 f.page);
}

static void vcsf_mmu_block_2m(struct kunit *test)
{
	vcsf_mmu_block(test, 2);
}

static void vcsf_mmu_block_1g(struct kunit *test)
{
	vcsf_mmu_block(test, 1);
}

static void vcsf_mmu_translation_faults(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	unsigned int level;

	for (level = 3; level < 4; level--) {
		*vcsf_host_entry(&f.vm, VA, level) = 0;
		vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ,
				  CSF_EXC_TRANSLATION_FAULT(level));
	}
}

/* Levels 0 and 3 have no block entries. */
static void vcsf_mmu_reserved_types(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	u64 *entry = vcsf_host_entry(&f.vm, VA, 3);

	*entry = (*entry & ~CSF_PTE_TYPE) | CSF_PTE_TYPE_BLOCK;
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ,
			  CSF_EXC_TRANSLATION_FAULT(3));
	entry = vcsf_host_entry(&f.vm, VA, 0);
	*entry = page_to_phys(f.page) | VCSF_HOST_PTE | CSF_PTE_TYPE_BLOCK;
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ,
			  CSF_EXC_TRANSLATION_FAULT(0));
}

static void vcsf_mmu_readonly(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);

	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE | CSF_PTE_READONLY);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_WRITE,
			  CSF_EXC_PERMISSION_FAULT(3));
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_ATOMIC,
			  CSF_EXC_PERMISSION_FAULT(3));
}

static void vcsf_mmu_no_exec(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);

	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE | CSF_PTE_NO_EXEC);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_WRITE, f.page);
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_EXECUTE,
			  CSF_EXC_PERMISSION_FAULT(3));
}

static void vcsf_mmu_privileged(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);

	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE & ~CSF_PTE_USER);
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ,
			  CSF_EXC_PERMISSION_FAULT(3));
}

static void vcsf_mmu_access_flag(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);

	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE & ~CSF_PTE_ACCESSED);
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ, CSF_EXC_ACCESS_FLAG(3));
	vcsf_write64(f.host->win, CSF_AS_TRANSCFG(1),
		     CSF_AS_MODE_AARCH64_4K | CSF_AS_TRANSCFG_INA_BITS(48) |
		     CSF_AS_TRANSCFG_NO_AF_FAULT);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
}

static void vcsf_mmu_attributes(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);

	vcsf_write64(f.host->win, CSF_AS_MEMATTR(1),
		     (u64)CSF_AS_MEMATTR_TYPE << 8 | CSF_AS_MEMATTR_NC);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ,
			  CSF_EXC_MEMORY_ATTRIBUTE_FAULT(3));
}

static void vcsf_mmu_address_size(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	u64 *entry = vcsf_host_entry(&f.vm, VA, 3);

	vcsf_expect_fault(test, BIT_ULL(48) | VA, CSF_AS_ACCESS_READ,
			  CSF_EXC_ADDRESS_SIZE_FAULT_IN);
	*entry = BIT_ULL(40) | VCSF_HOST_PTE | CSF_PTE_TYPE_PAGE;
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ,
			  CSF_EXC_ADDRESS_SIZE_FAULT_OUT(3));
}

static void vcsf_mmu_table_limits(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);

	/* Read-only tables limit pages unless TRANSCFG_NO_HIER_AP is set. */
	*vcsf_host_entry(&f.vm, VA, 1) |= BIT_ULL(62);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_WRITE, f.page);
	vcsf_write64(f.host->win, CSF_AS_TRANSCFG(1),
		     CSF_AS_MODE_AARCH64_4K | CSF_AS_TRANSCFG_INA_BITS(48));
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_host_flush(&f.vm, VA, 15);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_WRITE,
			  CSF_EXC_PERMISSION_FAULT(3));
}

/* Tables and pages outside of memory are a GPU bus fault. */
static void vcsf_mmu_bus_fault(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	const u64 nowhere = 0xfee00000;
	void *p;

	*vcsf_host_entry(&f.vm, VA, 3) =
		nowhere | VCSF_HOST_PTE | CSF_PTE_TYPE_PAGE;
	KUNIT_EXPECT_EQ(test, -EFAULT,
			vcsf_translate(f.host, VA, CSF_AS_ACCESS_READ, &p));
	KUNIT_EXPECT_EQ(test, CSF_EXC_GPU_BUS_FAULT,
			vcsf_host_read(f.host, CSF_GPU_FAULT_STATUS));
	KUNIT_EXPECT_EQ(test, nowhere,
			vcsf_read64(f.host->win, CSF_GPU_FAULT_ADDRESS));
	KUNIT_EXPECT_TRUE(test, vcsf_host_read(f.host, CSF_GPU_IRQ_RAWSTAT) &
				CSF_GPU_IRQ_FAULT);
	vcsf_host_write(f.host, CSF_GPU_COMMAND, CSF_GPU_CMD_CLEAR_FAULT);
	KUNIT_EXPECT_EQ(test, 0, vcsf_host_read(f.host, CSF_GPU_FAULT_STATUS));

	*vcsf_host_entry(&f.vm, VA, 1) = 0xff00000000ULL | CSF_PTE_TYPE_TABLE;
	KUNIT_EXPECT_EQ(test, -EFAULT,
			vcsf_translate(f.host, VA, CSF_AS_ACCESS_READ, &p));
	KUNIT_EXPECT_EQ(test, 0xff00000000ULL,
			vcsf_read64(f.host->win, CSF_GPU_FAULT_ADDRESS) &
			~0xfffULL);
}

static void vcsf_mmu_modes(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	u64 pa = page_to_phys(f.page);

	vcsf_write64(f.host->win, CSF_AS_TRANSCFG(1), CSF_AS_MODE_IDENTITY);
	/* A new configuration takes effect with UPDATE. */
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_expect_page(test, pa, CSF_AS_ACCESS_WRITE, f.page);
	vcsf_write64(f.host->win, CSF_AS_TRANSCFG(1), CSF_AS_MODE_UNMAPPED);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_host_flush(&f.vm, 0, 64);
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ,
			  CSF_EXC_TRANSLATION_FAULT_4);
}

/* Without a flush, the TLB keeps the old page. */
static void vcsf_mmu_stale_tlb(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	struct page *other = vcsf_host_page(f.host);

	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_host_map(&f.vm, VA, other, VCSF_HOST_PTE);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	/* A flush of another region does not remove the entry. */
	vcsf_host_flush(&f.vm, VA + 0x10000, 15);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_host_flush(&f.vm, VA, 12);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, other);
}

/*
 * UPDATE drops the translations of its address space and of no other, whether it
 * changes the configuration or not.
 */
static void vcsf_mmu_update_drops(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	struct page *other = vcsf_host_page(f.host);
	struct vcsf_host_vm unused;

	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_host_map(&f.vm, VA, other, VCSF_HOST_PTE);
	vcsf_host_vm_init(f.host, &unused, 2);
	vcsf_host_command(&unused, CSF_AS_COMMAND_UPDATE);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, other);
}

/* A driver may switch an address space off and on by UPDATE alone. */
static void vcsf_mmu_unmapped_drops(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	u64 transcfg = vcsf_read64(f.host->win, CSF_AS_TRANSCFG(1));
	struct page *other = vcsf_host_page(f.host);

	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_write64(f.host->win, CSF_AS_TRANSCFG(1), CSF_AS_MODE_UNMAPPED);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_expect_fault(test, VA, CSF_AS_ACCESS_READ,
			  CSF_EXC_TRANSLATION_FAULT_4);
	vcsf_host_map(&f.vm, VA, other, VCSF_HOST_PTE);
	vcsf_write64(f.host->win, CSF_AS_TRANSCFG(1), transcfg);
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UPDATE);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, other);
}

/* The TLB loses its content with the power of the L2, not with that of cores. */
static void vcsf_mmu_power_off_drops(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	struct page *other = vcsf_host_page(f.host);

	vcsf_host_write(f.host, CSF_L2_PWRON, 1);
	vcsf_host_write(f.host, CSF_TILER_PWRON, 1);
	KUNIT_ASSERT_EQ(test, 1, vcsf_host_read(f.host, CSF_L2_READY));
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_host_map(&f.vm, VA, other, VCSF_HOST_PTE);
	/* L2 has power already. */
	vcsf_host_write(f.host, CSF_L2_PWRON, 1);
	vcsf_host_write(f.host, CSF_TILER_PWROFF, 1);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_host_write(f.host, CSF_L2_PWROFF, 1);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, other);
	/* An access that was under way then leaves nothing for the next power-up. */
	vcsf_host_map(&f.vm, VA, f.page, VCSF_HOST_PTE);
	vcsf_host_write(f.host, CSF_L2_PWRON, 1);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
}

/* The GPU's pages have 4 KiB, also where those of the kernel are larger. */
static void vcsf_mmu_part_of_page(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	u64 pa = page_to_phys(f.page);
	unsigned int offset;
	void *p;

	for (offset = 0; offset < PAGE_SIZE; offset += SZ_4K) {
		u64 va = VA + SZ_2M + offset;

		*vcsf_host_entry(&f.vm, va, 3) =
			(pa + offset) | VCSF_HOST_PTE | CSF_PTE_TYPE_PAGE;
		KUNIT_EXPECT_EQ(test, 0,
				vcsf_translate(f.host, va, CSF_AS_ACCESS_READ,
					       &p));
		KUNIT_EXPECT_PTR_EQ(test, page_address(f.page) + offset, p);
	}
}

static void vcsf_mmu_flush_commands(struct kunit *test)
{
	static const u32 commands[] = { CSF_AS_COMMAND_UNLOCK,
					CSF_AS_COMMAND_FLUSH_PT,
					CSF_AS_COMMAND_FLUSH_MEM };
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	unsigned int i;
	void *p;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		struct page *other = vcsf_host_page(f.host);

		vcsf_translate(f.host, VA, CSF_AS_ACCESS_READ, &p);
		vcsf_host_lock(&f.vm, VA, 15);
		vcsf_host_map(&f.vm, VA, other, VCSF_HOST_PTE);
		vcsf_host_command(&f.vm, commands[i]);
		vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, other);
	}
}

static void vcsf_mmu_locked(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	void *p;

	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
	vcsf_host_lock(&f.vm, VA, 12);
	/* TLB hits stall, too, in all of the smallest region (32 KiB). */
	KUNIT_EXPECT_EQ(test, -EAGAIN,
			vcsf_translate(f.host, VA, CSF_AS_ACCESS_READ, &p));
	KUNIT_EXPECT_EQ(test, -EAGAIN,
			vcsf_translate(f.host, VA & ~0x7fffULL,
				       CSF_AS_ACCESS_READ, &p));
	vcsf_expect_fault(test, (VA & ~0x7fffULL) + 0x8000, CSF_AS_ACCESS_READ,
			  CSF_EXC_TRANSLATION_FAULT(3));
	vcsf_host_command(&f.vm, CSF_AS_COMMAND_UNLOCK);
	vcsf_expect_page(test, VA, CSF_AS_ACCESS_READ, f.page);
}

static void vcsf_mmu_first_fault_stays(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	void *p;

	vcsf_expect_fault(test, VA + 0x1000, CSF_AS_ACCESS_READ,
			  CSF_EXC_TRANSLATION_FAULT(3));
	vcsf_translate(f.host, 0x1000, CSF_AS_ACCESS_WRITE, &p);
	KUNIT_EXPECT_EQ(test, VA + 0x1000,
			vcsf_read64(f.host->win, CSF_AS_FAULTADDRESS(1)));
}

static void vcsf_mmu_fault_irq(struct kunit *test)
{
	struct vcsf_mmu_fixture f = vcsf_mmu_fixture(test);
	void *p;

	vcsf_host_write(f.host, CSF_MMU_IRQ_MASK, CSF_MMU_IRQ_FAULTS);
	vcsf_translate(f.host, 0x1000, CSF_AS_ACCESS_WRITE, &p);
	KUNIT_EXPECT_TRUE(test, vcsf_host_wait(f.host, HOST_MMU,
					       CSF_MMU_IRQ_FAULT(1)));
}

static int vcsf_mmu_init_case(struct kunit *test)
{
	vcsf_host_create(test);

	return 0;
}

static void vcsf_mmu_exit_case(struct kunit *test)
{
	vcsf_host_destroy(test->priv);
}

static struct kunit_case vcsf_mmu_cases[] = {
	KUNIT_CASE(vcsf_mmu_page_4k),
	KUNIT_CASE(vcsf_mmu_block_2m),
	KUNIT_CASE(vcsf_mmu_block_1g),
	KUNIT_CASE(vcsf_mmu_translation_faults),
	KUNIT_CASE(vcsf_mmu_reserved_types),
	KUNIT_CASE(vcsf_mmu_readonly),
	KUNIT_CASE(vcsf_mmu_no_exec),
	KUNIT_CASE(vcsf_mmu_privileged),
	KUNIT_CASE(vcsf_mmu_access_flag),
	KUNIT_CASE(vcsf_mmu_attributes),
	KUNIT_CASE(vcsf_mmu_address_size),
	KUNIT_CASE(vcsf_mmu_table_limits),
	KUNIT_CASE(vcsf_mmu_bus_fault),
	KUNIT_CASE(vcsf_mmu_modes),
	KUNIT_CASE(vcsf_mmu_stale_tlb),
	KUNIT_CASE(vcsf_mmu_update_drops),
	KUNIT_CASE(vcsf_mmu_unmapped_drops),
	KUNIT_CASE(vcsf_mmu_power_off_drops),
	KUNIT_CASE(vcsf_mmu_part_of_page),
	KUNIT_CASE(vcsf_mmu_flush_commands),
	KUNIT_CASE(vcsf_mmu_locked),
	KUNIT_CASE(vcsf_mmu_first_fault_stays),
	KUNIT_CASE(vcsf_mmu_fault_irq),
	{}
};

static struct kunit_suite vcsf_mmu_suite = {
	.name = "vcsf_mmu",
	.init = vcsf_mmu_init_case,
	.exit = vcsf_mmu_exit_case,
	.test_cases = vcsf_mmu_cases,
};

kunit_test_suite(vcsf_mmu_suite);
