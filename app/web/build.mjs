// Bundles the pages' styles and scripts: `node build.mjs OUT_DIR`.
//   app.css    style/main.css with its imports
//   editor.js  the code editor, for pages that edit a definition
//   charts.js  time series, for pages that show them live
//   licenses.txt  the licences of the npm packages inside those files
import { build } from "esbuild";
import { bundle } from "lightningcss";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "dist"));
const version = (major, minor = 0) => (major << 16) | (minor << 8);
// The first versions with nesting, `light-dark()` and `:has()`.
const targets = { chrome: version(123), firefox: version(121), safari: version(17, 5) };

async function styles() {
  const { code } = bundle({ filename: join(here, "../../style/main.css"), minify: true, targets });
  await writeFile(join(out, "app.css"), code);
}

async function script(name, format) {
  const { metafile } = await build({
    entryPoints: [join(here, "src", `${name}.js`)],
    outfile: join(out, `${name}.js`),
    absWorkingDir: here,
    bundle: true,
    minify: true,
    format,
    target: ["chrome123", "firefox121", "safari17.5"],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs);
}

async function licences(inputs) {
  const packages = new Set();
  for (const path of inputs) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (found) packages.add(found[1]);
  }
  let text = "Third-party packages inside editor.js, charts.js and app.css.\n";
  for (const name of [...packages].sort()) {
    const folder = join(here, "node_modules", name);
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    text += `\n${"=".repeat(72)}\n${name} ${about.version} (${about.license})\n\n`;
    text += file ? await readFile(join(folder, file), "utf8") : "";
  }
  await writeFile(join(out, "licenses.txt"), text);
}

await mkdir(out, { recursive: true });
const [, editor, charts] = await Promise.all([styles(), script("editor", "iife"), script("charts", "iife")]);
await licences([...editor, ...charts]);
