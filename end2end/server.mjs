// Starts the real server on a free port with an empty data folder, and stops it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const binary = process.env.MAPWRIGHT_BINARY ?? join(root, "target/debug/mapwright");
const site = process.env.MAPWRIGHT_SITE_DIR ?? join(root, "target/site");

/** A running server: `url`, `log()`, `stop()`. */
export async function startServer(extra = [], variables = {}) {
  const data = mkdtempSync(join(tmpdir(), "mapwright-e2e-"));
  const server = spawn(binary, ["serve", "--data-dir", data, "--listen", "127.0.0.1:0", ...extra], {
    env: { ...process.env, MAPWRIGHT_SITE_DIR: site, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  server.stderr.on("data", (text) => (log += text));
  const url = await new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error(`the server did not start:\n${log}`)), 30_000);
    server.stdout.on("data", (text) => {
      log += text;
      const match = /http:\/\/[\d.:]+/.exec(log);
      if (match) {
        clearTimeout(late);
        found(match[0]);
      }
    });
    server.on("exit", (code) => failed(new Error(`the server ended with ${code}:\n${log}`)));
  });
  const ended = new Promise((done) => server.on("exit", done));
  return {
    url,
    data,
    binary,
    log: () => log,
    async stop() {
      server.removeAllListeners("exit");
      const gone = new Promise((done) => server.on("exit", done));
      server.kill("SIGTERM");
      await Promise.race([gone, ended]);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
