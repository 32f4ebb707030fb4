import Table from "cli-table3";
import { changed, dateTime, NONE, seconds } from "../report/format";
import type { RecordedEdge, RecordedUpdate, Result, TenantResult } from "./result";
import { checksOf, figuresOf, percent, savingOf, updateFigures } from "./verdict";

const DAY_MINUTES = 1440;

/** A tenant's day in one line. */
export function headline(tenant: TenantResult, result: Result): string {
  const { lateShare, slotHours } = figuresOf(tenant.series, result);
  const { rescales } = updateFigures(tenant);
  const beside =
    tenant.staticPeak === null
      ? ""
      : ` of ${figuresOf(tenant.staticPeak.series, result).slotHours.toFixed(2)}`;
  return (
    `Flink ${tenant.flink}, ${rescales} rescales, lag above ${result.allowedLagSeconds} s ` +
    `${percent(lateShare)} of the time, ${slotHours.toFixed(2)}${beside} slot-hours`
  );
}

/** An instant of the run as a time of the day that is played: `06:24`. */
export function timeOfDay(second: number, { minutes }: Result): string {
  const of = Math.floor((second / 60 / minutes) * DAY_MINUTES);
  if (of < 0) return "before";
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(of / 60))}:${two(of % 60)}`;
}

export const EDGE_HEAD = ["Opens", "Tenant", "Window", "TaskManagers", "Parallelism", "Found"];

export function edgeRow(edge: RecordedEdge, tenant: TenantResult, result: Result): string[] {
  const { at, window, raises, taskManagers, parallelism } = edge;
  return [
    timeOfDay(at, result),
    tenant.name,
    `${window}${raises ? "" : " (no more than before)"}`,
    String(taskManagers),
    String(parallelism),
    found(edge),
  ];
}

function found({ met, earlySeconds, lateSeconds, raises }: RecordedEdge): string {
  if (!met) return lateSeconds === null ? "never ran" : `${seconds(lateSeconds)} late`;
  return raises ? `ran ${seconds(earlySeconds)} before` : "ran";
}

export const UPDATE_HEAD = [
  "Decided",
  "Tenant",
  "TaskManagers",
  "Parallelism",
  "To running",
  "Update",
  "Stopped",
  "Why",
];

export function updateRow(update: RecordedUpdate, tenant: TenantResult, result: Result): string[] {
  const { decidedAt, runningAt, from, to, updateSeconds, stoppedSeconds, why } = update;
  const { ok, rescale } = update;
  const took = runningAt === null ? null : runningAt - decidedAt;
  const size = (of: "taskManagers" | "parallelism") =>
    from === null ? `${NONE} → ${to[of]}` : changed({ before: from[of], after: to[of] });
  return [
    timeOfDay(decidedAt, result),
    tenant.name,
    size("taskManagers"),
    size("parallelism"),
    ok ? seconds(rescale ? took : null) : "failed",
    seconds(updateSeconds),
    seconds(rescale ? stoppedSeconds : null),
    why.slice(why.indexOf("): ") + 3),
  ];
}

export const STATIC_HEAD = [
  "Tenant",
  "Cluster",
  "Slot-hours",
  "Lag above the limit",
  "Worst lag",
  "Mean lag",
  "Count",
];

/** Beside each other: the conducted cluster, and the one that never changes. */
export function sideBySide(tenant: TenantResult, result: Result): string[][] {
  const row = (cluster: string, { series, count }: Pick<TenantResult, "series" | "count">) => {
    const figures = figuresOf(series, result);
    return [
      tenant.name,
      cluster,
      figures.slotHours.toFixed(2),
      percent(figures.lateShare),
      seconds(figures.worstLagSeconds),
      seconds(figures.meanLagSeconds),
      count.exact ? "exact" : "not exact",
    ];
  };
  const { staticPeak } = tenant;
  const rows = [row("conducted", tenant)];
  if (staticPeak !== null) {
    rows.push(row(`static, ${staticPeak.taskManagers} TaskManagers`, staticPeak));
  }
  return rows;
}

/** When and where it ran, as a sentence. */
export function circumstances(result: Result): string {
  const { startMs, minutes, machine, loadAverage, seed } = result;
  const load = `load average ${loadAverage.start.toFixed(1)} before and ${loadAverage.end.toFixed(1)} at the end`;
  return `A day in ${minutes} minutes from ${dateTime(startMs)} on ${machine}, seed ${seed}, ${load}.`;
}

/** Slot-hours against the static clusters, as a sentence; empty without them. */
export function savingSentence(result: Result): string {
  const saving = savingOf(result);
  return saving === null
    ? ""
    : `${percent(saving)} of the slot-hours that clusters sized for the peak hold were not needed.`;
}

/** The day for a terminal. */
export function printDay(result: Result): string {
  const { tenants, changes } = result;
  const edges = tenants.flatMap((t) => t.edges.map((edge) => edgeRow(edge, t, result)));
  const updates = tenants.flatMap((t) =>
    t.updates.map((update) => updateRow(update, t, result).slice(0, -1)),
  );
  const checks = checksOf(result).map(
    ({ name, ok, detail }) => `${ok ? "ok" : "!!"} ${name}: ${detail}`,
  );
  return [
    circumstances(result),
    ...changes,
    table(EDGE_HEAD, edges),
    table(UPDATE_HEAD.slice(0, -1), updates),
    table(
      STATIC_HEAD,
      tenants.flatMap((t) => sideBySide(t, result)),
    ),
    savingSentence(result),
    ...checks,
    "",
  ]
    .filter((line, i, all) => line !== "" || i === all.length - 1)
    .join("\n");
}

function table(head: string[], rows: string[][]): string {
  const drawn = new Table({ head, style: { head: [], border: [], compact: true } });
  drawn.push(...rows);
  return drawn.toString();
}
