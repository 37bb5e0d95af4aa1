// Drives the pages of timelines in a real Chromium: node pages.mjs CHROMIUM PROGRAM FOLDER.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import pixelmatch from "pixelmatch";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";

const [executablePath, program, folder, golden, pictures] = process.argv.slice(2);
const scenario = "reentry/counter-add/broken";
let browser;
let trace;
let campaign; // the page of one that has made its finding smaller

function run(...args) {
  const result = spawnSync(program, args, { encoding: "utf8" });
  assert.equal(result.error, undefined);
  return result;
}

function pageOf(file, name) {
  const html = join(folder, `${name}.html`);
  const shown = run("show", file, "--html", html);
  assert.equal(shown.status, 0, shown.stderr);
  return html;
}

// Opens a file; whatever the browser complains of is a failure.
async function opened(file, { link = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("dialog", (dialog) => page.complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) page.complaints.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href + link);
  return page;
}

// Compares the drawing with its golden picture, which REPRISE_GOLDEN=write writes. A pixel may differ
// a little, and one in a hundred may differ: that much is the smoothing of letters and lines.
async function compareWithGolden(name, page) {
  // At the same place on each page, or letters would be smoothed in other ways.
  await page.locator("#summary").evaluate((summary) => { summary.hidden = true; });
  const png = await page.locator("#drawing").screenshot();
  const file = join(golden, `${name}.png`);
  if (process.env.REPRISE_GOLDEN === "write") writeFileSync(file, png);
  const [now, then] = [PNG.sync.read(png), PNG.sync.read(readFileSync(file))];
  assert.deepEqual([now.width, now.height], [then.width, then.height], `${name}: another size`);
  const { width, height } = now;
  const differ = pixelmatch(now.data, then.data, null, width, height, { threshold: 0.2 });
  assert.ok(differ <= 0.01 * width * height, `${name}: ${differ} pixels differ`);
}

