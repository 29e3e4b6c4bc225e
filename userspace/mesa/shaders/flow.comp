// SPDX-License-Identifier: GPL-2.0 OR MIT
#version 460
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#ifdef flow_if
MAIN(64, 1, 1)
{
	uint r = 1;

	if (A < B) {
		r = A;
		if ((A & 1u) != 0)
			r += 10;
		else if ((B & 2u) != 0)
			r += 20;
	} else {
		r = B;
		if (C > 0x80000000u)
			r ^= 0xff;
	}
	PUT(0, r);
}
#endif
#ifdef flow_loop
MAIN(64, 1, 1)
{
	uint sum = 0;

	for (uint k = 0; k < (A & 63u); k++)
		sum += k * B;
	PUT(0, sum);
}
#endif
#ifdef flow_break
MAIN(64, 1, 1)
{
	uint x = A, n = 0;

	while (true) {
		x = x * 1664525u + 1013904223u;
		n++;
		if ((x >> 28) == 3u)
			break;
		if ((x >> 31) != 0)
			continue;
		n += 1000;
		if (n > 50000)
			break;
	}
	PUT(0, n);
	PUT(1, x);
}
#endif
#ifdef flow_collatz
MAIN(64, 1, 1)
{
	uint x = I + 1, n = 0;

	while (x != 1) {
		x = (x & 1u) == 0 ? x / 2 : 3 * x + 1;
		n++;
	}
	PUT(0, n);
}
#endif
#ifdef flow_switch
MAIN(64, 1, 1)
{
	uint r;

	switch (A & 7u) {
	case 0: r = B; break;
	case 1: r = B + 1; break;
	case 2: r = B * 3;
	case 3: r = C; break;
	case 4: r = B ^ C; break;
	case 6: r = ~B; break;
	default: r = 99; break;
	}
	PUT(0, r);
}
#endif
#ifdef flow_return
MAIN(64, 1, 1)
{
	PUT(0, 5);
	if ((A & 3u) == 1)
		return;
	PUT(0, 6);
	for (uint k = 0; k < 10; k++) {
		if (k == (B & 15u))
			return;
		PUT(1, k + 1);
	}
	PUT(2, A);
}
#endif
#ifdef flow_nested
MAIN(64, 1, 1)
{
	uint n = 0;

	for (uint x = 0; x < (A & 7u) + 1; x++)
		for (uint y = 0; y <= x; y++) {
			if (((x ^ y) & 1u) != 0)
				continue;
			for (uint z = y; z < (B & 3u) + y; z++)
				n = n * 3 + z;
		}
	PUT(0, n);
}
#endif
#ifdef flow_function
uint step_of(uint x, uint y)
{
	if (x > y)
		return x - y;
	return x * 2 + 1;
}

uint gcd(uint x, uint y)
{
	while (y != 0) {
		uint rest = x % y;
		x = y;
		y = rest;
	}
	return x;
}

MAIN(64, 1, 1)
{
	PUT(0, step_of(A, B) + step_of(B, C));
	PUT(1, gcd(A & 0xffffu, B & 0xffffu));
}
#endif
#ifdef flow_sieve
MAIN(64, 1, 1)
{
	uint n = I + 2, prime = 1;

	for (uint k = 2; k * k <= n; k++)
		if (n % k == 0) {
			prime = 0;
			break;
		}
	PUT(0, prime);
}
#endif
#ifdef flow_uniform
MAIN(64, 1, 1)
{
	uint sum = 0;

	for (uint k = 0; k < gl_WorkGroupID.x * 3 + 1; k++) {
		sum += data_in[k];
		if ((k & 1u) == 1)
			sum ^= k;
	}
	if (gl_WorkGroupID.x > 7)
		sum = ~sum;
	PUT(0, sum);
}
#endif
#ifdef flow_barrier
shared uint part[64];

MAIN(64, 1, 1)
{
	part[L] = 0;
	for (uint k = 0; k < (A & 31u); k++)
		part[L] += k;
	barrier();
	for (uint k = 0; k < 5; k++) {
		uint other = part[(L + k) & 63u];
		barrier();
		if ((L & 1u) == (k & 1u))
			part[L] += other;
		barrier();
	}
	PUT(0, part[63 - L]);
}
#endif
