// A run of many small items that only pass through, for measurements.
import { Readable } from "node:stream";

function* lines(items) {
  for (let at = 0; at < items; at += 10_000) {
    let text = "";
    for (let n = at; n < Math.min(at + 10_000, items); n++) text += `{"id":"order-${n}","size":${n % 977}}\n`;
    yield text;
  }
}

/** Uploads so many lines and saves a job over them; answers their ids. `call(method, path, body, headers)` asks REST. */
export async function prepare(call, items, writer = {}) {
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
        ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "results", Prefix: "out" }, ...writer },
        End: true,
      },
    },
  };
  await call("PUT", "/buckets/results");
  const body = Readable.toWeb(Readable.from(lines(items)));
  const manifest = await call("POST", "/manifests/upload?file_name=items.jsonl", body, { "content-type": "application/octet-stream" });
  const job = await call("POST", "/jobs", JSON.stringify({ name: "many", definition: JSON.stringify(definition) }), { "content-type": "application/json" });
  return { manifest: manifest.id, job: job.id };
}
