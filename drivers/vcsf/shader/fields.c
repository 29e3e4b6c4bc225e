// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Modifiers and immediates: where they are in an instruction, and their names.
 *
 * A value without a name is reserved: the decoder refuses it. The value that
 * the text of an instruction leaves out is the default.
 */

#include "shader/forms.h"

static const char *const vsh_names_condition[8] = {
	"eq", "gt", "ge", "ne", "lt", "le", "gtlt", "total",
};

static const char *const vsh_names_slot[8] = {
	"slot0", "slot1", "slot2", NULL, NULL, NULL, NULL, "slot7",
};

static const char *const vsh_names_vector_size[4] = {
	"none", "v2", "v3", "v4",
};

static const char *const vsh_names_register_format[8] = {
	"auto", NULL, "f32", "f16", "s32", "s16", "u32", "u16",
};

static const char *const vsh_names_sample_mode[4] = {
	"center", "centroid", "sample", "explicit",
};

static const char *const vsh_names_update_mode[4] = {
	"store", "retrieve", NULL, "clobber",
};

static const char *const vsh_names_source_format[16] = {
	"src_flat32", "src_flat16", "src_f32", "src_f16",
};

static const char *const vsh_names_memory_access[8] = {
	"none", "istream", "estream", "force",
};

static const char *const vsh_names_load_lane_8_bit[8] = {
	"b0", "b1", "b2", "b3", "h0", "h1", "w0", "d0",
};

static const char *const vsh_names_load_lane_16_bit[8] = {
	"h0", "h1", "w0", "d0",
};

static const char *const vsh_names_load_lane_24_bit[8] = {
	"identity",
};

static const char *const vsh_names_load_lane_32_bit[8] = {
	"w0", "d0",
};

static const char *const vsh_names_load_lane_48_bit[8] = {
	NULL, NULL, NULL, NULL, "identity",
};

static const char *const vsh_names_load_lane_64_bit[8] = {
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, "identity",
};

static const char *const vsh_names_load_lane_96_bit[8] = {
	NULL, NULL, NULL, NULL, NULL, NULL, "identity",
};

static const char *const vsh_names_load_lane_128_bit[8] = {
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, "identity",
};

static const char *const vsh_names_atomic_operation[16] = {
	NULL, NULL, "aadd", NULL, NULL, NULL, NULL, NULL, "asmin", "asmax",
	"aumin", "aumax", "aand", "aor", "axor", "axchg",
};

static const char *const vsh_names_atomic_operation_with_1[16] = {
	"ainc", "adec", "aumax1", "asmax1", "aor1",
};

static const char *const vsh_names_round_mode[4] = {
	"rte", "rtp", "rtn", "rtz",
};

static const char *const vsh_names_subgroup_size[16] = {
	"subgroup2", "subgroup4", "subgroup8", "subgroup16",
};

static const char *const vsh_names_nan_mode[4] = {
	"none", "flush_nan", "quiet_nan",
};

static const char *const vsh_names_lane_operation[4] = {
	"none", "xor", "accumulate", "shift",
};

static const char *const vsh_names_inactive_result[16] = {
	"zero", "umax", "i1", "v2i1", "smin", "smax", "v2smin", "v2smax",
	"v4smin", "v4smax", "f1", "v2f1", "infn", "inf", "v2infn", "v2inf",
};

static const char *const vsh_names_clamp[4] = {
	"none", "clamp_0_inf", "clamp_m1_1", "clamp_0_1",
};

static const char *const vsh_names_mux[4] = {
	"neg", "int_zero", "fp_zero", "bit",
};

static const char *const vsh_names_result_type[4] = {
	"i1", "f1", "m1", "u1",
};

static const char *const vsh_names_register_type[4] = {
	"reserved", "f", "u", "s",
};

static const char *const vsh_names_register_width[2] = {
	"16", "32",
};

static const char *const vsh_names_write_mask[16] = {
	NULL, "r", "g", "rg", "b", "rb", "gb", "rgb", "a", "ra", "ga", "rga",
	"ba", "rba", "gba", "rgba",
};

static const char *const vsh_names_dimension[4] = {
	"1d", "2d", "3d", "cube",
};

static const char *const vsh_names_lod_mode[8] = {
	"zero", "computed", NULL, NULL, "explicit", "computed_bias", "grdesc",
};

