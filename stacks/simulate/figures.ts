import type { Outcome } from "../../policies/simulator/outcome";

/** What a comparison shows of one policy on one trace. */
export interface Figures {
  slotHours: number;
  violationMinutes: number;
  worstLagSeconds: number;
  meanLagSeconds: number;
  rescales: number;
  rescalesPerDay: number;
  stoppedSeconds: number;
  /** slotHours × the price of one; in whatever currency that price is. */
  cost: number;
  records: Outcome["records"];
}

/** Without the digits in which two machines' floating point may differ. */
export function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** @param price of one slot for one hour */
export function figuresOf(outcome: Outcome, price: number): Figures {
  const { arrived, processed, waiting } = outcome.records;
  return {
    slotHours: rounded(outcome.slotHours),
    violationMinutes: rounded(outcome.violationMinutes),
    worstLagSeconds: rounded(outcome.worstLagSeconds),
    meanLagSeconds: rounded(outcome.meanLagSeconds),
    rescales: outcome.rescales,
    rescalesPerDay: outcome.hours > 0 ? rounded((outcome.rescales * 24) / outcome.hours) : 0,
    stoppedSeconds: rounded(outcome.stoppedSeconds),
    cost: rounded(outcome.slotHours * price),
    records: {
      arrived: rounded(arrived),
      processed: rounded(processed),
      waiting: rounded(waiting),
    },
  };
}
