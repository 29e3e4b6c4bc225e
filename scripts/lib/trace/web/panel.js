// SPDX-License-Identifier: GPL-2.0 OR MIT
// Text about slices and jobs: the tooltip, the panel below the chart, the help. Names come
// from programs in the guest: they are only ever set as text.
"use strict";

function element(tag, text, className) {
	const node = document.createElement(tag);

	if (text !== undefined)
		node.textContent = text;
	if (className)
		node.className = className;
	return node;
}

function jobLink(ref) {
	if (ref < 0)
		return element("span", refLabel(ref));
	const link = element("button", refLabel(ref), "link");
	link.addEventListener("click", () => selectJob(ref));
	return link;
}

function tableOf(rows) {
	const table = element("table");

	for (const [name, value, link] of rows) {
		const row = table.insertRow();
		row.append(element("th", name));
		const cell = row.insertCell();
		cell.textContent = value;
		if (/^[\d.]+ (ns|µs|ms|s)$/.test(value))
			cell.className = "number";
		if (link)
			row.insertCell().append(link);
	}
	return table;
}

const WAITS = {
	dependency: "waited for the dependency", order: "waited in its queue for",
	handover: "waited for", ring: "waited in the ring for", noslot: "waited for",
	wait: "its stream waited for",
};

function waitText(wait) {
	return `${timeText(wait.length)}: ${WAITS[wait.kind] || "waited for"} ${wait.text}`;
}

// Lines of text about a slice, for the tooltip
function describe(place) {
	const item = sliceOf(place), job = item.job, lines = [];
	const queue = T.groups[place.track.group] === "Queues";

	if (job && queue) {
		lines.push(place.lane === 0 ? job.label : `${job.label} waits for ${item.detail}`);
		lines.push(place.lane === 0 ?
			   `on the GPU for ${timeText(item.end - item.start)}` +
			   (job.error !== "0" ? `, ended with ${job.error}` : "") :
			   `for ${timeText(item.end - item.start)}`);
		for (const wait of job.waits.slice(0, 8))
			lines.push(waitText(wait));
		if (!job.waits.length)
			lines.push("waited for nothing");
		lines.push(`submitted by ${job.process || "?"}, fence ${job.fence}`);
		return lines;
	}
	lines.push(`${place.track.name}: ${item.name}`);
	if (item.end > item.start)
		lines.push(`for ${timeText(item.end - item.start)}`);
	if (item.detail)
		lines.push(item.detail);
	lines.push(`at ${timeText(item.start)}`);
	return lines;
}

function showTip(place, x, y) {
	const tip = document.getElementById("tip");
	const marks = place ? [] : nearMarks(x);

	if (!place && !marks.length) {
		tip.hidden = true;
		return;
	}
	const lines = place ? describe(place) : marks;
	tip.replaceChildren(...lines.map((line, i) => {
		const node = element("div");
		node.append(element(i ? "span" : "b", line));
		return node;
	}));
	tip.hidden = false;
	const box = tip.getBoundingClientRect();
	tip.style.left = Math.max(4, x + 16 + box.width > V.width ? x - box.width - 12 : x + 16) + "px";
	tip.style.top = Math.max(4, Math.min(y + 16, V.full - box.height - 4)) + "px";
}

function nearMarks(x) {
	if (x < LABELS)
		return [];
	return T.marks.filter(([time]) => Math.abs(xOf(time) - x) < 3).slice(0, 6)
		.map(([time, kind, name, detail]) =>
			`${name} at ${timeText(time)}` + (detail ? `: ${detail}` : ""));
}

