// SPDX-License-Identifier: GPL-2.0 OR MIT

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shader/exec.h"
#include "shader_asm.h"

#define LINE_MAX_LENGTH	256

struct assembly {
	const struct vsh_form *form;
	u64 word;
	bool ok;
};

static void put(struct assembly *a, unsigned int first, unsigned int bits,
		u64 value)
{
	u64 mask = (bits == 64 ? ~0ULL : (1ULL << bits) - 1);

	a->word = (a->word & ~(mask << first)) | (value & mask) << first;
}

static char *trim(char *s)
{
	while (*s == ' ')
		s++;
	for (char *end = s + strlen(s); end > s && strchr(" \r\n", end[-1]);)
		*--end = 0;
	return s;
}

/* The form whose name the text begins with, the longest one */
static const struct vsh_form *find_form(const char *text)
{
	const struct vsh_form *form, *found = NULL;

	for (unsigned int i = 0; (form = vsh_form_at(i)); i++) {
		size_t n = strlen(form->name);

		if (!strncmp(text, form->name, n) &&
		    (!text[n] || text[n] == '.') &&
		    (!found || n > strlen(found->name)))
			found = form;
	}
	return found;
}

static bool put_mod(struct assembly *a, const char *name, u64 *given)
{
	for (unsigned int i = 0; i < VSH_MAX_MODS && a->form->mods[i]; i++) {
		const struct vsh_field *f = &vsh_mods[a->form->mods[i]];

		if (*given >> i & 1)
			continue;
		if (!f->names && !strcmp(name, f->name)) {
			put(a, f->first, 1, 1);
			*given |= 1ULL << i;
			return true;
		}
		for (unsigned int v = 0; f->names && v < 1u << f->bits; v++) {
			if (!f->names[v] || strcmp(name, f->names[v]))
				continue;
			put(a, f->first, f->bits, v);
			*given |= 1ULL << i;
			return true;
		}
	}
	for (unsigned int v = 0; v < 16; v++) {
		const char *flow = vsh_flow_name(v);

		if (flow && *flow && !strcmp(name, flow)) {
			put(a, VSH_FLOW_FIRST, 4, v);
			return true;
		}
	}
	return false;
}

static void put_mods(struct assembly *a, char *text)
{
	u64 given = 0;
	char *save, *name;

	for (unsigned int i = 0; i < VSH_MAX_MODS && a->form->mods[i]; i++) {
		const struct vsh_field *f = &vsh_mods[a->form->mods[i]];

		if (f->names && f->hidden != VSH_NO_DEFAULT)
			put(a, f->first, f->bits, f->hidden);
	}
	for (name = strtok_r(text, ".", &save); name;
	     name = strtok_r(NULL, ".", &save))
		a->ok &= put_mod(a, name, &given);
}

static void put_special(struct assembly *a, unsigned int i, const char *name,
			unsigned int word)
{
	for (unsigned int n = 0; n < 64; n++) {
		const char *known = vsh_special_name(n / 16, n % 16);

		if (!known || strcmp(name, known))
			continue;
		put(a, VSH_PAGE_FIRST, 2, n / 16);
		put(a, 8 * i, 8, 0xe0 | n % 16 << 1 | word);
		return;
	}
	a->ok = false;
}

static void put_constant(struct assembly *a, unsigned int i, const char *text)
{
	u32 value = strtoul(text, NULL, 16);

	for (unsigned int c = 0; c < 32; c++) {
		if (vsh_constant(c) != value)
			continue;
		put(a, 8 * i, 8, 0xc0 | c);
		return;
	}
	a->ok = false;
}

static bool put_part(struct assembly *a, unsigned int i, const char *name)
{
	unsigned int bits, first = vsh_src_first(a->form, i, &bits);
	char text[4];

	for (unsigned int v = 0; bits && v < 1u << bits; v++) {
		const char *part = vsh_part_name(a->form->src[i] & VSH_SRC_KIND,
						 v, text);

		if (part && !strcmp(name, part)) {
			put(a, first, bits, v);
			return true;
		}
	}
	return false;
}

static void put_source(struct assembly *a, unsigned int i, char *text)
{
	char *save, *name = strtok_r(text, ".", &save);
	unsigned int value, word = 0;
	bool special = false;
	char base[LINE_MAX_LENGTH];

	snprintf(base, sizeof(base), "%s", name ? name : "");
	put_part(a, i, "");
	while ((name = strtok_r(NULL, ".", &save))) {
		if (!strcmp(name, "neg") && a->form->src[i] & VSH_SRC_ABSNEG) {
			put(a, 34 + (2 - i) * 2, 1, 1);
		} else if (!strcmp(name, "abs")) {
			put(a, 35 + (2 - i) * 2, 1, 1);
		} else if (!strcmp(name, "not")) {
			put(a, 35, 1, 1);
		} else if (!special && isalpha(base[0]) && isalpha(base[1]) &&
			   (!strcmp(name, "w0") || !strcmp(name, "w1"))) {
			special = true;
			word = name[1] - '0';
		} else if (!put_part(a, i, name)) {
			a->ok = false;
		}
	}
	if (special) {
		put_special(a, i, base, word);
	} else if (sscanf(base, "r%u", &value) == 1 && value < 64) {
		put(a, 8 * i, 8, value);
	} else if (sscanf(base, "^r%u", &value) == 1 && value < 64) {
		put(a, 8 * i, 8, 0x40 | value);
	} else if (sscanf(base, "u%u", &value) == 1 && value < 256) {
		put(a, 8 * i, 8, 0x80 | (value & 0x3f));
		put(a, VSH_PAGE_FIRST, 2, value >> 6);
	} else if (!strncmp(base, "0x", 2)) {
		put_constant(a, i, base);
	} else {
		a->ok = false;
	}
}

