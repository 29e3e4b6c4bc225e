// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_vote : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_shuffle_relative : require
#extension GL_KHR_shader_subgroup_clustered : require
#extension GL_KHR_shader_subgroup_quad : require
#include "common.glsl"

// Sizes of subgroups differ between drivers, so each program compares with a computation by
// memory and has the same output for all sizes.
shared uint words[64];

#define BASE (gl_SubgroupID * gl_SubgroupSize)
#define OTHER(n) words[BASE + (n)]
#define BEGIN words[L] = A; barrier(); uint n = gl_SubgroupInvocationID;

#ifdef subgroup_basic
MAIN(64, 1, 1)
{
	BEGIN
	PUT(0, gl_SubgroupID < gl_NumSubgroups && n < gl_SubgroupSize && BASE + n == L);
	PUT(1, gl_NumSubgroups * gl_SubgroupSize == 64);
	PUT(2, subgroupElect() == (n == 0));
}
#endif
#ifdef subgroup_vote
MAIN(64, 1, 1)
{
	bool any = false, all = true, same = true;

	BEGIN
	for (uint k = 0; k < gl_SubgroupSize; k++) {
		any = any || OTHER(k) > 0xf0000000u;
		all = all && OTHER(k) > 0x10000000u;
	}
	PUT(0, subgroupAny(A > 0xf0000000u) == any);
	PUT(1, subgroupAll(A > 0x10000000u) == all);
	PUT(2, subgroupAllEqual(gl_WorkGroupID.x));
	PUT(3, subgroupAllEqual(A));
}
#endif
#ifdef subgroup_ballot
MAIN(64, 1, 1)
{
	uvec4 mask = uvec4(0);
	uint before = 0;

	BEGIN
	for (uint k = 0; k < gl_SubgroupSize; k++)
		if ((OTHER(k) & 1u) != 0) {
			mask[k / 32] |= 1u << (k & 31u);
			before += uint(k < n);
		}
	uvec4 have = subgroupBallot((A & 1u) != 0);
	PUT(0, have == mask);
	PUT(1, subgroupBallotExclusiveBitCount(have) == before);
	PUT(2, subgroupBallotBitExtract(have, n) == ((A & 1u) != 0));
	PUT(3, subgroupBroadcastFirst(A) == OTHER(0));
}
#endif
#ifdef subgroup_arithmetic
MAIN(64, 1, 1)
{
	uint sum = 0, most = 0, before = 0, bits = 0;

	BEGIN
	for (uint k = 0; k < gl_SubgroupSize; k++) {
		before += k < n ? OTHER(k) : 0;
		sum += OTHER(k);
		most = max(most, OTHER(k));
		bits ^= OTHER(k);
	}
	PUT(0, subgroupAdd(A) == sum);
	PUT(1, subgroupMax(A) == most);
	PUT(2, subgroupExclusiveAdd(A) == before && subgroupInclusiveAdd(A) == before + A);
	PUT(3, subgroupXor(A) == bits);
}
#endif
#ifdef subgroup_shuffle
MAIN(64, 1, 1)
{
	BEGIN
	PUT(0, subgroupShuffle(A, gl_SubgroupSize - 1 - n) == OTHER(gl_SubgroupSize - 1 - n));
	PUT(1, subgroupShuffleXor(A, 1) == OTHER(n ^ 1u));
	PUT(2, subgroupShuffleXor(A, gl_SubgroupSize / 2) == OTHER(n ^ gl_SubgroupSize / 2));
	PUT(3, subgroupBroadcast(A, 2) == OTHER(2));
}
#endif
#ifdef subgroup_relative
MAIN(64, 1, 1)
{
	BEGIN
	uint up = subgroupShuffleUp(A, 1), down = subgroupShuffleDown(A, 2);
	PUT(0, n < 1 || up == OTHER(n - 1));
	PUT(1, n + 2 >= gl_SubgroupSize || down == OTHER(n + 2));
}
#endif
#ifdef subgroup_quad
MAIN(64, 1, 1)
{
	BEGIN
	PUT(0, subgroupQuadSwapHorizontal(A) == OTHER(n ^ 1u));
	PUT(1, subgroupQuadSwapVertical(A) == OTHER(n ^ 2u));
	PUT(2, subgroupQuadBroadcast(A, 3) == OTHER(n | 3u));
}
#endif
#ifdef subgroup_clustered
MAIN(64, 1, 1)
{
	uint sum = 0;

	BEGIN
	for (uint k = 0; k < 4; k++)
		sum += OTHER((n & ~3u) + k);
	PUT(0, subgroupClusteredAdd(A, 4) == sum);
}
#endif
#ifdef subgroup_divergent
MAIN(64, 1, 1)
{
	uint sum = 0, have = 0;

	BEGIN
	for (uint k = 0; k < gl_SubgroupSize; k++)
		sum += (k & 1u) == 1 ? OTHER(k) : 0;
	if ((n & 1u) == 1)
		have = subgroupAdd(A);
	PUT(0, (n & 1u) == 0 || have == sum);
}
#endif
