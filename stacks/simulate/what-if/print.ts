import pc from "picocolors";
import { NONE } from "../../report/format";
import { counted } from "../print";
import { COLUMNS, table } from "../table";
import type { WhatIf, WhatIfTrace } from "./compare";

/** `otherwise.ceiling`, `2`, `4`: what the files differ in, and what follows for the cluster's bounds. */
export function changeRows({ changes }: WhatIf): string[][] {
  return changes.map(({ path, before, after }) => [path, before ?? NONE, after ?? NONE]);
}

/** A figure before and after, with the difference where there is one. */
function beforeAfter({ policies }: WhatIfTrace): string[] {
  return COLUMNS.map(({ value }) => {
    const [before, after] = [value(policies.before), value(policies.after)];
    return before === after ? after : `${before} → ${after}`;
  });
}

export const WHAT_IF_HEAD: readonly string[] = ["trace", ...COLUMNS.map(({ title }) => title)];

export function traceRows({ traces }: WhatIf): string[][] {
  return traces.map((trace) => [trace.name, ...beforeAfter(trace)]);
}

/** The change in one sentence of sums over the traces. */
export function sentence({ traces, changes }: WhatIf): string {
  if (changes.length === 0) return "The two files do not differ.";
  const sum = (key: "slotHours" | "violationMinutes" | "rescales", side: "before" | "after") =>
    traces.reduce((total, { policies }) => total + policies[side][key], 0);
  const told = (key: Parameters<typeof sum>[0], what: string) => {
    const [before, after] = [sum(key, "before"), sum(key, "after")];
    const share = before > 0 ? ` (${signed(((after - before) / before) * 100)} %)` : "";
    return `${signed(after - before)} ${what}${share}`;
  };
  return (
    `Over ${counted(traces.length, "trace")}: ${told("slotHours", "slot-hours")}, ` +
    `${told("violationMinutes", "minutes above the allowed lag")}, ${told("rescales", "rescales")}.`
  );
}

function signed(value: number): string {
  const text = Math.abs(value).toLocaleString("en", { maximumFractionDigits: 1 });
  return text === "0" ? "±0" : `${value < 0 ? "-" : "+"}${text}`;
}

/**
 * The what-if for a terminal.
 *
 * @param color whether to colour it. @default only when standard output is a terminal that wants colours
 */
export function renderWhatIf(
  whatIf: WhatIf,
  color = pc.isColorSupported && process.stdout.isTTY === true,
): string {
  const paint = pc.createColors(color);
  const { before, after } = whatIf;
  return [
    `${paint.bold(whatIf.tenant)}: before ${before.label}; after ${after.label}`,
    ...(whatIf.changes.length === 0
      ? []
      : [table(["setting", "before", "after"], changeRows(whatIf), paint)]),
    table(WHAT_IF_HEAD, traceRows(whatIf), paint),
    sentence(whatIf),
  ].join("\n\n");
}
