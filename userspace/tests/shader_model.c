// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The model of arithmetic: the text of instructions, and integers.
 */

#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shader_model.h"
#include "shader_model_parts.h"

bool model_has(const struct ins *i, const char *mod)
{
	for (int m = 0; m < i->mod_count; m++)
		if (!strcmp(i->mods[m], mod))
			return true;
	return false;
}

/* --- Text ------------------------------------------------------------------ */

static void parse_type(struct ins *i)
{
	const char *t = i->type;

	i->n = 1;
	if (*t == 'v') {
		i->n = t[1] - '0';
		t += 2;
	}
	i->is_signed = *t == 's';
	i->is_float = *t == 'f';
	i->width = atoi(t + 1);
}

static void parse_operand(struct ins *i, char *text, const u64 source[4])
{
	struct operand *o = &i->src[i->count++];
	char *save, *s = strtok_r(text, ".", &save);
	u64 value;

	while (*s == ' ' || *s == '^')
		s++;
	if (*s == 'r') {
		o->reg = atoi(s + 1);
		value = source[o->reg / 2];
		o->raw = o->reg % 2 ? value >> 32 : value;
	} else {
		o->raw = strtoull(s, NULL, 16);
	}
	while ((s = strtok_r(NULL, ".", &save))) {
		if (!strcmp(s, "neg"))
			o->neg = true;
		else if (!strcmp(s, "abs"))
			o->abs = true;
		else if (!strcmp(s, "not"))
			o->not = true;
		else
			snprintf(o->part, sizeof(o->part), "%s", s);
	}
}

static void parse(struct ins *i, const char *text, const u64 source[4])
{
	char line[256], *save, *rest, *s;

	memset(i, 0, sizeof(*i));
	snprintf(line, sizeof(line), "%s", text);
	rest = strchr(line, ' ');
	*rest++ = 0;
	s = strtok_r(line, ".", &save);
	snprintf(i->name, sizeof(i->name), "%s", s);
	while ((s = strtok_r(NULL, ".", &save))) {
		if (!*i->type && strpbrk(s, "123468") && !strstr(i->name, "_TO_") &&
		    strcmp(i->name, "WMASK"))
			snprintf(i->type, sizeof(i->type), "%s", s);
		else
			snprintf(i->mods[i->mod_count++], 16, "%s", s);
	}
	parse_type(i);
	s = strtok_r(rest, ",", &save);		/* the destination */
	while ((s = strtok_r(NULL, ",", &save))) {
		while (*s == ' ')
			s++;
		if (*s == '#')
			i->imm = strtoul(s + 1, NULL, 16);
		else if (!strncmp(s, "shift:", 6))
			i->imm = strtoul(s + 6, NULL, 16);
		else
			parse_operand(i, s, source);
	}
}

/* --- Elements ----------------------------------------------------------------- */

static big extend(u64 v, unsigned int bits, bool is_signed)
{
	if (bits < 64)
		v &= (1ULL << bits) - 1;
	if (is_signed && v >> (bits - 1) & 1)
		return (big)v - ((big)1 << bits);
	return v;
}

/* Element @e of an operand with elements of @width bits */
big model_element(const struct operand *o, unsigned int e, unsigned int width,
		  bool is_signed)
{
	const char *p = o->part;
	u64 v = o->not ? ~o->raw : o->raw;

	if (!*p)
		return extend(v >> (e * width), width, is_signed);
	if (*p == 'w')
		return extend(v, 32, is_signed);
	if (*p == 'h' && strlen(p) == 2)
		return extend(v >> (16 * (p[1] - '0')), 16, is_signed);
	if (*p == 'h')
		return extend(v >> (16 * (p[1 + e] - '0')), 16, is_signed);
	if (strlen(p) == 2)
		return extend(v >> (8 * (p[1] - '0')), 8, is_signed);
	return extend(v >> (8 * (p[1 + e] - '0')), 8, is_signed);
}

/* --- Instructions ------------------------------------------------------------ */

static bool condition(const struct ins *i, long double a, long double b)
{
	if (model_has(i, "eq"))
		return a == b;
	if (model_has(i, "gt"))
		return a > b;
	if (model_has(i, "ge"))
		return a >= b;
	if (model_has(i, "ne"))
		return a != b;
	if (model_has(i, "lt"))
		return a < b;
	if (model_has(i, "le"))
		return a <= b;
	return a < b || a > b;		/* gtlt */
}

