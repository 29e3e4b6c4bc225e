/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TESTS_SHADER_ASM_H
#define TESTS_SHADER_ASM_H

/**
 * DOC: An assembler for shaders
 *
 * Written from the table of forms alone, in the syntax of Mesa's assembler, so
 * that tests can give programs as text and check the disassembler.
 */

#include <stdbool.h>
#include <stdint.h>

bool shader_assemble(const char *text, uint64_t *word);
unsigned int shader_assemble_all(const char *text, uint64_t *words,
				 unsigned int max);

#endif /* TESTS_SHADER_ASM_H */
