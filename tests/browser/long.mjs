// A page of thousands of events: how soon it answers, and whether everything is found although the long folds are
// unpacked later. Prints one JSON object for each thing that was tried. Arguments as page.mjs.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [modules, folder, browserPath] = process.argv.slice(2);
const load = createRequire(modules + "/");
const { chromium } = load("playwright-core");
const incident = JSON.parse(readFileSync(folder + "/incident.json", "utf8"));
const url = "file://" + folder + "/report.html";
const check = (what, ok, found) => console.log(JSON.stringify({ what, ok: Boolean(ok), found: String(found).slice(0, 400) }));
const entries = incident.timeline.entries.concat(incident.timeline.computed || []);
const titled = entries.filter((e) => e.title.startsWith("note "));
const last = titled[titled.length - 1];

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const errors = [];
const open = async (options = {}, hash = "") => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("pageerror", (e) => errors.push(String(e)));
  const client = await context.newCDPSession(page);
  await client.send("Performance.enable");
  await page.goto(url + hash);
  const { metrics } = await client.send("Performance.getMetrics");
  return { page, spent: (name) => metrics.find((m) => m.name === name).value * 1000 };
};
const within = (page, f, argument) => page.evaluate(f, argument);
const count = (page) => within(page, () => document.getElementById("timeline-count").textContent);

{ // Scripting until the page answers. A busy machine is slow: the bar is far above what is usual.
  const { page, spent } = await open();
  const script = Math.round(spent("ScriptDuration"));
  check("scripting until the page can be used stays under a second", script < 1000, `${script} ms of ${entries.length} events`);
  check("the long folds are not unpacked at once", (await within(page, () => document.querySelectorAll("#timeline li.entry").length)) < entries.length, "");
  // A filter that is set at once holds for what comes later, too.
  await within(page, () => {
    const q = document.getElementById("timeline-filter");
    q.value = "svc-3,";
    q.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.waitForFunction(() => !document.querySelector("#timeline noscript"), null, { timeout: 120000 });
  const expected = entries.filter((e) => e.title.includes("svc-3,")).length;
  const says = await count(page);
  check("a filter counts every event", says === `${expected} of ${entries.length} events`, `${says} / ${expected}`);
  const seen = await within(page, () => Array.from(document.querySelectorAll("#timeline li.entry")).filter((e) => e.checkVisibility()).length);
  check("and shows them", seen === expected, `${seen} of ${expected}`);
  const services = await within(page, () => document.getElementById("by-source").options.length);
  check("the sources can be chosen from", services > 1, services);
  await page.context().close();
}

{ // A link to an event in a fold that is not unpacked yet.
  const { page } = await open({}, "#" + last.id);
  const shown = await within(page, (id) => document.getElementById(id) !== null && document.getElementById(id).checkVisibility(), last.id);
  check("a permalink unpacks the fold of its event", shown, last.id);
  await page.context().close();
}

{ // Without a script the parts are read as they stand.
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  const text = await page.locator("main").textContent();
  check("without scripting every event is on the page", titled.every((e) => text.includes(e.title)), text.length);
  check("and no more than once", text.split(`>${last.title}<`).length <= 2, "");
  await context.close();
}
check("no script error", errors.length === 0, errors.join("; "));
await browser.close();
