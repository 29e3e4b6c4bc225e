// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Modifiers and immediates: where they are in an instruction, and their names.
 *
 * A value without a name is reserved: the decoder refuses it. The value that
 * the text of an instruction leaves out is the default.
 */

#include "cores/shader/forms.h"

static const char *const vsh_names_condition[] = {
	"eq", "gt", "ge", "ne", "lt", "le", "gtlt", "total",
};

static const char *const vsh_names_slot[] = {
	"slot0", "slot1", "slot2", NULL, NULL, NULL, NULL, "slot7",
};

static const char *const vsh_names_vector_size[] = {
	"none", "v2", "v3", "v4",
};

static const char *const vsh_names_register_format[] = {
	"auto", NULL, "f32", "f16", "s32", "s16", "u32", "u16",
};

static const char *const vsh_names_sample_mode[] = {
	"center", "centroid", "sample", "explicit",
};

static const char *const vsh_names_update_mode[] = {
	"store", "retrieve", NULL, "clobber",
};

static const char *const vsh_names_source_format[] = {
	"src_flat32", "src_flat16", "src_f32", "src_f16",
};

static const char *const vsh_names_memory_access[] = {
	"none", "istream", "estream", "force",
};

static const char *const vsh_names_load_lane_8_bit[] = {
	"b0", "b1", "b2", "b3", "h0", "h1", "w0", "d0",
};

static const char *const vsh_names_load_lane_16_bit[] = {
	"h0", "h1", "w0", "d0",
};

static const char *const vsh_names_load_lane_24_bit[] = {
	"identity",
};

static const char *const vsh_names_load_lane_32_bit[] = {
	"w0", "d0",
};

static const char *const vsh_names_load_lane_48_bit[] = {
	NULL, NULL, NULL, NULL, "identity",
};

static const char *const vsh_names_load_lane_64_bit[] = {
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, "identity",
};

static const char *const vsh_names_load_lane_96_bit[] = {
	NULL, NULL, NULL, NULL, NULL, NULL, "identity",
};

static const char *const vsh_names_load_lane_128_bit[] = {
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, "identity",
};

static const char *const vsh_names_atomic_operation[] = {
	NULL, NULL, "aadd", NULL, NULL, NULL, NULL, NULL, "asmin", "asmax",
	"aumin", "aumax", "aand", "aor", "axor", "axchg",
};

static const char *const vsh_names_atomic_operation_with_1[] = {
	"ainc", "adec", "aumax1", "asmax1", "aor1",
};

static const char *const vsh_names_round_mode[] = {
	"rte", "rtp", "rtn", "rtz",
};

static const char *const vsh_names_subgroup_size[] = {
	"subgroup2", "subgroup4", "subgroup8", "subgroup16",
};

static const char *const vsh_names_nan_mode[] = {
	"none", "flush_nan", "quiet_nan",
};

static const char *const vsh_names_lane_operation[] = {
	"none", "xor", "accumulate", "shift",
};

static const char *const vsh_names_inactive_result[] = {
	"zero", "umax", "i1", "v2i1", "smin", "smax", "v2smin", "v2smax",
	"v4smin", "v4smax", "f1", "v2f1", "infn", "inf", "v2infn", "v2inf",
};

static const char *const vsh_names_clamp[] = {
	"none", "clamp_0_inf", "clamp_m1_1", "clamp_0_1",
};

static const char *const vsh_names_mux[] = {
	"neg", "int_zero", "fp_zero", "bit",
};

static const char *const vsh_names_result_type[] = {
	"i1", "f1", "m1", "u1",
};

static const char *const vsh_names_register_type[] = {
	NULL, "f", "u", "s",
};

static const char *const vsh_names_register_width[] = {
	"16", "32",
};

static const char *const vsh_names_write_mask[] = {
	NULL, "r", "g", "rg", "b", "rb", "gb", "rgb", "a", "ra", "ga", "rga",
	"ba", "rba", "gba", "rgba",
};

static const char *const vsh_names_dimension[] = {
	"1d", "2d", "3d", "cube",
};

static const char *const vsh_names_lod_mode[] = {
	"zero", "computed", NULL, NULL, "explicit", "computed_bias", "grdesc",
};

static const char *const vsh_names_fetch_component[] = {
	"gather4_r", "gather4_g", "gather4_b", "gather4_a",
};

static const char *const vsh_names_sample_and_update_mode[] = {
	"center_store", "centroid_store", "sample_store", "explicit_store",
	"center_clobber", NULL, "sample_clobber", "retrieve",
};

static const char *const vsh_names_varying_texture_register_width[] = {
	"16", "32", "16.32", "32.32",
};

