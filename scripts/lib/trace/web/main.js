// SPDX-License-Identifier: GPL-2.0 OR MIT
// Mouse, keyboard, search.
"use strict";

const byId = id => document.getElementById(id);

function toggleTheme() {
	const root = document.documentElement;

	root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
	readColours();
	requestDraw();
}

function togglePath() {
	const item = V.selected && sliceOf(V.selected);

	V.showPath = !V.showPath;
	V.path = V.showPath ? criticalPath(item && item.job ? item.job.number : lastJob()) : [];
	byId("path").setAttribute("aria-pressed", V.showPath);
	showPanel();
	requestDraw();
}

function toggleArrows() {
	V.arrows = !V.arrows;
	byId("arrows").setAttribute("aria-pressed", V.arrows);
	requestDraw();
}

function toggleHelp(show) {
	const box = byId("helpbox");

	box.hidden = show === undefined ? !box.hidden : !show;
	byId("help").setAttribute("aria-expanded", !box.hidden);
}

// Search: slices whose name, detail, job or process contains the text
function search(text) {
	const wanted = text.trim().toLowerCase();
	const MOST = 5000;

	V.hits = [];
	V.hit = -1;
	if (wanted) {
		const good = T.texts.map(t => t.toLowerCase().includes(wanted));
		const jobs = T.jobs.map(job => [job.label, job.fence, job.process]
			.some(t => t.toLowerCase().includes(wanted)));
		for (const track of T.tracks) {
			const queue = T.groups[track.group] === "Queues";
			const all = !queue && track.name.toLowerCase().includes(wanted);
			const lane = track.lanes[0];
			for (let i = 0; i < lane.count && V.hits.length < MOST; i++) {
				if (all || good[lane.name[i]] || good[lane.detail[i]] ||
				    (queue && lane.job[i] >= 0 && jobs[lane.job[i]]))
					V.hits.push({ track, lane: 0, index: i });
			}
		}
	}
	if (V.hits.length)
		stepHit(1);
	showHits(wanted);
	requestDraw();
}

function showHits(wanted) {
	byId("hits").textContent = !wanted ? "" : V.hits.length ?
		`${V.hit + 1} of ${V.hits.length}${V.hits.length === 5000 ? "+" : ""}` : "no hit";
}

function stepHit(by) {
	if (!V.hits.length)
		return;
	V.hit = (V.hit + by + V.hits.length) % V.hits.length;
	select(V.hits[V.hit], true);
	showHits(byId("search").value);
}

// The job before or after the selected one in its track
function stepInTrack(by) {
	let place = V.selected;

	if (!place) {
		selectJob(0);
		return;
	}
	if (place.lane) {
		const job = sliceOf(place).job;
		place = job ? job.place : place;
	}
	const index = place.index + by;
	if (index >= 0 && index < place.track.lanes[place.lane].count)
		select({ ...place, index }, true);
}

// The job that began before or after the selected one, in any queue
function stepInTime(by) {
	T.inTime = T.inTime || [...T.jobs].sort((a, b) => a.begin - b.begin).map(job => job.number);
	const item = V.selected && sliceOf(V.selected);
	const at = item && item.job ? T.inTime.indexOf(item.job.number) + by : 0;

	if (at >= 0 && at < T.inTime.length)
		selectJob(T.inTime[at]);
}

function zoomTo(place) {
	const item = sliceOf(place), length = Math.max(item.end - item.start, 1000);

	setView(item.start - length * 0.2, item.start + length * 1.2);
}

const KEYS = {
	"+": () => zoom(0.7), "=": () => zoom(0.7), w: () => zoom(0.7),
	"-": () => zoom(1.4), s: () => zoom(1.4),
	ArrowLeft: () => pan(-0.1), a: () => pan(-0.1),
	ArrowRight: () => pan(0.1), d: () => pan(0.1),
	ArrowUp: () => scrollRows(-40), ArrowDown: () => scrollRows(40),
	PageUp: () => scrollRows(-300), PageDown: () => scrollRows(300),
	0: showAll, Home: showAll, c: togglePath, g: toggleArrows, t: toggleTheme,
	n: () => stepInTrack(1), p: () => stepInTrack(-1),
	j: () => stepInTime(-1), k: () => stepInTime(1),
	f: () => V.selected && zoomTo(V.selected), "?": () => toggleHelp(),
	"/": () => byId("search").focus(),
	Escape: () => {
		if (byId("helpbox").hidden)
			select(null);
		toggleHelp(false);
		byId("tip").hidden = true;
	},
};

