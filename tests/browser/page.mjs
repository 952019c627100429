// Does with a report what a person does, in a real browser, and prints one JSON object for each thing
// that was tried: {"what", "ok", "found"}. Arguments: modules folder, report folder, browser.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [modules, folder, browserPath] = process.argv.slice(2);
const load = createRequire(modules + "/");
const { chromium } = load("playwright-core");
const incident = JSON.parse(readFileSync(folder + "/incident.json", "utf8"));
const url = "file://" + folder + "/report.html";
const check = (what, ok, found) => console.log(JSON.stringify({ what, ok: Boolean(ok), found: String(found).slice(0, 400) }));
const percent = (v) => {
  const p = v * 100;
  return (p >= 99.95 || p === 0 ? p.toFixed(0) : p >= 1 ? p.toFixed(1) : p.toFixed(2)) + " %";
};

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const errors = [];
const open = async (options = {}, hash = "") => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("pageerror", (e) => errors.push(String(e)));
  page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
  page.on("request", (r) => { if (!r.url().startsWith("file:") && !r.url().startsWith("data:")) errors.push("fetched " + r.url()); });
  await page.goto(url + hash);
  return page;
};
// What the address is by now; the browser tells its driver later.
const here = (p) => p.evaluate(() => location.href);
// Hidden entries have no box; what a person can see in the timeline, folds opened.
const visible = (page) => page.evaluate(() => Array.from(document.querySelectorAll("#timeline li.entry")).filter((e) => !e.hidden).length);
const entries = incident.timeline.entries.concat(incident.timeline.computed || []);
const seconds = (e) => Math.floor(Date.parse(e.at.utc) / 1000);
const hit = (page, chart, service) => page.locator(`#chart-${chart} rect.rc-hit[data-plot][data-service="${service}"]`);

const page = await open();
const measured = incident.rates.services.filter((s) => s.impact.length && s.buckets.some((b) => b.ratio));
const service = measured.map((s) => s.service).sort()[0];
const rates = measured.find((s) => s.service === service);

{ // Hovering reads the very values of the bucket.
  const plot = hit(page, "error-curves", service);
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  const [from, to] = await plot.evaluate((e) => [Number(e.dataset.from), Number(e.dataset.to)]);
  const bucket = rates.buckets.filter((b) => b.ratio && b.start_s > from + (to - from) * 0.3)[5];
  await page.mouse.move(box.x + ((bucket.start_s + incident.rates.bucket_s / 2 - from) / (to - from)) * box.width, box.y + box.height / 2);
  const tip = await page.locator(".tip").innerText();
  check("hovering over a curve reads its ratio", tip.includes(percent(bucket.ratio.value)), `${tip} / ${percent(bucket.ratio.value)}`);
  check("and the interval", tip.includes(percent(bucket.ratio.low)) && tip.includes(percent(bucket.ratio.high)), tip);
  const plain = tip.replace(/[\s,]/g, "");
  check("and requests and failed", plain.includes("requests" + Math.round(bucket.requests)) && plain.includes("failed" + Math.round(bucket.failed)), tip);
  await page.mouse.down();
  await page.mouse.up();
  check("a click pins the moment in the address", /pin=/.test((await here(page))), (await here(page)));
  await page.keyboard.press("Escape");
  check("escape lets it go", !/pin=/.test((await here(page))), (await here(page)));
}

{ // A brush zooms every chart and the timeline.
  const plot = page.locator("#chart-error-overlay rect.rc-hit[data-plot]").first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width * 0.1, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.35, box.y + 60, { steps: 6 });
  await page.mouse.up();
  const p = new URLSearchParams(new URL((await here(page))).hash.slice(1));
  const [from, to] = [p.get("from"), p.get("to")].map((t) => Date.parse(t) / 1000);
  check("dragging over a chart writes the stretch into the address", from < to, (await here(page)));
  const expected = entries.filter((e) => seconds(e) >= from && seconds(e) <= to).length;
  check("and leaves the timeline only what lies in it", (await visible(page)) === expected, `${await visible(page)} of ${expected}`);
  const ends = await page.evaluate(() => Array.from(document.querySelectorAll("svg.recount-chart")).filter((s) => s.querySelector("rect.rc-hit[data-plot]")).map((s) => s.classList.contains("zoomed")));
  check("and zooms all charts together", ends.length > 3 && ends.every(Boolean), ends);
  const again = await open({}, new URL((await here(page))).hash);
  check("a link with that address shows the same view", (await visible(again)) === expected, await visible(again));
  await again.context().close();
  await page.locator("#zoom-reset").click();
  check("reset shows everything again", (await visible(page)) === entries.length && !(await here(page)).includes("from="), (await here(page)));
}

{ // Legend.
  await page.locator(".tools.charts summary").click();
  await page.locator("#legend button", { hasText: service }).first().click();
  const off = await page.evaluate((name) => Array.from(document.querySelectorAll(".rc-series")).filter((g) => g.dataset.service === name).every((g) => getComputedStyle(g).visibility === "hidden"), service);
  check("the legend hides a service in all charts", off, service);
  const hash = await page.evaluate(() => location.hash);
  check("and in the address", new URLSearchParams(hash.slice(1)).getAll("off").includes(service), hash);
  await page.locator("#legend-all").click();
}

