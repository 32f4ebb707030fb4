import { escape } from "../../report/format";
import { table } from "../../report/page";
import type { WhatIf } from "./compare";
import { changeRows, sentence, traceRows, WHAT_IF_HEAD } from "./print";

/** The what-if's own section of the report: the settings that differ, and what follows on each trace. */
export function whatIfSection(whatIf: WhatIf): string {
  const cells = (rows: readonly string[][]) => rows.map((row) => row.map(escape));
  const changes = table(["Setting", "Before", "After"], cells(changeRows(whatIf)), 2);
  const traces = table(WHAT_IF_HEAD.map(escape), cells(traceRows(whatIf)), 0);
  return `<section aria-label="Difference"><h2>Difference for ${escape(whatIf.tenant)}</h2>
<p>${escape(sentence(whatIf))}</p>
<p class="soft">Before: ${escape(whatIf.before.label)}. After: ${escape(whatIf.after.label)}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Settings that differ">${whatIf.changes.length === 0 ? "" : changes}</div>
<div class="scroll" tabindex="0" role="region" aria-label="Figures before and after">${traces}</div></section>`;
}