static const char *const vsh_names_fetch_component[4] = {
	"gather4_r", "gather4_g", "gather4_b", "gather4_a",
};

static const char *const vsh_names_sample_and_update_mode[8] = {
	"center_store", "centroid_store", "sample_store", "explicit_store",
	"center_clobber", NULL, "sample_clobber", "retrieve",
};

static const char *const vsh_names_varying_texture_register_width[4] = {
	"16", "32", "16.32", "32.32",
};

const struct vsh_field vsh_mods[VSH_MOD_COUNT] = {
	[VSH_MOD_CONSERVATIVE] = { "conservative", 35, 1, 0, NULL },
	[VSH_MOD_EQ] = { "eq", 36, 1, 0, NULL },
	[VSH_MOD_COND] = { "condition", 32, 3, VSH_NO_DEFAULT, vsh_names_condition },
	[VSH_MOD_ABSOLUTE] = { "absolute", 40, 1, 0, NULL },
	[VSH_MOD_SLOT] = { "slot", 30, 3, VSH_NO_DEFAULT, vsh_names_slot },
	[VSH_MOD_VECTOR_SIZE] = { "vector_size", 28, 2, 0, vsh_names_vector_size },
	[VSH_MOD_REG_FORMAT] = { "register_format", 24, 3, VSH_NO_DEFAULT,
		vsh_names_register_format },
	[VSH_MOD_SAMPLE_MODE] = { "sample_mode", 38, 2, VSH_NO_DEFAULT, vsh_names_sample_mode },
	[VSH_MOD_UPDATE_MODE] = { "update_mode", 36, 2, VSH_NO_DEFAULT, vsh_names_update_mode },
	[VSH_MOD_SOURCE_FORMAT] = { "source_format", 24, 4, VSH_NO_DEFAULT,
		vsh_names_source_format },
	[VSH_MOD_MEMORY_ACCESS] = { "memory_access", 24, 2, 0, vsh_names_memory_access },
	[VSH_MOD_LOAD_LANE_8_BIT] = { "load_lane_8_bit", 36, 3, 0, vsh_names_load_lane_8_bit },
	[VSH_MOD_UNSIGNED] = { "unsigned", 39, 1, 0, NULL },
	[VSH_MOD_LOAD_LANE_16_BIT] = { "load_lane_16_bit", 36, 3, 0, vsh_names_load_lane_16_bit },
	[VSH_MOD_LOAD_LANE_24_BIT] = { "load_lane_24_bit", 36, 3, 0, vsh_names_load_lane_24_bit },
	[VSH_MOD_LOAD_LANE_32_BIT] = { "load_lane_32_bit", 36, 3, 0, vsh_names_load_lane_32_bit },
	[VSH_MOD_LOAD_LANE_48_BIT] = { "load_lane_48_bit", 36, 3, 4, vsh_names_load_lane_48_bit },
	[VSH_MOD_LOAD_LANE_64_BIT] = { "load_lane_64_bit", 36, 3, 7, vsh_names_load_lane_64_bit },
	[VSH_MOD_LOAD_LANE_96_BIT] = { "load_lane_96_bit", 36, 3, 6, vsh_names_load_lane_96_bit },
	[VSH_MOD_LOAD_LANE_128_BIT] = { "load_lane_128_bit", 36, 3, 7,
		vsh_names_load_lane_128_bit },
	[VSH_MOD_ATOMIC] = { "atomic_operation", 22, 4, VSH_NO_DEFAULT,
		vsh_names_atomic_operation },
	[VSH_MOD_ATOMIC1] = { "atomic_operation_with_1", 22, 4, VSH_NO_DEFAULT,
		vsh_names_atomic_operation_with_1 },
	[VSH_MOD_MEMORY_ACCESS_CVT] = { "memory_access", 37, 3, 0, vsh_names_memory_access },
	[VSH_MOD_Z] = { "z", 25, 1, 0, NULL },
	[VSH_MOD_STENCIL] = { "stencil", 24, 1, 0, NULL },
	[VSH_MOD_ROUND_MODE] = { "round_mode", 30, 2, 0, vsh_names_round_mode },
	[VSH_MOD_SUBGROUP_SIZE] = { "subgroup_size", 36, 4, 3, vsh_names_subgroup_size },
	[VSH_MOD_NAN_MODE] = { "nan_mode", 8, 2, VSH_NO_DEFAULT, vsh_names_nan_mode },
	[VSH_MOD_FTZ] = { "ftz", 10, 1, 0, NULL },
	[VSH_MOD_FLUSH_INF] = { "flush_inf", 11, 1, 0, NULL },
	[VSH_MOD_SQRT] = { "sqrt", 24, 1, 0, NULL },
	[VSH_MOD_LOG] = { "log", 25, 1, 0, NULL },
	[VSH_MOD_SATURATE] = { "saturate", 30, 1, 0, NULL },
	[VSH_MOD_RHADD] = { "rhadd", 30, 1, 0, NULL },
	[VSH_MOD_LANE_OP] = { "lane_operation", 32, 2, 0, vsh_names_lane_operation },
	[VSH_MOD_INACTIVE_RESULT] = { "inactive_result", 22, 4, 0, vsh_names_inactive_result },
	[VSH_MOD_CLAMP] = { "clamp", 32, 2, 0, vsh_names_clamp },
	[VSH_MOD_SECOND] = { "second", 24, 1, 0, NULL },
	[VSH_MOD_NOT_RESULT] = { "not_result", 30, 1, 0, NULL },
	[VSH_MOD_SIGNED] = { "signed", 34, 1, 0, NULL },
	[VSH_MOD_MUX] = { "mux", 32, 2, 1, vsh_names_mux },
	[VSH_MOD_RESULT_TYPE] = { "result_type", 30, 2, VSH_NO_DEFAULT, vsh_names_result_type },
	[VSH_MOD_COMPARE] = { "compare", 26, 1, 0, NULL },
	[VSH_MOD_SKIP] = { "skip", 39, 1, 0, NULL },
	[VSH_MOD_REG_TYPE] = { "register_type", 26, 2, VSH_NO_DEFAULT, vsh_names_register_type },
	[VSH_MOD_REG_WIDTH] = { "register_width", 46, 1, VSH_NO_DEFAULT,
		vsh_names_register_width },
	[VSH_MOD_WRITE_MASK] = { "write_mask", 22, 4, 15, vsh_names_write_mask },
	[VSH_MOD_DIMENSION] = { "dimension", 28, 2, VSH_NO_DEFAULT, vsh_names_dimension },
	[VSH_MOD_WIDE_INDICES] = { "wide_indices", 8, 1, 0, NULL },
	[VSH_MOD_ARRAY_ENABLE] = { "array_enable", 10, 1, 0, NULL },
	[VSH_MOD_TEXEL_OFFSET] = { "texel_offset", 11, 1, 0, NULL },
	[VSH_MOD_SHADOW] = { "shadow", 12, 1, 0, NULL },
	[VSH_MOD_LOD_MODE] = { "lod_mode", 13, 3, VSH_NO_DEFAULT, vsh_names_lod_mode },
	[VSH_MOD_INT_COORDS] = { "integer_coordinates", 13, 1, 0, NULL },
	[VSH_MOD_FETCH_COMPONENT] = { "fetch_component", 14, 2, VSH_NO_DEFAULT,
		vsh_names_fetch_component },
	[VSH_MOD_LOD_BIAS_DISABLE] = { "lod_mode", 13, 1, 0, NULL },
	[VSH_MOD_LOD_CLAMP_DISABLE] = { "lod_mode", 14, 1, 0, NULL },
	[VSH_MOD_SECOND_WIDTH] = { "secondary_register_width", 47, 1, VSH_NO_DEFAULT,
		vsh_names_register_width },
	[VSH_MOD_SAMPLE_UPDATE] = { "sample_and_update_mode", 33, 3, VSH_NO_DEFAULT,
		vsh_names_sample_and_update_mode },
	[VSH_MOD_VARTEX_WIDTH] = { "varying_texture_register_width", 24, 2, VSH_NO_DEFAULT,
		vsh_names_varying_texture_register_width },
	[VSH_MOD_NEG] = { "neg", 38, 1, 0, NULL },
	[VSH_MOD_PRESERVE_NULL] = { "preserve_null", 39, 1, 0, NULL },
	[VSH_MOD_SR_COUNT] = { "sr_count", 33, 3, 0, NULL },
	[VSH_MOD_SR_WRITES] = { "sr_write_count", 36, 3, 0, NULL },
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
