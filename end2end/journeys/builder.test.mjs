// A definition is built in three views of one document: form, graph and code.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alive, openBrowser, setUp } from "../browser.mjs";
import { startServer } from "../server.mjs";

let server;
let shell;

before(async () => {
  server = await startServer();
  shell = await openBrowser({ width: 1600, height: 1000 });
});

after(async () => {
  await shell?.close();
  await server?.stop();
});

/** The text of the code pane. The editor draws a good screen more than what is seen, so short texts whole. */
const code = (page) => page.$$eval(".cm-line", (lines) => lines.map((line) => line.textContent).join("\n"));

/** Waits until the code pane's text satisfies a pattern. */
async function codeMatches(page, pattern) {
  const until = Date.now() + 10_000;
  for (;;) {
    const text = await code(page);
    if (pattern.test(text)) return text;
    if (Date.now() > until) assert.fail(`the code never matched ${pattern}:\n${text}`);
    await page.waitForTimeout(100);
  }
}

/** Replaces the whole text as a person does: select all, paste. */
async function paste(page, text) {
  await page.click(".cm-content");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

test("sign up, fix the seed, edit in form, graph and code, break nothing, save", { timeout: 180_000 }, async () => {
  const { page, problems } = shell;
  await page.goto(`${server.url}/setup`);
  await alive(page);
  await setUp(page, "Acme");

  // A new job from the textbook definition that sets MaxConcurrency in the wrong place.
  await page.goto(`${server.url}/w/acme/jobs/new?template=objects-in-manifest`);
  await alive(page);
  await page.fill("#name", "textbook");
  await Promise.all([page.waitForURL("**/edit"), page.click("text=Create job")]);
  await page.reload();
  await alive(page);
  await page.waitForSelector(".cm-content");
  const misplaced = page.locator(".mw-problems li", { hasText: "MaxConcurrency" });
  await misplaced.first().waitFor();

  // Every fix at once: the field moves up to the Map state.
  await page.click("text=Apply all fixes");
  await misplaced.first().waitFor({ state: "detached" });
  const fixed = await codeMatches(page, /"MaxConcurrency": 1000/);
  const machine = JSON.parse(fixed).States.ProcessAllTheData;
  assert.equal(machine.MaxConcurrency, 1000);
  assert.equal(machine.ItemProcessor.ProcessorConfig.MaxConcurrency, undefined);

  // The form changes the code.
  await page.click(".mw-graph__view >> text=ProcessAllTheData");
  await page.fill("[id$=MaxConcurrency]", "250");
  await page.keyboard.press("Tab");
  await codeMatches(page, /"MaxConcurrency": 250/);

  // The code changes graph and form.
  const text = await code(page);
  await paste(page, text.replaceAll("ProcessOneFile", "ResizeOneFile"));
  await page.waitForSelector(".mw-graph__view >> text=ResizeOneFile");
  await page.click(".mw-graph__view >> text=ResizeOneFile");
  assert.equal(await page.inputValue("#state-name"), "ResizeOneFile");

  // Broken code locks nothing: the graph stays, the form still works, the banner says where.
  const whole = await code(page);
  await paste(page, whole.replace('"StartAt": "ProcessAllTheData",', '"StartAt": "ProcessAllTheData"'));
  await page.waitForSelector("text=Showing the version before line");
  await page.waitForSelector(".mw-graph__view >> text=ResizeOneFile");
  assert.equal(await page.locator("button[aria-disabled=true]", { hasText: "Launch" }).count(), 1);
  await paste(page, whole);
  await page.waitForSelector("text=Showing the version before line", { state: "detached" });

  // Undo and redo walk over form and code alike.
  await page.click(".mw-graph__view >> text=ProcessAllTheData");
  await page.fill("[id$=MaxConcurrency]", "77");
  await page.keyboard.press("Tab");
  await codeMatches(page, /"MaxConcurrency": 77/);
  await page.click("[aria-label^=Undo]");
  await codeMatches(page, /"MaxConcurrency": 250/);
  await page.click("[aria-label^=Redo]");
  await codeMatches(page, /"MaxConcurrency": 77/);

  // A state from the palette stands behind the chosen one, in graph and code.
  await page.click(".mw-builder__palette >> text=Wait");
  await codeMatches(page, /"Type": "Wait"/);

  // A version, and a reload that keeps everything.
  await page.click("text=Save as v2");
  await page.fill("#message", "Fewer at once, and a pause");
  await page.click("text=Save v2");
  await page.waitForSelector("text=v2, no changes");
  const saved = await code(page);
  await page.reload();
  await alive(page);
  await page.waitForSelector(".cm-content");
  assert.equal(await code(page), saved);
  await page.waitForSelector("text=v2, no changes");

  // A draft is kept by itself, too.
  await paste(page, saved.replace('"MaxConcurrency": 77', '"MaxConcurrency": 78'));
  await page.waitForSelector("text=Draft after v2, kept");
  await page.reload();
  await alive(page);
  await page.waitForSelector(".cm-content");
  await codeMatches(page, /"MaxConcurrency": 78/);

  assert.deepEqual(problems, []);
});
