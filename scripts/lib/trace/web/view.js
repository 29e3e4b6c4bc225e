// SPDX-License-Identifier: GPL-2.0 OR MIT
// What part of the trace is visible: times from left to right, rows from top to bottom.
"use strict";

const LABELS = 250, AXIS = 26, LANE = 18, EXTRA = 11, COUNTER = 26, HEAD = 22;

const V = {
	from: 0, to: 1,		// times at the left and right edge
	top: 0,			// first visible pixel of the rows
	height: 0,		// of all rows
	width: 0, full: 0,	// of the canvas
	folded: new Set(),
	selected: null,		// { track, lane, index }
	hover: null,
	path: [], arrows: false, showPath: false,
	hits: [], hit: -1,
};

// Rows from top to bottom: a heading per group, then its counters and tracks.
function layoutRows() {
	const rows = [];
	let y = 0;

	T.groups.forEach((name, group) => {
		const tracks = T.tracks.filter(track => track.group === group);
		const counters = T.counters.filter(counter => counter.group === group);
		if (!tracks.length && !counters.length)
			return;
		rows.push({ type: "head", name, group, y, height: HEAD });
		y += HEAD;
		if (V.folded.has(group))
			return;
		for (const track of tracks) {
			const height = LANE + (track.lanes.length - 1) * EXTRA + 6;
			track.y = y;
			rows.push({ type: "track", track, y, height });
			y += height;
		}
		for (const counter of counters) {
			rows.push({ type: "counter", counter, y, height: COUNTER + 4 });
			y += COUNTER + 4;
		}
	});
	T.rows = rows;
	V.height = y + 8;
}

// Top and height of a lane, relative to its track's row.
function laneBox(lane) {
	return lane === 0 ? [3, LANE - 2] : [3 + LANE + (lane - 1) * EXTRA, EXTRA - 2];
}

function xOf(time) {
	return LABELS + (time - V.from) / (V.to - V.from) * (V.width - LABELS);
}

function timeOf(x) {
	return V.from + (x - LABELS) / (V.width - LABELS) * (V.to - V.from);
}

function setView(from, to) {
	const span = Math.min(Math.max(to - from, 20), T.length * 1.04);
	const margin = T.length * 0.02;

	from += (to - from - span) / 2;
	from = Math.min(Math.max(from, -margin), T.length + margin - span);
	V.from = from;
	V.to = from + span;
	requestDraw();
}

function zoom(factor, at) {
	const middle = at === undefined ? (V.from + V.to) / 2 : at;

	setView(middle - (middle - V.from) * factor, middle + (V.to - middle) * factor);
}

function pan(part) {
	const by = (V.to - V.from) * part;

	setView(V.from + by, V.to + by);
}

function scrollRows(by) {
	V.top = Math.max(0, Math.min(V.top + by, V.height - (V.full - AXIS)));
	requestDraw();
}

function showAll() {
	setView(-T.length * 0.02, T.length * 1.02);
}

// The time in which there are jobs; power and clock often change long after.
function showJobs() {
	const from = T.jobs.reduce((least, job) => Math.min(least, job.arm), T.length);
	const to = T.jobs.reduce((most, job) => Math.max(most, job.done === null ? T.length : job.done), 0);

	if (to > from)
		setView(from - (to - from) * 0.02, to + (to - from) * 0.02);
	else
		showAll();
}

// First slice of a lane that ends at or after a time
function firstEnding(lane, time) {
	let low = 0, high = lane.count;

	while (low < high) {
		const middle = (low + high) >> 1;
		if (lane.end[middle] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

function firstStarting(lane, time) {
	let low = 0, high = lane.count;

	while (low < high) {
		const middle = (low + high) >> 1;
		if (lane.start[middle] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

// The row at a height of the canvas
function rowAt(y) {
	const at = y - AXIS + V.top;

	return y < AXIS ? undefined : T.rows.find(row => at >= row.y && at < row.y + row.height);
}

// The slice at a point, null without one. Instants are a few pixels wide.
function sliceAt(x, y) {
	const row = rowAt(y);

	if (!row || row.type !== "track" || x < LABELS)
		return null;
	const at = y - AXIS + V.top - row.y;
	const near = 4 * (V.to - V.from) / (V.width - LABELS), time = timeOf(x);
	for (const [number, lane] of row.track.lanes.entries()) {
		const [top, height] = laneBox(number);
		if (at < top - 1 || at > top + height + 1)
			continue;
		let best = null, distance = near;
		for (let i = firstEnding(lane, time - near); i < lane.count && lane.start[i] <= time + near; i++) {
			const away = Math.max(lane.start[i] - time, time - lane.end[i], 0);
			if (away < distance || (best === null && away <= distance)) {
				best = i;
				distance = away;
			}
			if (away === 0 && lane.end[i] > lane.start[i])
				break;
		}
		if (best !== null)
			return { track: row.track, lane: number, index: best };
	}
	return null;
}

function sliceOf(place) {
	const lane = place.track.lanes[place.lane], i = place.index;

	return { start: lane.start[i], end: lane.end[i], name: T.texts[lane.name[i]],
		 kind: T.kinds[lane.kind[i]], detail: T.texts[lane.detail[i]],
		 job: lane.job[i] < 0 ? null : T.jobs[lane.job[i]] };
}

// Bring a slice into view; without a change of the zoom unless it is too small to see, or is
// an instant, which always has the same size.
function reveal(place) {
	const item = sliceOf(place), span = V.to - V.from, length = item.end - item.start;

	if (V.folded.delete(place.track.group))
		layoutRows();
	if (length > span || (length > 0 && length < span / 400)) {
		const want = Math.max(length * 30, 2000);
		setView(item.start + length / 2 - want / 2, item.start + length / 2 + want / 2);
	} else if (item.start < V.from || item.end > V.to) {
		const middle = (item.start + item.end) / 2;
		setView(middle - span / 2, middle + span / 2);
	}
	const y = place.track.y - V.top, room = V.full - AXIS;
	if (y < 0 || y > room - 60)
		scrollRows(y - room / 2);
	requestDraw();
}

function select(place, bring) {
	V.selected = place;
	const item = place && sliceOf(place);
	if (V.showPath)
		V.path = criticalPath(item && item.job ? item.job.number : lastJob());
	if (place && bring)
		reveal(place);
	showPanel();
	requestDraw();
}

function selectJob(number) {
	const job = T.jobs[number];

	if (job && job.place)
		select(job.place, true);
}
