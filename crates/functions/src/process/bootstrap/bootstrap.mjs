// A client of the Lambda Runtime API that runs unmodified Node handlers. It needs nothing but
// Node: it finds `file.function` of _HANDLER under LAMBDA_TASK_ROOT, calls it with an event, a
// context and a callback, and reports results and errors in Lambda's form.

import { existsSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const env = process.env;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");

function ask(method, where, body = "", headers = {}) {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const all = { "Content-Type": "application/json", "Content-Length": bytes.length, ...headers };
    const options = { host, port, agent, method, path: `/2018-06-01/runtime/${where}`, headers: all };
    const request = http.request(options, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(bytes);
  });
}

class Wrong extends Error {
  constructor(kind, message) {
    super(message);
    this.name = kind;
  }
}

async function report(where, error) {
  const isError = error instanceof Error;
  const errorType = isError ? error.name : typeof error;
  const errorMessage = isError ? error.message : String(error);
  const trace = isError && error.stack ? error.stack.split("\n") : [];
  console.error(`ERROR\t${errorType}: ${errorMessage}`, ...trace.slice(1, 4));
  const header = errorType.replace(/[^\x20-\x7e]/g, "?");
  await ask("POST", where, JSON.stringify({ errorType, errorMessage, trace }), { "Lambda-Runtime-Function-Error-Type": header });
}

async function load(name) {
  const root = env.LAMBDA_TASK_ROOT ?? process.cwd();
  const base = path.basename(name);
  const dot = base.indexOf(".");
  if (dot < 1) throw new Wrong("Runtime.MalformedHandlerName", `Bad handler "${name}"`);
  const stem = path.join(root, path.dirname(name), base.slice(0, dot));
  const file = [".mjs", ".js", ".cjs"].map((ending) => stem + ending).find(existsSync);
  if (!file) throw new Wrong("Runtime.ImportModuleError", `Error: Cannot find module '${base.slice(0, dot)}'`);
  let found;
  try {
    found = await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Wrong("Runtime.UserCodeSyntaxError", String(error));
    throw new Wrong("Runtime.ImportModuleError", String(error));
  }
  const places = [found, found.default];
  for (const place of places) {
    const handler = base.slice(dot + 1).split(".").reduce((at, part) => at?.[part], place);
    if (typeof handler === "function") return handler;
  }
  throw new Wrong("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: false,
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (returned && typeof returned.then === "function") returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
  });
}

let handler;
try {
  handler = await load(env._HANDLER);
} catch (error) {
  await report("init/error", error);
  process.exit(1);
}
for (;;) {
  let next;
  try {
    next = await ask("GET", "invocation/next");
  } catch {
    // The server is gone, so there is nothing left to do.
    process.exit(0);
  }
  const id = next.headers["lambda-runtime-aws-request-id"];
  env._X_AMZN_TRACE_ID = next.headers["lambda-runtime-trace-id"];
  let answer;
  try {
    answer = JSON.stringify(await call(handler, JSON.parse(next.body), contextOf(next.headers))) ?? "null";
  } catch (error) {
    await report(`invocation/${id}/error`, error);
    continue;
  }
  await ask("POST", `invocation/${id}/response`, answer);
}
