// Pictures of every page in light and dark, on the data of a small job: node screenshots.mjs [FOLDER]
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { alive, openBrowser, setUp } from "./browser.mjs";
import { startServer } from "./server.mjs";

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, "../docs/screenshots"));
mkdirSync(folder, { recursive: true });
const W = "/w/acme-data";

const definition = {
  Comment: "Count the lines of every object",
  StartAt: "Each object",
  States: {
    "Each object": {
      Type: "Map",
      Label: "objects",
      MaxConcurrency: 100,
      ToleratedFailurePercentage: 10,
      ItemReader: { Resource: "arn:aws:states:::s3:listObjectsV2", Parameters: { Bucket: "raw-data", Prefix: "in/" } },
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Count",
        States: {
          Count: {
            Type: "Task",
            Resource: "arn:aws:states:::lambda:invoke",
            Parameters: { FunctionName: "count-lines", Payload: { Bucket: "raw-data", "Key.$": "$.Key" } },
            OutputPath: "$.Payload",
            TimeoutSeconds: 60,
            Retry: [{ ErrorEquals: ["Lambda.TooManyRequestsException"], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 }],
            Next: "Empty?",
          },
          "Empty?": { Type: "Choice", Choices: [{ Variable: "$.lines", NumericEquals: 0, Next: "Nothing in it" }], Default: "Done" },
          "Nothing in it": { Type: "Fail", Error: "EmptyObject", Cause: "The object has no line." },
          Done: { Type: "Succeed" },
        },
      },
      ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "raw-data", Prefix: "out" } },
      End: true,
    },
  },
};

/** Fills the workspace and answers the ids of what it made. */
async function fill(page) {
  return page.evaluate(async (asl) => {
    const call = async (method, path, body) => {
      const json = typeof body === "object";
      const answer = await fetch(`/api/v1${path}?workspace=acme-data`, {
        method,
        body: json ? JSON.stringify(body) : body,
        headers: json ? { "content-type": "application/json" } : {},
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
      return text ? JSON.parse(text) : null;
    };
    await call("PUT", "/buckets/raw-data");
    for (let at = 0; at < 400; at++) {
      const body = at % 57 === 0 ? '{"id":' : '{"id":1}\n{"id":2}\n';
      await call("PUT", `/buckets/raw-data/objects/in/2026/${String(at).padStart(5, "0")}.jsonl`, body);
    }
    const manifest = await call("POST", "/manifests/generate", { name: "every object", bucket: "raw-data", prefix: "in/" });
    const job = await call("POST", "/jobs", { name: "count-lines", definition: asl });
    const run = await call("POST", "/runs", { job: job.id, manifest: manifest.id });
    for (;;) {
      const now = await call("GET", `/runs/${run.id}`);
      if (now.status !== "RUNNING") break;
      await new Promise((later) => setTimeout(later, 200));
    }
    return { manifest: manifest.id, job: job.id, run: run.id };
  }, JSON.stringify(definition, null, 2));
}

const server = await startServer();
const view = await openBrowser();
try {
  const { page } = view;
  const shot = (name) => page.screenshot({ path: join(folder, `${name}.png`) });
  await page.goto(server.url);
  await alive(page);
  await shot("setup-light");
  await setUp(page, "Acme data");
  const made = await fill(page);
  const pages = {
    overview: W,
    manifests: `${W}/manifests`,
    "manifest-new": `${W}/manifests/new`,
    manifest: `${W}/manifests/${made.manifest}`,
    jobs: `${W}/jobs`,
    job: `${W}/jobs/${made.job}`,
    builder: `${W}/jobs/${made.job}/edit`,
    launch: `${W}/jobs/${made.job}/launch?manifest=${made.manifest}`,
    estimate: `${W}/estimate`,
    runs: `${W}/runs`,
    run: `${W}/runs/${made.run}`,
    items: `${W}/runs/${made.run}?tab=items`,
    failures: `${W}/runs/${made.run}?tab=failures`,
    item: `${W}/runs/${made.run}/items/0`,
    results: `${W}/runs/${made.run}?tab=results`,
    buckets: `${W}/buckets`,
    bucket: `${W}/buckets/raw-data`,
    functions: `${W}/functions`,
    tokens: `${W}/settings/tokens`,
    retention: `${W}/settings/retention`,
  };
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(server.url + path);
      await alive(page);
      await page.waitForTimeout(700);
      await shot(`${name}-${theme}`);
    }
    await page.goto(`${server.url}${W}/jobs/${made.job}/edit?test`);
    await alive(page);
    await page.fill("#trial-item", '{ "Key": "in/2026/00007.jsonl" }');
    await page.click("button:has-text('Run test')");
    await page.getByText("Child of Each object").waitFor();
    await shot(`test-item-${theme}`);
  }
  if (view.problems.length > 0) throw new Error(view.problems.join("\n"));
} finally {
  await view.close();
  await server.stop();
}
