// What a page can do beyond being read: read values off the curves, zoom all charts together, filter the
// timeline, sort the impact table, copy evidence. Without this script everything is still on the page.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const make = (name, attributes, text) => {
    const e = document.createElement(name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    if (text !== undefined) e.textContent = text;
    return e;
  };
  document.documentElement.classList.add("scripted");

  // ---- what is shown: kept in the address, so that a link shows the same view
  const state = { from: null, to: null, pin: null, off: new Set(), q: "", kind: "", service: "", severity: "", source: "" };
  const TEXTS = ["q", "kind", "service", "severity", "source"];
  const stamp = (s) => new Date(s * 1000).toISOString().replace(".000Z", "Z");
  const seconds = (text) => {
    const ms = Date.parse(text);
    return Number.isFinite(ms) ? Math.round(ms / 1000) : null;
  };
  const write = () => {
    const p = new URLSearchParams();
    for (const key of ["from", "to", "pin"]) if (state[key] !== null) p.set(key, stamp(state[key]));
    for (const name of state.off) p.append("off", name);
    for (const key of TEXTS) if (state[key]) p.set(key, state[key]);
    const text = p.toString();
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  };
  const read = () => {
    const raw = location.hash.slice(1);
    if (!raw.includes("=")) return false;
    const p = new URLSearchParams(raw);
    for (const key of ["from", "to", "pin"]) state[key] = p.has(key) ? seconds(p.get(key)) : null;
    if (!(state.from < state.to)) state.from = state.to = null;
    state.off = new Set(p.getAll("off"));
    for (const key of TEXTS) state[key] = p.get(key) || "";
    return true;
  };

  // ---- values
  const readings = (() => {
    try { return JSON.parse(byId("readings").textContent); } catch (_) { return {}; }
  })();
  const bucket = readings.bucket || 1;
  const services = readings.services || {};
  const two = (n) => String(n).padStart(2, "0");
  const clock = (s) => {
    const d = new Date(s * 1000);
    const tail = d.getUTCSeconds() ? ":" + two(d.getUTCSeconds()) : "";
    return two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + tail;
  };
  const slot = (s, t) => Math.floor((t - s.first) / bucket);
  const at = (name, key, t) => {
    const s = services[name];
    const list = s && s[key];
    const value = list ? list[slot(s, t)] : undefined;
    return value === undefined ? null : value;
  };
  const percent = (v) => {
    const p = v * 100;
    return (p >= 99.95 || p === 0 ? p.toFixed(0) : p >= 1 ? p.toFixed(1) : p.toFixed(2)) + " %";
  };
  const count = (v) => (v === null ? "–" : Math.round(v).toLocaleString("en").replace(/,/g, " "));
  const ms = (v) => (v === null ? "–" : v < 1000 ? v.toFixed(v < 1 ? 2 : 0) + " ms" : (v / 1000).toFixed(1) + " s");
  // What a pointer reads at a moment: rows of [label, value].
  const figures = (kind, name, t) => {
    if (!services[name]) return [];
    const rows = [];
    const ratio = at(name, "ratio", t);
    if (kind === "latency") {
      for (const p of ["p50", "p95", "p99"]) rows.push([p, ms(at(name, p, t))]);
    } else if (kind === "requests") {
      const n = at(name, "requests", t);
      rows.push(["requests a second", n === null ? "nothing seen" : count(n / bucket)]);
    } else {
      rows.push(["error ratio", ratio === null ? "nothing seen" : percent(ratio)]);
      if (ratio !== null) rows.push(["95 % interval", percent(at(name, "low", t)) + " to " + percent(at(name, "high", t))]);
    }
    if (at(name, "requests", t) !== null) rows.push(["requests", count(at(name, "requests", t))]);
    if (at(name, "failed", t) !== null) rows.push(["failed", count(at(name, "failed", t))]);
    return rows;
  };

  // ---- charts
  const number = (e, name) => Number(e.getAttribute(name));
  const geometry = (e) => {
    const box = { x: number(e, "x"), y: number(e, "y"), w: number(e, "width"), h: number(e, "height") };
    return { e, ...box, from: Number(e.dataset.from), to: Number(e.dataset.to) };
  };
  const charts = all("svg.recount-chart").map((svg) => {
    const hits = all("rect.rc-hit[data-plot]", svg).map(geometry);
    const columns = new Map();
    for (const hit of hits) {
      const key = hit.x + " " + hit.w;
      const c = columns.get(key) || { x: hit.x, w: hit.w, y0: hit.y, y1: hit.y, from: hit.from, to: hit.to };
      c.y0 = Math.min(c.y0, hit.y);
      c.y1 = Math.max(c.y1, hit.y + hit.h);
      columns.set(key, c);
    }
    const cursors = Array.from(columns.values(), (c) => {
      const line = document.createElementNS(SVG, "line");
      line.setAttribute("class", "rc-cursor");
      line.setAttribute("visibility", "hidden");
      svg.append(line);
      return { ...c, line };
    });
    const single = columns.size === 1 ? cursors[0] : null;
    return {
      svg, hits, cursors, single,
      plots: all("svg.rc-plot", svg).map(geometry),
      ticks: all("g.rc-ticks", svg),
      moving: all(".rc-at, a.rc-mark", svg),
      still: all("rect.rc-hit:not([data-plot])", svg),
    };
  }).filter((c) => c.hits.length > 0);
  const zoomed = () => state.from !== null;
  const range = (g) => (zoomed() ? [Math.max(state.from, g.from), Math.min(state.to, g.to)] : [g.from, g.to]);
  // A chart of another stretch of time than the zoom keeps its own.
  const within = (g) => !zoomed() || (state.to > g.from && state.from < g.to);
  const span = (g) => (within(g) ? range(g) : [g.from, g.to]);
  const place = (g, t) => {
    const [a, b] = span(g);
    return g.x + ((t - a) / (b - a)) * g.w;
  };
  const time = (g, x) => {
    const [a, b] = span(g);
    return a + ((x - g.x) / g.w) * (b - a);
  };
  const STEPS = [1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const drawTicks = (group, g) => {
    const old = group.nextElementSibling;
    if (old && old.classList.contains("rc-zoom-ticks")) old.remove();
    const changed = zoomed() && within(g);
    group.style.display = changed ? "none" : "";
    if (!changed) return;
    const d = group.dataset;
    const [x0, x1, y0, y1] = [d.x0, d.x1, d.y0, d.y1].map(Number);
    const [a, b] = span(g);
    const most = Math.max(1, Math.floor((x1 - x0) / 360));
    const step = STEPS.find((s) => (b - a) / s < most) || 86400;
    const out = document.createElementNS(SVG, "g");
    out.setAttribute("class", "rc-zoom-ticks");
    for (let t = Math.ceil(a / step) * step; t <= b; t += step) {
      const x = x0 + ((t - a) / (b - a)) * (x1 - x0);
      const line = document.createElementNS(SVG, "line");
      for (const [k, v] of [["x1", x], ["x2", x], ["y1", y0], ["y2", y1 + 16]]) line.setAttribute(k, String(v));
      const label = document.createElementNS(SVG, "text");
      for (const [k, v] of [["x", x], ["y", y1 + 84], ["class", "rc-l"]]) label.setAttribute(k, String(v));
      label.textContent = clock(t);
      out.append(line, label);
    }
    group.after(out);
  };
  const drawZoom = () => {
    for (const c of charts) {
      c.svg.classList.toggle("zoomed", zoomed());
      for (const p of c.plots) {
        const [a, b] = span(p);
        const scale = p.w / (p.to - p.from);
        p.e.setAttribute("viewBox", `${p.x + (a - p.from) * scale} ${p.y} ${Math.max(1, (b - a) * scale)} ${p.h}`);
      }
      for (const group of c.ticks) drawTicks(group, c.hits[0]);
      if (c.single) {
        for (const e of c.moving) {
          const t = Number(e.dataset.at);
          const [a, b] = span(c.single);
          const base = c.single.x + ((t - c.single.from) / (c.single.to - c.single.from)) * c.single.w;
          e.setAttribute("transform", `translate(${place(c.single, t) - base} 0)`);
          e.style.visibility = t >= a && t <= b ? "" : "hidden";
        }
      }
      for (const e of c.still) e.style.display = zoomed() ? "none" : "";
    }
    const label = byId("zoom-label");
    if (label) {
      label.textContent = zoomed() ? `${clock(state.from)} to ${clock(state.to)} UTC` : "whole incident";
      byId("zoom-reset").disabled = !zoomed();
      for (const [id, key] of [["zoom-from", "from"], ["zoom-to", "to"]]) {
        if (document.activeElement !== byId(id)) byId(id).value = zoomed() ? clock(state[key]) : "";
      }
    }
  };
  const drawCursors = (t, pinned) => {
    for (const c of charts) {
      for (const g of c.cursors) {
        const [a, b] = span(g);
        const shown = t !== null && t >= a && t <= b;
        g.line.setAttribute("visibility", shown ? "visible" : "hidden");
        g.line.classList.toggle("pinned", pinned);
        if (!shown) continue;
        const x = place(g, t);
        for (const [k, v] of [["x1", x], ["x2", x], ["y1", g.y0], ["y2", g.y1]]) g.line.setAttribute(k, v.toFixed(1));
      }
    }
  };
  const tip = make("div", { class: "tip", hidden: "" });
  const reading = make("p", { class: "visually-hidden", id: "reading", "aria-live": "polite" });
  document.body.append(tip, reading);
  const snap = (t) => Math.floor(t / bucket) * bucket + bucket / 2;
  const fill = (kind, name, t) => {
    const start = Math.floor(t / bucket) * bucket;
    tip.replaceChildren(make("p", { class: "tip-at" }, `${clock(start)} to ${clock(start + bucket)} UTC`));
    if (name) tip.append(make("p", { class: "tip-of" }, name));
    const table = make("table", {});
    for (const [label, value] of figures(kind, name, t)) {
      const row = make("tr", {});
      row.append(make("th", { scope: "row" }, label), make("td", {}, value));
      table.append(row);
    }
    tip.append(table);
    return [name, clock(start), ...figures(kind, name, t).map((r) => r.join(" "))].filter(Boolean).join(", ");
  };
  const showTip = (x, y) => {
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = x + 18 + box.width > innerWidth ? x - box.width - 18 : x + 18;
    tip.style.left = Math.max(6, left) + scrollX + "px";
    tip.style.top = Math.max(6, Math.min(y - box.height / 2, innerHeight - box.height - 6)) + scrollY + "px";
  };
  const hideTip = () => { tip.hidden = true; };
  const restCursors = () => drawCursors(state.pin, state.pin !== null);
  const pin = (t) => {
    state.pin = t;
    restCursors();
    write();
  };
  const zoom = (a, b) => {
    const least = bucket * 2;
    if (a === null || b - a < least) state.from = state.to = null;
    else [state.from, state.to] = [Math.floor(a / bucket) * bucket, Math.ceil(b / bucket) * bucket];
    drawZoom();
    restCursors();
    filter();
    write();
  };
  const point = (c, event) =>
    new DOMPoint(event.clientX, event.clientY).matrixTransform(c.svg.getScreenCTM().inverse());
  // In a plot of several curves: the one nearest to the pointer.
  const nearest = (c, hit, t, y) => {
    const value = 1 - (y - hit.y) / hit.h;
    const names = all(".rc-plot .rc-series:not(.off)", c.svg).map((g) => g.dataset.service);
    const far = (n) => Math.abs(at(n, "ratio", t) - value);
    return names.filter((n) => at(n, "ratio", t) !== null).sort((a, b) => far(a) - far(b))[0] || "";
  };
  const subject = (c, hit, t, y) => hit.e.dataset.service || nearest(c, hit, t, y);
  let held = null;
  for (const c of charts) {
    const hitOf = (event) => c.hits.find((h) => h.e === event.target);
    c.svg.addEventListener("pointermove", (event) => {
      if (held && held.c === c) {
        const x = Math.max(held.hit.x, Math.min(held.hit.x + held.hit.w, point(c, event).x));
        held.x1 = x;
        for (const [k, v] of [["x", Math.min(held.x0, x)], ["width", Math.abs(x - held.x0)]]) held.box.setAttribute(k, v.toFixed(1));
        return;
      }
      const hit = hitOf(event);
      if (!hit) return;
      const { x, y } = point(c, event);
      const t = snap(time(hit, x));
      drawCursors(t, false);
      fill(hit.e.dataset.plot, subject(c, hit, t, y), t);
      showTip(event.clientX, event.clientY);
    });
    c.svg.addEventListener("pointerleave", () => {
      if (held) return;
      hideTip();
      restCursors();
    });
    c.svg.addEventListener("pointerdown", (event) => {
      const hit = hitOf(event);
      if (!hit || event.button > 0) return;
      const { x: x0, y } = point(c, event);
      const box = document.createElementNS(SVG, "rect");
      for (const [k, v] of [["class", "rc-brush"], ["x", x0], ["width", 0], ["y", hit.y], ["height", hit.h]]) box.setAttribute(k, String(v));
      c.svg.append(box);
      held = { c, hit, x0, x1: x0, y, box };
      try { hit.e.setPointerCapture(event.pointerId); } catch (_) { /* a pointer that is gone already */ }
    });
    const release = (event) => {
      if (!held || held.c !== c) return;
      const { hit, x0, x1, y, box } = held;
      held = null;
      box.remove();
      if (event.type === "pointercancel") return;
      const scale = c.svg.getScreenCTM().a;
      if (Math.abs(x1 - x0) * scale > 6) {
        zoom(time(hit, Math.min(x0, x1)), time(hit, Math.max(x0, x1)));
      } else {
        const t = snap(time(hit, x0));
        pin(state.pin === t ? null : t);
        reading.textContent = state.pin === null ? "" : fill(hit.e.dataset.plot, subject(c, hit, t, y), t);
      }
    };
    c.svg.addEventListener("pointerup", release);
    c.svg.addEventListener("pointercancel", release);
    // With the keyboard: the region around a chart has the focus.
    const region = c.svg.closest(".scroll");
    // Up and down go through the services of the chart.
    const rows = c.hits.flatMap((hit) => {
      const names = hit.e.dataset.service ? [hit.e.dataset.service] : all(".rc-plot .rc-series", c.svg).map((g) => g.dataset.service).reverse();
      return names.map((name) => ({ hit, name }));
    });
    let row = 0;
    if (region) region.addEventListener("keydown", (event) => {
      const { hit } = rows[row];
      const [a, b] = span(hit);
      const now = state.pin === null ? (a + b) / 2 : state.pin;
      const step = bucket * (event.shiftKey ? 10 : 1);
      const keys = {
        ArrowLeft: () => pin(snap(Math.max(a, now - step))),
        ArrowRight: () => pin(snap(Math.min(b - 1, now + step))),
        ArrowUp: () => { row = Math.max(0, row - 1); },
        ArrowDown: () => { row = Math.min(rows.length - 1, row + 1); },
        "+": () => zoom(now - (b - a) / 4, now + (b - a) / 4),
        "-": () => zoom(Math.max(hit.from, now - (b - a)), Math.min(hit.to, now + (b - a))),
      };
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
      const shown = rows[row];
      const t = state.pin === null ? now : state.pin;
      reading.textContent = fill(shown.hit.e.dataset.plot, shown.name, t);
      const box = shown.hit.e.getBoundingClientRect();
      const [first, last] = span(shown.hit);
      showTip(box.left + ((t - first) / (last - first)) * box.width, box.top + box.height / 2);
    });
    if (region) region.addEventListener("blur", hideTip);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hideTip();
    if (state.pin !== null) pin(null);
    else if (zoomed()) zoom(null, null);
  });

  // ---- which services are drawn
  const legend = byId("legend");
  const drawLegend = () => {
    for (const g of all(".rc-series")) g.classList.toggle("off", state.off.has(g.dataset.service));
    for (const b of all("#legend button")) b.setAttribute("aria-pressed", String(!state.off.has(b.dataset.service)));
  };
  if (legend) {
    const names = Array.from(new Set(all(".rc-series").map((g) => g.dataset.service)));
    for (const name of names) {
      const button = make("button", { type: "button", "aria-pressed": "true" }, name);
      button.dataset.service = name;
      legend.append(button);
    }
    legend.addEventListener("click", (event) => {
      const name = event.target.dataset && event.target.dataset.service;
      if (name === undefined) return;
      // With Alt or Shift: this one alone.
      if (event.altKey || event.shiftKey) state.off = new Set(names.filter((n) => n !== name));
      else if (!state.off.delete(name)) state.off.add(name);
      drawLegend();
      write();
    });
    const every = byId("legend-all");
    if (every) every.addEventListener("click", () => {
      state.off = new Set();
      drawLegend();
      write();
    });
  }
  const reset = byId("zoom-reset");
  if (reset) {
    reset.addEventListener("click", () => zoom(null, null));
    const typed = () => {
      const day = new Date(readings.from * 1000).toISOString().slice(0, 11);
      const [a, b] = ["zoom-from", "zoom-to"].map((id) => seconds(day + byId(id).value + (byId(id).value.length < 6 ? ":00Z" : "Z")));
      if (a !== null && b !== null) zoom(a, b < a ? b + 86400 : b);
    };
    for (const id of ["zoom-from", "zoom-to"]) byId(id).addEventListener("change", typed);
  }

  // ---- timeline
  const entries = all("#timeline li.entry");
  const texts = [];
  // Parts of long folds, not unpacked yet: each is one text until the page is idle, or it is wanted.
  const packed = all("#timeline noscript");
  const list = document.querySelector("#timeline > ol.timeline");
  const total = list ? Number(list.dataset.total) : 0;
  const listed = (e, key) => (e.dataset[key] || "").split("\n").filter(Boolean);
  const matches = (e, i, words) => {
    if (zoomed() && !(Number(e.dataset.at) >= state.from && Number(e.dataset.at) <= state.to)) return false;
    if (state.kind && e.dataset.kind !== state.kind) return false;
    if (state.severity && e.dataset.severity !== state.severity) return false;
    if (state.service && !listed(e, "services").includes(state.service)) return false;
    if (state.source && !listed(e, "sources").includes(state.source)) return false;
    if (words.length === 0) return true;
    if (texts[i] === undefined) texts[i] = e.textContent.toLowerCase();
    return words.every((w) => texts[i].includes(w));
  };
  const counter = byId("timeline-count");
  let shown = 0;
  // Only entries from `first` on are judged again: those that were just unpacked.
  function filter(first = 0) {
    if (!counter) return;
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = TEXTS.some((k) => state[k]);
    const active = zoomed() || narrowed;
    if (first === 0) shown = 0;
    const holds = (fold, what) => fold.querySelector(what) !== null;
    const folds = new Map(first === 0 ? all("#timeline li.folded").map((fold) => [fold, holds(fold, "noscript")]) : []);
    for (let i = first; i < entries.length; i += 1) {
      const e = entries[i];
      const hit = !active || matches(e, i, words);
      if (e.hidden === hit) e.hidden = !hit;
      if (hit) shown += 1;
      for (let fold = e.closest("li.folded"); fold && !folds.get(fold); fold = fold.parentElement.closest("li.folded")) folds.set(fold, hit);
    }
    for (const [fold, some] of folds) {
      if (first === 0 || some || fold.matches(".part")) fold.hidden = !some;
      if (narrowed && some && !holds(fold, ":scope > details > noscript")) fold.querySelector("details").open = true;
    }
    const rest = packed.length > 0 ? ", still reading" : "";
    counter.textContent = active ? `${shown} of ${total} events${rest}` : "";
    byId("timeline-reset").hidden = !active;
  }
  const controls = { q: byId("timeline-filter"), kind: byId("by-kind"), service: byId("by-service"), severity: byId("by-severity"), source: byId("by-source") };
  let unpacked = filter;
  const unpack = (box) => {
    packed.splice(packed.indexOf(box), 1);
    const holder = make("template", {});
    holder.innerHTML = box.textContent;
    const first = entries.length;
    const part = holder.content.firstElementChild;
    box.replaceWith(part);
    entries.push(...all("li.entry", part));
    unpacked(first);
    if (packed.length === 0) filter();
  };
  const unpackAll = () => { while (packed.length > 0) unpack(packed[0]); };
  const idle = window.requestIdleCallback || ((f) => setTimeout(f, 50));
  const unpackLater = () => {
    if (packed.length === 0) return;
    unpack(packed[0]);
    idle(unpackLater);
  };
  const showControls = () => {
    for (const key of TEXTS) if (controls[key]) controls[key].value = state[key];
  };
  if (controls.q) {
    // What can be chosen, as far as the entries are unpacked.
    const offered = { kind: new Set(), service: new Set(), severity: new Set(), source: new Set() };
    const values = {
      kind: (e) => [e.dataset.kind],
      service: (e) => listed(e, "services"),
      severity: (e) => [e.dataset.severity],
      source: (e) => listed(e, "sources"),
    };
    const offerValues = (first) => {
      for (const key in offered) {
        const before = offered[key].size;
        for (const e of entries.slice(first)) for (const v of values[key](e)) if (v) offered[key].add(v);
        const select = controls[key];
        if (offered[key].size > before) {
          const sorted = Array.from(offered[key]).sort().map((v) => make("option", { value: v }, v.replace(/_/g, " ")));
          select.replaceChildren(select.options[0], ...sorted);
          select.value = state[key];
        }
        select.parentElement.hidden = offered[key].size === 0;
      }
    };
    offerValues(0);
    unpacked = (first) => {
      offerValues(first);
      filter(first);
    };
    for (const key of TEXTS) {
      controls[key].addEventListener("input", () => {
        state[key] = controls[key].value;
        filter();
        write();
      });
    }
    byId("timeline-reset").addEventListener("click", () => {
      for (const key of TEXTS) state[key] = "";
      showControls();
      zoom(null, null);
    });
    // One button for all entries: it moves to the one in use.
    const jump = make("button", { type: "button", class: "jump" }, "on the charts");
    jump.addEventListener("click", () => {
      const entry = jump.closest("li.entry");
      const t = Number(entry.dataset.at);
      if (zoomed() && !(t >= state.from && t <= state.to)) zoom(null, null);
      if (back) {
        back.href = "#" + entry.id;
        back.hidden = false;
      }
      pin(t);
      const region = charts[0].svg.closest(".scroll");
      (charts[0].svg.closest("section") || charts[0].svg).scrollIntoView();
      if (region) region.focus({ preventScroll: true });
    });
    const back = byId("chart-back");
    const offer = (event) => {
      const entry = event.target.closest && event.target.closest("#timeline li.entry");
      const t = entry && Number(entry.dataset.at);
      const drawn = entry && charts.length > 0 && t >= readings.from && t <= readings.to;
      if (drawn && jump.parentElement !== entry.firstElementChild) entry.firstElementChild.append(jump);
    };
    byId("timeline").addEventListener("pointerover", offer);
    byId("timeline").addEventListener("focusin", offer);
  }

  // ---- impact table
  for (const head of all("th[data-sort]")) {
    const button = make("button", { type: "button", class: "sort" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const table = head.closest("table");
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = head.dataset.sort;
      const value = (b) => (key === "service" ? b.dataset.service : b.dataset[key] === "" ? null : Number(b.dataset[key]));
      const rows = all("tbody", table);
      rows.sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        if (x === null || y === null) return (x === null) - (y === null);
        const order = key === "service" ? (x < y ? -1 : x > y ? 1 : 0) : x - y;
        return down ? -order : order;
      });
      for (const body of rows) table.append(body);
    });
  }

  // ---- evidence
  document.addEventListener("toggle", (event) => {
    const box = packed.find((b) => b.parentElement === event.target);
    if (box) unpack(box);
    if (!event.target.matches || !event.target.matches("details.ref[open]")) return;
    for (const line of all(".line", event.target)) {
      if (line.querySelector("button")) continue;
      const button = make("button", { type: "button", class: "copy" }, "copy");
      button.setAttribute("aria-label", "copy " + line.querySelector(".place").textContent);
      line.querySelector(".place").after(button);
    }
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button.copy");
    if (!button) return;
    const line = button.closest(".line");
    const text = line.querySelector(".place").textContent + "\n" + line.querySelector("pre").textContent;
    const done = () => {
      button.textContent = "copied";
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    };
    const byHand = () => {
      const area = make("textarea", { class: "visually-hidden" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      done();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, byHand);
    else byHand();
  });

  // ---- the rest
  for (const tools of all(".tools")) tools.hidden = false;
  for (const button of all("button[data-expand]")) {
    const section = button.closest("section") || document;
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") !== "true";
      if (section.id === "timeline") unpackAll();
      for (const d of all("details", section)) d.open = open;
      button.setAttribute("aria-pressed", String(open));
      button.textContent = open ? "Collapse all" : "Expand all";
    });
  }
  const reveal = () => {
    let target = null;
    try {
      const id = decodeURIComponent(location.hash.slice(1));
      const box = packed.find((b) => b.textContent.includes(`id="${id}"`));
      if (box) unpack(box);
      target = byId(id);
    } catch (_) { return; }
    if (!target) return;
    for (let d = target.closest("details"); d; d = d.parentElement && d.parentElement.closest("details")) d.open = true;
    if (target.hidden || (target.closest("li.folded") || {}).hidden) {
      for (const key of TEXTS) state[key] = "";
      state.from = state.to = null;
      showControls();
      drawZoom();
      filter();
    }
    target.scrollIntoView();
  };
  const show = () => {
    if (!read()) return reveal();
    showControls();
    drawLegend();
    drawZoom();
    restCursors();
    filter();
  };
  addEventListener("hashchange", show);
  addEventListener("beforeprint", () => {
    unpackAll();
    for (const d of all("details.fold")) d.open = true;
  });
  show();
  idle(unpackLater);
})();
