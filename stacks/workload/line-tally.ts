import type { LedgerRun, LineRange } from "./ledger";

/** What the input topic holds, compared with what the feeders' ledger says. */
export interface LineVerdict {
  /** Lines in the input topic, whoever wrote them. */
  inTopic: number;
  acknowledged: number;
  /** Acknowledged by the broker, but not in the topic. */
  missing: number;
  /** Copies beyond the first of a line id. */
  repeated: number;
  unknownFound: number;
  unknownAbsent: number;
  /** Lines that no run of the ledger sent. */
  foreign: number;
}

/** Counts each line id of each run; one byte a line. */
export class LineTally {
  private readonly seen = new Map<string, Uint8Array>();
  private inTopic = 0;
  private foreign = 0;
  private repeated = 0;

  constructor(private readonly runs: readonly LedgerRun[]) {
    for (const run of runs) {
      const last = [...run.acknowledged, ...run.unknown].reduce(
        (max, r) => Math.max(max, r.to),
        -1,
      );
      this.seen.set(run.run, new Uint8Array(last + 1));
    }
  }

  /** Takes one line of the input topic by its id. */
  add(id: string): void {
    this.inTopic += 1;
    const dash = id.lastIndexOf("-");
    const seen = this.seen.get(id.slice(0, Math.max(0, dash)));
    const n = Number(id.slice(dash + 1));
    const before = seen?.[n];
    if (seen === undefined || before === undefined) {
      this.foreign += 1;
      return;
    }
    if (before > 0) this.repeated += 1;
    seen[n] = 1;
  }

  verdict(): LineVerdict {
    let acknowledged = 0;
    let missing = 0;
    let unknownFound = 0;
    let unknownAbsent = 0;
    for (const run of this.runs) {
      const acked = this.look(run.run, run.acknowledged);
      const unknown = this.look(run.run, run.unknown);
      acknowledged += acked.present + acked.absent;
      missing += acked.absent;
      unknownFound += unknown.present;
      unknownAbsent += unknown.absent;
    }
    const { inTopic, repeated, foreign } = this;
    return { inTopic, acknowledged, missing, repeated, unknownFound, unknownAbsent, foreign };
  }

  private look(run: string, ranges: readonly LineRange[]): { present: number; absent: number } {
    const seen = this.seen.get(run);
    const result = { present: 0, absent: 0 };
    for (const { from, to } of ranges) {
      for (let n = from; n <= to; n += 1) {
        if (seen?.[n]) result.present += 1;
        else result.absent += 1;
      }
    }
    return result;
  }
}
