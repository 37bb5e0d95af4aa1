// Makes page.html of src/: one file with the script, the style, the libraries' licences and a
// content security policy that allows these alone. `node bundle.mjs FILE` writes it elsewhere.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, "page.html");

async function bundled(entry) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    charset: "ascii",
    format: "iife",
    legalComments: "none",
    metafile: true,
    minify: true,
    target: "es2020",
    write: false,
  });
  return { text: result.outputFiles[0].text, inputs: Object.keys(result.metafile.inputs) };
}

// The licence of each package that the bundle has a part of.
function licences(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const match = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  return [...packages].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].find((each) => existsSync(join(folder, each)));
    if (!file) throw new Error(`${name} has no licence file`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
}

function hash(text) {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}

const script = await bundled("src/main.js");
const style = await bundled("src/page.css");
const notices = licences(script.inputs).join("\n");
if (notices.includes("*/")) throw new Error("a licence would end the comment that it stands in");
const code = `/*! The script of this page holds parts of these libraries.\n\n${notices}*/\n${script.text.trim()}`;
if (/<\/script|<!--/i.test(code)) throw new Error("the script would end the element that it stands in");
const policy = [
  "default-src 'none'",
  `script-src ${hash(code)}`,
  `style-src ${hash(style.text.trim())}`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

let page = readFileSync(join(here, "src/page.html"), "utf8");
for (const [marker, text] of [
  ["<!--policy-->", policy],
  ["<!--style-->", style.text.trim()],
  ["<!--script-->", code],
]) {
  if (page.split(marker).length !== 2) throw new Error(`src/page.html needs ${marker} once`);
  page = page.replace(marker, () => text);
}
writeFileSync(output, page);
