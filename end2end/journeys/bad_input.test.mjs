// Bad input, in the page and over the API: a clear error in its place, nothing hangs, nothing is lost.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { alive, openBrowser, setUp } from "../browser.mjs";
import { startServer } from "../server.mjs";

const W = "/w/acme";
// Of the 3 GB that are announced, so many megabytes are sent before the cut.
const BLOCKS = Number(process.env.MAPWRIGHT_JOURNEY_CUT_MB ?? 30);
let server, view, api, functions;

before(async () => {
  functions = await badFunctions();
  server = await startServer(["--allow-private-addresses"]);
  view = await openBrowser();
  const { page } = view;
  await page.goto(`${server.url}/setup`);
  await alive(page);
  await setUp(page, "Acme");
  const args = ["token", "create", "--data-dir", server.data, "--workspace", "acme", "--scopes", "read,operate,edit,administer"];
  const made = execFileSync(server.binary, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const { secret } = JSON.parse(made);
  api = async (method, path, body) => {
    const json = body !== undefined && typeof body !== "string";
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, ...(json ? { "content-type": "application/json" } : {}) },
      body: json ? JSON.stringify(body) : body,
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  };
  api.secret = secret;
});

after(async () => {
  await view?.close();
  await server?.stop();
  functions?.close();
});

/** Functions that answer 500, 429, nothing, or a megabyte. */
async function badFunctions() {
  const http = createServer((request, answer) => {
    request.resume();
    request.on("end", () => {
      const kind = request.url.slice(1);
      if (kind === "nothing") return;
      if (kind === "megabyte") return answer.end(JSON.stringify("x".repeat(1024 * 1024)));
      answer.writeHead(Number(kind), { "content-type": "application/json" });
      answer.end(JSON.stringify({ message: `this is a ${kind}` }));
    });
  });
  await new Promise((ready) => http.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${http.address().port}`, close: () => { http.closeAllConnections(); http.close(); } };
}

/** Takes expected failures of requests off the list of problems; others stay and fail the test. */
function expected(problems, pattern) {
  const left = problems.filter((problem) => !pattern.test(problem) && !/Failed to load resource/.test(problem));
  const taken = problems.length - left.length;
  problems.splice(0, problems.length, ...left);
  return taken;
}

async function upload(name, text) {
  const { page } = view;
  await page.goto(`${server.url}${W}/manifests/new`);
  await alive(page);
  await page.setInputFiles("#manifest-file", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

async function ended(launched) {
  assert.equal(launched.status, 201, JSON.stringify(launched.body));
  const run = launched.body.id;
  for (let tries = 0; tries < 200; tries++) {
    const { body } = await api("GET", `/runs/${run}`);
    if (body.status !== "RUNNING") return body;
    await new Promise((later) => setTimeout(later, 100));
  }
  assert.fail("the run did not end in 20 seconds");
}

const calling = (name) => JSON.stringify({
  StartAt: "All",
  States: {
    All: {
      Type: "Map", ToleratedFailurePercentage: 100, End: true,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Call",
        States: {
          Call: {
            Type: "Task", Resource: "arn:aws:states:::lambda:invoke", End: true,
            Parameters: { FunctionName: `arn:aws:lambda:us-east-1:000000000000:function:${name}`, "Payload.$": "$" },
          },
        },
      },
    },
  },
});

test("a broken CSV names its lines and keeps the good rows", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  await upload("broken.csv", 'id,name\n1,lamp\n2,"chair\n3,desk\n4,rug,too,many\n');
  await page.waitForURL(/manifests\/(?!new)/);
  await page.getByText("A quotation mark is never closed.").first().waitFor();
  const [kept] = (await api("GET", "/manifests")).body.items;
  assert.ok(kept.rejected === 1 && kept.rejected_rows[0].line === 3 && kept.items > 0, JSON.stringify(kept));
  assert.deepEqual(problems, []);
});

test("a file that is none is refused in words and leaves nothing behind", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  const before = (await api("GET", "/manifests")).body.total;
  await upload("cut.json", '[{"id":1},{"id":');
  const notice = page.locator(".mw-notice[role=alert]");
  await notice.waitFor();
  assert.match(await notice.textContent(), /^Line 1: .*breaks off/);
  assert.ok(expected(problems, /answer 422/) > 0);
  assert.equal((await api("GET", "/manifests")).body.total, before);
  assert.deepEqual(problems, []);
});

test("an upload of 3 GB that is cut off leaves nothing, and the server works on", { timeout: 600_000 }, async () => {
  const before = (await api("GET", "/manifests")).body.total;
  const { hostname, port } = new URL(server.url);
  const line = Buffer.from('{"id":1,"text":"' + "x".repeat(80) + '"}\n');
  const block = Buffer.concat(Array(10_000).fill(line));
  await new Promise((done, failed) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /api/v1/manifests/upload?file_name=huge.jsonl HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.secret}\r\nContent-Length: ${3 * 2 ** 30}\r\n\r\n`);
      let sent = 0;
      const more = () => {
        while (sent < BLOCKS && socket.write(block)) sent++;
        if (sent < BLOCKS) return sent++, socket.once("drain", more);
        socket.destroy();
        done();
      };
      more();
    });
    socket.on("error", failed);
  });
  const until = Date.now() + 20_000;
  let left = before + 1;
  while (Date.now() < until && left !== before) {
    left = (await api("GET", "/manifests")).body.total;
  }
  assert.equal(left, before, "the half manifest is gone");
  const small = await api("POST", "/manifests/upload?file_name=small.jsonl", '{"id":1}\n');
  assert.equal(small.status, 201);
});

