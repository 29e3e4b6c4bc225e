/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VCSF_SHADER_TYPES_H_
#define _VCSF_SHADER_TYPES_H_

/*
 * The only file of the interpreter that knows where it is compiled: types,
 * error numbers and memory functions of the kernel or of the C library.
 */

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

#ifndef fallthrough
#define fallthrough	__attribute__((__fallthrough__))
#endif
#endif

/* A variable that is not read before it is written: do not let the compiler clear it */
#define VSH_UNCLEARED	__attribute__((uninitialized))

#define VSH_ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Bits @first to @first + @count - 1 of a 64-bit word, @count below 64 */
static inline u64 vsh_bits(u64 word, unsigned int first, unsigned int count)
{
	return (word >> first) & ((1ULL << count) - 1);
}

/* Sign-extend the low @bits of a value, 1 to 64 */
static inline s64 vsh_sext(u64 value, unsigned int bits)
{
	return (s64)(value << (64 - bits)) >> (64 - bits);
}

#endif /* _VCSF_SHADER_TYPES_H_ */
