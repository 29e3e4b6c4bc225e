// SPDX-License-Identifier: GPL-2.0 OR MIT
// Draws the visible part. The cost grows with the number of pixels, not of slices: slices
// of the same pixel are drawn once.
"use strict";

const canvas = document.getElementById("chart");
const pen = canvas.getContext("2d");
let colours = {}, pending = false;
// Bars with light text on them
const DARK_BARS = new Set(["run", "failed", "group", "ready", "fault", "vm", "power", "message", "core"]);

function requestDraw() {
	if (!pending) {
		pending = true;
		requestAnimationFrame(() => {
			pending = false;
			draw();
		});
	}
}

function readColours() {
	const style = getComputedStyle(document.documentElement);
	const names = [...T.kinds, "back", "band", "line", "text", "dim", "strong", "select",
		       "hit", "onbar", "ondim"];

	colours = Object.fromEntries(names.map(name => [name, style.getPropertyValue("--" + name).trim()]));
}

function resize() {
	const box = canvas.parentElement.getBoundingClientRect();
	const scale = window.devicePixelRatio || 1;

	V.width = box.width;
	V.full = box.height;
	canvas.width = Math.round(box.width * scale);
	canvas.height = Math.round(box.height * scale);
	pen.setTransform(scale, 0, 0, scale, 0, 0);
	scrollRows(0);
	requestDraw();
}

function draw() {
	const begin = performance.now();

	pen.font = "11px system-ui, sans-serif";
	pen.textBaseline = "middle";
	pen.fillStyle = colours.back;
	pen.fillRect(0, 0, V.width, V.full);
	pen.save();
	pen.beginPath();
	pen.rect(0, AXIS, V.width, V.full - AXIS);
	pen.clip();
	for (const row of T.rows) {
		const y = row.y - V.top + AXIS;
		if (y + row.height < AXIS || y > V.full)
			continue;
		if (row.type === "head")
			drawHead(row, y);
		else if (row.type === "track")
			drawTrack(row.track, y, row.height);
		else
			drawCounter(row.counter, y);
	}
	drawMarks();
	drawArrows();
	pen.restore();
	drawAxis();
	window.traceDrawMs = performance.now() - begin;
}

function drawHead(row, y) {
	pen.fillStyle = colours.band;
	pen.fillRect(0, y, V.width, row.height);
	pen.fillStyle = colours.text;
	pen.font = "600 11px system-ui, sans-serif";
	pen.fillText((V.folded.has(row.group) ? "▸ " : "▾ ") + row.name, 8, y + row.height / 2);
	pen.font = "11px system-ui, sans-serif";
}

function clipText(text, width) {
	if (pen.measureText(text).width <= width)
		return text;
	while (text && pen.measureText(text + "…").width > width)
		text = text.slice(0, -1);
	return text ? text + "…" : "";
}

function drawLabel(text, y, dim) {
	pen.fillStyle = dim ? colours.dim : colours.text;
	pen.fillText(clipText(text, LABELS - 24), 16, y);
}

function drawTrack(track, y, height) {
	pen.fillStyle = colours.line;
	pen.fillRect(0, y + height - 1, V.width, 0.5);
	drawLabel(track.name, y + 3 + LANE / 2);
	if (track.owner) {
		const used = 16 + pen.measureText(track.name + "  ").width;
		pen.fillStyle = colours.dim;
		pen.fillText(clipText(track.owner, LABELS - 8 - used), used, y + 3 + LANE / 2);
	}
	pen.save();
	pen.beginPath();
	pen.rect(LABELS, y, V.width - LABELS, height);
	pen.clip();
	track.lanes.forEach((lane, number) => drawLane(track, lane, number, y));
	pen.restore();
}

