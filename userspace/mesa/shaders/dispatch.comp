// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

// The place of an invocation in the whole dispatch
#define PLACE (gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * \
	(gl_NumWorkGroups.x * gl_WorkGroupSize.x) + gl_GlobalInvocationID.z * \
	(gl_NumWorkGroups.x * gl_WorkGroupSize.x * gl_NumWorkGroups.y * gl_WorkGroupSize.y))

#ifdef dispatch_one
MAIN(1, 1, 1)
{
	data_out[0] = 42 + I;
}
#endif
#ifdef dispatch_ids
MAIN(8, 4, 2)
{
	uvec3 g = gl_WorkGroupID, l = gl_LocalInvocationID;

	data_out[PLACE] = g.x | g.y << 4 | g.z << 8 | l.x << 12 | l.y << 16 | l.z << 20 |
			  (L & 63u) << 24;
}
#endif
#ifdef dispatch_2d
MAIN(8, 8, 1)
{
	data_out[PLACE] = gl_GlobalInvocationID.x * 1000 + gl_GlobalInvocationID.y;
}
#endif
#ifdef dispatch_3d
MAIN(4, 4, 4)
{
	data_out[PLACE] = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * 100 +
			  gl_GlobalInvocationID.z * 10000;
}
#endif
#ifdef dispatch_odd
MAIN(7, 5, 3)
{
	data_out[PLACE] = PLACE + 1 + (L << 16);
}
#endif
#ifdef dispatch_big
MAIN(1024, 1, 1)
{
	data_out[I] = I + L * 3 + gl_WorkGroupID.x;
}
#endif
#ifdef dispatch_big_3d
MAIN(16, 8, 8)
{
	data_out[PLACE] = L + gl_LocalInvocationID.z * 5000;
}
#endif
#ifdef dispatch_many
MAIN(1, 1, 1)
{
	data_out[gl_WorkGroupID.x] = gl_WorkGroupID.x * 7 + gl_NumWorkGroups.x;
}
#endif
#ifdef dispatch_indirect
MAIN(16, 1, 1)
{
	data_out[PLACE] = gl_NumWorkGroups.x + gl_NumWorkGroups.y * 16 + gl_NumWorkGroups.z * 256 +
			  (PLACE << 12);
}
#endif
#ifdef dispatch_none
MAIN(64, 1, 1)
{
	data_out[I] = 1;
}
#endif
#ifdef dispatch_twice
MAIN(64, 1, 1)
{
	data_out[I] = data_out[I] * 3 + data_in[I];
}
#endif
#ifdef dispatch_size
layout(local_size_x_id = 3) in;

void main()
{
	data_out[I] = gl_WorkGroupSize.x * 1000 + L;
}
#endif