static void put_dest(struct assembly *a, const char *text)
{
	unsigned int reg;
	const char *half = strchr(text, '.');

	if (sscanf(text, "r%u", &reg) != 1 || reg > 63) {
		a->ok = false;
		return;
	}
	put(a, VSH_DEST_FIRST, 6, reg);
	put(a, VSH_DEST_FIRST + 6, 2, !half ? 3 : !strcmp(half, ".h0") ? 1 : 2);
}

static void put_staging(struct assembly *a, const char *text,
			unsigned int first, enum vsh_mod count_mod)
{
	unsigned int reg = 0, count = 0;
	const char *c;

	if (*text != '@') {
		a->ok = false;
		return;
	}
	for (c = text; *c; c++)
		count += *c == 'r';
	if (count)
		a->ok &= sscanf(text, "@r%u", &reg) == 1;
	put(a, first, 6, reg);
	if (count_mod == VSH_MOD_SR_COUNT)
		put(a, 33, 3, count);
	else
		put(a, 36, 3, count - 1);
}

static void put_imm(struct assembly *a, enum vsh_imm_id id, const char *text)
{
	const char *colon = strchr(text, ':');
	s64 value = 0;

	if (id == VSH_IMM_CONSTANT)
		value = strtoll(text + 1, NULL, 0);
	else if (colon)
		value = strtoll(colon + 1, NULL, 0);
	else
		a->ok = false;
	put(a, vsh_imms[id].first, vsh_imms[id].bits, value);
}

static void put_operands(struct assembly *a, char **next)
{
	const struct vsh_form *form = a->form;
	u16 staging = VSH_F_SR_READ | VSH_F_SR_WRITE | VSH_F_SR_RW |
		      VSH_F_SR_PLAIN;
	char *none = "";

#define NEXT()	(*next ? *next++ : none)
	if (form->flags & VSH_F_DEST)
		put_dest(a, NEXT());
	if (form->flags & VSH_F_SR16)
		put_staging(a, NEXT(), VSH_SR16_FIRST, VSH_MOD_SR_WRITES);
	if (form->flags & staging)
		put_staging(a, NEXT(), VSH_DEST_FIRST,
			    vsh_form_has(form, VSH_MOD_SR_COUNT) ?
			    VSH_MOD_SR_COUNT : VSH_MOD_SR_WRITES);
	for (unsigned int i = 0; i < VSH_MAX_SRC; i++)
		if (form->src[i])
			put_source(a, i, NEXT());
	for (unsigned int i = 0; i < VSH_MAX_IMMS && form->imms[i]; i++)
		put_imm(a, form->imms[i], NEXT());
#undef NEXT
	a->ok &= !*next;
	if (form->flags & VSH_F_SR_READ)
		put(a, VSH_DEST_FIRST + 6, 2, 1);
	else if (form->flags & VSH_F_SR_WRITE)
		put(a, VSH_DEST_FIRST + 6, 2, 2);
	else if (form->flags & VSH_F_SR_RW)
		put(a, VSH_DEST_FIRST + 6, 2, 3);
}

/**
 * shader_assemble - assemble an instruction
 * @text: the instruction
 * @word: where to store it
 *
 * Return: false if the text is not valid.
 */
bool shader_assemble(const char *text, u64 *word)
{
	char line[LINE_MAX_LENGTH], *operands, *name, *save, *part;
	char *parts[16] = { NULL };
	struct assembly a = { .ok = true };
	unsigned int count = 0;

	snprintf(line, sizeof(line), "%s", text);
	name = trim(line);
	operands = strchr(name, ' ');
	if (operands)
		*operands++ = 0;
	a.form = find_form(name);
	if (!a.form)
		return false;
	a.word = vsh_form_match(a.form) | (u64)a.form->opcode << VSH_OPCODE_FIRST;
	if (!(a.form->flags & ~VSH_F_SIGNED))
		put(&a, VSH_DEST_FIRST + 6, 2, 3);
	put_mods(&a, name + strlen(a.form->name));
	for (part = operands ? strtok_r(operands, ",", &save) : NULL; part;
	     part = strtok_r(NULL, ",", &save)) {
		part = trim(part);
		if (*part && count < 15)
			parts[count++] = part;
	}
	put_operands(&a, parts);
	*word = a.word;

	return a.ok;
}

/**
 * shader_assemble_all - assemble a program
 * @text: one instruction a line; empty lines are left out
 * @words: where to store them
 * @max: room for so many
 *
 * Return: the number of instructions, zero if one of them is invalid.
 */
unsigned int shader_assemble_all(const char *text, u64 *words,
				 unsigned int max)
{
	char line[LINE_MAX_LENGTH];
	unsigned int count = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		text += n + (text[n] == '\n');
		if (!*trim(line))
			continue;
		if (count == max || !shader_assemble(line, &words[count])) {
			printf("    # cannot assemble '%s'\n", line);
			return 0;
		}
		count++;
	}
	return count;
}
