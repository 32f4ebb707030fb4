import { UserError } from "../../infra/errors";

export const OPTIONS = {
  changes: { type: "string", default: "100000" },
  flink: { type: "string", default: "1.14" },
  "skip-faults": { type: "boolean", default: false },
  save: { type: "boolean", default: false },
} as const;

export interface RawOptions {
  changes: string;
  flink: string;
  "skip-faults": boolean;
  save: boolean;
}

export interface Settings {
  changes: number;
  version: "1.14" | "1.20";
  faults: boolean;
  save: boolean;
}

/** Throws UserError for a value that can't be. */
export function settingsFrom({ changes, flink, save, ...raw }: RawOptions): Settings {
  if (flink !== "1.14" && flink !== "1.20") {
    throw new UserError(`--flink ${flink} is not supported. Fix: give 1.14 or 1.20.`);
  }
  const count = Number(changes);
  if (!/^\d{1,9}$/.test(changes) || count < 5_000) {
    throw new UserError(
      `--changes ${changes} can't be used. Fix: give a whole number from 5000, which are ten batches.`,
    );
  }
  return { changes: count, version: flink, faults: !raw["skip-faults"], save };
}