#define ENUM(name, first, bits, names, hidden) \
	{ name, first, bits, hidden, VSH_ARRAY_SIZE(names), names }
#define FLAG(name, first)	{ name, first, 1, 0, 0, NULL }

const struct vsh_field vsh_mods[VSH_MOD_COUNT] = {
	[VSH_MOD_CONSERVATIVE] = FLAG("conservative", 35),
	[VSH_MOD_EQ] = FLAG("eq", 36),
	[VSH_MOD_COND] = ENUM("condition", 32, 3, vsh_names_condition, VSH_NO_DEFAULT),
	[VSH_MOD_ABSOLUTE] = FLAG("absolute", 40),
	[VSH_MOD_SLOT] = ENUM("slot", 30, 3, vsh_names_slot, VSH_NO_DEFAULT),
	[VSH_MOD_VECTOR_SIZE] = ENUM("vector_size", 28, 2, vsh_names_vector_size, 0),
	[VSH_MOD_REG_FORMAT] = ENUM("register_format", 24, 3, vsh_names_register_format, VSH_NO_DEFAULT),
	[VSH_MOD_SAMPLE_MODE] = ENUM("sample_mode", 38, 2, vsh_names_sample_mode, VSH_NO_DEFAULT),
	[VSH_MOD_UPDATE_MODE] = ENUM("update_mode", 36, 2, vsh_names_update_mode, VSH_NO_DEFAULT),
	[VSH_MOD_SOURCE_FORMAT] = ENUM("source_format", 24, 4, vsh_names_source_format, VSH_NO_DEFAULT),
	[VSH_MOD_MEMORY_ACCESS] = ENUM("memory_access", 24, 2, vsh_names_memory_access, 0),
	[VSH_MOD_LOAD_LANE_8_BIT] = ENUM("load_lane_8_bit", 36, 3, vsh_names_load_lane_8_bit, 0),
	[VSH_MOD_UNSIGNED] = FLAG("unsigned", 39),
	[VSH_MOD_LOAD_LANE_16_BIT] = ENUM("load_lane_16_bit", 36, 3, vsh_names_load_lane_16_bit, 0),
	[VSH_MOD_LOAD_LANE_24_BIT] = ENUM("load_lane_24_bit", 36, 3, vsh_names_load_lane_24_bit, 0),
	[VSH_MOD_LOAD_LANE_32_BIT] = ENUM("load_lane_32_bit", 36, 3, vsh_names_load_lane_32_bit, 0),
	[VSH_MOD_LOAD_LANE_48_BIT] = ENUM("load_lane_48_bit", 36, 3, vsh_names_load_lane_48_bit, 4),
	[VSH_MOD_LOAD_LANE_64_BIT] = ENUM("load_lane_64_bit", 36, 3, vsh_names_load_lane_64_bit, 7),
	[VSH_MOD_LOAD_LANE_96_BIT] = ENUM("load_lane_96_bit", 36, 3, vsh_names_load_lane_96_bit, 6),
	[VSH_MOD_LOAD_LANE_128_BIT] = ENUM("load_lane_128_bit", 36, 3, vsh_names_load_lane_128_bit, 7),
	[VSH_MOD_ATOMIC] = ENUM("atomic_operation", 22, 4, vsh_names_atomic_operation, VSH_NO_DEFAULT),
	[VSH_MOD_ATOMIC1] = ENUM("atomic_operation_with_1", 22, 4, vsh_names_atomic_operation_with_1, VSH_NO_DEFAULT),
	[VSH_MOD_MEMORY_ACCESS_CVT] = ENUM("memory_access", 37, 3, vsh_names_memory_access, 0),
	[VSH_MOD_Z] = FLAG("z", 25),
	[VSH_MOD_STENCIL] = FLAG("stencil", 24),
	[VSH_MOD_ROUND_MODE] = ENUM("round_mode", 30, 2, vsh_names_round_mode, 0),
	[VSH_MOD_SUBGROUP_SIZE] = ENUM("subgroup_size", 36, 4, vsh_names_subgroup_size, 3),
	[VSH_MOD_NAN_MODE] = ENUM("nan_mode", 8, 2, vsh_names_nan_mode, VSH_NO_DEFAULT),
	[VSH_MOD_FTZ] = FLAG("ftz", 10),
	[VSH_MOD_FLUSH_INF] = FLAG("flush_inf", 11),
	[VSH_MOD_SQRT] = FLAG("sqrt", 24),
	[VSH_MOD_LOG] = FLAG("log", 25),
	[VSH_MOD_SATURATE] = FLAG("saturate", 30),
	[VSH_MOD_RHADD] = FLAG("rhadd", 30),
	[VSH_MOD_LANE_OP] = ENUM("lane_operation", 32, 2, vsh_names_lane_operation, 0),
	[VSH_MOD_INACTIVE_RESULT] = ENUM("inactive_result", 22, 4, vsh_names_inactive_result, 0),
	[VSH_MOD_CLAMP] = ENUM("clamp", 32, 2, vsh_names_clamp, 0),
	[VSH_MOD_SECOND] = FLAG("second", 24),
	[VSH_MOD_NOT_RESULT] = FLAG("not_result", 30),
	[VSH_MOD_SIGNED] = FLAG("signed", 34),
	[VSH_MOD_MUX] = ENUM("mux", 32, 2, vsh_names_mux, 1),
	[VSH_MOD_RESULT_TYPE] = ENUM("result_type", 30, 2, vsh_names_result_type, VSH_NO_DEFAULT),
	[VSH_MOD_COMPARE] = FLAG("compare", 26),
	[VSH_MOD_SKIP] = FLAG("skip", 39),
	[VSH_MOD_REG_TYPE] = ENUM("register_type", 26, 2, vsh_names_register_type, VSH_NO_DEFAULT),
	[VSH_MOD_REG_WIDTH] = ENUM("register_width", 46, 1, vsh_names_register_width, VSH_NO_DEFAULT),
	[VSH_MOD_WRITE_MASK] = ENUM("write_mask", 22, 4, vsh_names_write_mask, 15),
	[VSH_MOD_DIMENSION] = ENUM("dimension", 28, 2, vsh_names_dimension, VSH_NO_DEFAULT),
	[VSH_MOD_WIDE_INDICES] = FLAG("wide_indices", 8),
	[VSH_MOD_ARRAY_ENABLE] = FLAG("array_enable", 10),
	[VSH_MOD_TEXEL_OFFSET] = FLAG("texel_offset", 11),
	[VSH_MOD_SHADOW] = FLAG("shadow", 12),
	[VSH_MOD_LOD_MODE] = ENUM("lod_mode", 13, 3, vsh_names_lod_mode, VSH_NO_DEFAULT),
	[VSH_MOD_INT_COORDS] = FLAG("integer_coordinates", 13),
	[VSH_MOD_FETCH_COMPONENT] = ENUM("fetch_component", 14, 2, vsh_names_fetch_component, VSH_NO_DEFAULT),
	[VSH_MOD_LOD_BIAS_DISABLE] = FLAG("lod_mode", 13),
	[VSH_MOD_LOD_CLAMP_DISABLE] = FLAG("lod_mode", 14),
	[VSH_MOD_SECOND_WIDTH] = ENUM("secondary_register_width", 47, 1, vsh_names_register_width, VSH_NO_DEFAULT),
	[VSH_MOD_SAMPLE_UPDATE] = ENUM("sample_and_update_mode", 33, 3, vsh_names_sample_and_update_mode, VSH_NO_DEFAULT),
	[VSH_MOD_VARTEX_WIDTH] = ENUM("varying_texture_register_width", 24, 2, vsh_names_varying_texture_register_width, VSH_NO_DEFAULT),
	[VSH_MOD_NEG] = FLAG("neg", 38),
	[VSH_MOD_PRESERVE_NULL] = FLAG("preserve_null", 39),
	[VSH_MOD_SR_COUNT] = { "sr_count", 33, 3, 0, 0, NULL },
	[VSH_MOD_SR_WRITES] = { "sr_write_count", 36, 3, 0, 0, NULL },
};

const struct vsh_imm vsh_imms[VSH_IMM_COUNT] = {
	[VSH_IMM_OFFSET27] = { "offset", 8, 27, true },
	[VSH_IMM_OFFSET16] = { "offset", 8, 16, true },
	[VSH_IMM_OFFSET8] = { "offset", 8, 8, false },
	[VSH_IMM_CONSTANT] = { "constant", 8, 32, false },
	[VSH_IMM_TARGET] = { "target", 8, 8, false },
	[VSH_IMM_TABLE8] = { "table", 8, 4, false },
	[VSH_IMM_TABLE16] = { "table", 16, 4, false },
	[VSH_IMM_INDEX12] = { "index", 12, 8, false },
	[VSH_IMM_INDEX16] = { "index", 16, 8, false },
	[VSH_IMM_INDEX12_4] = { "index", 12, 4, false },
	[VSH_IMM_INDEX20] = { "index", 20, 4, false },
	[VSH_IMM_SHIFT] = { "shift", 20, 3, false },
};
