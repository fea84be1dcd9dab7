// The main job over REST, with types that openapi-typescript generates from the server's own document into `api.d.ts`:
// objects, a manifest, a job, its price, a run with failures, a redrive, items and results. Without a single cast.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";


const { MAPWRIGHT_URL, MAPWRIGHT_TOKEN } = process.env;
const api = createClient<paths>({ baseUrl: MAPWRIGHT_URL, headers: { authorization: `Bearer ${MAPWRIGHT_TOKEN}` } });
const bucket = `generated-${Date.now()}`;
const OBJECTS = 24;

/** The data of an answer; an error with the problem's sentence when it is refused. */
function ok<T>(answer: { data?: T; error?: components["schemas"]["ProblemBody"]; response: Response }): T {
  if (answer.error) throw new Error(`${answer.response.status} ${answer.error.code}: ${answer.error.detail}`);
  if (answer.data === undefined) throw new Error(`${answer.response.url}: ${answer.response.status} without a body`);
  return answer.data;
}

async function put(at: number, text: string) {
  const path = { bucket, key: `in/${String(at).padStart(3, "0")}.jsonl` };
  const written = ok(await api.PUT("/api/v1/buckets/{bucket}/objects/{key}", { params: { path }, body: text, bodySerializer: (body) => body }));
  assert.equal(written.size, text.length);
}

async function ended(id: string) {
  for (const path = { id }; ; await setTimeout(100)) {
    const run = ok(await api.GET("/api/v1/runs/{id}", { params: { path } }));
    if (run.status !== "RUNNING") return run;
  }
}

await api.PUT("/api/v1/buckets/{bucket}", { params: { path: { bucket } } });
for (let at = 0; at < OBJECTS; at++) await put(at, at % 8 === 0 ? '{"id":' : '{"id":1}\n{"id":2}\n');

const manifest = ok(await api.POST("/api/v1/manifests/generate", { body: { name: "generated", bucket, prefix: "in/" } }));
assert.equal(manifest.items, OBJECTS);

const definition = JSON.stringify({
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      Label: "each",
      MaxConcurrency: 10,
      ToleratedFailurePercentage: 50,
      ItemReader: { Resource: "arn:aws:states:::s3:listObjectsV2", Parameters: { Bucket: bucket, Prefix: "in/" } },
      ItemSelector: { Bucket: bucket, "Key.$": "$$.Map.Item.Value.Key" },
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Count",
        States: { Count: { Type: "Task", Resource: "arn:aws:lambda:us-east-1:000000000000:function:count-lines", End: true } },
      },
      ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: bucket, Prefix: "out" } },
      End: true,
    },
  },
});
const job = ok(await api.POST("/api/v1/jobs", { body: { name: bucket, definition } }));

const price = ok(await api.POST("/api/v1/estimates", { body: { job: job.id, manifest: manifest.id } }));
assert.ok(Array.isArray(price.advice), JSON.stringify(price));

// The same key twice is one run.
const launch = { params: { header: { "idempotency-key": bucket } }, body: { job: job.id, manifest: manifest.id } };
const started = ok(await api.POST("/api/v1/runs", launch));
assert.equal(ok(await api.POST("/api/v1/runs", launch)).id, started.id);
const first = await ended(started.id);
assert.equal(first.status, "SUCCEEDED", first.cause ?? "");
assert.deepEqual([first.map_runs[0]?.item_counts.total, first.map_runs[0]?.item_counts.failed], [OBJECTS, 3]);

const path = { id: started.id };
const groups = ok(await api.GET("/api/v1/runs/{id}/failures", { params: { path } }));
assert.deepEqual([groups.total, groups.items[0]?.error, groups.items[0]?.count], [1, "MalformedObject", 3]);
const failed = ok(await api.GET("/api/v1/runs/{id}/items", { params: { path, query: { filter: "status:failed", limit: 2 } } }));
assert.deepEqual([failed.total, failed.items.map((item) => item.key)], [3, ["in/000.jsonl", "in/008.jsonl"]]);
assert.ok(failed.next);
const query = { filter: "status:failed", limit: 2, cursor: failed.next };
const rest = ok(await api.GET("/api/v1/runs/{id}/items", { params: { path, query } }));
assert.deepEqual([rest.next, rest.items.map((item) => item.key)], [null, ["in/016.jsonl"]]);
const item = ok(await api.GET("/api/v1/runs/{id}/items/{index}", { params: { path: { ...path, index: 8 } } }));
assert.equal(item.row.error, "MalformedObject");

for (const at of [0, 8, 16]) await put(at, '{"id":1}\n{"id":2}\n');
const preview = ok(await api.POST("/api/v1/runs/{id}/redrive/preview", { params: { path }, body: { select: "group", group: groups.items[0]?.id ?? 0 } }));
assert.equal(preview.items, 3);
const redriven = ok(await api.POST("/api/v1/runs/{id}/redrive", { params: { path }, body: { select: "all" } }));
assert.equal(redriven.items, 3);
const second = await ended(started.id);
assert.deepEqual([second.status, second.redrive_count, second.map_runs[0]?.item_counts.succeeded], ["SUCCEEDED", 1, OBJECTS]);

const results = ok(await api.GET("/api/v1/runs/{id}/results", { params: { path } }));
const files = results.items.filter((file) => /^Redrive-1\/SUCCEEDED_\d+\.json$/.test(file.name));
let records = 0;
for (const { name } of files) {
  const file = ok(await api.GET("/api/v1/runs/{id}/results/{name}", { params: { path: { ...path, name } } }));
  assert.ok(Array.isArray(file));
  records += file.length;
}
assert.equal(records, OBJECTS);

const missing = await api.GET("/api/v1/runs/{id}", { params: { path: { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" } } });
assert.equal(missing.error?.code, "not-found");
console.log(`${second.map_runs[0]?.item_counts.succeeded} items succeeded after the redrive; ${files.length} result files`);
