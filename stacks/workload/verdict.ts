import type { LineVerdict } from "./line-tally";
import type { WordTally, WordVerdict } from "./word-tally";

/** How the reading of the output ended: all there, nothing new for a while, or out of time. */
export type Ending = "complete" | "quiet" | "timeout";

/** Whether the job counted every word once. Counts are records unless the name says otherwise. */
export interface Verdict {
  /** No line missing or repeated, no record lost, duplicated or unexpected. */
  exact: boolean;
  ending: Ending;
  lines: LineVerdict;
  /** Words fed: as many committed records must be there. */
  words: number;
  /** Committed records found. */
  records: number;
  /** Records after the last stable offset: still in an open transaction. */
  uncommitted: number;
  distinctWords: number;
  /** Distinct words whose counts are exactly 1 to N, each once. */
  exactWords: number;
  lost: number;
  duplicated: number;
  unexpected: number;
  /** New counts after a higher one of the same word; told, but not held against `exact`. */
  outOfOrder: number;
  /** The words with the most differences, at most ten. */
  perWord: WordVerdict[];
  /** The verdict as a plain sentence. */
  sentence: string;
}

const WORST = 10;

/** Adds a tally up. Pure. */
export function verdictOf(
  tally: WordTally,
  lines: LineVerdict,
  ending: Ending,
  uncommitted = 0,
): Verdict {
  const sum = { lost: 0, duplicated: 0, outOfOrder: 0, distinctWords: 0, exactWords: 0 };
  const wrong: WordVerdict[] = [];
  for (const word of tally.verdicts()) {
    sum.lost += word.lost;
    sum.duplicated += word.duplicated;
    sum.outOfOrder += word.outOfOrder;
    sum.distinctWords += 1;
    if (word.lost + word.duplicated === 0) sum.exactWords += 1;
    if (word.lost + word.duplicated + word.outOfOrder > 0) wrong.push(word);
  }
  const facts = {
    ending,
    lines,
    words: tally.expectedRecords,
    records: tally.records,
    uncommitted,
    ...sum,
    unexpected: tally.unexpected,
    perWord: wrong.sort((a, b) => differences(b) - differences(a)).slice(0, WORST),
  };
  const faults = [
    sum.lost,
    sum.duplicated,
    tally.unexpected,
    lines.missing,
    lines.repeated,
    uncommitted,
  ];
  const exact = faults.every((n) => n === 0) && ending !== "timeout";
  return { exact, ...facts, sentence: sentenceFor(exact, facts) };
}

function differences(word: WordVerdict): number {
  return word.lost + word.duplicated + word.outOfOrder;
}

type Facts = Omit<Verdict, "exact" | "sentence">;

function sentenceFor(exact: boolean, facts: Facts): string {
  const order = facts.outOfOrder > 0 ? ` ${many(facts.outOfOrder, "record")} out of order.` : "";
  const unknown = facts.lines.unknownFound + facts.lines.unknownAbsent;
  const settled =
    unknown > 0
      ? ` Of ${many(unknown, "line")} without an answer ${facts.lines.unknownFound} had arrived.`
      : "";
  const fed = `${many(facts.words, "word")} (${facts.distinctWords.toLocaleString("en")} distinct) in ${many(facts.lines.inTopic, "line")}`;
  if (exact)
    return `Exact: ${fed}, each counted once; nothing lost, nothing doubled.${settled}${order}`;
  return `Not exact: ${fed}; ${faultList(facts).join(", ")}.${settled}${order}`;
}

function faultList(facts: Facts): string[] {
  const { lines } = facts;
  const faults: [number, string, string][] = [
    [facts.lost, "record", "lost"],
    [facts.duplicated, "record", "duplicated"],
    [facts.unexpected, "record", "unexpected"],
    [facts.uncommitted, "record", "in a transaction that is still open"],
    [lines.missing, "acknowledged line", "missing from the input"],
    [lines.repeated, "line", "twice in the input"],
  ];
  const found = faults
    .filter(([count]) => count > 0)
    .map(([count, noun, what]) => `${many(count, noun)} ${what}`);
  return facts.ending === "timeout" ? [...found, "time was up before the output ended"] : found;
}

function many(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
