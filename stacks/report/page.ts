import { escape } from "./format";
import { STYLE } from "./style";

/** The parts of a page; all but the title are markup already. */
export interface Page {
  title: string;
  body: string;
  script: string;
  /** Beyond the style of all reports. */
  style?: string;
  /** What the page may load and run. @default what stands in it, and nothing else */
  policy?: string;
}

/** What a page may load and run that asks nothing of anybody. */
const ALONE = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** A page as one HTML file that needs nothing else: no network, no other file. */
export function renderPage({ title, body, script, style = "", policy = ALONE }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escape(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<main>
${body}
</main>
<script>${script}</script>
</body>
</html>
`;
}

/** A table of cells that are HTML already; columns after the first `textColumns` + 1 are figures. */
export function table(
  head: readonly string[],
  rows: readonly string[][],
  textColumns: number,
): string {
  const side = (index: number) => (index > textColumns ? ' class="n"' : "");
  const top = head.map((cell, i) => `<th scope="col"${side(i)}>${cell}</th>`).join("");
  const body = rows.map(
    (row) => `<tr>${row.map((cell, i) => `<td${side(i)}>${cell}</td>`).join("")}</tr>`,
  );
  return `<table><thead><tr>${top}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

/** Checks with their results as a table; `ok` is null where one could not be judged. */
export function checkTable(
  checks: readonly { name: string; ok: boolean | null; detail: string }[],
): string {
  const state = (ok: boolean | null) =>
    ok === null
      ? '<td class="state">– not judged</td>'
      : `<td class="state ${ok ? "ok" : "failed"}">${ok ? "✓ held" : "✗ failed"}</td>`;
  const rows = checks.map(
    ({ name, ok, detail }) =>
      `<tr>${state(ok)}<td>${escape(name)}</td><td>${escape(detail)}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">Result</th><th scope="col">Check</th><th scope="col">Found</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}