function onKey(event) {
	if (event.ctrlKey || event.metaKey || event.altKey)
		return;
	if (event.target === byId("search")) {
		if (event.key === "Enter")
			stepHit(event.shiftKey ? -1 : 1);
		else if (event.key === "Escape")
			canvas.focus();
		return;
	}
	const action = KEYS[event.key] || KEYS[event.key.toLowerCase()];
	if (action) {
		action();
		event.preventDefault();
	}
}

function onWheel(event) {
	event.preventDefault();
	if (event.ctrlKey || event.metaKey)
		zoom(Math.exp(event.deltaY * 0.002), timeOf(Math.max(event.offsetX, LABELS)));
	else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
		pan((event.deltaX || event.deltaY) / 1000);
	else
		scrollRows(event.deltaY);
}

// Drag moves; a click without a move selects, or folds a group.
function watchMouse() {
	let grip = null;

	canvas.addEventListener("pointerdown", event => {
		grip = { x: event.offsetX, y: event.offsetY, from: V.from, to: V.to, top: V.top, moved: false };
		canvas.setPointerCapture(event.pointerId);
	});
	canvas.addEventListener("pointermove", event => {
		const x = event.offsetX, y = event.offsetY;
		if (grip) {
			grip.moved = grip.moved || Math.hypot(x - grip.x, y - grip.y) > 4;
			if (grip.moved) {
				const by = (grip.x - x) / (V.width - LABELS) * (grip.to - grip.from);
				V.top = grip.top;
				scrollRows(grip.y - y);
				setView(grip.from + by, grip.to + by);
			}
			return;
		}
		const place = sliceAt(x, y);
		if (!same(place, V.hover)) {
			V.hover = place;
			requestDraw();
		}
		showTip(place, x, y);
	});
	canvas.addEventListener("pointerup", event => {
		const moved = grip && grip.moved;
		grip = null;
		if (moved)
			return;
		const row = rowAt(event.offsetY), place = sliceAt(event.offsetX, event.offsetY);
		if (row && row.type === "head") {
			if (!V.folded.delete(row.group))
				V.folded.add(row.group);
			layoutRows();
			scrollRows(0);
		} else {
			select(place);
			showTip(place, event.offsetX, event.offsetY);
		}
	});
	canvas.addEventListener("pointerleave", () => {
		V.hover = null;
		byId("tip").hidden = true;
		requestDraw();
	});
	canvas.addEventListener("dblclick", event => {
		const place = sliceAt(event.offsetX, event.offsetY);
		if (place)
			zoomTo(place);
	});
	canvas.addEventListener("wheel", onWheel, { passive: false });
}

function same(a, b) {
	return a === b || (a && b && a.track === b.track && a.lane === b.lane && a.index === b.index);
}

function summary() {
	const failed = T.jobs.filter(job => job.error !== "0").length;
	const marks = T.marks.filter(([, kind]) => kind !== "lost").length;
	const text = [`${T.jobs.length} jobs`, failed ? `${failed} failed` : "",
		      `${T.events} events in ${timeText(T.length)}`,
		      marks ? `${marks} faults, resets and injections` : "",
		      T.kernel ? `${T.kernel} kernel` : "",
		      T.lost ? `${T.lost} events lost: record with a larger buffer` : ""];

	byId("summary").textContent = text.filter(Boolean).join(" · ");
	byId("summary").classList.toggle("bad", T.lost > 0);
}

async function start() {
	const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;

	document.documentElement.dataset.theme = dark ? "dark" : "light";
	try {
		await loadTrace();
	} catch (error) {
		byId("summary").textContent = `The data of this page cannot be read (${error}). ` +
			"A browser of 2023 or later is needed.";
		byId("summary").classList.add("bad");
		return;
	}
	readColours();
	layoutRows();
	summary();
	fillHelp();
	showPanel();
	watchMouse();
	document.addEventListener("keydown", onKey);
	const actions = { in: () => zoom(0.7), out: () => zoom(1.4), fit: showAll, path: togglePath,
			  arrows: toggleArrows, theme: toggleTheme, help: () => toggleHelp(),
			  next: () => stepHit(1), previous: () => stepHit(-1) };
	for (const [id, action] of Object.entries(actions))
		byId(id).addEventListener("click", action);
	byId("search").addEventListener("input", event => search(event.target.value));
	new ResizeObserver(resize).observe(canvas.parentElement);
	resize();
	showJobs();
	window.traceReadyMs = performance.now();
}

start();
