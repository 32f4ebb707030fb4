import type { Capacity } from "../../policies/decision";
import { explain } from "../../policies/explain";
import type { Entry, EntryOf } from "../conductor/journal-entry";
import type { SizeSample } from "../driver/cluster-watcher";

/** What ran of a tenant with one job. */
export interface Size {
  taskManagers: number;
  parallelism: number;
}

/** One update of a tenant's stack, as the conductor's journal has it. */
export interface Update {
  /** Unix time in ms. */
  decidedMs: number;
  cause: "decision" | "heal";
  ok: boolean;
  /** Wall time of the `pulumi up`. */
  seconds: number;
  /** Undefined where nothing ran before. */
  from: Size | undefined;
  to: Size;
  /** What was decided and why, as a sentence. */
  why: string;
}

/** The updates that have ended, in the order in which they were decided. */
export function updatesIn(entries: readonly Entry[]): Update[] {
  const done = new Map(
    entries.flatMap((entry) => (entry.kind === "done" ? [[entry.id, entry] as const] : [])),
  );
  return entries.flatMap((entry) => {
    const end = entry.kind === "act" ? done.get(entry.id) : undefined;
    return entry.kind === "act" && end !== undefined ? [updateOf(entry, end)] : [];
  });
}

function updateOf({ at, cause, decision }: EntryOf<"act">, end: EntryOf<"done">): Update {
  const settled = end.settledOn ?? decision;
  return {
    ...{ decidedMs: Date.parse(at), cause, ok: end.ok, seconds: end.seconds },
    from: decision.from === null ? undefined : sizeOf(decision.from),
    to: sizeOf(settled.to),
    why: explain(settled),
  };
}

function sizeOf({ taskManagers, parallelism }: Capacity): Size {
  return { taskManagers, parallelism: Math.max(0, ...Object.values(parallelism)) };
}

/** An update that succeeded and changed what runs. */
export function isRescale({ ok, from, to }: Update): boolean {
  return (
    ok &&
    from !== undefined &&
    (from.taskManagers !== to.taskManagers || from.parallelism !== to.parallelism)
  );
}

/** When all of the job ran at its new size; undefined where it was never seen so. */
export function runningMs(
  { decidedMs, to }: Update,
  samples: readonly SizeSample[],
): number | undefined {
  return samples.find(
    ({ atMs, taskManagers, parallelism }) =>
      atMs >= decidedMs && parallelism === to.parallelism && taskManagers >= to.taskManagers,
  )?.atMs;
}