before(async () => {
  const found = run("sweep", scenario, "--out", join(folder, "traces"));
  assert.equal(found.status, 1, found.stderr);
  trace = join(folder, "traces", readdirSync(join(folder, "traces"))[0]);
  campaign = join(folder, "campaign.html");
  const fuzzed = run("fuzz", "pager/takes-short-write/broken", "pager/clients", "--seed", "1", "--seeds", "300",
    "--strategy", "uniform", "--out", join(folder, "fuzzed"), "--html", campaign);
  assert.equal(fuzzed.status, 1, fuzzed.stderr);
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
after(() => browser?.close());

test("the timeline shows two entries and the two stores that clash", async () => {
  const page = await opened(pageOf(trace, "plain"));
  assert.ok(statSync(join(folder, "plain.html")).size < 2_000_000);
  assert.equal(await page.locator("#timeline").isVisible(), true);
  assert.equal(await page.locator("#drawing .entry").count(), 2);
  assert.equal(await page.locator("#drawing .store.clash").count(), 2);
  assert.equal(await page.locator("#drawing .join").count(), 1);
  assert.equal(await page.locator("#drawing .wait").count(), 1);
  assert.equal(await page.locator("#drawing .head").count(), 2);
  if (pictures) await page.screenshot({ path: join(pictures, "light.png"), fullPage: true });
  assert.deepEqual(page.complaints, []);
});

test("keys and buttons move the choice", async () => {
  const page = await opened(pageOf(trace, "keys"));
  const title = page.locator("#details h3");
  assert.match(await title.textContent(), /^event 3 /);
  await page.keyboard.press("ArrowLeft");
  assert.match(await title.textContent(), /^event 2 /);
  assert.match(page.url(), /#e2$/);
  await page.keyboard.press("Home");
  assert.match(await title.textContent(), /^event 1 /);
  await page.locator("[data-do=next]").click();
  assert.match(await title.textContent(), /^event 2 /);
  await page.keyboard.press("p");
  assert.match(await title.textContent(), /^event 1 /);
  await page.locator("#events tbody tr").last().click();
  assert.match(await title.textContent(), /^event 3 /);
  await page.keyboard.press("ArrowUp");
  assert.match(await page.locator("#details .chosen").textContent(), /changes `value`/);
  assert.equal(await page.locator("#drawing .chosen").count(), 1);
  await page.keyboard.press("Home");
  assert.match(await page.locator("#details p").textContent(), /yielded last at .*counter_add\.cpp:\d+$/);
  assert.match(await page.locator("#details pre").textContent(), /IO_YIELD_ONE\(.*\n.*\^\^\^/);
  assert.deepEqual(page.complaints, []);
});

test("a link opens at its event", async () => {
  const page = await opened(pageOf(trace, "link"), { link: "#e2" });
  assert.match(await page.locator("#details h3").textContent(), /^event 2 /);
  await page.evaluate(() => { location.hash = "#e1"; });
  await page.waitForFunction(() => document.querySelector("#details h3").textContent.startsWith("event 1 "));
});

test("the search finds words and steps through them", async () => {
  const page = await opened(pageOf(trace, "search"));
  await page.keyboard.press("/");
  await page.keyboard.type("changes");
  assert.equal(await page.locator("#matches").textContent(), "2 found");
  assert.equal(await page.locator("tr.match").count(), 2);
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#matches").textContent(), /^[12] of 2$/);
  await page.locator("#search").fill("no such words");
  assert.equal(await page.locator("#matches").textContent(), "nothing found");
  assert.deepEqual(page.complaints, []);
});

test("the axis and the colours change", async () => {
  const page = await opened(pageOf(trace, "axis"), { colorScheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.keyboard.press("d");
  assert.notEqual(await ground(), light);
  if (pictures) await page.screenshot({ path: join(pictures, "dark.png"), fullPage: true });
  await page.keyboard.press("t");
  assert.match(await page.locator("#axis-note").textContent(), /virtual time/);
  assert.equal(await page.locator("[data-do=axis]").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("+");
  await page.keyboard.press("f");
  assert.equal(await page.locator("#drawing .entry").count(), 2);
  const dark = await opened(pageOf(trace, "dark"), { colorScheme: "dark" });
  assert.notEqual(await dark.evaluate(() => getComputedStyle(document.body).backgroundColor), light);
  assert.deepEqual(page.complaints, []);
});

test("a switch shows the run before it was made smaller", async () => {
  const fuzzed = readdirSync(join(folder, "fuzzed")).find((name) => name.endsWith(".html"));
  const file = join(folder, "fuzzed", fuzzed);
  const page = await opened(file, { colorScheme: "light" });
  const [smallest, original] = [page.locator("#smallest"), page.locator("#original")];
  assert.deepEqual([await smallest.isVisible(), await original.isVisible()], [true, false]);
  assert.match(await page.locator("#run-note").textContent(), /the smallest run that fails/);
  const events = await page.locator("#drawing .entry").count();
  await page.locator("[data-do=run]").click();
  assert.deepEqual([await smallest.isVisible(), await original.isVisible()], [false, true]);
  assert.match(await page.locator("#run-note").textContent(), /before it was made smaller: \d+ events/);
  assert.match(page.url(), /#o\d+$/);
  assert.ok((await page.locator("#drawing .entry").count()) > 0);
  if (pictures) await page.screenshot({ path: join(pictures, "original.png"), fullPage: true });
  await page.keyboard.press("Home");
  assert.match(page.url(), /#o1$/);
  await page.locator("#original-events tbody tr").nth(3).click();
  assert.equal(await page.locator("#original-events tr.chosen").count() > 0, true);
  await page.keyboard.press("o");
  assert.equal(await smallest.isVisible(), true);
  assert.equal(await page.locator("#drawing .entry").count(), events);
  assert.deepEqual(page.complaints, []);
  const linked = await opened(file, { link: "#o2" });
  assert.equal(await linked.locator("#original").isVisible(), true);
  assert.match(await linked.locator("#details h3").textContent(), /^event 2 /);
  const plain = await opened(file, { javaScriptEnabled: false });
  for (const table of ["#events", "#original-events"]) {
    assert.equal(await plain.locator(table).isVisible(), true);
  }
  assert.equal(await (await opened(pageOf(trace, "alone"))).locator("[data-do=run]").isVisible(), false);
});

test("a button copies its command", async () => {
  const page = await opened(pageOf(trace, "copy"), { permissions: ["clipboard-read", "clipboard-write"] });
  const first = page.locator(".commands dd").first();
  await first.locator("button").click();
  await first.getByText("copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await first.locator("code").textContent());
  assert.match(copied, / replay .*\.json/);
  assert.equal(await page.locator(".commands button").count(), await page.locator(".commands code").count());
  assert.deepEqual(page.complaints, []);
});

test("a campaign has a page that leads to its timelines", async () => {
  const page = await opened(campaign, { colorScheme: "light" });
  assert.match(await page.locator("h1").textContent(), /^fuzz: 1 finding in 2 scenarios$/);
  assert.equal(await page.locator("#scenarios tbody tr").count(), 2);
  assert.match(await page.locator("#goals").textContent(), /reached/);
  assert.ok((await page.locator(".commands button").count()) >= 3);
  if (pictures) await page.screenshot({ path: join(pictures, "campaign.png"), fullPage: true });
  await page.locator("#findings a", { hasText: "timeline" }).click();
  await page.locator("#timeline").waitFor();
  assert.ok((await page.locator("#drawing .entry").count()) > 0);
  assert.deepEqual(page.complaints, []);
  const plain = await opened(campaign, { javaScriptEnabled: false });
  assert.equal(await plain.locator("#scenarios").isVisible(), true);
  assert.equal(await plain.locator("#findings").isVisible(), true);
});

test("without scripts the table is there", async () => {
  const page = await opened(pageOf(trace, "table"), { javaScriptEnabled: false });
  assert.equal(await page.locator("#timeline").isVisible(), false);
  assert.equal(await page.locator("#e3").isVisible(), true);
  assert.match(await page.locator("#events").textContent(), /begins an operation \(entry 1\)/);
});

test("what a trace says becomes no markup", async () => {
  const bad = "</script><img src=x onerror=\"alert(1)\"><script>alert(2)</script>";
  const hostile = JSON.parse(readFileSync(trace, "utf8"));
  hostile.strategy = bad;
  hostile.build = bad;
  const file = join(folder, "hostile.json");
  writeFileSync(file, JSON.stringify(hostile));
  const page = await opened(pageOf(file, "hostile"));
  assert.match(await page.locator(".facts").textContent(), /<img src=x onerror/);
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.locator("#drawing .entry").count(), 2);
  assert.deepEqual(page.complaints, []);
});

test("the policy keeps out a script that is not the page's own", async () => {
  const file = pageOf(trace, "policy");
  const changed = readFileSync(file, "utf8").replace("<header", "<script>alert(1)</script><header");
  writeFileSync(file, changed);
  const page = await opened(file);
  assert.equal(page.complaints.filter((each) => each.startsWith("dialog")).length, 0);
  assert.equal(page.complaints.filter((each) => each.includes("Content Security Policy")).length, 1);
  assert.equal(await page.locator("#drawing .entry").count(), 2);
});

for (const name of ["reentry/counter-add/broken", "pager/takes-short-write/broken", "durability/early-acknowledgement/broken"]) {
  test(`the drawing of ${name} looks as it did`, async () => {
    const kept = name.replaceAll("/", "-");
    const traces = join(folder, kept);
    assert.equal(run("sweep", name, "--out", traces).status, 1);
    const page = await opened(pageOf(join(traces, readdirSync(traces)[0]), kept), { colorScheme: "light" });
    await page.keyboard.press("f");
    await compareWithGolden(kept, page);
    if (pictures) await page.screenshot({ path: join(pictures, `${kept}.png`), fullPage: true });
    assert.deepEqual(page.complaints, []);
  });
}

test("it prints", async () => {
  const page = await opened(pageOf(trace, "print"));
  const pdf = await page.pdf({ format: "A4", landscape: true });
  assert.ok(pdf.length > 10_000);
});
