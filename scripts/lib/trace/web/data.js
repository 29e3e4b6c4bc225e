// SPDX-License-Identifier: GPL-2.0 OR MIT
// Data of the trace: unpacked once, then only read.
"use strict";

const T = {};	// filled by loadTrace()

async function loadTrace() {
	const text = document.getElementById("data").textContent.trim();
	const binary = atob(text);
	const bytes = new Uint8Array(binary.length);
	for (let i = 0; i < binary.length; i++)
		bytes[i] = binary.charCodeAt(i);
	const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
	Object.assign(T, JSON.parse(await new Response(stream).text()));
	T.rows = [];
	for (const [number, track] of T.tracks.entries()) {
		track.number = number;
		track.lanes = track.lanes.map(unpackLane);
	}
	for (const counter of T.counters) {
		counter.t = sums(counter.t);
		counter.most = counter.v.reduce((most, value) => Math.max(most, value), 1);
	}
	T.jobs = T.jobs.map(unpackJob);
	T.fences = T.fences.map(([label, created, signalled, signaller]) => (
		{ label, created, signalled, signaller }));
	placeJobs();
	document.getElementById("data").remove();
}

function sums(deltas) {
	const out = new Float64Array(deltas.length);
	let sum = 0;
	for (let i = 0; i < deltas.length; i++)
		out[i] = sum += deltas[i];
	return out;
}

function unpackLane(lane) {
	const start = sums(lane.s), end = new Float64Array(start.length);
	for (let i = 0; i < start.length; i++)
		end[i] = start[i] + lane.d[i];
	return { start, end, count: start.length, name: Uint32Array.from(lane.n),
		 kind: Uint8Array.from(lane.k), detail: Uint32Array.from(lane.x),
		 job: Int32Array.from(lane.j) };
}

function unpackJob(row, number) {
	const [label, fence, process, arm, run, begin, done, error, credits, deps, waits,
	       [at, reason, limit], stream] = row;
	return { number, label: T.texts[label], fence: T.texts[fence],
		 process: T.texts[process], arm, run, begin, done, error, credits, deps,
		 waits: waits.map(([kind, start, length, text, on]) => (
			{ kind: T.kinds[kind], start, length, text: T.texts[text], on })),
		 limit: { at, reason: T.texts[reason], on: limit }, stream, next: [] };
}

// Where the running part of each job is drawn; the jobs that wait for each job.
function placeJobs() {
	for (const track of T.tracks) {
		if (T.groups[track.group] !== "Queues")
			continue;
		track.lanes[0].job.forEach((job, index) => {
			if (job >= 0)
				T.jobs[job].place = { track, lane: 0, index };
		});
	}
	for (const job of T.jobs) {
		for (const dep of job.deps) {
			if (dep >= 0)
				T.jobs[dep].next.push(job.number);
		}
	}
}

// Text for a time
function timeText(ns) {
	const size = Math.abs(ns);
	if (size >= 1e9)
		return (ns / 1e9).toFixed(4) + " s";
	if (size >= 1e6)
		return (ns / 1e6).toFixed(3) + " ms";
	if (size >= 1e3)
		return (ns / 1e3).toFixed(2) + " µs";
	return ns + " ns";
}

function refLabel(ref) {
	if (ref >= 0)
		return T.jobs[ref].label;
	return ref === -1 ? "" : T.fences[-2 - ref].label;
}

// The chain that ends with a job: numbers of jobs and fences, last one first.
function criticalPath(number) {
	const seen = new Set();

	while (number >= 0 && !seen.has(number)) {
		seen.add(number);
		number = T.jobs[number].limit.on;
	}
	const path = [...seen];
	if (number < -1)
		path.push(number);
	return path;
}

function lastJob() {
	const end = T.path[T.path.length - 1];
	return end === undefined ? -1 : end;
}
