/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TESTS_SHADER_MODEL_H
#define TESTS_SHADER_MODEL_H

/**
 * DOC: A second opinion on arithmetic
 *
 * Computes what an instruction gives from its text, one lane at a time, with
 * the C library's and the compiler's arithmetic. It shares nothing with the
 * interpreter.
 */

#include "shader/types.h"

/* Four sources of 64 bits, of registers r0, r2, r4 and r6 */
bool shader_model(const char *text, const u64 source[4],
		  u64 *result, bool *wide, bool *is_nan);

#endif /* TESTS_SHADER_MODEL_H */
