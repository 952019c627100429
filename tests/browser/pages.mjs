// Every other page: the document sets, a comparison, a library, an audit. None scrolls sideways, none has a serious
// finding of axe, none fails in its script. Prints one JSON object for each. Arguments: modules folder, folder that
// holds the pages, browser.
import { createRequire } from "node:module";
import { readdirSync } from "node:fs";

const [modules, folder, browserPath] = process.argv.slice(2);
const load = createRequire(modules + "/");
const { chromium } = load("playwright-core");
const check = (what, ok, found) => console.log(JSON.stringify({ what, ok: Boolean(ok), found: String(found).slice(0, 400) }));
const pages = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".html")).sort();
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
for (const name of pages) {
  for (const [width, colorScheme] of [[420, "dark"], [1400, "light"]]) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (e) => errors.push(String(e)));
    page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
    await page.goto("file://" + folder + "/" + name);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(`${name}: no sideways scrolling at ${width} px`, wide <= 0, wide);
    await page.addScriptTag({ path: load.resolve("axe-core/axe.min.js") });
    const bad = await page.evaluate(async () => (await globalThis.axe.run(document)).violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
    check(`${name}: axe finds nothing serious, ${colorScheme}`, bad.length === 0, bad.join("; "));
    check(`${name}: no script error`, errors.length === 0, errors.join("; "));
    await context.close();
  }
}
await browser.close();
