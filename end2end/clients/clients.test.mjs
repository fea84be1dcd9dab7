// Programs written for AWS, and one generated from the OpenAPI document, against one started server.
// Each runs as its own process and knows nothing of this server but the address and the keys.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { startServer } from "../server.mjs";

const here = import.meta.dirname;
const end2end = join(here, "..");
const venv = join(end2end, ".venv");
const bin = (name) => join(end2end, "node_modules/.bin", name);
const limit = { timeout: 180_000 };

let server, aws, home;

before(async () => {
  const administrator = { MAPWRIGHT_ADMIN_EMAIL: "clients@example.com", MAPWRIGHT_ADMIN_PASSWORD: "clients clients" };
  server = await startServer(["--allow-processes"], administrator);
  // No settings of whoever runs the tests.
  home = mkdtempSync(join(tmpdir(), "mapwright-clients-"));
  aws = { ...keys("access-key", "create", "--workspace", "main"), AWS_ENDPOINT_URL: server.url, AWS_DEFAULT_REGION: "us-east-1" };
});

after(async () => {
  await server?.stop();
  if (home) rmSync(home, { recursive: true, force: true });
});

/** What the command line of the server prints, as JSON. */
function mapwright(...words) {
  return JSON.parse(execFileSync(server.binary, [...words, "--data-dir", server.data], { encoding: "utf8" }));
}

function keys(...words) {
  const { id, secret } = mapwright(...words);
  return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
}

/** Runs a program to its end and answers what it printed; fails with all of it when it does not end well. */
async function run(program, words, variables = {}) {
  const PATH = [join(venv, "bin"), process.env.PATH].join(delimiter);
  const child = spawn(program, words, { cwd: here, env: { PATH, HOME: home, ...variables }, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (printed += text));
  const code = await new Promise((ended, failed) => child.on("close", ended).on("error", failed));
  assert.equal(code, 0, `${program} ${words.join(" ")} ended with ${code}:\n${printed}\nThe server said:\n${server.log().slice(-4_000)}`);
  return printed;
}

/** The virtual environment with what `requirements.txt` names; made again when that changes. */
function python() {
  const wanted = readFileSync(join(here, "requirements.txt"), "utf8");
  const stamp = join(venv, "requirements.txt");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    const shown = { stdio: ["ignore", "ignore", "inherit"] };
    execFileSync("python3", ["-m", "venv", "--clear", venv], shown);
    execFileSync(join(venv, "bin/pip"), ["install", "--quiet", "--requirement", join(here, "requirements.txt")], shown);
    writeFileSync(stamp, wanted);
  }
  return join(venv, "bin/python");
}

test("boto3: the main job", limit, async () => {
  await run(python(), ["main_job.py"], aws);
});

test("boto3: Lambda", limit, async () => {
  await run(python(), ["lambda_api.py"], aws);
});

test("boto3: a script with endpoint_url", limit, async () => {
  // The keys that such scripts have written in them.
  mapwright("access-key", "create", "--workspace", "main", "--id", "test", "--secret", "test");
  await run(python(), ["endpoint_url.py", server.url]);
});

test("AWS CLI: the main job", limit, async () => {
  python();
  await run("bash", ["aws_cli.sh"], { ...aws, AWS_DISABLE_HOST_PREFIX_INJECTION: "true" });
});

test("AWS CDK: a synthesised stack, deployed with the SDK for JavaScript", limit, async () => {
  const CDK_OUTDIR = join(home, "cdk.out");
  const stack = { CDK_OUTDIR, CDK_DEFAULT_ACCOUNT: "000000000000", CDK_DEFAULT_REGION: "us-east-1" };
  await run("node", ["cdk/app.mjs"], stack);
  await run("node", ["cdk/deploy.mjs", join(CDK_OUTDIR, "Orders.template.json")], { ...aws, ...stack, AWS_REGION: "us-east-1" });
});

test("TypeScript generated from the OpenAPI document: the main job over REST", limit, async () => {
  const { secret } = mapwright("token", "create", "--workspace", "main", "--scopes", "read,operate,edit");
  await run(bin("openapi-typescript"), [`${server.url}/api/v1/openapi.json`, "--output", "generated/api.d.ts"]);
  await run(bin("tsc"), ["--project", "generated"]);
  await run("node", ["generated/build/main_job.js"], { MAPWRIGHT_URL: server.url, MAPWRIGHT_TOKEN: secret });
});
