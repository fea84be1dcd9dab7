// kill -9 in the middle of a large run: how long until the server, started again, has durable new outcomes? And what
// does a server with nothing to do take?
// node restart.mjs [ITEMS] [KILLS]; MAPWRIGHT_BINARY names a release build.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { prepare } from "./large_run.mjs";

const [items, kills] = [process.argv[2] ?? 10_000_000, process.argv[3] ?? 5].map(Number);
const binary = process.env.MAPWRIGHT_BINARY ?? "../target/release/mapwright";
const data = mkdtempSync(join(tmpdir(), "mapwright-restart-"));
const variables = { MAPWRIGHT_ADMIN_EMAIL: "restart@example.com", MAPWRIGHT_ADMIN_PASSWORD: "once more, please", MAPWRIGHT_RATE_LIMIT: "0" };
const url = "http://127.0.0.1:34999";
let server, token;

function start() {
  server = spawn(binary, ["serve", "--data-dir", data, "--listen", "127.0.0.1:34999"], { env: { MAPWRIGHT_SITE_DIR: "../target/site", ...process.env, ...variables }, stdio: ["ignore", "ignore", "inherit"] });
}

/** A request, again until somebody listens. */
async function call(method, path, body, headers = {}) {
  for (;;) {
    try {
      const answer = await fetch(`${url}/api/v1${path}`, { method, body, duplex: "half", headers: { authorization: `Bearer ${token}`, ...headers } });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
      return text ? JSON.parse(text) : null;
    } catch (error) {
      if (error.cause?.code !== "ECONNREFUSED" && error.cause?.code !== "ECONNRESET" && error.cause?.code !== "UND_ERR_SOCKET") throw error;
      await pause(2);
    }
  }
}
const post = (path, body) => call("POST", path, JSON.stringify(body), { "content-type": "application/json" });

const done = async (run) => {
  const seen = await call("GET", `/runs/${run}`);
  const map = seen.map_runs[0];
  return { status: seen.status, outcomes: map?.item_counts.succeeded ?? 0 };
};

/** Processor time of a process, in seconds. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

/** What the server takes while nothing is asked of it. */
async function idle(seconds) {
  await pause(15_000);
  const before = cpu(server.pid);
  await pause(seconds * 1000);
  return { rss_mb: Math.round(rss(server.pid)), cpu_percent: Number((((cpu(server.pid) - before) * 100) / seconds).toFixed(2)) };
}

try {
  start();
  while (!(await fetch(url).catch(() => null))) await pause(50);
  token = JSON.parse(execFileSync(binary, ["token", "create", "--workspace", "main", "--scopes", "read,operate,edit", "--data-dir", data], { encoding: "utf8" })).secret;
  console.log(JSON.stringify({ idle: "nothing has run yet", ...(await idle(30)) }));
  const { manifest, job } = await prepare(call, items, { WriterConfig: { Transformation: "COMPACT", OutputType: "JSONL" } });
  const run = (await post("/runs", { job, manifest })).id;
  for (let kill = 1; kill <= kills; kill++) {
    let before;
    do {
      await pause(10);
      before = await done(run);
    } while (before.outcomes < (items * kill) / (kills + 1));
    server.kill("SIGKILL");
    await new Promise((gone) => server.on("exit", gone));
    const began = performance.now();
    start();
    let first, now;
    do {
      now = await done(run);
      first ??= { ms: performance.now() - began, outcomes: now.outcomes };
      await pause(1);
    } while (now.outcomes <= first.outcomes && now.status === "RUNNING");
    console.log(JSON.stringify({ killed_at: first.outcomes, answers_ms: Math.round(first.ms), new_outcomes_ms: Math.round(performance.now() - began) }));
  }
  let end;
  do {
    await pause(200);
    end = await done(run);
  } while (end.status === "RUNNING");
  console.log(JSON.stringify(end));
  console.log(JSON.stringify({ idle: "after the run", ...(await idle(30)) }));
} finally {
  server.kill("SIGKILL");
  rmSync(data, { recursive: true, force: true });
}
