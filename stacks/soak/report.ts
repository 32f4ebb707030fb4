import { escape } from "../report/format";
import { checkTable, renderPage, table } from "../report/page";
import { PICTURE_STYLE, pictureInPage } from "./picture";
import {
  circumstances,
  EDGE_HEAD,
  edgeRow,
  savingSentence,
  sideBySide,
  STATIC_HEAD,
  UPDATE_HEAD,
  updateRow,
} from "./print";
import type { Result } from "./result";
import { checksOf } from "./verdict";

const TITLE = "A day on the real stack, compressed";

/** The day as one HTML file that needs nothing else: no network, no other file. */
export function renderReport(result: Result): string {
  const { tenants, changes } = result;
  const cells = (rows: string[][]) => rows.map((row) => row.map(escape));
  const edges = tenants.flatMap((t) => t.edges.map((edge) => edgeRow(edge, t, result)));
  const updates = tenants.flatMap((t) => t.updates.map((update) => updateRow(update, t, result)));
  const beside = tenants.flatMap((t) => sideBySide(t, result));
  const body = [
    `<h1>${TITLE}</h1>`,
    `<p class="soft">${escape(circumstances(result))}</p>`,
    ...changes.map((change) => `<p class="soft">${escape(change)}</p>`),
    section("Checks", checkTable(checksOf(result))),
    section("The day", pictureInPage(result)),
    section("Windows", table(EDGE_HEAD, cells(edges), 2)),
    section("Updates", table(UPDATE_HEAD, cells(updates), UPDATE_HEAD.length)),
    section(
      "Beside clusters that never change",
      `${table(STATIC_HEAD, cells(beside), 1)}<p class="soft">${escape(savingSentence(result))}</p>`,
    ),
    `<p class="soft">Lag: the age of the oldest record whose count was not committed yet, at the end of each second. Stopped: the longest time around an update in which nothing new was committed, less the second between two checkpoints. Slot-hours: slots that were registered.</p>`,
  ].join("\n");
  return renderPage({ title: TITLE, body, script: "", style: PICTURE_STYLE });
}

function section(title: string, content: string): string {
  return `<section aria-label="${title}"><h2>${title}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}, wide">${content}</div></section>`;
}