{ // Filters of the timeline.
  for (const [id, key, of] of [["by-kind", "kind", (e) => [e.kind]], ["by-service", "service", (e) => e.services]]) {
    const values = entries.flatMap(of);
    const value = values.filter((v) => values.filter((w) => w === v).length > 1).sort()[0];
    await page.locator(`[id="${id}"]`).selectOption(value);
    const expected = entries.filter((e) => of(e).includes(value)).length;
    check(`the timeline by ${key}`, (await visible(page)) === expected && (await here(page)).includes(key + "="), `${value}: ${await visible(page)} of ${expected}`);
    await page.locator("#timeline-reset").click();
  }
  for (const [id, key] of [["by-severity", "severity"], ["by-source", "sources"]]) {
    const value = await page.locator(`#${id} option`).nth(1).getAttribute("value");
    await page.locator(`#${id}`).selectOption(value);
    const expected = await page.evaluate(([key, value]) => Array.from(document.querySelectorAll("#timeline li.entry")).filter((e) => e.dataset[key].split("\n").includes(value)).length, [key, value]);
    const said = await page.locator("#timeline-count").innerText();
    check(`the timeline by ${key}`, expected > 0 && (await visible(page)) === expected && said.startsWith(expected + " of "), `${value}: ${said}`);
    await page.locator("#timeline-reset").click();
  }
  await page.locator("#timeline-filter").fill("p0");
  const some = await visible(page);
  check("the timeline by text", some > 0 && some < entries.length, some);
  await page.locator("#timeline-reset").click();
}

{ // An event, its place on the charts, and back; its permalink.
  const id = await page.evaluate(() => Array.from(document.querySelectorAll("#timeline li.entry")).find((e) => !e.closest("li.folded") && e.dataset.kind === "severity_change").id);
  const open_entry = page.locator(`[id="${id}"]`);
  await open_entry.scrollIntoViewIfNeeded();
  await open_entry.hover();
  await open_entry.locator(".jump").click();
  check("an event shows its place on the charts", (await here(page)).includes("pin=") && (await page.locator(".rc-cursor.pinned[visibility=visible]").count()) > 0, (await here(page)));
  await page.locator("#chart-back").click();
  check("and the way back", (await here(page)).endsWith("#" + id), (await here(page)));
  const folded = await page.evaluate(() => (document.querySelector("#timeline li.folded li.entry") || {}).id);
  const linked = await open({}, "#" + folded);
  check("a permalink opens the fold of its event", await linked.locator(`[id="${folded}"]`).isVisible(), folded);
  await linked.context().close();
}

{ // Evidence: the raw lines.
  const row = page.locator("#impact table.impact tbody", { hasText: service }).first();
  await row.locator("details.ref > summary").first().click();
  const line = await row.locator(".line pre").first().innerText();
  const known = JSON.stringify(rates.impact);
  check("a row opens the raw lines it rests on", line.length > 10 && known.includes(JSON.stringify(line.slice(0, 60)).slice(1, -1)), line);
  await row.locator("button.copy").first().click();
  await row.locator("button.copy", { hasText: "copied" }).first().waitFor({ timeout: 5000 });
  check("with a button that copies them", true, "");
}

{ // Sorting.
  await page.locator("th[data-sort=peak] button").click();
  const peaks = await page.evaluate(() => Array.from(document.querySelectorAll("#impact table.impact tbody")).map((b) => b.dataset.peak).filter(Boolean).map(Number));
  check("the impact table sorts by peak", peaks.every((p, i) => i === 0 || peaks[i - 1] >= p), peaks);
  await page.locator("th[data-sort=service] button").click();
  check("and tells how", (await page.locator("th[data-sort=service]").getAttribute("aria-sort")) !== null, "");
}

{ // By keyboard alone.
  const keys = await open();
  await keys.locator("#chart-error-overlay .scroll").focus();
  await keys.keyboard.press("ArrowRight");
  await keys.keyboard.press("ArrowRight");
  const said = await keys.locator("#reading").innerText();
  check("arrows on a chart read values aloud", /error ratio/.test(said) && (await here(keys)).includes("pin="), said);
  await keys.keyboard.press("+");
  check("plus zooms", (await here(keys)).includes("from="), (await here(keys)));
  await keys.keyboard.press("Escape");
  await keys.keyboard.press("Escape");
  check("escape undoes it", !(await here(keys)).includes("from="), (await here(keys)));
  await keys.context().close();
}

{ // Without a script everything is there; on paper, too.
  const plain = await open({ javaScriptEnabled: false });
  const text = await plain.locator("main").textContent();
  check("without scripting every event is on the page", entries.every((e) => text.includes(e.title.replace(/\s+/g, " ").slice(0, 20).trim()) || e.title.length > 200), text.length);
  await plain.context().close();
  const pdf = await page.pdf({ format: "A4" });
  check("it prints", pdf.length > 50000, pdf.length);
}

for (const width of [420, 1000, 2560]) {
  for (const colorScheme of ["light", "dark"]) {
    const p = await open({ viewport: { width, height: 900 }, colorScheme });
    const wide = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(`no sideways scrolling at ${width} px, ${colorScheme}`, wide <= 0, wide);
    await p.context().close();
  }
}

for (const colorScheme of ["light", "dark"]) {
  const p = await open({ colorScheme, bypassCSP: true });
  await p.addScriptTag({ path: load.resolve("axe-core/axe.min.js") });
  const bad = await p.evaluate(async () => (await globalThis.axe.run(document)).violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`));
  check(`axe finds nothing serious, ${colorScheme}`, bad.length === 0, bad.join("; "));
  await p.context().close();
}
check("no script error, nothing fetched", errors.length === 0, errors.join("; "));
await browser.close();
