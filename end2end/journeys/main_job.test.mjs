// The main job as a person does it: from the first start to the downloaded results.
// 5,000 objects, some of them malformed, counted by a function; the failures found through their
// group, mended by a new version of the job, redriven, green.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alive, openBrowser, setUp } from "../browser.mjs";
import { startServer } from "../server.mjs";

const OBJECTS = Number(process.env.MAPWRIGHT_JOURNEY_OBJECTS ?? 5_000);
const MALFORMED_EVERY = 250;
const W = "/w/acme-data";

let server, view;
before(async () => {
  server = await startServer();
  view = await openBrowser();
});
after(async () => {
  await view?.close();
  await server?.stop();
});

const definition = (onMalformed) =>
  JSON.stringify(
    {
      Comment: "Count the lines of every object",
      StartAt: "Each object",
      States: {
        "Each object": {
          Type: "Map",
          Label: "objects",
          MaxConcurrency: 200,
          ToleratedFailurePercentage: 50,
          ItemReader: {
            Resource: "arn:aws:states:::s3:listObjectsV2",
            Parameters: { Bucket: "raw-data", Prefix: "in/" },
          },
          ItemProcessor: {
            ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
            StartAt: "Count",
            States: {
              Count: {
                Type: "Task",
                Resource: "arn:aws:states:::lambda:invoke",
                Parameters: {
                  FunctionName: "arn:aws:lambda:us-east-1:000000000000:function:count-lines",
                  Payload: { "Bucket.$": "$.Bucket", "Key.$": "$.Key", onMalformed },
                },
                OutputPath: "$.Payload",
                End: true,
              },
            },
          },
          ResultWriter: {
            Resource: "arn:aws:states:::s3:putObject",
            Parameters: { Bucket: "results", Prefix: "count" },
          },
          End: true,
        },
      },
    },
    null,
    2,
  );

async function putObjects(page) {
  await page.evaluate(
    async ({ count, every }) => {
      const bodies = (at) => (at % every === 0 ? '{"id":' : '{"id":1}\n{"id":2}\n');
      let next = 0;
      const worker = async () => {
        while (next < count) {
          const at = next++;
          const key = `in/${String(at).padStart(6, "0")}.jsonl`;
          const url = `/api/v1/buckets/raw-data/objects/${key}?workspace=acme-data`;
          const answer = await fetch(url, { method: "PUT", body: bodies(at) });
          if (answer.status !== 201) throw new Error(`${key}: ${answer.status}`);
        }
      };
      await Promise.all(Array.from({ length: 6 }, worker));
    },
    { count: OBJECTS, every: MALFORMED_EVERY },
  );
}

async function createBucket(page, name) {
  await page.goto(`${server.url}${W}/buckets`);
  await alive(page);
  await page.fill("#name", name);
  await page.click("button:has-text('Create bucket')");
  await page.waitForURL(`**/buckets/${name}`);
}

test("from the first start to the downloaded results", { timeout: 900_000 }, async () => {
  const { page, problems } = view;
  const failed = Math.ceil(OBJECTS / MALFORMED_EVERY);

  await page.goto(server.url);
  await page.waitForURL("**/setup");
  await alive(page);
  await setUp(page, "Acme data");

  await createBucket(page, "results");
  await createBucket(page, "raw-data");
  await putObjects(page);

  await page.goto(`${server.url}${W}/manifests/new?bucket=raw-data&prefix=in/`);
  await alive(page);
  await page.fill("input#name", "every object");
  await page.click("button:has-text('List objects')");
  await page.waitForURL(/manifests\/[0-9A-Z]{26}/);
  await page.waitForSelector(`text=${OBJECTS.toLocaleString("en-US").replace(",", "\u202f")}`).catch(() => {});
  const manifest = page.url().split("/").pop().split("?")[0];

  const made = await page.evaluate(
    async (body) => (await fetch("/api/v1/jobs?workspace=acme-data", { method: "POST", headers: { "content-type": "application/json" }, body })).json(),
    JSON.stringify({ name: "count-lines", definition: definition("raise") }),
  );
  await page.goto(`${server.url}${W}/jobs/${made.id}/launch?manifest=${manifest}`);
  await alive(page);
  await page.click("form button:has-text('Launch')");
  await page.waitForURL(/runs\/[0-9A-Z]{26}/);
  const run = page.url().split("/").pop();
  const ended = await page.waitForSelector(".mw-page__title :text-matches('Succeeded|Failed|Aborted')", { timeout: 300_000 });
  assert.match(await ended.textContent(), /Succeeded/);

  await page.goto(`${server.url}${W}/runs/${run}?tab=failures`);
  await alive(page);
  await page.waitForSelector("text=MalformedObject");
  await page.click("a:has-text('Open items')");
  await page.waitForSelector(`text=${failed} items match`);
  await page.click("tbody tr a >> nth=0");
  await page.waitForURL(/items\/\d+/);
  await page.waitForSelector("aside :text('MalformedObject')");
  await page.reload();
  await page.waitForSelector("aside :text('MalformedObject')");

  await page.evaluate(
    async ({ job, body }) => {
      const url = `/api/v1/jobs/${job}/versions?workspace=acme-data`;
      const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
      if (!answer.ok) throw new Error(await answer.text());
    },
    { job: made.id, body: JSON.stringify({ definition: definition("skip"), message: "Skip malformed lines" }) },
  );
  await page.goto(`${server.url}${W}/runs/${run}`);
  await alive(page);
  await page.click(`.mw-page__head button:has-text('Redrive ${failed} items')`);
  await page.waitForSelector("dialog[open] :text('v2, the newest')");
  await page.click(`dialog[open] button:has-text('Redrive ${failed} items')`);
  const runNow = () => page.evaluate(async (id) => (await fetch(`/api/v1/runs/${id}?workspace=acme-data`)).json(), run);
  let detail = await runNow();
  for (const end = Date.now() + 120_000; Date.now() < end; detail = await runNow()) {
    if (detail.redrive_count === 1 && detail.status === "SUCCEEDED") break;
    await page.waitForTimeout(500);
  }
  assert.equal(detail.job_version, 2, JSON.stringify(detail));
  const counts = detail.map_runs.at(-1).item_counts;
  assert.equal(counts.succeeded, OBJECTS, JSON.stringify(detail));
  assert.equal(counts.failed, 0);

  await page.goto(`${server.url}${W}/runs/${run}?tab=results`);
  await alive(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a:has-text('manifest.json') >> nth=0")]);
  const { readFile } = await import("node:fs/promises");
  const results = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.equal(results.DestinationBucket, "results");
  assert.ok(results.ResultFiles.SUCCEEDED.length > 0);

  assert.deepEqual(problems, []);
});