function drawLane(track, lane, number, y) {
	const [top, height] = laneBox(number);
	const perPixel = (V.to - V.from) / (V.width - LABELS);
	let i = firstEnding(lane, V.from);

	while (i < lane.count && lane.start[i] <= V.to) {
		const x = xOf(lane.start[i]), end = xOf(lane.end[i]);
		const kind = T.kinds[lane.kind[i]];
		if (end - x < 1) {
			drawThin(lane, i, kind, x, y + top, height);
			// Continue with the first slice beyond this pixel.
			i = Math.max(i + 1, firstEnding(lane, lane.start[i] + perPixel));
			continue;
		}
		drawBar(track, lane, number, i, kind, x, end, y + top, height);
		i++;
	}
	drawOutline(track, lane, number, y + top, height);
}

function drawThin(lane, i, kind, x, y, height) {
	pen.fillStyle = colours[kind];
	if (lane.end[i] === lane.start[i] && height > 10) {
		pen.beginPath();
		pen.moveTo(x, y + 2);
		pen.lineTo(x + 3.5, y + height / 2);
		pen.lineTo(x, y + height - 2);
		pen.lineTo(x - 3.5, y + height / 2);
		pen.fill();
	} else {
		pen.fillRect(x, y, 1, height);
	}
}

function drawBar(track, lane, number, i, kind, x, end, y, height) {
	const left = Math.max(x, LABELS), right = Math.min(end, V.width);

	pen.fillStyle = colours[kind];
	pen.fillRect(left, y, Math.max(right - left - 0.5, 0.7), height);
	if (height > 10 && right - left > 16) {
		pen.fillStyle = DARK_BARS.has(kind) ? colours.onbar : colours.ondim;
		pen.fillText(clipText(T.texts[lane.name[i]], right - left - 6), left + 3, y + height / 2 + 0.5);
	}
}

// Outlines: the critical path, hits of a search, the slice below the mouse, the selected one
function drawOutline(track, lane, number, y, height) {
	const box = (index, colour, width) => {
		const x = Math.max(xOf(lane.start[index]), LABELS - 4);
		const end = Math.min(xOf(lane.end[index]), V.width + 4);
		pen.strokeStyle = colour;
		pen.lineWidth = width;
		pen.strokeRect(x - 1, y - 1, Math.max(end - x, 1) + 1.5, height + 2);
	};
	const mine = place => place && place.track === track && place.lane === number;

	if (V.showPath && number === 0) {
		for (const ref of V.path) {
			const place = ref >= 0 && T.jobs[ref].place;
			if (place && mine(place))
				box(place.index, colours.strong, 2);
		}
	}
	if (V.hit >= 0 && mine(V.hits[V.hit]))
		box(V.hits[V.hit].index, colours.hit, 3);
	if (mine(V.hover))
		box(V.hover.index, colours.select, 1);
	if (mine(V.selected))
		box(V.selected.index, colours.select, 2);
}

function drawCounter(counter, y) {
	const most = counter.most;
	const base = y + COUNTER + 1, scale = (COUNTER - 4) / most;

	drawLabel(`${counter.name} (most ${most} ${counter.unit})`, y + COUNTER / 2 + 2, true);
	pen.save();
	pen.beginPath();
	pen.rect(LABELS, y, V.width - LABELS, COUNTER + 4);
	pen.clip();
	pen.beginPath();
	pen.moveTo(LABELS, base);
	const first = Math.max(0, firstStarting({ start: counter.t, count: counter.t.length }, V.from) - 1);
	let last = base, drawn = -2;
	for (let i = first; i < counter.t.length && counter.t[i] <= V.to; i++) {
		const x = Math.max(xOf(counter.t[i]), LABELS);
		if (x - drawn >= 0.5) {
			pen.lineTo(x, last);
			drawn = x;
		}
		last = base - counter.v[i] * scale;
		pen.lineTo(x, last);
	}
	pen.lineTo(Math.min(xOf(T.length), V.width), last);
	pen.lineTo(Math.min(xOf(T.length), V.width), base);
	pen.globalAlpha = 0.35;
	pen.fillStyle = colours.process;
	pen.fill();
	pen.globalAlpha = 1;
	pen.restore();
}

