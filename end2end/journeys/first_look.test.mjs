// What a new server shows before anybody has made anything: the sample, what it costs, and how
// other programs and other stores come in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alive, openBrowser, setUp } from "../browser.mjs";
import { startServer } from "../server.mjs";

const W = "/w/acme";
let server, view;
before(async () => {
  server = await startServer(["--allow-private-addresses"]);
  view = await openBrowser();
});
after(async () => {
  await view?.close();
  await server?.stop();
});

const open = async (path) => {
  await view.page.goto(`${server.url}${path}`);
  await alive(view.page);
};
const figure = (label) => view.page.locator(".mw-figure", { hasText: label }).locator(".mw-figure__value").first();

test("a million items of one task cost what AWS publishes, for everybody", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  await open("/estimate?items=1,000,000&ms=1000&free=no");
  assert.equal((await figure("AWS Standard").textContent()).trim(), "$50.00");
  assert.equal((await figure("Transitions").textContent()).trim(), "2,000,001");
  await page.fill("#items", "many");
  await page.click("button:has-text('Estimate')");
  await page.getByText(/Give a number from 0/).waitFor();
  assert.deepEqual(problems, []);
});

test("the sample has a run with failures, and an estimate of its own definition", { timeout: 120_000 }, async () => {
  const { page, problems } = view;
  await open("/setup");
  await setUp(page, "Acme", { sample: true });
  await alive(page);

  await open(`${W}/runs`);
  await page.locator("a[href*='/runs/']").first().click();
  await page.waitForURL(/\/runs\/./);
  await page.getByText("MalformedObject").first().waitFor();
  await page.getByText("Finished", { exact: true }).first().waitFor();
  await page.getByText("mean of the run").waitFor();

  await open(`${W}/jobs`);
  const launch = await page.locator("a[href*='/launch']").first().getAttribute("href");
  await open(launch);
  await page.selectOption("#manifest", { index: 1 });
  await page.getByText("1,201 transitions").waitFor();
  await page.click("text=How this is estimated");
  await page.waitForURL(/estimate\?manifest=/);
  assert.equal((await figure("Transitions").textContent()).trim(), "1,201");
  assert.deepEqual(problems, []);
});

test("one item of a failure: what it says, the whole cause, and back by Escape", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  await open(`${W}/runs`);
  await page.locator("a[href*='/runs/']").first().click();
  await page.getByRole("link", { name: /^Failures/ }).click();
  await page.locator("a[href*='/items/']").first().click();
  const drawer = page.locator(".mw-drawer");
  await drawer.locator("p", { hasText: /^Line \d+ of s3:.* is not valid JSON/ }).waitFor();
  await drawer.getByText("The cause as it was given").click();
  await drawer.locator("pre", { hasText: '"errorType":"MalformedObject"' }).waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  assert.deepEqual(problems, []);
});

test("a graph that fits is shown in its own size, however the builder is reached", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  await open(`${W}/jobs`);
  await page.getByRole("link", { name: "Edit" }).first().click();
  await page.locator(".mw-graph").waitFor();
  await page.getByText("100 %").waitFor();
  assert.deepEqual(problems, []);
});

test("an access key made in the browser opens the store as a connection", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  await open(`${W}/settings/access-keys`);
  await page.fill("#name", "lake");
  await page.click("button:has-text('Create access key')");
  const shown = await page.locator(".mw-once pre, .mw-once code").first().textContent();
  const [, id] = /AWS_ACCESS_KEY_ID=(\S+)/.exec(shown);
  const [, secret] = /AWS_SECRET_ACCESS_KEY=(\S+)/.exec(shown);

  await open(`${W}/settings/connections`);
  await page.fill("#name", "own store");
  await page.fill("#endpoint", server.url);
  await page.check("#path_style-true");
  await page.fill("#access_key", id);
  await page.fill("#secret_key", secret);
  await page.click("button:has-text('Test and save')");
  await page.locator("button:has-text('Attach sample-acme')").waitFor();
  await page.click("summary:has-text('Remove')");
  await page.click("button:has-text('Remove connection')");
  await page.getByText("No connections yet").waitFor();
  assert.deepEqual(problems, []);
});