test("a connection that breaks during an upload is told in the page", { timeout: 60_000 }, async () => {
  const { page, context, problems } = view;
  await page.goto(`${server.url}${W}/manifests/new`);
  await alive(page);
  await page.route("**/manifests/upload**", (route) => route.abort("connectionreset"));
  await page.setInputFiles("#manifest-file", { name: "a.jsonl", mimeType: "text/plain", buffer: Buffer.from('{"id":1}\n') });
  const notice = page.locator(".mw-notice[role=alert]");
  await notice.waitFor();
  assert.match(await notice.textContent(), /connection|again/i);
  await page.unroute("**/manifests/upload**");
  assert.ok(expected(problems, /ERR_CONNECTION_RESET/) > 0);
  assert.deepEqual(problems, []);
  assert.ok(context);
});

const TEN_ERRORS = `{
  "StartAt": "Nowhere",
  "States": {
    "A": { "Type": "Tusk", "End": true },
    "B": { "Type": "Pass", "Next": "Missing" },
    "C": { "Type": "Task", "End": true },
    "D": { "Type": "Wait", "End": true },
    "E": { "Type": "Choice" },
    "F": { "Type": "Parallel", "End": true },
    "G": { "Type": "Map", "End": true },
    "H": { "Type": "Pass" },
    "I": { "Type": "Pass", "InputPath": "$.[", "End": true }
  }
}`;

test("a definition with ten errors shows all of them, with lines, and cannot be launched", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  const checked = await api("POST", "/check", { definition: TEN_ERRORS });
  const errors = checked.body.filter((one) => one.severity.toLowerCase() === "error");
  assert.ok(errors.length >= 10, JSON.stringify(errors.map((one) => one.message)));
  assert.ok(errors.every((one) => one.line >= 1 && one.message.length > 10));

  const job = (await api("POST", "/jobs", { name: "ten-errors", definition: TEN_ERRORS })).body;
  const refused = await api("POST", "/runs", { job: job.id });
  assert.equal(refused.status, 422, JSON.stringify(refused.body));

  await page.goto(`${server.url}${W}/jobs/${job.id}/launch`);
  await alive(page);
  await page.getByText(/line 4/).first().waitFor();
  await page.getByText(/errors? in the definition must be mended first/).first().waitFor({ state: "attached" });
  await page.goto(`${server.url}${W}/jobs/${job.id}/edit`);
  await alive(page);
  await page.locator(".mw-problems li").nth(9).waitFor({ state: "attached" });
  assert.deepEqual(problems, []);
});

test("a bucket that is not there is named by page, API and run", { timeout: 60_000 }, async () => {
  const { page, problems } = view;
  const listed = await api("POST", "/manifests/generate", { name: "x", bucket: "nobody-has-this", prefix: "" });
  assert.equal(listed.status, 404);
  assert.match(JSON.stringify(listed.body), /nobody-has-this/);

  const definition = JSON.parse(calling("echo"));
  definition.States.All.ItemReader = { Resource: "arn:aws:states:::s3:listObjectsV2", Parameters: { Bucket: "nobody-has-this" } };
  const job = (await api("POST", "/jobs", { name: "no-bucket", definition: JSON.stringify(definition) })).body;
  const run = await ended(await api("POST", "/runs", { job: job.id }));
  assert.deepEqual([run.status, run.error], ["FAILED", "States.ItemReaderFailed"]);
  assert.match(run.cause, /nobody-has-this/);
  await page.goto(`${server.url}${W}/runs/${run.id}`);
  await alive(page);
  await page.getByText("States.ItemReaderFailed").first().waitFor();
  await page.getByText(/nobody-has-this/).first().waitFor();
  assert.deepEqual(problems, []);
});

for (const [kind, error] of [
  ["500", /^HttpEndpoint\.ServerError$/],
  ["429", /^Lambda\.TooManyRequestsException$/],
  ["nothing", /^States\.Timeout$|Timeout|TimedOut/i],
  ["megabyte", /^States\.DataLimitExceeded$/],
]) {
  test(`a function that answers ${kind} fails its item with a name and a cause`, { timeout: 60_000 }, async () => {
    const { page, problems } = view;
    const registered = await api("PUT", `/functions/bad-${kind}`, {
      kind: "http", url: `${functions.url}/${kind}`, timeout_ms: 2_000, headers: [],
    });
    assert.equal(registered.status, 204, JSON.stringify(registered.body));
    const job = (await api("POST", "/jobs", { name: `calls-${kind}`, definition: calling(`bad-${kind}`) })).body;
    const run = await ended(await api("POST", "/runs", { job: job.id, input: [1, 2, 3] }));
    assert.equal(run.status, "SUCCEEDED", JSON.stringify(run));
    const groups = (await api("GET", `/runs/${run.id}/failures`)).body.items;
    assert.equal(groups.length, 1, JSON.stringify(groups));
    assert.match(groups[0].error, error);
    assert.equal(groups[0].count, 3);
    await page.goto(`${server.url}${W}/runs/${run.id}?tab=failures`);
    await alive(page);
    await page.getByText(groups[0].error).first().waitFor();
    assert.deepEqual(problems, []);
  });
}
