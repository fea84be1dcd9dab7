// A run that is held in hand: a budget at the launch, other limits while it runs, a stop that lets items
// in flight finish, and what is kept of it afterwards.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alive, openBrowser, setUp } from "../browser.mjs";
import { startServer } from "../server.mjs";

const W = "/w/acme";
let server, view, job;

const definition = JSON.stringify({
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      Label: "each",
      MaxConcurrency: 2,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Rest",
        States: { Rest: { Type: "Wait", Seconds: 1, Next: "Done" }, Done: { Type: "Succeed" } },
      },
      End: true,
    },
  },
});

before(async () => {
  server = await startServer();
  view = await openBrowser();
  const { page } = view;
  await page.goto(server.url);
  await alive(page);
  await setUp(page, "Acme");
  const made = await page.evaluate(
    async (body) => (await fetch("/api/v1/jobs?workspace=acme", { method: "POST", headers: { "content-type": "application/json" }, body })).json(),
    JSON.stringify({ name: "rest", definition }),
  );
  job = made.id;
});
after(async () => {
  await view?.close();
  await server?.stop();
});

async function launch(page, fields) {
  await page.goto(`${server.url}${W}/jobs/${job}/launch`);
  await alive(page);
  await page.fill("#input", JSON.stringify(Array.from({ length: 40 }, (_, n) => ({ id: `k${n}` }))));
  for (const [name, value] of Object.entries(fields)) await page.fill(`[name="guards[${name}]"]`, value);
  await page.click("form button:has-text('Launch')");
  await page.waitForURL(/runs\/[0-9A-Z]{26}/);
  await alive(page);
}

const detail = (page) =>
  page.evaluate(async () => {
    const id = location.pathname.split("/")[4];
    return (await fetch(`/api/v1/runs/${id}?workspace=acme`)).json();
  });

const ended = (page, status) => page.waitForSelector(`.mw-page__title :text-matches('${status}')`, { timeout: 60_000 });

test("a budget ends a run when items in flight have ended", { timeout: 120_000 }, async () => {
  const { page, problems } = view;
  await launch(page, { budget_usd: "0.0002" });
  await page.getByText("budget $0.0002").waitFor();
  await ended(page, "Failed");
  await page.getByText("Mapwright.BudgetExceeded").waitFor();
  const map = (await detail(page)).map_runs[0];
  assert.equal(map.item_counts.aborted, 0);
  assert.ok(map.item_counts.pending > 30, JSON.stringify(map.item_counts));
  assert.deepEqual(problems, []);
});

test("an early stop needs both numbers, and says so", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  await page.goto(`${server.url}${W}/jobs/${job}/launch`);
  await alive(page);
  await page.fill('[name="guards[failed]"]', "3");
  await page.click("form button:has-text('Launch')");
  await page.getByText("An early stop needs both numbers.").waitFor();
  // The refusal itself is an answer with status 4xx.
  const told = problems.splice(0).filter((problem) => !/4\d\d/.test(problem));
  assert.deepEqual(told, []);
});

test("limits change while it runs, and a stop lets items in flight finish", { timeout: 120_000 }, async () => {
  const { page, problems } = view;
  await launch(page, {});
  await page.click("button:has-text('Limits…')");
  await page.fill("dialog[open] [name='limits[max_concurrency]']", "5");
  await page.click("dialog[open] button:has-text('Change the limits')");
  await page.waitForSelector("dialog[open]", { state: "detached" });
  await page.getByText("limit 5").first().waitFor();
  await page.click("button:has-text('Stop…')");
  await page.click("dialog[open] button:has-text('Let items in flight finish')");
  await ended(page, "Aborted");
  const counts = (await detail(page)).map_runs[0].item_counts;
  assert.equal(counts.aborted, 0, JSON.stringify(counts));
  assert.ok(counts.succeeded > 0);
  await page.goto(`${page.url().split("?")[0]}?tab=operations`);
  await page.getByText("Limits: 5 at once").waitFor();
  assert.deepEqual(problems, []);
});

test("retention is set in the settings", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  await page.goto(`${server.url}${W}/settings/retention`);
  await alive(page);
  await page.fill('[name="days[payload_days]"]', "7");
  await page.fill('[name="days[keep_one_in]"]', "1000");
  await page.click("button:has-text('Save retention')");
  await page.getByText("Saved. It is applied now.").waitFor();
  await page.reload();
  assert.equal(await page.inputValue('[name="days[payload_days]"]'), "7");
  assert.deepEqual(problems, []);
});
