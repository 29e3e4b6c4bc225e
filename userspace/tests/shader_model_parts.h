/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TESTS_SHADER_MODEL_PARTS_H
#define TESTS_SHADER_MODEL_PARTS_H

/* What the two files of the model share */

#include "shader/types.h"

#define big		__int128
#define ubig		unsigned __int128

struct operand {
	u64 raw;		/* what the register holds */
	int reg;
	bool neg, abs, not;
	char part[8];
};

struct ins {
	char name[32];		/* up to the type */
	char type[16];
	char mods[12][16];
	int mod_count;
	struct operand src[4];
	int count;
	u32 imm;
	unsigned int width;	/* of an element */
	unsigned int n;		/* elements */
	bool is_signed, is_float;
};

bool model_has(const struct ins *i, const char *mod);
big model_element(const struct operand *o, unsigned int e, unsigned int width,
		  bool is_signed);

double model_half_value(u32 h);
double model_number(const struct operand *o, unsigned int e,
		    unsigned int width);
u32 model_round_half(__float128 v, int mode);
u32 model_float_bits(float v);
bool model_floating(const struct ins *i, unsigned int e, double *r);
big model_frexp_exponent(const struct ins *i, unsigned int e);
bool model_conversion(struct ins *i, u64 *result, bool *is_nan);

#endif /* TESTS_SHADER_MODEL_PARTS_H */
