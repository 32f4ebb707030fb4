import Table from "cli-table3";
import type { Counted, Disturbed, Outage } from "./story";

/** A fault, and what the counts came to after it; no counts where nothing is to go on. */
export interface FaultResult {
  fault: string;
  outage: Outage;
  counted?: Counted;
}

/** What a run showed. */
export interface Result {
  flink: string;
  /** Row changes up to the end of the disturbances, and up to the end of the run. */
  changes: number;
  changesInAll: number;
  /** From the start of its container to ready. */
  readySeconds: number;
  disturbed: Disturbed & { rescaledTo: number[]; kills: number };
  counted: Counted;
  faults: FaultResult[];
  /** Where the password was looked for, and where it was found. */
  password: { searched: string[]; found: string[]; inItsFile: boolean };
}

/** What health says before anything is known. */
const STARTING = "the engine is starting";
/** The deployment document's. */
const READY_SECONDS = 60;

/** What a run breaks of what is promised, as sentences; empty where all holds. */
export function broken(result: Result): string[] {
  const { readySeconds, disturbed, counted, faults, password } = result;
  const late = [readySeconds, ...disturbed.readyAfterKill].filter((one) => one > READY_SECONDS);
  return [
    ...late.map((one) => `ready only after ${one.toFixed(1)} s`),
    ...brokenCount("after rescales and kills", counted),
    ...(counted.repeated === 0 || counted.blindDiffers === 0
      ? ["nothing was repeated: the kills showed nothing, and the control is none"]
      : []),
    ...faults.flatMap(brokenFault),
    ...password.found.map((place) => `the password is in: ${place}`),
    ...(password.inItsFile ? [] : ["the password is not even where it must be"]),
  ];
}

function brokenCount(when: string, { exact, blindAsTopic }: Counted): string[] {
  return [
    ...(exact ? [] : [`${when}: the job's counts are not those of the table`]),
    ...(blindAsTopic ? [] : [`${when}: the control's counts are not those of the topic`]),
  ];
}

function brokenFault({ fault, outage, counted }: FaultResult): string[] {
  const said = outage.notReadyAfter !== null && outage.reasons.length > 0 && outage.log.length > 0;
  return [
    ...(said ? [] : [`${fault}: it stayed ready, or did not say why it was not`]),
    ...(outage.live ? [] : [`${fault}: live turned false`]),
    ...(counted === undefined
      ? outage.readyAgainAfter === null
        ? []
        : [`${fault}: it went on`]
      : brokenCount(fault, counted)),
  ];
}

const seconds = (value: number | null) => (value === null ? "never" : `${value.toFixed(1)} s`);

export function printResult(result: Result): string {
  const { disturbed, counted, faults } = result;
  const table = new Table({
    head: ["what", "not ready after", "ready again after", "live", "restarts", "counts", "said"],
    colWidths: [27, 17, 19, 6, 10, 8, 60],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { fault, outage, counted: after } of faults) {
    table.push([
      fault,
      seconds(outage.notReadyAfter),
      seconds(outage.readyAgainAfter),
      outage.live ? "yes" : "NO",
      outage.restarts,
      after === undefined ? "" : after.exact ? "exact" : "differ",
      outage.reasons.filter((reason) => reason !== STARTING).at(-1) ?? "",
    ]);
  }
  const lines = [
    `Flink ${result.flink}: ${result.changes} row changes in ${disturbed.seconds.toFixed(0)} s, job rescaled to ${disturbed.rescaledTo.join(", ")} (${disturbed.updateSeconds.map(seconds).join(", ")}), collector killed ${disturbed.kills} times (ready after ${disturbed.readyAfterKill.map(seconds).join(", ")}).`,
    `${counted.events} events in the topic, ${counted.repeated} of them repeated. Counts ${counted.exact ? "equal SQL's" : "DIFFER from SQL's"}; without deduplication ${counted.blindDiffers} words differ.`,
    `Ready ${seconds(result.readySeconds)} after its container's start. The password was looked for in ${result.password.searched.length} places and found in ${result.password.found.length}.`,
  ];
  return `${lines.join("\n")}\n${faults.length > 0 ? `${table.toString()}\n` : ""}`;
}