function drawMarks() {
	let last = -10;

	for (const [time, kind] of T.marks) {
		const x = xOf(time);
		if (x < LABELS || x > V.width || x - last < 1)
			continue;
		last = x;
		pen.fillStyle = kind === "reset" ? colours.noslot : kind === "lost" ? colours.dim : colours.fault;
		pen.globalAlpha = 0.6;
		pen.fillRect(x, AXIS, 1, V.full);
		pen.globalAlpha = 1;
	}
}

// A curve from the end of a job to the begin of a job that waited for it
function drawArrow(from, to, colour) {
	if (!from.place || !to.place)
		return;
	if (V.folded.has(from.place.track.group))
		return;
	const x1 = xOf(from.done === null ? T.length : from.done), x2 = xOf(to.begin);
	if (Math.max(x1, x2) < LABELS || Math.min(x1, x2) > V.width)
		return;
	const y1 = from.place.track.y - V.top + AXIS + LANE / 2 + 2;
	const y2 = to.place.track.y - V.top + AXIS + LANE / 2 + 2;
	const bend = Math.max(12, Math.abs(x2 - x1) / 3);
	pen.strokeStyle = pen.fillStyle = colour;
	pen.lineWidth = 1.2;
	pen.beginPath();
	pen.moveTo(x1, y1);
	pen.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
	pen.stroke();
	pen.beginPath();
	pen.moveTo(x2, y2);
	pen.lineTo(x2 - 6, y2 - 3);
	pen.lineTo(x2 - 6, y2 + 3);
	pen.fill();
}

function drawArrows() {
	const MOST = 2000;
	let count = 0;

	pen.save();
	pen.beginPath();
	pen.rect(LABELS, AXIS, V.width - LABELS, V.full - AXIS);
	pen.clip();
	if (V.arrows) {
		for (const job of T.jobs) {
			if (job.begin < V.from || job.begin > V.to)
				continue;
			for (const dep of job.deps) {
				if (dep >= 0 && count++ < MOST)
					drawArrow(T.jobs[dep], job, colours.dim);
			}
		}
	}
	const item = V.selected && sliceOf(V.selected);
	if (item && item.job) {
		for (const dep of item.job.deps) {
			if (dep >= 0)
				drawArrow(T.jobs[dep], item.job, colours.select);
		}
		for (const next of item.job.next.slice(0, MOST))
			drawArrow(item.job, T.jobs[next], colours.select);
	}
	if (V.showPath) {
		for (const ref of V.path) {
			const on = ref >= 0 ? T.jobs[ref].limit.on : -1;
			if (on >= 0)
				drawArrow(T.jobs[on], T.jobs[ref], colours.strong);
		}
	}
	pen.restore();
}

function drawAxis() {
	const rough = (V.to - V.from) / Math.max(2, (V.width - LABELS) / 110);
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= rough);

	pen.fillStyle = colours.back;
	pen.fillRect(0, 0, V.width, AXIS);
	pen.fillStyle = colours.line;
	pen.fillRect(0, AXIS - 1, V.width, 1);
	pen.fillRect(LABELS, 0, 1, V.full);
	for (let t = Math.ceil(V.from / step) * step; t <= V.to; t += step) {
		const x = xOf(t);
		if (x < LABELS)
			continue;
		pen.fillStyle = colours.line;
		pen.fillRect(x, AXIS - 6, 1, 6);
		pen.fillStyle = colours.dim;
		pen.fillText(axisText(t, step), x + 3, AXIS / 2);
	}
}

function axisText(time, step) {
	const [size, unit] = step >= 1e8 ? [1e9, "s"] : step >= 1e5 ? [1e6, "ms"] :
			     step >= 100 ? [1e3, "µs"] : [1, "ns"];
	const digits = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9));

	return (time / size).toFixed(digits) + " " + unit;
}
