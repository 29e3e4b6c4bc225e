/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TESTS_SHADER_ASM_H
#define TESTS_SHADER_ASM_H

/**
 * DOC: An assembler for shaders
 *
 * Written from the table of forms alone, in the syntax of Mesa's assembler, so
 * that tests can give programs as text and check the disassembler.
 */

#include "shader/types.h"

bool shader_assemble(const char *text, u64 *word);
unsigned int shader_assemble_all(const char *text, u64 *words,
				 unsigned int max);

#endif /* TESTS_SHADER_ASM_H */
