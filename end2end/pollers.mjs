// What watching costs: a run alone, then with pollers of the AWS API, then alone again, on one started server.
// node pollers.mjs [ITEMS] [POLLERS] [MS BETWEEN TWO CALLS OF ONE POLLER]; MAPWRIGHT_BINARY names a release build.
// The pollers' own work (signing in JavaScript) takes processor time from the run too; that share is printed.
import { execFileSync } from "node:child_process";
import { Agent } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { DescribeMapRunCommand, ListExecutionsCommand, ListMapRunsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { startServer } from "./server.mjs";

const [items, pollers, between] = [process.argv[2] ?? 1_000_000, process.argv[3] ?? 200, process.argv[4] ?? 1_000].map(Number);
const server = await startServer([], {
  MAPWRIGHT_ADMIN_EMAIL: "poll@example.com",
  MAPWRIGHT_ADMIN_PASSWORD: "poll poll poll",
  MAPWRIGHT_RATE_LIMIT: "0",
});
const mapwright = (...words) => JSON.parse(execFileSync(server.binary, [...words, "--data-dir", server.data], { encoding: "utf8" }));
const token = mapwright("token", "create", "--workspace", "main", "--scopes", "read,operate,edit").secret;
const key = mapwright("access-key", "create", "--workspace", "main");
const client = new SFNClient({
  endpoint: server.url,
  region: "us-east-1",
  credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  maxAttempts: 1,
  requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: pollers }) },
});

async function call(method, path, body, headers = {}) {
  const answer = await fetch(`${server.url}/api/v1${path}`, { method, body, duplex: "half", headers: { authorization: `Bearer ${token}`, ...headers } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
  return text ? JSON.parse(text) : null;
}
const post = (path, body) => call("POST", path, JSON.stringify(body), { "content-type": "application/json" });

function* lines() {
  for (let at = 0; at < items; at += 10_000) {
    let text = "";
    for (let n = at; n < Math.min(at + 10_000, items); n++) text += `{"id":"order-${n}","size":${n % 977}}\n`;
    yield text;
  }
}

const definition = {
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      Label: "each",
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Copy",
        States: { Copy: { Type: "Pass", End: true } },
      },
      ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "results", Prefix: "out" } },
      End: true,
    },
  },
};

/** Launches a run and follows it to its end; items a second, and how long each call of the pollers took. */
async function round(manifest, job, count) {
  const run = await post("/runs", { job, manifest });
  let over = false;
  const took = [];
  const arn = await mapRun(run.arn);
  const poll = async (at) => {
    await pause((at * between) / count);
    while (!over) {
      const began = performance.now();
      const command = at % 2 ? new DescribeMapRunCommand({ mapRunArn: arn }) : new ListExecutionsCommand({ mapRunArn: arn, maxResults: 100 });
      await client.send(command);
      took.push(performance.now() - began);
      await pause(Math.max(0, between - (performance.now() - began)));
    }
  };
  const cpu = process.cpuUsage();
  const all = Promise.all(Array.from({ length: count }, (_, at) => poll(at)));
  let seen;
  do {
    await pause(250);
    seen = await call("GET", `/runs/${run.id}`);
  } while (seen.status === "RUNNING");
  over = true;
  await all;
  if (seen.status !== "SUCCEEDED") throw new Error(`${seen.status}: ${seen.error} ${seen.cause}`);
  const ms = seen.stopped_at - seen.started_at;
  const used = process.cpuUsage(cpu);
  took.sort((a, b) => a - b);
  const of = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))]?.toFixed(1);
  return { items_per_s: Math.round((items * 1000) / ms), seconds: ms / 1000, calls: took.length, p50_ms: of(0.5), p99_ms: of(0.99), pollers_cpu_s: (used.user + used.system) / 1e6 };
}

async function mapRun(execution) {
  for (;;) {
    const found = await client.send(new ListMapRunsCommand({ executionArn: execution }));
    if (found.mapRuns.length > 0) return found.mapRuns[0].mapRunArn;
    await pause(20);
  }
}

try {
  await call("PUT", "/buckets/results");
  const manifest = await call("POST", "/manifests/upload?file_name=items.jsonl", Readable.toWeb(Readable.from(lines())), { "content-type": "application/octet-stream" });
  const job = await post("/jobs", { name: "poll", definition: JSON.stringify(definition) });
  for (const count of [0, pollers, 0]) console.log(JSON.stringify({ pollers: count, ...(await round(manifest.id, job.id, count)) }));
} finally {
  await server.stop();
}
