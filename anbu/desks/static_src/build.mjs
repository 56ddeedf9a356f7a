// Builds what the desks' pages load: one style sheet and one script for all of them, one of each for the
// telephone of the care corps, three fonts. Nothing of it comes from outside.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "../../..");
const KRDS = join(ROOT, "node_modules/krds-uiux/resources");
const OUT = join(HERE, "../static/built");
const CSS = ["base.css", "parts.css", "strip.css", "entry.css", "queue.css", "incident.css", "handover.css", "protocol.css", "telling.css", "look_back.css", "roster.css", "today.css", "rounds.css", "household.css", "concerns.css", "assess.css", "register.css", "citizen.css", "field.css", "print.css", "packet.css", "inbound.css"];
const ROUND_CSS = ["base.css", "round.css"];
const ICONS = ["round-192.png", "round-512.png", "round-mask-512.png"]; // drawn from icons/round*.svg
const FONTS = ["Regular", "Medium", "Bold"].map((w) => `PretendardGOV-${w}.subset.woff2`);
const LIMITS = { "desk.css": 40 * 1024, "desk.js": 60 * 1024, "round.css": 20 * 1024, "round.js": 40 * 1024 }; // gzipped: design/README.md section 9

rmSync(OUT, { recursive: true, force: true });
mkdirSync(join(OUT, "fonts"), { recursive: true });
for (const font of FONTS) copyFileSync(join(KRDS, "fonts", font), join(OUT, "fonts", font));
for (const icon of ICONS) copyFileSync(join(HERE, "icons", icon), join(OUT, icon));
writeFileSync(join(OUT, "desk.css"), await styles(CSS));
writeFileSync(join(OUT, "round.css"), await styles(ROUND_CSS));
copyFileSync(join(HERE, "css/packet.css"), join(OUT, "packet.css")); // a PDF is made with it: packet_pdf.py
for (const [from, to] of [["ts/desk.ts", "desk.js"], ["ts/round/round.ts", "round.js"]]) {
  await build({
    entryPoints: [join(HERE, from)], outfile: join(OUT, to),
    bundle: true, minify: true, target: "es2022", format: "iife", legalComments: "none",
  });
}
const tooBig = Object.entries(LIMITS).filter(([name, limit]) => report(name) > limit);
if (tooBig.length) {
  console.error(`too big: ${tooBig.map(([name]) => name).join(", ")}`);
  process.exit(1);
}

async function styles(names) {
  const ours = names.map((name) => readFileSync(join(HERE, "css", name), "utf8")).join("\n");
  const tokens = readFileSync(join(KRDS, "css/token/krds_tokens.css"), "utf8");
  const result = await build({
    stdin: { contents: krdsTokens(tokens, ours) + ours, loader: "css" },
    write: false, minify: true,
  });
  const text = result.outputFiles[0].text;
  const outside = text.match(/url\((?!["']?(fonts\/|data:))[^)]*\)|@import|\/\/[a-z0-9.-]+\.[a-z]{2,}\//i);
  if (outside && !outside[0].startsWith("//www.w3.org")) {
    throw new Error(`the style sheet reaches outside: ${outside[0]}`);
  }
  return text;
}

// Of the 1,100 design tokens of KRDS, take those that our own tokens are made of, and what they are made of.
function krdsTokens(tokens, ours) {
  const known = new Map();
  for (const [, name, value] of tokens.matchAll(/(--krds-[\w-]+):\s*([^;]+);/g)) {
    if (!known.has(name)) known.set(name, value.trim());
  }
  const taken = new Map();
  const take = (text) => {
    for (const [, name] of text.matchAll(/var\((--krds-[\w-]+)\)/g)) {
      if (taken.has(name)) continue;
      if (!known.has(name)) throw new Error(`KRDS has no token ${name}`);
      taken.set(name, known.get(name));
      take(known.get(name));
    }
  };
  take(ours);
  return `:root{${[...taken].map(([name, value]) => `${name}:${value}`).join(";")}}\n`;
}

function report(name) {
  const bytes = readFileSync(join(OUT, name));
  const packed = gzipSync(bytes).length;
  console.log(`${name}: ${bytes.length} bytes, ${packed} gzipped`);
  return packed;
}
