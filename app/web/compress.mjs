// Writes a brotli twin beside each script, style and wasm file that has none or an older one: `node compress.mjs FOLDER`.
import { brotliCompressSync, constants } from "node:zlib";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
for (const name of readdirSync(folder).filter((name) => /\.(js|css|wasm)$/.test(name))) {
  const [file, twin] = [join(folder, name), join(folder, `${name}.br`)];
  const written = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (written(twin) > written(file)) continue;
  const text = readFileSync(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  const packed = brotliCompressSync(text, { params });
  writeFileSync(twin, packed);
  console.error(`  ${name}: ${text.length} → ${packed.length} bytes`);
}
