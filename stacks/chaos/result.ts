import Table from "cli-table3";
import { z } from "zod";
import { median, NONE, seconds } from "../report/format";

/** What "converges" means here: the promise. */
export const LIMIT_SECONDS = 120;

const repetitionSchema = z.strictObject({
  /** What exactly was done. */
  note: z.string(),
  /** Until all was well again; null where it never was. */
  seconds: z.number().nullable(),
  /** What was amiss when the waiting was given up, or why the fault could not be made. */
  amiss: z.string().optional(),
  /** The longest time in which nothing was committed, from the order before the fault on. */
  gapSeconds: z.number(),
  mostLiveJobs: z.int(),
  /** What is wrong with the journal. */
  journal: z.array(z.string()),
  /** TaskManagers that went, and those of them on which something ran; where they are watched. */
  leavers: z.strictObject({ gone: z.int(), withSlots: z.int() }).optional(),
});
/** One fault, once. */
export type Repetition = z.output<typeof repetitionSchema>;

const faultResultSchema = z.strictObject({
  fault: z.string(),
  title: z.string(),
  /** Of the moments. */
  seed: z.int(),
  repetitions: z.array(repetitionSchema),
  /** Records, of all that were fed up to the end of the repetitions and not before. */
  lost: z.int(),
  duplicated: z.int(),
  /** The count of every word, as a sentence. */
  count: z.string(),
  /** Every word that was ever fed was counted once. */
  exact: z.boolean(),
  /** No TaskManager may go on which something runs. */
  spares: z.boolean().optional(),
});
/** A fault with all its repetitions. */
export type FaultResult = z.output<typeof faultResultSchema>;

/** The part of a kept file that a later run goes on from. */
export const keptSchema = z.object({
  figures: z.object({ results: z.array(faultResultSchema) }),
});

/** What is known of every fault: the newer run's word, and the older one's where the newer did not make it. */
export function together(
  older: readonly FaultResult[],
  newer: readonly FaultResult[],
): FaultResult[] {
  const again = new Set(newer.map(({ fault }) => fault));
  return [...older.filter(({ fault }) => !again.has(fault)), ...newer];
}

/** What a fault breaks of what is promised, as sentences; empty where it holds. */
export function broken(result: FaultResult): string[] {
  const { repetitions, lost, duplicated, exact, count, spares = false } = result;
  const each = repetitions.flatMap((one, i) => {
    const which = `repetition ${i + 1} (${one.note})`;
    const late =
      one.seconds === null
        ? [`${which} did not converge: ${one.amiss ?? "nobody knows why"}`]
        : one.seconds > LIMIT_SECONDS
          ? [`${which} took ${seconds(one.seconds)}`]
          : [];
    const twins = one.mostLiveJobs > 1 ? [`${which}: ${one.mostLiveJobs} jobs lived at once`] : [];
    const { withSlots } = one.leavers ?? { withSlots: 0 };
    const hurt =
      spares && withSlots > 0 ? [`${which}: ${withSlots} TaskManagers went with slots in use`] : [];
    return [
      ...late,
      ...twins,
      ...hurt,
      ...one.journal.map((fault) => `${which}: journal: ${fault}`),
    ];
  });
  const counted = lost + duplicated === 0 && exact ? [] : [count];
  return [...each, ...counted];
}

/** True where the count shows that records were lost or counted twice: what a control has to bring about. */
export function isSeen({ lost, duplicated }: FaultResult): boolean {
  return lost + duplicated > 0;
}

export function verdict(result: FaultResult): string {
  return broken(result).length === 0 ? "ok" : "broken";
}

/** Of a run that must show differences. */
export function controlVerdict(result: FaultResult): string {
  return isSeen(result) ? "the checker sees it" : "nothing is seen";
}

const HEAD = [
  ...["fault", "times", "converged", "median", "longest", "stream stopped", "lost", "duplicated"],
  ...["most jobs", "gone, with slots", "verdict"],
];

/** A row for each fault. */
export function printTable(
  results: readonly FaultResult[],
  verdictOf: (result: FaultResult) => string = verdict,
): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const result of results) {
    const { repetitions, title, lost, duplicated } = result;
    const took = repetitions.flatMap(({ seconds: one }) => (one === null ? [] : [one]));
    table.push([
      title,
      repetitions.length,
      took.filter((one) => one <= LIMIT_SECONDS).length,
      seconds(median(took)),
      took.length === 0 ? NONE : seconds(Math.max(...took)),
      seconds(Math.max(0, ...repetitions.map(({ gapSeconds }) => gapSeconds))),
      ...[lost, duplicated],
      Math.max(0, ...repetitions.map(({ mostLiveJobs }) => mostLiveJobs)),
      printLeavers(repetitions),
      verdictOf(result),
    ]);
  }
  return `${table.toString()}\n`;
}

function printLeavers(repetitions: readonly Repetition[]): string {
  const watched = repetitions.flatMap(({ leavers }) => (leavers === undefined ? [] : [leavers]));
  if (watched.length === 0) return NONE;
  const sum = (of: "gone" | "withSlots") => watched.reduce((all, each) => all + each[of], 0);
  return `${sum("gone")}, ${sum("withSlots")}`;
}
