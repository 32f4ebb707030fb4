import { createHash } from "node:crypto";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { renderPage } from "../../report/page";
import { STYLE as REPORT_STYLE } from "../../report/style";
import { BODY } from "./page/markup";
import { STYLE } from "./page/style";

export interface ConductorPage {
  html: string;
  /** Content-Security-Policy: the page's own script and style, by their hashes, and its own server. */
  policy: string;
}

const ENTRY = path.join(__dirname, "page", "client", "main.ts");

/** The page as one file that loads nothing else. Packs its script, which takes about a tenth of a second. */
export function renderConductorPage(): ConductorPage {
  const script = packed(ENTRY);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(REPORT_STYLE + STYLE)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const html = renderPage({ title: "flinktide", body: BODY, script, style: STYLE, policy });
  return { html, policy };
}

/** Several modules in TypeScript as one classic script, which can stand within a script element. */
function packed(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