function jobColumns(job) {
	const columns = element("div", undefined, "columns");
	const times = element("div");
	const since = time => time === null ? "not in the trace" : timeText(time);
	const done = job.done === null ? T.length : job.done;

	times.append(element("h2", "Times"), tableOf([
		["armed", since(job.arm)], ["into the ring", since(job.run)],
		["begins", since(job.begin)], ["done", since(job.done)],
		["on the GPU", timeText(done - job.begin)],
		["from arm to done", timeText(done - job.arm)],
	]));
	const waits = element("div");
	waits.append(element("h2", "Waited for"));
	waits.append(job.waits.length ? tableOf(job.waits.map(wait =>
		[timeText(wait.length), `${WAITS[wait.kind] || ""} ${wait.on === -1 ? wait.text : ""}`,
		 wait.on === -1 ? undefined : jobLink(wait.on)])) : element("p", "nothing"));
	const links = element("div");
	links.append(element("h2", "Began when"));
	const why = element("p", `${T.reasons[job.limit.reason] || job.limit.reason} `);
	if (job.limit.on !== -1)
		why.append(jobLink(job.limit.on));
	links.append(why);
	if (job.next.length) {
		links.append(element("h2", `Jobs that waited for it (${job.next.length})`));
		const list = element("p");
		job.next.slice(0, 20).forEach(next => list.append(jobLink(next), " "));
		links.append(list);
	}
	columns.append(times, waits, links);
	return columns;
}

function pathColumns(panel) {
	const list = element("div");

	list.append(element("h2", `Critical path of ${refLabel(V.path[0])}: ${V.path.length} steps, the last one first`));
	const rows = V.path.slice(0, 200).map(ref => {
		if (ref < 0) {
			const fence = T.fences[-2 - ref];
			return ["", fence.signaller ? `signalled by ${fence.signaller}` : "", jobLink(ref)];
		}
		const job = T.jobs[ref];
		return [timeText((job.done === null ? T.length : job.done) - job.limit.at),
			`after ${T.reasons[job.limit.reason]}:`, jobLink(ref)];
	});
	list.append(tableOf(rows));
	panel.append(list);
}

function showPanel() {
	const panel = document.getElementById("panel");
	const place = V.selected;

	panel.replaceChildren();
	if (place) {
		const item = sliceOf(place), job = item.job;
		if (job) {
			const title = element("h2", job.label);
			panel.append(title, element("p",
				`submitted by ${job.process || "?"} · fence ${job.fence} · ${job.credits} credits` +
				(job.stream ? ` · stream at ${job.stream}` : "") +
				(job.error !== "0" ? ` · ended with ${job.error}` : ""), "dim"));
			panel.append(jobColumns(job));
		} else {
			describe(place).forEach((line, i) => panel.append(element(i ? "p" : "h2", line)));
		}
	} else if (!V.showPath) {
		panel.append(element("p", "Click a job to see what it waited for and how long.", "dim"));
		T.marks.slice(0, 50).forEach(([time, kind, name, detail]) => {
			const line = element("p");
			const link = element("button", `${timeText(time)} ${name}`, "link");
			link.addEventListener("click", () => setView(time - T.length / 100, time + T.length / 100));
			line.append(link, detail ? " " + detail : "");
			panel.append(line);
		});
	}
	if (V.showPath && V.path.length)
		pathColumns(panel);
}

function fillHelp() {
	const box = document.getElementById("helpbox");
	const keys = [["+ − or W S", "zoom"], ["← → or A D", "move"], ["↑ ↓", "scroll"],
		      ["Ctrl + wheel", "zoom at the mouse"], ["wheel", "scroll; with Shift, move"],
		      ["drag", "move"], ["double click", "zoom to a slice"], ["0", "show all"],
		      ["N P", "next and previous job of a queue"],
		      ["J K", "job that began before or after, in any queue"], ["F", "zoom to the selected slice"],
		      ["C", "critical path"], ["G", "arrows of all dependencies"], ["/", "search"],
		      ["T", "dark or light"], ["Esc", "close, or select nothing"]];
	const legend = { run: "job on the GPU", failed: "job that ended with an error",
			 dependency: "waits for a dependency", order: "waits for an earlier job of its queue",
			 handover: "waits for credits or a worker", ring: "in the ring behind others",
			 noslot: "reset", group: "group on a slot", ready: "stream executes",
			 wait: "stream or process waits", empty: "stream is empty, GPU off",
			 core: "core executes", fault: "fault", message: "request of the driver", event: "event" };

	box.append(element("h2", "Keys"), tableOf(keys), element("h2", "Colours"));
	for (const [kind, text] of Object.entries(legend)) {
		const line = element("div");
		const swatch = element("span", undefined, "swatch");
		swatch.style.background = `var(--${kind})`;
		line.append(swatch, text);
		box.append(line);
	}
}
