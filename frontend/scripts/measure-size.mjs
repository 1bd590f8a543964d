// How much script a browser loads before a room shows, gzipped, and what comes later. Fails above the limit.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 150;
const dist = join(import.meta.dirname, "../dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const kb = (file) => gzipSync(readFileSync(join(dist, file))).length / 1024;

function withImports(name, seen = new Set()) {
  if (!seen.has(name)) {
    seen.add(name);
    for (const other of manifest[name].imports ?? []) withImports(other, seen);
  }
  return seen;
}

const first = withImports("index.html");
const total = [...first].reduce((sum, name) => sum + kb(manifest[name].file), 0);
for (const [name, { file }] of Object.entries(manifest)) {
  if (file.endsWith(".js")) console.log(`${first.has(name) ? "first" : "later"}  ${kb(file).toFixed(1).padStart(6)} KB  ${name}`);
}
console.log(`\nBefore a room shows: ${total.toFixed(1)} KB of ${LIMIT_KB} KB (gzip)`);
if (total > LIMIT_KB) process.exit(1);