static u64 truth(const struct ins *i)
{
	if (model_has(i, "m1"))
		return i->width == 64 ? ~0ULL : (1ULL << i->width) - 1;
	if (model_has(i, "f1"))
		return i->width == 32 ? 0x3f800000 : i->width == 16 ? 0x3c00 : 1;
	return 1;
}

static big saturate(const struct ins *i, big v)
{
	big low = i->is_signed ? -((big)1 << (i->width - 1)) : 0;
	big high = ((big)1 << (i->width - i->is_signed)) - 1;

	if (!model_has(i, "saturate"))
		return v;
	return v < low ? low : v > high ? high : v;
}

static bool arithmetic(const struct ins *i, unsigned int e, big *r)
{
	big a = model_element(&i->src[0], e, i->width, i->is_signed);
	big b = model_element(&i->src[1], e, i->width, i->is_signed);

	if (!strcmp(i->name, "IADD"))
		*r = saturate(i, a + b);
	else if (!strcmp(i->name, "ISUB"))
		*r = saturate(i, a - b);
	else if (!strcmp(i->name, "IMUL"))
		*r = saturate(i, a * b);
	else if (!strcmp(i->name, "HADD"))
		*r = (a + b + (model_has(i, "rhadd") ? 1 : 0)) >> 1;
	else if (!strcmp(i->name, "IADD_IMM"))
		*r = a + (i->imm >> (e * i->width));
	else if (!strcmp(i->name, "IABS"))
		*r = a < 0 ? -a : a;
	else if (!strcmp(i->name, "SHADDX"))
		*r = a + b * (1 << i->imm);
	else if (!strcmp(i->name, "SEG_ADD"))
		*r = model_has(i, "neg") ? a - b : a + b;
	else if (!strcmp(i->name, "IMULD"))
		*r = (big)(u32)a * (u32)b;
	else
		return false;
	return true;
}

static bool shift(const struct ins *i, unsigned int e, big *r)
{
	const char *op = strchr(i->name, '_');
	big a = model_element(&i->src[0], e, i->width, model_has(i, "signed"));
	big by = model_element(&i->src[1], 0, 8, false) % i->width;
	big b;

	if (!op || strncmp(i->name + 1, "SHIFT_", 6))
		return false;
	b = model_element(&i->src[2], e, i->width, false);
	a = *i->name == 'L' ? a * ((big)1 << by) : a >> by;
	a = !strcmp(op, "_AND") ? a & b : !strcmp(op, "_OR") ? a | b : a ^ b;
	*r = model_has(i, "not_result") ? ~a : a;
	return true;
}

static bool bits_of(const struct ins *i, unsigned int e, big *r)
{
	u64 a = model_element(&i->src[0], e, i->width, false), n = 0;

	if (!strcmp(i->name, "MOV")) {
		*r = a;
	} else if (!strcmp(i->name, "NOT_OLD")) {
		*r = ~a;
	} else if (!strcmp(i->name, "CLZ")) {
		while (n < i->width && !(a >> (i->width - 1 - n) & 1))
			n++;
		*r = n;
	} else if (!strcmp(i->name, "POPCOUNT")) {
		*r = __builtin_popcountll(a);
	} else if (!strcmp(i->name, "BITREV")) {
		for (unsigned int b = 0; b < 32; b++)
			n |= (a >> b & 1) << (31 - b);
		*r = n;
	} else {
		return false;
	}
	return true;
}

