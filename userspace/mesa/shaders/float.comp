// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#ifdef float_add
MAIN(64, 1, 1)
{
	precise float sum = FA + FB, difference = FA - FC, third = abs(FA) - abs(FB);

	PUTF(0, sum);
	PUTF(1, difference);
	PUTF(2, third);
	PUTF(3, -FA);
}
#endif
#ifdef float_mul
MAIN(64, 1, 1)
{
	precise float product = FA * FB, square = FA * FA, scaled = FA * 0.3;

	PUTF(0, product);
	PUTF(1, square);
	PUTF(2, scaled);
	PUTF(3, clamp(FA * 0.01, 0.0, 1.0));
}
#endif
#ifdef float_fma
MAIN(64, 1, 1)
{
	precise float one = fma(FA, FB, FC), two = fma(-FA, FB, FC), three = fma(FA, 2.0, 1.0);

	PUTF(0, one);
	PUTF(1, two);
	PUTF(2, three);
}
#endif
#ifdef float_div
MAIN(64, 1, 1)
{
	PUTF(0, FA / (abs(FB) + 0.1));
	PUTF(1, 1.0 / (FA + 100.0));
	PUTF(2, FA / 3.0);
}
#endif
#ifdef float_sqrt
MAIN(64, 1, 1)
{
	PUTF(0, sqrt(abs(FA)));
	PUTF(1, inversesqrt(abs(FA) + 0.001));
	PUTF(2, sqrt(FB * FB));
}
#endif
#ifdef float_min_max
MAIN(64, 1, 1)
{
	PUTF(0, min(FA, FB));
	PUTF(1, max(FA, FB));
	PUTF(2, clamp(FA, -2.0, 3.5));
	PUTF(3, max(min(FA, FB), FC));
}
#endif
#ifdef float_round
MAIN(64, 1, 1)
{
	PUTF(0, floor(FA));
	PUTF(1, ceil(FA));
	PUTF(2, trunc(FA));
	PUTF(3, roundEven(FA));
}
#endif
#ifdef float_fract
MAIN(64, 1, 1)
{
	PUTF(0, fract(FA));
	PUTF(1, mod(FA, 3.0));
	PUTF(2, sign(FA));
	PUTF(3, abs(FA));
}
#endif
#ifdef float_exp
MAIN(64, 1, 1)
{
	PUTF(0, exp2(FA * 0.25));
	PUTF(1, exp(FA * 0.25));
	PUTF(2, exp2(floor(FA)));
}
#endif
#ifdef float_log
MAIN(64, 1, 1)
{
	PUTF(0, log2(abs(FA) + 4.0));
	PUTF(1, log(abs(FA) + 4.0));
	PUTF(2, log2(exp2(floor(FA))));
}
#endif
#ifdef float_pow
MAIN(64, 1, 1)
{
	PUTF(0, pow(abs(FA) + 1.5, 1.75));
	PUTF(1, pow(abs(FB) + 1.5, -0.5));
}
#endif
#ifdef float_sin
MAIN(64, 1, 1)
{
	PUTF(0, sin(FA * 0.049));
	PUTF(1, cos(FA * 0.049));
}
#endif
#ifdef float_atan
MAIN(64, 1, 1)
{
	PUTF(0, atan(FA));
	PUTF(1, atan(FA, FB));
	PUTF(2, asin(FA / 65.0));
	PUTF(3, acos(FA / 65.0));
}
#endif
#ifdef float_hyperbolic
MAIN(64, 1, 1)
{
	PUTF(0, sinh(FA * 0.03));
	PUTF(1, cosh(FA * 0.03));
	PUTF(2, tanh(FA * 0.03));
	PUTF(3, tan(FA * 0.015));
}
#endif
#ifdef float_to_int
MAIN(64, 1, 1)
{
	PUT(0, int(clamp(FA, -2e9, 2e9)));
	PUT(1, uint(clamp(FA, 0.0, 4e9)));
	PUT(2, int(clamp(FA, -32000.0, 32000.0) * 1000.0));
	PUT(3, FA > 0.5 ? 7 : 9);
}
#endif
#ifdef float_from_int
MAIN(64, 1, 1)
{
	PUTF(0, float(A));
	PUTF(1, float(SA));
	PUTF(2, float(A & 0xffu));
	PUTF(3, float(SB >> 16));
}
#endif
#ifdef float_compare
MAIN(64, 1, 1)
{
	PUT(0, uint(FA < FB) | uint(FA <= FB) << 1 | uint(FA > FB) << 2 | uint(FA >= FB) << 3 |
		uint(FA == FB) << 4 | uint(FA != FB) << 5);
	PUT(1, FA < FB ? A : B);
	PUT(2, !(FA < FB) ? 1 : 2);
	PUTF(3, step(FA, FB));
}
#endif
#ifdef float_class
MAIN(64, 1, 1)
{
	float huge = FA * 1e30 * 1e30, none = FA - FA;

	PUT(0, isinf(huge));
	PUT(1, isnan(huge - huge));
	PUT(2, isnan(none));
	PUT(3, uint(isnan(FA)) | uint(isinf(FB)) << 1);
}
#endif
#ifdef float_frexp
MAIN(64, 1, 1)
{
	int exponent;

	PUTF(0, frexp(FA, exponent));
	PUT(1, exponent);
	PUTF(2, ldexp(FA, int(B & 15u) - 8));
	PUTF(3, ldexp(1.0, int(B & 63u) - 32));
}
#endif
#ifdef float_pack_half
MAIN(64, 1, 1)
{
	vec2 two;

	PUT(0, packHalf2x16(vec2(FA, FB)));
	two = unpackHalf2x16(C & 0xbbffbbffu);
	PUTF(1, two.x);
	PUTF(2, two.y);
}
#endif
#ifdef float_pack_norm
MAIN(64, 1, 1)
{
	vec4 four = unpackUnorm4x8(C);
	vec2 two = unpackSnorm2x16(C);

	PUT(0, packUnorm4x8(vec4(A & 255u, B & 255u, 51, 255) / 255.0));
	PUT(1, packSnorm2x16(vec2(int(A & 0xffffu) - 32768, int(B & 0xffffu) - 32768) / 32767.0));
	PUTF(2, four.x + four.y * 2.0 + four.w);
	PUTF(3, max(two.x, two.y));
}
#endif
#ifdef float_mix
MAIN(64, 1, 1)
{
	PUTF(0, mix(FA, FB, 0.25));
	PUTF(1, smoothstep(-10.0, 10.0, FA));
	PUTF(2, mix(FA, FB, FA < FB));
	PUTF(3, radians(FA) + degrees(FB));
}
#endif
#ifdef float_vector
MAIN(64, 1, 1)
{
	vec3 a = vec3(FA, FB, FC), b = a.zxy + 1.0;

	PUTF(0, dot(a, b));
	PUTF(1, length(a));
	PUTF(2, distance(a, b));
	PUTF(3, dot(normalize(a + 70.0), normalize(b + 70.0)));
}
#endif
#ifdef float_cross
MAIN(64, 1, 1)
{
	vec3 a = vec3(FA, FB, FC), c = cross(a, vec3(1, 2, 3)), r = reflect(a, vec3(0, 1, 0));

	PUTF(0, c.x);
	PUTF(1, c.y);
	PUTF(2, c.z);
	PUTF(3, r.y);
}
#endif
#ifdef float_matrix
MAIN(64, 1, 1)
{
	mat4 m = mat4(FA, 1, 2, 3, 0.5, FB, 1, 0, 4, 5, FC, 1, 0, 0, 1, 2);
	vec4 v = m * vec4(1, 2, FA, 1) + transpose(m) * vec4(0, 1, 0, FB);

	PUTF(0, v.x);
	PUTF(1, v.y);
	PUTF(2, v.z);
	PUTF(3, v.w);
}
#endif
#ifdef float_mandelbrot
MAIN(64, 1, 1)
{
	vec2 c = vec2(float(I % 32u) / 12.0 - 2.0, float(I / 32u) / 16.0 - 1.0), z = vec2(0);
	uint n;

	for (n = 0; n < 40; n++) {
		precise vec2 next = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
		z = next;
		if (dot(z, z) > 4.0)
			break;
	}
	PUT(0, n);
}
#endif
#ifdef half_arithmetic
MAIN(64, 1, 1)
{
	mediump float a = FA, b = FB, sum = a + b, product = a * b, both = a * b + sum;

	PUTF(0, sum);
	PUTF(1, product);
	PUTF(2, both);
	PUTF(3, max(a, b));
}
#endif
#ifdef half_functions
MAIN(64, 1, 1)
{
	mediump float a = abs(FA) + 1.0, root = sqrt(a), inverse = 1.0 / a, low = floor(a);

	PUTF(0, root);
	PUTF(1, inverse);
	PUTF(2, low);
	PUTF(3, exp2(-a));
}
#endif
#ifdef half_integers
MAIN(64, 1, 1)
{
	mediump int a = SA & 0xff, b = SB & 0x7f, c = a * b + 3;

	PUT(0, c);
	PUT(1, a - b);
	PUT(2, max(a, b) << 2);
	PUT(3, a > b ? 1 : 0);
}
#endif
