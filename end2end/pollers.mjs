// What watching costs: a run alone, then with pollers of the AWS API, then alone again, on one started server.
// node pollers.mjs [ITEMS] [POLLERS] [MS BETWEEN TWO CALLS OF ONE POLLER]; MAPWRIGHT_BINARY names a release build.
// Each poller signs its request by the SDK once a minute and sends it again in between, as it stands: signing in JavaScript
// would take more of the machine than answering does. The pollers' own processor time is printed.
import { execFileSync } from "node:child_process";
import { Agent, request as send } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { DescribeMapRunCommand, ListExecutionsCommand, ListMapRunsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { prepare } from "./large_run.mjs";
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
const agent = new Agent({ keepAlive: true, maxSockets: pollers });
const client = new SFNClient({
  endpoint: server.url,
  region: "us-east-1",
  credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  maxAttempts: 1,
  requestHandler: { httpAgent: agent },
});

/** Sends a command, and answers the request that it became. */
async function signed(command) {
  let seen;
  const keep = (next) => (args) => {
    seen = args.request;
    return next(args);
  };
  command.middlewareStack.add(keep, { step: "finalizeRequest", priority: "low", name: "keep" });
  await client.send(command);
  return seen;
}

/** Sends a signed request as it stands. */
const again = ({ method, hostname, port, path, headers, body }) =>
  new Promise((done, failed) => {
    const sent = send({ method, hostname, port, path, headers, agent }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? done() : failed(new Error(`answered ${answer.statusCode}`))));
    });
    sent.on("error", failed);
    sent.end(body);
  });

async function call(method, path, body, headers = {}) {
  const answer = await fetch(`${server.url}/api/v1${path}`, { method, body, duplex: "half", headers: { authorization: `Bearer ${token}`, ...headers } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
  return text ? JSON.parse(text) : null;
}
const post = (path, body) => call("POST", path, JSON.stringify(body), { "content-type": "application/json" });

/** Launches a run and follows it to its end; items a second, and how long each call of the pollers took. */
async function round(manifest, job, count) {
  const run = await post("/runs", { job, manifest });
  let over = false;
  const took = [];
  const arn = await mapRun(run.arn);
  const poll = async (at) => {
    await pause((at * between) / count);
    let request, signedAt;
    while (!over) {
      const began = performance.now();
      if (request && began - signedAt < 60_000) await again(request);
      else {
        request = await signed(at % 2 ? new DescribeMapRunCommand({ mapRunArn: arn }) : new ListExecutionsCommand({ mapRunArn: arn, maxResults: 100 }));
        signedAt = began;
      }
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
  const { manifest, job } = await prepare(call, items);
  for (const count of [0, pollers, 0]) console.log(JSON.stringify({ pollers: count, ...(await round(manifest, job, count)) }));
} finally {
  await server.stop();
}