static bool selection(const struct ins *i, unsigned int e, big *r)
{
	unsigned int w = i->width;
	big a, b, c, d;

	if (strcmp(i->name, "MUX") && strcmp(i->name, "CSEL") &&
	    !strstr(i->name, "CMP_"))
		return false;
	a = model_element(&i->src[0], e, w, i->is_signed);
	b = model_element(&i->src[1], e, w, i->is_signed);
	c = model_element(&i->src[2], e, w, false);
	d = model_element(&i->src[3], e, w, false);
	if (!strcmp(i->name, "MUX")) {
		bool first = model_has(i, "neg") ? c >> (w - 1) & 1 :
			     model_has(i, "fp_zero") ? !(c & (((big)1 << (w - 1)) - 1)) :
			     !c;

		*r = model_has(i, "bit") ? (a & c) | (b & ~c) : first ? a : b;
	} else if (!strcmp(i->name, "CSEL")) {
		if (i->is_float)
			*r = condition(i, model_number(&i->src[0], e, w),
				       model_number(&i->src[1], e, w)) ? c : d;
		else
			*r = condition(i, a, b) ? c : d;
	} else if (!strcmp(i->name, "ICMP_OR")) {
		*r = condition(i, a, b) || c ? truth(i) : 0;
	} else if (!strcmp(i->name, "ICMP_AND")) {
		*r = condition(i, a, b) && c ? truth(i) : 0;
	} else if (!strcmp(i->name, "ICMP_MULTI")) {
		bool low = condition(i, a, b);

		*r = (model_has(i, "u1") || a != b ? low : c != 0) ? truth(i) : 0;
	} else if (!strcmp(i->name, "FCMP_OR")) {
		*r = condition(i, model_number(&i->src[0], e, w),
			       model_number(&i->src[1], e, w)) || c ? truth(i) : 0;
	} else if (!strcmp(i->name, "FCMP_AND")) {
		*r = condition(i, model_number(&i->src[0], e, w),
			       model_number(&i->src[1], e, w)) && c ? truth(i) : 0;
	} else {
		return false;
	}
	return true;
}

/* Instructions whose elements are not all alike */
static bool others(const struct ins *i, u64 *result)
{
	const struct operand *s = i->src;

	if (!strcmp(i->name, "MKVEC") && i->n == 2 && i->width == 16) {
		*result = (u64)model_element(&s[0], 0, 16, false) |
			  (u64)model_element(&s[1], 0, 16, false) << 16;
	} else if (!strcmp(i->name, "MKVEC")) {
		*result = (u64)model_element(&s[0], 0, 8, false) |
			  (u64)model_element(&s[1], 0, 8, false) << 8 |
			  (u64)model_element(&s[2], 0, 16, false) << 16;
	} else if (!strcmp(i->name, "IDP")) {
		big sum = extend(s[2].raw, 32, i->is_signed);

		for (unsigned int e = 0; e < 4; e++)
			sum += model_element(&s[0], e, 8, i->is_signed) *
			       model_element(&s[1], e, 8, i->is_signed);
		struct ins word = *i;

		word.width = 32;
		*result = (u32)saturate(&word, sum);
	} else {
		return false;
	}
	return true;
}

/**
 * shader_model - compute the result of an arithmetic instruction
 * @text: the instruction, as the disassembler writes it
 * @source: values of the registers r0:r1, r2:r3, r4:r5 and r6:r7
 * @result: where to store the result
 * @wide: where to store whether it has 64 bits
 * @is_nan: where to store whether any NaN will do
 *
 * Return: false if the model does not know the instruction.
 */
bool shader_model(const char *text, const u64 source[4],
		  u64 *result, bool *wide, bool *is_nan)
{
	u64 mask;
	struct ins i;
	double f = 0;
	big v = 0;

	parse(&i, text, source);
	*is_nan = false;
	*wide = i.width == 64;
	if (model_conversion(&i, result, is_nan) || others(&i, result))
		return true;
	if (!i.width)
		return false;
	mask = i.width == 64 ? ~0ULL : (1ULL << i.width) - 1;
	*result = 0;
	for (unsigned int e = 0; e < i.n; e++) {
		if (!strcmp(i.name, "FREXPE")) {
			v = model_frexp_exponent(&i, e);
		} else if (!selection(&i, e, &v) && i.is_float) {
			if (!model_floating(&i, e, &f))
				return false;
			*is_nan |= isnan(f) && i.width == 32;
			v = i.width == 16 ? model_round_half(f, FE_TONEAREST) :
					    model_float_bits(f);
		} else if (!i.is_float && !selection(&i, e, &v) &&
			   !shift(&i, e, &v) && !arithmetic(&i, e, &v) &&
			   !bits_of(&i, e, &v)) {
			return false;
		}
		*result |= ((u64)v & mask) << (e * i.width);
	}
	return true;
}
