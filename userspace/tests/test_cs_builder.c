// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Tests of the command stream builder: encodings, operand checks, labels, growth. */

#include <errno.h>

#include "cs_builder.h"
#include "ktap.h"

/* The words that IGT's panthor test submits, as bit patterns */
static void known_words(void)
{
	static const uint64_t words[] = {
		0x0144000000001000ull,	/* MOVE48 r68 */
		0x02460000deadbeefull,	/* MOVE32 r70 */
		0x1546440000010000ull,	/* STORE_MULTIPLE r70, [r68] */
		0x0300000000ff0000ull,	/* WAIT 0xff */
		0x0246000000000000ull,	/* MOVE32 r70 */
		0x2400460000000233ull,	/* FLUSH_CACHE2 */
		0x0300000000010000ull,	/* WAIT 1 */
	};
	struct csb b;

	csb_init(&b);
	csb_move48(&b, 68, 0x1000);
	csb_move32(&b, 70, 0xdeadbeef);
	csb_store(&b, 70, 1, 68, 0);
	csb_flush(&b, 70);
	ktap_check(csb_finish(&b) == 0);
	ktap_check(csb_size(&b) == sizeof(words));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		ktap_check(b.words[i] == words[i]);
	csb_fini(&b);
}

static int error_of(void (*emit)(struct csb *b))
{
	struct csb b;
	int ret;

	csb_init(&b);
	emit(&b);
	/* Later instructions must not hide the first error. */
	csb_move32(&b, 0, 0);
	ret = csb_finish(&b);
	csb_fini(&b);
	return ret;
}

static void odd_pair(struct csb *b)
{
	csb_move48(b, 1, 0);
}

static void odd_address(struct csb *b)
{
	csb_load(b, 0, 1, 3, 0);
}

static void no_register(struct csb *b)
{
	csb_move32(b, CSF_CS_REG_COUNT, 0);
}

static void too_many_registers(struct csb *b)
{
	csb_store(b, 0, 17, 20, 0);
}

static void past_last_register(struct csb *b)
{
	csb_store(b, CSF_CS_REG_COUNT - 2, 3, 20, 0);
}

static void bad_condition(struct csb *b)
{
	csb_sync_wait32(b, 0, 2, CSF_COND_EQ);
}

static void wide_constant(struct csb *b)
{
	csb_move48(b, 0, 1ull << 48);
}

static void far_offset(struct csb *b)
{
	csb_store(b, 0, 1, 2, 32768);
}

static void bad_operands(void)
{
	ktap_check(error_of(odd_pair) == -EINVAL);
	ktap_check(error_of(odd_address) == -EINVAL);
	ktap_check(error_of(no_register) == -EINVAL);
	ktap_check(error_of(too_many_registers) == -EINVAL);
	ktap_check(error_of(past_last_register) == -EINVAL);
	ktap_check(error_of(bad_condition) == -EINVAL);
	ktap_check(error_of(wide_constant) == -ERANGE);
	ktap_check(error_of(far_offset) == -ERANGE);
}

static int branch_distance(const struct csb *b, size_t at)
{
	return (int16_t)csf_get(b->words[at], CSF_F_OFFSET16);
}

static void labels(void)
{
	struct csb_label back = CSB_LABEL_INIT, ahead = CSB_LABEL_INIT;
	struct csb b;

	csb_init(&b);
	csb_branch(&b, CSF_COND_EQ, 0, &ahead);		/* 0 */
	csb_place(&b, &back);
	csb_add32(&b, 0, 0, 1);				/* 1 */
	csb_branch(&b, CSF_COND_NE, 0, &ahead);		/* 2 */
	csb_branch(&b, CSF_COND_GT, 0, &back);		/* 3 */
	csb_branch(&b, CSF_COND_LE, 0, &ahead);		/* 4 */
	ktap_check(csb_finish(&b) == -ENOENT);
	csb_place(&b, &ahead);
	csb_branch(&b, CSF_COND_ALWAYS, 0, &ahead);	/* 5 */
	ktap_check(csb_finish(&b) == 0);
	ktap_check(branch_distance(&b, 0) == 4);
	ktap_check(branch_distance(&b, 2) == 2);
	ktap_check(branch_distance(&b, 3) == -3);
	ktap_check(branch_distance(&b, 4) == 0);
	ktap_check(branch_distance(&b, 5) == -1);
	ktap_check(csf_get(b.words[4], CSF_F_BRANCH_COND) == CSF_COND_LE);
	csb_place(&b, &ahead);
	ktap_check(csb_finish(&b) == -EINVAL);
	csb_fini(&b);
}

static void far_label(struct csb *b)
{
	struct csb_label far = CSB_LABEL_INIT;

	csb_branch(b, CSF_COND_ALWAYS, 0, &far);
	for (int i = 0; i <= INT16_MAX; i++)
		csb_emit(b, csf_nop());
	csb_place(b, &far);
}

static void distances(void)
{
	struct csb_label far = CSB_LABEL_INIT;
	struct csb b;

	ktap_check(error_of(far_label) == -ERANGE);
	/* One instruction less is within range. */
	csb_init(&b);
	csb_branch(&b, CSF_COND_ALWAYS, 0, &far);
	for (int i = 0; i < INT16_MAX; i++)
		csb_emit(&b, csf_nop());
	csb_place(&b, &far);
	ktap_check(csb_finish(&b) == 0);
	ktap_check(branch_distance(&b, 0) == INT16_MAX);
	csb_fini(&b);
}

static void growth(void)
{
	struct csb b;

	csb_init(&b);
	for (uint32_t i = 0; i < 10000; i++)
		csb_move32(&b, 5, i);
	ktap_check(csb_finish(&b) == 0);
	ktap_check(csb_size(&b) == 80000);
	for (uint32_t i = 0; i < 10000; i++)
		ktap_check(b.words[i] == csf_move32(5, i));
	csb_fini(&b);
	ktap_check(csb_size(&b) == 0);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "known_words", known_words },
		{ "bad_operands", bad_operands },
		{ "labels", labels },
		{ "distances", distances },
		{ "growth", growth },
	};

	return ktap_run("cs_builder", cases, ARRAY_SIZE(cases));
}
