// Makes page.html and campaign.html of src/: each is one file with its script, the style, the
// libraries' licences and a content security policy that allows these alone. `node bundle.mjs FOLDER`
// writes them elsewhere.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? here;

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

// The script with the licences of what it is made of.
async function scriptOf(entry) {
  const script = await bundled(entry);
  const notices = licences(script.inputs).join("\n");
  if (notices.includes("*/")) throw new Error("a licence would end the comment that it stands in");
  const head = notices === "" ? "" : `/*! The script of this page holds parts of these libraries.\n\n${notices}*/\n`;
  const code = head + script.text.trim();
  if (/<\/script|<!--/i.test(code)) throw new Error("the script would end the element that it stands in");
  return code;
}

const style = (await bundled("src/page.css")).text.trim();
for (const [name, entry] of [["page.html", "src/main.js"], ["campaign.html", "src/campaign.js"]]) {
  const code = await scriptOf(entry);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  let page = readFileSync(join(here, "src", name), "utf8");
  for (const [marker, text] of [
    ["<!--policy-->", policy],
    ["<!--style-->", style],
    ["<!--script-->", code],
  ]) {
    if (page.split(marker).length !== 2) throw new Error(`src/${name} needs ${marker} once`);
    page = page.replace(marker, () => text);
  }
  writeFileSync(join(folder, name), page);
}
