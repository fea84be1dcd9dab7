// A job made in the builder alone, without a line of code typed: palette, form and graph; tried with
// one item before it is saved; launched; its results on the page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alive, openBrowser, setUp } from "../browser.mjs";
import { startServer } from "../server.mjs";

const W = "/w/acme";
const OBJECTS = 40;

let server, view;
before(async () => {
  server = await startServer();
  view = await openBrowser({ width: 1600, height: 1000 });
});
after(async () => {
  await view?.close();
  await server?.stop();
});

const shelf = (page, name) => page.click(`.mw-inspector [role=tab]:has-text('${name}')`);
const node = (page, name) => page.click(`.mw-graph__view >> text="${name}"`);

/** Types into a field of the form and leaves it. */
async function field(page, name, text) {
  const input = page.locator(".mw-inspector .mw-field", { has: page.locator(`code:text-is("${name}")`) }).locator("input, textarea").first();
  await input.fill(text);
  await input.press("Tab");
}

const choose = (page, name, value) =>
  page.locator(".mw-inspector .mw-field", { has: page.locator(`code:text-is("${name}")`) }).locator("select").first().selectOption(value);

test("from an empty definition to results, by palette, form and graph", { timeout: 240_000 }, async () => {
  const { page, problems } = view;
  await page.goto(`${server.url}/setup`);
  await alive(page);
  await setUp(page, "Acme");
  await page.evaluate(async (objects) => {
    const call = async (method, path, body) => {
      const answer = await fetch(`/api/v1/${path}?workspace=acme`, { method, body, headers: { "content-type": "application/json" } });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    };
    await call("PUT", "buckets/orders");
    await call("PUT", "buckets/results");
    for (let at = 0; at < objects; at++) await call("PUT", `buckets/orders/objects/in/${at}.jsonl`, '{"id":1}\n{"id":2}\n');
  }, OBJECTS);

  await page.goto(`${server.url}${W}/jobs/new?template=none`);
  await alive(page);
  await page.fill("#name", "by-hand");
  await Promise.all([page.waitForURL("**/edit"), page.click("button:has-text('Create job')")]);
  await alive(page);
  await page.waitForSelector(".cm-content");

  await page.click(".mw-builder__palette >> text=Distributed Map");
  await page.waitForSelector("#state-name");
  await page.fill("#state-name", "Each order");
  await page.press("#state-name", "Tab");
  await shelf(page, "Input");
  await field(page, "Bucket", "orders");
  await field(page, "Prefix", "in/");
  await field(page, "ItemSelector", '{"Bucket": "orders", "Key.$": "$$.Map.Item.Value.Key"}');
  await shelf(page, "Output");
  await choose(page, "Resource", "arn:aws:states:::s3:putObject");
  await page.locator(".mw-inspector .mw-field", { hasText: "Results bucket" }).locator("input").fill("results");
  await page.keyboard.press("Tab");

  // The child's Pass gives way to a Task.
  await node(page, "Process");
  await page.click(".mw-builder__palette >> text=Task");
  await page.waitForFunction(() => document.querySelector("#state-name")?.value === "Task");
  await page.fill("#state-name", "Count");
  await page.press("#state-name", "Tab");
  await shelf(page, "General");
  await field(page, "FunctionName", "arn:aws:lambda:us-east-1:000000000000:function:count-lines");
  await node(page, "Process");
  await page.keyboard.press("Delete");
  await page.waitForSelector('.mw-graph__view >> text="Process"', { state: "detached" });
  await page.getByText("block a launch").first().waitFor({ state: "detached" });

  // One item, before anything is saved: the function is really called.
  await page.click("a:has-text('Test item')");
  await page.fill("#trial-item", '{"Key": "in/7.jsonl"}');
  await page.click("button:has-text('Run test')");
  const child = page.locator(".mw-drawer .mw-card", { hasText: "Child of Each order" });
  await child.getByText("Succeeded", { exact: true }).waitFor();
  await child.getByText("1. Count").click();
  await child.locator("details .mw-json__key", { hasText: "lines" }).first().waitFor();

  // Its answer pinned: the state fails without a call, and the drawer says so.
  await child.getByText("Pin this output").click();
  await page.selectOption("[aria-label='How Count ends']", "error");
  await page.fill("[aria-label='Answer of Count']", "Orders.Broken");
  await page.keyboard.press("Control+Enter");
  await child.getByText("Orders.Broken").first().waitFor();
  await child.getByText("Failed", { exact: true }).waitFor();
  await child.getByText("1 failed attempt: Orders.Broken").waitFor();
  // A key that is not there fails as it would in a run.
  await page.click("[aria-label='Unpin Count']");
  await page.fill("#trial-item", '{"Key": "in/missing.jsonl"}');
  await page.click("button:has-text('Run test')");
  await child.getByText(/NoSuchKey/).first().waitFor();
  await page.fill("#trial-item", "{");
  await page.click("button:has-text('Run test')");
  await page.getByText(/The item is not JSON/).waitFor();
  await page.keyboard.press("Escape");
  await page.waitForSelector(".mw-drawer", { state: "detached" });

  await page.click("button:has-text('Save as v2')");
  await page.fill("#message", "Count the lines of every order");
  await page.click("button:has-text('Save v2')");
  await page.click("a:has-text('Launch v2')");
  await page.waitForURL("**/launch?version=2");
  await page.click("form button:has-text('Launch')");
  await page.waitForURL(/runs\/[0-9A-Z]{26}/);
  await page.waitForSelector(".mw-page__title :text-matches('Succeeded')", { timeout: 60_000 });
  await page.click("a:has-text('Results')");
  await page.getByText("manifest.json").first().waitFor();
  const result = await page.evaluate(async () => {
    const id = location.pathname.split("/").pop();
    return (await fetch(`/api/v1/runs/${id}?workspace=acme`)).json();
  });
  assert.equal(result.map_runs[0].item_counts.succeeded, OBJECTS);
  assert.deepEqual(problems, []);
});
