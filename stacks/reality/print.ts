import Table from "cli-table3";
import { elapsed, seconds } from "../report/format";
import { LAG_TOLERANCE, type Change, type Comparison } from "./compare";
import type { Recording } from "./recording";
import type { Replay } from "./replay";

/** One of the two comparisons, as a sentence. */
export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** What is checked, for the terminal and the report. */
export function checksOf(recording: Recording, { lag, parallelism }: Comparison): Check[] {
  const percent = (share: number) =>
    `${share < 0 ? "-" : "+"}${Math.abs(share * 100).toFixed(1)} %`;
  const { differing, toleranceSeconds } = parallelism;
  const many = recording.series.arrived.length;
  return [
    {
      name: `mean lag predicted within ${LAG_TOLERANCE * 100} %`,
      ok: lag.ok,
      detail: `measured ${seconds(lag.measured)}, predicted ${seconds(lag.predicted)} (${percent(lag.difference)})`,
    },
    {
      name: `parallelism as predicted, within ${toleranceSeconds} s`,
      ok: parallelism.ok,
      detail: `${differing.length} of ${many} seconds differ${differing.length > 0 ? `, the first at ${elapsed((differing[0] ?? 0) * 1000)}` : ""}`,
    },
    {
      name: "every word counted once",
      ok: recording.count.exact,
      detail: recording.count.sentence,
    },
  ];
}

/** A rescale as it was measured beside its prediction; undefined where only one of them has it. */
export interface PairedChange {
  measured: Change | undefined;
  predicted: Change | undefined;
}

/** The changes of both curves in their order. */
export function pairedChanges({ parallelism }: Comparison): PairedChange[] {
  const { measured, predicted } = parallelism;
  const length = Math.max(measured.length, predicted.length);
  return Array.from({ length }, (_, i) => ({ measured: measured[i], predicted: predicted[i] }));
}

/** `4 → 6 at 5:16` */
export function printChange(change: Change | undefined): string {
  return change === undefined
    ? "–"
    : `${change.from} → ${change.to} at ${elapsed(change.second * 1000)}`;
}

/** How much later than predicted it came; empty where it can't be said. */
export function lateness({ measured, predicted }: PairedChange): string {
  if (measured === undefined || predicted === undefined) return "";
  const late = measured.second - predicted.second;
  return `${late > 0 ? "+" : ""}${late} s`;
}

/** The settings of the plant that were measured, with how. */
export function plantRows({ plant }: Replay): [name: string, value: string][] {
  return [
    ["records/s of a slot", plant.slotRate.toFixed(1)],
    ["TaskManager start, with the update", seconds(plant.taskManagerStartSeconds)],
    ["rescale gap", seconds(plant.rescaleGapSeconds)],
    ["warm-up", `${seconds(plant.warmUpSeconds)} at ${(plant.warmUpShare * 100).toFixed(0)} %`],
    ["checkpoint interval", seconds(plant.checkpointSeconds)],
  ];
}

/** The comparison for a terminal. */
export function printComparison(
  recording: Recording,
  replay: Replay,
  comparison: Comparison,
): string {
  const { machine, loadAverage, flink } = recording;
  const minutes = recording.series.arrived.length / 60;
  const load = `load average ${loadAverage.start.toFixed(1)} before, ${loadAverage.end.toFixed(1)} at the end`;
  const checks = checksOf(recording, comparison).map(
    ({ name, ok, detail }) => `${ok ? "ok" : "!!"} ${name}: ${detail}`,
  );
  return [
    `Flink ${flink}, ${Number(minutes.toFixed(1))} minutes on ${machine}, ${load}`,
    changeTable(recording, comparison),
    table(["measured on the real cluster", "given to the simulator"], plantRows(replay)),
    ...checks,
    "",
  ].join("\n");
}

function changeTable(recording: Recording, comparison: Comparison): string {
  const rows = pairedChanges(comparison).map((pair, i) => [
    printChange(pair.measured),
    printChange(pair.predicted),
    lateness(pair),
    seconds(recording.rescales[i]?.gapSeconds),
    seconds(recording.rescales[i]?.updateSeconds),
  ]);
  return table(["parallelism, measured", "predicted", "later", "gap", "update"], rows);
}

function table(head: string[], rows: string[][]): string {
  const drawn = new Table({ head, style: { head: [], border: [] } });
  drawn.push(...rows);
  return drawn.toString();
}
